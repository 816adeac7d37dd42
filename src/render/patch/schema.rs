//! How the lists of the built-in types merge: the little of Kubernetes' schema (1.21, which kubectl's
//! kustomize carries) that a strategic merge asks for.

use super::openapi::{At, OpenApi};

/// The schemas that a kustomization works with: the built-in ones, or those of its `openapi` file, which
/// stand in their place.
#[derive(Debug, Default)]
pub enum Schemas {
    /// Kubernetes' own types.
    #[default]
    Builtin,
    /// The types of a file.
    Custom(OpenApi),
}

/// What is known of the type at one place of an object.
#[derive(Debug, Clone, Copy)]
pub struct Schema<'s> {
    schemas: &'s Schemas,
    place: Place<'s>,
}

#[derive(Debug, Clone, Copy)]
enum Place<'s> {
    /// No schema: lists are replaced; an object inside is known by its own `apiVersion` and `kind`.
    Unknown,
    /// A built-in type.
    Map(Type),
    /// A list that merges by its elements' keys; by the elements themselves when there are none.
    List(&'static [&'static str], Type),
    Custom(At<'s>),
}

/// The built-in types that hold lists that merge, or lead to some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    /// Known to hold none.
    Plain,
    /// An object of which only the metadata matters.
    Other,
    Metadata,
    Pod,
    PodSpec,
    PodStatus,
    /// A pod or job template: metadata and a spec of the second type.
    PodTemplate,
    JobTemplate,
    Container,
    EphemeralContainer,
    /// The kind of `v1` that holds a pod's template, which stands at the top.
    TemplateObject,
    Workload,
    WorkloadSpec,
    CronJob,
    CronJobSpec,
    Service,
    ServiceSpec,
    ServiceAccount,
    Webhooks,
    CsiNode,
    CsiNodeSpec,
    Node,
    NodeSpec,
    NodeStatus,
    /// An object whose status has conditions by type.
    WithConditions,
    /// Conditions by type.
    Conditions,
    ComponentStatus,
}

impl Schemas {
    /// The schema of the objects of `kind`.
    pub fn of(&self, api_version: &str, kind: &str) -> Schema<'_> {
        let place = match self {
            Schemas::Builtin => builtin(api_version, kind).map_or(Place::Unknown, Place::Map),
            Schemas::Custom(file) => file.of(api_version, kind).map_or(Place::Unknown, Place::Custom),
        };
        Schema { schemas: self, place }
    }
}

impl<'s> Schema<'s> {
    /// Whether nothing is known here.
    pub(super) fn is_unknown(self) -> bool {
        matches!(self.place, Place::Unknown)
    }

    /// The schema of an object met on the way, of which only its own `apiVersion` and `kind` tell.
    pub(super) fn of_object(self, api_version: &str, kind: &str) -> Self {
        self.schemas.of(api_version, kind)
    }

    /// The schema of the value under `key`.
    pub(super) fn field(self, key: &str) -> Self {
        let place = match self.place {
            Place::Map(of) => field(of, key),
            Place::Custom(at) => at.field(key).map_or(Place::Unknown, Place::Custom),
            Place::Unknown | Place::List(..) => Place::Unknown,
        };
        Self { place, ..self }
    }

    /// The keys by which a list here merges; empty when its values themselves are compared; `None` when a
    /// patch replaces the list.
    pub(super) fn merge_keys(self) -> Option<Vec<&'s str>> {
        match self.place {
            Place::List(keys, _) => Some(keys.to_vec()),
            Place::Custom(at) => at.merge_keys(),
            Place::Unknown | Place::Map(_) => None,
        }
    }

    /// The schema of a list's elements.
    pub(super) fn element(self) -> Self {
        let place = match self.place {
            Place::List(_, of) => Place::Map(of),
            Place::Custom(at) => at.element().map_or(Place::Unknown, Place::Custom),
            Place::Unknown | Place::Map(_) => Place::Unknown,
        };
        Self { place, ..self }
    }
}

/// The lists of `of` that merge, and the fields that lead to such lists.
fn field<'s>(of: Type, key: &str) -> Place<'s> {
    use Type as T;
    let keys: &'static [&'static str] = match (of, key) {
        (T::Metadata, "finalizers") | (T::NodeSpec, "podCIDRs") => &[],
        (T::Metadata, "ownerReferences") => &["uid"],
        (
            T::PodSpec,
            "containers" | "initContainers" | "ephemeralContainers" | "volumes" | "imagePullSecrets",
        )
        | (T::Container | T::EphemeralContainer, "env")
        | (T::ServiceAccount, "secrets")
        | (T::Webhooks, "webhooks")
        | (T::CsiNodeSpec, "drivers") => &["name"],
        (T::PodSpec, "hostAliases") | (T::PodStatus, "podIPs") => &["ip"],
        (T::PodSpec, "topologySpreadConstraints") => &["topologyKey", "whenUnsatisfiable"],
        (T::Container, "ports") => &["containerPort", "protocol"],
        (T::Container | T::EphemeralContainer, "volumeMounts") => &["mountPath"],
        (T::Container | T::EphemeralContainer, "volumeDevices") => &["devicePath"],
        (T::ServiceSpec, "ports") => &["port", "protocol"],
        (T::PodStatus | T::NodeStatus | T::Conditions | T::ComponentStatus, "conditions")
        | (T::NodeStatus, "addresses") => &["type"],
        _ => return subtype(of, key).map_or(Place::Unknown, Place::Map),
    };
    Place::List(keys, element(of, key))
}

