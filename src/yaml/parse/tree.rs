//! Laying nodes on the tape.

use super::{Parser, Props, Step};
use crate::yaml::tape::{Properties, Raw, Style};

impl Parser<'_> {
    fn next_index(&self) -> u32 {
        self.out.nodes.len() as u32
    }

    /// Lays down a scalar or an alias.
    pub(super) fn push(&mut self, mut raw: Raw, props: Props) -> u32 {
        let node = self.next_index();
        raw.next = node + 1;
        self.last_end = raw.end as usize;
        if !props.is_none() {
            raw.bits |= Raw::HAS_PROPERTIES;
            self.attach(node, props);
        }
        self.out.nodes.push(raw);
        node
    }

    /// Lays down plain text without properties, by far the most frequent node.
    #[inline]
    pub(super) fn push_plain(&mut self, start: usize, end: usize, bits: u32) {
        let next = self.next_index() + 1;
        self.last_end = end;
        self.out.nodes.push(Raw { start: start as u32, end: end as u32, next, bits });
    }

    /// Lays down the empty value at `at`.
    pub(super) fn push_empty(&mut self, at: usize, props: Props) -> u32 {
        self.push(Raw::new(Style::Plain, at as u32, at as u32), props)
    }

    /// Begins a collection; its nodes follow.
    pub(super) fn open(&mut self, style: Style, start: usize, props: Props) -> Step<u32> {
        self.enter(start)?;
        let node = self.next_index();
        let mut raw = Raw::new(style, start as u32, start as u32);
        if !props.is_none() {
            raw.bits |= Raw::HAS_PROPERTIES;
            self.attach(node, props);
            self.anchors.enter(node, self.depth);
        }
        self.out.nodes.push(raw);
        Ok(node)
    }

    /// Goes one level deeper.
    fn enter(&mut self, start: usize) -> Step {
        if self.depth >= self.limits.depth() {
            return Err(self.too_deep(start));
        }
        if self.out.nodes.len() >= self.limits.nodes as usize {
            return Err(self.too_many_nodes(start));
        }
        self.depth += 1;
        self.reach(self.depth);
        Ok(())
    }

    /// Notes that something at `depth` was read.
    pub(super) fn reach(&mut self, depth: u32) {
        self.peak = self.peak.max(depth);
        self.anchors.reach(depth);
    }

    /// Ends the collection `node` at byte `end`.
    pub(super) fn close(&mut self, node: u32, end: usize) {
        let next = self.next_index();
        self.depth -= 1;
        self.last_end = end;
        let Some(raw) = self.node_mut(node) else { return };
        raw.end = raw.end.max(end as u32);
        raw.next = next;
        if raw.has(Raw::HAS_PROPERTIES) {
            self.anchors.leave(node, next - node, self.depth);
        }
    }

    /// Puts an open mapping around what was laid down from `first` on: only after a flow collection do
    /// we see that it was a key. Keys are short, so moving their nodes costs little. `peak` must tell how
    /// deep the key went.
    pub(super) fn wrap(&mut self, first: u32, style: Style, props: Props) -> Step<u32> {
        let start = self.out.nodes.get(first as usize).map_or(self.pos, |raw| raw.start as usize);
        let peak = self.peak + 1;
        if peak > self.limits.depth() {
            return Err(self.too_deep(start));
        }
        self.enter(start)?;
        for raw in self.out.nodes.iter_mut().skip(first as usize) {
            raw.next += 1;
        }
        for properties in self.out.properties.iter_mut().rev().take_while(|it| it.node >= first) {
            properties.node += 1;
        }
        for (alias, target) in self.out.aliases.iter_mut().rev().take_while(|it| it.0 >= first) {
            *alias += 1;
            *target += u32::from(*target >= first);
        }
        self.anchors.shift(first);
        let mut raw = Raw::new(style, start as u32, start as u32);
        if !props.is_none() {
            raw.bits |= Raw::HAS_PROPERTIES;
            self.attach_before(first, props);
        }
        self.reach(peak);
        self.out.nodes.insert(first as usize, raw);
        Ok(first)
    }

    /// Gives the scalar `node`, just laid down, its properties.
    pub(super) fn give(&mut self, node: u32, props: Props) {
        if props.is_none() {
            return;
        }
        if let Some(raw) = self.node_mut(node) {
            raw.bits |= Raw::HAS_PROPERTIES;
        }
        self.attach(node, props);
    }

    fn attach(&mut self, node: u32, props: Props) {
        self.out.properties.push(Properties { node, anchor: props.anchor, tag: props.tag });
        self.register(node, props);
    }

    /// As `attach`, for a node that is put before others that already have properties.
    fn attach_before(&mut self, node: u32, props: Props) {
        let at = self.out.properties.partition_point(|it| it.node < node);
        self.out.properties.insert(at, Properties { node, anchor: props.anchor, tag: props.tag });
        self.register(node, props);
        self.anchors.enter(node, self.depth);
    }

    /// Gives a flow collection that was read already the properties from the lines above it: until its end
    /// it might have been a key, and they its mapping's. `steps` is the count before it.
    pub(super) fn attach_late(&mut self, node: u32, held: Props, steps: u64) -> Step {
        if held.is_none() {
            return Ok(());
        }
        let at = self.out.properties.partition_point(|it| it.node < node);
        let own = self.out.properties.get(at).filter(|it| it.node == node).copied();
        let own = own.map_or(Props::NONE, |own| Props { anchor: own.anchor, tag: own.tag });
        let props = self.merge(held, own)?;
        let properties = Properties { node, anchor: props.anchor, tag: props.tag };
        match self.out.properties.get_mut(at) {
            Some(existing) if existing.node == node => *existing = properties,
            _ => self.out.properties.insert(at, properties),
        }
        if let Some(raw) = self.node_mut(node) {
            raw.bits |= Raw::HAS_PROPERTIES;
        }
        if let Some((start, end)) = held.anchor {
            let name = self.slice(start as usize + 1, end as usize);
            let size = u64::from(self.next_index() - node) + (self.anchors.steps - steps);
            self.anchors.define_closed(name, node, size, self.peak - self.depth);
        }
        Ok(())
    }

    fn register(&mut self, node: u32, props: Props) {
        if let Some((start, end)) = props.anchor {
            let name = self.slice(start as usize + 1, end as usize);
            self.anchors.define(name, node);
        }
    }

    /// Notes a plain `<<` among the mapping's keys.
    pub(super) fn mark_merge(&mut self, mapping: u32, key: Raw) {
        let (start, end) = (key.start as usize, key.end as usize);
        if end - start != 2 || key.style() != Style::Plain || self.bytes.get(start..end) != Some(b"<<") {
            return;
        }
        if let Some(mapping) = self.node_mut(mapping) {
            mapping.bits |= Raw::HAS_MERGE;
        }
    }

    pub(super) fn mark_merge_at(&mut self, mapping: u32, key: u32) {
        if let Some(&raw) = self.out.nodes.get(key as usize) {
            self.mark_merge(mapping, raw);
        }
    }

    /// Where the node count must be watched: once an entry.
    pub(super) fn check_node_limit(&mut self) -> Step {
        if self.out.nodes.len() < self.limits.nodes as usize {
            return Ok(());
        }
        Err(self.too_many_nodes(self.pos))
    }
}
