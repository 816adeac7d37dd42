//! What the rules of a role allow, held against the grants that a check looks for.

use super::{
    compiled::Match,
    context::Context,
    file::{Grant, Named},
    matcher::{fill, some_of, subject},
};
use crate::{
    base::Diagnostic,
    kube::{Item, Place, PolicyRule},
    yaml::{Kind, Node},
};

/// How many of the other grants a finding about several shows.
const MOST_SHOWN: usize = 3;

/// One resource and verb of a grant that a role's rule covers, and by which words.
#[derive(Debug, Clone, Copy)]
struct Granted<'r> {
    resource: &'r str,
    verb: &'r str,
    resource_word: &'r Item,
    verb_word: &'r Item,
}

impl Match {
    /// Judges the rules of a role, one by one or together.
    pub(super) fn on_rbac_rules(&self, context: &mut Context<'_, '_>) {
        if self.together {
            self.on_role(context);
            return;
        }
        let nodes = context.object().root().get("rules").into_iter().flat_map(Node::items);
        let nodes = nodes.filter(|node| node.kind() == Kind::Mapping);
        for (rule, node) in context.examined.role_rules.iter().zip(nodes) {
            let prefix = || format!("rules[{}]", rule.index);
            let judged = subject(node, rule.span, &prefix);
            if self.grants.is_empty() {
                self.judge(context, &judged);
                continue;
            }
            let found: Vec<_> = self.grants.iter().flat_map(|grant| granted(rule, grant)).collect();
            if !found.is_empty() && self.applies(context, &judged) {
                self.report_grant(context, rule, &found);
            }
        }
    }

    /// Judges the rules of a role as one: it may do all of `grants`, whichever rule allows which.
    fn on_role(&self, context: &mut Context<'_, '_>) {
        let examined = context.examined;
        let mut parts = Vec::with_capacity(self.grants.len());
        for grant in &self.grants {
            let mut of_rules = examined.role_rules.iter().map(|rule| (rule, granted(rule, grant)));
            let Some(part) = of_rules.find(|(_, found)| !found.is_empty()) else { return };
            parts.push(part);
        }
        let Some(((rule, found), others)) = parts.split_first() else { return };
        if !self.applies(context, &subject(examined.object.root(), examined.object.head(), &String::new)) {
            return;
        }
        let own = found.iter().map(|granted| granted.resource_word.span).min();
        let others = others.iter().filter_map(|(_, found)| found.first());
        let elsewhere = others.filter(|other| Some(other.resource_word.span) != own);
        let diagnostic = self.report_grant(context, rule, found);
        for other in elsewhere.take(MOST_SHOWN) {
            let say = format!("`{}` on `{}` too", other.verb, other.resource);
            diagnostic.relate(other.resource_word.span, say);
        }
    }

    /// `found` holds at least one grant.
    fn report_grant<'c>(
        &self,
        context: &'c mut Context<'_, '_>,
        rule: &PolicyRule,
        found: &[Granted<'_>],
    ) -> &'c mut Diagnostic {
        let verbs = some_of(&quoted(found.iter().map(|granted| granted.verb)));
        let resources = some_of(&quoted(found.iter().map(|granted| granted.resource)));
        let resources = format!("{resources}{}", through(found));
        let say = fill(&self.say, &[("verbs", &verbs), ("resource", &resources)]);
        let place = Place::at(
            found.iter().map(|granted| granted.resource_word.span).min().unwrap_or(rule.span),
            None,
            format!("rules[{}].resources", rule.index),
        );
        let diagnostic = context.report(place, &say);
        for word in distinct(found.iter().map(|granted| granted.verb_word)) {
            diagnostic.relate(word.span, "with this verb");
        }
        diagnostic
    }
}

/// What `grant` looks for and `rule` covers. Where a word says it outright, that counts before a wildcard.
fn granted<'r>(rule: &'r PolicyRule, grant: &'r Grant) -> Vec<Granted<'r>> {
    let counts = match &rule.names {
        Some(names) if !grant.names.is_empty() => {
            names.iter().any(|own| grant.names.iter().any(|it| **it == *own.text))
        }
        Some(_) => grant.named == Named::Ignored,
        None => grant.names.is_empty(),
    };
    if !counts {
        return Vec::new();
    }
    let mut found = Vec::new();
    for resource in &grant.resources {
        let words = rule.resources_matching(&grant.groups, resource);
        let Some(resource_word) = words.min_by_key(|word| is_wildcard(word)) else { continue };
        for verb in &grant.verbs {
            let words = rule.verbs_matching(verb);
            let Some(verb_word) = words.min_by_key(|word| is_wildcard(word)) else { continue };
            found.push(Granted { resource, verb, resource_word, verb_word });
        }
    }
    found
}

fn is_wildcard(word: &Item) -> bool {
    word.text.contains('*')
}

/// The wildcards by which a role's rule covers what it does not name; empty where it names all of it.
fn through(found: &[Granted<'_>]) -> String {
    let words = found.iter().map(|granted| granted.resource_word).filter(|word| is_wildcard(word));
    let words = quoted(words.map(|word| &*word.text));
    if !words.is_empty() {
        return format!(" through {}", words.join(" and "));
    }
    let by_verb = found.iter().any(|granted| is_wildcard(granted.verb_word));
    if by_verb { " through the verb `*`".to_owned() } else { String::new() }
}

/// Each word once, in the order of their first appearance, in backticks.
fn quoted<'w>(words: impl Iterator<Item = &'w str>) -> Vec<String> {
    distinct(words).into_iter().map(|word| format!("`{word}`")).collect()
}

fn distinct<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut distinct = Vec::new();
    for it in all {
        if !distinct.contains(&it) {
            distinct.push(it);
        }
    }
    distinct
}
