//! The roles and bindings that the API server makes itself, by name. Source: the bootstrap policy of Kubernetes'
//! RBAC authorizer.

use super::Object;

/// Names that are a ClusterRole and, if bound, a ClusterRoleBinding too. The table does not tell the two apart: a
/// name of the policy that only one of them has is no more use to anybody than the other.
const CLUSTER_WIDE: &[&str] = &[
    "admin",
    "cluster-admin",
    "edit",
    "view",
    "system:aggregate-to-admin",
    "system:aggregate-to-edit",
    "system:aggregate-to-view",
    "system:auth-delegator",
    "system:aws-cloud-provider",
    "system:basic-user",
    "system:certificates.k8s.io:certificatesigningrequests:nodeclient",
    "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient",
    "system:certificates.k8s.io:kube-apiserver-client-approver",
    "system:certificates.k8s.io:kube-apiserver-client-kubelet-approver",
    "system:certificates.k8s.io:kubelet-serving-approver",
    "system:certificates.k8s.io:legacy-unknown-approver",
    "system:cluster-trust-bundle-discovery",
    "system:discovery",
    "system:heapster",
    "system:kube-aggregator",
    "system:kube-controller-manager",
    "system:kube-dns",
    "system:kube-scheduler",
    "system:kubelet-api-admin",
    "system:monitoring",
    "system:node",
    "system:node-bootstrapper",
    "system:node-problem-detector",
    "system:node-proxier",
    "system:persistent-volume-provisioner",
    "system:public-info-viewer",
    "system:service-account-issuer-discovery",
    "system:volume-scheduler",
];

/// The control plane's controllers, each with a ClusterRole and a ClusterRoleBinding `system:controller:<name>`.
const CONTROLLERS: &[&str] = &[
    "attachdetach-controller",
    "certificate-controller",
    "clusterrole-aggregation-controller",
    "cronjob-controller",
    "daemon-set-controller",
    "deployment-controller",
    "device-taint-eviction-controller",
    "disruption-controller",
    "endpoint-controller",
    "endpointslice-controller",
    "endpointslicemirroring-controller",
    "ephemeral-volume-controller",
    "expand-controller",
    "generic-garbage-collector",
    "horizontal-pod-autoscaler",
    "job-controller",
    "kube-apiserver-serving-clustertrustbundle-publisher",
    "legacy-service-account-token-cleaner",
    "namespace-controller",
    "node-controller",
    "persistent-volume-binder",
    "pod-garbage-collector",
    "podcertificaterequestcleaner",
    "pv-protection-controller",
    "pvc-protection-controller",
    "replicaset-controller",
    "replication-controller",
    "resource-claim-controller",
    "resourcequota-controller",
    "root-ca-cert-publisher",
    "route-controller",
    "selinux-warning-controller",
    "service-account-controller",
    "service-cidrs-controller",
    "service-controller",
    "statefulset-controller",
    "storage-version-garbage-collector",
    "storage-version-migrator-controller",
    "ttl-after-finished-controller",
    "ttl-controller",
    "vac-protection-controller",
    "validatingadmissionpolicy-status-controller",
    "volumeattributesclass-protection-controller",
];

/// Roles and their bindings in `kube-system` and `kube-public`.
const NAMESPACED: &[&str] = &[
    "extension-apiserver-authentication-reader",
    "system::extension-apiserver-authentication-reader",
    "system::leader-locking-kube-controller-manager",
    "system::leader-locking-kube-scheduler",
    "system:controller:bootstrap-signer",
    "system:controller:cloud-provider",
    "system:controller:token-cleaner",
];

/// Whether the API server makes it itself and mends it at every start: it has the label that says so, and is one
/// of those that the API server knows. The label alone is no proof, since it comes along with every copy.
pub fn is_rbac_default(object: &Object<'_>) -> bool {
    if object.label("kubernetes.io/bootstrapping").is_none_or(|label| !label.is("rbac-defaults")) {
        return false;
    }
    let Some(name) = object.name() else { return false };
    match object.kind() {
        "ClusterRole" | "ClusterRoleBinding" => is_cluster_wide_default(&name),
        "Role" | "RoleBinding" => {
            let of_control_plane = |it: &str| matches!(it, "kube-system" | "kube-public");
            NAMESPACED.contains(&&*name) && object.namespace().is_none_or(|it| of_control_plane(&it))
        }
        _ => false,
    }
}

fn is_cluster_wide_default(name: &str) -> bool {
    let controller = name.strip_prefix("system:controller:");
    CLUSTER_WIDE.contains(&name) || controller.is_some_and(|it| CONTROLLERS.contains(&it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::SourceId,
        yaml::{Limits, parse},
    };

    fn is_default(kind: &str, metadata: &str) -> bool {
        let text =
            format!("apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{{metadata}}}\n");
        let parsed = parse(SourceId(0), &text, &Limits::default());
        let root = parsed.documents().iter().find_map(|document| parsed.root(document)).unwrap();
        is_rbac_default(&crate::kube::objects(root)[0])
    }

    #[test]
    fn label_and_name_make_a_default_and_neither_alone_does() {
        let label = "labels: {kubernetes.io/bootstrapping: rbac-defaults}";
        let cases = [
            ("ClusterRole", format!("name: cluster-admin, {label}"), true),
            ("ClusterRoleBinding", format!("name: cluster-admin, {label}"), true),
            ("ClusterRole", format!("name: \"system:controller:job-controller\", {label}"), true),
            ("ClusterRole", format!("name: \"system:controller:mine\", {label}"), false),
            ("ClusterRoleBinding", format!("name: cluster-admin-users, {label}"), false),
            ("ClusterRoleBinding", "name: cluster-admin".to_owned(), false),
            ("ClusterRoleBinding", format!("name: \"${{NAME}}\", {label}"), false),
            ("ClusterRoleBinding", label.to_owned(), false),
            ("RoleBinding", format!("name: cluster-admin, namespace: kube-system, {label}"), false),
            (
                "Role",
                format!("name: \"system:controller:token-cleaner\", namespace: kube-system, {label}"),
                true,
            ),
            ("Role", format!("name: \"system:controller:token-cleaner\", namespace: shop, {label}"), false),
        ];
        for (kind, metadata, expected) in cases {
            assert_eq!(is_default(kind, &metadata), expected, "{kind} {metadata}");
        }
    }
}
