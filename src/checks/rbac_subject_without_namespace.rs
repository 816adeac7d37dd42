//! Service accounts in a `ClusterRoleBinding` that nothing gives a namespace.

use crate::{
    kube::is_placeholder,
    rule::{IndexContext, Native},
};

pub(crate) const CHECK: Native = Native::Index(check);

/// Kustomize fills the namespace in for `default` and for accounts that it builds along, so an account of that name
/// among the files leaves the matter open.
fn check(ctx: &mut IndexContext<'_>) {
    let index = ctx.index;
    for binding in index.bindings().iter().filter(|binding| binding.is_cluster_wide()) {
        for subject in binding.subjects.iter().filter(|subject| subject.is_service_account()) {
            let name = &*subject.name.text;
            let may_be = |own: &str| own == name || is_placeholder(own);
            let is_open = name == "default" || index.accounts().iter().any(|it| may_be(&it.object.id.name));
            if subject.namespace.is_some() || is_open {
                continue;
            }
            let path = format!("subjects[{}]", subject.index);
            let say = format!("ServiceAccount `{name}` has no namespace, and nothing here gives it one");
            ctx.report(&binding.object.id, subject.name.span, &path, &say);
        }
    }
}
