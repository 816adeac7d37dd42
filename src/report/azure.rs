//! Azure Pipelines' logging commands, which become the issues of a run. Knows the agent's escapes.

use std::io::{self, Write};

use super::{
    Options, safe, uri,
    words::{self, Level},
};
use crate::{engine::Outcome, rule::Registry};

/// The worst first: the page of a run shows the first few.
pub(super) fn write(outcome: &Outcome, _: &Registry, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    for file in &outcome.unreadable {
        let path = property(&uri::path(outcome, &file.path));
        let reason = data(&safe::line(&file.reason));
        let code = words::UNREADABLE;
        writeln!(
            out,
            "##vso[task.logissue type=error;sourcepath={path};code={code};]cannot read it: {reason}"
        )?;
    }
    for finding in words::worst_first(outcome) {
        let span = finding.primary.span;
        // The agent knows no third type.
        let level = match Level::from(finding.severity) {
            Level::Error => "error",
            Level::Warning | Level::Notice => "warning",
        };
        let path = property(&uri::path(outcome, outcome.sources.path(span.source)));
        write!(out, "##vso[task.logissue type={level};sourcepath={path};")?;
        if let Some(place) = words::position(&outcome.sources, span) {
            write!(out, "linenumber={};columnnumber={};", place.from.line, place.from.column)?;
        }
        let (code, message) = (property(finding.rule.as_str()), data(&words::message(finding)));
        writeln!(out, "code={code};]{message}")?;
    }
    Ok(())
}

/// `text` as a command's message. `%AZP25` is the agent's word for a percent sign.
fn data(text: &str) -> String {
    escaped(text, "")
}

/// `text` as a property's value, in which `;` and `]` would end something.
fn property(text: &str) -> String {
    escaped(text, ";]")
}

fn escaped(text: &str, ends: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => escaped.push_str("%AZP25"),
            '\r' => escaped.push_str("%0D"),
            '\n' => escaped.push_str("%0A"),
            ';' if ends.contains(c) => escaped.push_str("%3B"),
            ']' if ends.contains(c) => escaped.push_str("%5D"),
            c if safe::is_unsafe(c) => escaped.push(char::REPLACEMENT_CHARACTER),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_as_the_agent_unescapes_them() {
        assert_eq!(property("a;b]c%0A\r\n.yaml"), "a%3Bb%5Dc%AZP250A%0D%0A.yaml");
        assert_eq!(data("100% [x]; y\u{1b}"), "100%AZP25 [x]; y\u{fffd}");
    }
}
