//! What goes where a reader looks. The one place that speaks to the reports.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use super::{Terminal, terminal::Stream};
use crate::{
    engine::{Drafts, FileClass, Outcome},
    report::{self, Layout, Options, safe},
    rule::{Registry, Rule},
};

/// How many findings `full` shows on a terminal when nobody says.
const SHOWN_ON_TERMINAL: usize = 200;

/// What can be shown on standard output. `max_findings` is the user's word, 0 for all.
pub(super) fn on_stdout(terminal: &Terminal, max_findings: Option<usize>, ignored: bool) -> Options {
    let shown = terminal.out.is_terminal.then_some(SHOWN_ON_TERMINAL);
    let max_findings = max_findings.or(shown).filter(|max| *max > 0);
    Options { max_findings, ignored, ..stream(terminal, terminal.out) }
}

/// What can be shown on standard error.
pub(super) fn on_stderr(terminal: &Terminal) -> Options {
    stream(terminal, terminal.err)
}

/// What can be shown on standard error, where it stands in for standard output.
pub(super) fn in_place_of_stdout(terminal: &Terminal, max_findings: Option<usize>, ignored: bool) -> Options {
    let terminal = Terminal { out: terminal.err, ..terminal.clone() };
    on_stdout(&terminal, max_findings, ignored)
}

/// What can be shown in a file.
pub(super) fn in_file(terminal: &Terminal, max_findings: Option<usize>, ignored: bool) -> Options {
    let source_url = terminal.source_url.clone();
    let max_findings = max_findings.filter(|max| *max > 0);
    Options { max_findings, ignored, source_url, ..Options::default() }
}

fn stream(terminal: &Terminal, stream: Stream) -> Options {
    Options {
        color: stream.color,
        unicode: terminal.unicode || !stream.is_terminal,
        links: stream.is_terminal && stream.color,
        width: terminal.width,
        max_findings: None,
        ignored: false,
        source_url: terminal.source_url.clone(),
    }
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
        writeln!(out, "{class:<15} {}", safe::line(path))?;
    }
    Ok(())
}

/// Prints what fixing would change.
pub(super) fn diff(drafts: &Drafts, terminal: &Terminal, out: &mut dyn Write) -> io::Result<()> {
    report::fixes::diff(drafts, &stream(terminal, terminal.out), out)
}

/// The last words of a run: what could not be read and, unless `quiet`, what was seen.
pub(super) fn closing(
    outcome: &Outcome,
    quiet: bool,
    terminal: &Terminal,
    out: &mut dyn Write,
) -> io::Result<()> {
    let options = on_stderr(terminal);
    if quiet {
        report::summary::unreadable(outcome, &options, out)
    } else {
        report::summary::write(outcome, &options, out)
    }
}

/// Notes that no file was found, if that is so: because the configuration excludes what was named, or in `others`.
pub(super) fn nothing(
    outcome: &Outcome,
    excluded: &[&PathBuf],
    others: &[&PathBuf],
    out: &mut dyn Write,
) -> io::Result<()> {
    if !outcome.sources.is_empty() || !outcome.unreadable.is_empty() {
        return Ok(());
    }
    let list = |paths: &[&PathBuf]| {
        let shown = paths.iter().map(|path| format!("`{}`", safe::line(&crate::walk::shown(path))));
        shown.collect::<Vec<_>>().join(", ")
    };
    if !excluded.is_empty() {
        writeln!(out, "warning: the configuration excludes {}", list(excluded))?;
    }
    if others.is_empty() {
        return Ok(());
    }
    writeln!(out, "warning: no YAML or JSON files in {}", list(others))
}

/// Notes that no rule ran over what was found, if that is so.
pub(super) fn no_rule(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    if !outcome.rules_run.is_empty() || outcome.sources.is_empty() {
        return Ok(());
    }
    writeln!(out, "warning: no rule is selected, so nothing was looked for")
}

/// Prints the list of rules.
pub(super) fn rules(
    layout: Layout,
    registry: &Registry,
    terminal: &Terminal,
    out: &mut dyn Write,
) -> io::Result<()> {
    let rules: Vec<_> = registry.rules().iter().collect();
    report::rules::write(&rules, layout, &stream(terminal, terminal.out), out)
}

/// Prints what is known about a rule.
pub(super) fn explain(
    layout: Layout,
    rule: &Rule,
    terminal: &Terminal,
    out: &mut dyn Write,
) -> io::Result<()> {
    report::explain::write(rule, layout, &stream(terminal, terminal.out), out)
}
