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
