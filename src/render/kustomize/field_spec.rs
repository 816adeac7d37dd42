//! Field specs: which fields of which kinds a transformer touches.

use std::borrow::Cow;

use super::{
    Gvk, Resource,
    kustomization::{field, flag, is_null, word},
};
use crate::{
    base::Span,
    yaml::{Kind, Node, Tree, Value},
};

/// One field of the kinds that `gvk` selects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldSpec {
    pub(super) gvk: Gvk,
    /// Keys with `/` between them; `[]` behind one that must be a list, `\/` for a slash in a key.
    pub(super) path: Cow<'static, str>,
    /// The field is new where it is missing.
    pub(super) create: bool,
}

/// What a transformer makes where a field is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Make {
    Nothing,
    Scalar,
    Mapping,
}

/// Why a field spec could not be applied, in one line, and where.
#[derive(Debug, Clone)]
pub(super) struct Misfit {
    pub(super) message: String,
    pub(super) span: Span,
}

/// Keys in a path: each may make a level.
const MOST_KEYS: usize = 100;

/// What is done with the field: it may refuse.
pub(super) type Set<'s, 'a> = dyn FnMut(&mut Tree<'a>) -> Result<(), Misfit> + 's;

impl FieldSpec {
    /// One of the table's.
    pub(super) const fn of(
        group: &'static str,
        version: &'static str,
        kind: &'static str,
        path: &'static str,
        create: bool,
    ) -> Self {
        let gvk =
            Gvk { group: Cow::Borrowed(group), version: Cow::Borrowed(version), kind: Cow::Borrowed(kind) };
        Self { gvk, path: Cow::Borrowed(path), create }
    }

    /// Reads one from a configuration.
    pub(super) fn read(node: Node<'_>) -> Self {
        let path = word(node, "path").map(|it| it.text.into_owned()).unwrap_or_default();
        Self { gvk: read_gvk(node), path: Cow::Owned(path), create: flag(node, "create") }
    }

    /// Reads the list under `key`.
    pub(super) fn read_list(node: Node<'_>, key: &str) -> Vec<Self> {
        field(node, key).into_iter().flat_map(Node::items).map(Self::read).collect()
    }

    /// Applies `set` to each place in `resource` that this spec names; what is missing is new, as `make` says, from
    /// `span`.
    pub(super) fn apply<'a>(
        &self,
        resource: &mut Resource<'a>,
        make: Make,
        span: Span,
        set: &mut Set<'_, 'a>,
    ) -> Result<(), Misfit> {
        if !resource.gvk().is_selected(&self.gvk) {
            return Ok(());
        }
        self.apply_to_tree(&mut resource.tree, make, span, set)
    }

    /// The same, whatever the kind.
    pub(super) fn apply_to_tree<'a>(
        &self,
        tree: &mut Tree<'a>,
        make: Make,
        span: Span,
        set: &mut Set<'_, 'a>,
    ) -> Result<(), Misfit> {
        let make = if self.create { make } else { Make::Nothing };
        if make == Make::Nothing && !self.reaches(tree.node()) {
            return Ok(());
        }
        let path = split(&self.path);
        if path.len() > MOST_KEYS {
            let message = format!("the path of its field spec has more than {MOST_KEYS} keys");
            return Err(Misfit { message, span });
        }
        visit(tree, &path, make, span, set)
    }

    /// Whether the field is there, or something on the way to it is of the wrong kind.
    pub(super) fn reaches(&self, node: Node<'_>) -> bool {
        if self.path.contains('\\') {
            return reaches(node, &split(&self.path));
        }
        reaches_plain(node, Some(&self.path))
    }
}

/// Group, version and kind of an entry.
pub(super) fn read_gvk(node: Node<'_>) -> Gvk {
    let text = |key: &str| Cow::Owned(word(node, key).map(|it| it.text.into_owned()).unwrap_or_default());
    Gvk { group: text("group"), version: text("version"), kind: text("kind") }
}

/// Adds `spec` to `specs`, unless one there covers it.
///
/// # Errors
/// When the two disagree about making the field.
pub(super) fn merge_one(specs: &mut Vec<FieldSpec>, spec: FieldSpec) -> Result<(), String> {
    let covers = |own: &&FieldSpec| own.gvk.is_selected(&spec.gvk) && own.path == spec.path;
    match specs.iter().find(covers) {
        Some(own) if own.create != spec.create => {
            Err(format!("two field specs for `{}` disagree", spec.path))
        }
        Some(_) => Ok(()),
        None => {
            specs.push(spec);
            Ok(())
        }
    }
}

