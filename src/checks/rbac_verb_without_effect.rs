//! Words among a rule's verbs that the API server never asks about.

use crate::{
    base::did_you_mean,
    kube::{self, Place, PolicyRule},
    rule::{Context, Native},
};

pub(crate) const CHECK: Native = Native::Object(check);

/// Words that people write, and what RBAC calls it.
const MEANT: &[(&str, &str)] = &[
    ("read", "`get`, `list` and `watch`"),
    ("view", "`get`, `list` and `watch`"),
    ("write", "`create`, `update` and `patch`"),
    ("edit", "`update` and `patch`"),
    ("modify", "`update` and `patch`"),
    ("label", "`patch`"),
    ("annotate", "`patch`"),
    ("apply", "`create` and `patch`"),
    ("scale", "`update` and `patch` on the subresource `scale`"),
    ("exec", "`create` on `pods/exec`"),
    ("add", "`create`"),
    ("post", "`create`"),
    ("put", "`update`"),
    ("remove", "`delete`"),
];

/// Speaks only where the API server's own groups decide alone: programs ask about verbs of their own in theirs.
fn check(ctx: &mut Context<'_, '_>) {
    for rule in ctx.examined.role_rules.iter().filter(|rule| is_known_ground(rule)) {
        let of_paths = !rule.urls.is_empty();
        for verb in rule.verbs.iter().filter(|verb| !kube::is_api_verb(&verb.text, of_paths)) {
            let place = Place::at(verb.span, None, format!("rules[{}].verbs", rule.index));
            let known = if of_paths { "no HTTP method in lower case" } else { "no verb of the API server" };
            let finding = ctx.report(place, &format!("`{}` is {known}, so it allows nothing", verb.text));
            if let Some(meant) = meant(&verb.text, of_paths) {
                finding.advise(format!("Write {meant}."));
            }
        }
    }
}

fn is_known_ground(rule: &PolicyRule) -> bool {
    let of_resources = !rule.groups.is_empty() && rule.groups.iter().all(|it| kube::is_api_group(&it.text));
    !rule.urls.is_empty() || of_resources
}

fn meant(verb: &str, of_paths: bool) -> Option<String> {
    let lower = verb.to_ascii_lowercase();
    let word = MEANT.iter().find(|(word, _)| !of_paths && *word == lower);
    let near = || did_you_mean(verb, kube::api_verbs(of_paths).iter().copied()).map(|it| format!("`{it}`"));
    word.map(|(_, meant)| (*meant).to_owned()).or_else(near)
}
