//! Block structure: mappings, sequences, and what stands on their lines.

use super::lines::skip_blanks;
use super::plain::starts_plain;
use super::{Parser, Props, Step};
use crate::yaml::tape::{Raw, Style};

/// What a node stands behind; decides what it may be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Seat {
    /// Nothing, or `---`.
    Root,
    /// `key:`.
    Value,
    /// `-`.
    Item,
    /// `?`, or the `:` that answers it.
    Explicit,
}

impl Seat {
    /// A collection may begin on the indicator's own line.
    fn is_compact(self) -> bool {
        matches!(self, Self::Item | Self::Explicit)
    }

    /// A sequence may stand at the parent's own column.
    fn takes_dash_at_parent(self) -> bool {
        matches!(self, Self::Value | Self::Explicit)
    }
}

/// Where a node begins, known before what it is.
#[derive(Clone, Copy)]
struct Place {
    /// Column of the collection around it.
    parent: usize,
    /// Column that a collection beginning here would have.
    column: usize,
    /// A block collection may begin here.
    opens: bool,
    /// Its line is indented by tabs, at least in part.
    tab: bool,
    /// Properties from the lines above.
    held: Props,
    /// Properties on this line.
    own: Props,
}

/// The first key of a mapping, read before the mapping is known.
#[derive(Clone, Copy)]
enum FirstKey {
    Scalar(Raw),
    /// `: value` without a key.
    Missing,
    /// `? key`.
    Explicit,
}

