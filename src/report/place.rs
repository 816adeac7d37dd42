//! Spans as lines and columns for the reports. Knows that a byte order mark is no column and that a span
//! may be wrong.

use crate::base::{Position, Source, Span};

/// Both ends of a span in its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// First byte, inside the text and at a character.
    pub(super) start: u32,
    /// One past the last byte, likewise.
    pub(super) end: u32,
    /// Line and columns of `start`.
    pub(super) from: Position,
    /// Line and columns of `end`.
    pub(super) to: Position,
}

impl Place {
    /// Where `span` lies in `source`; a span that does not fit its text is moved to where it does.
    pub(super) fn of(source: &Source, span: Span) -> Self {
        let start = floor(&source.text, span.start);
        let end = floor(&source.text, span.end).max(start);
        Self::new(source, start, end)
    }

    /// The part of it on its first line, without the line break.
    pub(super) fn first_line(self, source: &Source) -> Self {
        if self.from.line == self.to.line {
            return self;
        }
        let line_start = source.lines().line_start(self.from.line).unwrap_or_default();
        let line = source.lines().line_text(&source.text, self.from.line);
        let end = (line_start + line.len() as u32).max(self.start);
        Self::new(source, self.start, end)
    }

    /// The bytes it covers.
    pub(super) fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    fn new(source: &Source, start: u32, end: u32) -> Self {
        Self { start, end, from: position(source, start), to: position(source, end) }
    }
}

/// Line and columns of byte `offset`, a byte order mark before the first line not counted
/// (SARIF 2.1.0 §3.30.1, and what editors show).
fn position(source: &Source, offset: u32) -> Position {
    let mut position = source.position(offset);
    if position.line == 1 && position.column > 1 && source.text.starts_with('\u{feff}') {
        position.column -= 1;
        position.utf16_column -= 1;
    }
    position
}

/// The nearest character boundary at or before `offset`.
pub(super) fn floor(text: &str, offset: u32) -> u32 {
    let mut at = (offset as usize).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SourceId;

    fn place(text: &str, start: u32, end: u32) -> Place {
        let source = Source::new(SourceId(0), "a.yaml", text);
        Place::of(&source, Span { source: SourceId(0), start, end })
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        let place = place("\u{feff}kind: Pod\n", 9, 12);
        assert_eq!((place.from.column, place.to.column), (7, 10));
    }

    #[test]
    fn a_span_that_does_not_fit_is_moved_to_where_it_does() {
        let moved = place("한\n", 1, 99);
        assert_eq!((moved.start, moved.end), (0, 4));
        let backwards = place("abc", 2, 1);
        assert_eq!((backwards.start, backwards.end), (2, 2));
    }

    #[test]
    fn a_span_over_lines_is_cut_before_the_first_line_break() {
        let source = Source::new(SourceId(0), "a.yaml", "ab: c\r\nd: e\r\n");
        let cut = Place::of(&source, Span::new(SourceId(0), 4, 9)).first_line(&source);
        assert_eq!((cut.start, cut.end, cut.to.line), (4, 5, 1));
        let at_the_break = Place::of(&source, Span::new(SourceId(0), 6, 9)).first_line(&source);
        assert_eq!((at_the_break.start, at_the_break.end), (6, 6));
    }
}
