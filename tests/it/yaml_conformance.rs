//! Our own conformance cases, chapter by chapter of YAML 1.2.2, then go-yaml's leniencies, then what must be
//! refused. The cases stand in a text file, which tells how they are written.

use plimsoll::base::SourceId;
use plimsoll::yaml::{Limits, events, parse};

struct Case {
    name: &'static str,
    yaml: String,
    events: Vec<String>,
    error: Option<&'static str>,
    /// Strict YAML 1.2 refuses it.
    lenient: bool,
}

fn cases() -> Vec<Case> {
    let mut chapter = "";
    let mut cases: Vec<Case> = Vec::new();
    for line in include_str!("yaml_conformance.cases").lines() {
        if let Some(name) = line.strip_prefix("## ") {
            let lenient = chapter == "what strict YAML 1.2 refuses and go-yaml takes";
            cases.push(Case { name, yaml: String::new(), events: Vec::new(), error: None, lenient });
        } else if let Some(name) = line.strip_prefix("# ") {
            chapter = name;
        } else if let (Some(case), false) = (cases.last_mut(), line.is_empty()) {
            match (line.strip_prefix('|'), line.strip_prefix("! ")) {
                (Some(yaml), _) => case.yaml.push_str(&visible(yaml.strip_prefix(' ').unwrap_or(yaml))),
                (_, Some(error)) => case.error = Some(error),
                _ => case.events.push(line.replace('␣', " ").replace('→', "\t")),
            }
        }
    }
    cases
}

/// A line of YAML from how the cases show it.
fn visible(line: &str) -> String {
    let text = line.replace('→', "\t").replace('␣', " ").replace('←', "\r").replace('⇔', "\u{FEFF}");
    text.strip_suffix('∎').map_or_else(|| text.clone() + "\n", str::to_owned)
}

#[test]
fn valid_yaml_gives_the_events_that_it_must() {
    for case in cases().iter().filter(|case| case.error.is_none()) {
        let parsed = parse(SourceId(0), &case.yaml, &Limits::default());
        for document in parsed.documents() {
            assert_eq!(document.error, None, "{}", case.name);
        }
        let events = events(&parsed, false);
        let got: Vec<_> = events.lines().filter(|line| !line.ends_with("STR")).collect();
        assert_eq!(got, case.events, "{}", case.name);
    }
}

#[test]
fn invalid_yaml_gets_the_message_that_it_must() {
    for case in cases() {
        let Some(words) = case.error else { continue };
        let parsed = parse(SourceId(0), &case.yaml, &Limits::default());
        let error = parsed.documents().iter().find_map(|document| document.error.as_ref());
        let message = error.map_or("no error", |error| &error.message);
        assert!(message.contains(words), "{}: {message}", case.name);
    }
}

#[test]
fn leniencies_are_noted_and_only_they() {
    for case in cases().iter().filter(|case| case.error.is_none()) {
        let parsed = parse(SourceId(0), &case.yaml, &Limits::default());
        let lenient = parsed.documents().iter().any(|document| document.lenient);
        assert_eq!(lenient, case.lenient, "{}", case.name);
    }
}
