//! Files that are either whole or untouched. The one place that writes a file over another.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{self, BufWriter, Write},
    path::Path,
};

use crate::walk;

/// How much is gathered before it is written.
const BUFFER: usize = 64 << 10;

/// Why a file was not changed.
#[derive(Debug, thiserror::Error)]
pub enum RewriteError {
    /// Somebody else wrote it.
    #[error("it changed while plimsoll ran")]
    Changed,
    /// It may not be written.
    #[error("it is read-only")]
    ReadOnly,
    /// The system refuses.
    #[error("{}", walk::reason(.0))]
    Io(#[from] io::Error),
}

/// Replaces the file at `target` by what `print` writes, in one step once all of it is written; it keeps the mode bits
/// and, where the system allows that, the owner of the present file. `target` is no symbolic link.
///
/// # Errors
/// What the system or `print` fails with. Then the file is as it was.
pub fn replace(
    target: &Path,
    present: Option<&Metadata>,
    print: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let folder = target.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".plimsoll-").suffix(".tmp");
    // As any new file, not for the owner alone as other temporary ones.
    let temporary = builder.make_in(folder, |path| File::create_new(path))?;
    let (file, path) = temporary.into_parts();
    let mut out = BufWriter::with_capacity(BUFFER, file);
    print(&mut out)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    if let Some(present) = present {
        keep_owner(&file, present);
        file.set_permissions(present.permissions())?;
    }
    path.persist(target).map_err(|error| error.error)
}

/// Writes `new` over the file at `path`, or over that behind the symbolic link there, if it still holds `old`.
///
/// # Errors
/// [`RewriteError`]; the file is then as it was.
pub fn rewrite(path: &Path, old: &[u8], new: &[u8]) -> Result<(), RewriteError> {
    let target = path.canonicalize()?;
    let present = fs::metadata(&target)?;
    if present.permissions().readonly() {
        return Err(RewriteError::ReadOnly);
    }
    // A file that may not be written is not replaced either, though the folder would allow it.
    OpenOptions::new().write(true).open(&target)?;
    if fs::read(&target)? != old {
        return Err(RewriteError::Changed);
    }
    Ok(replace(&target, Some(&present), |out| out.write_all(new))?)
}

#[cfg(unix)]
fn keep_owner(file: &File, present: &Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let Ok(own) = file.metadata() else { return };
    if (own.uid(), own.gid()) != (present.uid(), present.gid()) {
        // Only the administrator may give files away; whoever may not keeps the file for himself.
        let _ = fchown(file, Some(present.uid()), Some(present.gid()));
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) {}
