//! Mistakes in the annotations that choose profiles.

use super::repair;
use crate::{
    base::{Diagnostic, Safety},
    kube::{
        Beside, Confinement, Container, Place, Pod, Profile, ProfileAnnotation, Read, profile_annotations,
        stray_metadata,
    },
    rule::Context,
    yaml::Node,
};

/// Says which field to set in place of `annotation`.
pub(in crate::checks) fn advise_field(diagnostic: &mut Diagnostic, annotation: &ProfileAnnotation<'_>) {
    let field = annotation.confinement.field();
    match annotation.as_field() {
        Some(words) => diagnostic.advise(format!("Set {words}, and delete the annotation.")),
        None => diagnostic
            .advise(format!("Set `{field}` under `securityContext` instead, and delete the annotation.")),
    };
}

/// Reports annotations whose value is no profile; an empty one, which the API server takes for none at all, is
/// not among them when `empty_is_none`.
pub(in crate::checks) fn invalid_value(
    context: &mut Context<'_, '_>,
    confinement: Confinement,
    empty_is_none: bool,
) {
    let Some(pod) = context.pod() else { return };
    for annotation in pod.profile_annotations(confinement) {
        let Read::Is(value) = annotation.value() else { continue };
        if empty_is_none && value.is_empty() {
            continue;
        }
        let what = confinement.name();
        let say = match annotation.profile() {
            Some(Profile::Localhost(path)) if confinement == Confinement::Seccomp => {
                let Some(fault) = path_fault(&path) else { continue };
                format!("the {what} annotation's path `{path}` {fault}, so the API server refuses the pod")
            }
            Some(_) => continue,
            None if value == "localhost/" => {
                format!(
                    "the {what} annotation's value `{value}` names no profile, so no container starts with it"
                )
            }
            None => format!(
                "the {what} annotation's value `{value}` is none of `runtime/default`, `unconfined` and \
                 `localhost/<profile>`, so the API server refuses the pod"
            ),
        };
        let place = in_container(annotation.value_place(), context.containers(), &annotation);
        let field_works = confinement.field_since() <= context.target.kubernetes;
        let advice = value_advice(&annotation, &value, field_works);
        context.report(place, &say).advise(advice);
        if let Some(meant) = meant_by(&value) {
            repair::choose(context, &annotation, &meant);
        }
    }
}

/// The profile that somebody meant who wrote `value`.
fn meant_by(value: &str) -> Option<Profile<'static>> {
    Profile::meant_by(value)
        .filter(|meant| !matches!(meant, Profile::Localhost(path) if path_fault(path).is_some()))
}

/// What is wrong with the path of a seccomp profile below the kubelet's folder. Source:
/// `validateLocalDescendingPath` of the API server.
pub(in crate::checks) fn path_fault(path: &str) -> Option<&'static str> {
    if path.starts_with('/') {
        return Some("is absolute");
    }
    path.split('/').any(|part| part == "..").then_some("has `..` in it")
}

fn value_advice(annotation: &ProfileAnnotation<'_>, value: &str, field_works: bool) -> String {
    // A word that can be a profile's name, and is nothing else.
    let bare = || {
        let is_name = !value.is_empty() && !value.starts_with(['/', '.']) && !value.starts_with("localhost");
        (is_name && !value.contains(char::is_whitespace)).then(|| Profile::Localhost(value.to_owned().into()))
    };
    match meant_by(value).or_else(bare) {
        Some(meant) if field_works => format!(
            "Set {}, and delete the annotation; or write `{}`.",
            annotation.field_for(&meant),
            meant.in_annotation()
        ),
        Some(meant) => format!("Write `{}`.", meant.in_annotation()),
        None => "Write `runtime/default`, or `localhost/` and the name of a profile on the node.".to_owned(),
    }
}

/// `place`, said to be in the container that `annotation` names.
pub(in crate::checks) fn in_container(
    place: Place,
    containers: &[Container<'_>],
    annotation: &ProfileAnnotation<'_>,
) -> Place {
    match annotation.container(containers) {
        Some(container) => container.own(place),
        None => place,
    }
}

/// Reports annotations on metadata that no pod gets.
pub(in crate::checks) fn misplaced(context: &mut Context<'_, '_>, confinement: Confinement) {
    let pod = context.pod();
    let kind = context.object().kind().to_owned();
    for (path, metadata) in stray_metadata(context.object()) {
        for annotation in profile_annotations(metadata, path, confinement) {
            // Tools that set an annotation everywhere set it on the template too, where it counts.
            if pod.is_some_and(|pod| pod.annotation(annotation.key()).is_some()) {
                continue;
            }
            let what = confinement.name();
            let say = match pod {
                Some(_) if path == "metadata" => {
                    format!("the {what} annotation stands on the {kind} itself and never reaches its pods")
                }
                Some(_) => {
                    format!("the {what} annotation stands on the job template and never reaches a pod")
                }
                None => format!("the {what} annotation does nothing on a {kind}: only a pod's own counts"),
            };
            let ignored =
                confinement.annotation_until().is_some_and(|until| until <= context.target.kubernetes);
            let prefers_field = confinement.field_since() <= context.target.kubernetes;
            let advice = match (pod, annotation.as_field()) {
                (Some(_), Some(field)) if prefers_field => format!("Set {field}, and delete the annotation."),
                (Some(pod), _) if !ignored => format!("Move it to `{}.annotations`.", pod.metadata_path()),
                _ => format!("Set `{}` in the pods, and delete the annotation.", confinement.field()),
            };
            context.report(annotation.key_place(), &say).advise(advice);
            place_well(context, pod, metadata, &annotation);
        }
    }
}

/// Gives the last finding, about `annotation` of `metadata` that no pod gets, its fix.
fn place_well<'a>(
    context: &mut Context<'_, 'a>,
    pod: Option<Pod<'a>>,
    metadata: Node<'a>,
    annotation: &ProfileAnnotation<'a>,
) {
    let knows_field = annotation.confinement.field_since() <= context.target.kubernetes;
    match (pod, annotation.profile()) {
        // The containers stay as they are: nothing was ever switched off.
        (None, _) | (_, Some(Profile::Unconfined)) => {
            repair::remove(context, metadata, annotation.key(), Safety::Unsafe);
        }
        (Some(_), Some(profile)) if knows_field => {
            repair::by_field(context, metadata, annotation, &profile, Safety::Unsafe);
        }
        (Some(_), _) => repair::move_to_pod(context, metadata, annotation),
    }
}

/// Reports annotations that say what a field says already.
pub(in crate::checks) fn redundant(context: &mut Context<'_, '_>, confinement: Confinement) {
    let Some(pod) = context.pod().filter(|pod| !pod.may_be_windows()) else { return };
    for annotation in pod.profile_annotations(confinement) {
        let key = annotation.key();
        let (say, field) = match annotation.beside(pod, context.containers()) {
            Beside::Own(field) | Beside::Pods(field)
                if annotation.profile().is_some() && field.profile() == annotation.profile() =>
            {
                (format!("`{key}` repeats `{}`", field.path()), Some(field))
            }
            Beside::EveryContainers => {
                let field = confinement.field();
                (format!("`{key}` does nothing: every container sets `{field}` itself"), None)
            }
            _ => continue,
        };
        let place = in_container(annotation.key_place(), context.containers(), &annotation);
        let diagnostic = context.report(place, &say);
        if let Some(field) = field {
            diagnostic.relate(field.own_place().span, "the field that says the same");
        }
        diagnostic.advise("Delete the annotation.");
    }
}
