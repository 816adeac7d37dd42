//! `path:line:col: severity rule: message`, one line a finding, for terminals, editors and `grep`.

use std::io::{self, Write};

use super::{Options, ignored_words, place::Place, safe, text::Paint, told};
use crate::{
    base::{Diagnostic, Sources},
    engine::{Ignored, Outcome},
    rule::Registry,
};

/// Longest message shown, in characters: a name of megabytes must not fill the screen.
pub(super) const MAX_MESSAGE: usize = 1000;

pub(super) fn write(
    outcome: &Outcome,
    _: &Registry,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (finding, silenced) in told(outcome, options) {
        write_finding(finding, silenced, &outcome.sources, options, out)?;
    }
    Ok(())
}

fn write_finding(
    finding: &Diagnostic,
    silenced: Option<&Ignored>,
    sources: &Sources,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let span = finding.primary.span;
    let color = options.color;
    write!(out, "{}", Paint::Bold.show(color, safe::line(sources.path(span.source))))?;
    if let Some(source) = sources.get(span.source) {
        let from = Place::of(source, span).from;
        write!(out, ":{}:{}", from.line, from.column)?;
    }
    write!(out, ": {}", Paint::from(finding.severity).show(color, finding.severity))?;
    write!(out, " {}", Paint::Cyan.show(color, safe::line(finding.rule.as_str())))?;
    write!(out, ": {}", safe::line_up_to(&finding.message, MAX_MESSAGE))?;
    for words in overlays(finding).into_iter().chain(silenced.map(ignored_words)) {
        write!(out, " ({words})")?;
    }
    writeln!(out)
}

/// `in overlays/prod, overlays/staging`, and `not in overlays/dev` where only some have it, for a finding in the
/// result of kustomizations.
pub(super) fn overlays(finding: &Diagnostic) -> Option<String> {
    let list = |names: &[String]| {
        const MOST: usize = 6;
        let shown: Vec<_> = names.iter().take(MOST).map(|name| safe::line(name)).collect();
        let more = names.len().saturating_sub(MOST);
        let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("in {}{tail}", shown.join(", "))
    };
    match (finding.overlays.as_slice(), finding.spared.as_slice()) {
        ([], _) => None,
        (with, []) => Some(list(with)),
        (with, without) => Some(format!("{}, not {}", list(with), list(without))),
    }
}
