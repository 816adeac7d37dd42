//! A value that is to be written, and how it is written: in block or flow style, plain or in quotes.

use std::borrow::Cow;

use super::layout::Layout;
use crate::yaml::Style;

/// A value that stands in no text yet.
#[derive(Debug, Clone, PartialEq)]
pub enum Draft {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A text, which is put in quotes where it would read as something else.
    Text(String),
    /// A list.
    List(Vec<Draft>),
    /// Keys and values in the order to write them.
    Map(Vec<(String, Draft)>),
}

impl Draft {
    /// Whether it is written on one line in block style too.
    pub(super) fn is_inline(&self) -> bool {
        match self {
            Draft::List(items) => items.is_empty(),
            Draft::Map(entries) => entries.is_empty(),
            _ => true,
        }
    }

    /// For a title: what is written, where that is short.
    pub fn words(&self) -> Option<String> {
        const LONGEST: usize = 40;
        let words = match self {
            Draft::Text(text) => text.clone(),
            other => other.inline(false, Style::Plain),
        };
        (words.chars().count() <= LONGEST && !words.contains('\n')).then_some(words)
    }

    /// `self` under `keys`, each inside the one before.
    pub(super) fn under(self, keys: &[&str]) -> Self {
        keys.iter().rev().fold(self, |inner, key| Draft::Map(vec![((*key).to_owned(), inner)]))
    }

    /// As one line: a scalar, or a flow collection. `like` is the style of the scalar that stood there before.
    pub(super) fn inline(&self, is_json: bool, like: Style) -> String {
        match self {
            Draft::Null => "null".to_owned(),
            Draft::Bool(it) => it.to_string(),
            Draft::Int(it) => it.to_string(),
            Draft::Float(it) => it.to_string(),
            Draft::Text(text) => quoted(text, if is_json { Style::DoubleQuoted } else { like }).into_owned(),
            Draft::List(items) => {
                let items: Vec<String> = items.iter().map(|it| it.inline(is_json, Style::Plain)).collect();
                format!("[{}]", items.join(", "))
            }
            Draft::Map(entries) => {
                let entry = |(key, value): &(String, Draft)| {
                    format!("{}: {}", key_text(key, is_json), value.inline(is_json, Style::Plain))
                };
                format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// What follows `key:` in block style, the space or line break before it included.
    pub(super) fn after_key(&self, column: usize, layout: &Layout) -> String {
        let mut out = String::new();
        self.push_after_key(&mut out, column, layout);
        out
    }

    fn push_after_key(&self, out: &mut String, column: usize, layout: &Layout) {
        let at = match self {
            Draft::List(items) if !items.is_empty() => column + layout.list_step,
            Draft::Map(entries) if !entries.is_empty() => column + layout.step,
            _ => {
                out.push(' ');
                out.push_str(&self.inline(false, Style::Plain));
                return;
            }
        };
        push_line(out, at, layout);
        self.push_block(out, at, layout);
    }

    /// In block style from `column` on, the first line without its indentation.
    pub(super) fn block(&self, column: usize, layout: &Layout) -> String {
        let mut out = String::new();
        self.push_block(&mut out, column, layout);
        out
    }

    fn push_block(&self, out: &mut String, column: usize, layout: &Layout) {
        match self {
            Draft::List(items) if !items.is_empty() => {
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        push_line(out, column, layout);
                    }
                    out.push_str("- ");
                    item.push_block(out, column + 2, layout);
                }
            }
            Draft::Map(entries) if !entries.is_empty() => {
                for (at, (key, value)) in entries.iter().enumerate() {
                    if at > 0 {
                        push_line(out, column, layout);
                    }
                    out.push_str(&key_text(key, false));
                    out.push(':');
                    value.push_after_key(out, column, layout);
                }
            }
            _ => out.push_str(&self.inline(false, Style::Plain)),
        }
    }
}

/// Begins a line at `column`.
fn push_line(out: &mut String, column: usize, layout: &Layout) {
    out.push_str(layout.eol);
    out.extend(std::iter::repeat_n(' ', column));
}

/// `key` as it stands before its colon.
pub(super) fn key_text(key: &str, is_json: bool) -> Cow<'_, str> {
    quoted(key, if is_json { Style::DoubleQuoted } else { Style::Plain })
}

/// `text` in the style `like` if it can be, in double quotes otherwise.
pub(super) fn quoted(text: &str, like: Style) -> Cow<'_, str> {
    match like {
        Style::SingleQuoted if !text.contains(char::is_control) => {
            Cow::Owned(format!("'{}'", text.replace('\'', "''")))
        }
        Style::DoubleQuoted | Style::SingleQuoted => Cow::Owned(double_quoted(text)),
        _ if reads_as_text(text) => Cow::Borrowed(text),
        _ => Cow::Owned(double_quoted(text)),
    }
}

fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}') => {
                out.push_str(&format!("\\u{:04X}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Words that some reader takes for a truth value, nothing, or a number, in whatever case.
const WORDS: &[&str] = &["y", "yes", "n", "no", "true", "false", "on", "off", "null", "nan", "inf"];

/// Whether every reader takes `text` without quotes for this text, in block and in flow style.
fn reads_as_text(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/:".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '_')
        && text.chars().all(is_plain)
        && !text.ends_with(':')
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_that_nobody_misreads_stand_without_quotes() {
        for text in ["RuntimeDefault", "system:masters", "/var/run", "a-b.c/d", "CAP_NET_RAW"] {
            assert_eq!(quoted(text, Style::Plain), text);
        }
        for text in ["yes", "NO", "1", "1.2", "", " a", "a b", "a:", "*", "~", "Null", "-a", ".inf", "0x1f"] {
            assert_eq!(quoted(text, Style::Plain), format!("\"{text}\""));
        }
        assert_eq!(quoted("it's", Style::SingleQuoted), "'it''s'");
        assert_eq!(quoted("a\nb", Style::SingleQuoted), "\"a\\nb\"");
    }
}
