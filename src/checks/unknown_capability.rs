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
                if is_capability(&capability(&written)) {
                    continue;
                }
                let prefix = container.path_to(&format!("{}[{index}]", list.display(&[])));
                let place = container.own(Place::find(&prefix, item, &Path::default(), item.head()));
                ctx.report(place, &say(field, &written));
            }
        }
    }
}

fn say(field: &str, written: &str) -> String {
    let is_meant_for_all = written == "*" || written.eq_ignore_ascii_case("CAP_ALL");
    match (field, is_meant_for_all) {
        ("drop", true) => {
            format!("`capabilities.drop` holds `{written}`, which drops nothing: the word for all is `ALL`")
        }
        ("drop", false) => {
            format!("`capabilities.drop` holds `{written}`, which is no capability and drops nothing")
        }
        _ => format!("`capabilities.{field}` holds `{written}`, which is no capability"),
    }
}
