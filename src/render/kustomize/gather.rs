//! Which files some kustomizations need, all the way down, and their texts.

use std::{
    collections::{HashMap, HashSet},
    ffi::OsString,
    path::{Path, PathBuf},
};

use super::{Content, Found, Library, Overlay};
use crate::{
    base::SourceId,
    yaml::{Kind, Limits, Node, parse},
};

/// The names under which kustomize looks for its file in a folder.
pub const FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Everything that some kustomizations need from a library, read once.
#[derive(Debug, Default)]
pub struct Gathered {
    /// By real path. Paths compare part by part, and texts at once: keys are texts.
    index: HashMap<OsString, usize>,
    files: Vec<(PathBuf, Result<Content, String>)>,
    /// What was asked for, as asked: a folder's real path joined with the entry as written.
    looked: HashMap<OsString, Option<Found>>,
}

impl Gathered {
    /// What stands at `entry`, as written in a file of `folder`.
    pub(super) fn look(&self, folder: &Path, entry: &str) -> Option<&Found> {
        self.looked.get(folder.join(entry).as_os_str())?.as_ref()
    }

    /// The number of the file at `real`.
    pub(super) fn number(&self, real: &Path) -> Option<usize> {
        self.index.get(real.as_os_str()).copied()
    }

    /// The files in the order they were met, by real path, with what they hold or why that is not known.
    pub fn files(&self) -> &[(PathBuf, Result<Content, String>)] {
        &self.files
    }
}

/// Reads what the kustomizations in `folders` need.
pub fn gather(library: &dyn Library, folders: &[PathBuf]) -> Gathered {
    gather_all(library, folders, &mut std::iter::empty())
}

/// Reads what the kustomizations in `folders`, and `overlays`, need.
pub fn gather_all(
    library: &dyn Library,
    folders: &[PathBuf],
    overlays: &mut dyn Iterator<Item = &Overlay>,
) -> Gathered {
    let mut gatherer =
        Gatherer { library, out: Gathered::default(), folders: Vec::new(), seen: HashSet::new() };
    let here = Path::new("");
    for folder in folders {
        gatherer.want(here, &folder.to_string_lossy());
    }
    for overlay in overlays {
        gatherer.want(here, &overlay.path.to_string_lossy());
        if overlay.edits {
            gatherer.want(here, &overlay.folder.to_string_lossy());
        }
        for entry in named_by_kustomization(overlay.fields.node()).files {
            gatherer.want(&overlay.folder, &entry);
        }
    }
    let mut done = 0;
    while let Some(folder) = gatherer.folders.get(done).cloned() {
        done += 1;
        gatherer.folder(&folder);
    }
    gatherer.out
}

struct Gatherer<'l> {
    library: &'l dyn Library,
    out: Gathered,
    /// Folders with kustomizations, done and to do.
    folders: Vec<PathBuf>,
    seen: HashSet<OsString>,
}

