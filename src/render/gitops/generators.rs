//! The generators of an Argo CD `ApplicationSet`: the parameters of each application.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use globset::{GlobBuilder, GlobMatcher};

use super::{
    discover::{Site, World},
    fields::{flag, mapping, pairs, text},
    template::{Parameters, filled_text},
};
use crate::{
    base::SourceId,
    walk,
    yaml::{Kind, Limits, Node, parse},
};

/// More applications than this of one set are not followed: a product of lists grows fast.
pub(super) const MOST: usize = 1000;
/// Generators inside generators, and generators of one product; Argo CD itself allows fewer.
const DEPTH: usize = 4;
/// Levels of a parameter that is a tree.
const DEEPEST: usize = 8;
/// Parameters of one application.
const MOST_PARAMETERS: usize = 10_000;

/// The parameters that `generator` gives, over those `known` already. One that asks something outside of the
/// repository gives one application of which nothing is known.
pub(super) fn generated(
    generator: Node<'_>,
    known: Option<&Parameters>,
    site: &Site<'_>,
    world: &World<'_>,
    depth: usize,
) -> Vec<Parameters> {
    if depth > DEPTH {
        return Vec::new();
    }
    let none = Parameters::new();
    let known = known.unwrap_or(&none);
    let mut all = unselected(generator, known, site, world, depth);
    if let Some(labels) = mapping(generator, "selector").and_then(|it| mapping(it, "matchLabels")) {
        let labels = pairs(Some(labels));
        all.retain(|own| {
            labels.iter().all(|(key, value)| own.get(&*key.text).is_none_or(|own| *own == value.text))
        });
    }
    all
}

fn unselected(
    generator: Node<'_>,
    known: &Parameters,
    site: &Site<'_>,
    world: &World<'_>,
    depth: usize,
) -> Vec<Parameters> {
    if let Some(list) = mapping(generator, "list") {
        return elements(list, known);
    }
    if let Some(git) = mapping(generator, "git") {
        if git.get("directories").is_some() {
            return directories(git, known, site, world);
        }
        if git.get("files").is_some() {
            return files(git, known, site, world);
        }
    }
    let inner = |child, known: &Parameters| generated(child, Some(known), site, world, depth + 1);
    if generator.get("matrix").is_some() {
        return children(generator, "matrix").take(DEPTH).fold(vec![known.clone()], |all, child| {
            all.iter().flat_map(|known| inner(child, known)).take(MOST).collect()
        });
    }
    if let Some(merge) = mapping(generator, "merge") {
        let mut lists = children(generator, "merge").take(DEPTH).map(|child| inner(child, known));
        return merged(merge, lists.next().unwrap_or_default(), lists);
    }
    vec![known.clone()]
}

fn children<'a>(generator: Node<'a>, key: &str) -> impl Iterator<Item = Node<'a>> + use<'a> {
    mapping(generator, key).and_then(|it| it.get("generators")).into_iter().flat_map(Node::items)
}

/// Whether some of what `generator` makes is not as the template says: it has one of its own, or picks by more than
/// equal labels.
pub(super) fn is_overridden(generator: Node<'_>, depth: usize) -> bool {
    let own = generator.fields().into_iter().any(|it| {
        it.value.kind() == Kind::Mapping
            && it.value.get("template").is_some_and(|it| it.get("spec").is_some())
    });
    let picks = mapping(generator, "selector").is_some_and(|it| it.get("matchExpressions").is_some());
    let mut inner = children(generator, "matrix").chain(children(generator, "merge"));
    own || picks || depth < DEPTH && inner.any(|child| is_overridden(child, depth + 1))
}

/// The parameters of `base`, with what the others say where they agree on the keys that are merged by.
fn merged(
    merge: Node<'_>,
    mut base: Vec<Parameters>,
    others: impl Iterator<Item = Vec<Parameters>>,
) -> Vec<Parameters> {
    let keys: Vec<String> = merge
        .get("mergeKeys")
        .into_iter()
        .flat_map(Node::items)
        .filter_map(Node::text)
        .map(Into::into)
        .collect();
    for other in others.flatten() {
        let is_same = |own: &Parameters| keys.iter().all(|key| own.get(key) == other.get(key));
        for own in base.iter_mut().filter(|own| is_same(own)) {
            own.extend(other.clone());
        }
    }
    base
}

