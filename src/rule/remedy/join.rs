//! Several changes that add to one missing parent, made into one that adds it once.

use super::{Step, anchor::follow};
use crate::yaml::{Change, Desk, Draft, Leg, Node};

/// `steps`, with those that would each add the same missing parent joined into one where the first of them stands.
pub(super) fn joined<'a>(desk: &Desk<'_>, steps: &[Step<'a>]) -> Vec<Step<'a>> {
    let depths: Vec<Option<usize>> = steps.iter().map(|step| missing_at(desk, step)).collect();
    let mut out: Vec<Step<'a>> = Vec::with_capacity(steps.len());
    let is_shared = |at: usize, depth: usize| {
        let (start, parent) = (steps[at].start, &steps[at].legs[..depth]);
        let others = steps.iter().zip(&depths).enumerate().filter(|(other, _)| *other != at);
        others.into_iter().any(|(_, (step, other))| {
            *other == Some(depth) && is_same(step.start, start) && step.legs.starts_with(parent)
        })
    };
    for (at, (step, depth)) in steps.iter().zip(&depths).enumerate() {
        let shared = depth.filter(|depth| is_shared(at, *depth));
        let Some((depth, draft)) = shared.and_then(|depth| Some((depth, nested(step, depth)?))) else {
            out.push(step.clone());
            continue;
        };
        let parent = &step.legs[..depth];
        let first = out.iter_mut().find(|it| is_same(it.start, step.start) && it.legs == parent);
        match first.map(|it| &mut it.change) {
            Some(Change::Set(all)) => merge(all, draft),
            _ => out.push(Step { start: step.start, legs: parent.to_vec(), change: Change::Set(draft) }),
        }
    }
    out
}

fn is_same(one: Node<'_>, other: Node<'_>) -> bool {
    one.span() == other.span()
}

/// How many legs of an addition lead to the first parent that is not there; `None` for everything else.
fn missing_at(desk: &Desk<'_>, step: &Step<'_>) -> Option<usize> {
    if !matches!(step.change, Change::Set(_) | Change::Append(_)) {
        return None;
    }
    let depth =
        (1..step.legs.len()).find(|depth| follow(desk, step.start, &step.legs[..*depth]).is_none())?;
    step.legs[depth - 1..].iter().all(|leg| matches!(leg, Leg::Key(_))).then_some(depth)
}

/// What the parent at `depth` is to hold.
fn nested(step: &Step<'_>, depth: usize) -> Option<Draft> {
    let leaf = match &step.change {
        Change::Set(draft) => draft.clone(),
        Change::Append(draft) => Draft::List(vec![draft.clone()]),
        _ => return None,
    };
    step.legs[depth..].iter().rev().try_fold(leaf, |draft, leg| match leg {
        Leg::Key(key) => Some(Draft::Map(vec![(key.to_string(), draft)])),
        Leg::Item(_) => None,
    })
}

/// Puts what `more` holds into `all`.
fn merge(all: &mut Draft, more: Draft) {
    let (Draft::Map(entries), Draft::Map(others)) = (&mut *all, more) else { return };
    for (key, draft) in others {
        match entries.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => merge(known, draft),
            None => entries.push((key, draft)),
        }
    }
}
