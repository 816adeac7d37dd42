//! A rule for a terminal.

use std::io::{self, Write};

use super::{facts, literals, settings, sources};
use crate::{
    report::{
        Options, safe,
        text::{Paint, wrap},
    },
    rule::{Example, Rule},
};

pub(super) fn write(rule: &Rule, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    Page { options, out }.rule(rule)
}

struct Page<'p> {
    options: &'p Options,
    out: &'p mut dyn Write,
}

impl Page<'_> {
    fn rule(&mut self, rule: &Rule) -> io::Result<()> {
        let prose = rule.prose();
        let name = Paint::from(rule.severity).show(self.options.color, safe::line(rule.id.as_str()));
        writeln!(self.out, "{name}: {}\n", safe::line(&rule.title))?;
        self.table(&facts(rule))?;
        self.section("Why", &prose.why)?;
        self.section("How to fix", &prose.how_to_fix)?;
        if !rule.params.is_empty() {
            self.heading("Parameters")?;
            for (name, param) in &rule.params {
                let name = Paint::Cyan.show(self.options.color, safe::line(name));
                writeln!(self.out, "  {name} (default {})", safe::line(&literals(&param.default)))?;
                self.paragraph(&param.about, 6)?;
            }
        }
        let references = sources(&prose.references);
        if !references.is_empty() || !prose.references.links.is_empty() {
            self.heading("References")?;
            self.table(&references)?;
            for link in &prose.references.links {
                writeln!(self.out, "  {}", safe::line(link))?;
            }
        }
        if !prose.references.peers.is_empty() {
            self.heading("The same in other tools")?;
            let peers = prose.references.peers.iter().map(|(tool, rules)| (tool.as_str(), rules.join(", ")));
            self.table(&peers.collect::<Vec<_>>())?;
        }
        if !prose.examples.is_empty() {
            self.heading("Examples")?;
            prose.examples.iter().try_for_each(|example| self.example(example))?;
        }
        Ok(())
    }

    fn heading(&mut self, words: &str) -> io::Result<()> {
        writeln!(self.out, "\n{}", Paint::Bold.show(self.options.color, words))
    }

    fn section(&mut self, heading: &str, words: &str) -> io::Result<()> {
        if words.is_empty() {
            return Ok(());
        }
        self.heading(heading)?;
        self.paragraph(words, 2)
    }

    fn paragraph(&mut self, words: &str, indent: usize) -> io::Result<()> {
        for line in wrap(words, self.options.width.max(40) - indent) {
            let line = safe::line(&line);
            let indent = if line.is_empty() { 0 } else { indent };
            writeln!(self.out, "{:indent$}{line}", "")?;
        }
        Ok(())
    }

    fn table(&mut self, rows: &[(&str, String)]) -> io::Result<()> {
        let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        for (name, value) in rows {
            let name = format!("{:width$}", safe::line(name));
            let name = Paint::Dim.show(self.options.color, name);
            let room = self.options.width.max(40).saturating_sub(width + 4).max(20);
            for (index, line) in wrap(value, room).iter().enumerate() {
                match index {
                    0 => writeln!(self.out, "  {name}  {}", safe::line(line))?,
                    _ => writeln!(self.out, "  {:width$}  {}", "", safe::line(line))?,
                }
            }
        }
        Ok(())
    }

    /// The example as it is, with the comments that mark its findings.
    fn example(&mut self, example: &Example) -> io::Result<()> {
        let settings = settings(example).map(|settings| format!(" ({settings})")).unwrap_or_default();
        writeln!(self.out, "  {}{}", safe::line(&example.name), safe::line(&settings))?;
        for line in example.yaml.lines() {
            let line = safe::line(line);
            match line.find("# ").filter(|at| is_mark(&line[*at..])) {
                Some(at) => {
                    let mark = Paint::from(crate::base::Severity::High).show(self.options.color, &line[at..]);
                    writeln!(self.out, "      {}{mark}", &line[..at])?;
                }
                None if line.is_empty() => writeln!(self.out)?,
                None => writeln!(self.out, "      {line}")?,
            }
        }
        writeln!(self.out)
    }
}

/// `# finding`, `# 2 findings`
fn is_mark(comment: &str) -> bool {
    let words = comment.trim_start_matches("# ").trim_end();
    words == "finding"
        || words.strip_suffix(" findings").is_some_and(|n| n.bytes().all(|byte| byte.is_ascii_digit()))
}
