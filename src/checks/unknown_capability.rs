//! Words in lists of capabilities that are no capability.

use std::borrow::Cow;

use crate::{
    base::{Safety, did_you_mean},
    kube::{Place, capabilities, capability, is_capability, read_text},
    rule::{Context, Native, Step},
    yaml::{Node, Path},
};

pub(crate) const CHECK: Native = Native::Object(check);

fn check(ctx: &mut Context<'_, '_>) {
    for word in listed(ctx) {
        if is_capability(&capability(&word.written)) {
            continue;
        }
        let say = say(word.field, &word.written);
        ctx.report(word.place, &say);
        repair(ctx, word.field, &word.written, word.node, word.list);
    }
}

/// Gives the last finding, about the word `written` at `node` in the list to which keys lead, its fix.
fn repair<'a>(
    ctx: &mut Context<'_, 'a>,
    field: &str,
    written: &str,
    node: Node<'a>,
    (start, keys): (Node<'a>, [&str; 3]),
) {
    // Nothing that was not there is added.
    if let Some(meant) = meant(written).filter(|_| field == "drop") {
        return ctx.fix(Safety::Unsafe, &format!("Write `{meant}`"), &[Step::set_text(node, &[], meant)]);
    }
    let list = keys.iter().try_fold(start, |node, key| node.get(key));
    let is_alone = list.is_some_and(|list| list.items().nth(1).is_none());
    let step = if is_alone { Step::prune(start, &keys) } else { Step::remove(node, &[]) };
    ctx.fix(Safety::Unsafe, &format!("Remove `{written}`"), &[step]);
}

/// A word in a list of capabilities.
pub(super) struct Word<'a> {
    /// `add` or `drop`
    pub(super) field: &'static str,
    pub(super) place: Place,
    pub(super) node: Node<'a>,
    pub(super) written: Cow<'a, str>,
    /// The container, and the keys from it to the list.
    list: (Node<'a>, [&'static str; 3]),
}

/// The words in the lists of capabilities of every container.
pub(super) fn listed<'a>(ctx: &Context<'_, 'a>) -> Vec<Word<'a>> {
    let mut words = Vec::new();
    for field in ["add", "drop"] {
        let keys = ["securityContext", "capabilities", field];
        let list = Path::of(&keys);
        for container in ctx.containers() {
            for (index, node) in list.find(container.node).into_iter().flat_map(Node::items).enumerate() {
                let Some(written) = read_text(Some(node)).known() else { continue };
                let prefix = container.path_to(&format!("{}[{index}]", list.display(&[])));
                let place = container.own(Place::find(&prefix, node, &Path::default(), node.head()));
                words.push(Word { field, place, node, written, list: (container.node, keys) });
            }
        }
    }
    words
}

/// The capability that was meant by a word.
fn meant(written: &str) -> Option<&'static str> {
    if is_meant_for_all(written) {
        return Some("ALL");
    }
    let word: String =
        capability(written).chars().map(|c| if c == '-' || c == ' ' { '_' } else { c }).collect();
    did_you_mean(&word, capabilities().iter().copied())
}

fn is_meant_for_all(written: &str) -> bool {
    written == "*" || written.eq_ignore_ascii_case("CAP_ALL")
}

fn say(field: &str, written: &str) -> String {
    match (field, is_meant_for_all(written)) {
        ("drop", true) => {
            format!("`capabilities.drop` holds `{written}`, which drops nothing: the word for all is `ALL`")
        }
        ("drop", false) => {
            format!("`capabilities.drop` holds `{written}`, which is no capability and drops nothing")
        }
        _ => format!("`capabilities.{field}` holds `{written}`, which is no capability"),
    }
}
