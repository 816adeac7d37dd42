//! A rule as a SARIF reportingDescriptor, with its help.

use serde::Serialize;

use super::{MAX_TEXT, Text, level, sentence};
use crate::{
    base::Severity,
    report::safe,
    rule::{Confidence, PssLevel, References, Rule},
};

/// GitHub reads this many tags.
const MAX_TAGS: usize = 20;
/// GitHub's limit for a rule's name, in characters.
const MAX_NAME: usize = 255;

/// §3.49 reportingDescriptor.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    id: String,
    name: String,
    short_description: Text,
    full_description: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
    help: Text,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Properties {
    tags: Vec<String>,
    precision: &'static str,
    #[serde(rename = "problem.severity")]
    problem_severity: &'static str,
    #[serde(rename = "security-severity")]
    security_severity: String,
}

impl Descriptor {
    /// The rule `id`; a rule that the registry does not know gets its id for words.
    pub(super) fn new(id: &str, rule: Option<&Rule>) -> Self {
        match rule {
            Some(rule) => Self::of(rule),
            None => Self {
                id: id.to_owned(),
                name: pascal_case(id),
                short_description: Text::new(sentence(id, "")),
                full_description: Text::new(sentence(id, "")),
                help_uri: None,
                help: Text::new(sentence(id, "")),
                default_configuration: Configuration { level: level(Severity::Medium) },
                properties: Properties {
                    tags: vec!["kubernetes".into()],
                    precision: precision(Confidence::Medium),
                    problem_severity: problem_severity(Severity::Medium),
                    security_severity: security_severity(Severity::Medium.security_severity()),
                },
            },
        }
    }

    fn of(rule: &Rule) -> Self {
        let prose = rule.prose();
        let full = if prose.why.is_empty() { &rule.title } else { &prose.why };
        Self {
            id: rule.id.to_string(),
            name: pascal_case(rule.id.as_str()),
            short_description: Text::new(sentence(&rule.title, "")),
            full_description: Text::new(sentence(&full.split_whitespace().collect::<Vec<_>>().join(" "), "")),
            help_uri: prose.references.links.iter().find(|link| link.starts_with("https://")).cloned(),
            help: help(rule),
            default_configuration: Configuration { level: level(rule.severity) },
            properties: Properties {
                tags: tags(rule),
                precision: precision(rule.confidence),
                problem_severity: problem_severity(rule.severity),
                security_severity: security_severity(rule.security_severity),
            },
        }
    }
}

/// Why and what to do; GitHub shows the Markdown in place of the text.
fn help(rule: &Rule) -> Text {
    let prose = rule.prose();
    let (why, fix) = (prose.why.trim(), prose.how_to_fix.trim());
    let mut text = sentence(&rule.title, "");
    let mut markdown = format!("**{}**\n", rule.title);
    if !why.is_empty() {
        text = format!("{text}\n\nWhy: {why}");
        markdown = format!("{markdown}\n{why}\n");
    }
    if !fix.is_empty() {
        text = format!("{text}\n\nHow to fix: {fix}");
        markdown = format!("{markdown}\n**How to fix:** {fix}\n");
    }
    if !prose.references.links.is_empty() {
        let links: Vec<_> = prose.references.links.iter().map(|link| format!("- <{link}>")).collect();
        markdown = format!("{markdown}\n{}\n", links.join("\n"));
    }
    Text { text, markdown: Some(markdown) }
}

/// The most telling first: GitLab reads ten of them.
fn tags(rule: &Rule) -> Vec<String> {
    let references = &rule.prose().references;
    let mut tags = Vec::new();
    if is_security(rule, references) {
        tags.push("security".to_owned());
    }
    tags.extend(["kubernetes".to_owned(), rule.family.clone()]);
    tags.extend(references.pss.iter().map(|pss| match pss.level {
        PssLevel::Baseline => "pss-baseline".to_owned(),
        PssLevel::Restricted => "pss-restricted".to_owned(),
    }));
    // CodeQL's form, three digits at least.
    tags.extend(references.cwe.iter().map(|number| format!("external/cwe/cwe-{number:03}")));
    tags.extend(references.cis.iter().map(|section| format!("cis-{}", slug(section))));
    tags.extend(references.nsa.iter().map(|heading| format!("nsa-{}", slug(heading))));
    tags.truncate(MAX_TAGS);
    tags
}

/// GitHub ranks a rule with this tag among vulnerabilities. A rule about reliability that no security text
/// asks for is none.
fn is_security(rule: &Rule, references: &References) -> bool {
    let asked_for = references.pss.is_some()
        || !(references.cis.is_empty() && references.nsa.is_empty() && references.cwe.is_empty());
    asked_for || !rule.profiles.iter().any(|profile| profile == "reliability")
}

/// `Non-root containers` as `non-root-containers`; dots stay.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars() {
        match c {
            c if c.is_alphanumeric() || c == '.' => slug.extend(c.to_lowercase()),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// `host-network` as `HostNetwork`, the form in which SARIF wants names.
fn pascal_case(id: &str) -> String {
    let words = id.split(|c: char| !c.is_alphanumeric()).map(|word| {
        let mut chars = word.chars();
        chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect::<String>()
    });
    safe::line(&words.collect::<String>()).chars().take(MAX_NAME.min(MAX_TEXT)).collect()
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "recommendation",
    }
}

/// GitHub wants the number as text.
fn security_severity(number: f32) -> String {
    format!("{number:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_tags_are_made_of_words() {
        assert_eq!(pascal_case("rbac-wildcard-verbs"), "RbacWildcardVerbs");
        assert_eq!(slug("Non-root containers, \"rootless\" engines"), "non-root-containers-rootless-engines");
        assert_eq!(slug("5.2.2"), "5.2.2");
    }
}
