//! What the anchors of a document stand for, and how much following its aliases would cost. Nothing is
//! ever expanded: each anchored subtree knows its size and height with its own aliases followed.

use std::collections::HashMap;

/// One `&name`.
#[derive(Clone, Copy)]
struct Anchor {
    node: u32,
    /// Nodes of the subtree with aliases followed; `None` while it is still being read.
    size: Option<u64>,
    /// Collections on its longest way down, aliases followed.
    height: u32,
}

/// A collection with an anchor (or a tag) that is still being read.
struct Open {
    node: u32,
    /// Its place in the list of anchors.
    anchor: usize,
    /// Alias steps of the document when it began.
    steps: u64,
    /// Depth of the deepest collection inside it so far.
    deepest: u32,
}

/// What an alias stands for.
#[derive(Clone, Copy)]
pub(super) struct Target {
    pub(super) node: u32,
    /// Nodes it brings in; `None` when the alias stands inside it.
    pub(super) size: Option<u64>,
    /// Levels it brings in.
    pub(super) height: u32,
}

/// The anchors of one document.
#[derive(Default)]
pub(super) struct Anchors<'t> {
    by_name: HashMap<&'t str, usize>,
    list: Vec<Anchor>,
    open: Vec<Open>,
    /// Nodes that the aliases so far would bring in.
    pub(super) steps: u64,
}

impl<'t> Anchors<'t> {
    /// Forgets everything: anchors do not reach beyond their document.
    pub(super) fn clear(&mut self) {
        if !self.list.is_empty() {
            self.by_name.clear();
            self.list.clear();
        }
        self.open.clear();
        self.steps = 0;
    }

    /// Notes that `node` has the anchor `name`; a later one of the same name takes its place.
    pub(super) fn define(&mut self, name: &'t str, node: u32) {
        self.by_name.insert(name, self.list.len());
        self.list.push(Anchor { node, size: Some(1), height: 0 });
    }

    /// As `define`, for a subtree that was read already.
    pub(super) fn define_closed(&mut self, name: &'t str, node: u32, size: u64, height: u32) {
        self.by_name.insert(name, self.list.len());
        self.list.push(Anchor { node, size: Some(size), height });
    }

    /// The collection `node`, at `depth`, begins; it has properties.
    pub(super) fn enter(&mut self, node: u32, depth: u32) {
        if let Some(anchor) = self.list.last_mut().filter(|anchor| anchor.node == node) {
            anchor.size = None;
            let anchor = self.list.len() - 1;
            self.open.push(Open { node, anchor, steps: self.steps, deepest: depth });
        }
    }

    /// Something at `depth` was read.
    pub(super) fn reach(&mut self, depth: u32) {
        if let Some(open) = self.open.last_mut() {
            open.deepest = open.deepest.max(depth);
        }
    }

    /// The collection `node` ends: it holds `nodes` nodes and stood inside `depth` others.
    pub(super) fn leave(&mut self, node: u32, nodes: u32, depth: u32) {
        if self.open.last().is_none_or(|open| open.node != node) {
            return;
        }
        let Some(open) = self.open.pop() else { return };
        self.reach(open.deepest);
        let steps = self.steps - open.steps;
        if let Some(anchor) = self.list.get_mut(open.anchor) {
            anchor.size = Some(steps.saturating_add(u64::from(nodes)));
            anchor.height = open.deepest.saturating_sub(depth);
        }
    }

    /// Nodes from `first` on moved by one; none of them is open.
    pub(super) fn shift(&mut self, first: u32) {
        for anchor in self.list.iter_mut().rev().take_while(|anchor| anchor.node >= first) {
            anchor.node += 1;
        }
    }

    /// What `name` stands for here.
    pub(super) fn get(&self, name: &str) -> Option<Target> {
        let anchor = self.list.get(*self.by_name.get(name)?)?;
        Some(Target { node: anchor.node, size: anchor.size, height: anchor.height })
    }
}
