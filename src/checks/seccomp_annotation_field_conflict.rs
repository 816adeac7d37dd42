//! Seccomp annotations that disagree with the field of the same pod or container.

use super::profile;
use crate::{
    base::Safety,
    kube::{Beside, Confinement},
    rule::{Context, Native},
};

pub(crate) const CHECK: Native = Native::Object(check);

fn check(context: &mut Context<'_, '_>) {
    let Some(pod) = context.pod().filter(|pod| !pod.may_be_windows()) else { return };
    let ignored =
        Confinement::Seccomp.annotation_until().is_some_and(|until| until <= context.target.kubernetes);
    for annotation in pod.profile_annotations(Confinement::Seccomp) {
        let Beside::Own(field) = annotation.beside(pod, context.containers()) else { continue };
        let (Some(chosen), Some(other)) = (annotation.profile(), field.profile()) else { continue };
        if chosen == other {
            continue;
        }
        let place = profile::in_container(annotation.value_place(), context.containers(), &annotation);
        let so = if ignored { "and only the field counts" } else { "so the API server refuses the pod" };
        let say = format!(
            "the seccomp annotation says `{}` but `{}` says `{}`, {so}",
            chosen.in_annotation(),
            field.path(),
            other.in_field(),
        );
        context.report(place, &say).relate(field.place("type").span, "the field for the same").advise(
            format!(
                "Keep the field, with `{}` or `{}`, and delete the annotation.",
                other.in_field(),
                chosen.in_field()
            ),
        );
        let safety = if ignored { Safety::Safe } else { Safety::Unsafe };
        if let Some(metadata) = pod.metadata {
            profile::remove(context, metadata, annotation.key(), safety);
        }
    }
}
