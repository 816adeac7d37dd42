//! Repairs of what chooses profiles: annotations become fields, and what is no profile becomes the runtime's own.

use crate::{
    base::Safety,
    kube::{Beside, Confinement, Container, Pod, Profile, ProfileAnnotation, ProfileField, Read, Scope},
    rule::{Context, Step},
    yaml::{Change, Draft, Node},
};

/// What a fix that only deletes is called.
const REMOVE: &str = "Remove the annotation";

/// Gives the last finding a fix that sets the field which says the same as `annotation`, and deletes the annotation.
pub(in crate::checks) fn move_to_field<'a>(
    context: &mut Context<'_, 'a>,
    annotation: &ProfileAnnotation<'a>,
    safety: Safety,
) {
    let metadata = context.pod().and_then(|pod| pod.metadata);
    if let (Some(metadata), Some(profile)) = (metadata, annotation.profile()) {
        by_field(context, metadata, annotation, &profile, safety);
    }
}

/// Gives the last finding a fix that chooses `profile` by the field, and deletes `annotation`, which stands in
/// `metadata`. Where something else chooses already, the annotation goes, and that is all.
pub(in crate::checks) fn by_field<'a>(
    context: &mut Context<'_, 'a>,
    metadata: Node<'a>,
    annotation: &ProfileAnnotation<'a>,
    profile: &Profile<'_>,
    safety: Safety,
) {
    // Switching a protection off is nobody's repair.
    let Some(pod) = context.pod().filter(|it| !it.may_be_windows() && *profile != Profile::Unconfined) else {
        return;
    };
    let annotations = pod.profile_annotations(annotation.confinement);
    if !context.may_look_at(8 * annotations.len() + context.containers().len()) {
        return;
    }
    let is_chosen = match annotation.beside(pod, context.containers()) {
        Beside::Unclear => return,
        Beside::Own(_) | Beside::EveryContainers => true,
        Beside::Pods(field) if field.profile().as_ref() == Some(profile) => true,
        Beside::Pods(_) | Beside::Nothing => {
            annotations.iter().any(|it| it.scope == annotation.scope && it.key() != annotation.key())
        }
    };
    if is_chosen {
        return remove(context, metadata, annotation.key(), safety);
    }
    let holder = match annotation.scope {
        Scope::Pod => Some(pod.spec),
        Scope::Container(_) => annotation.container(context.containers()).map(|it| it.node),
    };
    let Some(holder) = holder else { return };
    let field = annotation.confinement.field();
    let title = format!("Set `{field}` in place of the annotation");
    let steps = [
        Step::set(holder, &["securityContext", field], draft(profile)),
        Step::prune(metadata, &["annotations", annotation.key()]),
    ];
    context.fix(safety, &title, &steps);
}

/// Gives the last finding a fix that has the pod choose `profile` for what `annotation` is for: by the field where
/// the target version knows it, else by the annotation's value.
pub(in crate::checks) fn choose<'a>(
    context: &mut Context<'_, 'a>,
    annotation: &ProfileAnnotation<'a>,
    profile: &Profile<'_>,
) {
    let Some((pod, metadata)) = context.pod().and_then(|pod| Some((pod, pod.metadata?))) else { return };
    let is_for_one = annotation.scope == Scope::Pod || annotation.container(context.containers()).is_some();
    let knows_field = annotation.confinement.field_since() <= context.target.kubernetes;
    if is_for_one && knows_field && !pod.may_be_windows() {
        return by_field(context, metadata, annotation, profile, Safety::Unsafe);
    }
    if *profile == Profile::Unconfined {
        return;
    }
    let value = profile.in_annotation();
    let title = format!("Set the annotation to `{value}`");
    let step = Step::set_text(metadata, &["annotations", annotation.key()], &value);
    context.fix(Safety::Unsafe, &title, &[step]);
}

/// Gives the last finding a fix that deletes the annotation `key` of `metadata`.
pub(in crate::checks) fn remove(
    context: &mut Context<'_, '_>,
    metadata: Node<'_>,
    key: &str,
    safety: Safety,
) {
    context.fix(safety, REMOVE, &[Step::prune(metadata, &["annotations", key])]);
}

/// Gives the last finding a fix that writes the key of `annotation` as `key`.
pub(in crate::checks) fn rename(
    context: &mut Context<'_, '_>,
    annotation: &ProfileAnnotation<'_>,
    key: &str,
) {
    let Some(metadata) = context.pod().and_then(|pod| pod.metadata) else { return };
    let title = format!("Write the key as `{key}`");
    let step = Step::new(metadata, &["annotations", annotation.key()], Change::Rename(key.to_owned()));
    context.fix(Safety::Unsafe, &title, &[step]);
}

/// Gives the last finding a fix that takes `annotation` from `metadata` to the pod's own.
pub(in crate::checks) fn move_to_pod(
    context: &mut Context<'_, '_>,
    metadata: Node<'_>,
    annotation: &ProfileAnnotation<'_>,
) {
    let known = annotation.scope == Scope::Pod || annotation.container(context.containers()).is_some();
    let (Some(pod), Some(profile), true) = (context.pod(), annotation.profile(), known) else { return };
    if profile == Profile::Unconfined {
        return;
    }
    let key = annotation.key();
    let Some(mut steps) = annotate(context, pod, vec![(key.to_owned(), profile.in_annotation())]) else {
        return;
    };
    steps.push(Step::prune(metadata, &["annotations", key]));
    let title = format!("Move the annotation to `{}`", pod.metadata_path());
    context.fix(Safety::Unsafe, &title, &steps);
}

