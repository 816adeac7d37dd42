//! Comments that silence present findings, put into a text above the lines they stand on.

use std::collections::{BTreeMap, BTreeSet};

use super::{comment, of_text};
use crate::{
    base::{Diagnostic, Source, Span},
    render::{each_inline_patch, inline_patches},
    yaml::{self, Limits, Parsed, Style},
};

/// A text with new comments.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// The whole text; the old one where nothing could be added.
    pub text: String,
    /// Findings without a comment, by their place in the list that was given.
    pub left: Vec<Left>,
}

/// A finding that got no comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Its place in the list that was given.
    pub finding: usize,
    /// Its line in the new text, from 1.
    pub line: u32,
    /// Why, without a period.
    pub why: &'static str,
}

/// Checks that `reason` can stand behind the brackets of a comment.
///
/// # Errors
/// What is wrong with it.
pub fn check_reason(reason: &str) -> Result<(), String> {
    if reason.chars().any(char::is_control) {
        return Err("a reason is one line".to_owned());
    }
    comment::reason_of(reason).map(drop)
}

/// Adds a comment to `source` for each of `findings`, which lie in it. A comment stands where it silences its finding
/// and changes nothing of what the text says, or nowhere.
pub fn add_ignores(source: &Source, findings: &[&Diagnostic], reason: &str, limits: &Limits) -> Added {
    let parsed = yaml::parse(source.id, &source.text, limits);
    let meaning = meaning(&parsed);
    let adding = Adding { source, findings, reason, limits, meaning, folded: folded(&parsed) };
    let obstacles = obstacles(source, limits);
    let obstacle = |place: Span| {
        let at = obstacles.partition_point(|(end, _)| *end <= place.start);
        obstacles.get(at).and_then(|(_, why)| *why)
    };
    let mut left = BTreeMap::new();
    let mut open = Vec::new();
    for (at, finding) in findings.iter().enumerate() {
        match obstacle(finding.primary.span) {
            Some(why) => drop(left.insert(at, why)),
            None => open.push(at),
        }
    }
    open.sort_by_key(|at| findings[*at].primary.span.start);
    let mut taken = adding.choose(&open);
    // Each half was tried by itself.
    if !adding.holds(&taken) {
        taken.clear();
    }
    let taken: BTreeSet<usize> = taken.into_iter().collect();
    let refused = open.into_iter().filter(|at| !taken.contains(at));
    left.extend(refused.map(|at| (at, "no comment above its line can silence it and change nothing else")));
    let chosen: Vec<usize> = taken.into_iter().collect();
    let inserts = adding.inserts(&chosen);
    let line = |at: usize| {
        let start = findings[at].primary.span.start;
        source.position(start).line + inserts.range(..=start).count() as u32
    };
    let left = left.into_iter().map(|(finding, why)| Left { finding, line: line(finding), why });
    Added { left: left.collect(), text: adding.with(&inserts) }
}

/// What a text says, whatever its comments and those of its inline patches.
fn meaning(parsed: &Parsed<'_>) -> Vec<String> {
    let patches: BTreeSet<(u32, u32)> =
        inline_patches(parsed).map(|it| (it.span().start, it.span().end)).collect();
    if patches.is_empty() {
        return vec![yaml::events(parsed, false)];
    }
    let mut outer = String::new();
    for line in yaml::events(parsed, true).lines() {
        let (event, place) = line.rsplit_once(" @").unwrap_or((line, ""));
        let place =
            place.split_once("..").and_then(|(start, end)| Some((start.parse().ok()?, end.parse().ok()?)));
        let is_patch = event.starts_with("=VAL") && place.is_some_and(|place| patches.contains(&place));
        outer.push_str(if is_patch { "=PATCH" } else { event });
        outer.push('\n');
    }
    let mut meaning = vec![outer];
    each_inline_patch(parsed, &mut |patch, _| meaning.push(yaml::events(patch, false)));
    meaning
}

/// The inline patches whose lines are no lines of their own: a comment stands above them or nowhere.
fn folded(parsed: &Parsed<'_>) -> Vec<Span> {
    inline_patches(parsed).filter(|patch| patch.style() != Style::Literal).map(yaml::Node::span).collect()
}

/// Why no comment is tried in a document of a text.
type Obstacle = Option<&'static str>;

