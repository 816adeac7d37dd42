//! One small `Copy` reference to a node, whatever store the node lies in. Every view above this floor is
//! written against it, so that a rendered tree can stand where a parsed text stands today.

use std::borrow::Cow;

use super::{Document, Parsed, Scalar, Style, tape::Raw};
use crate::base::Span;

/// What a node is, aliases followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A single value, in any style.
    Scalar,
    /// A list.
    Sequence,
    /// Keys and values in the order written.
    Mapping,
}

/// Where nodes are kept. Rendering adds a second variant whose nodes point into many sources.
#[derive(Debug, Clone, Copy)]
enum Store<'a> {
    Text(&'a Parsed<'a>),
}

const NO_ALIAS: u32 = u32::MAX;

/// A node. Aliases and `<<` merges are followed on the way: [`Node::span`] is where the value is
/// written, [`Node::via`] where it was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    store: Store<'a>,
    index: u32,
    /// Tape index of the outermost alias on the way here, or `NO_ALIAS`.
    alias: u32,
}

/// One key with its value.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The key; nearly always a scalar.
    pub key: Node<'a>,
    /// The value, aliases followed.
    pub value: Node<'a>,
}

impl<'a> Parsed<'a> {
    /// The root of `document`, which must be one of this text's; `None` when it has none.
    pub fn root(&'a self, document: &Document) -> Option<Node<'a>> {
        let index = document.root?;
        Some(Node { store: Store::Text(self), index, alias: NO_ALIAS }.followed())
    }
}

impl<'a> Node<'a> {
    fn raw(self) -> Raw {
        let Store::Text(parsed) = self.store;
        parsed.nodes[self.index as usize]
    }

    fn sibling(self, index: u32) -> Self {
        Self { index, ..self }
    }

    /// The alias's target, if this is an alias. One step is enough: anchors never stand on aliases.
    fn followed(self) -> Self {
        if self.raw().style() != Style::Alias {
            return self;
        }
        let Store::Text(parsed) = self.store;
        let Some(target) = parsed.alias_target(self.index) else { return self };
        let alias = if self.alias == NO_ALIAS { self.index } else { self.alias };
        Self { index: target, alias, ..self }
    }

    /// Scalar, sequence or mapping.
    pub fn kind(self) -> Kind {
        match self.raw().style() {
            Style::BlockSequence | Style::FlowSequence => Kind::Sequence,
            Style::BlockMapping | Style::FlowMapping => Kind::Mapping,
            _ => Kind::Scalar,
        }
    }

    /// How it is written.
    pub fn style(self) -> Style {
        self.raw().style()
    }

    /// Where it is written.
    pub fn span(self) -> Span {
        let raw = self.raw();
        let Store::Text(parsed) = self.store;
        parsed.span(raw.start, raw.end)
    }

    /// Where the alias stands through which it was reached, if it was.
    pub fn via(self) -> Option<Span> {
        let Store::Text(parsed) = self.store;
        let raw = parsed.nodes.get(self.alias as usize)?;
        Some(parsed.span(raw.start, raw.end))
    }

    /// This node and all below it in the order written; aliases stand for themselves and are not followed.
    pub(super) fn written(self) -> impl Iterator<Item = Node<'a>> {
        (self.index..self.raw().next).map(move |index| self.sibling(index))
    }

    /// A stable number of the node within its store: equal nodes are the same place.
    pub fn id(self) -> u32 {
        self.index
    }

