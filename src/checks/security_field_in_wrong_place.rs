//! Security settings that stand where the API has no such field, so that they do nothing.

use crate::{
    base::{Safety, Span},
    kube::{Place, Pod, Value, value},
    rule::{Context, Native, Step},
    yaml::{Entry, Node, Path},
};

pub(crate) const CHECK: Native = Native::Object(check);

/// Fields of a container's securityContext that a pod's does not have.
const OF_CONTAINER: &[&str] =
    &["allowPrivilegeEscalation", "capabilities", "privileged", "procMount", "readOnlyRootFilesystem"];

/// Fields of a pod's securityContext that a container's does not have.
const OF_POD: &[&str] = &[
    "fsGroup",
    "fsGroupChangePolicy",
    "seLinuxChangePolicy",
    "supplementalGroups",
    "supplementalGroupsPolicy",
    "sysctls",
];

/// Fields that both have.
const OF_BOTH: &[&str] = &[
    "appArmorProfile",
    "runAsGroup",
    "runAsNonRoot",
    "runAsUser",
    "seLinuxOptions",
    "seccompProfile",
    "windowsOptions",
];

/// Fields of the pod spec itself.
const OF_SPEC: &[&str] = &[
    "automountServiceAccountToken",
    "hostIPC",
    "hostNetwork",
    "hostPID",
    "hostUsers",
    "shareProcessNamespace",
];

/// Where the pod spec lies in kinds of Kubernetes' own; of others nothing is known of the fields around it.
const GROUPS: &[&str] = &["", "apps", "batch", "extensions"];

/// Words about a mapping: what it is, what it may not hold and where that belongs instead.
struct Misplaced {
    what: &'static str,
    fields: &'static [&'static str],
    belongs: &'static str,
    home: Home,
}

/// Where a field belongs.
#[derive(Clone, Copy)]
enum Home {
    /// The pod spec.
    Spec,
    /// The pod's `securityContext`.
    Pod,
    /// The container's own `securityContext`.
    Container,
    /// The `securityContext` of each container.
    Containers,
}

const IN_POD_CONTEXT: &[Misplaced] = &[
    Misplaced {
        what: "a pod's `securityContext`",
        fields: OF_CONTAINER,
        belongs: "the `securityContext` of each container",
        home: Home::Containers,
    },
    Misplaced {
        what: "a pod's `securityContext`",
        fields: OF_SPEC,
        belongs: "the pod spec itself",
        home: Home::Spec,
    },
];

const IN_CONTAINER_CONTEXT: &[Misplaced] = &[
    Misplaced {
        what: "a container's `securityContext`",
        fields: OF_POD,
        belongs: "the `securityContext` of the pod",
        home: Home::Pod,
    },
    Misplaced {
        what: "a container's `securityContext`",
        fields: OF_SPEC,
        belongs: "the pod spec",
        home: Home::Spec,
    },
];

const IN_SPEC: &[Misplaced] = &[
    Misplaced {
        what: "a pod spec",
        fields: OF_CONTAINER,
        belongs: "the `securityContext` of each container",
        home: Home::Containers,
    },
    Misplaced { what: "a pod spec", fields: OF_POD, belongs: "its `securityContext`", home: Home::Pod },
    Misplaced { what: "a pod spec", fields: OF_BOTH, belongs: "its `securityContext`", home: Home::Pod },
];

const IN_CONTAINER: &[Misplaced] = &[
    Misplaced {
        what: "a container",
        fields: OF_CONTAINER,
        belongs: "its `securityContext`",
        home: Home::Container,
    },
    Misplaced {
        what: "a container",
        fields: OF_POD,
        belongs: "the `securityContext` of the pod",
        home: Home::Pod,
    },
    Misplaced {
        what: "a container",
        fields: OF_BOTH,
        belongs: "its `securityContext`",
        home: Home::Container,
    },
    Misplaced { what: "a container", fields: OF_SPEC, belongs: "the pod spec", home: Home::Spec },
];

fn check(ctx: &mut Context<'_, '_>) {
    let Some(pod) = ctx.pod() else { return };
    let context = ["securityContext"];
    report_in(ctx, pod.spec, &[], IN_SPEC, &|place| pod_place(&pod.path(), place));
    if pod.security_context().is_some() {
        report_in(ctx, pod.spec, &context, IN_POD_CONTEXT, &|place| pod_place(&pod.path(), place));
    }
    for container in ctx.containers() {
        let own = |place| container.own(pod_place(&container.path(), place));
        report_in(ctx, container.node, &[], IN_CONTAINER, &own);
        if container.security_context().is_some() {
            report_in(ctx, container.node, &context, IN_CONTAINER_CONTEXT, &own);
        }
    }
    report_around(ctx);
}

fn pod_place(prefix: &str, place: Place) -> Place {
    Place { path: format!("{prefix}.{}", place.path), ..place }
}

