//! From the texts of a repository to what its GitOps objects apply.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use memchr::memmem;

use super::{
    Applied, application,
    application::Owner,
    application_set,
    artifact::{self, Artifact},
    config_map::{ConfigMap, config_maps},
    fields::mapping,
    flux::{self, GitRepository},
    repository::Repository,
    variables::config_map_names,
};
use crate::{
    base::{Source, Span},
    kube::{self, Object},
    render::kustomize::Library,
    yaml::{Limits, Parsed, parse_filtered},
};

/// A file of the repository.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// Its real path.
    pub path: PathBuf,
    /// What it says.
    pub source: Arc<Source>,
}

/// Where an object stands.
pub(super) struct Site<'s> {
    pub(super) source: &'s Source,
    /// The real path of its file.
    pub(super) file: &'s Path,
}

/// What is around the objects.
pub(super) struct World<'w> {
    pub(super) repository: Repository<'w>,
    pub(super) artifacts: Vec<Artifact>,
    pub(super) config_maps: Vec<ConfigMap>,
    pub(super) sources: Vec<GitRepository>,
}

/// The groups and kinds that matter.
const KINDS: [(&str, &str); 5] = [
    (flux::GROUP, "Kustomization"),
    (application::GROUP, "Application"),
    (application::GROUP, "ApplicationSet"),
    (artifact::GROUP, "ArtifactGenerator"),
    (flux::SOURCES, "GitRepository"),
];

/// Whether a text may hold a GitOps object. A yes may be wrong, a no never is.
pub fn may_apply(text: &str) -> bool {
    // Most texts are told from one word of each tool.
    let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    (has("fluxcd.io") || has(application::GROUP)) && KINDS.iter().any(|(group, kind)| has(group) && has(kind))
}

/// What the GitOps objects in `manifests` apply, in the order of the manifests; what several of them apply in the
/// same way, once. `named_maps` gives the files that may hold a ConfigMap of one of the
/// names it is given.
pub fn discover(
    library: &dyn Library,
    manifests: &[Manifest],
    named_maps: &dyn Fn(&BTreeSet<String>) -> Vec<Manifest>,
    limits: &Limits,
) -> Vec<Applied> {
    let parsed: Vec<(&Manifest, Parsed<'_>)> = manifests
        .iter()
        .map(|it| {
            let keep = |document: &str| kube::may_hold_objects(document) && may_apply(document);
            (it, parse_filtered(it.source.id, &it.source.text, limits, keep))
        })
        .collect();
    let mut objects = Vec::new();
    for (manifest, parsed) in &parsed {
        let roots = parsed.documents().iter().filter_map(|document| parsed.root(document));
        objects.extend(roots.flat_map(kube::objects).map(|object| (*manifest, object)));
    }
    objects.retain(|(_, object)| KINDS.iter().any(|(group, kind)| object.is(group, kind)));
    let world = World {
        repository: Repository::new(library),
        artifacts: objects
            .iter()
            .filter(|(_, object)| object.group() == artifact::GROUP)
            .flat_map(|(manifest, object)| artifact::artifacts(object, &manifest.path))
            .collect(),
        config_maps: maps(&objects, named_maps, limits),
        sources: objects
            .iter()
            .filter(|(_, object)| object.group() == flux::SOURCES)
            .filter_map(|(manifest, object)| GitRepository::read(object, &manifest.path))
            .collect(),
    };
    let mut found: Vec<(Applied, &str)> = Vec::new();
    for (manifest, object) in &objects {
        let site = Site { source: &manifest.source, file: &manifest.path };
        found.extend(of_object(object, &site, &world).into_iter().map(|it| (it, &*manifest.source.path)));
    }
    tell_apart(&mut found);
    once(found.into_iter().map(|(applied, _)| applied))
}

fn of_object(object: &Object<'_>, site: &Site<'_>, world: &World<'_>) -> Vec<Applied> {
    match object.kind() {
        "Kustomization" => flux::applied(object, site, world).into_iter().collect(),
        "ApplicationSet" => application_set::applied(object, site, world),
        "Application" => {
            let owner = Owner { label: object.id().to_string(), head: object.head() };
            let spec = mapping(object.root(), "spec");
            spec.map(|spec| application::applied(spec, &owner, site, world)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// Every ConfigMap that a Flux object may take variables from.
fn maps(
    objects: &[(&Manifest, Object<'_>)],
    named_maps: &dyn Fn(&BTreeSet<String>) -> Vec<Manifest>,
    limits: &Limits,
) -> Vec<ConfigMap> {
    let flux = objects.iter().filter(|(_, object)| object.group() == flux::GROUP);
    let specs = flux.filter_map(|(_, object)| mapping(object.root(), "spec"));
    let names: BTreeSet<String> = specs.flat_map(config_map_names).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let mut maps = Vec::new();
    for manifest in named_maps(&names) {
        let parsed =
            parse_filtered(manifest.source.id, &manifest.source.text, limits, kube::may_hold_objects);
        maps.extend(config_maps(&parsed, &manifest.path));
    }
    maps
}

/// Adds its file to the label of an object that another one shares.
fn tell_apart(found: &mut [(Applied, &str)]) {
    let mut objects: BTreeMap<String, BTreeSet<Span>> = BTreeMap::new();
    for (applied, _) in &*found {
        for label in &applied.labels {
            objects.entry(label.clone()).or_default().insert(applied.object);
        }
    }
    for (applied, path) in found {
        for label in &mut applied.labels {
            if objects.get(label).is_some_and(|spans| spans.len() > 1) {
                *label = format!("{label} ({path})");
            }
        }
    }
}

/// Makes one of those that apply the same in the same way.
fn once(found: impl Iterator<Item = Applied>) -> Vec<Applied> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept: Vec<Applied> = Vec::new();
    for applied in found {
        let next = kept.len();
        let at = *places.entry(applied.key()).or_insert(next);
        match kept.get_mut(at) {
            Some(first) => {
                let new = applied.labels.into_iter().filter(|label| !first.labels.contains(label));
                let new: Vec<String> = new.collect();
                first.labels.extend(new);
            }
            None => kept.push(applied),
        }
    }
    kept
}
