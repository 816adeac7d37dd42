//! Which files differ from a Git ref, by the word of `git`.

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use super::{CliError, args::Check};
use crate::engine::Scope;

/// The files that differ from where `reference` and HEAD parted.
pub(super) fn scope(reference: &str, options: &Check) -> Result<Scope, CliError> {
    let top = top(folder_of(options.paths.first().map_or(Path::new("."), PathBuf::as_path)))?;
    let differing = match base(&top, reference)? {
        Some(commit) => [git(&top, &diff(&commit))?, git(&top, &UNTRACKED)?],
        // Before the first commit, all that is there differs.
        None => [git(&top, &TRACKED)?, git(&top, &UNTRACKED)?],
    };
    let mut files = BTreeSet::new();
    let mut gone = BTreeSet::new();
    for name in differing.iter().flat_map(|out| out.split(|byte| *byte == 0)).filter(|it| !it.is_empty()) {
        let path = top.join(path_of(name));
        // Neither a link nor the folder of another repository is a file of this one.
        match path.symlink_metadata() {
            Ok(metadata) if metadata.is_file() => files.extend(path.canonicalize()),
            Ok(_) => {}
            Err(_) => {
                gone.insert(path);
            }
        }
    }
    let places: Vec<PathBuf> = options.paths.iter().map(|path| real(path)).collect();
    gone.retain(|path| places.iter().any(|place| path.starts_with(place)));
    Ok(Scope::Changed { files, gone })
}

const UNTRACKED: [&str; 5] = ["ls-files", "-z", "--others", "--exclude-standard", "--"];
const TRACKED: [&str; 4] = ["ls-files", "-z", "--cached", "--"];

fn diff(commit: &str) -> [&str; 11] {
    [
        "diff",
        "--name-only",
        "-z",
        "--no-renames",
        "--no-ext-diff",
        "--no-textconv",
        "--no-relative",
        "--ignore-submodules=all",
        "--end-of-options",
        commit,
        "--",
    ]
}

/// The real path of a place that may be gone.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| {
        let here = std::env::current_dir().and_then(|it| it.canonicalize()).unwrap_or_default();
        here.join(path)
    })
}

/// The nearest folder that is there.
fn folder_of(path: &Path) -> &Path {
    let folder = path.ancestors().find(|it| it.is_dir());
    folder.unwrap_or(Path::new("."))
}

/// The top of the work tree around `folder`, by real path.
fn top(folder: &Path) -> Result<PathBuf, CliError> {
    let out = run(folder, &["rev-parse", "--show-toplevel"])?;
    if !out.status.success() {
        return Err(failed("--changed needs a Git work tree around the paths", &out));
    }
    let line = out.stdout.strip_suffix(b"\n").unwrap_or(&out.stdout);
    let top = path_of(line);
    top.canonicalize().map_err(|error| {
        CliError::new(format!("cannot read `{}`: {}", top.display(), crate::walk::reason(&error)))
    })
}

/// The commit with which the files are compared; `None` before the first one.
fn base(top: &Path, reference: &str) -> Result<Option<String>, CliError> {
    let Some(commit) = commit(top, reference)? else {
        if reference == "HEAD" {
            return Ok(None);
        }
        let error = format!("--changed: `{reference}` is no commit of this repository");
        let is_path = Path::new(reference).exists();
        return Err(CliError::new(if is_path {
            format!("{error}; to lint a path, write it before `--changed`")
        } else {
            error
        }));
    };
    if reference == "HEAD" {
        return Ok(Some(commit));
    }
    let parted = run(top, &["merge-base", "--end-of-options", &commit, "HEAD"])?;
    let parted = Some(parted).filter(|out| out.status.success()).and_then(|out| id(&out.stdout));
    // Without a common past, or with one that a shallow clone cut off, the ref itself is all there is.
    Ok(Some(parted.unwrap_or(commit)))
}

fn commit(top: &Path, reference: &str) -> Result<Option<String>, CliError> {
    let name = format!("{reference}^{{commit}}");
    let out = run(top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &name])?;
    Ok(out.status.success().then(|| id(&out.stdout)).flatten())
}

/// An object's id, as the only thing in `out`.
fn id(out: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(out).ok()?.lines().next()?;
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| text.to_owned())
}

/// What `git` prints when it succeeds.
fn git(top: &Path, arguments: &[&str]) -> Result<Vec<u8>, CliError> {
    let out = run(top, arguments)?;
    if out.status.success() { Ok(out.stdout) } else { Err(failed("--changed: git failed", &out)) }
}

/// Runs `git`, so that it changes nothing and starts nothing else.
fn run(folder: &Path, arguments: &[&str]) -> Result<Output, CliError> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(["--no-pager", "-c", "core.fsmonitor=false"]).args(arguments);
    command.env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C").stdin(Stdio::null());
    command.output().map_err(|error| {
        CliError::new(match error.kind() {
            io::ErrorKind::NotFound => "--changed needs `git`, which is not on PATH".to_owned(),
            _ => format!("--changed: cannot run git: {}", crate::walk::reason(&error)),
        })
    })
}

/// `what`, and the first line of what `git` has to say.
fn failed(what: &str, out: &Output) -> CliError {
    let said = String::from_utf8_lossy(&out.stderr);
    match said.lines().next() {
        Some(line) => CliError::new(format!("{what}: {line}")),
        None => CliError::new(what),
    }
}

/// A path as `git` prints it: bytes, or UTF-8 where paths are no bytes.
#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    let name: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(bytes);
    PathBuf::from(name)
}

/// A path as `git` prints it: bytes, or UTF-8 where paths are no bytes.
#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
