//! Pods that choose an AppArmor profile for some of their containers and forget the others.

use super::profile::{self, Choice};
use crate::{
    kube::{Confinement, Container},
    rule::{Context, Native},
    yaml::Path,
};

pub(crate) const CHECK: Native = Native::Object(check);

fn check(context: &mut Context<'_, '_>) {
    if context.pod().is_none_or(|pod| pod.may_be_windows()) {
        return;
    }
    let (examined, target) = (context.examined, context.target.kubernetes);
    let (with, without): (Vec<&Container<'_>>, Vec<_>) = examined
        .containers
        .iter()
        .partition(|container| profile::apparmor(target, container) != Choice::Nothing);
    let Some(first) = with.first() else { return };
    let say = format!("no AppArmor profile is chosen for the container, but one is for `{}`", first.label());
    for container in without {
        let place = container.place(&Path::of(&["securityContext", "appArmorProfile"]));
        context.report(place, &say).relate(first.head(), "this container has a profile");
        profile::choose_default(context, container, Confinement::AppArmor);
    }
}
