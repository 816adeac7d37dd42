//! Scalars in single and double quotes.

use super::lines::{after_break, skip_blanks, skip_spaces};
use super::{Parser, Step};
use crate::yaml::tape::{Raw, Style};

impl Parser<'_> {
    /// Reads the quoted scalar at `pos`, inside the block collection at column `parent`, and moves behind
    /// its closing quote.
    pub(super) fn quoted(&mut self, parent: usize) -> Step<Raw> {
        let start = self.pos;
        let single = self.here() == b'\'';
        let (end, mut cook) = if single { self.single_end(start)? } else { self.double_end(start)? };
        cook |= self.lines_inside(start, end, parent);
        self.pos = end;
        let style = if single { Style::SingleQuoted } else { Style::DoubleQuoted };
        let mut raw = Raw::new(style, start as u32, end as u32);
        if cook {
            raw.bits |= Raw::NEEDS_COOKING;
        }
        Ok(raw)
    }

    /// One past the closing quote, and whether a doubled quote stands before it.
    fn single_end(&mut self, start: usize) -> Step<(usize, bool)> {
        let mut at = start + 1;
        let mut doubled = false;
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            let Some(offset) = memchr::memchr(b'\'', rest) else {
                return Err(self.unclosed_quote(start));
            };
            at += offset + 1;
            if self.byte(at) != b'\'' {
                return Ok((at, doubled));
            }
            doubled = true;
            at += 1;
        }
    }

    /// One past the closing quote, and whether an escape stands before it.
    fn double_end(&mut self, start: usize) -> Step<(usize, bool)> {
        let mut at = start + 1;
        let mut escaped = false;
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            let Some(offset) = memchr::memchr2(b'"', b'\\', rest) else {
                return Err(self.unclosed_quote(start));
            };
            at += offset;
            if self.byte(at) == b'"' {
                return Ok((at + 1, escaped));
            }
            escaped = true;
            at = self.escape(start, at)?;
        }
    }

    /// Checks the escape at `at` and returns what follows it.
    fn escape(&mut self, start: usize, at: usize) -> Step<usize> {
        let digits = match self.byte(at + 1) {
            b'0' | b'a' | b'b' | b't' | b'\t' | b'n' | b'v' | b'f' | b'r' | b'e' | b' ' | b'"' | b'\\'
            | b'N' | b'_' | b'L' | b'P' | b'\n' | b'\r' => return Ok(at + 2),
            b'\'' => {
                self.lenient = true;
                return Ok(at + 2);
            }
            b'/' => {
                self.beyond_go_yaml_but_json(at, at + 2, "go-yaml does not know this escape");
                return Ok(at + 2);
            }
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            0 => return Err(self.unclosed_quote(start)),
            _ => return Err(self.bad_escape(at)),
        };
        let hex = self.bytes.get(at + 2..at + 2 + digits).unwrap_or_default();
        let value =
            std::str::from_utf8(hex).ok().filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let value = value.and_then(|hex| u32::from_str_radix(hex, 16).ok());
        match value {
            Some(0xD800..=0xDFFF) if digits == 4 => {
                self.lenient = true;
                self.beyond_go_yaml_but_json(at, at + 6, "go-yaml takes no surrogates");
            }
            Some(value) if char::from_u32(value).is_some() => {}
            _ => return Err(self.bad_escape(at)),
        }
        Ok(at + 2 + digits)
    }

    /// As `beyond_go_yaml`, for what it does not matter in JSON: kubectl reads that by JSON's own rules.
    fn beyond_go_yaml_but_json(&mut self, start: usize, end: usize, why: &'static str) {
        let json = self.out.nodes.get(self.root).is_some_and(|root| root.style() == Style::FlowMapping);
        if !json {
            self.beyond_go_yaml(start, end, why);
        }
    }

    /// Whether the scalar runs over lines. Indentation means nothing to go-yaml here, but a strict reader
    /// wants each line further in than what is around.
    fn lines_inside(&mut self, start: usize, end: usize, parent: usize) -> bool {
        let bytes = &self.bytes[..end];
        let mut at = start;
        let mut found = false;
        while let Some(offset) = memchr::memchr2(b'\n', b'\r', &bytes[at..]) {
            found = true;
            at = after_break(bytes, at + offset);
            self.line_start = at;
            let text = skip_spaces(bytes, at);
            let blank = matches!(bytes.get(skip_blanks(bytes, text)), Some(b'\n' | b'\r'));
            if !blank && text - at < parent {
                self.lenient = true;
            }
            at = text;
        }
        found
    }
}
