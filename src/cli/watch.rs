//! `--watch`: lints again whenever something is saved.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    io::{Write, stdout},
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::{Duration, Instant},
};

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher,
    event::{AccessKind, AccessMode},
};

use super::{CliError, Done, Exit, Terminal, args::Check, error, output};
use crate::{engine, report::safe, walk};

/// An editor writes, renames and sets modes one after the other; quiet for so long means that it is done.
const QUIET: Duration = Duration::from_millis(60);
/// Where something writes all the time, it is linted after so long all the same.
const LONGEST: Duration = Duration::from_secs(1);

/// Calls `lint` now and after every change, until the process is ended. A run that fails is told, and ends nothing.
///
/// # Errors
/// That the system does not watch.
pub(super) fn watch(options: &Check, terminal: &Terminal, lint: &dyn Fn() -> Done) -> Done {
    let (sender, events) = channel();
    // Nobody listens any more when the process ends.
    let config = notify::Config::default().with_follow_symlinks(false);
    let tell = move |event| drop(sender.send(event));
    let mut watcher = RecommendedWatcher::new(tell, config).map_err(refused)?;
    for folder in folders(options) {
        observe(&mut watcher, &folder)?;
    }
    loop {
        if terminal.out.is_terminal {
            let mut out = stdout().lock();
            // What cannot be cleared is printed below what stands there.
            let _ = out.write_all(b"\x1b[2J\x1b[3J\x1b[H").and_then(|()| out.flush());
        }
        if let Err(errors) = lint() {
            error::report(&errors, terminal);
        }
        if !options.output.quiet {
            let paths: Vec<_> =
                options.paths.iter().map(|path| safe::line(&walk::shown(path)).into_owned()).collect();
            output::say(&format!("watching {} (Ctrl-C to end)", paths.join(", ")));
        }
        if !wait(&events, options) {
            return Ok(Exit::Failed);
        }
    }
}

/// What is watched: the work trees around the paths, else the folders that were named, and the folders of files that
/// decide from elsewhere.
fn folders(options: &Check) -> BTreeSet<PathBuf> {
    let folder_of = |path: &Path| {
        let real = path.canonicalize().ok()?;
        if real.is_dir() { Some(real) } else { real.parent().map(Path::to_path_buf) }
    };
    let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
    for path in &options.paths {
        let folder = folder_of(path);
        let tree = folder.as_deref().filter(|_| !options.scope.no_context).and_then(engine::work_tree);
        folders.extend(tree.or(folder));
    }
    let inner: Vec<PathBuf> = folders
        .iter()
        .filter(|it| it.ancestors().skip(1).any(|above| folders.contains(above)))
        .cloned()
        .collect();
    folders.retain(|folder| !inner.contains(folder));
    let covered = |it: &PathBuf| it.ancestors().any(|above| folders.contains(above));
    let files = [&options.config, &options.baseline];
    let files = files.into_iter().flatten().filter_map(|file| folder_of(file));
    let more: Vec<PathBuf> = files.filter(|it| !covered(it)).collect();
    folders.extend(more);
    folders
}

fn observe(watcher: &mut RecommendedWatcher, folder: &Path) -> Result<(), Vec<CliError>> {
    watcher.watch(folder, RecursiveMode::Recursive).map_err(refused)
}

fn refused(error: notify::Error) -> Vec<CliError> {
    let reason = match error.kind {
        notify::ErrorKind::MaxFilesWatch => {
            "the system's limit of watched folders is reached (`fs.inotify.max_user_watches` on Linux)"
                .to_owned()
        }
        notify::ErrorKind::Io(error) => walk::reason(&error),
        other => format!("{other:?}"),
    };
    vec![CliError::new(format!("--watch: cannot watch files: {reason}"))]
}

/// Waits for a change that matters, and then until things are quiet; whether there will be others.
fn wait(events: &Receiver<notify::Result<Event>>, options: &Check) -> bool {
    loop {
        match events.recv() {
            Ok(event) if matters(&event, options) => break,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
    let until = Instant::now() + LONGEST;
    let mut quiet_at = Instant::now() + QUIET;
    loop {
        let Some(left) = quiet_at.min(until).checked_duration_since(Instant::now()) else { return true };
        match events.recv_timeout(left) {
            Ok(event) if matters(&event, options) => quiet_at = Instant::now() + QUIET,
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

/// Whether what is found may have changed with `event`.
fn matters(event: &notify::Result<Event>, options: &Check) -> bool {
    // What was missed may have mattered.
    let Ok(event) = event else { return true };
    if event.need_rescan() {
        return true;
    }
    match event.kind {
        // Reading is what linting does itself.
        EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write) => return false,
        _ => {}
    }
    event.paths.iter().any(|path| {
        let in_git = path.components().any(|part| part.as_os_str() == OsStr::new(".git"));
        !in_git && (options.files.no_gitignore || !walk::is_ignored(path))
    })
}
