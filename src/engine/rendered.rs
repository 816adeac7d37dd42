//! Kustomizations: which ones are applied, what they build, and what is found in it. A finding lies where the
//! deciding value was written, and is told once however many overlays have it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rayon::prelude::*;

use super::{
    Ignored, Judged, Plan, Role, Stop,
    finish::{finish, judge_index, show_bindings},
    merged::{Also, Merged},
    roots::{Kustomizations, Root},
    suppress::{Silence, by_annotations, of_text, once},
    told::{BuiltInside, Told},
    unchanged::Unchanged,
};
use crate::{
    base::{Diagnostic, SourceId, Span},
    index::Index,
    render::kustomize::{BuildError, BuildErrorKind, Builder, Built, Resource, Store},
    yaml::{Desk, Texts},
};

/// What came of the kustomizations.
#[derive(Debug, Default)]
pub(super) struct Rendered {
    /// The objects that findings speak for besides their own.
    pub(super) also: Also,
    pub(super) findings: Vec<Diagnostic>,
    /// Findings that annotations of their object silence, in every overlay that has them.
    pub(super) ignored: Vec<Ignored>,
    /// The annotations that silence, each once.
    pub(super) silences: Vec<Silence>,
    /// The comments that silence in files that nobody walked.
    pub(super) elsewhere: Vec<Silence>,
    /// Built objects that were judged, each overlay's counted.
    pub(super) objects: usize,
    /// The files that a built root takes up.
    pub(super) built: BTreeSet<SourceId>,
    /// The files that are only taken up by roots that could not be built.
    pub(super) unbuilt: BTreeSet<SourceId>,
    /// The GitOps objects that apply something that could not be built.
    pub(super) unbuilt_overlays: BTreeSet<Span>,
    /// What the kustomizations in named folders come to, where more is built.
    pub(super) inside: BuiltInside,
}

impl Rendered {
    /// Takes up the comments that silence in the files from the id `first` on: those that no walk found. With
    /// `peers` those for other tools, too.
    pub(super) fn silence_elsewhere(&mut self, store: &Store<'_>, first: SourceId, peers: bool) {
        let texts = self.built.range(first..).filter_map(|id| store.parsed(*id));
        self.elsewhere = texts.flat_map(|(_, parsed)| of_text(parsed, peers)).collect();
    }
}

impl Rendered {
    /// Whether not all was found that there is in the file: it belongs to something that could not be built.
    pub(super) fn is_partly_judged(&self, file: SourceId) -> bool {
        self.unbuilt.contains(&file) || self.unbuilt_overlays.iter().any(|object| object.source == file)
    }
}

/// What builds: for most roots a store without definitions of resources will do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Builders<'b, 'f, 's> {
    /// Tried first.
    pub(super) first: &'b Builder<'f>,
    /// Builds what the first could not, and says why where it cannot either.
    pub(super) again: Option<&'b Builder<'s>>,
    /// Asked when nothing more is to be built: what comes out then is not all.
    pub(super) stop: &'b Stop,
}

impl Builders<'_, '_, '_> {
    fn gaps(&self) -> Vec<BuildError> {
        let mut gaps = self.first.gaps();
        gaps.extend(self.again.map(Builder::gaps).unwrap_or_default());
        gaps.sort_by_key(|gap| gap.span);
        gaps.dedup_by_key(|gap| gap.span);
        gaps
    }
}