/// The end of each document, and what stands against comments in it.
fn obstacles(source: &Source, limits: &Limits) -> Vec<(u32, Obstacle)> {
    let text = source.text.trim_start_matches('\u{feff}').trim_start();
    if source.path.to_ascii_lowercase().ends_with(".json") || text.starts_with(['{', '[']) {
        return vec![(u32::MAX, Some("JSON has no place for a comment"))];
    }
    let parsed = yaml::parse(source.id, &source.text, limits);
    let is_one_line = |written: &str| written.starts_with(['{', '[']) && !written.contains(['\n', '\r']);
    let documents = parsed.documents().iter().map(|document| {
        let root = parsed.root(document).map(|root| source.slice(root.span()));
        let is_one_line = root.is_some_and(is_one_line);
        (document.end, is_one_line.then_some("the whole document stands on one line"))
    });
    documents.collect()
}

struct Adding<'s> {
    source: &'s Source,
    findings: &'s [&'s Diagnostic],
    reason: &'s str,
    limits: &'s Limits,
    /// What the text says.
    meaning: Vec<String>,
    /// Scalars inside which no comment can stand.
    folded: Vec<Span>,
}

impl Adding<'_> {
    /// Those of `which`, sorted by place, whose comments hold.
    fn choose(&self, which: &[usize]) -> Vec<usize> {
        if which.is_empty() || self.holds(which) {
            return which.to_vec();
        }
        if which.len() == 1 {
            return Vec::new();
        }
        let (before, after) = which.split_at(which.len() / 2);
        [self.choose(before), self.choose(after)].concat()
    }

    /// Whether comments for `which` silence all of them, and nothing else changes.
    fn holds(&self, which: &[usize]) -> bool {
        let inserts = self.inserts(which);
        let text = self.with(&inserts);
        if u32::try_from(text.len()).is_err() {
            return false;
        }
        let parsed = yaml::parse(self.source.id, &text, self.limits);
        if meaning(&parsed) != self.meaning {
            return false;
        }
        let silences = of_text(&parsed, false);
        which.iter().all(|at| {
            let finding = self.findings[*at];
            let Span { source, start, end } = finding.primary.span;
            let shift: usize = inserts.range(..=self.anchor(start)).map(|(_, line)| line.len()).sum();
            let place = Span::new(source, start + shift as u32, end + shift as u32);
            silences.iter().filter(|silence| silence.covers_start(place)).any(|silence| {
                let names = silence.order.iter().flat_map(|order| &order.names);
                names.into_iter().any(|name| name.text == finding.rule.as_str())
            })
        })
    }

    /// The lines with comments for `which`, by where they are put.
    fn inserts(&self, which: &[usize]) -> BTreeMap<u32, String> {
        let mut rules: BTreeMap<u32, BTreeSet<&str>> = BTreeMap::new();
        for at in which {
            let finding = self.findings[*at];
            let line = self.line_of(self.anchor(finding.primary.span.start));
            rules.entry(line).or_default().insert(finding.rule.as_str());
        }
        rules.into_iter().map(|(line, rules)| (line, self.comment(line, &rules))).collect()
    }

    fn comment(&self, line: u32, rules: &BTreeSet<&str>) -> String {
        let rest = self.source.text.get(line as usize..).unwrap_or_default();
        let indent = &rest[..rest.len() - rest.trim_start_matches([' ', '\t']).len()];
        let rules = rules.iter().copied().collect::<Vec<_>>().join(", ");
        let comment = format!("{indent}# plimsoll: ignore[{rules}] {}", self.reason.trim());
        let end = match rest.split_once(['\n', '\r']) {
            Some((line, after)) if rest.as_bytes().get(line.len()) == Some(&b'\r') => {
                if after.starts_with('\n') { "\r\n" } else { "\r" }
            }
            _ => "\n",
        };
        format!("{}{end}", comment.trim_end())
    }

    /// The byte above whose line a comment for what stands at `offset` goes.
    fn anchor(&self, offset: u32) -> u32 {
        let holds = |span: &&Span| (span.start..span.end).contains(&offset);
        self.folded.iter().find(holds).map_or(offset, |span| span.start)
    }

    /// The first byte of the line on which `offset` stands, behind a byte order mark.
    fn line_of(&self, offset: u32) -> u32 {
        let text = &self.source.text;
        let before = text.as_bytes().get(..offset as usize).unwrap_or_default();
        let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        memchr::memrchr2(b'\n', b'\r', before).map_or(mark, |at| at + 1) as u32
    }

    fn with(&self, inserts: &BTreeMap<u32, String>) -> String {
        let mut text = String::with_capacity(self.source.text.len() + inserts.len() * 64);
        let mut done = 0;
        for (at, line) in inserts {
            text.push_str(self.source.text.get(done..*at as usize).unwrap_or_default());
            text.push_str(line);
            done = *at as usize;
        }
        text.push_str(self.source.text.get(done..).unwrap_or_default());
        text
    }
}
