//! Host paths that hold the socket of a container runtime.

use crate::{
    kube::{HostPath, Pod, normal_path},
    rule::{Context, Native},
};

pub(crate) const CHECK: Native = Native::Object(check);

fn check(ctx: &mut Context<'_, '_>) {
    let volumes: Vec<HostPath<'_>> = ctx.pod().iter().flat_map(Pod::host_paths).collect();
    if volumes.is_empty() {
        return;
    }
    let sockets: Vec<String> = ctx.params.texts("sockets").into_iter().map(normal_path).collect();
    for volume in volumes {
        let say = if sockets.contains(&volume.normal) {
            format!("volume `{}` is the runtime's socket `{}`", volume.label(), volume.written)
        } else if let Some(socket) = sockets.iter().find(|socket| holds(&volume.normal, socket)) {
            format!(
                "volume `{}` is the node's `{}`, below which runtimes listen, as at `{socket}`",
                volume.label(),
                volume.written
            )
        } else {
            continue;
        };
        ctx.report(volume.place, &say);
    }
}

/// Whether `folder` is one of the folders above `socket`, the root of all apart, which is a fault of its own.
fn holds(folder: &str, socket: &str) -> bool {
    folder != "/" && socket.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
