//! `plimsoll config` and `plimsoll init`: what they print and what they write.

use std::fs;

use super::dir::Dir;

/// An empty repository.
fn repository() -> Dir {
    let dir = Dir::new();
    dir.write(".git/HEAD", "");
    dir
}

#[test]
fn what_holds_for_a_file_is_shown_with_its_reasons() {
    let dir = repository();
    dir.write(
        "base.yaml",
        "ignore: host-ipc\noverrides:\n  - {paths: team, kinds: Pod, reason: old pods, ignore: rbac/*}\n  - {paths: other, reason: elsewhere, ignore: '*'}\n",
    );
    dir.write(
        "team/.plimsoll.yaml",
        "extends: ../base.yaml\nselect: [host-pid, host-ipc, privileged-container, seccomp-field-unsupported]\nextend-select: host-network\nexclude: a\nrules: {host-pid: off, privileged-container: low}\nfail-on: high\n",
    );
    let (code, out, err) = dir.run(&["config", "show", "team/a/x.yaml"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let lines: Vec<_> =
        out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let version = format!("kubernetes {}", plimsoll::base::Minor::NEWEST);
    let unsupported =
        format!("off seccomp-field-unsupported, not about Kubernetes {}", plimsoll::base::Minor::NEWEST);
    let mut expected = vec![
        "team/a/x.yaml",
        "configuration team/.plimsoll.yaml",
        "extends base.yaml",
        "excluded by `exclude`; linted only when it is named",
        "rules from `select`",
        &version,
        "shown from info",
        "fails from high",
        "rules 2 run",
        "off host-pid, by `rules`",
        "off host-ipc, by `ignore`",
        &unsupported,
        "added host-network, by `extend-select`",
        "changed privileged-container: low, not critical",
        "override base.yaml:3 (some of its objects): old pods",
    ];
    let mut sorted = lines.clone();
    sorted.sort();
    expected.sort_unstable();
    assert_eq!(sorted, expected, "{out}");
    let (_, out, _) = dir.run(&["config", "show", "team/a", "--isolated"]);
    assert!(out.contains("configuration  none") && !out.contains("override"), "{out}");
}

#[test]
fn a_broken_configuration_is_told_instead_of_shown() {
    let dir = repository();
    dir.write(".plimsoll.yaml", "ignore: host-pud\n");
    let (code, out, err) = dir.run(&["config", "show", "x.yaml"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.starts_with(".plimsoll.yaml:1:9: error: unknown rule `host-pud`"), "{err}");
}

#[test]
fn the_schema_that_is_printed_is_the_one_in_the_docs() {
    let (code, out, _) = repository().run(&["config", "schema"]);
    assert_eq!((code, out.as_str()), (0, include_str!("../../docs/plimsoll.schema.json")));
}

#[test]
fn the_first_configuration_is_a_good_one_with_and_without_its_proposals() {
    let dir = repository();
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostPID: true\n  containers: [{name: c, image: x}]\n";
    dir.write("deep/vendor/x.yaml", pod);
    dir.write("y.yaml", pod);
    let (code, out, err) = dir.run(&["init"]);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "", "wrote `.plimsoll.yaml`\n"));
    let text = fs::read_to_string(dir.path().join(".plimsoll.yaml")).unwrap();
    assert!(text.contains("Found here: 2 files with Kubernetes objects; "), "{text}");
    assert!(text.contains("#exclude: [vendor]\n"), "{text}");
    assert!(text.contains("\n#  host-pid: ") && text.contains("  # 2 found\n"), "{text}");
    assert!(dir.run(&["config", "show", "y.yaml"]).1.contains("configuration  .plimsoll.yaml"));

    // A bare `#` stands before a setting; before prose, a space or more stands behind it.
    let mut settings = false;
    let lines = text.lines().map(|line| {
        let bare = line.strip_prefix('#').unwrap_or_default();
        settings =
            bare.starts_with(|first: char| first.is_ascii_lowercase()) || settings && bare.starts_with("  ");
        format!("{}\n", if settings { bare } else { line })
    });
    let all: String = lines.collect();
    assert!(all.contains("\noverrides:\n  - paths") && all.contains("\nrules:\n  "), "{all}");
    dir.write(".plimsoll.yaml", &all);
    let (code, out, err) = dir.run(&["config", "show", "clusters/dev/x.yaml"]);
    assert_eq!((code, err.as_str()), (0, ""), "{all}");
    assert!(out.contains("agents look at their node"), "{out}");
}

#[test]
fn a_configuration_that_is_there_is_never_overwritten() {
    for name in [".plimsoll.yaml", ".plimsoll.yml"] {
        let dir = repository();
        dir.write(&format!("sub/{name}"), "fail-on: low\n");
        let (code, _, err) = dir.run(&["init", "sub"]);
        assert_eq!((code, err), (2, format!("error: `sub/{name}` is there already\n")));
        assert_eq!(fs::read_to_string(dir.path().join("sub").join(name)).unwrap(), "fail-on: low\n");
        assert_eq!(fs::read_dir(dir.path().join("sub")).unwrap().count(), 1);
    }
    let (code, _, err) = repository().run(&["init", "nowhere"]);
    assert_eq!((code, err.as_str()), (2, "error: cannot read `nowhere`: no such file or directory\n"));
}

#[test]
fn the_rule_that_require_reason_adds_is_shown() {
    let dir = repository();
    dir.write(".plimsoll.yaml", "profiles: [baseline]\nrequire-reason: true\n");
    let (code, out, err) = dir.run(&["config", "show", "a.yaml"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("added          ignore-without-reason, by `require-reason`\n"), "{out}");
}

#[test]
fn a_run_without_rules_says_so() {
    let dir = repository();
    dir.write(".plimsoll.yaml", "select: []\n");
    dir.write("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n");
    let (code, _, err) = dir.run(&["check"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("warning: no rule is selected, so nothing was looked for\n"), "{err}");
    let (_, _, err) = dir.run(&["check", "--profile=all"]);
    assert!(!err.contains("no rule"), "{err}");
}
