//! Service accounts that hold no rights.

use crate::{
    index::Index,
    kube::is_placeholder,
    rule::{IndexContext, Native},
};

pub(crate) const CHECK: Native = Native::Index(check);

fn check(ctx: &mut IndexContext<'_>) {
    let index = ctx.index;
    for account in index.accounts() {
        let id = &account.object.id;
        if id.name == "default"
            || !account.object.has_known_name()
            || may_be_bound(index, id.namespace.as_deref(), &id.name)
        {
            continue;
        }
        let say = "no binding among these files names this service account";
        ctx.report(id, account.object.head, "metadata.name", say);
    }
}

fn may_be_bound(index: &Index, namespace: Option<&str>, name: &str) -> bool {
    index.bindings().iter().any(|binding| {
        let hidden = binding.subjects.len() < binding.subject_count as usize;
        hidden
            || binding.subjects.iter().filter_map(|subject| binding.account(subject)).any(|(own, account)| {
                let open = |it: Option<&str>| it.is_none_or(is_placeholder);
                account == name && (open(own) || open(namespace) || own == namespace)
            })
    })
}
