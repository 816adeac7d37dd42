//! Patches that are written in place: where their values stand, and what comments in them silence.

use std::{
    fs,
    process::{Command, Stdio},
};

use super::{dir::Dir, overlays::check};

const BASE: [(&str, &str); 2] = [
    ("base/kustomization.yaml", "resources: [pod.yaml]\n"),
    (
        "base/pod.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - {name: a, image: a}\n",
    ),
];

/// What is found in an overlay with this kustomization, as `line:column rule` in the order of the places.
fn found(kustomization: &str) -> String {
    let dir = Dir::repository(&BASE);
    dir.write("over/kustomization.yaml", kustomization);
    shown(&dir, &["--select", "host-pid,host-ipc,suppression/*", "--ignore", "ignore-without-reason"])
}

fn shown(dir: &Dir, arguments: &[&str]) -> String {
    let out = check(dir, &[arguments, &["--output-format", "concise"]].concat());
    let lines = out.lines().map(|line| {
        let mut parts = line.splitn(4, ':');
        let (path, row, column, rest) = (parts.next(), parts.next(), parts.next(), parts.next());
        let rule =
            rest.unwrap_or_default().split_whitespace().nth(1).unwrap_or_default().trim_end_matches(':');
        let name = path.unwrap_or_default().strip_prefix("over/kustomization.yaml").unwrap_or(line);
        format!("{name}{}:{} {rule}", row.unwrap_or_default(), column.unwrap_or_default())
    });
    lines.collect::<Vec<_>>().join(", ")
}

/// A kustomization whose patch is the scalar `patch`.
fn with(patch: &str) -> String {
    format!("resources: [../base]\npatches:\n- patch: {patch}")
}

const TARGET: &str = "  target: {kind: Pod}\n";

/// Where `true` stands, as a finding of `host-pid`.
fn at_true(text: &str) -> String {
    let before = text.split("true").next().unwrap();
    let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1;
    format!("{}:{column} host-pid", before.matches('\n').count() + 1)
}

#[test]
fn a_value_points_at_its_line_in_every_style_of_scalar() {
    for patch in [
        "|-\n    kind: Pod\n    apiVersion: v1\n    metadata: {name: a}\n    spec:\n      hostPID: true\n",
        // The indicator leaves two of the four spaces to the text.
        "|2-\n      kind: Pod\n      apiVersion: v1\n      metadata: {name: a}\n      spec: {hostPID: true}\n",
        "|-\n    ---\n    kind: Pod\n    apiVersion: v1\n    metadata: {name: a}\n    spec:\n      hostPID: true\n",
        ">-\n    {kind: Pod, apiVersion: v1,\n    metadata: {name: a},\n    spec: {hostPID: true}}\n",
        "\"kind: Pod\\napiVersion: v1\\nmetadata: {name: a}\\nspec: {hostPID: true}\"\n",
        "'{\"kind\": \"Pod\", \"apiVersion\": \"v1\",\n    \"metadata\": {\"name\": \"a\"},\n    \"spec\": {\"hostPID\": true}}'\n",
    ] {
        let text = with(patch);
        assert_eq!(found(&text), at_true(&text), "{patch}");
    }
    let json = "|2+\n    - {op: test, path: /kind, value: Pod}\n    - op: add\n      path: /spec/hostPID\n      value: true\n";
    let text = format!("{}{TARGET}", with(json));
    assert_eq!(found(&text), at_true(&text));
}

#[test]
fn a_mistake_in_a_patch_points_at_its_line() {
    let dir = Dir::repository(&BASE);
    dir.write("over/kustomization.yaml", &with("|2-\n    kind: Pod\n    a: b: c\n"));
    assert_eq!(shown(&dir, &["--select", "kustomization-invalid"]), "5:8 kustomization-invalid");
}

const HEAD: &str = "    kind: Pod\n    apiVersion: v1\n    metadata: {name: a}\n    spec:\n";

