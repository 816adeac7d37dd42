//! `JUnit`'s XML: a suite for each file, a failed test for each finding, an error for each file that could not be
//! read, a skipped test for each finding that is silenced.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::{self, Write},
};

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};

use super::{
    Options, concise, ignored_words, safe, told, uri,
    words::{self, message},
};
use crate::{
    base::Diagnostic,
    engine::{Ignored, Outcome},
    rule::Registry,
};

const NAME: &str = env!("CARGO_PKG_NAME");

pub(super) fn write(
    outcome: &Outcome,
    registry: &Registry,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let suites = suites(outcome, registry, options);
    let mut writer = Writer::new_with_indent(&mut *out, b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let total = suites.values().fold(Counts::default(), |total, tests| total.plus(Counts::of(tests)));
    let element = writer.create_element("testsuites");
    let element = element.with_attributes([("name", NAME)]);
    let element = element.with_attributes(total.attributes().iter().map(|(name, n)| (*name, n.as_str())));
    element.write_inner_content(|writer| {
        suites.iter().try_for_each(|(path, tests)| write_suite(path, tests, writer))
    })?;
    out.write_all(b"\n")
}

/// What became of a test.
enum Ending {
    Passed,
    Failed { kind: String, message: String, details: String },
    Errored { message: String },
    Skipped { message: String },
}

struct Test {
    name: String,
    line: Option<u32>,
    ending: Ending,
}

/// The tests of each file. A run without any finding is one test that passed: some readers take a report without
/// tests for a broken one.
fn suites(outcome: &Outcome, registry: &Registry, options: &Options) -> BTreeMap<String, Vec<Test>> {
    let mut suites: BTreeMap<String, Vec<Test>> = BTreeMap::new();
    for file in &outcome.unreadable {
        let message = format!("cannot read it: {}", safe::line(&file.reason));
        let test =
            Test { name: words::UNREADABLE.to_owned(), line: None, ending: Ending::Errored { message } };
        suites.entry(uri::path(outcome, &file.path)).or_default().push(test);
    }
    for (finding, silenced) in told(outcome, options) {
        let path = uri::path(outcome, outcome.sources.path(finding.primary.span.source));
        suites.entry(path).or_default().push(test(finding, silenced, outcome, registry));
    }
    if suites.is_empty() {
        let test = Test { name: "no findings".to_owned(), line: None, ending: Ending::Passed };
        suites.insert(NAME.to_owned(), vec![test]);
    }
    suites
}

fn test(finding: &Diagnostic, silenced: Option<&Ignored>, outcome: &Outcome, registry: &Registry) -> Test {
    let sources = &outcome.sources;
    let place = words::position(sources, finding.primary.span);
    let ending = match silenced {
        Some(ignored) => {
            Ending::Skipped { message: format!("{} ({})", message(finding), ignored_words(ignored)) }
        }
        None => Ending::Failed {
            kind: finding.severity.to_string(),
            message: message(finding),
            details: details(finding, outcome, registry),
        },
    };
    Test { name: name(finding), line: place.map(|place| place.from.line), ending }
}

/// Rule, object and field: readers compare runs by it, so it must outlive moves of the line.
fn name(finding: &Diagnostic) -> String {
    let Some(subject) = &finding.subject else { return finding.rule.to_string() };
    let name = format!("{}: {} {}", finding.rule, subject.object, subject.path);
    safe::line_up_to(name.trim_end(), concise::MAX_MESSAGE).into_owned()
}

/// Place, message, related places and what to do, a line each.
fn details(finding: &Diagnostic, outcome: &Outcome, registry: &Registry) -> String {
    let path_of = |path: &str| uri::path(outcome, path);
    let path = path_of(outcome.sources.path(finding.primary.span.source));
    let place = words::place(&outcome.sources, finding.primary.span, &path);
    let mut lines = vec![format!("{place}: {} {}: {}", finding.severity, finding.rule, message(finding))];
    lines.extend(words::related(finding, &outcome.sources, path_of));
    match words::help(finding, registry.get(finding.rule.as_str())) {
        "" => {}
        help => lines.push(format!("help: {}", safe::line_up_to(help, concise::MAX_MESSAGE))),
    }
    lines.join("\n")
}

#[derive(Default, Clone, Copy)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Counts {
    fn of(tests: &[Test]) -> Self {
        let count = |is: fn(&Ending) -> bool| tests.iter().filter(|test| is(&test.ending)).count();
        Self {
            tests: tests.len(),
            failures: count(|ending| matches!(ending, Ending::Failed { .. })),
            errors: count(|ending| matches!(ending, Ending::Errored { .. })),
            skipped: count(|ending| matches!(ending, Ending::Skipped { .. })),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            tests: self.tests + other.tests,
            failures: self.failures + other.failures,
            errors: self.errors + other.errors,
            skipped: self.skipped + other.skipped,
        }
    }

    /// Schemas know no `skipped` of all suites together.
    fn attributes(self) -> [(&'static str, String); 3] {
        [
            ("tests", self.tests.to_string()),
            ("failures", self.failures.to_string()),
            ("errors", self.errors.to_string()),
        ]
    }
}

fn write_suite<W: Write>(path: &str, tests: &[Test], writer: &mut Writer<W>) -> io::Result<()> {
    let counts = Counts::of(tests);
    let path = text(path);
    let element = writer.create_element("testsuite").with_attribute(("name", path.as_ref()));
    let element = element.with_attributes(counts.attributes().iter().map(|(name, n)| (*name, n.as_str())));
    let element = element.with_attribute(("skipped", counts.skipped.to_string().as_str()));
    element
        .write_inner_content(|writer| tests.iter().try_for_each(|test| write_test(&path, test, writer)))?;
    Ok(())
}

fn write_test<W: Write>(path: &str, test: &Test, writer: &mut Writer<W>) -> io::Result<()> {
    let mut element = writer.create_element("testcase");
    element = element.with_attribute(("name", text(&test.name).as_ref()));
    element = element.with_attribute(("classname", without_extension(path)));
    if path != NAME {
        element = element.with_attribute(("file", path));
    }
    if let Some(line) = test.line {
        element = element.with_attribute(("line", line.to_string().as_str()));
    }
    match &test.ending {
        Ending::Passed => element.write_empty()?,
        Ending::Failed { kind, message, details } => element.write_inner_content(|writer| {
            let failure = writer.create_element("failure").with_attribute(("type", kind.as_str()));
            let failure = failure.with_attribute(("message", text(message).as_ref()));
            failure.write_text_content(BytesText::new(&text(details))).map(drop)
        })?,
        Ending::Errored { message } => element.write_inner_content(|writer| {
            let error = writer.create_element("error").with_attribute(("type", words::UNREADABLE));
            error.with_attribute(("message", text(message).as_ref())).write_empty().map(drop)
        })?,
        Ending::Skipped { message } => element.write_inner_content(|writer| {
            let skipped = writer.create_element("skipped");
            skipped.with_attribute(("message", text(message).as_ref())).write_empty().map(drop)
        })?,
    };
    Ok(())
}

/// A file's path as the name of a class: readers take what stands behind the last dot for the name, and what stands
/// before it for a package.
fn without_extension(path: &str) -> &str {
    let name_at = path.rfind('/').map_or(0, |slash| slash + 1);
    match path.rfind('.') {
        // A name that begins with its only dot has no extension.
        Some(dot) if dot > name_at => &path[..dot],
        _ => path,
    }
}

/// `text` without what XML 1.0 §2.2 has no room for, and harmless; line breaks stay.
fn text(text: &str) -> Cow<'_, str> {
    let is_bad = |c: char| (safe::is_unsafe(c) && c != '\n') || matches!(c, '\u{fffe}' | '\u{ffff}');
    if !text.contains(is_bad) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(is_bad, "\u{fffd}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_a_file_without_its_extension() {
        for (path, expected) in [
            ("apps/web.yaml", "apps/web"),
            ("apps.d/web.prod.yaml", "apps.d/web.prod"),
            ("apps.d/Kustomization", "apps.d/Kustomization"),
            ("apps/.plimsoll.yaml", "apps/.plimsoll"),
            (".hidden", ".hidden"),
            ("apps/.hidden", "apps/.hidden"),
            ("plimsoll", "plimsoll"),
        ] {
            assert_eq!(without_extension(path), expected);
        }
    }
}
