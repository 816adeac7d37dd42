//! `plimsoll migrate`: marks and configurations for other tools in words of plimsoll, with the same effect.

use std::fs;

use super::dir::Dir;

/// What is found, without the places, which may move.
fn found(dir: &Dir, options: &[&str]) -> Vec<String> {
    let rules = "host-pid,host-ipc,privileged-container,yaml-syntax,yaml-duplicate-key";
    let (_, out, err) = dir.run(&[&["check", "--select", rules, "-q"], options].concat());
    assert_eq!(err, "");
    let mut found: Vec<_> = out.lines().map(|line| line.splitn(4, ':').last().unwrap().to_owned()).collect();
    found.sort();
    found
}

/// Migrates `text`, checks that what is silenced stays so and gives the new text.
fn migrated(text: &str) -> String {
    let dir = Dir::outside();
    dir.write("a.yaml", text);
    let before = found(&dir, &[]);
    let (code, diff, _) = dir.run(&["migrate"]);
    assert_eq!(code, 0);
    assert_eq!(fs::read_to_string(dir.path().join("a.yaml")).unwrap(), text, "only shown");
    let (code, out, err) = dir.run(&["migrate", "--write"]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    let after = fs::read_to_string(dir.path().join("a.yaml")).unwrap();
    assert_eq!(diff.is_empty(), after == text, "{diff}");
    assert_eq!(found(&dir, &["--no-peer-ignores"]), before, "{after}");
    dir.run(&["migrate", "--write"]);
    assert_eq!(fs::read_to_string(dir.path().join("a.yaml")).unwrap(), after, "twice is once");
    after
}

fn pod(annotations: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n{annotations}spec:\n  hostPID: true\n  hostIPC: \
         true\n  containers:\n    - name: a\n      image: a:1\n      securityContext: {{privileged: true}}\n"
    )
}

#[test]
fn annotations_become_annotations_that_silence_the_same() {
    for (before, after) in [
        (
            "    ignore-check.kube-linter.io/host-pid: it debugs\n",
            "    plimsoll.dev/ignore.host-pid: it debugs\n",
        ),
        (
            "    a: b # kept\n    ignore-check.kube-linter.io/host-pid: 'it''s old: see #12' # and this\n    c: d\n",
            "    a: b # kept\n    plimsoll.dev/ignore.host-pid: \"it's old: see #12\" # and this\n    c: d\n",
        ),
        (
            "    checkov.io/skip1: CKV_K8S_17=it debugs\n    checkov.io/skip2: CKV_K8S_18\n",
            "    plimsoll.dev/ignore.host-pid: it debugs\n    plimsoll.dev/ignore: host-ipc\n",
        ),
        (
            "    checkov.io/skip1: CKV_K8S_17\n    checkov.io/skip2: CKV_K8S_18\n",
            "    plimsoll.dev/ignore: host-pid\n    plimsoll.dev/ignore.host-ipc: \"\"\n",
        ),
        (
            "    checkov.io/skip1: CKV_K8S_17=it debugs\n    ignore-check.kube-linter.io/host-pid: it debugs\n    c: d\n",
            "    plimsoll.dev/ignore.host-pid: it debugs\n    c: d\n",
        ),
        ("    polaris.fairwinds.com/exempt: \"true\"\n", "    plimsoll.dev/ignore: \"*\"\n"),
        (
            "    kubescape.io/skip-controls: C-0038\n    kubescape.io/skip-reason: moves soon\n    \
             kubescape.io/skip-expiry: \"9999-01-31\"\n",
            "    plimsoll.dev/ignore.host-ipc: \"moves soon until=9999-01-31\"\n    plimsoll.dev/ignore.host-pid: \
             \"moves soon until=9999-01-31\"\n",
        ),
    ] {
        assert_eq!(migrated(&pod(before)), pod(after));
        let crlf = |text: &str| text.replace('\n', "\r\n");
        assert_eq!(migrated(&crlf(&pod(before))), crlf(&pod(after)));
    }
}

#[test]
fn flow_style_and_json_keep_their_form() {
    let before = "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"a\", \"annotations\": \
                  {\"checkov.io/skip1\": \"CKV_K8S_17=it debugs\", \"c\": \"d\"}}, \"spec\": {\"hostPID\": true, \
                  \"containers\": []}}\n";
    let after = before.replace("checkov.io/skip1", "plimsoll.dev/ignore.host-pid").replace("CKV_K8S_17=", "");
    assert_eq!(migrated(before), after);
    let before = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, annotations: {kubescape.io/skip-controls: C-0038, a: \
                  b}}\nspec: {hostPID: true, hostIPC: true, containers: []}\n";
    let after =
        before.replace("kubescape.io/skip-controls: C-0038", "plimsoll.dev/ignore: \"host-ipc, host-pid\"");
    assert_eq!(migrated(before), after);
}

