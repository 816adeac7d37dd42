//! Added capabilities that open the node, whatever their spelling.

use std::cell::LazyCell;

use crate::{
    kube::{Place, capability, read_text},
    rule::{Context, Native},
    yaml::{Node, Path},
};

pub(crate) const CHECK: Native = Native::Object(check);

fn check(ctx: &mut Context<'_, '_>) {
    let params = ctx.params;
    let dangerous = LazyCell::new(|| -> Vec<_> {
        params.texts("capabilities").into_iter().map(|name| capability(name).into_owned()).collect()
    });
    let list = Path::of(&["securityContext", "capabilities", "add"]);
    for container in ctx.containers() {
        for (index, item) in list.find(container.node).into_iter().flat_map(Node::items).enumerate() {
            let Some(written) = read_text(Some(item)).known() else { continue };
            let name = capability(&written);
            if !dangerous.iter().any(|it| *it == name) {
                continue;
            }
            let prefix = container.path_to(&format!("{}[{index}]", list.display(&[])));
            let place = container.own(Place::find(&prefix, item, &Path::default(), item.head()));
            ctx.report(place, &format!("`capabilities.add` holds `{written}`, {}", gives(&name)));
        }
    }
}

/// What the capability lets a process do.
fn gives(name: &str) -> &'static str {
    match name {
        "ALL" => "which is every right that root has",
        "SYS_ADMIN" => "which mounts, enters namespaces and is nearly root of the node",
        "SYS_MODULE" => "which loads code into the node's kernel",
        "SYS_PTRACE" => "which reads and changes other processes",
        "SYS_RAWIO" => "which reaches the node's memory and disks past the kernel",
        "SYS_BOOT" => "which reboots the node or loads another kernel",
        "DAC_READ_SEARCH" => "which opens any file of the node's file system",
        "NET_ADMIN" => "which changes interfaces, routes and firewall rules",
        "BPF" | "PERFMON" => "which watches the kernel and all that it runs",
        "MAC_ADMIN" | "MAC_OVERRIDE" => "which sets aside AppArmor, SELinux or Smack",
        _ => "which is on the list of dangerous ones",
    }
}
