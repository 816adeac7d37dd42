//! The file system as a library of texts that kustomizations are built from.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    base::{Source, SourceId},
    render::kustomize::{Content, Found, Library},
    walk,
    yaml::Limits,
};

/// Files on disk. Ids count up from the first one given.
#[derive(Debug)]
pub struct Disk {
    limits: Limits,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    first: u32,
    by_path: HashMap<PathBuf, Content>,
    sources: Vec<Arc<Source>>,
}

impl Disk {
    /// A library that gives ids from `first` on.
    pub fn new(first: SourceId, limits: &Limits) -> Self {
        Self { limits: *limits, known: Mutex::new(Known { first: first.0, ..Known::default() }) }
    }

    /// The texts read so far, in the order of their ids.
    pub fn sources(&self) -> Vec<Arc<Source>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).sources.clone()
    }
}

impl Library for Disk {
    fn look(&self, path: &Path) -> Option<Found> {
        let real = path.canonicalize().ok()?;
        let metadata = std::fs::metadata(&real).ok()?;
        let is_folder = metadata.is_dir();
        // Neither a pipe nor a device: reading one may never end.
        (is_folder || metadata.is_file()).then_some(Found { real, is_folder })
    }

    fn open(&self, real: &Path) -> Result<Content, String> {
        let reason = |error: std::io::Error| walk::reason(&error);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(content) = known.by_path.get(real) {
            return Ok(content.clone());
        }
        let metadata = std::fs::metadata(real).map_err(reason)?;
        if metadata.len() > self.limits.file_size {
            return Err(format!(
                "it has {} bytes, more than the limit of {}",
                metadata.len(),
                self.limits.file_size
            ));
        }
        let bytes = std::fs::read(real).map_err(reason)?;
        // Not UTF-16 either: kustomize takes such a file for bytes.
        let content = match String::from_utf8(bytes) {
            Ok(text) => {
                let id = SourceId(known.first + known.sources.len() as u32);
                let source = Arc::new(Source::new(id, walk::shown(&from_here(real)), text));
                known.sources.push(Arc::clone(&source));
                Content::Text(source)
            }
            Err(error) => Content::Binary(error.into_bytes().into()),
        };
        known.by_path.insert(real.to_path_buf(), content.clone());
        Ok(content)
    }
}

/// The path from the folder we are in, where the file is below it.
fn from_here(real: &Path) -> PathBuf {
    let here = Path::new(".").canonicalize().unwrap_or_default();
    real.strip_prefix(here).map_or_else(|_| real.to_path_buf(), Path::to_path_buf)
}