/// Adds all of `more` to `specs`.
pub(super) fn merge_all(specs: &mut Vec<FieldSpec>, more: &[FieldSpec]) -> Result<(), String> {
    more.iter().try_for_each(|spec| merge_one(specs, spec.clone()))
}

/// The keys of a path.
pub(super) fn split(path: &str) -> Vec<Cow<'_, str>> {
    if !path.contains('\\') {
        return path.split('/').map(Cow::Borrowed).collect();
    }
    let mut keys = vec![String::new()];
    let mut rest = path;
    while let Some(at) = rest.find(['/', '\\']) {
        let (before, after) = rest.split_at(at);
        let last = keys.len() - 1;
        keys[last].push_str(before);
        if let Some(behind) = after.strip_prefix("\\/") {
            keys[last].push('/');
            rest = behind;
        } else if let Some(behind) = after.strip_prefix('/') {
            keys.push(String::new());
            rest = behind;
        } else {
            keys[last].push('\\');
            rest = &after[1..];
        }
    }
    let last = keys.len() - 1;
    keys[last].push_str(rest);
    keys.into_iter().map(Cow::Owned).collect()
}

/// Whether anything stands at the end of `path`, or something on the way is of the wrong kind.
fn reaches(node: Node<'_>, path: &[Cow<'_, str>]) -> bool {
    let Some((key, rest)) = path.split_first() else { return true };
    if is_null(node) {
        return false;
    }
    match node.kind() {
        Kind::Scalar => true,
        Kind::Sequence => node.items().any(|item| reaches(item, path)),
        Kind::Mapping => node.get(list_key(key).0).is_some_and(|value| reaches(value, rest)),
    }
}

/// The same for a path, as written, of keys without slashes.
fn reaches_plain(node: Node<'_>, path: Option<&str>) -> bool {
    let Some(path) = path else { return true };
    match node.kind() {
        Kind::Scalar => !is_null(node),
        Kind::Sequence => node.items().any(|item| reaches_plain(item, Some(path))),
        Kind::Mapping => {
            let (key, rest) = path.split_once('/').map_or((path, None), |(key, rest)| (key, Some(rest)));
            node.get(list_key(key).0).is_some_and(|value| reaches_plain(value, rest))
        }
    }
}

/// The key without `[]`, and whether it had it.
fn list_key(key: &str) -> (&str, bool) {
    key.strip_suffix("[]").map_or((key, false), |key| (key, true))
}

fn visit<'a>(
    tree: &mut Tree<'a>,
    path: &[Cow<'_, str>],
    make: Make,
    span: Span,
    set: &mut Set<'_, 'a>,
) -> Result<(), Misfit> {
    let Some((key, rest)) = path.split_first() else { return set(tree) };
    if is_null(tree.node()) {
        return Ok(());
    }
    match tree.kind() {
        Kind::Scalar => Err(Misfit {
            message: format!("it has a scalar where `{}` should be in a mapping", path.join("/")),
            span: tree.span(),
        }),
        Kind::Sequence => {
            let Some(items) = tree.items_mut() else { return Ok(()) };
            items.iter_mut().try_for_each(|item| {
                let wanted = make != Make::Nothing || reaches(item.node(), path);
                if wanted { visit(item, path, make, span, set) } else { Ok(()) }
            })
        }
        Kind::Mapping => {
            let (key, is_list) = list_key(key);
            let makes = make != Make::Nothing && !is_list;
            let new = match (rest.is_empty(), make) {
                (true, Make::Scalar) => Some(Tree::Scalar(Value::plain("", span))),
                _ => Some(Tree::Mapping(Vec::new(), span)),
            };
            let present = tree.node().get(key);
            match present {
                None if makes => {
                    if let Some(new) = new {
                        tree.set(Value::plain(key.to_owned(), span), new);
                    }
                }
                None => return Ok(()),
                // A key without a value is filled as if it were missing.
                Some(value) if is_null(value) && makes => {
                    if let (Some(own), Some(new)) = (tree.get_mut(key), new) {
                        *own = new;
                    }
                }
                Some(_) => {}
            }
            tree.get_mut(key).map_or(Ok(()), |value| visit(value, rest, make, span, set))
        }
    }
}
