//! Where a path in a GitOps object leads, and what lies there.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    path::{Component, Path, PathBuf},
    rc::Rc,
    sync::Arc,
};

use super::source_ignore::SourceIgnore;
use crate::{
    base::Source,
    render::kustomize::{Content, FILE_NAMES, Library},
    walk,
};

/// The repository around GitOps objects.
pub(super) struct Repository<'l> {
    library: &'l dyn Library,
    /// The manifests below a folder.
    lists: RefCell<HashMap<PathBuf, Rc<[PathBuf]>>>,
}

impl<'l> Repository<'l> {
    pub(super) fn new(library: &'l dyn Library) -> Self {
        Self { library, lists: RefCell::default() }
    }

    /// The root of the Git repository that `file` lies in.
    pub(super) fn root(&self, file: &Path) -> Option<PathBuf> {
        let mut above = file.ancestors().skip(1);
        above.find(|folder| self.library.look(&folder.join(".git")).is_some()).map(Path::to_path_buf)
    }

    /// The folder that `path` means in an object of `file`: it starts at the root of the Git repository. Where there
    /// is none, as in an archive, it starts at the nearest folder above the file under which it exists. `None` for a
    /// path to nothing, for the root itself (any repository has one), and for a path that somebody else completes.
    pub(super) fn folder(&self, file: &Path, path: &str) -> Option<PathBuf> {
        let way = way(path).filter(|way| !way.as_os_str().is_empty())?;
        self.starts(file).into_iter().find_map(|start| self.below(&start, &way))
    }

    /// The folder from which `path` starts, by the rules of [`Repository::folder`].
    pub(super) fn start_of(&self, file: &Path, path: &str) -> Option<PathBuf> {
        if let Some(root) = self.root(file) {
            return Some(root);
        }
        let way = way(path).filter(|way| !way.as_os_str().is_empty())?;
        self.starts(file).into_iter().find(|start| self.below(start, &way).is_some())
    }

    fn starts(&self, file: &Path) -> Vec<PathBuf> {
        if let Some(root) = self.root(file) {
            return vec![root];
        }
        let top = self.library.top();
        file.ancestors()
            .skip(1)
            .take_while(|folder| folder.starts_with(&top))
            .map(Path::to_path_buf)
            .collect()
    }

    /// The real path of the folder at `way` below `start`, a real path; `None` where a link leads out of it.
    fn below(&self, start: &Path, way: &Path) -> Option<PathBuf> {
        let found = self.library.look(&start.join(way)).filter(|found| found.is_folder)?;
        found.real.starts_with(start).then_some(found.real)
    }

    /// Whether there is something at `path`.
    pub(super) fn has(&self, path: &Path) -> bool {
        self.library.look(path).is_some()
    }

    /// Whether a kustomization file lies in `folder`.
    pub(super) fn has_kustomization(&self, folder: &Path) -> bool {
        FILE_NAMES.iter().any(|name| self.library.look(&folder.join(name)).is_some_and(|it| !it.is_folder))
    }

    /// The manifests in `folder` and all below it, in the order of their paths.
    pub(super) fn manifests(&self, folder: &Path) -> Rc<[PathBuf]> {
        if let Some(known) = self.lists.borrow().get(folder) {
            return Rc::clone(known);
        }
        let list: Rc<[PathBuf]> = self.library.list(folder).into();
        self.lists.borrow_mut().insert(folder.to_path_buf(), Rc::clone(&list));
        list
    }

    /// The text of the file at `real`; `None` where it cannot be read as one.
    pub(super) fn text(&self, real: &Path) -> Option<Arc<Source>> {
        match self.library.open(real).ok()? {
            Content::Text(source) => Some(source),
            Content::Binary(_) => None,
        }
    }

    /// What keeps files below `folder` out of the artifact of a Flux source, as an object in `file` means it; `more`
    /// is what the source itself says.
    pub(super) fn source_ignore(&self, file: &Path, folder: &Path, more: Option<&str>) -> SourceIgnore {
        let top = self.root(file).unwrap_or_else(|| self.library.top());
        let mut folders: BTreeSet<&Path> = folder.ancestors().take_while(|it| it.starts_with(&top)).collect();
        let all = self.manifests(folder);
        let below = all.iter().flat_map(|file| file.ancestors().skip(1));
        folders.extend(below.filter(|it| it.starts_with(folder)));
        let mut ignore = SourceIgnore::new(&top);
        for folder in folders {
            let found = self.library.look(&folder.join(SourceIgnore::FILE)).filter(|found| !found.is_folder);
            if let Some(text) = found.and_then(|found| self.text(&found.real)) {
                ignore.add(folder, &text.text);
            }
        }
        if let Some(more) = more {
            ignore.add(&top, more);
        }
        ignore
    }

    /// What Flux puts under `resources` for a folder without a kustomization: all YAML below it, where a folder with
    /// a kustomization of its own counts as that. Relative to the folder.
    pub(super) fn generated(&self, folder: &Path, ignore: &SourceIgnore) -> Vec<String> {
        let all = self.manifests(folder);
        let all: Vec<&PathBuf> = all.iter().filter(|file| !ignore.ignores(file)).collect();
        let holds_own =
            |file: &&&PathBuf| file.file_name().is_some_and(|name| FILE_NAMES.iter().any(|own| name == *own));
        let own: BTreeSet<&Path> = all.iter().filter(holds_own).filter_map(|file| file.parent()).collect();
        let mut entries: Vec<String> = Vec::new();
        for file in all {
            let Ok(way) = file.strip_prefix(folder) else { continue };
            let mut folders = way.ancestors().skip(1).filter(|it| !it.as_os_str().is_empty());
            let topmost = folders.by_ref().filter(|it| own.contains(&*folder.join(it))).last();
            let entry = match topmost {
                Some(folder) => walk::shown(folder),
                None if is_yaml(file) => walk::shown(way),
                None => continue,
            };
            if entries.last() != Some(&entry) {
                entries.push(entry);
            }
        }
        entries.dedup();
        entries
    }
}

fn is_yaml(file: &Path) -> bool {
    file.extension().is_some_and(|it| it == "yaml" || it == "yml")
}

/// `path` from the root down, without `./` and leading slashes; empty for the root.
fn way(path: &str) -> Option<PathBuf> {
    if path.contains("${") || path.contains("{{") || path.contains('\n') {
        return None;
    }
    let mut way = PathBuf::new();
    for part in Path::new(path.trim_start_matches('/')).components() {
        match part {
            Component::CurDir => {}
            Component::Normal(part) => way.push(part),
            _ => return None,
        }
    }
    Some(way)
}
