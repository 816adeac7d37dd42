//! Repairs of words in the lists of a role's rules that allow nothing.

use crate::{
    base::{Safety, Span},
    rule::{Context, Step},
    yaml::Node,
};

/// Gives the last finding, about the word at `span` in the list `field` of the rule with this number, its fixes: the word
/// goes where others stay that are not `idle`, or becomes what was `meant`.
pub(super) fn mend(
    ctx: &mut Context<'_, '_>,
    (rule, field): (u32, &str),
    span: Span,
    idle: &dyn Fn(&str) -> bool,
    meant: Option<&str>,
) {
    let Some(list) = list(ctx, rule, field) else { return };
    let words: Vec<(Node<'_>, String)> =
        list.items().filter_map(|it| Some((it, it.text()?.into_owned()))).collect();
    if !ctx.may_look_at(rule as usize + words.len()) {
        return;
    }
    let Some((node, word)) = words.iter().find(|(node, _)| node.span() == span) else { return };
    if words.iter().any(|(_, word)| !idle(word)) {
        let title = format!("Remove `{word}` from `{field}`");
        ctx.fix(Safety::Safe, &title, &[Step::remove(*node, &[])]);
    }
    if let Some(meant) = meant.filter(|meant| words.iter().all(|(_, word)| word != meant)) {
        let title = format!("Write `{meant}`");
        ctx.fix(Safety::Unsafe, &title, &[Step::set_text(*node, &[], meant)]);
    }
}

fn list<'a>(ctx: &Context<'_, 'a>, rule: u32, field: &str) -> Option<Node<'a>> {
    ctx.object().root().get("rules")?.items().nth(rule as usize)?.get(field)
}
