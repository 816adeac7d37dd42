//! How often what was found, so that two runs over different texts can be compared.

use std::collections::BTreeMap;

use super::{Fixing, unit::Unit};
use crate::{
    base::{Diagnostic, RuleId},
    engine::{Outcome, baseline::without_numbers},
};

/// What makes two findings the same before and after a fix: the file, the rule, the object, the container and the
/// field. The object's version is left out: a fix may be about that.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// The file, as shown.
    pub(super) path: String,
    /// The object; empty for a finding about none.
    object: (String, Option<String>, String),
    pub(super) rule: RuleId,
    container: Option<String>,
    field: String,
}

impl Key {
    pub(super) fn of(outcome: &Outcome, finding: &Diagnostic) -> Self {
        let subject = finding.subject.as_ref();
        let object = subject.map(|it| &*it.object);
        Self {
            path: outcome.sources.path(finding.primary.span.source).to_owned(),
            object: object
                .map(|it| (it.kind.clone(), it.namespace.clone(), it.name.clone()))
                .unwrap_or_default(),
            rule: finding.rule.clone(),
            container: subject.and_then(|it| it.container.clone()),
            field: subject.map(|it| without_numbers(&it.path)).unwrap_or_default(),
        }
    }

    /// The file and the object.
    pub(super) fn object(&self) -> impl Ord + '_ {
        (&self.path, &self.object)
    }

    /// Whether both are about one object of one file.
    pub(super) fn shares_object(&self, other: &Self) -> bool {
        self.path == other.path && self.object == other.object
    }
}

/// Findings by what they are about.
#[derive(Debug, Default)]
pub(super) struct Tally(BTreeMap<Key, usize>);

/// A finding that should not be there after a change.
#[derive(Debug)]
pub(super) struct Trouble {
    /// What is found.
    pub(super) key: Key,
    /// Why that is wrong.
    pub(super) why: String,
    /// It is one that was to be lost.
    pub(super) is_kept: bool,
}

impl Tally {
    pub(super) fn of(outcome: &Outcome) -> Self {
        let mut tally = Self::default();
        for finding in &outcome.findings {
            *tally.0.entry(Key::of(outcome, finding)).or_default() += 1;
        }
        tally
    }

    fn count(&self, key: &Key) -> usize {
        self.0.get(key).copied().unwrap_or_default()
    }

    /// What is wrong with what is found `after`, once `units` are applied to what this counts.
    pub(super) fn troubles(&self, after: &Self, units: &[&Unit], fixing: &Fixing<'_>) -> Vec<Trouble> {
        let mut fixed: BTreeMap<&Key, usize> = BTreeMap::new();
        for unit in units {
            *fixed.entry(unit.key()).or_default() += 1;
        }
        let trouble = |(key, count): (&Key, &usize)| {
            let is_fixed = fixed.get(key).copied().unwrap_or_default();
            let is_kept = is_fixed > 0;
            if *count <= self.count(key).saturating_sub(is_fixed) {
                return None;
            }
            if !is_kept && units.iter().any(|unit| comes_to_light(key, unit.key(), fixing)) {
                return None;
            }
            let why = if is_kept {
                "the finding would stay".to_owned()
            } else {
                format!("it would bring the finding `{}` in {}", key.rule, key.path)
            };
            Some(Trouble { key: key.clone(), why, is_kept })
        };
        after.0.iter().filter_map(trouble).collect()
    }
}

/// Whether `found` was there all the time, and `gone` made it needless to say so.
fn comes_to_light(found: &Key, gone: &Key, fixing: &Fixing<'_>) -> bool {
    let mut rules = fixing.registry.rules().iter();
    found.shares_object(gone)
        && rules.find(|rule| rule.id == found.rule).is_some_and(|rule| {
            rule.implied_by.contains(&gone.rule) || rule.implied_in_container_by.contains(&gone.rule)
        })
}
