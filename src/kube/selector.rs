//! Label selectors: which labels they accept. Source: `LabelSelector` in the Kubernetes API reference.

use std::collections::BTreeMap;

use super::is_placeholder;
use crate::yaml::Node;

/// Labels in owned form.
pub type Labels = BTreeMap<Box<str>, Box<str>>;

/// A selector in owned form; all its requirements must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selector {
    requirements: Vec<Requirement>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Requirement {
    In(Box<str>, Vec<Box<str>>),
    NotIn(Box<str>, Vec<Box<str>>),
    Exists(Box<str>),
    Missing(Box<str>),
}

/// Reads a mapping of labels; `None` when one of them is a placeholder, so that what they match is unknown.
pub fn labels(node: Node<'_>) -> Option<Labels> {
    node.fields().into_iter().map(|field| Some((known(field.key)?, known(field.value)?))).collect()
}

impl Selector {
    /// Reads `matchLabels` and `matchExpressions`; `None` when part of it is a placeholder or no selector.
    pub fn parse(node: Node<'_>) -> Option<Self> {
        let mut selector = match node.get("matchLabels") {
            Some(map) => Self::of_labels(map)?,
            None => Self::default(),
        };
        for expression in node.get("matchExpressions").into_iter().flat_map(Node::items) {
            selector.requirements.push(requirement(expression)?);
        }
        Some(selector)
    }

    /// Reads a plain mapping of labels, as a `Service` and a `ReplicationController` have.
    pub fn of_labels(map: Node<'_>) -> Option<Self> {
        let requirements = labels(map)?.into_iter().map(|(key, value)| Requirement::In(key, vec![value]));
        Some(Self { requirements: requirements.collect() })
    }

    /// Whether it has no requirement; whether that selects all or nothing depends on the field it stands in.
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Whether it accepts an object with these labels.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.requirements.iter().all(|requirement| match requirement {
            Requirement::In(key, values) => labels.get(key).is_some_and(|value| values.contains(value)),
            Requirement::NotIn(key, values) => labels.get(key).is_none_or(|value| !values.contains(value)),
            Requirement::Exists(key) => labels.contains_key(key),
            Requirement::Missing(key) => !labels.contains_key(key),
        })
    }
}

fn requirement(expression: Node<'_>) -> Option<Requirement> {
    let key = known(expression.get("key")?)?;
    let values =
        || expression.get("values").into_iter().flat_map(Node::items).map(known).collect::<Option<Vec<_>>>();
    match &*known(expression.get("operator")?)? {
        "In" => Some(Requirement::In(key, values()?)),
        "NotIn" => Some(Requirement::NotIn(key, values()?)),
        "Exists" => Some(Requirement::Exists(key)),
        "DoesNotExist" => Some(Requirement::Missing(key)),
        _ => None,
    }
}

fn known(node: Node<'_>) -> Option<Box<str>> {
    let text = node.text().filter(|text| !is_placeholder(text))?;
    Some(text.into())
}
