//! Types, users and roles under `seLinuxOptions` that the Pod Security Standards refuse.

use crate::{
    base::Minor,
    kube::read_text,
    rule::{Context, Native},
    yaml::Path,
};

pub(crate) const CHECK: Native = Native::Object(check);

/// The types that are let through, and from which minor on. Source: Pod Security Standards.
const TYPES: &[(&str, u16)] =
    &[("container_t", 0), ("container_init_t", 0), ("container_kvm_t", 0), ("container_engine_t", 31)];

fn check(ctx: &mut Context<'_, '_>) {
    let Some(pod) = ctx.pod() else { return };
    let target = ctx.target.kubernetes;
    for field in ["type", "user", "role"] {
        let path = Path::of(&["securityContext", "seLinuxOptions", field]);
        let faulty = |node| {
            let value = read_text(path.find(node)).known()?;
            is_refused(field, &value, target)
                .then(|| format!("`{}` is `{value}`, which may set aside SELinux's fence", path.display(&[])))
        };
        if let Some(say) = faulty(pod.spec) {
            ctx.report(pod.place(&path), &say);
        }
        for container in ctx.containers() {
            if let Some(say) = faulty(container.node) {
                ctx.report(container.place(&path), &say);
            }
        }
    }
}

fn is_refused(field: &str, value: &str, target: Minor) -> bool {
    let is_known = TYPES.iter().any(|(name, from)| *name == value && Minor(*from) <= target);
    !(value.is_empty() || field == "type" && is_known)
}
