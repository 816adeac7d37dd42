//! What a run found, by file.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    base::{Diagnostic, RuleId, Source, SourceId},
    config::Resolver,
    engine::{FileClass, Outcome, Role},
};

/// What a run over one folder, or over one file outside of all folders, found.
#[derive(Debug)]
pub(super) struct Unit {
    /// The folder, by its real path; for a file by itself, the file.
    pub(super) root: PathBuf,
    outcome: Outcome,
    pub(super) resolver: Resolver<'static>,
    /// Real paths by id.
    paths: Vec<PathBuf>,
    ids: HashMap<PathBuf, SourceId>,
    /// The findings of each file, by their places in the outcome.
    findings: HashMap<SourceId, Vec<usize>>,
    /// What a baseline knows, and is not told.
    known: HashSet<About>,
}

/// What a finding is about, wherever it stands: the rule, the object, the container and the field; without an object,
/// its words.
pub(super) type About = (RuleId, String, Option<String>, String);

pub(super) fn about(finding: &Diagnostic) -> About {
    let rule = finding.rule.clone();
    match &finding.subject {
        Some(it) => (rule, it.object.to_string(), it.container.clone(), it.path.clone()),
        None => (rule, String::new(), None, finding.message.clone()),
    }
}

impl Unit {
    /// Sorts what was found below `root`, without what a baseline knows: findings about what is `known`.
    pub(super) fn new(
        root: PathBuf,
        outcome: Outcome,
        resolver: Resolver<'static>,
        known: HashSet<About>,
    ) -> Self {
        let ids = (0..outcome.sources.len()).map(|id| SourceId(id as u32));
        let paths: Vec<PathBuf> = ids
            .clone()
            .map(|id| outcome.base.join(outcome.sources.path(id)).components().collect())
            .collect();
        let mut findings: HashMap<SourceId, Vec<usize>> = HashMap::new();
        for (at, finding) in outcome.findings.iter().enumerate() {
            findings.entry(finding.primary.span.source).or_default().push(at);
        }
        let ids = paths.iter().cloned().zip(ids).collect();
        Self { root, outcome, resolver, paths, ids, findings, known }
    }

    /// What findings are about that a baseline knows.
    pub(super) fn known(&self) -> impl Iterator<Item = About> {
        self.known.iter().cloned()
    }

    /// Whether a baseline knows what `finding` is about.
    pub(super) fn knows(&self, finding: &Diagnostic) -> bool {
        !self.known.is_empty() && self.known.contains(&about(finding))
    }

    /// The number of the file at `real`, where the run met it.
    pub(super) fn id(&self, real: &Path) -> Option<SourceId> {
        self.ids.get(real).copied()
    }

    /// The real path of a file.
    pub(super) fn path(&self, id: SourceId) -> Option<&Path> {
        self.paths.get(id.0 as usize).map(PathBuf::as_path)
    }

    /// The text of a file, where something is found in it.
    pub(super) fn source(&self, id: SourceId) -> Option<&Source> {
        self.outcome.sources.get(id)
    }

    /// What a file was judged as, and what it was, where it was judged at all.
    pub(super) fn role(&self, id: SourceId) -> Option<(Role, FileClass)> {
        self.outcome.roles.get(&id).copied()
    }

    /// What is found in a file.
    pub(super) fn findings(&self, id: SourceId) -> impl Iterator<Item = &Diagnostic> {
        let places = self.findings.get(&id).into_iter().flatten();
        places.filter_map(|at| self.outcome.findings.get(*at))
    }

    /// The files in which something is found, in their order.
    pub(super) fn files_with_findings(&self) -> Vec<SourceId> {
        let mut ids: Vec<_> = self.findings.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    /// The files that could not be read, and why.
    pub(super) fn unreadable(&self) -> impl Iterator<Item = (PathBuf, &str)> {
        let base = &self.outcome.base;
        self.outcome.unreadable.iter().map(|it| (base.join(&it.path), it.reason.as_str()))
    }
}

/// The unit that speaks for the file at `real`: that of the innermost folder that holds it, else any that met it.
pub(super) fn speaking_for<'u>(units: &'u [Arc<Unit>], real: &Path) -> Option<(&'u Arc<Unit>, SourceId)> {
    let met = units.iter().filter_map(|unit| Some((unit, unit.id(real)?)));
    met.max_by_key(|(unit, _)| {
        let depth = unit.root.components().count();
        if real.starts_with(&unit.root) { depth } else { 0 }
    })
}
