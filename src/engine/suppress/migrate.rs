//! The marks that silence other tools, rewritten into comments and annotations of ours.

use std::{borrow::Cow, collections::BTreeSet};

use super::{
    comment,
    peer::{self, Mark},
};
use crate::{
    base::{Edit, Source, Span},
    kube,
    yaml::{self, Comment, Entry, Kind, Limits, Node, Parsed},
};

/// A text whose marks for other tools are ours.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Migrated {
    /// The whole text; the old one where nothing could be rewritten.
    pub text: String,
    /// How many marks were rewritten.
    pub rewritten: usize,
    /// Marks that stay as they are: the line, from 1, and why, without a period.
    pub left: Vec<(u32, String)>,
}

/// Whether `text` may hold a mark: far cheaper than to read it.
pub fn may_migrate(text: &str) -> bool {
    const DOMAINS: [&str; 7] = [
        "kube-linter.io/",
        "checkov.io/",
        "bridgecrew.io/",
        "cortex.io/",
        "kube-score/",
        "polaris.fairwinds.com/",
        "kubescape.io/",
    ];
    peer::may_mark(text)
        || DOMAINS.iter().any(|domain| memchr::memmem::find(text.as_bytes(), domain.as_bytes()).is_some())
}

/// Rewrites the marks for other tools in `source`. What the text says otherwise stays as it is.
pub fn migrate(source: &Source, limits: &Limits) -> Migrated {
    let parsed = yaml::parse(source.id, &source.text, limits);
    let mut rewriting = Rewriting { source, edits: Vec::new(), rewritten: 0, left: Vec::new() };
    for comment in parsed.comments() {
        rewriting.comment(comment);
    }
    for document in parsed.documents().iter().filter(|document| document.error.is_none()) {
        for object in parsed.root(document).map(kube::objects).unwrap_or_default() {
            let of_pod = object.pod().filter(|pod| pod.is_template).and_then(|pod| pod.metadata);
            for metadata in object.metadata().into_iter().chain(of_pod) {
                if let Some(annotations) = metadata.get("annotations") {
                    rewriting.annotations(annotations);
                }
            }
        }
    }
    rewriting.finish(&parsed, limits)
}

struct Rewriting<'s> {
    source: &'s Source,
    edits: Vec<Edit>,
    rewritten: usize,
    left: Vec<(u32, String)>,
}

impl Rewriting<'_> {
    fn leave(&mut self, place: u32, why: impl Into<String>) {
        self.left.push((self.source.position(place).line, why.into()));
    }

    fn replace(&mut self, span: Span, text: String) {
        self.edits.push(Edit { span, text });
    }

    fn comment(&mut self, place: &Comment) {
        let span = Span::new(self.source.id, place.start, place.end);
        let words = self.source.slice(span);
        let Some(mark) = peer::of_comment(words) else { return };
        if comment::read(words).is_some() {
            return;
        }
        if !mark.is_ours() {
            return self.leave(place.start, unknown(&mark));
        }
        if mark.is_for_line && place.own_line {
            return self.leave(place.start, "it is about the next line alone, and a comment of ours is not");
        }
        let kept = if mark.unknown.is_empty() { String::new() } else { format!("{} ", words.trim_end()) };
        let rules = if mark.is_for_all { "*".to_owned() } else { mark.rules.join(", ") };
        let text = format!("{kept}# plimsoll: ignore[{rules}] {}", reason(&mark));
        if !mark.unknown.is_empty() {
            self.leave(place.start, unknown(&mark));
        }
        self.rewritten += 1;
        self.replace(span, text.trim_end().to_owned());
    }

    fn annotations(&mut self, annotations: Node<'_>) {
        if annotations.kind() != Kind::Mapping || annotations.via().is_some() {
            return;
        }
        let other = |key: &str| annotations.get(key)?.text().map(Into::into);
        let mut taken: BTreeSet<String> =
            annotations.entries().filter_map(|entry| entry.key.text()).map(Cow::into_owned).collect();
        let mut moved = BTreeSet::new();
        for entry in annotations.entries() {
            let (Some(key), Some(value)) = (entry.key.text(), entry.value.text()) else { continue };
            let Some(mark) = peer::of_annotation(&key, &value, &other) else { continue };
            let is_rewritten = self.annotation(entry, &mark, &mut taken);
            if is_rewritten && key.starts_with("kubescape.io/") {
                moved.extend(["kubescape.io/skip-reason", "kubescape.io/skip-expiry"]);
            }
        }
        // Their words went into the annotation of ours.
        for entry in annotations.entries() {
            if entry.key.text().is_some_and(|key| moved.contains(&*key)) {
                self.remove(entry);
            }
        }
    }

    /// Writes one annotation of ours, or several, in place of `entry`; whether it could.
    fn annotation(&mut self, entry: Entry<'_>, mark: &Mark, taken: &mut BTreeSet<String>) -> bool {
        let start = entry.key.span().start;
        if !mark.is_ours() || !mark.unknown.is_empty() {
            self.leave(start, unknown(mark));
            return false;
        }
        let span = Span::new(self.source.id, start, entry.value.span().end);
        if entry.value.via().is_some() || self.source.slice(span).trim_end().contains(['\n', '\r']) {
            self.leave(start, "it stands on several lines, or elsewhere");
            return false;
        }
        let is_json = self.source.slice(entry.key.span()).starts_with('"');
        let ours: Vec<_> = ours(mark, taken).into_iter().filter(|(key, _)| !taken.contains(key)).collect();
        self.rewritten += 1;
        if ours.is_empty() {
            self.remove(entry);
            return true;
        }
        let before = &self.source.text[self.line_start(start as usize)..start as usize];
        let is_block = before.trim().is_empty();
        let between = if is_block { format!("{}{before}", self.line_end()) } else { ", ".to_owned() };
        let lines = ours.iter().map(|(key, value)| {
            let written = if is_json { quoted(value) } else { scalar(value, is_block) };
            format!("{}: {written}", if is_json { quoted(key) } else { key.clone() })
        });
        let text = lines.collect::<Vec<_>>().join(&between);
        taken.extend(ours.into_iter().map(|(key, _)| key));
        self.replace(span, text);
        true
    }

    fn line_end(&self) -> &'static str {
        if self.source.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    fn line_start(&self, at: usize) -> usize {
        self.source.text[..at].rfind(['\n', '\r']).map_or(0, |at| at + 1)
    }

    /// Takes an entry that stands on lines of its own out.
    fn remove(&mut self, entry: Entry<'_>) {
        let text = &self.source.text;
        let (start, end) = (entry.key.span().start as usize, entry.value.span().end as usize);
        let first = self.line_start(start);
        let rest = text.get(end..).unwrap_or_default();
        let line = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let is_alone = text[first..start].trim().is_empty() && rest[..line].trim().is_empty();
        if !is_alone {
            return self.leave(start as u32, "what it says is said already: take it out by hand");
        }
        self.replace(Span::new(self.source.id, first as u32, (end + line) as u32), String::new());
    }

    fn finish(mut self, parsed: &Parsed<'_>, limits: &Limits) -> Migrated {
        self.left.sort();
        self.left.dedup();
        self.edits.sort_by_key(|edit| edit.span);
        let mut text = String::with_capacity(self.source.text.len());
        let mut done = 0;
        for edit in &self.edits {
            text.push_str(self.source.text.get(done..edit.span.start as usize).unwrap_or_default());
            text.push_str(&edit.text);
            done = done.max(edit.span.end as usize);
        }
        text.push_str(self.source.text.get(done..).unwrap_or_default());
        let after = yaml::parse(self.source.id, &text, limits);
        if is_same_but_for_annotations(parsed, &after) {
            return Migrated { text, rewritten: self.rewritten, left: self.left };
        }
        let why = "rewriting it would change more than it says".to_owned();
        let left = self.edits.iter().map(|edit| self.source.position(edit.span.start).line);
        let left = left.map(|line| (line, why.clone())).collect();
        Migrated { text: self.source.text.clone(), rewritten: 0, left }
    }
}

