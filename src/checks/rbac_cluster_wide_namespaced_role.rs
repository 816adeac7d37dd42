//! People who get, in every namespace, rights that make sense in one.

use crate::{
    index::{Binding, Index},
    kube::{self, ResourceScope},
    rule::{IndexContext, Native},
};

pub(crate) const CHECK: Native = Native::Index(check);

fn check(ctx: &mut IndexContext<'_>) {
    let index = ctx.index;
    for binding in index.bindings().iter().filter(|it| it.is_cluster_wide() && !it.is_default) {
        let Some(role_ref) = &binding.role_ref else { continue };
        let is_person = |kind: &str| matches!(kind, "User" | "Group");
        let person = binding
            .subjects
            .iter()
            .find(|subject| is_person(&subject.kind.text) && !subject.name.text.starts_with("system:"));
        let Some(person) = person.filter(|_| is_namespaced(index, binding, &role_ref.name.text)) else {
            continue;
        };
        let say = format!(
            "gives `{person}` the rights of `{}` in every namespace, and all of them are about things in one",
            role_ref.name.text
        );
        ctx.report(&binding.object.id, role_ref.name.span, "roleRef.name", &say)
            .relate(person.name.span, "to this subject");
    }
}

/// Whether all that the role allows lies in namespaces, as far as that is known.
fn is_namespaced(index: &Index, binding: &Binding, name: &str) -> bool {
    let Some(role) = index.role_of(binding) else { return name == "view" };
    let rules = index.rules_of(role);
    !rules.is_empty()
        && rules.iter().all(|(_, rule)| {
            rule.urls.is_empty()
                && !rule.resources.is_empty()
                && rule.resources.iter().all(|resource| {
                    rule.groups.iter().any(|group| {
                        kube::api_resource_scope(&group.text, &resource.text)
                            == Some(ResourceScope::Namespaced)
                    })
                })
        })
}
