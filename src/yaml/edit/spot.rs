//! A node of a parsed text as an editor sees it: where it is written, what stands around it, who else uses it.

use super::{
    Desk,
    layout::{line_start, next_token},
};
use crate::{
    base::Span,
    yaml::{
        Comment, Kind, Node, Parsed, Style,
        tape::{Properties, Raw},
    },
};

/// One node on a tape, aliases not followed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot<'s> {
    pub(super) desk: &'s Desk<'s>,
    pub(super) parsed: &'s Parsed<'s>,
    pub(super) index: u32,
}

/// Of a style; an alias counts as a scalar.
pub(super) fn kind_of(style: Style) -> Kind {
    match style {
        Style::BlockMapping | Style::FlowMapping => Kind::Mapping,
        Style::BlockSequence | Style::FlowSequence => Kind::Sequence,
        _ => Kind::Scalar,
    }
}

impl<'s> Spot<'s> {
    pub(super) fn raw(self) -> Raw {
        self.parsed.nodes.get(self.index as usize).copied().unwrap_or(Raw::new(Style::Plain, 0, 0))
    }

    pub(super) fn style(self) -> Style {
        self.raw().style()
    }

    pub(super) fn start(self) -> usize {
        self.raw().start as usize
    }

    pub(super) fn end(self) -> usize {
        self.raw().end as usize
    }

    pub(super) fn span(self) -> Span {
        self.parsed.span(self.raw().start, self.raw().end)
    }

