//! A rule of a role that covers every resource of groups that others than the API server serve.

use crate::{
    kube::{self, Place, PolicyRule},
    rule::{Context, Native},
};

pub(crate) const CHECK: Native = Native::Object(check);

/// With every verb too, the finding is about the rule as a whole, and the one about the verbs gives way to it.
fn check(ctx: &mut Context<'_, '_>) {
    if kube::is_rbac_default(ctx.object()) {
        return;
    }
    for rule in ctx.examined.role_rules.iter().filter(|rule| is_custom(rule)) {
        let Some(resource) = rule.every_resource() else { continue };
        let groups = rule.groups_named();
        let (path, say) = match rule.full_control() {
            Some(_) => (
                format!("rules[{}]", rule.index),
                format!("allows every verb on every resource of {groups}, future ones too"),
            ),
            None => (
                format!("rules[{}].resources", rule.index),
                format!("`*` covers every resource of {groups}, future ones too"),
            ),
        };
        ctx.report(Place::at(resource.span, None, path), &say);
    }
}

fn is_custom(rule: &PolicyRule) -> bool {
    rule.names.is_none() && !rule.groups.is_empty() && rule.api_group().is_none()
}
