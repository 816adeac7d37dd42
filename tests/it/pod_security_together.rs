//! Rules of a pod's security beside each other: one fact is one finding, and none asks for what the API server refuses.

use std::collections::BTreeMap;

use plimsoll::{
    base::{Minor, Source, SourceId},
    engine::{Choice, Plan, Reading, Role, judge_all},
    rule::{Registry, Rule, Target},
};

/// The rules that find something in a pod of one container with this `securityContext`, of those that `holds` takes.
fn found(security_context: &str, holds: impl Fn(&Rule) -> bool) -> Vec<String> {
    let registry = Registry::embedded().expect("the embedded rules load");
    let none = BTreeMap::new();
    let rules = registry.rules().iter().filter(|rule| holds(rule));
    let choices = rules.map(|rule| Choice { rule, severity: rule.severity, params: &none });
    let plan = Plan::new(Target { kubernetes: Minor::NEWEST, platform: None }, choices).unwrap();
    let text = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n  hostUsers: true\n  containers:\n    - name: web\n      \
         image: registry.example/web:1.0\n      securityContext: {security_context}\n"
    );
    let source = Source::new(SourceId(0), "pod.yaml", &text);
    let findings = judge_all(&[(&source, Role::Plain)], &plan, &Reading::default());
    findings.into_iter().map(|it| it.rule.to_string()).collect()
}

/// The rules of a profile on what a pod may do.
fn in_profile(name: &str) -> impl Fn(&Rule) -> bool {
    const FAMILIES: [&str; 2] = ["pod-security", "apparmor-seccomp"];
    move |rule| FAMILIES.contains(&rule.family.as_str()) && rule.profiles.iter().any(|it| it == name)
}

/// Whether the rule is about capabilities.
fn on_capabilities(rule: &Rule) -> bool {
    rule.id.as_str().contains("capabilit")
}

const HARDENED: &str = "allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true, \
                        seccompProfile: {type: RuntimeDefault}, appArmorProfile: {type: RuntimeDefault}";

#[test]
fn a_privileged_container_is_not_told_to_set_what_privileged_makes_void() {
    let contexts = [
        "{privileged: true, runAsNonRoot: true, readOnlyRootFilesystem: true}",
        "{privileged: true, runAsNonRoot: true, readOnlyRootFilesystem: true, allowPrivilegeEscalation: true,
            seccompProfile: {type: Unconfined}, appArmorProfile: {type: Unconfined},
            capabilities: {add: [SYS_ADMIN, NET_RAW, CHOWN], drop: [CHOWN]}}",
    ];
    for context in contexts {
        for profile in ["default", "baseline", "restricted", "aks", "nsa", "cis"] {
            assert_eq!(found(context, in_profile(profile)), ["privileged-container"], "{profile}: {context}");
        }
    }
}

#[test]
fn without_the_rule_on_privileged_containers_the_others_speak() {
    let context = "{privileged: true, runAsNonRoot: true}";
    let restricted = in_profile("restricted");
    let others = |rule: &Rule| restricted(rule) && rule.id.as_str() != "privileged-container";
    let expected =
        ["capabilities-not-dropped-all", "privilege-escalation-allowed", "seccomp-profile-missing"];
    assert_eq!(found(context, others), expected);
}

#[test]
fn a_list_of_dropped_capabilities_is_told_one_thing() {
    let cases = [
        ("drop: ['*']", "unknown-capability"),
        ("drop: [CAP_ALL]", "unknown-capability"),
        ("drop: [all]", "capabilities-not-dropped-all"),
        ("drop: []", "capabilities-not-dropped-all"),
        ("drop: [CHOWN]", "capabilities-not-dropped-all"),
        (
            "add: [NET_BIND_SERVICE], drop: [CAP_KILL, ALL]",
            "capabilities-added-any capability-name-not-matched",
        ),
    ];
    for (capabilities, expected) in cases {
        let context = format!("{{{HARDENED}, capabilities: {{{capabilities}}}}}");
        assert_eq!(found(&context, on_capabilities).join(" "), expected, "{capabilities}");
    }
    let star = format!("{{{HARDENED}, capabilities: {{drop: ['*']}}}}");
    assert_eq!(found(&star, in_profile("default")), ["unknown-capability"]);
    assert_eq!(found(&star, in_profile("restricted")), ["capabilities-not-dropped-all"]);
}

#[test]
fn who_a_container_runs_as_is_told_once_and_as_bad_as_it_is() {
    let rest = "allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}";
    let cases = [
        // What is set; what default says; what restricted says.
        ("runAsUser: 0", "runs-as-root", "run-as-non-root-missing run-as-root-user"),
        ("runAsUser: 0, runAsNonRoot: true", "run-as-non-root-with-root-user", "run-as-root-user"),
        ("runAsUser: 1000", "", "run-as-non-root-missing-beside-user"),
        ("runAsUser: 1000, runAsNonRoot: false", "", "run-as-non-root-missing-beside-user"),
        ("runAsNonRoot: false", "run-as-root-allowed", "run-as-non-root-missing"),
        ("runAsGroup: 1", "", "run-as-non-root-missing"),
        ("runAsUser: 1000, runAsNonRoot: true", "", ""),
    ];
    for (context, by_default, restricted) in cases {
        let context = format!("{{{rest}, {context}}}");
        assert_eq!(found(&context, in_profile("default")).join(" "), by_default, "{context}");
        assert_eq!(found(&context, in_profile("restricted")).join(" "), restricted, "{context}");
    }
    let both = |rule: &Rule| in_profile("default")(rule) || in_profile("restricted")(rule);
    assert_eq!(found(&format!("{{{rest}, runAsNonRoot: false}}"), both), ["run-as-non-root-missing"]);
    let root = format!("{{{rest}, runAsNonRoot: true, runAsUser: 0}}");
    assert_eq!(found(&root, both), ["run-as-non-root-with-root-user"]);
}

#[test]
fn an_explicit_escalation_is_found_by_default_and_told_once() {
    let context = "{allowPrivilegeEscalation: true}";
    assert_eq!(found(context, in_profile("default")), ["privilege-escalation-requested"]);
    let all = found(context, |rule| rule.id.as_str().starts_with("privilege-escalation"));
    assert_eq!(all, ["privilege-escalation-allowed"]);
    // The API server refuses `false` beside it.
    let forced = "{allowPrivilegeEscalation: true, capabilities: {add: [CAP_SYS_ADMIN]}}";
    assert_eq!(found(forced, in_profile("default")), ["sys-admin-capability-added"]);
    assert_eq!(found("{readOnlyRootFilesystem: true}", in_profile("default")), [""; 0]);
}