/// Gives the last finding a fix that annotates the pod with `keys`, each with `value`.
pub(in crate::checks) fn add_annotations(context: &mut Context<'_, '_>, keys: &[String], value: &str) {
    let Some(pod) = context.pod() else { return };
    let entries: Vec<_> = keys.iter().map(|key| (key.clone(), value.to_owned())).collect();
    let Some(steps) = annotate(context, pod, entries) else { return };
    let what = if keys.len() == 1 { "the annotation" } else { "annotations" };
    context.fix(Safety::Unsafe, &format!("Add {what} with `{value}`"), &steps);
}

/// The steps that annotate `pod`; `None` where its metadata cannot be reached.
fn annotate<'a>(
    context: &Context<'_, 'a>,
    pod: Pod<'a>,
    entries: Vec<(String, String)>,
) -> Option<Vec<Step<'a>>> {
    let path = pod.metadata_path();
    let (start, mut keys): (Node<'a>, Vec<&str>) = match pod.metadata {
        Some(metadata) => (metadata, Vec::new()),
        None if path.contains('[') => return None,
        None => (context.object().root(), path.split('.').collect()),
    };
    keys.push("annotations");
    let has_some =
        pod.metadata.and_then(|it| it.get("annotations")).is_some_and(|it| it.entries().next().is_some());
    if !has_some {
        let entries = entries.into_iter().map(|(key, value)| (key, Draft::Text(value))).collect();
        return Some(vec![Step::set(start, &keys, Draft::Map(entries))]);
    }
    let step = |(key, value): &(String, String)| {
        let keys: Vec<&str> = keys.iter().copied().chain([key.as_str()]).collect();
        Step::set_text(start, &keys, value)
    };
    Some(entries.iter().map(step).collect())
}

/// Gives the last finding a fix that makes `field` the runtime's default.
pub(in crate::checks) fn use_default(context: &mut Context<'_, '_>, field: ProfileField<'_>) {
    set_type(context, field, &Profile::RuntimeDefault);
}

/// Gives the last finding a fix that has `field` choose `profile`.
pub(in crate::checks) fn set_type(
    context: &mut Context<'_, '_>,
    field: ProfileField<'_>,
    profile: &Profile<'_>,
) {
    let is_linux = context.pod().is_some_and(|pod| !pod.may_be_windows());
    let is_known = field.confinement().field_since() <= context.target.kubernetes;
    if !is_linux || !is_known {
        return;
    }
    let kind = profile.type_name();
    let mut steps = vec![Step::set_text(field.node, &["type"], kind)];
    match (profile, field.localhost()) {
        (Profile::RuntimeDefault, Read::Missing) => {}
        (Profile::Localhost(name), Read::Is(own)) if own == *name => {}
        (Profile::Localhost(name), Read::Missing) => {
            steps.push(Step::set_text(field.node, &["localhostProfile"], name));
        }
        _ => return,
    }
    context.fix(Safety::Unsafe, &format!("Set `{}.type` to `{kind}`", field.path()), &steps);
}

/// Gives the last finding a fix that writes the type and the name of `profile` in `field`, each where it differs.
pub(in crate::checks) fn set_localhost(
    context: &mut Context<'_, '_>,
    field: ProfileField<'_>,
    profile: &Profile<'_>,
) {
    let Profile::Localhost(name) = profile else { return };
    let mut steps = Vec::new();
    let title = if matches!(field.kind(), Read::Is(kind) if kind == "Localhost") {
        steps.push(Step::set_text(field.node, &["localhostProfile"], name));
        format!("Set `{}.localhostProfile` to `{name}`", field.path())
    } else {
        steps.push(Step::set_text(field.node, &["type"], "Localhost"));
        format!("Set `{}.type` to `Localhost`", field.path())
    };
    context.fix(Safety::Unsafe, &title, &steps);
}

/// Gives the last finding a fix that has the runtime's default chosen for `container`: for the whole pod, unless
/// annotations choose something else for a part of it.
pub(in crate::checks) fn choose_default<'a>(
    context: &mut Context<'_, 'a>,
    container: &Container<'a>,
    confinement: Confinement,
) {
    let Some(pod) = context.pod().filter(|pod| !pod.may_be_windows()) else { return };
    let annotations = pod.profile_annotations(confinement);
    if !context.may_look_at(8 * annotations.len()) {
        return;
    }
    let has_own = annotations.iter().any(|it| it.is_for(container));
    if context.target.kubernetes < confinement.field_since() {
        let is_free = !has_own
            && confinement == Confinement::AppArmor
            && matches!(container.effective_profile_field(confinement), Read::Missing);
        if let Some(name) = container.name().filter(|_| is_free) {
            let key = format!("{}{name}", confinement.container_prefix());
            add_annotations(context, &[key], &Profile::RuntimeDefault.in_annotation());
        }
        return;
    }
    let (holder, whom) = if annotations.iter().all(|it| it.profile() == Some(Profile::RuntimeDefault)) {
        (pod.spec, "pod")
    } else if has_own {
        return;
    } else {
        (container.node, "container")
    };
    let field = confinement.field();
    let step = Step::set(holder, &["securityContext", field], draft(&Profile::RuntimeDefault));
    let value = Profile::RuntimeDefault.in_field();
    context.fix(Safety::Unsafe, &format!("Set `{field}: {value}` for the {whom}"), &[step]);
}

/// `profile` as the field's value.
fn draft(profile: &Profile<'_>) -> Draft {
    let text = |key: &str, value: &str| (key.to_owned(), Draft::Text(value.to_owned()));
    let mut entries = vec![text("type", profile.type_name())];
    if let Profile::Localhost(name) = profile {
        entries.push(text("localhostProfile", name));
    }
    Draft::Map(entries)
}
