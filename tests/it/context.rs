//! Files that are named alone are judged with what is around them, and alone are told.

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use super::dir::Dir;

const BASE: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: web:1.0.0
";
const HARDENED: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: web
          securityContext: {allowPrivilegeEscalation: false}
";
const PRIVILEGED: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: web
          securityContext:
            privileged: true
";
const ROLE: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules:
  - apiGroups: ['']
    resources: [secrets]
    verbs: [list]
";
const BINDING: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects:
  - {kind: ServiceAccount, name: bot, namespace: shop}
";

/// What a run came to.
#[derive(Debug, PartialEq)]
struct Run {
    code: i32,
    findings: Vec<Value>,
    stats: Value,
    err: String,
}

impl Run {
    /// `path rule` of each finding.
    fn rules(&self) -> Vec<String> {
        let text = |it: &Value, key: &str| it[key].as_str().unwrap_or_default().to_owned();
        self.findings.iter().map(|it| format!("{} {}", text(it, "path"), text(it, "rule"))).collect()
    }
}

fn run_in(folder: &Path, arguments: &[&str], stdin: &str) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.current_dir(folder).args(arguments).args(["--output-format", "json"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may have ended before it reads.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    let out: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let findings = out["findings"].as_array().cloned().unwrap_or_default();
    Run { code: output.status.code().unwrap(), findings, stats: out["stats"].clone(), err }
}

fn run(dir: &Dir, arguments: &[&str]) -> Run {
    run_in(dir.path(), arguments, "")
}

/// A repository with these files.
fn repository(files: &[(&str, &str)]) -> Dir {
    let dir = Dir::outside();
    dir.write(".git/HEAD", "");
    for (file, text) in files {
        dir.write(file, text);
    }
    dir
}

/// A base, an overlay that hardens it, one that makes it privileged, and one that changes nothing.
fn overlays() -> Dir {
    repository(&[
        ("base/web.yaml", BASE),
        ("base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("prod/kustomization.yaml", "resources: [../base]\npatches: [{path: patch.yaml}]\n"),
        ("prod/patch.yaml", HARDENED),
        ("dev/kustomization.yaml", "resources: [../base]\npatches: [{path: patch.yaml}]\n"),
        ("dev/patch.yaml", PRIVILEGED),
        ("test/kustomization.yaml", "resources: [../base]\n"),
    ])
}

/// That `named`, on its own, gets what a run over everything finds in it.
fn assert_same(dir: &Dir, named: &[&str], options: &[&str]) -> Vec<Value> {
    let all = run(dir, &[&["."], options].concat());
    let own = run(dir, &[named, options].concat());
    let is_named = |it: &&Value| named.contains(&it["path"].as_str().unwrap());
    let expected: Vec<Value> = all.findings.iter().filter(is_named).cloned().collect();
    assert_eq!(own.findings, expected, "{named:?}");
    own.findings
}

const ALL: [&str; 2] = ["--profile", "all"];

#[test]
fn a_base_is_judged_as_its_overlays_make_it() {
    let dir = overlays();
    let found = assert_same(&dir, &["base/web.yaml"], &ALL);
    let escalation = found.iter().find(|it| it["rule"] == "privilege-escalation-allowed").unwrap();
    assert_eq!(escalation["overlays"], serde_json::json!(["test"]), "prod forbids it: {escalation}");
    let alone = run(&dir, &["base/web.yaml", "--profile", "all", "--no-context"]);
    let escalation = alone.findings.iter().find(|it| it["rule"] == "privilege-escalation-allowed").unwrap();
    assert_eq!(escalation["overlays"], serde_json::json!([]));
}

#[test]
fn a_patch_is_judged_for_what_it_does_to_its_base() {
    let dir = overlays();
    assert_same(&dir, &["prod/patch.yaml"], &ALL);
    let found = assert_same(&dir, &["dev/patch.yaml"], &ALL);
    assert!(found.iter().any(|it| it["rule"] == "privileged-container"), "{found:?}");
    assert!(found.iter().all(|it| it["rule"] != "seccomp-profile-missing"), "it lacks nothing: {found:?}");
    assert_same(&dir, &["dev/kustomization.yaml", "prod/patch.yaml"], &ALL);
}

#[test]
fn an_overlay_without_the_fault_is_named_though_it_reads_no_named_file() {
    let dir = overlays();
    let out = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .current_dir(dir.path())
        .args(["dev/patch.yaml", "--select", "privileged-container", "--output-format", "full"])
        .output()
        .unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(text.contains("dev") && text.contains("prod"), "{text}");
}

#[test]
fn a_role_is_told_with_the_binding_that_another_file_holds() {
    let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: bot, namespace: shop}\n";
    let dir = repository(&[
        ("roles/role.yaml", ROLE),
        ("bindings/binding.yaml", BINDING),
        ("accounts/account.yaml", account),
    ]);
    let found = assert_same(&dir, &["roles/role.yaml"], &ALL);
    let labels = |it: &Value| it["related"].as_array().is_some_and(|it| !it.is_empty());
    assert!(found.iter().any(labels), "{found:?}");
    assert!(found.iter().all(|it| it["rule"] != "rbac-unused-role"), "{found:?}");
    // Without what is around it, nothing is known of a role or an account.
    let found = assert_same(&dir, &["bindings/binding.yaml"], &ALL);
    assert!(found.iter().all(|it| !it["rule"].as_str().unwrap().contains("dangling")), "{found:?}");
    fs::remove_file(dir.path().join("accounts/account.yaml")).unwrap();
    let found = assert_same(&dir, &["bindings/binding.yaml"], &ALL);
    assert!(found.iter().any(|it| it["rule"] == "rbac-dangling-service-account"), "{found:?}");
}

#[test]
fn only_the_named_files_count_and_decide_the_exit_code() {
    let dir = overlays();
    let options = ["--select", "privileged-container"];
    let clean = run(&dir, &[&["prod/patch.yaml"], &options[..]].concat());
    assert_eq!((clean.code, clean.findings.len()), (0, 0), "{}", clean.err);
    let bad = run(&dir, &[&["dev/patch.yaml"], &options[..]].concat());
    assert_eq!((bad.code, bad.findings.len()), (1, 1), "{}", bad.err);
    assert!(bad.err.contains("1 file "), "{}", bad.err);
    // A comment elsewhere that silences nothing is not this file's business.
    dir.write("base/web.yaml", &format!("# plimsoll: ignore-file[host-pid] none\n{BASE}"));
    let own = assert_same(&dir, &["prod/patch.yaml"], &ALL);
    assert!(own.iter().all(|it| it["rule"] != "ignore-unused"), "{own:?}");
    let base = assert_same(&dir, &["base/web.yaml"], &ALL);
    assert!(base.iter().any(|it| it["rule"] == "ignore-unused"), "{base:?}");
}

#[test]
fn what_is_broken_elsewhere_fails_no_commit() {
    let dir = overlays();
    dir.write("other/broken.yaml", "a: [\n");
    dir.write("other/kustomization.yaml", "resources: [gone.yaml]\n");
    let own = run(&dir, &["prod/patch.yaml"]);
    assert_eq!((own.code, own.findings.len()), (0, 0), "{:?} {}", own.rules(), own.err);
}

#[test]
fn it_is_the_same_from_a_folder_below_and_from_outside() {
    let dir = overlays();
    let all = run(&dir, &["dev/patch.yaml", "--profile", "all"]);
    for (folder, file) in [("dev", "patch.yaml"), ("base", "../dev/patch.yaml"), ("..", "")] {
        let absolute = dir.path().join("dev/patch.yaml");
        let file = if file.is_empty() { absolute.to_str().unwrap() } else { file };
        let own = run_in(&dir.path().join(folder), &[file, "--profile", "all"], "");
        let rules = |run: &Run| run.findings.iter().map(|it| it["rule"].clone()).collect::<Vec<_>>();
        assert_eq!(rules(&own), rules(&all), "{folder}");
        assert!(own.findings.iter().all(|it| it["path"] == *file), "{:?}", own.rules());
    }
    let own = run_in(&dir.path().join("dev"), &["patch.yaml", "--select", "privileged-container"], "");
    assert_eq!(own.findings[0]["overlays"], serde_json::json!(["."]), "as seen from here");
}

#[test]
fn standard_input_stands_for_the_file_that_it_is_called() {
    let dir = overlays();
    let arguments = ["-", "--stdin-filename", "dev/patch.yaml", "--select", "privileged-container"];
    let own = run_in(dir.path(), &arguments, PRIVILEGED);
    assert_eq!(own.rules(), ["dev/patch.yaml privileged-container"], "{}", own.err);
    assert_eq!(own.findings[0]["overlays"], serde_json::json!(["dev"]));
    let own = run_in(dir.path(), &arguments, HARDENED);
    assert_eq!((own.code, own.rules()), (0, vec![]), "what is typed counts, not what is saved");
    // A kustomization that is being written decides what becomes of the rest.
    let arguments = ["-", "--stdin-filename", "dev/kustomization.yaml"];
    let own = run_in(dir.path(), &arguments, "resources: [../base, ../nowhere]\n");
    assert_eq!(own.rules(), ["dev/kustomization.yaml kustomization-invalid"], "{}", own.err);
    let arguments = ["-", "--stdin-filename", "dev/new.yaml", "--select", "host-pid"];
    let own = run_in(
        dir.path(),
        &arguments,
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostPID: true}\n",
    );
    assert_eq!(own.rules(), ["dev/new.yaml host-pid"], "a file that is not there yet: {}", own.err);
}

