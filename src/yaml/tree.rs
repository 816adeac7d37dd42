//! A tree that is built rather than read: what rendering makes of many texts. Whatever is taken as it stands is a
//! link to the text it stands in; only what is changed, and the way to it, is unfolded. Every node keeps the place
//! where it was written.

use std::borrow::Cow;

use super::{Kind, Node, Style};
use crate::base::Span;

/// One node of a built tree.
#[derive(Debug, Clone)]
pub enum Tree<'a> {
    /// A node of another store, with all below it.
    Link(Node<'a>),
    /// A value.
    Scalar(Value<'a>),
    /// A list.
    Sequence(Vec<Tree<'a>>, Span),
    /// Keys and values in order; no key twice.
    Mapping(Vec<(Value<'a>, Tree<'a>)>, Span),
}

/// A scalar of a built tree, and every key.
#[derive(Debug, Clone)]
pub struct Value<'a> {
    /// What it says, quotes and escapes resolved.
    pub text: Cow<'a, str>,
    /// How it reads: [`Style::Plain`] is typed by its text, any other style is text.
    pub style: Style,
    /// The tag as written.
    pub tag: Option<&'a str>,
    /// Where it was written.
    pub span: Span,
    /// Where the alias stands through which it came.
    pub via: Option<Span>,
}

/// What a built tree costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Nodes of its own.
    pub nodes: usize,
    /// Levels.
    pub depth: usize,
}

impl Size {
    const EMPTY: Self = Self { nodes: 1, depth: 1 };

    fn holding(self, inner: Size) -> Self {
        Self { nodes: self.nodes.saturating_add(inner.nodes), depth: self.depth.max(inner.depth + 1) }
    }
}

impl<'a> Value<'a> {
    /// A text that reads as text, whatever it says.
    pub fn text(text: impl Into<Cow<'a, str>>, span: Span) -> Self {
        Self { text: text.into(), style: Style::DoubleQuoted, tag: None, span, via: None }
    }

    /// A value that is typed by its text: a number, a boolean, a key.
    pub fn plain(text: impl Into<Cow<'a, str>>, span: Span) -> Self {
        Self { style: Style::Plain, ..Self::text(text, span) }
    }

    /// The scalar `node`; an empty text for any other kind.
    pub fn of(node: Node<'a>) -> Self {
        Self {
            text: node.text().unwrap_or_default(),
            style: node.style(),
            tag: node.tag(),
            span: node.span(),
            via: node.via(),
        }
    }
}

impl<'a> Tree<'a> {
    /// A text value; see [`Value::text`].
    pub fn text(text: impl Into<Cow<'a, str>>, span: Span) -> Self {
        Tree::Scalar(Value::text(text, span))
    }