impl Gatherer<'_> {
    /// Looks up `entry`; reads it when it is a file, notes it when it is a folder.
    fn want(&mut self, folder: &Path, entry: &str) -> Option<usize> {
        let path = folder.join(entry);
        if entry.is_empty() || entry.contains('\n') {
            return None;
        }
        if let Some(known) = self.out.looked.get(path.as_os_str()) {
            return self.out.index.get(known.as_ref()?.real.as_os_str()).copied();
        }
        let found = self.library.look(&path);
        self.out.looked.insert(path.into_os_string(), found.clone());
        let found = found?;
        if found.is_folder {
            if self.seen.insert(found.real.clone().into_os_string()) {
                self.folders.push(found.real);
            }
            return None;
        }
        // kustomize reads no file from elsewhere, so nobody has to.
        if !found.real.starts_with(folder) {
            return None;
        }
        if let Some(&number) = self.out.index.get(found.real.as_os_str()) {
            return Some(number);
        }
        let number = self.out.files.len();
        let content = self.library.open(&found.real);
        self.out.index.insert(found.real.clone().into_os_string(), number);
        self.out.files.push((found.real, content));
        Some(number)
    }

    fn folder(&mut self, folder: &Path) {
        for name in FILE_NAMES {
            if let Some(number) = self.want(folder, name) {
                self.read(number, folder, named_by_kustomization);
            }
        }
    }

    /// Reads the file of `number` and wants what it names, and what the plugin configurations among those name.
    fn read(&mut self, number: usize, folder: &Path, named: impl Fn(Node<'_>) -> Named) {
        let Some((_, Ok(Content::Text(source)))) = self.out.files.get(number) else { return };
        let source = source.clone();
        self.read_text(&source.text, folder, &named);
    }

    fn read_text(&mut self, text: &str, folder: &Path, named: &dyn Fn(Node<'_>) -> Named) {
        let parsed = parse(SourceId(0), text, &Limits::default());
        let roots = parsed.documents().iter().filter_map(|document| parsed.root(document));
        let all: Vec<Named> = roots.map(named).collect();
        for named in all {
            for file in named.files {
                self.want(folder, &file);
            }
            for plugin in named.plugins {
                if plugin.contains('\n') {
                    self.read_text(&plugin, folder, &named_by_plugin);
                } else if let Some(number) = self.want(folder, &plugin) {
                    self.read(number, folder, named_by_plugin);
                }
            }
        }
    }
}

/// What a file names.
#[derive(Default)]
pub(super) struct Named {
    pub(super) files: Vec<String>,
    /// Files, or texts, that configure a plugin and may name files themselves.
    pub(super) plugins: Vec<String>,
}

/// The value under `key` as Go's JSON reader finds it: in whatever case it is written, the last one.
fn get<'a>(node: Node<'a>, key: &'static str) -> impl Iterator<Item = Node<'a>> {
    node.each_field().filter(move |it| it.key.is_in_any_case(key)).map(|it| it.value)
}

fn texts(node: Node<'_>) -> impl Iterator<Item = String> {
    node.items().filter_map(|item| item.text().map(std::borrow::Cow::into_owned))
}

/// Fields that list files and folders. A text under `patches` is of the old form, which kustomize refuses; the file is a
/// patch all the same.
const LISTS: [&str; 7] =
    ["resources", "bases", "components", "crds", "configurations", "patchesStrategicMerge", "patches"];

pub(super) fn named_by_kustomization(root: Node<'_>) -> Named {
    let mut named = Named::default();
    for key in LISTS {
        named.files.extend(get(root, key).flat_map(texts));
    }
    for key in ["transformers", "generators", "validators"] {
        named.plugins.extend(get(root, key).flat_map(texts));
    }
    for key in ["patches", "patchesJson6902", "replacements", "configMapGenerator", "secretGenerator"] {
        for item in get(root, key).flat_map(Node::items) {
            named_by_entry(item, &mut named.files);
        }
    }
    for openapi in get(root, "openapi") {
        named_by_entry(openapi, &mut named.files);
    }
    named
}

pub(super) fn named_by_plugin(root: Node<'_>) -> Named {
    let mut named = Named::default();
    named_by_entry(root, &mut named.files);
    named.files.extend(get(root, "paths").flat_map(texts));
    for item in get(root, "replacements").flat_map(Node::items) {
        named_by_entry(item, &mut named.files);
    }
    named
}

fn named_by_entry(entry: Node<'_>, files: &mut Vec<String>) {
    if entry.kind() != Kind::Mapping {
        return;
    }
    for key in ["path", "env"] {
        files.extend(get(entry, key).filter_map(|it| it.text().map(std::borrow::Cow::into_owned)));
    }
    files.extend(get(entry, "envs").flat_map(texts));
    let sources = get(entry, "files").flat_map(texts);
    files.extend(
        sources.map(|source| source.split_once('=').map_or(source.clone(), |(_, file)| file.to_owned())),
    );
}
