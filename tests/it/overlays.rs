//! Findings in what kustomizations build: where they lie, how often they are told, and in whose name.

use serde_json::Value;

use super::dir::Dir;

/// A Deployment with which the default profile finds nothing wrong.
const SOUND: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 2
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          image: registry.example/web:1.2.3@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
          resources:
            requests: {cpu: 100m, memory: 64Mi}
            limits: {memory: 64Mi}
          readinessProbe:
            httpGet: {path: /, port: 8080}
          securityContext:
            allowPrivilegeEscalation: false
            runAsNonRoot: true
            readOnlyRootFilesystem: true
            capabilities: {drop: [ALL]}
            seccompProfile: {type: RuntimeDefault}
";

const BASE: (&str, &str) = ("base/kustomization.yaml", "resources: [deployment.yaml]\n");

/// Repairs by a strategic merge patch.
const MERGED: &str = "\
resources: [../../base]
patches:
  - patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, namespace: shop}
      spec:
        template:
          spec:
            hostNetwork: false
            containers:
              - name: web
                securityContext: {privileged: false}
";

/// Repairs by a JSON patch.
const JSON: &str = "\
resources: [../../base]
patches:
  - target: {kind: Deployment, name: web}
    patch: |
      - {op: remove, path: /spec/template/spec/hostNetwork}
      - {op: replace, path: /spec/template/spec/containers/0/securityContext/privileged, value: false}
";

/// The Deployment with two faults, which are three findings.
fn faulty() -> String {
    let text = SOUND.replace("      containers:", "      hostNetwork: true\n      containers:");
    text.replace("          securityContext:\n", "          securityContext:\n            privileged: true\n")
}

/// What a check of `dir` prints.
pub(crate) fn check(dir: &Dir, arguments: &[&str]) -> String {
    let (code, out, err) = dir.run(&[&["check"], arguments].concat());
    assert!(code < 2, "{err}");
    out
}

#[test]
fn a_sound_deployment_is_what_the_tests_take_it_for() {
    let dir = Dir::repository(&[BASE, ("base/deployment.yaml", SOUND)]);
    assert_eq!(check(&dir, &[]), "");
    let dir = Dir::repository(&[BASE, ("base/deployment.yaml", &faulty())]);
    let found = check(&dir, &[]);
    assert_eq!(found.lines().count(), 3, "{found}");
    assert!(found.contains("base/deployment.yaml:14:20") && found.contains("host-network"), "{found}");
    assert!(
        found.contains("base/deployment.yaml:24:25") && found.contains("privileged-container"),
        "{found}"
    );
}

#[test]
fn a_base_that_every_overlay_repairs_is_silent() {
    let dir = Dir::repository(&[
        BASE,
        ("base/deployment.yaml", &faulty()),
        ("overlays/prod/kustomization.yaml", MERGED),
        ("overlays/staging/kustomization.yaml", JSON),
    ]);
    assert_eq!(check(&dir, &[]), "");
}

#[test]
fn what_one_overlay_does_not_repair_is_told_once_at_the_base_with_its_name() {
    let dir = Dir::repository(&[
        BASE,
        ("base/deployment.yaml", &faulty()),
        ("overlays/dev/kustomization.yaml", "resources: [../../base]\n"),
        ("overlays/prod/kustomization.yaml", MERGED),
        ("overlays/staging/kustomization.yaml", JSON),
    ]);
    let found = check(&dir, &[]);
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines.len(), 3, "{found}");
    assert!(lines[0].starts_with("base/deployment.yaml:14:20: "), "{found}");
    assert!(lines[1].starts_with("base/deployment.yaml:24:25: "), "{found}");
    for line in lines {
        assert!(line.ends_with("(in overlays/dev, not in overlays/prod, overlays/staging)"), "{found}");
    }
}

#[test]
fn a_patch_of_a_definition_is_built_though_definitions_are_passed_over_elsewhere() {
    let definition = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec: {group: example.com}
";
    let patch = "\
resources: [definition.yaml, deployment.yaml]
patches:
  - target: {kind: CustomResourceDefinition}
    patch: '[{op: replace, path: /spec/group, value: example.org}]'
";
    let faulty = faulty();
    let dir = Dir::repository(&[
        ("kustomization.yaml", patch),
        ("definition.yaml", definition),
        ("deployment.yaml", &faulty),
    ]);
    let found = check(&dir, &[]);
    assert_eq!(found.lines().count(), 3, "{found}");
    assert!(found.lines().all(|line| line.starts_with("deployment.yaml:")), "{found}");
}

#[test]
fn what_several_overlays_have_is_told_once_whatever_they_change_around_it() {
    let lacking = SOUND.replace("            runAsNonRoot: true\n", "");
    let dir = Dir::repository(&[
        BASE,
        ("base/deployment.yaml", &lacking),
        ("overlays/dev/kustomization.yaml", "resources: [../../base]\n"),
        (
            "overlays/prod/kustomization.yaml",
            "resources: [../../base]\nimages: [{name: registry.example/web, newTag: '1.3'}]\n",
        ),
        ("overlays/staging/kustomization.yaml", "resources: [../../base]\nnamePrefix: staging-\n"),
    ]);
    let found = check(&dir, &["--select=run-as-non-root-missing"]);
    assert_eq!(found.lines().count(), 1, "{found}");
    assert!(found.starts_with("base/deployment.yaml:22:11: "), "{found}");
    assert!(found.ends_with("(in overlays/dev, overlays/prod, overlays/staging)\n"), "{found}");
}

