//! Which files, in which order. Knows names and ignore files, never what a file holds.
//!
//! What counts: `*.yaml`, `*.yml` and `*.json` in any case, and `Kustomization`; a file that is named on the
//! command line counts whatever it is called. What is left out below a named folder: names that begin with a
//! dot, what `.gitignore` and `.ignore` say, what the configuration excludes, symbolic links, and everything
//! that is neither file nor folder, so that nothing here can block, loop or leave the named folder.
//!
//! Ignore files count from the root of the Git repository down; outside a repository (an unpacked archive, a
//! container image) from the named folder down. A user's global ignore file and `.git/info/exclude` do not
//! count: the result must be the same on every machine.

mod folder;
mod hint;
mod ignores;
mod named;
mod steps;

use std::{
    ffi::OsString,
    io,
    path::{Component, Path, PathBuf},
};

pub use hint::{NameHint, hint};
pub use named::{is_ignored, walk};
pub use steps::{normal, plain};

/// How to walk.
#[derive(Debug, Clone)]
pub struct Options {
    /// Honour `.gitignore` and `.ignore`.
    pub gitignore: bool,
    /// Apply the configuration's exclusions to files that were named, too.
    pub force_exclude: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { gitignore: true, force_exclude: false }
    }
}

/// What the configuration has to say while the walk is under way. It is called from several threads.
pub trait Filter: Sync {
    /// A folder is about to be read: its path (empty for the current one) and the names in it that begin
    /// with a dot. Comes before any [`Filter::excludes`] for what is in the folder.
    fn enter(&self, folder: &Path, dotted: &[OsString]);

    /// Whether `path` is left out, because of itself or of a folder it lies in. The folder it lies in was
    /// entered.
    fn excludes(&self, path: &Path) -> bool;

    /// As [`Filter::excludes`], for a path that was named: nothing was entered.
    fn excludes_named(&self, path: &Path) -> bool;
}

/// Leaves nothing out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Everything;

impl Filter for Everything {
    fn enter(&self, _: &Path, _: &[OsString]) {}

    fn excludes(&self, _: &Path) -> bool {
        false
    }

    fn excludes_named(&self, _: &Path) -> bool {
        false
    }
}

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it is: what the user gave, without needless `./`, and the way from there.
    pub path: PathBuf,
    /// The same for people: `/` between the parts.
    pub shown: String,
    /// What its name and its folder tell.
    pub hint: NameHint,
}

/// What a walk found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Walked {
    /// Each file once, sorted by its shown path.
    pub files: Vec<Found>,
    /// What could not be read, and why: (shown path, reason in one line), sorted.
    pub errors: Vec<(String, String)>,
}

/// A path for people: `/` between its parts on every system; the current folder is `.`.
pub fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if text.is_empty() {
        return ".".to_owned();
    }
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace('\\', "/") }
}

/// An I/O error in the words of this program: lower case, without the system's number.
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or_default();
            let mut chars = text.chars();
            chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
        }
    }
}

/// `path` without `.` components; the current folder becomes the empty path.
fn tidy(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != Component::CurDir).collect()
}

/// What the system is asked for: the empty path stands for the current folder.
fn on_disk(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}
