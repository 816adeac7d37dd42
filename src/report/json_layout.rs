//! JSON that programs read and people can still `grep` and diff: one element a line down to some depth,
//! compact below. Knows nothing of findings.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use super::safe;

/// Writes `value` and a line break; containers nested deeper than `depth` stay on their parent's line.
pub(super) fn write(value: &impl Serialize, depth: usize, out: &mut dyn Write) -> io::Result<()> {
    let layout = Lines { depth, open: 0, first: true };
    value.serialize(&mut Serializer::with_formatter(&mut *out, layout))?;
    out.write_all(b"\n")
}

/// Breaks lines down to a depth, and escapes what [`safe::is_unsafe`] names, so that the text itself is kept
/// and yet harmless in a terminal.
struct Lines {
    depth: usize,
    open: usize,
    /// Nothing was written yet into the container that is open.
    first: bool,
}

impl Lines {
    fn open(&mut self, out: &mut (impl Write + ?Sized), bracket: &[u8]) -> io::Result<()> {
        self.open += 1;
        self.first = true;
        out.write_all(bracket)
    }

    fn close(&mut self, out: &mut (impl Write + ?Sized), bracket: &[u8]) -> io::Result<()> {
        let empty = std::mem::replace(&mut self.first, false);
        self.open -= 1;
        if !empty && self.open < self.depth {
            self.line(out)?;
        }
        out.write_all(bracket)
    }

    fn element(&mut self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        if !std::mem::replace(&mut self.first, false) {
            out.write_all(b",")?;
        }
        if self.open <= self.depth { self.line(out) } else { Ok(()) }
    }

    fn line(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        out.write_all(b"\n")?;
        (0..self.open).try_for_each(|_| out.write_all(b" "))
    }
}

impl Formatter for Lines {
    fn begin_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"[")
    }

    fn end_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"]")
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, out: &mut W, _: bool) -> io::Result<()> {
        self.element(out)
    }

    fn begin_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"{")
    }

    fn end_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"}")
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, _: bool) -> io::Result<()> {
        self.element(out)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(if self.open <= self.depth { b": " } else { b":" })
    }

    fn write_string_fragment<W: Write + ?Sized>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|&(_, c)| safe::is_unsafe(c)) {
            out.write_all(&rest.as_bytes()[..at])?;
            // Every such character lies in the Basic Multilingual Plane.
            write!(out, "\\u{:04x}", u32::from(c))?;
            rest = &rest[at + c.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn layout(value: &Value, depth: usize) -> String {
        let mut out = Vec::new();
        write(value, depth, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_break_down_to_the_depth() {
        let value = json!({"a": [{"b": [1, 2]}, {}], "c": {}, "d": []});
        let expected = "{\n \"a\": [\n  {\"b\":[1,2]},\n  {}\n ],\n \"c\": {},\n \"d\": []\n}\n";
        assert_eq!(layout(&value, 2), expected);
        assert_eq!(layout(&value, 0), "{\"a\":[{\"b\":[1,2]},{}],\"c\":{},\"d\":[]}\n");
    }

    #[test]
    fn controls_are_escaped_and_come_back_as_they_were() {
        let text = "a\u{1b}\u{7f}\u{9b}\u{202e}\u{2028}\n\"한\\";
        let written = layout(&json!([text]), 1);
        assert!(!written.chars().any(|c| c != '\n' && safe::is_unsafe(c)), "{written:?}");
        assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), json!([text]));
    }
}
