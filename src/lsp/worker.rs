//! Runs over everything that is open, one at a time, beside the thread that answers.

use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{Receiver, Sender},
    },
};

use gen_lsp_types as lsp;

use super::{
    client::Client,
    convert::{Converter, Pages, Report},
    options::Options,
    position::Counting,
    ready::{Plans, today},
    requests::guarded,
    server::Event,
    unit::{About, Unit, about, speaking_for},
    workspace::{Workspace, real},
};
use crate::{
    base::{Source, SourceId, Span},
    config::{Broken, ConfigError, LastGood, Resolver},
    engine::{self, Baseline, Buffers, Failure, Outcome, Request, Scope, Stop},
    rule::Registry,
    walk,
    yaml::Limits,
};

/// What to run over, as it was when the run was asked for.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) number: u64,
    pub(super) registry: &'static Registry,
    pub(super) client: Arc<Client>,
    pub(super) options: Arc<Options>,
    pub(super) workspace: Workspace,
    /// Open files that lie in no folder.
    pub(super) singles: Vec<PathBuf>,
    /// What is open, and what the client calls it.
    pub(super) open: BTreeMap<PathBuf, lsp::Uri>,
    pub(super) buffers: Buffers,
    pub(super) last_good: LastGood,
    pub(super) limits: Limits,
    /// What the run before found under the same settings.
    pub(super) before: Vec<Arc<Unit>>,
    /// Asked when nobody wants to hear of it any more.
    pub(super) stop: Stop,
}

/// What a run came to.
#[derive(Debug, Default)]
pub(super) struct Ran {
    pub(super) number: u64,
    pub(super) units: Vec<Arc<Unit>>,
    /// It was stopped, and came to nothing.
    pub(super) is_stopped: bool,
    /// What holds where no unit speaks.
    pub(super) resolver: Option<Resolver<'static>>,
    /// Plans for the files that were open.
    pub(super) plans: Plans,
    /// Configurations that cannot be used.
    pub(super) broken: Vec<Arc<Broken>>,
    /// What else went wrong, in sentences.
    pub(super) troubles: Vec<String>,
}

/// Does the jobs, only the newest of those that wait.
pub(super) fn work(jobs: &Receiver<Job>, events: &Sender<Event>) {
    while let Ok(first) = jobs.recv() {
        let job = jobs.try_iter().last().unwrap_or(first);
        let number = job.number;
        let ran = guarded(|| run(&job)).unwrap_or_else(|| Ran {
            troubles: vec!["an internal error stopped the check of the workspace".to_owned()],
            ..Ran::default()
        });
        let (units, broken, is_stopped) = (ran.units.clone(), ran.broken.clone(), ran.is_stopped);
        if events.send(Event::Ran(Box::new(Ran { number, ..ran }))).is_err() {
            return;
        }
        if is_stopped {
            continue;
        }
        // Whoever looks at an open file need not wait for what is said of all others.
        let told = guarded(|| reports(&job, &units, &broken)).unwrap_or_default();
        if events.send(Event::Told(number, told)).is_err() {
            return;
        }
    }
}

fn run(job: &Job) -> Ran {
    let mut ran = Ran::default();
    let folders = job.workspace.folders().into_iter().map(|folder| &folder.real);
    for root in folders.chain(&job.singles) {
        run_over(job, root, &mut ran);
    }
    if job.stop.is_asked() {
        return Ran { is_stopped: true, ..Ran::default() };
    }
    ran.resolver = Some(job.resolver().0);
    ran.broken.dedup_by(|a, b| a.source.path == b.source.path && a.errors == b.errors);
    for path in job.open.keys() {
        let Some((unit, _)) = speaking_for(&ran.units, path) else { continue };
        if let Ok(settings) = unit.resolver.settings_for(path) {
            ran.plans.get(job.registry, &settings);
        }
    }
    ran
}

fn run_over(job: &Job, root: &Path, ran: &mut Ran) {
    let (resolver, why) = job.resolver();
    ran.broken.extend(why);
    let request = Request { paths: vec![asked(root)], ..request(job, &resolver) };
    let outcome = engine::run(job.registry, &request, &|_, _| {});
    ran.broken.extend(resolver.mistakes());
    match outcome {
        Ok(mut outcome) => {
            let mut known = take_known(job, root, &mut outcome, &mut ran.troubles);
            // What is not found now may be found again before the next run.
            known.extend(job.before.iter().filter(|unit| unit.root == root).flat_map(|unit| unit.known()));
            ran.units.push(Arc::new(Unit::new(root.to_path_buf(), outcome, resolver, known)));
        }
        Err(Failure::Stopped) => {}
        Err(failure) => ran.troubles.push(failure.to_string()),
    }
}

/// A run of a job over nothing yet.
pub(super) fn request<'r>(job: &Job, resolver: &'r Resolver<'static>) -> Request<'r> {
    Request {
        paths: Vec::new(),
        stdin: None,
        buffers: job.buffers.clone(),
        scope: Scope::Around,
        resolver,
        walk: walk::Options { gitignore: true, force_exclude: true },
        parse_all: false,
        today: Some(today()),
        limits: job.limits,
        threads: None,
        classes: false,
        stop: job.stop.clone(),
    }
}

