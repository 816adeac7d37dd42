//! Scalars without quotes.

use super::{Parser, Step};
use crate::yaml::tape::{Raw, Style};

/// Plain text on one line.
#[derive(Clone, Copy)]
pub(super) struct PlainLine {
    /// One past the last byte that is no blank.
    pub(super) end: usize,
    /// What ended it: a `:` indicator, a comment, a line break, in brackets also a bracket or comma.
    pub(super) stop: usize,
}

/// Bytes at which plain text may end, outside and inside brackets.
const STOPS: [u8; 256] = {
    let mut table = [0; 256];
    table[b'\n' as usize] = BLOCK | FLOW;
    table[b'\r' as usize] = BLOCK | FLOW;
    table[b':' as usize] = BLOCK | FLOW;
    table[b'#' as usize] = BLOCK | FLOW;
    table[b',' as usize] = FLOW;
    table[b'[' as usize] = FLOW;
    table[b']' as usize] = FLOW;
    table[b'{' as usize] = FLOW;
    table[b'}' as usize] = FLOW;
    table
};
const BLOCK: u8 = 1;
const FLOW: u8 = 2;

/// Bytes that begin plain text whatever comes next.
const STARTS: [bool; 256] = {
    let mut table = [true; 256];
    let others = b"\0\t\n\r -?:,[]{}#&*!|>'\"%@`";
    let mut at = 0;
    while at < others.len() {
        table[others[at] as usize] = false;
        at += 1;
    }
    table
};

pub(super) fn starts_plain(byte: u8) -> bool {
    STARTS[byte as usize]
}

impl Parser<'_> {
    /// Plain text from `start` on, in block context, as far as it goes on this line.
    pub(super) fn plain_line(&self, start: usize) -> PlainLine {
        let bytes = self.bytes;
        let mut at = start;
        loop {
            at = next_block_stop(bytes, at);
            let stops = match bytes.get(at) {
                Some(b':') => self.is_blank_or_end(at + 1),
                Some(b'#') => at > start && is_blank(bytes[at - 1]),
                _ => true,
            };
            if stops {
                return self.trimmed(start, at);
            }
            at += 1;
        }
    }

    /// The same inside brackets.
    pub(super) fn plain_flow_line(&self, start: usize) -> PlainLine {
        let bytes = self.bytes;
        let mut at = start;
        while let Some(&byte) = bytes.get(at) {
            if STOPS[byte as usize] & FLOW != 0 {
                let stops = match byte {
                    b':' => self.is_blank_or_end(at + 1) || is_flow_indicator(self.byte(at + 1)),
                    b'#' => at > start && is_blank(bytes[at - 1]),
                    _ => true,
                };
                if stops {
                    break;
                }
            }
            at += 1;
        }
        self.trimmed(start, at)
    }

    fn trimmed(&self, start: usize, stop: usize) -> PlainLine {
        let mut end = stop;
        while end > start && is_blank(self.bytes[end - 1]) {
            end -= 1;
        }
        PlainLine { end, stop }
    }

    /// Lays down the plain scalar in block context whose first line was read. Leaves `pos` at the next line's
    /// token.
    pub(super) fn plain(&mut self, parent: usize, start: usize, first: PlainLine) -> Step {
        self.pos = first.stop;
        self.next_token();
        if !self.plain_goes_on(parent) {
            self.push_plain(start, first.end, 0);
            return Ok(());
        }
        let (end, result) = self.plain_lines(parent, start, first.end);
        self.push_plain(start, end, Raw::NEEDS_COOKING);
        result
    }

    fn plain_goes_on(&self, parent: usize) -> bool {
        debug_assert!(self.gap.fresh, "plain text ends with its line");
        self.gap.column > parent && !self.gap.commented
    }

    /// The lines after the first of a plain scalar that went up to `end` so far.
    fn plain_lines(&mut self, parent: usize, start: usize, mut end: usize) -> (usize, Step) {
        while self.plain_goes_on(parent) {
            if let Some(template_end) = self.template_end(self.pos) {
                return (end, Err(self.template(self.pos, template_end)));
            }
            let line = self.plain_line(self.pos);
            if self.byte(line.stop) == b':' {
                return (end, Err(self.mapping_in_scalar(start, end, line)));
            }
            end = line.end;
            self.pos = line.stop;
            self.next_token();
        }
        (end, Ok(()))
    }

    /// The plain scalar at `pos` inside brackets. Leaves `pos` behind its text, at
    /// the latest at the next token.
    pub(super) fn plain_flow(&mut self) -> Step<Raw> {
        self.check_plain_start()?;
        let start = self.pos;
        let mut line = self.plain_flow_line(start);
        let mut bits = 0;
        loop {
            self.pos = line.end;
            if !matches!(self.byte(line.stop), b'\n' | b'\r') {
                break;
            }
            self.next_flow_token();
            if self.gap.commented || !self.continues_plain_flow() {
                break;
            }
            bits = Raw::NEEDS_COOKING;
            line = self.plain_flow_line(self.pos);
        }
        let text = self.bytes.get(start + 1..line.end).unwrap_or_default();
        if let Some(offset) = memchr::memchr(b'?', text) {
            let at = start + 1 + offset;
            self.beyond_go_yaml(at, at + 1, "go-yaml takes no `?` in plain text inside brackets");
        }
        let mut raw = Raw::new(Style::Plain, start as u32, line.end as u32);
        raw.bits |= bits;
        Ok(raw)
    }

    fn continues_plain_flow(&self) -> bool {
        let next = self.byte(self.pos + 1);
        match self.here() {
            0 | b'#' => false,
            b':' => !(self.is_blank_or_end(self.pos + 1) || is_flow_indicator(next)),
            byte => !is_flow_indicator(byte),
        }
    }

    /// Refuses what cannot begin plain text.
    pub(super) fn check_plain_start(&mut self) -> Step {
        if starts_plain(self.here()) { Ok(()) } else { self.check_indicator_start() }
    }

    fn check_indicator_start(&mut self) -> Step {
        let next = self.pos + 1;
        let fine = match self.here() {
            b'-' | b'?' if self.brackets > 0 && is_flow_indicator(self.byte(next)) => {
                // YAML 1.2 has no plain `-` or `?` before a bracket or comma; other readers have.
                self.lenient = true;
                true
            }
            b'-' | b'?' | b':' => !self.is_blank_or_end(next),
            b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"'
            | b'%' | b'@' | b'`' => false,
            _ => true,
        };
        if fine { Ok(()) } else { Err(self.bad_start()) }
    }
}

/// The first byte from `at` on that may end plain text in block context, or the end of the text. Eight bytes
/// are looked at together: how long a word is cannot be guessed, and each wrong guess costs as much as a word.
fn next_block_stop(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let chunk = u64::from_le_bytes(*chunk);
        let found =
            [b':', b'\n', b'#', b'\r'].into_iter().fold(0, |found, stop| found | equal_bytes(chunk, stop));
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|&byte| STOPS[byte as usize] & BLOCK == 0) {
        at += 1;
    }
    at
}

/// The high bit of each byte of `chunk` that is `byte`, up to the first one; above it, bits may lie.
const fn equal_bytes(chunk: u64, byte: u8) -> u64 {
    let others = chunk ^ u64::from_le_bytes([byte; 8]);
    others.wrapping_sub(u64::from_le_bytes([1; 8])) & !others & u64::from_le_bytes([0x80; 8])
}

pub(super) fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

pub(super) fn is_flow_indicator(byte: u8) -> bool {
    matches!(byte, b',' | b'[' | b']' | b'{' | b'}')
}
