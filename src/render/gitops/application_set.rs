//! Argo CD `ApplicationSet`: applications from a template and lists of parameters.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use globset::{GlobBuilder, GlobMatcher};

use super::{
    Applied,
    application::{Owner, applied as applied_by_application},
    discover::{Site, World},
    fields::{flag, mapping, text},
    template::{Parameters, filled, filled_text},
};
use crate::{
    kube::Object,
    walk,
    yaml::{Kind, Node},
};

/// More applications than this of one set are not followed: a product of lists grows fast.
const MOST: usize = 1000;
/// Bytes of filled templates of one set.
const ROOM: usize = 64 << 20;
/// Generators inside generators, and generators of one product; Argo CD itself allows fewer.
const DEPTH: usize = 4;

/// What the applications of `object` apply.
pub(super) fn applied(object: &Object<'_>, site: &Site<'_>, world: &World<'_>) -> Vec<Applied> {
    let Some(spec) = mapping(object.root(), "spec") else { return Vec::new() };
    let Some(template) = mapping(spec, "template") else { return Vec::new() };
    let generators = spec.get("generators").into_iter().flat_map(Node::items);
    let known = Parameters::new();
    let all = generators.flat_map(|generator| generated(generator, &known, site, world, 0));
    let mut found = Vec::new();
    let most = MOST.min(ROOM / (template.span().len() as usize).max(1));
    for parameters in all.take(most) {
        let template = filled(template, &parameters);
        let root = template.node();
        let name = root.get("metadata").and_then(|it| text(it, "name")).unwrap_or_else(|| "*".to_owned());
        let label = match object.namespace() {
            Some(namespace) => format!("Application {namespace}/{name}"),
            None => format!("Application {name}"),
        };
        let owner = Owner { label, head: object.head() };
        if let Some(spec) = mapping(root, "spec") {
            found.extend(applied_by_application(spec, &owner, site, world));
        }
    }
    found
}

/// The parameters that `generator` gives, over those `known` already. One that asks something outside of the
/// repository gives one application of which nothing is known.
fn generated(
    generator: Node<'_>,
    known: &Parameters,
    site: &Site<'_>,
    world: &World<'_>,
    depth: usize,
) -> Vec<Parameters> {
    let children = |key: &str| {
        mapping(generator, key).and_then(|it| it.get("generators")).into_iter().flat_map(Node::items)
    };
    if depth > DEPTH {
        return Vec::new();
    }
    if let Some(list) = mapping(generator, "list") {
        return elements(list, known);
    }
    if let Some(git) = mapping(generator, "git").filter(|git| git.get("directories").is_some()) {
        return directories(git, known, site, world);
    }
    if generator.get("matrix").is_some() {
        return children("matrix").take(DEPTH).fold(vec![known.clone()], |all, child| {
            let product = all.iter().flat_map(|known| generated(child, known, site, world, depth + 1));
            product.take(MOST).collect()
        });
    }
    if generator.get("merge").is_some() {
        let base = children("merge").next();
        return base.map(|base| generated(base, known, site, world, depth + 1)).unwrap_or_default();
    }
    vec![known.clone()]
}

/// The parameters of a list generator.
fn elements(list: Node<'_>, known: &Parameters) -> Vec<Parameters> {
    let elements = list.get("elements").into_iter().flat_map(Node::items);
    let read = |element: Node<'_>| {
        let mut parameters = known.clone();
        flatten("", element, &mut parameters, 0);
        parameters
    };
    elements.take(MOST).map(read).collect()
}

fn flatten(prefix: &str, node: Node<'_>, parameters: &mut Parameters, depth: usize) {
    match node.kind() {
        Kind::Scalar => {
            parameters.insert(prefix.to_owned(), node.text().unwrap_or_default().into_owned());
        }
        Kind::Mapping if depth < DEPTH => {
            for it in node.fields() {
                let key = it.key.text().unwrap_or_default();
                let path = if prefix.is_empty() { key.into_owned() } else { format!("{prefix}.{key}") };
                flatten(&path, it.value, parameters, depth + 1);
            }
        }
        _ => {}
    }
}

/// The parameters of a git generator over directories: one for each folder that a pattern names and none excludes.
fn directories(git: Node<'_>, known: &Parameters, site: &Site<'_>, world: &World<'_>) -> Vec<Parameters> {
    let mut patterns = Vec::new();
    for entry in git.get("directories").into_iter().flat_map(Node::items) {
        let Some(path) = text(entry, "path") else { continue };
        let path = filled_text(&path, known).unwrap_or(path);
        let path = path.trim_start_matches("./").trim_matches('/').to_owned();
        patterns.push((path, flag(entry, "exclude")));
    }
    let prefix = text(git, "pathParamPrefix");
    let ways = matching(&patterns, site.file, world);
    ways.into_iter().map(|way| path_parameters(&way, prefix.as_deref(), known)).collect()
}

/// The folders below the start of the patterns that one of them names and none excludes, relative to it.
fn matching(patterns: &[(String, bool)], file: &Path, world: &World<'_>) -> Vec<String> {
    let Some((first, _)) = patterns.iter().find(|(_, is_excluded)| !is_excluded) else { return Vec::new() };
    let literal = first.split('/').take_while(|part| !part.contains(['*', '?', '[', '{']));
    let literal: Vec<&str> = literal.collect();
    let Some(start) = world.repository.start_of(file, &literal.join("/")) else { return Vec::new() };
    let compiled: Vec<(Option<GlobMatcher>, bool)> =
        patterns.iter().map(|(pattern, is_excluded)| (matcher(pattern), *is_excluded)).collect();
    let is_taken = |way: &Path| {
        let any = |excluded: bool| {
            compiled
                .iter()
                .any(|(glob, own)| *own == excluded && glob.as_ref().is_some_and(|it| it.is_match(way)))
        };
        any(false) && !any(true)
    };
    let all = world.repository.manifests(&start);
    let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
    for way in all.iter().filter_map(|file| file.strip_prefix(&start).ok()) {
        folders
            .extend(way.ancestors().skip(1).filter(|it| !it.as_os_str().is_empty()).map(Path::to_path_buf));
    }
    folders.iter().filter(|way| is_taken(way)).take(MOST).map(|way| walk::shown(way)).collect()
}

/// A pattern as Go's `path.Match` reads it: `*` ends at a slash.
fn matcher(pattern: &str) -> Option<GlobMatcher> {
    GlobBuilder::new(pattern).literal_separator(true).build().ok().map(|glob| glob.compile_matcher())
}

fn path_parameters(way: &str, prefix: Option<&str>, known: &Parameters) -> Parameters {
    let name = prefix.map_or_else(|| "path".to_owned(), |prefix| format!("{prefix}.path"));
    let basename = way.rsplit('/').next().unwrap_or(way);
    let normalized: String = basename
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect();
    let mut parameters = known.clone();
    let mut put = |key: String, value: &str| parameters.insert(key, value.to_owned());
    put(name.clone(), way);
    put(format!("{name}.path"), way);
    put(format!("{name}.basename"), basename);
    put(format!("{name}.basenameNormalized"), normalized.trim_matches('-'));
    for (number, part) in way.split('/').enumerate() {
        put(format!("{name}[{number}]"), part);
    }
    parameters
}
