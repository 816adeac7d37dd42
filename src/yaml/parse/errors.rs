//! How reading stops: the first reason stands, and what explains it better than YAML does goes first.

use super::lines::{find_oddities, line_end};
use super::{Parser, Stop};
use crate::base::Span;
use crate::yaml::tape::{SyntaxError, SyntaxErrorKind};

impl Parser<'_> {
    /// Notes why reading stops. The first reason stands.
    pub(super) fn fail(&mut self, start: usize, end: usize, message: impl Into<String>) -> Stop {
        self.fail_with(start, end, message, None)
    }

    /// Notes what only go-yaml refuses. The first place stands.
    pub(super) fn beyond_go_yaml(&mut self, start: usize, end: usize, why: &'static str) {
        if self.beyond_go_yaml.is_none() {
            let span = Span::new(self.out.source, start as u32, end.max(start) as u32);
            self.beyond_go_yaml = Some((span, why));
        }
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

    pub(super) fn report(
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
    pub(super) fn char_end(&self, at: usize) -> usize {
        let text = self.out.text.get(at..).and_then(|rest| rest.chars().next());
        text.map_or(at, |c| at + c.len_utf8()).min(self.bytes.len().max(at))
    }

    /// The end of the word or quoted text at `at`.
    pub(super) fn token_end(&self, at: usize) -> usize {
        let line = self.bytes.get(at..self.text_end(at)).unwrap_or_default();
        let quote = matches!(self.byte(at), b'"' | b'\'').then(|| self.byte(at));
        let length = match quote {
            Some(quote) => line.iter().skip(1).position(|&byte| byte == quote).map(|length| length + 2),
            None => line.iter().position(|byte| b" ,:[]{}".contains(byte)),
        };
        length.filter(|&length| length > 0).map_or_else(|| self.char_end(at), |length| at + length)
    }

    /// The end of the text on the line of `at`.
    pub(super) fn text_end(&self, at: usize) -> usize {
        let end = line_end(self.bytes, at);
        at + self.slice(at, end).trim_end().len()
    }

    /// The line of `at`.
    pub(super) fn line_of(&self, at: usize) -> (usize, &[u8]) {
        let before = self.bytes.get(..at).unwrap_or_default();
        let start = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |at| at + 1);
        (start, self.bytes.get(start..line_end(self.bytes, at)).unwrap_or_default())
    }

    /// Whether Git left the line of `at` to be decided upon.
    pub(super) fn conflict_on_line(&self, at: usize) -> Option<(usize, usize)> {
        let (start, line) = self.line_of(at);
        let marks: [&[u8]; 3] = [b"<<<<<<< ", b"=======", b">>>>>>> "];
        marks.iter().any(|mark| line.starts_with(mark)).then_some((start, start + line.len()))
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
