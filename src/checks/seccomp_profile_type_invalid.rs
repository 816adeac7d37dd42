//! Seccomp fields whose type the API server refuses.

use crate::{
    kube::Confinement,
    rule::{Context, Native},
};

use super::profile;

pub(crate) const CHECK: Native = Native::Object(check);

fn check(context: &mut Context<'_, '_>) {
    profile::invalid_type(context, Confinement::Seccomp);
}
