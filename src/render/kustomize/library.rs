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

/// Whether `real` is `folder` or lies in it; both are real paths. As `Path::starts_with`, which looks at every part.
pub(super) fn lies_in(real: &Path, folder: &Path) -> bool {
    let (own, folder) = (real.as_os_str().as_encoded_bytes(), folder.as_os_str().as_encoded_bytes());
    let Some(rest) = own.strip_prefix(folder) else { return false };
    let is_separator = |byte: &u8| std::path::is_separator(char::from(*byte));
    rest.is_empty() || rest.first().is_some_and(is_separator) || folder.last().is_none_or(is_separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_lies_in_what_it_begins_with_part_by_part() {
        for (path, folder) in [
            ("/a/b", "/a"),
            ("/a/b", "/a/b"),
            ("/ab", "/a"),
            ("/a", "/a/b"),
            ("/a", "/"),
            ("/", "/"),
            ("/a", ""),
            ("/a/bc/d", "/a/b"),
        ] {
            let (path, folder) = (Path::new(path), Path::new(folder));
            assert_eq!(lies_in(path, folder), path.starts_with(folder), "{path:?} {folder:?}");
        }
    }
}
