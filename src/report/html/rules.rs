//! What the rules say that found something: once a page, at its end.

use std::{
    collections::BTreeSet,
    io::{self, Write},
};

use super::{escape::esc, finding::with_code};
use crate::{
    engine::Outcome,
    report::{Options, ignored, safe, words},
    rule::{Registry, Rule},
};

pub(super) fn write(
    outcome: &Outcome,
    registry: &Registry,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let silenced = ignored(outcome, options).map(|(finding, _)| finding);
    let found = outcome.findings.iter().chain(silenced);
    let ids: BTreeSet<_> = found.map(|finding| finding.rule.as_str()).collect();
    let rules: Vec<_> = ids.into_iter().filter_map(|id| registry.get(id)).collect();
    if rules.is_empty() {
        return Ok(());
    }
    writeln!(out, "<section id=\"rules\" aria-labelledby=\"rules-title\"><h2 id=\"rules-title\">Rules</h2>")?;
    rules.into_iter().try_for_each(|rule| write_rule(rule, out))?;
    writeln!(out, "</section>")
}

fn write_rule(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    let prose = rule.prose();
    let id = esc(rule.id.as_str());
    write!(
        out,
        "<details id=\"rule-{id}\" class=\"rule {}\"><summary><h3>{id}</h3> <span>{}</span></summary>",
        rule.severity,
        with_code(&safe::line(&rule.title))
    )?;
    for (title, text) in [("Why it matters", &prose.why), ("How to fix it", &prose.how_to_fix)] {
        if text.trim().is_empty() {
            continue;
        }
        write!(out, "<h4>{title}</h4>")?;
        for paragraph in text.trim().split("\n\n") {
            write!(out, "<p>{}</p>", with_code(&safe::line(paragraph)))?;
        }
    }
    let links: Vec<_> = prose.references.links.iter().filter(|link| words::is_link(link)).collect();
    if !links.is_empty() {
        write!(out, "<h4>More</h4><ul>")?;
        for link in links {
            let link = esc(link);
            write!(out, "<li><a href=\"{link}\" rel=\"noreferrer\">{link}</a></li>")?;
        }
        write!(out, "</ul>")?;
    }
    writeln!(out, "</details>")
}
