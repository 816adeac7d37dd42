//! A rule of a role that leaves nothing out of the API groups that it names.

use crate::{
    kube::{self, Place},
    rule::{Context, Native},
};

pub(crate) const CHECK: Native = Native::Object(check);

/// The finding is about the rule as a whole, so that those about its single rights can give way to it.
fn check(ctx: &mut Context<'_, '_>) {
    if kube::is_rbac_default(ctx.object()) {
        return;
    }
    for rule in &ctx.examined.role_rules {
        let Some(([verb, resource], group)) = rule.full_control().zip(rule.api_group()) else { continue };
        let groups = rule.groups_named();
        let say =
            format!("allows every verb on every resource of {groups}, subresources and future ones too");
        ctx.report(Place::at(resource.span, None, format!("rules[{}]", rule.index)), &say)
            .relate(verb.span, "with every verb")
            .relate(group.span, "in this API group");
    }
}
