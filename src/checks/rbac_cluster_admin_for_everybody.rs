//! Bindings to `cluster-admin` whose subject stands for many.

use super::rbac_cluster_admin_binding::{grants_cluster_admin, means_many};
use crate::{
    kube,
    rule::{Context, Native},
    yaml::Path,
};

pub(crate) const CHECK: Native = Native::Object(check);

/// Points at the subject, so that what is said about this subject elsewhere can give way.
fn check(ctx: &mut Context<'_, '_>) {
    let object = ctx.object();
    if !grants_cluster_admin(object) {
        return;
    }
    let role = object.place(&Path::of(&["roleRef", "name"])).span;
    for subject in kube::subjects(object) {
        let Some(who) = means_many(&subject) else { continue };
        let path = format!("subjects[{}].name", subject.index);
        let name = &subject.name.text;
        let say =
            format!("`{path}` is `{name}`, {who}, and `cluster-admin` allows everything in the cluster");
        ctx.report(kube::Place::at(subject.name.span, None, path), &say).relate(role, "with this role");
    }
}
