//! Kustomizations: which ones are applied, what they build, and what is found in it. A finding lies where the
//! deciding value was written, and is told once however many overlays have it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use rayon::prelude::*;

use super::{
    Judged, Plan, Role,
    finish::{finish, judge_index, show_bindings},
    judge::judge_object,
};
use crate::{
    base::{Diagnostic, RuleId, SourceId, Span},
    index::Index,
    kube,
    render::kustomize::{BuildError, BuildErrorKind, Builder, Built, Member},
};

/// A kustomization that is applied as it stands: no other one of the run uses it.
#[derive(Debug)]
pub(super) struct Root<'m> {
    pub(super) member: &'m Member,
    /// Its folder, as shown.
    pub(super) label: String,
}

/// What came of the kustomizations.
#[derive(Debug, Default)]
pub(super) struct Rendered {
    pub(super) findings: Vec<Diagnostic>,
    /// Built objects that were judged, each overlay's counted.
    pub(super) objects: usize,
    /// The files that a built root takes up.
    pub(super) built: BTreeSet<SourceId>,
    /// The files that are only taken up by roots that could not be built.
    pub(super) unbuilt: BTreeSet<SourceId>,
}

/// The kustomizations that no other one uses; of those that use each other in a circle, all. Components are no roots.
pub(super) fn roots(members: &[Member]) -> Vec<&Member> {
    let used: BTreeSet<&PathBuf> = members.iter().flat_map(|member| &member.uses).collect();
    let is_root = |member: &&Member| !member.is_component && !used.contains(&member.folder);
    let mut roots: Vec<&Member> = members.iter().filter(is_root).collect();
    let mut reached = BTreeSet::new();
    for root in &roots {
        reach(root, members, &mut reached);
    }
    let unreached = |member: &&Member| !member.is_component && !reached.contains(&member.folder);
    roots.extend(members.iter().filter(unreached));
    roots
}

fn reach<'m>(from: &'m Member, members: &'m [Member], reached: &mut BTreeSet<&'m PathBuf>) {
    let mut to_do = vec![from];
    while let Some(member) = to_do.pop() {
        if reached.insert(&member.folder) {
            to_do.extend(members.iter().filter(|other| member.uses.contains(&other.folder)));
        }
    }
}

/// The files that a kustomization and all below it read.
fn files_below(from: &Member, members: &[Member]) -> BTreeSet<SourceId> {
    let mut reached = BTreeSet::new();
    reach(from, members, &mut reached);
    let below = members.iter().filter(|member| reached.contains(&member.folder));
    below.flat_map(|member| member.files.iter().copied()).collect()
}

/// Builds and judges `roots`, each by the plan that `plan_of` gives for its file.
pub(super) fn render<'p, 'r: 'p>(
    builder: &Builder<'_>,
    members: &[Member],
    roots: &[Root<'_>],
    plan_of: &(dyn Fn(SourceId) -> Option<&'p Plan<'r>> + Sync),
) -> Rendered {
    let judged: Vec<_> = roots
        .par_iter()
        .map(|root| {
            let plan = plan_of(root.member.file);
            match builder.build(&root.member.folder) {
                Ok(built) => Ok(judge_built(&built, plan)),
                Err(errors) => Err(errors),
            }
        })
        .collect();
    let mut rendered = Rendered::default();
    let mut merged = Merged::default();
    for (root, judged) in roots.iter().zip(judged) {
        match judged {
            Ok(judged) => {
                rendered.objects += judged.objects;
                rendered.built.extend(files_below(root.member, members));
                rendered.built.extend(&judged.sources);
                merged.add(root, judged);
            }
            Err(errors) => {
                rendered.unbuilt.extend(files_below(root.member, members));
                let plan = plan_of(root.member.file);
                rendered.findings.extend(told(&errors, root, plan));
            }
        }
    }
    // An error in a base is met by every overlay of it.
    rendered.findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    rendered.findings.dedup_by(|a, b| a.sort_key() == b.sort_key());
    // A component that nothing uses is judged for what it sets, too.
    let used: BTreeSet<SourceId> = roots.iter().flat_map(|root| files_below(root.member, members)).collect();
    let idle = members.iter().flat_map(|member| &member.files).filter(|file| !used.contains(file));
    rendered.unbuilt.extend(idle);
    rendered.unbuilt.retain(|source| !rendered.built.contains(source));
    rendered.findings.extend(merged.findings());
    rendered
}

/// What is told of a kustomization that was not built: each mistake for itself, and once that it needs something from
/// elsewhere, whatever else it needs from there.
fn told(errors: &[BuildError], root: &Root<'_>, plan: Option<&Plan<'_>>) -> Vec<Diagnostic> {
    let of_kind = |kind| errors.iter().filter(move |error: &&BuildError| error.kind == kind);
    let report = |id: &str, error: &BuildError| {
        let compiled = plan?.rules().iter().find(|compiled| compiled.rule.id.as_str() == id)?;
        let is_somewhere = error.span.source.0 != u32::MAX;
        let span = if is_somewhere { error.span } else { Span::at(root.member.file, 0) };
        let mut finding = compiled.finding(error.message.clone(), span);
        for (span, text) in error.related.iter().filter(|(span, _)| span.source.0 != u32::MAX) {
            finding.relate(*span, text.clone());
        }
        Some(finding)
    };
    let mut told: Vec<Diagnostic> =
        of_kind(BuildErrorKind::Invalid).filter_map(|error| report("kustomization-invalid", error)).collect();
    let mut offline = of_kind(BuildErrorKind::Offline);
    if let Some(mut finding) = offline.next().and_then(|first| report("kustomization-not-built", first)) {
        for other in offline {
            finding.relate(other.span, other.message.clone());
        }
        told.push(finding);
    }
    told
}

