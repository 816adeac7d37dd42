//! The findings of each file under its name, for people with long paths.

use std::io::{self, Write};

use super::{
    Options, safe,
    text::Paint,
    told,
    words::{self, message_of},
};
use crate::{
    base::Diagnostic,
    engine::{Ignored, Outcome},
    rule::Registry,
};

pub(super) fn write(
    outcome: &Outcome,
    _: &Registry,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut all: Vec<_> = told(outcome, options).collect();
    // Silenced ones stand behind all others: here they belong to their files.
    let path = |finding: &Diagnostic| outcome.sources.path(finding.primary.span.source);
    all.sort_by(|(a, _), (b, _)| path(a).cmp(path(b)));
    let files = all.chunk_by(|(a, _), (b, _)| path(a) == path(b));
    for (nth, file) in files.enumerate() {
        if nth > 0 {
            writeln!(out)?;
        }
        write_file(file, outcome, options, out)?;
    }
    Ok(())
}

fn write_file(
    findings: &[(&Diagnostic, Option<&Ignored>)],
    outcome: &Outcome,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let place = |finding: &Diagnostic| match words::position(&outcome.sources, finding.primary.span) {
        Some(place) => format!("{}:{}", place.from.line, place.from.column),
        None => "-".to_owned(),
    };
    let path = findings.first().map_or("", |(first, _)| outcome.sources.path(first.primary.span.source));
    writeln!(out, "{}:", Paint::Bold.show(options.color, safe::line(path)))?;
    let width = findings.iter().map(|(finding, _)| place(finding).len()).max().unwrap_or_default();
    for (finding, silenced) in findings {
        let severity =
            Paint::from(finding.severity).show(options.color, format!("{:8}", finding.severity.as_str()));
        let rule = Paint::Cyan.show(options.color, safe::line(finding.rule.as_str()));
        writeln!(out, "  {:width$}  {severity} {rule}: {}", place(finding), message_of(finding, *silenced))?;
    }
    Ok(())
}
