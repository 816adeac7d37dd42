//! Block mappings and sequences: one entry a line, as long as lines begin at the collection's column.

use super::block::{Place, Seat};
use super::lines::skip_blanks;
use super::plain::starts_plain;
use super::{Parser, Props, Step};
use crate::yaml::tape::{Raw, Style};

/// The first key of a mapping, read before the mapping is known.
#[derive(Clone, Copy)]
pub(super) enum FirstKey {
    Scalar(Raw),
    /// `: value` without a key.
    Missing,
    /// `? key`.
    Explicit,
}

impl Parser<'_> {
    /// `key: …` lines from the one whose first key was just read.
    pub(super) fn block_mapping(&mut self, place: &Place, first: FirstKey) -> Step {
        let start = match first {
            FirstKey::Scalar(raw) => raw.start as usize,
            FirstKey::Missing | FirstKey::Explicit => self.pos,
        };
        let mapping = self.open(Style::BlockMapping, start, place.held)?;
        let mut result = match first {
            FirstKey::Scalar(raw) => self.push_key(mapping, raw, place.own),
            FirstKey::Missing => {
                self.push_empty(start, place.own);
                Ok(())
            }
            FirstKey::Explicit => self.explicit_entry(place.column),
        };
        if result.is_ok() && !matches!(first, FirstKey::Explicit) {
            result = self.value(place.column);
        }
        if result.is_ok() {
            result = self.entries(mapping, place.column);
        }
        self.close(mapping, self.last_end);
        result
    }

    /// The entries after the first.
    pub(super) fn entries(&mut self, mapping: u32, column: usize) -> Step {
        while self.gap.column == column {
            if self.gap.tab {
                return Err(self.tab_indentation(self.pos));
            }
            self.check_node_limit()?;
            self.entry(mapping, column)?;
        }
        if self.gap.column > column { Err(self.wrong_indentation(mapping)) } else { Ok(()) }
    }

    /// The entry that begins at `pos`, on a fresh line at the mapping's column.
    fn entry(&mut self, mapping: u32, column: usize) -> Step {
        if self.at_indicator(b'?') {
            return self.explicit_entry(column);
        }
        self.key(mapping, column)?;
        self.value(column)
    }

    /// Lays down the key at `pos` and moves to its `:`. When that fails, the mapping is left whole.
    fn key(&mut self, mapping: u32, column: usize) -> Step {
        if starts_plain(self.here()) {
            return self.plain_key(mapping, self.pos, Props::NONE);
        }
        let mut props = Props::NONE;
        if matches!(self.here(), b'&' | b'!') {
            let start = self.pos;
            props = self.properties()?;
            self.next_token();
            if self.gap.fresh {
                return Err(self.missing_colon(start, mapping));
            }
        }
        let start = self.pos;
        let raw = match self.here() {
            b'-' if self.at_indicator(b'-') => return Err(self.item_among_keys(mapping)),
            b':' if self.at_indicator(b':') => {
                self.push_empty(start, props);
                return Ok(());
            }
            b'[' | b'{' => return self.flow_key(mapping, column, props),
            b'"' | b'\'' => self.quoted(column)?,
            b'*' => self.alias()?,
            _ => return self.plain_key(mapping, start, props),
        };
        self.expect_colon(start, mapping)?;
        self.push_key(mapping, raw, props)
    }

    fn plain_key(&mut self, mapping: u32, start: usize, props: Props) -> Step {
        self.check_plain_start()?;
        let line = self.plain_line(start);
        self.pos = line.stop;
        if self.here() != b':' {
            return Err(self.missing_colon(start, mapping));
        }
        self.check_key(start)?;
        let raw = Raw::new(Style::Plain, start as u32, line.end as u32);
        if !props.is_none() {
            return self.push_key(mapping, raw, props);
        }
        self.mark_merge(mapping, raw);
        self.push_plain(start, line.end, 0);
        Ok(())
    }

    fn flow_key(&mut self, mapping: u32, column: usize, props: Props) -> Step {
        let start = self.pos;
        let before = self.out.nodes.len();
        self.parent = column;
        let result = self.flow_collection(props).and_then(|()| self.expect_colon(start, mapping));
        if result.is_err() && self.out.nodes.len() > before {
            self.push_empty(self.last_end, Props::NONE);
        }
        result
    }

    /// Lays down a scalar or alias as key. The mapping stays whole when that fails.
    fn push_key(&mut self, mapping: u32, raw: Raw, props: Props) -> Step {
        self.mark_merge(mapping, raw);
        let is_alias = raw.style() == Style::Alias;
        let key = self.push(raw, props);
        let linked =
            if is_alias { self.refuse_properties(props).and_then(|()| self.link_alias(key)) } else { Ok(()) };
        if linked.is_err() {
            self.push_empty(self.last_end, Props::NONE);
        }
        linked
    }

    /// The value behind the `:` at `pos`.
    pub(super) fn value(&mut self, column: usize) -> Step {
        self.pass_indicator();
        let start = self.pos + 1;
        if self.here() != b' ' || !starts_plain(self.byte(start)) {
            return self.node(column, Seat::Value);
        }
        // Most values are plain text behind `: `, which needs no more questions.
        let line = self.plain_line(start);
        if self.byte(line.stop) == b':' {
            return self.node(column, Seat::Value);
        }
        self.plain(column, start, line)
    }

    /// `? key` and, at the same column, `: value`.
    fn explicit_entry(&mut self, column: usize) -> Step {
        self.pass_indicator();
        let key = self.node(column, Seat::Explicit);
        if key.is_err() || self.gap.column != column || !self.at_indicator(b':') {
            self.push_empty(self.last_end, Props::NONE);
            return key;
        }
        if self.gap.tab {
            self.push_empty(self.last_end, Props::NONE);
            return Err(self.tab_indentation(self.pos));
        }
        self.pass_indicator();
        self.node(column, Seat::Explicit)
    }

    /// `- …` lines at `column`.
    pub(super) fn block_sequence(&mut self, column: usize, props: Props) -> Step {
        let sequence = self.open(Style::BlockSequence, self.pos, props)?;
        let result = self.items(sequence, column);
        self.close(sequence, self.last_end);
        result
    }

    fn items(&mut self, sequence: u32, column: usize) -> Step {
        loop {
            self.pass_indicator();
            self.node(column, Seat::Item)?;
            if self.gap.column != column || !self.at_indicator(b'-') {
                break;
            }
            if self.gap.tab {
                return Err(self.tab_indentation(self.pos));
            }
            self.check_node_limit()?;
        }
        if self.gap.column > column { Err(self.wrong_indentation(sequence)) } else { Ok(()) }
    }

    /// Moves to a `: ` on this line, if the next token is one.
    pub(super) fn move_to_colon(&mut self) -> bool {
        let at = skip_blanks(self.bytes, self.pos);
        let found = self.byte(at) == b':' && self.is_blank_or_end(at + 1);
        if found {
            self.pos = at;
        }
        found
    }

    fn expect_colon(&mut self, key: usize, mapping: u32) -> Step {
        if !self.move_to_colon() {
            return Err(self.missing_colon(key, mapping));
        }
        self.check_key(key)
    }

    /// After a value: only a comment may stand on the rest of its line.
    pub(super) fn end_line(&mut self) -> Step {
        self.next_token();
        if self.gap.fresh { Ok(()) } else { Err(self.text_after_value()) }
    }
}
