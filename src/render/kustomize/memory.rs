//! A library that holds its files in memory.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{Content, FILE_NAMES, Found, Library};
use crate::{
    base::{Source, SourceId},
    walk,
};

/// Files in memory, without symbolic links; paths begin with `/`.
#[derive(Debug, Default)]
pub struct Memory {
    files: BTreeMap<PathBuf, Content>,
}

impl Memory {
    /// Adds the text at `path`; ids follow the order of the calls.
    pub fn add(&mut self, path: &str, text: &str) -> SourceId {
        let id = SourceId(self.files.len() as u32);
        self.files.insert(PathBuf::from(path), Content::Text(Arc::new(Source::new(id, path, text))));
        id
    }

    /// The text of an id.
    pub fn source(&self, id: SourceId) -> Option<&Source> {
        self.files.values().find_map(|content| match content {
            Content::Text(source) if source.id == id => Some(&**source),
            _ => None,
        })
    }
}

impl Library for Memory {
    fn look(&self, path: &Path) -> Option<Found> {
        let real = walk::plain(path);
        if self.files.contains_key(&real) {
            return Some(Found { real, is_folder: false });
        }
        let is_folder = self.files.keys().any(|file| file.starts_with(&real));
        is_folder.then_some(Found { real, is_folder: true })
    }

    fn open(&self, real: &Path) -> Result<Content, String> {
        self.files.get(real).cloned().ok_or_else(|| "no such file".to_owned())
    }

    fn list(&self, folder: &Path) -> Vec<PathBuf> {
        let is_manifest = |file: &&PathBuf| {
            let extension = file.extension().and_then(std::ffi::OsStr::to_str);
            let is_named = file.file_name().is_some_and(|name| FILE_NAMES.iter().any(|own| name == *own));
            file.starts_with(folder) && (is_named || matches!(extension, Some("yaml" | "yml" | "json")))
        };
        self.files.keys().filter(is_manifest).cloned().collect()
    }

    fn top(&self) -> PathBuf {
        PathBuf::from("/")
    }
}