/// What was found in one root.
#[derive(Debug, Default)]
struct RootJudged {
    objects: usize,
    /// Every source that a value of the result was written in.
    sources: BTreeSet<SourceId>,
    /// Where each object of the result was written.
    origins: BTreeSet<Span>,
    /// What was found, with the origin of the object, where it is about one.
    findings: Vec<(Option<Span>, Diagnostic)>,
}

fn judge_built(built: &Built<'_>, plan: Option<&Plan<'_>>) -> RootJudged {
    let mut out = RootJudged::default();
    let Some(plan) = plan else { return out };
    let mut judged = Judged::default();
    let mut origins = BTreeMap::new();
    for resource in &built.resources {
        out.origins.insert(resource.origin);
        out.sources.insert(resource.origin.source);
        for object in kube::objects(resource.node()) {
            origins.insert(object.id(), resource.origin);
            let before = judged.findings.len();
            judge_object(object, plan, &mut judged);
            for finding in &mut judged.findings[before..] {
                relate_chain(finding, resource.origin, built.root);
            }
        }
    }
    out.objects = judged.objects;
    // What a root applies is one unit, wherever its objects are written.
    let index = Index::build(judged.facts, &|_| "");
    judge_index(&index, plan, &mut judged.findings);
    let rules = || plan.rules().iter().map(|compiled| compiled.rule);
    finish(&mut judged.findings, rules());
    show_bindings(&mut judged.findings, &index, rules());
    let with_origin = judged.findings.into_iter().map(|finding| {
        let origin = finding.subject.as_ref().and_then(|subject| origins.get(&*subject.object).copied());
        (origin, finding)
    });
    out.findings = with_origin.collect();
    out
}

/// Names the other places of a finding's way from base to result.
fn relate_chain(finding: &mut Diagnostic, origin: Span, root: SourceId) {
    let place = finding.primary.span.source;
    if place != origin.source && place != root {
        finding.relate(Span::at(root, 0), "built by this kustomization");
    }
    if place != origin.source {
        finding.relate(Span::at(origin.source, origin.start), "the object that it changes");
    } else if finding.absence && origin.source != root {
        finding.relate(Span::at(root, 0), "and this kustomization, which builds it, does not set it");
    }
}

/// The findings of all roots, the same one once.
#[derive(Debug, Default)]
struct Merged {
    labels: Vec<String>,
    /// Which roots hold the object of an origin.
    holders: BTreeMap<Span, BTreeSet<usize>>,
    findings: BTreeMap<Key, (Option<Span>, BTreeSet<usize>, Diagnostic)>,
}

/// What makes two findings the same: the rule, the place, and the container that it speaks of.
type Key = (Span, RuleId, Option<String>, Option<Span>);

impl Merged {
    fn add(&mut self, root: &Root<'_>, judged: RootJudged) {
        let number = self.labels.len();
        self.labels.push(root.label.clone());
        for origin in judged.origins {
            self.holders.entry(origin).or_default().insert(number);
        }
        for (origin, finding) in judged.findings {
            let container = finding.subject.as_ref().and_then(|subject| subject.container.clone());
            let key = (finding.primary.span, finding.rule.clone(), container, origin);
            let entry = self.findings.entry(key).or_insert_with(|| (origin, BTreeSet::new(), finding));
            entry.1.insert(number);
        }
    }

    fn findings(self) -> impl Iterator<Item = Diagnostic> {
        let Self { labels, holders, findings } = self;
        findings.into_values().map(move |(origin, found_in, mut finding)| {
            let names =
                |numbers: &mut dyn Iterator<Item = &usize>| numbers.map(|at| labels[*at].clone()).collect();
            finding.overlays = names(&mut found_in.iter());
            if let Some(holders) = origin.and_then(|origin| holders.get(&origin)) {
                finding.spared = names(&mut holders.difference(&found_in));
            }
            finding
        })
    }
}

/// How the file `source` is judged by itself, given what kustomizations make of it.
pub(super) fn role_of(source: SourceId, plain: Role, rendered: &Rendered) -> Role {
    let is_unbuilt = rendered.unbuilt.contains(&source);
    match plain {
        Role::Kustomization => Role::Kustomization,
        Role::Patch if is_unbuilt => Role::UnbuiltPatch,
        Role::Patch => Role::Patch,
        _ if rendered.built.contains(&source) => Role::Rendered,
        _ if is_unbuilt => Role::Unbuilt,
        role => role,
    }
}
