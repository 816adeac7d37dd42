//! Tells the fixes of one round that can be applied from those that cannot.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Drafts, Fixing,
    compare::{Why, compare},
    patch::Patch,
    tally::{Tally, Trouble},
    unit::{Unit, is_sound, patches},
};
use crate::{
    base::{Source, SourceId},
    engine::Outcome,
};

/// How many runs one round may take to find the fixes that do not work.
const RUNS: usize = 64;

/// Does a run over changed texts.
pub(super) type Run<'r, E> = &'r mut dyn FnMut(&Drafts) -> Result<Outcome, E>;

/// One round.
pub(super) struct Sift<'s, 'u, E> {
    pub(super) fixing: &'s Fixing<'s>,
    /// What was found before the round.
    pub(super) outcome: &'s Outcome,
    pub(super) tally: &'s Tally,
    /// What was changed before the round.
    pub(super) drafts: &'s Drafts,
    pub(super) run: Run<'s, E>,
    /// How many more runs there may be.
    left: usize,
    /// Fixes that work together, proven by a run.
    pub(super) accepted: Vec<&'u Unit>,
    /// The run that proved it.
    pub(super) proof: Option<(Drafts, Outcome)>,
    /// Fixes that do not.
    pub(super) rejected: Vec<(&'u Unit, Why)>,
}

/// What came of an attempt.
enum Attempt {
    Works(Drafts, Box<Outcome>),
    Fails(Vec<Trouble>),
}

impl<'s, 'u, E> Sift<'s, 'u, E> {
    pub(super) fn new(
        fixing: &'s Fixing<'s>,
        (outcome, tally, drafts): (&'s Outcome, &'s Tally, &'s Drafts),
        run: Run<'s, E>,
    ) -> Self {
        let (accepted, rejected) = (Vec::new(), Vec::new());
        Self { fixing, outcome, tally, drafts, run, left: RUNS, accepted, proof: None, rejected }
    }

    /// Sorts `units` into accepted and rejected ones.
    ///
    /// # Errors
    /// What a run fails with.
    pub(super) fn all(&mut self, units: &[&'u Unit]) -> Result<(), E> {
        let mut by_source: BTreeMap<SourceId, Vec<&'u Unit>> = BTreeMap::new();
        let mut readable = Vec::new();
        for unit in units.iter().copied() {
            if !is_sound(unit, self.outcome) {
                self.rejected.push((unit, "its edits do not fit the text".to_owned()));
                continue;
            }
            let sources = unit.sources();
            match sources.first().filter(|_| sources.len() == 1) {
                Some(source) => by_source.entry(*source).or_default().push(unit),
                // Rare, and compared with all others below.
                None => readable.push(unit),
            }
        }
        for units in by_source.values() {
            let kept = self.readable(units, &[]);
            readable.extend(kept);
        }
        readable.sort_by_key(|unit| unit.place);
        self.sift(&readable)
    }

    /// Those of `units`, all of one text, that change it as they should together with `kept`, which do.
    fn readable(&mut self, units: &[&'u Unit], kept: &[&'u Unit]) -> Vec<&'u Unit> {
        let together = patches(units.iter().chain(kept).copied());
        let Some(why) = together.iter().find_map(|(id, patch)| self.changed(*id, patch).err()) else {
            return units.to_vec();
        };
        if let [unit] = units {
            self.rejected.push((unit, why));
            return Vec::new();
        }
        let (first, second) = units.split_at(units.len() / 2);
        let mut all = self.readable(first, kept);
        let second = self.readable(second, &[kept, &all].concat());
        all.extend(second);
        all
    }

    /// The text of `id` with `patch`, if that is as it should be.
    fn changed(&self, id: SourceId, patch: &Patch) -> Result<(&'s Source, String), Why> {
        let source = self.outcome.sources.get(id).ok_or("its text was not read")?;
        let text = patch.apply(&source.text).ok_or("its edits do not fit the text")?;
        compare(&source.text, &text, patch, &self.fixing.limits)?;
        Ok((source, text))
    }

    /// Finds those of `pending` that work together with what is accepted.
    fn sift(&mut self, pending: &[&'u Unit]) -> Result<(), E> {
        if pending.is_empty() {
            return Ok(());
        }
        if self.left == 0 {
            let why = "too many others did not work".to_owned();
            self.rejected.extend(pending.iter().map(|unit| (*unit, why.clone())));
            return Ok(());
        }
        let troubles = match self.attempt(pending)? {
            Attempt::Works(drafts, outcome) => {
                self.accepted.extend(pending);
                self.proof = Some((drafts, *outcome));
                return Ok(());
            }
            Attempt::Fails(troubles) => troubles,
        };
        if let [unit] = pending {
            let why = troubles.into_iter().next().map(|trouble| trouble.why).unwrap_or_default();
            self.rejected.push((unit, why));
            return Ok(());
        }
        let blamed = blamed(&troubles, pending);
        if blamed.len() < pending.len() && !blamed.is_empty() {
            let (bad, good): (Vec<_>, Vec<_>) =
                pending.iter().enumerate().partition(|(at, _)| blamed.contains_key(at));
            let of =
                |units: Vec<(usize, &&'u Unit)>| units.into_iter().map(|(_, unit)| *unit).collect::<Vec<_>>();
            self.sift(&of(good))?;
            return self.sift(&of(bad));
        }
        let (one_each, others) = one_of_each_object(pending);
        if others.is_empty() && !blamed.is_empty() {
            // Each is the only one of its object, and in each object something is wrong.
            let why = |at: usize| blamed.get(&at).map(|why| (*why).to_owned()).unwrap_or_default();
            self.rejected.extend(pending.iter().enumerate().map(|(at, unit)| (*unit, why(at))));
            return Ok(());
        }
        if others.is_empty() {
            let (first, second) = pending.split_at(pending.len() / 2);
            self.sift(first)?;
            return self.sift(second);
        }
        self.sift(&one_each)?;
        self.sift(&others)
    }

    /// Applies `pending` on top of what is accepted, and looks whether all is well.
    fn attempt(&mut self, pending: &[&'u Unit]) -> Result<Attempt, E> {
        let units: Vec<&Unit> = self.accepted.iter().chain(pending).copied().collect();
        let mut drafts = self.drafts.clone();
        for (id, patch) in patches(units.iter().copied()) {
            match self.changed(id, &patch) {
                Ok((source, text)) => drafts.change(source, text),
                Err(why) => {
                    let of_source = pending.iter().filter(|unit| unit.sources().contains(&id));
                    let trouble =
                        |unit: &&Unit| Trouble { key: unit.key().clone(), why: why.clone(), is_kept: true };
                    return Ok(Attempt::Fails(of_source.map(trouble).collect()));
                }
            }
        }
        self.left -= 1;
        let outcome = (self.run)(&drafts)?;
        let troubles = self.tally.troubles(&Tally::of(&outcome), &units, self.fixing);
        Ok(if troubles.is_empty() {
            Attempt::Works(drafts, Box::new(outcome))
        } else {
            Attempt::Fails(troubles)
        })
    }
}

/// Which of `pending` may be at fault, and why: those that should have lost a finding and did not, and those about the
/// object, or else the file, in which one was gained.
fn blamed<'t>(troubles: &'t [Trouble], pending: &[&Unit]) -> BTreeMap<usize, &'t str> {
    let mut blamed = BTreeMap::new();
    for trouble in troubles {
        let of = |is_near: &dyn Fn(&Unit) -> bool| -> Vec<usize> {
            let near = pending.iter().enumerate().filter(|(_, unit)| is_near(unit));
            near.map(|(at, _)| at).collect()
        };
        let mut near = if trouble.is_kept { of(&|unit| *unit.key() == trouble.key) } else { Vec::new() };
        if near.is_empty() {
            near = of(&|unit| unit.key().shares_object(&trouble.key));
        }
        if near.is_empty() {
            near = of(&|unit| unit.key().path == trouble.key.path);
        }
        for at in near {
            blamed.entry(at).or_insert(trouble.why.as_str());
        }
    }
    blamed
}

/// The first of `units` for each object, and the others.
fn one_of_each_object<'u>(units: &[&'u Unit]) -> (Vec<&'u Unit>, Vec<&'u Unit>) {
    let mut seen = BTreeSet::new();
    units.iter().copied().partition(|unit| seen.insert(unit.key().object()))
}
