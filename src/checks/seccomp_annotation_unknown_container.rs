//! Seccomp annotations for a container that the pod does not have.

use crate::{
    kube::Confinement,
    rule::{Context, Native},
};

use super::profile;

pub(crate) const CHECK: Native = Native::Object(check);

fn check(context: &mut Context<'_, '_>) {
    profile::unknown_container(context, Confinement::Seccomp, "so it does nothing");
}
