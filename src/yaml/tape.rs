//! The parsed form of one text: a flat list of 16-byte nodes in pre-order. A subtree is skipped by one
//! index, nothing is cooked, and what few nodes have (anchors, tags, alias targets) stands beside it.

use crate::base::{SourceId, Span};

/// How a node is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A scalar without quotes; the empty value is one of these, of no length.
    Plain,
    /// `'…'`; the span includes the quotes.
    SingleQuoted,
    /// `"…"`; the span includes the quotes.
    DoubleQuoted,
    /// `|`; the span runs from the indicator through the last line with content, without its line break.
    /// Blank lines after that are part of it only where `|+` keeps them.
    Literal,
    /// `>`; the span as for `Literal`.
    Folded,
    /// `- …` lines; the span runs from the first `-` to the end of the last item.
    BlockSequence,
    /// `key: …` lines; the span runs from the first key to the end of the last value.
    BlockMapping,
    /// `[…]`; the span includes the brackets.
    FlowSequence,
    /// `{…}`; the span includes the braces.
    FlowMapping,
    /// `*name`; stands for another node.
    Alias,
}

/// One node on the tape.
#[derive(Debug, Clone, Copy)]
pub(super) struct Raw {
    pub(super) start: u32,
    pub(super) end: u32,
    /// Index of the first node after this one's subtree.
    pub(super) next: u32,
    /// `Style` in the low four bits, then the flags below; block scalars keep the column of their
    /// content in the upper sixteen.
    pub(super) bits: u32,
}

impl Raw {
    /// It has an anchor or a tag: look into `Parsed::properties`.
    pub(super) const HAS_PROPERTIES: u32 = 1 << 4;
    /// Its raw text is not its value: escapes, folding, doubled quotes.
    pub(super) const NEEDS_COOKING: u32 = 1 << 5;
    /// A mapping that holds a plain `<<` key.
    pub(super) const HAS_MERGE: u32 = 1 << 6;
    /// A block scalar whose last line has a line break; the break itself is not in the span.
    pub(super) const FINAL_BREAK: u32 = 1 << 7;

    pub(super) const fn new(style: Style, start: u32, end: u32) -> Self {
        Self { start, end, next: 0, bits: style as u32 }
    }

    pub(super) fn style(self) -> Style {
        match self.bits & 0xF {
            0 => Style::Plain,
            1 => Style::SingleQuoted,
            2 => Style::DoubleQuoted,
            3 => Style::Literal,
            4 => Style::Folded,
            5 => Style::BlockSequence,
            6 => Style::BlockMapping,
            7 => Style::FlowSequence,
            8 => Style::FlowMapping,
            _ => Style::Alias,
        }
    }

    pub(super) fn has(self, flag: u32) -> bool {
        self.bits & flag != 0
    }

    /// Spaces before each content line of a block scalar.
    pub(super) fn block_indent(self) -> usize {
        (self.bits >> 16) as usize
    }

    pub(super) fn set_block_indent(&mut self, indent: usize) {
        self.bits = (self.bits & 0xFFFF) | ((indent.min(0xFFFF) as u32) << 16);
    }
}

/// Anchor and tag of one node, as byte ranges that include `&` and `!`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Properties {
    pub(super) node: u32,
    pub(super) anchor: Option<(u32, u32)>,
    pub(super) tag: Option<(u32, u32)>,
}

/// A `#` comment, without its line break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// First byte, the `#`.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Nothing but white space stands before it on its line.
    pub own_line: bool,
}

/// What kind of thing went wrong while reading; decides the rule that reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyntaxErrorKind {
    /// Not YAML as go-yaml reads it.
    Syntax,
    /// A limit of [`super::Limits`] was reached.
    Limit,
    /// `{{ … }}` where a value belongs: a template, not a manifest.
    Template,
}

/// Why a document could not be read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// What kind.
    pub kind: SyntaxErrorKind,
    /// What a person sees, in one line: "this quote is never closed".
    pub message: String,
    /// The mark that opened the trouble.
    pub span: Span,
    /// A second place, where it broke, with a word about it.
    pub second: Option<(Span, String)>,
}

/// One document of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// First byte after the `---` line (after the `---` itself where more stands on that line), or after a
    /// `...`, or of the text.
    pub start: u32,
    /// One past its last byte: where the next `---` or `...` begins, or the end of the text.
    pub end: u32,
    /// Tape index of its root; `None` when it is empty or was filtered out.
    pub(super) root: Option<u32>,
    /// Where reading stopped; the tree then holds what came before. Nothing is left of a document whose aliases
    /// would add more than the limit allows.
    pub error: Option<SyntaxError>,
    /// The filter left it out: it has no tree, and its syntax was not checked.
    pub skipped: bool,
    /// It may have been read by a leniency that strict YAML 1.2 does not have: [`super::refusal`] tells.
    pub lenient: bool,
    /// The first place that go-yaml refuses though YAML 1.2 allows it, and why, as far as that can be told.
    pub beyond_go_yaml: Option<(Span, &'static str)>,
    /// The comments and directives before its `---`.
    pub(super) prefix: (u32, u32),
}

/// A text and all that was read from it. Borrows the text.
#[derive(Debug)]
pub struct Parsed<'t> {
    pub(super) source: SourceId,
    pub(super) text: &'t str,
    pub(super) nodes: Vec<Raw>,
    /// Sorted by node.
    pub(super) properties: Vec<Properties>,
    /// (alias node, target node), sorted by alias node.
    pub(super) aliases: Vec<(u32, u32)>,
    pub(super) comments: Vec<Comment>,
    pub(super) documents: Vec<Document>,
}

impl<'t> Parsed<'t> {
    /// The text's id.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// The text itself.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// Its documents in order, the skipped and the broken among them.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// Its comments in order, those of skipped documents excepted.
    pub fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// How many nodes the tape holds.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// The same without its text, to be kept; see [`Parsed::over`].
    pub fn without_text(self) -> Parsed<'static> {
        let Self { source, text: _, nodes, properties, aliases, comments, documents } = self;
        Parsed { source, text: "", nodes, properties, aliases, comments, documents }
    }

    /// A copy over `text`, from which it was read before that was taken away.
    pub fn over<'o>(&self, text: &'o str) -> Parsed<'o> {
        Parsed {
            source: self.source,
            text,
            nodes: self.nodes.clone(),
            properties: self.properties.clone(),
            aliases: self.aliases.clone(),
            comments: self.comments.clone(),
            documents: self.documents.clone(),
        }
    }

    pub(super) fn properties_of(&self, node: u32) -> Option<&Properties> {
        let at = self.properties.binary_search_by_key(&node, |it| it.node).ok()?;
        self.properties.get(at)
    }

    pub(super) fn alias_target(&self, alias: u32) -> Option<u32> {
        let at = self.aliases.binary_search_by_key(&alias, |it| it.0).ok()?;
        self.aliases.get(at).map(|it| it.1)
    }

    pub(super) fn span(&self, start: u32, end: u32) -> Span {
        Span::new(self.source, start, end)
    }
}
