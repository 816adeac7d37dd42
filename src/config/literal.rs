//! Scalars of a configuration as values, and whether they are what a rule's parameter wants.

use crate::{
    rule::{Literal, Literals},
    yaml::{Kind, Node, Style},
};

/// What a scalar is: nothing, or a value. Quotes make text of anything.
pub(super) fn literal(node: Node<'_>) -> Option<Literal> {
    let text = node.text()?;
    if node.style() != Style::Plain {
        return Some(Literal::Text(text.into_owned()));
    }
    match &*text {
        "" | "~" | "null" | "Null" | "NULL" => return None,
        "true" | "True" | "TRUE" => return Some(Literal::Bool(true)),
        "false" | "False" | "FALSE" => return Some(Literal::Bool(false)),
        _ => {}
    }
    if let Ok(number) = text.parse() {
        return Some(Literal::Int(number));
    }
    // Rust also reads `inf` and `nan`, which are words here.
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    match text.parse() {
        Ok(number) if is_number => Some(Literal::Float(number)),
        _ => Some(Literal::Text(text.into_owned())),
    }
}

/// Whether a node is the null of YAML.
pub(super) fn is_null(node: Node<'_>) -> bool {
    node.kind() == Kind::Scalar && literal(node).is_none()
}

/// The value at `node` for a parameter whose default is `default`.
///
/// # Errors
/// The node that is wrong, and what stands where it should be in words.
pub(super) fn param<'n>(node: Node<'n>, default: &Literals) -> Result<Literals, (Node<'n>, String)> {
    match default {
        Literals::One(default) => one(node, Some(default)).map(Literals::One),
        Literals::Many(defaults) if node.kind() == Kind::Sequence => {
            node.items().map(|item| one(item, defaults.first())).collect::<Result<_, _>>().map(Literals::Many)
        }
        Literals::Many(defaults) if node.kind() == Kind::Scalar => {
            one(node, defaults.first()).map(|only| Literals::Many(vec![only]))
        }
        Literals::Many(_) => Err((node, format!("expected a list, found {}", what(node)))),
    }
}

fn one<'n>(node: Node<'n>, default: Option<&Literal>) -> Result<Literal, (Node<'n>, String)> {
    let value = literal(node);
    match (value, default) {
        (Some(value), None) => Ok(value),
        (Some(Literal::Int(_)), Some(Literal::Float(_))) => {
            Ok(Literal::Float(node.text().and_then(|text| text.parse().ok()).unwrap_or_default()))
        }
        (Some(value), Some(default)) if std::mem::discriminant(&value) == std::mem::discriminant(default) => {
            Ok(value)
        }
        (_, default) => {
            let wanted = default.map_or("a value", |default| kind_of(default));
            Err((node, format!("expected {wanted}, found {}", what(node))))
        }
    }
}

fn kind_of(literal: &Literal) -> &'static str {
    match literal {
        Literal::Bool(_) => "`true` or `false`",
        Literal::Int(_) => "a whole number",
        Literal::Float(_) => "a number",
        Literal::Text(_) => "text",
    }
}

/// What stands at `node`, in words.
pub(super) fn what(node: Node<'_>) -> String {
    match node.kind() {
        Kind::Sequence => "a list".to_owned(),
        Kind::Mapping => "a mapping".to_owned(),
        Kind::Scalar => {
            let text = node.text().unwrap_or_default();
            let short: String = text.chars().take(40).collect();
            match literal(node) {
                None => "nothing".to_owned(),
                Some(Literal::Int(_) | Literal::Float(_)) => format!("the number `{short}`"),
                Some(Literal::Bool(_) | Literal::Text(_)) => format!("`{short}`"),
            }
        }
    }
}
