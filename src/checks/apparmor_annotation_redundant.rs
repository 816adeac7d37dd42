//! AppArmor annotations that say what the field says.

use crate::{
    kube::Confinement,
    rule::{Context, Native},
};

use super::profile;

pub(crate) const CHECK: Native = Native::Object(check);

fn check(context: &mut Context<'_, '_>) {
    profile::redundant(context, Confinement::AppArmor);
}
