//! What went wrong, in the words of somebody who looks at the file.

use super::lines::{find_oddities, line_end, skip_blanks};
use super::plain::PlainLine;
use super::{Parser, Step, Stop};
use crate::base::Span;
use crate::yaml::tape::{Raw, Style, SyntaxError, SyntaxErrorKind};

/// Characters that an implicit key may have (YAML 1.2.2 §7.4.2, and go-yaml).
const LONGEST_KEY: usize = 1024;

/// How far the end of a template action is looked for.
const TEMPLATE_REACH: usize = 1024;

impl Parser<'_> {
    /// Notes why reading stops. The first reason stands.
    pub(super) fn fail(&mut self, start: usize, end: usize, message: impl Into<String>) -> Stop {
        self.fail_with(start, end, message, None)
    }

    /// As `fail`, with a second place and a word about it.
    pub(super) fn fail_with(
        &mut self,
        start: usize,
        end: usize,
        message: impl Into<String>,
        second: Option<(usize, usize, &str)>,
    ) -> Stop {
        let broke = second.map_or(start, |it| it.0);
        let template = [start, broke].into_iter().find_map(|at| self.template_on_line(at));
        if let Some((start, end)) = template {
            return self.template(start, end);
        }
        let conflict = [start, broke].into_iter().find_map(|at| self.conflict_on_line(at));
        if let Some((start, end)) = conflict {
            let message = "this line was left by a merge conflict".to_owned();
            return self.report(SyntaxErrorKind::Syntax, start, end, message, None);
        }
        self.report(SyntaxErrorKind::Syntax, start, end, message.into(), second)
    }

    fn report(
        &mut self,
        kind: SyntaxErrorKind,
        start: usize,
        end: usize,
        message: String,
        second: Option<(usize, usize, &str)>,
    ) -> Stop {
        let source = self.out.source;
        let span = |start: usize, end: usize| Span::new(source, start as u32, end.max(start) as u32);
        let second = second.map(|(start, end, word)| (span(start, end), word.to_owned()));
        if self.error.is_none() {
            self.error = Some(SyntaxError { kind, message, span: span(start, end), second });
        }
        Stop
    }

    /// The end of the character at `at`.
    fn char_end(&self, at: usize) -> usize {
        let text = self.out.text.get(at..).and_then(|rest| rest.chars().next());
        text.map_or(at, |c| at + c.len_utf8()).min(self.bytes.len().max(at))
    }

    /// The end of the word or quoted text at `at`.
    fn token_end(&self, at: usize) -> usize {
        let line = self.bytes.get(at..self.text_end(at)).unwrap_or_default();
        let quote = matches!(self.byte(at), b'"' | b'\'').then(|| self.byte(at));
        let length = match quote {
            Some(quote) => line.iter().skip(1).position(|&byte| byte == quote).map(|length| length + 2),
            None => line.iter().position(|byte| b" ,:[]{}".contains(byte)),
        };
        length.filter(|&length| length > 0).map_or_else(|| self.char_end(at), |length| at + length)
    }

    /// The end of the text on the line of `at`.
    fn text_end(&self, at: usize) -> usize {
        let end = line_end(self.bytes, at);
        at + self.slice(at, end).trim_end().len()
    }

    pub(super) fn template(&mut self, start: usize, end: usize) -> Stop {
        let message = "this is a template (Helm, Go or Jinja), not yet a manifest".to_owned();
        self.report(SyntaxErrorKind::Template, start, end, message, None)
    }

    /// Where the `{{ … }}` or `{% … %}` at `at` ends, if one is there.
    pub(super) fn template_end(&self, at: usize) -> Option<usize> {
        let close: &[u8] = match (self.byte(at), self.byte(at + 1)) {
            (b'{', b'{') => b"}}",
            (b'{', b'%') => b"%}",
            _ => return None,
        };
        let reach = self.bytes.len().min(at + TEMPLATE_REACH);
        let found = memchr::memmem::find(self.bytes.get(at..reach).unwrap_or_default(), close);
        match found {
            Some(offset) => Some(at + offset + 2),
            // An action that trims or a comment: nothing else begins so.
            None if matches!(self.byte(at + 2), b'-' | b'/') => Some(at + 2),
            None => None,
        }
    }

    /// The line of `at`.
    fn line_of(&self, at: usize) -> (usize, &[u8]) {
        let before = self.bytes.get(..at).unwrap_or_default();
        let start = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |at| at + 1);
        (start, self.bytes.get(start..line_end(self.bytes, at)).unwrap_or_default())
    }

    /// Whether Git left the line of `at` to be decided upon.
    fn conflict_on_line(&self, at: usize) -> Option<(usize, usize)> {
        let (start, line) = self.line_of(at);
        let marks: [&[u8]; 3] = [b"<<<<<<< ", b"=======", b">>>>>>> "];
        marks.iter().any(|mark| line.starts_with(mark)).then_some((start, start + line.len()))
    }

    /// A template action on the line of `at`, where a value or a line begins.
    fn template_on_line(&self, at: usize) -> Option<(usize, usize)> {
        let (start, line) = self.line_of(at);
        memchr::memmem::find_iter(line, b"{{").find_map(|offset| {
            let before = line[..offset].trim_ascii_end();
            let begins = matches!(before.last(), None | Some(b'-' | b':' | b'"' | b'\''));
            let end = self.template_end(start + offset)?;
            begins.then_some((start + offset, end))
        })
    }
}

