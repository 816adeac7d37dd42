//! Block structure: mappings, sequences, and what stands on their lines.

use super::collections::FirstKey;
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
pub(super) struct Place {
    /// Column of the collection around it.
    pub(super) parent: usize,
    /// Column that a collection beginning here would have.
    pub(super) column: usize,
    /// A block collection may begin here.
    pub(super) opens: bool,
    /// Its line is indented by tabs, at least in part.
    pub(super) tab: bool,
    /// Properties from the lines above.
    pub(super) held: Props,
    /// Properties on this line.
    pub(super) own: Props,
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
        self.next_token();
        let mut opens = seat.is_compact() && !self.gap.tab;
        if seat.is_compact() && self.gap.tab && !self.gap.fresh {
            self.beyond_go_yaml(empty_at, self.pos, "go-yaml takes no tab behind this indicator");
        }
        loop {
            if self.gap.fresh && self.gap.column <= parent {
                return self.node_further_out(parent, seat, empty_at, held);
            }
            opens |= self.gap.fresh;
            let mut place =
                Place { parent, column: self.gap.column, opens, tab: self.gap.tab, held, own: Props::NONE };
            if matches!(self.here(), b'&' | b'!') {
                place.own = self.properties()?;
                empty_at = self.pos;
                self.next_token();
                if self.gap.fresh {
                    held = self.merge(held, place.own)?;
                    continue;
                }
            }
            return self.content(&place);
        }
    }

    /// The next line is not indented more than `parent`: few values stand there.
    fn node_further_out(&mut self, parent: usize, seat: Seat, empty_at: usize, held: Props) -> Step {
        let at_parent = self.gap.column == parent && !self.at_end();
        if at_parent && seat.takes_dash_at_parent() && self.at_indicator(b'-') && !self.gap.tab {
            return self.block_sequence(parent, held);
        }
        if at_parent && matches!(self.here(), b'|' | b'>') {
            // go-yaml does not ask at which column a block scalar stands.
            self.lenient = true;
            return self.block_scalar(parent, held);
        }
        self.push_empty(empty_at, held);
        Ok(())
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
        let props = self.merge(place.held, place.own)?;
        let node = self.out.nodes.len() as u32;
        let result = self.plain(place.parent, start, line);
        self.give(node, props);
        result
    }

    /// A scalar or alias was read up to `pos`: `: ` behind it makes it the first key of a mapping.
    fn key_or_scalar(&mut self, place: &Place, raw: Raw) -> Step {
        if self.move_to_colon() {
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
        if self.move_to_colon() {
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
