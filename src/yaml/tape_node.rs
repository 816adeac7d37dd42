//! A node of a parsed text: an index into its tape.

use super::{Kind, Parsed, Scalar, Style, tape::Raw};
use crate::base::Span;

const NO_ALIAS: u32 = u32::MAX;

/// A place on a tape, and the alias through which it was reached.
#[derive(Debug, Clone, Copy)]
pub(super) struct TapeNode<'a> {
    parsed: &'a Parsed<'a>,
    pub(super) index: u32,
    /// Tape index of the outermost alias on the way here, or `NO_ALIAS`.
    alias: u32,
}

impl<'a> TapeNode<'a> {
    pub(super) fn new(parsed: &'a Parsed<'a>, index: u32) -> Self {
        Self { parsed, index, alias: NO_ALIAS }.followed()
    }

    pub(super) fn parsed(self) -> &'a Parsed<'a> {
        self.parsed
    }

    pub(super) fn raw(self) -> Raw {
        self.parsed.nodes[self.index as usize]
    }

    pub(super) fn sibling(self, index: u32) -> Self {
        Self { index, ..self }
    }

    /// The alias's target, if this is an alias. One step is enough: anchors never stand on aliases.
    pub(super) fn followed(self) -> Self {
        if self.raw().style() != Style::Alias {
            return self;
        }
        let Some(target) = self.parsed.alias_target(self.index) else { return self };
        let alias = if self.alias == NO_ALIAS { self.index } else { self.alias };
        Self { index: target, alias, ..self }
    }

    pub(super) fn kind(self) -> Kind {
        match self.raw().style() {
            Style::BlockSequence | Style::FlowSequence => Kind::Sequence,
            Style::BlockMapping | Style::FlowMapping => Kind::Mapping,
            _ => Kind::Scalar,
        }
    }

    pub(super) fn span(self) -> Span {
        let raw = self.raw();
        self.parsed.span(raw.start, raw.end)
    }

    pub(super) fn via(self) -> Option<Span> {
        let raw = self.parsed.nodes.get(self.alias as usize)?;
        Some(self.parsed.span(raw.start, raw.end))
    }

    pub(super) fn scalar(self) -> Option<Scalar<'a>> {
        if self.kind() != Kind::Scalar {
            return None;
        }
        let raw = self.raw();
        let text = self.parsed.text.get(raw.start as usize..raw.end as usize)?;
        Some(Scalar::new(text, raw, self.tag()))
    }

    pub(super) fn tag(self) -> Option<&'a str> {
        let (start, end) = self.properties()?.tag?;
        self.parsed.text.get(start as usize..end as usize)
    }

    pub(super) fn anchor(self) -> Option<Span> {
        let (start, end) = self.properties()?.anchor?;
        Some(self.parsed.span(start, end))
    }

    fn properties(self) -> Option<&'a super::tape::Properties> {
        if !self.raw().has(Raw::HAS_PROPERTIES) {
            return None;
        }
        self.parsed.properties_of(self.index)
    }

    /// The last key of a mapping whose text is `text`, with its value; neither followed.
    pub(super) fn find(self, text: &str) -> Option<(Self, Self)> {
        let mut found = None;
        let (mut at, end) = (self.index + 1, self.raw().next);
        while at < end {
            let key = self.sibling(at);
            let value = self.sibling(key.raw().next);
            at = value.raw().next;
            let is_key = match key.simple_text() {
                Some(own) => own == text.as_bytes(),
                None => key.followed().scalar().is_some_and(|own| own.text() == text),
            };
            if is_key {
                found = Some((key, value));
            }
        }
        found
    }

    /// The text of a plain scalar of one line: what most keys are.
    pub(super) fn simple_text(self) -> Option<&'a [u8]> {
        let raw = self.raw();
        if raw.style() != Style::Plain || raw.has(Raw::NEEDS_COOKING) {
            return None;
        }
        self.parsed.text.as_bytes().get(raw.start as usize..raw.end as usize)
    }

    /// The bytes of its source from `start` to `end`.
    pub(super) fn source_text(self, start: u32, end: u32) -> &'a str {
        self.parsed.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// This node and all below it in the order written; aliases stand for themselves and are not followed.
    pub(super) fn written(self) -> impl Iterator<Item = TapeNode<'a>> {
        (self.index..self.raw().next).map(move |index| self.sibling(index))
    }
}
