//! One finding as a SARIF result.

use serde::Serialize;

use super::{
    Text, level,
    location::{Artifact, Files, Location, Logical, Region},
    sentence,
};
use crate::{
    base::{Diagnostic, Edit, Fix, Label, Safety, Severity, Subject},
    engine::Ignored,
    report::{concise::overlays, fingerprint, place::Place, safe},
    rule::Rule,
};

/// GitHub keeps this many locations of a result.
const MAX_RELATED: usize = 100;
/// Room for links to related locations in a message, in characters.
const MAX_LINKS: usize = 400;

/// §3.27 result.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RunResult {
    rule_id: String,
    rule_index: usize,
    level: &'static str,
    rank: f32,
    message: Text,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    code_flows: Vec<CodeFlow>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<FixOut>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
    partial_fingerprints: Fingerprints,
    properties: Properties,
}

impl RunResult {
    pub(super) fn new(
        finding: &Diagnostic,
        rule_index: usize,
        rule: Option<&Rule>,
        files: &Files<'_>,
    ) -> Self {
        let related: Vec<&Label> = finding.related.iter().take(MAX_RELATED).collect();
        let mut location = Location::of_span(files, finding.primary.span);
        location.logical = finding.subject.iter().map(logical).collect();
        let related_locations = related.iter().zip(1..).map(|(label, id)| {
            let message = Some(Text::new(label_text(label)));
            Location { id: Some(id), message, ..Location::of_span(files, label.span) }
        });
        Self {
            rule_id: finding.rule.to_string(),
            rule_index,
            level: level(finding.severity),
            rank: rank(finding.severity, rule),
            message: Text::new(message(finding, &related)),
            locations: [location],
            related_locations: related_locations.collect(),
            code_flows: code_flow(finding, &related, files).into_iter().collect(),
            fixes: finding.fixes.iter().filter_map(|fix| FixOut::new(fix, files)).collect(),
            suppressions: Vec::new(),
            partial_fingerprints: Fingerprints {
                github: files.line_hash(finding.primary.span),
                plimsoll: fingerprint::stable(finding, &files.artifact(finding.primary.span.source).uri),
            },
            properties: Properties { severity: finding.severity, overlays: finding.overlays.clone() },
        }
    }

    /// With what silences it: a comment, an annotation or a configuration, if one does.
    pub(super) fn suppressed(mut self, by: Option<&Ignored>, files: &Files<'_>) -> Self {
        self.suppressions.extend(by.map(|ignored| {
            Suppression {
                kind: if ignored.place.is_some() { "inSource" } else { "external" },
                justification: Some(safe::line_up_to(&ignored.reason, MAX_LINKS).into_owned())
                    .filter(|reason| !reason.is_empty()),
                location: ignored.place.map(|place| Location::of_span(files, place)),
            }
        }));
        self
    }
}

/// §3.35 suppression.
#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
}

/// 0 to 100; GitLab takes its severity from it. The rule's own number holds while the user left the rule's
/// severity alone.
fn rank(severity: Severity, rule: Option<&Rule>) -> f32 {
    let own = rule.filter(|rule| rule.severity == severity).map(|rule| rule.security_severity);
    (own.unwrap_or(severity.security_severity()) * 10.0).round().clamp(0.0, 100.0)
}

