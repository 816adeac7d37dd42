//! One finding with the fix that is tried for it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Fixing, patch::Patch, tally::Key};
use crate::{
    base::{Diagnostic, Edit, Fix, Safety, SourceId, Span},
    engine::Outcome,
};

/// What a fix is known by in all rounds, whatever lines move.
pub(super) type Name = (Key, String);

/// A finding and its fix. It is applied as a whole or not at all.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub(super) name: Name,
    /// Where the finding is.
    pub(super) place: Span,
    pub(super) edits: Vec<Edit>,
}

impl Unit {
    fn new(outcome: &Outcome, finding: &Diagnostic, fix: &Fix) -> Self {
        let name = (Key::of(outcome, finding), fix.title.clone());
        Self { name, place: finding.primary.span, edits: fix.edits.clone() }
    }

    pub(super) fn key(&self) -> &Key {
        &self.name.0
    }

    /// The texts that it changes.
    pub(super) fn sources(&self) -> BTreeSet<SourceId> {
        self.edits.iter().map(|edit| edit.span.source).collect()
    }
}

/// The fix to try for each finding: the first of its fixes that may be applied and that `is_refused` lets through. In
/// the order of the findings.
pub(super) fn units(outcome: &Outcome, fixing: &Fixing<'_>, is_refused: &dyn Fn(&Name) -> bool) -> Vec<Unit> {
    let least = fixing.least.max(Safety::Unsafe);
    let unit = |finding: &Diagnostic| {
        let allowed = finding.fixes.iter().filter(|fix| fix.safety >= least && !fix.edits.is_empty());
        allowed.map(|fix| Unit::new(outcome, finding, fix)).find(|unit| !is_refused(&unit.name))
    };
    outcome.findings.iter().filter_map(unit).collect()
}

/// The first of `units`, and all that lie apart from those taken before.
pub(super) fn apart(units: Vec<Unit>) -> Vec<Unit> {
    let mut patches: BTreeMap<SourceId, Patch> = BTreeMap::new();
    let mut taken = Vec::new();
    for unit in units {
        let fits = |edit: &Edit| patches.get(&edit.span.source).is_none_or(|patch: &Patch| patch.fits(edit));
        if unit.edits.iter().all(fits) {
            for edit in &unit.edits {
                patches.entry(edit.span.source).or_default().add(edit);
            }
            taken.push(unit);
        }
    }
    taken
}

/// The edits of `units` by the text that they change.
pub(super) fn patches<'u>(units: impl Iterator<Item = &'u Unit>) -> BTreeMap<SourceId, Patch> {
    let mut patches: BTreeMap<SourceId, Patch> = BTreeMap::new();
    for edit in units.flat_map(|unit| &unit.edits) {
        patches.entry(edit.span.source).or_default().add(edit);
    }
    patches
}

/// Whether the edits are in order and apart, and fit the texts of `outcome`.
pub(super) fn is_sound(unit: &Unit, outcome: &Outcome) -> bool {
    let is_sorted = unit.edits.windows(2).all(|pair| {
        let (one, other) = (pair[0].span, pair[1].span);
        (one.source, one.end) <= (other.source, other.start)
    });
    let fits = |edit: &Edit| {
        let Span { source, start, end } = edit.span;
        start <= end && outcome.sources.get(source).is_some_and(|it| it.text.get(edit.span.range()).is_some())
    };
    is_sorted && unit.edits.iter().all(fits)
}
