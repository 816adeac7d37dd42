//! Mistakes in the annotations that choose profiles.

use crate::{
    base::{Diagnostic, Safety},
    kube::{
        Beside, Confinement, Container, Place, Profile, ProfileAnnotation, Read, Scope, profile_annotations,
        stray_metadata,
    },
    rule::{Context, Step},
    yaml::Draft,
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

/// Gives the last finding a fix that sets the field which says the same as `annotation`, and deletes the annotation.
pub(in crate::checks) fn move_to_field(
    context: &mut Context<'_, '_>,
    annotation: &ProfileAnnotation<'_>,
    safety: Safety,
) {
    let (Some(pod), Some(profile)) = (context.pod(), annotation.profile()) else { return };
    let holder = match annotation.scope {
        Scope::Pod => Some(pod.spec),
        Scope::Container(_) => annotation.container(context.containers()).map(|it| it.node),
    };
    let (Some(holder), Some(metadata)) = (holder, pod.metadata) else { return };
    let field = annotation.confinement.field();
    let title = format!("Set `{field}` in place of the annotation");
    let steps = [
        Step::set(holder, &["securityContext", field], draft(&profile)),
        Step::prune(metadata, &["annotations", annotation.key()]),
    ];
    context.fix(safety, &title, &steps);
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
    }
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
    let guess = Profile::meant_by(value)
        .filter(|meant| !matches!(meant, Profile::Localhost(path) if path_fault(path).is_some()));
    // A word that can be a profile's name, and is nothing else.
    let bare = || {
        let is_name = !value.is_empty() && !value.starts_with(['/', '.']) && !value.starts_with("localhost");
        (is_name && !value.contains(char::is_whitespace)).then(|| Profile::Localhost(value.to_owned().into()))
    };
    match guess.or_else(bare) {
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
        }
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
