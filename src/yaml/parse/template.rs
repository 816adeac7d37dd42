//! Templates: text that a tool like Helm turns into a manifest, and that is none before.

use super::{Parser, Stop};
use crate::yaml::tape::SyntaxErrorKind;

/// How far the end of a template action is looked for.
const TEMPLATE_REACH: usize = 1024;

impl Parser<'_> {
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

    /// A template action on the line of `at`, where a value or a line begins.
    pub(super) fn template_on_line(&self, at: usize) -> Option<(usize, usize)> {
        let (start, line) = self.line_of(at);
        memchr::memmem::find_iter(line, b"{{").find_map(|offset| {
            let before = line[..offset].trim_ascii_end();
            let begins = matches!(before.last(), None | Some(b'-' | b':' | b'"' | b'\''));
            let end = self.template_end(start + offset)?;
            begins.then_some((start + offset, end))
        })
    }
}
