//! Host paths behind which a node keeps what makes it the node.

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
    let exact: Vec<String> = ctx.params.texts("paths").into_iter().map(normal_path).collect();
    let trees: Vec<String> = ctx.params.texts("trees").into_iter().map(normal_path).collect();
    for volume in volumes {
        let is_sensitive = exact.contains(&volume.normal)
            || trees.iter().any(|tree| is_within(&volume.normal, tree) || is_within(tree, &volume.normal));
        if !is_sensitive {
            continue;
        }
        let say = format!("volume `{}` is the node's `{}`", volume.label(), volume.written);
        ctx.report(volume.place, &say);
    }
}