#[test]
fn comments_become_comments_that_silence_the_same() {
    for (before, after) in [
        ("  # checkov:skip=CKV_K8S_17:it debugs\n", "  # plimsoll: ignore[host-pid] it debugs\n"),
        ("  # trivy:ignore:KSV-0010:exp:9999-01-31\n", "  # plimsoll: ignore[host-pid] until=9999-01-31\n"),
        ("  # kics-scan ignore-block\n", "  # plimsoll: ignore[*]\n"),
        ("  # checkov:skip=CKV_AWS_1:other\n", "  # checkov:skip=CKV_AWS_1:other\n"),
        (
            "  # checkov:skip=CKV_K8S_17,CKV_AWS_1:other\n",
            "  # checkov:skip=CKV_K8S_17,CKV_AWS_1:other # plimsoll: ignore[host-pid] other\n",
        ),
    ] {
        let text = |comment: &str| pod("    a: b\n").replace("  hostPID", &format!("{comment}  hostPID"));
        assert_eq!(migrated(&text(before)), text(after));
    }
    // Ours would be about all that belongs to the next key.
    let dir = Dir::outside();
    dir.write("a.yaml", &pod("    a: b\n").replace("  hostPID", "  # kics-scan ignore-line\n  hostPID"));
    let (_, out, err) = dir.run(&["migrate"]);
    assert_eq!(out, "");
    assert!(err.starts_with("a.yaml:8: left alone: it is about the next line alone"), "{err}");
    let trailing = |words: &str| pod("    a: b\n").replace("PID: true", &format!("PID: true # {words}"));
    assert_eq!(
        migrated(&trailing("checkov:skip=CKV_K8S_17:it debugs")),
        trailing("plimsoll: ignore[host-pid] it debugs")
    );
}

#[test]
fn marks_that_mean_nothing_here_stay_and_are_told() {
    let dir = Dir::outside();
    dir.write("a.yaml", &pod("    ignore-check.kube-linter.io/no-such-check: why\n"));
    let (code, out, err) = dir.run(&["migrate"]);
    assert_eq!((code, out.as_str()), (0, ""));
    assert_eq!(
        err,
        "a.yaml:6: left alone: no rule means the same as `no-such-check`\n\
         no mark for another tool can be rewritten\n"
    );
}

#[test]
fn a_broken_document_and_one_that_only_mentions_a_tool_stay_as_they_are() {
    for text in
        ["a: [\nb: checkov.io/skip1\n", "a: b\n# see checkov: it says\n", "checkov.io/: [", "\u{0}checkov:"]
    {
        let dir = Dir::outside();
        dir.write("a.yaml", text);
        assert_eq!(dir.run(&["migrate", "--write"]).0, 0);
        assert_eq!(fs::read_to_string(dir.path().join("a.yaml")).unwrap(), text);
    }
}

#[test]
fn configurations_become_one_that_plimsoll_takes() {
    let dir = Dir::outside();
    dir.write(
        ".kube-linter.yaml",
        "checks:\n  exclude: [host-pid, unset-cpu-requests]\n  ignorePaths: [old]\n",
    );
    dir.write(".trivyignore.yaml", "misconfigurations:\n- id: KSV-0008\n  paths: [agents/**]\n");
    dir.write("old/a.yaml", &pod("    a: b\n"));
    dir.write("agents/a.yaml", &pod("    a: b\n"));
    dir.write("b.yaml", &pod("    a: b\n"));
    let (code, out, err) = dir.run(&["migrate"]);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("+ignore:\n+  - host-pid  # host-pid\n+exclude:\n+  - \"old\"\n+overrides:"),
        "{out}"
    );
    assert!(!dir.path().join(".plimsoll.yaml").exists());
    assert_eq!(dir.run(&["migrate", "--write"]).0, 0);
    let (_, out, _) = dir.run(&["check", "-q", "--select", "host-ipc,privileged-container"]);
    let mut places: Vec<_> = out.lines().map(|line| line.splitn(4, ' ').collect::<Vec<_>>()[2]).collect();
    places.sort_unstable();
    assert_eq!(places, ["host-ipc:", "privileged-container:", "privileged-container:"], "{out}");
    // A configuration that is there is nobody's to rewrite.
    let own = fs::read_to_string(dir.path().join(".plimsoll.yaml")).unwrap();
    let (code, _, err) = dir.run(&["migrate", "--write"]);
    assert_eq!(code, 0);
    assert!(err.contains(".plimsoll.yaml is there already; add to it by hand:\n"), "{err}");
    assert_eq!(fs::read_to_string(dir.path().join(".plimsoll.yaml")).unwrap(), own);
}

#[test]
fn a_configuration_that_cannot_be_read_is_told_and_fails() {
    let dir = Dir::outside();
    dir.write(".checkov.yaml", "skip-check: [");
    let (code, _, err) = dir.run(&["migrate"]);
    assert_eq!(code, 2);
    assert!(err.contains("cannot read `.checkov.yaml`"), "{err}");
}
