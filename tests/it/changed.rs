//! `--changed`: what differs from a Git ref, in real repositories.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use super::dir::{Dir, plimsoll};

/// A pod with one fault, whose name tells it from others.
fn pod(name: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{hostPID: true}}\n")
}

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      hostPID: true
      containers: [{name: web, image: 'web:1.0.0'}]
";

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(folder).args([
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@b.c",
        "-c",
        "commit.gpgsign=false",
    ]);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    let output = command.args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A repository in which these files are committed.
fn repository(files: &[(&str, &str)]) -> Dir {
    let dir = Dir::outside();
    git(dir.path(), &["init", "-q", "-b", "main"]);
    for (file, text) in files {
        dir.write(file, text);
    }
    commit(&dir);
    dir
}

fn commit(dir: &Dir) {
    git(dir.path(), &["add", "-A"]);
    git(dir.path(), &["commit", "-q", "--allow-empty", "-m", "x"]);
}

fn output(folder: &Path, arguments: &[&str]) -> Output {
    let check = ["check", "--select", "host-pid,kustomize/*", "--output-format", "concise"];
    plimsoll(folder, &[&check, arguments].concat()).output().unwrap()
}

/// The paths of the findings, in order.
fn paths_in(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let output = output(folder, arguments);
    assert!(output.status.code().unwrap() < 2, "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with(' '));
    lines.map(|line| line.split(':').next().unwrap().to_owned()).collect()
}

fn paths(dir: &Dir, arguments: &[&str]) -> Vec<String> {
    paths_in(dir.path(), arguments)
}

fn refusal(folder: &Path, arguments: &[&str]) -> String {
    let output = output(folder, arguments);
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn without_a_ref_it_is_what_is_not_committed() {
    let dir = repository(&[("a.yaml", &pod("a")), ("b.yaml", &pod("b")), ("c.yaml", &pod("c"))]);
    assert_eq!(paths(&dir, &["--changed"]), Vec::<String>::new());
    dir.write("b.yaml", &pod("b2"));
    dir.write("c.yaml", &pod("c2"));
    git(dir.path(), &["add", "c.yaml"]);
    dir.write("sub/new.yaml", &pod("new"));
    dir.write(".gitignore", "out/\n");
    dir.write("out/ignored.yaml", &pod("ignored"));
    dir.write(".hidden/x.yaml", &pod("hidden"));
    assert_eq!(paths(&dir, &["--changed"]), ["b.yaml", "c.yaml", "sub/new.yaml"]);
}

#[test]
fn paths_narrow_it_and_a_folder_below_is_a_place_to_ask_from() {
    let dir = repository(&[("a/x.yaml", &pod("a")), ("b/x.yaml", &pod("b"))]);
    dir.write("a/x.yaml", &pod("a2"));
    dir.write("b/x.yaml", &pod("b2"));
    assert_eq!(paths(&dir, &["b", "--changed"]), ["b/x.yaml"]);
    assert_eq!(paths(&dir, &["a/x.yaml", "--changed"]), ["a/x.yaml"]);
    assert_eq!(paths_in(&dir.path().join("a"), &["--changed"]), ["x.yaml"]);
    assert_eq!(paths_in(&dir.path().join("a"), &["..", "--changed"]), ["../a/x.yaml", "../b/x.yaml"]);
}

#[test]
fn a_branch_counts_from_where_it_was_left() {
    let dir = repository(&[("a.yaml", &pod("a")), ("b.yaml", &pod("b")), ("c.yaml", &pod("c"))]);
    git(dir.path(), &["checkout", "-q", "-b", "feature"]);
    dir.write("a.yaml", &pod("a2"));
    commit(&dir);
    git(dir.path(), &["checkout", "-q", "main"]);
    dir.write("b.yaml", &pod("b2"));
    commit(&dir);
    git(dir.path(), &["checkout", "-q", "feature"]);
    dir.write("c.yaml", &pod("c2"));
    assert_eq!(paths(&dir, &["--changed", "main"]), ["a.yaml", "c.yaml"], "what main did since is not ours");
    assert_eq!(paths(&dir, &["--changed=HEAD~1"]), ["a.yaml", "c.yaml"]);
    assert_eq!(paths(&dir, &["--changed"]), ["c.yaml"]);
}

#[test]
fn what_a_change_does_elsewhere_is_told_too() {
    let dir = repository(&[
        ("base/web.yaml", DEPLOYMENT),
        ("base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("prod/kustomization.yaml", "resources: [../base]\n"),
        ("other/pod.yaml", &pod("other")),
    ]);
    dir.write("prod/kustomization.yaml", "namePrefix: a-\nresources: [../base]\n");
    assert_eq!(paths(&dir, &["--changed"]), Vec::<String>::new(), "the base has its fault without it");
    let missing = "--extend-select=seccomp-profile-missing";
    assert_eq!(paths(&dir, &["--changed", missing]), ["base/web.yaml"], "this one it could have mended");
}

#[test]
fn a_file_that_is_gone_counts_for_the_kustomizations_that_name_it() {
    let dir = repository(&[
        ("base/web.yaml", DEPLOYMENT),
        ("base/more.yaml", &pod("more")),
        ("base/kustomization.yaml", "resources: [web.yaml, more.yaml]\n"),
        ("prod/kustomization.yaml", "resources: [../base]\n"),
        ("lost/kustomization.yaml", "resources: [never.yaml]\n"),
    ]);
    fs::remove_file(dir.path().join("base/more.yaml")).unwrap();
    assert_eq!(paths(&dir, &["--changed"]), ["base/kustomization.yaml"]);
    git(dir.path(), &["checkout", "-q", "."]);
    git(dir.path(), &["mv", "base/more.yaml", "base/moved.yaml"]);
    let found = paths(&dir, &["--changed"]);
    assert!(found.contains(&"base/kustomization.yaml".to_owned()), "{found:?}");
    assert!(found.contains(&"base/moved.yaml".to_owned()), "{found:?}");
    git(dir.path(), &["reset", "-q", "--hard"]);
    git(dir.path(), &["rm", "-rq", "base"]);
    assert_eq!(paths(&dir, &["--changed"]), ["prod/kustomization.yaml"]);
}

#[test]
fn names_are_bytes_and_never_options() {
    let dir = repository(&[]);
    for name in
        ["-rf.yaml", "--output=x.yaml", "two\nlines.yaml", "quote\"'.yaml", "한글 😀.yaml", "$(touch x).yaml"]
    {
        dir.write(name, &pod("a"));
    }
    assert_eq!(paths(&dir, &["--changed"]).len(), 6);
    commit(&dir);
    assert_eq!(paths(&dir, &["--changed"]).len(), 0);
    assert_eq!(paths(&dir, &["--changed=HEAD~1"]).len(), 6);
    assert!(!dir.path().join("x").exists());
}

#[test]
fn a_ref_is_never_an_option() {
    let dir = repository(&[("a.yaml", &pod("a"))]);
    for reference in ["--changed=--output=pwned", "--changed=-h", "--changed=--git-dir", "--changed="] {
        let said = refusal(dir.path(), &[reference]);
        assert!(said.contains("is no commit of this repository"), "{reference}: {said}");
    }
    assert!(!dir.path().join("pwned").exists());
    assert!(!Path::new("pwned").exists());
}

#[test]
fn before_the_first_commit_everything_is_new() {
    let dir = Dir::outside();
    git(dir.path(), &["init", "-q"]);
    dir.write("a.yaml", &pod("a"));
    dir.write("b.yaml", &pod("b"));
    git(dir.path(), &["add", "a.yaml"]);
    assert_eq!(paths(&dir, &["--changed"]), ["a.yaml", "b.yaml"]);
}

#[test]
fn another_work_tree_of_a_repository_is_its_own() {
    let dir = repository(&[("a.yaml", &pod("a"))]);
    let other = Dir::outside();
    let tree = other.path().join("tree");
    git(dir.path(), &["worktree", "add", "-q", tree.to_str().unwrap()]);
    fs::write(tree.join("a.yaml"), pod("a2")).unwrap();
    assert_eq!(paths_in(&tree, &["--changed"]), ["a.yaml"]);
    assert_eq!(paths(&dir, &["--changed"]), Vec::<String>::new());
}

#[test]
fn what_cannot_be_asked_is_said_in_plain_words() {
    let dir = repository(&[("a.yaml", &pod("a"))]);
    let said = refusal(dir.path(), &["--changed", "nowhere"]);
    assert!(said.contains("error: --changed: `nowhere` is no commit of this repository"), "{said}");
    let said = refusal(dir.path(), &["--changed", "a.yaml"]);
    assert!(said.contains("to lint a path, write it before `--changed`"), "{said}");
    let said = refusal(dir.path(), &["-", "--changed"]);
    assert!(said.contains("standard input is none"), "{said}");
    let empty = Dir::outside();
    let said = refusal(empty.path(), &["--changed"]);
    assert!(said.contains("--changed needs a Git work tree"), "{said}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    let output = command.current_dir(dir.path()).args(["--changed"]).env("PATH", "").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        (output.status.code(), said.contains("`git`, which is not on PATH")),
        (Some(2), true),
        "{said}"
    );
}

#[test]
fn nothing_that_a_repository_configures_is_started() {
    let dir = repository(&[("a.yaml", &pod("a"))]);
    let mark = dir.path().join(".git/mark");
    let script = dir.path().join(".git/script");
    fs::write(&script, format!("#!/bin/sh\ntouch '{}'\ncat \"$1\"\n", mark.display())).unwrap();
    Command::new("chmod").arg("+x").arg(&script).status().unwrap();
    let path = script.to_str().unwrap();
    for key in ["core.fsmonitor", "diff.external", "core.pager", "diff.x.textconv", "diff.x.command"] {
        git(dir.path(), &["config", key, path]);
    }
    dir.write(".gitattributes", "*.yaml diff=x\n");
    dir.write("a.yaml", &pod("a2"));
    assert_eq!(paths(&dir, &["--changed"]), ["a.yaml"]);
    assert!(!mark.exists());
}
