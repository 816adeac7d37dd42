//! Concise, JSON and SARIF: their looks, and what their readers insist on.

use std::path::Path;

use plimsoll::{
    base::{Severity, Span},
    report::{Format, Options, summary},
};
use serde_json::Value;

use crate::report::{Case, WEB, everything, snapshot, snapshot_of_version};

fn parsed(case: &Case, format: Format) -> Value {
    serde_json::from_str(&case.print(format, &Options::default())).unwrap()
}

fn run(case: &Case) -> Value {
    parsed(case, Format::Sarif)["runs"][0].clone()
}

#[test]
fn concise_is_one_line_a_finding() {
    let case = everything();
    let text = case.print(Format::Concise, &Options::default());
    assert_eq!(text.lines().count(), case.outcome.findings.len());
    snapshot("concise", &text);
}

#[test]
fn json_tells_everything_one_finding_a_line() {
    let case = everything();
    let text = case.print(Format::Json, &Options::default());
    assert_eq!(text.lines().filter(|line| line.starts_with("  {\"rule\":")).count(), 6);
    snapshot_of_version("json", &text);
}

#[test]
fn json_counts_bytes_characters_and_utf16_units() {
    let mut case = Case::default();
    let file = case.file("a.yaml", "\u{feff}한😀: true\n");
    let span = case.span(file, "true");
    case.find(span, "");
    let range = &parsed(&case, Format::Json)["findings"][0]["range"];
    assert_eq!(range["start"], serde_json::json!({"byte": 12, "line": 1, "column": 5, "utf16Column": 6}));
    assert_eq!(range["end"], serde_json::json!({"byte": 16, "line": 1, "column": 9, "utf16Column": 10}));
}

#[test]
fn the_documented_keys_of_json_are_those_that_are_written() {
    let documented =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md")).unwrap();
    let report = parsed(&everything(), Format::Json);
    let finding = &report["findings"][2];
    let objects = [
        &report,
        &report["tool"],
        &report["stats"],
        &report["unreadable"][0],
        finding,
        &finding["object"],
        &finding["range"],
        &finding["range"]["start"],
        &finding["related"][0],
        &report["findings"][0]["fixes"][0],
        &report["findings"][0]["fixes"][0]["edits"][0],
    ];
    for key in objects.into_iter().flat_map(|object| object.as_object().unwrap().keys()) {
        assert!(documented.contains(&format!("| `{key}` |")), "docs/json.md has no row for `{key}`");
    }
}

