//! Findings as words and in an order that many formats share. Knows no format's escapes.

use std::cmp::Reverse;

use super::{
    concise::{MAX_MESSAGE, overlays},
    ignored_words,
    place::Place,
    safe,
};
use crate::{
    base::{Diagnostic, Fix, Safety, Severity, Sources, Span},
    engine::{Ignored, Outcome},
    rule::{Registry, Rule},
};

/// Related places that a format for people tells of one finding.
pub(super) const MAX_RELATED: usize = 8;
/// Longest label of a related place, in characters.
const MAX_LABEL: usize = 200;
/// What a file that could not be read is called where rules are named.
pub(super) const UNREADABLE: &str = "unreadable-file";

/// All findings, the worst first, those of one severity in the order of the run.
pub(super) fn worst_first(outcome: &Outcome) -> Vec<&Diagnostic> {
    let mut findings: Vec<_> = outcome.findings.iter().collect();
    findings.sort_by_key(|finding| Reverse(finding.severity));
    findings
}

/// The message on one line, and behind it the overlays.
pub(super) fn message(finding: &Diagnostic) -> String {
    let message = safe::line_up_to(&finding.message, MAX_MESSAGE);
    match overlays(finding) {
        Some(overlays) => format!("{message} ({overlays})"),
        None => message.into_owned(),
    }
}

/// [`message`], and behind it why it is silenced, if it is.
pub(super) fn message_of(finding: &Diagnostic, silenced: Option<&Ignored>) -> String {
    match silenced {
        Some(ignored) => format!("{} ({})", message(finding), ignored_words(ignored)),
        None => message(finding),
    }
}

/// `path:line:column`, or `path` where the text was not kept. `path` may be another one than the source's own.
pub(super) fn place(sources: &Sources, span: Span, path: &str) -> String {
    let path = safe::line(path);
    match position(sources, span) {
        Some(place) => format!("{path}:{}:{}", place.from.line, place.from.column),
        None => path.into_owned(),
    }
}

/// Both ends of `span`, where its text was kept.
pub(super) fn position(sources: &Sources, span: Span) -> Option<Place> {
    sources.get(span.source).map(|source| Place::of(source, span))
}

/// The line that `span` starts at, 1 where the text was not kept.
pub(super) fn line(sources: &Sources, span: Span) -> u32 {
    position(sources, span).map_or(1, |place| place.from.line)
}

/// `path:line:column: label` of each related place, as many as people read. `path` says how a file is called.
pub(super) fn related(finding: &Diagnostic, sources: &Sources, path: impl Fn(&str) -> String) -> Vec<String> {
    let words = finding.related.iter().take(MAX_RELATED).map(|label| {
        let at = place(sources, label.span, &path(sources.path(label.span.source)));
        match safe::line_up_to(&label.text, MAX_LABEL) {
            text if text.is_empty() => at,
            text => format!("{at}: {text}"),
        }
    });
    let mut words: Vec<_> = words.collect();
    match finding.related.len().saturating_sub(MAX_RELATED) {
        0 => {}
        more => words.push(format!("and {more} more")),
    }
    words
}

/// What to do about it: the finding's own words, else the first paragraph of the rule's.
pub(super) fn help<'o>(finding: &'o Diagnostic, rule: Option<&'o Rule>) -> &'o str {
    let of_rule = || rule.map(|rule| rule.prose().how_to_fix.split("\n\n").next().unwrap_or_default());
    finding.help.as_deref().or_else(of_rule).unwrap_or_default().trim()
}

/// Where more is said about a rule, if its file says where.
pub(super) fn link<'r>(registry: &'r Registry, rule: &str) -> Option<&'r str> {
    let links = &registry.get(rule)?.prose().references.links;
    links.iter().map(String::as_str).find(|link| is_link(link))
}

/// Whether `link` is one that can stand in a page as it is.
pub(super) fn is_link(link: &str) -> bool {
    let is_fine = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&+,;=%".contains(c);
    link.starts_with("https://") && link.chars().all(is_fine)
}

/// The promise of a fix in words.
pub(super) fn promise(fix: &Fix) -> &'static str {
    match fix.safety {
        Safety::Safe => "safe",
        Safety::Unsafe => "unsafe",
        Safety::Manual => "by hand",
    }
}

/// A piece of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part<'t> {
    pub(super) text: &'t str,
    /// It stood between backticks.
    pub(super) is_value: bool,
}

/// The parts of a message, in which backticks stand around values, without these backticks. A value may hold backticks
/// itself: those around it have no letter and no digit on their outer side. Any other backtick is somebody's own.
pub(super) fn with_values(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut rest, mut from) = (text, 0);
    while let Some(at) = rest.get(from..).and_then(|tail| tail.find('`')).map(|at| from + at) {
        let (before, behind) = (&rest[..at], &rest[at + 1..]);
        let end = if before.ends_with(char::is_alphanumeric) { None } else { end_of_value(behind) };
        let Some(end) = end else {
            from = at + 1;
            continue;
        };
        parts.push(Part { text: before, is_value: false });
        parts.push(Part { text: &behind[..end], is_value: true });
        (rest, from) = (&behind[end + 1..], 0);
    }
    parts.push(Part { text: rest, is_value: false });
    parts.retain(|part| part.is_value || !part.text.is_empty());
    parts
}

/// Where the backtick behind a value is: the first with no letter, digit or backtick behind it.
fn end_of_value(text: &str) -> Option<usize> {
    let ends = |at: usize| !text[at + 1..].starts_with(|c: char| c.is_alphanumeric() || c == '`');
    text.match_indices('`').map(|(at, _)| at).find(|&at| ends(at))
}

/// One of three, where a platform knows no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Error,
    Warning,
    Notice,
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Critical | Severity::High => Level::Error,
            Severity::Medium => Level::Warning,
            Severity::Low | Severity::Info => Level::Notice,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_with_backticks_in_it_is_one_value() {
        for (text, values) in [
            ("", &[][..]),
            ("none", &[]),
            ("container `a` mounts `/b`", &["a", "/b"]),
            ("container `a`b` runs", &["a`b"]),
            ("container `a`b`c` runs `d`", &["a`b`c", "d"]),
            ("container ``x`` runs", &["`x`"]),
            ("container `` runs", &[""]),
            ("(`한`글`), so", &["한`글"]),
            ("a ` b", &[]),
            ("it`s `a`", &["a"]),
            ("`a` and `b", &["a"]),
        ] {
            let parts = with_values(text);
            let found: Vec<_> = parts.iter().filter(|part| part.is_value).map(|part| part.text).collect();
            assert_eq!(found, values, "{text}");
            let again = parts
                .iter()
                .map(|part| if part.is_value { format!("`{}`", part.text) } else { part.text.to_owned() });
            assert_eq!(again.collect::<String>(), text);
        }
    }
}
