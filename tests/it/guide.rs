//! The two pods of the founding guide, and the ways in which their annotations are commonly got wrong.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use plimsoll::{
    base::{Diagnostic, Minor, Severity, Source, SourceId},
    engine::{Choice, Plan, Reading, Role, judge_all},
    rule::{Registry, Target},
};

/// The families that are about what a pod may do, and who may do what.
const FAMILIES: [&str; 3] = ["pod-security", "apparmor-seccomp", "rbac"];

fn guide() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/guide"))
}

/// What profile `all` finds in the guide's pods, a line a finding, from [`FAMILIES`] alone.
fn found_by_the_binary() -> String {
    let registry = Registry::embedded().expect("the embedded rules load");
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.current_dir(guide()).stdin(Stdio::null());
    command.args([
        "check",
        "--isolated",
        "--profile=all",
        "--output-format=concise",
        "--quiet",
        "--no-context",
        ".",
    ]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter(|line| {
        // `file:line:column: severity rule: message`
        let rule = line.split(' ').nth(2).unwrap_or_default().trim_end_matches(':');
        registry.get(rule).is_some_and(|rule| FAMILIES.contains(&rule.family.as_str()))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What the family apparmor-seccomp finds in `yaml`, for a cluster of `kubernetes`.
fn found(yaml: &str, kubernetes: u16) -> Vec<Diagnostic> {
    let registry = Registry::embedded().expect("the embedded rules load");
    let none = std::collections::BTreeMap::new();
    let family = registry.rules().iter().filter(|rule| rule.family == "apparmor-seccomp");
    let choices = family.map(|rule| Choice { rule, severity: rule.severity, params: &none });
    let target = Target { kubernetes: Minor(kubernetes), platform: None };
    let plan = Plan::new(target, choices).unwrap();
    let source = Source::new(SourceId(0), "example.yaml", yaml);
    judge_all(&[(&source, Role::Plain)], &plan, &Reading::default())
}

/// The rules that find something in `yaml`, without those about nothing being set.
fn rules(yaml: &str, kubernetes: u16) -> Vec<String> {
    const ABSENCE: [&str; 4] = [
        "apparmor-profile-missing",
        "apparmor-profile-partial",
        "linux-hardening-missing",
        "seccomp-profile-missing",
    ];
    let ids = found(yaml, kubernetes).into_iter().map(|it| it.rule.as_str().to_owned());
    ids.filter(|id| !ABSENCE.contains(&id.as_str())).collect()
}

/// A pod with one annotation, containers `hello` and, to start it, `setup`, and `extra` in the pod spec.
fn pod(annotation: &str, extra: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: hello\n  annotations:\n    {annotation}\nspec:\n\
         {extra}  initContainers:\n    - {{name: setup, image: a}}\n  containers:\n    - name: hello\n      image: a\n"
    )
}

const APPARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";
const SECCOMP: &str = "container.seccomp.security.alpha.kubernetes.io/";
const SECCOMP_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";

#[test]
fn the_pods_of_the_guide_get_these_findings() {
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("guide", found_by_the_binary());
    });
}

#[test]
fn an_annotation_of_apparmor_gets_the_one_rule_that_fits_it() {
    let pod_field = "  securityContext:\n    appArmorProfile: {type: RuntimeDefault}\n";
    let own_field =
        "      securityContext:\n        appArmorProfile: {type: Localhost, localhostProfile: x}\n";
    let plain = |name: &str, value: &str| pod(&format!("{APPARMOR}{name}: {value}"), "");
    let with_pod = |value: &str| pod(&format!("{APPARMOR}hello: {value}"), pod_field);
    let with_own = |value: &str| plain("hello", value) + own_field;
    let windows = pod(&format!("{APPARMOR}hello: localhost/x"), "  os: {name: windows}\n");
    for (yaml, kubernetes, expected) in [
        (plain("hello", "localhost/x"), 37, "apparmor-annotation-deprecated"),
        (plain("setup", "localhost/x"), 30, "apparmor-annotation-deprecated"),
        (plain("hello", "localhost/x"), 29, ""),
        (plain("helo", "localhost/x"), 37, "apparmor-annotation-unknown-container"),
        (plain("helo", "localhost/x"), 20, "apparmor-annotation-unknown-container"),
        (plain("hello", "docker/default"), 37, "apparmor-annotation-invalid-value"),
        (plain("hello", "docker/default"), 20, "apparmor-annotation-invalid-value"),
        (with_own("localhost/x"), 37, "apparmor-annotation-redundant"),
        (with_own("localhost/x"), 29, ""),
        (with_own("localhost/y"), 37, "apparmor-annotation-field-conflict"),
        (with_own("runtime/default"), 30, "apparmor-annotation-field-conflict"),
        (with_pod("runtime/default"), 37, "apparmor-annotation-redundant"),
        (with_pod("localhost/x"), 37, "apparmor-annotation-overrides-pod-field"),
        (with_pod("localhost/x"), 29, "apparmor-field-unsupported"),
        (windows, 37, ""),
    ] {
        assert_eq!(rules(&yaml, kubernetes).join(" "), expected, "1.{kubernetes}\n{yaml}");
    }
}

#[test]
fn an_annotation_of_seccomp_gets_the_one_rule_that_fits_it() {
    let pod_field = "  securityContext:\n    seccompProfile: {type: RuntimeDefault}\n";
    let plain = |key: &str, value: &str| pod(&format!("{key}: {value}"), "");
    let hello = &format!("{SECCOMP}hello");
    let with_pod = |key: &str, value: &str| pod(&format!("{key}: {value}"), pod_field);
    for (yaml, kubernetes, expected) in [
        (plain(SECCOMP_POD, "localhost/x"), 18, ""),
        (plain(SECCOMP_POD, "localhost/x"), 19, "seccomp-annotation-deprecated"),
        (plain(SECCOMP_POD, "localhost/x"), 26, "seccomp-annotation-deprecated"),
        (plain(SECCOMP_POD, "localhost/x"), 27, "seccomp-annotation-ignored"),
        (plain(hello, "localhost/x"), 37, "seccomp-annotation-ignored"),
        (plain(&format!("{SECCOMP}helo"), "localhost/x"), 37, "seccomp-annotation-unknown-container"),
        (plain(SECCOMP_POD, "RuntimeDefault"), 37, "seccomp-annotation-invalid-value"),
        (plain(SECCOMP_POD, "unconfined"), 18, "seccomp-profile-unconfined"),
        (with_pod(SECCOMP_POD, "localhost/x"), 37, "seccomp-annotation-field-conflict"),
        (with_pod(SECCOMP_POD, "docker/default"), 37, "seccomp-annotation-redundant"),
        (with_pod(hello, "localhost/x"), 37, "seccomp-annotation-ignored"),
        (with_pod(hello, "localhost/x"), 26, "seccomp-annotation-deprecated"),
        (with_pod(hello, "runtime/default"), 37, "seccomp-annotation-redundant"),
        (with_pod(hello, "runtime/default"), 18, "seccomp-field-unsupported"),
    ] {
        assert_eq!(rules(&yaml, kubernetes).join(" "), expected, "1.{kubernetes}\n{yaml}");
    }
}

#[test]
fn the_advice_names_the_field_its_level_and_its_value() {
    let advice = |yaml: &str, kubernetes: u16| {
        let found = found(yaml, kubernetes);
        let about = found.iter().find(|it| it.rule.as_str().contains("annotation")).expect("a finding");
        about.help.clone().unwrap_or_default()
    };
    for (annotation, kubernetes, expected) in [
        (
            format!("{SECCOMP_POD}: localhost/prevent-chmod"),
            37,
            "Set `seccompProfile: {type: Localhost, localhostProfile: prevent-chmod}` under `securityContext` of the \
             pod spec, and delete the annotation.",
        ),
        (
            format!("{SECCOMP}hello: docker/default"),
            37,
            "Set `seccompProfile: {type: RuntimeDefault}` under `securityContext` of container `hello`, and delete \
             the annotation.",
        ),
        (
            format!("{SECCOMP}helo: docker/default"),
            37,
            "Set `seccompProfile: {type: RuntimeDefault}` under `securityContext` of container `hello`, and delete \
             the annotation.",
        ),
        (
            format!("{APPARMOR}hello: localhost/deny-write"),
            37,
            "Set `appArmorProfile: {type: Localhost, localhostProfile: deny-write}` under `securityContext` of \
             container `hello`, and delete the annotation.",
        ),
        (format!("{APPARMOR}hello: localhost:deny-write"), 29, "Write `localhost/deny-write`."),
        (
            format!("{APPARMOR}helo: runtime/default"),
            29,
            "Write the key as `container.apparmor.security.beta.kubernetes.io/hello`.",
        ),
        (
            format!("{APPARMOR}web: runtime/default"),
            29,
            "End the key with the name of a container: `setup`, `hello`.",
        ),
    ] {
        assert_eq!(advice(&pod(&annotation, ""), kubernetes), expected, "{annotation}");
    }
}

#[test]
fn a_container_that_an_injector_may_add_weighs_less() {
    let severity = |yaml: &str| {
        let found = found(yaml, 37);
        let id = "apparmor-annotation-unknown-container";
        found.iter().find(|it| it.rule.as_str() == id).map(|it| it.severity)
    };
    let wrong = pod(&format!("{APPARMOR}proxy: runtime/default"), "");
    assert_eq!(severity(&wrong), Some(Severity::High));
    let injected =
        wrong.replace("  name: hello\n  ann", "  name: hello\n  labels: {linkerd.io/inject: enabled}\n  ann");
    assert_eq!(severity(&injected), Some(Severity::Medium));
    let known = pod(&format!("{APPARMOR}istio-proxy: runtime/default"), "");
    assert_eq!(severity(&known), Some(Severity::Medium));
}

#[test]
fn a_conflict_points_at_the_value_and_at_the_field() {
    let yaml = pod(&format!("{APPARMOR}hello: unconfined"), "")
        + "      securityContext:\n        appArmorProfile: {type: RuntimeDefault}\n";
    let found = found(&yaml, 37);
    let conflict = found.iter().find(|it| it.rule.as_str() == "apparmor-annotation-field-conflict").unwrap();
    assert_eq!(&yaml[conflict.primary.span.range()], "unconfined");
    let related: Vec<&str> = conflict.related.iter().map(|it| &yaml[it.span.range()]).collect();
    assert_eq!(related, ["RuntimeDefault"]);
    let subject = conflict.subject.as_ref().unwrap();
    assert_eq!(subject.container.as_deref(), Some("hello"));
    assert_eq!(subject.path, format!("metadata.annotations[\"{APPARMOR}hello\"]"));
}
