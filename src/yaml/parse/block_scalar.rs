//! `|` and `>` scalars.

use super::lines::{after_break, line_end, skip_blanks, skip_spaces};
use super::{Parser, Props, Step};
use crate::yaml::tape::{Raw, Style};

/// What stands behind `|` or `>`.
#[derive(Default)]
struct Header {
    indent: Option<usize>,
    keep: bool,
    /// One past the indicators.
    end: usize,
}

impl Parser<'_> {
    /// Reads the block scalar at `pos`, inside the collection at column `parent`. Leaves `pos` at the next
    /// line's token.
    pub(super) fn block_scalar(&mut self, parent: usize, props: Props) -> Step {
        let start = self.pos;
        let style = if self.here() == b'|' { Style::Literal } else { Style::Folded };
        let header = self.header(start)?;
        let first = after_break(self.bytes, self.pos);
        let indent = match header.indent {
            Some(indent) => indent + parent.saturating_sub(1),
            None => self.detect_indent(start, first, parent)?,
        };
        let body = self.block_lines(first, indent);
        let (end, has_break) = match (header.keep, body.content_end) {
            (true, _) if body.end > first => self.before_break(body.end),
            (_, Some(end)) => (end, matches!(self.byte(end), b'\n' | b'\r')),
            _ => (header.end, false),
        };
        let mut raw = Raw::new(style, start as u32, end as u32);
        raw.set_block_indent(indent);
        raw.bits |= Raw::NEEDS_COOKING | if has_break { Raw::FINAL_BREAK } else { 0 };
        self.push(raw, props);
        let tab = skip_spaces(self.bytes, body.end);
        if self.byte(tab) == b'\t' {
            self.line_start = body.end;
            return Err(self.tab_indentation(tab));
        }
        self.pos = body.end;
        self.line_start = body.end;
        self.end_line()
    }

    /// Reads the indicators and the rest of their line, up to its break.
    fn header(&mut self, start: usize) -> Step<Header> {
        let mut header = Header { end: start + 1, ..Header::default() };
        let mut chomped = false;
        loop {
            match self.byte(header.end) {
                digit @ b'1'..=b'9' if header.indent.is_none() => header.indent = Some((digit - b'0').into()),
                sign @ (b'+' | b'-') if !chomped => {
                    chomped = true;
                    header.keep = sign == b'+';
                }
                _ => break,
            }
            header.end += 1;
        }
        self.pos = skip_blanks(self.bytes, header.end);
        self.gap.fresh = false;
        if self.here() == b'#' {
            self.pos = self.comment(self.pos);
        }
        if matches!(self.here(), b'\n' | b'\r') || self.at_end() {
            return Ok(header);
        }
        Err(self.bad_block_header(start))
    }

    /// The column of the first line with text. Blank lines before it must not reach further in.
    fn detect_indent(&mut self, start: usize, first: usize, parent: usize) -> Step<usize> {
        let mut at = first;
        let mut deepest = 0;
        let mut deepest_at = first;
        loop {
            let text = skip_spaces(self.bytes, at);
            let column = text - at;
            match self.bytes.get(text) {
                Some(b'\n' | b'\r') => {
                    if column > deepest {
                        (deepest, deepest_at) = (column, at);
                    }
                    at = after_break(self.bytes, text);
                }
                None => return Ok(deepest.max(column).max(parent)),
                Some(&byte) => {
                    let inside = column >= parent;
                    if byte == b'\t' && column <= parent.saturating_sub(1) {
                        return Err(self.tab_indentation(text));
                    }
                    if inside && deepest > column && byte == b'#' {
                        // To go-yaml the blank lines are the text, and this is a comment.
                        self.lenient = true;
                        return Ok(deepest);
                    }
                    if inside && deepest > column {
                        return Err(self.blank_line_too_deep(start, deepest_at, deepest));
                    }
                    return Ok(if inside { column } else { deepest.max(parent) });
                }
            }
        }
    }

    /// Moves over the lines that belong to the scalar.
    fn block_lines(&self, first: usize, indent: usize) -> Body {
        let mut at = first;
        let mut content_end = None;
        while at < self.bytes.len() {
            let spaces =
                skip_spaces(self.bytes.get(..self.bytes.len().min(at + indent)).unwrap_or_default(), at);
            match self.bytes.get(spaces) {
                Some(b'\n' | b'\r') => at = after_break(self.bytes, spaces),
                Some(_) if spaces - at >= indent => {
                    let end = line_end(self.bytes, spaces);
                    content_end = Some(end);
                    at = after_break(self.bytes, end);
                }
                // Spaces alone at the very end are a blank line without a break.
                None => at = spaces,
                Some(_) => break,
            }
        }
        Body { content_end, end: at }
    }

    /// Where the line before `at` ends, and whether by a line break.
    fn before_break(&self, at: usize) -> (usize, bool) {
        match self.bytes.get(..at).unwrap_or_default() {
            [.., b'\r', b'\n'] => (at - 2, true),
            [.., b'\r' | b'\n'] => (at - 1, true),
            _ => (at, false),
        }
    }
}

/// The lines of a block scalar.
struct Body {
    /// End of the last line with text, without its break.
    content_end: Option<usize>,
    /// Start of the first line that does not belong to it.
    end: usize,
}
