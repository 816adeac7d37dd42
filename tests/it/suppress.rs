//! Comments and annotations that silence findings: what each covers, what it does not, and what is said about it.

use plimsoll::{
    base::{Day, Minor, Source, SourceId},
    engine::{Plan, Reading, Role, Silencing, judge_all},
    rule::{Registry, Target},
};

use super::dir::Dir;

/// What these rules and those about comments find in `text`, as `line rule`; the day is 24 November 2026.
fn found(text: &str, rules: &[&str]) -> Vec<String> {
    let registry = Registry::embedded().unwrap();
    let mut plan = Plan::of_all(&registry, Target { kubernetes: Minor::NEWEST, platform: None }).unwrap();
    let today: Day = "2026-11-24".parse().unwrap();
    plan.silencing = Some(Silencing { registry: &registry, today, peers: true });
    let source = Source::new(SourceId(0), "a.yaml", text);
    let findings = judge_all(&[(&source, Role::Plain)], &plan, &Reading::default());
    let shown = findings.iter().filter(|finding| {
        let id = finding.rule.as_str();
        // Only those who ask for reasons are asked for them.
        rules.contains(&id) || id.starts_with("ignore-") && id != "ignore-without-reason"
    });
    shown.map(|it| format!("{} {}", source.position(it.primary.span.start).line, it.rule)).collect()
}

const HOST: [&str; 3] = ["host-pid", "host-ipc", "host-network"];

fn host(text: &str) -> String {
    found(text, &HOST).join(", ")
}

const HEAD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n";

#[test]
fn a_comment_covers_its_line_or_what_follows_it() {
    for (spec, expected) in [
        ("  hostPID: true\n  hostIPC: true\n", "5 host-pid, 6 host-ipc"),
        // At a line's end: the line.
        ("  hostPID: true # plimsoll: ignore[host-pid] why\n  hostIPC: true\n", "6 host-ipc"),
        (
            "  hostPID: true # plimsoll: ignore[host-ipc] why\n  hostIPC: true\n",
            "5 host-pid, 5 ignore-unused, 6 host-ipc",
        ),
        ("  hostPID: true # plimsoll: ignore[pod-security/*] why\n  hostIPC: true\n", "6 host-ipc"),
        ("  hostPID: true # plimsoll: ignore[*] why\n  hostIPC: true\n", "6 host-ipc"),
        // On its own line: what stands below, and no more.
        (
            "  # plimsoll: ignore[host-pid, host-ipc] why\n  hostPID: true\n  hostIPC: true\n",
            "5 ignore-unused, 7 host-ipc",
        ),
        ("  # plimsoll: ignore[host-pid] why\n\n  # another\n  hostPID: true\n", ""),
        ("  # plimsoll: ignore[host-pid] one\n  # plimsoll: ignore[host-pid] two\n  hostPID: true\n", ""),
        ("      # plimsoll: ignore[host-pid] however deep it stands\n  hostPID: true\n", ""),
        ("# plimsoll: ignore[host-pid] however shallow it stands\n  hostPID: true\n", ""),
        ("  hostPID: true\n  # plimsoll: ignore[host-pid] too late\n", "5 host-pid, 6 ignore-unused"),
        ("  hostPID:\n    # plimsoll: ignore[host-pid] between\n    true\n", ""),
        // Flow style.
        ("  {\n  # plimsoll: ignore[host-pid] why\n  hostPID: true, hostIPC: true}\n", "7 host-ipc"),
        ("  {hostPID: true, # plimsoll: ignore[host-pid] why\n  hostIPC: true}\n", "6 host-ipc"),
        (
            "  {hostPID: true, hostIPC: true\n  # plimsoll: ignore[*] nothing follows\n  }\n",
            "5 host-pid, 5 host-ipc, 6 ignore-unused",
        ),
        // What does not work silences nothing.
        ("  hostPID: true # plimsoll: ignore host-pid\n", "5 host-pid, 5 ignore-malformed"),
        ("  hostPID: true # plimsoll: ignore-file[host-pid]\n", "5 host-pid, 5 ignore-malformed"),
        ("  hostPID: true # plimsoll: ignore[hostpid]\n", "5 host-pid, 5 ignore-unknown-rule"),
        ("  hostPID: true # plimsoll: ignore[pod-securty/*]\n", "5 host-pid, 5 ignore-unknown-rule"),
        ("  hostPID: true # plimsoll: ignore[host-pid] until=2026-11-23\n", "5 host-pid, 5 ignore-expired"),
        ("  hostPID: true # plimsoll: ignore[host-pid] until=2026-11-24\n", ""),
        ("  hostPID: true # not plimsoll: ignore[host-pid]\n", "5 host-pid"),
        ("  hostname: \"# plimsoll: ignore[host-pid]\"\n  hostPID: true\n", "6 host-pid"),
        ("  hostname: |\n    # plimsoll: ignore[host-pid]\n  hostPID: true\n", "7 host-pid"),
    ] {
        let text = format!("{HEAD}{spec}");
        assert_eq!(host(&text), expected, "{text}");
        let crlf = text.replace('\n', "\r\n");
        assert_eq!(host(&crlf), expected, "with CRLF: {text}");
    }
}

