//! The baseline: what it knows again, what it calls new, and what it calls gone.

use std::fs;

use super::dir::Dir;

const SELECT: &str = "--select=privileged-container,host-pid,yaml-syntax";

fn write(dir: &Dir) -> String {
    let (code, _, err) = dir.run(&["baseline", "write", "known.jsonl", "--isolated", SELECT]);
    assert_eq!(code, 0, "{err}");
    err
}

fn check(dir: &Dir, more: &[&str]) -> (i32, String, String) {
    let arguments = ["check", "--isolated", SELECT, "--baseline=known.jsonl", "--output-format=concise"];
    dir.run(&[&arguments, more].concat())
}

fn pod(name: &str, containers: &[&str]) -> String {
    let mut list = String::new();
    for name in containers {
        list += &format!("    - name: {name}\n      securityContext:\n        privileged: true\n");
    }
    format!("apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\nspec:\n  containers:\n{list}")
}

/// A repository with one file, and its baseline.
fn known(text: &str) -> Dir {
    let dir = Dir::new();
    dir.write(".git/HEAD", "");
    dir.write("a.yaml", text);
    write(&dir);
    dir
}

#[test]
fn known_findings_stay_known_when_lines_move_files_are_reformatted_or_renamed() {
    let text = pod("web", &["a", "b"]);
    let dir = known(&text);
    let quiet = |dir: &Dir| {
        let (code, out, err) = check(dir, &[]);
        assert_eq!((code, out.as_str()), (0, ""), "{err}");
        assert!(err.contains("2 in the baseline") && !err.contains("gone"), "{err}");
    };
    quiet(&dir);
    dir.write("a.yaml", &format!("# one\n# two\n{}", text.replace('\n', "\r\n")));
    quiet(&dir);
    dir.write("a.yaml", &pod("web", &["b", "a"]));
    quiet(&dir);
    let flow = "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: a, securityContext: \
                {privileged: true}}, {name: b, securityContext: {privileged: true}}]}}\n";
    dir.write("a.yaml", flow);
    quiet(&dir);
    fs::rename(dir.path().join("a.yaml"), dir.path().join("other.yaml")).unwrap();
    quiet(&dir);
}

#[test]
fn what_is_new_is_told() {
    let dir = known(&pod("web", &["a"]));
    for (text, part) in [
        (pod("web", &["a", "c"]), "`c`"),
        (format!("{}  hostPID: true\n", pod("web", &["a"])), "host-pid"),
        (format!("{}---\n{}", pod("web", &["a"]), pod("db", &["a"])), "Pod db"),
        // The same object twice is one finding more.
        (format!("{}---\n{}", pod("web", &["a"]), pod("web", &["a"])), "a.yaml:19:"),
    ] {
        dir.write("a.yaml", &text);
        let (code, out, err) = check(&dir, &[]);
        assert_eq!(code, 1, "{err}");
        assert!(out.lines().count() == 1 && out.contains(part), "{part}: {out}");
        assert!(err.contains("1 in the baseline"), "{err}");
    }
}

#[test]
fn of_two_that_are_alike_the_one_in_a_new_file_is_new() {
    let dir = known(&pod("web", &["a"]));
    dir.write("0.yaml", &pod("web", &["a"]));
    let (code, out, _) = check(&dir, &[]);
    assert!(code == 1 && out.starts_with("0.yaml:") && out.lines().count() == 1, "{out}");
}

#[test]
fn a_broken_file_is_known_as_that_file_only() {
    let broken = "apiVersion: v1\nkind: Pod\nspec: [\n";
    let dir = known(broken);
    assert_eq!(check(&dir, &[]).0, 0);
    dir.write("a.yaml", &pod("web", &[]));
    dir.write("b.yaml", broken);
    let (code, out, err) = check(&dir, &[]);
    assert!(code == 1 && out.starts_with("b.yaml:"), "{out}");
    assert!(err.contains("1 gone from it"), "{err}");
}

