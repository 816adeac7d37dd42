//! The formats of the platforms: what each platform's reader makes of them.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll::{
    base::Severity,
    report::{Format, Options},
};
use quick_xml::{Reader, events::Event};
use serde_json::Value;

use crate::report::{Case, ODD_PATH, WEB, awkward, everything, snapshot};

const PLATFORMS: [(Format, &str); 9] = [
    (Format::Grouped, "grouped"),
    (Format::JsonLines, "json_lines"),
    (Format::Github, "github"),
    (Format::Gitlab, "gitlab"),
    (Format::Azure, "azure"),
    (Format::Junit, "junit"),
    (Format::Rdjson, "rdjson"),
    (Format::Markdown, "markdown"),
    (Format::Html, "html"),
];

fn print(case: &Case, format: Format) -> String {
    case.print(format, &Options::default())
}

fn with_ignored() -> Options {
    Options { ignored: true, ..Options::default() }
}

/// A file with `n` findings of each severity.
fn many(n: usize) -> Case {
    let mut case = Case::default();
    let file = case.file("web.yaml", WEB);
    let span = case.span(file, "true");
    for severity in Severity::WORST_FIRST.into_iter().rev() {
        for _ in 0..n {
            case.find(span, "").severity = severity;
        }
    }
    case
}

#[test]
fn every_format_of_the_awkward_run() {
    let case = awkward();
    for (format, name) in PLATFORMS {
        let text = print(&case, format);
        assert_eq!(text, print(&case, format), "two equal runs differ: {format}");
        let version = env!("CARGO_PKG_VERSION");
        let text = text.replace(&format!("plimsoll {version}"), "plimsoll VERSION");
        snapshot(&format!("awkward_{name}"), if format == Format::Html { markup(&text) } else { &text });
    }
    write_for_validators();
}

/// `tests/formats/validate` takes its reports from here.
fn write_for_validators() {
    let Some(folder) = std::env::var_os("PLIMSOLL_REPORTS_OUT") else { return };
    let cases = [("awkward", awkward()), ("everything", everything()), ("empty", Case::default())];
    for (name, case) in &cases {
        for &format in Format::ALL {
            let place = std::path::Path::new(&folder).join(format!("{name}.{format}"));
            std::fs::write(place, case.print(format, &with_ignored())).unwrap();
        }
    }
}

/// The part of a page that findings decide.
fn markup(html: &str) -> &str {
    let (_, body) = html.split_once("<body>\n").unwrap();
    body.split_once("<script>").unwrap().0
}

#[test]
fn no_format_lets_controls_or_direction_marks_through() {
    let case = awkward();
    for &format in Format::ALL.iter().filter(|format| **format != Format::Full) {
        let text = case.print(format, &with_ignored());
        let bad: BTreeSet<_> = text
            .chars()
            .filter(|&c| c != '\n' && c != '\t' && plimsoll::report::safe::is_unsafe(c))
            .collect();
        assert!(bad.is_empty(), "{format}: {bad:?}");
    }
}

#[test]
fn a_clean_run_is_a_whole_document_in_every_format() {
    let case = Case::default();
    let empty = |format| print(&case, format);
    for format in [Format::Grouped, Format::JsonLines, Format::Github, Format::Azure] {
        assert_eq!(empty(format), "", "{format}");
    }
    assert_eq!(empty(Format::Gitlab), "[]\n");
    assert_eq!(
        serde_json::from_str::<Value>(&empty(Format::Rdjson)).unwrap(),
        serde_json::json!({"source": {"name": "plimsoll"}, "diagnostics": []})
    );
    assert_eq!(empty(Format::Markdown), "## plimsoll\n\n**No findings** in 0 objects.\n");
    let xml = empty(Format::Junit);
    assert!(xml.contains("tests=\"1\" failures=\"0\" errors=\"0\""), "{xml}");
    let html = empty(Format::Html);
    assert!(html.contains("Nothing to report.") && !html.contains("<form"), "{html}");
}

/// A workflow command as the runner reads it back (actions/runner, `ActionCommand`).
#[derive(Debug, PartialEq)]
struct Command {
    name: String,
    properties: BTreeMap<String, String>,
    message: String,
}

