//! Bytes and the positions of editors, in the encoding that both sides agreed on.

use gen_lsp_types as lsp;

use crate::base::{LineIndex, Source, Span};

/// What a position's `character` counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units: what every client knows.
    Utf16,
}

/// How a client counts in one text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counting<'t> {
    text: &'t str,
    lines: &'t LineIndex,
    encoding: Encoding,
    /// The text begins with a mark that the client does not see: what stands on disk, not what it sent.
    hides_mark: bool,
}

impl<'t> Counting<'t> {
    /// In a text that the client has sent.
    pub(super) fn open(text: &'t str, lines: &'t LineIndex, encoding: Encoding) -> Self {
        Self { text, lines, encoding, hides_mark: false }
    }

    /// In a text that the client reads from disk, if at all.
    pub(super) fn on_disk(source: &'t Source, encoding: Encoding) -> Self {
        let hides_mark = source.text.starts_with('\u{feff}');
        Self { text: &source.text, lines: source.lines(), encoding, hides_mark }
    }

    /// Where the byte `offset` is; one past the end is the end, one inside a character is that character.
    pub(super) fn position(&self, offset: u32) -> lsp::Position {
        let offset = floor(self.text, offset as usize) as u32;
        let position = self.lines.position(self.text, offset);
        let start = self.lines.line_start(position.line).unwrap_or_default();
        let mark = self.hides_mark && position.line == 1 && offset > 0;
        let (column, mark_width) = match self.encoding {
            Encoding::Utf8 => (offset - start, '\u{feff}'.len_utf8()),
            Encoding::Utf16 => (position.utf16_column - 1, '\u{feff}'.len_utf16()),
        };
        let hidden = if mark { mark_width as u32 } else { 0 };
        lsp::Position { line: position.line - 1, character: column.saturating_sub(hidden) }
    }

    /// Where `span` is.
    pub(super) fn range(&self, span: Span) -> lsp::Range {
        let start = self.position(span.start);
        lsp::Range { start, end: self.position(span.end).max(start) }
    }

    /// The byte at `position`: a line past the last is the end of the text, a character past the end of its line is
    /// that end (LSP 3.17, "Position"), and one inside a character is its start.
    pub(super) fn offset(&self, position: lsp::Position) -> u32 {
        let Some(start) = position.line.checked_add(1).and_then(|line| self.lines.line_start(line)) else {
            return self.text.len() as u32;
        };
        let line = self.lines.line_text(self.text, position.line + 1);
        let hidden = if self.hides_mark && position.line == 0 { '\u{feff}'.len_utf8() } else { 0 };
        let line = line.get(hidden..).unwrap_or_default();
        let wanted = position.character as usize;
        let column = match self.encoding {
            Encoding::Utf8 => floor(line, wanted),
            Encoding::Utf16 => utf16_floor(line, wanted),
        };
        start + (hidden + column) as u32
    }
}

/// The nearest character at or before byte `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The byte of `line` at which its UTF-16 unit `wanted` begins; that of the character it lies in.
fn utf16_floor(line: &str, wanted: usize) -> usize {
    let mut units = 0;
    for (at, c) in line.char_indices() {
        units += c.len_utf16();
        if units > wanted {
            return at;
        }
    }
    line.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SourceId;

    const TEXT: &str = "a: 1\r\n안녕 😀: x\nend";

    fn position(line: u32, character: u32) -> lsp::Position {
        lsp::Position { line, character }
    }

    #[test]
    fn every_character_comes_back_from_its_position_in_both_encodings() {
        let lines = LineIndex::new(TEXT);
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            let counting = Counting::open(TEXT, &lines, encoding);
            for (at, c) in TEXT.char_indices() {
                // Between `\r` and `\n` there is no position.
                if c != '\n' || at != 5 {
                    assert_eq!(counting.offset(counting.position(at as u32)), at as u32, "{encoding:?} {at}");
                }
            }
        }
    }

    #[test]
    fn columns_count_what_was_agreed_on() {
        let lines = LineIndex::new(TEXT);
        let x = TEXT.find('x').unwrap() as u32;
        let utf8 = Counting::open(TEXT, &lines, Encoding::Utf8);
        let utf16 = Counting::open(TEXT, &lines, Encoding::Utf16);
        assert_eq!(utf8.position(x), position(1, 13));
        assert_eq!(utf16.position(x), position(1, 7));
    }

    #[test]
    fn wrong_positions_lead_to_the_nearest_place() {
        let lines = LineIndex::new(TEXT);
        let utf16 = Counting::open(TEXT, &lines, Encoding::Utf16);
        let utf8 = Counting::open(TEXT, &lines, Encoding::Utf8);
        let smile = TEXT.find('😀').unwrap() as u32;
        assert_eq!(utf16.offset(position(1, 4)), smile, "in the middle of a surrogate pair");
        assert_eq!(utf8.offset(position(1, 8)), smile, "in the middle of a character");
        assert_eq!(utf16.offset(position(0, 99)), 4, "before the line break");
        assert_eq!(utf16.offset(position(99, 0)), TEXT.len() as u32);
        assert_eq!(utf16.offset(position(u32::MAX, u32::MAX)), TEXT.len() as u32);
        assert_eq!(utf16.position(u32::MAX), position(2, 3));
    }

    #[test]
    fn a_mark_on_disk_is_no_column() {
        let source = Source::new(SourceId(0), "a.yaml", "\u{feff}kind: Pod\nx: y");
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            let counting = Counting::on_disk(&source, encoding);
            assert_eq!(counting.position(3), position(0, 0));
            assert_eq!(counting.offset(position(0, 0)), 3);
            assert_eq!(counting.offset(position(0, 6)), 9);
            assert_eq!(counting.position(14), position(1, 1));
        }
    }
}
