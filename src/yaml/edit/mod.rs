//! Changes of a text that keep its layout: comments, indentation, quotes, flow style, the order of keys, line ends and
//! anchors. A change is named by the value's place in a tree, read or built; it is made in the text that the value
//! was written in, and not at all where that cannot be done safely.

mod draft;
mod layout;
mod locate;
mod patch;
mod remove;
mod spot;
mod write;

pub use draft::Draft;
pub use locate::Leg;

use locate::{Reached, reach, spot_of, written_seat};
use patch::Patch;
use spot::Spot;
use write::{Seat, add_entry, add_item};

use super::{Kind, Node, Parsed, Style};
use crate::base::{Edit, SourceId};
use std::cell::Cell;

/// Where the texts are that values were written in.
pub trait Texts: std::fmt::Debug {
    /// The text of this id and what it parses to, where it is at hand.
    fn parsed(&self, id: SourceId) -> Option<&Parsed<'_>>;
}

impl Texts for Parsed<'_> {
    fn parsed(&self, id: SourceId) -> Option<&Parsed<'_>> {
        (self.source == id).then_some(self)
    }
}

/// No text at all: nothing can be edited.
impl Texts for () {
    fn parsed(&self, _: SourceId) -> Option<&Parsed<'_>> {
        None
    }
}

/// Where edits are made: the texts, and how much looking around in them has cost so far.
#[derive(Debug)]
pub struct Desk<'t> {
    texts: &'t dyn Texts,
    spent: Cell<u64>,
}

impl<'t> Desk<'t> {
    /// Nodes that may be looked at: far more than a file with thousands of findings needs, and little enough for one
    /// that was made to have millions, each in a list without end.
    const MOST: u64 = 20_000_000;

    /// Nothing is spent yet.
    pub fn new(texts: &'t dyn Texts) -> Self {
        Self { texts, spent: Cell::new(0) }
    }

    /// Notes that so many nodes were looked at.
    pub fn spend(&self, nodes: usize) {
        self.spent.set(self.spent.get().saturating_add(nodes as u64));
    }

    /// No more edits are made.
    pub fn is_spent(&self) -> bool {
        self.spent.get() > Self::MOST
    }

    fn parsed(&self, id: SourceId) -> Option<&Parsed<'_>> {
        self.texts.parsed(id)
    }
}

/// One change of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// It becomes this; where it is missing, it is added with the mappings on the way to it.
    Set(Draft),
    /// It goes, with its key. Mappings and lists that become empty stay as `{}` and `[]`, or go too.
    Remove {
        /// What becomes empty on the way to it goes, too.
        prune: bool,
    },
    /// It gets another key in its mapping.
    Rename(String),
    /// A list gets this item at its end, unless it has it; a missing list is made.
    Append(Draft),
    /// A plain scalar gets quotes.
    Quote,
}

/// A change as edits of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// Sorted, apart from each other; empty where nothing is to be done.
    pub edits: Vec<Edit>,
    /// The anchor through which other places take what is changed.
    pub shared: Option<String>,
}

