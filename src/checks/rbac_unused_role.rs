//! Roles that nothing in the repository binds.

use crate::{
    index::Index,
    rule::{IndexContext, Native},
};

pub(crate) const CHECK: Native = Native::Index(check);

fn check(ctx: &mut IndexContext<'_>) {
    let index = ctx.index;
    for role in index.roles().iter().filter(|role| !role.is_default && role.object.has_known_name()) {
        let id = &role.object.id;
        if role.labels.is_none() || index.is_aggregated(role) || may_be_bound(index, &id.kind, &id.name) {
            continue;
        }
        ctx.report(id, role.object.head, "metadata.name", "no binding among these files grants this role");
    }
}

/// A binding that hides the name of its role may mean any role.
fn may_be_bound(index: &Index, kind: &str, name: &str) -> bool {
    index.bindings().iter().any(|binding| match &binding.role_ref {
        Some(role_ref) => (&*role_ref.kind.text, &*role_ref.name.text) == (kind, name),
        None => true,
    })
}
