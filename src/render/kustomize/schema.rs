//! The fields of a kustomization and their types. kustomize reads it as JSON into Go structs: names in any case, no
//! unknown field, no number where a text belongs.

use std::fmt;

use super::{BuildError, error::Errors, kustomization::value};
use crate::{
    base::{Edit, Fix, Safety, Span, did_you_mean},
    kube::Value,
    yaml::{Kind, Node, Style},
};

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    Text,
    Bool,
    Int,
    /// Whatever.
    Any,
    List(&'static Shape),
    /// Any keys.
    Map(&'static Shape),
    /// These keys and no others.
    Object(&'static [(&'static str, Shape)]),
}

use Shape::{Any, Bool, Int, List, Map, Object, Text};

const TEXTS: Shape = List(&Text);
const TEXT_MAP: Shape = Map(&Text);

const FIELD_SPEC: Shape =
    Object(&[("group", Text), ("version", Text), ("kind", Text), ("path", Text), ("create", Bool)]);

const OPTIONS: Shape = Object(&[
    ("labels", TEXT_MAP),
    ("annotations", TEXT_MAP),
    ("disableNameSuffixHash", Bool),
    ("immutable", Bool),
]);

const SELECTOR: Shape = Object(&[
    ("group", Text),
    ("version", Text),
    ("kind", Text),
    ("name", Text),
    ("namespace", Text),
    ("annotationSelector", Text),
    ("labelSelector", Text),
]);

const PATCH: Shape =
    Object(&[("path", Text), ("patch", Text), ("target", SELECTOR), ("options", Map(&Bool))]);

const IMAGE: Shape =
    Object(&[("name", Text), ("newName", Text), ("tagSuffix", Text), ("newTag", Text), ("digest", Text)]);

const FIELD_OPTIONS: Shape =
    Object(&[("delimiter", Text), ("index", Int), ("encoding", Text), ("create", Bool)]);

const REPLACEMENT: Shape = Object(&[
    ("path", Text),
    (
        "source",
        Object(&[
            ("group", Text),
            ("version", Text),
            ("kind", Text),
            ("name", Text),
            ("namespace", Text),
            ("fieldPath", Text),
            ("options", FIELD_OPTIONS),
        ]),
    ),
    (
        "targets",
        List(&Object(&[
            ("select", SELECTOR),
            ("reject", List(&SELECTOR)),
            ("fieldPaths", TEXTS),
            ("options", FIELD_OPTIONS),
        ])),
    ),
]);

const VAR: Shape = Object(&[
    ("name", Text),
    (
        "objref",
        Object(&[
            ("apiVersion", Text),
            ("group", Text),
            ("version", Text),
            ("kind", Text),
            ("name", Text),
            ("namespace", Text),
        ]),
    ),
    ("fieldref", Object(&[("fieldPath", Text)])),
]);

const LABEL: Shape = Object(&[
    ("pairs", TEXT_MAP),
    ("includeSelectors", Bool),
    ("includeTemplates", Bool),
    ("fields", List(&FIELD_SPEC)),
]);

const CONFIG_MAP: Shape = Object(&[
    ("namespace", Text),
    ("name", Text),
    ("behavior", Text),
    ("literals", TEXTS),
    ("files", TEXTS),
    ("envs", TEXTS),
    ("env", Text),
    ("options", OPTIONS),
]);

const SECRET: Shape = Object(&[
    ("namespace", Text),
    ("name", Text),
    ("behavior", Text),
    ("literals", TEXTS),
    ("files", TEXTS),
    ("envs", TEXTS),
    ("env", Text),
    ("options", OPTIONS),
    ("type", Text),
]);

const METADATA: Shape =
    Object(&[("name", Text), ("namespace", Text), ("labels", TEXT_MAP), ("annotations", TEXT_MAP)]);

/// A kustomization or component.
pub(super) const KUSTOMIZATION: Shape = Object(&[
    ("apiVersion", Text),
    ("kind", Text),
    ("metadata", METADATA),
    ("openapi", TEXT_MAP),
    ("namePrefix", Text),
    ("nameSuffix", Text),
    ("namespace", Text),
    ("commonLabels", TEXT_MAP),
    ("labels", List(&LABEL)),
    ("commonAnnotations", TEXT_MAP),
    ("patchesStrategicMerge", TEXTS),
    ("patchesJson6902", List(&PATCH)),
    ("patches", List(&PATCH)),
    ("images", List(&IMAGE)),
    ("imageTags", List(&IMAGE)),
    ("replacements", List(&REPLACEMENT)),
    ("replicas", List(&Object(&[("name", Text), ("count", Int)]))),
    ("vars", List(&VAR)),
    (
        "sortOptions",
        Object(&[
            ("order", Text),
            ("legacySortOptions", Object(&[("orderFirst", TEXTS), ("orderLast", TEXTS)])),
        ]),
    ),
    ("resources", TEXTS),
    ("components", TEXTS),
    ("crds", TEXTS),
    ("bases", TEXTS),
    ("configMapGenerator", List(&CONFIG_MAP)),
    ("secretGenerator", List(&SECRET)),
    ("helmGlobals", Any),
    ("helmCharts", List(&Any)),
    ("helmChartInflationGenerator", List(&Any)),
    ("generatorOptions", OPTIONS),
    ("configurations", TEXTS),
    ("generators", TEXTS),
    ("transformers", TEXTS),
    ("validators", TEXTS),
    ("buildMetadata", TEXTS),
]);

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Text => "text",
            Bool => "true or false",
            Int => "a whole number",
            Any => "anything",
            List(_) => "a list",
            Map(_) | Object(_) => "a mapping",
        })
    }
}

