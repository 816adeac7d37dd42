//! What Flux keeps out of the artifact of a source: `.sourceignore` files and `spec.ignore`, in the language of
//! `.gitignore`.

use std::path::{Path, PathBuf};

use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};

/// What is kept out; of several patterns the last one counts.
#[derive(Debug)]
pub(super) struct SourceIgnore {
    top: PathBuf,
    /// By folder, relative to the top.
    levels: Vec<(PathBuf, Gitignore)>,
}

impl SourceIgnore {
    /// The name of the files.
    pub(super) const FILE: &'static str = ".sourceignore";

    /// Nothing of the repository at `top`.
    pub(super) fn new(top: &Path) -> Self {
        Self { top: top.to_path_buf(), levels: Vec::new() }
    }

    /// Adds the patterns of `text`, which hold in `folder` and below. Those that are none are passed over.
    pub(super) fn add(&mut self, folder: &Path, text: &str) {
        let mut builder = GitignoreBuilder::new("");
        for line in text.lines() {
            let _ = builder.add_line(None, line);
        }
        if let (Ok(patterns), Ok(folder)) = (builder.build(), folder.strip_prefix(&self.top)) {
            self.levels.push((folder.to_path_buf(), patterns));
        }
    }

    /// Whether `file` is kept out, by itself or by a folder on the way to it.
    pub(super) fn ignores(&self, file: &Path) -> bool {
        let Ok(way) = file.strip_prefix(&self.top) else { return false };
        // Unlike Git, Flux takes back a file of a folder that is out.
        let decisions = self.levels.iter().rev().filter_map(|(folder, patterns)| {
            let way = way.strip_prefix(folder).ok()?;
            match patterns.matched_path_or_any_parents(way, false) {
                Match::None => None,
                Match::Ignore(_) => Some(true),
                Match::Whitelist(_) => Some(false),
            }
        });
        decisions.into_iter().next().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_pattern_counts_and_a_file_of_a_folder_that_is_out_may_come_back() {
        let mut ignore = SourceIgnore::new(Path::new("/repo"));
        assert!(!ignore.ignores(Path::new("/repo/a.yaml")));
        ignore.add(Path::new("/repo"), "# comment\n*.md\n/dev/\napps/*.yaml\n!apps/keep.yaml\n");
        ignore.add(Path::new("/repo/apps"), "keep.yaml\n!back.yaml\n");
        for (file, expected) in [
            ("/repo/a.yaml", false),
            ("/repo/dev/a.yaml", true),
            ("/repo/x/dev/a.yaml", false),
            ("/repo/apps/a.yaml", true),
            ("/repo/apps/keep.yaml", true),
            ("/repo/apps/back.yaml", false),
            ("/repo/apps/deeper/a.yaml", false),
            ("/elsewhere/dev/a.yaml", false),
        ] {
            assert_eq!(ignore.ignores(Path::new(file)), expected, "{file}");
        }
        ignore.add(Path::new("/repo"), "/*\n!/apps\n!/dev/a.yaml\n/apps/**/b.yaml\n");
        for (file, expected) in [
            ("/repo/a.yaml", true),
            ("/repo/apps/a.yaml", false),
            ("/repo/apps/deeper/b.yaml", true),
            ("/repo/dev/a.yaml", false),
            ("/repo/dev/b.yaml", true),
        ] {
            assert_eq!(ignore.ignores(Path::new(file)), expected, "{file}");
        }
    }
}
