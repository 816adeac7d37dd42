//! A rule of a role that leaves nothing out, or nothing that its holder could not take.

use crate::{
    kube::{self, Item, Place, PolicyRule},
    rule::{Context, Native},
};

pub(crate) const CHECK: Native = Native::Object(check);

/// API groups with a verb that opens the rest, and what its holder may then do: in the cluster, in a namespace.
const OPENING: &[(&str, [&str; 2])] = &[
    (
        "",
        [
            "so its holder may act as anybody and run commands on every node",
            "so its holder may act as every ServiceAccount of the namespace",
        ],
    ),
    (
        "rbac.authorization.k8s.io",
        [
            "so its holder may give itself every right",
            "so its holder may give itself every right in the namespace",
        ],
    ),
];

/// The finding is about the rule as a whole, so that those about its single words can give way to it.
fn check(ctx: &mut Context<'_, '_>) {
    if kube::is_rbac_default(ctx.object()) {
        return;
    }
    let in_namespace = ctx.object().kind() == "Role";
    for rule in &ctx.examined.role_rules {
        let Some((say, [verb, resource, group])) = judge(rule, in_namespace) else { continue };
        let place = Place::at(resource.span, None, format!("rules[{}]", rule.index));
        ctx.report(place, &say)
            .relate(verb.span, "with every verb")
            .relate(group.span, if &*group.text == "*" { "in every API group" } else { "in this API group" });
    }
}

fn judge(rule: &PolicyRule, in_namespace: bool) -> Option<(String, [&Item; 3])> {
    let facts = "allows every verb on every resource of";
    if let Some(words) = rule.everything() {
        let reach = if in_namespace { "the namespace" } else { "the cluster" };
        return Some((format!("{facts} every API group, which is all of {reach}"), words));
    }
    let [verb, resource] = rule.full_control().filter(|[verb, _]| &*verb.text == "*")?;
    let (group, what) = OPENING.iter().find_map(|(name, what)| {
        let group = rule.groups.iter().find(|group| *group.text == **name)?;
        Some((group, what[usize::from(in_namespace)]))
    })?;
    Some((format!("{facts} {}, {what}", rule.groups_named()), [verb, resource, group]))
}
