//! Host paths at which clouds' agents and tools keep the node's credentials.

use crate::{
    kube::{HostPath, Pod, is_within, normal_path},
    rule::{Context, Native},
};

pub(crate) const CHECK: Native = Native::Object(check);

fn check(ctx: &mut Context<'_, '_>) {
    let volumes: Vec<HostPath<'_>> = ctx.pod().iter().flat_map(Pod::host_paths).collect();
    if volumes.is_empty() {
        return;
    }
    let files: Vec<String> = ctx.params.texts("paths").into_iter().map(normal_path).collect();
    let folders: Vec<String> = ctx.params.texts("folders").into_iter().map(|it| format!("{it}/")).collect();
    for volume in volumes {
        let below = format!("{}/", volume.normal);
        let is_known = files.iter().any(|file| is_within(&volume.normal, file))
            || folders.iter().any(|folder| below.contains(&format!("/{folder}")));
        if is_known {
            let say = format!(
                "volume `{}` is the node's `{}`, where cloud credentials are kept",
                volume.label(),
                volume.written
            );
            ctx.report(volume.place, &say);
        }
    }
}
