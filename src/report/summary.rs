//! The closing line of a run, for stderr: what was read, what was found, what was skipped, how long it took.

use std::{
    io::{self, Write},
    time::Duration,
};

use super::{
    Options, safe,
    text::{Paint, count},
};
use crate::engine::{FileClass, Fixable, Outcome};

/// Writes one line for each file that could not be read, then the closing line.
///
/// # Errors
/// Whatever `out` fails with.
pub fn write(outcome: &Outcome, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    unreadable(outcome, options, out)?;
    let mut parts = vec![findings(outcome, options)];
    if !outcome.ignored.is_empty() {
        parts.push(ignored(outcome));
    }
    if let Some(known) = outcome.known {
        parts.push(format!("{} in the baseline", known.findings));
        if known.stale > 0 {
            parts.push(format!("{} gone from it (`plimsoll baseline prune`)", known.stale));
        }
    }
    parts.extend(fixable(outcome.fixable));
    parts.extend(skipped(outcome));
    if !outcome.unreadable.is_empty() {
        parts.push(count(outcome.unreadable.len(), "unreadable file", "unreadable files"));
    }
    parts.push(seconds(outcome.stats.elapsed));
    writeln!(out, "{}", parts.join(if options.unicode { " · " } else { " - " }))
}

/// `5 ignored (2 by other tools' marks)`
fn ignored(outcome: &Outcome) -> String {
    let by_peers = outcome.ignored.iter().filter(|it| it.peer.is_some()).count();
    let all = format!("{} ignored", outcome.ignored.len());
    if by_peers == 0 { all } else { format!("{all} ({by_peers} by other tools' marks)") }
}

/// ``12 can be fixed with `--fix` (3 more with `--unsafe-fixes`)``
fn fixable(fixable: Fixable) -> Option<String> {
    let Fixable { now, more, is_after } = fixable;
    match (now, more) {
        (_, 0) if is_after => None,
        (_, more) if is_after => Some(format!("{more} more can be fixed with `--unsafe-fixes`")),
        (0, 0) => None,
        (0, more) => Some(format!("{more} can be fixed with `--fix --unsafe-fixes`")),
        (now, 0) => Some(format!("{now} can be fixed with `--fix`")),
        (now, more) => Some(format!("{now} can be fixed with `--fix` ({more} more with `--unsafe-fixes`)")),
    }
}

/// Writes one line for each file that could not be read.
///
/// # Errors
/// Whatever `out` fails with.
pub fn unreadable(outcome: &Outcome, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for file in &outcome.unreadable {
        let (path, reason) = (safe::line(&file.path), safe::line(&file.reason));
        writeln!(out, "{}: cannot read {path}: {reason}", Paint::Red.show(options.color, "error"))?;
    }
    Ok(())
}

/// `3 findings (1 high, 2 medium) in 214 objects, 120 files`
fn findings(outcome: &Outcome, options: &Options) -> String {
    let linted =
        [FileClass::Kubernetes, FileClass::Kustomization, FileClass::KustomizePatch, FileClass::Broken];
    let files = linted.iter().map(|class| files(outcome, *class)).sum();
    let found = match outcome.findings.len() {
        0 => "no findings".to_owned(),
        n => format!("{} ({})", count(n, "finding", "findings"), severities(outcome, options)),
    };
    let objects = count(outcome.stats.objects, "object", "objects");
    format!("{found} in {objects}, {}", count(files, "file", "files"))
}

fn severities(outcome: &Outcome, options: &Options) -> String {
    let found = outcome.by_severity().into_iter().filter(|(_, n)| *n > 0);
    let words = found.map(|(severity, n)| {
        Paint::from(severity).show(options.color, format_args!("{n} {severity}")).to_string()
    });
    words.collect::<Vec<_>>().join(", ")
}

/// `12 Helm templates, 3 chart files and 1 other file skipped`
fn skipped(outcome: &Outcome) -> Option<String> {
    let classes = [
        (FileClass::HelmTemplate, "Helm template", "Helm templates"),
        (FileClass::HelmChart, "chart file", "chart files"),
        (FileClass::Other, "other file", "other files"),
    ];
    let seen = classes.iter().map(|(class, one, many)| (files(outcome, *class), one, many));
    let words: Vec<_> = seen.filter(|(n, ..)| *n > 0).map(|(n, one, many)| count(n, one, many)).collect();
    let (last, others) = words.split_last()?;
    Some(match others {
        [] => format!("{last} skipped"),
        others => format!("{} and {last} skipped", others.join(", ")),
    })
}

