//! Why a run could not be done at all.

use std::sync::Arc;

use super::PlanError;
use crate::config::Broken;

/// No run: nothing was judged.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Configurations that cannot be used. The user's fault.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Config(Vec<Arc<Broken>>),
    /// A rule cannot run with the parameters that were set for it.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The system gives no threads.
    #[error("no threads to work with: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// Nobody wants it any more.
    #[error("the run was stopped")]
    Stopped,
}