#[test]
fn a_named_folder_brings_what_its_kustomizations_build_and_no_more() {
    let dir = overlays();
    let found = run(&dir, &["prod", "--profile", "all"]);
    let paths: BTreeSet<_> = found.findings.iter().filter_map(|it| it["path"].as_str()).collect();
    assert!(paths.contains("base/web.yaml"), "what it applies is told where it was written: {paths:?}");
    assert!(paths.is_subset(&BTreeSet::from(["base/web.yaml", "prod/patch.yaml"])), "{paths:?}");
    assert!(found.findings.iter().all(|it| it["overlays"].as_array().unwrap().contains(&"prod".into())));
    let found = run(&dir, &["base", "--profile", "all"]);
    let own = run(&dir, &["base/web.yaml", "base/kustomization.yaml", "--profile", "all"]);
    assert_eq!(found.findings, own.findings, "its overlays decide");
}

#[test]
fn without_a_repository_what_is_named_is_all_there_is() {
    let dir = Dir::outside();
    dir.write("base/web.yaml", BASE);
    dir.write("o/kustomization.yaml", "resources: [../base/web.yaml]\n");
    if dir.path().ancestors().any(|it| it.join(".git").exists()) {
        return;
    }
    let own = run(&dir, &["base/web.yaml", "--profile", "all"]);
    assert!(!own.findings.is_empty());
    assert!(own.findings.iter().all(|it| it["overlays"] == serde_json::json!([])));
}

