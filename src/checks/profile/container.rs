//! Annotations for containers that the pod does not have.

use super::repair;
use crate::{
    base::{Safety, Severity, did_you_mean},
    kube::{
        Confinement, Container, ContainerList, Pod, ProfileAnnotation, Scope, Value, is_placeholder,
        read_text, value,
    },
    rule::Context,
};

/// Reports annotations for a container that the pod does not have; `so` is what follows from it.
pub(in crate::checks) fn unknown_container(
    context: &mut Context<'_, '_>,
    confinement: Confinement,
    so: &str,
) {
    let Some(pod) = context.pod() else { return };
    let Some(names) = names(pod, context.containers()) else { return };
    for annotation in pod.profile_annotations(confinement) {
        let Scope::Container(name) = &annotation.scope else { continue };
        if annotation.container(context.containers()).is_some() || is_placeholder(name) {
            continue;
        }
        let near = did_you_mean(name, names.iter().map(String::as_str));
        let meant = context.containers().iter().find(|it| near.is_some() && it.name().as_deref() == near);
        let may_come = pod.may_be_given(name);
        let unless = if may_come { ", unless an injector adds the container" } else { "" };
        let say = format!("`{}` names no container of the pod, {so}{unless}", annotation.key());
        let advice = advice(context, &annotation, name, near, &names);
        let diagnostic = context.report(annotation.key_place(), &say);
        diagnostic.advise(advice);
        if let Some(node) = meant.and_then(|container| container.node.get("name")) {
            diagnostic.relate(node.span(), "the container with the nearest name");
        }
        if may_come {
            diagnostic.severity = diagnostic.severity.min(Severity::Medium);
        } else {
            name_well(context, &annotation, meant_scope(confinement, name, near));
        }
    }
}

fn advice(
    context: &Context<'_, '_>,
    annotation: &ProfileAnnotation<'_>,
    name: &str,
    near: Option<&str>,
    names: &[String],
) -> String {
    let confinement = annotation.confinement;
    let target = context.target.kubernetes;
    let is_ignored = confinement.annotation_until().is_some_and(|until| until <= target);
    let (scope, key) = match meant_scope(confinement, name, near) {
        Some(meant) => meant,
        None if is_ignored => {
            let field = confinement.field();
            return format!("Set `{field}` in the container that was meant: {}.", listed(names));
        }
        None => return format!("End the key with the name of a container: {}.", listed(names)),
    };
    let knows_field = confinement.field_since() <= target;
    let field = annotation.with_scope(scope).as_field().filter(|_| knows_field);
    match field {
        Some(field) if is_ignored => format!("Set {field}, and delete the annotation."),
        Some(field) => format!("Set {field}, and delete the annotation; or write the key as `{key}`."),
        None => format!("Write the key as `{key}`."),
    }
}

/// What was meant by `name` in the key of an annotation, and the key for it; `near` is a container's name.
fn meant_scope(confinement: Confinement, name: &str, near: Option<&str>) -> Option<(Scope<'static>, String)> {
    match (near, confinement.pod_key()) {
        (Some(near), _) => {
            let key = format!("{}{near}", confinement.container_prefix());
            Some((Scope::Container(near.to_owned().into()), key))
        }
        (None, Some(key)) if name == "pod" => Some((Scope::Pod, key.to_owned())),
        _ => None,
    }
}

/// Gives the last finding, about `annotation` for no container, its fix.
fn name_well<'a>(
    context: &mut Context<'_, 'a>,
    annotation: &ProfileAnnotation<'a>,
    meant: Option<(Scope<'a>, String)>,
) {
    let Some(metadata) = context.pod().and_then(|pod| pod.metadata) else { return };
    let knows_field = annotation.confinement.field_since() <= context.target.kubernetes;
    match (meant, annotation.profile()) {
        // Nobody knows whom it was for.
        (None, _) => repair::remove(context, metadata, annotation.key(), Safety::Unsafe),
        (Some((scope, _)), Some(profile)) if knows_field => {
            repair::by_field(context, metadata, &annotation.with_scope(scope), &profile, Safety::Unsafe);
        }
        (Some((_, key)), _) if !knows_field => repair::rename(context, annotation, &key),
        _ => {}
    }
}

/// The containers' names; `None` where one of them is hidden, or there is no container at all.
fn names(pod: Pod<'_>, containers: &[Container<'_>]) -> Option<Vec<String>> {
    let lists = [ContainerList::Main, ContainerList::Init, ContainerList::Ephemeral];
    let is_hidden = |list: ContainerList| {
        let node = pod.spec.get(list.key());
        node.is_some_and(|node| !matches!(value(node), Value::Sequence | Value::Null))
    };
    if lists.into_iter().any(is_hidden) {
        return None;
    }
    let name = |container: &Container<'_>| Some(read_text(container.node.get("name")).known()?.into_owned());
    let names: Option<Vec<String>> = containers.iter().map(name).collect();
    names.filter(|names| !names.is_empty())
}

fn listed(names: &[String]) -> String {
    const MOST: usize = 6;
    let mut words: Vec<String> = names.iter().take(MOST).map(|name| format!("`{name}`")).collect();
    if names.len() > MOST {
        words.push("…".to_owned());
    }
    words.join(", ")
}