/// Builds and judges `roots`, each by the plan that `plan_of` gives for its file.
pub(super) fn render<'p, 'r: 'p>(
    builders: &Builders<'_, '_, '_>,
    all: &Kustomizations<'_>,
    roots: &[Root<'_>],
    plan_of: &(dyn Fn(SourceId) -> Option<&'p Plan<'r>> + Sync),
    told: Option<&Told>,
) -> Rendered {
    let unchanged = Unchanged::default();
    let judge = |root: &Root<'_>| {
        if builders.stop.is_asked() {
            return Err(Vec::new());
        }
        let plan = plan_of(root.member.file);
        match (root.build(builders.first), builders.again) {
            (Ok(built), _) => Ok(judge_built(&built, root, plan, (builders.first.store(), told, &unchanged))),
            (Err(_), Some(again)) => {
                let built = root.build(again);
                built.map(|built| judge_built(&built, root, plan, (again.store(), told, &unchanged)))
            }
            (Err(errors), None) => Err(errors),
        }
    };
    let below: Vec<BTreeSet<SourceId>> = roots.iter().map(|root| all.files_below(root)).collect();
    let judged = judge_wanted(roots, &below, told, &judge);
    let mut rendered = Rendered::default();
    let mut merged = Merged::new(told);
    let mut used: BTreeSet<SourceId> = BTreeSet::new();
    for ((root, files), judged) in roots.iter().zip(below).zip(judged) {
        used.extend(&files);
        match judged {
            // What it makes of its files is not told; that it takes them up counts.
            None if root.takes_up_all() => rendered.built.extend(files),
            None => {}
            Some(Ok(judged)) => {
                if told.is_some_and(|told| told.has_inside(root)) {
                    rendered.inside.labels.extend(root.labels.iter().cloned());
                }
                rendered.objects += judged.objects;
                let own = |file: &SourceId| root.takes_up_all() || !root.member.files.contains(file);
                rendered.built.extend(files.into_iter().filter(own));
                rendered.built.extend(&judged.sources);
                rendered.silences.extend(judged.silences);
                merged.ignore(judged.ignored);
                merged.add(&root.labels, judged.origins, judged.findings);
            }
            Some(Err(errors)) => {
                rendered.unbuilt.extend(files);
                rendered.unbuilt_overlays.extend(root.overlay());
                let findings = not_built(&errors, root.head(), plan_of(root.member.file));
                if told.is_some_and(|told| told.has_inside(root)) {
                    rendered.inside.failures.extend(findings.iter().map(|finding| finding.primary.span));
                }
                rendered.findings.extend(findings);
            }
        }
    }
    // A gap is the same for all that are built with it.
    for of_file in builders.gaps().chunk_by(|a, b| a.span.source == b.span.source) {
        rendered.findings.extend(not_built(of_file, of_file[0].span, plan_of(of_file[0].span.source)));
    }
    // An error in a base is met by every overlay of it.
    rendered.findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    rendered.findings.dedup_by(|a, b| a.sort_key() == b.sort_key());
    // A component that nothing uses is judged for what it sets, too.
    rendered.unbuilt.extend(all.files().filter(|file| !used.contains(file)));
    rendered.unbuilt.retain(|source| !rendered.built.contains(source));
    rendered.silences = once(rendered.silences);
    rendered.ignored = merged.ignored();
    rendered.also = merged.also();
    rendered.findings.extend(merged.findings());
    rendered
}