#[test]
fn a_clean_run_is_an_empty_list_in_every_format() {
    let case = Case::default();
    assert_eq!(case.print(Format::Concise, &Options::default()), "");
    assert_eq!(case.full(), "");
    assert_eq!(parsed(&case, Format::Json)["findings"], serde_json::json!([]));
    assert_eq!(run(&case)["results"], serde_json::json!([]));
    assert_eq!(run(&case)["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn sarif_of_everything() {
    let case = everything();
    let text = case.print(Format::Sarif, &Options::default());
    assert_eq!(text, case.print(Format::Sarif, &Options::default()), "two equal runs differ");
    snapshot_of_version("sarif", &text);
    // For whoever has a validator at hand.
    if let Some(place) = std::env::var_os("PLIMSOLL_SARIF_OUT") {
        std::fs::write(place, text).unwrap();
    }
}

#[test]
fn sarif_regions_lie_on_one_line_and_are_quoted() {
    let mut case = Case::default();
    let file = case.file("web.yaml", WEB);
    case.find(Span::new(file, 0, 120), "a whole object");
    case.find(Span::at(file, WEB.len() as u32), "the end");
    let run = run(&case);
    let place = |nth: usize| &run["results"][nth]["locations"][0]["physicalLocation"];
    let region = serde_json::json!({
        "startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 20, "snippet": {"text": "apiVersion: apps/v1"}
    });
    assert_eq!(place(0)["region"], region);
    assert_eq!(place(0)["contextRegion"]["snippet"]["text"], "apiVersion: apps/v1\nkind: Deployment");
    let end = &place(1)["region"];
    assert_eq!((&end["startLine"], &end["endColumn"]), (&Value::from(15), &Value::from(1)));
    assert_eq!(end.get("snippet"), None, "an empty snippet makes readers stumble");
    assert_eq!(place(1)["contextRegion"]["snippet"]["text"], "            privileged: true\n");
}

#[test]
fn sarif_quotes_a_piece_of_a_line_of_megabytes() {
    let mut case = Case::default();
    let text = format!("{{\"a\":\"{}\",\"privileged\":true}}", "한".repeat(200_000));
    let file = case.file("all.json", &text);
    let span = case.span(file, "true");
    case.find(span, "");
    case.find(Span::new(file, 0, text.len() as u32), "");
    let written = case.print(Format::Sarif, &Options::default());
    assert!(written.len() < 10_000, "{} bytes", written.len());
    let run = run(&case);
    let place = &run["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["region"]["startColumn"], 200_022);
    assert!(place["contextRegion"]["snippet"]["text"].as_str().unwrap().contains("\"privileged\":true"));
}

#[test]
fn sarif_texts_stay_below_the_limits_and_links_stay_whole() {
    let mut case = Case::default();
    let file = case.file("web.yaml", WEB);
    let span = case.span(file, "true");
    let finding = case.find(span, "");
    finding.message = "긴 문장 ".repeat(2000);
    for _ in 0..300 {
        finding.relate(span, "a place with words [in brackets]");
    }
    let run = run(&case);
    let result = &run["results"][0];
    let message = result["message"]["text"].as_str().unwrap();
    assert_eq!(message.chars().count(), 1024);
    assert!(message.ends_with("with words \\[in brackets\\]](9)."), "{message}");
    assert_eq!(result["relatedLocations"].as_array().unwrap().len(), 100);
}

#[test]
fn sarif_is_worst_first_only_beyond_what_github_shows() {
    let mut case = Case::default();
    let file = case.file("web.yaml", WEB);
    let span = case.span(file, "true");
    for nth in 0..5000 {
        case.find(span, "").severity = if nth == 4999 { Severity::Critical } else { Severity::Low };
    }
    let first = |case: &Case| run(case)["results"][0]["level"].clone();
    assert_eq!(first(&case), "note");
    case.find(span, "").severity = Severity::Medium;
    assert_eq!(first(&case), "error");
}

#[test]
fn sarif_has_no_more_results_than_github_takes_and_says_how_many_are_left_out() {
    let mut case = Case::default();
    let file = case.file("web.yaml", "a: true\n");
    let span = case.span(file, "true");
    for nth in 0..25_000 {
        case.find(span, "").severity = if nth == 24_999 { Severity::Critical } else { Severity::Low };
    }
    let whole = run(&case);
    assert_eq!(whole["results"].as_array().unwrap().len(), 25_000);
    assert_eq!(whole["invocations"][0]["toolExecutionNotifications"], serde_json::json!([]));
    for severity in [Severity::Info, Severity::High] {
        case.find(span, "").severity = severity;
    }
    let short = run(&case);
    let results = short["results"].as_array().unwrap();
    let levels: Vec<_> = results[..3].iter().map(|result| result["level"].as_str().unwrap()).collect();
    assert_eq!((results.len(), levels), (25_000, vec!["error", "error", "note"]));
    assert!(results.iter().all(|result| result["properties"]["severity"] != "info"), "the least go");
    let invocation = &short["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    assert_eq!(
        invocation["toolExecutionNotifications"],
        serde_json::json!([{
            "descriptor": {"id": "results-left-out", "index": 2},
            "level": "warning",
            "message": {"text": "2 results are left out."},
        }])
    );
    assert_eq!(short["tool"]["driver"]["notifications"][2]["id"], "results-left-out");
}

#[test]
fn the_summary_of_everything() {
    let mut out = Vec::new();
    summary::write(&everything().outcome, &Options::default(), &mut out).unwrap();
    snapshot("summary", &String::from_utf8(out).unwrap());
}
