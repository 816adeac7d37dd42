//! Where reports go: standard output, and files that are either whole or untouched.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use super::{CliError, terminal::is_step_log};
use crate::{
    engine,
    report::{self, safe},
    walk::{reason, shown},
};

/// How much is gathered before it is written.
const BUFFER: usize = 64 << 10;
/// So many symbolic links one behind the other Linux follows.
const MOST_LINKS: usize = 40;

/// Lets `print` write to standard output. A reader that went away, such as `head`, is no failure.
pub(super) fn to_stdout(print: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
    let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    match print(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::new(format!("cannot write to standard output: {}", reason(&error))))
        }
        done => {
            if done.is_err() {
                // What is still gathered would be written once more on drop.
                let _ = out.into_parts();
            }
            Ok(())
        }
    }
}

/// As [`to_stdout`], for words that people read: in a log none of them is a command.
pub(super) fn words_to_stdout(print: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
    if is_step_log() && !is_file(&io::stdout()) {
        return to_stdout(|out| report::in_step_log(out, print));
    }
    to_stdout(print)
}

/// Whether an output goes to a file, and so into no log.
#[cfg(unix)]
fn is_file(output: &impl std::os::fd::AsFd) -> bool {
    let file = output.as_fd().try_clone_to_owned().map(File::from);
    file.and_then(|file| file.metadata()).is_ok_and(|metadata| metadata.is_file())
}

#[cfg(not(unix))]
fn is_file(_: &io::Stdout) -> bool {
    false
}

/// Lets `print` write to standard error; words that in the log of a step would be taken for commands are kept from it.
pub(super) fn to_stderr(print: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
    let mut out = BufWriter::with_capacity(BUFFER, io::stderr().lock());
    let printed = if is_step_log() { report::in_step_log(&mut out, print) } else { print(&mut out) };
    // Nobody is left to tell when standard error is closed.
    let _ = printed.and_then(|()| out.flush());
}

/// Says one line on standard error.
pub(super) fn say(line: &str) {
    to_stderr(|out| writeln!(out, "{}", safe::line(line)));
}

/// Lets `print` write to `file`. A regular file is replaced in one step, once everything is written; a device
/// or a pipe is written to as it is.
pub(super) fn to_file(
    file: &Path,
    print: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), CliError> {
    let failed =
        |error: io::Error| CliError::new(format!("cannot write `{}`: {}", shown(file), reason(&error)));
    let target = target(file);
    match fs::metadata(&target) {
        Ok(metadata) if metadata.is_dir() => Err(CliError::new(format!("`{}` is a folder", shown(file)))),
        Ok(metadata) if !metadata.is_file() => {
            let out = fs::OpenOptions::new().write(true).open(&target).map_err(failed)?;
            print_all(out, print).map(drop).map_err(failed)
        }
        Ok(present) => engine::replace(&target, Some(&present), print).map_err(failed),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            engine::replace(&target, None, print).map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}

/// The file that is meant by `file`: behind a symbolic link that which it leads to, even if that is still to be made.
pub(super) fn target(file: &Path) -> PathBuf {
    if let Ok(real) = file.canonicalize() {
        return real;
    }
    let mut target = file.to_path_buf();
    for _ in 0..MOST_LINKS {
        // `/dev/stdout` leads to a pipe that has no path.
        if fs::metadata(&target).is_ok() {
            break;
        }
        let Ok(behind) = fs::read_link(&target) else { break };
        // It is relative to where the link lies.
        target = target.parent().unwrap_or(Path::new("")).join(behind);
    }
    target
}

fn print_all(out: File, print: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<File> {
    let mut out = BufWriter::with_capacity(BUFFER, out);
    print(&mut out)?;
    out.into_inner().map_err(io::IntoInnerError::into_error)
}
