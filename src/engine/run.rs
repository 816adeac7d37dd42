//! One run from walk to outcome.

use super::{Failure, FileClass, Outcome, Request, Unreadable};
use crate::{base::Sources, rule::Registry, walk};

/// Does what `request` asks. `progress` hears how many files are done, of how many.
///
/// # Errors
/// [`Failure`] when nothing could be judged.
pub fn run(
    _registry: &Registry,
    request: &Request<'_>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Outcome, Failure> {
    let mut pool = rayon::ThreadPoolBuilder::new();
    if let Some(threads) = request.threads {
        pool = pool.num_threads(threads);
    }
    let walked = pool.build()?.install(|| walk::walk(&request.paths, &request.walk, request.resolver));
    let broken = request.resolver.broken();
    if !broken.is_empty() {
        return Err(Failure::Config(broken));
    }
    progress(0, walked.files.len());
    let mut outcome = Outcome {
        sources: Sources::with_paths(walked.files.iter().map(|file| file.shown.clone())),
        unreadable: walked.errors.into_iter().map(|(path, reason)| Unreadable { path, reason }).collect(),
        ..Outcome::default()
    };
    outcome.stats.files.insert(FileClass::Other, walked.files.len());
    if request.classes {
        outcome.classes = walked.files.into_iter().map(|file| (file.shown, FileClass::Other)).collect();
    }
    Ok(outcome)
}
