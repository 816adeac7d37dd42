//! Which fields hold the name of another object.

use super::{super::config::NameReference, FieldSpec, PodSpecs};
use crate::render::kustomize::Gvk;

/// Kinds whose pods mount configuration.
const MOUNTING: [PodSpecs; 8] = [
    PodSpecs::of("v1", "Pod", "spec/"),
    PodSpecs::of("", "PodTemplate", "template/spec/"),
    PodSpecs::of("", "Deployment", "spec/template/spec/"),
    PodSpecs::of("", "ReplicaSet", "spec/template/spec/"),
    PodSpecs::of("", "DaemonSet", "spec/template/spec/"),
    PodSpecs::of("", "StatefulSet", "spec/template/spec/"),
    PodSpecs::of("", "Job", "spec/template/spec/"),
    PodSpecs::of("", "CronJob", "spec/jobTemplate/spec/template/spec/"),
];

/// Kinds whose pods name accounts, claims and priorities.
const RUNNING: [PodSpecs; 7] = [
    PodSpecs::of("", "Pod", "spec/"),
    PodSpecs::of("", "StatefulSet", "spec/template/spec/"),
    PodSpecs::of("", "Deployment", "spec/template/spec/"),
    PodSpecs::of("", "ReplicationController", "spec/template/spec/"),
    PodSpecs::of("", "CronJob", "spec/jobTemplate/spec/template/spec/"),
    PodSpecs::of("", "Job", "spec/template/spec/"),
    PodSpecs::of("", "DaemonSet", "spec/template/spec/"),
];

const CONFIG_MAP_IN_POD: [&str; 6] = [
    "volumes/configMap/name",
    "containers/env/valueFrom/configMapKeyRef/name",
    "initContainers/env/valueFrom/configMapKeyRef/name",
    "containers/envFrom/configMapRef/name",
    "initContainers/envFrom/configMapRef/name",
    "volumes/projected/sources/configMap/name",
];

const SECRET_IN_POD: [&str; 7] = [
    "volumes/secret/secretName",
    "containers/env/valueFrom/secretKeyRef/name",
    "initContainers/env/valueFrom/secretKeyRef/name",
    "containers/envFrom/secretRef/name",
    "initContainers/envFrom/secretRef/name",
    "imagePullSecrets/name",
    "volumes/projected/sources/secret/name",
];

/// Fields outside of pods: (kind, path).
const CONFIG_MAP: [(&str, &str); 4] = [
    ("Node", "spec/configSource/configMap"),
    ("Role", "rules/resourceNames"),
    ("ClusterRole", "rules/resourceNames"),
    ("Ingress", r"metadata/annotations/nginx.ingress.kubernetes.io\/fastcgi-params-configmap"),
];

const SECRET: [(&str, &str); 12] = [
    ("Ingress", "spec/tls/secretName"),
    ("Ingress", r"metadata/annotations/ingress.kubernetes.io\/auth-secret"),
    ("Ingress", r"metadata/annotations/nginx.ingress.kubernetes.io\/auth-secret"),
    ("Ingress", r"metadata/annotations/nginx.ingress.kubernetes.io\/auth-tls-secret"),
    ("ServiceAccount", "imagePullSecrets/name"),
    ("StorageClass", "parameters/secretName"),
    ("StorageClass", "parameters/adminSecretName"),
    ("StorageClass", "parameters/userSecretName"),
    ("StorageClass", "parameters/secretRef"),
    ("Role", "rules/resourceNames"),
    ("ClusterRole", "rules/resourceNames"),
    ("PersistentVolume", "spec/azureFile/secretName"),
];

const RBAC: &str = "rbac.authorization.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";

fn plain((kind, path): &(&'static str, &'static str)) -> FieldSpec {
    FieldSpec::of("", "", kind, path, false)
}

fn in_pods(kinds: &[PodSpecs], paths: &[&str]) -> Vec<FieldSpec> {
    kinds.iter().flat_map(|kind| paths.iter().map(|path| kind.spec(path))).collect()
}

fn named(
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    to: Vec<FieldSpec>,
) -> NameReference {
    let gvk = Gvk { group: group.into(), version: version.into(), kind: kind.into() };
    NameReference { gvk, referrers: to }
}

