//! All that a rule file says, for a reader: `plimsoll explain`, the documentation page, JSON.

mod json;
mod markdown;
mod text;

use std::io::{self, Write};

use super::{Layout, Options};
use crate::{
    base::{Minor, Safety},
    rule::{Example, Literal, Literals, Platform, PssLevel, References, Rule, VersionRange},
};

/// Explains `rule`.
///
/// # Errors
/// Whatever `out` fails with.
pub fn write(rule: &Rule, layout: Layout, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    match layout {
        Layout::Text => text::write(rule, options, out),
        Layout::Markdown => markdown::write(rule, out),
        Layout::Json => json::write(rule, out),
    }
}

/// What a table at the top tells: name and value.
fn facts(rule: &Rule) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("Severity", rule.severity.to_string()),
        ("Confidence", format!("{:?}", rule.confidence).to_lowercase()),
        ("Family", rule.family.clone()),
        ("Profiles", profiles(rule)),
        ("Applies to", kinds(&rule.kinds)),
    ];
    facts.extend(versions(rule.kubernetes).map(|versions| ("Kubernetes", versions)));
    facts.extend(rule.platform.map(|platform| ("Platform", platform_name(platform).to_owned())));
    facts.push(("Since", rule.since.clone()));
    let fixes: Vec<&str> = rule.fix_safeties().into_iter().rev().map(promise).collect();
    if !fixes.is_empty() {
        facts.push(("Fix", fixes.join("; ")));
    }
    facts
}

/// A fix's promise, for the table.
fn promise(safety: Safety) -> &'static str {
    match safety {
        Safety::Safe => "safe: a correct workload stays as it is",
        Safety::Unsafe => "unsafe: a workload that relies on it may stop working",
        Safety::Manual => "manual: shown, never applied",
    }
}

fn profiles(rule: &Rule) -> String {
    let named = rule.profiles.iter().map(String::as_str);
    named.chain(["all"]).collect::<Vec<_>>().join(", ")
}

fn kinds(kinds: &[String]) -> String {
    let words = kinds.iter().map(|kind| match kind.as_str() {
        "workload" => "everything that has a pod",
        "any" => "every object",
        kind => kind,
    });
    words.collect::<Vec<_>>().join(", ")
}

/// `None` for a rule that holds at every version.
fn versions(range: VersionRange) -> Option<String> {
    match (range.from, range.until) {
        (None, None) => None,
        (Some(from), None) => Some(format!("{from} and newer")),
        (None, Some(until)) => Some(format!("before {until}")),
        (Some(from), Some(Minor(until))) if until == from.0 + 1 => Some(format!("{from} only")),
        (Some(from), Some(Minor(until))) => Some(format!("{from} to {}", Minor(until.saturating_sub(1)))),
    }
}

fn platform_name(platform: Platform) -> &'static str {
    match platform {
        Platform::Aks => "Azure Kubernetes Service",
    }
}

/// Texts that ask for the rule: whose, and what they call it.
fn sources(references: &References) -> Vec<(&'static str, String)> {
    let mut sources = Vec::new();
    if let Some(pss) = &references.pss {
        let level = match pss.level {
            PssLevel::Baseline => "baseline",
            PssLevel::Restricted => "restricted",
        };
        sources.push(("Pod Security Standards", format!("{} ({level})", pss.control)));
    }
    let lists = [
        ("CIS Kubernetes Benchmark", &references.cis),
        ("NSA/CISA Hardening Guide", &references.nsa),
        ("AKS practices", &references.aks),
        ("Azure Policy", &references.azure_policy),
    ];
    sources.extend(
        lists.into_iter().filter(|(_, list)| !list.is_empty()).map(|(whose, list)| (whose, list.join(", "))),
    );
    if !references.cwe.is_empty() {
        let numbers = references.cwe.iter().map(|number| format!("CWE-{number}"));
        sources.push(("CWE", numbers.collect::<Vec<_>>().join(", ")));
    }
    sources
}

/// A default as it would be written in the configuration.
fn literals(literals: &Literals) -> String {
    match literals {
        Literals::One(one) => literal(one),
        Literals::Many(many) => format!("[{}]", many.iter().map(literal).collect::<Vec<_>>().join(", ")),
    }
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Bool(value) => value.to_string(),
        Literal::Int(value) => value.to_string(),
        Literal::Float(value) => value.to_string(),
        Literal::Text(value) if value.is_empty() => "\"\"".to_owned(),
        Literal::Text(value) => value.clone(),
    }
}

/// Under which settings an example holds: `Kubernetes 1.24, with max-size: 5`.
fn settings(example: &Example) -> Option<String> {
    let mut parts = Vec::new();
    parts.extend(example.kubernetes.map(|minor| format!("Kubernetes {minor}")));
    parts.extend(example.platform.map(|platform| platform_name(platform).to_owned()));
    let params = example.params.iter().map(|(name, value)| format!("{name}: {}", literals(value)));
    let params = params.collect::<Vec<_>>().join(", ");
    if !params.is_empty() {
        parts.push(format!("with {params}"));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}
