//! Probes and lifecycle hooks that name the host to which the kubelet connects.

use crate::{
    kube::read_text,
    rule::{Context, Native},
    yaml::Path,
};

pub(crate) const CHECK: Native = Native::Object(check);

/// Where a container can name a handler. Source: `Container` in the Kubernetes API reference.
const HANDLERS: &[&[&str]] = &[
    &["livenessProbe"],
    &["readinessProbe"],
    &["startupProbe"],
    &["lifecycle", "postStart"],
    &["lifecycle", "preStop"],
];

fn check(ctx: &mut Context<'_, '_>) {
    for container in ctx.containers() {
        for handler in HANDLERS {
            for action in ["httpGet", "tcpSocket"] {
                let path = Path::of(&[handler, &[action, "host"][..]].concat());
                let host = read_text(path.find(container.node)).known().unwrap_or_default();
                if host.is_empty() {
                    continue;
                }
                let say = format!("`{}` is `{host}`, to which the kubelet then connects", path.display(&[]));
                ctx.report(container.place(&path), &say);
            }
        }
    }
}
