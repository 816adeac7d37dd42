//! Where each part of a scalar's text is written: escapes, folds and indentation stand between the two.

use std::ops::Range;

/// Where the text of one scalar is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// In the order of the text; what lies between them is made of line breaks.
    runs: Vec<Run>,
}

/// A part of the text that is written in one piece: byte by byte, or, where the lengths differ, as an escape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    text: usize,
    length: usize,
    raw: usize,
    raw_length: usize,
}

impl Written {
    /// Finds where `text` is written in `raw`, the scalar as it stands in its file, quotes and header included.
    /// `None` where the two do not agree.
    pub fn find(raw: &str, text: &str) -> Option<Self> {
        let mut finder = Finder { raw, text, raw_at: 0, text_at: 0, runs: Vec::new() };
        match raw.as_bytes().first() {
            Some(b'|' | b'>') => finder.block()?,
            Some(quote @ (b'"' | b'\'')) => finder.flow(1..raw.len().checked_sub(1)?, Some(*quote))?,
            _ => finder.flow(0..raw.len(), None)?,
        }
        let is_whole = text.get(finder.text_at..)?.bytes().all(is_blank);
        is_whole.then_some(Self { runs: finder.runs })
    }

    /// The bytes of the raw scalar in which the bytes `part` of its text are written.
    pub fn range(&self, part: Range<usize>) -> Range<usize> {
        let start = self.start(part.start);
        let end = if part.end > part.start { self.end(part.end) } else { start };
        start..end.max(start)
    }

    fn start(&self, at: usize) -> usize {
        let next = self.runs.partition_point(|run| run.text + run.length <= at);
        match self.runs.get(next) {
            Some(run) if run.length == run.raw_length => run.raw + at.saturating_sub(run.text),
            Some(run) => run.raw,
            None => self.runs.last().map_or(0, |run| run.raw + run.raw_length),
        }
    }

    fn end(&self, at: usize) -> usize {
        let last = self.runs.partition_point(|run| run.text < at);
        let Some(run) = last.checked_sub(1).and_then(|last| self.runs.get(last)) else { return 0 };
        if run.length == run.raw_length {
            run.raw + (at - run.text).min(run.length)
        } else {
            run.raw + run.raw_length
        }
    }
}

/// What a line break of a scalar may have become, and what may have gone with it.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

struct Finder<'t> {
    raw: &'t str,
    text: &'t str,
    raw_at: usize,
    text_at: usize,
    runs: Vec<Run>,
}

