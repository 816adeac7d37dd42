//! `securityContext.appArmorProfile` and `securityContext.seccompProfile`, of a pod or a container.

use std::borrow::Cow;

use super::{Confinement, Profile};
use crate::{
    kube::{Container, Place, Pod, Read, Value, read_text, value},
    yaml::{Kind, Node, Path},
};

/// The field where it is set.
#[derive(Debug, Clone, Copy)]
pub struct ProfileField<'a> {
    /// Its mapping.
    pub node: Node<'a>,
    /// The container that sets it; `None` for the pod.
    pub container: Option<Container<'a>>,
    confinement: Confinement,
    pod: Pod<'a>,
}

impl<'a> ProfileField<'a> {
    fn of(pod: Pod<'a>, container: Option<Container<'a>>, confinement: Confinement) -> Read<Self> {
        let holder = container.map_or(pod.spec, |container| container.node);
        let node = match read_mapping(holder.get("securityContext")) {
            Read::Is(context) => read_mapping(context.get(confinement.field())),
            other => other,
        };
        match node {
            Read::Is(node) => Read::Is(Self { node, container, confinement, pod }),
            Read::Missing => Read::Missing,
            Read::Unclear => Read::Unclear,
        }
    }

    /// What it confines by.
    pub fn confinement(self) -> Confinement {
        self.confinement
    }

    /// Where `key` stands in it, or would stand.
    pub fn place(self, key: &str) -> Place {
        self.place_of(&Path::of(&["securityContext", self.confinement.field(), key]))
    }

    /// Where it stands itself.
    pub fn own_place(self) -> Place {
        self.place_of(&Path::of(&["securityContext", self.confinement.field()]))
    }

    fn place_of(self, path: &Path) -> Place {
        match self.container {
            Some(container) => container.place(path),
            None => self.pod.place(path),
        }
    }

    /// `securityContext.seccompProfile`
    pub fn path(self) -> String {
        format!("securityContext.{}", self.confinement.field())
    }

    /// `type`
    pub fn kind(self) -> Read<Cow<'a, str>> {
        read_text(self.node.get("type"))
    }

    /// `localhostProfile`
    pub fn localhost(self) -> Read<Cow<'a, str>> {
        read_text(self.node.get("localhostProfile"))
    }

    /// Whether its type puts the container under a profile, as Pod Security reads it; `None` where that is
    /// unclear.
    pub fn confines(self) -> Option<bool> {
        match self.kind() {
            Read::Is(kind) => Some(matches!(&*kind, "RuntimeDefault" | "Localhost")),
            Read::Missing => Some(false),
            Read::Unclear => None,
        }
    }

    /// What it chooses; `None` where that is unclear, or where the API server refuses it.
    pub fn profile(self) -> Option<Profile<'a>> {
        match (&*self.kind().known()?, self.localhost()) {
            ("RuntimeDefault", Read::Missing) => Some(Profile::RuntimeDefault),
            ("Unconfined", Read::Missing) => Some(Profile::Unconfined),
            ("Localhost", Read::Is(name)) if !name.is_empty() => Some(Profile::Localhost(name)),
            _ => None,
        }
    }
}

/// The fields of a pod and of its containers, wherever they are set.
pub fn profile_fields<'a>(
    pod: Pod<'a>,
    containers: &[Container<'a>],
    confinement: Confinement,
) -> Vec<ProfileField<'a>> {
    let own = containers.iter().map(|container| container.profile_field(confinement));
    std::iter::once(pod.profile_field(confinement)).chain(own).filter_map(Read::known).collect()
}

impl<'a> Pod<'a> {
    /// The pod's own choice of profile.
    pub fn profile_field(&self, confinement: Confinement) -> Read<ProfileField<'a>> {
        ProfileField::of(*self, None, confinement)
    }
}

impl<'a> Container<'a> {
    /// The container's own choice of profile, which beats the pod's.
    pub fn profile_field(&self, confinement: Confinement) -> Read<ProfileField<'a>> {
        ProfileField::of(self.pod, Some(*self), confinement)
    }

    /// The choice that holds for it: its own, else the pod's.
    pub fn effective_profile_field(&self, confinement: Confinement) -> Read<ProfileField<'a>> {
        match self.profile_field(confinement) {
            Read::Missing => self.pod.profile_field(confinement),
            own => own,
        }
    }
}

/// Reads a field that is a mapping. One with a collection as its key is a template's `{{ … }}`.
fn read_mapping(node: Option<Node<'_>>) -> Read<Node<'_>> {
    let Some(node) = node else { return Read::Missing };
    match value(node) {
        Value::Null => Read::Missing,
        Value::Mapping if node.entries().all(|entry| entry.key.kind() == Kind::Scalar) => Read::Is(node),
        _ => Read::Unclear,
    }
}
