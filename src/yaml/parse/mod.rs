//! The reader: recursive descent on columns, one decision a line, nothing cooked. It takes what go-yaml
//! (and so kubectl) takes and what strict YAML 1.2 takes, and notes where the two differ.

mod anchors;
mod block;
mod block_scalar;
mod collections;
mod document;
mod errors;
mod errors_block;
mod errors_inline;
mod flow;
mod lines;
mod plain;
mod properties;
mod quoted;
mod template;
mod tree;

use std::ops::Range;

use self::anchors::Anchors;
use self::document::Directives;
use super::split::{Piece, Pieces};
use super::tape::{Raw, SyntaxError, SyntaxErrorKind};
use super::{Limits, Parsed};
use crate::base::{SourceId, Span};

/// Reads every document of `text`.
pub fn parse<'t>(source: SourceId, text: &'t str, limits: &Limits) -> Parsed<'t> {
    parse_filtered(source, text, limits, |_| true)
}

/// Reads the documents of `text` for which `keep` says yes; it is given each document's text, and what it
/// leaves out appears in [`Parsed::documents`] as skipped.
pub fn parse_filtered<'t>(
    source: SourceId,
    text: &'t str,
    limits: &Limits,
    keep: impl Fn(&'t str) -> bool,
) -> Parsed<'t> {
    let mut parser = Parser::new(source, text, text.len(), limits);
    let mut pieces = Pieces::new(text);
    for piece in pieces.by_ref() {
        let kept = text.get(piece.start..piece.end).is_some_and(&keep);
        parser.document(&piece, kept);
        if parser.is_full() {
            // One error for the file, not one for each of the documents that are no longer read.
            break;
        }
    }
    if let Some(rest) = pieces.rest() {
        parser.comments_only(rest);
    }
    parser.out
}

/// Reads the bytes `part` of `text` as one document whose spans count from the start of `text`: a manifest inside
/// a block scalar of another, for one. Every line of it may be indented by as much as the first.
pub fn parse_part<'t>(source: SourceId, text: &'t str, part: Range<usize>, limits: &Limits) -> Parsed<'t> {
    let mut parser = Parser::new(source, text, part.len(), limits);
    let end = part.end.min(text.len());
    let start = part.start.min(end);
    // From the start of the line where only blanks stand before it: the first line's indentation counts.
    let line = text.as_bytes()[..start].iter().rposition(|byte| *byte != b' ').map_or(0, |at| at + 1);
    let fresh = line == 0 || matches!(text.as_bytes()[line - 1], b'\n' | b'\r');
    let start = if fresh { line } else { start };
    // As if a `---` stood before it, after which a document may begin in the middle of a line.
    let piece = Piece { prefix: start, prefix_end: start, start, end, explicit_start: true };
    parser.document(&piece, true);
    parser.out
}

/// Reading cannot go on in this document; why is in [`Parser::error`].
#[derive(Clone, Copy)]
struct Stop;

type Step<T = ()> = Result<T, Stop>;

/// The white space and comments before a token.
#[derive(Clone, Copy, Default)]
struct Gap {
    /// Column of the token, from 1: on a fresh line, one more than the spaces before it; 0 at the end, which
    /// is further out than anything.
    column: usize,
    /// The token is the first on its line.
    fresh: bool,
    /// A tab was among the blanks.
    tab: bool,
    /// A comment was there.
    commented: bool,
}

/// The state of reading.
struct Parser<'t> {
    out: Parsed<'t>,
    /// The text up to the end of the document being read.
    bytes: &'t [u8],
    pos: usize,
    /// First byte of the line that `pos` is on.
    line_start: usize,
    /// What the last move over white space found.
    gap: Gap,
    /// Column of the block collection around the flow collection being read; 0 when there is none.
    parent: usize,
    /// Brackets that are open.
    brackets: u32,
    /// The innermost of them.
    bracket: usize,
    /// Where the last node ended, or the indicator that stands before the next.
    last_end: usize,
    depth: u32,
    /// The deepest level since the flow item being read began.
    peak: u32,
    limits: Limits,
    lenient: bool,
    beyond_go_yaml: Option<(Span, &'static str)>,
    /// Index of the first node of the document being read.
    root: usize,
    error: Option<SyntaxError>,
    /// A control character at which the document was cut off.
    control: Option<usize>,
    anchors: Anchors<'t>,
    directives: Directives<'t>,
}

/// Anchor and tag that wait for their node.
#[derive(Clone, Copy, Default)]
struct Props {
    anchor: Option<(u32, u32)>,
    tag: Option<(u32, u32)>,
}