/// The type of the elements of a list that merges.
fn element(of: Type, key: &str) -> Type {
    match (of, key) {
        (Type::PodSpec, "containers" | "initContainers") => Type::Container,
        (Type::PodSpec, "ephemeralContainers") => Type::EphemeralContainer,
        _ => Type::Plain,
    }
}

fn subtype(of: Type, key: &str) -> Option<Type> {
    use Type as T;
    Some(match (of, key) {
        // Nothing below a plain type is looked up, not even an object.
        (T::Plain, _) => T::Plain,
        (T::Metadata | T::PodSpec | T::Container | T::EphemeralContainer, _) => return None,
        (_, "metadata") => T::Metadata,
        (T::Pod | T::PodTemplate, "spec") => T::PodSpec,
        (T::Pod, "status") => T::PodStatus,
        (T::TemplateObject | T::WorkloadSpec, "template") => T::PodTemplate,
        (T::Workload | T::JobTemplate, "spec") => T::WorkloadSpec,
        (T::CronJob, "spec") => T::CronJobSpec,
        (T::CronJobSpec, "jobTemplate") => T::JobTemplate,
        (T::Service, "spec") => T::ServiceSpec,
        (T::CsiNode, "spec") => T::CsiNodeSpec,
        (T::Node, "spec") => T::NodeSpec,
        (T::Node, "status") => T::NodeStatus,
        (T::Workload | T::Service | T::WithConditions, "status") => T::Conditions,
        _ => return None,
    })
}

/// The type of the objects of `kind`, if kustomize's schema knows it.
fn builtin(api_version: &str, kind: &str) -> Option<Type> {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let (_, _, kinds) = KINDS.iter().find(|(own, versions, kinds)| {
        *own == group && versions.split(' ').any(|it| it == version) && kinds.split(' ').any(|it| it == kind)
    })?;
    debug_assert!(!kinds.is_empty());
    Some(match kind {
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" | "Job" => {
            Type::Workload
        }
        "Pod" => Type::Pod,
        "PodTemplate" => Type::TemplateObject,
        "CronJob" => Type::CronJob,
        "Service" => Type::Service,
        "ServiceAccount" => Type::ServiceAccount,
        "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration" => Type::Webhooks,
        "CSINode" => Type::CsiNode,
        "Node" => Type::Node,
        "ComponentStatus" => Type::ComponentStatus,
        "Namespace" | "PersistentVolumeClaim" | "APIService" | "PodDisruptionBudget" => Type::WithConditions,
        _ => Type::Other,
    })
}

/// Group, versions and kinds with a schema; anything else, `extensions/v1beta1` Deployments and
/// `autoscaling/v2` included, is as unknown as a custom resource.
const KINDS: &[(&str, &str, &str)] = &[
    (
        "",
        "v1",
        "Binding ComponentStatus ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolume \
         PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount",
    ),
    ("apps", "v1", "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet"),
    ("extensions", "v1beta1", "Ingress"),
    ("batch", "v1", "Job CronJob"),
    ("batch", "v1beta1", "CronJob"),
    (
        "admissionregistration.k8s.io",
        "v1 v1beta1",
        "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
    ),
    ("apiextensions.k8s.io", "v1 v1beta1", "CustomResourceDefinition"),
    ("apiregistration.k8s.io", "v1 v1beta1", "APIService"),
    ("authentication.k8s.io", "v1", "TokenReview TokenRequest"),
    ("authentication.k8s.io", "v1beta1", "TokenReview"),
    (
        "authorization.k8s.io",
        "v1 v1beta1",
        "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview",
    ),
    ("autoscaling", "v1", "HorizontalPodAutoscaler Scale"),
    ("autoscaling", "v2beta1 v2beta2", "HorizontalPodAutoscaler"),
    ("certificates.k8s.io", "v1 v1beta1", "CertificateSigningRequest"),
    ("coordination.k8s.io", "v1 v1beta1", "Lease"),
    ("discovery.k8s.io", "v1 v1beta1", "EndpointSlice"),
    ("events.k8s.io", "v1 v1beta1", "Event"),
    ("flowcontrol.apiserver.k8s.io", "v1beta1", "FlowSchema PriorityLevelConfiguration"),
    ("networking.k8s.io", "v1", "Ingress IngressClass NetworkPolicy"),
    ("networking.k8s.io", "v1beta1", "Ingress IngressClass"),
    ("node.k8s.io", "v1 v1beta1", "RuntimeClass"),
    ("policy", "v1", "PodDisruptionBudget"),
    ("policy", "v1beta1", "Eviction PodDisruptionBudget PodSecurityPolicy"),
    ("rbac.authorization.k8s.io", "v1 v1beta1", "ClusterRole ClusterRoleBinding Role RoleBinding"),
    ("scheduling.k8s.io", "v1 v1beta1", "PriorityClass"),
    ("storage.k8s.io", "v1", "CSIDriver CSINode StorageClass VolumeAttachment"),
    ("storage.k8s.io", "v1beta1", "CSIStorageCapacity CSIDriver CSINode StorageClass VolumeAttachment"),
];