    pub(super) fn text(self) -> &'s str {
        self.parsed.text().get(self.start()..self.end()).unwrap_or_default()
    }

    pub(super) fn node(self) -> Node<'s> {
        Node::at(self.parsed, self.index)
    }

    pub(super) fn kind(self) -> Kind {
        kind_of(self.style())
    }

    pub(super) fn is_flow(self) -> bool {
        matches!(self.style(), Style::FlowMapping | Style::FlowSequence)
    }

    pub(super) fn is_block_collection(self) -> bool {
        matches!(self.style(), Style::BlockMapping | Style::BlockSequence)
    }

    /// Nothing is written.
    pub(super) fn is_empty(self) -> bool {
        self.raw().start == self.raw().end
    }

    /// A plain null, written or not.
    pub(super) fn is_null(self) -> bool {
        self.style() == Style::Plain && matches!(self.text(), "" | "~" | "null" | "Null" | "NULL")
    }

    pub(super) fn properties(self) -> Option<&'s Properties> {
        self.parsed.properties_of(self.index)
    }

    /// Where it begins, its anchor and tag included.
    pub(super) fn outer_start(self) -> usize {
        let properties = self.properties().into_iter().flat_map(|it| [it.anchor, it.tag]).flatten();
        properties.map(|it| it.0 as usize).fold(self.start(), usize::min)
    }

    /// The node that an alias stands for; others stand for themselves.
    pub(super) fn followed(self) -> Self {
        let target = if self.style() == Style::Alias { self.parsed.alias_target(self.index) } else { None };
        Self { index: target.unwrap_or(self.index), ..self }
    }

    /// Keys and values.
    pub(super) fn entries(self) -> Vec<(Self, Self)> {
        let children = if self.kind() == Kind::Mapping { self.children() } else { Vec::new() };
        children.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
    }

    /// Keys and values, or items.
    pub(super) fn children(self) -> Vec<Self> {
        let mut children = Vec::new();
        let mut at = self.index + 1;
        while self.kind() != Kind::Scalar && at < self.raw().next {
            let child = Self { index: at, ..self };
            children.push(child);
            at = child.raw().next.max(at + 1);
        }
        self.desk.spend(children.len() + 1);
        children
    }

    /// The last own entry of that key.
    pub(super) fn own_entry(self, key: &str) -> Option<usize> {
        self.entries().iter().rposition(|(own, _)| own.node().is(key))
    }

    pub(super) fn has_merge(self) -> bool {
        self.raw().has(Raw::HAS_MERGE)
    }

    /// The collection it stands in.
    pub(super) fn parent(self) -> Option<Self> {
        let mut parents = (self.root()..self.index).rev().map(|index| Self { index, ..self });
        // A scalar's `next` is the node behind it, so only collections reach further.
        let parent = parents.find(|it| it.kind() != Kind::Scalar && it.raw().next > self.index);
        self.desk.spend((self.index - parent.map_or(self.root(), |it| it.index)) as usize);
        parent
    }

    /// The root of its own document: what comes before it is of others.
    fn root(self) -> u32 {
        let documents = self.parsed.documents();
        let own = documents.partition_point(|document| document.start as usize <= self.start());
        let root = documents.get(..own).into_iter().flatten().rev().find_map(|document| document.root);
        root.filter(|root| *root <= self.index).unwrap_or(0)
    }

    /// Where its first line begins: the anchor of a block collection may stand on the line above.
    fn line_lead(self) -> usize {
        if self.is_block_collection() { self.start() } else { self.outer_start() }
    }

    /// Bytes from its line's start; `None` where tabs make that no column.
    pub(super) fn column(self) -> Option<usize> {
        let start = self.line_lead();
        let lead = self.parsed.text().get(line_start(self.parsed.text(), start)..start)?;
        (!lead.contains('\t')).then_some(lead.len())
    }

    /// Nothing but spaces stands before it on its line.
    pub(super) fn is_own_line(self) -> bool {
        let start = self.line_lead();
        let text = self.parsed.text();
        text.get(line_start(text, start)..start).is_some_and(|lead| lead.bytes().all(|byte| byte == b' '))
    }

    /// The comments that begin between two bytes.
    pub(super) fn comments(self, from: usize, to: usize) -> &'s [Comment] {
        comments(self.parsed, from, to)
    }

    /// Behind the colon of the key `self`; `None` for one that is written with `?`.
    pub(super) fn colon_end(self) -> Option<usize> {
        let text = self.parsed.text();
        let before = text.get(line_start(text, self.outer_start())..self.outer_start())?;
        if before.trim_end().ends_with('?') {
            return None;
        }
        let at = next_token(self.parsed, self.end());
        (text.as_bytes().get(at) == Some(&b':')).then_some(at + 1)
    }

    /// The last node inside it, or itself.
    pub(super) fn deepest_last(self) -> Self {
        let mut last = self;
        while let Some(child) = last.children().last() {
            last = *child;
        }
        last
    }

    /// It ends in a block scalar.
    pub(super) fn ends_in_block_scalar(self) -> bool {
        matches!(self.deepest_last().style(), Style::Literal | Style::Folded)
    }

    /// It ends in a block scalar that keeps every blank line behind it.
    pub(super) fn keeps_blank_lines(self) -> bool {
        let last = self.deepest_last();
        self.ends_in_block_scalar() && last.text().lines().next().is_some_and(|it| it.contains('+'))
    }

    /// The anchor of the innermost node around it, or of itself, that stands elsewhere too.
    pub(super) fn shared(self) -> Option<String> {
        self.desk.spend(self.parsed.aliases.len());
        let around = |target: u32| {
            let spot = Self { index: target, ..self };
            target <= self.index && self.index < spot.raw().next
        };
        let targets = self.parsed.aliases.iter().map(|it| it.1).filter(|target| around(*target));
        let anchor = Self { index: targets.max()?, ..self }.properties()?.anchor?;
        self.parsed.text().get(anchor.0 as usize + 1..anchor.1 as usize).map(str::to_owned)
    }

    /// Something in it has an anchor that is used outside of it.
    pub(super) fn is_needed_elsewhere(self) -> bool {
        self.desk.spend(self.parsed.aliases.len());
        let inside = self.index..self.raw().next;
        self.parsed.aliases.iter().any(|(alias, target)| inside.contains(target) && !inside.contains(alias))
    }
}

/// The comments that begin between two bytes.
pub(super) fn comments<'p>(parsed: &'p Parsed<'_>, from: usize, to: usize) -> &'p [Comment] {
    let all = &parsed.comments;
    let first = all.partition_point(|it| (it.start as usize) < from);
    let last = all.partition_point(|it| (it.start as usize) < to);
    all.get(first..last).unwrap_or_default()
}
