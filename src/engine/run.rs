//! One run from walk to outcome.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use rayon::prelude::*;

use super::{
    Choice, Failure, FileClass, Judged, Outcome, Plan, Reading, Request, Role, Stdin, Unreadable,
    finish::{finish, judge_index, show_bindings},
    judge,
    load::{Loaded, decode, load},
};
use crate::{
    base::{Diagnostic, RuleId, Source, SourceId, Sources},
    config::Settings,
    index::Index,
    render,
    rule::{Registry, Target},
    walk::{self, Found, NameHint},
    yaml,
};

/// One text to judge, and what holds for it.
#[derive(Debug)]
struct Job {
    id: SourceId,
    found: Found,
    /// Index into the run's settings and plans.
    settings: usize,
}

/// What became of one job.
#[derive(Debug)]
struct Done {
    id: SourceId,
    settings: usize,
    judged: Judged,
    source: Option<Arc<Source>>,
    unreadable: Option<Unreadable>,
}

/// Does what `request` asks. `progress` hears how many files are done, of how many.
///
/// # Errors
/// [`Failure`] when nothing could be judged.
pub fn run(
    registry: &Registry,
    request: &Request<'_>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Outcome, Failure> {
    let mut pool = rayon::ThreadPoolBuilder::new();
    if let Some(threads) = request.threads {
        pool = pool.num_threads(threads);
    }
    pool.build()?.install(|| run_here(registry, request, progress))
}

fn run_here(
    registry: &Registry,
    request: &Request<'_>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Outcome, Failure> {
    let started = Instant::now();
    let walked = walk::walk(&request.paths, &request.walk, request.resolver);
    let (jobs, settings) = jobs(walked.files, request)?;
    let plans = plans(registry, &settings)?;
    let done = judge_jobs(&jobs, &plans, request, progress);
    let paths = jobs.iter().map(|job| job.found.shown.clone());
    let mut outcome = Outcome {
        sources: Sources::with_paths(paths),
        unreadable: walked.errors.into_iter().map(|(path, reason)| Unreadable { path, reason }).collect(),
        rules_run: rules_run(&plans),
        base: std::env::current_dir().unwrap_or_default(),
        ..Outcome::default()
    };
    outcome.root = root_of(&outcome.base);
    collect(&mut outcome, done, &Holding { settings: &settings, plans: &plans }, registry, request.classes);
    keep_related(&mut outcome, &jobs, &request.limits);
    outcome.stats.elapsed = started.elapsed();
    Ok(outcome)
}

/// Numbers the files in their order and finds what holds for each.
fn jobs(files: Vec<Found>, request: &Request<'_>) -> Result<(Vec<Job>, Vec<Arc<Settings>>), Failure> {
    let stdin = request.stdin.as_ref().map(found_stdin);
    let mut settings: Vec<Arc<Settings>> = Vec::new();
    let mut jobs = Vec::with_capacity(files.len() + 1);
    for (index, found) in files.into_iter().chain(stdin).enumerate() {
        // A configuration that cannot be used is told once, with all others, below.
        let Ok(own) = request.resolver.settings_for(&found.path) else { continue };
        let at = settings.iter().rposition(|known| Arc::ptr_eq(known, &own)).unwrap_or_else(|| {
            settings.push(own);
            settings.len() - 1
        });
        jobs.push(Job { id: SourceId(index as u32), found, settings: at });
    }
    let broken = request.resolver.broken();
    if broken.is_empty() { Ok((jobs, settings)) } else { Err(Failure::Config(broken)) }
}

fn found_stdin(stdin: &Stdin) -> Found {
    let path = PathBuf::from(&stdin.name);
    Found { shown: walk::shown(&path), hint: walk::hint(&path), path }
}

fn plans<'r>(registry: &'r Registry, settings: &'r [Arc<Settings>]) -> Result<Vec<Plan<'r>>, Failure> {
    let plan = |settings: &'r Arc<Settings>| {
        let target = Target { kubernetes: settings.target, platform: settings.platform };
        let choices = settings.rules.iter().filter_map(|selected| {
            let rule = registry.rules().get(selected.rule)?;
            Some(Choice { rule, severity: selected.severity, params: &selected.params })
        });
        Plan::new(target, choices)
    };
    Ok(settings.iter().map(plan).collect::<Result<_, _>>()?)
}

