//! From a place in a tree, read or built, to the place in the text where it was written.

use super::{
    Desk,
    spot::{Spot, kind_of},
    write::Seat,
};
use crate::{
    base::Span,
    yaml::{Kind, Node, Parsed, Style},
};

/// One step to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leg {
    /// Into the value under this key.
    Key(Box<str>),
    /// Into this item, counted from 0.
    Item(u32),
}

/// Where some legs lead.
pub(super) enum Reached<'a, 'l> {
    /// To a value.
    Value {
        /// The collection it was found in; `None` for the start itself.
        holder: Option<Node<'a>>,
        value: Node<'a>,
    },
    /// Beyond what there is.
    Missing {
        /// The last mapping there is.
        holder: Node<'a>,
        /// The legs from there on.
        rest: &'l [Leg],
    },
}

/// Follows `legs`. A null is missing; anything else that is no mapping bars the way.
pub(super) fn reach<'a, 'l>(desk: &Desk<'_>, start: Node<'a>, legs: &'l [Leg]) -> Option<Reached<'a, 'l>> {
    let (mut holder, mut at) = (None, start);
    for (number, leg) in legs.iter().enumerate() {
        let next = match leg {
            Leg::Key(_) if at.kind() != Kind::Mapping => return None,
            Leg::Key(key) => at.get(key).filter(|it| !is_null(*it)),
            Leg::Item(number) => {
                desk.spend(*number as usize);
                Some(at.items().nth(*number as usize)?)
            }
        };
        let Some(next) = next else { return Some(Reached::Missing { holder: at, rest: &legs[number..] }) };
        (holder, at) = (Some(at), next);
    }
    Some(Reached::Value { holder, value: at })
}

fn is_null(node: Node<'_>) -> bool {
    node.style() == Style::Plain
        && node.tag().is_none()
        && node.scalar().is_some_and(|it| matches!(it.raw(), "" | "~" | "null" | "Null" | "NULL"))
}

impl Parsed<'_> {
    /// The node of this kind that is written at exactly these bytes; `None` where there is none, or several.
    fn node_at(&self, span: Span, kind: Kind) -> Option<u32> {
        let first = self.nodes.partition_point(|raw| raw.start < span.start);
        let same = self.nodes.iter().enumerate().skip(first).take_while(|(_, raw)| raw.start == span.start);
        let mut found = same
            .filter(|(_, raw)| {
                let is_kind = raw.style() != Style::Alias && kind_of(raw.style()) == kind;
                raw.end == span.end && is_kind
            })
            .map(|(index, _)| index as u32);
        let one = found.next()?;
        found.next().is_none().then_some(one)
    }
}

impl Parsed<'_> {
    /// The alias that is written at exactly these bytes.
    fn alias_at(&self, span: Span) -> Option<u32> {
        let found = self.aliases.iter().map(|it| it.0).find(|alias| {
            self.nodes.get(*alias as usize).is_some_and(|raw| (raw.start, raw.end) == (span.start, span.end))
        });
        found.filter(|_| self.source == span.source)
    }
}

/// Where `node` was written. For a built one that is where its span says, if a node of its kind stands there.
pub(super) fn spot_of<'s>(desk: &'s Desk<'s>, node: Node<'s>) -> Option<Spot<'s>> {
    let span = node.span();
    let whole = desk.parsed(span.source)?;
    let Some((parsed, index)) = node.tape() else {
        let index = whole.node_at(span, node.kind())?;
        return Some(Spot { desk, parsed: whole, index });
    };
    let own = Spot { desk, parsed, index };
    if std::ptr::eq(parsed.nodes.as_ptr(), whole.nodes.as_ptr())
        || parsed.text() == whole.text() && !is_part(whole, span)
    {
        return Some(own);
    }
    // A text inside a block scalar: its lines are the scalar's.
    (parsed.text() == whole.text() && is_in_literal(whole, span)).then_some(own)
}

/// Whether `span` lies inside a scalar of `whole`.
fn is_part(whole: &Parsed<'_>, span: Span) -> bool {
    scalar_around(whole, span).is_some()
}

fn is_in_literal(whole: &Parsed<'_>, span: Span) -> bool {
    scalar_around(whole, span) == Some(Style::Literal)
}

fn scalar_around(whole: &Parsed<'_>, span: Span) -> Option<Style> {
    let last = whole.nodes.partition_point(|raw| raw.start < span.start).checked_sub(1)?;
    let raw = whole.nodes.get(last)?;
    let is_scalar = kind_of(raw.style()) == Kind::Scalar;
    (is_scalar && raw.end >= span.end).then_some(raw.style())
}

/// The seat in which `value`, found in `holder` by the step `leg`, was written; `None` where nothing says exactly this.
pub(super) fn written_seat<'s>(
    desk: &'s Desk<'s>,
    holder: Option<Node<'s>>,
    value: Node<'s>,
    leg: Option<&Leg>,
) -> Option<Seat<'s>> {
    if let Some(own) = holder.and_then(|it| spot_of(desk, it))
        && let Some(seat) = own_seat(own, value, leg)
    {
        return Some(seat);
    }
    let spot = spot_of(desk, value)?;
    if let Some(via) = value.via().filter(|_| leg.is_none()) {
        // The start of a change is the alias, not what it stands for.
        let alias = spot.parsed.alias_at(via)?;
        let seen = Spot { index: alias, ..spot };
        return (seen.followed().index == spot.index).then(|| Seat::of(seen)).flatten();
    }
    says_same(value, spot.node()).then(|| Seat::of(spot)).flatten()
}

/// The seat in `holder` that holds `value`, an alias for it included.
fn own_seat<'s>(holder: Spot<'s>, value: Node<'_>, leg: Option<&Leg>) -> Option<Seat<'s>> {
    let is_it = |spot: Spot<'_>| spot.followed().span() == value.span() && says_same(value, spot.node());
    match leg? {
        Leg::Key(key) => {
            let (own, spot) = *holder.entries().get(holder.own_entry(key)?)?;
            is_it(spot).then_some(Seat { holder, key: Some(own), value: spot })
        }
        Leg::Item(number) => {
            let items = holder.children();
            // In a built list the numbers are others.
            let own = items.get(*number as usize).copied().filter(|it| is_it(*it));
            let spot = own.or_else(|| items.iter().copied().find(|it| is_it(*it)))?;
            Some(Seat { holder, key: None, value: spot })
        }
    }
}

/// Whether both say the same, word for word.
fn says_same(one: Node<'_>, other: Node<'_>) -> bool {
    if let (Some(one), Some(other)) = (one.tape(), other.tape())
        && std::ptr::eq(one.0.nodes.as_ptr(), other.0.nodes.as_ptr())
    {
        return one.1 == other.1;
    }
    if one.kind() != other.kind() {
        return false;
    }
    match one.kind() {
        Kind::Scalar => {
            let is_plain = |it: Node<'_>| it.style() == Style::Plain;
            one.text() == other.text() && is_plain(one) == is_plain(other) && one.tag() == other.tag()
        }
        Kind::Sequence => {
            let (own, others): (Vec<_>, Vec<_>) = (one.items().collect(), other.items().collect());
            own.len() == others.len() && own.iter().zip(others).all(|(own, other)| says_same(*own, other))
        }
        Kind::Mapping => {
            let (own, others) = (one.fields(), other.fields());
            own.len() == others.len()
                && own.iter().all(|entry| {
                    let same = others.iter().find(|it| it.key.text() == entry.key.text());
                    same.is_some_and(|it| says_same(entry.value, it.value))
                })
        }
    }
}
