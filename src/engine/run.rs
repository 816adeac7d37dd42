//! One run from walk to outcome.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use super::{
    Choice, Failure, Outcome, Plan, Request, Silencing, Unreadable,
    around::{Files, Listed, list},
    collect::{Holding, collect, keep_texts},
    disk::Disk,
    files::{Job, Kustomized, Shared, judge_jobs},
    partials::judge_partials,
    rendered::{Builders, Rendered, render},
    roots::Kustomizations,
    texts::Texts,
    told::Told,
};
use crate::{
    base::{Minor, RuleId, SourceId, Sources},
    config::Settings,
    render::{
        gitops::{self, Applied},
        kustomize::{Builder, Member, Store, gather_all},
    },
    rule::{Registry, Target},
    walk::{self, NameHint},
};

/// Does what `request` asks. `progress` hears how many files are done, of how many.
///
/// # Errors
/// [`Failure`] when nothing could be judged, or when the run was stopped.
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
    let Files { listed, errors, top } = list(request);
    let (jobs, settings, from_top) = jobs(listed, request)?;
    let silencing = request.today.map(|today| Silencing { registry, today, peers: true });
    let plans = plans(registry, &settings, silencing)?;
    let plan_of = |id: SourceId| jobs.get(id.0 as usize).and_then(|job| plans.get(job.settings));
    let (texts, applying) = Texts::read(&jobs, request);
    request.stop.check()?;
    let disk = disk(&jobs, &texts, !applying.is_empty(), request).map(|disk| disk.below(top));
    let folders: Vec<PathBuf> = disk.iter().flat_map(|disk| folders(disk, &jobs)).collect();
    let applied =
        disk.as_ref().map(|disk| applied(disk, &jobs, &texts, &applying, request)).unwrap_or_default();
    let mut overlays = applied.iter().map(|it| &it.overlay);
    let gathered = disk.as_ref().map(|disk| gather_all(disk, &folders, &mut overlays)).unwrap_or_default();
    let lean = !request.parse_all;
    let whole = Store::new(&gathered, &request.limits);
    let without = Store::without_definitions(&gathered, &request.limits);
    let store = if lean { &without } else { &whole };
    let all = Kustomizations::new(store, &folders, &applied);
    let (first, again) = (Builder::going_on(store), Builder::going_on(&whole));
    let builders = Builders { first: &first, again: lean.then_some(&again), stop: &request.stop };
    let mut told = Told::new(&jobs, request);
    if let Some(told) = &mut told {
        told.look_around(&all, (&jobs, &texts), request, &plan_of);
    }
    request.stop.check()?;
    let mut rendered = render_roots(&builders, &all, &jobs, &plan_of, told.as_ref());
    rendered.findings.extend(judge_partials(store, &all, &rendered, &plan_of));
    if let Some(told) = &mut told {
        told.meet(&mut rendered);
    }
    let (told, bare) = (told.as_ref(), Plan::bare(Target { kubernetes: Minor::NEWEST, platform: None }));
    // No settings hold for those files, so all must allow it.
    let peers = plans.iter().all(|plan| plan.silencing.is_some_and(|it| it.peers));
    rendered.silence_elsewhere(store, SourceId(jobs.len() as u32), peers);
    let done = {
        let kustomized = disk.as_ref().map(|_| Kustomized { store, rendered: &rendered });
        judge_jobs(&jobs, &plans, &Shared { request, texts: &texts, kustomized, told, bare: &bare }, progress)
    };
    request.stop.check()?;
    let paths = jobs.iter().map(|job| job.found.shown.clone());
    let others: Vec<String> = disk.iter().flat_map(Disk::others).collect();
    let elsewhere = elsewhere(&others, jobs.len(), &settings, request)?;
    let more = self::plans(registry, &elsewhere.settings, silencing)?;
    let mut outcome = Outcome {
        sources: Sources::with_paths(paths.chain(others)),
        unreadable: errors.into_iter().map(|(path, reason)| Unreadable { path, reason }).collect(),
        walked: jobs.len(),
        rules_run: rules_run(&jobs, &plans),
        told: told.map(Told::files),
        base: std::env::current_dir().unwrap_or_default(),
        ..Outcome::default()
    };
    outcome.root = root_of(&outcome.base);
    let ways = ways(&jobs, &settings, request);
    let holding = Holding {
        settings: settings.iter().chain(&elsewhere.settings).collect(),
        plans: plans.iter().chain(&more).collect(),
        elsewhere: elsewhere.of_file,
        silencing,
        told,
        from_top: &from_top,
        ways: &ways,
    };
    collect(&mut outcome, done, rendered, &holding, registry, request.classes);
    keep_texts(&mut outcome, &jobs, store, request);
    outcome.stats.elapsed = started.elapsed();
    Ok(outcome)
}

