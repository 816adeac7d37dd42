//! GitLab's Code Quality report: a list of issues, told apart by fingerprints.

use std::{
    collections::HashMap,
    io::{self, Write},
};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Options, fingerprint, json_layout, safe, uri, words};
use crate::{
    base::{Diagnostic, Severity},
    engine::Outcome,
    rule::Registry,
};

pub(super) fn write(outcome: &Outcome, _: &Registry, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut seen = Seen::default();
    let unreadable = outcome.unreadable.iter().map(|file| {
        let path = uri::path(outcome, &file.path);
        Issue {
            description: format!("cannot read it: {}", safe::line(&file.reason)),
            check_name: words::UNREADABLE,
            severity: "blocker",
            fingerprint: seen.fingerprint(words::UNREADABLE, &path),
            location: Location { path, lines: Lines { begin: 1 } },
        }
    });
    let mut issues: Vec<_> = unreadable.collect();
    issues.extend(outcome.findings.iter().map(|finding| issue(finding, outcome, &mut seen)));
    // One issue a line.
    json_layout::write(&issues, 1, out)
}

fn issue<'o>(finding: &'o Diagnostic, outcome: &'o Outcome, seen: &mut Seen) -> Issue<'o> {
    let span = finding.primary.span;
    let path = uri::path(outcome, outcome.sources.path(span.source));
    Issue {
        description: words::message(finding),
        check_name: finding.rule.as_str(),
        severity: severity(finding.severity),
        fingerprint: seen.fingerprint(&fingerprint::stable(finding, &path), &path),
        location: Location { path, lines: Lines { begin: words::line(&outcome.sources, span) } },
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
        Severity::Info => "info",
    }
}

/// How often each fingerprint was given.
#[derive(Default)]
struct Seen(HashMap<String, u32>);

impl Seen {
    /// A hash of what is found and of its file, and of how many times that was so before: GitLab shows only one of
    /// two equal ones. No line takes part, so that it outlives changes above.
    fn fingerprint(&mut self, what: &str, path: &str) -> String {
        let hash = Sha256::new().chain_update(what).chain_update([0xFF]).chain_update(path).finalize();
        let hash: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let times = self.0.entry(hash.clone()).or_default();
        *times += 1;
        match *times {
            1 => hash,
            nth => format!("{hash}-{nth}"),
        }
    }
}

#[derive(Serialize)]
struct Issue<'o> {
    description: String,
    check_name: &'o str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}