impl Parser<'_> {
    /// Reads the node after an indicator, from just behind that. Lays down exactly one node, come what
    /// may, and leaves `pos` at the first token of a fresh line.
    pub(super) fn node(&mut self, parent: usize, seat: Seat) -> Step {
        let before = self.out.nodes.len();
        let result = self.node_or_nothing(parent, seat);
        if result.is_err() && self.out.nodes.len() == before {
            self.push_empty(self.last_end, Props::NONE);
        }
        result
    }

    fn node_or_nothing(&mut self, parent: usize, seat: Seat) -> Step {
        let mut empty_at = self.pos;
        let mut held = Props::NONE;
        self.to_next_token();
        let mut opens = seat.is_compact() && !self.tab;
        loop {
            if self.fresh {
                if self.column <= parent {
                    let dash =
                        seat.takes_dash_at_parent() && self.column == parent && self.at_indicator(b'-');
                    if dash && !self.tab {
                        return self.block_sequence(parent, held);
                    }
                    if self.column == parent && matches!(self.here(), b'|' | b'>') {
                        // go-yaml does not ask at which column a block scalar stands.
                        self.lenient = true;
                        return self.block_scalar(parent, held);
                    }
                    self.push_empty(empty_at, held);
                    return Ok(());
                }
                opens = true;
            }
            let mut place =
                Place { parent, column: self.column, opens, tab: self.tab, held, own: Props::NONE };
            if matches!(self.here(), b'&' | b'!') {
                place.own = self.properties()?;
                empty_at = self.pos;
                self.to_next_token();
                if self.fresh {
                    held = self.merge(held, place.own)?;
                    continue;
                }
            }
            return self.content(&place);
        }
    }

    /// Reads the node that begins at `pos`, its properties being read. Each case is a function of its own
    /// so that the frames of the recursion stay small.
    fn content(&mut self, place: &Place) -> Step {
        match self.here() {
            b'-' if self.at_indicator(b'-') => self.sequence_content(place),
            b'?' if self.at_indicator(b'?') => self.explicit_content(place),
            b':' if self.at_indicator(b':') => self.missing_key_content(place),
            b'|' | b'>' => self.block_scalar_content(place),
            b'[' | b'{' => self.flow_content(place),
            b'"' | b'\'' => self.quoted_content(place),
            b'*' => self.alias_content(place),
            _ => self.plain_content(place),
        }
    }

    fn sequence_content(&mut self, place: &Place) -> Step {
        self.may_open(place, "a list item")?;
        self.block_sequence(place.column, place.held)
    }

    fn explicit_content(&mut self, place: &Place) -> Step {
        self.may_open(place, "a key")?;
        self.block_mapping(place, FirstKey::Explicit)
    }

    fn missing_key_content(&mut self, place: &Place) -> Step {
        self.may_open_with_key(place, self.pos)?;
        self.block_mapping(place, FirstKey::Missing)
    }

    fn block_scalar_content(&mut self, place: &Place) -> Step {
        let props = self.merge(place.held, place.own)?;
        self.block_scalar(place.parent, props)
    }

    fn quoted_content(&mut self, place: &Place) -> Step {
        let raw = self.quoted(place.parent)?;
        self.key_or_scalar(place, raw)
    }

    fn alias_content(&mut self, place: &Place) -> Step {
        let raw = self.alias()?;
        self.key_or_scalar(place, raw)
    }

    fn plain_content(&mut self, place: &Place) -> Step {
        self.check_plain_start()?;
        let start = self.pos;
        let line = self.plain_line(start);
        if self.byte(line.stop) == b':' {
            let raw = Raw::new(Style::Plain, start as u32, line.end as u32);
            self.pos = line.stop;
            return self.first_key(place, raw);
        }
        let raw = self.plain(place.parent, start, line)?;
        let props = self.merge(place.held, place.own)?;
        self.push(raw, props);
        Ok(())
    }

    /// A scalar or alias was read up to `pos`: `: ` behind it makes it the first key of a mapping.
    fn key_or_scalar(&mut self, place: &Place, raw: Raw) -> Step {
        if self.to_colon() {
            return self.first_key(place, raw);
        }
        let props = self.merge(place.held, place.own)?;
        if raw.style() == Style::Alias {
            self.refuse_properties(props)?;
        }
        let node = self.push(raw, props);
        self.link_alias(node)?;
        self.end_line()
    }

    fn first_key(&mut self, place: &Place, raw: Raw) -> Step {
        self.may_open_with_key(place, raw.start as usize)?;
        self.check_key(raw.start as usize)?;
        self.block_mapping(place, FirstKey::Scalar(raw))
    }

    /// A flow collection: a value, or (seldom) the first key of a mapping.
    fn flow_content(&mut self, place: &Place) -> Step {
        let start = self.pos;
        let first = self.out.nodes.len() as u32;
        let steps = self.anchors.steps;
        self.parent = place.parent;
        self.peak = self.depth;
        self.flow_collection(place.own)?;
        if self.to_colon() {
            self.may_open_with_key(place, start)?;
            self.check_key(start)?;
            let mapping = self.wrap(first, Style::BlockMapping, place.held)?;
            let result = self.value(place.column).and_then(|()| self.entries(mapping, place.column));
            self.close(mapping, self.last_end);
            return result;
        }
        self.attach_late(first, place.held, steps)?;
        self.end_line()
    }

    /// `key: …` lines from the one whose first key was just read.
    fn block_mapping(&mut self, place: &Place, first: FirstKey) -> Step {
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
    fn entries(&mut self, mapping: u32, column: usize) -> Step {
        while self.column == column {
            if self.tab {
                return Err(self.tab_indentation(self.pos));
            }
            self.check_node_limit()?;
            self.entry(mapping, column)?;
        }
        if self.column > column { Err(self.wrong_indentation(mapping)) } else { Ok(()) }
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
            self.to_next_token();
            if self.fresh {
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
        self.push_key(mapping, raw, props)
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
    fn value(&mut self, column: usize) -> Step {
        self.pos += 1;
        let start = self.pos + 1;
        if self.here() != b' ' || !starts_plain(self.byte(start)) {
            return self.node(column, Seat::Value);
        }
        // Most values are plain text behind `: `, which needs no more questions.
        let line = self.plain_line(start);
        if self.byte(line.stop) == b':' {
            return self.node(column, Seat::Value);
        }
        let value = self.plain(column, start, line);
        let raw = value.as_ref().copied().unwrap_or(Raw::new(Style::Plain, start as u32, line.end as u32));
        self.push(raw, Props::NONE);
        value.map(|_| ())
    }

    /// `? key` and, at the same column, `: value`.
    fn explicit_entry(&mut self, column: usize) -> Step {
        self.pos += 1;
        let key = self.node(column, Seat::Explicit);
        if key.is_err() || self.column != column || !self.at_indicator(b':') {
            self.push_empty(self.last_end, Props::NONE);
            return key;
        }
        if self.tab {
            self.push_empty(self.last_end, Props::NONE);
            return Err(self.tab_indentation(self.pos));
        }
        self.pos += 1;
        self.node(column, Seat::Explicit)
    }

    /// `- …` lines at `column`.
    fn block_sequence(&mut self, column: usize, props: Props) -> Step {
        let sequence = self.open(Style::BlockSequence, self.pos, props)?;
        let result = self.items(sequence, column);
        self.close(sequence, self.last_end);
        result
    }

    fn items(&mut self, sequence: u32, column: usize) -> Step {
        loop {
            self.pos += 1;
            self.node(column, Seat::Item)?;
            if self.column != column || !self.at_indicator(b'-') {
                break;
            }
            if self.tab {
                return Err(self.tab_indentation(self.pos));
            }
            self.check_node_limit()?;
        }
        if self.column > column { Err(self.wrong_indentation(sequence)) } else { Ok(()) }
    }

    /// Moves to a `: ` on this line, if the next token is one.
    fn to_colon(&mut self) -> bool {
        let at = skip_blanks(self.bytes, self.pos);
        let found = self.byte(at) == b':' && self.is_blank_or_end(at + 1);
        if found {
            self.pos = at;
        }
        found
    }

    fn expect_colon(&mut self, key: usize, mapping: u32) -> Step {
        if !self.to_colon() {
            return Err(self.missing_colon(key, mapping));
        }
        self.check_key(key)
    }

    /// After a value: only a comment may stand on the rest of its line.
    pub(super) fn end_line(&mut self) -> Step {
        self.to_next_token();
        if self.fresh { Ok(()) } else { Err(self.text_after_value()) }
    }
}

impl Parser<'_> {
    /// Whether a block collection may begin at `place`.
    fn may_open(&mut self, place: &Place, what: &str) -> Step {
        if !place.opens || !place.own.is_none() {
            return Err(self.cannot_start_here(what));
        }
        if place.tab { Err(self.tab_indentation(self.pos)) } else { Ok(()) }
    }

    /// As `may_open`, for a mapping that begins with the key at `key`.
    fn may_open_with_key(&mut self, place: &Place, key: usize) -> Step {
        if !place.opens {
            return Err(self.mapping_cannot_start(key));
        }
        if place.tab { Err(self.tab_indentation(key)) } else { Ok(()) }
    }
}
