//! The fields of a kustomization, taken from those of a GitOps object with their places.

use crate::{
    base::Span,
    render::kustomize::owned,
    yaml::{Entry, Kind, Node, Tree, Value},
};

/// Fields in the making.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(Value<'static>, Tree<'static>)>);

impl Fields {
    /// Adds the value of `entry` under `key`; nothing for none, for null, and for an empty value.
    pub(super) fn take(&mut self, key: &'static str, entry: Option<Entry<'_>>) {
        let Some(entry) = entry.filter(|entry| !is_empty(entry.value)) else { return };
        self.put(key, entry.key.span(), copied(entry.value));
    }

    /// Adds a value that is written at `span`.
    pub(super) fn put(&mut self, key: &'static str, span: Span, value: Tree<'static>) {
        self.0.push((Value::plain(key, span), value));
    }

    /// Adds a list of texts that are all written at `span`; nothing for an empty one.
    pub(super) fn put_list(&mut self, key: &'static str, span: Span, texts: Vec<String>) {
        if !texts.is_empty() {
            let items = texts.into_iter().map(|text| Tree::text(text, span)).collect();
            self.put(key, span, Tree::Sequence(items, span));
        }
    }

    /// All of them, as the root of a kustomization that is written at `span`.
    pub(super) fn into_tree(self, span: Span) -> Tree<'static> {
        Tree::Mapping(self.0, span)
    }
}

/// A copy of `node` that borrows nothing.
pub(super) fn copied(node: Node<'_>) -> Tree<'static> {
    owned(node, &|span| span)
}

/// A scalar that borrows nothing.
pub(super) fn copied_value(node: Node<'_>) -> Value<'static> {
    match copied(node) {
        Tree::Scalar(value) => value,
        other => Value::text("", other.span()),
    }
}

/// The value under `key`, where it is a mapping.
pub(super) fn mapping<'a>(node: Node<'a>, key: &str) -> Option<Node<'a>> {
    node.get(key).filter(|it| it.kind() == Kind::Mapping)
}

/// The text under `key`, trimmed; `None` for none and for an empty one.
pub(super) fn text(node: Node<'_>, key: &str) -> Option<String> {
    let text = node.get(key)?.text()?;
    let text = text.trim();
    (!text.is_empty() && text != "~" && text != "null").then(|| text.to_owned())
}

/// Whether the value under `key` is true.
pub(super) fn flag(node: Node<'_>, key: &str) -> bool {
    crate::kube::read_bool(node.get(key)).is(&true)
}

/// The pairs of a mapping of texts.
pub(super) fn pairs(node: Option<Node<'_>>) -> Vec<(Value<'static>, Value<'static>)> {
    let fields = node.map(Node::fields).unwrap_or_default().into_iter();
    let scalars = fields.filter(|it| it.value.kind() == Kind::Scalar && it.key.kind() == Kind::Scalar);
    scalars.map(|it| (copied_value(it.key), copied_value(it.value))).collect()
}

fn is_empty(node: Node<'_>) -> bool {
    match node.kind() {
        Kind::Scalar => {
            node.text().is_none_or(|text| text.is_empty())
                || matches!(crate::kube::value(node), crate::kube::Value::Null)
        }
        Kind::Sequence => node.items().next().is_none(),
        Kind::Mapping => node.entries().next().is_none(),
    }
}