/// What became of those of `roots` that matter for what is told; `None` for the others. `below` are the files of each.
fn judge_wanted(
    roots: &[Root<'_>],
    below: &[BTreeSet<SourceId>],
    told: Option<&Told>,
    judge: &(dyn Fn(&Root<'_>) -> Result<RootJudged, Vec<BuildError>> + Sync),
) -> Vec<Option<Result<RootJudged, Vec<BuildError>>>> {
    let Some(told) = told else { return roots.par_iter().map(|root| Some(judge(root))).collect() };
    let wanted =
        roots.par_iter().zip(below).map(|(root, below)| told.wants(root, below).then(|| judge(root)));
    let mut judged: Vec<_> = wanted.collect();
    let mut origins = BTreeSet::new();
    for (root, judged) in roots.iter().zip(&judged) {
        let findings = judged.iter().flatten().flat_map(|judged| &judged.findings);
        origins.extend(told.origins(root, findings.map(|(origin, finding)| (*origin, finding))));
    }
    // Who else builds those objects is named with the findings.
    judged.par_iter_mut().zip(roots).zip(below).for_each(|((judged, root), below)| {
        if judged.is_none() && below.iter().any(|file| origins.contains(file)) {
            *judged = Some(judge(root));
        }
    });
    judged
}

/// What is told of a kustomization that was not built, or not all of it: each mistake for itself, and once that it needs something from
/// elsewhere, whatever else it needs from there.
fn not_built(errors: &[BuildError], head: Span, plan: Option<&Plan<'_>>) -> Vec<Diagnostic> {
    let of_kind = |kind| errors.iter().filter(move |error: &&BuildError| error.kind == kind);
    let report = |id: &str, error: &BuildError| {
        let compiled = plan?.rules().iter().find(|compiled| compiled.rule.id.as_str() == id)?;
        let is_somewhere = error.span.source.0 != u32::MAX;
        let span = if is_somewhere { error.span } else { head };
        let mut finding = compiled.finding(error.message.clone(), span);
        for (span, text) in error.related.iter().filter(|(span, _)| span.source.0 != u32::MAX) {
            finding.relate(*span, text.clone());
        }
        finding.fixes.extend(error.fix.as_deref().cloned());
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
    ignored: Vec<(Option<Span>, Ignored)>,
    silences: Vec<Silence>,
}

fn judge_built(
    built: &Built<'_>,
    root: &Root<'_>,
    plan: Option<&Plan<'_>>,
    (texts, told, unchanged): (&dyn Texts, Option<&Told>, &Unchanged),
) -> RootJudged {
    let mut out = RootJudged::default();
    let Some(plan) = plan else { return out };
    let desk = Desk::new(texts);
    let mut judged = Judged::default();
    let mut origins = BTreeMap::new();
    for resource in &built.resources {
        let is_counted = told.is_none_or(|told| {
            told.has_inside(root)
                || told.has(resource.origin.source)
                || resource.trail.iter().any(|step| told.has(step.source))
        });
        out.origins.insert(resource.origin);
        out.sources.insert(resource.origin.source);
        let before = judged.findings.len();
        for id in unchanged.judge(resource, plan, (texts, &desk), &mut judged) {
            out.objects += usize::from(is_counted);
            // Only what a finding or a fact holds on to can be asked for, and keeps its address.
            if Arc::strong_count(&id) > 1 {
                origins.insert(Arc::as_ptr(&id), resource.origin);
            }
        }
        for finding in &mut judged.findings[before..] {
            relate_chain(finding, resource, root);
        }
    }
    if root.is_open() {
        judged.findings.retain(|finding| !finding.absence);
        judged.facts.clear();
    }
    // What a root applies is one unit, wherever its objects are written.
    let index = Index::build(judged.facts, &|_| "");
    judge_index(&index, plan, &mut judged.findings);
    let rules = || plan.rules().iter().map(|compiled| compiled.rule);
    finish(&mut judged.findings, rules());
    show_bindings(&mut judged.findings, &index, rules());
    let ignored = plan.silencing.map(|it| by_annotations(&mut judged.findings, &mut judged.silences, it));
    let origin_of = |finding: &Diagnostic| {
        finding.subject.as_ref().and_then(|subject| origins.get(&Arc::as_ptr(&subject.object)).copied())
    };
    out.silences = judged.silences;
    out.ignored = ignored.into_iter().flatten().map(|it| (origin_of(&it.finding), it)).collect();
    out.findings = judged.findings.into_iter().map(|finding| (origin_of(&finding), finding)).collect();
    out
}

/// Steps of a finding's way that are told: the nearest to the root, and the nearest to the object.
const MOST_STEPS: usize = 4;

/// Names the other places of a finding's way from the root over bases to the object, in this order; the last place,
/// where the deciding value is written, is the finding's own.
fn relate_chain(finding: &mut Diagnostic, resource: &Resource<'_>, root: &Root<'_>) {
    let place = finding.primary.span.source;
    let origin = resource.origin;
    let of_root = |span: &&Span| span.source == root.member.file;
    let head = resource.trail.last().filter(of_root).copied().unwrap_or_else(|| root.head());
    if place == origin.source {
        if finding.absence && origin.source != head.source {
            finding.relate(head, format!("{}, which does not set it", root.builds()));
        }
        return;
    }
    if place != head.source {
        finding.relate(head, root.builds());
    }
    let between: Vec<Span> = resource.trail.iter().rev().skip(1).copied().collect();
    let left_out = between.len().saturating_sub(MOST_STEPS - 1);
    for step in between.into_iter().skip(left_out).filter(|step| step.source != place) {
        finding.relate(step, "through this one");
    }
    finding.relate(Span::at(origin.source, origin.start), "the object that it changes");
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
