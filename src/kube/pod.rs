//! The pod spec of every kind that has one.

use std::borrow::Cow;

use super::{
    Container, ContainerList, Object, Place, Read,
    value::{read_bool, read_text},
};
use crate::{
    base::Span,
    yaml::{Kind, Node, Path},
};

/// A pod: the object itself, or the template from which a workload makes its pods.
#[derive(Debug, Clone, Copy)]
pub struct Pod<'a> {
    /// `metadata` of the pod or the template, where it is a mapping.
    pub metadata: Option<Node<'a>>,
    /// The pod spec.
    pub spec: Node<'a>,
    /// Whether it is a template inside a workload.
    pub is_template: bool,
    spec_key: Span,
    template: &'static [&'static str],
}

/// Which kinds have a pod, and under which keys the template stands; `&[]` for a Pod, which is its own.
/// Sources: the Kubernetes API reference; Argo Rollouts, Knative Serving, KEDA, `OpenKruise` and `OpenShift` docs.
const WORKLOADS: &[(&str, &[&str], &[&str])] = &[
    ("Pod", &[""], &[]),
    ("PodTemplate", &[""], &["template"]),
    ("ReplicationController", &[""], &["spec", "template"]),
    ("Deployment", &["apps", "extensions"], &["spec", "template"]),
    ("ReplicaSet", &["apps", "extensions"], &["spec", "template"]),
    ("StatefulSet", &["apps", "apps.kruise.io"], &["spec", "template"]),
    ("DaemonSet", &["apps", "extensions", "apps.kruise.io"], &["spec", "template"]),
    ("Job", &["batch"], &["spec", "template"]),
    ("CronJob", &["batch"], &["spec", "jobTemplate", "spec", "template"]),
    ("Rollout", &["argoproj.io"], &["spec", "template"]),
    ("Service", &["serving.knative.dev"], &["spec", "template"]),
    ("Configuration", &["serving.knative.dev"], &["spec", "template"]),
    ("ScaledJob", &["keda.sh"], &["spec", "jobTargetRef", "template"]),
    ("CloneSet", &["apps.kruise.io"], &["spec", "template"]),
    ("DeploymentConfig", &["apps.openshift.io"], &["spec", "template"]),
];

fn template_of(group: &str, kind: &str) -> Option<&'static [&'static str]> {
    let workload = WORKLOADS.iter().find(|(name, groups, _)| *name == kind && groups.contains(&group))?;
    Some(workload.2)
}

/// Whether objects of this group and kind are pods or make them.
pub fn is_workload(group: &str, kind: &str) -> bool {
    template_of(group, kind).is_some()
}

/// Fields that a container takes from the pod when it does not set them itself, under `securityContext` in
/// both. Source: `PodSecurityContext` and `SecurityContext` in the Kubernetes API reference.
const INHERITED: &[&str] =
    &["runAsNonRoot", "runAsUser", "runAsGroup", "seccompProfile", "appArmorProfile", "seLinuxOptions"];

/// The one that a container takes field by field. Source: the kubelet's effective security context.
const MERGED: &str = "windowsOptions";

impl<'a> Pod<'a> {
    pub(super) fn of(object: &Object<'a>) -> Option<Self> {
        let template = template_of(object.group(), object.kind())?;
        let holder = template.iter().try_fold(object.root(), |node, key| node.get(key))?;
        let spec = holder.entry("spec").filter(|it| it.value.kind() == Kind::Mapping)?;
        Some(Self {
            metadata: holder.get("metadata").filter(|it| it.kind() == Kind::Mapping),
            spec: spec.value,
            is_template: !template.is_empty(),
            spec_key: spec.key.span(),
            template,
        })
    }

    /// Field path of the spec: `spec.template.spec`.
    pub fn path(&self) -> String {
        let mut path = self.template.join(".");
        path.push_str(if path.is_empty() { "spec" } else { ".spec" });
        path
    }

    /// Field path of the pod's own metadata: `spec.template.metadata`.
    pub fn metadata_path(&self) -> String {
        let mut path = self.template.join(".");
        path.push_str(if path.is_empty() { "metadata" } else { ".metadata" });
        path
    }

    /// What to point at to show the pod spec as a whole: its key.
    pub fn head(&self) -> Span {
        self.spec_key
    }

    /// All containers: init, main, ephemeral, in this order, each in the order written.
    pub fn containers(&self) -> impl Iterator<Item = Container<'a>> + use<'a> {
        let pod = *self;
        let lists = [ContainerList::Init, ContainerList::Main, ContainerList::Ephemeral];
        lists.into_iter().flat_map(move |list| {
            let items = pod.spec.get(list.key()).into_iter().flat_map(Node::items);
            items
                .enumerate()
                .filter(|(_, node)| node.kind() == Kind::Mapping)
                .map(move |(index, node)| Container::new(pod, list, index as u32, node))
        })
    }

    /// `spec.securityContext`.
    pub fn security_context(&self) -> Option<Node<'a>> {
        self.spec.get("securityContext")
    }

    /// The value of an annotation that acts on the pod: the template's, not the workload's.
    pub fn annotation(&self, key: &str) -> Option<Node<'a>> {
        self.metadata?.get("annotations")?.get(key)
    }

    /// `spec.os.name`, which is what the API and Pod Security look at.
    pub fn os(&self) -> Read<Cow<'a, str>> {
        match self.spec.get("os") {
            Some(os) if os.kind() == Kind::Mapping => read_text(os.get("name")),
            os => read_text(os).unclear_if_there(),
        }
    }

    /// Whether `spec.os.name` says `windows`, or is a placeholder that may come to say so.
    pub fn may_be_windows(&self) -> bool {
        match self.os() {
            Read::Is(name) => name == "windows",
            Read::Missing => false,
            Read::Unclear => true,
        }
    }

    /// `spec.hostUsers`; false gives the pod a user namespace of its own.
    pub fn host_users(&self) -> Read<bool> {
        read_bool(self.spec.get("hostUsers"))
    }

    /// The place to point at for `path` below the spec, and its name.
    pub fn place(&self, path: &Path) -> Place {
        Place::find(&self.path(), self.spec, path, self.head())
    }

    /// The place to point at for `path` below the pod's metadata; the spec's key when there is no metadata.
    pub fn metadata_place(&self, path: &Path) -> Place {
        match self.metadata {
            Some(metadata) => Place::find(&self.metadata_path(), metadata, path, metadata.head()),
            None => Place::at(self.head(), self.spec.via(), self.metadata_path()),
        }
    }

    /// The part of `path` (`securityContext.seccompProfile.type`) that decides whether a container takes what
    /// the pod has there: it does when it has nothing at that part. `None` where containers take nothing.
    pub fn inherited<'p, 'k>(path: &'p [&'k str]) -> Option<&'p [&'k str]> {
        match path {
            ["securityContext", MERGED, _, ..] => Some(&path[..3]),
            ["securityContext", field, ..] if INHERITED.contains(field) => Some(&path[..2]),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_takes_a_pods_field_whole_and_windows_options_one_by_one() {
        let context = "securityContext";
        let whole = [context, "seccompProfile", "type"];
        assert_eq!(Pod::inherited(&whole), Some(&whole[..2]));
        let option = [context, "windowsOptions", "runAsUserName"];
        assert_eq!(Pod::inherited(&option), Some(&option[..]));
        assert_eq!(Pod::inherited(&[context, "privileged"]), None);
        assert_eq!(Pod::inherited(&[context]), None);
    }
}
