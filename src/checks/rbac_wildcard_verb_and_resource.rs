//! A rule of a role that leaves nothing out.

use crate::{
    kube::{self, Place},
    rule::{Context, Native},
};

pub(crate) const CHECK: Native = Native::Object(check);

/// The finding is about the rule as a whole, so that those about its single words can give way to it.
fn check(ctx: &mut Context<'_, '_>) {
    if kube::is_rbac_default(ctx.object()) {
        return;
    }
    let reach = if ctx.object().kind() == "Role" { "the namespace" } else { "the cluster" };
    for rule in &ctx.examined.role_rules {
        let Some([verb, resource, group]) = rule.everything() else { continue };
        let path = format!("rules[{}]", rule.index);
        let place = Place::at(resource.span, None, path);
        let say = format!("allows every verb on every resource of every API group, which is all of {reach}");
        ctx.report(place, &say)
            .relate(verb.span, "with every verb")
            .relate(group.span, "in every API group");
    }
}
