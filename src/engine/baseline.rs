//! Findings that were there when somebody began: known by what they are about, never by where they stand in a file.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use serde::{Deserialize, Serialize};

use super::Outcome;
use crate::{
    base::{Diagnostic, SourceId},
    walk,
};

/// Of the form of the file; a reader of another version cannot know what the entries mean.
const VERSION: u32 = 1;

/// More findings of one kind in one file are no count of anything.
const MOST: usize = 10_000_000;

/// Known findings, each with how often it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline(BTreeMap<Entry, Paths>);

/// How often something was found in which file.
type Paths = BTreeMap<String, usize>;

/// What makes two findings the same in two runs: the rule, the object, the container and the field; for a finding about
/// no object, its words.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Entry {
    rule: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    api_version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    container: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    field: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    message: String,
}

/// One line of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    entry: Entry,
    /// The file, which only decides between findings that are alike otherwise.
    path: String,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    count: usize,
}

/// The first line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Head {
    plimsoll_baseline: u32,
}

fn one() -> usize {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over so")]
fn is_one(count: &usize) -> bool {
    *count == 1
}

/// The text is no baseline. The user's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct BaselineError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it, without a period.
    pub message: String,
}

/// What a baseline did to a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Known {
    /// Findings that it knows, and that are therefore not told.
    pub findings: usize,
    /// Findings that it knows, and that were looked for and are gone.
    pub stale: usize,
}

impl Baseline {
    /// All that was found in a run.
    pub fn of(outcome: &Outcome) -> Self {
        let mut baseline = Self::default();
        for finding in &outcome.findings {
            let path = path_of(outcome, finding.primary.span.source);
            *baseline.0.entry(entry_of(finding)).or_default().entry(path).or_default() += 1;
        }
        baseline
    }

    /// Whether a text begins as a baseline of any version does.
    pub fn has_head(text: &str) -> bool {
        let first = text.lines().find(|line| !line.trim().is_empty());
        first.is_some_and(|line| serde_json::from_str::<Head>(line).is_ok())
    }

    /// Reads a baseline as [`Baseline::text`] writes it; empty lines count for nothing.
    ///
    /// # Errors
    /// [`BaselineError`] for the first line that is none of a baseline.
    pub fn read(text: &str) -> Result<Self, BaselineError> {
        let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let error = |line: usize, message: String| BaselineError { line: line + 1, message };
        let (at, head) = lines.next().unwrap_or_default();
        let head: Head = serde_json::from_str(head).map_err(|_| {
            error(at, "not a baseline of plimsoll: write one with `baseline write`".to_owned())
        })?;
        if head.plimsoll_baseline != VERSION {
            let found = head.plimsoll_baseline;
            return Err(error(at, format!("a baseline of version {found}; this plimsoll knows {VERSION}")));
        }
        let mut baseline = Self::default();
        for (at, line) in lines {
            let line: Line = serde_json::from_str(line).map_err(|it| error(at, it.to_string()))?;
            if line.entry.rule.is_empty() {
                return Err(error(at, "no rule is named".to_owned()));
            }
            if !(1..=MOST).contains(&line.count) {
                return Err(error(at, format!("a count lies between 1 and {MOST}")));
            }
            let count = baseline.0.entry(line.entry).or_default().entry(line.path).or_default();
            *count = count.saturating_add(line.count);
        }
        Ok(baseline)
    }

    /// The baseline as a file: one entry a line, sorted, so that two branches that change it seldom meet.
    pub fn text(&self) -> String {
        let mut text = format!("{{\"plimsoll-baseline\":{VERSION}}}\n");
        for (entry, paths) in &self.0 {
            for (path, count) in paths {
                let line = Line { entry: entry.clone(), path: path.clone(), count: *count };
                // Text and numbers are all it holds, and those can be written.
                let _ = writeln!(text, "{}", serde_json::to_string(&line).unwrap_or_default());
            }
        }
        text
    }