fn unknown(mark: &Mark) -> String {
    match mark.unknown.as_slice() {
        [] => "no rule means the same".to_owned(),
        ids => format!("no rule means the same as `{}`", ids.join("`, `")),
    }
}

/// The reason of a mark, and the day up to which it holds.
fn reason(mark: &Mark) -> String {
    match mark.until {
        Some(until) => format!("{} until={until}", mark.reason).trim_start().to_owned(),
        None => mark.reason.clone(),
    }
}

/// The annotations that say what `mark` says.
fn ours(mark: &Mark, taken: &BTreeSet<String>) -> Vec<(String, String)> {
    const LIST: &str = "plimsoll.dev/ignore";
    let reason = reason(mark);
    // Only a list can mean everything, and a list has no place for a reason.
    if mark.is_for_all {
        return vec![(LIST.to_owned(), "*".to_owned())];
    }
    if reason.is_empty() && !taken.contains(LIST) {
        return vec![(LIST.to_owned(), mark.rules.join(", "))];
    }
    mark.rules.iter().map(|rule| (format!("{LIST}.{rule}"), reason.clone())).collect()
}

/// `value` as a scalar, quoted where it must be.
fn scalar(value: &str, is_block: bool) -> String {
    let is_word = |c: char| c.is_alphanumeric() || " _./()-".contains(c) || (is_block && c == ',');
    let is_plain = value.starts_with(char::is_alphabetic)
        && value.contains(' ')
        && value.chars().all(is_word)
        && !value.ends_with(' ');
    // A single word may be a number, a boolean or a day.
    let is_rule = value.contains('-') && value.bytes().all(|it| it.is_ascii_lowercase() || it == b'-');
    if is_plain || is_rule { value.to_owned() } else { quoted(value) }
}

fn quoted(value: &str) -> String {
    // A string can always be written as JSON, and JSON is YAML.
    serde_json::to_string(value).unwrap_or_default()
}

/// Whether two texts say the same, their annotations aside.
fn is_same_but_for_annotations(before: &Parsed<'_>, after: &Parsed<'_>) -> bool {
    let (old, new) = (before.documents(), after.documents());
    old.len() == new.len()
        && old.iter().zip(new).all(|(old, new)| match (before.root(old), after.root(new)) {
            (Some(before), Some(after)) => is_same(before, after),
            (before, after) => {
                before.is_none() && after.is_none() && old.error.is_some() == new.error.is_some()
            }
        })
}

fn is_same(before: Node<'_>, after: Node<'_>) -> bool {
    if before.kind() != after.kind() || before.tag() != after.tag() {
        return false;
    }
    match before.kind() {
        Kind::Scalar => before.text() == after.text() && before.style() == after.style(),
        Kind::Sequence => {
            before.items().count() == after.items().count()
                && before.items().zip(after.items()).all(|(before, after)| is_same(before, after))
        }
        Kind::Mapping => {
            before.entries().count() == after.entries().count()
                && before.entries().zip(after.entries()).all(|(before, after)| {
                    let is_annotations = before.key.is("annotations") && after.key.is("annotations");
                    is_annotations || is_same(before.key, after.key) && is_same(before.value, after.value)
                })
        }
    }
}
