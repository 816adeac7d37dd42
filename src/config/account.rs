//! Why a configuration makes a rule run, or not.

use super::{Config, Settings};
use crate::rule::{Registry, Rule};

/// What a configuration does to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Its `rules` switch it off.
    Off,
    /// Its `ignore` means it.
    Ignored,
    /// It says nothing about the version of the cluster.
    OtherVersion,
    /// It runs because of `extend-select`.
    Added,
    /// It runs because of `require-reason`.
    Required,
    /// It runs with another severity or with parameters.
    Changed,
}

impl Config {
    /// The rules that this configuration treats otherwise than its profiles or its `select` alone would, by their index
    /// in [`Registry::rules`]. `settings` are its own.
    pub fn account(&self, registry: &Registry, settings: &Settings) -> Vec<(usize, Fate)> {
        let rules = registry.rules().iter().enumerate();
        rules.filter_map(|(index, rule)| Some((index, self.fate(index, rule, settings)?))).collect()
    }

    fn fate(&self, index: usize, rule: &Rule, settings: &Settings) -> Option<Fate> {
        let is_base = self.base(index, rule);
        let is_added = self.extend_select.iter().any(|it| it.chooses(index, rule));
        let choice = self.rules.get(&index);
        let is_elsewhere = rule.platform.is_some() && rule.platform != settings.platform;
        let is_required = self.requires(rule);
        if !is_base && !is_added && !is_required || is_elsewhere {
            return None;
        }
        if choice.is_some_and(|choice| choice.off) {
            return Some(Fate::Off);
        }
        if self.ignore.iter().any(|it| it.chooses(index, rule)) {
            return Some(Fate::Ignored);
        }
        if !rule.applies_at(settings.target) {
            return Some(Fate::OtherVersion);
        }
        if choice
            .is_some_and(|it| it.severity.is_some_and(|own| own != rule.severity) || !it.params.is_empty())
        {
            return Some(Fate::Changed);
        }
        match (is_base, is_added) {
            (true, _) => None,
            (false, true) => Some(Fate::Added),
            (false, false) => Some(Fate::Required),
        }
    }
}
