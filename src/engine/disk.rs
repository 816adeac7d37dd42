//! The disk as kustomizations see it: files by their real paths, with the ids that the walk gave them and new ids
//! for what the walk did not find.

use std::{
    collections::{HashMap, HashSet},
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use super::{
    Buffers,
    load::{decode, read},
    texts::Texts,
};
use crate::{
    base::{Source, SourceId},
    render::kustomize::{Content, Found, Library},
    walk::{self, NameHint},
    yaml::Limits,
};

/// Files on disk.
#[derive(Debug)]
pub struct Disk {
    limits: Limits,
    /// Walked files by their real path.
    walked: HashMap<OsString, (SourceId, String)>,
    /// The real path of each folder with walked files, by its path as walked. Paths compare part by part, and texts at
    /// once: keys are texts.
    folders: HashMap<OsString, PathBuf>,
    /// Those real paths.
    reals: HashSet<OsString>,
    /// Files that were not walked, in the order of their ids.
    others: Mutex<Others>,
    first_other: u32,
    here: PathBuf,
    /// The folder above all files, once it is known.
    top: OnceLock<PathBuf>,
    /// What was read already.
    texts: Texts,
    /// What is read in place of files.
    buffers: Buffers,
}

/// The files that were not walked.
#[derive(Debug, Default)]
struct Others {
    by_real: HashMap<OsString, usize>,
    files: Vec<Other>,
}

/// A file that was not walked.
#[derive(Debug)]
struct Other {
    shown: String,
    source: Option<Arc<Source>>,
}

impl Disk {
    /// A disk on which the walk found `files`; without any, ids begin at 0.
    pub fn new<'f>(files: impl Iterator<Item = (SourceId, &'f Path, &'f str)>, limits: &Limits) -> Self {
        let mut disk = Self {
            limits: *limits,
            walked: HashMap::new(),
            folders: HashMap::new(),
            reals: HashSet::new(),
            others: Mutex::default(),
            first_other: 0,
            here: std::env::current_dir().unwrap_or_default(),
            top: OnceLock::new(),
            texts: Texts::default(),
            buffers: Buffers::default(),
        };
        disk.walked.reserve(files.size_hint().0);
        for (id, path, shown) in files {
            disk.first_other = disk.first_other.max(id.0 + 1);
            if let Some(real) = disk.walked_real(path) {
                disk.walked.insert(real.into_os_string(), (id, shown.to_owned()));
            }
        }
        disk
    }

    /// The same, with what was read already, which is not read again, and with what is read in place of files.
    #[must_use]
    pub(super) fn with_texts(self, texts: Texts, buffers: Buffers) -> Self {
        Self { texts, buffers, ..self }
    }

    /// The same, with `top` as the folder above all files.
    #[must_use]
    pub(super) fn below(self, top: Option<PathBuf>) -> Self {
        Self { top: top.map(OnceLock::from).unwrap_or_default(), ..self }
    }

    /// The real path of a walked file: one question to the system a folder, not one a file.
    fn walked_real(&mut self, path: &Path) -> Option<PathBuf> {
        let (folder, name) = (path.parent()?, path.file_name()?);
        if let Some(real) = self.folders.get(folder.as_os_str()) {
            return Some(real.join(name));
        }
        let asked = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let real = asked.canonicalize().ok()?;
        let file = real.join(name);
        self.reals.insert(real.clone().into_os_string());
        self.folders.insert(folder.as_os_str().to_owned(), real);
        Some(file)
    }

    /// The real path of the folder of a walked file.
    pub(super) fn real_folder(&self, path: &Path) -> Option<&Path> {
        self.folders.get(path.parent()?.as_os_str()).map(PathBuf::as_path)
    }

    /// The real path of a walked file, as it is known here.
    pub(super) fn real_file(&self, path: &Path) -> Option<PathBuf> {
        Some(self.real_folder(path)?.join(path.file_name()?))
    }

    /// The shown paths of the files that were not walked, in the order of their ids, which follow those of the walk.
    pub(super) fn others(&self) -> Vec<String> {
        let others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        others.files.iter().map(|other| other.shown.clone()).collect()
    }

    /// The texts read so far of files that were not walked, in the order of their ids.
    pub fn sources(&self) -> Vec<Arc<Source>> {
        let others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        others.files.iter().filter_map(|other| other.source.clone()).collect()
    }

    fn id_of(&self, real: &Path) -> (SourceId, String) {
        if let Some(known) = self.walked.get(real.as_os_str()) {
            return known.clone();
        }
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let Others { by_real, files } = &mut *others;
        let at = *by_real.entry(real.as_os_str().to_owned()).or_insert_with(|| {
            let shown = walk::shown(real.strip_prefix(&self.here).unwrap_or(real));
            files.push(Other { shown, source: None });
            files.len() - 1
        });
        (SourceId(self.first_other + at as u32), files[at].shown.clone())
    }

    /// The folder that all walked files lie in, or the present one.
    fn common(&self) -> PathBuf {
        let here = self.here.canonicalize().unwrap_or_default();
        let mut folders = self.folders.values();
        let first = folders.next().cloned().unwrap_or_else(|| here.clone());
        let common = folders.fold(first, |common, folder| {
            let shared = common.components().zip(folder.components()).take_while(|(a, b)| a == b);
            shared.map(|(part, _)| part).collect()
        });
        if common.starts_with(&here) { here } else { common }
    }

    /// Remembers the text of a file that was not walked.
    fn keep(&self, source: &Arc<Source>) {
        let Some(at) = source.id.0.checked_sub(self.first_other) else { return };
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(other) = others.files.get_mut(at as usize) {
            other.source = Some(Arc::clone(source));
        }
    }
}

