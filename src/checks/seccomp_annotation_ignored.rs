//! Seccomp annotations that Kubernetes no longer looks at, where no field takes their place.

use super::profile;
use crate::{
    base::Safety,
    kube::{Beside, Confinement, Profile, ProfileAnnotation, Read, Scope},
    rule::{Context, Native},
};

pub(crate) const CHECK: Native = Native::Object(check);

fn check(context: &mut Context<'_, '_>) {
    let Some(pod) = context.pod().filter(|pod| !pod.may_be_windows()) else { return };
    for annotation in pod.profile_annotations(Confinement::Seccomp) {
        let chosen = annotation.profile();
        if chosen.is_none() && annotation.value() != Read::Unclear {
            continue;
        }
        let consequence = match annotation.beside(pod, context.containers()) {
            Beside::Nothing => without(&annotation, chosen.as_ref()),
            Beside::Pods(field) => match field.profile() {
                Some(other) if Some(&other) != chosen.as_ref() => {
                    format!("so the container gets the pod's `{}`", other.in_field())
                }
                _ => continue,
            },
            _ => continue,
        };
        let place = profile::in_container(annotation.key_place(), context.containers(), &annotation);
        let say = format!("`{}` is ignored since Kubernetes 1.27, {consequence}", annotation.key());
        profile::advise_field(context.report(place, &say), &annotation);
        profile::move_to_field(context, &annotation, Safety::Unsafe);
    }
}

fn without(annotation: &ProfileAnnotation<'_>, chosen: Option<&Profile<'_>>) -> String {
    let whom = if annotation.scope == Scope::Pod { "the pod" } else { "the container" };
    match chosen {
        Some(Profile::Unconfined) => format!("so {whom} gets the node's default, not `unconfined`"),
        Some(chosen) => format!("so {whom} runs without `{}`", chosen.in_annotation()),
        None => format!("so {whom} runs without its profile"),
    }
}
