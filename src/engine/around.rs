//! The files of a run: those that were named, and those of the Git work trees around them.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::{Component, Path, PathBuf},
};

use super::{Request, Scope};
use crate::walk::{self, Found, NameHint};

/// A file of a run.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) found: Found,
    /// The way to it from the top of its work tree, where that is read too.
    pub(super) way: Option<String>,
    /// What is found in it is told.
    pub(super) is_told: bool,
    /// It lies in a folder that was named.
    pub(super) is_in_folder: bool,
    /// Standard input stands for it.
    pub(super) is_stdin: bool,
}

/// All files of a run.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// In the order of their ids.
    pub(super) listed: Vec<Listed>,
    /// What could not be read under the paths, and why.
    pub(super) errors: Vec<(String, String)>,
    /// The top of the one work tree that is read.
    pub(super) top: Option<PathBuf>,
}

/// A Git work tree of which only a part was named.
#[derive(Debug)]
struct Tree {
    /// Its top, by real path.
    root: PathBuf,
    /// The same as it is shown, without a trailing `.`.
    shown: PathBuf,
    /// The way from its top to the current folder, where that lies in it.
    here: PathBuf,
}

/// The files that `request` names, and what is around them as far as its scope goes.
pub(super) fn list(request: &Request<'_>) -> Files {
    let walked = walk::walk(&request.paths, &request.walk, request.resolver);
    let is_manifest = |found: &Found| matches!(found.hint, NameHint::Plain | NameHint::Kustomization);
    let files: Vec<&PathBuf> = request.paths.iter().filter(|path| !path.is_dir()).collect();
    let named = |found: Found| {
        // Whatever stands between the parts, `./a` and `a` are one path.
        let is_in_folder = !files.iter().any(|path| tidy(path) == found.path);
        Listed { found, way: None, is_told: true, is_in_folder, is_stdin: false }
    };
    let stdin = request.stdin.as_ref().map(|stdin| {
        let path = PathBuf::from(&stdin.name);
        let found = Found { shown: walk::shown(&path), hint: walk::hint(&path), path };
        Listed { is_stdin: true, is_in_folder: false, ..named(found) }
    });
    let mut files: Vec<Listed> = walked.files.into_iter().map(named).chain(stdin).collect();
    let trees = match &request.scope {
        Scope::Named => Vec::new(),
        // Nothing decides about a chart's files but their names.
        Scope::Around if !files.iter().any(|it| is_manifest(&it.found)) => Vec::new(),
        Scope::Around => trees(request),
        Scope::Changed { files: changed, gone } => {
            files.retain(|it| changed.contains(&identity(&it.found.path)));
            if files.is_empty() && gone.is_empty() { Vec::new() } else { trees(request) }
        }
    };
    if trees.is_empty() {
        return Files { listed: files, errors: walked.errors, top: None };
    }
    let listed = with_trees(files, &trees, request);
    let top = if let [tree] = &*trees { Some(tree.root.clone()) } else { None };
    Files { listed, errors: walked.errors, top }
}

/// The work trees around what `request` names: those that it does not name whole, or of which not all is told.
fn trees(request: &Request<'_>) -> Vec<Tree> {
    let here = std::env::current_dir().and_then(|it| it.canonicalize()).unwrap_or_default();
    let stdin = request.stdin.as_ref().filter(|stdin| stdin.is_file).map(|stdin| PathBuf::from(&stdin.name));
    let mut roots: BTreeMap<PathBuf, bool> = BTreeMap::new();
    let mut whole = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for path in request.paths.iter().chain(&stdin) {
        let Some(folder) = folder_of(path) else { continue };
        if request.scope == Scope::Around && path.is_dir() {
            whole.insert(folder.clone());
        }
        if !seen.insert(folder.clone()) {
            continue;
        }
        if let Some(root) = work_tree(&folder) {
            roots.entry(root).or_insert(path.is_absolute());
        }
    }
    let is_outer = |root: &Path| !root.ancestors().skip(1).any(|it| roots.contains_key(it));
    let is_whole = |root: &Path| root.ancestors().any(|it| whole.contains(it));
    roots
        .iter()
        .filter(|(root, _)| is_outer(root) && !is_whole(root))
        .map(|(root, is_absolute)| tree(root, *is_absolute, &here))
        .collect()
}

