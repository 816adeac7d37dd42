//! Kustomizations that cannot be built: what is found in their patches all the same, and what is not.

use super::{dir::Dir, overlays::check};

/// What the default rules and more find with these files.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let dir = Dir::repository(files);
    let out = check(
        &dir,
        &["--profile", "all", "--ignore", "kustomization-not-built", "--output-format", "concise"],
    );
    out.lines().map(|line| line.split(": ").take(2).collect::<Vec<_>>().join(" ")).collect()
}

const REMOTE: &str = "resources: [\"https://example.com/base?ref=v1\"]\n";

fn kustomization(rest: &str) -> String {
    format!("{REMOTE}{rest}")
}

const PRIVILEGED: &str = "/spec/template/spec/containers/0/securityContext/privileged";

#[test]
fn a_json_patch_is_judged_for_what_it_sets_where_its_target_is_known() {
    let operation = format!("[{{op: replace, path: {PRIVILEGED}, value: true}}]");
    let file = |target: &str| {
        let text = kustomization(&format!("patches:\n- path: p.yaml\n  target: {target}\n"));
        found(&[("a/kustomization.yaml", &text), ("a/p.yaml", &operation)])
    };
    let expected = ["a/p.yaml:1:90 critical privileged-container"];
    for target in [
        "{kind: Deployment}",
        "{kind: Deployment, name: web}",
        "{group: apps, version: v1, kind: DaemonSet, name: 'web.*'}",
        "{kind: StatefulSet, labelSelector: a=b}",
        "{kind: Rollout, group: argoproj.io}",
    ] {
        assert_eq!(file(target), expected, "{target}");
    }
    for target in
        ["{name: web}", "{kind: 'Deploy.*'}", "{kind: Deployment, group: example.com}", "{kind: Rollout}"]
    {
        assert_eq!(file(target), [""; 0], "{target}");
    }
    let inline = format!(
        "patches:\n- target: {{kind: Deployment}}\n  patch: |-\n    - op: add\n      path: {PRIVILEGED}\n      value: true\n"
    );
    assert_eq!(
        found(&[("a/kustomization.yaml", &kustomization(&inline))]),
        ["a/kustomization.yaml:7:14 critical privileged-container"]
    );
    let old = format!(
        "patchesJson6902:\n- target: {{kind: Deployment, name: a}}\n  patch: '[{{\"op\": \"add\", \"path\": \"{PRIVILEGED}\", \"value\": true}}]'\n"
    );
    let found_in_old = found(&[("a/kustomization.yaml", &kustomization(&old))]);
    assert!(found_in_old[0].starts_with("a/kustomization.yaml:4:"), "{found_in_old:?}");
    assert_eq!(found_in_old.len(), 1, "{found_in_old:?}");
}

#[test]
fn nothing_is_missing_in_what_only_a_patch_says() {
    for operation in [
        "{op: add, path: /spec/template/spec/containers/-, value: {name: side, image: 'registry.example/a:1.2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'}}",
        "{op: add, path: /spec/replicas, value: 3}",
        "{op: add, path: /spec/template/spec/containers/1/resources/limits/cpu, value: 1}",
        "{op: remove, path: /spec/template/spec/hostPID}",
        "{op: test, path: /spec/template/spec/hostPID, value: true}",
        "{op: copy, path: /spec/template/spec/hostPID, from: /spec/paused}",
    ] {
        let text = format!("patches:\n- target: {{kind: Deployment}}\n  patch: |\n    - {operation}\n");
        assert_eq!(found(&[("a/kustomization.yaml", &kustomization(&text))]), [""; 0], "{operation}");
    }
    let rule = "patches:\n- target: {kind: ClusterRole, name: a}\n  patch: |\n    - {op: replace, path: /rules/0/apiGroups, value: ['*']}\n";
    assert_eq!(found(&[("a/kustomization.yaml", &kustomization(rule))]), [""; 0]);
}

const PARTIAL: &str = "apiVersion: v1\n    kind: Pod\n    metadata: {name: a}\n    spec: {hostPID: true}\n";

