//! Bytes to lines and columns. Nothing above this file counts lines by itself.

/// A place for people and for tools; every number starts at 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1: what terminals and editors show.
    pub column: u32,
    /// Column in UTF-16 code units, from 1: what SARIF and LSP count.
    pub utf16_column: u32,
}

/// The byte offset at which each line starts. A line ends at `\n`, `\r\n` or a lone `\r`.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes `text`; one pass over its bytes.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            if bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n') {
                continue;
            }
            starts.push(at as u32 + 1);
        }
        Self { starts }
    }

    /// How many lines there are; an empty text has one.
    pub fn line_count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// The line (from 1) that holds byte `offset`.
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset) as u32
    }

    /// The byte at which `line` (from 1) starts; `None` past the last line.
    pub fn line_start(&self, line: u32) -> Option<u32> {
        let index = line.checked_sub(1)?;
        self.starts.get(index as usize).copied()
    }

    /// The text of `line` (from 1) without its line break; empty past the last line.
    pub fn line_text<'t>(&self, text: &'t str, line: u32) -> &'t str {
        let Some(start) = self.line_start(line) else { return "" };
        let end = self.line_start(line + 1).map_or(text.len(), |end| end as usize);
        text.get(start as usize..end).unwrap_or_default().trim_end_matches(['\n', '\r'])
    }

    /// Line and columns of byte `offset`. An offset past the end stands at the end; one inside a
    /// character stands at that character.
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let offset = (offset as usize).min(text.len());
        let line = self.line(offset as u32);
        let start = self.starts[line as usize - 1] as usize;
        let mut column = 1;
        let mut utf16_column = 1;
        for (at, c) in text[start..].char_indices() {
            if start + at + c.len_utf8() > offset {
                break;
            }
            column += 1;
            utf16_column += c.len_utf16() as u32;
        }
        Position { line, column, utf16_column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_every_kind_of_line_break() {
        let text = "a\nb\r\nc\rd";
        let index = LineIndex::new(text);
        assert_eq!(index.line_count(), 4);
        let lines: Vec<_> = (1..=5).map(|line| index.line_text(text, line)).collect();
        assert_eq!(lines, ["a", "b", "c", "d", ""]);
        assert_eq!((index.line(0), index.line(2), index.line(4), index.line(7)), (1, 2, 2, 4));
    }

    #[test]
    fn columns_count_characters_and_utf16_units() {
        let text = "x\n안녕 😀: y";
        let index = LineIndex::new(text);
        let y = text.find('y').unwrap() as u32;
        assert_eq!(index.position(text, y), Position { line: 2, column: 7, utf16_column: 8 });
    }

    #[test]
    fn an_offset_past_the_end_or_inside_a_character_is_no_panic() {
        let index = LineIndex::new("é");
        assert_eq!(index.position("é", 99).column, 2);
        assert_eq!(index.position("é", 1).column, 1);
    }
}
