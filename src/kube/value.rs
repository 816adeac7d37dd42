//! Scalars as the API server's YAML reader types them (sigs.k8s.io/yaml over go-yaml v2): YAML 1.1, where
//! `yes` is true, `0644` is octal and `1.30` without quotes is the number 1.3.

use std::borrow::Cow;

use super::number::{integer, is_float};
use crate::yaml::{Kind, Node, Scalar, Style};

/// A node's value after typing.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// `null`, `~` or nothing: for the API, a field that is not there.
    Null,
    /// true, yes, on …
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number, those too big for 64 bits included.
    Float(f64),
    /// Text; dates too, as in JSON.
    Text(Cow<'a, str>),
    /// `${VAR}`, `{{ … }}`, `<replace-me>`: somebody else fills it in.
    Unknown,
    /// A list.
    Sequence,
    /// A mapping.
    Mapping,
}

/// A field of a known type, as read from a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read<T> {
    /// Not there, or null.
    Missing,
    /// There, and of the type.
    Is(T),
    /// A placeholder, or of another type (which the API server refuses): neither pass nor fail.
    Unclear,
}

impl<T> Read<T> {
    /// The value, if it is there and clear.
    pub fn known(self) -> Option<T> {
        if let Read::Is(value) = self { Some(value) } else { None }
    }

    /// Unclear where it would be clear: for something that stands where a mapping should.
    pub(super) fn unclear_if_there(self) -> Self {
        if let Read::Missing = self { self } else { Read::Unclear }
    }

    /// Whether it is there and equals `value`.
    pub fn is(&self, value: &T) -> bool
    where
        T: PartialEq,
    {
        matches!(self, Read::Is(own) if own == value)
    }
}

/// Whether two nodes of `text` say the same: word by word, or, for short scalars, in another style too. What an alias
/// stands for is only the same as itself, so that the comparison costs no more than the shorter of the two is long.
pub fn says_the_same(text: &str, one: Node<'_>, other: Node<'_>) -> bool {
    const SHORT: usize = 256;
    let words =
        |node: Node<'_>| text.get(node.span().start as usize..node.span().end as usize).unwrap_or_default();
    if one.span() == other.span() {
        return true;
    }
    if one.via().is_some() || other.via().is_some() {
        return false;
    }
    let (own, others) = (words(one), words(other));
    let are_short_scalars =
        one.scalar().is_some() && other.scalar().is_some() && own.len().max(others.len()) <= SHORT;
    if are_short_scalars { value(one) == value(other) && one.text() == other.text() } else { own == others }
}

