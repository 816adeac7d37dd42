//! The promise of a fix. In a file of its own because the build script reads rule files with it.

use serde::{Deserialize, Serialize};

/// What applying a fix may do to a workload that is right today; ordered from careful to free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// Needs a value only a person can choose: shown, never applied.
    Manual,
    /// May stop a working image from working.
    Unsafe,
    /// Never changes what a correct workload does.
    Safe,
}
