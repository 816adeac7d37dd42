//! One small `Copy` reference to a node, whatever store the node lies in. Every view above this floor is
//! written against it, so that a rendered tree can stand where a parsed text stands.

use std::borrow::Cow;

use super::{
    Document, Parsed, Scalar, Style,
    tape::Raw,
    tape_node::TapeNode,
    tree::{Tree, Value},
};
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

/// Where a node lies.
#[derive(Debug, Clone, Copy)]
enum Store<'a> {
    Tape(TapeNode<'a>),
    /// Never a link: links are followed when the reference is made.
    Tree(&'a Tree<'a>),
    /// A scalar, or a key, of a built tree.
    Value(&'a Value<'a>),
}

/// A node. Aliases and `<<` merges are followed on the way: [`Node::span`] is where the value is
/// written, [`Node::via`] where it was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a>(Store<'a>);

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
        Some(Node(Store::Tape(TapeNode::new(self, index))))
    }
}

impl<'a> Node<'a> {
    pub(super) fn of_tree(tree: &'a Tree<'a>) -> Self {
        match tree {
            Tree::Link(node) => *node,
            Tree::Scalar(value) => Self(Store::Value(value)),
            built => Self(Store::Tree(built)),
        }
    }

    fn of_tape(node: TapeNode<'a>) -> Self {
        Self(Store::Tape(node.followed()))
    }

    /// The node at this place of a tape.
    pub(super) fn at(parsed: &'a Parsed<'a>, index: u32) -> Self {
        Self(Store::Tape(TapeNode::new(parsed, index)))
    }

    /// The text and the place on its tape, for a node that was read and not built.
    pub(super) fn tape(self) -> Option<(&'a Parsed<'a>, u32)> {
        if let Store::Tape(node) = self.0 { Some((node.parsed(), node.index)) } else { None }
    }

    /// Scalar, sequence or mapping.
    pub fn kind(self) -> Kind {
        match self.0 {
            Store::Tape(node) => node.kind(),
            Store::Tree(tree) => tree.kind(),
            Store::Value(_) => Kind::Scalar,
        }
    }

    /// How it is written; a built collection counts as one of block style.
    pub fn style(self) -> Style {
        match self.0 {
            Store::Tape(node) => node.raw().style(),
            Store::Tree(tree) if tree.kind() == Kind::Sequence => Style::BlockSequence,
            Store::Tree(_) => Style::BlockMapping,
            Store::Value(value) => value.style,
        }
    }

    /// Where it is written.
    pub fn span(self) -> Span {
        match self.0 {
            Store::Tape(node) => node.span(),
            Store::Tree(tree) => tree.span(),
            Store::Value(value) => value.span,
        }
    }

    /// Where the alias stands through which it was reached, if it was.
    pub fn via(self) -> Option<Span> {
        match self.0 {
            Store::Tape(node) => node.via(),
            Store::Tree(_) => None,
            Store::Value(value) => value.via,
        }
    }

