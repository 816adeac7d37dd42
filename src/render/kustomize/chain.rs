//! The way from the root to where a build is, and what was met from there on.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use super::{BuildError, library::lies_in};
use crate::base::Span;

/// Kustomizations inside kustomizations; each level costs stack, and nobody means so many.
const DEEPEST: u32 = 100;

/// The folders between the root and where we are.
#[derive(Debug)]
pub(super) struct Chain<'c> {
    folder: &'c Path,
    up: Option<&'c Chain<'c>>,
    depth: u32,
    met: RefCell<Met>,
}

/// What was met in a kustomization and all below it.
#[derive(Debug, Clone, Default)]
pub(super) struct Met {
    /// Real paths. Paths compare part by part, and texts at once: these are texts.
    folders: BTreeSet<OsString>,
    /// Levels below.
    levels: u32,
}

impl Met {
    /// The folders, by real path.
    pub(super) fn folders(self) -> Vec<PathBuf> {
        self.folders.into_iter().map(PathBuf::from).collect()
    }
}

impl<'c> Chain<'c> {
    /// The chain of a root.
    pub(super) fn new(folder: &'c Path) -> Self {
        Self { folder, up: None, depth: 0, met: Self::met_in(folder) }
    }

    fn met_in(folder: &Path) -> RefCell<Met> {
        RefCell::new(Met { folders: BTreeSet::from([folder.as_os_str().to_owned()]), levels: 0 })
    }

    /// The chain one level down.
    pub(super) fn below(&'c self, folder: &'c Path, entry: Span) -> Result<Chain<'c>, BuildError> {
        if self.depth >= DEEPEST {
            let message = format!("kustomizations are nested deeper than {DEEPEST} levels here");
            return Err(BuildError::of_way(entry, message));
        }
        Ok(Chain { folder, up: Some(self), depth: self.depth + 1, met: Self::met_in(folder) })
    }

    /// Whether `folder` is one of them, or holds one: kustomize calls that a cycle.
    fn is_below(&self, folder: &Path) -> bool {
        lies_in(self.folder, folder) || self.up.is_some_and(|up| up.is_below(folder))
    }

    /// Refuses to go to `folder` where it led here.
    pub(super) fn check_cycle(&self, folder: &Path, entry: Span) -> Result<(), BuildError> {
        if self.is_below(folder) {
            let message = "this is a cycle: the folder holds a kustomization that led here";
            return Err(BuildError::of_way(entry, message));
        }
        Ok(())
    }

    /// Whether a kustomization one level down in which this was `met` would meet the same here: no cycle, and not too
    /// many levels.
    pub(super) fn allows(&self, met: &Met) -> bool {
        self.depth + 1 + met.levels <= DEEPEST
            && !met.folders.iter().any(|folder| self.is_below(Path::new::<OsStr>(folder)))
    }

    /// Takes up what was met one level down.
    pub(super) fn takes(&self, below: &Met) {
        let mut met = self.met.borrow_mut();
        met.levels = met.levels.max(below.levels + 1);
        for folder in &below.folders {
            if !met.folders.contains(folder) {
                met.folders.insert(folder.clone());
            }
        }
    }

    /// What was met.
    pub(super) fn into_met(self) -> Met {
        self.met.into_inner()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SourceId;

    #[test]
    fn what_was_met_below_is_refused_where_it_leads_back_or_too_deep() {
        let root = Chain::new(Path::new("/a/sub"));
        let below = root.below(Path::new("/b"), Span::at(SourceId(0), 0)).unwrap();
        below.takes(&Chain::new(Path::new("/c")).into_met());
        let met = below.into_met();
        root.takes(&met);
        assert_eq!(root.met.borrow().levels, 2);
        assert!(root.allows(&met));
        assert!(!Chain::new(Path::new("/c")).allows(&met), "a cycle");
        assert!(!Chain::new(Path::new("/c/sub")).allows(&met), "a folder that holds one is a cycle too");
        let deep = Met { levels: DEEPEST, ..Met::default() };
        assert!(!Chain::new(Path::new("/d")).allows(&deep), "too deep");
        let less = Met { levels: DEEPEST - 1, ..Met::default() };
        assert!(Chain::new(Path::new("/d")).allows(&less));
    }
}
