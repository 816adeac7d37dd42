//! JSON patches (RFC 6902), as the library does them that kustomize uses: `replace` of a key that is not there adds it, a
//! missing key is null to `test` and `copy`.

use std::borrow::Cow;

use super::{
    PatchError,
    pointer::{self, Pointer},
    smp::is_null,
    typed,
};
use crate::{
    base::Span,
    yaml::{Kind, Node, Tree, Value},
};

/// Applies the list `operations` to `target`, in order; what it sets keeps the place where the patch says it.
///
/// # Errors
/// [`PatchError`] at the first operation that cannot be done, with the place of its path; those before it are done.
pub fn apply<'a>(target: &mut Tree<'a>, operations: Node<'a>) -> Result<(), PatchError> {
    if operations.kind() != Kind::Sequence {
        return Err(PatchError::new("a JSON patch is a list of operations", operations.head()));
    }
    operations.items().try_for_each(|operation| Operation::read(operation)?.apply(target))
}

/// One operation.
struct Operation<'a> {
    node: Node<'a>,
    kind: Node<'a>,
    path: Cow<'a, str>,
    path_span: Span,
}

impl<'a> Operation<'a> {
    fn read(node: Node<'a>) -> Result<Self, PatchError> {
        if node.kind() != Kind::Mapping {
            return Err(PatchError::new(
                "a JSON patch operation is a mapping with `op` and `path`",
                node.head(),
            ));
        }
        let Some(kind) = node.get("op").filter(|it| it.kind() == Kind::Scalar) else {
            return Err(PatchError::new("the operation has no `op`", node.head()));
        };
        let (path, path_span) = pointer_of(node, "path")?;
        Ok(Self { node, kind, path, path_span })
    }

    fn apply(&self, target: &mut Tree<'a>) -> Result<(), PatchError> {
        match self.kind.text().as_deref() {
            Some("add") => self.add(target, self.value()),
            Some("remove") => self.take(target, &self.path, self.path_span).map(|_| ()),
            Some("replace") => self.replace(target),
            Some("test") => self.test(target),
            Some("move") => {
                let (from, span) = pointer_of(self.node, "from")?;
                let value = self.take(target, &from, span)?;
                self.add(target, value)
            }
            Some("copy") => {
                let (from, span) = pointer_of(self.node, "from")?;
                let value = self.look_up(target, &from, span)?;
                self.add(target, value.unwrap_or_else(|| null(span)))
            }
            other => {
                let message = format!(
                    "`{}` is no JSON patch operation: `add`, `remove`, `replace`, `move`, `copy`, `test`",
                    other.unwrap_or_default()
                );
                Err(PatchError::new(message, self.kind.span()))
            }
        }
    }