    /// This node and all below it in the order written; aliases stand for themselves and are not followed.
    /// Nothing for a built node.
    pub(super) fn written(self) -> impl Iterator<Item = Node<'a>> {
        let tape = if let Store::Tape(node) = self.0 { Some(node) } else { None };
        tape.into_iter().flat_map(TapeNode::written).map(|node| Node(Store::Tape(node)))
    }

    /// A number that tells the nodes of one parsed text apart; meaningless for built nodes.
    pub fn id(self) -> u32 {
        if let Store::Tape(node) = self.0 { node.index } else { u32::MAX }
    }

    /// The scalar, if it is one.
    pub fn scalar(self) -> Option<Scalar<'a>> {
        match self.0 {
            Store::Tape(node) => node.scalar(),
            Store::Tree(_) => None,
            Store::Value(value) => Some(Scalar::built(value)),
        }
    }

    /// The scalar's text with quotes, escapes and folding resolved; borrowed where nothing changes.
    pub fn text(self) -> Option<Cow<'a, str>> {
        self.scalar().map(Scalar::text)
    }

    /// The tag as written (`!!str`), if there is one.
    pub fn tag(self) -> Option<&'a str> {
        match self.0 {
            Store::Tape(node) => node.tag(),
            Store::Tree(_) => None,
            Store::Value(value) => value.tag,
        }
    }

    /// The anchor's span, `&` included, if there is one.
    pub fn anchor(self) -> Option<Span> {
        if let Store::Tape(node) = self.0 { node.anchor() } else { None }
    }

    /// A mapping's own entries in order: duplicates kept, `<<` not resolved. Empty for other kinds.
    pub fn entries(self) -> Entries<'a> {
        Entries(match self.0 {
            Store::Tape(node) if node.kind() == Kind::Mapping => Children::tape(node),
            Store::Tree(Tree::Mapping(entries, _)) => Children::Entries(entries.iter()),
            _ => Children::None,
        })
    }

    /// A sequence's items in order. Empty for other kinds.
    pub fn items(self) -> Items<'a> {
        Items(match self.0 {
            Store::Tape(node) if node.kind() == Kind::Sequence => Children::tape(node),
            Store::Tree(Tree::Sequence(items, _)) => Children::Items(items.iter()),
            _ => Children::None,
        })
    }

    fn has_merge(self) -> bool {
        matches!(self.0, Store::Tape(node) if node.raw().has(Raw::HAS_MERGE))
    }

    /// The entry under `key`: the last one where the key is repeated, as go-yaml takes it; a key of the
    /// mapping's own before one merged in by `<<`.
    pub fn entry(self, key: &str) -> Option<Entry<'a>> {
        let own = match self.0 {
            Store::Tape(node) if node.kind() == Kind::Mapping => node
                .find(key)
                .map(|(key, value)| Entry { key: Self::of_tape(key), value: Self::of_tape(value) }),
            Store::Tree(Tree::Mapping(entries, _)) => {
                let found = entries.iter().rev().find(|(own, _)| own.text == key);
                found.map(|(key, value)| Entry { key: Node(Store::Value(key)), value: Self::of_tree(value) })
            }
            _ => None,
        };
        if own.is_some() || !self.has_merge() {
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
        let has_merge = self.has_merge();
        for entry in self.entries() {
            if has_merge && entry.key.is_merge() {
                continue;
            }
            match fields.iter_mut().find(|field| field.key.says_same(entry.key)) {
                Some(field) => *field = entry,
                None => fields.push(entry),
            }
        }
        if has_merge {
            for entry in self.merged().flat_map(Node::fields) {
                if !fields.iter().any(|field| field.key.says_same(entry.key)) {
                    fields.push(entry);
                }
            }
        }
        fields
    }

    /// As [`Node::fields`], without a list of its own where nothing is merged in; a repeated key comes each time.
    pub fn each_field(self) -> impl Iterator<Item = Entry<'a>> {
        let merged = if self.has_merge() { Some(self.fields()) } else { None };
        let own = if merged.is_none() { Some(self.entries()) } else { None };
        merged.into_iter().flatten().chain(own.into_iter().flatten())
    }

    /// Whether it is a scalar whose text is `text`, in whatever case its ASCII letters are.
    pub fn is_in_any_case(self, text: &str) -> bool {
        match self.simple_text() {
            Some(own) => own.eq_ignore_ascii_case(text.as_bytes()),
            None => self.text().is_some_and(|own| own.eq_ignore_ascii_case(text)),
        }
    }

    /// Whether it stands in a text as it was read, and is not built.
    pub fn is_read(self) -> bool {
        matches!(self.0, Store::Tape(_))
    }

    /// How many levels there are from here down, aliases followed; 1 for a scalar. The reader bounds it.
    pub(super) fn depth(self) -> usize {
        let items = self.items().map(Node::depth);
        let values = self.entries().map(|entry| entry.value.depth());
        1 + items.chain(values).max().unwrap_or(0)
    }

    /// Whether both are scalars of one text, or both are none.
    pub(super) fn says_same(self, other: Node<'_>) -> bool {
        match (self.simple_text(), other.simple_text()) {
            (Some(own), Some(other)) => own == other,
            _ => self.text() == other.text(),
        }
    }

    /// The text of a scalar of which it is known without a look at its escapes.
    fn simple_text(self) -> Option<&'a [u8]> {
        match self.0 {
            Store::Tape(node) => node.simple_text(),
            Store::Tree(_) => None,
            Store::Value(value) => Some(value.text.as_bytes()),
        }
    }

    /// The mappings that `<<` brings in, the stronger first.
    fn merged(self) -> impl Iterator<Item = Node<'a>> {
        let merges = self.has_merge();
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
        match self.0 {
            Store::Tape(node) => match node.simple_text() {
                Some(own) => own == text.as_bytes(),
                None => self.text().is_some_and(|own| own == text),
            },
            Store::Tree(_) => false,
            Store::Value(value) => value.text == text,
        }
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
        match self.0 {
            Store::Tape(node) => {
                let span = node.span();
                is_line(node.source_text(span.start, span.end))
            }
            Store::Tree(_) => false,
            Store::Value(value) => is_line(&value.text),
        }
    }
}

fn is_line(text: &str) -> bool {
    memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_none()
}

impl Entry<'_> {
    /// Key and value when the value is a scalar that ends on the key's line, else the key alone.
    pub fn head(&self) -> Span {
        let key = self.key.span();
        let value = self.value.span();
        // The key may be one of a tree that was built over the text of its value.
        let (Store::Tape(_) | Store::Value(_), Store::Tape(value_node)) = (self.key.0, self.value.0) else {
            return key;
        };
        let joined = value_node.kind() == Kind::Scalar
            && value_node.via().is_none()
            && key.source == value.source
            && key.end <= value.start
            && is_line(value_node.source_text(key.start, value.end));
        if joined { Span::new(key.source, key.start, value.end) } else { key }
    }
}

/// What is still to come of a collection.
#[derive(Debug, Clone)]
enum Children<'a> {
    None,
    Tape { node: TapeNode<'a>, at: u32, end: u32 },
    Entries(std::slice::Iter<'a, (Value<'a>, Tree<'a>)>),
    Items(std::slice::Iter<'a, Tree<'a>>),
}

impl<'a> Children<'a> {
    fn tape(node: TapeNode<'a>) -> Self {
        Children::Tape { node, at: node.index + 1, end: node.raw().next }
    }
}

/// Iterator over a mapping's entries.
#[derive(Debug, Clone)]
pub struct Entries<'a>(Children<'a>);

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        match &mut self.0 {
            Children::Tape { node, at, end } if *at < *end => {
                let key = node.sibling(*at);
                let value = node.sibling(key.raw().next);
                *at = value.raw().next;
                Some(Entry { key: Node::of_tape(key), value: Node::of_tape(value) })
            }
            Children::Entries(entries) => {
                let (key, value) = entries.next()?;
                Some(Entry { key: Node(Store::Value(key)), value: Node::of_tree(value) })
            }
            _ => None,
        }
    }
}

/// Iterator over a sequence's items.
#[derive(Debug, Clone)]
pub struct Items<'a>(Children<'a>);

impl<'a> Iterator for Items<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        match &mut self.0 {
            Children::Tape { node, at, end } if *at < *end => {
                let item = node.sibling(*at);
                *at = item.raw().next;
                Some(Node::of_tape(item))
            }
            Children::Items(items) => items.next().map(Node::of_tree),
            _ => None,
        }
    }
}
