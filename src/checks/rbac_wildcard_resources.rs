//! A rule of a role that covers every resource of the API server's own groups.

use crate::{
    kube::{self, Place},
    rule::{Context, Native},
};

pub(crate) const CHECK: Native = Native::Object(check);

fn check(ctx: &mut Context<'_, '_>) {
    if kube::is_rbac_default(ctx.object()) {
        return;
    }
    for rule in ctx.examined.role_rules.iter().filter(|rule| rule.names.is_none()) {
        let Some((resource, group)) = rule.every_resource().zip(rule.api_group()) else { continue };
        let place = Place::at(resource.span, None, format!("rules[{}].resources", rule.index));
        let groups = rule.groups_named();
        let say = format!("`*` covers every resource of {groups}, subresources and future ones too");
        ctx.report(place, &say).relate(group.span, "in this API group");
    }
}