fn files(outcome: &Outcome, class: FileClass) -> usize {
    outcome.stats.files.get(&class).copied().unwrap_or_default()
}

/// `0.08 s`; below a hundredth of a second `4 ms`, so that it never reads as nothing.
fn seconds(elapsed: Duration) -> String {
    if elapsed < Duration::from_millis(10) {
        format!("{} ms", elapsed.as_micros().div_ceil(1000))
    } else {
        format!("{:.2} s", elapsed.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::{Diagnostic, Label, RuleId, Severity, SourceId, Span},
        engine::{Stats, Unreadable},
    };

    fn outcome(severities: &[Severity], files: &[(FileClass, usize)], objects: usize) -> Outcome {
        let files = files.iter().copied().collect();
        let stats = Stats { files, objects, elapsed: Duration::from_millis(80) };
        let findings = severities.iter().map(|severity| finding(*severity)).collect();
        Outcome { findings, stats, ..Outcome::default() }
    }

    fn finding(severity: Severity) -> Diagnostic {
        Diagnostic {
            rule: RuleId::new("rule"),
            severity,
            message: String::new(),
            primary: Label { span: Span::at(SourceId(0), 0), text: String::new() },
            related: Vec::new(),
            subject: None,
            help: None,
            fixes: Vec::new(),
            overlays: Vec::new(),
            spared: Vec::new(),
            absence: false,
        }
    }

    fn summary(outcome: &Outcome, options: &Options) -> String {
        let mut out = Vec::new();
        write(outcome, options, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn counts_are_told_with_their_severities_and_what_was_skipped() {
        use FileClass::{HelmChart, HelmTemplate, Kubernetes, Kustomization, Other};
        use Severity::{High, Medium};
        let full = outcome(
            &[Medium, High, Medium],
            &[(Kubernetes, 118), (Kustomization, 2), (HelmTemplate, 12)],
            214,
        );
        assert_eq!(
            summary(&full, &Options::default()),
            "3 findings (1 high, 2 medium) in 214 objects, 120 files · 12 Helm templates skipped · 0.08 s\n"
        );
        let one = outcome(&[High], &[(Kubernetes, 1), (HelmTemplate, 1), (HelmChart, 2), (Other, 1)], 1);
        assert_eq!(
            summary(&one, &Options { unicode: false, ..Options::default() }),
            "1 finding (1 high) in 1 object, 1 file - 1 Helm template, 2 chart files and 1 other file skipped - 0.08 s\n"
        );
    }

    #[test]
    fn a_clean_run_says_so_and_never_took_no_time() {
        let mut clean = outcome(&[], &[(FileClass::Kubernetes, 1)], 2);
        clean.stats.elapsed = Duration::from_micros(300);
        assert_eq!(summary(&clean, &Options::default()), "no findings in 2 objects, 1 file · 1 ms\n");
    }

    #[test]
    fn unreadable_files_are_named_and_colour_is_only_paint() {
        let mut outcome = outcome(&[Severity::Critical], &[(FileClass::Kubernetes, 1)], 1);
        outcome
            .unreadable
            .push(Unreadable { path: "a\u{1b}.yaml".into(), reason: "permission denied".into() });
        let plain = summary(&outcome, &Options::default());
        assert_eq!(
            plain,
            "error: cannot read a?.yaml: permission denied\n\
             1 finding (1 critical) in 1 object, 1 file · 1 unreadable file · 0.08 s\n"
        );
        let coloured = summary(&outcome, &Options { color: true, ..Options::default() });
        assert!(coloured.contains("\u{1b}[1;31m1 critical\u{1b}[0m"), "{coloured:?}");
        assert_eq!(
            coloured
                .split('\u{1b}')
                .map(|part| part.split_once('m').map_or(part, |(_, rest)| rest))
                .collect::<String>(),
            plain
        );
    }
}
