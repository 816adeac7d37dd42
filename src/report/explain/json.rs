//! A rule for programs, in the words of its file.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use serde::Serialize;

use crate::{
    base::{Safety, Severity},
    report::json_layout,
    rule::{Confidence, Example, Param, Platform, References, Rule, VersionRange},
};

pub(super) fn write(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    let prose = rule.prose();
    let explained = Explained {
        version: 1,
        id: rule.id.as_str(),
        family: &rule.family,
        title: &rule.title,
        severity: rule.severity,
        security_severity: rule.security_severity,
        confidence: rule.confidence,
        profiles: &rule.profiles,
        since: &rule.since,
        kinds: &rule.kinds,
        kubernetes: rule.kubernetes,
        platform: rule.platform,
        fixes: rule.fix_safeties(),
        params: &rule.params,
        why: &prose.why,
        how_to_fix: &prose.how_to_fix,
        references: &prose.references,
        examples: &prose.examples,
    };
    json_layout::write(&explained, 2, out)
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Explained<'r> {
    version: u32,
    id: &'r str,
    family: &'r str,
    title: &'r str,
    severity: Severity,
    security_severity: f32,
    confidence: Confidence,
    profiles: &'r [String],
    since: &'r str,
    kinds: &'r [String],
    kubernetes: VersionRange,
    platform: Option<Platform>,
    fixes: Vec<Safety>,
    params: &'r BTreeMap<String, Param>,
    why: &'r str,
    how_to_fix: &'r str,
    references: &'r References,
    examples: &'r [Example],
}
