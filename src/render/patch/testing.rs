//! What the tests of this folder share: texts to trees, trees to JSON.

use serde_json::{Map, Value as Json};

use super::typed;
use crate::{
    base::SourceId,
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
        Kind::Scalar => typed::json(node),
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

/// The text `target` after `change`, as JSON.
pub(super) fn changed<E>(
    target: &str,
    change: impl for<'a> FnOnce(&mut Tree<'a>) -> Result<(), E>,
) -> Result<Json, E> {
    let parsed = parsed(0, target);
    let mut tree = Tree::Link(root(&parsed));
    change(&mut tree)?;
    Ok(json(tree.node()))
}