/// The disk for kustomizations; `None` where the walk found none, and no GitOps object that could stand for one.
fn disk(jobs: &[Job], texts: &Texts, is_gitops: bool, request: &Request<'_>) -> Option<Disk> {
    let is_wanted = is_gitops || jobs.iter().any(|job| job.found.hint == NameHint::Kustomization);
    let files = || jobs.iter().map(|job| (job.id, &*job.found.path, &*job.found.shown));
    is_wanted.then(|| {
        let disk = Disk::new(files(), &request.limits);
        let mut buffers = request.buffers.clone();
        // Standard input that stands for a file is what a kustomization reads there, too.
        let read = jobs.iter().find(|job| job.is_stdin && job.is_told).zip(request.stdin.as_ref());
        if let Some((path, stdin)) = read.and_then(|(job, it)| Some((disk.real_file(&job.found.path)?, it))) {
            buffers.insert(&path, stdin.bytes.clone());
        }
        disk.with_texts(texts.clone(), buffers)
    })
}

/// What the GitOps objects in the files of `applying` apply.
fn applied(
    disk: &Disk,
    jobs: &[Job],
    texts: &Texts,
    applying: &[SourceId],
    request: &Request<'_>,
) -> Vec<Applied> {
    let manifests = texts.manifests(jobs, applying, disk);
    let maps = |names: &BTreeSet<String>| texts.config_maps(jobs, names, disk, request);
    gitops::discover(disk, &manifests, &maps, &request.limits)
}

/// The real paths of the folders that hold kustomizations.
fn folders(disk: &Disk, jobs: &[Job]) -> Vec<PathBuf> {
    let kustomizations = jobs.iter().filter(|job| job.found.hint == NameHint::Kustomization);
    kustomizations.filter_map(|job| disk.real_folder(&job.found.path)).map(Path::to_path_buf).collect()
}

/// Builds and judges everything that is applied as it stands.
fn render_roots<'p, 'r: 'p>(
    builders: &Builders<'_, '_, '_>,
    all: &Kustomizations<'_>,
    jobs: &[Job],
    plan_of: &(dyn Fn(SourceId) -> Option<&'p Plan<'r>> + Sync),
    told: Option<&Told>,
) -> Rendered {
    let label = |member: &Member| {
        let path = &jobs.get(member.file.0 as usize)?.found.path;
        Some(walk::shown(path.parent().unwrap_or(Path::new(""))))
    };
    render(builders, all, &all.roots(&label), plan_of, told)
}

/// The files of a run, the settings that hold for them, and the ways to them from the top.
type Jobs = (Vec<Job>, Vec<Arc<Settings>>, Vec<Option<String>>);

