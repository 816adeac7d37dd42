//! The path of a seccomp profile below the kubelet's folder, by the API server's validation of the field.

use super::profile::{self, Fault};
use crate::{
    kube::Confinement,
    rule::{Context, Native},
};

pub(crate) const CHECK: Native = Native::Object(check);

/// Where the kubelet looks for profiles unless told otherwise.
const ROOT: &str = "/var/lib/kubelet/seccomp/";

fn check(context: &mut Context<'_, '_>) {
    profile::localhost_and_type_agree(context, Confinement::Seccomp, fault);
}

fn fault(path: &str) -> Option<Fault> {
    if path.is_empty() {
        return Some(Fault { is: "is empty, so no container starts with it".to_owned(), meant: None });
    }
    let is = profile::path_fault(path)?;
    let meant =
        path.strip_prefix(ROOT).filter(|rest| !rest.is_empty() && profile::path_fault(rest).is_none());
    Some(Fault {
        is: format!("is `{path}`, which {is}, so the API server refuses the pod"),
        meant: meant.map(str::to_owned),
    })
}