#[test]
fn what_is_gone_is_counted_and_pruned_but_not_where_nobody_looked() {
    let dir = known(&pod("web", &["a", "b"]));
    dir.write("b.yaml", &pod("db", &["a"]));
    assert!(write(&dir).contains("3 findings are known"));
    let (_, out, _) = dir.run(&["baseline", "show", "known.jsonl"]);
    assert_eq!(out, "     3 privileged-container\n     3 in all\n");
    dir.write("a.yaml", &pod("web", &["a"]));
    // Only the other file, or only another rule: nothing is known to be gone.
    for more in [&["b.yaml"][..], &["--select=host-pid"]] {
        let arguments = ["check", "--isolated", "--baseline=known.jsonl"];
        let (_, _, err) = dir.run(&[&arguments, more].concat());
        assert!(!err.contains("gone"), "{err}");
    }
    let (_, _, err) = check(&dir, &[]);
    assert!(err.contains("2 in the baseline") && err.contains("1 gone from it"), "{err}");
    let (code, _, err) = dir.run(&["baseline", "prune", "known.jsonl", "--isolated", SELECT]);
    assert!(code == 0 && err.starts_with("1 finding is gone, 2 are left"), "{err}");
    let (code, _, err) = check(&dir, &[]);
    assert!(code == 0 && !err.contains("gone"), "{err}");
    let lines = fs::read_to_string(dir.path().join("known.jsonl")).unwrap();
    assert_eq!(
        lines,
        "{\"plimsoll-baseline\":1}\n\
         {\"rule\":\"privileged-container\",\"kind\":\"Pod\",\"name\":\"db\",\"apiVersion\":\"v1\",\"container\":\"a\",\
         \"field\":\"spec.containers[].securityContext.privileged\",\"path\":\"b.yaml\"}\n\
         {\"rule\":\"privileged-container\",\"kind\":\"Pod\",\"name\":\"web\",\"apiVersion\":\"v1\",\"container\":\"a\",\
         \"field\":\"spec.containers[].securityContext.privileged\",\"path\":\"a.yaml\"}\n"
    );
}

#[test]
fn a_baseline_that_cannot_be_read_fails_the_run() {
    let dir = Dir::new();
    dir.write("a.yaml", &pod("web", &["a"]));
    let (code, _, err) = check(&dir, &[]);
    assert!(code == 2 && err.contains("cannot read the baseline `known.jsonl`"), "{err}");
    dir.write("known.jsonl", "{\"plimsoll-baseline\":1}\n<<<<<<< ours\n");
    let (code, _, err) = check(&dir, &[]);
    assert!(code == 2 && err.contains("line 2"), "{err}");
}

#[test]
fn what_is_found_and_not_told_is_not_gone() {
    let dir = known(&pod("a", &["a"]));
    for (text, options) in [
        (pod("a", &["a"]), &["--min-severity=critical"][..]),
        (pod("a", &["a"]), &["--min-severity=info"]),
        (pod("a", &["a"]).replace("privileged: true", "privileged: true # plimsoll: ignore[*] why"), &[]),
    ] {
        dir.write("a.yaml", &text);
        let (_, _, err) = check(&dir, options);
        assert!(!err.contains("gone"), "{err}");
        let prune = ["baseline", "prune", "known.jsonl", "--isolated", SELECT];
        let (_, _, err) = dir.run(&[&prune, options].concat());
        assert_eq!(err, "0 findings are gone, 1 is left in `known.jsonl`\n");
    }
}

#[test]
fn writing_a_baseline_spares_a_file_that_is_none() {
    let dir = known(&pod("web", &["a"]));
    for text in [pod("db", &["a"]), "[]".to_owned(), "a: b\n{\"plimsoll-baseline\":1}\n".to_owned()] {
        dir.write("b.yaml", &text);
        let (code, _, err) = dir.run(&["baseline", "write", "b.yaml", "--isolated", SELECT]);
        assert_eq!(code, 2, "{err}");
        assert!(err.contains("`b.yaml` is there and is no baseline"), "{err}");
        assert_eq!(fs::read_to_string(dir.path().join("b.yaml")).unwrap(), text);
    }
    // An empty file is nobody's work, and a baseline of another version is made anew.
    for text in ["", "\n", "{\"plimsoll-baseline\":99}\n"] {
        dir.write("b.jsonl", text);
        let (code, _, err) = dir.run(&["baseline", "write", "b.jsonl", "--isolated", SELECT]);
        assert_eq!(code, 0, "{err}");
    }
}