/// Limits.
impl Parser<'_> {
    fn limit(&mut self, start: usize, end: usize, message: String) -> Stop {
        self.report(SyntaxErrorKind::Limit, start, end, message, None)
    }

    pub(super) fn too_deep(&mut self, at: usize) -> Stop {
        let message = format!("nested deeper than {} levels", self.limits.depth());
        self.limit(at, self.char_end(at), message)
    }

    pub(super) fn too_many_nodes(&mut self, at: usize) -> Stop {
        let message = format!("the file has more than {} values", self.limits.nodes);
        self.limit(at, self.char_end(at), message)
    }

    pub(super) fn too_many_alias_steps(&mut self, start: usize, end: usize) -> Stop {
        let message = format!(
            "following the aliases up to here would add more than {} values",
            self.limits.alias_steps
        );
        self.limit(start, end, message)
    }
}

/// Block structure.
impl Parser<'_> {
    pub(super) fn tab_indentation(&mut self, at: usize) -> Stop {
        let end = at.max(self.line_start);
        self.fail(self.line_start, end, "a tab is used for indentation: YAML takes only spaces")
    }

    /// `-item` where only `- item` can stand.
    fn glued_dash(&mut self) -> Option<Stop> {
        let glued = self.here() == b'-' && !self.is_blank_or_end(self.pos + 1);
        glued.then(|| self.fail(self.pos, self.text_end(self.pos), "a space is missing after this `-`"))
    }

    fn start_of(&self, node: u32) -> usize {
        self.out.nodes.get(node as usize).map_or(self.pos, |raw| raw.start as usize)
    }

    /// The line at `pos` stands at a column where nothing of what is open can go on.
    pub(super) fn wrong_indentation(&mut self, collection: u32) -> Stop {
        if self.tab {
            return self.tab_indentation(self.pos);
        }
        let start = self.pos;
        if let Some(stop) = self.glued_dash() {
            return stop;
        }
        let last = self.out.nodes.last().filter(|raw| matches!(raw.style(), Style::Literal | Style::Folded));
        let (opened, word) = match last {
            Some(raw) => (raw.start as usize, "the text that begins here is indented further"),
            None => (self.start_of(collection), "what it follows begins here"),
        };
        let second = (opened, self.text_end(opened), word);
        let message = "the indentation of this line fits no line above";
        self.fail_with(start, self.text_end(start), message, Some(second))
    }

    pub(super) fn lonely_directive(&mut self, start: usize, end: usize) -> Stop {
        self.fail(start, end, "a directive needs a document begun by `---`")
    }

    pub(super) fn text_after_end(&mut self) -> Stop {
        self.fail(self.pos, self.text_end(self.pos), "only a comment may follow `...` on its line")
    }

    pub(super) fn text_after_root(&mut self) -> Stop {
        if self.tab {
            return self.tab_indentation(self.pos);
        }
        if let Some(stop) = self.glued_dash() {
            return stop;
        }
        let message = "this line does not belong to what is above: is it indented too little?";
        self.fail(self.pos, self.text_end(self.pos), message)
    }

    pub(super) fn text_after_value(&mut self) -> Stop {
        let at = self.pos;
        let message = match self.here() {
            b':' => "a space is missing after this colon",
            b']' | b'}' => "this bracket closes nothing",
            _ => "a value has ended, and more follows on its line: is a quote missing or too many?",
        };
        let quoted = |raw: &&Raw| matches!(raw.style(), Style::SingleQuoted | Style::DoubleQuoted);
        let quote = self.out.nodes.last().filter(quoted).map(|raw| raw.start as usize);
        let second = quote.map(|quote| (quote, quote + 1, "the value began with this quote"));
        self.fail_with(at, self.text_end(at), message, second)
    }

    pub(super) fn cannot_start_here(&mut self, what: &str) -> Stop {
        let at = self.pos;
        let message = format!("{what} cannot start here: put it on a line of its own");
        self.fail(at, self.text_end(at), message)
    }

    /// `key: a: b`, where `key` is the offset of `a`.
    pub(super) fn mapping_cannot_start(&mut self, key: usize) -> Stop {
        let message = "a mapping cannot start here: is a value with `: ` unquoted?";
        self.fail(key, self.pos + 1, message)
    }

    /// A line with `: ` where the plain scalar `start..end` would go on.
    pub(super) fn mapping_in_scalar(&mut self, start: usize, end: usize, line: PlainLine) -> Stop {
        let message =
            "a mapping cannot start here: is this line wrongly indented, or a value with `: ` unquoted?";
        let second = (start, end, "it would go on with this value");
        self.fail_with(self.pos, line.stop + 1, message, Some(second))
    }

    pub(super) fn item_among_keys(&mut self, mapping: u32) -> Stop {
        let opened = self.start_of(mapping);
        let second = (opened, self.text_end(opened), "the keys begin here");
        self.fail_with(self.pos, self.text_end(self.pos), "a list item cannot stand among keys", Some(second))
    }

    /// A line in a mapping that is no entry; `start` is where it begins.
    pub(super) fn missing_colon(&mut self, start: usize, mapping: u32) -> Stop {
        let end = self.text_end(start);
        let line = self.slice(start, end);
        let glued = line.find(':').is_some_and(|at| !line[at + 1..].starts_with("//") && at > 0);
        if glued {
            return self.fail(start, end, "a space is missing after the colon of this key");
        }
        if let Some(stop) = self.glued_dash().filter(|_| start == self.pos) {
            return stop;
        }
        let opened = self.start_of(mapping);
        let second = (opened, self.text_end(opened), "the keys begin here");
        let message = "this line has no `key: value`: is its colon missing, or its indentation wrong?";
        self.fail_with(start, end, message, Some(second))
    }

    /// The key from `start` to the `:` at `pos` must be on one line and not too long.
    pub(super) fn check_key(&mut self, start: usize) -> Step {
        if start < self.line_start && self.brackets > 0 {
            return Err(self.broken_flow());
        }
        if start < self.line_start {
            let second = (self.pos, self.pos + 1, "its colon");
            let message = "a key must stand on one line: is its quote or bracket closed where it should be?";
            return Err(self.fail_with(start, self.text_end(start), message, Some(second)));
        }
        if self.pos - start <= LONGEST_KEY || self.slice(start, self.pos).chars().count() <= LONGEST_KEY {
            return Ok(());
        }
        Err(self.fail(start, self.pos, "this key is longer than 1024 characters"))
    }
}

/// Scalars, brackets and properties.
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
        let fresh = self.fresh || at != self.pos;
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

/// Bytes that no document may hold.
impl Parser<'_> {
    /// The end of what can be read of `start..end`: go-yaml takes no control characters anywhere.
    pub(super) fn readable_end(&mut self, start: usize, end: usize) -> usize {
        let bytes = self.out.text.as_bytes().get(start..end).unwrap_or_default();
        let found = find_oddities(bytes);
        self.lenient |= found.inner_mark;
        let Some(offset) = found.control else { return end };
        self.control = Some(start + offset);
        start + offset
    }

    /// The error about a control character, which is the cause of all others.
    pub(super) fn control_error(&mut self) -> Option<SyntaxError> {
        let at = self.control?;
        let c = self.out.text.get(at..)?.chars().next()?;
        self.error = None;
        let message = format!("control characters are not allowed: U+{:04X}", u32::from(c));
        let Stop = self.report(SyntaxErrorKind::Syntax, at, at + c.len_utf8(), message, None);
        self.error.take()
    }
}
