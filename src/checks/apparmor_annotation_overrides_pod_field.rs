//! AppArmor annotations that beat the pod's field for their container.

use super::profile;
use crate::{
    kube::{Beside, Confinement},
    rule::{Context, Native},
};

pub(crate) const CHECK: Native = Native::Object(check);

fn check(context: &mut Context<'_, '_>) {
    let Some(pod) = context.pod().filter(|pod| !pod.may_be_windows()) else { return };
    for annotation in pod.profile_annotations(Confinement::AppArmor) {
        let Beside::Pods(field) = annotation.beside(pod, context.containers()) else { continue };
        let (Some(chosen), Some(other)) = (annotation.profile(), field.profile()) else { continue };
        if chosen == other {
            continue;
        }
        let place = profile::in_container(annotation.value_place(), context.containers(), &annotation);
        let say = format!(
            "the AppArmor annotation's `{}` beats the pod's `{}`, which says `{}`",
            chosen.in_annotation(),
            field.path(),
            other.in_field(),
        );
        let wanted = annotation.field_for(&chosen);
        context.report(place, &say).relate(field.place("type").span, "the pod's field").advise(format!(
            "Delete the annotation. If the container is meant to differ from its pod, set {wanted}."
        ));
    }
}
