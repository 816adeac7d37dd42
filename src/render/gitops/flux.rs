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
    render::kustomize::Overlay,
    yaml::{Node, Tree},
};

/// The group of `Kustomization`.
pub(super) const GROUP: &str = "kustomize.toolkit.fluxcd.io";

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
        let resources = world.repository.generated(&folder);
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
        skips_repeated: false,
    };
    Some(Applied { labels: vec![object.id().to_string()], object: object.head(), overlay, after })
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
