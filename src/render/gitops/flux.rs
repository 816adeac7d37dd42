//! Flux `Kustomization`.

use std::path::{Path, PathBuf};

use super::{
    Applied,
    after::After,
    artifact,
    discover::{Site, World},
    fields::{Fields, copied, flag, mapping, pairs, text},
    variables::Variables,
};
use crate::{
    kube::Object,
    render::kustomize::{Laid, Overlay},
    yaml::{Kind, Node, Tree},
};

/// The group of `Kustomization`.
pub(super) const GROUP: &str = "kustomize.toolkit.fluxcd.io";
/// The group of `GitRepository`.
pub(super) const SOURCES: &str = "source.toolkit.fluxcd.io";

/// The name of the source that `flux bootstrap` makes for the repository in which Flux' own objects lie.
const BOOTSTRAP: &str = "flux-system";

/// Its fields that a kustomization has, too, and what they are called there.
const SAME: [(&str, &str); 5] = [
    ("targetNamespace", "namespace"),
    ("namePrefix", "namePrefix"),
    ("nameSuffix", "nameSuffix"),
    ("patches", "patches"),
    ("images", "images"),
];

/// What `object` applies. `None` for a folder that is not in the repository, and for a patch of such an object, which
/// has no source.
pub(super) fn applied(object: &Object<'_>, site: &Site<'_>, world: &World<'_>) -> Option<Applied> {
    let spec = mapping(object.root(), "spec")?;
    let source = mapping(spec, "sourceRef")?;
    let folder = folder(spec, source, site, world)?;
    let mut fields = Fields::default();
    let edits = world.repository.has_kustomization(&folder);
    if !edits {
        let more = spec_ignore(source, object, site, world);
        let ignore = world.repository.source_ignore(site.file, &folder, more);
        let resources = world.repository.generated(&folder, &ignore);
        if resources.is_empty() {
            return None;
        }
        let place = spec.get("path").unwrap_or(source).head();
        fields.put_list("resources", place, resources);
    }
    for (key, own) in SAME {
        fields.take(own, spec.entry(key));
    }
    components(&mut fields, spec, &folder, world);
    let namespace = object.namespace();
    let common = mapping(spec, "commonMetadata");
    let after = After {
        variables: Variables::read(spec, namespace.as_deref(), site.file, &world.config_maps),
        labels: pairs(common.and_then(|it| it.get("labels"))),
        annotations: pairs(common.and_then(|it| it.get("annotations"))),
        namespace: None,
    };
    let overlay = Overlay {
        folder,
        file: site.source.id,
        path: site.file.to_path_buf(),
        fields: fields.into_tree(object.head()),
        edits,
        laid: laid(spec),
        skips_repeated: false,
    };
    Some(Applied {
        labels: vec![object.id().to_string()],
        object: object.head(),
        overlay,
        is_open: false,
        after,
    })
}

/// The patches of the first versions of the API, which stand there as objects and as operations.
fn laid(spec: Node<'_>) -> Vec<Laid> {
    let items = |key: &str| spec.get(key).into_iter().flat_map(Node::items);
    let merges = items("patchesStrategicMerge").filter(|item| item.kind() == Kind::Mapping);
    let merges = merges.map(|patch| Laid { patch: copied(patch), target: None });
    let operations = items("patchesJson6902").filter_map(|entry| {
        let patch = entry.get("patch").filter(|patch| patch.kind() == Kind::Sequence)?;
        Some(Laid { patch: copied(patch), target: Some(copied(mapping(entry, "target")?)) })
    });
    merges.chain(operations).collect()
}

/// What the source that `object` names leaves out: of several of its name the one nearest to the object.
fn spec_ignore<'w>(
    source: Node<'_>,
    object: &Object<'_>,
    site: &Site<'_>,
    world: &'w World<'_>,
) -> Option<&'w str> {
    let (kind, name) = (text(source, "kind")?, text(source, "name")?);
    let namespace = text(source, "namespace").or_else(|| object.namespace().map(Into::into));
    let named = world.sources.iter().filter(|own| {
        kind == "GitRepository"
            && own.name == name
            && (own.namespace.is_none() || namespace.is_none() || own.namespace == namespace)
    });
    let nearest = named.max_by_key(|own| artifact::shared(&own.file, site.file))?;
    nearest.ignore.as_deref()
}

/// A Flux `GitRepository`.
pub(super) struct GitRepository {
    name: String,
    namespace: Option<String>,
    /// The file in which it stands.
    file: PathBuf,
    /// What it keeps out.
    ignore: Option<String>,
}

impl GitRepository {
    /// Reads `object`, which stands in `file`.
    pub(super) fn read(object: &Object<'_>, file: &Path) -> Option<Self> {
        let ignore = mapping(object.root(), "spec").and_then(|spec| spec.get("ignore")).and_then(Node::text);
        Some(Self {
            name: object.name()?.into_owned(),
            namespace: object.namespace().map(Into::into),
            file: file.to_path_buf(),
            ignore: ignore.map(Into::into),
        })
    }
}

fn folder(spec: Node<'_>, source: Node<'_>, site: &Site<'_>, world: &World<'_>) -> Option<PathBuf> {
    let path = text(spec, "path").unwrap_or_default();
    let (kind, name) = (text(source, "kind")?, text(source, "name")?);
    if kind == "ExternalArtifact" {
        return artifact::folder(&world.artifacts, &name, &path, site.file, &world.repository);
    }
    let is_root = path.trim_matches(['.', '/']).is_empty();
    if is_root && kind == "GitRepository" && name == BOOTSTRAP {
        return world.repository.root(site.file);
    }
    world.repository.folder(site.file, &path)
}

/// Takes the components over; those that are not there only if that is an error.
fn components(fields: &mut Fields, spec: Node<'_>, folder: &Path, world: &World<'_>) {
    let Some(entry) = spec.entry("components") else { return };
    if !flag(spec, "ignoreMissingComponents") {
        fields.take("components", Some(entry));
        return;
    }
    let is_there =
        |item: &Node<'_>| item.text().is_some_and(|path| world.repository.has(&folder.join(&*path)));
    let items: Vec<Tree<'static>> = entry.value.items().filter(is_there).map(copied).collect();
    if !items.is_empty() {
        fields.put("components", entry.key.span(), Tree::Sequence(items, entry.value.span()));
    }
}
