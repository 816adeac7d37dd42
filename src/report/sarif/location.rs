//! Where a result is, in SARIF's words: files, regions, snippets.

use std::cell::OnceCell;

use serde::Serialize;

use super::Text;
use crate::{
    base::{Source, SourceId, Span},
    engine::Outcome,
    report::{
        fingerprint::LineHashes,
        place::{Place, floor},
        uri,
    },
};

/// A longer region or context, in bytes, is not quoted whole.
const MAX_QUOTE: usize = 1024;
/// Bytes quoted around a region whose lines are too long.
const MARGIN: u32 = 60;

/// What results need to know of files, each made once.
pub(super) struct Files<'o> {
    pub(super) outcome: &'o Outcome,
    artifacts: Vec<OnceCell<Artifact>>,
    hashes: Vec<OnceCell<LineHashes>>,
}

impl<'o> Files<'o> {
    pub(super) fn new(outcome: &'o Outcome) -> Self {
        let count = outcome.sources.len();
        Self {
            outcome,
            artifacts: (0..count).map(|_| OnceCell::new()).collect(),
            hashes: (0..count).map(|_| OnceCell::new()).collect(),
        }
    }

    /// The file of a source.
    pub(super) fn artifact(&self, id: SourceId) -> Artifact {
        let make = || self.artifact_at(self.outcome.sources.path(id));
        self.artifacts.get(id.0 as usize).map_or_else(make, |cell| cell.get_or_init(make).clone())
    }

    /// A file that is no source.
    pub(super) fn artifact_at(&self, path: &str) -> Artifact {
        let uri = uri::of(self.outcome, path);
        Artifact { uri: uri.text, uri_base_id: uri.in_root.then_some("%SRCROOT%") }
    }

    /// GitHub's hash of the line at which `span` starts.
    pub(super) fn line_hash(&self, span: Span) -> Option<String> {
        let source = self.outcome.sources.get(span.source)?;
        let hashes = self.hashes.get(span.source.0 as usize)?.get_or_init(|| LineHashes::new(&source.text));
        hashes.get(Place::of(source, span).from.line)
    }
}

/// §3.4 artifactLocation.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Artifact {
    pub(super) uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

/// §3.28 location.
#[derive(Debug, Serialize)]
pub(super) struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<Text>,
    #[serde(rename = "physicalLocation")]
    pub(super) physical: Physical,
    #[serde(rename = "logicalLocations", skip_serializing_if = "Vec::is_empty")]
    pub(super) logical: Vec<Logical>,
}

impl Location {
    /// A whole file.
    pub(super) fn of_file(artifact_location: Artifact) -> Self {
        Self::at(Physical { artifact_location, region: None, context_region: None })
    }

    /// The part of `span` on its first line: GitHub shows an alert in a pull request only where all of its
    /// lines were changed.
    pub(super) fn of_span(files: &Files<'_>, span: Span) -> Self {
        let artifact_location = files.artifact(span.source);
        Self::at(match files.outcome.sources.get(span.source) {
            Some(source) => {
                let place = Place::of(source, span).first_line(source);
                let region = Some(Region::quoting(source, place));
                Physical { artifact_location, region, context_region: context(source, place) }
            }
            None => Physical { artifact_location, region: Some(Region::bytes(span)), context_region: None },
        })
    }

    fn at(physical: Physical) -> Self {
        Self { id: None, message: None, physical, logical: Vec::new() }
    }
}

/// §3.29 physicalLocation.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Physical {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context_region: Option<Region>,
}

/// §3.33 logicalLocation.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Logical {
    pub(super) name: String,
    pub(super) fully_qualified_name: String,
    pub(super) kind: &'static str,
}

/// §3.30 region, by lines and columns where the text is known, by bytes otherwise.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    #[serde(skip_serializing_if = "Option::is_none")]
    start_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte_offset: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte_length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Text>,
}

impl Region {
    pub(super) fn of(place: Place) -> Self {
        Self {
            start_line: Some(place.from.line),
            start_column: Some(place.from.utf16_column),
            end_line: Some(place.to.line),
            end_column: Some(place.to.utf16_column),
            byte_offset: None,
            byte_length: None,
            snippet: None,
        }
    }

    /// With the text it covers, unless that is nothing (some readers stumble over an empty snippet) or much.
    fn quoting(source: &Source, place: Place) -> Self {
        let text = source.text.get(place.range()).unwrap_or_default();
        let quoted = !text.is_empty() && text.len() <= MAX_QUOTE;
        Self { snippet: quoted.then(|| Text::new(text)), ..Self::of(place) }
    }

    fn bytes(span: Span) -> Self {
        Self {
            start_line: None,
            start_column: None,
            end_line: None,
            end_column: None,
            byte_offset: Some(span.start),
            byte_length: Some(span.end.saturating_sub(span.start)),
            snippet: None,
        }
    }
}

/// The line before and the line after `place`, or a piece of its line where those are long. `None` where
/// that is no more than the region itself: a context must be larger (§3.29.5).
fn context(source: &Source, place: Place) -> Option<Region> {
    if place.range().len() > MAX_QUOTE {
        return None;
    }
    let lines = source.lines();
    let last = (place.to.line + 1).min(lines.line_count());
    let start = lines.line_start(place.from.line.saturating_sub(1).max(1))?;
    let end = lines.line_start(last)? + lines.line_text(&source.text, last).len() as u32;
    let (start, end) = if (end - start) as usize <= MAX_QUOTE { (start, end) } else { piece(source, place)? };
    let context = Place::of(source, Span { source: source.id, start, end });
    let larger = context.range().len() > place.range().len() && !context.range().is_empty();
    larger.then(|| Region::quoting(source, context))
}

/// [`MARGIN`] bytes on each side of `place`, on its own line.
fn piece(source: &Source, place: Place) -> Option<(u32, u32)> {
    let line_start = source.lines().line_start(place.from.line)?;
    let line_end = line_start + source.lines().line_text(&source.text, place.from.line).len() as u32;
    let start = floor(&source.text, place.start.saturating_sub(MARGIN)).max(line_start);
    let end = floor(&source.text, place.end.saturating_add(MARGIN)).min(line_end);
    Some((start, end.max(place.end)))
}
