//! Fixes of what kustomizations build: each is made where the value stands, or not at all.

use std::{collections::BTreeMap, process::Command};

use super::{dir::Dir, overlays::check};

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: web:1 # the image
      securityContext: {privileged: false}
";

/// Fixes all of a repository with `files`; the texts that changed, and what was said.
fn fixed(files: &[(&str, &str)], rules: &str) -> (BTreeMap<String, String>, String) {
    let dir = Dir::repository(files);
    let (out, said) = fix(&dir, rules);
    assert!(said.contains("Fixed "), "{out}{said}");
    let read = |file: &str| std::fs::read_to_string(dir.path().join(file)).unwrap();
    let changed = files.iter().map(|(file, before)| (*file, *before, read(file)));
    let changed = changed.filter(|(_, before, after)| before != after);
    (changed.map(|(file, _, after)| (file.to_owned(), after)).collect(), format!("{out}{said}"))
}

fn fix(dir: &Dir, rules: &str) -> (String, String) {
    let (_, out, err) =
        dir.run(&["check", "--fix", "--unsafe-fixes", "--output-format=concise", "--select", rules]);
    (out, err)
}

/// What only the texts of `changed` are.
fn only<const N: usize>(changed: [(&str, String); N]) -> BTreeMap<String, String> {
    changed.into_iter().map(|(file, text)| (file.to_owned(), text)).collect()
}

const PATCH: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  hostPID: true # for the debugger
  dnsPolicy: Default
";
const FIXED_PATCH: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  dnsPolicy: Default
";

#[test]
fn a_value_of_the_base_is_fixed_in_the_base_once_for_all_its_overlays() {
    let bad = POD.replace("privileged: false", "privileged: true");
    let over = |name: &str| format!("resources: [../base]\nnamePrefix: {name}-\n");
    let (changed, said) = fixed(
        &[
            ("base/pod.yaml", &bad),
            ("base/kustomization.yaml", "resources: [pod.yaml]\n"),
            ("one/kustomization.yaml", &over("one")),
            ("two/kustomization.yaml", &over("two")),
        ],
        "privileged-container",
    );
    assert_eq!(changed, only([("base/pod.yaml", POD.to_owned())]), "{said}");
    assert!(said.contains("Fixed 1 problem in 1 file\n"), "{said}");
}

#[test]
fn a_value_of_a_patch_is_fixed_in_the_patch() {
    let (changed, said) = fixed(
        &[
            ("base/pod.yaml", POD),
            ("base/kustomization.yaml", "resources: [pod.yaml]\n"),
            ("over/patch.yaml", PATCH),
            ("over/kustomization.yaml", "resources: [../base]\npatches: [{path: patch.yaml}]\n"),
            ("other/kustomization.yaml", "resources: [../base]\n"),
        ],
        "host-pid",
    );
    let kept = FIXED_PATCH.replace("spec:\n", "spec:\n  # for the debugger\n");
    let patch = changed.get("over/patch.yaml").expect(&said);
    assert!(patch == FIXED_PATCH || *patch == kept, "{patch}");
    assert_eq!(changed.len(), 1, "{changed:?}");
}

#[test]
fn a_patch_that_is_written_in_the_kustomization_is_fixed_there() {
    let with = |patch: &str| {
        let patch: String = patch.lines().map(|line| format!("      {line}\n")).collect();
        format!(
            "resources: [../base] # here\npatches:\n  - patch: |\n{patch}    target: {{kind: Pod}} # all\n"
        )
    };
    let patch = PATCH.replace(" # for the debugger", "");
    let (changed, said) = fixed(
        &[
            ("base/pod.yaml", POD),
            ("base/kustomization.yaml", "resources: [pod.yaml]\n"),
            ("over/kustomization.yaml", &with(&patch)),
        ],
        "host-pid",
    );
    assert_eq!(changed, only([("over/kustomization.yaml", with(FIXED_PATCH))]), "{said}");
}

#[test]
fn a_value_that_a_kustomization_makes_gets_no_fix() {
    let image = "resources: [../base]\nnamePrefix: p-\nimages: [{name: web, newTag: latest}]\n";
    let files = [
        ("base/pod.yaml", POD),
        ("base/kustomization.yaml", "resources: [pod.yaml]\n"),
        ("over/kustomization.yaml", image),
    ];
    let dir = Dir::repository(&files);
    let out = check(&dir, &["--output-format=json", "--profile=all"]);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.len() > 3, "{out}");
    let edits = findings.iter().flat_map(|it| it["fixes"].as_array().into_iter().flatten());
    for edit in edits.flat_map(|fix| fix["edits"].as_array().unwrap()) {
        let (path, line) = (&edit["path"], &edit["range"]["start"]["line"]);
        // Neither the name nor the image, which are not what the file says.
        assert!(path == "base/pod.yaml" && line != 3, "{edit}");
    }
    let (_, said) = fix(&dir, "ALL");
    let pod = std::fs::read_to_string(dir.path().join("base/pod.yaml")).unwrap();
    assert!(
        pod.contains("metadata: {name: web}\n") && pod.contains("image: web:1 # the image\n"),
        "{pod}{said}"
    );
}

