//! Edits of one text while they are gathered.

use super::{
    layout::{after_break, before_break, eol, line_end, line_start},
    spot::{Spot, comments},
};
use crate::{
    base::{Edit, Span},
    yaml::Parsed,
};

/// Replacements of one text, in any order.
#[derive(Debug)]
pub(super) struct Patch<'s> {
    parsed: &'s Parsed<'s>,
    edits: Vec<Edit>,
}

impl<'s> Patch<'s> {
    pub(super) fn new(parsed: &'s Parsed<'s>) -> Self {
        Self { parsed, edits: Vec::new() }
    }

    fn text(&self) -> &'s str {
        self.parsed.text()
    }

    /// Puts `text` in place of the bytes from `start` to `end`.
    pub(super) fn replace(&mut self, start: usize, end: usize, text: impl Into<String>) {
        let span = Span::new(self.parsed.source(), start as u32, end.max(start) as u32);
        self.edits.push(Edit { span, text: text.into() });
    }

    pub(super) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at, at, text);
    }

    /// Puts `text`, which may be several lines, in place of the lines of the bytes from `start` to `end`; the
    /// comments in them stay, each on a line of its own at `column`. `before` is what stands before these lines.
    pub(super) fn replace_lines(
        &mut self,
        (start, end): (usize, usize),
        column: usize,
        text: Option<String>,
        before: Option<Spot<'_>>,
    ) {
        let (start, end) = (line_start(self.text(), start), line_end(self.text(), end));
        let mut lines: Vec<String> = text.into_iter().collect();
        lines.extend(self.kept(start, end, column));
        if !lines.is_empty() {
            self.replace(start, end, lines.join(eol(self.text())));
        } else if end < self.text().len() {
            self.replace(start, after_break(self.text(), end), "");
        } else if before.is_none_or(Spot::ends_in_block_scalar) {
            // The line break before belongs to that scalar's value, or there is none.
            self.replace(start, end, "");
        } else {
            self.replace(before_break(self.text(), start), end, "");
        }
    }

    /// The comments that begin between two bytes, each as a line at `column`.
    pub(super) fn kept(&self, start: usize, end: usize, column: usize) -> Vec<String> {
        let line = |it: &crate::yaml::Comment| {
            let text = self.text().get(it.start as usize..it.end as usize).unwrap_or_default();
            format!("{}{text}", " ".repeat(column))
        };
        comments(self.parsed, start, end).iter().map(line).collect()
    }

    /// The edits in order, those that change nothing left out; `None` when two of them meet.
    pub(super) fn finish(self) -> Option<Vec<Edit>> {
        let text = self.text();
        let mut edits = self.edits;
        edits.retain(|edit| text.get(edit.span.range()) != Some(edit.text.as_str()));
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        let are_apart = edits.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start);
        are_apart.then_some(edits)
    }
}
