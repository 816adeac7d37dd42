//! What the patches of a kustomization set, where there is no object to lay them over.

use std::path::Path;

use super::{
    Content, Store, inline,
    kustomization::{Word, field, word},
};
use crate::{
    kube,
    render::patch::{is_json_patch, what_is_set},
    yaml::{Kind, Node, Tree, Value},
};

/// The objects that the patches of the kustomization `root`, which lies in `folder`, are about, each with nothing but
/// what the patch sets. A file with such objects is left out: it is a text of its own. A JSON patch is one only with
/// a target whose kind is known.
pub fn partial_objects<'a>(store: &'a Store<'a>, folder: &Path, root: Node<'a>) -> Vec<Tree<'a>> {
    let mut found = Vec::new();
    let items = |key| field(root, key).into_iter().flat_map(Node::items);
    for entry in items("patches").chain(items("patchesJson6902")) {
        if entry.kind() == Kind::Mapping {
            of_entry(store, folder, entry, &mut found);
        }
    }
    let old = items("patchesStrategicMerge").chain(items("patches"));
    for text in old.filter_map(Word::of).filter(|word| word.text.contains('\n') || word.text.starts_with('{'))
    {
        let roots = inline::documents(store, &text).unwrap_or_default();
        found.extend(roots.into_iter().filter(|root| is_partial(*root)).map(Tree::Link));
    }
    found
}

fn of_entry<'a>(store: &'a Store<'a>, folder: &Path, entry: Node<'a>, found: &mut Vec<Tree<'a>>) {
    let target = field(entry, "target");
    let (roots, is_inline) = match (word(entry, "path"), word(entry, "patch")) {
        (Some(path), None) => (in_file(store, folder, &path.text), false),
        (None, Some(text)) => (inline::documents(store, &text).unwrap_or_default(), true),
        _ => return,
    };
    let kind = target.and_then(|target| word(target, "kind"));
    for root in roots {
        if is_json_patch(root) {
            found.extend(target.and_then(|target| of_operations(root, target)));
        } else if is_inline && is_partial(root) {
            // With a target, nobody asks what the patch calls its object.
            let is_other = |kind: &Word<'_>| root.get("kind").is_none_or(|own| !own.is(&kind.text));
            if !kind.as_ref().is_some_and(is_other) {
                found.push(Tree::Link(root));
            }
        }
    }
}

fn is_partial(root: Node<'_>) -> bool {
    root.kind() == Kind::Mapping && !root.get("$patch").is_some_and(|it| it.is("delete"))
}

fn in_file<'a>(store: &'a Store<'a>, folder: &Path, path: &str) -> Vec<Node<'a>> {
    let file = store.look(folder, path).filter(|found| !found.is_folder);
    let Some(file) = file.and_then(|found| store.file(&found.real).ok()) else { return Vec::new() };
    let Content::Text(_) = file.content else { return Vec::new() };
    let Some(text) = store.text(file) else { return Vec::new() };
    text.parsed.documents().iter().filter_map(|document| text.parsed.root(document)).collect()
}

/// The object that `target` selects, with what `operations` set in it.
fn of_operations<'a>(operations: Node<'a>, target: Node<'a>) -> Option<Tree<'a>> {
    let part = |key| word(target, key);
    let kind = part("kind").filter(|kind| is_plain(&kind.text))?;
    let (group, version) = (part("group"), part("version"));
    let api_version = match (usual_version(&kind.text), &group) {
        (Some(usual), None) => usual.to_owned(),
        (Some(usual), Some(group)) if group_of(usual) == group.text => usual.to_owned(),
        (None, Some(group)) if is_plain(&group.text) => {
            let version = version.as_ref().map_or("v1", |version| &version.text);
            format!("{}/{version}", group.text)
        }
        _ => return None,
    };
    let mut metadata = Vec::new();
    for key in ["name", "namespace"] {
        if let Some(value) = part(key).filter(|value| is_plain(&value.text)) {
            metadata.push((Value::plain(key, value.span), Tree::text(value.text, value.span)));
        }
    }
    let is_workload = kube::is_workload(group_of(&api_version), &kind.text);
    let known = vec![
        (Value::plain("apiVersion", kind.span), Tree::text(api_version, kind.span)),
        (Value::plain("kind", kind.span), Tree::text(kind.text, kind.span)),
        (Value::plain("metadata", kind.span), Tree::Mapping(metadata, kind.span)),
    ];
    Some(what_is_set(operations, known, !is_workload))
}

/// Whether a pattern is a name, and fits that alone. A dot is any character to it, and is meant as one by nobody.
fn is_plain(pattern: &str) -> bool {
    !pattern.is_empty()
        && pattern.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

fn group_of(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

/// The version of Kubernetes' own kinds that are judged, as the API serves them today.
fn usual_version(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "Pod"
        | "ReplicationController"
        | "PodTemplate"
        | "Service"
        | "ServiceAccount"
        | "ConfigMap"
        | "Secret"
        | "Namespace"
        | "PersistentVolume"
        | "PersistentVolumeClaim"
        | "LimitRange"
        | "ResourceQuota" => "v1",
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" => "apps/v1",
        "Job" | "CronJob" => "batch/v1",
        "Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding" => "rbac.authorization.k8s.io/v1",
        "Ingress" | "IngressClass" | "NetworkPolicy" => "networking.k8s.io/v1",
        "PodDisruptionBudget" => "policy/v1",
        "HorizontalPodAutoscaler" => "autoscaling/v2",
        "StorageClass" => "storage.k8s.io/v1",
        _ => return None,
    })
}
