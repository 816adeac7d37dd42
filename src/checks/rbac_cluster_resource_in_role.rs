//! Roles that name resources which no namespace holds.

use super::rbac_word;
use crate::{
    kube::{self, Place, PolicyRule, ResourceScope},
    rule::{Context, Native},
};

pub(crate) const CHECK: Native = Native::Object(check);

/// Only where every group of the rule is known to serve the resource outside namespaces, or not at all.
fn check(ctx: &mut Context<'_, '_>) {
    for rule in &ctx.examined.role_rules {
        for resource in rule.resources.iter().filter(|resource| is_cluster_wide(rule, &resource.text)) {
            let path = format!("rules[{}].resources", rule.index);
            let place = Place::at(resource.span, None, path);
            let say =
                format!("`{}` are in no namespace, so a Role cannot allow anything on them", resource.text);
            ctx.report(place, &say);
            let is_idle = |word: &str| is_cluster_wide(rule, word);
            rbac_word::mend(ctx, (rule.index, "resources"), resource.span, &is_idle, None);
        }
    }
}

fn is_cluster_wide(rule: &PolicyRule, resource: &str) -> bool {
    let scopes: Vec<_> =
        rule.groups.iter().filter_map(|group| kube::api_resource_scope(&group.text, resource)).collect();
    let groups_known = rule.groups.iter().all(|group| kube::is_api_group(&group.text));
    groups_known && !scopes.is_empty() && scopes.iter().all(|scope| *scope == ResourceScope::Cluster)
}
