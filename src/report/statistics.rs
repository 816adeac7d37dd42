//! How many findings each rule has, as a table for people. Never takes the place of the findings.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    io::{self, Write},
};

use super::{Options, safe, text::Paint};
use crate::{base::Severity, engine::Outcome, rule::Registry};

/// Writes a row for each rule that found something, the most frequent first; nothing where none did.
///
/// # Errors
/// Whatever `out` fails with.
pub fn write(
    outcome: &Outcome,
    registry: &Registry,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let rows = rows(outcome);
    let Some((_, most)) = rows.first() else { return Ok(()) };
    let count = most.count.to_string().len().max("COUNT".len());
    let rule = rows.iter().map(|(rule, _)| rule.len()).max().unwrap_or_default().max("RULE".len());
    let heading = format!("{:>count$}  {:8}  {:rule$}  TITLE", "COUNT", "SEVERITY", "RULE");
    writeln!(out, "{}", Paint::Bold.show(options.color, heading))?;
    for (id, row) in rows {
        let severity = Paint::from(row.worst).show(options.color, format!("{:8}", row.worst));
        let title = registry.get(id).map(|rule| rule.title.as_str()).unwrap_or_default();
        let line =
            format!("{:>count$}  {severity}  {:rule$}  {}", row.count, safe::line(id), safe::line(title));
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

struct Row {
    count: usize,
    worst: Severity,
}

fn rows(outcome: &Outcome) -> Vec<(&str, Row)> {
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    for finding in &outcome.findings {
        let row = rows.entry(finding.rule.as_str()).or_insert(Row { count: 0, worst: finding.severity });
        row.count += 1;
        row.worst = row.worst.max(finding.severity);
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|(_, row)| (Reverse(row.count), Reverse(row.worst)));
    rows
}
