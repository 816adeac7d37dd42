//! Subjects that collect rights from many bindings.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    index::Binding,
    kube::Subject,
    rule::{IndexContext, Native},
};

pub(crate) const CHECK: Native = Native::Index(check);

/// A role in a namespace; the same one bound again in the directory of another cluster counts once.
type Held<'i> = (Option<&'i str>, &'i str, &'i str);

fn check(ctx: &mut IndexContext<'_>) {
    let most = ctx.params.int("most").and_then(|most| usize::try_from(most).ok()).unwrap_or(10);
    let mut held: BTreeMap<String, (BTreeSet<Held<'_>>, &Binding, &Subject)> = BTreeMap::new();
    for binding in ctx.index.bindings().iter().filter(|binding| !binding.is_default) {
        let Some(role) = &binding.role_ref else { continue };
        for subject in binding.subjects.iter().filter(|subject| !subject.name.text.starts_with("system:")) {
            let key = match binding.account(subject) {
                Some((namespace, name)) => format!("ServiceAccount {}/{name}", namespace.unwrap_or_default()),
                None => subject.to_string(),
            };
            let (roles, ..) = held.entry(key).or_insert_with(|| (BTreeSet::new(), binding, subject));
            roles.insert((binding.object.namespace(), &role.kind.text, &role.name.text));
        }
    }
    for (name, (roles, binding, subject)) in held {
        if roles.len() <= most {
            continue;
        }
        let say = format!("`{name}` holds {} roles, more than {most}", roles.len());
        let path = format!("subjects[{}].name", subject.index);
        ctx.report(&binding.object.id, subject.name.span, &path, &say);
    }
}
