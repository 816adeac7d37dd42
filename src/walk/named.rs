//! The paths a user named: what they are, and what holds where they begin.

use std::{
    collections::{HashMap, HashSet},
    ffi::OsString,
    fs::{FileType, Metadata},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use super::{
    Filter, Found, Options, Walked,
    folder::{Folder, Run, read},
    hint::{Zone, above},
    ignores::Ignores,
    on_disk, reason, shown, tidy,
};
use crate::base::did_you_mean;

/// Finds the files under `paths`: each once, in the order of their shown paths, whatever the threads did.
/// Without paths it finds nothing.
pub fn walk(paths: &[PathBuf], options: &Options, filter: &dyn Filter) -> Walked {
    let run = Run { filter, gitignore: options.gitignore, walked: Mutex::default() };
    let mut files = Vec::new();
    let mut folders = Vec::new();
    let mut zones = HashMap::new();
    for path in paths {
        match std::fs::metadata(path) {
            Err(error) => run.add(Vec::new(), Some((shown(path), why_missing(path, &error)))),
            Ok(metadata) if metadata.is_dir() => folders.push(tidy(path)),
            Ok(metadata) => match not_a_file(&metadata) {
                Some(reason) => run.add(Vec::new(), Some((shown(path), reason.to_owned()))),
                None => files.push(found(tidy(path), &mut zones)),
            },
        }
    }
    if options.force_exclude {
        files.retain(|file| !filter.excludes_named(&file.path));
        folders.retain(|folder| !filter.excludes_named(folder));
    }
    folders.retain(|folder| folder.file_name().is_none_or(|name| name != ".git"));
    run.add(files, None);
    if !folders.is_empty() {
        rayon::scope(|scope| {
            for folder in folders {
                read(scope, &run, &start(folder, options));
            }
        });
    }
    let walked = run.walked.into_inner().unwrap_or_else(PoisonError::into_inner);
    in_order(walked, paths)
}

fn found(path: PathBuf, zones: &mut HashMap<PathBuf, Zone>) -> Found {
    let folder = path.parent().unwrap_or(Path::new(""));
    let zone = *zones.entry(folder.to_path_buf()).or_insert_with(|| Zone::of(folder));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Found { shown: shown(&path), hint: zone.hint(&name), path }
}

/// A named folder, with what the folders above it say: charts, and the ignore files of its repository.
fn start(path: PathBuf, options: &Options) -> Folder {
    let nothing_above =
        |path| Folder { path, way: PathBuf::new(), zone: Zone::default(), ignores: Ignores::default() };
    let chain = above(&path);
    let Some((own, outer)) = chain.split_first() else { return nothing_above(path) };
    let zone = outer.first().map_or_else(Zone::default, |parent| Zone::of(parent));
    let zone = own.file_name().map_or(zone, |name| zone.enter(name));
    let top = chain.last().filter(|top| options.gitignore && top.join(".git").exists());
    let Some(top) = top else { return Folder { zone, ..nothing_above(path) } };
    let way = |folder: &Path| folder.strip_prefix(top).unwrap_or(Path::new("")).to_path_buf();
    let ignores = outer.iter().rev().fold(Ignores::default(), |ignores, folder| {
        ignores.enter(folder, &way(folder), &ignore_files(folder))
    });
    Folder { path, way: way(own), zone, ignores }
}

/// Whether the ignore files of its repository leave `path` out; it need not exist any more. Outside of a repository
/// nothing is.
pub fn is_ignored(path: &Path) -> bool {
    let folder = path.parent().unwrap_or(Path::new(""));
    let near = path.ancestors().skip(1).find(|it| on_disk(it).is_dir()).unwrap_or(folder);
    let chain = above(near);
    let Some(top) = chain.last().filter(|top| top.join(".git").exists()) else { return false };
    let way = |folder: &Path| folder.strip_prefix(top).unwrap_or(Path::new("")).to_path_buf();
    let mut ignores = Ignores::default();
    let mut below = chain.iter().rev().skip(1);
    for folder in chain.iter().rev() {
        ignores = ignores.enter(folder, &way(folder), &ignore_files(folder));
        let is_out = match below.next() {
            Some(next) => ignores.ignore(&way(next), true),
            // What is gone below may have been a folder.
            None => {
                path.strip_prefix(near).ok().and_then(|rest| rest.components().next()).is_some_and(|name| {
                    let name = way(folder).join(name);
                    ignores.ignore(&name, false) || ignores.ignore(&name, true) && !path.is_file()
                })
            }
        };
        if is_out {
            return true;
        }
    }
    false
}

/// The names in `folder` that mean something to [`Ignores`].
fn ignore_files(folder: &Path) -> Vec<OsString> {
    [".git", ".gitignore", ".ignore"]
        .into_iter()
        .filter(|name| folder.join(name).exists())
        .map(OsString::from)
        .collect()
}

/// Sorts, and drops what was found a second time. With one path nothing can be.
fn in_order(mut walked: Walked, paths: &[PathBuf]) -> Walked {
    if paths.len() > 1 {
        let mut folders = HashMap::new();
        let mut seen = HashSet::new();
        walked.files.retain(|file| seen.insert(identity(&file.path, &mut folders)));
    }
    walked.files.sort_unstable_by(|a, b| a.shown.cmp(&b.shown));
    walked.errors.sort_unstable();
    walked.errors.dedup();
    walked
}

/// The one name of a file. A file in a walked folder is no link, so its folder's one name is enough; a file
/// that was named is looked up itself.
fn identity(file: &Path, folders: &mut HashMap<PathBuf, PathBuf>) -> PathBuf {
    if file.is_symlink() {
        return file.canonicalize().unwrap_or_else(|_| file.to_path_buf());
    }
    let folder = file.parent().unwrap_or(Path::new(""));
    let canonical = folders
        .entry(folder.to_path_buf())
        .or_insert_with(|| on_disk(folder).canonicalize().unwrap_or_else(|_| folder.to_path_buf()));
    file.file_name().map_or_else(|| canonical.clone(), |name| canonical.join(name))
}

/// Why something that is no folder cannot be read as a file.
fn not_a_file(metadata: &Metadata) -> Option<&'static str> {
    let kind = metadata.file_type();
    if kind.is_file() {
        return None;
    }
    Some(if is_pipe(kind) {
        "a pipe is not read by name: give its content to `-`"
    } else {
        "not a regular file"
    })
}

#[cfg(unix)]
fn is_pipe(kind: FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&kind)
}

#[cfg(not(unix))]
fn is_pipe(_: FileType) -> bool {
    false
}

/// The reason for a path that leads nowhere, with a near name from its folder.
#[expect(clippy::disallowed_methods, reason = "near names stand in the folder")]
fn why_missing(path: &Path, error: &std::io::Error) -> String {
    if error.kind() != std::io::ErrorKind::NotFound {
        return reason(error);
    }
    if path.is_symlink() {
        return "a symbolic link to nothing".to_owned();
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let names: Vec<String> = std::fs::read_dir(on_disk(folder))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let near = did_you_mean(&name, names.iter().map(String::as_str));
    match near {
        Some(near) => format!("{}, did you mean `{}`?", reason(error), shown(&folder.join(near))),
        None => reason(error),
    }
}
