//! Flow structure: `[…]` and `{…}`, and so JSON.

use super::plain::is_flow_indicator;
use super::{Parser, Props, Step};
use crate::yaml::tape::Style;

impl Parser<'_> {
    /// Reads the collection whose bracket is at `pos`, and moves behind its closing bracket.
    pub(super) fn flow_collection(&mut self, props: Props) -> Step {
        let start = self.pos;
        if let Some(end) = self.template_end(start) {
            return Err(self.template(start, end));
        }
        let is_sequence = self.here() == b'[';
        let style = if is_sequence { Style::FlowSequence } else { Style::FlowMapping };
        let node = self.open(style, start, props)?;
        let outer = std::mem::replace(&mut self.bracket, start);
        self.brackets += 1;
        self.pass_indicator();
        let result = if is_sequence { self.flow_items() } else { self.flow_entries(node) };
        self.brackets -= 1;
        self.bracket = outer;
        let end = if result.is_ok() { self.pos } else { self.last_end };
        self.close(node, end);
        result
    }

    fn flow_items(&mut self) -> Step {
        loop {
            self.next_flow_token();
            if self.here() == b']' {
                self.pos += 1;
                return Ok(());
            }
            self.check_node_limit()?;
            self.flow_item()?;
            self.flow_separator(b']')?;
        }
    }

    fn flow_entries(&mut self, mapping: u32) -> Step {
        loop {
            self.next_flow_token();
            if self.here() == b'}' {
                self.pos += 1;
                return Ok(());
            }
            self.check_node_limit()?;
            self.flow_entry(mapping)?;
            self.flow_separator(b'}')?;
        }
    }

    /// Moves over the `,` behind an item; the closing bracket may stand in its place.
    fn flow_separator(&mut self, close: u8) -> Step {
        self.next_flow_token();
        match self.here() {
            b',' => {
                self.pos += 1;
                Ok(())
            }
            byte if byte == close => Ok(()),
            _ => Err(self.broken_flow()),
        }
    }

    /// An item of a flow sequence: a node, or a single `key: value` pair.
    fn flow_item(&mut self) -> Step {
        let start = self.pos;
        if self.at_flow_question() {
            let pair = self.open(Style::FlowMapping, start, Props::NONE)?;
            let result = self.flow_explicit(pair);
            self.close(pair, self.last_end);
            return result;
        }
        let first = self.out.nodes.len() as u32;
        let peak = std::mem::replace(&mut self.peak, self.depth);
        let json = self.flow_node()?;
        self.next_flow_token();
        let result = if self.at_flow_colon(json) { self.flow_pair(first, start, json) } else { Ok(()) };
        self.peak = self.peak.max(peak);
        result
    }

    /// The `:` of a single pair whose key was laid down at `first`.
    fn flow_pair(&mut self, first: u32, start: usize, json_key: bool) -> Step {
        self.check_key(start)?;
        let pair = self.wrap(first, Style::FlowMapping, Props::NONE)?;
        self.mark_merge_at(pair, first + 1);
        let result = self.flow_value(json_key);
        self.close(pair, self.last_end);
        result
    }

    fn flow_entry(&mut self, mapping: u32) -> Step {
        if self.at_flow_question() {
            return self.flow_explicit(mapping);
        }
        let key = self.out.nodes.len();
        let json = self.flow_node();
        if self.out.nodes.len() == key {
            return json.map(|_| ());
        }
        self.mark_merge_at(mapping, key as u32);
        let key_end = self.last_end;
        let json = match json {
            Ok(json) => json,
            Err(stop) => {
                self.push_empty(key_end, Props::NONE);
                return Err(stop);
            }
        };
        self.next_flow_token();
        if self.at_flow_colon(json) {
            return self.flow_value(json);
        }
        self.push_empty(key_end, Props::NONE);
        Ok(())
    }

    /// `? key : value`, where both may be missing.
    fn flow_explicit(&mut self, mapping: u32) -> Step {
        self.pass_indicator();
        let key = self.out.nodes.len();
        self.next_flow_token();
        let json = match self.here() {
            b',' | b']' | b'}' | 0 => {
                self.push_empty(self.last_end, Props::NONE);
                Ok(false)
            }
            _ => self.flow_node(),
        };
        if self.out.nodes.len() == key {
            self.push_empty(self.last_end, Props::NONE);
        }
        self.mark_merge_at(mapping, key as u32);
        let key_end = self.last_end;
        let json = match json {
            Ok(json) => json,
            Err(stop) => {
                self.push_empty(key_end, Props::NONE);
                return Err(stop);
            }
        };
        self.next_flow_token();
        if self.at_flow_colon(json) {
            return self.flow_value(json);
        }
        self.push_empty(key_end, Props::NONE);
        Ok(())
    }

    /// The value behind the `:` at `pos`. Lays down exactly one node.
    fn flow_value(&mut self, json_key: bool) -> Step {
        let colon = self.pos;
        self.pass_indicator();
        let value = self.out.nodes.len();
        if !json_key && matches!(self.here(), b'[' | b'{') {
            self.push_empty(self.pos, Props::NONE);
            return Err(self.fail(colon, colon + 1, "a space is missing after this colon"));
        }
        self.next_flow_token();
        let result = match self.here() {
            b',' | b']' | b'}' | 0 => Ok(()),
            _ => self.flow_node().map(|_| ()),
        };
        if self.out.nodes.len() == value {
            self.push_empty(colon + 1, Props::NONE);
        }
        result
    }

    /// Reads the node at `pos`. True when it is written as in JSON, so that a `:` may follow at once.
    fn flow_node(&mut self) -> Step<bool> {
        match self.here() {
            b'[' | b'{' => self.flow_collection(Props::NONE).map(|()| true),
            b'&' | b'!' => self.flow_node_with_properties(),
            _ => self.flow_scalar(Props::NONE),
        }
    }

    fn flow_node_with_properties(&mut self) -> Step<bool> {
        let mut props = Props::NONE;
        while matches!(self.here(), b'&' | b'!') {
            let more = self.properties()?;
            props = self.merge(props, more)?;
            let end = self.pos;
            self.next_flow_token();
            if matches!(self.here(), b',' | b']' | b'}' | 0) || self.at_flow_colon(false) {
                self.push_empty(end, props);
                return Ok(false);
            }
        }
        match self.here() {
            b'[' | b'{' => self.flow_collection(props).map(|()| true),
            _ => self.flow_scalar(props),
        }
    }

    fn flow_scalar(&mut self, props: Props) -> Step<bool> {
        match self.here() {
            b'"' | b'\'' => {
                let raw = self.quoted(self.parent)?;
                self.push(raw, props);
                Ok(true)
            }
            b'*' => {
                self.refuse_properties(props)?;
                let raw = self.alias()?;
                let node = self.push(raw, Props::NONE);
                self.link_alias(node).map(|()| false)
            }
            b':' if self.at_flow_colon(false) => {
                self.push_empty(self.pos, props);
                Ok(false)
            }
            b',' | b']' | b'}' | 0 => Err(self.broken_flow()),
            _ => {
                let raw = self.plain_flow()?;
                self.push(raw, props);
                Ok(false)
            }
        }
    }

    /// Whether a `:` that separates key and value is at `pos`; behind a JSON-like key it needs no space.
    fn at_flow_colon(&self, json_key: bool) -> bool {
        let next = self.pos + 1;
        self.here() == b':' && (json_key || self.is_blank_or_end(next) || is_flow_indicator(self.byte(next)))
    }

    fn at_flow_question(&self) -> bool {
        self.at_indicator(b'?')
    }
}
