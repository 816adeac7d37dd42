//! The selected rules made ready and sorted by what they look at, so that the loop over objects asks nothing.

use std::collections::BTreeMap;

use super::Silencing;
use crate::{
    base::Severity,
    checks, kube,
    rule::{CompileError, Compiled, Literals, Native, Registry, Rule, Target},
};

/// A rule that the configuration selected.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// Its severity after configuration.
    pub severity: Severity,
    /// The parameters that the user set.
    pub params: &'r BTreeMap<String, Literals>,
}

/// Which rules run on what.
#[derive(Debug)]
pub struct Plan<'r> {
    /// What the manifests are judged for.
    pub target: Target,
    /// How comments and annotations silence findings; they do not when there is nothing here.
    pub silencing: Option<Silencing<'r>>,
    rules: Vec<Compiled<'r>>,
    any: Vec<usize>,
    workload: Vec<usize>,
    by_kind: BTreeMap<String, Vec<usize>>,
    documents: Vec<usize>,
    index: Vec<usize>,
}

/// A selected rule that cannot run.
#[derive(Debug, thiserror::Error)]
#[error("rule `{rule}`: {source}")]
pub struct PlanError {
    rule: String,
    source: CompileError,
}

impl<'r> Plan<'r> {
    /// One without rules.
    pub(super) fn bare(target: Target) -> Self {
        Self {
            target,
            silencing: None,
            rules: Vec::new(),
            any: Vec::new(),
            workload: Vec::new(),
            by_kind: BTreeMap::new(),
            documents: Vec::new(),
            index: Vec::new(),
        }
    }

    /// Makes the chosen rules ready; those that say nothing about `target` are left out.
    ///
    /// # Errors
    /// [`PlanError`] for a rule whose author, or whose user's parameters, made it impossible to run.
    pub fn new(target: Target, choices: impl IntoIterator<Item = Choice<'r>>) -> Result<Self, PlanError> {
        let mut plan = Self::bare(target);
        for choice in choices {
            let rule = choice.rule;
            let wrong_platform = rule.platform.is_some() && rule.platform != target.platform;
            if wrong_platform || !rule.applies_at(target.kubernetes) {
                continue;
            }
            let compiled = Compiled::new(rule, choice.severity, choice.params, checks::find)
                .map_err(|source| PlanError { rule: rule.id.to_string(), source })?;
            plan.add(compiled);
        }
        Ok(plan)
    }

    /// Every rule of `registry` with its own severity: for tests and for `--profile all`.
    ///
    /// # Errors
    /// As [`Plan::new`].
    pub fn of_all(registry: &'r Registry, target: Target) -> Result<Self, PlanError> {
        static NO_PARAMS: BTreeMap<String, Literals> = BTreeMap::new();
        let choices =
            registry.rules().iter().map(|rule| Choice { rule, severity: rule.severity, params: &NO_PARAMS });
        Self::new(target, choices)
    }

    fn add(&mut self, compiled: Compiled<'r>) {
        let at = self.rules.len();
        if compiled.looks_at_objects() {
            for kind in &compiled.rule.kinds {
                match kind.as_str() {
                    "any" => self.any.push(at),
                    "workload" => self.workload.push(at),
                    kind => self.by_kind.entry(kind.to_owned()).or_default().push(at),
                }
            }
        }
        if compiled.natives.iter().any(|native| matches!(native, Native::Document(_))) {
            self.documents.push(at);
        }
        if compiled.natives.iter().any(|native| matches!(native, Native::Index(_))) {
            self.index.push(at);
        }
        self.rules.push(compiled);
    }

    /// All its rules.
    pub fn rules(&self) -> &[Compiled<'r>] {
        &self.rules
    }

    /// The rules for objects of this group and kind.
    pub fn for_object(&self, group: &str, kind: &str) -> impl Iterator<Item = &Compiled<'r>> {
        let workload: &[usize] = if kube::is_workload(group, kind) { &self.workload } else { &[] };
        let own: &[usize] = self.by_kind.get(kind).map_or(&[], Vec::as_slice);
        self.any.iter().chain(workload).chain(own).map(|at| &self.rules[*at])
    }

    /// The rules for documents.
    pub fn for_documents(&self) -> impl Iterator<Item = &Compiled<'r>> {
        self.documents.iter().map(|at| &self.rules[*at])
    }

    /// The rules for all objects together.
    pub fn for_index(&self) -> impl Iterator<Item = &Compiled<'r>> {
        self.index.iter().map(|at| &self.rules[*at])
    }
}
