//! `buildMetadata`: labels and annotations that tell how an object was built.

use std::path::{Component, Path, PathBuf};

use super::{
    Resource,
    build::Builder,
    kustomization::{Kustomization, Word},
};
use crate::{
    base::{SourceId, Span},
    yaml::{Kind, Tree, Value},
};

/// What can be asked for.
pub(super) const KNOWN: [&str; 3] = ["managedByLabel", "originAnnotations", "transformerAnnotations"];

/// Adds what `wanted` asks for.
pub(super) fn add<'a>(
    builder: &Builder<'a>,
    root: &Kustomization<'a>,
    wanted: &[Word<'a>],
    resources: &mut [Resource<'a>],
) {
    for word in wanted {
        for resource in resources.iter_mut() {
            match &*word.text {
                "managedByLabel" => {
                    let value = Tree::text("kustomize-v5.5.0", word.span);
                    put(resource, "labels", "app.kubernetes.io/managed-by", value, word.span);
                }
                "originAnnotations" => {
                    let value = Tree::text(origin(builder, root, resource), word.span);
                    put(resource, "annotations", "config.kubernetes.io/origin", value, word.span);
                }
                _ => {}
            }
        }
    }
}

fn put<'a>(resource: &mut Resource<'a>, map: &'static str, key: &'static str, value: Tree<'a>, span: Span) {
    let Some(metadata) = resource.tree.get_mut("metadata") else { return };
    if metadata.node().get(map).is_none_or(|it| it.kind() != Kind::Mapping) {
        metadata.set(Value::plain(map, span), Tree::Mapping(Vec::new(), span));
    }
    if let Some(map) = metadata.get_mut(map) {
        map.set(Value::plain(key, span), value);
    }
}

/// Which file an object comes from, seen from the root's folder.
fn origin(builder: &Builder<'_>, root: &Kustomization<'_>, resource: &Resource<'_>) -> String {
    let path = builder.store.path_of(resource.origin.source);
    let path = path.map(|path| relative(&root.folder, path)).unwrap_or_default();
    match resource.generated_by {
        None => format!("path: {path}\n"),
        Some(kind) => {
            format!("configuredIn: {path}\nconfiguredBy:\n  apiVersion: builtin\n  kind: {kind}\n")
        }
    }
}

/// `path` as seen from `folder`, with `/` between its parts.
fn relative(folder: &Path, path: &Path) -> String {
    let shared = folder.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(shared).map(|_| Component::ParentDir);
    let parts: PathBuf = up.chain(path.components().skip(shared)).collect();
    parts.to_string_lossy().replace('\\', "/")
}

impl<'t> super::Store<'t> {
    /// The real path of a text of the store.
    pub(super) fn path_of(&self, id: SourceId) -> Option<&'t Path> {
        self.texts().find(|(_, own)| *own == id).map(|(path, _)| path)
    }
}
