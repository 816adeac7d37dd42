//! What goes where a reader looks. The one place that speaks to the reports.

use std::io::{self, Write};

use super::Terminal;
use crate::{
    engine::{FileClass, Outcome},
    rule::{Registry, Rule},
};

/// The formats of findings.
pub(super) const FORMATS: [&str; 4] = ["full", "concise", "json", "sarif"];
/// The formats of what is told about rules.
pub(super) const LAYOUTS: [&str; 3] = ["text", "markdown", "json"];
/// How many findings `full` shows on a terminal when nobody says.
const SHOWN_ON_TERMINAL: usize = 200;

/// Where a report goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    /// Standard output, a terminal or a pipe.
    Stdout,
    /// A file.
    File,
}

/// What can be shown, and how much.
#[derive(Debug, Clone)]
pub(super) struct Options {
    pub(super) max_findings: Option<usize>,
}

impl On {
    /// What can be shown there. `max_findings` is the user's word, 0 for all.
    pub(super) fn options(self, terminal: &Terminal, max_findings: Option<usize>) -> Options {
        let shown = (self == Self::Stdout && terminal.out.is_terminal).then_some(SHOWN_ON_TERMINAL);
        Options { max_findings: max_findings.or(shown).filter(|max| *max > 0) }
    }
}

/// Prints findings.
pub(super) fn report(
    _format: &str,
    outcome: &Outcome,
    _registry: &Registry,
    _options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    for finding in &outcome.findings {
        let path = outcome.sources.path(finding.primary.span.source);
        writeln!(out, "{path}: {} {}: {}", finding.severity, finding.rule, finding.message)?;
    }
    Ok(())
}

/// One line for each file: what it is, then its path.
pub(super) fn files(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    for (path, class) in &outcome.classes {
        let class = match class {
            FileClass::Kubernetes => "kubernetes",
            FileClass::Kustomization => "kustomization",
            FileClass::KustomizePatch => "kustomize-patch",
            FileClass::HelmTemplate => "helm-template",
            FileClass::HelmChart => "helm-chart",
            FileClass::Other => "other",
            FileClass::Broken => "broken",
        };
        writeln!(out, "{class:<15} {path}")?;
    }
    Ok(())
}

/// One line for each input that could not be read.
pub(super) fn unreadable(outcome: &Outcome, terminal: &Terminal, out: &mut dyn Write) -> io::Result<()> {
    let title = if terminal.err.color { "\u{1b}[1;31merror\u{1b}[0m" } else { "error" };
    for file in &outcome.unreadable {
        writeln!(out, "{title}: cannot read {}: {}", file.path, file.reason)?;
    }
    Ok(())
}

/// The closing line.
pub(super) fn summary(outcome: &Outcome, _terminal: &Terminal, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} findings", outcome.findings.len())
}

/// Prints the list of rules.
pub(super) fn rules(
    _layout: &str,
    registry: &Registry,
    _terminal: &Terminal,
    out: &mut dyn Write,
) -> io::Result<()> {
    for rule in registry.rules() {
        writeln!(out, "{}/{}: {}", rule.family, rule.id, rule.title)?;
    }
    Ok(())
}

/// Prints what is known about a rule.
pub(super) fn explain(
    _layout: &str,
    rule: &Rule,
    _terminal: &Terminal,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}: {}\n\n{}\n\n{}", rule.id, rule.title, rule.prose().why, rule.prose().how_to_fix)
}
