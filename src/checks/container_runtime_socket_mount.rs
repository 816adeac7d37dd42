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
        let (name, written) = (volume.label(), &volume.written);
        if sockets.contains(&volume.normal) {
            let say = format!("volume `{name}` is the socket `{written}` of the node's container runtime");
            ctx.report(volume.place, &say);
        } else if let Some(socket) = sockets.iter().find(|socket| holds(&volume.normal, socket)) {
            let say = format!(
                "volume `{name}` is the node's `{written}`, where container runtimes listen, such as at `{socket}`"
            );
            let help = format!(
                "Mount the one file below `{written}` that the program needs, or leave the volume out."
            );
            ctx.report(volume.place, &say).advise(help);
        }
    }
}

/// Whether `folder` is one of the folders above `socket`, the root of all apart, which is a fault of its own.
fn holds(folder: &str, socket: &str) -> bool {
    folder != "/" && socket.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
