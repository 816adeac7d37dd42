//! The texts of a run, read before anything is judged: which of them hold GitOps objects must be known first. What
//! fits into a budget is kept, the rest is read again when its turn comes.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use memchr::memmem;
use rayon::prelude::*;

use super::{
    Request,
    disk::Disk,
    files::{Job, text_of},
};
use crate::{
    base::{Encoding, Source, SourceId},
    render::gitops::{Manifest, may_apply},
    walk::NameHint,
};

/// Bytes of text that are kept.
const BUDGET: usize = 32 << 20;

/// Texts that were read already. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts(Arc<HashMap<SourceId, Arc<Source>>>);

impl Texts {
    /// Reads the files of `jobs` that may be manifests; with them come the ids of those that may hold GitOps objects.
    pub(super) fn read(jobs: &[Job], request: &Request<'_>) -> (Self, Vec<SourceId>) {
        let left = AtomicUsize::new(BUDGET);
        let read: Vec<(Arc<Source>, bool)> = jobs
            .par_iter()
            .filter(|job| job.found.hint == NameHint::Plain && !request.stop.is_asked())
            .filter_map(|job| {
                let source = source_of(job, request)?;
                let applies = may_apply(&source.text);
                (applies || take(&left, source.text.len())).then_some((source, applies))
            })
            .collect();
        let applying = read.iter().filter(|(_, applies)| *applies).map(|(source, _)| source.id).collect();
        let kept: HashMap<_, _> = read.into_iter().map(|(source, _)| (source.id, source)).collect();
        (Self(Arc::new(kept)), applying)
    }

    /// The text of `id`, where it was kept.
    pub(super) fn get(&self, id: SourceId) -> Option<&Arc<Source>> {
        self.0.get(&id)
    }

    /// The files of `jobs` with one of these `ids`, for whoever looks for GitOps objects.
    pub(super) fn manifests<'j>(
        &self,
        jobs: &'j [Job],
        ids: &'j [SourceId],
        disk: &'j Disk,
    ) -> Vec<Manifest> {
        let wanted = ids.iter().filter_map(|id| {
            let job = jobs.get(id.0 as usize)?;
            Some(Manifest { path: disk.real_file(&job.found.path)?, source: Arc::clone(self.get(*id)?) })
        });
        wanted.collect()
    }

    /// The files that may hold a ConfigMap of one of these names.
    pub(super) fn config_maps(
        &self,
        jobs: &[Job],
        names: &BTreeSet<String>,
        disk: &Disk,
        request: &Request<'_>,
    ) -> Vec<Manifest> {
        let has =
            |source: &Source, word: &str| memmem::find(source.text.as_bytes(), word.as_bytes()).is_some();
        let of_job = |job: &Job| {
            let source = self.get(job.id).cloned().or_else(|| source_of(job, request))?;
            let fits = has(&source, "ConfigMap") && names.iter().any(|name| has(&source, name));
            fits.then(|| Some(Manifest { path: disk.real_file(&job.found.path)?, source })).flatten()
        };
        jobs.par_iter().filter(|job| job.found.hint == NameHint::Plain).filter_map(of_job).collect()
    }
}

/// The text of a job, if it is one that can be judged.
fn source_of(job: &Job, request: &Request<'_>) -> Option<Arc<Source>> {
    let loaded = text_of(job, request).ok()?;
    let is_whole = loaded.refused.is_none() && loaded.source.encoding == Encoding::Utf8;
    is_whole.then(|| Arc::new(loaded.source))
}

/// Takes `size` from what is left; whether there was that much.
fn take(left: &AtomicUsize, size: usize) -> bool {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(size)).is_ok()
}
