//! Scalars as kustomize types them (go-yaml v3, YAML 1.2 with a few old habits): `yes` is text, `0644` is 420.

use std::borrow::Cow;

use crate::{
    kube,
    yaml::{Node, Style},
};

/// A scalar's value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Typed<'a> {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(Cow<'a, str>),
}

/// Types a scalar; a collection is no scalar and counts as null.
pub(super) fn typed(node: Node<'_>) -> Typed<'_> {
    let Some(scalar) = node.scalar() else { return Typed::Null };
    let text = scalar.text();
    match scalar.tag() {
        None if scalar.style() == Style::Plain => plain(text),
        None | Some("!" | "!!str" | "!<tag:yaml.org,2002:str>" | "!!binary") => Typed::Text(text),
        Some(_) => plain(text),
    }
}

/// Types a text without quotes.
pub(super) fn plain(text: Cow<'_, str>) -> Typed<'_> {
    match &*text {
        "" | "~" | "null" | "Null" | "NULL" => return Typed::Null,
        "true" | "True" | "TRUE" => return Typed::Bool(true),
        "false" | "False" | "FALSE" => return Typed::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Typed::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Typed::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Typed::Float(f64::NEG_INFINITY),
        _ => {}
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return Typed::Text(text);
    }
    if let Some(moment) = timestamp(&text) {
        return Typed::Text(Cow::Owned(moment));
    }
    number(&text.replace('_', "")).unwrap_or(Typed::Text(text))
}

fn number<'a>(text: &str) -> Option<Typed<'a>> {
    if let Some(int) = kube::integer(text) {
        return Some(Typed::Int(int));
    }
    kube::is_float(text).then(|| text.parse().ok().map(Typed::Float)).flatten()
}

/// kustomize reads a date without quotes as a moment, and writes it as one.
pub(super) fn timestamp(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    if bytes.len() < 8 || !bytes[..4].iter().all(u8::is_ascii_digit) || bytes[4] != b'-' {
        return None;
    }
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year = parts.next()?;
    let mut part = || parts.next().filter(|it| matches!(it.len(), 1 | 2))?.parse::<u32>().ok();
    let (month, day) = (part()?, part()?);
    if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let Some(time) = time else { return Some(format!("{year}-{month:02}-{day:02}T00:00:00Z")) };
    let has_zone = text.contains(['T', 't']);
    clock(time, has_zone).map(|time| format!("{year}-{month:02}-{day:02}T{time}"))
}

/// `h:m:s.fraction`, with a zone where there must be one.
fn clock(time: &str, has_zone: bool) -> Option<String> {
    let (clock, zone) = match (has_zone, time.find(['Z', '+', '-'])) {
        (true, Some(at)) => (&time[..at], &time[at..]),
        (false, None) => (time, "Z"),
        _ => return None,
    };
    let (whole, fraction) = clock.split_once('.').map_or((clock, ""), |(whole, fraction)| (whole, fraction));
    let parts: Vec<u32> = whole.split(':').map(|it| it.parse().ok()).collect::<Option<_>>()?;
    let [hour, minute, second] = parts[..] else { return None };
    if hour > 23 || minute > 59 || second > 59 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let fraction = if fraction.is_empty() { String::new() } else { format!(".{fraction}") };
    Some(format!("{hour:02}:{minute:02}:{second:02}{fraction}{zone}"))
}

/// A number as Go's JSON writes it.
pub(super) fn json_float(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        return exponential(value, 1);
    }
    format!("{value}")
}

/// A number as go-yaml writes it.
pub(super) fn yaml_float(value: f64) -> String {
    if value.is_nan() {
        return ".nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { ".inf".to_owned() } else { "-.inf".to_owned() };
    }
    let size = value.abs();
    if value.fract() == 0.0 && size < 1e18 {
        return format!("{value:.0}");
    }
    if size != 0.0 && !(1e-4..1e6).contains(&size) {
        return exponential(value, 2);
    }
    format!("{value}")
}

/// `1.5e+07`; the exponent has a sign and at least `digits` digits.
fn exponential(value: f64, digits: usize) -> String {
    let text = format!("{value:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
    format!("{mantissa}e{sign}{exponent:0>digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_are_typed_as_kustomize_types_them() {
        let text = |text: &'static str| Typed::Text(text.into());
        for (written, expected) in [
            ("yes", text("yes")),
            ("True", Typed::Bool(true)),
            ("0644", Typed::Int(420)),
            ("0o14", Typed::Int(12)),
            ("1_000", Typed::Int(1000)),
            ("-5", Typed::Int(-5)),
            ("1.30", Typed::Float(1.3)),
            ("1e3", Typed::Float(1000.0)),
            ("1.2.3", text("1.2.3")),
            ("2001-1-2", text("2001-01-02T00:00:00Z")),
            ("2001-12-14T21:59:43.10-05:00", text("2001-12-14T21:59:43.1-05:00")),
            ("2001-13-02", text("2001-13-02")),
            ("~", Typed::Null),
        ] {
            assert_eq!(plain(written.into()), expected, "{written}");
        }
    }

    #[test]
    fn numbers_are_written_as_go_writes_them() {
        assert_eq!(yaml_float(12_345_678.25), "1.234567825e+07");
        assert_eq!(yaml_float(1e-7), "1e-07");
        assert_eq!(yaml_float(1.3), "1.3");
        assert_eq!(yaml_float(1000.0), "1000");
        assert_eq!(yaml_float(1.234_567_890_123_456_8e29), "1.2345678901234568e+29");
        assert_eq!(json_float(1e-7), "1e-7");
    }
}
