//! Users and groups outside of those that an organisation gives out.

use crate::{
    kube::{Read, read_int},
    rule::{Context, Literal, Literals, Native},
    yaml::{Node, Path},
};

pub(crate) const CHECK: Native = Native::Object(check);

fn check(ctx: &mut Context<'_, '_>) {
    let Some(pod) = ctx.pod() else { return };
    for (field, param) in [("runAsUser", "users"), ("runAsGroup", "groups")] {
        let allowed = ranges(ctx.params.get(param));
        let path = Path::of(&["securityContext", field]);
        for container in ctx.containers().iter().filter(|_| !allowed.is_empty()) {
            let Some(say) = fault(field, container.effective(field), &allowed) else { continue };
            let is_own = path.find(container.node).is_some() || path.find(pod.spec).is_none();
            let place = if is_own { container.place(&path) } else { container.own(pod.place(&path)) };
            ctx.report(place, &say);
        }
    }
    let allowed = ranges(ctx.params.get("fs-groups"));
    let path = Path::of(&["securityContext", "fsGroup"]);
    if !allowed.is_empty()
        && let Some(say) = fault("fsGroup", path.find(pod.spec), &allowed)
    {
        ctx.report(pod.place(&path), &say);
    }
}

fn fault(field: &str, node: Option<Node<'_>>, allowed: &[(i64, i64)]) -> Option<String> {
    match read_int(node) {
        Read::Missing => Some(format!("`{field}` is not set")),
        Read::Is(id) if !allowed.iter().any(|(low, high)| (*low..=*high).contains(&id)) => {
            Some(format!("`{field}` is `{id}`, which your policy does not give out"))
        }
        Read::Is(_) | Read::Unclear => None,
    }
}

/// Numbers, and texts such as `1000-1999`, as ranges with both ends in them.
fn ranges(param: Option<&Literals>) -> Vec<(i64, i64)> {
    let literals = match param {
        Some(Literals::Many(literals)) => literals.as_slice(),
        Some(Literals::One(literal)) => std::slice::from_ref(literal),
        None => &[],
    };
    literals.iter().filter_map(range).collect()
}

fn range(literal: &Literal) -> Option<(i64, i64)> {
    match literal {
        Literal::Int(id) => Some((*id, *id)),
        Literal::Text(text) => {
            let (low, high) = text.split_once('-').unwrap_or((text, text));
            Some((low.trim().parse().ok()?, high.trim().parse().ok()?))
        }
        Literal::Bool(_) | Literal::Float(_) => None,
    }
}