impl Finder<'_> {
    /// Takes the next `length` bytes of the raw scalar, which stand in the text as they are.
    fn same(&mut self, length: usize) -> Option<()> {
        let part = self.raw.get(self.raw_at..self.raw_at + length)?;
        self.text.get(self.text_at..)?.starts_with(part).then_some(())?;
        self.push(length, length);
        Some(())
    }

    fn push(&mut self, length: usize, raw_length: usize) {
        if let Some(last) = self.runs.last_mut()
            && last.length == last.raw_length
            && length == raw_length
            && (last.text + last.length, last.raw + last.raw_length) == (self.text_at, self.raw_at)
        {
            last.length += length;
            last.raw_length += length;
        } else {
            self.runs.push(Run { text: self.text_at, length, raw: self.raw_at, raw_length });
        }
        self.text_at += length;
        self.raw_at += raw_length;
    }

    fn skip_in_text(&mut self) {
        let rest = self.text.as_bytes().get(self.text_at..).unwrap_or_default();
        self.text_at += rest.iter().take_while(|byte| is_blank(**byte)).count();
    }

    /// A literal or folded scalar: line by line, each without its indentation.
    fn block(&mut self) -> Option<()> {
        let header = self.raw.find(['\n', '\r'])?;
        self.raw_at = header;
        while self.raw_at < self.raw.len() {
            let rest = self.raw.get(self.raw_at..)?;
            let line = rest.trim_start_matches([' ', '\t', '\n', '\r']);
            self.raw_at += rest.len() - line.len();
            let length = line.find(['\n', '\r']).unwrap_or(line.len());
            if length == 0 {
                break;
            }
            self.skip_in_text();
            self.same(length)?;
        }
        Some(())
    }

    /// A quoted or plain scalar.
    fn flow(&mut self, inside: Range<usize>, quote: Option<u8>) -> Option<()> {
        self.raw_at = inside.start;
        while self.raw_at < inside.end {
            let rest = self.raw.get(self.raw_at..inside.end)?;
            let first = rest.as_bytes()[0];
            let blanks = rest.bytes().take_while(|byte| is_blank(*byte)).count();
            let breaks = rest.bytes().take(blanks).any(|byte| matches!(byte, b'\n' | b'\r'));
            match (first, quote) {
                _ if breaks => {
                    self.raw_at += blanks;
                    self.skip_in_text();
                }
                (b'\\', Some(b'"')) => self.escape(rest)?,
                (b'\'', Some(b'\'')) => {
                    self.text.get(self.text_at..)?.starts_with('\'').then_some(())?;
                    self.push(1, 2);
                }
                _ => self.same(rest.chars().next()?.len_utf8())?,
            }
        }
        Some(())
    }

    /// One escape of a double-quoted scalar.
    fn escape(&mut self, rest: &str) -> Option<()> {
        let letter = rest.chars().nth(1)?;
        if matches!(letter, '\n' | '\r') {
            let blanks = rest.bytes().skip(1).take_while(|byte| is_blank(*byte)).count();
            self.raw_at += 1 + blanks;
            return Some(());
        }
        let mut raw_length = 1 + letter.len_utf8() + digits(letter);
        let made = self.text.get(self.text_at..)?.chars().next()?;
        // JSON writes a character beyond the first plane as two escapes.
        if letter == 'u' && u32::from(made) > 0xFFFF {
            raw_length *= 2;
        }
        rest.get(..raw_length)?;
        self.push(made.len_utf8(), raw_length);
        Some(())
    }
}

fn digits(letter: char) -> usize {
    match letter {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::SourceId,
        yaml::{Limits, parse},
    };

    /// What is written where the text of the only value says `part`.
    fn found<'t>(text: &'t str, part: &str) -> &'t str {
        let parsed = parse(SourceId(0), text, &Limits::default());
        let value = parsed.root(&parsed.documents()[0]).unwrap().get("a").unwrap();
        let raw = &text[value.span().range()];
        let cooked = value.text().unwrap();
        let at = cooked.find(part).unwrap();
        &raw[Written::find(raw, &cooked).unwrap().range(at..at + part.len())]
    }

    #[test]
    fn every_style_tells_where_its_words_stand() {
        for text in [
            "a: |\n  one: 1\n  two: 2\n",
            "a: |2-\n    one: 1\n    two: 2\nb: 1\n",
            "a: >\n  one: 1\n\n  two: 2\n",
            "a: >-\n  one: 1\n    more\n  two: 2\n",
            "a: \"one: 1\\ntwo: 2\"\n",
            "a: \"\\tone: \\u0031\\\n   \\ntwo: 2\"\n",
            "a: 'it''s one: 1\n\n  two: 2'\n",
            "a: one and\n  two: 2".split(": 2").next().unwrap(),
        ] {
            assert_eq!(found(text, "two"), "two", "{text:?}");
        }
        assert_eq!(found("a: \"one: \\\"1\\\"\"\n", "\"1\""), "\\\"1\\\"");
        assert_eq!(found("a: \"x\\ud83d\\ude00y\"\n", "\u{1f600}y"), "\\ud83d\\ude00y");
        assert_eq!(found("a: 'it''s'\n", "'"), "''");
        assert_eq!(found("a: >\n  one\n  two\n", "one two"), "one\n  two");
    }

    #[test]
    fn what_is_written_otherwise_is_not_found() {
        assert_eq!(Written::find("|-\n  one\n", "two"), None);
        assert_eq!(Written::find("|-\n  one\n", "one two"), None);
        assert_eq!(Written::find("one", "one two"), None);
        assert_eq!(Written::find("\"", "one"), None);
        assert_eq!(Written::find("\"\\", "one"), None);
    }
}
