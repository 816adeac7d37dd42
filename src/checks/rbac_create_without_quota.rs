//! People who may create objects in a namespace that nothing bounds.

use std::collections::BTreeSet;

use crate::{
    base::Span,
    index::{Binding, Declared, Index},
    kube::{self, ResourceScope},
    rule::{IndexContext, Native},
};

pub(crate) const CHECK: Native = Native::Index(check);

/// Only where the namespace itself is among the files: then its quota would be too. One finding a namespace.
fn check(ctx: &mut IndexContext<'_>) {
    let index = ctx.index;
    let mut told = BTreeSet::new();
    for binding in index.bindings().iter().filter(|it| !it.is_cluster_wide() && !it.is_default) {
        let Some(namespace) = binding.object.namespace().filter(|it| is_unbounded(index, it)) else {
            continue;
        };
        let person = binding.subjects.iter().any(|subject| {
            matches!(&*subject.kind.text, "User" | "Group") && !subject.name.text.starts_with("system:")
        });
        let Some((role_ref, verb)) =
            binding.role_ref.as_ref().zip(creates(index, binding)).filter(|_| person)
        else {
            continue;
        };
        if !told.insert(namespace) {
            continue;
        }
        let say =
            format!("lets people create objects in namespace `{namespace}`, which has no ResourceQuota");
        ctx.report(&binding.object.id, role_ref.name.span, "roleRef.name", &say)
            .relate(verb, "with this verb");
    }
}

fn is_unbounded(index: &Index, namespace: &str) -> bool {
    let may_bound =
        |quota: &Declared| quota.namespace().is_none_or(|it| it == namespace || kube::is_placeholder(it));
    index.namespaces().iter().any(|it| it.id.name == namespace) && !index.quotas().iter().any(may_bound)
}

/// The verb by which the binding's role allows the creation of something in a namespace.
fn creates(index: &Index, binding: &Binding) -> Option<Span> {
    let role = index.role_of(binding)?;
    index.rules_of(role).into_iter().find_map(|(_, rule)| {
        let verb = rule.verbs_matching("create").next()?;
        let namespaced = rule.resources.iter().any(|resource| {
            &*resource.text == "*"
                || rule.groups.iter().any(|group| {
                    kube::api_resource_scope(&group.text, &resource.text) == Some(ResourceScope::Namespaced)
                })
        });
        (namespaced && rule.names.is_none()).then_some(verb.span)
    })
}