#[test]
fn what_a_patch_sets_is_found_in_the_patch_with_the_way_to_it() {
    let patch = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      hostNetwork: true
";
    let middle = "resources: [../base]\npatches: [{path: patch.yaml}]\n";
    let dir = Dir::repository(&[
        BASE,
        ("base/deployment.yaml", SOUND),
        ("middle/kustomization.yaml", middle),
        ("middle/patch.yaml", patch),
        ("overlays/prod/kustomization.yaml", "resources:\n  - ../../middle\n"),
    ]);
    let found = check(&dir, &[]);
    assert_eq!(found.lines().count(), 1, "{found}");
    assert!(found.starts_with("middle/patch.yaml:7:20: "), "{found}");
    assert!(found.ends_with("(in overlays/prod)\n"), "{found}");

    let sarif: Value = serde_json::from_str(&check(&dir, &["--output-format=sarif"])).unwrap();
    let steps = &sarif["runs"][0]["results"][0]["codeFlows"][0]["threadFlows"][0]["locations"];
    let shown: Vec<String> = steps
        .as_array()
        .unwrap()
        .iter()
        .map(|step| {
            let place = &step["location"]["physicalLocation"];
            format!("{}:{}", place["artifactLocation"]["uri"].as_str().unwrap(), place["region"]["startLine"])
        })
        .collect();
    assert_eq!(
        shown,
        [
            "overlays/prod/kustomization.yaml:2",
            "middle/kustomization.yaml:1",
            "base/kustomization.yaml:1",
            "base/deployment.yaml:1",
            "middle/patch.yaml:7"
        ]
    );
}

#[test]
fn what_an_overlay_does_not_set_names_the_overlay_and_points_at_the_base() {
    let lacking = SOUND.replace("            runAsNonRoot: true\n", "");
    let dir = Dir::repository(&[
        BASE,
        ("base/deployment.yaml", &lacking),
        ("overlays/prod/kustomization.yaml", "namespace: shop\nresources: [../../base]\n"),
    ]);
    let json: Value =
        serde_json::from_str(&check(&dir, &["--select=run-as-non-root-missing", "--output-format=json"]))
            .unwrap();
    let text = json.to_string();
    assert!(text.contains("which does not set it"), "{text}");
    assert!(text.contains("overlays/prod/kustomization.yaml"), "{text}");
}

#[test]
fn a_patch_of_what_cannot_be_built_is_judged_for_what_it_sets_only() {
    let patch = "\
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
    let kustomization =
        "resources: ['https://git.example/team/base?ref=v1']\npatches: [{path: patch.yaml}]\n";
    let dir = Dir::repository(&[("kustomization.yaml", kustomization), ("patch.yaml", patch)]);
    let found = check(&dir, &["--profile=all"]);
    let rules: Vec<&str> = found.lines().filter(|line| line.starts_with("patch.yaml")).collect();
    assert_eq!(rules.len(), 1, "{found}");
    assert!(rules[0].starts_with("patch.yaml:10:25: ") && rules[0].contains("privileged"), "{found}");
    assert!(found.contains("kustomization-not-built"), "{found}");
}

#[test]
fn a_file_that_an_old_patches_list_names_is_a_patch_all_the_same() {
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {hostNetwork: true}}}\n";
    let dir = Dir::repository(&[
        ("kustomization.yaml", "resources: [all.yaml]\npatches:\n- patch.yaml\n"),
        ("all.yaml", SOUND),
        ("patch.yaml", patch),
    ]);
    let found = check(&dir, &["--profile=all"]);
    let lines: Vec<&str> = found.lines().filter(|line| line.starts_with("patch.yaml")).collect();
    assert!(lines.iter().all(|line| line.contains("host-network")) && !lines.is_empty(), "{found}");
}

#[test]
fn a_generator_without_its_file_is_told_and_the_rest_is_judged_as_built() {
    let dir = Dir::repository(&[
        BASE,
        ("base/deployment.yaml", &faulty()),
        (
            "overlays/prod/kustomization.yaml",
            &format!(
                "{MERGED}configMapGenerator:\n  - name: settings\n    envs: [.env]\n    files: [made.txt, here=other.txt]\n"
            ),
        ),
    ]);
    let found = check(&dir, &["--min-severity=info"]);
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines.len(), 1, "{found}");
    assert!(
        lines[0].starts_with("overlays/prod/kustomization.yaml:16:12: info kustomization-not-built"),
        "{found}"
    );
}

#[test]
fn the_configuration_of_the_file_with_the_deciding_value_holds() {
    let dir = Dir::repository(&[
        BASE,
        ("base/deployment.yaml", &faulty()),
        ("base/.plimsoll.yaml", "ignore: [host-network]\n"),
        ("overlays/prod/kustomization.yaml", "resources: [../../base]\n"),
    ]);
    let found = check(&dir, &[]);
    assert!(found.contains("privileged-container") && !found.contains("host-network"), "{found}");
}
