//! Annotations by which a `PodSecurityPolicy` chose profiles, where there are no such policies, or not on one.

use crate::{
    base::Minor,
    kube::Place,
    rule::{Context, Native},
    yaml::{Entry, Node},
};

pub(crate) const CHECK: Native = Native::Object(check);

const KEYS: [&str; 4] = [
    "apparmor.security.beta.kubernetes.io/allowedProfileNames",
    "apparmor.security.beta.kubernetes.io/defaultProfileName",
    "seccomp.security.alpha.kubernetes.io/allowedProfileNames",
    "seccomp.security.alpha.kubernetes.io/defaultProfileName",
];

/// The first version without `PodSecurityPolicy`.
const GONE: Minor = Minor(25);

fn check(context: &mut Context<'_, '_>) {
    let is_policy = context.object().kind() == "PodSecurityPolicy";
    if is_policy && context.target.kubernetes < GONE {
        return;
    }
    if let Some(metadata) = context.object().metadata() {
        report(context, metadata, "metadata", is_policy);
    }
    let template = context.pod().filter(|pod| pod.is_template);
    if let Some((pod, metadata)) = template.and_then(|pod| Some((pod, pod.metadata?))) {
        report(context, metadata, &pod.metadata_path(), false);
    }
}

fn report(context: &mut Context<'_, '_>, metadata: Node<'_>, path: &str, is_policy: bool) {
    let Some(annotations) = metadata.get("annotations") else { return };
    for (key, entry) in KEYS.iter().filter_map(|key| Some((key, annotations.entry(key)?))) {
        let Entry { key: node, .. } = entry;
        let path = format!("{path}.annotations[\"{key}\"]");
        let say = if is_policy {
            "this annotation does nothing: PodSecurityPolicy is gone since Kubernetes 1.25".to_owned()
        } else {
            format!("`{key}` only ever acted on a PodSecurityPolicy")
        };
        context.report(Place::at(node.span(), node.via(), path), &say);
    }
}
