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
    /// Known columns inside long lines: a manifest may be megabytes of JSON on one line, and finding
    /// each column from the line's start would make a report quadratic.
    marks: Vec<Mark>,
}

/// How many characters and UTF-16 units of its line stand before byte `at`.
#[derive(Debug, Clone, Copy)]
struct Mark {
    at: u32,
    chars: u32,
    units: u32,
}

/// A line longer than this many bytes gets a mark about that often.
const MARK_EVERY: usize = 4096;

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
        let ends = starts.iter().skip(1).map(|&start| start as usize).chain([text.len()]);
        let lines = starts.iter().zip(ends).map(|(&start, end)| start as usize..end);
        let marks = lines.filter(|line| line.len() > MARK_EVERY).flat_map(|line| marks(text, line)).collect();
        Self { starts, marks }
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
        let line_start = self.starts[line as usize - 1];
        let known = self.marks.partition_point(|mark| mark.at as usize <= offset);
        let mark = match known.checked_sub(1).map(|index| self.marks[index]) {
            Some(mark) if mark.at > line_start => mark,
            _ => Mark { at: line_start, chars: 0, units: 0 },
        };
        let (mut column, mut utf16_column) = (mark.chars + 1, mark.units + 1);
        let start = mark.at as usize;
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

/// The marks of one long line.
fn marks(text: &str, line: std::ops::Range<usize>) -> Vec<Mark> {
    let mut marks = Vec::with_capacity(line.len() / MARK_EVERY);
    let mut next = MARK_EVERY;
    let (mut chars, mut units) = (0, 0);
    for (at, c) in text[line.clone()].char_indices() {
        if at >= next {
            marks.push(Mark { at: (line.start + at) as u32, chars, units });
            next = at + MARK_EVERY;
        }
        chars += 1;
        units += c.len_utf16() as u32;
    }
    marks
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
    fn columns_on_a_long_line_are_the_same_as_counted_from_its_start() {
        let long = "한 é😀x".repeat(3000);
        let text = format!("first\n{long}\n{long}");
        let index = LineIndex::new(&text);
        assert!(index.marks.len() > 10);
        for (at, _) in text.char_indices().step_by(97) {
            let line_start = text[..at].rfind('\n').map_or(0, |at| at + 1);
            let before = &text[line_start..at];
            let position = index.position(&text, at as u32);
            assert_eq!(position.column as usize, before.chars().count() + 1);
            assert_eq!(position.utf16_column as usize, before.encode_utf16().count() + 1);
        }
    }

    #[test]
    fn an_offset_past_the_end_or_inside_a_character_is_no_panic() {
        let index = LineIndex::new("é");
        assert_eq!(index.position("é", 99).column, 2);
        assert_eq!(index.position("é", 1).column, 1);
    }
}
