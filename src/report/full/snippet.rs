//! The lines around a finding, as miette wants them. Knows lines, columns and what is too long to show;
//! nothing of findings.
//!
//! miette's own sources rescan the file for every label, print neighbour lines of any length, count columns
//! in bytes, pass control characters on and panic beyond column 65,535. So each finding gets one snippet
//! whose lines are chosen here, before miette sees it, from a harmless copy of the file.

use std::{borrow::Cow, ops::Range};

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::{
    base::{Source, Span},
    report::{
        place::{Place, floor},
        safe,
    },
};

/// Labels this many lines apart still share a snippet.
const NEAR_LINES: u32 = 6;
/// A longer line, in bytes, is not shown whole.
const LONG_LINE: usize = 240;
/// Bytes shown around a mark on a long line.
const MARGIN: u32 = 60;
/// A longer mark on a long line, in bytes, is cut.
const LONG_MARK: u32 = 120;

/// A source made harmless; one a file, however many findings it has.
#[derive(Debug)]
pub(super) struct SafeText<'o> {
    source: &'o Source,
    path: String,
    text: Cow<'o, str>,
    ellipsis: &'static str,
}

impl<'o> SafeText<'o> {
    /// Reads `source` once. `unicode` decides how a cut is marked.
    pub(super) fn new(source: &'o Source, unicode: bool) -> Self {
        // Both marks take three bytes, so that offsets behind them still hold.
        let ellipsis = if unicode { "…" } else { "..." };
        Self {
            source,
            path: safe::line(&source.path).into_owned(),
            text: safe::same_length(&source.text),
            ellipsis,
        }
    }

    /// The part of `span` that is marked: what stands on its first line, not too much of a long one.
    pub(super) fn mark(&self, span: Span) -> Place {
        let mut mark = Place::of(self.source, span).first_line(self.source);
        if self.is_long(mark.from.line) {
            mark.end = mark.end.min(floor(&self.source.text, mark.start.saturating_add(LONG_MARK)));
        }
        mark
    }

    /// Whether `mark` can be shown in one snippet with `group`, whose first member is the primary mark.
    pub(super) fn is_near(&self, group: &[Place], mark: Place) -> bool {
        let Some(primary) = group.first() else { return true };
        // miette draws two marks on the same characters side by side, one of them in the wrong place.
        if group.iter().any(|other| overlap(*other, mark)) {
            return false;
        }
        let (first, last) = (primary.from.line.min(mark.from.line), primary.from.line.max(mark.from.line));
        if first == last && self.is_long(first) {
            let (start, end) = hull(group.iter().copied().chain([mark]));
            return (end - start) as usize <= LONG_LINE;
        }
        last - first <= NEAR_LINES && (first..=last).all(|line| !self.is_long(line))
    }

