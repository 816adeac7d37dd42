//! Reads mappings, lists and words of a configuration; collects every mistake instead of stopping at one.

use super::{
    error::ConfigError,
    literal::{is_null, what},
};
use crate::{
    base::{Source, Span, did_you_mean},
    yaml::{Entry, Kind, Node},
};

/// Collects mistakes. What is wrong is left out of the result, which is not used then.
pub(super) struct Reader<'s> {
    pub(super) source: &'s Source,
    pub(super) errors: Vec<ConfigError>,
}

impl Reader<'_> {
    /// Notes a mistake.
    pub(super) fn error(&mut self, span: Span, message: impl Into<String>, help: Option<String>) {
        self.errors.push(ConfigError { span: Some(span), message: message.into(), help });
    }

    /// The fields of a mapping, each key once, those without a value left out; `meaning` says what was
    /// expected where it is no mapping.
    pub(super) fn fields<'n>(&mut self, node: Node<'n>, meaning: &str) -> Vec<(String, Entry<'n>)> {
        if node.kind() != Kind::Mapping {
            self.error(node.head(), format!("expected {meaning}, found {}", what(node)), None);
            return Vec::new();
        }
        self.duplicates(node);
        let mut named = Vec::new();
        for entry in node.fields() {
            if let Some(key) = entry.key.text() {
                named.push((key.into_owned(), entry));
            } else {
                self.error(entry.key.head(), "a key must be a single word", None);
            }
        }
        named
    }

    fn duplicates(&mut self, mapping: Node<'_>) {
        let mut seen: Vec<(String, Span)> = Vec::new();
        for entry in mapping.entries() {
            let (Some(key), span) = (entry.key.text(), entry.key.span()) else { continue };
            match seen.iter().find(|(other, _)| *other == key) {
                Some((_, first)) => {
                    let line = self.source.position(first.start).line;
                    self.error(
                        span,
                        format!("`{key}` is given twice"),
                        Some(format!("first on line {line}")),
                    );
                }
                None => seen.push((key.into_owned(), span)),
            }
        }
    }

    /// Notes that `key` is not one of `known`.
    pub(super) fn unknown_key(&mut self, key: &str, span: Span, known: &[&str]) {
        let help = match did_you_mean(key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the keys are {}", known.join(", ")),
        };
        self.error(span, format!("unknown key `{key}`"), Some(help));
    }

    /// A single word, or a list of words where `node` is one.
    pub(super) fn words<'n>(&mut self, node: Node<'n>) -> Vec<(String, Node<'n>)> {
        if node.kind() == Kind::Sequence {
            return node.items().filter_map(|item| self.word(item)).collect();
        }
        self.word(node).into_iter().collect()
    }

    /// A single word.
    pub(super) fn word<'n>(&mut self, node: Node<'n>) -> Option<(String, Node<'n>)> {
        let text = node.text().filter(|_| !is_null(node));
        if text.is_none() {
            self.error(node.head(), format!("expected a word, found {}", what(node)), None);
        }
        text.map(|text| (text.into_owned(), node))
    }
}
