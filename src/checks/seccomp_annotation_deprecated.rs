//! Seccomp annotations where the field would do, while Kubernetes still looks at them.

use super::profile;
use crate::{
    base::Safety,
    kube::{Beside, Confinement, Read},
    rule::{Context, Native},
};

pub(crate) const CHECK: Native = Native::Object(check);

fn check(context: &mut Context<'_, '_>) {
    let Some(pod) = context.pod().filter(|pod| !pod.may_be_windows()) else { return };
    for annotation in pod.profile_annotations(Confinement::Seccomp) {
        let chosen = annotation.profile();
        let stands_alone = match annotation.beside(pod, context.containers()) {
            Beside::Nothing => true,
            Beside::Pods(field) => field.profile().is_some_and(|other| Some(other) != chosen),
            _ => false,
        };
        if !stands_alone || chosen.is_none() && annotation.value() != Read::Unclear {
            continue;
        }
        let place = profile::in_container(annotation.key_place(), context.containers(), &annotation);
        let say =
            format!("`{}` is deprecated since Kubernetes 1.19 and ignored from 1.27 on", annotation.key());
        profile::advise_field(context.report(place, &say), &annotation);
        // While the annotation counts, the API server sets the field by it.
        profile::move_to_field(context, &annotation, Safety::Safe);
    }
}
