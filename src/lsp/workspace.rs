//! The folders that an editor has open, and one name for each file, however it is called.

use std::path::{Path, PathBuf};

use gen_lsp_types as lsp;

use super::uri;

/// An open folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Folder {
    /// As the client calls it.
    pub(super) given: PathBuf,
    /// Without symbolic links; findings come under this one.
    pub(super) real: PathBuf,
}

/// All open folders.
#[derive(Debug, Clone, Default)]
pub(super) struct Workspace {
    folders: Vec<Folder>,
}

impl Workspace {
    /// The folders at `paths`; one that is not there yet counts when it is.
    pub(super) fn new(paths: Vec<PathBuf>) -> Self {
        let mut workspace = Self::default();
        for path in paths {
            workspace.add(path);
        }
        workspace
    }

    /// Opens a folder, which may be open under another name already.
    pub(super) fn add(&mut self, given: PathBuf) {
        if self.folders.iter().all(|folder| folder.given != given) {
            let real = real(&given);
            self.folders.push(Folder { given, real });
        }
    }

    /// Closes a folder, under this name only.
    pub(super) fn remove(&mut self, given: &Path) {
        self.folders.retain(|folder| folder.given != given);
    }

    /// All of them, each once.
    pub(super) fn folders(&self) -> Vec<&Folder> {
        let mut folders: Vec<&Folder> = Vec::new();
        for folder in &self.folders {
            if folders.iter().all(|known| known.real != folder.real) {
                folders.push(folder);
            }
        }
        folders
    }

    /// The innermost folder that holds the file at `real`.
    pub(super) fn folder_of(&self, real: &Path) -> Option<&Folder> {
        let holding = self.folders.iter().filter(|folder| real.starts_with(&folder.real));
        holding.max_by_key(|folder| folder.real.components().count())
    }

    /// What the client calls the file at `real`, if it did not open it by another name.
    pub(super) fn uri_of(&self, real: &Path) -> lsp::Uri {
        let given = self.folder_of(real).and_then(|folder| {
            let rest = real.strip_prefix(&folder.real).ok()?;
            Some(folder.given.join(rest))
        });
        uri::of_path(given.as_deref().unwrap_or(real)).into()
    }
}

/// The one name of a file or folder; of one that is not there, that of the folder it would lie in.
pub(super) fn real(path: &Path) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if !parent.as_os_str().is_empty() => real_folder(parent).join(name),
        _ => path.to_path_buf(),
    }
}

fn real_folder(folder: &Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_file_belongs_to_the_innermost_folder_that_holds_it() {
        let mut workspace =
            Workspace::new(vec!["/x-none/a".into(), "/x-none/a/b".into(), "/x-none/a".into()]);
        assert_eq!(workspace.folders().len(), 2);
        let folder = |workspace: &Workspace, path: &str| {
            workspace.folder_of(Path::new(path)).map(|folder| folder.given.clone())
        };
        assert_eq!(folder(&workspace, "/x-none/a/b/c.yaml"), Some("/x-none/a/b".into()));
        assert_eq!(folder(&workspace, "/x-none/a/bc.yaml"), Some("/x-none/a".into()));
        assert_eq!(folder(&workspace, "/x-none/c.yaml"), None);
        workspace.remove(Path::new("/x-none/a/b"));
        assert_eq!(folder(&workspace, "/x-none/a/b/c.yaml"), Some("/x-none/a".into()));
        assert_eq!(workspace.uri_of(Path::new("/x-none/a/b c.yaml")).0, "file:///x-none/a/b%20c.yaml");
    }
}
