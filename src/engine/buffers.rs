//! Texts that stand for files: what an editor has not saved yet, what a fix has not written yet.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Bytes by the file they stand for. They are read in place of the file, by every part of a run.
#[derive(Debug, Clone, Default)]
pub struct Buffers(HashMap<PathBuf, Arc<[u8]>>);

impl Buffers {
    /// Lets `bytes` stand for the file at `path`.
    pub fn insert(&mut self, path: &Path, bytes: impl Into<Arc<[u8]>>) {
        self.0.insert(real(path), bytes.into());
    }

    /// Lets the file at `path` speak for itself again.
    pub fn remove(&mut self, path: &Path) {
        self.0.remove(&real(path));
    }

    /// What stands for the file at `path`.
    pub fn get(&self, path: &Path) -> Option<&Arc<[u8]>> {
        // Without any, no file costs a question to the system.
        if self.0.is_empty() {
            return None;
        }
        self.0.get(path).or_else(|| self.0.get(&real(path)))
    }

    /// The files for which something stands, by their real paths, in order.
    pub fn paths(&self) -> Vec<&Path> {
        let mut paths: Vec<_> = self.0.keys().map(PathBuf::as_path).collect();
        paths.sort_unstable();
        paths
    }
}

/// One path for all ways to write it; as given where there is no such file.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}
