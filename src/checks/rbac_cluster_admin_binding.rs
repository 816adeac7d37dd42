//! Bindings to `cluster-admin`, other than those that a cluster starts with.

use crate::{
    kube::{self, Subject},
    rule::{Context, Native},
    yaml::Path,
};

pub(crate) const CHECK: Native = Native::Object(check);

/// Points at the role's name and names who gets it.
fn check(ctx: &mut Context<'_, '_>) {
    let object = ctx.object();
    let name = object.name().unwrap_or_default();
    if !kube::is_binding(object) || kube::is_rbac_default(object) || name.starts_with("system:") {
        return;
    }
    let Some(role) = kube::role_ref(object) else { return };
    if (&*role.kind.text, &*role.name.text) != ("ClusterRole", "cluster-admin") {
        return;
    }
    let subjects = kube::subjects(object);
    let granted: Vec<&Subject> = subjects.iter().filter(|subject| !is_control_plane(subject)).collect();
    let Some(first) = granted.first() else { return };
    let more = match granted.len() {
        1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    let reach = if object.kind() == "ClusterRoleBinding" { "the cluster" } else { "the namespace" };
    let say = format!("`roleRef.name` is `cluster-admin`, so `{first}`{more} may do everything in {reach}");
    let finding = ctx.report(object.place(&Path::of(&["roleRef", "name"])), &say);
    for subject in granted.iter().take(3) {
        finding.relate(subject.name.span, "to this subject");
    }
}

/// Names that begin with `system:` belong to the control plane; some of them mean many people or accounts.
fn is_control_plane(subject: &Subject) -> bool {
    let name = &*subject.name.text;
    let is_crowd = ["system:anonymous", "system:unauthenticated", "system:authenticated"].contains(&name)
        || name.starts_with("system:serviceaccount");
    !subject.is_service_account() && name.starts_with("system:") && !is_crowd
}
