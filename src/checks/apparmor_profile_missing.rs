//! Containers for which nobody chose an AppArmor profile.

use super::profile::{self, Choice};
use crate::{
    kube::Confinement,
    rule::{Context, Native},
    yaml::Path,
};

pub(crate) const CHECK: Native = Native::Object(check);

fn check(context: &mut Context<'_, '_>) {
    if context.pod().is_none_or(|pod| pod.may_be_windows()) {
        return;
    }
    let (examined, target) = (context.examined, context.target.kubernetes);
    for container in examined.containers.iter().filter(|it| profile::apparmor(target, it) == Choice::Nothing)
    {
        let place = container.place(&Path::of(&["securityContext", "appArmorProfile"]));
        context.report(place, "no AppArmor profile is chosen for the container");
        profile::choose_default(context, container, Confinement::AppArmor);
    }
}