/// The parameters of a list generator.
fn elements(list: Node<'_>, known: &Parameters) -> Vec<Parameters> {
    let elements = list.get("elements").into_iter().flat_map(Node::items);
    let read = |element: Node<'_>| {
        let mut parameters = known.clone();
        flatten("", element, &mut parameters, 0);
        parameters
    };
    let mut all: Vec<Parameters> = elements.take(MOST).map(read).collect();
    if let Some(text) = text(list, "elementsYaml") {
        let filled = filled_text(&text, known).unwrap_or(text);
        all.extend(objects_in(&filled, known));
    }
    all
}

/// The parameters in a text: of a mapping, or of each mapping in a list.
fn objects_in(text: &str, known: &Parameters) -> Vec<Parameters> {
    let parsed = parse(SourceId(0), text, &Limits::default());
    let mut documents = parsed.documents().iter().filter(|document| document.error.is_none());
    let Some(root) = documents.find_map(|document| parsed.root(document)) else { return Vec::new() };
    let items = if root.kind() == Kind::Sequence { root.items().collect() } else { vec![root] };
    let mappings = items.into_iter().filter(|item| item.kind() == Kind::Mapping).take(MOST);
    let read = |item| {
        let mut parameters = known.clone();
        flatten("", item, &mut parameters, 0);
        parameters
    };
    mappings.map(read).collect()
}

/// Takes the scalars of `node` up: `a.b` and, for the items of lists, `a.0` as plain templates write it and `a[0]`.
fn flatten(prefix: &str, node: Node<'_>, parameters: &mut Parameters, depth: usize) {
    if depth > DEEPEST || parameters.len() >= MOST_PARAMETERS {
        return;
    }
    match node.kind() {
        Kind::Scalar => {
            parameters.insert(prefix.to_owned(), node.text().unwrap_or_default().into_owned());
        }
        Kind::Mapping => {
            for it in node.fields() {
                let key = it.key.text().unwrap_or_default();
                let path = if prefix.is_empty() { key.into_owned() } else { format!("{prefix}.{key}") };
                flatten(&path, it.value, parameters, depth + 1);
            }
        }
        Kind::Sequence => {
            for (number, item) in node.items().enumerate() {
                flatten(&format!("{prefix}.{number}"), item, parameters, depth + 1);
                flatten(&format!("{prefix}[{number}]"), item, parameters, depth + 1);
            }
        }
    }
}

/// The patterns under `key` of a git generator, each with whether it excludes.
fn patterns(git: Node<'_>, key: &str, known: &Parameters) -> Vec<(String, bool)> {
    let mut patterns = Vec::new();
    for entry in git.get(key).into_iter().flat_map(Node::items) {
        let Some(path) = text(entry, "path") else { continue };
        let path = filled_text(&path, known).unwrap_or(path);
        let path = path.trim_start_matches("./").trim_matches('/').to_owned();
        patterns.push((path, flag(entry, "exclude")));
    }
    patterns
}

/// Adds the `values` of a generator, which are templates themselves.
fn with_values(generator: Node<'_>, mut parameters: Parameters) -> Parameters {
    for (key, value) in pairs(generator.get("values")) {
        let value = filled_text(&value.text, &parameters).unwrap_or_else(|| value.text.into_owned());
        parameters.insert(format!("values.{}", key.text), value);
    }
    parameters
}

/// The parameters of a git generator over directories: one for each folder that a pattern names and none excludes.
fn directories(git: Node<'_>, known: &Parameters, site: &Site<'_>, world: &World<'_>) -> Vec<Parameters> {
    let patterns = patterns(git, "directories", known);
    let prefix = text(git, "pathParamPrefix");
    let Some((start, files)) = files_around(&patterns, site.file, world) else { return Vec::new() };
    let mut folders: BTreeSet<&Path> = BTreeSet::new();
    for way in files.iter().filter_map(|file| file.strip_prefix(&start).ok()) {
        folders.extend(way.ancestors().skip(1).filter(|it| !it.as_os_str().is_empty()));
    }
    let taken = taken(&patterns);
    let ways = folders.into_iter().filter(|way| taken(way)).take(MOST).map(walk::shown);
    ways.map(|way| with_values(git, path_parameters(&way, None, prefix.as_deref(), known))).collect()
}