#[test]
fn a_comment_above_a_container_speaks_for_what_it_lacks_and_for_no_other_container() {
    let rules = ["read-only-root-filesystem-missing"];
    let containers = "  containers:\n    # plimsoll: ignore[read-only-root-filesystem-missing] it writes\n    \
                      - name: a\n      image: a\n    - name: b\n      image: b\n";
    let text = format!("{HEAD}{containers}");
    assert_eq!(found(&text, &rules), ["9 read-only-root-filesystem-missing"]);
    // With a securityContext, the missing field is pointed at further down.
    let deeper = text
        .replace("      image: a\n", "      image: a\n      securityContext:\n        privileged: false\n");
    assert_eq!(found(&deeper, &rules), ["11 read-only-root-filesystem-missing"]);
    let whole = format!(
        "{HEAD}  # plimsoll: ignore[read-only-root-filesystem-missing] all write\n{}",
        containers.replacen("    # plimsoll: ignore[read-only-root-filesystem-missing] it writes\n", "", 1)
    );
    assert_eq!(found(&whole, &rules), [""; 0]);
}

#[test]
fn a_comment_above_a_document_or_a_file_covers_that() {
    let pod = format!("{HEAD}  hostPID: true\n");
    for (text, expected) in [
        (format!("# plimsoll: ignore[host-pid] why\n{pod}---\n{pod}"), "12 host-pid"),
        (format!("# plimsoll: ignore[host-pid] why\n---\n{pod}---\n{pod}"), "13 host-pid"),
        (format!("{pod}---\n# plimsoll: ignore[host-pid] why\n{pod}"), "5 host-pid"),
        (
            format!("{pod}---\n{pod}# plimsoll: ignore[host-pid] nothing follows\n---\n{pod}"),
            "5 host-pid, 11 host-pid, 12 ignore-unused, 18 host-pid",
        ),
        (format!("# plimsoll: ignore-file[host-pid] why\n{pod}---\n{pod}"), ""),
        // Above what is no object, too.
        (format!("# plimsoll: ignore-file[host-pid] why\na: 1\n---\n{pod}"), ""),
        (
            format!(
                "\u{feff}# words\n\n%YAML 1.2\n---\n# plimsoll: ignore-file[host-pid] why\n{pod}---\n{pod}"
            ),
            "",
        ),
        (
            format!("{pod}---\n# plimsoll: ignore-file[host-pid] why\n{pod}"),
            "5 host-pid, 7 ignore-malformed, 12 host-pid",
        ),
        (format!("# plimsoll: ignore-file[host-ipc] why\n{pod}"), "1 ignore-unused, 6 host-pid"),
    ] {
        assert_eq!(host(&text), expected, "{text}");
    }
}

#[test]
fn annotations_silence_their_object_alone() {
    let pod = |annotations: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n{annotations}spec: {{hostPID: true, hostIPC: true}}\n"
        )
    };
    let other = pod("    a: b\n");
    for (annotations, expected) in [
        ("    plimsoll.dev/ignore: host-pid, host-ipc\n", ""),
        ("    plimsoll.dev/ignore: \"host-pid\"\n", "7 host-ipc"),
        ("    plimsoll.dev/ignore: '*'\n", ""),
        ("    plimsoll.dev/ignore: pod-security/*\n", ""),
        ("    plimsoll.dev/ignore.host-pid: it debugs nodes\n", "7 host-ipc"),
        (
            "    plimsoll.dev/ignore.host-pid: it debugs nodes until=2026-01-31\n",
            "6 ignore-expired, 7 host-pid, 7 host-ipc",
        ),
        ("    plimsoll.dev/ignore.host-pids: why\n", "6 ignore-unknown-rule, 7 host-pid, 7 host-ipc"),
        ("    plimsoll.dev/ignore.host-network: why\n", "6 ignore-unused, 7 host-pid, 7 host-ipc"),
        ("    plimsoll.dev/ignore: ''\n", "6 ignore-malformed, 7 host-pid, 7 host-ipc"),
        ("    plimsoll.dev/ignore-file: '*'\n", "6 ignore-malformed, 7 host-pid, 7 host-ipc"),
        ("    other.dev/ignore: '*'\n", "7 host-pid, 7 host-ipc"),
    ] {
        let text = pod(annotations);
        assert_eq!(host(&text), expected, "{text}");
        let both = host(&format!("{text}---\n{other}"));
        assert!(both.ends_with("15 host-pid, 15 host-ipc"), "{both}");
    }
    let template = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    metadata:\n      \
                    annotations: {plimsoll.dev/ignore: host-pid}\n    spec: {hostPID: true, hostIPC: true}\n";
    assert_eq!(host(template), "8 host-ipc");
    let json = r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "annotations":
        {"plimsoll.dev/ignore": "host-pid"}}, "spec": {"hostPID": true, "hostIPC": true}}"#;
    assert_eq!(host(json), "2 host-ipc");
}

