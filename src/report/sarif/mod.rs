//! SARIF 2.1.0 as GitHub, GitLab and Azure DevOps read it: their limits are kept, nothing varies between
//! two equal runs.

mod location;
mod result;
mod rule;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use serde::{Serialize, Serializer};

use self::{
    location::{Files, Location},
    result::RunResult,
    rule::Descriptor,
};
use super::{Options, json_layout, safe, text::count, told};
use crate::{
    base::{Diagnostic, RuleId, Severity},
    engine::{Ignored, Outcome},
    rule::Registry,
};

/// GitHub shows the first so many results of a run.
const SHOWN_RESULTS: usize = 5000;
/// GitHub refuses a run with more results.
const MAX_RESULTS: usize = 25_000;
/// GitLab drops a result with a longer message, in characters; GitHub does so with descriptions.
const MAX_TEXT: usize = 1024;
/// Findings of these rules also tell that the tool could not do all of its work.
const INPUT_RULES: [&str; 2] = ["yaml-syntax", "yaml-limit"];

pub(super) fn write(
    outcome: &Outcome,
    registry: &Registry,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let files = Files::new(outcome);
    let rules = rules(outcome);
    let mut results = results(outcome, options);
    let left_out = results.len().saturating_sub(MAX_RESULTS);
    results.truncate(MAX_RESULTS);
    let run = Run {
        tool: Tool { driver: Driver::new(&rules, registry) },
        column_kind: "utf16CodeUnits",
        original_uri_base_ids: BaseIds {
            srcroot: Described { description: Text::new("Root of the repository.") },
        },
        automation_details: AutomationDetails { id: "plimsoll/" },
        invocations: [invocation(outcome, &files, &rules, left_out)],
        results: Results { told: &results, registry, files: &files, rules: &rules },
    };
    let log = Log { schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] };
    // One result a line.
    json_layout::write(&log, 4, out)
}

/// A finding, and what silences it.
type Told<'o> = (&'o Diagnostic, Option<&'o Ignored>);

/// All that is told, the silenced findings last; beyond what GitHub shows, the worst first.
fn results<'o>(outcome: &'o Outcome, options: &Options) -> Vec<Told<'o>> {
    let mut results: Vec<Told<'o>> = told(outcome, options).collect();
    let findings = &mut results[..outcome.findings.len()];
    if findings.len() > SHOWN_RESULTS {
        findings.sort_by_key(|(finding, _)| Reverse(finding.severity));
    }
    results
}

/// Index of every rule that ran or has a finding, by id.
type RuleIndex<'o> = BTreeMap<&'o str, usize>;

fn rules(outcome: &Outcome) -> RuleIndex<'_> {
    let ran = outcome.rules_run.iter().map(RuleId::as_str);
    let found = outcome.findings.iter().map(|finding| finding.rule.as_str());
    let ids: BTreeSet<_> = ran.chain(found).collect();
    ids.into_iter().enumerate().map(|(index, id)| (id, index)).collect()
}

#[derive(Serialize)]
struct Log<'o> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'o>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'o> {
    tool: Tool,
    column_kind: &'static str,
    original_uri_base_ids: BaseIds,
    automation_details: AutomationDetails,
    invocations: [Invocation; 1],
    results: Results<'o>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    full_name: String,
    semantic_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    information_uri: Option<&'static str>,
    rules: Vec<Descriptor>,
    notifications: [Notice; 3],
}

/// The page about plimsoll (§3.19.2 `informationUri`): of whoever built it, or else of the package, if either has one.
fn home() -> Option<&'static str> {
    let of_package = [env!("CARGO_PKG_HOMEPAGE"), env!("CARGO_PKG_REPOSITORY")];
    option_env!("PLIMSOLL_HOME").into_iter().chain(of_package).find(|uri| !uri.is_empty())
}

