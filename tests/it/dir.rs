//! A folder on disk for one test, and plimsoll in it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

/// plimsoll in `folder`, without standard input and without what the environment says about its output.
pub(crate) fn plimsoll(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null());
    for name in [
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "FORCE_COLOR",
        "PLIMSOLL_OUTPUT_FORMAT",
        "GITHUB_ACTIONS",
        "TF_BUILD",
        "TEAMCITY_VERSION",
        "LC_ALL",
    ] {
        command.env_remove(name);
    }
    command
}

/// The exit code, standard output and standard error of `command`.
pub(crate) fn ended(mut command: Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

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

    /// A folder with a Git border, so that nothing above it counts, and these files.
    pub(crate) fn repository(files: &[(&str, &str)]) -> Self {
        let dir = Self::with(&[".git/HEAD"]);
        for (file, text) in files {
            dir.write(file, text);
        }
        dir
    }

    /// The exit code, standard output and standard error of plimsoll in it.
    pub(crate) fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        ended(plimsoll(&self.0, arguments))
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
