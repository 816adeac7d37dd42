//! The marks that silence other tools: which rules they silence here, where, and how to switch that off.

use std::process::Command;

use super::dir::Dir;

/// Standard output and the closing line of a run over `dir`, with rules about the host alone.
fn run(dir: &Dir, options: &[&str]) -> (String, String) {
    const RULES: &str = "host-pid,host-ipc,privileged-container,yaml-not-portable,suppression/*";
    let (_, out, err) = dir.run(&[&["check", "--select", RULES], options].concat());
    (out, err)
}

/// What is found in `text`, as `line rule`.
fn found(text: &str, options: &[&str]) -> String {
    let dir = Dir::outside();
    dir.write("a.yaml", text);
    let (findings, _) = run(&dir, options);
    let line = |line: &str| {
        let mut parts = line.splitn(4, ':');
        let number = parts.nth(1)?;
        let rule = parts.nth(1)?.split_whitespace().nth(1)?.trim_end_matches(':');
        Some(format!("{number} {rule}"))
    };
    findings.lines().filter_map(line).collect::<Vec<_>>().join(", ")
}

fn pod(annotations: &str, spec: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n    a: b\n{annotations}spec:\n{spec}"
    )
}

const HOST: &str = "  hostPID: true\n  hostIPC: true\n";

#[test]
fn annotations_for_other_tools_silence_the_rules_that_cover_the_same() {
    assert_eq!(found(&pod("", HOST), &[]), "8 host-pid, 9 host-ipc");
    for (annotation, expected) in [
        ("ignore-check.kube-linter.io/host-pid: it debugs", "10 host-ipc"),
        ("ignore-check.kube-linter.io/host-pids: it debugs", "9 host-pid, 10 host-ipc"),
        ("kube-linter.io/ignore-all: it debugs", ""),
        ("checkov.io/skip1: CKV_K8S_17=it debugs", "10 host-ipc"),
        ("bridgecrew.io/skip2: CKV_K8S_18=it debugs", "9 host-pid"),
        ("cortex.io/skip3: CKV_K8S_17=it debugs", "10 host-ipc"),
        ("kube-score/ignore: container-seccomp-profile", "9 host-pid, 10 host-ipc"),
        ("polaris.fairwinds.com/hostPIDSet-exempt: \"true\"", "10 host-ipc"),
        ("polaris.fairwinds.com/exempt: \"true\"", ""),
        ("kubescape.io/skip-controls: C-0038", ""),
        ("kubescape.io/skip-controls: C-0041", "9 host-pid, 10 host-ipc"),
    ] {
        let text = pod(&format!("    {annotation}\n"), HOST);
        assert_eq!(found(&text, &[]), expected, "{annotation}");
        assert_eq!(found(&text, &["--no-peer-ignores"]), "9 host-pid, 10 host-ipc", "{annotation}");
        assert_eq!(found(&text, &["--no-ignores"]), "9 host-pid, 10 host-ipc", "{annotation}");
    }
}

#[test]
fn a_mark_that_is_over_silences_nothing_and_nothing_is_said_about_it() {
    for (day, expected) in [
        ("2020-01-31", "10 host-pid, 11 host-ipc"),
        ("9999-01-31", ""),
        ("2020-01-31T00:00:00Z", "10 host-pid, 11 host-ipc"),
    ] {
        let text = pod(
            &format!("    kubescape.io/skip-controls: C-0038\n    kubescape.io/skip-expiry: \"{day}\"\n"),
            HOST,
        );
        assert_eq!(found(&text, &[]), expected, "{day}");
    }
}

#[test]
fn marks_on_a_pod_template_hold_for_what_the_object_is_found_for() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    metadata:\n      \
                annotations:\n        ignore-check.kube-linter.io/host-pid: it debugs\n    spec:\n      hostPID: \
                true\n      hostIPC: true\n";
    assert_eq!(found(text, &[]), "11 host-ipc");
}

#[test]
fn comments_for_other_tools_cover_their_line_or_what_follows() {
    for (spec, expected) in [
        ("  hostPID: true # checkov:skip=CKV_K8S_17:it debugs\n  hostIPC: true\n", "9 host-ipc"),
        (
            "  # checkov:skip=CKV_K8S_17,CKV_K8S_18:one key only\n  hostPID: true\n  hostIPC: true\n",
            "10 host-ipc",
        ),
        ("  # trivy:ignore:AVD-KSV-0010\n  hostPID: true\n  hostIPC: true\n", "10 host-ipc"),
        (
            "  hostPID: true # trivy:ignore:KSV-0010:exp:2020-01-31\n  hostIPC: true\n",
            "8 host-pid, 9 host-ipc",
        ),
        ("  # kics-scan ignore-line\n  hostPID: true\n  hostIPC: true\n", "10 host-ipc"),
        ("  # kics-scan ignore-line\r\n  hostPID: true\r\n  hostIPC: true\r\n", "10 host-ipc"),
        ("  # kics-scan ignore-line\n\n  hostPID: true\n", "10 host-pid"),
        ("  hostPID: true\n  # kics-scan ignore-line", "8 host-pid"),
        ("  hostname: \"# kics-scan ignore-block\"\n  hostPID: true\n", "9 host-pid"),
        // What follows is all that belongs to a key.
        (
            "  # kics-scan ignore-block\n  containers:\n    - name: a\n      image: a\n      securityContext:\n        \
             privileged: true\n",
            "",
        ),
        (
            "  # kics-scan ignore-line\n  containers:\n    - name: a\n      image: a\n      securityContext:\n        \
             privileged: true\n",
            "13 privileged-container",
        ),
        // Beside plimsoll's own words, which are told when they silence nothing.
        (
            "  hostPID: true # checkov:skip=CKV_K8S_17:why # plimsoll: ignore[host-ipc] why\n",
            "8 ignore-unused",
        ),
    ] {
        let text = pod("", spec);
        assert_eq!(found(&text, &[]), expected, "{text}");
    }
}

