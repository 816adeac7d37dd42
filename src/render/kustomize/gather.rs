//! Which files some kustomizations need, all the way down, and their texts.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use super::{Content, Found, Library};
use crate::{
    base::SourceId,
    yaml::{Kind, Limits, Node, parse},
};

/// The names under which kustomize looks for its file in a folder.
pub const FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Everything that some kustomizations need from a library, read once.
#[derive(Debug, Default)]
pub struct Gathered {
    /// By real path.
    index: HashMap<PathBuf, usize>,
    files: Vec<(PathBuf, Result<Content, String>)>,
    /// What was asked for, as asked: a folder's real path joined with the entry as written.
    looked: HashMap<PathBuf, Option<Found>>,
    /// What each folder's kustomization names.
    uses: HashMap<PathBuf, Uses>,
}

/// What one kustomization names, or what it needs all the way down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Uses {
    /// Files by real path, the kustomization's own first.
    pub files: Vec<PathBuf>,
    /// Folders of other kustomizations by real path.
    pub folders: Vec<PathBuf>,
}

impl Gathered {
    /// What stands at `entry`, as written in a file of `folder`.
    pub(super) fn look(&self, folder: &Path, entry: &str) -> Option<&Found> {
        self.looked.get(&folder.join(entry))?.as_ref()
    }

    /// The number of the file at `real`.
    pub(super) fn number(&self, real: &Path) -> Option<usize> {
        self.index.get(real).copied()
    }

    /// The files in the order they were met, by real path, with what they hold or why that is not known.
    pub fn files(&self) -> &[(PathBuf, Result<Content, String>)] {
        &self.files
    }

    /// What the kustomization in `folder`, a real path, names itself: whoever is named by none is a root.
    pub fn uses(&self, folder: &Path) -> Option<&Uses> {
        self.uses.get(folder)
    }

    /// What the kustomization in `folder`, a real path, needs all the way down.
    pub fn needs(&self, folder: &Path) -> Uses {
        let mut needs = Uses { files: Vec::new(), folders: vec![folder.to_path_buf()] };
        let mut done = 0;
        while let Some(uses) = needs.folders.get(done).map(|folder| self.uses(folder)) {
            done += 1;
            let Some(uses) = uses else { continue };
            needs.files.extend(uses.files.iter().cloned());
            for folder in &uses.folders {
                if !needs.folders.contains(folder) {
                    needs.folders.push(folder.clone());
                }
            }
        }
        needs.folders.remove(0);
        needs
    }
}

/// Reads what the kustomizations in `folders` need.
pub fn gather(library: &dyn Library, folders: &[PathBuf]) -> Gathered {
    let mut gatherer = Gatherer { library, out: Gathered::default(), folders: Vec::new() };
    let here = Path::new("");
    for folder in folders {
        gatherer.want(here, &folder.to_string_lossy());
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
}

impl Gatherer<'_> {
    /// Looks up `entry`; reads it when it is a file, notes it when it is a folder.
    fn want(&mut self, folder: &Path, entry: &str) -> Option<usize> {
        let path = folder.join(entry);
        if entry.is_empty() || entry.contains('\n') {
            return None;
        }
        let library = self.library;
        let found = self.out.looked.entry(path).or_insert_with_key(|path| library.look(path)).clone()?;
        let uses = self.out.uses.entry(folder.to_path_buf()).or_default();
        if found.is_folder {
            if !uses.folders.contains(&found.real) {
                uses.folders.push(found.real.clone());
            }
            if !self.out.uses.contains_key(&found.real) {
                self.out.uses.insert(found.real.clone(), Uses::default());
                self.folders.push(found.real);
            }
            return None;
        }
        // kustomize reads no file from elsewhere, so nobody has to.
        if !found.real.starts_with(folder) {
            return None;
        }
        if !uses.files.contains(&found.real) {
            uses.files.push(found.real.clone());
        }
        if let Some(&number) = self.out.index.get(&found.real) {
            return Some(number);
        }
        let number = self.out.files.len();
        let content = self.library.open(&found.real);
        self.out.index.insert(found.real.clone(), number);
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
struct Named {
    files: Vec<String>,
    /// Files, or texts, that configure a plugin and may name files themselves.
    plugins: Vec<String>,
}

/// The value under `key` as Go's JSON reader finds it: in whatever case it is written, the last one.
fn get<'a>(node: Node<'a>, key: &'static str) -> impl Iterator<Item = Node<'a>> {
    let fields = node.fields().into_iter();
    fields.filter(move |it| it.key.text().is_some_and(|own| own.eq_ignore_ascii_case(key))).map(|it| it.value)
}

fn texts(node: Node<'_>) -> impl Iterator<Item = String> {
    node.items().filter_map(|item| item.text().map(std::borrow::Cow::into_owned))
}

fn named_by_kustomization(root: Node<'_>) -> Named {
    let mut named = Named::default();
    for key in ["resources", "bases", "components", "crds", "configurations", "patchesStrategicMerge"] {
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

fn named_by_plugin(root: Node<'_>) -> Named {
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
