//! A rule as a page of the documentation.

use std::io::{self, Write};

use super::{facts, literals, settings, sources};
use crate::{
    report::safe,
    rule::{Example, Rule},
};

pub(super) fn write(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    let prose = rule.prose();
    writeln!(out, "# {}\n\n{}.\n", safe::line(rule.id.as_str()), safe::line(&rule.title))?;
    writeln!(out, "| | |\n| --- | --- |")?;
    for (name, value) in facts(rule) {
        writeln!(out, "| {name} | {} |", cell(&value))?;
    }
    section(out, "Why", &prose.why)?;
    section(out, "How to fix", &prose.how_to_fix)?;
    if !rule.params.is_empty() {
        writeln!(out, "\n## Parameters\n\n| Name | Default | What it does |\n| --- | --- | --- |")?;
        for (name, param) in &rule.params {
            writeln!(
                out,
                "| {} | {} | {} |",
                code(name),
                code(&literals(&param.default)),
                cell(&param.about)
            )?;
        }
    }
    references(rule, out)?;
    if !prose.references.peers.is_empty() {
        writeln!(out, "\n## The same in other tools\n\n| Tool | Rules |\n| --- | --- |")?;
        for (tool, rules) in &prose.references.peers {
            let rules: Vec<_> = rules.iter().map(|rule| code(rule)).collect();
            writeln!(out, "| {} | {} |", cell(tool), rules.join(", "))?;
        }
    }
    if !prose.examples.is_empty() {
        writeln!(out, "\n## Examples\n\nA finding lands on each line that a comment marks.")?;
        prose.examples.iter().try_for_each(|example| write_example(example, out))?;
    }
    Ok(())
}

fn section(out: &mut dyn Write, heading: &str, words: &str) -> io::Result<()> {
    if words.is_empty() { Ok(()) } else { writeln!(out, "\n## {heading}\n\n{}", lines(words)) }
}

fn references(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    let references = &rule.prose().references;
    let sources = sources(references);
    if sources.is_empty() && references.links.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## References\n")?;
    for (whose, words) in sources {
        writeln!(out, "- {whose}: {}", safe::line(&words))?;
    }
    references.links.iter().try_for_each(|link| writeln!(out, "- <{}>", safe::line(link)))
}

fn write_example(example: &Example, out: &mut dyn Write) -> io::Result<()> {
    let settings = settings(example).map(|settings| format!(" ({settings})")).unwrap_or_default();
    let longest = example.yaml.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    // A fence must be longer than any in the text.
    let fence = "`".repeat(longest.max(2) + 1);
    let (name, yaml) = (safe::line(&example.name), lines(&example.yaml));
    writeln!(out, "\n### {name}{}\n\n{fence}yaml\n{yaml}\n{fence}", safe::line(&settings))
}

/// `text` with harmless lines, without the line break at its end.
fn lines(text: &str) -> String {
    text.trim_end().lines().map(safe::line).collect::<Vec<_>>().join("\n")
}

fn cell(text: &str) -> String {
    safe::line(text).replace('|', "\\|")
}

/// `text` as code in a table's cell: between more backticks than it has in a row, with a space where it begins or ends
/// with one (`CommonMark` §6.1).
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{}{space}{fence}", cell(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stands_between_more_backticks_than_it_has() {
        for (text, expected) in
            [("a|b", "`a\\|b`"), ("a`b", "``a`b``"), ("a``b`c", "```a``b`c```"), ("`a", "`` `a ``")]
        {
            assert_eq!(code(text), expected);
        }
    }
}
