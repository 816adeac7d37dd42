//! Where labels, selectors and annotations stand.

use super::FieldSpec;

/// Labels and the selectors that must follow them.
pub(super) fn labels() -> Vec<FieldSpec> {
    let mut specs = SELECTORS.to_vec();
    for kind in ["Deployment", "StatefulSet"] {
        specs.extend(POD_SELECTORS.iter().map(|path| FieldSpec::of("apps", "", kind, path, false)));
    }
    specs.extend(TEMPLATE_LABELS);
    specs
}

const SELECTORS: [FieldSpec; 12] = [
    FieldSpec::of("", "v1", "Service", "spec/selector", true),
    FieldSpec::of("", "v1", "ReplicationController", "spec/selector", true),
    FieldSpec::of("", "", "Deployment", "spec/selector/matchLabels", true),
    FieldSpec::of("", "", "ReplicaSet", "spec/selector/matchLabels", true),
    FieldSpec::of("", "", "DaemonSet", "spec/selector/matchLabels", true),
    FieldSpec::of("apps", "", "StatefulSet", "spec/selector/matchLabels", true),
    FieldSpec::of("batch", "", "Job", "spec/selector/matchLabels", false),
    FieldSpec::of("batch", "", "CronJob", "spec/jobTemplate/spec/selector/matchLabels", false),
    FieldSpec::of("policy", "", "PodDisruptionBudget", "spec/selector/matchLabels", false),
    FieldSpec::of("networking.k8s.io", "", "NetworkPolicy", "spec/podSelector/matchLabels", false),
    FieldSpec::of(
        "networking.k8s.io",
        "",
        "NetworkPolicy",
        "spec/ingress/from/podSelector/matchLabels",
        false,
    ),
    FieldSpec::of("networking.k8s.io", "", "NetworkPolicy", "spec/egress/to/podSelector/matchLabels", false),
];

/// The selectors inside the pod template of a Deployment or StatefulSet.
const POD_SELECTORS: [&str; 5] = [
    "spec/template/spec/affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
    "spec/template/spec/affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    "spec/template/spec/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
    "spec/template/spec/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    "spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels",
];

/// Labels of objects and of what they make.
pub(super) const TEMPLATE_LABELS: [FieldSpec; 10] = [
    FieldSpec::of("", "", "", "metadata/labels", true),
    FieldSpec::of("", "v1", "ReplicationController", "spec/template/metadata/labels", true),
    FieldSpec::of("", "", "Deployment", "spec/template/metadata/labels", true),
    FieldSpec::of("", "", "ReplicaSet", "spec/template/metadata/labels", true),
    FieldSpec::of("", "", "DaemonSet", "spec/template/metadata/labels", true),
    FieldSpec::of("apps", "", "StatefulSet", "spec/template/metadata/labels", true),
    FieldSpec::of("apps", "", "StatefulSet", "spec/volumeClaimTemplates[]/metadata/labels", true),
    FieldSpec::of("batch", "", "Job", "spec/template/metadata/labels", true),
    FieldSpec::of("batch", "", "CronJob", "spec/jobTemplate/metadata/labels", true),
    FieldSpec::of("batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/labels", true),
];

/// Annotations of objects and of what they make.
pub(super) const ANNOTATIONS: [FieldSpec; 9] = [
    FieldSpec::of("", "", "", "metadata/annotations", true),
    FieldSpec::of("", "v1", "ReplicationController", "spec/template/metadata/annotations", true),
    FieldSpec::of("", "", "Deployment", "spec/template/metadata/annotations", true),
    FieldSpec::of("", "", "ReplicaSet", "spec/template/metadata/annotations", true),
    FieldSpec::of("", "", "DaemonSet", "spec/template/metadata/annotations", true),
    FieldSpec::of("", "", "StatefulSet", "spec/template/metadata/annotations", true),
    FieldSpec::of("batch", "", "Job", "spec/template/metadata/annotations", true),
    FieldSpec::of("batch", "", "CronJob", "spec/jobTemplate/metadata/annotations", true),
    FieldSpec::of("batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/annotations", true),
];
