//! What went wrong with scalars, brackets, anchors and tags, in the words of somebody who looks at the file.

use super::lines::skip_blanks;
use super::{Parser, Stop};

impl Parser<'_> {
    pub(super) fn unclosed_quote(&mut self, start: usize) -> Stop {
        let end = self.bytes.len();
        self.fail_with(
            start,
            start + 1,
            "this quote is never closed",
            Some((end, end, "the document ends here")),
        )
    }

    pub(super) fn bad_escape(&mut self, at: usize) -> Stop {
        let end = self.char_end(at + 1);
        let message = format!("`{}` is no escape that YAML knows", self.slice(at, end));
        self.fail(at, end, message)
    }

    pub(super) fn bad_block_header(&mut self, start: usize) -> Stop {
        let second = (self.pos, self.text_end(self.pos), "text stands on the indicator's line");
        let message = "the text of a block scalar begins on the next line";
        self.fail_with(start, start + 1, message, Some(second))
    }

    pub(super) fn blank_line_too_deep(&mut self, start: usize, line: usize, spaces: usize) -> Stop {
        let second = (line, line + spaces, "this blank line has more spaces than the text below it");
        let message = "the indentation of this block scalar cannot be told";
        self.fail_with(start, start + 1, message, Some(second))
    }

    /// Inside the bracket being read, something stands where a comma or the closing bracket belongs.
    pub(super) fn broken_flow(&mut self) -> Stop {
        let open = self.bracket;
        let at = self.flow_break();
        let fresh = self.gap.fresh || at != self.pos;
        let (opening, closing) = if self.byte(open) == b'[' { ('[', ']') } else { ('{', '}') };
        if self.at_end() {
            let message = format!("this `{opening}` is never closed");
            return self.fail_with(open, open + 1, message, Some((at, at, "the document ends here")));
        }
        let end = self.char_end(at);
        match self.here() {
            b']' | b'}' => {
                let message = format!("this `{opening}` is not closed by its own bracket");
                self.fail_with(open, open + 1, message, Some((at, end, "this one closes another kind")))
            }
            b',' => self.fail(at, end, "a value is missing before this comma"),
            _ if fresh && at - self.line_start < self.parent => {
                let message = format!("this `{opening}` is never closed");
                self.fail_with(
                    open,
                    open + 1,
                    message,
                    Some((at, self.text_end(at), "a new line begins here")),
                )
            }
            _ => {
                let message = format!("a `,` or the `{closing}` of this `{opening}` is missing");
                self.fail_with(open, open + 1, message, Some((at, self.token_end(at), "before this")))
            }
        }
    }

    /// Where the trouble in brackets shows: `pos`, or, when text ran on from the lines above up to a `:`,
    /// the line's own text.
    fn flow_break(&self) -> usize {
        let runs_on = self.out.nodes.last().is_some_and(|raw| (raw.start as usize) < self.line_start);
        if self.here() == b':' && runs_on { skip_blanks(self.bytes, self.line_start) } else { self.pos }
    }

    /// What is at `pos` cannot begin a value.
    pub(super) fn bad_start(&mut self) -> Stop {
        let at = self.pos;
        let end = self.char_end(at);
        match self.here() {
            _ if self.brackets > 0 && (self.at_end() || matches!(self.here(), b',' | b']' | b'}')) => {
                self.broken_flow()
            }
            b']' | b'}' => self.fail(at, end, "this bracket closes nothing"),
            b'%' if at == self.line_start => {
                self.fail(at, self.text_end(at), "a directive needs a document begun by `---`")
            }
            b'`' => self.fail(at, end, "a value cannot begin with a backtick: quote it"),
            b'-' | b'?' | b':' => {
                let message = format!("`{}` with a space behind it cannot stand here", self.slice(at, end));
                self.fail(at, end, message)
            }
            _ => {
                let message = format!("a value cannot begin with `{}`: quote it", self.slice(at, end));
                self.fail(at, end, message)
            }
        }
    }

    pub(super) fn property_runs_on(&mut self, start: usize) -> Stop {
        let end = self.char_end(self.pos);
        let what = if self.byte(start) == b'&' { "an anchor" } else { "a tag" };
        let message = format!("`{}` cannot stand in {what}", self.slice(self.pos, end));
        self.fail_with(self.pos, end, message, Some((start, self.pos, "it begins here")))
    }

    pub(super) fn alias_inside_itself(&mut self, start: usize, end: usize, target: u32) -> Stop {
        let at = self.start_of(target);
        let second = (at, self.text_end(at), "what it stands for begins here");
        self.fail_with(start, end, "this alias stands inside what it stands for", Some(second))
    }
}
