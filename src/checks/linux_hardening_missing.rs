//! Containers with none of the four things that narrow what a process may do: AppArmor, seccomp, `SELinux`, fewer
//! capabilities.

use super::profile::{self, Choice};
use crate::{
    kube::{Confinement, Container, Read, Value, value},
    rule::{Context, Native},
    yaml::{Kind, Node, Path},
};

pub(crate) const CHECK: Native = Native::Object(check);

fn check(context: &mut Context<'_, '_>) {
    if context.pod().is_none_or(|pod| pod.may_be_windows()) {
        return;
    }
    let (examined, target) = (context.examined, context.target.kubernetes);
    for container in &examined.containers {
        let hardened = profile::apparmor(target, container) == Choice::Profile
            || profile::seccomp(target, container) == Choice::Profile
            || container.effective("seLinuxOptions").is_some_and(holds_something)
            || drops_capabilities(container)
            || is_hidden(container.security_context())
            || is_hidden(container.pod.security_context());
        if !hardened {
            let place = container.place(&Path::of(&["securityContext", "seccompProfile", "type"]));
            context.report(
                place,
                "has no AppArmor or seccomp profile, no SELinux options and drops no capability",
            );
            match container.effective_profile_field(Confinement::Seccomp) {
                Read::Is(field) => profile::use_default(context, field),
                Read::Missing => profile::choose_default(context, container, Confinement::Seccomp),
                Read::Unclear => {}
            }
        }
    }
}

fn drops_capabilities(container: &Container<'_>) -> bool {
    let context = container.security_context();
    let capabilities = context.and_then(|context| context.get("capabilities"));
    is_hidden(capabilities) || capabilities.and_then(|it| it.get("drop")).is_some_and(holds_something)
}

/// Whether it is a collection with something in it, or a placeholder for one.
fn holds_something(node: Node<'_>) -> bool {
    match node.kind() {
        Kind::Mapping => node.entries().next().is_some(),
        Kind::Sequence => node.items().next().is_some(),
        Kind::Scalar => is_hidden(Some(node)),
    }
}

fn is_hidden(node: Option<Node<'_>>) -> bool {
    node.is_some_and(|node| value(node) == Value::Unknown)
}
