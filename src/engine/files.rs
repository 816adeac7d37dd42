//! The files of a run, each judged by itself: read or taken from what kustomizations read already, and sorted into
//! what it is.

use std::{
    collections::HashSet,
    ffi::OsString,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use rayon::prelude::*;

use super::{
    FileClass, Judged, Plan, Reading, Request, Role, Unreadable,
    judge::{judge, judge_parsed},
    load::{Loaded, decode, load},
    rendered::{Rendered, role_of},
    texts::Texts,
    told::{Judging, Told},
};
use crate::{
    base::{Source, SourceId},
    render::{self, kustomize::Store},
    walk::{self, Found, NameHint},
    yaml,
};

/// One text to judge, and what holds for it.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) id: SourceId,
    pub(super) found: Found,
    /// Index into the run's settings and plans.
    pub(super) settings: usize,
    /// What is found in it is told.
    pub(super) is_told: bool,
    /// It lies in a folder that was named.
    pub(super) is_in_folder: bool,
    /// Standard input stands for it.
    pub(super) is_stdin: bool,
}

/// What became of one job.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) id: SourceId,
    pub(super) settings: usize,
    pub(super) role: Role,
    pub(super) judged: Judged,
    pub(super) source: Option<Arc<Source>>,
    pub(super) unreadable: Option<Unreadable>,
}

/// What the kustomizations of a run read and built, as far as single files are concerned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kustomized<'k, 'r> {
    pub(super) store: &'k Store<'k>,
    pub(super) rendered: &'r Rendered,
}

/// What all jobs share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shared<'s, 'k> {
    pub(super) request: &'s Request<'s>,
    pub(super) texts: &'s Texts,
    pub(super) kustomized: Option<Kustomized<'k, 's>>,
    /// What is told, where that is not all.
    pub(super) told: Option<&'s Told>,
    /// Finds nothing.
    pub(super) bare: &'s Plan<'s>,
}

impl<'s> Shared<'s, '_> {
    /// What `job` is judged by, if it is judged at all.
    fn plan<'p>(&self, job: &Job, plans: &'p [Plan<'p>]) -> Option<&'p Plan<'p>>
    where
        's: 'p,
    {
        match self.told.map_or(Judging::Whole, |told| told.judging(job.id)) {
            Judging::Whole => plans.get(job.settings),
            Judging::Facts => Some(self.bare),
            Judging::No => None,
        }
    }
}

/// Judges every file by itself.
pub(super) fn judge_jobs<'p>(
    jobs: &[Job],
    plans: &'p [Plan<'p>],
    shared: &Shared<'p, '_>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Vec<Done> {
    let finished = AtomicUsize::new(0);
    let patches: HashSet<OsString> = jobs
        .par_iter()
        .filter(|job| job.found.hint == NameHint::Kustomization)
        .flat_map_iter(|job| patches_of(job, shared).into_iter().map(PathBuf::into_os_string))
        .collect();
    let judged: Vec<(&Job, &Plan<'_>)> =
        jobs.iter().filter_map(|job| Some((job, shared.plan(job, plans)?))).collect();
    judged
        .par_iter()
        .filter(|_| !shared.request.stop.is_asked())
        .map(|(job, plan)| {
            let is_patch = !patches.is_empty() && patches.contains(walk::normal(&job.found.path).as_os_str());
            let role = match job.found.hint {
                NameHint::Kustomization => Role::Kustomization,
                _ if is_patch => Role::Patch,
                _ => Role::Plain,
            };
            let role = shared.kustomized.map_or(role, |it| role_of(job.id, role, it.rendered));
            let mut done = judge_job(job, role, plan, shared);
            if shared.kustomized.is_some_and(|it| it.rendered.is_partly_judged(job.id)) {
                done.judged.silences.iter_mut().for_each(|silence| silence.is_whole = false);
            }
            progress(finished.fetch_add(1, Ordering::Relaxed) + 1, judged.len());
            done
        })
        .collect()
}

pub(super) fn text_of(job: &Job, request: &Request<'_>) -> Result<Loaded, String> {
    match &request.stdin {
        Some(stdin) if job.is_stdin => Ok(decode(job.id, &job.found.shown, stdin.bytes.clone())),
        _ => load(job.id, &job.found.path, &job.found.shown, &request.limits, &request.buffers),
    }
}

/// The paths of the files that a kustomization names as patches.
fn patches_of(job: &Job, shared: &Shared<'_, '_>) -> Vec<PathBuf> {
    let folder = job.found.path.parent().unwrap_or(Path::new(""));
    let named = |parsed: &yaml::Parsed<'_>| -> Vec<PathBuf> {
        let roots = parsed.documents().iter().filter_map(|document| parsed.root(document));
        roots.flat_map(render::patch_files).map(|name| walk::normal(&folder.join(name))).collect()
    };
    if let Some((_, parsed)) = shared.kustomized.and_then(|it| it.store.parsed(job.id)) {
        return named(parsed);
    }
    let Ok(loaded) = text_of(job, shared.request) else { return Vec::new() };
    named(&yaml::parse(job.id, &loaded.source.text, &shared.request.limits))
}

fn judge_job(job: &Job, role: Role, plan: &Plan<'_>, shared: &Shared<'_, '_>) -> Done {
    let empty = |class| Judged { class, ..Judged::default() };
    let done = |judged, source, unreadable| Done {
        id: job.id,
        settings: job.settings,
        role,
        judged,
        source,
        unreadable,
    };
    match job.found.hint {
        NameHint::ChartTemplate => return done(empty(FileClass::HelmTemplate), None, None),
        NameHint::ChartMeta | NameHint::ChartValues => return done(empty(FileClass::HelmChart), None, None),
        NameHint::Kustomization | NameHint::Plain => {}
    }
    if let Some((source, parsed)) = shared.kustomized.and_then(|it| it.store.parsed(job.id)) {
        let judged = judge_parsed(parsed, role, plan);
        let source = (!judged.findings.is_empty()).then(|| Arc::clone(source));
        return done(judged, source, None);
    }
    let reading = Reading { parse_all: shared.request.parse_all, limits: shared.request.limits };
    if let Some(source) = shared.texts.get(job.id) {
        let judged = judge(source, role, plan, &reading);
        let source = (!judged.findings.is_empty()).then(|| Arc::clone(source));
        return done(judged, source, None);
    }
    let loaded = match text_of(job, shared.request) {
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
        None => judge(&loaded.source, role, plan, &reading),
    };
    let source = (!judged.findings.is_empty()).then(|| Arc::new(loaded.source));
    done(judged, source, None)
}
