//! Pod Security's `appArmorProfile`: the fields, and every AppArmor annotation on the pod.

use super::profile;
use crate::{
    kube::{Confinement, Profile, Read},
    rule::{Context, Native},
};

pub(crate) const CHECK: Native = Native::Object(check);

fn check(context: &mut Context<'_, '_>) {
    profile::disallowed(context, Confinement::AppArmor);
    let Some(pod) = context.pod() else { return };
    for annotation in pod.profile_annotations(Confinement::AppArmor) {
        let Read::Is(value) = annotation.value() else { continue };
        // Pod Security looks at the beginning alone; `localhost/` without a name passes.
        if matches!(&*value, "" | "runtime/default") || value.starts_with("localhost/") {
            continue;
        }
        let say = if value == "unconfined" {
            "the annotation's `unconfined` switches AppArmor off".to_owned()
        } else {
            format!(
                "the AppArmor annotation's value is `{value}`; only `runtime/default` and `localhost/…` are allowed"
            )
        };
        let place = profile::in_container(annotation.value_place(), context.containers(), &annotation);
        context.report(place, &say);
        profile::choose(context, &annotation, &Profile::RuntimeDefault);
    }
}