#[test]
fn what_other_tools_have_no_rule_for_stays_a_finding() {
    let text = pod(
        "    kube-linter.io/ignore-all: all of it\n",
        "  # kics-scan ignore-block\n  containers:\n    - name: a\n      image: a\n      image: b\n",
    );
    assert_eq!(found(&text, &["--extend-select", "yaml-duplicate-key"]), "13 yaml-duplicate-key");
}

#[test]
fn marks_are_counted_and_shown_with_their_reason_and_the_configuration_ends_them() {
    let dir = Dir::outside();
    dir.write("a.yaml", &pod("    checkov.io/skip1: CKV_K8S_17=it debugs nodes\n", HOST));
    let own = "  hostPID: true # plimsoll: ignore[host-pid] why\n";
    dir.write("b.yaml", &pod("    checkov.io/skip1: CKV_K8S_17=it debugs nodes\n", own));
    let (findings, closing) = run(&dir, &[]);
    assert_eq!(findings.lines().count(), 1, "{findings}");
    assert!(closing.contains("2 ignored (1 by other tools' marks)"), "{closing}");
    let (shown, _) = run(&dir, &["--show-suppressed"]);
    assert!(shown.contains("it debugs nodes"), "{shown}");
    dir.write(".plimsoll.yaml", "peer-ignores: false\n");
    let (findings, closing) = run(&dir, &[]);
    assert_eq!(findings.lines().count(), 2, "{findings}");
    assert!(closing.contains("1 ignored ·") || closing.contains("1 ignored -"), "{closing}");
}

#[test]
fn a_reason_is_asked_for_only_where_the_configuration_requires_it() {
    let dir = Dir::outside();
    let spec =
        "  hostPID: true # plimsoll: ignore[host-pid]\n  hostIPC: true # plimsoll: ignore[host-ipc] why\n";
    dir.write("a.yaml", &pod("    ignore-check.kube-linter.io/host-pid: ''\n", spec));
    let check = |options: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .env_remove("GITHUB_ACTIONS")
            .current_dir(dir.path())
            .args(["check", "--profile", "default"])
            .args(options)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap().matches("ignore-without-reason").count()
    };
    assert_eq!(check(&[]), 0);
    dir.write(".plimsoll.yaml", "require-reason: true\n");
    let run = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .env_remove("GITHUB_ACTIONS")
        .current_dir(dir.path())
        .output()
        .unwrap();
    let told = String::from_utf8(run.stdout).unwrap();
    assert!(told.contains("a.yaml:9:17: medium ignore-without-reason: "), "{told}");
    assert_eq!(told.matches("ignore-without-reason").count(), 1, "{told}");
    dir.write(".plimsoll.yaml", "require-reason: true\nignore: [ignore-without-reason]\n");
    assert_eq!(check(&[]), 0);
    dir.write(".plimsoll.yaml", "require-reason: perhaps\n");
    let run = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .env_remove("GITHUB_ACTIONS")
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(2));
}

#[test]
fn marks_in_a_base_and_marks_that_an_overlay_adds_hold_for_what_is_built() {
    let annotated = |note: &str| {
        let meta = format!("metadata:\n  name: a\n{note}");
        format!(
            "apiVersion: v1\nkind: Pod\n{meta}spec:\n  hostPID: true\n  hostIPC: true # trivy:ignore:KSV-0008\n"
        )
    };
    let note = "  annotations: {ignore-check.kube-linter.io/host-pid: why}\n";
    let added = "commonAnnotations: {checkov.io/skip1: CKV_K8S_17=why}\n";
    for (note, more, expected) in [("", "", 1), (note, "", 0), ("", added, 0)] {
        let dir = Dir::outside();
        dir.write("base/pod.yaml", &annotated(note));
        dir.write("base/kustomization.yaml", "resources: [pod.yaml]\n");
        dir.write("over/kustomization.yaml", &format!("resources: [../base]\n{more}"));
        // With the base outside what is linted, too.
        let (findings, closing) = run(&dir, &["over"]);
        assert_eq!(findings.lines().count(), expected, "{findings}{closing}");
        assert!(closing.contains("by other tools' marks)"), "{closing}");
        let (findings, closing) = run(&dir, &["over", "--no-peer-ignores"]);
        assert_eq!(findings.lines().count(), 2, "{findings}{closing}");
    }
}

#[test]
fn what_is_silenced_is_shown_with_the_tool_whose_mark_it_is() {
    let dir = Dir::outside();
    dir.write("a.yaml", &pod("    checkov.io/skip1: CKV_K8S_17=it debugs\n", "  hostPID: true\n"));
    let (findings, _) = run(&dir, &["--show-suppressed"]);
    assert!(findings.contains("ignored by its checkov mark: it debugs"), "{findings}");
}
