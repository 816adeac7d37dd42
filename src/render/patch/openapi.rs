//! The merge keys of an `openapi` file: what a kustomization tells of types that plimsoll does not know.

use std::collections::HashMap;

use crate::yaml::Node;

/// How much a schema may nest; what lies deeper has no merge keys.
const DEPTH: usize = 64;

/// The definitions of a file, as far as merging asks for them.
#[derive(Debug, Default)]
pub struct OpenApi {
    types: Vec<Type>,
    /// Type by `group/version/kind`.
    objects: HashMap<(String, String, String), usize>,
    definitions: HashMap<String, usize>,
}

#[derive(Debug, Default)]
struct Type {
    /// The definition that it refers to.
    reference: Option<String>,
    fields: HashMap<String, usize>,
    /// The type of every other field.
    rest: Option<usize>,
    element: Option<usize>,
    merge_keys: Option<Vec<String>>,
}

/// One place in a file's types.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'s> {
    file: &'s OpenApi,
    index: usize,
}

impl OpenApi {
    /// Reads `root`, an `OpenAPI` 2 document in JSON or YAML; what it does not understand has no merge keys.
    pub fn read(root: Node<'_>) -> Self {
        let mut file = Self::default();
        for definition in root.get("definitions").into_iter().flat_map(Node::fields) {
            let Some(name) = definition.key.text() else { continue };
            let index = file.add(definition.value, 0);
            file.definitions.insert(name.into_owned(), index);
            let objects = definition.value.get("x-kubernetes-group-version-kind");
            for object in objects.into_iter().flat_map(Node::items) {
                let part = |key| {
                    object.get(key).and_then(Node::text).map(std::borrow::Cow::into_owned).unwrap_or_default()
                };
                file.objects.insert((part("group"), part("version"), part("kind")), index);
            }
        }
        file
    }

    fn add(&mut self, node: Node<'_>, depth: usize) -> usize {
        let index = self.types.len();
        self.types.push(Type::default());
        if depth == DEPTH {
            return index;
        }
        let mut of = Type {
            reference: node
                .get("$ref")
                .and_then(Node::text)
                .and_then(|path| path.strip_prefix("#/definitions/").map(str::to_owned)),
            merge_keys: merge_keys(node),
            ..Type::default()
        };
        for property in node.get("properties").into_iter().flat_map(Node::fields) {
            if let Some(name) = property.key.text() {
                let added = self.add(property.value, depth + 1);
                of.fields.insert(name.into_owned(), added);
            }
        }
        of.rest = node.get("additionalProperties").map(|it| self.add(it, depth + 1));
        of.element = node.get("items").map(|it| self.add(it, depth + 1));
        self.types[index] = of;
        index
    }

    pub(super) fn of(&self, api_version: &str, kind: &str) -> Option<At<'_>> {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        let index = *self.objects.get(&(group.to_owned(), version.to_owned(), kind.to_owned()))?;
        Some(At { file: self, index })
    }
}

/// The keys by which a list merges, if it does.
fn merge_keys(node: Node<'_>) -> Option<Vec<String>> {
    let strategy = node.get("x-kubernetes-patch-strategy")?.text()?;
    if !strategy.split(',').any(|it| it == "merge") {
        return None;
    }
    if let Some(keys) = node.get("x-kubernetes-list-map-keys") {
        return Some(keys.items().filter_map(Node::text).map(std::borrow::Cow::into_owned).collect());
    }
    let key = node.get("x-kubernetes-patch-merge-key").and_then(Node::text);
    Some(key.map(std::borrow::Cow::into_owned).into_iter().collect())
}

impl<'s> At<'s> {
    /// The type here, references followed.
    fn of(self) -> Option<&'s Type> {
        let mut index = self.index;
        for _ in 0..DEPTH {
            let of = self.file.types.get(index)?;
            match &of.reference {
                Some(name) => index = *self.file.definitions.get(name)?,
                None => return Some(of),
            }
        }
        None
    }

    pub(super) fn field(self, key: &str) -> Option<Self> {
        let of = self.of()?;
        let index = of.fields.get(key).copied().or(of.rest)?;
        Some(Self { index, ..self })
    }

    pub(super) fn element(self) -> Option<Self> {
        Some(Self { index: self.of()?.element?, ..self })
    }

    pub(super) fn merge_keys(self) -> Option<Vec<&'s str>> {
        Some(self.of()?.merge_keys.as_ref()?.iter().map(String::as_str).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::patch::{
        Schemas,
        testing::{parsed, root},
    };

    #[test]
    fn a_file_tells_the_merge_keys_of_its_types_and_only_those() {
        let text = r##"
definitions:
  io.x.Foo:
    x-kubernetes-group-version-kind: [{group: a, version: v1, kind: Foo}]
    properties: {spec: {$ref: "#/definitions/io.x.Spec"}, loop: {$ref: "#/definitions/loop"}}
  io.x.Spec:
    properties:
      keyed:
        items: {$ref: "#/definitions/io.x.Item"}
        x-kubernetes-patch-merge-key: name
        x-kubernetes-patch-strategy: merge,retainKeys
      set: {x-kubernetes-patch-strategy: merge}
      two: {x-kubernetes-list-map-keys: [a, b], x-kubernetes-patch-strategy: merge}
      replaced: {x-kubernetes-patch-merge-key: name, x-kubernetes-patch-strategy: replace}
      unsaid: {x-kubernetes-patch-merge-key: name}
      map: {additionalProperties: {x-kubernetes-patch-merge-key: q, x-kubernetes-patch-strategy: merge}}
  io.x.Item:
    properties: {inner: {x-kubernetes-patch-merge-key: k, x-kubernetes-patch-strategy: merge}}
  loop: {$ref: "#/definitions/loop"}
"##;
        let schemas = Schemas::Custom(OpenApi::read(root(&parsed(0, text))));
        let spec = schemas.of("a/v1", "Foo").field("spec");
        let keys = |name: &str| spec.field(name).merge_keys();
        assert_eq!(keys("keyed"), Some(vec!["name"]));
        assert_eq!(keys("set"), Some(vec![]));
        assert_eq!(keys("two"), Some(vec!["a", "b"]));
        assert_eq!(keys("replaced"), None);
        assert_eq!(keys("unsaid"), None);
        assert_eq!(keys("nowhere"), None);
        assert_eq!(spec.field("map").field("any").merge_keys(), Some(vec!["q"]));
        assert_eq!(spec.field("keyed").element().field("inner").merge_keys(), Some(vec!["k"]));
        assert_eq!(schemas.of("a/v1", "Foo").field("loop").field("x").merge_keys(), None);
        assert!(schemas.of("v1", "Pod").field("spec").field("containers").merge_keys().is_none());
    }
}
