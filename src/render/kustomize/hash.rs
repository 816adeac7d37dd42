//! The suffix that tells one content of a ConfigMap or Secret from another.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::Resource;
use crate::{
    render::typed::{Typed, json_float, typed},
    yaml::{Kind, Node},
};

/// Ten characters that follow from the object's data.
pub(super) fn suffix(resource: &Resource<'_>) -> String {
    let root = resource.node();
    let json = match &*resource.id().gvk.kind {
        "ConfigMap" => content(root, "ConfigMap", &["binaryData"]),
        "Secret" => content(root, "Secret", &["stringData"]),
        _ => {
            let mut out = String::new();
            json(root, &mut out);
            out
        }
    };
    // Digits and letters that could make a word, or be taken for another, are replaced.
    let letter = |c: char| match c {
        '0' => 'g',
        '1' => 'h',
        '3' => 'k',
        'a' => 'm',
        'e' => 't',
        other => other,
    };
    let digest = Sha256::digest(json.as_bytes());
    let digits: String = digest.iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    digits.chars().map(letter).collect()
}

/// The JSON that kustomize digests: its keys in order. The name in it is always empty.
fn content(root: Node<'_>, kind: &str, optional: &[&str]) -> String {
    let mut fields: Vec<(&str, String)> = vec![("kind", format!("\"{kind}\"")), ("name", "\"\"".to_owned())];
    fields.push(("data", field(root, "data").unwrap_or_else(|| "\"\"".to_owned())));
    for key in optional {
        let is_map = root.get(key).is_some_and(|it| it.kind() == Kind::Mapping);
        fields.extend(field(root, key).filter(|_| is_map).map(|json| (*key, json)));
    }
    if kind == "Secret" {
        fields.push(("type", field(root, "type").unwrap_or_else(|| "\"\"".to_owned())));
    }
    fields.sort_unstable_by_key(|(key, _)| *key);
    let fields: Vec<String> = fields.into_iter().map(|(key, json)| format!("\"{key}\":{json}")).collect();
    format!("{{{}}}", fields.join(","))
}

fn field(root: Node<'_>, key: &str) -> Option<String> {
    let mut out = String::new();
    json(root.get(key)?, &mut out);
    Some(out)
}

fn json(node: Node<'_>, out: &mut String) {
    match node.kind() {
        Kind::Scalar => match typed(node) {
            Typed::Null => out.push_str("null"),
            Typed::Bool(value) => out.push_str(if value { "true" } else { "false" }),
            Typed::Int(value) => out.push_str(&value.to_string()),
            Typed::Float(value) => out.push_str(&json_float(value)),
            Typed::Text(text) => quote(&text, out),
        },
        Kind::Sequence => {
            out.push('[');
            for (index, item) in node.items().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                json(item, out);
            }
            out.push(']');
        }
        Kind::Mapping => {
            let mut fields = node.fields();
            fields.sort_by(|a, b| a.key.text().cmp(&b.key.text()));
            out.push('{');
            for (index, it) in fields.into_iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                quote(&it.key.text().unwrap_or_default(), out);
                out.push(':');
                json(it.value, out);
            }
            out.push('}');
        }
    }
}

/// A string as Go's JSON writes it.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}