#[test]
fn a_finding_of_one_overlay_alone_is_not_fixed_for_the_others() {
    let bad = POD.replace("privileged: false", "privileged: true");
    let repair = "\
resources: [../base]
patches:
  - patch: |
      apiVersion: v1
      kind: Pod
      metadata: {name: web}
      spec:
        containers: [{name: web, securityContext: {privileged: false}}]
";
    let files = [
        ("base/pod.yaml", bad.as_str()),
        ("base/kustomization.yaml", "resources: [pod.yaml]\n"),
        ("good/kustomization.yaml", repair),
        ("bad/kustomization.yaml", "resources: [../base]\n"),
    ];
    let (changed, said) = fixed(&files, "privileged-container");
    // The value stands in the base and is repaired there; the overlay that repairs it itself stays as it is.
    assert_eq!(changed, only([("base/pod.yaml", POD.to_owned())]), "{said}");
    let worse = repair.replace("false", "true");
    let files = [
        ("base/pod.yaml", POD),
        ("base/kustomization.yaml", "resources: [pod.yaml]\n"),
        ("good/kustomization.yaml", "resources: [../base]\n"),
        ("bad/kustomization.yaml", worse.as_str()),
    ];
    let (changed, said) = fixed(&files, "privileged-container");
    assert_eq!(changed, only([("bad/kustomization.yaml", repair.to_owned())]), "{said}");
}

#[test]
fn what_flux_and_argo_patch_is_fixed_where_their_patches_stand() {
    let flux = "\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: web, namespace: flux-system}
spec:
  interval: 1h # often
  path: ./base
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
  patches:
    - target: {kind: Pod}
      patch: |
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          hostPID: true
          dnsPolicy: Default
";
    let argo = "\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: web}
  project: default
  source:
    repoURL: https://git.example/repo
    path: base
    kustomize:
      patches:
        - target: {kind: Pod}
          patch: |
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              hostPID: true
              dnsPolicy: Default
";
    for (text, line) in [(flux, "          hostPID: true\n"), (argo, "              hostPID: true\n")] {
        let files = [
            ("base/pod.yaml", POD),
            ("base/kustomization.yaml", "resources: [pod.yaml]\n"),
            ("cluster/web.yaml", text),
        ];
        let (changed, said) = fixed(&files, "host-pid");
        if changed.is_empty() {
            // Where nothing is found there is nothing to fix; a finding that stays says so.
            assert!(!said.contains("host-pid:"), "{said}");
            continue;
        }
        assert_eq!(changed, only([("cluster/web.yaml", text.replace(line, ""))]), "{said}");
    }
}

#[test]
fn a_rule_that_a_comment_names_in_vain_is_taken_out_and_all_other_comments_stay() {
    let text = POD
        .replace(
            "  containers",
            "  # about the containers\n  # plimsoll: ignore[host-pid] not any more\n  containers",
        )
        .replace("false}", "false} # plimsoll: ignore[host-pid, privileged-container] because");
    let bad = text.replace("privileged: false", "privileged: true");
    let (changed, said) = fixed(&[("pod.yaml", &bad)], "host-pid,ignore-unused");
    let after = &changed["pod.yaml"];
    assert!(
        after.contains("  # about the containers\n  containers") && after.contains("# the image\n"),
        "{after}\n{said}"
    );
    let expected = bad
        .replace("  # plimsoll: ignore[host-pid] not any more\n", "")
        .replace("[host-pid, privileged-container]", "[privileged-container]");
    assert_eq!((after, said.contains("Fixed 2 problems")), (&expected, true), "{said}");
}

#[test]
fn a_fix_that_reaches_other_overlays_says_so() {
    let patch = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n      \
                 securityContext:\n        capabilities: {add: [SYS_ADMIN]}\n";
    let dir = Dir::repository(&[
        ("base/kustomization.yaml", "resources: [pod.yaml]\n"),
        ("base/pod.yaml", POD),
        ("dev/kustomization.yaml", "resources: [../base]\n"),
        ("prod/kustomization.yaml", "resources: [../base]\npatches: [{path: patch.yaml}]\n"),
        ("prod/patch.yaml", patch),
    ]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.current_dir(dir.path()).args(["check", "--output-format=json"]);
    let output = command.args(["--select", "sys-admin-capability-added"]).output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let fixes = report["findings"][0]["fixes"].as_array().unwrap();
    let base = |fix: &&serde_json::Value| fix["edits"].to_string().contains("base/pod.yaml");
    for fix in fixes.iter().filter(base) {
        assert_eq!(fix["safety"], "unsafe");
        assert!(fix["title"].as_str().unwrap().ends_with(", also in dev"), "{fix}");
    }
    assert!(fixes.iter().any(|fix| base(&fix)), "{fixes:?}");
}
