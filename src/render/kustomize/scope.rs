//! Which kinds have no namespace, by the API that kustomize 5.5 carries (Kubernetes 1.21). What came later, and
//! every custom resource, counts as one with a namespace.

/// Whether objects of this kind have no namespace.
pub(super) fn is_cluster_scoped(group: &str, version: &str, kind: &str) -> bool {
    let (v1, v1beta1) = (version == "v1", version == "v1beta1");
    match group {
        "" => v1 && matches!(kind, "Namespace" | "PersistentVolume" | "ComponentStatus" | "Node"),
        "policy" => v1beta1 && kind == "PodSecurityPolicy",
        "flowcontrol.apiserver.k8s.io" => {
            v1beta1 && matches!(kind, "FlowSchema" | "PriorityLevelConfiguration")
        }
        _ => (v1 || v1beta1) && is_stable_cluster_kind(group, kind),
    }
}

fn is_stable_cluster_kind(group: &str, kind: &str) -> bool {
    match group {
        "admissionregistration.k8s.io" => {
            matches!(kind, "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration")
        }
        "apiextensions.k8s.io" => kind == "CustomResourceDefinition",
        "apiregistration.k8s.io" => kind == "APIService",
        "certificates.k8s.io" => kind == "CertificateSigningRequest",
        "networking.k8s.io" => kind == "IngressClass",
        "node.k8s.io" => kind == "RuntimeClass",
        "rbac.authorization.k8s.io" => matches!(kind, "ClusterRole" | "ClusterRoleBinding"),
        "scheduling.k8s.io" => kind == "PriorityClass",
        "storage.k8s.io" => matches!(kind, "StorageClass" | "CSIDriver" | "CSINode" | "VolumeAttachment"),
        _ => false,
    }
}