/// Everything in `node` that is not of `shape`.
pub(super) fn check(node: Node<'_>, shape: &Shape) -> Errors {
    let mut errors = Vec::new();
    visit(node, shape, &Name::Root, &mut errors);
    errors
}

/// The way to a field; it becomes words where something is wrong.
enum Name<'n> {
    Root,
    Key(&'n Name<'n>, &'n str),
    Item(&'n Name<'n>, usize),
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Name::Root => Ok(()),
            Name::Key(Name::Root, key) => f.write_str(key),
            Name::Key(up, key) => write!(f, "{up}.{key}"),
            Name::Item(up, index) => write!(f, "{up}[{index}]"),
        }
    }
}

fn visit(node: Node<'_>, shape: &Shape, name: &Name<'_>, errors: &mut Errors) {
    if matches!(shape, Text) && is_plainly_text(node) {
        return;
    }
    let typed = value(node);
    if matches!(typed, Value::Null) {
        return;
    }
    match (shape, &typed) {
        (Any, _) | (Text, Value::Text(_)) | (Bool, Value::Bool(_)) | (Int, Value::Int(_)) => {}
        (Int, Value::Float(number)) if number.fract() == 0.0 => {}
        (List(item), Value::Sequence) => {
            for (index, own) in node.items().enumerate() {
                visit(own, item, &Name::Item(name, index), errors);
            }
        }
        (Map(item), Value::Mapping) => {
            for entry in node.fields() {
                let key = entry.key.text().unwrap_or_default();
                visit(entry.value, item, &Name::Key(name, &key), errors);
            }
        }
        (Object(fields), Value::Mapping) => object(node, fields, name, errors),
        _ => {
            let name = match name {
                Name::Root => "a kustomization".to_owned(),
                name => format!("`{name}`"),
            };
            let message = format!("{name} must be {shape}, not {}", kind_word(&typed));
            errors.push(BuildError::invalid(node.head(), message));
        }
    }
}

/// Whether it is text without a closer look, as paths are.
fn is_plainly_text(node: Node<'_>) -> bool {
    let is_path = |text: &[u8]| {
        text.first().is_some_and(|first| *first == b'.' || first.is_ascii_alphabetic())
            && text.contains(&b'/')
            && text
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'_' | b'-'))
    };
    node.kind() == Kind::Scalar
        && node.tag().is_none()
        && node.text().is_some_and(|text| is_path(text.as_bytes()))
}

fn object(node: Node<'_>, fields: &[(&'static str, Shape)], name: &Name<'_>, errors: &mut Errors) {
    for entry in node.fields() {
        let key = entry.key.text().unwrap_or_default();
        if entry.key.kind() != Kind::Scalar {
            errors.push(BuildError::invalid(entry.key.head(), "a key must be text"));
            continue;
        }
        if let Some((own, shape)) = fields.iter().find(|(own, _)| own.eq_ignore_ascii_case(&key)) {
            visit(entry.value, shape, &Name::Key(name, own), errors);
            continue;
        }
        let near = did_you_mean(&key, fields.iter().map(|(own, _)| *own));
        let meant = near.map_or(String::new(), |near| format!(", did you mean `{near}`?"));
        let message = format!("unknown field `{}`{meant}", Name::Key(name, &key));
        let fix = near.filter(|near| node.get(near).is_none()).and_then(|near| renamed(entry.key, near));
        errors.push(BuildError { fix, ..BuildError::invalid(entry.key.span(), message) });
    }
}

/// The fix that writes `key` as `near`, in the quotes that it has: the kustomization builds, and may say something else
/// than was meant.
fn renamed(key: Node<'_>, near: &str) -> Option<Box<Fix>> {
    let span = key.span();
    let span = match key.style() {
        Style::Plain => span,
        Style::SingleQuoted | Style::DoubleQuoted if span.len() >= 2 => {
            Span::new(span.source, span.start + 1, span.end - 1)
        }
        _ => return None,
    };
    if key.via().is_some() {
        return None;
    }
    let edits = vec![Edit { span, text: near.to_owned() }];
    Some(Box::new(Fix { title: format!("Write `{near}`"), safety: Safety::Unsafe, edits }))
}

fn kind_word(value: &Value<'_>) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Int(_) | Value::Float(_) => "a number",
        Value::Text(_) | Value::Unknown => "text",
        Value::Sequence => "a list",
        Value::Mapping => "a mapping",
    }
}
