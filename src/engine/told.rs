//! What is told of a run that reads more than it was asked about, and which of that it needs to judge.

use std::{
    collections::{BTreeSet, HashSet},
    path::Path,
};

use memchr::memmem;

use super::{
    Plan, Request, Scope,
    files::{Job, text_of},
    rendered::Rendered,
    roots::{Kustomizations, Root},
    texts::Texts,
};
use crate::{
    base::{Diagnostic, SourceId, Span},
    index,
    render::kustomize::FILE_NAMES,
    rule::Native,
    walk::{self, NameHint},
};

/// The files that a run is about, where it reads others too.
#[derive(Debug, Default)]
pub(super) struct Told {
    files: HashSet<SourceId>,
    /// Those of them that lie in a named folder.
    in_folders: HashSet<SourceId>,
    /// What the kustomizations in named folders come to, wherever it lies.
    built: BuiltInside,
    /// Told is also what has one of them among its related places.
    through: bool,
    /// Files whose objects rules over all objects have to know.
    known: HashSet<SourceId>,
    /// Files in which something is found that goes through one of the files.
    met: HashSet<SourceId>,
}

/// What was found in what the kustomizations in named folders build.
#[derive(Debug, Default)]
pub(super) struct BuiltInside {
    /// The names of those kustomizations.
    pub(super) labels: HashSet<String>,
    /// Where the reasons lie why some have no result.
    pub(super) failures: HashSet<Span>,
}

/// How a file is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judging {
    /// By all its rules.
    Whole,
    /// For what other objects need to know of it.
    Facts,
    /// Not at all.
    No,
}

impl Told {
    /// The files of `jobs` that are told; `None` where that is all of them and there is nothing else to tell.
    pub(super) fn new(jobs: &[Job], request: &Request<'_>) -> Option<Self> {
        let through = matches!(request.scope, Scope::Changed { .. });
        if !through && jobs.iter().all(|job| job.is_told) {
            return None;
        }
        let told = || jobs.iter().filter(|job| job.is_told);
        let files = told().map(|job| job.id).collect();
        let in_folders = told().filter(|job| job.is_in_folder && !through).map(|job| job.id).collect();
        Some(Self { files, in_folders, through, ..Self::default() })
    }