    /// The scalar, if it is one.
    pub fn scalar(self) -> Option<Scalar<'a>> {
        if self.kind() != Kind::Scalar {
            return None;
        }
        let raw = self.raw();
        let Store::Text(parsed) = self.store;
        let text = parsed.text.get(raw.start as usize..raw.end as usize)?;
        Some(Scalar::new(text, raw, self.tag()))
    }

    /// The scalar's text with quotes, escapes and folding resolved; borrowed where nothing changes.
    pub fn text(self) -> Option<Cow<'a, str>> {
        self.scalar().map(Scalar::text)
    }

    /// The tag as written (`!!str`), if there is one.
    pub fn tag(self) -> Option<&'a str> {
        let raw = self.raw();
        if !raw.has(Raw::HAS_PROPERTIES) {
            return None;
        }
        let Store::Text(parsed) = self.store;
        let (start, end) = parsed.properties_of(self.index)?.tag?;
        parsed.text.get(start as usize..end as usize)
    }

    /// The anchor's span, `&` included, if there is one.
    pub fn anchor(self) -> Option<Span> {
        let raw = self.raw();
        if !raw.has(Raw::HAS_PROPERTIES) {
            return None;
        }
        let Store::Text(parsed) = self.store;
        let (start, end) = parsed.properties_of(self.index)?.anchor?;
        Some(parsed.span(start, end))
    }

    /// A mapping's own entries in order: duplicates kept, `<<` not resolved. Empty for other kinds.
    pub fn entries(self) -> Entries<'a> {
        let raw = self.raw();
        let at = if self.kind() == Kind::Mapping { self.index + 1 } else { raw.next };
        Entries { node: self, at, end: raw.next }
    }

    /// A sequence's items in order. Empty for other kinds.
    pub fn items(self) -> Items<'a> {
        let raw = self.raw();
        let at = if self.kind() == Kind::Sequence { self.index + 1 } else { raw.next };
        Items { node: self, at, end: raw.next }
    }

    /// The entry under `key`: the last one where the key is repeated, as go-yaml takes it; a key of the
    /// mapping's own before one merged in by `<<`.
    pub fn entry(self, key: &str) -> Option<Entry<'a>> {
        let own = self.entries().filter(|entry| entry.key.is(key)).last();
        if own.is_some() || !self.raw().has(Raw::HAS_MERGE) {
            return own;
        }
        self.merged().find_map(|mapping| mapping.entry(key))
    }

    /// The value under `key`; see [`Node::entry`].
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        self.entry(key).map(|entry| entry.value)
    }

    /// All entries that count: own ones first (the last of repeated keys), then those merged in by `<<`
    /// that nothing overrides.
    pub fn fields(self) -> Vec<Entry<'a>> {
        let mut fields: Vec<Entry<'a>> = Vec::new();
        for entry in self.entries() {
            if self.raw().has(Raw::HAS_MERGE) && entry.key.is_merge() {
                continue;
            }
            let text = entry.key.text();
            match fields.iter_mut().find(|field| field.key.text() == text) {
                Some(field) => *field = entry,
                None => fields.push(entry),
            }
        }
        for entry in self.merged().flat_map(Node::fields) {
            let text = entry.key.text();
            if !fields.iter().any(|field| field.key.text() == text) {
                fields.push(entry);
            }
        }
        fields
    }

    /// The mappings that `<<` brings in, the stronger first.
    fn merged(self) -> impl Iterator<Item = Node<'a>> {
        let merges = self.raw().has(Raw::HAS_MERGE);
        self.entries().filter(move |entry| merges && entry.key.is_merge()).flat_map(|entry| {
            let single = (entry.value.kind() == Kind::Mapping).then_some(entry.value);
            single.into_iter().chain(entry.value.items().filter(|item| item.kind() == Kind::Mapping))
        })
    }

    fn is_merge(self) -> bool {
        self.style() == Style::Plain && self.is("<<")
    }

    /// Whether it is a scalar whose text is `text`.
    pub fn is(self, text: &str) -> bool {
        let raw = self.raw();
        let Store::Text(parsed) = self.store;
        if raw.style() == Style::Plain && !raw.has(Raw::NEEDS_COOKING) {
            return parsed.text.as_bytes().get(raw.start as usize..raw.end as usize) == Some(text.as_bytes());
        }
        self.text().is_some_and(|own| own == text)
    }

    /// What to point at to show the node as a whole on one line: the first key of a mapping with its
    /// value where that is a scalar on the same line, the first item of a sequence, the scalar itself.
    pub fn head(self) -> Span {
        let first = match self.kind() {
            Kind::Scalar => None,
            Kind::Sequence => self.items().next().map(Node::head),
            Kind::Mapping => self.entries().next().map(|entry| entry.head()),
        };
        let Some(first) = first else { return self.span() };
        // What an alias brought in stands elsewhere; the mapping's own first byte does not.
        if self.span().contains(first) { first } else { Span::at(self.span().source, self.span().start) }
    }

    /// Whether the node is written on one line.
    pub fn is_one_line(self) -> bool {
        let Store::Text(parsed) = self.store;
        let span = self.span();
        parsed
            .text
            .get(span.range())
            .is_some_and(|text| memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_none())
    }
}

impl Entry<'_> {
    /// Key and value when the value is a scalar that ends on the key's line, else the key alone.
    pub fn head(&self) -> Span {
        let key = self.key.span();
        let value = self.value.span();
        let joined = self.value.kind() == Kind::Scalar
            && self.value.via().is_none()
            && key.source == value.source
            && key.end <= value.start;
        if !joined {
            return key;
        }
        let Store::Text(parsed) = self.key.store;
        let between = parsed.text.get(key.start as usize..value.end as usize).unwrap_or_default();
        if memchr::memchr2(b'\n', b'\r', between.as_bytes()).is_some() {
            return key;
        }
        Span::new(key.source, key.start, value.end)
    }
}

/// Iterator over a mapping's entries.
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    node: Node<'a>,
    at: u32,
    end: u32,
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        if self.at >= self.end {
            return None;
        }
        let key = self.node.sibling(self.at);
        let value = self.node.sibling(key.raw().next);
        self.at = value.raw().next;
        Some(Entry { key: key.followed(), value: value.followed() })
    }
}

/// Iterator over a sequence's items.
#[derive(Debug, Clone)]
pub struct Items<'a> {
    node: Node<'a>,
    at: u32,
    end: u32,
}

impl<'a> Iterator for Items<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        if self.at >= self.end {
            return None;
        }
        let item = self.node.sibling(self.at);
        self.at = item.raw().next;
        Some(item.followed())
    }
}
