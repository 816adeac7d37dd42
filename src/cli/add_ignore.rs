//! `--add-ignore`: writes a comment for every finding into its file.

use std::{collections::BTreeMap, path::Path};

use super::{CliError, args::Check, choose, output};
use crate::{
    base::{Diagnostic, Encoding, SourceId},
    engine::{self, Outcome},
};

/// Mistakes in the options that show before anything is read.
pub(super) fn check(options: &Check) -> Result<(), Vec<CliError>> {
    let Some(reason) = &options.add_ignore else { return Ok(()) };
    if options.paths.iter().any(|path| path.as_os_str() == "-") {
        return Err(vec![CliError::new("`--add-ignore` writes files, and standard input is none")]);
    }
    engine::check_reason(reason).map_err(|why| vec![CliError::new(format!("--add-ignore: {why}"))])
}

/// Writes the comments and says what was done; the findings that got none stay in `outcome`.
pub(super) fn add(options: &Check, reason: &str, outcome: &mut Outcome) -> Result<(), Vec<CliError>> {
    let mut by_source: BTreeMap<SourceId, Vec<Diagnostic>> = BTreeMap::new();
    for finding in outcome.findings.drain(..) {
        by_source.entry(finding.primary.span.source).or_default().push(finding);
    }
    let mut errors = Vec::new();
    let mut told = String::new();
    let (mut silenced, mut files) = (0, 0);
    for (id, findings) in by_source {
        match add_to(options, reason, outcome, id, &findings) {
            Ok(left) => {
                let path = outcome.sources.path(id);
                for it in &left {
                    let rule = &findings[it.finding].rule;
                    told.push_str(&format!("{path}:{}: {rule} is left alone: {}\n", it.line, it.why));
                }
                silenced += findings.len() - left.len();
                files += usize::from(findings.len() > left.len());
                outcome.findings.extend(left.iter().map(|it| findings[it.finding].clone()));
            }
            Err(error) => errors.push(error),
        }
    }
    let count = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let findings = count(silenced, "finding is", "findings are");
    told.push_str(&format!("{findings} silenced by comments in {}", count(files, "file", "files")));
    if !options.output.quiet {
        for line in told.lines() {
            output::say(line);
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Writes the comments of one file; what is left alone there.
fn add_to(
    options: &Check,
    reason: &str,
    outcome: &Outcome,
    id: SourceId,
    findings: &[Diagnostic],
) -> Result<Vec<engine::Left>, CliError> {
    let all_left = |why: &'static str| {
        let lines = findings.iter().enumerate().map(|(finding, it)| {
            let line = |id| outcome.sources.get(id).map(|source| source.position(it.primary.span.start).line);
            engine::Left { finding, line: line(id).unwrap_or(1), why }
        });
        Ok(lines.collect())
    };
    let Some(source) = outcome.sources.get(id) else { return all_left("its file could not be read") };
    let path = outcome.base.join(Path::new(&source.path));
    if source.encoding != Encoding::Utf8 {
        return all_left("its file is not UTF-8");
    }
    let limits = choose::limits(&options.limits);
    let added = engine::add_ignores(source, &findings.iter().collect::<Vec<_>>(), reason, &limits);
    if added.text != source.text {
        let written = engine::rewrite(&path, source.text.as_bytes(), added.text.as_bytes());
        written.map_err(|why| CliError::new(format!("cannot write `{}`: {why}", source.path)))?;
    }
    Ok(added.left)
}
