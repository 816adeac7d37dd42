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
        for keys in HANDLERS {
            let handler = keys.iter().try_fold(container.node, |node, key| node.get(key));
            let Some(handler) = handler else { continue };
            for action in ["httpGet", "tcpSocket"] {
                let host = handler.get(action).and_then(|action| action.get("host"));
                let host = read_text(host).known().unwrap_or_default();
                if host.is_empty() {
                    continue;
                }
                let path = Path::of(&[keys, &[action, "host"][..]].concat());
                let say = format!("`{}` is `{host}`, to which the kubelet then connects", path.display(&[]));
                ctx.report(container.place(&path), &say);
            }
        }
    }
}
