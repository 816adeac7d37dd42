//! What the files and the kustomizations of a run brought, put together.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};

use super::{
    Outcome, Plan, Request,
    files::{Done, Job, text_of},
    finish::{finish, judge_index, show_bindings},
    overrule::overrule,
    rendered::Rendered,
    suppress::{Silencing, settle},
    told::Told,
};
use crate::{
    base::{Diagnostic, SourceId, Sources},
    config::Settings,
    index::Index,
    render::kustomize::Store,
    rule::Registry,
};

/// What holds for the files of a run.
pub(super) struct Holding<'h, 'r> {
    pub(super) settings: Vec<&'h Arc<Settings>>,
    pub(super) plans: Vec<&'h Plan<'r>>,
    /// Which of them hold for the files that only kustomizations read.
    pub(super) elsewhere: BTreeMap<SourceId, usize>,
    pub(super) silencing: Option<Silencing<'h>>,
    /// What is told, where that is not all.
    pub(super) told: Option<&'h Told>,
    /// The ways to the files from the top of their work tree, where that was read.
    pub(super) from_top: &'h [Option<String>],
    /// The ways to the files from the folders of their configurations, where those override something.
    pub(super) ways: &'h BTreeMap<SourceId, PathBuf>,
}

/// Puts together what the jobs brought, in the order of the paths whatever the threads did.
pub(super) fn collect(
    outcome: &mut Outcome,
    mut done: Vec<Done>,
    rendered: Rendered,
    holding: &Holding<'_, '_>,
    registry: &Registry,
    with_classes: bool,
) {
    done.sort_by_key(|done| done.id);
    let mut settings_of = holding.elsewhere.clone();
    let mut findings: Vec<Diagnostic> = Vec::new();
    let mut facts = Vec::new();
    let mut silences = rendered.elsewhere;
    for done in done {
        let is_told = holding.told.is_none_or(|told| told.has(done.id));
        if is_told {
            *outcome.stats.files.entry(done.judged.class).or_insert(0) += 1;
            outcome.stats.objects += done.judged.objects;
            outcome.unreadable.extend(done.unreadable);
        }
        outcome.roles.insert(done.id, (done.role, done.judged.class));
        findings.extend(done.judged.findings);
        facts.extend(done.judged.facts);
        silences.extend(done.judged.silences);
        settings_of.insert(done.id, done.settings);
        if let Some(source) = done.source {
            outcome.sources.keep(source);
        }
        if with_classes && is_told {
            outcome.classes.push((outcome.sources.path(done.id).to_owned(), done.judged.class));
        }
    }
    let from_top = |id: SourceId| holding.from_top.get(id.0 as usize)?.as_deref();
    let index = Index::build(facts, &|id| from_top(id).unwrap_or_else(|| outcome.sources.path(id)));
    for (at, plan) in holding.plans.iter().enumerate() {
        let before = findings.len();
        judge_index(&index, plan, &mut findings);
        // Each file is judged by the plan that holds for it, and by no other.
        let own = findings.split_off(before);
        findings.extend(own.into_iter().filter(|it| settings_of.get(&it.primary.span.source) == Some(&at)));
    }
    finish(&mut findings, registry.rules().iter());
    show_bindings(&mut findings, &index, registry.rules().iter());
    // What was found in built objects went through the same for each of them.
    outcome.stats.objects += rendered.objects;
    findings.extend(rendered.findings.into_iter().filter_map(|mut finding| {
        let Some(at) = settings_of.get(&finding.primary.span.source) else { return Some(finding) };
        // The file in which the deciding value stands has the last word about its own findings.
        let compiled = holding.plans.get(*at)?.rules().iter().find(|it| it.rule.id == finding.rule)?;
        finding.severity = compiled.severity;
        Some(finding)
    }));
    outcome.ignored = rendered.ignored;
    if let Some(silencing) = holding.silencing {
        let plan_of = |id| settings_of.get(&id).and_then(|at| holding.plans.get(*at)).copied();
        outcome.ignored.extend(settle(&mut findings, silences, rendered.silences, silencing, &plan_of));
    }
    if let Some(told) = holding.told {
        findings.retain(|finding| told.tells(finding));
        outcome.ignored.retain(|it| told.tells(&it.finding));
    }
    let ranks = ranks(&outcome.sources);
    let key = |it: &Diagnostic| ranks.get(it.primary.span.source.0 as usize).copied().unwrap_or(usize::MAX);
    let in_order = |a: &Diagnostic, b: &Diagnostic| (key(a), a.sort_key()).cmp(&(key(b), b.sort_key()));
    findings.sort_by(in_order);
    let settings_for =
        |id: SourceId| settings_of.get(&id).and_then(|at| holding.settings.get(*at)).map(AsRef::as_ref);
    let is_shown = |finding: &Diagnostic| {
        settings_for(finding.primary.span.source).is_none_or(|it| it.min_severity <= finding.severity)
    };
    let overriding = |id: SourceId| Some((settings_for(id)?, holding.ways.get(&id)?.as_path()));
    // Behind the comments: what an override takes out too was needed all the same.
    outcome.ignored.extend(overrule(&mut findings, registry, &rendered.also, &overriding));
    let is_told = |it: &Diagnostic| holding.ways.contains_key(&it.primary.span.source) || is_shown(it);
    let (findings, mut unshown): (Vec<_>, Vec<_>) = findings.into_iter().partition(is_told);
    let (ignored, others): (Vec<_>, Vec<_>) =
        std::mem::take(&mut outcome.ignored).into_iter().partition(|it| is_shown(&it.finding));
    unshown.extend(others.into_iter().map(|it| it.finding));
    (outcome.ignored, outcome.unshown) = (ignored, unshown);
    outcome.ignored.sort_by(|a, b| in_order(&a.finding, &b.finding));
    outcome.findings = findings;
    outcome.unreadable.sort_by(|a, b| a.path.cmp(&b.path));
}

/// The place of each source in the order of the paths: ids follow it only as far as files were walked.
fn ranks(sources: &Sources) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by_key(|id| sources.path(SourceId(*id as u32)));
    let mut ranks = vec![0; order.len()];
    for (rank, id) in order.into_iter().enumerate() {
        ranks[id] = rank;
    }
    ranks
}

/// Keeps the texts into which findings and their fixes point: those that kustomizations read, and, read once more, the
/// few that only a related place is in.
pub(super) fn keep_texts(outcome: &mut Outcome, jobs: &[Job], store: &Store<'_>, request: &Request<'_>) {
    let findings = outcome.findings.iter().chain(outcome.ignored.iter().map(|it| &it.finding));
    let places = findings.flat_map(|it| {
        let edits = it.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
        it.related.iter().chain([&it.primary]).map(|label| label.span).chain(edits)
    });
    let sources = places.map(|span| span.source);
    let wanted: BTreeSet<SourceId> = sources.filter(|id| outcome.sources.get(*id).is_none()).collect();
    for id in wanted {
        if let Some((source, _)) = store.parsed(id) {
            outcome.sources.keep(Arc::clone(source));
            continue;
        }
        let Some(job) = jobs.get(id.0 as usize) else { continue };
        if let Ok(loaded) = text_of(job, request) {
            outcome.sources.keep(Arc::new(loaded.source));
        }
    }
}
