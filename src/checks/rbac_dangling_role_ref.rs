//! Bindings to roles that nothing in the repository defines.

use crate::{
    index::{Binding, Index},
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
    for binding in index.bindings().iter().filter(|binding| !binding.is_default) {
        let Some(role_ref) = &binding.role_ref else { continue };
        let (kind, name) = (&*role_ref.kind.text, &*role_ref.name.text);
        let is_built_in = BUILT_IN.contains(&(kind, name)) || name.starts_with("system:");
        if !matches!(kind, "Role" | "ClusterRole") || is_built_in || has_namesake(index, kind, name) {
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

fn has_namesake(index: &Index, kind: &str, name: &str) -> bool {
    index.roles().iter().any(|role| role.object.id.kind == kind && is_name(&role.object.id.name, name))
}

/// A name with a placeholder in it may be any name.
fn is_name(own: &str, name: &str) -> bool {
    own == name || crate::kube::is_placeholder(own)
}

fn similar<'i>(index: &'i Index, binding: &Binding, kind: &str, name: &str) -> Option<&'i str> {
    const FAR: usize = 3;
    let beside = index.roles().iter().filter(|role| {
        role.object.id.kind == kind && role.object.source() == binding.object.source()
    });
    let near = beside.map(|role| (strsim::levenshtein(&role.object.id.name, name), &*role.object.id.name));
    near.filter(|(far, _)| *far < FAR).min().map(|(_, name)| name)
}
