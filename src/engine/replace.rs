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

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
        let path = folder.path().join(name);
        let mut file = File::create_new(&path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        path
    }

    /// The names in the folder: no half-written file may stay there.
    fn names(folder: &tempfile::TempDir) -> Vec<String> {
        let files = walkdir::WalkDir::new(folder.path()).min_depth(1).sort_by_file_name().into_iter();
        files.map(|it| it.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_file_is_replaced_only_while_it_holds_what_was_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(&folder, "a.yaml", "old");
        rewrite(&path, b"old", b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        let error = rewrite(&path, b"old", b"newer").unwrap_err();
        assert_eq!(error.to_string(), "it changed while plimsoll ran");
        assert_eq!(fs::read(&path).unwrap(), b"new");
        let missing = rewrite(&folder.path().join("b.yaml"), b"", b"x").unwrap_err();
        assert_eq!(missing.to_string(), "no such file or directory");
        assert_eq!(names(&folder), ["a.yaml"]);
    }

    #[test]
    fn when_writing_fails_half_way_the_old_file_is_whole_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(&folder, "a.yaml", "old");
        let error = replace(&path, None, |out| {
            out.write_all("x".repeat(200_000).as_bytes())?;
            Err(io::Error::from(io::ErrorKind::StorageFull))
        });
        assert_eq!(error.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(&folder), ["a.yaml"]);
    }

    #[cfg(unix)]
    #[test]
    fn mode_bits_and_links_are_kept_and_a_read_only_file_is_left_alone() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let path = file(&folder, "a.yaml", "old");
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o751)).unwrap();
        let link = folder.path().join("link.yaml");
        symlink("a.yaml", &link).unwrap();
        rewrite(&link, b"old", b"new").unwrap();
        assert_eq!((fs::read(&path).unwrap(), mode()), (b"new".to_vec(), 0o751));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).unwrap();
        assert_eq!(rewrite(&path, b"new", b"newer").unwrap_err().to_string(), "it is read-only");
        assert_eq!((fs::read(&path).unwrap(), mode()), (b"new".to_vec(), 0o440));
        assert_eq!(names(&folder), ["a.yaml", "link.yaml"]);
    }
}
