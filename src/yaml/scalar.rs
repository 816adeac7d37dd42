//! Scalars are raw text until somebody asks what they say.

use std::borrow::Cow;

use super::{Style, Value, cook, tape::Raw};

/// A scalar as written. Typing it is the business of the floor above.
#[derive(Debug, Clone, Copy)]
pub struct Scalar<'a> {
    raw: &'a str,
    node: Raw,
    tag: Option<&'a str>,
    /// `raw` is what it says already.
    is_cooked: bool,
}

impl<'a> Scalar<'a> {
    pub(super) fn new(raw: &'a str, node: Raw, tag: Option<&'a str>) -> Self {
        Self { raw, node, tag, is_cooked: false }
    }

    /// The scalar of a built tree.
    pub(super) fn built(value: &'a Value<'a>) -> Self {
        let node = Raw::new(value.style, 0, 0);
        Self { raw: &value.text, node, tag: value.tag, is_cooked: true }
    }

    /// The bytes of its span, quotes and indicators included; for a built scalar, what it says.
    pub fn raw(self) -> &'a str {
        self.raw
    }

    /// How it is written.
    pub fn style(self) -> Style {
        self.node.style()
    }

    /// The tag as written, `!!str` for one.
    pub fn tag(self) -> Option<&'a str> {
        self.tag
    }

    /// What it says: quotes, escapes, folding and indentation resolved; borrowed where nothing changes.
    pub fn text(self) -> Cow<'a, str> {
        if self.is_cooked {
            return Cow::Borrowed(self.raw);
        }
        let cook = self.node.has(Raw::NEEDS_COOKING);
        match self.style() {
            Style::SingleQuoted | Style::DoubleQuoted if !cook => Cow::Borrowed(self.unquoted()),
            Style::SingleQuoted => Cow::Owned(cook::single_quoted(self.unquoted())),
            Style::DoubleQuoted => Cow::Owned(cook::double_quoted(self.unquoted())),
            Style::Literal | Style::Folded => Cow::Owned(self.block()),
            _ if cook => Cow::Owned(cook::folded_lines(self.raw)),
            _ => Cow::Borrowed(self.raw),
        }
    }

    fn unquoted(self) -> &'a str {
        self.raw.get(1..self.raw.len().saturating_sub(1)).unwrap_or_default()
    }

    fn block(self) -> String {
        cook::block(
            self.raw,
            self.node.block_indent(),
            self.style() == Style::Folded,
            self.node.has(Raw::FINAL_BREAK),
        )
    }
}
