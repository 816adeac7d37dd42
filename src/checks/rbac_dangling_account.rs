//! Bindings to service accounts that nothing in the repository defines.

use crate::{
    index::Index,
    kube::is_placeholder,
    rule::{IndexContext, Native},
};

pub(crate) const CHECK: Native = Native::Index(check);

fn check(ctx: &mut IndexContext<'_>) {
    let index = ctx.index;
    for binding in index.bindings().iter().filter(|binding| !binding.is_default) {
        for subject in binding.subjects.iter().filter(|subject| subject.is_service_account()) {
            // Every namespace has its `default`; those of the control plane are not the repository's to fill.
            let Some((Some(namespace), name)) = binding.account(subject) else { continue };
            let is_given = name == "default" || namespace.starts_with("kube-") || is_placeholder(namespace);
            if is_given || is_here(index, namespace, name) {
                continue;
            }
            let path = format!("subjects[{}].name", subject.index);
            let say = format!("ServiceAccount `{namespace}/{name}` is not among these files");
            ctx.report(&binding.object.id, subject.name.span, &path, &say);
        }
    }
}

fn is_here(index: &Index, namespace: &str, name: &str) -> bool {
    index.accounts().iter().any(|account| {
        let own = account.object.namespace();
        (*account.object.id.name == *name || is_placeholder(&account.object.id.name))
            && own.is_none_or(|own| own == namespace || is_placeholder(own))
    })
}
