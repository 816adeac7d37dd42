//! Where texts come from: the disk, an editor's buffers, a test's memory.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::base::Source;

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The path with symbolic links and `..` resolved: two paths to one file give the same one.
    pub real: PathBuf,
    /// It is a folder; else a file.
    pub is_folder: bool,
}

/// What a file holds.
#[derive(Debug, Clone)]
pub enum Content {
    /// A text, with its id.
    Text(Arc<Source>),
    /// Bytes that are no UTF-8: a key store in a generated Secret, for one.
    Binary(Arc<[u8]>),
}

impl Content {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Content::Text(source) => source.text.as_bytes(),
            Content::Binary(bytes) => bytes,
        }
    }
}

/// A place with files. It gives ids: the same file has the same id whenever it is asked for.
pub trait Library: Sync {
    /// What stands at `path`; `None` when there is nothing.
    fn look(&self, path: &Path) -> Option<Found>;

    /// What the file at `real`, a path that [`Library::look`] gave, holds.
    ///
    /// # Errors
    /// The reason in one line.
    fn open(&self, real: &Path) -> Result<Content, String>;

    /// The real paths of the manifests in `folder`, a real path, and all below it, in their order; what belongs to no
    /// repository, such as ignored files, left out.
    fn list(&self, folder: &Path) -> Vec<PathBuf>;

    /// The highest folder that may be a repository's root where no `.git` says which one is.
    fn top(&self) -> PathBuf;
}
