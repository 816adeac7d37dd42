//! What a run found, in the order in which it is told.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Duration,
};

use super::{Fixable, Ignored, Known, Role};
use crate::base::{Diagnostic, RuleId, Severity, SourceId, Sources};

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileClass {
    /// At least one Kubernetes object.
    Kubernetes,
    /// A kustomization.
    Kustomization,
    /// A partial object that a kustomization lays over another.
    KustomizePatch,
    /// A template of a Helm chart.
    HelmTemplate,
    /// `Chart.yaml`, `Chart.lock` or a values file of a chart.
    HelmChart,
    /// YAML or JSON of another kind, empty files among them.
    #[default]
    Other,
    /// Could not be read as text or as YAML at all.
    Broken,
}

/// A file that could not be read; it makes the run fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its path as shown.
    pub path: String,
    /// Why, in one line.
    pub reason: String,
}

/// Counts for the closing line.
#[derive(Debug, Clone, Default)]
pub struct Stats {
    /// Files by what they are.
    pub files: BTreeMap<FileClass, usize>,
    /// Kubernetes objects judged.
    pub objects: usize,
    /// Wall time of the run.
    pub elapsed: Duration,
}

/// The result of a run.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Every source by id; those that a finding points into have their text.
    pub sources: Sources,
    /// How many of the sources the walk found, or standard input is; they come first. The others were only read for
    /// what they bring to these.
    pub walked: usize,
    /// The files that the run is about; `None` where that is all that were read.
    pub told: Option<BTreeSet<SourceId>>,
    /// Sorted by path, place and rule.
    pub findings: Vec<Diagnostic>,
    /// What comments, annotations and overrides silence, in the same order.
    pub ignored: Vec<Ignored>,
    /// Findings below the severity from which on they are told, in no order.
    pub unshown: Vec<Diagnostic>,
    /// What a baseline took out of the findings, where there is one.
    pub known: Option<Known>,
    /// How many findings have a fix, where somebody counted.
    pub fixable: Fixable,
    /// Files that could not be read, sorted by path.
    pub unreadable: Vec<Unreadable>,
    /// The rules that ran, sorted by id.
    pub rules_run: Vec<RuleId>,
    /// What was seen.
    pub stats: Stats,
    /// The classification of each file, in path order; filled only when asked for.
    pub classes: Vec<(String, FileClass)>,
    /// What each walked file was judged as, and what it turned out to be.
    pub roles: BTreeMap<SourceId, (Role, FileClass)>,
    /// The folder to which relative source paths are relative.
    pub base: PathBuf,
    /// The repository's root (the nearest folder with `.git`), or `base`; paths for tools start here.
    pub root: PathBuf,
}

impl Outcome {
    /// How many findings there are of each severity, worst first; zeros included.
    pub fn by_severity(&self) -> [(Severity, usize); 5] {
        Severity::WORST_FIRST.map(|severity| {
            (severity, self.findings.iter().filter(|finding| finding.severity == severity).count())
        })
    }

    /// Whether `source` is one that the run is about: the walk found it where it was told to, or standard input is it.
    pub fn is_walked(&self, source: SourceId) -> bool {
        (source.0 as usize) < self.walked && self.told.as_ref().is_none_or(|told| told.contains(&source))
    }

    /// The worst severity found.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }
}
