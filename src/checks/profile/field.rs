//! Mistakes in the fields that choose profiles.

use super::repair;
use crate::{
    kube::{Confinement, Container, Pod, Profile, ProfileField, Read, Scope, profile_fields},
    rule::Context,
    yaml::Node,
};

/// Reports fields whose type is neither of the two that Pod Security allows.
pub(in crate::checks) fn disallowed(context: &mut Context<'_, '_>, confinement: Confinement) {
    for field in fields(context, confinement) {
        if field.confines() != Some(false) {
            continue;
        }
        let path = field.path();
        let say = match field.kind() {
            Read::Is(kind) if kind == "Unconfined" => {
                let whom = if field.container.is_some() {
                    ""
                } else {
                    " for containers without a profile of their own"
                };
                format!("`{path}.type` is `{kind}`, which switches {} off{whom}", confinement.name())
            }
            Read::Is(kind) => {
                format!("`{path}.type` is `{kind}`; only `RuntimeDefault` and `Localhost` are allowed")
            }
            _ => format!("`{path}` has no `type`; only `RuntimeDefault` and `Localhost` are allowed"),
        };
        context.report(field.place("type"), &say);
        repair::use_default(context, field);
    }
}

/// Reports fields whose type the API server does not know.
pub(in crate::checks) fn invalid_type(context: &mut Context<'_, '_>, confinement: Confinement) {
    for field in fields(context, confinement) {
        let path = field.path();
        let (say, word) = match field.kind() {
            Read::Is(kind) if !matches!(&*kind, "RuntimeDefault" | "Localhost" | "Unconfined") => (
                format!(
                    "`{path}.type` is `{kind}`, none of `RuntimeDefault`, `Localhost` and `Unconfined`, so the \
                     API server refuses the pod"
                ),
                kind.into_owned(),
            ),
            Read::Missing => {
                (format!("`{path}` has no `type`, so the API server refuses the pod"), String::new())
            }
            _ => continue,
        };
        let name = field.localhost().known().filter(|name| !name.is_empty());
        let meant = match name {
            Some(name) => Some(Profile::Localhost(name)),
            None => Profile::meant_by(&word),
        };
        let diagnostic = context.report(field.place("type"), &say);
        if let Some(meant) = &meant {
            diagnostic.advise(format!("Write `{}: {}`.", confinement.field(), meant.in_field()));
        }
        match meant {
            Some(meant) => repair::set_type(context, field, &meant),
            None if word.is_empty() => repair::use_default(context, field),
            None => {}
        }
    }
}

/// What is wrong with the name of a profile on the node.
pub(in crate::checks) struct Fault {
    /// What it is, after "`localhostProfile`" in a message.
    pub(in crate::checks) is: String,
    /// The name that was meant, where that is clear.
    pub(in crate::checks) meant: Option<String>,
}

/// Reports a `localhostProfile` without `type: Localhost`, and the other way round, by the API server's
/// validation; `fault` judges the name where both are there.
pub(in crate::checks) fn localhost_and_type_agree(
    context: &mut Context<'_, '_>,
    confinement: Confinement,
    fault: impl Fn(&str) -> Option<Fault>,
) {
    for field in fields(context, confinement) {
        let Read::Is(kind) = field.kind() else { continue };
        let path = format!("{}.localhostProfile", field.path());
        let (say, meant) = match (&*kind, field.localhost()) {
            ("Localhost", Read::Missing) => (
                format!("`type` is `Localhost` but `{path}` is missing, so the API server refuses the pod"),
                None,
            ),
            ("Localhost", Read::Is(name)) => match fault(&name) {
                Some(fault) => (format!("`{path}` {}", fault.is), fault.meant),
                None => continue,
            },
            ("RuntimeDefault" | "Unconfined", Read::Is(name)) => (
                format!("`{path}` is set but `type` is `{kind}`, so the API server refuses the pod"),
                Some(name.into_owned()),
            ),
            _ => continue,
        };
        let kind_span = field.node.get("type").map(Node::span);
        let diagnostic = context.report(field.place("localhostProfile"), &say);
        if let Some(span) = kind_span {
            diagnostic.relate(span, "the type");
        }
        let Some(name) = meant else { continue };
        let is_whole = fault(&name).is_none();
        let profile = Profile::Localhost(name.into());
        diagnostic.advise(format!(
            "For this profile, write `{}: {}`.",
            confinement.field(),
            profile.in_field()
        ));
        if is_whole {
            repair::set_localhost(context, field, &profile);
        }
    }
}

/// Reports fields that the target version does not know yet, unless annotations say what they say.
pub(in crate::checks) fn unsupported(context: &mut Context<'_, '_>, confinement: Confinement) {
    let Some(pod) = context.pod().filter(|pod| !pod.may_be_windows()) else { return };
    for field in fields(context, confinement) {
        let missing = unannotated(pod, context.containers(), &field, confinement);
        if missing.is_empty() {
            continue;
        }
        let say = format!("Kubernetes {} does not know `{}`", context.target.kubernetes, field.path());
        let diagnostic = context.report(field.own_place(), &say);
        if let Some(profile) = field.profile() {
            let value = profile.in_annotation();
            let lines: Vec<String> = missing.iter().map(|key| format!("`{key}: {value}`")).collect();
            let metadata = pod.metadata_path();
            diagnostic.advise(format!("Add to `{metadata}.annotations`: {}.", lines.join(", ")));
            if profile != Profile::Unconfined {
                repair::add_annotations(context, &missing, &value);
            }
        }
    }
}

/// The keys of the annotations that would say what `field` says, and are not there.
fn unannotated(
    pod: Pod<'_>,
    containers: &[Container<'_>],
    field: &ProfileField<'_>,
    confinement: Confinement,
) -> Vec<String> {
    let annotations = pod.profile_annotations(confinement);
    let key_of =
        |container: &Container<'_>| format!("{}{}", confinement.container_prefix(), container.label());
    let lacks = |container: &&Container<'_>| !annotations.iter().any(|it| it.is_for(container));
    if let Some(container) = &field.container {
        return Some(container).filter(lacks).map(key_of).into_iter().collect();
    }
    if annotations.iter().any(|it| it.scope == Scope::Pod) {
        return Vec::new();
    }
    let takers = containers.iter().filter(|it| matches!(it.profile_field(confinement), Read::Missing));
    let missing: Vec<String> = takers.filter(lacks).map(key_of).collect();
    match confinement.pod_key() {
        Some(key) if !missing.is_empty() => vec![key.to_owned()],
        _ => missing,
    }
}

fn fields<'a>(context: &Context<'_, 'a>, confinement: Confinement) -> Vec<ProfileField<'a>> {
    match context.pod() {
        Some(pod) => profile_fields(pod, context.containers(), confinement),
        None => Vec::new(),
    }
}