    /// Finds out what decides about the files, besides the kustomizations that reach them.
    pub(super) fn look_around<'p, 'r: 'p>(
        &mut self,
        all: &Kustomizations<'_>,
        (jobs, texts): (&[Job], &Texts),
        request: &Request<'_>,
        plan_of: &dyn Fn(SourceId) -> Option<&'p Plan<'r>>,
    ) {
        self.take_gone(all, request);
        self.take_known(jobs, texts, request, plan_of);
    }

    /// Counts the kustomizations of `all` that name something gone among the files.
    fn take_gone(&mut self, all: &Kustomizations<'_>, request: &Request<'_>) {
        let Scope::Changed { gone, .. } = &request.scope else { return };
        // With its kustomization, a folder is gone for those that name it.
        let is_gone = |path: &Path| {
            let path = walk::plain(path);
            gone.contains(&path) || gone.iter().any(|it| is_kustomization(it) && it.parent() == Some(&path))
        };
        self.files.extend(all.naming(&is_gone));
    }

    /// Notes the files whose objects rules over all objects have to know, where what is told holds such objects.
    fn take_known<'p, 'r: 'p>(
        &mut self,
        jobs: &[Job],
        texts: &Texts,
        request: &Request<'_>,
        plan_of: &dyn Fn(SourceId) -> Option<&'p Plan<'r>>,
    ) {
        let text_has = |job: &Job, test: &dyn Fn(&str) -> bool| match texts.get(job.id) {
            Some(source) => test(&source.text),
            None => text_of(job, request).is_ok_and(|loaded| test(&loaded.source.text)),
        };
        let plain = || jobs.iter().filter(|job| job.found.hint == NameHint::Plain);
        let asks = |job: &Job| plan_of(job.id).is_some_and(|plan| text_has(job, &|text| asks(plan, text)));
        let through = self.through;
        let changes = |job: &Job| through && text_has(job, &index::may_hold_facts);
        if !plain().any(|job| self.files.contains(&job.id) && (changes(job) || asks(job))) {
            return;
        }
        // A change in one file may also show in the workloads of others.
        let is_known = |job: &Job| text_has(job, &index::may_hold_facts) || through && asks(job);
        let known = plain().filter(|job| !self.files.contains(&job.id) && is_known(job));
        self.known = known.map(|job| job.id).collect();
    }

    /// Whether a run is about this file.
    pub(super) fn has(&self, file: SourceId) -> bool {
        self.files.contains(&file)
    }

    /// The files.
    pub(super) fn files(&self) -> BTreeSet<SourceId> {
        self.files.iter().copied().collect()
    }

    /// Whether `finding` is told.
    pub(super) fn tells(&self, finding: &Diagnostic) -> bool {
        let has = |span: Span| self.files.contains(&span.source);
        has(finding.primary.span)
            || self.through && finding.related.iter().any(|label| has(label.span))
            || finding.overlays.iter().any(|label| self.built.labels.contains(label))
            || self.built.failures.contains(&finding.primary.span)
    }

    /// Whether all that `root` comes to is told, wherever it lies: whoever names a folder asks for what it applies.
    pub(super) fn has_inside(&self, root: &Root<'_>) -> bool {
        self.in_folders.contains(&root.head().source)
    }

    /// Whether `root`, with these files `below` it, decides about one of the files, or about what has to be known of
    /// others.
    pub(super) fn wants(&self, root: &Root<'_>, below: &BTreeSet<SourceId>) -> bool {
        let has = |id: &SourceId| self.files.contains(id);
        below.iter().any(has)
            || root.sources().iter().any(has)
            || !root.takes_up_all() && below.iter().any(|id| self.known.contains(id))
    }

    /// The files, besides those it is about, that hold objects in which the `findings` are: whoever builds those too
    /// is named.
    pub(super) fn origins<'f>(
        &self,
        root: &Root<'_>,
        findings: impl Iterator<Item = (Option<Span>, &'f Diagnostic)>,
    ) -> BTreeSet<SourceId> {
        let is_inside = self.has_inside(root);
        let told = findings.filter(|(_, finding)| is_inside || self.tells(finding));
        let origins = told.filter_map(|(origin, _)| Some(origin?.source));
        origins.filter(|source| !self.files.contains(source)).collect()
    }

    /// Notes what kustomizations in named folders came to, and where the findings lie that are told.
    pub(super) fn meet(&mut self, rendered: &mut Rendered) {
        self.built = std::mem::take(&mut rendered.inside);
        let told = rendered.findings.iter().filter(|finding| self.tells(finding));
        self.met = told.map(|finding| finding.primary.span.source).collect();
    }

    /// How the file is judged.
    pub(super) fn judging(&self, file: SourceId) -> Judging {
        let is_known = self.known.contains(&file);
        if self.files.contains(&file) || self.met.contains(&file) || self.through && is_known {
            Judging::Whole
        } else if is_known {
            Judging::Facts
        } else {
            Judging::No
        }
    }
}

/// Whether a rule of `plan` needs to know other objects to judge those in `text`. A yes may be wrong.
fn asks(plan: &Plan<'_>, text: &str) -> bool {
    let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    let is_role = has("Role");
    plan.rules().iter().any(|compiled| {
        let looks = compiled.natives.iter().any(|it| matches!(it, Native::Index(_)));
        let kinds = || {
            let mut kinds =
                compiled.rule.kinds.iter().map(String::as_str).chain(compiled.params.texts("kinds"));
            kinds.any(|kind| matches!(kind, "any" | "workload") || has(kind))
        };
        compiled.rule.show_bindings && is_role || looks && kinds()
    })
}

fn is_kustomization(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| FILE_NAMES.contains(&name))
}
