//! Words in lists of capabilities that are no capability.

use crate::{
    kube::{Place, capability, is_capability, read_text},
    rule::{Context, Native},
    yaml::{Node, Path},
};

pub(crate) const CHECK: Native = Native::Object(check);

fn check(ctx: &mut Context<'_, '_>) {
    for field in ["add", "drop"] {
        let list = Path::of(&["securityContext", "capabilities", field]);
        for container in ctx.containers() {
            for (index, item) in list.find(container.node).into_iter().flat_map(Node::items).enumerate() {
                let Some(written) = read_text(Some(item)).known() else { continue };
                // `*` is the business of the rule on names that are meant right and written wrong.
                if written == "*" || is_capability(&capability(&written)) {
                    continue;
                }
                let prefix = container.path_to(&format!("{}[{index}]", list.display(&[])));
                let place = container.own(Place::find(&prefix, item, &Path::default(), item.head()));
                ctx.report(place, &format!("`capabilities.{field}` holds `{written}`, which is no capability"));
            }
        }
    }
}