#[test]
fn what_is_said_about_comments_is_silenced_by_name_only() {
    let pod = format!("{HEAD}  hostPID: false # plimsoll: ignore[host-pid] why\n");
    assert_eq!(host(&pod), "5 ignore-unused");
    assert_eq!(host(&format!("# plimsoll: ignore-file[ignore-unused] later\n{pod}")), "");
    assert_eq!(host(&format!("# plimsoll: ignore-file[suppression/*] later\n{pod}")), "");
    assert_eq!(
        host(&format!("# plimsoll: ignore-file[host-pid, *] all\n{pod}")),
        "1 ignore-unused, 6 ignore-unused"
    );
}

#[test]
fn nothing_is_called_unused_where_it_could_not_be_looked_for() {
    let broken = format!(
        "{HEAD}  hostPID: false # plimsoll: ignore[host-pid]\n---\napiVersion: v1\nkind: Pod\nspec: [\n"
    );
    assert_eq!(host(&broken), "");
    let no_object = "# plimsoll: ignore[host-pid]\na: b\n";
    assert_eq!(host(no_object), "");
}

#[test]
fn thousands_of_comments_and_deep_nesting_cost_little() {
    use std::fmt::Write as _;
    let mut many = "apiVersion: v1\nkind: Pod\nspec:\n  hostPID: true\n  containers:\n".to_owned();
    for number in 0..30_000 {
        writeln!(many, "    # plimsoll: ignore[host-pid]\n    - name: a{number}").unwrap();
    }
    let mut deep = "apiVersion: v1\nkind: Pod\nspec:\n".to_owned();
    for depth in 1..500 {
        writeln!(deep, "{0}# plimsoll: ignore[host-pid]\n{0}a:", " ".repeat(depth)).unwrap();
    }
    let registry = Registry::embedded().unwrap();
    let rule = registry.get("host-pid").unwrap();
    let none = std::collections::BTreeMap::new();
    let choice = plimsoll::engine::Choice { rule, severity: rule.severity, params: &none };
    let mut plan = Plan::new(Target { kubernetes: Minor::NEWEST, platform: None }, [choice]).unwrap();
    plan.silencing = Some(Silencing { registry: &registry, today: Day::default(), peers: true });
    let started = std::time::Instant::now();
    for (text, expected) in [(many, 1), (deep, 0)] {
        let source = Source::new(SourceId(0), "a.yaml", text);
        let findings = judge_all(&[(&source, Role::Plain)], &plan, &Reading::default());
        assert_eq!(findings.len(), expected);
    }
    // Both take a few hundredths of a second; a square would take minutes.
    assert!(started.elapsed().as_secs() < 20);
}

/// (exit code, standard output, standard error)
fn run(dir: &Dir, options: &[&str]) -> (i32, String, String) {
    dir.run(&[&["check", "--isolated", "--select=host-pid,host-ipc,suppression/*"], options].concat())
}

#[test]
fn silenced_findings_fail_no_run_and_are_counted_shown_or_brought_back() {
    let dir = Dir::new();
    dir.write("a.yaml", &format!("{HEAD}  hostPID: true # plimsoll: ignore[host-pid] it debugs nodes\n"));
    let (code, out, err) = run(&dir, &["."]);
    assert_eq!((code, out.as_str()), (0, ""));
    assert!(err.starts_with("no findings in 1 object, 1 file · 1 ignored · "), "{err}");
    let (code, out, _) = run(&dir, &["--show-suppressed", "--output-format=concise", "."]);
    assert_eq!(code, 0);
    assert!(out.starts_with("a.yaml:5:") && out.ends_with(" (ignored: it debugs nodes)\n"), "{out}");
    let (code, out, _) = run(&dir, &["--show-suppressed", "--output-format=full", "."]);
    assert!(code == 0 && out.contains("ignored: it debugs nodes"), "{out}");
    let (code, out, _) = run(&dir, &["--no-ignores", "--output-format=concise", "."]);
    assert!(code == 1 && out.ends_with("`hostPID` is true\n") || out.contains("host-pid"), "{out}");
    assert!(!out.contains("ignored"), "{out}");
    let (_, out, _) = run(&dir, &["--output-format=sarif", "."]);
    assert!(!out.contains("suppressions"), "{out}");
    let (code, out, _) = run(&dir, &["--show-suppressed", "--output-format=sarif", "."]);
    let log: serde_json::Value = serde_json::from_str(&out).unwrap();
    let suppression = &log["runs"][0]["results"][0]["suppressions"][0];
    assert_eq!(code, 0);
    assert_eq!(suppression["kind"], "inSource");
    assert_eq!(suppression["justification"], "it debugs nodes");
    assert_eq!(suppression["location"]["physicalLocation"]["region"]["startLine"], 5);
    let (_, out, _) = run(&dir, &["--show-suppressed", "--output-format=json", "."]);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["findings"][0]["ignored"], "it debugs nodes");
    assert_eq!(report["stats"]["ignored"], 1);
}

