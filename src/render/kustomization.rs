//! What a kustomization says about other files.

use crate::{
    kube::is_placeholder,
    yaml::{Kind, Node},
};

/// Whether `root` is a kustomization or component by what it says; one that leaves out `apiVersion` and `kind`
/// is known by its file's name alone.
pub fn is_kustomization(root: Node<'_>) -> bool {
    let group = |text: &str| text.starts_with("kustomize.config.k8s.io/");
    root.kind() == Kind::Mapping
        && root.get("apiVersion").and_then(Node::text).is_some_and(|text| group(&text))
        && root.get("kind").is_some_and(|kind| kind.is("Kustomization") || kind.is("Component"))
}

/// The files that a kustomization lays over its resources as patches, as written (relative to its folder).
pub fn patch_files(root: Node<'_>) -> Vec<String> {
    let list = |key: &str| root.get(key).into_iter().flat_map(Node::items);
    let with_path = list("patches").chain(list("patchesJson6902")).filter_map(|patch| patch.get("path"));
    // An entry of the old strategic merge list is a file's name or, with line breaks, the patch itself. Old files have
    // such entries under `patches`, too: kustomize refuses those, but patches they are.
    let old =
        list("patchesStrategicMerge").chain(list("patches").filter(|patch| patch.kind() == Kind::Scalar));
    let named = old.filter(|patch| patch.is_one_line());
    let texts = with_path.chain(named).filter_map(Node::text);
    texts.map(std::borrow::Cow::into_owned).filter(|text| !is_placeholder(text)).collect()
}

/// The patches that are written in place: in a kustomization, and in what Flux and Argo CD lay over one.
pub(super) fn patch_texts(root: Node<'_>) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    for holder in holders(root) {
        let list = |key: &str| holder.get(key).into_iter().flat_map(Node::items);
        let entries = list("patches").chain(list("patchesJson6902"));
        found.extend(entries.filter_map(|patch| patch.get("patch")));
        let old = list("patchesStrategicMerge").chain(list("patches"));
        found.extend(old.filter(|patch| !patch.is_one_line()));
    }
    found.retain(|patch| patch.kind() == Kind::Scalar);
    found
}

/// What may hold patches: a kustomization, the spec of a Flux `Kustomization`, the sources of an `Application`.
fn holders(root: Node<'_>) -> Vec<Node<'_>> {
    let mut holders = vec![root];
    let Some(spec) = root.get("spec") else { return holders };
    holders.push(spec);
    let of_template = spec.get("template").and_then(|template| template.get("spec"));
    for spec in [Some(spec), of_template].into_iter().flatten() {
        let sources = spec.get("sources").into_iter().flat_map(Node::items);
        holders.extend(sources.chain(spec.get("source")).filter_map(|source| source.get("kustomize")));
    }
    holders
}
