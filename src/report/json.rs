//! Everything that is known about a run, for programs. The format is documented in `docs/json.md`; a change
//! that could break a reader raises [`VERSION`].

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use serde::{Serialize, Serializer};

use super::{Options, fingerprint, json_layout, place::Place, safe, told, uri};
use crate::{
    base::{Diagnostic, Edit, Fix, Label, Position, RuleId, Safety, Severity, Sources, Span},
    engine::{FileClass, Ignored, Outcome},
    rule::Registry,
};

/// Of the format, not of plimsoll.
const VERSION: u32 = 1;

pub(super) fn write(
    outcome: &Outcome,
    _: &Registry,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let report = Report {
        version: VERSION,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        findings: Findings(outcome, options),
        unreadable: outcome
            .unreadable
            .iter()
            .map(|file| Unreadable { path: &file.path, reason: safe::line(&file.reason) })
            .collect(),
        stats: Stats::of(outcome),
        rules: outcome.rules_run.iter().map(RuleId::as_str).collect(),
    };
    // One finding a line.
    json_layout::write(&report, 2, out)
}

#[derive(Serialize)]
struct Report<'o> {
    version: u32,
    tool: Tool,
    findings: Findings<'o>,
    unreadable: Vec<Unreadable<'o>>,
    stats: Stats,
    rules: Vec<&'o str>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Unreadable<'o> {
    path: &'o str,
    reason: std::borrow::Cow<'o, str>,
}

/// Counts only: a time would make two runs differ.
#[derive(Serialize)]
struct Stats {
    files: BTreeMap<&'static str, usize>,
    objects: usize,
    findings: SeverityCounts,
    ignored: usize,
}

impl Stats {
    fn of(outcome: &Outcome) -> Self {
        let files = outcome.stats.files.iter().map(|(class, count)| (class_word(*class), *count)).collect();
        Self {
            files,
            objects: outcome.stats.objects,
            findings: SeverityCounts(outcome.by_severity()),
            ignored: outcome.ignored.len(),
        }
    }
}

fn class_word(class: FileClass) -> &'static str {
    match class {
        FileClass::Kubernetes => "kubernetes",
        FileClass::Kustomization => "kustomization",
        FileClass::KustomizePatch => "kustomizePatch",
        FileClass::HelmTemplate => "helmTemplate",
        FileClass::HelmChart => "helmChart",
        FileClass::Other => "other",
        FileClass::Broken => "broken",
    }
}

/// All severities, worst first, zeros included.
struct SeverityCounts([(Severity, usize); 5]);

impl Serialize for SeverityCounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

/// Made one by one while they are written.
struct Findings<'o>(&'o Outcome, &'o Options);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(outcome, options) = self;
        let all = told(outcome, options);
        serializer.collect_seq(all.map(|(finding, silenced)| Finding::of(finding, silenced, outcome)))
    }
}

#[derive(Serialize)]
pub(super) struct Finding<'o> {
    rule: &'o str,
    severity: Severity,
    message: std::borrow::Cow<'o, str>,
    help: Option<&'o str>,
    path: &'o str,
    range: Range,
    label: std::borrow::Cow<'o, str>,
    object: Option<Object<'o>>,
    container: Option<&'o str>,
    field: Option<&'o str>,
    overlays: &'o [String],
    related: Vec<Related<'o>>,
    fixes: Vec<FixOut<'o>>,
    ignored: Option<std::borrow::Cow<'o, str>>,
    fingerprint: String,
}

impl<'o> Finding<'o> {
    pub(super) fn of(finding: &'o Diagnostic, silenced: Option<&'o Ignored>, outcome: &'o Outcome) -> Self {
        let sources = &outcome.sources;
        let path = sources.path(finding.primary.span.source);
        let subject = finding.subject.as_ref();
        Self {
            rule: finding.rule.as_str(),
            severity: finding.severity,
            message: safe::line(&finding.message),
            help: finding.help.as_deref(),
            path,
            range: Range::of(finding.primary.span, sources),
            label: safe::line(&finding.primary.text),
            object: subject.map(|subject| Object {
                api_version: &subject.object.api_version,
                kind: &subject.object.kind,
                namespace: subject.object.namespace.as_deref(),
                name: &subject.object.name,
            }),
            container: subject.and_then(|subject| subject.container.as_deref()),
            field: subject.map(|subject| subject.path.as_str()),
            overlays: &finding.overlays,
            related: finding.related.iter().map(|label| Related::of(label, sources)).collect(),
            fixes: finding.fixes.iter().map(|fix| FixOut::of(fix, sources)).collect(),
            ignored: silenced.map(|ignored| safe::line(&ignored.reason)),
            fingerprint: fingerprint::stable(finding, &uri::of(outcome, path).text),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<'o> {
    api_version: &'o str,
    kind: &'o str,
    namespace: Option<&'o str>,
    name: &'o str,
}

#[derive(Serialize)]
struct Related<'o> {
    message: std::borrow::Cow<'o, str>,
    path: &'o str,
    range: Range,
}

impl<'o> Related<'o> {
    fn of(label: &'o Label, sources: &'o Sources) -> Self {
        let path = sources.path(label.span.source);
        Self { message: safe::line(&label.text), path, range: Range::of(label.span, sources) }
    }
}

#[derive(Serialize)]
struct FixOut<'o> {
    title: &'o str,
    safety: Safety,
    edits: Vec<EditOut<'o>>,
}

impl<'o> FixOut<'o> {
    fn of(fix: &'o Fix, sources: &'o Sources) -> Self {
        let edits = fix.edits.iter().map(|edit| EditOut::of(edit, sources)).collect();
        Self { title: &fix.title, safety: fix.safety, edits }
    }
}

#[derive(Serialize)]
struct EditOut<'o> {
    path: &'o str,
    range: Range,
    text: &'o str,
}

impl<'o> EditOut<'o> {
    fn of(edit: &'o Edit, sources: &'o Sources) -> Self {
        let path = sources.path(edit.span.source);
        Self { path, range: Range::of(edit.span, sources), text: &edit.text }
    }
}

#[derive(Serialize)]
struct Range {
    start: Point,
    end: Point,
}

impl Range {
    fn of(span: Span, sources: &Sources) -> Self {
        match sources.get(span.source) {
            Some(source) => {
                let place = Place::of(source, span);
                let point = |byte, at: Position| Point {
                    byte,
                    line: Some(at.line),
                    column: Some(at.column),
                    utf16_column: Some(at.utf16_column),
                };
                Self { start: point(place.start, place.from), end: point(place.end, place.to) }
            }
            None => Self { start: Point::of_byte(span.start), end: Point::of_byte(span.end) },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Point {
    byte: u32,
    line: Option<u32>,
    column: Option<u32>,
    utf16_column: Option<u32>,
}

impl Point {
    /// For a source whose text was not kept.
    fn of_byte(byte: u32) -> Self {
        Self { byte, line: None, column: None, utf16_column: None }
    }
}
