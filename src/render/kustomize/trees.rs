//! Small helpers on built trees.

use crate::{
    base::Span,
    yaml::{Kind, Node, Tree, Value},
};

/// The value under `key`, by value; links stay links.
pub(super) fn child<'a>(tree: &Tree<'a>, key: &str) -> Option<Tree<'a>> {
    match tree {
        Tree::Link(node) => node.get(key).map(Tree::Link),
        Tree::Mapping(entries, _) => {
            entries.iter().find(|(own, _)| own.text == key).map(|(_, value)| value.clone())
        }
        _ => None,
    }
}

/// The value at the end of `path`, by value.
pub(super) fn descendant<'a>(tree: &Tree<'a>, path: &[&str]) -> Option<Tree<'a>> {
    path.iter().try_fold(tree.clone(), |tree, key| child(&tree, key))
}

/// Sorts a mapping by its keys.
pub(super) fn sort_keys(tree: &mut Tree<'_>) {
    if let Some(entries) = tree.entries_mut() {
        entries.sort_by(|a, b| a.0.text.cmp(&b.0.text));
    }
}

/// A copy that borrows nothing, every node at the place that `place` gives it.
pub(in crate::render) fn owned<'b>(node: Node<'_>, place: &dyn Fn(Span) -> Span) -> Tree<'b> {
    match node.kind() {
        Kind::Scalar => Tree::Scalar(owned_value(node, place)),
        Kind::Sequence => {
            Tree::Sequence(node.items().map(|item| owned(item, place)).collect(), place(node.span()))
        }
        Kind::Mapping => {
            let fields = node.fields().into_iter();
            let entries = fields.map(|it| (owned_value(it.key, place), owned(it.value, place))).collect();
            Tree::Mapping(entries, place(node.span()))
        }
    }
}

fn owned_value<'b>(node: Node<'_>, place: &dyn Fn(Span) -> Span) -> Value<'b> {
    let text = node.text().unwrap_or_default().into_owned();
    let tag = node.tag().and_then(known_tag);
    Value {
        text: text.into(),
        style: node.style(),
        tag,
        span: place(node.span()),
        via: node.via().map(place),
    }
}

/// The tags that change how a scalar is typed.
fn known_tag(tag: &str) -> Option<&'static str> {
    ["!!str", "!!int", "!!float", "!!bool", "!!null", "!!binary", "!"].into_iter().find(|known| *known == tag)
}
