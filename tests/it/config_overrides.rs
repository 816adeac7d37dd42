//! `overrides`: what holds for some files, objects and containers only.

use plimsoll::{config::load, rule::Registry};

use super::dir::Dir;

/// What `check` prints with these options, and how it ends.
fn check(dir: &Dir, options: &[&str]) -> (i32, String, String) {
    dir.run(&[&["check", "--output-format=concise"], options].concat())
}

/// A pod whose two containers are privileged, on lines 8 and 11.
fn pod(name: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: ops}}\nspec:\n  containers:\n    - name: agent\n      securityContext:\n        privileged: true\n    - name: side\n      securityContext:\n        privileged: true\n"
    )
}

/// The findings of a repository with two pods and these overrides, as `file:line severity`.
fn told(overrides: &str) -> Vec<String> {
    let dir = Dir::new();
    dir.write(".git/HEAD", "");
    dir.write(".plimsoll.yaml", &format!("select: privileged-container\noverrides:\n{overrides}"));
    dir.write("a/x.yaml", &pod("web-1"));
    dir.write("b/y.yaml", &pod("db"));
    let (code, out, err) = check(&dir, &[]);
    assert!(code < 2, "{err}");
    let lines = out.lines().map(|line| {
        let mut words = line.split_whitespace();
        let place = words.next().unwrap().split(':').take(2).collect::<Vec<_>>().join(":");
        format!("{place} {}", words.next().unwrap().trim_end_matches(':').trim_matches(['[', ']']))
    });
    lines.collect()
}

#[test]
fn an_override_means_what_all_of_its_choices_mean() {
    let all = ["a/x.yaml:8", "a/x.yaml:11", "b/y.yaml:8", "b/y.yaml:11"];
    for (choices, gone) in [
        ("paths: a", &all[..2]),
        ("paths: [a/*.yaml, b]", &all[..]),
        ("paths: '**/y.yaml'", &all[2..]),
        ("kinds: Pod", &all[..]),
        ("kinds: [Deployment, Job]", &[]),
        ("names: web-*", &all[..2]),
        ("names: web", &[]),
        ("namespaces: o?s", &all[..]),
        ("namespaces: default", &[]),
        ("containers: agent", &["a/x.yaml:8", "b/y.yaml:8"]),
        ("containers: side, names: db", &all[3..]),
        ("containers: side, paths: a, kinds: Job", &[]),
    ] {
        let told = told(&format!("  - {{{choices}, reason: r, ignore: pod-security/*}}\n"));
        let left: Vec<_> = told.iter().map(|line| line.split(' ').next().unwrap()).collect();
        let expected: Vec<_> = all.into_iter().filter(|place| !gone.contains(place)).collect();
        assert_eq!(left, expected, "{choices}");
    }
}

#[test]
fn the_later_override_has_the_last_word() {
    let off = "  - {paths: a, reason: r, ignore: '*'}\n";
    let low = "  - {names: web-1, containers: side, reason: r, rules: {privileged-container: low}}\n";
    let b = ["b/y.yaml:8 critical", "b/y.yaml:11 critical"];
    assert_eq!(told(&format!("{off}{low}")), [&["a/x.yaml:11 low"][..], &b].concat());
    assert_eq!(told(&format!("{low}{off}")), b);
    let least = "  - {paths: a, reason: r, min-severity: medium}\n";
    assert_eq!(told(&format!("{low}{least}")), [&["a/x.yaml:8 critical"][..], &b].concat());
}

#[test]
fn what_is_overridden_counts_as_ignored_and_shows_its_reason() {
    let dir = Dir::new();
    dir.write(".git/HEAD", "");
    let text = "select: [privileged-container]\noverrides:\n  - paths: a\n    reason: the agent needs its node\n    rules: {privileged-container: off}\n";
    dir.write(".plimsoll.yaml", text);
    dir.write("a/x.yaml", &pod("web"));
    let (code, out, err) = check(&dir, &[]);
    assert_eq!((code, out.as_str()), (0, ""));
    assert!(err.contains("2 ignored"), "{err}");
    let (code, out, _) = check(&dir, &["--show-suppressed"]);
    assert_eq!((code, out.matches("the agent needs its node").count()), (0, 2), "{out}");
    let (_, out, _) = check(&dir, &["--show-suppressed", "--report=sarif=out.sarif"]);
    assert_eq!(out.lines().count(), 2);
    let out = std::fs::read_to_string(dir.path().join("out.sarif")).unwrap();
    assert_eq!(out.matches("\"external\"").count(), 2, "{out}");
    let (code, out, _) = check(&dir, &["--isolated", "--select=privileged-container"]);
    assert_eq!((code, out.lines().count()), (1, 2));
}