    /// The lines of `group`, which [`is_near`](Self::is_near) has let in, and one on each side.
    pub(super) fn snippet(&self, group: &[Place]) -> Snippet<'_> {
        let primary = group[0];
        let first = group.iter().map(|mark| mark.from.line).min().unwrap_or(1);
        let last = group.iter().map(|mark| mark.from.line).max().unwrap_or(1);
        if self.is_long(first) {
            return self.window(primary, hull(group.iter().copied()));
        }
        let first = if first > 1 && !self.is_long(first - 1) { first - 1 } else { first };
        let last = if self.is_worth_showing(last + 1) { last + 1 } else { last };
        let start = self.source.lines().line_start(first).unwrap_or_default() as usize;
        let text = match self.source.lines().line_start(last + 1) {
            Some(end) => Cow::Borrowed(&self.text[start..end as usize]),
            // miette shows an empty last line, and a mark at the very end, only before a line break.
            None => Cow::Owned(format!("{}\n", &self.text[start..])),
        };
        Snippet { path: &self.path, text, start, first_line: first, line_count: last - first + 1, primary }
    }

    /// The file, made harmless.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// A piece of the text, made harmless.
    pub(super) fn get(&self, range: Range<usize>) -> Option<&str> {
        self.text.get(range)
    }

    /// The line, from 1, in which byte `at` stands.
    pub(super) fn line_of(&self, at: usize) -> u32 {
        self.source.lines().line(at as u32)
    }

    /// The bytes of the lines that `span` touches, with their line breaks; of a long line only what is near it.
    pub(super) fn lines_around(&self, span: Span) -> Range<usize> {
        let text = &self.source.text;
        let (start, end) = (floor(text, span.start), floor(text, span.end));
        let lines = self.source.lines();
        let (first, last) = (lines.line(start), lines.line(end));
        let near = |at: u32| floor(text, at) as usize;
        let line_start = lines.line_start(first).unwrap_or_default() as usize;
        let line_end = lines.line_start(last + 1).map_or(text.len(), |end| end as usize);
        let from = if self.is_long(first) { near(start.saturating_sub(MARGIN)) } else { line_start };
        let to = if self.is_long(last) { near(end.saturating_add(MARGIN)) } else { line_end };
        from.max(line_start)..to.min(line_end)
    }

    /// What to put before and behind a piece of the text, where it begins or ends within a line.
    pub(super) fn cuts(&self, range: &Range<usize>) -> (&'static str, &'static str) {
        let breaks = |at: usize| self.text.as_bytes().get(at).is_none_or(|byte| *byte == b'\n');
        let mark = |is_whole: bool| if is_whole { "" } else { self.ellipsis };
        let is_end = range.end.checked_sub(1).is_none_or(breaks) || range.end >= self.text.len();
        (mark(range.start == 0 || breaks(range.start - 1)), mark(is_end))
    }

    /// A piece of a long line: what `marks` covers and a margin on each side.
    fn window(&self, primary: Place, marks: (u32, u32)) -> Snippet<'_> {
        let line = primary.from.line;
        let line_start = self.source.lines().line_start(line).unwrap_or_default();
        let line_end = line_start + self.source.lines().line_text(&self.source.text, line).len() as u32;
        let start = floor(&self.source.text, marks.0.saturating_sub(MARGIN)).max(line_start);
        let end = floor(&self.source.text, marks.1.saturating_add(MARGIN)).min(line_end).max(start);
        let mut text = self.text[start as usize..end as usize].to_owned();
        if start > line_start {
            let cut = cut_length(text.chars());
            text.replace_range(..cut, &self.mark_of(cut));
        }
        if end < line_end {
            let cut = text.len() - cut_length(text.chars().rev());
            let mark = self.mark_of(text.len() - cut);
            text.replace_range(cut.., &mark);
        }
        text.push('\n');
        Snippet {
            path: &self.path,
            text: Cow::Owned(text),
            start: start as usize,
            first_line: line,
            line_count: 1,
            primary,
        }
    }

    /// The ellipsis, filled up to `length` bytes.
    fn mark_of(&self, length: usize) -> String {
        format!("{}{}", self.ellipsis, " ".repeat(length.saturating_sub(self.ellipsis.len())))
    }

    /// Whether `line` exists, is not too long, and is more than what follows the last line break.
    fn is_worth_showing(&self, line: u32) -> bool {
        let lines = self.source.lines();
        let is_end = line == lines.line_count() && lines.line_text(&self.source.text, line).is_empty();
        line <= lines.line_count() && !is_end && !self.is_long(line)
    }

    fn is_long(&self, line: u32) -> bool {
        self.source.lines().line_text(&self.source.text, line).len() > LONG_LINE
    }
}

/// How many bytes of whole characters make room for an ellipsis.
fn cut_length(chars: impl Iterator<Item = char>) -> usize {
    let mut length = 0;
    for c in chars {
        if length >= "…".len() {
            break;
        }
        length += c.len_utf8();
    }
    length
}

fn overlap(a: Place, b: Place) -> bool {
    let end = |place: Place| place.end.max(place.start + 1);
    a.start < end(b) && b.start < end(a)
}

fn hull(places: impl Iterator<Item = Place>) -> (u32, u32) {
    places.fold((u32::MAX, 0), |(start, end), place| (start.min(place.start), end.max(place.end)))
}

/// `mark` as miette takes it.
pub(super) fn label(mark: Place, text: &str, primary: bool) -> LabeledSpan {
    let text = (!text.is_empty()).then(|| safe::line_up_to(text, LONG_LINE).into_owned());
    let span = (mark.start as usize, mark.range().len());
    if primary {
        LabeledSpan::new_primary_with_span(text, span)
    } else {
        LabeledSpan::new_with_span(text, span)
    }
}

/// The lines to show, whatever miette asks for.
#[derive(Debug)]
pub(super) struct Snippet<'s> {
    path: &'s str,
    text: Cow<'s, str>,
    /// Byte of the file at which `text` starts.
    start: usize,
    first_line: u32,
    line_count: u32,
    primary: Place,
}

impl SourceCode for Snippet<'_> {
    /// All of the snippet, so that all its labels share one frame. Without context lines miette asks for the
    /// place in the frame's header: then the primary label's line and its column in characters.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let path = self.path.to_owned();
        let contents = if before + after == 0 {
            let line = self.primary.from.line as usize - 1;
            let column = self.primary.from.column as usize - 1;
            MietteSpanContents::new_named(path, b"", *span, line, column, 1)
        } else {
            let all = SourceSpan::from((self.start, self.text.len()));
            let (line, count) = (self.first_line as usize - 1, self.line_count as usize);
            MietteSpanContents::new_named(path, self.text.as_bytes(), all, line, 0, count)
        };
        Ok(Box::new(contents))
    }
}
