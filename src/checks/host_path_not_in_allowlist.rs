//! Host paths outside of those that an organisation allows.

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
    let allowed: Vec<String> = ctx.params.texts("allowed").into_iter().map(normal_path).collect();
    if allowed.is_empty() {
        return;
    }
    for volume in volumes {
        if !allowed.iter().any(|root| is_within(&volume.normal, root)) {
            let say = format!(
                "volume `{}` is the node's `{}`, outside of the allowed paths",
                volume.label(),
                volume.written
            );
            ctx.report(volume.place, &say);
        }
    }
}
