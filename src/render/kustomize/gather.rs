//! Which files some kustomizations need, all the way down, and their texts.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    ffi::OsString,
    path::{Path, PathBuf},
};

use super::{Content, Found, Library, Overlay, library::lies_in};
use crate::{
    base::SourceId,
    yaml::{Kind, Limits, Node, Parsed, parse},
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
    /// What the kustomization in a folder, by real path, names.
    named: HashMap<OsString, Uses>,
    /// What the texts parse to that were read for what they name, by number; with the default limits.
    parsed: HashMap<usize, Parsed<'static>>,
}

/// What a kustomization names, as it was found.
#[derive(Debug, Default)]
pub(super) struct Uses {
    pub(super) is_component: bool,
    pub(super) entries: Vec<Wanted>,
}

/// What stands at an entry.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    /// It is no path.
    Nothing,
    /// Nothing, by the path that was looked for.
    Missing(PathBuf),
    /// A folder, by real path.
    Folder(PathBuf),
    /// A file that was read, by number.
    File(usize),
    /// A file, by real path, that kustomize does not read from here.
    Elsewhere(PathBuf),
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

    /// What the kustomization in `folder` names; nothing where there is none that could be read.
    pub(super) fn uses(&self, folder: &Path) -> Option<&Uses> {
        self.named.get(folder.as_os_str())
    }

    /// What the text of `number` parses to with the default limits, where that is known.
    pub(super) fn parsed(&self, number: usize) -> Option<&Parsed<'static>> {
        self.parsed.get(&number)
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
    fn want(&mut self, folder: &Path, entry: &str) -> Wanted {
        if entry.contains('\n') {
            return Wanted::Nothing;
        }
        let path = folder.join(entry);
        if entry.is_empty() {
            return Wanted::Missing(path);
        }
        let path = path.into_os_string();
        if let Some(known) = self.out.looked.get(&path) {
            return known.clone().map_or_else(|| Wanted::Missing(path.into()), |found| self.known(found));
        }
        let found = self.library.look(Path::new(&path));
        self.out.looked.insert(path.clone(), found.clone());
        let Some(found) = found else { return Wanted::Missing(path.into()) };
        if found.is_folder {
            if self.seen.insert(found.real.clone().into_os_string()) {
                self.folders.push(found.real.clone());
            }
            return Wanted::Folder(found.real);
        }
        // kustomize reads no file from elsewhere, so nobody has to.
        if !lies_in(&found.real, folder) {
            return Wanted::Elsewhere(found.real);
        }
        if let Some(&number) = self.out.index.get(found.real.as_os_str()) {
            return Wanted::File(number);
        }
        let number = self.out.files.len();
        let content = self.library.open(&found.real);
        self.out.index.insert(found.real.clone().into_os_string(), number);
        self.out.files.push((found.real, content));
        Wanted::File(number)
    }

    fn known(&self, found: Found) -> Wanted {
        if found.is_folder {
            return Wanted::Folder(found.real);
        }
        let number = self.out.number(&found.real);
        number.map_or(Wanted::Elsewhere(found.real), Wanted::File)
    }

    fn folder(&mut self, folder: &Path) {
        for name in FILE_NAMES {
            if let Wanted::File(number) = self.want(folder, name) {
                self.kustomization(number, folder);
            }
        }
    }

    /// Reads the kustomization of `number` and wants what it names.
    fn kustomization(&mut self, number: usize, folder: &Path) {
        let (mut is_component, mut is_first) = (false, true);
        let all = self.read(number, |root| {
            is_component |= is_first && root.get("kind").is_some_and(|kind| kind.is("Component"));
            is_first = false;
            named_by_kustomization(root)
        });
        let Some(all) = all else { return };
        let mut uses = Uses { is_component, entries: Vec::new() };
        for (at, named) in all.into_iter().enumerate() {
            let entries = self.take(named, folder);
            // kustomize takes the first document and leaves the others alone.
            if at == 0 {
                uses.entries = entries;
            }
        }
        self.out.named.entry(folder.as_os_str().to_owned()).or_insert(uses);
    }

    /// Wants what is `named` in `folder`, and what the plugin configurations among it name.
    fn take(&mut self, named: Named, folder: &Path) -> Vec<Wanted> {
        let mut entries: Vec<Wanted> = named.files.iter().map(|file| self.want(folder, file)).collect();
        for plugin in named.plugins {
            let below = if plugin.contains('\n') {
                let parsed = parse(SourceId(0), &plugin, &Limits::default());
                Some(roots(&parsed).map(named_by_plugin).collect::<Vec<_>>())
            } else {
                let wanted = self.want(folder, &plugin);
                entries.push(wanted.clone());
                if let Wanted::File(number) = wanted { self.read(number, named_by_plugin) } else { None }
            };
            let files = below.into_iter().flatten().flat_map(|named| named.files);
            entries.extend(files.map(|file| self.want(folder, &file)));
        }
        entries
    }

    /// What each document of the file of `number` names; `None` when it is no text.
    fn read(&mut self, number: usize, named: impl FnMut(Node<'_>) -> Named) -> Option<Vec<Named>> {
        let Some((_, Ok(Content::Text(source)))) = self.out.files.get(number) else { return None };
        if let Some(known) = self.out.parsed.get(&number) {
            return Some(roots(&known.over(&source.text)).map(named).collect());
        }
        let parsed = parse(source.id, &source.text, &Limits::default());
        let all = roots(&parsed).map(named).collect();
        let parsed = parsed.without_text();
        self.out.parsed.insert(number, parsed);
        Some(all)
    }
}

