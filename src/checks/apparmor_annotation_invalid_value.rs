//! AppArmor annotations whose value is no profile.

use crate::{
    kube::Confinement,
    rule::{Context, Native},
};

use super::profile;

pub(crate) const CHECK: Native = Native::Object(check);

fn check(context: &mut Context<'_, '_>) {
    profile::invalid_value(context, Confinement::AppArmor, true);
}