/// Takes out of `outcome`, of a run below `root`, what the baseline knows; gives what that is about.
pub(super) fn take_known(
    job: &Job,
    root: &Path,
    outcome: &mut Outcome,
    troubles: &mut Vec<String>,
) -> HashSet<About> {
    // The paths in a baseline start at the repository of the folder, wherever the server was started.
    let repository = root.ancestors().find(|folder| folder.join(".git").exists());
    outcome.root = repository.unwrap_or(root).to_path_buf();
    let Some(baseline) = baseline(job, root, troubles) else { return HashSet::new() };
    let mut known: HashSet<About> = outcome.findings.iter().map(about).collect();
    baseline.apply(outcome);
    for left in &outcome.findings {
        known.remove(&about(left));
    }
    known
}

/// The folder as it is asked for: relative where it is the current one, so that sentences name short paths.
fn asked(root: &Path) -> PathBuf {
    let here = std::env::current_dir();
    if here.is_ok_and(|here| here == root) { PathBuf::from(".") } else { root.to_path_buf() }
}

impl Job {
    /// Where configuration comes from. With it comes the one that was named and cannot be used.
    pub(super) fn resolver(&self) -> (Resolver<'static>, Option<Arc<Broken>>) {
        resolver_of(self.registry, &self.options, &self.workspace, &self.last_good)
    }

    /// What the client calls the file at `path`, and how it counts in that text of it, `source`.
    pub(super) fn named<'s>(&self, path: &Path, source: &'s Source) -> (lsp::Uri, Counting<'s>) {
        let encoding = self.client.encoding;
        match self.open.get(path) {
            Some(uri) => (uri.clone(), Counting::open(&source.text, source.lines(), encoding)),
            None => (self.workspace.uri_of(path), Counting::on_disk(source, encoding)),
        }
    }
}

/// Where configuration comes from by the word of `options`; what was good before holds where a file is not now.
pub(super) fn resolver_of(
    registry: &'static Registry,
    options: &Options,
    workspace: &Workspace,
    last_good: &LastGood,
) -> (Resolver<'static>, Option<Arc<Broken>>) {
    let overrides = options.overrides.clone();
    let Some(config) = &options.config else {
        return (Resolver::new(registry, overrides).forgiving(last_good), None);
    };
    let file = beside(workspace.folders().first().map(|folder| folder.real.as_path()), config);
    Resolver::with_config_or_last(registry, overrides, &file, last_good)
}

fn beside(folder: Option<&Path>, path: &Path) -> PathBuf {
    folder.map_or_else(|| path.to_path_buf(), |folder| folder.join(path))
}

fn baseline(job: &Job, root: &Path, troubles: &mut Vec<String>) -> Option<Baseline> {
    let file = beside(root.is_dir().then_some(root), job.options.baseline.as_deref()?);
    let is_file = std::fs::metadata(&file).is_ok_and(|it| it.is_file());
    // In one of several folders there may be none.
    if !is_file {
        return None;
    }
    let text = std::fs::read_to_string(&file).map_err(|error| walk::reason(&error));
    let read = text.and_then(|text| Baseline::read(&text).map_err(|error| error.to_string()));
    read.map_err(|why| troubles.push(format!("cannot read the baseline `{}`: {why}", walk::shown(&file))))
        .ok()
}

/// What is shown of each file that has something to show, of those that are open, too: they may be closed by then.
fn reports(job: &Job, units: &[Arc<Unit>], all_broken: &[Arc<Broken>]) -> BTreeMap<PathBuf, Report> {
    let mut reports = BTreeMap::new();
    for unit in units {
        for id in unit.files_with_findings() {
            let Some(path) = unit.path(id) else { continue };
            let is_its = speaking_for(units, path).is_some_and(|(it, _)| Arc::ptr_eq(it, unit));
            let Some(source) = unit.source(id).filter(|_| is_its) else { continue };
            let locate = |span: Span| locate(job, unit, span);
            let converter = Converter {
                registry: job.registry,
                client: &job.client,
                counting: Counting::on_disk(source, job.client.encoding),
                locate: &locate,
                folder: Some(&unit.root),
                pages: Pages::default(),
            };
            let items: Vec<_> = unit.findings(id).map(|finding| converter.diagnostic(finding)).collect();
            reports.insert(path.to_path_buf(), Report::new(&items));
        }
        for (path, reason) in unit.unreadable() {
            let error = ConfigError { span: None, message: format!("cannot be read: {reason}"), help: None };
            reports.insert(path, mistakes(job, &Source::new(SourceId(0), "", ""), &[error]));
        }
    }
    for broken in all_broken {
        let path = real(Path::new(&broken.source.path));
        reports.insert(path, mistakes(job, &broken.source, &broken.errors));
    }
    reports
}

fn mistakes(job: &Job, source: &Source, errors: &[ConfigError]) -> Report {
    let converter = Converter {
        registry: job.registry,
        client: &job.client,
        counting: Counting::on_disk(source, job.client.encoding),
        locate: &|_| None,
        folder: None,
        pages: Pages::default(),
    };
    Report::new(&errors.iter().map(|error| converter.mistake(error)).collect::<Vec<_>>())
}

/// Where a place was, in the texts that the run saw.
fn locate(job: &Job, unit: &Unit, span: Span) -> Option<lsp::Location> {
    let (path, source) = (unit.path(span.source)?, unit.source(span.source)?);
    let (uri, counting) = job.named(path, source);
    Some(lsp::Location { uri, range: counting.range(span) })
}
