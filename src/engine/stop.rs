//! That a run is no longer wanted.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::Failure;

/// Stops a run from another thread. Its clones are one and the same.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks the run to end as soon as it can, without a result.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Goes on, or does not.
    pub(super) fn check(&self) -> Result<(), Failure> {
        if self.is_asked() { Err(Failure::Stopped) } else { Ok(()) }
    }
}
