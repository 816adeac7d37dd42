//! One folder after the other, each by a task of its own.

use std::{
    ffi::{OsStr, OsString},
    fs::FileType,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use rayon::Scope;

use super::{
    Filter, Found, Walked,
    hint::{Zone, is_wanted},
    ignores::Ignores,
    on_disk, reason, shown,
};

/// What all tasks of a walk share.
pub(super) struct Run<'a> {
    pub(super) filter: &'a dyn Filter,
    pub(super) gitignore: bool,
    pub(super) walked: Mutex<Walked>,
}

/// A folder to read, with what the folders above say about it.
pub(super) struct Folder {
    /// Where it is.
    pub(super) path: PathBuf,
    /// The way to it from the top of its chain of ignore files.
    pub(super) way: PathBuf,
    pub(super) zone: Zone,
    pub(super) ignores: Ignores,
}

/// The names in a folder.
#[derive(Default)]
struct Listing {
    dotted: Vec<OsString>,
    files: Vec<OsString>,
    folders: Vec<OsString>,
    has_chart: bool,
    /// Why it could not be read to its end.
    error: Option<String>,
}

impl Run<'_> {
    /// Appends to the result.
    pub(super) fn add(&self, files: Vec<Found>, error: Option<(String, String)>) {
        // A poisoned lock means that another task panicked; its panic is on its way already.
        let mut walked = self.walked.lock().unwrap_or_else(PoisonError::into_inner);
        walked.files.extend(files);
        walked.errors.extend(error);
    }
}

/// Reads `folder` and spawns a task for each folder in it. Tasks, not recursion: the stack stays flat however
/// deep the folders are.
pub(super) fn read<'s>(scope: &Scope<'s>, run: &'s Run<'_>, folder: &Folder) {
    let listing = list(on_disk(&folder.path));
    run.filter.enter(&folder.path, &listing.dotted);
    let zone = folder.zone.with_chart(listing.has_chart);
    let ignores = if run.gitignore {
        folder.ignores.enter(&folder.path, &folder.way, &listing.dotted)
    } else {
        Ignores::default()
    };
    let is_left_out = |path: &Path, name: &OsStr, is_folder: bool| {
        (!ignores.is_empty() && ignores.ignore(&folder.way.join(name), is_folder))
            || run.filter.excludes(path)
    };

    let mut files = Vec::with_capacity(listing.files.len());
    for name in listing.files {
        let path = folder.path.join(&name);
        if !is_left_out(&path, &name, false) {
            files.push(Found { shown: shown(&path), hint: zone.hint(&name.to_string_lossy()), path });
        }
    }
    run.add(files, listing.error.map(|reason| (shown(&folder.path), reason)));

    for name in listing.folders {
        let path = folder.path.join(&name);
        if is_left_out(&path, &name, true) {
            continue;
        }
        let way = folder.way.join(&name);
        let below = Folder { path, way, zone: zone.enter(&name), ignores: ignores.clone() };
        scope.spawn(move |scope| read(scope, run, &below));
    }
}

#[expect(clippy::disallowed_methods, reason = "this is where folders are read")]
fn list(folder: &Path) -> Listing {
    let mut listing = Listing::default();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return Listing { error: Some(reason(&error)), ..listing },
    };
    for entry in entries {
        let kind = entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?)));
        match kind {
            Ok((name, kind)) => listing.sort_in(name, kind),
            Err(error) => listing.error = Some(reason(&error)),
        }
    }
    listing
}

impl Listing {
    fn sort_in(&mut self, name: OsString, kind: FileType) {
        if name.as_encoded_bytes().starts_with(b".") {
            self.dotted.push(name);
        } else if kind.is_dir() {
            self.folders.push(name);
        } else if kind.is_file() && is_wanted(&name.to_string_lossy()) {
            self.has_chart |= name == "Chart.yaml";
            self.files.push(name);
        }
    }
}
