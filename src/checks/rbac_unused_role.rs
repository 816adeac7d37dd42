//! Roles that nothing in the repository binds.

use std::collections::BTreeSet;

use crate::rule::{IndexContext, Native};

pub(crate) const CHECK: Native = Native::Index(check);

fn check(ctx: &mut IndexContext<'_>) {
    let index = ctx.index;
    let mut bound: BTreeSet<(&str, &str)> = BTreeSet::new();
    for binding in index.bindings() {
        // A binding that hides the name of its role may mean any role.
        let Some(role_ref) = &binding.role_ref else { return };
        bound.insert((&role_ref.kind.text, &role_ref.name.text));
    }
    for role in index.roles().iter().filter(|role| !role.is_default && role.object.has_known_name()) {
        let id = &role.object.id;
        let is_bound = bound.contains(&(id.kind.as_str(), id.name.as_str()));
        if role.labels.is_none() || is_bound || index.is_aggregated(role) {
            continue;
        }
        ctx.report(id, role.object.head, "metadata.name", "no binding among these files grants this role");
    }
}
