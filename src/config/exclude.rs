//! `exclude`: globs relative to the configuration file.

use std::path::{Path, PathBuf};

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

/// What a configuration leaves out.
#[derive(Debug, Clone, Default)]
pub(super) struct Exclude {
    globs: GlobSet,
    /// Where another configuration took them over: its folder, and the one in which the globs begin.
    moved: Option<(PathBuf, PathBuf)>,
}

impl Exclude {
    /// Of patterns that [`pattern`] made.
    pub(super) fn new(patterns: &[Glob]) -> Result<Self, globset::Error> {
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            set.add(pattern.clone());
        }
        set.build().map(|globs| Self { globs, moved: None })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.globs.is_empty()
    }

    /// The same for the configuration in `folder`, the globs beginning in `own` or where they began before.
    pub(super) fn seen_from(self, folder: &Path, own: &Path) -> Self {
        let begin = self.moved.map_or_else(|| own.to_path_buf(), |(_, begin)| begin);
        Self { globs: self.globs, moved: Some((folder.to_path_buf(), begin)) }
    }

    /// Whether `way`, which leads from the configuration's folder, or a folder on it is left out.
    pub(super) fn covers(&self, way: &Path) -> bool {
        if self.is_empty() {
            return false;
        }
        let Some((folder, begin)) = &self.moved else { return self.matches(way) };
        folder.join(way).strip_prefix(begin).is_ok_and(|way| self.matches(way))
    }

    fn matches(&self, way: &Path) -> bool {
        way.ancestors().any(|part| !part.as_os_str().is_empty() && self.globs.is_match(part))
    }
}

/// Reads one pattern. Without a `/` in it, it is a name at any depth; with one, it begins at the
/// configuration's folder. `*` and `?` stop at a `/`, `**` does not.
pub(super) fn pattern(text: &str) -> Result<Glob, String> {
    if text.starts_with('!') {
        return Err("`!` has no meaning here: there is nothing to take back".to_owned());
    }
    let trimmed = text.strip_prefix("./").unwrap_or(text).trim_end_matches('/');
    if trimmed.is_empty() {
        return Err("a pattern must not be empty".to_owned());
    }
    if trimmed.split('/').any(|part| part == "..") {
        return Err("a pattern cannot reach above the folder of the configuration".to_owned());
    }
    let anchored = match trimmed.strip_prefix('/') {
        Some(rest) => rest.to_owned(),
        None if trimmed.contains('/') => trimmed.to_owned(),
        None => format!("**/{trimmed}"),
    };
    GlobBuilder::new(&anchored)
        .literal_separator(true)
        .build()
        .map_err(|error| format!("not a glob: {}", error.kind().to_string().to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_without_slash_is_a_name_at_any_depth() {
        for (text, way, expected) in [
            ("vendor", "vendor", true),
            ("vendor", "a/vendor/b/c.yaml", true),
            ("vendor/", "a/vendor/c.yaml", true),
            ("/vendor", "a/vendor/c.yaml", false),
            ("/vendor", "vendor/c.yaml", true),
            ("./vendor/x", "vendor/x/c.yaml", true),
            ("a/vendor", "a/vendor/c.yaml", true),
            ("a/vendor", "b/a/vendor/c.yaml", false),
            ("**/gen/*.yaml", "x/y/gen/c.yaml", true),
            ("a/*.yaml", "a/b/c.yaml", false),
            ("*.gen.yaml", "a/b.gen.yaml", true),
            ("*.{yml,json}", "a/b.json", true),
            ("vendor", "vendored/c.yaml", false),
        ] {
            let exclude = Exclude::new(&[pattern(text).unwrap()]).unwrap();
            assert_eq!(exclude.covers(Path::new(way)), expected, "{text} on {way}");
        }
    }

    #[test]
    fn a_pattern_that_means_nothing_is_an_error() {
        for text in ["", "/", "!x", "a[", "{a", "../x"] {
            assert!(pattern(text).is_err(), "{text}");
        }
    }
}