/// All of them, by what is named.
pub(super) fn name_references() -> Vec<NameReference> {
    let mut all = Vec::new();
    for kind in ["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"] {
        let scaled = FieldSpec::of("", "", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name", false);
        all.push(named("", "", kind, vec![scaled]));
    }
    all.extend(configuration());
    all.extend(network());
    all.extend(access());
    all.extend(storage());
    let policy = FieldSpec::of(ADMISSION, "", "ValidatingAdmissionPolicyBinding", "spec/policyName", false);
    all.push(named(ADMISSION, "", "ValidatingAdmissionPolicy", vec![policy]));
    all
}

fn configuration() -> [NameReference; 2] {
    let mut config_map = in_pods(&MOUNTING, &CONFIG_MAP_IN_POD);
    config_map.extend(CONFIG_MAP.iter().map(plain));
    let mut secret = in_pods(&MOUNTING, &SECRET_IN_POD);
    secret.extend(SECRET.iter().map(plain));
    secret.push(FieldSpec::of(
        "serving.knative.dev",
        "v1",
        "Service",
        "spec/template/spec/containers/env/valueFrom/secretKeyRef/name",
        false,
    ));
    [named("", "v1", "ConfigMap", config_map), named("", "v1", "Secret", secret)]
}

fn network() -> [NameReference; 2] {
    let service = vec![
        FieldSpec::of("apps", "", "StatefulSet", "spec/serviceName", false),
        FieldSpec::of("", "", "Ingress", "spec/rules/http/paths/backend/serviceName", false),
        FieldSpec::of("", "", "Ingress", "spec/backend/serviceName", false),
        FieldSpec::of("", "", "Ingress", "spec/rules/http/paths/backend/service/name", false),
        FieldSpec::of("", "", "Ingress", "spec/defaultBackend/service/name", false),
        FieldSpec::of("apiregistration.k8s.io", "", "APIService", "spec/service/name", false),
        FieldSpec::of(
            ADMISSION,
            "",
            "ValidatingWebhookConfiguration",
            "webhooks/clientConfig/service",
            false,
        ),
        FieldSpec::of(ADMISSION, "", "MutatingWebhookConfiguration", "webhooks/clientConfig/service", false),
    ];
    let class = FieldSpec::of("", "", "Ingress", "spec/ingressClassName", false);
    // The version in the group is kustomize's own: no IngressClass is ever followed.
    [named("", "v1", "Service", service), named("networking.k8s.io/v1", "v1", "IngressClass", vec![class])]
}

fn access() -> [NameReference; 3] {
    let role_ref = |kind| FieldSpec::of(RBAC, "", kind, "roleRef/name", false);
    let mut account = vec![
        FieldSpec::of(RBAC, "", "RoleBinding", "subjects", false),
        FieldSpec::of(RBAC, "", "ClusterRoleBinding", "subjects", false),
    ];
    account.extend(in_pods(&RUNNING, &["serviceAccountName"]));
    [
        named(RBAC, "", "Role", vec![role_ref("RoleBinding")]),
        named(RBAC, "", "ClusterRole", vec![role_ref("RoleBinding"), role_ref("ClusterRoleBinding")]),
        named("", "v1", "ServiceAccount", account),
    ]
}

fn storage() -> [NameReference; 4] {
    let volume = ["spec/volumeName", "rules/resourceNames"];
    let class = [
        ("PersistentVolume", "spec/storageClassName"),
        ("PersistentVolumeClaim", "spec/storageClassName"),
        ("StatefulSet", "spec/volumeClaimTemplates/spec/storageClassName"),
    ];
    [
        named(
            "",
            "v1",
            "PersistentVolumeClaim",
            in_pods(&RUNNING, &["volumes/persistentVolumeClaim/claimName"]),
        ),
        named(
            "",
            "v1",
            "PersistentVolume",
            vec![plain(&("PersistentVolumeClaim", volume[0])), plain(&("ClusterRole", volume[1]))],
        ),
        named("storage.k8s.io", "v1", "StorageClass", class.iter().map(plain).collect()),
        named("scheduling.k8s.io", "v1", "PriorityClass", in_pods(&RUNNING, &["priorityClassName"])),
    ]
}