/// Numbers the files in their order and finds what holds for each.
fn jobs(files: Vec<Listed>, request: &Request<'_>) -> Result<Jobs, Failure> {
    let from_top: Vec<Option<String>> = files.iter().map(|listed| listed.way.clone()).collect();
    let mut settings: Vec<Arc<Settings>> = Vec::new();
    let mut jobs = Vec::with_capacity(files.len());
    for (index, listed) in files.into_iter().enumerate() {
        let Listed { found, is_told, is_in_folder, is_stdin, .. } = listed;
        // A configuration that cannot be used is told once, with all others, below.
        let Ok(own) = request.resolver.settings_for(&found.path) else { continue };
        let at = settings.iter().rposition(|known| Arc::ptr_eq(known, &own)).unwrap_or_else(|| {
            settings.push(own);
            settings.len() - 1
        });
        jobs.push(Job { id: SourceId(index as u32), found, settings: at, is_told, is_in_folder, is_stdin });
    }
    let broken = request.resolver.broken();
    if broken.is_empty() { Ok((jobs, settings, from_top)) } else { Err(Failure::Config(broken)) }
}

/// The ways to the files from the folders of their configurations, where those override something.
fn ways(jobs: &[Job], settings: &[Arc<Settings>], request: &Request<'_>) -> BTreeMap<SourceId, PathBuf> {
    let overrides = |job: &&Job| settings.get(job.settings).is_some_and(|it| !it.overrides.is_empty());
    jobs.iter().filter(overrides).map(|job| (job.id, request.resolver.way(&job.found.path))).collect()
}

/// What holds for the files that only kustomizations read.
struct Elsewhere {
    /// Those that hold for no walked file.
    settings: Vec<Arc<Settings>>,
    /// For each file, which of the walked files' settings and these, counted on.
    of_file: BTreeMap<SourceId, usize>,
}

/// Finds what holds for the `others`, whose ids begin at `first`.
fn elsewhere(
    others: &[String],
    first: usize,
    known: &[Arc<Settings>],
    request: &Request<'_>,
) -> Result<Elsewhere, Failure> {
    let mut elsewhere = Elsewhere { settings: Vec::new(), of_file: BTreeMap::new() };
    for (index, path) in others.iter().enumerate() {
        // A configuration that cannot be used is told below.
        let Ok(own) = request.resolver.settings_for(Path::new(path)) else { continue };
        let mut all = known.iter().chain(&elsewhere.settings);
        let at = all.position(|it| Arc::ptr_eq(it, &own)).unwrap_or_else(|| {
            elsewhere.settings.push(own);
            known.len() + elsewhere.settings.len() - 1
        });
        elsewhere.of_file.insert(SourceId((first + index) as u32), at);
    }
    let broken = request.resolver.broken();
    if broken.is_empty() { Ok(elsewhere) } else { Err(Failure::Config(broken)) }
}

fn plans<'r>(
    registry: &'r Registry,
    settings: &'r [Arc<Settings>],
    silencing: Option<Silencing<'r>>,
) -> Result<Vec<Plan<'r>>, Failure> {
    let plan = |settings: &'r Arc<Settings>| {
        let target = Target { kubernetes: settings.target, platform: settings.platform };
        let choices = settings.rules.iter().filter_map(|selected| {
            let rule = registry.rules().get(selected.rule)?;
            Some(Choice { rule, severity: selected.severity, params: &selected.params })
        });
        let mut plan = Plan::new(target, choices)?;
        plan.silencing = silencing.map(|it| Silencing { peers: it.peers && settings.peer_ignores, ..it });
        Ok(plan)
    };
    settings.iter().map(plan).collect()
}

fn rules_run(jobs: &[Job], plans: &[Plan<'_>]) -> Vec<RuleId> {
    // Where nothing is told, as after no change, rules were selected all the same.
    let is_any = jobs.iter().any(|job| job.is_told);
    let of_told = jobs.iter().filter(|job| job.is_told || !is_any).map(|job| job.settings);
    let plans = of_told.collect::<BTreeSet<usize>>().into_iter().filter_map(|at| plans.get(at));
    let ids: BTreeSet<&RuleId> =
        plans.flat_map(|plan| plan.rules().iter().map(|compiled| &compiled.rule.id)).collect();
    ids.into_iter().cloned().collect()
}

/// The nearest folder above `base` that holds a Git repository, or `base` itself.
fn root_of(base: &Path) -> PathBuf {
    let root = base.ancestors().find(|folder| folder.join(".git").exists());
    root.unwrap_or(base).to_path_buf()
}
