//! Tells the fixes of one round that can be applied from those that cannot.

use std::collections::BTreeMap;

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
    /// Fixes that work together.
    pub(super) accepted: Vec<&'u Unit>,
    /// How many of them, from the first, a run has proven to.
    proven: usize,
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
        Self { fixing, outcome, tally, drafts, run, left: RUNS, accepted, proven: 0, proof: None, rejected }
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

    /// Finds those of `pending` that work together. Objects hardly ever mind each other's fixes, so one run tries
    /// something for each of them; the last run proves that all that is accepted works together.
    fn sift(&mut self, pending: &[&'u Unit]) -> Result<(), E> {
        let mut groups = groups(pending);
        loop {
            let turn: Vec<Vec<&'u Unit>> = groups.iter_mut().map(|it| it.pop().unwrap_or_default()).collect();
            let tried = turn.concat();
            if tried.is_empty() {
                return self.prove();
            }
            if self.left <= 1 {
                self.give_up(&tried);
                continue;
            }
            let troubles = match self.attempt(&tried)? {
                Attempt::Works(drafts, outcome) => {
                    self.accept(&tried, drafts, outcome);
                    continue;
                }
                Attempt::Fails(troubles) => troubles,
            };
            let blamed = blamed(&troubles, &tried);
            if blamed.is_empty() {
                // Nothing tells which it was.
                self.halve(&tried)?;
                continue;
            }
            let mut tried = tried.into_iter().enumerate().map(|(at, unit)| (unit, blamed.get(&at).copied()));
            for (group, part) in groups.iter_mut().zip(turn) {
                let part: Vec<_> = tried.by_ref().take(part.len()).collect();
                group.extend(self.judge(&part));
            }
        }
    }

    /// Accepts what was tried for one object, rejects it, or says in which parts it is to be tried next, the last one
    /// first. With each fix comes what it is blamed for.
    fn judge(&mut self, tried: &[(&'u Unit, Option<&str>)]) -> Vec<Vec<&'u Unit>> {
        let (good, bad): (Vec<_>, Vec<_>) = tried.iter().copied().partition(|(_, why)| why.is_none());
        let of = |units: &[(&'u Unit, Option<&str>)]| units.iter().map(|(unit, _)| *unit).collect::<Vec<_>>();
        if let [(unit, Some(why))] = tried {
            self.rejected.push((unit, (*why).to_owned()));
            return Vec::new();
        }
        if bad.is_empty() {
            self.accepted.extend(of(&good));
            return Vec::new();
        }
        let (first, second) = if good.is_empty() { tried.split_at(tried.len() / 2) } else { (&*good, &*bad) };
        vec![of(second), of(first)]
    }

    /// Makes sure of what is accepted, by a run with nothing else.
    fn prove(&mut self) -> Result<(), E> {
        if self.accepted.len() == self.proven {
            return Ok(());
        }
        if let Attempt::Works(drafts, outcome) = self.attempt(&[])? {
            self.accept(&[], drafts, outcome);
            return Ok(());
        }
        let doubtful = self.accepted.split_off(self.proven);
        self.halve(&doubtful)
    }

    /// Finds those of `pending` that work together, one after the other.
    fn halve(&mut self, pending: &[&'u Unit]) -> Result<(), E> {
        let (first, second) = pending.split_at(pending.len() / 2);
        for half in [first, second].into_iter().filter(|half| !half.is_empty()) {
            if self.left <= 1 {
                self.give_up(half);
                continue;
            }
            match self.attempt(half)? {
                Attempt::Works(drafts, outcome) => self.accept(half, drafts, outcome),
                Attempt::Fails(troubles) => match half {
                    [unit] => {
                        let why = troubles.into_iter().next().map(|trouble| trouble.why);
                        self.rejected.push((unit, why.unwrap_or_default()));
                    }
                    _ => self.halve(half)?,
                },
            }
        }
        Ok(())
    }

    /// `units` and all that was accepted before are proven to work together.
    fn accept(&mut self, units: &[&'u Unit], drafts: Drafts, outcome: Box<Outcome>) {
        self.accepted.extend(units);
        self.proven = self.accepted.len();
        self.proof = Some((drafts, *outcome));
    }

    fn give_up(&mut self, units: &[&'u Unit]) {
        let why = "too many others did not work";
        self.rejected.extend(units.iter().map(|unit| (*unit, why.to_owned())));
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

/// `units` by the object that they are about, each with all of them to be tried first.
fn groups<'u>(units: &[&'u Unit]) -> Vec<Vec<Vec<&'u Unit>>> {
    let mut units = units.to_vec();
    units.sort_by(|a, b| a.key().object().cmp(&b.key().object()));
    units.chunk_by(|a, b| a.key().shares_object(b.key())).map(|group| vec![group.to_vec()]).collect()
}
