//! Bindings to `cluster-admin`.

use crate::{
    kube::{self, Object, Subject},
    rule::{Context, Native},
    yaml::Path,
};

pub(crate) const CHECK: Native = Native::Object(check);

/// Points at the role's name and names who gets it. Those who are many are the business of another rule, in the
/// whole cluster.
fn check(ctx: &mut Context<'_, '_>) {
    let object = ctx.object();
    if !grants_cluster_admin(object) {
        return;
    }
    let is_cluster_wide = object.kind() == "ClusterRoleBinding";
    let subjects = kube::subjects(object);
    let is_told_elsewhere =
        |subject: &Subject| is_masters(subject) || is_cluster_wide && means_many(subject).is_some();
    let granted: Vec<&Subject> = subjects.iter().filter(|it| !is_told_elsewhere(it)).collect();
    let Some(first) = granted.first() else { return };
    let more = match granted.len() {
        1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    let reach = if is_cluster_wide { "the cluster" } else { "the namespace" };
    let say = format!("`roleRef.name` is `cluster-admin`, so `{first}`{more} may do everything in {reach}");
    let finding = ctx.report(object.place(&Path::of(&["roleRef", "name"])), &say);
    for subject in granted.iter().take(3) {
        finding.relate(subject.name.span, "to this subject");
    }
}

/// Whether `object` is a binding to the built-in role.
pub(super) fn grants_cluster_admin(object: &Object<'_>) -> bool {
    kube::is_binding(object)
        && kube::role_ref(object)
            .is_some_and(|role| (&*role.kind.text, &*role.name.text) == ("ClusterRole", "cluster-admin"))
}

/// Whom the subject stands for, where that is more than one of a team: the crowds that Kubernetes fills, and the
/// account of every pod that names none.
pub(super) fn means_many(subject: &Subject) -> Option<&'static str> {
    let is_default = subject.account().is_some_and(|(_, name)| name == "default");
    subject.crowd().or_else(|| is_default.then_some("the ServiceAccount of every pod that names none"))
}

/// The group that every cluster binds to `cluster-admin`; a rule of its own looks at its other bindings.
fn is_masters(subject: &Subject) -> bool {
    subject.is_group("system:masters")
}