impl Props {
    const NONE: Self = Self { anchor: None, tag: None };

    fn is_none(self) -> bool {
        self.anchor.is_none() && self.tag.is_none()
    }
}

impl<'t> Parser<'t> {
    /// Whether the limit of nodes stopped the last document.
    fn is_full(&self) -> bool {
        let stopped = self.out.documents.last().and_then(|document| document.error.as_ref());
        stopped.is_some_and(|error| error.kind == SyntaxErrorKind::Limit)
            && self.out.nodes.len() >= self.limits.nodes as usize
    }

    /// A reader that will read about `size` bytes of `text`.
    fn new(source: SourceId, text: &'t str, size: usize, limits: &Limits) -> Self {
        let out = Parsed {
            source,
            text,
            nodes: Vec::with_capacity(size / 16),
            properties: Vec::new(),
            aliases: Vec::new(),
            comments: Vec::new(),
            documents: Vec::new(),
        };
        Self {
            out,
            bytes: text.as_bytes(),
            pos: 0,
            line_start: 0,
            gap: Gap::default(),
            parent: 0,
            brackets: 0,
            bracket: 0,
            last_end: 0,
            depth: 0,
            peak: 0,
            limits: *limits,
            lenient: false,
            beyond_go_yaml: None,
            root: 0,
            error: None,
            control: None,
            anchors: Anchors::default(),
            directives: Directives::default(),
        }
    }

    /// The byte at `at`; 0 past the end, which no document holds elsewhere.
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn here(&self) -> u8 {
        self.byte(self.pos)
    }

    fn at_end(&self) -> bool {
        self.pos >= self.bytes.len()
    }

    /// Whether a space, a tab, a line break or the end is at `at`.
    fn is_blank_or_end(&self, at: usize) -> bool {
        matches!(self.byte(at), b' ' | b'\t' | b'\n' | b'\r' | 0)
    }

    /// Whether `indicator` stands at `pos` alone, as `- ` does.
    fn at_indicator(&self, indicator: u8) -> bool {
        self.here() == indicator && self.is_blank_or_end(self.pos + 1)
    }

    /// Moves over the indicator at `pos`.
    fn pass_indicator(&mut self) {
        self.pos += 1;
        self.last_end = self.pos;
    }

    /// The text of a byte range; empty where it would split a character.
    fn slice(&self, start: usize, end: usize) -> &'t str {
        self.out.text.get(start..end).unwrap_or_default()
    }

    fn node_mut(&mut self, node: u32) -> Option<&mut Raw> {
        self.out.nodes.get_mut(node as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_inside_quotes_is_read_in_place() {
        let text = "patch: '[{\"op\": \"add\", \"value\": 5}]'\nnext: 1\n";
        let (start, end) = (text.find('[').unwrap(), text.find(']').unwrap() + 1);
        let parsed = parse_part(SourceId(0), text, start..end, &Limits::default());
        assert_eq!(parsed.documents()[0].error, None);
        let root = parsed.root(&parsed.documents()[0]).unwrap();
        let value = root.items().next().and_then(|it| it.get("value")).unwrap();
        assert_eq!(&text[value.span().range()], "5");
    }

    #[test]
    fn a_file_of_too_many_nodes_gets_one_error_and_is_read_no_further() {
        let text = "--- a: 1\n".repeat(3) + &"---\na: 1\n".repeat(1000);
        let limits = Limits { nodes: 100, ..Limits::default() };
        let parsed = parse(SourceId(0), &text, &limits);
        let errors = parsed
            .documents()
            .iter()
            .filter(|it| it.error.as_ref().is_some_and(|it| it.kind == SyntaxErrorKind::Limit));
        assert_eq!(errors.count(), 1);
        assert!(parsed.documents().len() < 40);
    }

    #[test]
    fn a_manifest_inside_a_block_scalar_is_read_in_place() {
        let text =
            "patches:\n- patch: |-\n    kind: Pod\n    spec:\n      list:\n      - a # why\n  target: x\n";
        let start = text.find("kind").unwrap();
        let end = text.find("  target").unwrap();
        let parsed = parse_part(SourceId(0), text, start..end, &Limits::default());
        let root = parsed.root(&parsed.documents()[0]).unwrap();
        assert_eq!(parsed.documents()[0].error, None);
        let item = root.get("spec").and_then(|it| it.get("list")).and_then(|it| it.items().next()).unwrap();
        assert_eq!(&text[item.span().range()], "a");
        assert_eq!(parsed.comments().len(), 1);
    }
}