    /// The node for views.
    pub fn node(&'a self) -> Node<'a> {
        match self {
            Tree::Link(node) => *node,
            built => Node::of_tree(built),
        }
    }

    /// What kind of node it is.
    pub fn kind(&self) -> Kind {
        match self {
            Tree::Link(node) => node.kind(),
            Tree::Scalar(_) => Kind::Scalar,
            Tree::Sequence(..) => Kind::Sequence,
            Tree::Mapping(..) => Kind::Mapping,
        }
    }

    /// Where it was written.
    pub fn span(&self) -> Span {
        match self {
            Tree::Link(node) => node.span(),
            Tree::Scalar(value) => value.span,
            Tree::Sequence(_, span) | Tree::Mapping(_, span) => *span,
        }
    }

    /// The text of a scalar.
    pub fn as_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Tree::Link(node) => node.text(),
            Tree::Scalar(value) => Some(Cow::Borrowed(&value.text)),
            _ => None,
        }
    }

    /// How many nodes are its own (links count as one), and how deep it goes, links included.
    pub fn size(&self) -> Size {
        match self {
            Tree::Link(node) => Size { nodes: 1, depth: node.depth() },
            Tree::Scalar(_) => Size { nodes: 1, depth: 1 },
            Tree::Sequence(items, _) => items.iter().fold(Size::EMPTY, |size, it| size.holding(it.size())),
            Tree::Mapping(entries, _) => {
                entries.iter().fold(Size::EMPTY, |size, (_, it)| size.holding(it.size()))
            }
        }
    }

    /// Unfolds a link by one level, so that what it holds can be changed; merges (`<<`) are resolved and of
    /// repeated keys the last one stays.
    pub fn unfold(&mut self) {
        let Tree::Link(node) = *self else { return };
        *self = match node.kind() {
            Kind::Scalar => Tree::Scalar(Value::of(node)),
            Kind::Sequence => Tree::Sequence(node.items().map(Tree::Link).collect(), node.span()),
            Kind::Mapping => {
                let entries = node.fields().into_iter();
                Tree::Mapping(
                    entries.map(|it| (Value::of(it.key), Tree::Link(it.value))).collect(),
                    node.span(),
                )
            }
        };
    }

    /// The entries of a mapping, unfolded; `None` for other kinds.
    pub fn entries_mut(&mut self) -> Option<&mut Vec<(Value<'a>, Tree<'a>)>> {
        self.unfold();
        if let Tree::Mapping(entries, _) = self { Some(entries) } else { None }
    }

    /// The items of a list, unfolded; `None` for other kinds.
    pub fn items_mut(&mut self) -> Option<&mut Vec<Tree<'a>>> {
        self.unfold();
        if let Tree::Sequence(items, _) = self { Some(items) } else { None }
    }

    /// The value under `key`, unfolding the way to it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Tree<'a>> {
        let entries = self.entries_mut()?;
        entries.iter_mut().find(|(own, _)| own.text == key).map(|(_, value)| value)
    }

    /// Puts `value` under `key`: in place of what stands there (which keeps its key), else at the end.
    pub fn set(&mut self, key: Value<'a>, value: Tree<'a>) {
        let Some(entries) = self.entries_mut() else { return };
        match entries.iter_mut().find(|(own, _)| own.text == key.text) {
            Some((_, own)) => *own = value,
            None => entries.push((key, value)),
        }
    }

    /// Takes the entry under `key` out.
    pub fn remove(&mut self, key: &str) -> Option<Tree<'a>> {
        let entries = self.entries_mut()?;
        let at = entries.iter().position(|(own, _)| own.text == key)?;
        Some(entries.remove(at).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::SourceId,
        yaml::{Limits, parse},
    };

    #[test]
    fn a_changed_value_points_elsewhere_and_the_rest_stays_a_link() {
        let text = "metadata: {name: web}\nspec:\n  replicas: 1\n  list: [a, b]\n";
        let parsed = parse(SourceId(0), text, &Limits::default());
        let mut tree = Tree::Link(parsed.root(&parsed.documents()[0]).unwrap());
        let patch = Span::new(SourceId(1), 7, 8);
        let spec = tree.get_mut("spec").unwrap();
        spec.set(Value::plain("replicas", patch), Tree::Scalar(Value::plain("3", patch)));
        spec.set(Value::plain("paused", patch), Tree::Scalar(Value::plain("true", patch)));
        let spec = tree.node().get("spec").unwrap();
        assert_eq!(spec.get("replicas").unwrap().text().unwrap(), "3");
        assert_eq!(spec.get("replicas").unwrap().span(), patch);
        assert_eq!(spec.entry("replicas").unwrap().key.span().source, SourceId(0));
        assert_eq!(spec.get("list").unwrap().items().count(), 2);
        assert_eq!(spec.get("list").unwrap().span().source, SourceId(0));
        assert_eq!(spec.entries().count(), 3);
        assert!(matches!(tree, Tree::Mapping(ref entries, _) if matches!(entries[0].1, Tree::Link(_))));
    }
}