#[test]
fn files_that_a_walk_leaves_out_are_linted_when_named() {
    let dir = overlays();
    dir.write(".gitignore", "ignored/\n");
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostPID: true}\n";
    for file in ["ignored/pod.yaml", ".hidden/pod.yaml", "notes.txt"] {
        dir.write(file, pod);
        let own = run(&dir, &[file, "--select", "host-pid"]);
        assert_eq!(own.rules(), [format!("{file} host-pid")], "{}", own.err);
    }
    dir.write(".plimsoll.yaml", "exclude: dev\n");
    assert_eq!(run(&dir, &["dev/patch.yaml", "--force-exclude"]).code, 0);
}

#[test]
fn a_chart_of_which_a_part_is_named_is_quietly_nothing() {
    let dir = overlays();
    dir.write("chart/Chart.yaml", "name: a\n");
    dir.write("chart/templates/a.yaml", "kind: {{ x }}\n");
    let own = run(&dir, &["chart/templates/a.yaml", "chart/Chart.yaml", "--force-exclude"]);
    assert_eq!((own.code, own.findings.len()), (0, 0), "{}", own.err);
}

#[test]
fn one_overlay_s_folder_and_a_file_of_another_go_together() {
    let dir = overlays();
    let found = run(&dir, &["dev/patch.yaml", "prod", "--select", "privileged-container"]);
    assert_eq!(found.rules(), ["dev/patch.yaml privileged-container"]);
}

/// Copies the manifests below `from` to `dir`.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&path, &target);
        } else if kind.is_file() {
            fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn any_files_of_real_repositories_get_what_a_run_over_everything_finds_in_them() {
    let Some(corpus) = std::env::var_os("PLIMSOLL_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: PLIMSOLL_CORPUS is not set");
        return;
    };
    // The same files each time, so that a red build means a change and not bad luck.
    let mut state: u64 = 20_261_125;
    let mut below = move |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % most.max(1)
    };
    let mut repositories: Vec<PathBuf> =
        fs::read_dir(corpus).unwrap().flatten().map(|it| it.path()).collect();
    repositories.sort();
    for from in repositories.iter().filter(|it| it.is_dir()) {
        let dir = repository(&[]);
        copy(from, dir.path());
        let all = run(&dir, &[".", "--profile", "all"]);
        let mut paths: Vec<&str> = all.findings.iter().filter_map(|it| it["path"].as_str()).collect();
        paths.dedup();
        for count in [1, 1, 4] {
            let named: BTreeSet<&str> =
                (0..count).filter_map(|_| paths.get(below(paths.len()))).copied().collect();
            if named.is_empty() {
                continue;
            }
            let named: Vec<&str> = named.into_iter().collect();
            let own = run(&dir, &[&named[..], &ALL].concat());
            let is_named = |it: &&Value| named.contains(&it["path"].as_str().unwrap());
            let expected: Vec<Value> = all.findings.iter().filter(is_named).cloned().collect();
            assert_eq!(own.findings, expected, "{named:?} of {}", from.display());
        }
    }
}

#[test]
fn standard_input_without_a_name_stands_for_nothing_but_itself() {
    let dir = repository(&[("binding.yaml", BINDING)]);
    let is_bound = |run: &Run| run.findings.iter().any(|it| it["related"].to_string().contains("bound by"));
    let own = run_in(dir.path(), &["-", "--profile", "all"], ROLE);
    assert!(!own.findings.is_empty() && !is_bound(&own), "{:?}", own.findings);
    let own = run_in(dir.path(), &["-", "--stdin-filename", "role.yaml", "--profile", "all"], ROLE);
    assert!(is_bound(&own), "{:?}", own.findings);
}
