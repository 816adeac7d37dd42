//! What holds for a file, once the file's configuration and the command line are laid over one another.

use std::collections::BTreeMap;

use super::{Config, Override, Selector};
use crate::{
    base::{Minor, Severity},
    rule::{Literals, Platform, Registry, Rule},
};

/// The profile when nobody names one.
const DEFAULT_PROFILE: &str = "default";
/// The profile that holds every rule without any rule naming it.
const WHOLE_PROFILE: &str = "all";

/// The rule that `require-reason` switches on.
const REASON_RULE: &str = "ignore-without-reason";

/// A rule that runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Selected {
    /// Its index in [`Registry::rules`].
    pub rule: usize,
    /// The user's severity, or its own.
    pub severity: Severity,
    /// The parameters that the user set.
    pub params: BTreeMap<String, Literals>,
}

/// What holds for a file.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The rules that run, in the registry's order.
    pub rules: Vec<Selected>,
    /// The version of the cluster.
    pub target: Minor,
    /// Where the cluster runs.
    pub platform: Option<Platform>,
    /// The severity below which a finding is not shown.
    pub min_severity: Severity,
    /// The severity from which on a finding makes the run fail.
    pub fail_on: Severity,
    /// What holds for some of its findings only; a later one has the last word.
    pub overrides: Vec<Override>,
    /// The marks of other tools silence findings.
    pub peer_ignores: bool,
}

/// What the command line says; each beats the file.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--profile`
    pub profiles: Vec<String>,
    /// `--select`
    pub select: Option<Vec<Selector>>,
    /// `--extend-select`
    pub extend_select: Vec<Selector>,
    /// `--ignore`
    pub ignore: Vec<Selector>,
    /// `--min-severity`
    pub min_severity: Option<Severity>,
    /// `--fail-on`
    pub fail_on: Option<Severity>,
    /// `--kubernetes-version`
    pub kubernetes_version: Option<Minor>,
    /// `--platform`
    pub platform: Option<Platform>,
    /// `--no-peer-ignores`
    pub no_peer_ignores: bool,
}

impl Config {
    /// What holds where this configuration and `overrides` do.
    pub fn settings(&self, registry: &Registry, overrides: &Overrides) -> Settings {
        let target = overrides.kubernetes_version.or(self.kubernetes_version).unwrap_or(Minor::NEWEST);
        let platform = overrides.platform.or(self.platform);
        let runs = |index: usize, rule: &Rule| {
            self.chooses(overrides, index, rule)
                && rule.applies_at(target)
                && (rule.platform.is_none() || rule.platform == platform)
        };
        let rules = registry.rules().iter().enumerate().filter(|(index, rule)| runs(*index, rule));
        let mut own = self.overrides.clone();
        if overrides.min_severity.is_some() {
            for it in &mut own {
                it.min_severity = None;
            }
        }
        Settings {
            overrides: own,
            rules: rules.map(|(index, rule)| self.selected(index, rule)).collect(),
            target,
            platform,
            min_severity: overrides.min_severity.or(self.min_severity).unwrap_or(Severity::Info),
            fail_on: overrides.fail_on.or(self.fail_on).unwrap_or(Severity::Medium),
            peer_ignores: !overrides.no_peer_ignores && self.peer_ignores.unwrap_or(true),
        }
    }

    /// The command line has the last word about what it names; a rule that it names alone runs even if the
    /// file switches it off. What it chooses in bulk (a family, a profile) leaves the file's exceptions alone.
    fn chooses(&self, overrides: &Overrides, index: usize, rule: &Rule) -> bool {
        let any = |selectors: &[Selector]| selectors.iter().any(|it| it.chooses(index, rule));
        let named = |selectors: &[Selector]| selectors.iter().any(|it| it.names(index));
        if any(&overrides.ignore) {
            return false;
        }
        let select = overrides.select.as_deref().unwrap_or_default();
        if named(select) || named(&overrides.extend_select) {
            return true;
        }
        let is_off = self.rules.get(&index).is_some_and(|choice| choice.off);
        if is_off || any(&self.ignore) {
            return false;
        }
        let base = match &overrides.select {
            Some(select) => any(select),
            None if !overrides.profiles.is_empty() => in_profiles(rule, &overrides.profiles),
            None => self.requires(rule) || self.base(index, rule) || any(&self.extend_select),
        };
        base || any(&overrides.extend_select)
    }

    /// Whether `require-reason` makes the rule run.
    pub(super) fn requires(&self, rule: &Rule) -> bool {
        self.require_reason == Some(true) && rule.id.as_str() == REASON_RULE
    }

    /// Whether the file's own selection, before additions and exceptions, holds the rule.
    pub(super) fn base(&self, index: usize, rule: &Rule) -> bool {
        match (&self.select, &self.profiles) {
            (Some(select), _) => select.iter().any(|it| it.chooses(index, rule)),
            (None, Some(profiles)) => in_profiles(rule, profiles),
            (None, None) => rule.profiles.iter().any(|profile| profile == DEFAULT_PROFILE),
        }
    }

    fn selected(&self, index: usize, rule: &Rule) -> Selected {
        let choice = self.rules.get(&index);
        let params = choice.map(|choice| choice.params.clone()).unwrap_or_default();
        let severity = choice.and_then(|choice| choice.severity).unwrap_or(rule.severity);
        Selected { rule: index, severity, params }
    }
}

fn in_profiles(rule: &Rule, profiles: &[String]) -> bool {
    profiles.iter().any(|profile| profile == WHOLE_PROFILE || rule.profiles.contains(profile))
}
