//! Bindings whose role leaves nothing out.

use crate::rule::{IndexContext, Native};

pub(crate) const CHECK: Native = Native::Index(check);

fn check(ctx: &mut IndexContext<'_>) {
    let index = ctx.index;
    for binding in index.bindings().iter().filter(|binding| !binding.is_default && binding.subject_count > 0)
    {
        let (Some(role_ref), Some(role)) = (&binding.role_ref, index.role_of(binding)) else { continue };
        if role.is_default {
            continue;
        }
        let everything =
            index.rules_of(role).into_iter().find_map(|(_, rule)| Some((rule.index, rule.everything()?)));
        let Some((at, [_, resource, _])) = everything else { continue };
        let reach = if binding.is_cluster_wide() { "the cluster" } else { "the namespace" };
        let say = format!(
            "`roleRef.name` is `{}`, whose `rules[{at}]` allows everything in {reach}",
            role_ref.name.text
        );
        ctx.report(&binding.object.id, role_ref.name.span, "roleRef.name", &say)
            .relate(resource.span, "every resource, with every verb, in every API group");
    }
}
