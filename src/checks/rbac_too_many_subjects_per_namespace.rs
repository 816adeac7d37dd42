//! Namespaces in which many subjects hold rights.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    index::Binding,
    kube::is_placeholder,
    rule::{IndexContext, Native},
};

pub(crate) const CHECK: Native = Native::Index(check);

fn check(ctx: &mut IndexContext<'_>) {
    let most = ctx.params.int("most").and_then(|most| usize::try_from(most).ok()).unwrap_or(25);
    let mut bound: BTreeMap<&str, (BTreeSet<String>, &Binding)> = BTreeMap::new();
    for binding in ctx.index.bindings().iter().filter(|it| !it.is_cluster_wide() && !it.is_default) {
        let Some(namespace) = binding.object.namespace().filter(|it| !is_placeholder(it)) else { continue };
        let (subjects, _) = bound.entry(namespace).or_insert_with(|| (BTreeSet::new(), binding));
        subjects.extend(binding.subjects.iter().map(|subject| match binding.account(subject) {
            Some((namespace, name)) => format!("ServiceAccount {}/{name}", namespace.unwrap_or_default()),
            None => subject.to_string(),
        }));
    }
    for (namespace, (subjects, binding)) in bound {
        if subjects.len() <= most {
            continue;
        }
        let say =
            format!("{} subjects hold rights in namespace `{namespace}`, more than {most}", subjects.len());
        ctx.report(&binding.object.id, binding.object.head, "metadata.namespace", &say);
    }
}
