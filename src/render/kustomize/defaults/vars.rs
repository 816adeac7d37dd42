//! Where `$(VAR)` is replaced.

use super::{FieldSpec, PodSpecs};

const WORKLOADS: [PodSpecs; 7] = [
    PodSpecs::of("", "CronJob", "spec/jobTemplate/spec/template/spec/"),
    PodSpecs::of("", "DaemonSet", "spec/template/spec/"),
    PodSpecs::of("", "Deployment", "spec/template/spec/"),
    PodSpecs::of("", "Job", "spec/template/spec/"),
    PodSpecs::of("", "Pod", "spec/"),
    PodSpecs::of("", "ReplicaSet", "spec/template/spec/"),
    PodSpecs::of("", "StatefulSet", "spec/template/spec/"),
];

const IN_PODS: [&str; 8] = [
    "containers/args",
    "containers/command",
    "containers/env/value",
    "containers/volumeMounts/mountPath",
    "initContainers/args",
    "initContainers/command",
    "initContainers/env/value",
    "initContainers/volumeMounts/mountPath",
];

const OTHERS: [FieldSpec; 16] = [
    // The path without the inner `spec` is kustomize's own.
    FieldSpec::of("", "", "CronJob", "spec/jobTemplate/spec/template/volumes/nfs/server", false),
    FieldSpec::of("", "", "DaemonSet", "spec/template/spec/volumes/nfs/server", false),
    FieldSpec::of("", "", "Deployment", "spec/template/spec/volumes/nfs/server", false),
    FieldSpec::of("", "", "Job", "spec/template/spec/volumes/nfs/server", false),
    FieldSpec::of("", "", "Pod", "spec/volumes/nfs/server", false),
    FieldSpec::of("", "", "ReplicaSet", "spec/template/spec/volumes/nfs/server", false),
    FieldSpec::of("", "", "StatefulSet", "spec/volumeClaimTemplates/spec/nfs/server", false),
    FieldSpec::of("", "", "Deployment", "spec/template/metadata/annotations", false),
    FieldSpec::of("", "", "Ingress", "spec/rules/host", false),
    FieldSpec::of("", "", "Ingress", "spec/tls/hosts", false),
    FieldSpec::of("", "", "Ingress", "spec/tls/secretName", false),
    FieldSpec::of("", "", "Service", "spec/ports/port", false),
    FieldSpec::of("", "", "Service", "spec/ports/targetPort", false),
    FieldSpec::of("", "", "PersistentVolume", "spec/nfs/server", false),
    FieldSpec::of("", "", "", "metadata/labels", false),
    FieldSpec::of("", "", "", "metadata/annotations", false),
];

/// All places.
pub(super) fn var_references() -> Vec<FieldSpec> {
    let in_pods = WORKLOADS.iter().flat_map(|kind| IN_PODS.iter().map(|path| kind.spec(path)));
    in_pods.chain(OTHERS).collect()
}
