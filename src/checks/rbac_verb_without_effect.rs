//! Words among a rule's verbs that the API server never asks about.

use super::rbac_word;
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

/// Words of `kubectl` that mean `patch` in every API group, whoever serves it.
const OF_KUBECTL: &[&str] = &["label", "annotate"];

/// Programs ask about verbs of their own in the groups that they serve, so there only words count that are surely
/// taken from `kubectl`.
fn check(ctx: &mut Context<'_, '_>) {
    for rule in &ctx.examined.role_rules {
        let of_paths = !rule.urls.is_empty();
        let is_ground_known = of_paths || is_of_api_server(rule);
        let is_idle = |verb: &str| {
            !kube::is_api_verb(verb, of_paths) && (is_ground_known || OF_KUBECTL.contains(&verb))
        };
        for verb in rule.verbs.iter().filter(|verb| is_idle(&verb.text)) {
            let place = Place::at(verb.span, None, format!("rules[{}].verbs", rule.index));
            let known = if of_paths { "no HTTP method in lower case" } else { "no verb of the API server" };
            let finding = ctx.report(place, &format!("`{}` is {known}, so it allows nothing", verb.text));
            if let Some(meant) = meant(&verb.text, of_paths) {
                finding.advise(format!("Write {meant}."));
            }
            let near = near(&verb.text, of_paths);
            rbac_word::mend(ctx, (rule.index, "verbs"), verb.span, &is_idle, near);
        }
    }
}

fn is_of_api_server(rule: &PolicyRule) -> bool {
    !rule.groups.is_empty() && rule.groups.iter().all(|group| kube::is_api_group(&group.text))
}

fn meant(verb: &str, of_paths: bool) -> Option<String> {
    let lower = verb.to_ascii_lowercase();
    let word = MEANT.iter().find(|(word, _)| !of_paths && *word == lower);
    word.map(|(_, meant)| (*meant).to_owned())
        .or_else(|| near(verb, of_paths).map(|near| format!("`{near}`")))
}

/// The verb that is written nearly like `verb`.
fn near(verb: &str, of_paths: bool) -> Option<&'static str> {
    let is_other_word = MEANT.iter().any(|(word, _)| !of_paths && word.eq_ignore_ascii_case(verb));
    did_you_mean(verb, kube::api_verbs(of_paths).iter().copied()).filter(|_| !is_other_word)
}
