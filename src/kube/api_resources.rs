//! The resources that the API server itself serves, by group, and which of them live in namespaces. Source: the
//! Kubernetes API reference; impersonation targets and signers from the authorization pages.

/// A resource's home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceScope {
    /// In a namespace.
    Namespaced,
    /// In the cluster as a whole.
    Cluster,
}

use ResourceScope::{Cluster, Namespaced};

/// Group, scope, resources. `namespaces` is missing on purpose: to the authorizer, a request about one namespace
/// is a request in that namespace, so a Role can allow it.
const RESOURCES: &[(&str, ResourceScope, &[&str])] = &[
    (
        "",
        Namespaced,
        &[
            "bindings",
            "configmaps",
            "endpoints",
            "events",
            "limitranges",
            "persistentvolumeclaims",
            "pods",
            "podtemplates",
            "replicationcontrollers",
            "resourcequotas",
            "secrets",
            "serviceaccounts",
            "services",
        ],
    ),
    ("", Cluster, &["componentstatuses", "groups", "nodes", "persistentvolumes", "users"]),
    (
        "apps",
        Namespaced,
        &["controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"],
    ),
    ("autoscaling", Namespaced, &["horizontalpodautoscalers"]),
    ("batch", Namespaced, &["cronjobs", "jobs"]),
    ("policy", Namespaced, &["poddisruptionbudgets"]),
    ("networking.k8s.io", Namespaced, &["ingresses", "networkpolicies"]),
    ("networking.k8s.io", Cluster, &["ingressclasses", "ipaddresses", "servicecidrs"]),
    ("rbac.authorization.k8s.io", Namespaced, &["rolebindings", "roles"]),
    ("rbac.authorization.k8s.io", Cluster, &["clusterrolebindings", "clusterroles"]),
    ("storage.k8s.io", Namespaced, &["csistoragecapacities"]),
    (
        "storage.k8s.io",
        Cluster,
        &["csidrivers", "csinodes", "storageclasses", "volumeattachments", "volumeattributesclasses"],
    ),
    ("coordination.k8s.io", Namespaced, &["leasecandidates", "leases"]),
    ("discovery.k8s.io", Namespaced, &["endpointslices"]),
    ("events.k8s.io", Namespaced, &["events"]),
    (
        "admissionregistration.k8s.io",
        Cluster,
        &[
            "mutatingadmissionpolicies",
            "mutatingadmissionpolicybindings",
            "mutatingwebhookconfigurations",
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
            "validatingwebhookconfigurations",
        ],
    ),
    ("apiextensions.k8s.io", Cluster, &["customresourcedefinitions"]),
    ("apiregistration.k8s.io", Cluster, &["apiservices"]),
    ("authentication.k8s.io", Cluster, &["selfsubjectreviews", "tokenreviews", "uids", "userextras"]),
    (
        "authorization.k8s.io",
        Cluster,
        &["selfsubjectaccessreviews", "selfsubjectrulesreviews", "subjectaccessreviews"],
    ),
    ("authorization.k8s.io", Namespaced, &["localsubjectaccessreviews"]),
    ("certificates.k8s.io", Cluster, &["certificatesigningrequests", "clustertrustbundles", "signers"]),
    ("certificates.k8s.io", Namespaced, &["podcertificaterequests"]),
    ("flowcontrol.apiserver.k8s.io", Cluster, &["flowschemas", "prioritylevelconfigurations"]),
    ("node.k8s.io", Cluster, &["runtimeclasses"]),
    ("resource.k8s.io", Namespaced, &["resourceclaims", "resourceclaimtemplates"]),
    ("resource.k8s.io", Cluster, &["deviceclasses", "devicetaintrules", "resourceslices"]),
    ("scheduling.k8s.io", Cluster, &["priorityclasses"]),
];

/// Where `resource` of `group` lives; its subresources live there too. `None` when the API server itself serves
/// no such resource.
pub fn api_resource_scope(group: &str, resource: &str) -> Option<ResourceScope> {
    let resource = resource.split('/').next().unwrap_or_default();
    let row = RESOURCES.iter().find(|(own, _, names)| *own == group && names.contains(&resource))?;
    Some(row.1)
}

