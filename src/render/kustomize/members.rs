//! The kustomizations of a run, and which of them use which.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use super::{
    Content, FILE_NAMES, Store,
    gather::{Named, Wanted, named_by_plugin},
};
use crate::{
    base::SourceId,
    yaml::{Limits, Node, parse},
};

/// One kustomization.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its folder, by real path.
    pub folder: PathBuf,
    /// Its kustomization file.
    pub file: SourceId,
    /// It is a component: it works on what others build, and is nothing by itself.
    pub is_component: bool,
    /// The folders that it names: bases and components.
    pub uses: Vec<PathBuf>,
    /// What it names and is not there, as its folder joined with the entry.
    pub missing: Vec<PathBuf>,
    /// The files that it reads itself, its own among them.
    pub files: BTreeSet<SourceId>,
}

/// The kustomizations in `folders`, real paths that were given to [`super::gather`]; a folder without one is left out.
pub fn members(store: &Store<'_>, folders: &[PathBuf]) -> Vec<Member> {
    folders.iter().filter_map(|folder| member(store, folder)).collect()
}

fn member(store: &Store<'_>, folder: &Path) -> Option<Member> {
    let found =
        FILE_NAMES.iter().find_map(|name| store.look(folder, name).filter(|found| !found.is_folder))?;
    let Content::Text(source) = store.file(&found.real).ok()?.content else { return None };
    let mut member = Member {
        folder: folder.to_path_buf(),
        file: source.id,
        is_component: false,
        uses: Vec::new(),
        missing: Vec::new(),
        files: BTreeSet::from([source.id]),
    };
    if let Some(uses) = store.uses(folder) {
        member.is_component = uses.is_component;
        for entry in &uses.entries {
            member.entry(store, entry);
        }
    }
    Some(member)
}

impl Member {
    pub(super) fn take(&mut self, store: &Store<'_>, folder: &Path, named: &Named) {
        for entry in &named.files {
            self.named(store, folder, entry);
        }
        for plugin in &named.plugins {
            if plugin.contains('\n') {
                self.plugin(store, folder, plugin);
            } else if let Some(text) = self.named(store, folder, plugin) {
                self.plugin(store, folder, text);
            }
        }
    }

    /// Notes what `entry`, as written, names; the text of a file.
    fn named<'s>(&mut self, store: &'s Store<'_>, folder: &Path, entry: &str) -> Option<&'s str> {
        let Some(found) = store.look(folder, entry) else {
            if !entry.contains('\n') {
                self.missing.push(folder.join(entry));
            }
            return None;
        };
        if found.is_folder {
            self.folder(&found.real);
            return None;
        }
        let Content::Text(source) = store.file(&found.real).ok()?.content else { return None };
        self.files.insert(source.id);
        Some(&source.text)
    }

    /// Notes what was found at an entry.
    fn entry(&mut self, store: &Store<'_>, entry: &Wanted) {
        let file = match entry {
            Wanted::Nothing => return,
            Wanted::Missing(path) => return self.missing.push(path.clone()),
            Wanted::Folder(real) => return self.folder(real),
            Wanted::File(number) => store.file_of(*number),
            Wanted::Elsewhere(real) => store.file(real),
        };
        if let Ok(Content::Text(source)) = file.map(|file| file.content) {
            self.files.insert(source.id);
        }
    }

    fn folder(&mut self, real: &Path) {
        if !self.uses.iter().any(|own| own.as_os_str() == real.as_os_str()) {
            self.uses.push(real.to_path_buf());
        }
    }

    /// Takes what the configuration of a plugin names.
    fn plugin(&mut self, store: &Store<'_>, folder: &Path, text: &str) {
        let parsed = parse(SourceId(0), text, &Limits::default());
        let roots: Vec<Node<'_>> =
            parsed.documents().iter().filter_map(|document| parsed.root(document)).collect();
        for root in roots {
            for file in &named_by_plugin(root).files {
                self.named(store, folder, file);
            }
        }
    }
}
