//! GitHub's workflow commands, which become annotations of a pull request's lines. Knows the runner's escapes
//! and how many annotations it shows.

use std::io::{self, Write};

use super::{
    Options, concise,
    place::Place,
    safe,
    step_log::{in_step_log, log_line},
    text::count,
    uri,
    words::{self, Level},
};
use crate::{base::Diagnostic, engine::Outcome, rule::Registry};

/// The runner drops every further annotation of a level in a step.
const STEP_LIMIT: usize = 10;
/// GitHub shows so many of one job.
const JOB_LIMIT: usize = 50;

/// The annotations, the worst first, and what is beyond GitHub's limit as plain lines.
pub(super) fn write(
    outcome: &Outcome,
    registry: &Registry,
    _: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    for line in annotations(outcome, registry, out)? {
        writeln!(out, "{}", log_line(&line))?;
    }
    Ok(())
}

/// A line a finding, then the annotations.
pub(super) fn lines_and_annotations(
    outcome: &Outcome,
    registry: &Registry,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    in_step_log(out, |out| concise::write(outcome, registry, options, out))?;
    annotations(outcome, registry, out).map(drop)
}

/// Writes as many commands as GitHub shows and, where that is not all, says so. What is left comes back as plain
/// lines.
fn annotations(outcome: &Outcome, registry: &Registry, out: &mut dyn Write) -> io::Result<Vec<String>> {
    let unreadable = outcome.unreadable.iter().map(|file| Annotation::of_unreadable(outcome, file));
    let findings = words::worst_first(outcome).into_iter();
    let findings = findings.map(|finding| Annotation::of(outcome, registry, finding));
    let mut shown = [0; 3];
    let mut left = Vec::new();
    for annotation in unreadable.chain(findings) {
        let shown = &mut shown[annotation.level as usize];
        if *shown < STEP_LIMIT {
            *shown += 1;
            annotation.write(out)?;
        } else {
            left.push(annotation.plain);
        }
    }
    if !left.is_empty() {
        let total = outcome.unreadable.len() + outcome.findings.len();
        writeln!(
            out,
            "{} annotated, {} more not: GitHub shows {STEP_LIMIT} errors, {STEP_LIMIT} warnings and {STEP_LIMIT} \
             notices of a step, {JOB_LIMIT} annotations of a job",
            count(total - left.len(), "place is", "places are"),
            left.len(),
        )?;
    }
    Ok(left)
}

struct Annotation {
    level: Level,
    /// Values are not escaped yet.
    properties: Vec<(&'static str, String)>,
    /// Lines are joined by LF.
    message: String,
    /// All of it in one line of a log.
    plain: String,
}

impl Annotation {
    fn of(outcome: &Outcome, registry: &Registry, finding: &Diagnostic) -> Self {
        let span = finding.primary.span;
        let path_of = |path: &str| uri::path(outcome, path);
        let path = path_of(outcome.sources.path(span.source));
        let message = words::message(finding);
        let place = words::place(&outcome.sources, span, &path);
        let mut lines = vec![format!("{place}: {message}")];
        lines.extend(words::related(finding, &outcome.sources, path_of));
        let help = words::help(finding, registry.get(finding.rule.as_str()));
        if !help.is_empty() {
            lines.push(format!("help: {}", safe::line_up_to(help, concise::MAX_MESSAGE)));
        }
        let mut properties = vec![("file", path)];
        if let Some(source) = outcome.sources.get(span.source) {
            properties.extend(region(Place::of(source, span)));
        }
        let rule = safe::line(finding.rule.as_str());
        properties.push(("title", format!("{}: {rule}", finding.severity)));
        Self {
            level: finding.severity.into(),
            properties,
            message: lines.join("\n"),
            plain: format!("{place}: {} {rule}: {message}", finding.severity),
        }
    }

    fn of_unreadable(outcome: &Outcome, file: &crate::engine::Unreadable) -> Self {
        let path = uri::path(outcome, &file.path);
        let message = format!("cannot read {}: {}", safe::line(&path), safe::line(&file.reason));
        Self {
            level: Level::Error,
            properties: vec![("file", path), ("title", words::UNREADABLE.to_owned())],
            plain: message.clone(),
            message,
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let command = match self.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Notice => "notice",
        };
        let properties = self.properties.iter().map(|(name, value)| format!("{name}={}", property(value)));
        let properties = properties.collect::<Vec<_>>().join(",");
        writeln!(out, "::{command} {properties}::{}", data(&self.message))
    }
}

/// Lines of `place` and, where it lies on one line, its columns: GitHub refuses columns over several lines.
fn region(place: Place) -> Vec<(&'static str, String)> {
    let (from, to) = (place.from, place.to);
    // A span that ends with a line break ends at the start of the next line.
    let last = if to.column == 1 && to.line > from.line { to.line - 1 } else { to.line };
    let mut region = vec![("line", from.line.to_string()), ("endLine", last.to_string())];
    if from.line == to.line {
        region.push(("col", from.column.to_string()));
        region.push(("endColumn", to.column.to_string()));
    }
    region
}

/// `text` as a command's message: what the runner turns back, and no other control.
fn data(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(|line| safe::line(line).replace('%', "%25")).collect();
    lines.join("%0A")
}

/// `text` as a property's value: names of files keep their line breaks.
fn property(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => value.push_str("%25"),
            '\r' => value.push_str("%0D"),
            '\n' => value.push_str("%0A"),
            ':' => value.push_str("%3A"),
            ',' => value.push_str("%2C"),
            c if safe::is_unsafe(c) => value.push(char::REPLACEMENT_CHARACTER),
            c => value.push(c),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_as_the_runner_unescapes_them() {
        assert_eq!(property("a,b:c%0A\r\n.yaml"), "a%2Cb%3Ac%250A%0D%0A.yaml");
        assert_eq!(data("100%: a,b\nc\u{1b}[0m\r::error::"), "100%25: a,b%0Ac?[0m ::error::");
    }
}
