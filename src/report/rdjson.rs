//! Reviewdog's diagnostic format. Knows that its columns count bytes and that its paths start where it runs.

use std::io::{self, Write};

use serde::Serialize;

use super::{Options, concise, json_layout, place::Place, safe, words};
use crate::{
    base::{Diagnostic, Edit, Safety, Source, Sources, Span},
    engine::Outcome,
    report::words::Level,
    rule::Registry,
};

pub(super) fn write(
    outcome: &Outcome,
    registry: &Registry,
    _: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let unreadable = outcome.unreadable.iter().map(|file| Entry {
        message: format!("cannot read it: {}", safe::line(&file.reason)),
        location: Location { path: &file.path, range: None },
        severity: "ERROR",
        code: Code { value: words::UNREADABLE, url: None },
        suggestions: Vec::new(),
        related_locations: Vec::new(),
    });
    let findings = outcome.findings.iter().map(|finding| Entry::of(finding, outcome, registry));
    let report = Report {
        source: Tool { name: env!("CARGO_PKG_NAME") },
        diagnostics: unreadable.chain(findings).collect(),
    };
    // One diagnostic a line.
    json_layout::write(&report, 2, out)
}

#[derive(Serialize)]
struct Report<'o> {
    source: Tool,
    diagnostics: Vec<Entry<'o>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
}

#[derive(Serialize)]
struct Entry<'o> {
    message: String,
    location: Location<'o>,
    severity: &'static str,
    code: Code<'o>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion<'o>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related<'o>>,
}

impl<'o> Entry<'o> {
    fn of(finding: &'o Diagnostic, outcome: &'o Outcome, registry: &'o Registry) -> Self {
        let sources = &outcome.sources;
        let severity = match Level::from(finding.severity) {
            Level::Error => "ERROR",
            Level::Warning => "WARNING",
            Level::Notice => "INFO",
        };
        let related = finding.related.iter().map(|label| Related {
            message: safe::line_up_to(&label.text, concise::MAX_MESSAGE).into_owned(),
            location: Location::of(sources, label.span),
        });
        Self {
            message: words::message(finding),
            location: Location::of(sources, finding.primary.span),
            severity,
            code: Code { value: finding.rule.as_str(), url: words::link(registry, finding.rule.as_str()) },
            suggestions: suggestions(finding, sources),
            related_locations: related.collect(),
        }
    }
}

/// The edits of the best fix that needs no thinking, unless it changes another file: a suggestion has no path.
fn suggestions<'o>(finding: &'o Diagnostic, sources: &'o Sources) -> Vec<Suggestion<'o>> {
    let id = finding.primary.span.source;
    let Some(source) = sources.get(id) else { return Vec::new() };
    let is_here = |edit: &Edit| edit.span.source == id;
    let usable = finding.fixes.iter().filter(|fix| fix.safety != Safety::Manual);
    let best = usable.filter(|fix| fix.edits.iter().all(is_here)).max_by_key(|fix| fix.safety);
    let edits = best.map(|fix| fix.edits.as_slice()).unwrap_or_default();
    edits.iter().map(|edit| Suggestion { range: Range::of(source, edit.span), text: &edit.text }).collect()
}

#[derive(Serialize)]
struct Code<'o> {
    value: &'o str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'o str>,
}

#[derive(Serialize)]
struct Related<'o> {
    message: String,
    location: Location<'o>,
}

#[derive(Serialize)]
struct Suggestion<'o> {
    range: Range,
    text: &'o str,
}

#[derive(Serialize)]
struct Location<'o> {
    path: &'o str,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

impl<'o> Location<'o> {
    fn of(sources: &'o Sources, span: Span) -> Self {
        let range = sources.get(span.source).map(|source| Range::of(source, span));
        Self { path: sources.path(span.source), range }
    }
}

#[derive(Serialize)]
struct Range {
    start: Point,
    end: Point,
}

impl Range {
    fn of(source: &Source, span: Span) -> Self {
        let place = Place::of(source, span);
        let point = |line: u32, offset: u32| {
            let start = source.lines().line_start(line).unwrap_or_default();
            Point { line, column: offset.saturating_sub(start) + 1 }
        };
        Self { start: point(place.from.line, place.start), end: point(place.to.line, place.end) }
    }
}

/// From 1; the column counts bytes of UTF-8.
#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
}
