//! Many rules in a table: for a terminal, for a page, for programs.

use std::io::{self, Write};

use serde::Serialize;

use super::{
    Layout, Options, json_layout, safe,
    text::{Paint, count},
};
use crate::{
    base::Severity,
    rule::{Confidence, Rule},
};

/// Lists `rules` in the order given.
///
/// # Errors
/// Whatever `out` fails with.
pub fn write(rules: &[&Rule], layout: Layout, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    match layout {
        Layout::Text => write_text(rules, options, out),
        Layout::Markdown => write_markdown(rules, out),
        Layout::Json => write_json(rules, out),
    }
}

fn write_text(rules: &[&Rule], options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let width = |of: fn(&Rule) -> &str, heading: &str| {
        rules.iter().map(|rule| of(rule).chars().count()).chain([heading.len()]).max().unwrap_or_default()
    };
    let (id, family) = (width(|rule| rule.id.as_str(), "RULE"), width(|rule| &rule.family, "FAMILY"));
    let heading = format!("{:id$}  {:8}  {:family$}  TITLE", "RULE", "SEVERITY", "FAMILY");
    writeln!(out, "{}", Paint::Bold.show(options.color, heading))?;
    for rule in rules {
        let severity = Paint::from(rule.severity).show(options.color, format!("{:8}", rule.severity));
        let (name, of) = (safe::line(rule.id.as_str()), safe::line(&rule.family));
        writeln!(out, "{name:id$}  {severity}  {of:family$}  {}", safe::line(&rule.title))?;
    }
    writeln!(out, "{}", Paint::Dim.show(options.color, count(rules.len(), "rule", "rules")))
}

fn write_markdown(rules: &[&Rule], out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "| Rule | Severity | Family | Profiles | What it finds |\n| --- | --- | --- | --- | --- |"
    )?;
    for rule in rules {
        let cells = [
            format!("`{}`", rule.id),
            rule.severity.to_string(),
            rule.family.clone(),
            rule.profiles.join(", "),
            rule.title.clone(),
        ];
        let cells = cells.map(|cell| safe::line(&cell).replace('|', "\\|"));
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    Ok(())
}

fn write_json(rules: &[&Rule], out: &mut dyn Write) -> io::Result<()> {
    let rules = rules.iter().map(|rule| Row {
        id: rule.id.as_str(),
        family: &rule.family,
        title: &rule.title,
        severity: rule.severity,
        confidence: rule.confidence,
        profiles: &rule.profiles,
        kinds: &rule.kinds,
        since: &rule.since,
    });
    json_layout::write(&Table { version: 1, rules: rules.collect() }, 2, out)
}

#[derive(Serialize)]
struct Table<'r> {
    version: u32,
    rules: Vec<Row<'r>>,
}

#[derive(Serialize)]
struct Row<'r> {
    id: &'r str,
    family: &'r str,
    title: &'r str,
    severity: Severity,
    confidence: Confidence,
    profiles: &'r [String],
    kinds: &'r [String],
    since: &'r str,
}