const DEPLOYMENT: &str =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n";
const PATCH: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n";

/// A base and two overlays; `base` is what its pod spec holds, the others what the patches of the overlays hold.
fn overlays(base: &str, one: &str, two: &str) -> Dir {
    let dir = Dir::new();
    dir.write("base/kustomization.yaml", "resources: [web.yaml]\n");
    dir.write("base/web.yaml", &format!("{DEPLOYMENT}{base}"));
    for (name, patch) in [("one", one), ("two", two)] {
        dir.write(
            &format!("{name}/kustomization.yaml"),
            &format!("namespace: {name}\nresources: [../base]\npatches: [{{path: p.yaml}}]\n"),
        );
        dir.write(&format!("{name}/p.yaml"), &format!("{PATCH}{patch}"));
    }
    dir
}

#[test]
fn comments_work_in_every_file_of_a_kustomization() {
    let silenced = "      hostPID: true # plimsoll: ignore[host-pid] why\n";
    let label = "  labels: {a: b}\n";
    let (code, out, err) = run(&overlays(silenced, label, label), &["."]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(err.contains("1 ignored"), "{err}");
    // The base lies outside what is linted.
    let (code, out, err) = run(&overlays(silenced, label, label), &["one"]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    let patch = "spec:\n  template:\n    spec:\n      hostIPC: true # plimsoll: ignore[host-ipc] why\n";
    let (code, out, err) = run(&overlays("      hostPID: false\n", patch, label), &["."]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
}

#[test]
fn an_annotation_that_one_overlay_adds_speaks_for_no_other() {
    let base = "      hostPID: true\n";
    let label = "  labels: {a: b}\n";
    let annotated = "  annotations: {plimsoll.dev/ignore.host-pid: why}\n";
    let concise = ["--output-format=concise", "."];
    for (one, two) in [(annotated, label), (label, annotated)] {
        let (code, out, _) = run(&overlays(base, one, two), &concise);
        assert!(code == 1 && out.contains("host-pid"), "{out}");
        assert!(!out.contains("ignore-unused"), "{out}");
    }
    let (code, out, err) = run(&overlays(base, annotated, annotated), &concise);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(err.contains("1 ignored"), "{err}");
}

#[test]
fn an_annotation_of_many_objects_is_used_where_one_of_them_needs_it() {
    let dir = overlays("      hostPID: true\n", "  labels: {a: b}\n", "  labels: {a: b}\n");
    dir.write(
        "one/kustomization.yaml",
        "resources: [../base, map.yaml]\ncommonAnnotations: {plimsoll.dev/ignore.host-pid: why}\n",
    );
    dir.write("one/map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
    dir.write("two/kustomization.yaml", "resources: []\n");
    let (_, out, err) = run(&dir, &["--output-format=concise", "."]);
    assert_eq!(out, "", "{err}");
    let pod = |name: &str, notes: &str, spec: &str| {
        format!(
            "- apiVersion: v1\n  kind: Pod\n  metadata: {{name: {name}, annotations: {notes}}}\n  spec: {spec}\n"
        )
    };
    let list = format!(
        "apiVersion: v1\nkind: List\nitems:\n{}{}",
        pod("a", "&notes {plimsoll.dev/ignore: host-pid}", "{hostPID: false}"),
        pod("b", "*notes", "{hostPID: true}"),
    );
    assert_eq!(host(&list), "", "{list}");
    assert_eq!(host(&list.replace("hostPID: true", "hostPID: false")), "6 ignore-unused");
}

#[test]
fn comments_beyond_the_most_that_are_read_are_told() {
    let dir = Dir::outside();
    let comments = "# plimsoll: ignore[host-pid] x\n".repeat(10_002);
    dir.write("a.yaml", &format!("{comments}apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\n"));
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .env_remove("GITHUB_ACTIONS")
        .current_dir(dir.path())
        .args(["check", "--select", "ignore-malformed"])
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.starts_with("a.yaml:10001:1: medium ignore-malformed: more than 10000 comments"), "{out}");
    assert_eq!(out.lines().count(), 1, "{out}");
}
