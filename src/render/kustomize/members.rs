//! The kustomizations of a run, and which of them use which.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use super::{
    Content, FILE_NAMES, Store,
    gather::{Named, named_by_kustomization, named_by_plugin},
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
    let text = store.text(store.file(&found.real).ok()?)?;
    let mut member = Member {
        folder: folder.to_path_buf(),
        file: text.id,
        is_component: false,
        uses: Vec::new(),
        missing: Vec::new(),
        files: BTreeSet::from([text.id]),
    };
    let root = text.parsed.documents().first().and_then(|document| text.parsed.root(document));
    if let Some(root) = root {
        member.is_component = root.get("kind").is_some_and(|kind| kind.is("Component"));
        member.take(store, folder, &named_by_kustomization(root));
    }
    Some(member)
}

impl Member {
    pub(super) fn take(&mut self, store: &Store<'_>, folder: &Path, named: &Named) {
        for entry in &named.files {
            self.entry(store, folder, entry);
        }
        for plugin in &named.plugins {
            if plugin.contains('\n') {
                self.plugin(store, folder, plugin);
            } else if let Some(text) = self.entry(store, folder, plugin) {
                self.plugin(store, folder, text);
            }
        }
    }

    /// Notes what `entry` names; the text of a file.
    fn entry<'s>(&mut self, store: &'s Store<'_>, folder: &Path, entry: &str) -> Option<&'s str> {
        let Some(found) = store.look(folder, entry) else {
            if !entry.contains('\n') {
                self.missing.push(folder.join(entry));
            }
            return None;
        };
        if found.is_folder {
            if !self.uses.contains(&found.real) {
                self.uses.push(found.real.clone());
            }
            return None;
        }
        let Content::Text(source) = store.file(&found.real).ok()?.content else { return None };
        self.files.insert(source.id);
        Some(&source.text)
    }

    /// Takes what the configuration of a plugin names.
    fn plugin(&mut self, store: &Store<'_>, folder: &Path, text: &str) {
        let parsed = parse(SourceId(0), text, &Limits::default());
        let roots: Vec<Node<'_>> =
            parsed.documents().iter().filter_map(|document| parsed.root(document)).collect();
        for root in roots {
            for file in &named_by_plugin(root).files {
                self.entry(store, folder, file);
            }
        }
    }
}
