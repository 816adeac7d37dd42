//! Bindings to roles that nothing in the repository defines.

use std::collections::BTreeSet;

use crate::{
    index::{Binding, Index},
    kube::is_placeholder,
    rule::{IndexContext, Native},
};

pub(crate) const CHECK: Native = Native::Index(check);

/// The roles that every cluster has, those of the `system:` prefix aside.
const BUILT_IN: &[(&str, &str)] = &[
    ("ClusterRole", "cluster-admin"),
    ("ClusterRole", "admin"),
    ("ClusterRole", "edit"),
    ("ClusterRole", "view"),
    ("Role", "extension-apiserver-authentication-reader"),
];

/// A role may come from a chart, an operator or another repository, so this speaks only where a role of that name
/// is nowhere, whatever its namespace.
fn check(ctx: &mut IndexContext<'_>) {
    let index = ctx.index;
    let known: BTreeSet<(&str, &str)> = index
        .roles()
        .iter()
        .map(|role| (role.object.id.kind.as_str(), role.object.id.name.as_str()))
        .collect();
    // A name with a placeholder in it may be any name.
    let hidden: BTreeSet<&str> =
        known.iter().filter(|(_, name)| is_placeholder(name)).map(|(kind, _)| *kind).collect();
    for binding in index.bindings().iter().filter(|binding| !binding.is_default) {
        let Some(role_ref) = &binding.role_ref else { continue };
        let (kind, name) = (&*role_ref.kind.text, &*role_ref.name.text);
        let is_built_in = BUILT_IN.contains(&(kind, name)) || name.starts_with("system:");
        let is_here = known.contains(&(kind, name)) || hidden.contains(kind);
        if !matches!(kind, "Role" | "ClusterRole") || is_built_in || is_here {
            continue;
        }
        let say = format!("`roleRef` names {kind} `{name}`, which is not among these files");
        let meant = similar(index, binding, kind, name);
        let finding = ctx.report(&binding.object.id, role_ref.name.span, "roleRef.name", &say);
        if let Some(meant) = meant {
            finding.advise(format!("Did you mean `{meant}`?"));
        }
    }
}

fn similar<'i>(index: &'i Index, binding: &Binding, kind: &str, name: &str) -> Option<&'i str> {
    const FAR: usize = 3;
    let beside = index
        .roles()
        .iter()
        .filter(|role| role.object.id.kind == kind && role.object.source() == binding.object.source());
    let near = beside.map(|role| (strsim::levenshtein(&role.object.id.name, name), &*role.object.id.name));
    near.filter(|(far, _)| *far < FAR).min().map(|(_, name)| name)
}