#[test]
fn the_paths_of_an_extended_override_begin_in_its_own_folder() {
    let dir = Dir::new();
    dir.write(".git/HEAD", "");
    dir.write("base.yaml", "overrides:\n  - {paths: [/team/a/x.yaml], reason: r, ignore: '*'}\n");
    dir.write("team/.plimsoll.yaml", "extends: ../base.yaml\nselect: privileged-container\noverrides:\n  - {containers: side, reason: r, rules: {privileged-container: low}}\n");
    dir.write("team/a/x.yaml", &pod("web"));
    dir.write("team/b/x.yaml", &pod("web"));
    let (_, out, _) = check(&dir, &[]);
    let places: Vec<_> = out.lines().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(out.lines().count(), 3, "{out}");
    assert!(places[0].starts_with("team/a/x.yaml:11"), "the nearer file has the last word: {out}");
}

#[test]
fn every_mistake_in_overrides_is_told_with_its_line() {
    let text = "\
overrides:
  - path: a
    reason: r
    ignore: host-pod
  - paths: ['']
    kinds: [deployment]
    names: ['a[']
    reason: ' '
    rules:
      host-pid: {params: {x: 1}}
      host-prd: off
  - paths: a
  - a
";
    let told = load(text, "c.yaml", &Registry::embedded().unwrap()).expect_err(text).to_string();
    let lines: Vec<_> = told.lines().filter(|line| line.starts_with("c.yaml")).collect();
    let expected = [
        "c.yaml:2:5: error: unknown key `path`",
        "c.yaml:2:5: error: an override needs one of paths, kinds, names, namespaces, containers",
        "c.yaml:4:13: error: unknown rule `host-pod`",
        "c.yaml:5:13: error: ``: a pattern must not be empty",
        "c.yaml:6:13: error: `deployment` is not a kind",
        "c.yaml:7:13: error: `a[`: not a glob: ",
        "c.yaml:8:13: error: a reason must not be empty",
        "c.yaml:10:18: error: parameters hold for the whole configuration, not for an override",
        "c.yaml:10:27: error: unknown parameter `x`",
        "c.yaml:11:7: error: unknown rule `host-prd`",
        "c.yaml:12:5: error: an override needs one of rules, ignore, min-severity",
        "c.yaml:12:5: error: an override needs a `reason`",
        "c.yaml:13:5: error: expected an override, found `a`",
    ];
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.starts_with(expected), "{told}");
    }
    assert_eq!(lines.len(), expected.len(), "{told}");
    assert!(told.contains("did you mean `paths`?") && told.contains("did you mean `host-pid`?"), "{told}");
}

#[test]
fn an_override_for_the_object_of_one_overlay_hides_nothing_in_another() {
    let dir = Dir::new();
    dir.write(".git/HEAD", "");
    dir.write("base/kustomization.yaml", "resources: [pod.yaml]\n");
    dir.write("base/pod.yaml", &pod("web"));
    for name in ["dev", "prod"] {
        dir.write(
            &format!("{name}/kustomization.yaml"),
            &format!("resources: [../base]\nnamespace: {name}\n"),
        );
    }
    for (namespaces, left) in [("[dev]", 2), ("[prod]", 2), ("[dev, prod]", 0), ("['*']", 0)] {
        let text = format!(
            "select: privileged-container\noverrides: [{{namespaces: {namespaces}, reason: r, ignore: '*'}}]\n"
        );
        dir.write(".plimsoll.yaml", &text);
        let (_, out, _) = check(&dir, &[]);
        assert_eq!(out.lines().count(), left, "{namespaces}: {out}");
    }
}
