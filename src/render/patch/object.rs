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

/// Lays `patch` over `object` as [`merge`] does, but keeps `apiVersion`, the namespace and, unless `rules`
/// let them change, kind and name.
///
/// Where the patch has a `target`, kustomize makes texts of its labels and annotations first: a null there
/// is the word, and deletes nothing.
///
/// # Errors
/// Those of [`merge`].
pub fn merge_object<'a>(
    object: &mut Tree<'a>,
    patch: Node<'a>,
    schema: Schema<'_>,
    rules: PatchRules,
) -> Result<Merged, PatchError> {
    let api_version = entry(object, "apiVersion");
    let kind = entry(object, "kind");
    let metadata = entry(object, "metadata");
    if merge(object, patch, schema)? == Merged::Deleted {
        return Ok(Merged::Deleted);
    }
    restore(object, api_version, "apiVersion");
    if !rules.kind_change {
        restore(object, kind, "kind");
    }
    if let Some((key, old)) = metadata {
        restore_metadata(object, key, &old, patch, rules);
    }
    Ok(Merged::Kept)
}

fn restore_metadata<'a>(
    object: &mut Tree<'a>,
    key: Value<'a>,
    old: &Tree<'a>,
    patch: Node<'a>,
    rules: PatchRules,
) {
    if object.node().get("metadata").is_none_or(|it| it.kind() != Kind::Mapping) {
        object.set(key, Tree::Mapping(Vec::new(), old.span()));
    }
    let Some(metadata) = object.get_mut("metadata") else { return };
    if rules.by_target {
        for key in ["labels", "annotations"] {
            make_texts(metadata, old, patch, key);
        }
    }
    if !rules.name_change {
        restore(metadata, entry(old, "name"), "name");
    }
    restore(metadata, entry(old, "namespace"), "namespace");
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
fn restore<'a>(tree: &mut Tree<'a>, old: Option<(Value<'a>, Tree<'a>)>, key: &str) {
    match old {
        Some((key, value)) => tree.set(key, value),
        None if tree.node().get(key).is_some() => {
            tree.remove(key);
        }
        None => {}
    }
}

/// Sets what the patch says under `key` of the metadata as texts.
fn make_texts<'a>(metadata: &mut Tree<'a>, old: &Tree<'a>, patch: Node<'a>, key: &str) {
    let Some(texts) = patch.get("metadata").and_then(|it| it.get(key)) else { return };
    if is_null(texts) {
        restore(metadata, entry(old, key), key);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::patch::{
        Schemas,
        testing::{json, json_of, parsed, root},
    };

    fn merged(metadata: &str, rules: PatchRules) -> serde_json::Value {
        let target =
            parsed(0, "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, labels: {n: 1, z: q}}}");
        let text = format!("{{apiVersion: v9, kind: Other, metadata: {metadata}}}");
        let patch = parsed(1, &text);
        let mut tree = Tree::Link(root(&target));
        let schemas = Schemas::default();
        merge_object(&mut tree, root(&patch), schemas.of("apps/v1", "Deployment"), rules).unwrap();
        json(tree.node())
    }

    #[test]
    fn an_object_keeps_its_name_unless_the_rules_let_it_go() {
        let told = |kind: &str, metadata: &str| {
            json_of(&format!("{{apiVersion: apps/v1, kind: {kind}, metadata: {metadata}}}"))
        };
        let by_target = PatchRules { by_target: true, ..PatchRules::default() };
        let free = PatchRules { by_target: true, name_change: true, kind_change: true };
        let cases = [
            (
                "{name: zz, namespace: foo}",
                by_target,
                told("Deployment", "{name: web, labels: {n: 1, z: q}}"),
            ),
            ("{name: zz, namespace: foo}", free, told("Other", "{name: zz, labels: {n: 1, z: q}}")),
            ("{name: zz, $patch: delete}", by_target, told("Deployment", "{name: web}")),
            ("{name: zz, $patch: replace, a: b}", by_target, told("Deployment", "{name: web, a: b}")),
            // Found by its own name, a patch's labels are what they say; found by a target, they are texts.
            (
                "{labels: {n: null, q: 5}}",
                PatchRules::default(),
                told("Deployment", "{name: web, labels: {q: 5, z: q}}"),
            ),
            (
                "{labels: {n: null, q: 5}}",
                by_target,
                told("Deployment", "{name: web, labels: {n: 'null', q: '5', z: q}}"),
            ),
            ("{labels: null}", by_target, told("Deployment", "{name: web, labels: {n: 1, z: q}}")),
            ("{labels: {$patch: delete}}", by_target, told("Deployment", "{name: web}")),
            (
                "{labels: {$patch: replace, a: 5}}",
                by_target,
                told("Deployment", "{name: web, labels: {a: '5'}}"),
            ),
        ];
        for (metadata, rules, expected) in cases {
            assert_eq!(merged(metadata, rules), expected, "{metadata} {rules:?}");
        }
    }
}