    /// How many findings it knows.
    pub fn len(&self) -> usize {
        self.0.values().flat_map(BTreeMap::values).fold(0, |sum: usize, count| sum.saturating_add(*count))
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many findings it knows of each rule.
    pub fn by_rule(&self) -> BTreeMap<&str, usize> {
        let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
        for (entry, paths) in &self.0 {
            let count = rules.entry(&entry.rule).or_default();
            *count = paths.values().fold(*count, |sum, count| sum.saturating_add(*count));
        }
        rules
    }

    /// Takes the findings that it knows out of `outcome`.
    pub fn apply(&self, outcome: &mut Outcome) {
        let mut left = self.clone();
        let is_known = left.take_all(outcome);
        let findings = is_known.iter().filter(|known| **known).count();
        let mut known = is_known.into_iter();
        outcome.findings.retain(|_| !known.next().unwrap_or_default());
        left.take_hidden(outcome);
        outcome.known = Some(Known { findings, stale: left.stale(outcome).len() });
    }

    /// Itself without what was looked for in a run and is gone. `outcome` holds all that was found.
    #[must_use]
    pub fn pruned(&self, outcome: &Outcome) -> Self {
        let mut left = self.clone();
        left.take_all(outcome);
        left.take_hidden(outcome);
        let mut pruned = self.clone();
        for (entry, paths) in left.stale(outcome).0 {
            for (path, count) in paths {
                pruned.take(&entry, Some(&path), count);
            }
        }
        pruned
    }

    /// Takes everything off that was found, and tells which findings it knew. One in the file in which it is known
    /// comes before one in another.
    fn take_all(&mut self, outcome: &Outcome) -> Vec<bool> {
        let mut is_known = vec![false; outcome.findings.len()];
        for in_same_file in [true, false] {
            for (finding, is_known) in outcome.findings.iter().zip(&mut is_known) {
                // What is about no object is about its file.
                if *is_known || !(in_same_file || finding.subject.is_some()) {
                    continue;
                }
                let path = in_same_file.then(|| path_of(outcome, finding.primary.span.source));
                *is_known = self.take(&entry_of(finding), path.as_deref(), 1);
            }
        }
        is_known
    }

    /// Takes everything off that was found and is not told, because of its severity or of a comment: it is not gone.
    fn take_hidden(&mut self, outcome: &Outcome) {
        let ignored = outcome.ignored.iter().map(|it| &it.finding);
        for finding in outcome.unshown.iter().chain(ignored) {
            let (entry, path) = (entry_of(finding), path_of(outcome, finding.primary.span.source));
            // About no object is about its file; an object may have moved.
            if !self.take(&entry, Some(&path), 1) && finding.subject.is_some() {
                self.take(&entry, None, 1);
            }
        }
    }

    /// Takes `count` findings off, in the file at `path` or in any; whether there was one.
    fn take(&mut self, entry: &Entry, path: Option<&str>, count: usize) -> bool {
        let Some(paths) = self.0.get_mut(entry) else { return false };
        let first = || paths.keys().next().cloned();
        let Some(path) = path.map(str::to_owned).or_else(first) else { return false };
        let Some(known) = paths.get_mut(&path) else { return false };
        *known = known.saturating_sub(count);
        if *known == 0 {
            paths.remove(&path);
        }
        if paths.is_empty() {
            self.0.remove(entry);
        }
        true
    }

    /// What of it could have been found in a run, and so is gone: its rule ran, and its file was read or is no more.
    fn stale(&self, outcome: &Outcome) -> Self {
        let ran: BTreeSet<&str> = outcome.rules_run.iter().map(crate::base::RuleId::as_str).collect();
        let ids = (0..outcome.sources.len()).map(|id| SourceId(id as u32));
        let ids = ids.filter(|id| outcome.told.as_ref().is_none_or(|told| told.contains(id)));
        let read: BTreeSet<String> = ids.map(|id| path_of(outcome, id)).collect();
        let mut stale = self.clone();
        stale.0.retain(|entry, paths| {
            paths.retain(|path, _| read.contains(path) || !outcome.root.join(path).exists());
            ran.contains(entry.rule.as_str()) && !paths.is_empty()
        });
        stale
    }
}

fn entry_of(finding: &Diagnostic) -> Entry {
    let rule = finding.rule.to_string();
    let Some(subject) = &finding.subject else {
        return Entry { rule, message: finding.message.clone(), ..Entry::default() };
    };
    let object = &subject.object;
    Entry {
        rule,
        kind: object.kind.clone(),
        namespace: object.namespace.clone(),
        name: object.name.clone(),
        api_version: object.api_version.clone(),
        container: subject.container.clone(),
        field: without_numbers(&subject.path),
        message: String::new(),
    }
}

/// `spec.containers[2].image` as `spec.containers[].image`: an entry before it must not make it another finding.
pub(super) fn without_numbers(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        out.push('[');
        let number = after.bytes().take_while(u8::is_ascii_digit).count();
        rest = if after[number..].starts_with(']') { &after[number..] } else { after };
    }
    out.push_str(rest);
    out
}

