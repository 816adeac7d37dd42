//! Kernel settings that the Pod Security Standards do not let a pod make.

use std::borrow::Cow;

use crate::{
    base::{Minor, Safety},
    kube::{Place, Read, read_text},
    rule::{Context, Native, Step},
    yaml::{Kind, Node, Path},
};

pub(crate) const CHECK: Native = Native::Object(check);

/// The settings that are let through, and from which minor on. Source: Pod Security Standards, Sysctls.
const SAFE: &[(&str, u16)] = &[
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_wmem", 32),
    ("net.ipv4.tcp_notsent_lowat", 37),
    ("net.ipv4.tcp_slow_start_after_idle", 37),
];

fn check(ctx: &mut Context<'_, '_>) {
    let Some(pod) = ctx.pod() else { return };
    let sysctls = pod.security_context().and_then(|context| context.get("sysctls"));
    for (index, sysctl) in sysctls.into_iter().flat_map(Node::items).enumerate() {
        if sysctl.kind() != Kind::Mapping {
            continue;
        }
        let name = match read_text(sysctl.get("name")) {
            Read::Is(name) => name,
            Read::Missing => Cow::Borrowed(""),
            Read::Unclear => continue,
        };
        let Some(say) = fault(&name, ctx.target.kubernetes) else { continue };
        let prefix = format!("{}.securityContext.sysctls[{index}]", pod.path());
        let place = Place::find(&prefix, sysctl, &Path::of(&["name"]), sysctl.head());
        ctx.report(place, &say);
        ctx.fix(Safety::Unsafe, "Remove this sysctl", &[Step::prune(sysctl, &[])]);
    }
}

fn fault(name: &str, target: Minor) -> Option<String> {
    match SAFE.iter().find(|(safe, _)| *safe == name) {
        Some((_, from)) if Minor(*from) <= target => None,
        Some((_, from)) => Some(format!(
            "the sysctl `{name}` is safe only from Kubernetes {} on, not at {target}",
            Minor(*from)
        )),
        None if name.is_empty() => Some("a sysctl without a `name` is none of the safe ones".to_owned()),
        None => Some(format!("the sysctl `{name}` is none of the safe ones")),
    }
}
