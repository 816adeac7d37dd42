//! JSON patches (RFC 6902), as the library does them that kustomize uses: `replace` of a key that is not
//! there adds it, a missing key is null to `test` and `copy`.

use std::borrow::Cow;

use super::{
    PatchError,
    bounds::DEEPEST,
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
/// [`PatchError`] at the first operation that cannot be done, with the place of its path; those before it
/// are done.
pub fn apply<'a>(target: &mut Tree<'a>, operations: Node<'a>) -> Result<(), PatchError> {
    if operations.kind() != Kind::Sequence {
        return Err(PatchError::new("a JSON patch is a list of operations", operations.head()));
    }
    let mut room = MOST_COPIED;
    operations.items().try_for_each(|operation| Operation::read(operation)?.apply(target, &mut room))
}

/// Nodes that the copies of one patch may make: each may double what the last one made.
const MOST_COPIED: usize = 100_000;

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

    fn apply(&self, target: &mut Tree<'a>, room: &mut usize) -> Result<(), PatchError> {
        match self.kind.text().as_deref() {
            Some("add") => self.add(target, self.value()),
            Some("remove") => Self::take(target, &self.path, self.path_span).map(|_| ()),
            Some("replace") => self.replace(target),
            Some("test") => self.test(target),
            Some("move") => {
                let (from, span) = pointer_of(self.node, "from")?;
                let value = Self::take(target, &from, span)?;
                self.add(target, value)
            }
            Some("copy") => {
                let (from, span) = pointer_of(self.node, "from")?;
                let value = Self::look_up(target, &from, span)?.unwrap_or_else(|| null(span));
                *room = room.checked_sub(value.size().nodes).ok_or_else(|| {
                    let message = format!("the copies of this patch make more than {MOST_COPIED} values");
                    PatchError::new(message, span)
                })?;
                self.add(target, value)
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
        self.check_depth(&value)?;
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

    /// Values may be stacked on each other by many operations, each of which is shallow.
    fn check_depth(&self, value: &Tree<'a>) -> Result<(), PatchError> {
        if self.path.matches('/').count() + value.size().depth <= DEEPEST {
            return Ok(());
        }
        Err(PatchError::new(format!("the patch builds deeper than {DEEPEST} levels"), self.path_span))
    }

    fn replace(&self, target: &mut Tree<'a>) -> Result<(), PatchError> {
        self.check_depth(&self.value())?;
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

    fn take(target: &mut Tree<'a>, path: &str, span: Span) -> Result<Tree<'a>, PatchError> {
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
    fn look_up(target: &mut Tree<'a>, path: &str, span: Span) -> Result<Option<Tree<'a>>, PatchError> {
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
            Self::look_up(target, &self.path, self.path_span)?
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::SourceId,
        render::patch::testing::{json, json_of, parsed, root},
    };

    const TARGET: &str =
        "{l: [a, b, c], m: {a: 1, b.c/d: 2}, q: \"3\", n: null, y: yes, o: 0644, f: 1.0, ln: [1, null]}";

    fn applied(operation: &str) -> Result<serde_json::Value, PatchError> {
        let (target, patch) = (parsed(0, TARGET), format!("[{operation}]"));
        let patch = parsed(1, &patch);
        let mut tree = Tree::Link(root(&target));
        apply(&mut tree, root(&patch))?;
        Ok(json(tree.node()))
    }

    #[test]
    fn operations_do_what_they_do_in_kubectl() {
        // Operation, the field that changes, what it is then (`gone` when it is not).
        let cases = [
            ("{op: replace, path: /new, value: yes}", "new", "true"),
            ("{op: add, path: /new, value: 0644}", "new", "420"),
            ("{op: add, path: /new}", "new", "null"),
            ("{op: add, path: /new, value: 2001-01-01}", "new", "'2001-01-01'"),
            ("{op: add, path: /new, value: {yes: a, y: ~}}", "new", "{'true': ~}"),
            ("{op: add, path: /new, value: {a: [off, ~]}}", "new", "{a: [false, null]}"),
            ("{op: add, path: /new, value: '${X}'}", "new", "'${X}'"),
            ("{op: replace, path: /m}", "m", "null"),
            ("{op: add, path: /l/-, value: d}", "l", "[a, b, c, d]"),
            ("{op: add, path: /l/1, value: d}", "l", "[a, d, b, c]"),
            ("{op: add, path: /l/3, value: d}", "l", "[a, b, c, d]"),
            ("{op: add, path: /l/-1, value: d}", "l", "[a, b, c, d]"),
            ("{op: add, path: /l/-4, value: d}", "l", "[d, a, b, c]"),
            ("{op: replace, path: /l/-1, value: d}", "l", "[a, b, d]"),
            ("{op: remove, path: /l/01}", "l", "[a, c]"),
            ("{op: remove, path: /n}", "n", "gone"),
            ("{op: remove, path: /m/b.c~1d}", "m", "{a: 1}"),
            ("{op: add, path: /m/~01, value: 1}", "m", "{a: 1, b.c/d: 2, ~1: 1}"),
            ("{op: remove, path: foo/m}", "m", "gone"),
            ("{op: add, path: /n, value: 1}", "n", "1"),
            ("{op: move, from: /m/a, path: /new}", "new", "1"),
            ("{op: move, from: /l/0, path: /l/2}", "l", "[b, c, a]"),
            ("{op: copy, from: /m, path: /l/0}", "l", "[{a: 1, b.c/d: 2}, a, b, c]"),
            ("{op: copy, from: /nowhere, path: /new}", "new", "null"),
        ];
        for (operation, field, expected) in cases {
            let after = applied(operation).unwrap();
            let expected = (expected != "gone").then(|| json_of(expected));
            assert_eq!(after.get(field), expected.as_ref(), "{operation}");
        }
    }

    #[test]
    fn tests_pass_on_equal_json() {
        for value in [
            "/q, value: '3'",
            "/o, value: 420",
            "/y, value: 'yes'",
            "/f, value: 1",
            "/n, value: null",
            "/nowhere, value: null",
            "/m, value: {b.c/d: 2, a: 1}",
            "/l, value: [a, b, c]",
            "/ln, value: [1, ~]",
        ] {
            assert!(applied(&format!("{{op: test, path: {value}}}")).is_ok(), "{value}");
        }
        for value in
            ["/q, value: 3", "/y, value: yes", "/m/a, value: 2", "/m, value: {a: 1}", "/l, value: [a]"]
        {
            let error = applied(&format!("{{op: test, path: {value}}}")).unwrap_err();
            assert!(error.message.contains("has another value at"), "{value}");
        }
    }

    #[test]
    fn what_cannot_be_done_is_refused_at_its_path() {
        let cases = [
            ("{op: add, path: /l/4, value: d}", "`/l/4` lies outside the list, whose length is 3"),
            ("{op: add, path: /l/x, value: d}", "`/l/x` lies outside the list, whose length is 3"),
            ("{op: replace, path: /l/-, value: d}", "the object has no `/l/-`"),
            ("{op: remove, path: /z}", "the object has no `/z`"),
            ("{op: remove, path: /z/y}", "the object has nothing that could hold `/z/y`"),
            ("{op: add, path: /n/x, value: 1}", "the object has nothing that could hold `/n/x`"),
            ("{op: add, path: /q/x, value: 1}", "the object has nothing that could hold `/q/x`"),
            ("{op: add, path: '', value: {a: 1}}", "an empty path is for `replace` and `test` alone"),
            ("{op: replace, path: '', value: 1}", "a whole object cannot be a single value"),
            ("{op: move, from: /m/z, path: /z}", "the object has no `/m/z`"),
            ("{op: move, path: /z}", "the operation has no `from`"),
            ("{op: add, path: 5, value: 1}", "`path` is not a JSON pointer"),
            ("{op: remove}", "the operation has no `path`"),
            ("{path: /l}", "the operation has no `op`"),
            (
                "{op: Remove, path: /l}",
                "`Remove` is no JSON patch operation: `add`, `remove`, `replace`, `move`, `copy`, `test`",
            ),
            ("foo", "a JSON patch operation is a mapping with `op` and `path`"),
        ];
        for (operation, message) in cases {
            let error = applied(operation).unwrap_err();
            assert_eq!(error.message, message, "{operation}");
            assert_eq!(error.span.source, SourceId(1));
        }
    }

    #[test]
    fn what_is_set_points_at_the_patch_and_what_moves_takes_its_place_along() {
        let target = parsed(0, "{a: {b: 1}, c: 2}");
        let patch = parsed(1, "[{op: add, path: /a/x, value: 5}, {op: move, from: /c, path: /d}]");
        let mut tree = Tree::Link(root(&target));
        apply(&mut tree, root(&patch)).unwrap();
        let added = tree.node().get("a").unwrap().entry("x").unwrap();
        assert_eq!(added.value.span(), root(&patch).items().next().unwrap().get("value").unwrap().span());
        assert_eq!(added.key.span(), root(&patch).items().next().unwrap().get("path").unwrap().span());
        assert_eq!(tree.node().get("d").unwrap().span().source, SourceId(0));
    }
}
