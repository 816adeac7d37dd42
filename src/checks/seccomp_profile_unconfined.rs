//! Pod Security's `seccompProfile_baseline`: annotations before Kubernetes 1.19, fields from then on.

use super::profile;
use crate::{
    kube::{Confinement, Profile, Read, Scope},
    rule::{Context, Native},
};

pub(crate) const CHECK: Native = Native::Object(check);

fn check(context: &mut Context<'_, '_>) {
    if Confinement::Seccomp.field_since() <= context.target.kubernetes {
        profile::disallowed(context, Confinement::Seccomp);
    } else {
        annotations(context);
    }
}

/// Only the pod's annotation and those of containers that there are count; unlike AppArmor's, an empty value
/// does not pass.
fn annotations(context: &mut Context<'_, '_>) {
    let Some(pod) = context.pod() else { return };
    for annotation in pod.profile_annotations(Confinement::Seccomp) {
        let Read::Is(value) = annotation.value() else { continue };
        let counts = annotation.scope == Scope::Pod || annotation.container(context.containers()).is_some();
        let allowed =
            matches!(&*value, "runtime/default" | "docker/default") || value.starts_with("localhost/");
        if !counts || allowed {
            continue;
        }
        let say = if value == "unconfined" {
            "the annotation's `unconfined` switches seccomp off".to_owned()
        } else {
            format!(
                "the seccomp annotation's value is `{value}`; only `runtime/default`, `docker/default` and \
                 `localhost/…` are allowed"
            )
        };
        let place = profile::in_container(annotation.value_place(), context.containers(), &annotation);
        context.report(place, &say);
        profile::choose(context, &annotation, &Profile::RuntimeDefault);
    }
}
