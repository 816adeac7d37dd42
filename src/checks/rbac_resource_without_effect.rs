//! Words among a rule's resources that match nothing the API serves.

use super::rbac_word;
use crate::{
    kube::{self, Place, PolicyRule},
    rule::{Context, Native},
};

pub(crate) const CHECK: Native = Native::Object(check);

/// Speaks only where the API server's own groups decide alone: the resources of others are not known here.
fn check(ctx: &mut Context<'_, '_>) {
    for rule in &ctx.examined.role_rules {
        for resource in &rule.resources {
            let Some((say, advice)) = judge(rule, &resource.text) else { continue };
            let path = format!("rules[{}].resources", rule.index);
            let finding = ctx.report(Place::at(resource.span, None, path), &say);
            finding.advise(advice);
            for group in &rule.groups {
                finding.relate(group.span, "in this API group");
            }
            let is_idle = |word: &str| judge(rule, word).is_some();
            let meant = meant(rule, &resource.text);
            rbac_word::mend(ctx, (rule.index, "resources"), resource.span, &is_idle, meant);
        }
    }
}

/// What the API calls the resource, where the rule's groups serve it.
fn meant(rule: &PolicyRule, word: &str) -> Option<&'static str> {
    kube::api_resource_meant_by(word).filter(|meant| {
        rule.groups.iter().any(|group| kube::api_resource_scope(&group.text, meant).is_some())
    })
}

fn judge(rule: &PolicyRule, word: &str) -> Option<(String, String)> {
    if let Some(base) = word.strip_suffix("/*").filter(|base| *base != "*") {
        let say =
            format!("`{word}` matches nothing: only `*` stands for every subresource, of every resource");
        return Some((say, format!("Name the subresources, such as `{base}/status`.")));
    }
    let groups_known = rule.groups.iter().all(|group| kube::is_api_group(&group.text));
    if !groups_known || rule.groups.is_empty() {
        return None;
    }
    let served = rule.groups.iter().any(|group| kube::api_resource_scope(&group.text, word).is_some());
    if served || word.starts_with("namespaces") {
        return None;
    }
    if let Some(meant) = kube::api_resource_meant_by(word) {
        let say = format!("`{word}` matches nothing: the API calls this resource `{meant}`");
        return Some((say, format!("Write `{meant}`.")));
    }
    let groups: Vec<String> = kube::api_groups_of(word).map(|group| format!("`{group}`")).collect();
    (!groups.is_empty()).then(|| {
        let groups = groups.join(" or ").replace("``", "`\"\"`");
        let say = format!("`{word}` matches nothing here: it belongs to the API group {groups}");
        (say, format!("Move `{word}` to a rule whose `apiGroups` has {groups}."))
    })
}
