//! Every rule's examples are its tests. One body runs them all, as written and in every shape that must change
//! nothing: other kinds of workload, lists, line ends, a byte order mark, flow style.

use std::{collections::BTreeMap, fmt::Write as _};

use plimsoll::{
    base::{Day, Diagnostic, Minor, Source, SourceId},
    engine::{Choice, Plan, Reading, Role, Silencing, judge_all},
    rule::{Example, Registry, Rule, Target},
    yaml::{self, Kind, Limits, Node, Style},
};

/// The day it is for comments that end on one.
const TODAY: &str = "2026-11-24";

/// How an example's findings are compared.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Compare {
    Lines,
    Count,
    Silence,
}

#[test]
fn every_example_finds_exactly_what_it_marks() {
    let registry = Registry::embedded().expect("the embedded rules load");
    let mut failures = String::new();
    let mut runs = 0;
    for rule in registry.rules() {
        for example in &rule.prose().examples {
            for (variant, text, compare) in variants(rule, example) {
                runs += 1;
                if let Err(problem) = check(&registry, rule, example, &text, compare) {
                    let id = &rule.id;
                    writeln!(failures, "{id} / {} / {variant}: {problem}\n{text}\n", example.name).unwrap();
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
    eprintln!("{runs} runs of the examples of {} rules", registry.rules().len());
}

#[test]
fn every_rule_can_run_and_its_regular_expressions_compile() {
    let registry = Registry::embedded().expect("the embedded rules load");
    let target = Target { kubernetes: Minor::NEWEST, platform: None };
    let plan = Plan::of_all(&registry, target).expect("every rule compiles");
    for compiled in plan.rules() {
        assert_eq!(compiled.broken_pattern(), None, "{}", compiled.rule.id);
    }
}

#[test]
fn every_rule_has_an_example_that_fires_and_one_that_is_silent() {
    let registry = Registry::embedded().expect("the embedded rules load");
    for rule in registry.rules() {
        let marks = |example: &Example| example.yaml.lines().map(marked).sum::<usize>();
        let examples = &rule.prose().examples;
        assert!(examples.iter().any(|example| marks(example) > 0), "{}: no example fires", rule.id);
        assert!(examples.iter().any(|example| marks(example) == 0), "{}: no example is silent", rule.id);
    }
}

#[test]
fn the_words_of_every_rule_keep_the_house_style() {
    let registry = Registry::embedded().expect("the embedded rules load");
    for rule in registry.rules() {
        let id = &rule.id;
        let prose = rule.prose();
        assert!(!rule.title.ends_with('.') && rule.title.chars().count() <= 100, "{id}: title");
        assert!(rule.title.starts_with(|c: char| c.is_uppercase() || c == '`'), "{id}: title");
        for text in [&prose.why, &prose.how_to_fix] {
            assert!(
                text.ends_with('.') || text.ends_with('`'),
                "{id}: a sentence ends with a period: {text}"
            );
        }
        for check in rule.checks() {
            for say in [Some(&check.say), check.say_missing.as_ref()].into_iter().flatten() {
                assert!(!say.ends_with('.'), "{id}: a message is no sentence: {say}");
                assert!(!say.starts_with(|c: char| c.is_ascii_uppercase()), "{id}: lower case: {say}");
            }
        }
    }
}

fn check(
    registry: &Registry,
    rule: &Rule,
    example: &Example,
    text: &str,
    compare: Compare,
) -> Result<(), String> {
    let is_kustomization = rule.family == "kustomize";
    let (path, part) = if is_kustomization {
        ("kustomization.yaml", Role::Kustomization)
    } else {
        ("example.yaml", Role::Plain)
    };
    let source = Source::new(SourceId(0), path, text);
    let target =
        Target { kubernetes: example.kubernetes.unwrap_or(Minor::NEWEST), platform: example.platform };
    let choice = Choice { rule, severity: rule.severity, params: &example.params };
    // What is said about comments that silence depends on what other rules find.
    let is_about_others = rule.family == "suppression";
    let plan = if is_about_others { Plan::of_all(registry, target) } else { Plan::new(target, [choice]) };
    let mut plan = plan.map_err(|error| error.to_string())?;
    plan.silencing = Some(Silencing { registry, today: TODAY.parse::<Day>().expect("a day"), peers: true });
    let mut findings = judge_all(&[(&source, part)], &plan, &Reading::default());
    findings.retain(|finding| !is_about_others || finding.rule == rule.id);
    if compare == Compare::Silence {
        let found: Vec<String> = findings.iter().map(|it| shown(&source, it)).collect();
        return if found.is_empty() { Ok(()) } else { Err(format!("not silenced: {found:#?}")) };
    }
    let found: Vec<String> = findings.iter().map(|it| shown(&source, it)).collect();
    if compare == Compare::Count {
        let expected: usize = example.yaml.lines().map(marked).sum();
        if findings.len() != expected {
            return Err(format!("{expected} findings expected, found {found:#?}"));
        }
        return Ok(());
    }
    let mut expected = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let marks = marked(line);
        if marks > 0 {
            expected.insert(index as u32 + 1, marks);
        }
    }
    let mut lines = BTreeMap::new();
    for finding in &findings {
        *lines.entry(source.position(finding.primary.span.start).line).or_insert(0) += 1;
    }
    if lines != expected {
        return Err(format!("findings expected on lines {expected:?}, found {found:#?}"));
    }
    let places: Vec<&str> = findings.iter().map(|it| source.slice(it.primary.span)).collect();
    if !example.at.is_empty() && example.at != places {
        return Err(format!("places {:?} expected, found {places:?}", example.at));
    }
    Ok(())
}

fn shown(source: &Source, finding: &Diagnostic) -> String {
    let line = source.position(finding.primary.span.start).line;
    format!("{line}: {} at {:?}", finding.message, source.slice(finding.primary.span))
}

/// How many findings a line's mark promises: `# finding` one, `# 2 findings` two.
pub(crate) fn marked(line: &str) -> usize {
    let Some((_, mark)) = line.rsplit_once("# ") else { return 0 };
    match mark.trim_end() {
        "finding" => 1,
        mark => mark.strip_suffix(" findings").and_then(|count| count.parse().ok()).unwrap_or(0),
    }
}

/// The example in every shape that must not change what is found.
pub(crate) fn variants(rule: &Rule, example: &Example) -> Vec<(String, String, Compare)> {
    let text = &example.yaml;
    let mut variants = vec![("as written".to_owned(), text.clone(), Compare::Lines)];
    let silenced = format!("# plimsoll: ignore-file[{}] it is only an example\n{text}", rule.id);
    if text.lines().any(|line| marked(line) > 0) {
        variants.push(("silenced".to_owned(), silenced, Compare::Silence));
    }
    // The documents of the yaml family are about the writing itself: another writing is another example.
    if rule.family == "yaml" {
        return variants;
    }
    variants.push(("CRLF".to_owned(), text.replace('\n', "\r\n"), Compare::Lines));
    variants.push(("BOM".to_owned(), format!("\u{feff}{text}"), Compare::Lines));
    variants.push(("after a Korean comment".to_owned(), format!("# 한국어 😀 주석\n{text}"), Compare::Lines));
    // Comments about comments, and what a whole file is silenced for, look alike in no other shape.
    if rule.family == "suppression" {
        return variants;
    }
    if allows(example, "List") {
        variants.push(("in a List".to_owned(), in_list(text), Compare::Lines));
    }
    if let Some(flow) = flow_style(text).filter(|_| allows(example, "flow")) {
        variants.push(("flow style".to_owned(), flow, Compare::Count));
    }
    if rule.kinds.iter().any(|kind| kind == "workload") && text.contains("kind: Pod\n") {
        for (kind, head, depth) in WORKLOADS {
            if allows(example, kind) {
                let moved = moved_to(text, kind, head, *depth);
                variants.push((format!("as {kind}"), moved, Compare::Lines));
            }
        }
    }
    variants
}

fn allows(example: &Example, variant: &str) -> bool {
    example.only.is_empty() || example.only.iter().any(|only| only == variant)
}

/// Kinds to which a Pod example is moved: the lines before the template's metadata, and how deep that stands.
const WORKLOADS: &[(&str, &str, usize)] = &[
    (
        "Deployment",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: moved\nspec:\n  template:\n",
        4,
    ),
    (
        "StatefulSet",
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: moved\nspec:\n  template:\n",
        4,
    ),
    ("DaemonSet", "apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: moved\nspec:\n  template:\n", 4),
    ("Job", "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: moved\nspec:\n  template:\n", 4),
    (
        "CronJob",
        "apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: moved\nspec:\n  schedule: \"@daily\"\n  \
         jobTemplate:\n    spec:\n      template:\n",
        8,
    ),
];

/// The text with each Pod made the template of another workload; other documents stay.
fn moved_to(text: &str, _kind: &str, head: &str, depth: usize) -> String {
    let documents: Vec<String> = text
        .split("---\n")
        .map(|document| {
            if !document.lines().any(|line| line == "kind: Pod") {
                return document.to_owned();
            }
            let body =
                document.lines().filter(|line| !line.starts_with("apiVersion:") && *line != "kind: Pod");
            let indent = " ".repeat(depth);
            let lines =
                body.map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{indent}{line}\n") });
            format!("{head}{}", lines.collect::<String>())
        })
        .collect();
    documents.join("---\n")
}

fn in_list(text: &str) -> String {
    let mut list = "apiVersion: v1\nkind: List\nitems:\n".to_owned();
    for document in text.split("---\n").filter(|document| !document.trim().is_empty()) {
        for (index, line) in document.lines().enumerate() {
            let lead = if index == 0 { "- " } else { "  " };
            let line = if line.is_empty() { String::new() } else { format!("{lead}{line}") };
            list.push_str(&line);
            list.push('\n');
        }
    }
    list
}

/// The documents written as flow collections on a line each; `None` when the example does not parse.
pub(crate) fn flow_style(text: &str) -> Option<String> {
    let parsed = yaml::parse(SourceId(0), text, &Limits::default());
    let mut flow = String::new();
    for document in parsed.documents() {
        if document.error.is_some() {
            return None;
        }
        if let Some(root) = parsed.root(document) {
            flow.push_str("---\n");
            write_flow(root, &mut flow);
            flow.push('\n');
        }
    }
    Some(flow)
}

fn write_flow(node: Node<'_>, out: &mut String) {
    match node.kind() {
        Kind::Mapping => {
            out.push('{');
            for entry in node.fields() {
                write_flow(entry.key, out);
                out.push_str(": ");
                write_flow(entry.value, out);
                out.push_str(", ");
            }
            out.push('}');
        }
        Kind::Sequence => {
            out.push('[');
            for item in node.items() {
                write_flow(item, out);
                out.push_str(", ");
            }
            out.push(']');
        }
        Kind::Scalar => {
            let text = node.text().unwrap_or_default();
            let plain =
                node.style() == Style::Plain && !text.contains(['[', ']', '{', '}', ',', '\n', ':', '#']);
            if plain {
                // `key: ` and `null` are one value, but an empty word is not at home in a flow collection.
                out.push_str(if text.is_empty() { "null" } else { &text });
            } else {
                out.push_str(&serde_json::to_string(&text).expect("a string is JSON"));
            }
        }
    }
}