fn roots<'p>(parsed: &'p Parsed<'p>) -> impl Iterator<Item = Node<'p>> {
    parsed.documents().iter().filter_map(|document| parsed.root(document))
}

/// What a file names.
#[derive(Default)]
pub(super) struct Named {
    pub(super) files: Vec<String>,
    /// Files, or texts, that configure a plugin and may name files themselves.
    pub(super) plugins: Vec<String>,
}

/// The fields of a mapping, read once for many questions.
struct Fields<'a>(Vec<(Cow<'a, str>, Node<'a>)>);

impl<'a> Fields<'a> {
    fn of(node: Node<'a>) -> Self {
        Self(node.each_field().filter_map(|it| Some((it.key.text()?, it.value))).collect())
    }

    /// The values under `key` as Go's JSON reader finds them, in whatever case it is written.
    fn get(&self, key: &str) -> impl Iterator<Item = Node<'a>> {
        self.0.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(key)).map(|(_, value)| *value)
    }
}

fn texts(node: Node<'_>) -> impl Iterator<Item = String> {
    node.items().filter_map(|item| item.text().map(Cow::into_owned))
}

/// Fields that list files and folders. A text under `patches` is of the old form, which kustomize refuses; the file is a
/// patch all the same.
const LISTS: [&str; 7] =
    ["resources", "bases", "components", "crds", "configurations", "patchesStrategicMerge", "patches"];

pub(super) fn named_by_kustomization(root: Node<'_>) -> Named {
    let (fields, mut named) = (Fields::of(root), Named::default());
    for key in LISTS {
        named.files.extend(fields.get(key).flat_map(texts));
    }
    for key in ["transformers", "generators", "validators"] {
        named.plugins.extend(fields.get(key).flat_map(texts));
    }
    for key in ["patches", "patchesJson6902", "replacements", "configMapGenerator", "secretGenerator"] {
        for item in fields.get(key).flat_map(Node::items) {
            named_by_entry(item, &mut named.files);
        }
    }
    for openapi in fields.get("openapi") {
        named_by_entry(openapi, &mut named.files);
    }
    named
}

pub(super) fn named_by_plugin(root: Node<'_>) -> Named {
    let (fields, mut named) = (Fields::of(root), Named::default());
    named_by_entry(root, &mut named.files);
    named.files.extend(fields.get("paths").flat_map(texts));
    for item in fields.get("replacements").flat_map(Node::items) {
        named_by_entry(item, &mut named.files);
    }
    named
}

fn named_by_entry(entry: Node<'_>, files: &mut Vec<String>) {
    if entry.kind() != Kind::Mapping {
        return;
    }
    let fields = Fields::of(entry);
    for key in ["path", "env"] {
        files.extend(fields.get(key).filter_map(|it| it.text().map(Cow::into_owned)));
    }
    files.extend(fields.get("envs").flat_map(texts));
    let sources = fields.get("files").flat_map(texts);
    files.extend(
        sources.map(|source| source.split_once('=').map_or(source.clone(), |(_, file)| file.to_owned())),
    );
}