    /// The operation's value; null when it has none.
    fn value(&self) -> Tree<'a> {
        self.node.get("value").map_or_else(|| null(self.path_span), typed::from_patch)
    }

    fn missing(path: &str, span: Span) -> PatchError {
        PatchError::new(format!("the object has no `{path}`"), span)
    }

    fn no_parent(path: &str, span: Span) -> PatchError {
        let message = if path.is_empty() {
            "an empty path is for `replace` and `test` alone".to_owned()
        } else {
            format!("the object has nothing that could hold `{path}`")
        };
        PatchError::new(message, span)
    }

    /// What holds the target of `path`, and the target's key in it.
    fn holder<'t, 'p>(
        target: &'t mut Tree<'a>,
        pointer: &'p Pointer<'_>,
        path: &str,
        span: Span,
    ) -> Result<(&'t mut Tree<'a>, &'p str), PatchError> {
        let found = pointer.parent().and_then(|(way, key)| Some((pointer::find(target, way)?, key)));
        found.filter(|(holder, _)| holder.kind() != Kind::Scalar).ok_or_else(|| Self::no_parent(path, span))
    }

    fn add(&self, target: &mut Tree<'a>, value: Tree<'a>) -> Result<(), PatchError> {
        let pointer = Pointer::new(&self.path);
        let (holder, key) = Self::holder(target, &pointer, &self.path, self.path_span)?;
        if holder.kind() == Kind::Mapping {
            holder.set(Value::text(key.to_owned(), self.path_span), value);
            return Ok(());
        }
        let Some(items) = holder.items_mut() else { return Ok(()) };
        let length = items.len();
        let at = if key == "-" { Some(length) } else { pointer::index(key, length + 1) };
        let Some(at) = at else {
            let message = format!("`{}` lies outside the list, whose length is {length}", self.path);
            return Err(PatchError::new(message, self.path_span));
        };
        items.insert(at, value);
        Ok(())
    }

    fn replace(&self, target: &mut Tree<'a>) -> Result<(), PatchError> {
        if self.path.is_empty() {
            let value = self.value();
            if value.kind() == Kind::Scalar {
                return Err(PatchError::new("a whole object cannot be a single value", self.path_span));
            }
            *target = value;
            return Ok(());
        }
        let pointer = Pointer::new(&self.path);
        let (holder, key) = Self::holder(target, &pointer, &self.path, self.path_span)?;
        if holder.kind() == Kind::Mapping {
            // Missing or not: the library does not ask.
            holder.set(Value::text(key.to_owned(), self.path_span), self.value());
            return Ok(());
        }
        let own = holder.items_mut().and_then(|items| {
            let at = pointer::index(key, items.len())?;
            items.get_mut(at)
        });
        *own.ok_or_else(|| Self::missing(&self.path, self.path_span))? = self.value();
        Ok(())
    }

    fn take(&self, target: &mut Tree<'a>, path: &str, span: Span) -> Result<Tree<'a>, PatchError> {
        let pointer = Pointer::new(path);
        let (holder, key) = Self::holder(target, &pointer, path, span)?;
        let taken = if holder.kind() == Kind::Mapping {
            holder.remove(key)
        } else {
            holder.items_mut().and_then(|items| {
                let at = pointer::index(key, items.len())?;
                Some(items.remove(at))
            })
        };
        taken.ok_or_else(|| Self::missing(path, span))
    }

    /// What stands at `path`; `None` for a missing key.
    fn look_up(&self, target: &mut Tree<'a>, path: &str, span: Span) -> Result<Option<Tree<'a>>, PatchError> {
        let pointer = Pointer::new(path);
        let (holder, key) = Self::holder(target, &pointer, path, span)?;
        if holder.kind() == Kind::Mapping {
            return Ok(holder.get_mut(key).map(|it| it.clone()));
        }
        let found = holder.items_mut().and_then(|items| items.get(pointer::index(key, items.len())?));
        found.cloned().map(Some).ok_or_else(|| Self::missing(path, span))
    }

    fn test(&self, target: &mut Tree<'a>) -> Result<(), PatchError> {
        let found = if self.path.is_empty() {
            Some(target.clone())
        } else {
            self.look_up(target, &self.path, self.path_span)?
        };
        let value = self.value();
        let is_same = match found {
            Some(found) => typed::are_equal(found.node(), value.node()),
            None => is_null(value.node()),
        };
        if is_same {
            return Ok(());
        }
        let message = format!("the object has another value at `{}` than `test` expects", self.path);
        Err(PatchError::new(message, self.path_span))
    }
}

fn pointer_of<'a>(node: Node<'a>, key: &str) -> Result<(Cow<'a, str>, Span), PatchError> {
    let Some(path) = node.get(key) else {
        return Err(PatchError::new(format!("the operation has no `{key}`"), node.head()));
    };
    match typed::text(path) {
        Some(text) => Ok((text, path.span())),
        None => Err(PatchError::new(format!("`{key}` is not a JSON pointer"), path.head())),
    }
}

fn null<'a>(span: Span) -> Tree<'a> {
    Tree::Scalar(Value::plain("null", span))
}