/// Whether the API server itself serves this group, so that all its resources are known here.
pub fn is_api_group(group: &str) -> bool {
    RESOURCES.iter().any(|(own, _, _)| *own == group)
}

/// Whether objects of this group and kind (`ClusterRole`) live in no namespace, as far as the API server itself
/// serves them.
pub fn is_cluster_scoped(group: &str, kind: &str) -> bool {
    let rows = RESOURCES.iter().filter(|(own, scope, _)| *own == group && *scope == Cluster);
    (group.is_empty() && kind == "Namespace")
        || rows.flat_map(|(_, _, names)| *names).any(|plural| is_plural_of(plural, kind))
}

/// Whether `plural` is what the API calls the resource of `kind`.
fn is_plural_of(plural: &str, kind: &str) -> bool {
    match (plural.strip_suffix("ies"), kind.strip_suffix('y')) {
        (Some(stem), Some(kind)) => stem.eq_ignore_ascii_case(kind),
        _ if plural.ends_with("sses") => {
            plural.strip_suffix("es").is_some_and(|it| it.eq_ignore_ascii_case(kind))
        }
        _ => plural.strip_suffix('s').is_some_and(|it| it.eq_ignore_ascii_case(kind)),
    }
}

/// The groups in which the API server itself serves `resource`.
pub fn api_groups_of(resource: &str) -> impl Iterator<Item = &'static str> {
    let resource = resource.split('/').next().unwrap_or_default();
    RESOURCES.iter().filter(move |(_, _, names)| names.contains(&resource)).map(|(group, _, _)| *group)
}

/// The resource that somebody meant who wrote its kind or its singular (`pod`, `Deployment`): RBAC knows the
/// plural in lower case alone.
pub fn api_resource_meant_by(word: &str) -> Option<&'static str> {
    let lower = word.to_ascii_lowercase();
    let mut all = RESOURCES.iter().flat_map(|(_, _, names)| *names).copied();
    all.find(|plural| {
        *plural != word && (*plural == lower || singular_of(plural).is_some_and(|it| it == lower))
    })
}

fn singular_of(plural: &str) -> Option<String> {
    if let Some(stem) = plural.strip_suffix("ies") {
        return Some(format!("{stem}y"));
    }
    if plural.ends_with("sses") {
        return plural.strip_suffix("es").map(str::to_owned);
    }
    plural.strip_suffix('s').filter(|stem| *stem != "endpoint").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_go_by_group_and_subresources_follow() {
        assert_eq!(api_resource_scope("", "pods/exec"), Some(Namespaced));
        assert_eq!(api_resource_scope("", "nodes/proxy"), Some(Cluster));
        assert_eq!(api_resource_scope("", "deployments"), None);
        assert_eq!(api_resource_scope("apps", "deployments"), Some(Namespaced));
        assert_eq!(api_groups_of("events").collect::<Vec<_>>(), ["", "events.k8s.io"]);
    }

    #[test]
    fn kinds_outside_namespaces_are_known_by_group() {
        let cases = [
            ("rbac.authorization.k8s.io", "ClusterRole", true),
            ("rbac.authorization.k8s.io", "Role", false),
            ("", "Namespace", true),
            ("", "Node", true),
            ("", "PersistentVolume", true),
            ("", "PersistentVolumeClaim", false),
            ("storage.k8s.io", "StorageClass", true),
            ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy", true),
            ("networking.k8s.io", "IngressClass", true),
            ("networking.k8s.io", "Ingress", false),
            ("shop.example", "Node", false),
        ];
        for (group, kind, expected) in cases {
            assert_eq!(is_cluster_scoped(group, kind), expected, "{group} {kind}");
        }
    }

    #[test]
    fn singulars_and_kinds_are_known_for_what_they_mean() {
        let cases = [
            ("pod", Some("pods")),
            ("Deployment", Some("deployments")),
            ("Pods", Some("pods")),
            ("ingress", Some("ingresses")),
            ("NetworkPolicy", Some("networkpolicies")),
            ("storageclass", Some("storageclasses")),
            ("lease", Some("leases")),
            ("pods", None),
            ("endpoints", None),
            ("widgets", None),
        ];
        for (word, expected) in cases {
            assert_eq!(api_resource_meant_by(word), expected, "{word}");
        }
    }
}
