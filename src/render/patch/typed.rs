//! The values of JSON patches, which kustomize reads with another YAML reader than its resources: one of
//! YAML 1.1, for which `yes` is true and a date is text.

use std::borrow::Cow;

use super::smp::is_null;
use crate::{
    render::typed::{Typed, timestamp, typed},
    yaml::{Kind, Node, Style, Tree, Value},
};

/// The text of a scalar that is text; `None` for a number, a boolean, a null, a collection.
pub(super) fn text(node: Node<'_>) -> Option<Cow<'_, str>> {
    let is_text = node.kind() == Kind::Scalar && matches!(typed(node), Typed::Text(_));
    is_text.then(|| node.text()).flatten()
}

/// Whether it is a scalar that is text.
pub(super) fn is_text(node: Node<'_>) -> bool {
    text(node).is_some()
}

/// Whether a scalar can take the place of `old` and its type.
pub(super) fn can_stand_for(new: Node<'_>, old: Node<'_>) -> bool {
    matches!(
        (typed(old), typed(new)),
        (Typed::Text(_), _)
            | (Typed::Null, Typed::Null)
            | (Typed::Bool(_), Typed::Bool(_))
            | (Typed::Int(_), Typed::Int(_))
            | (Typed::Float(_), Typed::Int(_) | Typed::Float(_))
    )
}

/// A value of a JSON patch as it stands in a resource afterwards.
pub(super) fn from_patch(node: Node<'_>) -> Tree<'_> {
    if !needs_change(node) {
        return Tree::Link(node);
    }
    match node.kind() {
        Kind::Scalar => Tree::Scalar(plain_or_text(node)),
        Kind::Sequence => Tree::Sequence(node.items().map(from_patch).collect(), node.span()),
        Kind::Mapping => {
            let entries = node.fields().into_iter();
            Tree::Mapping(entries.map(|it| (key(it.key), from_patch(it.value))).collect(), node.span())
        }
    }
}

/// What a boolean of YAML 1.1 means that is text in YAML 1.2.
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

fn is_date(node: Node<'_>) -> bool {
    node.style() == Style::Plain
        && node.tag().is_none()
        && node.text().is_some_and(|text| timestamp(&text).is_some())
}

/// Whether something in it reads otherwise in a resource: a boolean of YAML 1.1, a date, or a null that is
/// not written (which would not outlive a strategic merge).
fn needs_change(node: Node<'_>) -> bool {
    match node.kind() {
        Kind::Scalar => old_bool(node).is_some() || is_date(node) || is_null(node) && node.is(""),
        Kind::Sequence => node.items().any(needs_change),
        Kind::Mapping => {
            node.entries().any(|entry| old_bool(entry.key).is_some() || needs_change(entry.value))
        }
    }
}

fn plain_or_text(node: Node<'_>) -> Value<'_> {
    let own = Value::of(node);
    let (text, style) = match old_bool(node) {
        Some(true) => ("true".into(), Style::Plain),
        Some(false) => ("false".into(), Style::Plain),
        None if is_date(node) => (own.text.clone(), Style::DoubleQuoted),
        None if is_null(node) => ("null".into(), Style::Plain),
        None => return own,
    };
    Value { text, style, ..own }
}

/// A key, of which JSON makes text.
fn key(node: Node<'_>) -> Value<'_> {
    Value { style: Style::DoubleQuoted, ..plain_or_text(node) }
}

/// Whether both say the same, as JSON does: the order of keys does not matter, `1.0` is `1`, `"1"` is not.
pub(super) fn are_equal(one: Node<'_>, other: Node<'_>) -> bool {
    match (one.kind(), other.kind()) {
        (Kind::Scalar, Kind::Scalar) => same_scalar(&typed(one), &typed(other)),
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
fn same_scalar(one: &Typed<'_>, other: &Typed<'_>) -> bool {
    match (one, other) {
        (Typed::Int(int), Typed::Float(float)) | (Typed::Float(float), Typed::Int(int)) => {
            (*int as f64).total_cmp(float).is_eq()
        }
        (one, other) => one == other,
    }
}