#[test]
fn a_comment_in_a_patch_silences_what_the_patch_sets() {
    for header in ["|-", "|2-"] {
        for (spec, expected) in [
            ("      hostPID: true # plimsoll: ignore[host-pid] why\n      hostIPC: true\n", "9:16 host-ipc"),
            (
                "      # plimsoll: ignore[host-pid] why\n      hostPID: true\n      hostIPC: true\n",
                "10:16 host-ipc",
            ),
            ("      hostPID: true # plimsoll: ignore[host-ipc] why\n", "8:16 host-pid, 8:40 ignore-unused"),
            ("      hostPID: true # plimsoll: ignore[no-such]\n", "8:16 host-pid, 8:40 ignore-unknown-rule"),
            ("      hostPID: true # plimsoll: ignore host-pid\n", "8:16 host-pid, 8:21 ignore-malformed"),
            (
                "      # plimsoll: ignore-file[host-pid] why\n      hostPID: true\n",
                "8:7 ignore-malformed, 9:16 host-pid",
            ),
        ] {
            let text = format!("{}{HEAD}{spec}", with(&format!("{header}\n")));
            assert_eq!(found(&text), expected, "{text}");
            assert_eq!(found(&text.replace('\n', "\r\n")), expected, "{text}");
        }
    }
    let json = "|-\n    # plimsoll: ignore[host-pid] why\n    - op: add\n      path: /spec/hostPID\n      value: true\n    \
                - {op: add, path: /spec/hostIPC, value: true}\n";
    assert_eq!(found(&format!("{}{TARGET}", with(json))), "8:45 host-ipc");
    let old = "resources: [../base]\npatchesStrategicMerge:\n- |\n";
    let text = format!("{old}{HEAD}      hostPID: true # plimsoll: ignore[host-pid] why\n");
    assert_eq!(found(&text), "");
    // Above the key it counts for the patch as a whole.
    let text = format!(
        "resources: [../base]\npatches:\n# plimsoll: ignore[host-pid] why\n- patch: |\n{HEAD}      hostPID: true\n"
    );
    assert_eq!(found(&text), "");
}

#[test]
fn nothing_is_said_about_comments_where_not_all_could_be_found() {
    let comment = "      hostPID: true # plimsoll: ignore[host-ipc] why\n";
    let text = format!("{}{HEAD}{comment}", with("|-\n"));
    assert_eq!(found(&text), "8:16 host-pid, 8:40 ignore-unused");
    let remote = text.replace("../base", "https://example.com/base?ref=v1");
    assert_eq!(found(&remote), "8:16 host-pid");
}

/// The kustomization after `--add-ignore`, and what is found afterwards.
fn after_adding(kustomization: &str) -> (String, String) {
    let dir = Dir::repository(&BASE);
    dir.write("over/kustomization.yaml", kustomization);
    let rules = ["--select", "host-pid,host-ipc"];
    let status = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .current_dir(dir.path())
        .args(["check", "--add-ignore=why"])
        .args(rules)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.code().is_some());
    (fs::read_to_string(dir.path().join("over/kustomization.yaml")).unwrap(), shown(&dir, &rules))
}

#[test]
fn comments_are_added_inside_a_patch_or_above_it_and_change_nothing_else() {
    for header in ["|-", "|2-", "|+"] {
        let text = format!("{}{HEAD}      hostPID: true\n", with(&format!("{header}\n")));
        let (after, left) = after_adding(&text);
        let comment = "      # plimsoll: ignore[host-pid] why\n      hostPID";
        assert_eq!((after, left.as_str()), (text.replace("      hostPID", comment), ""), "{text}");
    }
    for patch in [
        ">-\n    {kind: Pod, apiVersion: v1,\n    metadata: {name: a},\n    spec: {hostPID: true}}\n",
        "'{\"kind\": \"Pod\", \"apiVersion\": \"v1\",\n    \"metadata\": {\"name\": \"a\"},\n    \"spec\": {\"hostPID\": true}}'\n",
        "\"kind: Pod\\napiVersion: v1\\nmetadata: {name: a}\\nspec: {hostPID: true}\"\n",
    ] {
        let text = with(patch);
        let (after, left) = after_adding(&text);
        let expected = text.replace("- patch", "# plimsoll: ignore[host-pid] why\n- patch");
        assert_eq!((after, left.as_str()), (expected, ""), "{text}");
    }
    // A script inside a patch is no place for a comment, and the patch above it is.
    let script = "      hostPID: true\n      containers:\n      - name: a\n        args:\n        - |\n          echo\n";
    let text = format!("{}{HEAD}{script}", with("|\n"));
    let (after, left) = after_adding(&text);
    assert_eq!(left, "");
    assert!(after.contains("      # plimsoll: ignore[host-pid] why\n      hostPID"), "{after}");
}
