//! Security settings that stand where the API has no such field, so that they do nothing.

use crate::{
    base::Span,
    kube::{Place, Value, value},
    rule::{Context, Native},
    yaml::{Node, Path},
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
}

const IN_POD_CONTEXT: &[Misplaced] = &[
    Misplaced {
        what: "a pod's `securityContext`",
        fields: OF_CONTAINER,
        belongs: "the `securityContext` of each container",
    },
    Misplaced { what: "a pod's `securityContext`", fields: OF_SPEC, belongs: "the pod spec itself" },
];

const IN_CONTAINER_CONTEXT: &[Misplaced] = &[
    Misplaced {
        what: "a container's `securityContext`",
        fields: OF_POD,
        belongs: "the `securityContext` of the pod",
    },
    Misplaced { what: "a container's `securityContext`", fields: OF_SPEC, belongs: "the pod spec" },
];

const IN_SPEC: &[Misplaced] = &[
    Misplaced {
        what: "a pod spec",
        fields: OF_CONTAINER,
        belongs: "the `securityContext` of each container",
    },
    Misplaced { what: "a pod spec", fields: OF_POD, belongs: "its `securityContext`" },
    Misplaced { what: "a pod spec", fields: OF_BOTH, belongs: "its `securityContext`" },
];

const IN_CONTAINER: &[Misplaced] = &[
    Misplaced { what: "a container", fields: OF_CONTAINER, belongs: "its `securityContext`" },
    Misplaced { what: "a container", fields: OF_POD, belongs: "the `securityContext` of the pod" },
    Misplaced { what: "a container", fields: OF_BOTH, belongs: "its `securityContext`" },
    Misplaced { what: "a container", fields: OF_SPEC, belongs: "the pod spec" },
];

fn check(ctx: &mut Context<'_, '_>) {
    let Some(pod) = ctx.pod() else { return };
    let context = ["securityContext"];
    report_in(ctx, pod.spec, &[], IN_SPEC, &|place| pod_place(&pod.path(), place));
    if let Some(node) = pod.security_context() {
        report_in(ctx, node, &context, IN_POD_CONTEXT, &|place| pod_place(&pod.path(), place));
    }
    for container in ctx.containers() {
        let own = |place| container.own(pod_place(&container.path(), place));
        report_in(ctx, container.node, &[], IN_CONTAINER, &own);
        if let Some(node) = container.security_context() {
            report_in(ctx, node, &context, IN_CONTAINER_CONTEXT, &own);
        }
    }
    report_around(ctx);
}

fn pod_place(prefix: &str, place: Place) -> Place {
    Place { path: format!("{prefix}.{}", place.path), ..place }
}

/// Reports the fields that stand in `node`, to which `keys` lead, and that belong elsewhere.
fn report_in(
    ctx: &mut Context<'_, '_>,
    node: Node<'_>,
    keys: &[&str],
    misplaced: &[Misplaced],
    own: &dyn Fn(Place) -> Place,
) {
    for Misplaced { what, fields, belongs } in misplaced {
        for field in *fields {
            let Some(span) = key_of(node, field) else { continue };
            let path = Path::of(&[keys, &[field]].concat()).display(&[]);
            let place = own(Place::at(span, node.via(), path));
            let say = format!("{what} has no field `{field}`, so it does nothing");
            ctx.report(place, &say).advise(format!("Move `{field}` to {belongs}."));
        }
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
        }
        let Some(next) = node.get(keys[depth]) else { return };
        node = next;
    }
}
