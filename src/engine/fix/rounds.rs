//! Round after round until nothing is left to fix.

use std::{collections::BTreeMap, path::PathBuf};

use super::{
    Drafts, Fixed, Fixing, Refused,
    sift::{Run, Sift},
    tally::{Key, Tally},
    unit::{Name, Unit, apart, units},
};
use crate::{
    base::{RuleId, SourceId},
    engine::Outcome,
};

/// How many rounds there are at most. Each loses findings and gains none, so that this many are never needed.
const ROUNDS: usize = 100;

/// Fixes what can be fixed, in memory. `run` does a run in which the texts it is given stand for their files; it is
/// called at least once, first without any.
///
/// # Errors
/// What `run` fails with.
pub fn fix<E>(fixing: &Fixing<'_>, run: &mut dyn FnMut(&Drafts) -> Result<Outcome, E>) -> Result<Fixed, E> {
    let outcome = run(&Drafts::default())?;
    let mut rounds = Rounds {
        fixing,
        tally: Tally::of(&outcome),
        outcome,
        drafts: Drafts::default(),
        fixed: BTreeMap::new(),
        refused: BTreeMap::new(),
        has_moved: false,
        names: BTreeMap::new(),
    };
    let mut is_cut_short = true;
    for _ in 0..ROUNDS {
        if !rounds.round(run)? {
            is_cut_short = false;
            break;
        }
    }
    Ok(rounds.finish(is_cut_short))
}

struct Rounds<'f> {
    fixing: &'f Fixing<'f>,
    outcome: Outcome,
    tally: Tally,
    drafts: Drafts,
    fixed: BTreeMap<(String, RuleId), usize>,
    /// Fixes that did not work, and why; tried again when all others are done, if there were any.
    refused: BTreeMap<Name, String>,
    /// Something was fixed since the first of them was refused.
    has_moved: bool,
    /// For each real file, the shown path under which it is changed: a file may be walked under several.
    names: BTreeMap<PathBuf, String>,
}

impl Rounds<'_> {
    /// Does one round; whether there was anything to do.
    fn round<E>(&mut self, run: Run<'_, E>) -> Result<bool, E> {
        let all = units(&self.outcome, self.fixing, &|name| self.refused.contains_key(name));
        let allowed = all.into_iter().filter(|unit| self.allows(unit)).collect();
        let units = apart(allowed);
        if units.is_empty() {
            // What did not work beside another fix may work behind it. A second run would try that, so this one must.
            let is_over = self.refused.is_empty() || !std::mem::take(&mut self.has_moved);
            if !is_over {
                self.refused.clear();
            }
            return Ok(!is_over);
        }
        let units: Vec<&Unit> = units.iter().collect();
        let mut sift = Sift::new(self.fixing, (&self.outcome, &self.tally, &self.drafts), run);
        sift.all(&units)?;
        let Sift { accepted, proof, rejected, .. } = sift;
        self.has_moved |= !accepted.is_empty();
        self.refused.extend(rejected.into_iter().map(|(unit, why)| (unit.name.clone(), why)));
        for unit in accepted {
            let Key { path, rule, .. } = unit.key();
            *self.fixed.entry((path.clone(), rule.clone())).or_default() += 1;
        }
        if let Some((drafts, outcome)) = proof {
            self.tally = Tally::of(&outcome);
            self.outcome = outcome;
            self.drafts = drafts;
        }
        Ok(true)
    }

    /// Whether the files that `unit` changes may be changed; where not, the fix is refused, or left to the other name
    /// of its file.
    fn allows(&mut self, unit: &Unit) -> bool {
        for source in unit.sources() {
            let path = self.outcome.sources.path(source).to_owned();
            if !self.outcome.is_walked(source) {
                self.refused.insert(unit.name.clone(), format!("`{path}` is not among the files to lint"));
                return false;
            }
            if !self.is_first_name(source, &path) {
                return false;
            }
        }
        true
    }

    fn is_first_name(&mut self, source: SourceId, path: &str) -> bool {
        let full = self.outcome.base.join(self.outcome.sources.path(source));
        let real = full.canonicalize().unwrap_or(full);
        self.names.entry(real).or_insert_with(|| path.to_owned()) == path
    }

    fn finish(mut self, is_cut_short: bool) -> Fixed {
        self.drafts.tidy();
        let mut refused = Vec::new();
        for finding in &self.outcome.findings {
            let key = Key::of(&self.outcome, finding);
            let why = finding.fixes.iter().find_map(|fix| {
                let name = (key.clone(), fix.title.clone());
                self.refused.get(&name).map(|why| (fix, why))
            });
            let Some((fix, why)) = why else { continue };
            let source = self.outcome.sources.get(finding.primary.span.source);
            refused.push(Refused {
                path: key.path,
                line: source.map_or(1, |source| source.position(finding.primary.span.start).line),
                rule: finding.rule.clone(),
                title: fix.title.clone(),
                why: why.clone(),
            });
        }
        let Self { outcome, drafts, fixed, .. } = self;
        Fixed { outcome, drafts, fixed, refused, is_cut_short }
    }
}