/// The edits that make `change` at the place to which `legs` lead from `start`. `None` where that cannot be said in
/// the text: the value was not written as it is, or only an alias reaches it, or the way is barred.
pub fn change(desk: &Desk<'_>, start: Node<'_>, legs: &[Leg], change: &Change) -> Option<Edited> {
    if desk.is_spent() {
        return None;
    }
    match change {
        Change::Set(draft) => set(desk, start, legs, draft),
        Change::Remove { prune } => {
            let Reached::Value { holder, value } = reach(desk, start, legs)? else { return nothing() };
            let seat = written_seat(desk, holder, value, legs.last())?;
            let own_key =
                seat.key.is_none_or(|key| matches!(legs.last(), Some(Leg::Key(own)) if key.node().is(own)));
            if !own_key && !legs.is_empty() {
                return None;
            }
            // What is pruned lies below the start.
            let levels = if *prune { legs.len().saturating_sub(1) } else { 0 };
            edited(seat.holder, |patch| remove::remove(seat, levels, patch))
        }
        Change::Rename(name) => {
            let Reached::Value { holder, value } = reach(desk, start, legs)? else { return nothing() };
            let seat = written_seat(desk, holder, value, legs.last())?;
            rename(seat, name)
        }
        Change::Append(draft) => append(desk, start, legs, draft),
        Change::Quote => {
            let Reached::Value { holder, value } = reach(desk, start, legs)? else { return nothing() };
            quote(written_seat(desk, holder, value, legs.last())?)
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the other ends of a change are options, too")]
fn nothing() -> Option<Edited> {
    Some(Edited { edits: Vec::new(), shared: None })
}

/// Runs `make`, which changes something in or at `place`.
fn edited<'s>(place: Spot<'s>, make: impl FnOnce(&mut Patch<'s>) -> Option<()>) -> Option<Edited> {
    let mut patch = Patch::new(place.parsed);
    make(&mut patch)?;
    Some(Edited { edits: patch.finish()?, shared: place.shared() })
}

fn set(desk: &Desk<'_>, start: Node<'_>, legs: &[Leg], draft: &Draft) -> Option<Edited> {
    match reach(desk, start, legs)? {
        Reached::Value { holder, value } => {
            if let Some(Leg::Key(key)) = legs.last()
                && let Some(own) = holder.and_then(|it| spot_of(desk, it))
                && own.has_merge()
                && own.own_entry(key).is_none()
            {
                // What `<<` brings in is overridden here, and stays as it is elsewhere.
                return edited(own, |patch| add_entry(own, key, draft, patch));
            }
            let seat = written_seat(desk, holder, value, legs.last())?;
            edited(seat.holder, |patch| seat.write(draft, patch))
        }
        Reached::Missing { holder, rest } => {
            let own = spot_of(desk, holder)?;
            let mut keys = Vec::with_capacity(rest.len());
            for leg in rest {
                let Leg::Key(key) = leg else { return None };
                keys.push(&**key);
            }
            let (first, inner) = keys.split_first()?;
            let draft = draft.clone().under(inner);
            match own.own_entry(first) {
                Some(at) => {
                    let (key, value) = *own.entries().get(at)?;
                    if !value.followed().is_null() {
                        return None;
                    }
                    let seat = Seat { holder: own, key: Some(key), value };
                    edited(own, |patch| seat.write(&draft, patch))
                }
                None => edited(own, |patch| add_entry(own, first, &draft, patch)),
            }
        }
    }
}

fn append(desk: &Desk<'_>, start: Node<'_>, legs: &[Leg], draft: &Draft) -> Option<Edited> {
    match reach(desk, start, legs)? {
        Reached::Missing { .. } => set(desk, start, legs, &Draft::List(vec![draft.clone()])),
        Reached::Value { value, .. } => {
            if value.kind() != Kind::Sequence {
                return None;
            }
            let has_it = |item: Node<'_>| matches!(draft, Draft::Text(text) if item.is(text));
            if value.items().any(has_it) {
                return nothing();
            }
            let list = spot_of(desk, value)?;
            if list.children().is_empty() && !list.is_flow() {
                return None;
            }
            // The list itself changes: whoever takes it through an alias gets the item, too.
            edited(list, |patch| add_item(list, draft, patch))
        }
    }
}

fn rename(seat: Seat<'_>, name: &str) -> Option<Edited> {
    let key = seat.key?;
    if seat.holder.own_entry(name).is_some() || key.properties().is_some() || key.style() == Style::Alias {
        return None;
    }
    let is_json = write::is_json(seat.holder);
    let text = match key.style() {
        style @ (Style::SingleQuoted | Style::DoubleQuoted) => draft::quoted(name, style),
        _ => draft::key_text(name, is_json),
    };
    edited(seat.holder, |patch| {
        patch.replace(key.start(), key.end(), text);
        Some(())
    })
}

fn quote(seat: Seat<'_>) -> Option<Edited> {
    let value = seat.value;
    let is_plain = value.style() == Style::Plain && !value.is_empty();
    if !is_plain || value.properties().is_some_and(|it| it.tag.is_some()) || !value.node().is_one_line() {
        return None;
    }
    let text = value.text();
    let style = if text.contains(['"', '\\']) { Style::SingleQuoted } else { Style::DoubleQuoted };
    edited(value, |patch| {
        patch.replace(value.start(), value.end(), draft::quoted(text, style));
        Some(())
    })
}

#[cfg(test)]
mod tests;
