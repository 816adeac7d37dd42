//! One page for a browser: findings with their lines, by file, object, rule or severity, with filters and a search.
//!
//! The page is whole without a server, without the network and, its filters apart, without scripts. Manifests are
//! hostile: every text is escaped, and a policy in the page allows its own style and its own script and nothing
//! else, should that ever fail.

mod escape;
mod excerpt;
mod finding;
mod rules;

use std::io::{self, Write};

use self::{
    escape::{esc, sha256},
    finding::Finding,
};
use super::{Options, safe, text::count, told};
use crate::{engine::Outcome, rule::Registry};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// The load line: a circle, and a line through it.
const MARK: &str = "<svg class=\"mark\" viewBox=\"0 0 32 32\" aria-hidden=\"true\" focusable=\"false\">\
    <circle cx=\"16\" cy=\"16\" r=\"9.5\"/><path d=\"M1.5 16h29\"/></svg>";

pub(super) fn write(
    outcome: &Outcome,
    registry: &Registry,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    // A browser reads a CR as a line break, and hashes what it read.
    let (style, script) = (STYLE.replace('\r', ""), SCRIPT.replace('\r', ""));
    let found = headline(outcome);
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{}'; script-src '{}'; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>plimsoll: {found}</title>\n<style>{style}</style>\n</head>\n<body>\n",
        sha256(&style),
        sha256(&script),
    )?;
    header(outcome, &found, out)?;
    tools(outcome, options, out)?;
    writeln!(out, "<main id=\"findings\">")?;
    unreadable(outcome, out)?;
    findings(outcome, registry, options, out)?;
    writeln!(out, "<p id=\"none\" class=\"empty\" hidden>No finding fits these filters.</p>\n</main>")?;
    rules::write(outcome, registry, options, out)?;
    writeln!(
        out,
        "<footer>plimsoll {}</footer>\n<script>{script}</script>\n</body>\n</html>",
        env!("CARGO_PKG_VERSION")
    )
}

/// `12 findings` or `no findings`.
fn headline(outcome: &Outcome) -> String {
    match outcome.findings.len() {
        0 => "no findings".to_owned(),
        n => count(n, "finding", "findings"),
    }
}

fn header(outcome: &Outcome, found: &str, out: &mut dyn Write) -> io::Result<()> {
    let objects = count(outcome.stats.objects, "object", "objects");
    let mut facts = vec![format!("in {objects}")];
    if !outcome.ignored.is_empty() {
        facts.push(format!("{} ignored", outcome.ignored.len()));
    }
    if !outcome.unreadable.is_empty() {
        facts.push(count(outcome.unreadable.len(), "unreadable file", "unreadable files"));
    }
    writeln!(
        out,
        "<a class=\"skip\" href=\"#findings\">To the findings</a>\n<header>{MARK}<div><h1>plimsoll</h1>\
         <p><strong>{found}</strong> {}</p></div></header>",
        facts.join(" · ")
    )
}

/// Filters. The script shows them: without it they would do nothing.
fn tools(outcome: &Outcome, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let has_ignored = options.ignored && !outcome.ignored.is_empty();
    if outcome.findings.is_empty() && !has_ignored {
        return Ok(());
    }
    write!(
        out,
        "<form id=\"tools\" role=\"search\" aria-label=\"Findings\" hidden>\n\
         <label class=\"field find\"><span>Search</span><input id=\"q\" type=\"search\" autocomplete=\"off\" \
         spellcheck=\"false\" placeholder=\"Words, names, paths\" aria-keyshortcuts=\"/\"></label>\n\
         <fieldset><legend>Severity</legend>"
    )?;
    for (severity, n) in outcome.by_severity() {
        if n > 0 {
            write!(
                out,
                "<label class=\"chip {severity}\"><input type=\"checkbox\" name=\"severity\" value=\"{severity}\" \
                 checked><span>{severity} <b>{n}</b></span></label>"
            )?;
        }
    }
    if has_ignored {
        write!(
            out,
            "<label class=\"chip ignored\"><input type=\"checkbox\" name=\"severity\" value=\"ignored\" \
             checked><span>ignored <b>{}</b></span></label>",
            outcome.ignored.len()
        )?;
    }
    writeln!(out, "</fieldset>")?;
    for (id, name) in [("rule", "Rule"), ("file", "File"), ("object", "Object")] {
        writeln!(
            out,
            "<label class=\"field\"><span>{name}</span><select id=\"by-{id}\" data-key=\"{id}\">\
             <option value=\"\">all</option></select></label>"
        )?;
    }
    writeln!(
        out,
        "<label class=\"field\"><span>Group by</span><select id=\"group\"><option value=\"file\">file</option>\
         <option value=\"object\">object</option><option value=\"rule\">rule</option>\
         <option value=\"severity\">severity</option></select></label>\n\
         <button type=\"reset\">Clear</button>\n<output id=\"shown\" aria-live=\"polite\"></output>\n</form>"
    )
}

fn unreadable(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    if outcome.unreadable.is_empty() {
        return Ok(());
    }
    writeln!(out, "<section class=\"unreadable\"><h2>Could not be read</h2><ul>")?;
    for file in &outcome.unreadable {
        writeln!(
            out,
            "<li><code>{}</code> {}</li>",
            esc(&safe::line(&file.path)),
            esc(&safe::line(&file.reason))
        )?;
    }
    writeln!(out, "</ul></section>")
}

/// A group for each file, in the order of paths.
fn findings(
    outcome: &Outcome,
    registry: &Registry,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let all = told(outcome, options);
    let mut all: Vec<_> =
        all.map(|(finding, silenced)| Finding::new(finding, silenced, outcome, registry, options)).collect();
    all.sort_by_key(Finding::path);
    if all.is_empty() {
        return writeln!(out, "<p class=\"empty\">Nothing to report.</p>");
    }
    for file in all.chunk_by(|a, b| a.path() == b.path()) {
        let path = file.first().map_or("", Finding::path);
        writeln!(
            out,
            "<details class=\"group\" open><summary><h2>{}</h2> <span class=\"n\">{}</span></summary>",
            esc(&safe::line(path)),
            file.len()
        )?;
        file.iter().try_for_each(|finding| finding.write(out))?;
        writeln!(out, "</details>")?;
    }
    Ok(())
}
