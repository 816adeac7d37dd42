//! What the tests of this folder share: texts to trees, trees to JSON.

use serde_json::{Map, Value as Json};

use super::{Id, Target};
use crate::{
    base::SourceId,
    render::typed::{Typed, typed},
    yaml::{Kind, Limits, Node, Parsed, Tree, parse},
};

/// Parses `text`, whose nodes are of source `id`.
pub(super) fn parsed(id: u32, text: &str) -> Parsed<'_> {
    let parsed = parse(SourceId(id), text, &Limits::default());
    assert!(parsed.documents().iter().all(|document| document.error.is_none()), "{text}");
    parsed
}

/// The root of the first document.
pub(super) fn root<'a>(parsed: &'a Parsed<'a>) -> Node<'a> {
    parsed.root(&parsed.documents()[0]).expect("a document with a root")
}

/// A node as kustomize's JSON.
pub(super) fn json(node: Node<'_>) -> Json {
    match node.kind() {
        Kind::Scalar => match typed(node) {
            Typed::Null => Json::Null,
            Typed::Bool(it) => it.into(),
            Typed::Int(it) => i64::try_from(it).unwrap().into(),
            Typed::Float(it) => it.into(),
            Typed::Text(it) => it.into(),
        },
        Kind::Sequence => Json::Array(node.items().map(json).collect()),
        Kind::Mapping => {
            let fields = node.fields().into_iter();
            Json::Object(
                fields.map(|it| (it.key.text().unwrap().into_owned(), json(it.value))).collect::<Map<_, _>>(),
            )
        }
    }
}

/// The JSON that a text says.
pub(super) fn json_of(text: &str) -> Json {
    json(root(&parsed(0, text)))
}

/// An object without a history.
pub(super) struct Object<'a> {
    tree: Tree<'a>,
    id: [String; 5],
}

/// The objects of all documents.
pub(super) fn objects<'a>(parsed: &'a Parsed<'a>) -> Vec<Object<'a>> {
    let roots = parsed.documents().iter().filter_map(|document| parsed.root(document));
    roots.map(Object::new).collect()
}

impl<'a> Object<'a> {
    fn new(root: Node<'a>) -> Self {
        let text = |node: Option<Node<'_>>| node.and_then(Node::text).unwrap_or_default().into_owned();
        let api_version = text(root.get("apiVersion"));
        let (group, version) = api_version.split_once('/').unwrap_or(("", &api_version));
        let metadata = root.get("metadata").unwrap();
        let namespace = Some(text(metadata.get("namespace"))).filter(|it| !it.is_empty());
        let id = [
            group.to_owned(),
            version.to_owned(),
            text(root.get("kind")),
            text(metadata.get("name")),
            namespace.unwrap_or_else(|| "default".to_owned()),
        ];
        Self { tree: Tree::Link(root), id }
    }
}

impl<'a> Target<'a> for Object<'a> {
    fn ids(&self) -> Vec<Id<'_>> {
        let [group, version, kind, name, namespace] = &self.id;
        vec![Id { group, version, kind, name, namespace: Some(namespace) }]
    }

    fn tree(&self) -> &Tree<'a> {
        &self.tree
    }

    fn tree_mut(&mut self) -> &mut Tree<'a> {
        &mut self.tree
    }
}
