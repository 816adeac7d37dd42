//! Pod Security's `seccompProfile_restricted`: every container is under a profile, its own or the pod's.

use super::profile;
use crate::{
    base::Minor,
    kube::{Confinement, Container, Pod, ProfileField, Read},
    rule::{Context, Native},
    yaml::Path,
};

pub(crate) const CHECK: Native = Native::Object(check);

/// From this version on Pod Security leaves Windows pods alone.
const WINDOWS_EXEMPT: Minor = Minor(25);

fn check(context: &mut Context<'_, '_>) {
    let Some(pod) = context.pod() else { return };
    if pod.may_be_windows() && WINDOWS_EXEMPT <= context.target.kubernetes {
        return;
    }
    if let Read::Is(field) = pod.profile_field(Confinement::Seccomp) {
        judge(context, field);
    }
    let examined = context.examined;
    for container in &examined.containers {
        match container.profile_field(Confinement::Seccomp) {
            Read::Is(field) => judge(context, field),
            Read::Missing => judge_without(context, pod, container),
            Read::Unclear => {}
        }
    }
}

/// What is set counts even where every container overrides it.
fn judge(context: &mut Context<'_, '_>, field: ProfileField<'_>) {
    if field.confines() != Some(false) {
        return;
    }
    let path = field.path();
    let say = match field.kind() {
        Read::Is(kind) => {
            format!("`{path}.type` is `{kind}`, which is no profile: use `RuntimeDefault` or `Localhost`")
        }
        _ => format!("`{path}` has no `type`: use `RuntimeDefault` or `Localhost`"),
    };
    context.report(field.place("type"), &say);
    profile::use_default(context, field);
}

fn judge_without<'a>(context: &mut Context<'_, 'a>, pod: Pod<'a>, container: &Container<'a>) {
    if !matches!(pod.profile_field(Confinement::Seccomp), Read::Missing) {
        return;
    }
    let place = container.place(&Path::of(&["securityContext", "seccompProfile", "type"]));
    context.report(place, "neither the container nor its pod sets `securityContext.seccompProfile`");
    profile::choose_default(context, container, Confinement::Seccomp);
}