fn command(line: &str) -> Option<Command> {
    let (head, message) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let unescape = |text: &str, marks: &[(&str, &str)]| {
        marks.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    };
    let data = [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")];
    let property = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")];
    let properties = properties.split(',').filter_map(|pair| pair.split_once('='));
    Some(Command {
        name: name.to_owned(),
        properties: properties.map(|(name, value)| (name.into(), unescape(value, &property))).collect(),
        message: unescape(message, &data),
    })
}

#[test]
fn github_reads_its_annotations_back_as_they_were_meant() {
    let text = print(&awkward(), Format::Github);
    let commands: Vec<_> = text.lines().map(|line| command(line).unwrap()).collect();
    let names: Vec<_> = commands.iter().map(|command| command.name.as_str()).collect();
    assert_eq!(names, ["error", "error", "error", "warning", "notice", "notice", "notice"]);
    assert_eq!(commands[0].properties["file"], "clusters/::error::<x>,\n%0A;].yaml");
    let odd = &commands[1];
    let path = ODD_PATH.replace(['\u{1b}', '\u{202e}'], "\u{fffd}");
    assert_eq!(odd.properties["file"], format!("clusters/{path}"));
    assert_eq!(odd.properties["title"], "critical: privileged-container");
    assert_eq!((&*odd.properties["line"], &*odd.properties["col"]), ("1", "7"));
    assert!(odd.message.contains(":1:7: `a|b` is 100% <b>\"odd\"</b>, so: [x](y)"), "{}", odd.message);
    let related = &commands[2].message;
    assert_eq!(related.lines().nth(1), Some("plain.yaml:2:1: missing here: `a|b`"));
    let over_lines = &commands[3].properties;
    assert_eq!((&*over_lines["line"], &*over_lines["endLine"]), ("2", "3"));
    assert!(!over_lines.contains_key("col") && !over_lines.contains_key("endColumn"));
}

#[test]
fn github_gets_no_more_annotations_than_it_shows_and_the_rest_stays_in_the_log() {
    let text = print(&many(8), Format::Github);
    let names: Vec<_> = text.lines().filter_map(command).map(|command| command.name).collect();
    let count = |name: &str| names.iter().filter(|other| *other == name).count();
    assert_eq!((count("error"), count("warning"), count("notice")), (10, 8, 10));
    let plain: Vec<_> = text.lines().filter(|line| command(line).is_none()).collect();
    assert_eq!(
        plain[0],
        "28 places are annotated, 12 more not: GitHub shows 10 errors, 10 warnings and 10 notices of a step, \
         50 annotations of a job"
    );
    assert_eq!(plain.len(), 13);
    assert!(plain[1].starts_with("web.yaml:14:25: high privileged-container: "), "{}", plain[1]);
    let criticals = text.lines().take(8).filter_map(command).map(|it| it.properties["title"].clone());
    assert!(criticals.into_iter().all(|title| title.starts_with("critical: ")), "the worst come first");
}

#[test]
fn nothing_in_a_log_of_github_is_a_forged_command() {
    let mut case = awkward();
    for _ in 0..20 {
        let first = case.outcome.findings[0].clone();
        case.outcome.findings.push(first);
    }
    for line in print(&case, Format::Github).lines() {
        match command(line) {
            Some(command) => assert!(["error", "warning", "notice"].contains(&&*command.name), "{line}"),
            None => assert!(!line.contains("##[") && !line.trim_start().starts_with("::"), "{line}"),
        }
    }
}

#[test]
fn gitlab_tells_issues_apart_by_fingerprints_that_outlive_moves() {
    let fingerprints = |case: &Case| {
        let issues: Vec<Value> = serde_json::from_str(&print(case, Format::Gitlab)).unwrap();
        issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let case = awkward();
    let before = fingerprints(&case);
    assert_eq!(before.iter().collect::<BTreeSet<_>>().len(), before.len(), "{before:?}");
    let mut moved = awkward();
    for finding in &mut moved.outcome.findings {
        finding.primary.span.start = 0;
        finding.primary.span.end = 1;
    }
    assert_eq!(fingerprints(&moved), before);
}

#[test]
fn gitlab_gets_paths_from_the_root_and_its_own_severities() {
    let issues: Vec<Value> = serde_json::from_str(&print(&everything(), Format::Gitlab)).unwrap();
    let seen: Vec<_> = issues
        .iter()
        .map(|issue| {
            let (severity, location) = (&issue["severity"], &issue["location"]);
            (severity.as_str().unwrap(), location["path"].as_str().unwrap(), &location["lines"]["begin"])
        })
        .collect();
    assert_eq!(seen[0], ("blocker", "clusters/secret.yaml", &Value::from(1)));
    assert_eq!(seen[1], ("blocker", "clusters/apps/web.yaml", &Value::from(14)));
    assert_eq!(seen[3], ("info", "clusters/apps/prod/웹 패치.yaml", &Value::from(2)));
    assert_eq!(seen[4], ("critical", "shared/rbac.yaml", &Value::from(3)));
}

/// A logging command as the agent reads it back (azure-pipelines-agent, `Command`).
fn logged(line: &str) -> (BTreeMap<String, String>, String) {
    let (head, message) = line.strip_prefix("##vso[task.logissue ").unwrap().split_once(']').unwrap();
    let unescape = |text: &str| {
        let marks = [("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%AZP25", "%")];
        marks.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    };
    let pairs = head.split(';').filter_map(|pair| pair.split_once('='));
    (pairs.map(|(name, value)| (name.to_owned(), unescape(value))).collect(), unescape(message))
}

#[test]
fn azure_reads_its_issues_back_as_they_were_meant() {
    let text = print(&awkward(), Format::Azure);
    let issues: Vec<_> = text.lines().map(logged).collect();
    assert_eq!(issues.len(), 7);
    assert_eq!(issues[0].0["sourcepath"], "clusters/::error::<x>,\n%0A;].yaml");
    let (odd, message) = &issues[1];
    assert_eq!(
        odd["sourcepath"],
        format!("clusters/{}", ODD_PATH.replace(['\u{1b}', '\u{202e}'], "\u{fffd}"))
    );
    assert_eq!((&*odd["type"], &*odd["linenumber"], &*odd["columnnumber"]), ("error", "1", "7"));
    assert_eq!(odd["code"], "privileged-container");
    assert!(message.starts_with("`a|b` is 100% <b>\"odd\"</b>"), "{message}");
}

/// Start tags with their attributes and the text in them, of well-formed XML.
fn elements(xml: &str) -> Vec<(String, BTreeMap<String, String>, String)> {
    let mut reader = Reader::from_str(xml);
    let mut found: Vec<(String, BTreeMap<String, String>, String)> = Vec::new();
    let mut depth = 0;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                depth += 1;
                found.push(element(&tag));
            }
            Event::Empty(tag) => found.push(element(&tag)),
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            Event::Text(text) if depth > 0 => {
                found.last_mut().unwrap().2.push_str(&text);
            }
            Event::GeneralRef(name) => {
                let name = format!("&{};", &*name);
                found.last_mut().unwrap().2.push_str(&quick_xml::escape::unescape(&name).unwrap());
            }
            _ => {}
        }
    }
    found
}

