//! AppArmor annotations where the field would do.

use super::profile;
use crate::{
    base::Safety,
    kube::{Beside, Confinement, Read},
    rule::{Context, Native},
};

pub(crate) const CHECK: Native = Native::Object(check);

fn check(context: &mut Context<'_, '_>) {
    let Some(pod) = context.pod().filter(|pod| !pod.may_be_windows()) else { return };
    for annotation in pod.profile_annotations(Confinement::AppArmor) {
        // What does nothing, and what disagrees with a field, is for other rules.
        let is_valid = annotation.profile().is_some() || annotation.value() == Read::Unclear;
        let is_for_one = annotation.container(context.containers()).is_some();
        let beside = annotation.beside(pod, context.containers());
        if !is_valid || !is_for_one || !matches!(beside, Beside::Nothing | Beside::Unclear) {
            continue;
        }
        let place = profile::in_container(annotation.key_place(), context.containers(), &annotation);
        let say = format!(
            "`{}` is deprecated since Kubernetes 1.30: `securityContext.appArmorProfile` replaces it",
            annotation.key()
        );
        profile::advise_field(context.report(place, &say), &annotation);
        // The API server sets the field of a container by its annotation.
        profile::move_to_field(context, &annotation, Safety::Safe);
    }
}
