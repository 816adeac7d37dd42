//! Fields that the API server refuses for the pod's operating system.

use crate::{
    kube::{Place, Value, value},
    rule::{Context, Native},
    yaml::{Node, Path},
};

pub(crate) const CHECK: Native = Native::Object(check);

/// Fields of a Windows pod that may not be set at all. Source: `PodSpec.os` in the Kubernetes API reference.
const OF_LINUX_POD: &[&[&str]] = &[
    &["hostUsers"],
    &["shareProcessNamespace"],
    &["securityContext", "appArmorProfile"],
    &["securityContext", "fsGroup"],
    &["securityContext", "fsGroupChangePolicy"],
    &["securityContext", "runAsGroup"],
    &["securityContext", "runAsUser"],
    &["securityContext", "seLinuxOptions"],
    &["securityContext", "seccompProfile"],
    &["securityContext", "supplementalGroups"],
    &["securityContext", "supplementalGroupsPolicy"],
];

/// Fields of a Windows pod that may only be false or empty.
const ON_LINUX_POD: &[&[&str]] = &[&["hostIPC"], &["hostPID"], &["securityContext", "sysctls"]];

/// Fields of a Windows pod's containers.
const OF_LINUX_CONTAINER: &[&[&str]] = &[
    &["securityContext", "allowPrivilegeEscalation"],
    &["securityContext", "appArmorProfile"],
    &["securityContext", "capabilities"],
    &["securityContext", "privileged"],
    &["securityContext", "procMount"],
    &["securityContext", "readOnlyRootFilesystem"],
    &["securityContext", "runAsGroup"],
    &["securityContext", "runAsUser"],
    &["securityContext", "seLinuxOptions"],
    &["securityContext", "seccompProfile"],
];

const OF_WINDOWS: &[&[&str]] = &[&["securityContext", "windowsOptions"]];

fn check(ctx: &mut Context<'_, '_>) {
    let Some(pod) = ctx.pod() else { return };
    let os = pod.os().known().unwrap_or_default();
    let (of_pod, of_container) = match &*os {
        "windows" => (OF_LINUX_POD, OF_LINUX_CONTAINER),
        "linux" => (OF_WINDOWS, OF_WINDOWS),
        _ => return,
    };
    for keys in of_pod {
        report(ctx, pod.spec, keys, &os, &|path| pod.place(path));
    }
    for keys in ON_LINUX_POD.iter().filter(|_| os == "windows") {
        if Path::of(keys).find(pod.spec).is_some_and(is_on) {
            report(ctx, pod.spec, keys, &os, &|path| pod.place(path));
        }
    }
    for container in ctx.containers() {
        for keys in of_container {
            report(ctx, container.node, keys, &os, &|path| container.place(path));
        }
    }
}

/// Reports the field to which `keys` lead from `start`, if it is there.
fn report(
    ctx: &mut Context<'_, '_>,
    start: Node<'_>,
    keys: &[&str],
    os: &str,
    place: &dyn Fn(&Path) -> Place,
) {
    let path = Path::of(keys);
    if path.find(start).is_some() {
        let say = format!("`{}` is set while `os.name` is `{os}`", path.display(&[]));
        ctx.report(place(&path), &say);
    }
}

fn is_on(node: Node<'_>) -> bool {
    match value(node) {
        Value::Bool(on) => on,
        Value::Sequence => node.items().next().is_some(),
        _ => false,
    }
}