fn element(tag: &quick_xml::events::BytesStart<'_>) -> (String, BTreeMap<String, String>, String) {
    let attributes = tag.attributes().map(|attribute| {
        let attribute = attribute.unwrap();
        let value = attribute.value.into_owned();
        let key = attribute.key.as_ref().to_owned();
        (key, quick_xml::escape::unescape(&value).unwrap().into_owned())
    });
    (tag.name().as_ref().to_owned(), attributes.collect(), String::new())
}

#[test]
fn junit_is_a_suite_a_file_and_a_test_a_finding() {
    let elements = elements(&awkward().print(Format::Junit, &with_ignored()));
    let named = |name: &str| elements.iter().filter(|(own, ..)| own == name).collect::<Vec<_>>();
    let (_, all, _) = named("testsuites")[0];
    assert_eq!((&*all["tests"], &*all["failures"], &*all["errors"]), ("8", "6", "1"));
    assert_eq!(named("testsuite").len(), 4);
    assert_eq!(named("testcase").len(), 8);
    assert_eq!(named("skipped")[0].1["message"].matches("ignored: accepted | by <ops> `x`").count(), 1);
    let (_, failure, details) =
        named("failure").into_iter().find(|(_, it, _)| it["type"] == "critical").unwrap();
    assert!(failure["message"].contains("100% <b>\"odd\"</b>, so: [x](y) *z* _z_ ]]> ];"), "{failure:?}");
    assert!(details.contains(":1:7: critical privileged-container: `a|b` is 100% <b>"), "{details}");
}