#[test]
fn an_inline_merge_patch_is_judged_for_what_it_sets() {
    for list in ["patches:\n- patch: |-\n    ", "patches:\n- |-\n    ", "patchesStrategicMerge:\n- |-\n    "]
    {
        let text = kustomization(&format!("{list}{PARTIAL}"));
        let out = found(&[("a/kustomization.yaml", &text)]);
        let expected = "a/kustomization.yaml:7:21 high host-pid".to_owned();
        assert!(out.contains(&expected), "{list}: {out:?}");
        assert!(
            out.iter().all(|it| it.ends_with("host-pid") || it.ends_with("kustomization-invalid")),
            "{out:?}"
        );
    }
    for target in ["{kind: Deployment}", "{kind: Pod}"] {
        let text = kustomization(&format!("patches:\n- patch: |-\n    {PARTIAL}  target: {target}\n"));
        assert_eq!(
            found(&[("a/kustomization.yaml", &text)]).len(),
            usize::from(target.contains("Pod")),
            "{target}"
        );
    }
}

#[test]
fn a_patch_over_a_chart_is_judged_and_one_that_a_built_root_takes_is_not_told_twice() {
    let chart = "helmCharts:\n- {name: web, repo: https://example.com, version: 1.0.0}\n";
    let patch = "patches:\n- target: {kind: Pod}\n  patch: '[{\"op\": \"add\", \"path\": \"/spec/hostPID\", \"value\": true}]'\n";
    let over = format!("resources: [../base]\n{patch}");
    assert_eq!(
        found(&[("base/kustomization.yaml", chart), ("over/kustomization.yaml", &over)]),
        ["over/kustomization.yaml:4:60 high host-pid"]
    );
    let component = format!("kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n{patch}");
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n";
    let with = |resources: &str| format!("resources: [{resources}]\ncomponents: [../c]\n");
    let (good, bad) = (with("pod.yaml"), with("https://example.com/base"));
    let out = found(&[
        ("c/kustomization.yaml", &component),
        ("good/kustomization.yaml", &good),
        ("good/pod.yaml", pod),
        ("bad/kustomization.yaml", &bad),
    ]);
    assert_eq!(out.iter().filter(|it| it.ends_with("host-pid")).count(), 1, "{out:?}");
}

#[test]
fn a_patch_of_a_gitops_object_is_judged_where_its_folder_cannot_be_built() {
    let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a, namespace: flux-system}\nspec:\n  path: ./apps\n  sourceRef: {kind: GitRepository, name: flux-system}\n  patches:\n  - target: {kind: DaemonSet}\n    patch: |\n      - op: add\n        path: /spec/template/spec/hostPID\n        value: true # plimsoll: ignore[host-ipc] why\n";
    let out = found(&[("flux.yaml", flux), ("apps/kustomization.yaml", REMOTE)]);
    assert_eq!(out, ["flux.yaml:12:16 high host-pid"]);
}

#[test]
fn findings_are_in_the_order_of_their_paths_wherever_the_files_were_found() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nspec: {hostPID: true, containers: []}\n";
    let dir = Dir::repository(&[
        ("over/kustomization.yaml", "resources: [pod.yaml, ../base, ../zero]\n"),
        ("over/pod.yaml", &pod.replace("NAME", "o")),
        ("base/kustomization.yaml", "resources: [pod.yaml]\n"),
        ("base/pod.yaml", &pod.replace("NAME", "b")),
        ("zero/kustomization.yaml", "resources: [pod.yaml]\n"),
        ("zero/pod.yaml", &pod.replace("NAME", "z")),
    ]);
    let out = check(&dir, &["--select", "host-pid", "--output-format", "concise", "over"]);
    let paths: Vec<&str> = out.lines().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(paths, ["base/pod.yaml", "over/pod.yaml", "zero/pod.yaml"]);
}

#[test]
fn json_objects_one_behind_the_other_are_objects_of_a_file_and_no_resources() {
    let object =
        r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"hostPID": true}}"#;
    let stream = format!("{object}\n{}\n", object.replace("\"a\"", "\"b\""));
    let dir = Dir::repository(&[("pods.json", &stream)]);
    let rules = ["--select", "host-pid,kustomization-invalid,yaml/*", "--output-format", "concise"];
    let places = |out: &str| -> Vec<String> {
        out.lines().map(|line| line.split(": ").take(2).collect::<Vec<_>>().join(" ")).collect()
    };
    let out = places(&check(&dir, &rules));
    assert_eq!(out, ["pods.json:1:84 high host-pid", "pods.json:2:84 high host-pid"]);
    dir.write("kustomization.yaml", "resources: [pods.json]\n");
    let out = places(&check(&dir, &rules));
    assert!(out.contains(&"pods.json:2:1 high kustomization-invalid".to_owned()), "{out:?}");
}
