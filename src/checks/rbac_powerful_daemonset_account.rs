//! Pods on every node that run as an account with rights over the whole cluster.

use crate::{
    base::Span,
    index::{Binding, Index, Workload},
    kube::PolicyRule,
    rule::{IndexContext, Native},
};

pub(crate) const CHECK: Native = Native::Index(check);

/// Group, resource, verb: whoever may do one of these in the whole cluster owns it.
const POWERS: &[(&str, &str, &str)] = &[
    ("", "nodes/proxy", "get"),
    ("", "nodes/proxy", "create"),
    ("", "secrets", "get"),
    ("", "secrets", "list"),
    ("", "secrets", "watch"),
    ("", "serviceaccounts/token", "create"),
    ("", "users", "impersonate"),
    ("", "groups", "impersonate"),
    ("", "serviceaccounts", "impersonate"),
    ("rbac.authorization.k8s.io", "clusterroles", "bind"),
    ("rbac.authorization.k8s.io", "clusterroles", "escalate"),
];

/// Built-in roles that hold one of them.
const BUILT_IN: &[&str] = &["cluster-admin", "admin", "edit"];

fn check(ctx: &mut IndexContext<'_>) {
    let index = ctx.index;
    let kinds = ctx.params.texts("kinds");
    for workload in index.workloads().iter().filter(|it| kinds.contains(&&*it.object.id.kind)) {
        let Some(account) = workload.account_name.as_deref().filter(|_| has_token(index, workload)) else {
            continue;
        };
        let bindings = index.bindings_of_workload(workload);
        let Some((binding, power, span)) =
            bindings.into_iter().find_map(|(binding, _)| power_of(index, binding))
        else {
            continue;
        };
        let say = format!("runs as ServiceAccount `{account}`, which {power} in the whole cluster");
        let finding = ctx.report(&workload.object.id, workload.account_span, &workload.account_path, &say);
        finding.relate(binding.object.head, format!("by this {}", binding.object.id.kind));
        if let Some(span) = span {
            finding.relate(span, "by this rule");
        }
    }
}

/// A pod without a token cannot use the account's rights.
fn has_token(index: &Index, workload: &Workload) -> bool {
    let account = || index.account_of(workload).and_then(|account| account.automount);
    workload.automount.or_else(account) != Some(false)
}

/// What `binding` allows in the whole cluster, and by which word of which rule. The namespace of the control
/// plane counts as the whole: its Secrets and tokens open the rest.
fn power_of<'i>(index: &'i Index, binding: &'i Binding) -> Option<(&'i Binding, String, Option<Span>)> {
    if !binding.is_cluster_wide() && binding.object.namespace() != Some("kube-system") {
        return None;
    }
    let Some(role) = index.role_of(binding) else {
        let role_ref = binding.role_ref.as_ref().filter(|it| &*it.kind.text == "ClusterRole")?;
        let name = &*role_ref.name.text;
        return BUILT_IN.contains(&name).then(|| (binding, format!("holds `{name}`"), None));
    };
    index.rules_of(role).into_iter().find_map(|(_, rule)| {
        let (say, span) = power(rule)?;
        Some((binding, say, Some(span)))
    })
}

fn power(rule: &PolicyRule) -> Option<(String, Span)> {
    POWERS.iter().find_map(|(group, resource, verb)| {
        let (word, _) = rule.allows(group, resource, verb)?;
        Some((format!("may `{verb}` `{resource}`"), word.span))
    })
}