/// The path of a source from the repository's root, `/` between its parts.
fn path_of(outcome: &Outcome, id: SourceId) -> String {
    let path = walk::plain(&outcome.base.join(outcome.sources.path(id)));
    walk::shown(path.strip_prefix(&outcome.root).unwrap_or(&path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(rule: &str, name: &str) -> Entry {
        Entry { rule: rule.to_owned(), name: name.to_owned(), ..Entry::default() }
    }

    #[test]
    fn a_baseline_is_read_as_it_was_written() {
        let mut baseline = Baseline::default();
        baseline.0.entry(entry("b", "x")).or_default().insert("a.yaml".to_owned(), 2);
        baseline.0.entry(entry("a", "\"\n한")).or_default().insert("b.yaml".to_owned(), 1);
        let text = baseline.text();
        assert_eq!(
            text,
            "{\"plimsoll-baseline\":1}\n{\"rule\":\"a\",\"name\":\"\\\"\\n한\",\"path\":\"b.yaml\"}\n\
             {\"rule\":\"b\",\"name\":\"x\",\"path\":\"a.yaml\",\"count\":2}\n"
        );
        assert_eq!(Baseline::read(&text), Ok(baseline));
        assert_eq!(Baseline::read(&text.replace('\n', "\r\n\r\n")).unwrap().len(), 3);
    }

    #[test]
    fn what_is_no_baseline_is_refused_with_its_line() {
        for (text, line) in [
            ("", 1),
            ("a: b\n", 1),
            ("{\"plimsoll-baseline\":2}\n", 1),
            ("{\"plimsoll-baseline\":1}\n\n{\"rule\":1}\n", 3),
            ("{\"plimsoll-baseline\":1}\n<<<<<<< ours\n", 2),
            ("{\"plimsoll-baseline\":1}\n{\"path\":\"a.yaml\"}\n", 2),
            ("{\"plimsoll-baseline\":1}\n{\"rule\":\"a\",\"path\":\"a.yaml\",\"count\":0}\n", 2),
            ("{\"plimsoll-baseline\":1}\n{\"rule\":\"a\",\"path\":\"a.yaml\",\"count\":99999999999}\n", 2),
        ] {
            assert_eq!(Baseline::read(text).unwrap_err().line, line, "{text}");
        }
    }

    #[test]
    fn places_in_lists_are_not_counted() {
        for (path, expected) in [
            ("spec.containers[2].env[10].value", "spec.containers[].env[].value"),
            ("metadata.annotations[\"a[1]\"]", "metadata.annotations[\"a[]\"]"),
            ("a[", "a["),
            ("", ""),
        ] {
            assert_eq!(without_numbers(path), expected);
        }
    }
}