/// The message as a sentence, with the overlays and with links to the related places.
fn message(finding: &Diagnostic, related: &[&Label]) -> String {
    let mut tail = overlays(finding).map(|names| format!(" ({names})")).unwrap_or_default();
    if tail.chars().count() > MAX_LINKS {
        tail.clear();
    }
    let mut links = String::new();
    for (label, id) in related.iter().zip(1..) {
        let separator = if links.is_empty() { ": " } else { ", " };
        let link = format!("{separator}[{}]({id})", escaped(&label_text(label)));
        if links.chars().count() + link.chars().count() > MAX_LINKS {
            break;
        }
        links.push_str(&link);
    }
    let words = safe::line(&finding.message);
    // Only this would be read as a link (§3.11.6).
    let words = if words.contains("](") { escaped(&words) } else { words.into_owned() };
    sentence(&words, &format!("{tail}{links}"))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

fn label_text(label: &Label) -> String {
    let words = safe::line_up_to(&label.text, 200);
    if words.trim().is_empty() { "here".to_owned() } else { words.into_owned() }
}

/// `apps/v1/Deployment/shop/web#spec.replicas`
fn logical(subject: &Subject) -> Logical {
    let object = &subject.object;
    let parts = [
        object.api_version.as_str(),
        &object.kind,
        object.namespace.as_deref().unwrap_or_default(),
        &object.name,
    ];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let mut name = parts.join("/");
    if !subject.path.is_empty() {
        name = format!("{name}#{}", subject.path);
    }
    Logical {
        name: subject.container.clone().unwrap_or_else(|| object.name.clone()),
        fully_qualified_name: name,
        kind: "resource",
    }
}

/// §3.36 codeFlow: from where a value was first written to where it was decided.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CodeFlow {
    thread_flows: [ThreadFlow; 1],
}

#[derive(Serialize)]
struct ThreadFlow {
    locations: Vec<Step>,
}

#[derive(Serialize)]
struct Step {
    location: Location,
}

/// A flow where kustomizations built the object, or where another file has a part in it.
fn code_flow(finding: &Diagnostic, related: &[&Label], files: &Files<'_>) -> Option<CodeFlow> {
    let elsewhere = |label: &&Label| label.span.source != finding.primary.span.source;
    if related.is_empty() || (finding.overlays.is_empty() && !related.iter().any(elsewhere)) {
        return None;
    }
    let step = |label: &Label| {
        let message = Some(Text::new(label_text(label)));
        Step { location: Location { message, ..Location::of_span(files, label.span) } }
    };
    let locations = related.iter().copied().chain([&finding.primary]).map(step).collect();
    Some(CodeFlow { thread_flows: [ThreadFlow { locations }] })
}

/// §3.55 fix.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FixOut {
    description: Text,
    artifact_changes: Vec<ArtifactChange>,
}

impl FixOut {
    /// `None` for a fix that a person must complete, and where the text it changes is not known.
    fn new(fix: &Fix, files: &Files<'_>) -> Option<Self> {
        let warning = match fix.safety {
            Safety::Safe => "",
            Safety::Unsafe => " (may change what the workload can do)",
            Safety::Manual => return None,
        };
        let mut artifact_changes: Vec<ArtifactChange> = Vec::new();
        // Edits are sorted by span, so those of one file stand together.
        for edits in fix.edits.chunk_by(|a, b| a.span.source == b.span.source) {
            artifact_changes.push(ArtifactChange {
                artifact_location: files.artifact(edits[0].span.source),
                replacements: edits
                    .iter()
                    .map(|edit| Replacement::new(edit, files))
                    .collect::<Option<_>>()?,
            });
        }
        let description = Text::new(sentence(&fix.title, warning));
        (!artifact_changes.is_empty()).then_some(Self { description, artifact_changes })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: Artifact,
    replacements: Vec<Replacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    #[serde(skip_serializing_if = "Option::is_none")]
    inserted_content: Option<Text>,
}

impl Replacement {
    fn new(edit: &Edit, files: &Files<'_>) -> Option<Self> {
        let source = files.outcome.sources.get(edit.span.source)?;
        let inserted_content = (!edit.text.is_empty()).then(|| Text::new(edit.text.clone()));
        Some(Self { deleted_region: Region::of(Place::of(source, edit.span)), inserted_content })
    }
}

#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "primaryLocationLineHash", skip_serializing_if = "Option::is_none")]
    github: Option<String>,
    #[serde(rename = "plimsoll/v1")]
    plimsoll: String,
}

#[derive(Serialize)]
struct Properties {
    severity: Severity,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    overlays: Vec<String>,
}
