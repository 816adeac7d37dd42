//! A folder on disk for one test.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

/// A folder of its own for one test, gone when the test is.
pub(crate) struct Dir(PathBuf);

impl Dir {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self::under(Path::new(env!("CARGO_TARGET_TMPDIR")))
    }

    /// An empty folder that lies in no Git repository, unless the system's folder for such things does.
    pub(crate) fn outside() -> Self {
        Self::under(&std::env::temp_dir())
    }

    fn under(folder: &Path) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("plimsoll-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path.canonicalize().unwrap())
    }

    /// A folder with empty files.
    pub(crate) fn with(files: &[&str]) -> Self {
        let dir = Self::new();
        for file in files {
            dir.write(file, "");
        }
        dir
    }

    /// Writes a file, making its folders.
    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.0.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
