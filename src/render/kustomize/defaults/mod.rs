//! The field specs that kustomize has built in.

mod labels;
mod name_references;
mod vars;

use super::{config::Config, field_spec::FieldSpec};

/// Where a kind keeps its pod spec, with a `/` at the end.
struct PodSpecs {
    version: &'static str,
    kind: &'static str,
    prefix: &'static str,
}

impl PodSpecs {
    const fn of(version: &'static str, kind: &'static str, prefix: &'static str) -> Self {
        Self { version, kind, prefix }
    }

    /// A spec for `path` below the pod spec.
    fn spec(&self, path: &str) -> FieldSpec {
        let mut spec = FieldSpec::of("", self.version, self.kind, "", false);
        spec.path = format!("{}{path}", self.prefix).into();
        spec
    }
}

/// All of them.
pub(super) fn config() -> Config {
    let name = FieldSpec::of("", "", "", "metadata/name", false);
    Config {
        name_prefix: vec![name.clone()],
        name_suffix: vec![name],
        namespace: NAMESPACE.to_vec(),
        labels: labels::labels(),
        template_labels: labels::TEMPLATE_LABELS.to_vec(),
        annotations: labels::ANNOTATIONS.to_vec(),
        name_references: name_references::name_references(),
        var_references: vars::var_references(),
        images: IMAGES.to_vec(),
        replicas: REPLICAS.to_vec(),
        ..Config::default()
    }
}

const NAMESPACE: [FieldSpec; 3] = [
    FieldSpec::of("", "", "Namespace", "metadata/name", true),
    FieldSpec::of("apiregistration.k8s.io", "", "APIService", "spec/service/namespace", true),
    FieldSpec::of(
        "apiextensions.k8s.io",
        "",
        "CustomResourceDefinition",
        "spec/conversion/webhook/clientConfig/service/namespace",
        false,
    ),
];

const IMAGES: [FieldSpec; 4] = [
    FieldSpec::of("", "", "", "spec/containers[]/image", true),
    FieldSpec::of("", "", "", "spec/initContainers[]/image", true),
    FieldSpec::of("", "", "", "spec/template/spec/containers[]/image", true),
    FieldSpec::of("", "", "", "spec/template/spec/initContainers[]/image", true),
];

const REPLICAS: [FieldSpec; 4] = [
    FieldSpec::of("", "", "Deployment", "spec/replicas", true),
    FieldSpec::of("", "", "ReplicationController", "spec/replicas", true),
    FieldSpec::of("", "", "ReplicaSet", "spec/replicas", true),
    FieldSpec::of("", "", "StatefulSet", "spec/replicas", true),
];
