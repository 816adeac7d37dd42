//! Which profile reaches a container in the end, by field or annotation, at the target version.

use crate::{
    base::Minor,
    kube::{Confinement, Container, Profile, ProfileAnnotation, ProfileField, Read, Scope},
};

/// What was chosen for a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::checks) enum Choice {
    /// Nothing: whatever the node does.
    Nothing,
    /// No confinement.
    Unconfined,
    /// A profile; also what a placeholder hides, and what is misspelt.
    Profile,
}

/// The choice of AppArmor profile: the container's field, its annotation, the pod's field, in this order.
pub(in crate::checks) fn apparmor(target: Minor, container: &Container<'_>) -> Choice {
    let confinement = Confinement::AppArmor;
    let knows_field = confinement.field_since() <= target;
    let own = of_field(&container.profile_field(confinement), knows_field);
    own.or_else(|| of_annotation(&container.profile_annotation(confinement)?))
        .or_else(|| of_field(&container.pod.profile_field(confinement), knows_field))
        .unwrap_or(Choice::Nothing)
}

/// The choice of seccomp profile: the fields of container and pod, else, where they still count, the annotations.
pub(in crate::checks) fn seccomp(target: Minor, container: &Container<'_>) -> Choice {
    let confinement = Confinement::Seccomp;
    let knows_field = confinement.field_since() <= target;
    let ignores_annotations = confinement.annotation_until().is_some_and(|until| until <= target);
    let annotations =
        if ignores_annotations { Vec::new() } else { container.pod.profile_annotations(confinement) };
    let own = annotations.iter().find(|annotation| annotation.is_for(container));
    let pods = annotations.iter().find(|annotation| annotation.scope == Scope::Pod);
    of_field(&container.profile_field(confinement), knows_field)
        .or_else(|| own.and_then(of_annotation))
        .or_else(|| of_field(&container.pod.profile_field(confinement), knows_field))
        .or_else(|| pods.and_then(of_annotation))
        .unwrap_or(Choice::Nothing)
}

fn of_field(field: &Read<ProfileField<'_>>, knows_field: bool) -> Option<Choice> {
    match field {
        _ if !knows_field => None,
        Read::Missing => None,
        Read::Is(field) if field.confines() == Some(false) => Some(Choice::Unconfined),
        Read::Is(_) | Read::Unclear => Some(Choice::Profile),
    }
}

fn of_annotation(annotation: &ProfileAnnotation<'_>) -> Option<Choice> {
    match annotation.value() {
        Read::Missing => None,
        Read::Is(value) if value.is_empty() => None,
        _ if annotation.profile() == Some(Profile::Unconfined) => Some(Choice::Unconfined),
        _ => Some(Choice::Profile),
    }
}