fn tree(root: &Path, is_absolute: bool, here: &Path) -> Tree {
    let own = here.strip_prefix(root);
    let shown = if own.is_err() && is_absolute { root.to_path_buf() } else { relative(root, here) };
    Tree { root: root.to_path_buf(), shown, here: own.unwrap_or(Path::new("")).to_path_buf() }
}

/// The way to `path` from the folder `from`; both are of one kind, real or from one top.
fn relative(path: &Path, from: &Path) -> PathBuf {
    let shared = path.components().zip(from.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(path.components().skip(shared)).collect()
}

/// The top of the Git work tree that holds `folder`, a real path.
pub fn work_tree(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|it| it.join(".git").exists()).map(Path::to_path_buf)
}

/// The real path of a folder, or of the folder of a file; of what is not there, of the nearest folder above it.
fn folder_of(path: &Path) -> Option<PathBuf> {
    if let Ok(real) = path.canonicalize() {
        return if path.is_dir() { Some(real) } else { real.parent().map(Path::to_path_buf) };
    }
    let above = path.ancestors().skip(1);
    let mut real = above.filter_map(|it| on_disk(it).canonicalize().ok());
    real.next()
}

/// `path` without `.` components.
fn tidy(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != Component::CurDir).collect()
}

fn on_disk(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

/// One path for all ways to write a file, whether it is there or not.
fn identity(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| {
        let folder = on_disk(path.parent().unwrap_or(Path::new(""))).canonicalize();
        match (folder, path.file_name()) {
            (Ok(folder), Some(name)) => folder.join(name),
            _ => path.to_path_buf(),
        }
    })
}

/// The files of `trees` with what was `named` among them.
fn with_trees(named: Vec<Listed>, trees: &[Tree], request: &Request<'_>) -> Vec<Listed> {
    let mut by_identity: HashMap<PathBuf, Listed> = HashMap::with_capacity(named.len());
    for listed in named {
        let id = identity(&listed.found.path);
        // Standard input comes last, and has the last word about the file it stands for.
        by_identity.insert(id, listed);
    }
    // Files of two work trees are near each other as far as their real paths are.
    let key = |tree: &Tree, way: &Path| {
        if trees.len() == 1 { walk::shown(way) } else { walk::shown(&tree.root.join(way)) }
    };
    let options = walk::Options { force_exclude: false, ..request.walk };
    let mut files = Vec::new();
    for tree in trees {
        let around = walk::walk(&[on_disk(&tree.shown).to_path_buf()], &options, request.resolver);
        files.reserve(around.files.len());
        for mut found in around.files {
            let way = found.path.strip_prefix(&tree.shown).unwrap_or(&found.path).to_path_buf();
            let listed = by_identity.remove(&tree.root.join(&way));
            let key = Some(key(tree, &way));
            if way.components().next() == tree.here.components().next() {
                found.path = relative(&way, &tree.here);
                found.shown = walk::shown(&found.path);
            }
            if let Some(listed) = &listed {
                found.shown.clone_from(&listed.found.shown);
            }
            files.push(Listed {
                found,
                way: key,
                is_told: listed.is_some(),
                is_in_folder: listed.as_ref().is_some_and(|it| it.is_in_folder),
                is_stdin: listed.is_some_and(|it| it.is_stdin),
            });
        }
    }
    // What the walk leaves out was named all the same.
    let left: BTreeMap<PathBuf, Listed> = by_identity.into_iter().collect();
    for (id, listed) in left {
        let tree = trees.iter().find_map(|tree| Some((tree, id.strip_prefix(&tree.root).ok()?)));
        let way = tree.map_or_else(|| listed.found.shown.clone(), |(tree, way)| key(tree, way));
        files.push(Listed { way: Some(way), ..listed });
    }
    files.sort_by(|a, b| a.way.cmp(&b.way));
    files
}
