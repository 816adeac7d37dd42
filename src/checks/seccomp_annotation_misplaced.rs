//! Seccomp annotations on metadata that no pod gets.

use crate::{
    kube::Confinement,
    rule::{Context, Native},
};

use super::profile;

pub(crate) const CHECK: Native = Native::Object(check);

fn check(context: &mut Context<'_, '_>) {
    profile::misplaced(context, Confinement::Seccomp);
}
