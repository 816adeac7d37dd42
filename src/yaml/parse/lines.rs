//! White space, line breaks and comments.

use super::Parser;
use crate::yaml::tape::Comment;

impl Parser<'_> {
    /// Moves over blanks, comments and line breaks to the next token, and notes where that stands.
    pub(super) fn next_token(&mut self) {
        let mut at = self.pos;
        self.gap.fresh = at == self.line_start;
        self.gap.commented = false;
        loop {
            at = skip_spaces(self.bytes, at);
            let spaces_end = at;
            match self.byte(at) {
                b'\n' => {
                    at += 1;
                    self.line_start = at;
                    self.gap.fresh = true;
                    continue;
                }
                b' '..=b'"' | b'$'..=0xFF => {}
                _ => match self.other_space(at) {
                    Some(next) => {
                        at = next;
                        continue;
                    }
                    None => at = skip_blanks(self.bytes, at),
                },
            }
            self.pos = at;
            self.gap.tab = at > spaces_end;
            let column_end = if self.gap.fresh { spaces_end } else { at };
            self.gap.column = column_end - self.line_start + 1;
            if self.at_end() {
                self.gap.column = 0;
                self.gap.fresh = true;
            }
            return;
        }
    }

    /// Moves over tabs, comments and the rarer line breaks; `None` at a token that at most tabs precede.
    fn other_space(&mut self, at: usize) -> Option<usize> {
        let blanks_end = skip_blanks(self.bytes, at);
        if at == self.line_start && blanks_end > at {
            self.tab_at_line_start(at, blanks_end);
        }
        match self.byte(blanks_end) {
            b'#' => Some(self.comment(blanks_end)),
            b'\n' | b'\r' => {
                let next = after_break(self.bytes, blanks_end);
                self.line_start = next;
                self.gap.fresh = true;
                Some(next)
            }
            _ => None,
        }
    }

    /// A tab begins a line that has no token: go-yaml takes that in brackets, and within text at the top.
    fn tab_at_line_start(&mut self, at: usize, end: usize) {
        let empty = matches!(self.byte(end), b'#' | b'\n' | b'\r');
        if empty && self.brackets == 0 && self.depth > 0 {
            self.beyond_go_yaml(at, end, "go-yaml takes no tab at the start of a line");
        }
    }

    /// Inside brackets: as [`Parser::next_token`], but indentation only decides whether a strict
    /// reader would refuse.
    pub(super) fn next_flow_token(&mut self) {
        match self.byte(self.pos) {
            b' ' | b'\t' | b'\n' | b'\r' | b'#' => {}
            _ => {
                self.gap.fresh = self.pos == self.line_start;
                return;
            }
        }
        self.next_token();
        if self.gap.fresh && self.gap.column <= self.parent && !self.at_end() {
            self.lenient = true;
        }
    }

    /// Keeps the comment at `at` and returns its end.
    pub(super) fn comment(&mut self, at: usize) -> usize {
        let end = line_end(self.bytes, at);
        if at > self.line_start && !matches!(self.byte(at - 1), b' ' | b'\t') {
            // Text never ends before a `#`, so this is a quote, a bracket or an indicator.
            self.lenient = true;
        }
        self.gap.commented = true;
        self.out.comments.push(Comment { start: at as u32, end: end as u32, own_line: self.gap.fresh });
        end
    }
}

/// The first byte from `at` that is no space.
pub(super) fn skip_spaces(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at) == Some(&b' ') {
        at += 1;
    }
    at
}

/// The first byte from `at` that is neither space nor tab.
pub(super) fn skip_blanks(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

/// The line break that ends the line of `at`, or the end of the text.
pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    memchr::memchr2(b'\n', b'\r', rest).map_or(bytes.len(), |offset| at + offset)
}

/// The byte after the line break at `at`; `at` itself when there is none.
pub(super) fn after_break(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => at + 2,
        Some(b'\r' | b'\n') => at + 1,
        _ => at,
    }
}

/// What a look at all bytes finds.
#[derive(Default)]
pub(super) struct Oddities {
    /// The first character that may not stand in YAML: a C0 or C1 control other than tab, line breaks and
    /// NEL, or DEL, U+FFFE, U+FFFF (YAML 1.2.2 §5.1, and go-yaml's reader).
    pub(super) control: Option<usize>,
    /// A byte order mark stands elsewhere than at the start.
    pub(super) inner_mark: bool,
}

pub(super) fn find_oddities(bytes: &[u8]) -> Oddities {
    const CHUNK: usize = 4096;
    let mut found = Oddities::default();
    for (number, chunk) in bytes.chunks(CHUNK).enumerate() {
        // Nearly all text is plain ASCII, which this sees many bytes at a time.
        let suspicious = chunk.iter().fold(0, |found, &byte| {
            let control = byte < b' ' && byte != b'\n' && byte != b'\t' && byte != b'\r';
            found | u8::from(control) | u8::from(byte >= 0x7F)
        });
        if suspicious == 0 {
            continue;
        }
        let start = number * CHUNK;
        for at in start..start + chunk.len() {
            match &bytes[at..bytes.len().min(at + 3)] {
                [b'\t' | b'\n' | b'\r' | 0x20..=0x7E, ..] => {}
                [0..0x20 | 0x7F, ..] | [0xC2, 0x80..=0x84 | 0x86..=0x9F, ..] | [0xEF, 0xBF, 0xBE | 0xBF] => {
                    found.control = Some(at);
                    return found;
                }
                [0xEF, 0xBB, 0xBF] => found.inner_mark |= at > 0,
                _ => {}
            }
        }
    }
    found
}
