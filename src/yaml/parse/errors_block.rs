//! What went wrong with lines, keys and items, in the words of somebody who looks at the file.

use super::plain::PlainLine;
use super::{Parser, Step, Stop};
use crate::yaml::tape::{Raw, Style};

/// Characters that an implicit key may have (YAML 1.2.2 §7.4.2, and go-yaml).
const LONGEST_KEY: usize = 1024;

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

    pub(super) fn start_of(&self, node: u32) -> usize {
        self.out.nodes.get(node as usize).map_or(self.pos, |raw| raw.start as usize)
    }

    /// The line at `pos` stands at a column where nothing of what is open can go on.
    pub(super) fn wrong_indentation(&mut self, collection: u32) -> Stop {
        if self.gap.tab {
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
        if self.gap.tab {
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
