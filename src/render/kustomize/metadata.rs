//! `buildMetadata`: labels and annotations that tell how an object was built.

use std::path::{Component, Path, PathBuf};

use super::{
    Resource,
    build::Builder,
    kustomization::{Kustomization, Word},
    resource::Step,
    transform,
};
use crate::{
    base::{SourceId, Span},
    render::typed::{Typed, typed},
    yaml::{Entry, Kind, Node, Tree, Value},
};

/// What can be asked for.
pub(super) const KNOWN: [&str; 3] = ["managedByLabel", "originAnnotations", "transformerAnnotations"];

/// Annotations of kustomize's own making: none of them is ever printed.
const INTERNAL: [&str; 8] = [
    "config.k8s.io/id",
    "config.kubernetes.io/index",
    "config.kubernetes.io/path",
    "config.kubernetes.io/origin",
    "alpha.config.kubernetes.io/transformations",
    "internal.config.kubernetes.io/id",
    "internal.config.kubernetes.io/index",
    "internal.config.kubernetes.io/path",
];

/// Takes away kustomize's own annotations, and a map of annotations in which nothing is left; makes text of all
/// others, whatever they looked like.
pub(super) fn clean(resource: &mut Resource<'_>) {
    let annotations = resource.node().get("metadata").and_then(|it| it.get("annotations"));
    let Some(annotations) = annotations else { return };
    let fields = annotations.fields();
    let is_clean = |it: &Entry<'_>| {
        matches!(typed(it.value), Typed::Text(_))
            && it.key.text().is_some_and(|key| !INTERNAL.contains(&&*key))
    };
    if !fields.is_empty() && fields.iter().all(is_clean) {
        return;
    }
    let Some(metadata) = resource.tree.get_mut("metadata") else { return };
    let left = metadata.get_mut("annotations").and_then(|annotations| {
        let entries = annotations.entries_mut()?;
        entries.retain(|(key, _)| !INTERNAL.contains(&&*key.text));
        for (_, value) in entries.iter_mut().filter(|(_, value)| value.kind() == Kind::Scalar) {
            *value = text_of(value);
        }
        Some(entries.len())
    });
    if left.unwrap_or(0) == 0 {
        metadata.remove("annotations");
    }
}

/// The scalar as text.
fn text_of<'a>(tree: &Tree<'a>) -> Tree<'a> {
    match tree {
        Tree::Link(node) => transform::text_of(*node),
        Tree::Scalar(value) => Tree::text(value.text.clone(), value.span),
        other => other.clone(),
    }
}

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
                // What kubectl writes: it does not know the version of the kustomize in it.
                "managedByLabel" => {
                    let value = Tree::text("kustomize-(devel)", word.span);
                    put(resource, "labels", "app.kubernetes.io/managed-by", value, word.span);
                }
                "originAnnotations" => {
                    let value = Tree::text(origin(builder, root, resource), word.span);
                    put(resource, "annotations", "config.kubernetes.io/origin", value, word.span);
                }
                "transformerAnnotations" => {
                    let steps: Vec<String> =
                        resource.steps.iter().map(|step| listed(&configured(builder, root, step))).collect();
                    let key = "alpha.config.kubernetes.io/transformations";
                    put(resource, "annotations", key, Tree::text(steps.concat(), word.span), word.span);
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
    match &resource.generator {
        None => format!("path: {}\n", shown(builder, root, resource.origin.source)),
        Some(step) => configured(builder, root, step),
    }
}

/// Which generator or transformer it was, and which file asks for it.
fn configured(builder: &Builder<'_>, root: &Kustomization<'_>, step: &Step<'_>) -> String {
    let path = shown(builder, root, step.source);
    let mut text =
        format!("configuredIn: {path}\nconfiguredBy:\n  apiVersion: builtin\n  kind: {}\n", step.kind);
    if let Some(name) = step.name.and_then(Node::text) {
        text.push_str("  name: ");
        text.push_str(&name);
        text.push('\n');
    }
    text
}

/// Lines as an item of a list.
fn listed(text: &str) -> String {
    let lines = text.lines().enumerate();
    lines.map(|(number, line)| format!("{}{line}\n", if number == 0 { "- " } else { "  " })).collect()
}

fn shown(builder: &Builder<'_>, root: &Kustomization<'_>, source: SourceId) -> String {
    builder.store.path_of(source).map(|path| relative(&root.folder, path)).unwrap_or_default()
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
