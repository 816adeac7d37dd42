//! Laying a patch over an object without changing who it is.

use super::{Merged, PatchError, merge, schema::Schema, smp::is_null};
use crate::yaml::{Kind, Node, Tree, Value};

/// How a patch came to its object, and what it may change of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PatchRules {
    /// It was found by a `target`, not by the patch's own name.
    pub by_target: bool,
    /// `allowNameChange`
    pub name_change: bool,
    /// `allowKindChange`
    pub kind_change: bool,
}

/// Lays `patch` over `object` as [`merge`] does, but keeps `apiVersion`, the namespace and, unless `rules` let them change, kind and
/// name.
///
/// Where the patch has a `target`, kustomize makes texts of its labels and annotations first: a null there is the
/// word, and deletes nothing.
///
/// # Errors
/// Those of [`merge`].
pub fn merge_object<'a>(
    object: &mut Tree<'a>,
    patch: Node<'a>,
    schema: Schema<'_>,
    rules: PatchRules,
) -> Result<Merged, PatchError> {
    let old = object.clone();
    if merge(object, patch, schema)? == Merged::Deleted {
        return Ok(Merged::Deleted);
    }
    if rules.by_target {
        for key in ["labels", "annotations"] {
            make_texts(object, &old, patch, key);
        }
    }
    restore(object, &old, "apiVersion");
    if !rules.kind_change {
        restore(object, &old, "kind");
    }
    let Some(old) = entry(&old, "metadata") else { return Ok(Merged::Kept) };
    if object.node().get("metadata").is_none_or(|it| it.kind() != Kind::Mapping) {
        object.set(old.0, Tree::Mapping(Vec::new(), old.1.span()));
    }
    let Some(metadata) = object.get_mut("metadata") else { return Ok(Merged::Kept) };
    if !rules.name_change {
        restore(metadata, &old.1, "name");
    }
    restore(metadata, &old.1, "namespace");
    Ok(Merged::Kept)
}

/// The entry of a mapping under `key`, by value.
fn entry<'a>(tree: &Tree<'a>, key: &str) -> Option<(Value<'a>, Tree<'a>)> {
    match tree {
        Tree::Link(node) => node.entry(key).map(|it| (Value::of(it.key), Tree::Link(it.value))),
        Tree::Mapping(entries, _) => entries.iter().find(|(own, _)| own.text == key).cloned(),
        _ => None,
    }
}

/// Puts back what stood under `key`, or takes out what did not.
fn restore<'a>(tree: &mut Tree<'a>, old: &Tree<'a>, key: &str) {
    match entry(old, key) {
        Some((key, value)) => tree.set(key, value),
        None if tree.node().get(key).is_some() => {
            tree.remove(key);
        }
        None => {}
    }
}

/// Sets what the patch says under `key` of the metadata as texts.
fn make_texts<'a>(object: &mut Tree<'a>, old: &Tree<'a>, patch: Node<'a>, key: &str) {
    let Some(texts) = patch.get("metadata").and_then(|it| it.get(key)) else { return };
    let Some(metadata) = object.get_mut("metadata") else { return };
    if is_null(texts) {
        if let Some((_, old)) = entry(old, "metadata") {
            restore(metadata, &old, key);
        }
        return;
    }
    if texts.kind() != Kind::Mapping || texts.get("$patch").is_some_and(|it| it.is("delete")) {
        return;
    }
    let Some(own) = metadata.get_mut(key) else { return };
    for field in texts.fields() {
        if !field.key.is("$patch") && field.value.kind() == Kind::Scalar {
            let text = Value::text(field.value.text().unwrap_or_default(), field.value.span());
            own.set(Value::of(field.key), Tree::Scalar(text));
        }
    }
}