#[test]
fn rdjson_counts_bytes_and_suggests_the_best_fix() {
    let report: Value = serde_json::from_str(&print(&awkward(), Format::Rdjson)).unwrap();
    let diagnostics = report["diagnostics"].as_array().unwrap();
    assert_eq!(diagnostics.len(), 7);
    // A byte order mark of 3, `이름: ` of 8, `😀 ` of 5.
    assert_eq!(diagnostics[1]["location"]["range"]["start"], serde_json::json!({"line": 1, "column": 17}));
    let suggestions = diagnostics[2]["suggestions"].as_array().unwrap();
    assert_eq!(suggestions.len(), 2);
    assert_eq!(suggestions[0]["text"], "  b: \"2\" # 😀\n");
    assert_eq!(suggestions[0]["range"]["start"], serde_json::json!({"line": 4, "column": 1}));
    let everything: Value = serde_json::from_str(&print(&everything(), Format::Rdjson)).unwrap();
    let first = &everything["diagnostics"][1];
    assert_eq!(first["suggestions"].as_array().unwrap().len(), 1, "the safe fix, not both");
    assert_eq!(first["suggestions"][0]["text"], "");
    assert_eq!(first["location"]["path"], "apps/web.yaml", "from the working folder");
}

#[test]
fn json_lines_are_the_findings_of_json() {
    let case = awkward();
    let report: Value = serde_json::from_str(&case.print(Format::Json, &with_ignored())).unwrap();
    let lines = case.print(Format::JsonLines, &with_ignored());
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(Value::from(lines), report["findings"]);
}

#[test]
fn a_table_of_markdown_has_one_row_a_finding_and_four_cells_a_row() {
    let text = awkward().print(Format::Markdown, &with_ignored());
    let rows: Vec<_> = text.lines().filter(|line| line.starts_with("| ")).collect();
    assert_eq!(rows.len(), 2 + 7, "{text}");
    for row in rows {
        let bare = row.replace("\\\\", "").replace("\\|", "");
        assert_eq!(bare.matches('|').count(), 5, "{row}");
        for tag in ["<script", "<img", "<b>", "<i>"] {
            assert!(!row.contains(tag), "{row}");
        }
    }
    assert!(text.lines().nth(8).unwrap().starts_with("| **critical** |"), "the worst come first: {text}");
}

#[test]
fn markdown_links_to_the_pages_of_the_files_where_those_are_known() {
    let url = "https://github.com/o/r/blob/0af1";
    let options = Options { source_url: Some(url.to_owned()), ..Options::default() };
    let text = everything().print(Format::Markdown, &options);
    assert!(text.contains("(https://github.com/o/r/blob/0af1/clusters/apps/web.yaml#L14)"), "{text}");
    assert!(text.contains("(https://github.com/o/r/blob/0af1/shared/rbac.yaml#L3)"), "{text}");
}

#[test]
fn markdown_is_no_longer_than_the_action_takes_and_says_what_is_left_out() {
    let text = print(&many(4000), Format::Markdown);
    let script = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/action/check.sh")).unwrap();
    let most = script.lines().find_map(|line| line.strip_prefix("most_summary=")).unwrap();
    let most: usize = most.parse().unwrap();
    assert!(text.len() <= most, "{} bytes are more than {most}", text.len());
    assert!(most + 4096 < 1 << 20, "GitHub takes a mebibyte, and the action adds some lines");
    let rows = text.lines().filter(|line| line.contains("privileged-container")).count();
    assert!(text.ends_with(&format!(
        "\n{} more findings are not listed: the table would be too large.\n",
        20_000 - rows
    )));
    assert!(text.contains("**20000 findings** (4000 critical, "));
}

#[test]
fn grouped_names_each_file_once() {
    let text = awkward().print(Format::Grouped, &with_ignored());
    assert_eq!(text.lines().filter(|line| line.ends_with(".yaml:") || line.ends_with(".json:")).count(), 3);
    assert!(text.contains("(ignored: accepted | by <ops> `x` ##[group])"));
}