/// Kustomizations first, since they tell which other files are patches; then all others.
fn judge_jobs(
    jobs: &[Job],
    plans: &[Plan<'_>],
    request: &Request<'_>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Vec<Done> {
    let finished = AtomicUsize::new(0);
    let one = |job: &Job, role: Role| {
        let done = judge_job(job, role, &plans[job.settings], request);
        progress(finished.fetch_add(1, Ordering::Relaxed) + 1, jobs.len());
        done
    };
    let (kustomizations, others): (Vec<&Job>, Vec<&Job>) =
        jobs.iter().partition(|job| job.found.hint == NameHint::Kustomization);
    let patches: BTreeSet<PathBuf> =
        kustomizations.par_iter().flat_map_iter(|job| patches_of(job, request)).collect();
    let mut done: Vec<Done> = kustomizations.par_iter().map(|job| one(job, Role::Kustomization)).collect();
    done.par_extend(others.par_iter().map(|job| {
        let is_patch = !patches.is_empty() && patches.contains(&normal(&job.found.path));
        one(job, if is_patch { Role::Patch } else { Role::Plain })
    }));
    done
}

fn text_of(job: &Job, request: &Request<'_>) -> Result<Loaded, String> {
    match &request.stdin {
        Some(stdin) if Path::new(&stdin.name) == job.found.path => {
            Ok(decode(job.id, &job.found.shown, stdin.bytes.clone()))
        }
        _ => load(job.id, &job.found.path, &job.found.shown, &request.limits),
    }
}

/// The paths of the files that a kustomization names as patches.
fn patches_of(job: &Job, request: &Request<'_>) -> Vec<PathBuf> {
    let Ok(loaded) = text_of(job, request) else { return Vec::new() };
    let folder = job.found.path.parent().unwrap_or(Path::new(""));
    let parsed = yaml::parse(job.id, &loaded.source.text, &request.limits);
    let roots = parsed.documents().iter().filter_map(|document| parsed.root(document));
    roots.flat_map(render::patch_files).map(|name| normal(&folder.join(name))).collect()
}

fn judge_job(job: &Job, role: Role, plan: &Plan<'_>, request: &Request<'_>) -> Done {
    let empty = |class| Judged { class, ..Judged::default() };
    let done =
        |judged, source, unreadable| Done { id: job.id, settings: job.settings, judged, source, unreadable };
    match job.found.hint {
        NameHint::ChartTemplate => return done(empty(FileClass::HelmTemplate), None, None),
        NameHint::ChartMeta | NameHint::ChartValues => return done(empty(FileClass::HelmChart), None, None),
        NameHint::Kustomization | NameHint::Plain => {}
    }
    let loaded = match text_of(job, request) {
        Ok(loaded) => loaded,
        Err(reason) => {
            let unreadable = Unreadable { path: job.found.shown.clone(), reason };
            return done(empty(FileClass::Broken), None, Some(unreadable));
        }
    };
    let judged = match &loaded.refused {
        Some(refused) => Judged {
            findings: refused.finding(job.id, plan).into_iter().collect(),
            ..empty(FileClass::Broken)
        },
        None => {
            let reading = Reading { parse_all: request.parse_all, limits: request.limits };
            judge(&loaded.source, role, plan, &reading)
        }
    };
    let source = (!judged.findings.is_empty()).then(|| Arc::new(loaded.source));
    done(judged, source, None)
}

/// What holds for the files of a run.
struct Holding<'h, 'r> {
    settings: &'h [Arc<Settings>],
    plans: &'h [Plan<'r>],
}

/// Puts together what the jobs brought, in the order of the paths whatever the threads did.
fn collect(
    outcome: &mut Outcome,
    mut done: Vec<Done>,
    holding: &Holding<'_, '_>,
    registry: &Registry,
    with_classes: bool,
) {
    done.sort_by_key(|done| done.id);
    let mut settings_of = BTreeMap::new();
    let mut findings: Vec<Diagnostic> = Vec::new();
    let mut facts = Vec::new();
    for done in done {
        *outcome.stats.files.entry(done.judged.class).or_insert(0) += 1;
        outcome.stats.objects += done.judged.objects;
        outcome.unreadable.extend(done.unreadable);
        findings.extend(done.judged.findings);
        facts.extend(done.judged.facts);
        settings_of.insert(done.id, done.settings);
        if let Some(source) = done.source {
            outcome.sources.keep(source);
        }
        if with_classes {
            outcome.classes.push((outcome.sources.path(done.id).to_owned(), done.judged.class));
        }
    }
    let index = Index::build(facts, &|id| outcome.sources.path(id));
    for (at, plan) in holding.plans.iter().enumerate() {
        let before = findings.len();
        judge_index(&index, plan, &mut findings);
        // Each file is judged by the plan that holds for it, and by no other.
        let own = findings.split_off(before);
        findings.extend(own.into_iter().filter(|it| settings_of.get(&it.primary.span.source) == Some(&at)));
    }
    finish(&mut findings, registry.rules().iter());
    let holds = |finding: &Diagnostic| {
        settings_of.get(&finding.primary.span.source).and_then(|at| holding.settings.get(*at))
    };
    findings.retain(|finding| holds(finding).is_none_or(|it| it.min_severity <= finding.severity));
    show_bindings(&mut findings, &index, registry.rules().iter());
    outcome.failing = findings
        .iter()
        .filter(|finding| holds(finding).is_some_and(|it| it.fail_on <= finding.severity))
        .count();
    outcome.findings = findings;
    outcome.unreadable.sort_by(|a, b| a.path.cmp(&b.path));
}

/// Reads again the few texts into which only a related label points.
fn keep_related(outcome: &mut Outcome, jobs: &[Job], limits: &yaml::Limits) {
    let labels = outcome.findings.iter().flat_map(|it| it.related.iter().chain([&it.primary]));
    let related = labels.map(|label| label.span.source);
    let wanted: BTreeSet<SourceId> = related.filter(|id| outcome.sources.get(*id).is_none()).collect();
    for id in wanted {
        let Some(job) = jobs.get(id.0 as usize) else { continue };
        if let Ok(loaded) = load(id, &job.found.path, &job.found.shown, limits) {
            outcome.sources.keep(Arc::new(loaded.source));
        }
    }
}

fn rules_run(plans: &[Plan<'_>]) -> Vec<RuleId> {
    let ids: BTreeSet<&RuleId> =
        plans.iter().flat_map(|plan| plan.rules().iter().map(|compiled| &compiled.rule.id)).collect();
    ids.into_iter().cloned().collect()
}

/// The nearest folder above `base` that holds a Git repository, or `base` itself.
fn root_of(base: &Path) -> PathBuf {
    let root = base.ancestors().find(|folder| folder.join(".git").exists());
    root.unwrap_or(base).to_path_buf()
}

/// `path` with its `.` and `a/..` taken out, as text: two ways to write one path become one.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}
