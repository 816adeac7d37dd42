//! A page in GitHub's Markdown: counts, and a table of the findings, the worst first. Knows how large the summary
//! of a step may be, and which characters mean something there.

use std::io::{self, Write};

use super::{
    Options, concise, ignored, ignored_words, safe,
    text::count,
    uri,
    words::{self, MAX_RELATED},
};
use crate::{
    base::{Diagnostic, Severity},
    engine::{Ignored, Outcome},
    rule::Registry,
};

/// Longest page. GitHub refuses the summary of a step beyond 1 MiB, and the action adds lines of its own:
/// `action/check.sh` knows this number, too.
const MAX_BYTES: usize = (1 << 20) - (16 << 10);
/// Room for the line that says how many findings are not listed.
const MAX_CLOSING: usize = 120;
/// Longest text of a cell, in characters before they are escaped.
const MAX_CELL: usize = 600;

pub(super) fn write(
    outcome: &Outcome,
    registry: &Registry,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = Page { outcome, registry, options };
    let mut text = String::from("## plimsoll\n\n");
    text.push_str(&page.counts());
    page.unreadable(&mut text);
    let findings = words::worst_first(outcome).into_iter().map(|finding| (finding, None));
    let all: Vec<_> = findings.chain(ignored(outcome, options)).collect();
    page.table(&all, &mut text);
    out.write_all(text.as_bytes())
}

struct Page<'o> {
    outcome: &'o Outcome,
    registry: &'o Registry,
    options: &'o Options,
}

impl Page<'_> {
    /// `**3 findings** (1 high, 2 medium) in 214 objects.`
    fn counts(&self) -> String {
        let objects = count(self.outcome.stats.objects, "object", "objects");
        let silenced = match self.outcome.ignored.len() {
            0 => String::new(),
            n => format!(" {n} more {} ignored.", if n == 1 { "is" } else { "are" }),
        };
        let found = self.outcome.findings.len();
        if found == 0 {
            return format!("**No findings** in {objects}.{silenced}\n");
        }
        let by_severity = self.outcome.by_severity().into_iter().filter(|(_, n)| *n > 0);
        let by_severity: Vec<_> = by_severity.map(|(severity, n)| format!("{n} {severity}")).collect();
        let found = count(found, "finding", "findings");
        format!("**{found}** ({}) in {objects}.{silenced}\n", by_severity.join(", "))
    }

    fn unreadable(&self, text: &mut String) {
        if self.outcome.unreadable.is_empty() {
            return;
        }
        text.push('\n');
        for (nth, file) in self.outcome.unreadable.iter().enumerate() {
            let path = safe::line_up_to(&file.path, MAX_CELL);
            let line = format!(
                "- **Cannot read** {}: {}\n",
                code(&path),
                escaped(&safe::line_up_to(&file.reason, MAX_CELL))
            );
            if text.len() + line.len() > MAX_BYTES / 2 {
                let left = self.outcome.unreadable.len() - nth;
                text.push_str(&format!("- and {}\n", count(left, "more file", "more files")));
                return;
            }
            text.push_str(&line);
        }
    }

    fn table(&self, findings: &[(&Diagnostic, Option<&Ignored>)], text: &mut String) {
        if findings.is_empty() {
            return;
        }
        text.push_str("\n| Severity | Rule | Place | Finding |\n| --- | --- | --- | --- |\n");
        for (nth, (finding, silenced)) in findings.iter().enumerate() {
            let row = self.row(finding, *silenced);
            if text.len() + row.len() + MAX_CLOSING > MAX_BYTES {
                let left = count(findings.len() - nth, "more finding is", "more findings are");
                text.push_str(&format!("\n{left} not listed: the table would be too large.\n"));
                return;
            }
            text.push_str(&row);
        }
    }

    fn row(&self, finding: &Diagnostic, silenced: Option<&Ignored>) -> String {
        let rule = code(&safe::line_up_to(finding.rule.as_str(), MAX_CELL));
        let rule = match words::link(self.registry, finding.rule.as_str()) {
            Some(link) => format!("[{rule}]({link})"),
            None => rule,
        };
        let mut words = prose(&safe::line_up_to(&finding.message, MAX_CELL));
        let notes = concise::overlays(finding).into_iter().chain(silenced.map(ignored_words));
        for note in notes {
            words.push_str(&format!(" ({})", escaped(&safe::line_up_to(&note, MAX_CELL))));
        }
        for label in finding.related.iter().take(MAX_RELATED) {
            let place = self.place(label.span);
            words.push_str(&format!("<br>{place} {}", prose(&safe::line_up_to(&label.text, MAX_CELL))));
        }
        let place = self.place(finding.primary.span);
        format!("| {} | {rule} | {place} | {words} |\n", marked(finding.severity))
    }

    /// `path:line`, as a link where the file's page is known or can be told from the root.
    fn place(&self, span: crate::base::Span) -> String {
        let sources = &self.outcome.sources;
        let own = sources.path(span.source);
        let line = words::position(sources, span).map(|place| place.from.line);
        let shown = safe::line_up_to(own, MAX_CELL);
        let shown = code(&line.map_or_else(|| shown.to_string(), |line| format!("{shown}:{line}")));
        let uri = uri::of(self.outcome, own);
        if !uri.in_root {
            return shown;
        }
        let anchor = line.map(|line| format!("#L{line}")).unwrap_or_default();
        match &self.options.source_url {
            Some(url) => format!("[{shown}]({url}/{}{anchor})", uri.text),
            None => format!("[{shown}]({}{anchor})", uri.text),
        }
    }
}

