//! The ignore files that hold in a folder: its own and those above it.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    sync::Arc,
};

use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};

/// The ignore files that hold in a folder, as a chain from the folder up. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Ignores(Option<Arc<Level>>);

/// The ignore files of one folder.
#[derive(Debug)]
struct Level {
    /// The folder, as the way from the top of the chain.
    prefix: PathBuf,
    /// `.gitignore`
    git: Option<Gitignore>,
    /// `.ignore`; beats every `.gitignore`.
    plain: Option<Gitignore>,
    /// A `.git` stands here: no `.gitignore` further up counts.
    is_repository: bool,
    above: Ignores,
}

impl Ignores {
    /// What holds in a folder below: `way` leads to it from the top of the chain, `dotted` are the names in it
    /// that begin with a dot, `folder` is where to read them.
    pub(super) fn enter(&self, folder: &Path, way: &Path, dotted: &[OsString]) -> Self {
        let has = |name: &str| dotted.iter().any(|own| own == name);
        let (git, plain, is_repository) = (has(".gitignore"), has(".ignore"), has(".git"));
        if !git && !plain && !is_repository {
            return self.clone();
        }
        Self(Some(Arc::new(Level {
            prefix: way.to_path_buf(),
            git: git.then(|| read(&folder.join(".gitignore"))).flatten(),
            plain: plain.then(|| read(&folder.join(".ignore"))).flatten(),
            is_repository,
            above: self.clone(),
        })))
    }

    /// Whether there is nothing that could ignore anything.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether the file or folder to which `way` leads from the top of the chain is ignored. Whoever asks has
    /// asked for the folders on the way already.
    pub(super) fn ignore(&self, way: &Path, is_folder: bool) -> bool {
        self.decide(way, is_folder, |level| level.plain.as_ref(), |_| false)
            .or_else(|| self.decide(way, is_folder, |level| level.git.as_ref(), |level| level.is_repository))
            .unwrap_or(false)
    }

    /// The word of the nearest level that has one.
    fn decide<'a>(
        &'a self,
        way: &Path,
        is_folder: bool,
        rules: impl Fn(&'a Level) -> Option<&'a Gitignore>,
        is_last: impl Fn(&'a Level) -> bool,
    ) -> Option<bool> {
        let mut next = self.0.as_deref();
        while let Some(level) = next {
            let found = rules(level).map(|rules| {
                let way = way.strip_prefix(&level.prefix).unwrap_or(way);
                rules.matched(way, is_folder)
            });
            match found {
                Some(Match::Ignore(_)) => return Some(true),
                Some(Match::Whitelist(_)) => return Some(false),
                Some(Match::None) | None => {}
            }
            if is_last(level) {
                return None;
            }
            next = level.above.0.as_deref();
        }
        None
    }
}

/// Reads an ignore file. As in Git, a pattern that makes no sense is passed over, and so is the whole file
/// when it cannot be read.
fn read(file: &Path) -> Option<Gitignore> {
    let mut builder = GitignoreBuilder::new("");
    builder.add(file);
    builder.build().ok().filter(|rules| !rules.is_empty())
}