impl Library for Disk {
    fn look(&self, path: &Path) -> Option<Found> {
        let plain = walk::plain(path);
        if self.walked.contains_key(plain.as_os_str()) {
            return Some(Found { real: plain, is_folder: false });
        }
        if self.reals.contains(plain.as_os_str()) {
            return Some(Found { real: plain, is_folder: true });
        }
        // Most of what is looked for is not there: one question to the system, not one for each part of the path.
        let is_below = plain.parent().is_some_and(|parent| self.reals.contains(parent.as_os_str()));
        if is_below && plain.symlink_metadata().is_err() {
            return None;
        }
        let real = path.canonicalize().ok()?;
        let metadata = std::fs::metadata(&real).ok()?;
        let is_folder = metadata.is_dir();
        // Neither a pipe nor a device: reading one may never end.
        (is_folder || metadata.is_file()).then_some(Found { real, is_folder })
    }

    fn open(&self, real: &Path) -> Result<Content, String> {
        let (id, shown) = self.id_of(real);
        if let Some(source) = self.texts.get(id) {
            return Ok(Content::Text(Arc::clone(source)));
        }
        let Some(bytes) = read(real, &self.limits, &self.buffers)? else {
            return Err("it is larger than the limit".to_owned());
        };
        // UTF-16 is a manifest's business; in any other file, what is not UTF-8 is bytes.
        if std::str::from_utf8(&bytes).is_err() && !is_manifest(real) {
            return Ok(Content::Binary(bytes.into()));
        }
        let loaded = decode(id, &shown, bytes);
        if loaded.refused.is_some() {
            return Err("it is not UTF-8".to_owned());
        }
        let source = Arc::new(loaded.source);
        self.keep(&source);
        Ok(Content::Text(source))
    }

    fn list(&self, folder: &Path) -> Vec<PathBuf> {
        let walked = walk::walk(&[folder.to_path_buf()], &walk::Options::default(), &walk::Everything);
        let is_manifest = |hint| matches!(hint, NameHint::Plain | NameHint::Kustomization);
        walked.files.into_iter().filter(|found| is_manifest(found.hint)).map(|found| found.path).collect()
    }

    fn top(&self) -> PathBuf {
        self.top.get_or_init(|| self.common()).clone()
    }
}

fn is_manifest(path: &Path) -> bool {
    path.extension().and_then(OsStr::to_str).is_some_and(|it| matches!(it, "yaml" | "yml" | "json"))
}
