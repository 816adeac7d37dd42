//! Seccomp fields at versions that do not know them.

use crate::{
    kube::Confinement,
    rule::{Context, Native},
};

use super::profile;

pub(crate) const CHECK: Native = Native::Object(check);

fn check(context: &mut Context<'_, '_>) {
    profile::unsupported(context, Confinement::Seccomp);
}
