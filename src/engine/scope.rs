//! What a run tells of what it reads.

use std::{collections::BTreeSet, path::PathBuf};

/// What a run reads besides the paths it is given, and what it tells of all that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Scope {
    /// The paths are all there is.
    #[default]
    Named,
    /// Whatever of the Git work tree around the paths decides about what is found in them. Told is what a run over the
    /// whole work tree finds in the files under the paths, and nothing else. Outside of a work tree as [`Scope::Named`].
    Around,
    /// As [`Scope::Around`] for those files under the paths that changed; told is also what is found elsewhere and has
    /// one of them among its related places.
    Changed {
        /// Real paths of the files that changed.
        files: BTreeSet<PathBuf>,
        /// Real paths of files that are not there any more. The kustomizations that name them count as changed.
        gone: BTreeSet<PathBuf>,
    },
}
