//! `extends`: reads a configuration with all that it adds to, the nearer file having the last word.

use std::{
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use super::{Broken, Config, Override, error::ConfigError, file};
use crate::{
    base::{Source, SourceId, Span},
    rule::Registry,
    walk,
    yaml::Limits,
};

/// How many files one configuration may be made of: enough for anybody, and an end for a malicious maze.
const MAX_FILES: usize = 64;

/// Reads the configuration at `file` with all that it extends. With `is_named` the user chose it, and it may be a pipe.
///
/// # Errors
/// [`Broken`]: its own mistakes, or, where it has none, those of what it extends.
pub(super) fn read_all(file: &Path, registry: &Registry, is_named: bool) -> Result<Config, Arc<Broken>> {
    let text = if is_named { text_of(file) } else { regular_text(file) };
    let shown = walk::shown(file);
    let text = text.map_err(|reason| Arc::new(Broken::unreadable(&shown, reason)))?;
    let mut reading = Reading { registry, passed: vec![real(file)], files: 0 };
    reading.config(file, &text)
}

struct Reading<'r> {
    registry: &'r Registry,
    /// The real paths of the files that led here.
    passed: Vec<PathBuf>,
    files: usize,
}

impl Reading<'_> {
    fn config(&mut self, file: &Path, text: &str) -> Result<Config, Arc<Broken>> {
        let source = Source::new(SourceId(0), walk::shown(file), text);
        let (mut config, mut errors) = file::read(&source, self.registry);
        let mut bases = Vec::new();
        for (word, span) in std::mem::take(&mut config.extends) {
            let base = joined(file, &word);
            match self.base_text(&base, &word) {
                Ok(text) => bases.push((base, text)),
                Err(message) => errors.push(ConfigError { span: Some(span), message, help: None }),
            }
        }
        if !errors.is_empty() {
            errors.sort_by_key(|error: &ConfigError| error.span.map(|span: Span| span.start));
            return Err(Arc::new(Broken { source, errors }));
        }
        let folder = real(folder_of(file));
        config.files.push(source.path.clone());
        // The last one is the strongest.
        for (base, text) in bases.into_iter().rev() {
            self.passed.push(real(&base));
            let below = self.config(&base, &text);
            self.passed.pop();
            config.inherit(below?, &folder, &real(folder_of(&base)));
        }
        Ok(config)
    }

    fn base_text(&mut self, base: &Path, word: &str) -> Result<String, String> {
        if self.passed.contains(&real(base)) {
            return Err(format!("`{word}` extends this file, directly or by way of others"));
        }
        self.files += 1;
        if self.files >= MAX_FILES {
            return Err(format!("a configuration is made of {MAX_FILES} files at most"));
        }
        regular_text(base).map_err(|reason| format!("cannot read `{word}`: {reason}"))
    }
}

impl Config {
    /// Adds what `base` says to what this says nothing about. The `folder` is this configuration's own, `base_folder`
    /// that of `base`.
    fn inherit(&mut self, base: Config, folder: &Path, base_folder: &Path) {
        let is_given = |key: &str| self.given.contains(key);
        // A `select` stands in place of profiles: below a nearer `profiles` it would undo them.
        let is_selected = is_given("select") || is_given("profiles");
        if !is_selected {
            self.select = base.select;
        }
        if !is_given("profiles") {
            self.profiles = base.profiles;
        }
        if !is_given("extend-select") {
            self.extend_select = base.extend_select;
        }
        if !is_given("ignore") {
            self.ignore = base.ignore;
        }
        if !is_given("exclude") {
            self.exclude = base.exclude.seen_from(folder, base_folder);
        }
        let moved = |mut it: Override| {
            it.paths = it.paths.map(|paths| paths.seen_from(folder, base_folder));
            it
        };
        self.overrides.splice(0..0, base.overrides.into_iter().map(moved));
        for (rule, choice) in base.rules {
            self.rules.entry(rule).or_insert(choice);
        }
        self.platform = self.platform.or(base.platform);
        self.kubernetes_version = self.kubernetes_version.or(base.kubernetes_version);
        self.fail_on = self.fail_on.or(base.fail_on);
        self.min_severity = self.min_severity.or(base.min_severity);
        self.require_reason = self.require_reason.or(base.require_reason);
        self.peer_ignores = self.peer_ignores.or(base.peer_ignores);
        self.given.extend(base.given);
        self.files.extend(base.files);
    }
}

/// The text of a configuration that nobody named: a pipe in its place must not stop the run.
fn regular_text(file: &Path) -> Result<String, String> {
    let metadata = file.metadata().map_err(|error| walk::reason(&error))?;
    if !metadata.is_file() {
        return Err("not a regular file".to_owned());
    }
    if metadata.len() > Limits::default().file_size {
        return Err("too large for a configuration".to_owned());
    }
    text_of(file)
}

fn text_of(file: &Path) -> Result<String, String> {
    let bytes = std::fs::read(file).map_err(|error| walk::reason(&error))?;
    String::from_utf8(bytes).map_err(|_| "not valid UTF-8".to_owned())
}

/// The file to which `word` leads from `file`; `..` takes back a folder that is named before it.
fn joined(file: &Path, word: &str) -> PathBuf {
    let folder = folder_of(file);
    let plain =
        folder.components().chain(Path::new(word).components()).fold(PathBuf::new(), |mut path, part| {
            let can_go_back = matches!(path.components().next_back(), Some(Component::Normal(_)));
            match part {
                Component::CurDir => {}
                Component::ParentDir if can_go_back => {
                    path.pop();
                }
                part => path.push(part),
            }
            path
        });
    // Through a symbolic link, the system's way back is another one.
    let exact = folder.join(word);
    if real(&plain) == real(&exact) { plain } else { exact }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}