/// Types `node`.
pub fn value(node: Node<'_>) -> Value<'_> {
    match node.kind() {
        Kind::Sequence => Value::Sequence,
        // `key: {{ .Values.x }}` is a mapping with a mapping as its key.
        Kind::Mapping => Value::Mapping,
        Kind::Scalar => node.scalar().map_or(Value::Null, scalar),
    }
}

/// A scalar's text, for one that names its default (`${VAR:=text}`) the default's.
pub fn settled_text(node: Node<'_>) -> Option<Cow<'_, str>> {
    let text = node.text()?;
    match default_text(&text) {
        Some(default) => Some(Cow::Owned(default.to_owned())),
        None => Some(text),
    }
}

/// Reads an optional boolean field.
pub fn read_bool(node: Option<Node<'_>>) -> Read<bool> {
    match node.map(value) {
        None | Some(Value::Null) => Read::Missing,
        Some(Value::Bool(it)) => Read::Is(it),
        Some(_) => Read::Unclear,
    }
}

/// Reads an optional whole number.
pub fn read_int(node: Option<Node<'_>>) -> Read<i64> {
    match node.map(value) {
        None | Some(Value::Null) => Read::Missing,
        Some(Value::Int(it)) => Read::Is(it),
        // JSON has one kind of number: the API server takes 5.0 and 5e0 for 5.
        #[expect(clippy::cast_possible_truncation, reason = "the fraction is zero and the size is checked")]
        Some(Value::Float(it)) if it.fract() == 0.0 && it.abs() < 9e15 => Read::Is(it as i64),
        Some(_) => Read::Unclear,
    }
}

/// Reads an optional text field.
pub fn read_text(node: Option<Node<'_>>) -> Read<Cow<'_, str>> {
    match node.map(value) {
        None | Some(Value::Null) => Read::Missing,
        Some(Value::Text(it)) => Read::Is(it),
        Some(_) => Read::Unclear,
    }
}

/// Whether `text` is to be filled in by somebody else: Flux or envsubst `${VAR}`, a template's `{{ … }}`, a
/// hand-filled `<your-value>`.
pub fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    if text.len() < 3 {
        return false;
    }
    text.contains("${")
        || text.contains("{{")
        || text.starts_with("$(") && text.ends_with(')')
        || text.starts_with('<') && text.ends_with('>')
}

fn scalar(scalar: Scalar<'_>) -> Value<'_> {
    let text = scalar.text();
    if is_placeholder(&text) {
        return default_of(&text).unwrap_or(Value::Unknown);
    }
    match scalar.tag() {
        None if scalar.style() == Style::Plain => plain(text),
        None | Some("!" | "!!str" | "!<tag:yaml.org,2002:str>") => Value::Text(text),
        Some(_) => plain(text),
    }
}

/// The value that `${VAR:=default}` or `${VAR:-default}` takes when nobody sets the variable.
fn default_of<'a>(text: &str) -> Option<Value<'a>> {
    let default = default_text(text)?;
    Some(match plain(Cow::Borrowed(default)) {
        Value::Text(_) | Value::Unknown => Value::Text(Cow::Owned(default.to_owned())),
        Value::Null => Value::Null,
        Value::Bool(it) => Value::Bool(it),
        Value::Int(it) => Value::Int(it),
        Value::Float(it) => Value::Float(it),
        Value::Sequence | Value::Mapping => return None,
    })
}

fn default_text(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("${")?.strip_suffix('}')?;
    let (_, default) = inner.split_once(":=").or_else(|| inner.split_once(":-"))?;
    (!default.contains(['{', '}', '$'])).then_some(default)
}

/// go-yaml v2's `resolve`.
fn plain(text: Cow<'_, str>) -> Value<'_> {
    match &*text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Value::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Value::Bool(false);
        }
        ".nan" | ".NaN" | ".NAN" => return Value::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Value::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Value::Float(f64::NEG_INFINITY),
        _ => {}
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return Value::Text(text);
    }
    number(&text.replace('_', "")).unwrap_or(Value::Text(text))
}

fn number<'a>(text: &str) -> Option<Value<'a>> {
    if let Some(int) = integer(text) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a number beyond 64 bits is a float to JSON readers too"
        )]
        return Some(i64::try_from(int).map_or(Value::Float(int as f64), Value::Int));
    }
    is_float(text).then(|| text.parse().ok().map(Value::Float)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_are_typed_as_the_api_server_types_them() {
        let cases = [
            ("yes", Value::Bool(true)),
            ("Off", Value::Bool(false)),
            ("y", Value::Bool(true)),
            ("yEs", Value::Text("yEs".into())),
            ("~", Value::Null),
            ("0644", Value::Int(420)),
            ("0o644", Value::Int(420)),
            ("0x1F", Value::Int(31)),
            ("0b11", Value::Int(3)),
            ("1_000", Value::Int(1000)),
            ("-5", Value::Int(-5)),
            ("0", Value::Int(0)),
            ("0800", Value::Float(800.0)),
            ("1e3", Value::Float(1000.0)),
            ("1.30", Value::Float(1.3)),
            ("1.2.3", Value::Text("1.2.3".into())),
            ("2001-01-01", Value::Text("2001-01-01".into())),
            ("+-5", Value::Text("+-5".into())),
            ("18446744073709551615", Value::Float(18_446_744_073_709_551_615.0)),
        ];
        for (text, expected) in cases {
            assert_eq!(plain(text.into()), expected, "{text}");
        }
    }

    #[test]
    fn a_default_stands_for_its_placeholder_in_texts_too() {
        assert_eq!(default_text("${MODE:=Default}"), Some("Default"));
        assert_eq!(default_text("${COOKIES:-1}"), Some("1"));
        for text in ["${MODE}", "${MODE:=${OTHER}}", "a-${MODE:=b}", "Default"] {
            assert_eq!(default_text(text), None, "{text}");
        }
    }

    #[test]
    fn placeholders_are_unknown_unless_they_name_a_default() {
        for text in ["${VAR}", "a-${VAR}-b", "{{ .Values.x }}", "<your-name>", "$(VAR)"] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["$", "<", "<>", "a < b", "$HOME", "{}"] {
            assert!(!is_placeholder(text), "{text}");
        }
        assert_eq!(default_of("${REPLICAS:=3}"), Some(Value::Int(3)));
        assert_eq!(default_of("${PRIVILEGED:-false}"), Some(Value::Bool(false)));
        assert_eq!(default_of("${VAR}"), None);
    }
}