/// Reports the fields that stand in the mapping to which `keys` lead from `start`, and that belong elsewhere.
fn report_in<'a>(
    ctx: &mut Context<'_, 'a>,
    start: Node<'a>,
    keys: &[&str],
    misplaced: &[Misplaced],
    own: &dyn Fn(Place) -> Place,
) {
    let Some(node) = keys.iter().try_fold(start, |node, key| node.get(key)) else { return };
    for Misplaced { what, fields, belongs, home } in misplaced {
        for field in *fields {
            let Some(span) = key_of(node, field) else { continue };
            let path = Path::of(&[keys, &[field]].concat()).display(&[]);
            let place = own(Place::at(span, node.via(), path));
            let say = format!("{what} has no field `{field}`, so it does nothing");
            ctx.report(place, &say).advise(format!("Move `{field}` to {belongs}."));
            if let Some(steps) = moved(ctx, start, keys, field, *home) {
                ctx.fix(Safety::Unsafe, &format!("Move `{field}` to {belongs}"), &steps);
            }
        }
    }
}

/// The steps that move `field` of the mapping to which `keys` lead from `start`, where it belongs. `None` where it
/// would not restrict anything there, or something stands there already.
fn moved<'a>(
    ctx: &Context<'_, 'a>,
    start: Node<'a>,
    keys: &[&str],
    field: &str,
    home: Home,
) -> Option<Vec<Step<'a>>> {
    let pod = ctx.pod().filter(|pod| !pod.may_be_windows())?;
    let from = keys.iter().try_fold(start, |node, key| node.get(key))?.get(field)?;
    if !restricts(field, from) {
        return None;
    }
    let mut steps = Vec::new();
    for (node, keys) in homes(ctx, pod, start, field, home) {
        if keys.iter().try_fold(node, |node, key| node.get(key)).is_some() {
            return None;
        }
        steps.push(Step::copy(node, &keys, from)?);
    }
    steps.push(Step::prune(start, &[keys, &[field]].concat()));
    Some(steps)
}

/// The steps that move the `securityContext` of `node`, which lies around the pod spec, into the pod. `None` where it has
/// one already, or where a field would not restrict anything there.
fn moved_down<'a>(pod: Pod<'a>, node: Node<'a>) -> Option<Vec<Step<'a>>> {
    let from = node.get("securityContext")?;
    let is_at_home = |field: &str| OF_POD.contains(&field) || OF_BOTH.contains(&field);
    let restricts = |entry: Entry<'_>| {
        entry.key.text().is_some_and(|field| is_at_home(&field) && restricts(&field, entry.value))
    };
    if pod.may_be_windows()
        || pod.spec.get("securityContext").is_some()
        || !from.fields().into_iter().all(restricts)
    {
        return None;
    }
    let copy = Step::copy(pod.spec, &["securityContext"], from)?;
    Some(vec![copy, Step::remove(node, &["securityContext"])])
}

/// Where `field` of something at `start` belongs: nodes, each with the keys from there.
fn homes<'a, 'f>(
    ctx: &Context<'_, 'a>,
    pod: Pod<'a>,
    start: Node<'a>,
    field: &'f str,
    home: Home,
) -> Vec<(Node<'a>, Vec<&'f str>)> {
    let in_context = || vec!["securityContext", field];
    match home {
        Home::Spec => vec![(pod.spec, vec![field])],
        Home::Pod => vec![(pod.spec, in_context())],
        Home::Container => vec![(start, in_context())],
        Home::Containers => ctx.containers().iter().map(|it| (it.node, in_context())).collect(),
    }
}

/// Whether `field` with this value takes something away from a pod: what gives is not made to work.
fn restricts(field: &str, node: Node<'_>) -> bool {
    match (field, value(node)) {
        ("readOnlyRootFilesystem" | "runAsNonRoot", it) => it == Value::Bool(true),
        ("runAsUser" | "runAsGroup" | "fsGroup", it) => matches!(it, Value::Int(id) if id > 0),
        ("capabilities", Value::Mapping) => node.get("add").is_none() && node.get("drop").is_some(),
        ("seccompProfile" | "appArmorProfile", Value::Mapping) => {
            node.get("type").is_some_and(|it| it.is("RuntimeDefault"))
        }
        (_, it) => it == Value::Bool(false),
    }
}

/// The key of a field that is there and not null.
fn key_of(node: Node<'_>, field: &str) -> Option<Span> {
    let entry = node.entry(field).filter(|entry| value(entry.value) != Value::Null)?;
    Some(entry.key.span())
}

/// Reports a `securityContext` in one of the mappings around the pod spec.
fn report_around(ctx: &mut Context<'_, '_>) {
    let Some(pod) = ctx.pod() else { return };
    if !GROUPS.contains(&ctx.object().group()) {
        return;
    }
    let spec_path = pod.path();
    let keys: Vec<&str> = spec_path.split('.').collect();
    let mut node = ctx.object().root();
    for depth in 0..keys.len() {
        if let Some(span) = key_of(node, "securityContext") {
            let path = Path::of(&[&keys[..depth], &["securityContext"]].concat()).display(&[]);
            let place = Place::at(span, node.via(), path.clone());
            let say = format!("there is no field `{path}`, so it does nothing");
            ctx.report(place, &say).advise(format!("Move it to `{spec_path}.securityContext`."));
            if let Some(steps) = moved_down(pod, node) {
                ctx.fix(Safety::Unsafe, &format!("Move it to `{spec_path}.securityContext`"), &steps);
            }
        }
        let Some(next) = node.get(keys[depth]) else { return };
        node = next;
    }
}
