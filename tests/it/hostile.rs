//! Repositories made to harm, and bases outside of what was walked.

use std::process::{Command, Output, Stdio};

use super::{dir::Dir, overlays::repository};

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, annotations: {x: y}}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      hostPID: true
      containers: [{name: c, image: x}]
";

fn run(dir: &Dir, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.current_dir(dir.path()).args(arguments).stdin(Stdio::null());
    command.env_remove("PLIMSOLL_OUTPUT_FORMAT").env_remove("GITHUB_ACTIONS");
    command.output().unwrap()
}

fn printed(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_chain_of_kustomizations_is_refused_before_the_stack_ends() {
    let dir = repository(&[("l0/d.yaml", DEPLOYMENT), ("l0/kustomization.yaml", "resources: [d.yaml]\n")]);
    for level in 1..600 {
        dir.write(&format!("l{level}/kustomization.yaml"), &format!("resources: [../l{}]\n", level - 1));
    }
    let output = run(&dir, &["check", "."]);
    assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
    assert!(printed(&output).contains("nested deeper than 100 levels"), "{}", printed(&output));
}

#[test]
fn copies_that_double_and_texts_that_double_are_refused() {
    let copies: String = (0..40)
        .map(|k| {
            format!("      - {{op: copy, from: /metadata/annotations, path: /metadata/annotations/k{k}}}\n")
        })
        .collect();
    let patch =
        format!("resources: [d.yaml]\npatches:\n  - target: {{kind: Deployment}}\n    patch: |\n{copies}");
    let dir = repository(&[("d.yaml", DEPLOYMENT), ("kustomization.yaml", &patch)]);
    let output = run(&dir, &["render", "."]);
    assert_eq!(output.status.code(), Some(2), "{}", printed(&output));

    let pair = |from: &str, to: &str| {
        format!(
            "  - source: {{kind: ConfigMap, name: c, fieldPath: data.{from}}}\n    targets: [{{select: \
             {{kind: ConfigMap, name: c}}, fieldPaths: [data.{to}], options: {{delimiter: \"@\", index: -1}}}}]\n"
        )
    };
    let pairs: String = (0..40).map(|_| pair("a", "b") + &pair("b", "a")).collect();
    let dir = repository(&[
        (
            "c.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: aaaaaaaa, b: bbbbbbbb}\n",
        ),
        ("kustomization.yaml", &format!("resources: [c.yaml]\nreplacements:\n{pairs}")),
    ]);
    let output = run(&dir, &["render", "."]);
    assert_eq!(output.status.code(), Some(2), "{}", printed(&output));
}

#[test]
fn values_stacked_on_each_other_are_refused() {
    let nest = |depth: usize| "{\"a\":".repeat(depth) + "{}" + &"}".repeat(depth);
    let mut path = "/metadata/annotations".to_owned();
    let mut operations = Vec::new();
    for _ in 0..30 {
        operations.push(format!("{{\"op\":\"add\",\"path\":\"{path}\",\"value\":{}}}", nest(400)));
        path.push_str(&"/a".repeat(400));
    }
    let kustomization = "resources: [d.yaml]\npatches: [{path: p.json, target: {kind: Deployment}}]\n";
    let operations = format!("[{}]", operations.join(","));
    let dir =
        repository(&[("d.yaml", DEPLOYMENT), ("p.json", &operations), ("kustomization.yaml", kustomization)]);
    let output = run(&dir, &["render", "."]);
    assert_eq!(output.status.code(), Some(2), "{}", printed(&output));
    assert!(printed(&output).contains("builds deeper than 512 levels"), "{}", printed(&output));
}

#[test]
fn two_objects_of_one_base_in_one_root_are_two_findings() {
    let dir = repository(&[
        ("b/d.yaml", DEPLOYMENT),
        ("b/kustomization.yaml", "resources: [d.yaml]\n"),
        ("p1/kustomization.yaml", "namePrefix: p1-\nresources: [../b]\n"),
        ("p2/kustomization.yaml", "namePrefix: p2-\nresources: [../b]\n"),
        ("o/kustomization.yaml", "resources: [../p1, ../p2]\n"),
    ]);
    let found = printed(&run(&dir, &["check", ".", "--select", "host-pid"]));
    assert!(found.contains("Deployment p1-a") && found.contains("Deployment p2-a"), "{found}");
}

#[test]
fn what_holds_for_a_base_outside_of_what_was_walked_is_asked() {
    let files = [
        ("base/d.yaml", DEPLOYMENT),
        ("base/kustomization.yaml", "resources: [d.yaml]\n"),
        ("ov/kustomization.yaml", "resources: [../base]\n"),
    ];
    let dir = repository(&files);
    assert_eq!(run(&dir, &["check", "ov"]).status.code(), Some(1));
    let output = run(&dir, &["check", "ov", "--min-severity", "critical"]);
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    dir.write("base/.plimsoll.yaml", "ignore: [host-pid]\n");
    let output = run(&dir, &["check", "ov"]);
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    dir.write("base/.plimsoll.yaml", "fail-onn: x\n");
    let output = run(&dir, &["check", "ov"]);
    assert_eq!(output.status.code(), Some(2), "{}", printed(&output));
    assert!(printed(&output).contains("fail-onn"), "{}", printed(&output));
}
