//! The annotations that choose profiles: `container.apparmor.security.beta.kubernetes.io/<container>` and the two
//! of seccomp.

use std::borrow::Cow;

use super::{Confinement, Profile, ProfileField};
use crate::{
    kube::{Container, Place, Pod, Read, read_text},
    yaml::{Entry, Node},
};

/// What an annotation is for, by its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Every container of the pod that has no annotation of its own.
    Pod,
    /// The container of this name, if there is one.
    Container(Cow<'a, str>),
}

/// One annotation.
#[derive(Debug, Clone)]
pub struct ProfileAnnotation<'a> {
    /// Of what.
    pub confinement: Confinement,
    /// What its key says it is for.
    pub scope: Scope<'a>,
    entry: Entry<'a>,
    key: Cow<'a, str>,
    metadata_path: String,
}

/// What the fields say about the containers that an annotation is for.
#[derive(Debug, Clone, Copy)]
pub enum Beside<'a> {
    /// Nothing.
    Nothing,
    /// The field of the same scope is set.
    Own(ProfileField<'a>),
    /// A container's annotation, and the pod's field, which the container would take.
    Pods(ProfileField<'a>),
    /// A pod's annotation, and every container has a field of its own.
    EveryContainers,
    /// There is no such container, or a placeholder hides what there is.
    Unclear,
}

/// The annotations of `metadata`, which stands at `path`, that choose profiles of `confinement`.
pub fn profile_annotations<'a>(
    metadata: Node<'a>,
    path: &str,
    confinement: Confinement,
) -> Vec<ProfileAnnotation<'a>> {
    let entries = metadata.get("annotations").map(Node::fields).unwrap_or_default();
    let found = entries.into_iter().filter_map(|entry| {
        let key = entry.key.text()?;
        let scope = if confinement.pod_key() == Some(&*key) {
            Scope::Pod
        } else {
            let name = key.strip_prefix(confinement.container_prefix())?;
            Scope::Container(Cow::Owned(name.to_owned()))
        };
        Some(ProfileAnnotation { confinement, scope, entry, key, metadata_path: path.to_owned() })
    });
    found.collect()
}

impl<'a> Pod<'a> {
    /// The annotations on the pod that choose profiles of `confinement`.
    pub fn profile_annotations(&self, confinement: Confinement) -> Vec<ProfileAnnotation<'a>> {
        match self.metadata.filter(|metadata| metadata.get("annotations").is_some()) {
            Some(metadata) => profile_annotations(metadata, &self.metadata_path(), confinement),
            None => Vec::new(),
        }
    }
}

impl<'a> Container<'a> {
    /// The annotation that is for this container alone.
    pub fn profile_annotation(&self, confinement: Confinement) -> Option<ProfileAnnotation<'a>> {
        let annotations = self.pod.profile_annotations(confinement);
        annotations.into_iter().find(|annotation| annotation.is_for(self))
    }
}

impl<'a> ProfileAnnotation<'a> {
    /// What `entry` of the annotations of the metadata at `path` was meant to be, whatever its key.
    pub fn meant(confinement: Confinement, scope: Scope<'a>, entry: Entry<'a>, path: &str) -> Option<Self> {
        let key = entry.key.text()?;
        Some(Self { confinement, scope, entry, key, metadata_path: path.to_owned() })
    }

    /// The same, with the key of another scope.
    #[must_use]
    pub fn with_scope(&self, scope: Scope<'a>) -> Self {
        Self { scope, ..self.clone() }
    }

    /// The whole key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Its value as written.
    pub fn value_node(&self) -> Node<'a> {
        self.entry.value
    }

    /// Its value.
    pub fn value(&self) -> Read<Cow<'a, str>> {
        read_text(Some(self.entry.value))
    }

    /// The profile that it chooses; `None` where that is unclear, or where the value means nothing.
    pub fn profile(&self) -> Option<Profile<'a>> {
        Profile::of_annotation(self.confinement, self.value().known()?)
    }

    /// Where the key stands.
    pub fn key_place(&self) -> Place {
        self.place(self.entry.key)
    }

    /// Where the value stands.
    pub fn value_place(&self) -> Place {
        self.place(self.entry.value)
    }

    fn place(&self, node: Node<'a>) -> Place {
        let via = self.entry.value.via().or(self.entry.key.via());
        let path = format!("{}.annotations[\"{}\"]", self.metadata_path, self.key);
        Place::at(node.span(), via, path)
    }

    /// Whether its key names `container`.
    pub fn is_for(&self, container: &Container<'_>) -> bool {
        let Scope::Container(name) = &self.scope else { return false };
        container.name().is_some_and(|own| own == *name)
    }

    /// The one of `containers` that its key names.
    pub fn container<'c, 'b>(&self, containers: &'c [Container<'b>]) -> Option<&'c Container<'b>> {
        containers.iter().find(|container| self.is_for(container))
    }

    /// What the fields of `pod` say about the same.
    pub fn beside(&self, pod: Pod<'a>, containers: &[Container<'a>]) -> Beside<'a> {
        let pods = pod.profile_field(self.confinement);
        match &self.scope {
            Scope::Pod => match pods {
                Read::Is(field) => Beside::Own(field),
                Read::Unclear => Beside::Unclear,
                Read::Missing if self.every_container_has_a_field(containers) => Beside::EveryContainers,
                Read::Missing => Beside::Nothing,
            },
            Scope::Container(_) => {
                let Some(container) = self.container(containers) else { return Beside::Unclear };
                match (container.profile_field(self.confinement), pods) {
                    (Read::Is(field), _) => Beside::Own(field),
                    (Read::Missing, Read::Is(field)) => Beside::Pods(field),
                    (Read::Missing, Read::Missing) => Beside::Nothing,
                    _ => Beside::Unclear,
                }
            }
        }
    }

    fn every_container_has_a_field(&self, containers: &[Container<'_>]) -> bool {
        let has_one =
            |container: &Container<'_>| matches!(container.profile_field(self.confinement), Read::Is(_));
        !containers.is_empty() && containers.iter().all(has_one)
    }

    /// The field that says the same as the annotation, in words: what to set, and where.
    pub fn as_field(&self) -> Option<String> {
        Some(self.field_for(&self.profile()?))
    }

    /// The field that chooses `profile` where the annotation is meant to, in words.
    pub fn field_for(&self, profile: &Profile<'_>) -> String {
        let field = self.confinement.field();
        let value = profile.in_field();
        match &self.scope {
            Scope::Pod => format!("`{field}: {value}` under `securityContext` of the pod spec"),
            Scope::Container(name) => {
                format!("`{field}: {value}` under `securityContext` of container `{name}`")
            }
        }
    }
}
