//! Scalars as kustomize types them: its resources are read by a YAML 1.2 reader, for which `yes` is text; JSON patches by one of YAML
//! 1.1, for which it is true.

use std::borrow::Cow;

use super::smp::is_null;
use crate::{
    kube,
    yaml::{Kind, Node, Style, Tree, Value},
};

/// A scalar of JSON.
#[derive(Debug, Clone, PartialEq)]
enum Json<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Cow<'a, str>),
}

/// What a placeholder says does not count here: to kustomize it is text.
fn scalar(node: Node<'_>) -> Json<'_> {
    let text = node.text().unwrap_or_default();
    if old_bool(node).is_some() || kube::is_placeholder(&text) {
        return Json::Text(text);
    }
    match kube::value(node) {
        kube::Value::Null => Json::Null,
        kube::Value::Bool(it) => Json::Bool(it),
        kube::Value::Int(it) => Json::Int(it),
        kube::Value::Float(it) => Json::Float(it),
        _ => Json::Text(text),
    }
}

/// What a word means that is a boolean in YAML 1.1 alone.
fn old_bool(node: Node<'_>) -> Option<bool> {
    if node.style() != Style::Plain || node.tag().is_some() {
        return None;
    }
    match &*node.text()? {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

/// The text of a scalar that is text; `None` for a number, a boolean, a null.
pub(super) fn text(node: Node<'_>) -> Option<Cow<'_, str>> {
    if node.kind() != Kind::Scalar {
        return None;
    }
    if let Json::Text(text) = scalar(node) { Some(text) } else { None }
}

/// Whether a scalar is text.
pub(super) fn is_text(node: Node<'_>) -> bool {
    text(node).is_some()
}

/// Whether a scalar can take the place of `old` and its type.
pub(super) fn can_stand_for(new: Node<'_>, old: Node<'_>) -> bool {
    match (scalar(old), scalar(new)) {
        (Json::Text(_), _)
        | (Json::Null, Json::Null)
        | (Json::Bool(_), Json::Bool(_))
        | (Json::Int(_), Json::Int(_))
        | (Json::Float(_), Json::Int(_) | Json::Float(_)) => true,
        _ => false,
    }
}

/// A value of a JSON patch as it stands in a resource afterwards.
pub(super) fn from_patch(node: Node<'_>) -> Tree<'_> {
    if !needs_change(node) {
        return Tree::Link(node);
    }
    match node.kind() {
        Kind::Scalar => {
            let text = match old_bool(node) {
                Some(true) => "true",
                Some(false) => "false",
                None => "null",
            };
            Tree::Scalar(Value { via: node.via(), ..Value::plain(text, node.span()) })
        }
        Kind::Sequence => Tree::Sequence(node.items().map(from_patch).collect(), node.span()),
        Kind::Mapping => {
            let entries = node.fields().into_iter();
            Tree::Mapping(entries.map(|it| (Value::of(it.key), from_patch(it.value))).collect(), node.span())
        }
    }
}

/// Whether a word of YAML 1.1 lies in it, or a null that is not written (which would not outlive a strategic merge).
fn needs_change(node: Node<'_>) -> bool {
    match node.kind() {
        Kind::Scalar => old_bool(node).is_some() || is_null(node) && node.is(""),
        Kind::Sequence => node.items().any(needs_change),
        Kind::Mapping => node.entries().any(|entry| needs_change(entry.value)),
    }
}

/// Whether both say the same, as JSON does: the order of keys does not matter, `1.0` is `1`, `"1"` is not.
pub(super) fn are_equal(one: Node<'_>, other: Node<'_>) -> bool {
    match (one.kind(), other.kind()) {
        (Kind::Scalar, Kind::Scalar) => same_scalar(&scalar(one), &scalar(other)),
        (Kind::Sequence, Kind::Sequence) => {
            one.items().count() == other.items().count()
                && one.items().zip(other.items()).all(|(a, b)| are_equal(a, b))
        }
        (Kind::Mapping, Kind::Mapping) => {
            let (own, asked) = (one.fields(), other.fields());
            own.len() == asked.len()
                && asked.iter().all(|entry| {
                    let key = entry.key.text().unwrap_or_default();
                    one.get(&key).is_some_and(|it| are_equal(it, entry.value))
                })
        }
        _ => false,
    }
}

#[expect(clippy::cast_precision_loss, reason = "JSON numbers are compared as what JSON readers make of them")]
fn same_scalar(one: &Json<'_>, other: &Json<'_>) -> bool {
    match (one, other) {
        (Json::Int(int), Json::Float(float)) | (Json::Float(float), Json::Int(int)) => {
            (*int as f64).total_cmp(float).is_eq()
        }
        (one, other) => one == other,
    }
}

/// The scalar as JSON.
#[cfg(test)]
pub(super) fn json(node: Node<'_>) -> serde_json::Value {
    match scalar(node) {
        Json::Null => serde_json::Value::Null,
        Json::Bool(it) => it.into(),
        Json::Int(it) => it.into(),
        Json::Float(it) => it.into(),
        Json::Text(it) => it.into(),
    }
}