impl Driver {
    fn new(rules: &RuleIndex<'_>, registry: &Registry) -> Self {
        let version = env!("CARGO_PKG_VERSION");
        Self {
            name: env!("CARGO_PKG_NAME"),
            full_name: format!("{} {version}", env!("CARGO_PKG_NAME")),
            semantic_version: version,
            information_uri: home(),
            rules: rules.keys().map(|id| Descriptor::new(id, registry.get(id))).collect(),
            notifications: [
                Notice {
                    id: "unreadable-file",
                    name: "UnreadableFile",
                    short_description: Text::new("A file could not be read."),
                    full_description: Text::new(
                        "A file could not be read, so nothing is known of what it holds.",
                    ),
                    help: Text::new("Check its permissions and its encoding, or exclude it."),
                },
                Notice {
                    id: "incomplete-input",
                    name: "IncompleteInput",
                    short_description: Text::new("A document could not be read as YAML, or not as a whole."),
                    full_description: Text::new("What the broken part of a document holds was not judged."),
                    help: Text::new("Repair the document: the result at the same place says what is wrong."),
                },
                Notice {
                    id: "results-left-out",
                    name: "ResultsLeftOut",
                    short_description: Text::new("There are more results than a reader takes."),
                    full_description: Text::new(
                        "GitHub refuses a run with more than 25,000 results, so the least severe are left out.",
                    ),
                    help: Text::new(
                        "Fix or ignore some, raise the lowest severity, or write a report for each folder.",
                    ),
                },
            ],
        }
    }
}

/// What a notification's id means; readers want as many words as for a rule.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Notice {
    id: &'static str,
    name: &'static str,
    short_description: Text,
    full_description: Text,
    help: Text,
}

/// SARIF's message and multiformatMessageString objects.
#[derive(Debug, Serialize)]
pub(super) struct Text {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<String>,
}

impl Text {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), markdown: None }
    }
}

#[derive(Serialize)]
struct BaseIds {
    #[serde(rename = "%SRCROOT%")]
    srcroot: Described,
}

#[derive(Serialize)]
struct Described {
    description: Text,
}

#[derive(Serialize)]
struct AutomationDetails {
    id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    descriptor: Reference,
    #[serde(skip_serializing_if = "Option::is_none")]
    associated_rule: Option<Reference>,
    level: &'static str,
    message: Text,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location>,
}

#[derive(Serialize)]
struct Reference {
    id: String,
    index: usize,
}

/// Files that could not be read make the run fail; documents that could not be parsed are findings as well.
fn invocation(outcome: &Outcome, files: &Files<'_>, rules: &RuleIndex<'_>, left_out: usize) -> Invocation {
    let unreadable = outcome.unreadable.iter().map(|file| Notification {
        descriptor: Reference { id: "unreadable-file".into(), index: 0 },
        associated_rule: None,
        level: "error",
        message: Text::new(sentence(&file.reason, "")),
        locations: vec![Location::of_file(files.artifact_at(&file.path))],
    });
    let incomplete = outcome.findings.iter().filter(|finding| INPUT_RULES.contains(&finding.rule.as_str()));
    let incomplete = incomplete.map(|finding| Notification {
        descriptor: Reference { id: "incomplete-input".into(), index: 1 },
        associated_rule: rules
            .get(finding.rule.as_str())
            .map(|&index| Reference { id: finding.rule.to_string(), index }),
        level: "warning",
        message: Text::new(sentence(&finding.message, "")),
        locations: vec![Location::of_span(files, finding.primary.span)],
    });
    let shortened = (left_out > 0).then(|| Notification {
        descriptor: Reference { id: "results-left-out".into(), index: 2 },
        associated_rule: None,
        level: "warning",
        message: Text::new(format!("{} left out.", count(left_out, "result is", "results are"))),
        locations: Vec::new(),
    });
    Invocation {
        execution_successful: outcome.unreadable.is_empty(),
        tool_execution_notifications: shortened.into_iter().chain(unreadable).chain(incomplete).collect(),
    }
}

/// `text` and `tail` as one sentence of at most [`MAX_TEXT`] characters, of which `tail` loses none.
fn sentence(text: &str, tail: &str) -> String {
    let room = MAX_TEXT.saturating_sub(tail.chars().count() + 1);
    let text = safe::line_up_to(text.trim(), room);
    let end = if tail.is_empty() && text.ends_with(['.', '…']) { "" } else { "." };
    format!("{text}{tail}{end}")
}

/// Made one by one while they are written.
struct Results<'o> {
    told: &'o [Told<'o>],
    registry: &'o Registry,
    files: &'o Files<'o>,
    rules: &'o RuleIndex<'o>,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.told.iter().map(|&(finding, silenced)| {
            let index = self.rules.get(finding.rule.as_str()).copied().unwrap_or_default();
            let rule = self.registry.get(finding.rule.as_str());
            RunResult::new(finding, index, rule, self.files).suppressed(silenced, self.files)
        }))
    }
}

/// SARIF 2.1.0 §3.27.10.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}