fn marked(severity: Severity) -> String {
    if severity >= Severity::High { format!("**{severity}**") } else { severity.to_string() }
}

/// `text` as code. The tag and not backticks: a bar ends a cell even between them, and the text may hold both.
fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// A message, in which backticks stand around values.
fn prose(text: &str) -> String {
    let parts = words::with_values(text).into_iter();
    parts.map(|part| if part.is_value { code(part.text) } else { escaped(part.text) }).collect()
}

/// `text` on one line, without anything that means something in Markdown, in HTML, in a table's cell, or to
/// GitHub: `@name` would call somebody, `#1` is an issue, `$` begins a formula.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '@' => escaped.push_str("&#64;<!-- -->"),
            '$' => escaped.push_str("<span>&#36;</span>"),
            '#' if chars.peek().is_some_and(char::is_ascii_digit) => escaped.push_str("&#35;<!-- -->"),
            // Before what would make a link of itself.
            '/' if escaped.ends_with(":/") => escaped.push_str("<!-- -->/"),
            '.' if ends_with_www(&escaped) => escaped.push_str("<!-- -->."),
            '\\' | '*' | '_' | '[' | ']' | '~' | '|' | '`' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c if safe::is_unsafe(c) => escaped.push(char::REPLACEMENT_CHARACTER),
            c => escaped.push(c),
        }
    }
    escaped
}

fn ends_with_www(text: &str) -> bool {
    text.as_bytes().last_chunk::<3>().is_some_and(|end| end.eq_ignore_ascii_case(b"www"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_means_anything_to_markdown() {
        for (text, expected) in [
            ("a | b", r"a \| b"),
            ("<b>&", "&lt;b&gt;&amp;"),
            ("[x](y) *z* _z_", r"\[x\](y) \*z\* \_z\_"),
            (r"\|", r"\\\|"),
            ("@all $(X) #1", "&#64;<!-- -->all <span>&#36;</span>(X) &#35;<!-- -->1"),
            ("https://x", "https:/<!-- -->/x"),
            ("www.evil.example WwW.x", "www<!-- -->.evil.example WwW<!-- -->.x"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }

    #[test]
    fn values_between_backticks_are_code_and_a_lone_backtick_is_none() {
        assert_eq!(prose("container `a|b` runs"), r"container <code>a\|b</code> runs");
        assert_eq!(prose("a ` b"), r"a \` b");
        assert_eq!(prose("container `a`b|` runs"), r"container <code>a\`b\|</code> runs");
    }
}