/// The parameters of a git generator over files: what each says, and where it lies.
fn files(git: Node<'_>, known: &Parameters, site: &Site<'_>, world: &World<'_>) -> Vec<Parameters> {
    let patterns = patterns(git, "files", known);
    let prefix = text(git, "pathParamPrefix");
    let Some((start, files)) = files_around(&patterns, site.file, world) else { return Vec::new() };
    let taken = taken(&patterns);
    let mut all = Vec::new();
    for file in files.iter() {
        let Some(way) = file.strip_prefix(&start).ok().filter(|way| taken(way)) else { continue };
        let Some(text) = world.repository.text(file) else { continue };
        let name = way.file_name().unwrap_or_default().to_string_lossy();
        let folder = walk::shown(way.parent().unwrap_or(Path::new("")));
        for parameters in objects_in(&text.text, known) {
            let parameters = path_parameters(&folder, Some(&name), prefix.as_deref(), &parameters);
            all.push(with_values(git, parameters));
        }
        if all.len() >= MOST {
            break;
        }
    }
    all
}

/// Where the patterns start, and the manifests below.
fn files_around(
    patterns: &[(String, bool)],
    file: &Path,
    world: &World<'_>,
) -> Option<(PathBuf, std::rc::Rc<[PathBuf]>)> {
    let (first, _) = patterns.iter().find(|(_, is_excluded)| !is_excluded)?;
    let is_folder = |part: &&str| {
        let extension = Path::new(part).extension();
        let is_file = extension.is_some_and(|it| ["json", "yaml", "yml"].iter().any(|own| it == *own));
        !is_file && !part.contains(['*', '?', '[', '{'])
    };
    let literal: Vec<&str> = first.split('/').take_while(is_folder).collect();
    let start = world.repository.start_of(file, &literal.join("/"))?;
    let all = world.repository.manifests(&start);
    Some((start, all))
}

/// Whether one of the patterns names a way and none excludes it.
fn taken(patterns: &[(String, bool)]) -> impl Fn(&Path) -> bool + use<> {
    let compiled: Vec<(Option<GlobMatcher>, bool)> =
        patterns.iter().map(|(pattern, is_excluded)| (matcher(pattern), *is_excluded)).collect();
    move |way| {
        let any = |excluded: bool| {
            compiled
                .iter()
                .any(|(glob, own)| *own == excluded && glob.as_ref().is_some_and(|it| it.is_match(way)))
        };
        any(false) && !any(true)
    }
}

/// A pattern as Go's `path.Match` reads it: `*` ends at a slash.
fn matcher(pattern: &str) -> Option<GlobMatcher> {
    GlobBuilder::new(pattern).literal_separator(true).build().ok().map(|glob| glob.compile_matcher())
}

fn path_parameters(way: &str, file: Option<&str>, prefix: Option<&str>, known: &Parameters) -> Parameters {
    let name = prefix.map_or_else(|| "path".to_owned(), |prefix| format!("{prefix}.path"));
    let basename = way.rsplit('/').next().unwrap_or(way);
    let mut parameters = known.clone();
    let mut put = |key: String, value: &str| parameters.insert(key, value.to_owned());
    put(name.clone(), way);
    put(format!("{name}.path"), way);
    put(format!("{name}.basename"), basename);
    put(format!("{name}.basenameNormalized"), &normalized(basename));
    if let Some(file) = file {
        put(format!("{name}.filename"), file);
        put(format!("{name}.filenameNormalized"), &normalized(file));
    }
    for (number, part) in way.split('/').enumerate() {
        put(format!("{name}[{number}]"), part);
    }
    parameters
}

/// `name` as the name of an object.
fn normalized(name: &str) -> String {
    let normal: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    normal.trim_matches('-').to_owned()
}
