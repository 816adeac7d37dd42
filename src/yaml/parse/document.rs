//! One document after the other: directives, markers, and what a broken one leaves behind.

use std::collections::HashSet;
use std::ops::Range;

use super::block::Seat;
use super::lines::{after_break, line_end};
use super::properties::is_address;
use super::{Parser, Step};
use crate::yaml::split::{BOM, Piece};
use crate::yaml::tape::{Document, Raw};

/// What the `%` lines before a document say.
#[derive(Default)]
pub(super) struct Directives<'t> {
    /// Handles declared by `%TAG`, as `!name!`.
    handles: HashSet<&'t str>,
    version: bool,
}

impl Directives<'_> {
    pub(super) fn has_handle(&self, handle: &str) -> bool {
        self.handles.contains(handle)
    }
}

impl Parser<'_> {
    /// Reads one document, or, when it is not `kept`, passes over it.
    pub(super) fn document(&mut self, piece: &Piece, kept: bool) {
        self.begin();
        let first_node = self.out.nodes.len();
        let stopped = self.prefix(piece).and_then(|()| if kept { self.body(piece) } else { Ok(()) }).is_err();
        let error = self.control_error().or_else(|| self.error.take().filter(|_| stopped && kept));
        // What holds an alias bomb is not handed out at all.
        let bomb = self.anchors.steps > self.limits.alias_steps;
        let has_root = self.out.nodes.len() > first_node && !bomb;
        self.out.documents.push(Document {
            start: piece.start as u32,
            end: piece.end as u32,
            root: has_root.then_some(first_node as u32),
            error,
            skipped: !kept,
            lenient: self.lenient,
            beyond_go_yaml: self.beyond_go_yaml.filter(|_| kept),
            prefix: (piece.prefix as u32, piece.prefix_end as u32),
        });
    }

    /// Reads the comments of a range that holds no document.
    pub(super) fn comments_only(&mut self, range: Range<usize>) {
        self.begin();
        self.move_to(range.start, range.end);
        loop {
            self.next_token();
            if self.at_end() {
                return;
            }
            // Only a `...` can be here.
            self.pos = line_end(self.bytes, self.pos);
        }
    }

    fn begin(&mut self) {
        self.depth = 0;
        self.brackets = 0;
        self.lenient = false;
        self.beyond_go_yaml = None;
        self.root = self.out.nodes.len();
        self.error = None;
        self.anchors.clear();
        self.directives.handles.clear();
        self.directives.version = false;
        self.control = None;
    }

    /// Places the reader at `start`, to read no further than `end`.
    fn move_to(&mut self, start: usize, end: usize) {
        let text = self.out.text.as_bytes();
        self.bytes = text.get(..end).unwrap_or(text);
        let before = &text[..start];
        self.line_start = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |at| at + 1);
        self.pos = start;
        while self.pos == self.line_start && text[self.pos..end].starts_with(BOM) {
            self.pos += BOM.len();
            self.line_start = self.pos;
            // Strict readers want a `...` before a mark that is not the text's first.
            self.lenient |= start > 0;
        }
        self.last_end = self.pos;
    }

    /// Reads comments and directives up to the `---`.
    fn prefix(&mut self, piece: &Piece) -> Step {
        if piece.prefix == piece.prefix_end {
            return Ok(());
        }
        let end = self.readable_end(piece.prefix, piece.prefix_end);
        self.move_to(piece.prefix, end);
        let mut directive = None;
        loop {
            self.next_token();
            if self.at_end() {
                break;
            }
            // Only directives and `...` are left: a piece with other content is no prefix.
            let end = line_end(self.bytes, self.pos);
            match (self.here(), directive) {
                (b'%', _) => {
                    directive = directive.or(Some((self.pos, end)));
                    self.directive(self.pos, end)?;
                }
                (_, Some((start, end))) => return Err(self.lonely_directive(start, end)),
                _ => {}
            }
            self.pos = after_break(self.bytes, end);
            self.line_start = self.pos;
        }
        match directive {
            Some((start, end)) if !piece.explicit_start => Err(self.lonely_directive(start, end)),
            _ => Ok(()),
        }
    }

    fn directive(&mut self, start: usize, end: usize) -> Step {
        let line = self.slice(start, end);
        let mut words = line.split_ascii_whitespace().take_while(|word| !word.starts_with('#'));
        let (name, first, second, third) = (words.next(), words.next(), words.next(), words.next());
        match (name, first, second, third) {
            (Some("%YAML"), Some(version), None, _) => self.version(start, end, version),
            (Some("%TAG"), Some(handle), Some(prefix), None) => self.handle(start, end, handle, prefix),
            (Some("%"), ..) => Err(self.fail(start, end, "a directive needs a name")),
            (Some("%YAML" | "%TAG"), ..) => Err(self.fail(start, end, "this directive is not complete")),
            // YAML reserves other directives, and readers pass over them.
            _ => {
                self.beyond_go_yaml(start, end, "go-yaml refuses directives that it does not know");
                Ok(())
            }
        }
    }

    fn version(&mut self, start: usize, end: usize, version: &str) -> Step {
        if self.directives.version {
            return Err(self.fail(start, end, "a document has one `%YAML` directive at most"));
        }
        self.directives.version = true;
        let (version, comment) = version.split_once('#').unwrap_or((version, ""));
        self.lenient |= !comment.is_empty();
        if version != "1.1" {
            self.beyond_go_yaml(start, end, "go-yaml refuses versions other than 1.1");
        }
        let minor = version.strip_prefix("1.");
        if minor.is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit())) {
            return Ok(());
        }
        Err(self.fail(start, end, format!("`{version}` is no version of YAML that can be read")))
    }

    fn handle(&mut self, start: usize, end: usize, handle: &str, prefix: &str) -> Step {
        let line = self.slice(start, end);
        // The handle as it stands in the text lives as long as the text.
        let Some(at) = line.find(handle) else { return Ok(()) };
        let handle = self.slice(start + at, start + at + handle.len());
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let word = handle.strip_prefix('!').map(|rest| rest.strip_suffix('!').unwrap_or(rest));
        let well_formed = handle.ends_with('!') && word.is_some_and(|word| word.bytes().all(is_word));
        if !well_formed {
            return Err(self.fail(
                start,
                end,
                "a tag handle is `!`, `!!`, or a word of ASCII letters between two `!`",
            ));
        }
        if !is_address(prefix) {
            return Err(self.fail(
                start,
                end,
                "only the characters of an address may stand in a tag's prefix",
            ));
        }
        self.lenient |= prefix.starts_with([',', '[', ']']);
        if self.directives.has_handle(handle) {
            return Err(self.fail(start, end, format!("the handle `{handle}` is declared twice")));
        }
        self.directives.handles.insert(handle);
        Ok(())
    }

    fn body(&mut self, piece: &Piece) -> Step {
        let end = self.readable_end(piece.start, piece.end);
        self.move_to(piece.start, end);
        if self.out.nodes.len() >= self.limits.nodes as usize {
            return Err(self.too_many_nodes(self.pos));
        }
        if !piece.explicit_start && piece.start > 0 && !self.bytes[piece.start..].trim_ascii().is_empty() {
            self.beyond_go_yaml(piece.start, piece.start, "go-yaml wants a `---` behind a `...`");
        }
        if !piece.explicit_start && self.pos > self.line_start {
            // The document begins on the line of a `...`.
            self.next_token();
            if !self.gap.fresh {
                return Err(self.text_after_end());
            }
        }
        self.root()
    }

    fn root(&mut self) -> Step {
        let root = self.out.nodes.len();
        self.node(0, Seat::Root)?;
        let empty =
            self.out.nodes.get(root).is_some_and(|raw| raw.start == raw.end && !raw.has(Raw::HAS_PROPERTIES));
        if empty && self.out.nodes.len() == root + 1 {
            self.out.nodes.truncate(root);
        }
        if self.at_end() { Ok(()) } else { Err(self.text_after_root()) }
    }
}
