//! The name of an AppArmor profile on the node, by the API server's validation of the field.

use super::profile::{self, Fault};
use crate::{
    kube::Confinement,
    rule::{Context, Native},
};

pub(crate) const CHECK: Native = Native::Object(check);

/// Bytes; the API server's limit.
const LONGEST: usize = 4095;

fn check(context: &mut Context<'_, '_>) {
    profile::localhost_and_type_agree(context, Confinement::AppArmor, fault);
}

fn fault(name: &str) -> Option<Fault> {
    let trimmed = name.trim();
    if trimmed.is_empty() {
        return Some(Fault { is: "is empty, so the API server refuses the pod".to_owned(), meant: None });
    }
    if trimmed != name {
        let is = "begins or ends with a blank, so the API server refuses the pod".to_owned();
        return Some(Fault { is, meant: Some(trimmed.to_owned()) });
    }
    let length = name.len();
    (length > LONGEST).then(|| Fault {
        is: format!("has {length} bytes, more than the {LONGEST} that the API server takes"),
        meant: None,
    })
}
