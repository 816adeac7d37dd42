//! What roles allow, who is bound to them, and what a reference means: tables over the family `rbac`.

use std::{collections::BTreeMap, fmt::Write as _};

use plimsoll::{
    base::{Diagnostic, Minor, Severity, Source, SourceId},
    engine::{Choice, Plan, Reading, Role, judge_all},
    index::{Binding, Index, facts},
    kube,
    rule::{Examined, Literals, Registry, Rule, Target},
    yaml::{self, Limits},
};

static NO_PARAMS: BTreeMap<String, Literals> = BTreeMap::new();

/// What the rules that `choose` says yes to find in `files`, as `path:line rule`.
fn found(files: &[(&str, &str)], target: Minor, choose: impl Fn(&Rule) -> bool) -> Vec<String> {
    let sources = sources(files);
    let shown = |finding: &Diagnostic| {
        let source = &sources[finding.primary.span.source.0 as usize];
        format!("{}:{} {}", source.path, source.position(finding.primary.span.start).line, finding.rule)
    };
    findings(&sources, target, choose).iter().map(shown).collect()
}

fn findings(sources: &[Source], target: Minor, choose: impl Fn(&Rule) -> bool) -> Vec<Diagnostic> {
    let registry = Registry::embedded().unwrap();
    let chosen = registry.rules().iter().filter(|rule| choose(rule));
    let choices = chosen.map(|rule| Choice { rule, severity: rule.severity, params: &NO_PARAMS });
    let plan = Plan::new(Target { kubernetes: target, platform: None }, choices).unwrap();
    let all: Vec<(&Source, Role)> = sources.iter().map(|source| (source, Role::Plain)).collect();
    judge_all(&all, &plan, &Reading::default())
}

fn sources(files: &[(&str, &str)]) -> Vec<Source> {
    let numbered = files.iter().zip(0..);
    numbered.map(|((path, text), id)| Source::new(SourceId(id), *path, *text)).collect()
}

fn role(kind: &str, rules: &[&str]) -> String {
    let mut text = format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata:\n  name: tested\nrules:\n"
    );
    for rule in rules {
        writeln!(text, "  - {{{rule}}}").unwrap();
    }
    text
}

/// Kind of role, one rule, the ids that fire on it among those that look at what a rule allows.
const GRANTS: &[(&str, &str, &[&str])] = &[
    // The verb, by name and by wildcard; the wildcard verb alone is a fault of its own.
    ("Role", r#"apiGroups: [""], resources: [secrets], verbs: [get]"#, &["rbac-secrets-access"]),
    ("Role", r#"apiGroups: [""], resources: [secrets], verbs: [list, watch]"#, &["rbac-secrets-access"]),
    (
        "Role",
        r#"apiGroups: [""], resources: [secrets], verbs: ["*"]"#,
        &["rbac-destructive-delete", "rbac-secrets-access", "rbac-wildcard-verbs"],
    ),
    ("Role", r#"apiGroups: [""], resources: [secrets], verbs: [GET]"#, &["rbac-verb-without-effect"]),
    ("Role", r#"apiGroups: [""], resources: [secrets], verbs: [create, get]"#, &["rbac-secrets-access"]),
    ("Role", r#"apiGroups: [""], resources: [secrets], verbs: [create]"#, &[]),
    ("Role", r#"apiGroups: [""], resources: [secrets], verbs: []"#, &[]),
    // The group.
    (
        "Role",
        r#"apiGroups: ["*"], resources: [secrets], verbs: [get]"#,
        &["rbac-secrets-access", "rbac-wildcard-api-groups"],
    ),
    ("Role", r#"apiGroups: [apps, ""], resources: [secrets], verbs: [get]"#, &["rbac-secrets-access"]),
    ("Role", "apiGroups: [apps], resources: [secrets], verbs: [get]", &["rbac-resource-without-effect"]),
    ("Role", "resources: [secrets], verbs: [get]", &[]),
    // The resource: subresources are not their parent's, `pods/*` and the singular are nobody's.
    ("Role", r#"apiGroups: [""], resources: [secret], verbs: [get]"#, &["rbac-resource-without-effect"]),
    ("Role", r#"apiGroups: [""], resources: ["secrets/*"], verbs: [get]"#, &["rbac-resource-without-effect"]),
    ("Role", r#"apiGroups: [""], resources: [pods], verbs: [get, list, watch]"#, &[]),
    ("Role", r#"apiGroups: [""], resources: [pods/exec], verbs: [create]"#, &["rbac-pod-exec"]),
    ("Role", r#"apiGroups: [""], resources: ["*/exec"], verbs: [create]"#, &["rbac-pod-exec"]),
    ("Role", r#"apiGroups: [""], resources: ["pods/*"], verbs: [create]"#, &["rbac-resource-without-effect"]),
    ("Role", r#"apiGroups: [""], resources: [services/proxy], verbs: [get]"#, &[]),
    // Names narrow, but not where one object is enough, and not the names that are too much.
    ("Role", r#"apiGroups: [""], resources: [secrets], verbs: ["*"], resourceNames: [web-tls]"#, &[]),
    (
        "Role",
        r#"apiGroups: [""], resources: [secrets], verbs: [get], resourceNames: []"#,
        &["rbac-secrets-access"],
    ),
    ("Role", "apiGroups: [apps], resources: [deployments], verbs: [create], resourceNames: [web]", &[]),
    (
        "ClusterRole",
        r#"apiGroups: [""], resources: [nodes/proxy], verbs: [get], resourceNames: [n1]"#,
        &["rbac-nodes-proxy"],
    ),
    (
        "ClusterRole",
        "apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate], resourceNames: [web]",
        &["rbac-escalate"],
    ),
    (
        "ClusterRole",
        "apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind], resourceNames: [view]",
        &[],
    ),
    (
        "ClusterRole",
        "apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind], resourceNames: [view, cluster-admin]",
        &["rbac-bind"],
    ),
    (
        "ClusterRole",
        r#"apiGroups: [""], resources: [groups], verbs: [impersonate], resourceNames: ["system:masters"]"#,
        &["rbac-impersonate"],
    ),
    (
        "ClusterRole",
        r#"apiGroups: [""], resources: [users], verbs: [impersonate], resourceNames: [jane]"#,
        &[],
    ),
    // A Role has no say over what lies in no namespace, except that a namespace is in itself.
    (
        "Role",
        r#"apiGroups: [""], resources: [nodes/proxy], verbs: [get]"#,
        &["rbac-cluster-resource-in-role"],
    ),
    (
        "Role",
        r#"apiGroups: [""], resources: [users], verbs: [impersonate]"#,
        &["rbac-cluster-resource-in-role"],
    ),
    (
        "Role",
        r#"apiGroups: [""], resources: [serviceaccounts], verbs: [impersonate]"#,
        &["rbac-impersonate-in-role"],
    ),
    ("Role", r#"apiGroups: [""], resources: [namespaces], verbs: [patch]"#, &["rbac-modify-namespaces"]),
    (
        "Role",
        "apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind]",
        &["rbac-bind-in-role", "rbac-cluster-resource-in-role"],
    ),
    (
        "Role",
        "apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate]",
        &["rbac-cluster-resource-in-role"],
    ),
    // Verbs of one resource mean nothing on another.
    (
        "ClusterRole",
        "apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [bind, escalate]",
        &[],
    ),
    (
        "ClusterRole",
        "apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [impersonate]",
        &[],
    ),
    // Words that the API server never asks about.
    (
        "Role",
        r#"apiGroups: [""], resources: [pods], verbs: [label, read]"#,
        &["rbac-verb-without-effect", "rbac-verb-without-effect"],
    ),
    ("ClusterRole", r#"nonResourceURLs: [/metrics], verbs: ["*"]"#, &["rbac-wildcard-verbs"]),
    // One fact, one finding.
    ("Role", r#"apiGroups: [""], resources: [endpoints], verbs: [create, update]"#, &["rbac-edit-endpoints"]),
    (
        "ClusterRole",
        "apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles, rolebindings], verbs: [bind, create]",
        &["rbac-bind", "rbac-modify-rolebindings"],
    ),
    // What somebody else fills in grants nothing known.
    ("Role", r#"apiGroups: [""], resources: ["${RESOURCE}"], verbs: ["${VERB}"]"#, &[]),
];

#[test]
fn a_rule_allows_what_the_authorizer_would_allow() {
    let mut failures = String::new();
    for (kind, rule, expected) in GRANTS {
        let text = role(kind, &[rule]);
        let all = found(&[("a.yaml", &text)], Minor::NEWEST, |rule| {
            rule.family == "rbac" && rule.id.as_str() != "rbac-unused-role"
        });
        let ids: Vec<&str> = all.iter().filter_map(|it| Some(it.split_once(' ')?.1)).collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        if sorted != *expected {
            writeln!(failures, "{kind} {{{rule}}}: {sorted:?}, not {expected:?}").unwrap();
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// Kind of role, API groups, resources, verbs, and the only rule that speaks of it, with its severity.
const WILDCARDS: &[(&str, &str, &str, &str, &str, Severity)] = &[
    ("ClusterRole", r#""*""#, r#""*""#, r#""*""#, "rbac-wildcard-verb-and-resource", Severity::Critical),
    ("Role", r#""*""#, r#""*""#, r#""*""#, "rbac-wildcard-verb-and-resource-in-role", Severity::High),
    ("ClusterRole", r#""""#, r#""*""#, r#""*""#, "rbac-wildcard-verb-and-resource", Severity::Critical),
    ("Role", r#""""#, r#""*""#, r#""*""#, "rbac-wildcard-verb-and-resource-in-role", Severity::High),
    (
        "ClusterRole",
        r#""", apps, batch, rbac.authorization.k8s.io, certificates.k8s.io"#,
        r#""*""#,
        r#"get, "*""#,
        "rbac-wildcard-verb-and-resource",
        Severity::Critical,
    ),
    (
        "ClusterRole",
        "rbac.authorization.k8s.io",
        r#""*""#,
        r#""*""#,
        "rbac-wildcard-verb-and-resource",
        Severity::Critical,
    ),
    (
        "Role",
        r#""", apps"#,
        r#""*""#,
        "get, list, watch, create, update, patch, delete",
        "rbac-full-control-of-group",
        Severity::High,
    ),
    ("ClusterRole", "apps, batch", r#""*""#, r#""*""#, "rbac-full-control-of-group", Severity::High),
    (
        "ClusterRole",
        "admissionregistration.k8s.io, certificates.k8s.io",
        r#""*""#,
        r#""*""#,
        "rbac-full-control-of-group",
        Severity::High,
    ),
    ("ClusterRole", "shop.example", r#""*""#, r#""*""#, "rbac-wildcard-custom-resources", Severity::Medium),
    ("ClusterRole", "metrics.k8s.io", r#""*""#, "get", "rbac-wildcard-custom-resources", Severity::Medium),
    ("ClusterRole", "networking.k8s.io", r#""*""#, "get", "rbac-wildcard-resources", Severity::High),
];

#[test]
fn one_wildcard_is_one_finding() {
    for (kind, groups, resources, verbs, id, severity) in WILDCARDS {
        let rule = format!("apiGroups: [{groups}], resources: [{resources}], verbs: [{verbs}]");
        let text = role(kind, &["apiGroups: [apps], resources: [deployments], verbs: [get]", &rule]);
        let sources = sources(&[("a.yaml", &text)]);
        let all = findings(&sources, Minor::NEWEST, |rule| {
            rule.family == "rbac" && rule.id.as_str() != "rbac-unused-role"
        });
        let shown: Vec<_> = all.iter().map(|it| (it.rule.as_str(), it.severity)).collect();
        assert_eq!(shown, [(*id, *severity)], "{kind} {rule}");
        assert_eq!(sources[0].slice(all[0].primary.span), r#""*""#, "{kind} {rule}");
    }
}

/// One rule of a ClusterRole, a rule's id, and what that rule says of it after the name.
const MESSAGES: &[(&str, &str, &str)] = &[
    (
        r#"apiGroups: [""], resources: ["*"], verbs: [get]"#,
        "rbac-nodes-proxy",
        "allows `get` on `nodes/proxy` through `*`, which runs commands in any pod of a node through its kubelet",
    ),
    (
        r#"apiGroups: [""], resources: [users], verbs: ["*"]"#,
        "rbac-impersonate",
        "allows `impersonate` on `users` through the verb `*`, so its holder may act as somebody else",
    ),
    (
        r#"apiGroups: [""], resources: ["*/token"], verbs: [create, "*"]"#,
        "rbac-create-service-account-token",
        "allows `create` on `serviceaccounts/token` through `*/token`, which gives a token of any ServiceAccount in reach",
    ),
    (
        r#"apiGroups: [""], resources: ["*", secrets], verbs: [list, "*"]"#,
        "rbac-secrets-access",
        "allows `get`, `list`, `watch` on `secrets` through the verb `*`, and with them what every Secret holds",
    ),
    (
        r#"apiGroups: [""], resources: [secrets], verbs: [list]"#,
        "rbac-secrets-access",
        "allows `list` on `secrets`, and with them what every Secret holds",
    ),
    (
        r#"apiGroups: [""], resources: [pods, services, secrets, persistentvolumeclaims, namespaces, replicationcontrollers], verbs: [delete]"#,
        "rbac-destructive-delete",
        "allows `delete` on `namespaces`, `persistentvolumeclaims`, `secrets`, `services` and 2 more, which stops what runs there or loses its data",
    ),
    (
        r#"apiGroups: ["", apps, batch], resources: ["*"], verbs: [get, list]"#,
        "rbac-info-disclosure",
        "allows `get`, `list` on `secrets` through `*`, and reading of every kind of workload and Service",
    ),
];

#[test]
fn a_message_names_the_right_and_the_wildcard_that_gives_it() {
    for (rule, id, expected) in MESSAGES {
        let text = role("ClusterRole", &[rule]);
        let all = findings(&sources(&[("a.yaml", &text)]), Minor::NEWEST, |rule| rule.id.as_str() == *id);
        let said: Vec<&str> = all.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(said, [format!("ClusterRole tested: {expected}")], "{rule}");
    }
}

/// A binding's kind, name, labels, role and subject, and what the default profile finds on it.
type BindingCase =
    (&'static str, &'static str, &'static str, &'static str, &'static str, &'static [&'static str]);

const BINDINGS: &[BindingCase] = &[
    (
        "ClusterRoleBinding",
        "cluster-admin",
        "",
        "cluster-admin",
        "kind: Group, name: \"system:masters\"",
        &[],
    ),
    (
        "ClusterRoleBinding",
        "cluster-admin-users",
        "kubernetes.io/bootstrapping: rbac-defaults",
        "cluster-admin",
        "kind: User, name: admin",
        &["high rbac-cluster-admin-binding"],
    ),
    (
        "ClusterRoleBinding",
        "cluster-admin",
        "kubernetes.io/bootstrapping: rbac-defaults",
        "cluster-admin",
        "kind: User, name: admin",
        &["high rbac-cluster-admin-binding"],
    ),
    (
        "ClusterRoleBinding",
        "mine",
        "kubernetes.io/bootstrapping: rbac-defaults",
        "cluster-admin",
        "kind: Group, name: \"system:unauthenticated\"",
        &["critical rbac-cluster-admin-for-everybody"],
    ),
    (
        "ClusterRoleBinding",
        "a",
        "",
        "cluster-admin",
        "kind: Group, name: \"system:authenticated\"",
        &["critical rbac-cluster-admin-for-everybody"],
    ),
    (
        "ClusterRoleBinding",
        "a",
        "",
        "cluster-admin",
        "kind: Group, name: \"system:serviceaccounts\"",
        &["critical rbac-cluster-admin-for-everybody"],
    ),
    (
        "ClusterRoleBinding",
        "a",
        "",
        "cluster-admin",
        "kind: ServiceAccount, name: default, namespace: ci",
        &["critical rbac-cluster-admin-for-everybody"],
    ),
    (
        "ClusterRoleBinding",
        "a",
        "",
        "cluster-admin",
        "kind: Group, name: \"system:masters\"",
        &["critical rbac-system-masters-binding"],
    ),
    (
        "RoleBinding",
        "a",
        "",
        "cluster-admin",
        "kind: ServiceAccount, name: default, namespace: ci",
        &["medium rbac-cluster-admin-in-namespace"],
    ),
    (
        "ClusterRoleBinding",
        "a",
        "",
        "view",
        "kind: Group, name: \"system:authenticated\"",
        &["high rbac-authenticated-group-binding"],
    ),
    (
        "ClusterRoleBinding",
        "a",
        "",
        "view",
        "kind: Group, name: \"system:serviceaccounts\"",
        &["high rbac-service-accounts-group-binding"],
    ),
    ("RoleBinding", "a", "", "view", "kind: Group, name: \"system:serviceaccounts:ci\"", &[]),
    (
        "ClusterRoleBinding",
        "a",
        "",
        "\"system:discovery\"",
        "kind: Group, name: \"system:authenticated\"",
        &[],
    ),
    (
        "ClusterRoleBinding",
        "a",
        "",
        "\"system:basic-user\"",
        "kind: Group, name: \"system:authenticated\"",
        &[],
    ),
    (
        "ClusterRoleBinding",
        "a",
        "",
        "\"system:public-info-viewer\"",
        "kind: Group, name: \"system:unauthenticated\"",
        &[],
    ),
];

#[test]
fn a_binding_is_judged_by_role_subject_and_reach_in_one_finding() {
    for (kind, name, labels, role, subject, expected) in BINDINGS {
        let text = format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: {name}, labels: {{{labels}}}}}\n\
             roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {role}}}\nsubjects: [{{{subject}}}]\n"
        );
        let all = findings(&sources(&[("a.yaml", &text)]), Minor::NEWEST, |rule| {
            rule.family == "rbac" && rule.profiles.iter().any(|profile| profile == "default")
        });
        let shown: Vec<String> = all.iter().map(|it| format!("{} {}", it.severity, it.rule)).collect();
        assert_eq!(shown, *expected, "{text}");
    }
}

#[test]
fn a_namespace_on_an_object_of_the_whole_cluster_is_not_part_of_its_name() {
    let text = role("ClusterRole", &[r#"apiGroups: [""], resources: [secrets], verbs: [get]"#])
        .replace("name: tested", "name: tested\n  namespace: shop");
    let all = findings(&sources(&[("a.yaml", &text)]), Minor::NEWEST, |rule| {
        matches!(rule.id.as_str(), "rbac-secrets-access" | "rbac-namespace-on-cluster-object")
    });
    let said: Vec<&str> = all.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(
        said,
        [
            "ClusterRole tested: `metadata.namespace` is `shop`, but the object belongs to the whole cluster",
            "ClusterRole tested: allows `get` on `secrets`, and with them what every Secret holds",
        ]
    );
}

#[test]
fn a_weaker_rule_speaks_when_the_one_that_implies_it_is_not_asked() {
    let text = role("ClusterRole", &[r#"apiGroups: ["*"], resources: ["*"], verbs: ["*"]"#]);
    let only = |id: &'static str| found(&[("a.yaml", &text)], Minor::NEWEST, |rule| rule.id.as_str() == id);
    for id in ["rbac-secrets-access", "rbac-nodes-proxy", "rbac-bind", "rbac-wildcard-resources"] {
        assert_eq!(only(id), [format!("a.yaml:6 {id}")]);
    }
}

#[test]
fn reading_opens_a_shell_until_the_api_server_asks_for_create() {
    let read_all = role("ClusterRole", &[r#"apiGroups: [""], resources: ["*"], verbs: [get]"#]);
    let named = role("ClusterRole", &[r#"apiGroups: [""], resources: [pods/exec], verbs: [get]"#]);
    let exec = |text: &str, target: &str| {
        found(&[("a.yaml", text)], target.parse().unwrap(), |rule| rule.id.as_str() == "rbac-pod-exec").len()
    };
    assert_eq!((exec(&read_all, "1.34"), exec(&read_all, "1.35")), (1, 0));
    assert_eq!((exec(&named, "1.34"), exec(&named, "1.35")), (1, 1));
}

/// A rule that fires when a role may do several things at once, and one way to allow each.
const TOGETHER: &[(&str, &[&str])] = &[
    (
        "rbac-create-rolebinding-with-bind",
        &[
            "apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create]",
            "apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind]",
        ],
    ),
    (
        "rbac-create-clusterrolebinding-with-bind",
        &[
            "apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings], verbs: [create]",
            r#"apiGroups: ["*"], resources: [clusterroles], verbs: ["*"]"#,
        ],
    ),
    (
        "rbac-approve-csr",
        &[
            "apiGroups: [certificates.k8s.io], resources: [signers], verbs: [approve]",
            "apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/approval], verbs: [update]",
        ],
    ),
    (
        "rbac-info-disclosure",
        &[
            r#"apiGroups: [""], resources: [secrets], verbs: [get]"#,
            r#"apiGroups: ["", apps], resources: [pods, services, deployments, daemonsets], verbs: [list]"#,
            "apiGroups: [apps], resources: [statefulsets, replicasets], verbs: [watch]",
            r#"apiGroups: [batch], resources: ["*"], verbs: [get]"#,
        ],
    ),
];

#[test]
fn combined_rights_count_in_any_order_and_none_can_be_missing() {
    for (id, rules) in TOGETHER {
        let count = |rules: &[&str]| {
            let text = role("ClusterRole", rules);
            found(&[("a.yaml", &text)], Minor::NEWEST, |rule| rule.id.as_str() == *id).len()
        };
        let noise = r#"apiGroups: [""], resources: [configmaps], verbs: [get]"#;
        for turn in 0..rules.len() {
            let mut turned = rules.to_vec();
            turned.rotate_left(turn);
            turned.insert(1, noise);
            assert_eq!(count(&turned), 1, "{id} {turned:?}");
            turned.reverse();
            assert_eq!(count(&turned), 1, "{id} {turned:?}");
            let mut without = rules.to_vec();
            without.remove(turn);
            assert_eq!(count(&without), 0, "{id} without {}", rules[turn]);
            let mut narrowed: Vec<String> = rules.iter().map(ToString::to_string).collect();
            narrowed[turn].push_str(", resourceNames: [web]");
            let narrowed: Vec<&str> = narrowed.iter().map(String::as_str).collect();
            assert_eq!(count(&narrowed), 0, "{id} with a name in {}", rules[turn]);
        }
    }
}

const CONTROLLER: &str = r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: controller}
rules:
  - {apiGroups: [shop.example], resources: [carts, carts/status], verbs: ["*"]}
  - {apiGroups: [""], resources: [secrets, configmaps, services], verbs: [get, list, watch, create, update, patch]}
  - {apiGroups: [""], resources: [events], verbs: [create, patch]}
  - {apiGroups: [apps], resources: [deployments], verbs: [get, list, watch, create, update, patch, delete]}
  - {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get, create, update]}
  - {apiGroups: [authentication.k8s.io], resources: [tokenreviews], verbs: [create]}
  - {apiGroups: [admissionregistration.k8s.io], resources: [validatingwebhookconfigurations], verbs: [patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: controller}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: controller}
subjects:
  - {kind: ServiceAccount, name: controller, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: devs, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects:
  - {apiGroup: rbac.authorization.k8s.io, kind: Group, name: devs}
"#;

#[test]
fn the_default_profile_says_nothing_about_what_controllers_and_teams_need() {
    let all = found(&[("a.yaml", CONTROLLER)], Minor::NEWEST, |rule| {
        rule.family == "rbac" && rule.profiles.iter().any(|profile| profile == "default")
    });
    assert!(all.is_empty(), "{all:?}");
}

#[test]
fn a_finding_about_a_role_names_the_bindings_that_make_it_live() {
    let sources = sources(&[("a.yaml", CONTROLLER)]);
    let all = findings(&sources, Minor::NEWEST, |rule| rule.id.as_str() == "rbac-secrets-access");
    let related: Vec<&str> = all[0].related.iter().map(|label| label.text.as_str()).collect();
    assert!(
        related.contains(&"bound by ClusterRoleBinding controller to ServiceAccount shop/controller"),
        "{related:?}"
    );
}

#[test]
fn every_row_of_the_practices_has_a_rule() {
    let registry = Registry::embedded().unwrap();
    let rows = (1..=26).map(|row| format!("RB-{row}"));
    let covered = |row: &String| {
        registry.rules().iter().any(|rule| rule.family == "rbac" && rule.prose().references.aks.contains(row))
    };
    let missing: Vec<String> = rows.filter(|row| !covered(row)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

// ------------------------------------------------------------------------------------------- the index

fn index(files: &[(&str, &str)]) -> Index {
    let mut all = Vec::new();
    for source in sources(files) {
        let parsed = yaml::parse(source.id, &source.text, &Limits::default());
        for root in parsed.documents().iter().filter_map(|document| parsed.root(document)) {
            for object in kube::objects(root) {
                let examined = Examined::new(object);
                all.extend(facts(&examined.object, examined.pod, &examined.role_rules, &examined.id()));
            }
        }
    }
    Index::build(all, &|id| files[id.0 as usize].0)
}

fn object(kind: &str, namespace: &str, name: &str, rest: &str) -> String {
    let group = match kind {
        "ServiceAccount" | "Pod" => "v1",
        "DaemonSet" | "Deployment" => "apps/v1",
        _ => "rbac.authorization.k8s.io/v1",
    };
    let namespace = if namespace.is_empty() { String::new() } else { format!(", namespace: {namespace}") };
    format!("---\napiVersion: {group}\nkind: {kind}\nmetadata: {{name: {name}{namespace}}}\n{rest}\n")
}

fn binding(namespace: &str, kind: &str, role: &str) -> String {
    object("RoleBinding", namespace, "b", &format!("roleRef: {{kind: {kind}, name: {role}}}\nsubjects: []"))
}

/// What it shows, the files by path, what is expected.
type Case<T> = (&'static str, Vec<(&'static str, String)>, T);

/// The path of the role that the only binding grants.
fn resolved(files: &[(&str, String)]) -> Option<String> {
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let index = index(&files);
    let role = index.role_of(&index.bindings()[0])?;
    assert_eq!(index.bindings_of(&role.object.id, role.object.source()).count(), 1, "and back");
    Some(files[role.object.source().0 as usize].0.to_owned())
}

#[test]
fn a_role_reference_means_the_nearest_role_or_none() {
    let r = |namespace: &str| object("Role", namespace, "r", "rules: []");
    let b = |namespace: &str| binding(namespace, "Role", "r");
    let both = |namespace: &str| format!("{}{}", b(namespace), r(namespace));
    let cases: Vec<Case<Option<&str>>> = vec![
        ("in the same file", vec![("a/x.yaml", both("")), ("a/y.yaml", r(""))], Some("a/x.yaml")),
        (
            "in the same directory",
            vec![("a/b.yaml", b("")), ("a/r.yaml", r("")), ("c/r.yaml", r(""))],
            Some("a/r.yaml"),
        ),
        (
            "twice in the same directory",
            vec![("a/b.yaml", b("")), ("a/r.yaml", r("")), ("a/s.yaml", r(""))],
            None,
        ),
        ("twice in the same file", vec![("a/b.yaml", format!("{}{}{}", b(""), r(""), r("")))], None),
        (
            "below the nearest shared parent",
            vec![("a/b/b.yaml", b("")), ("a/c/r.yaml", r("")), ("d/r.yaml", r(""))],
            Some("a/c/r.yaml"),
        ),
        ("twice below it", vec![("a/b/b.yaml", b("")), ("a/c/r.yaml", r("")), ("a/d/r.yaml", r(""))], None),
        (
            "in a folder below",
            vec![("a/b.yaml", b("")), ("a/base/r.yaml", r("")), ("r.yaml", r(""))],
            Some("a/base/r.yaml"),
        ),
        ("alone, far away", vec![("a/b.yaml", b("")), ("d/e/r.yaml", r(""))], Some("d/e/r.yaml")),
        (
            "in the same namespace",
            vec![("a/b.yaml", b("x")), ("a/r.yaml", r("x")), ("a/s.yaml", r("y"))],
            Some("a/r.yaml"),
        ),
        ("only in another namespace", vec![("a/b.yaml", b("x")), ("a/r.yaml", r("y"))], None),
        ("open against set", vec![("a/b.yaml", b("")), ("a/r.yaml", r("y"))], Some("a/r.yaml")),
        (
            "set against open and set",
            vec![("a/b.yaml", b("x")), ("a/r.yaml", r("")), ("a/s.yaml", r("x"))],
            Some("a/s.yaml"),
        ),
        ("open against two", vec![("a/b.yaml", b("")), ("a/r.yaml", r("x")), ("a/s.yaml", r("y"))], None),
        ("of another kind", vec![("a/b.yaml", binding("", "ClusterRole", "r")), ("a/r.yaml", r(""))], None),
    ];
    for (what, files, expected) in cases {
        assert_eq!(resolved(&files).as_deref(), expected, "{what}");
    }
}

/// The names of the bindings that grant something to the only workload's account.
fn bound_to_workload(files: &[(&str, String)]) -> Vec<String> {
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let index = index(&files);
    let name = |(binding, _): (&Binding, _)| binding.object.id.name.clone();
    index.bindings_of_workload(&index.workloads()[0]).into_iter().map(name).collect()
}

fn bound(kind: &str, namespace: &str, name: &str, subject: &str) -> String {
    let rest = format!("roleRef: {{kind: ClusterRole, name: view}}\nsubjects: [{{{subject}}}]");
    object(kind, namespace, name, &rest)
}

#[test]
fn a_workload_gets_the_rights_of_its_account_and_of_no_namesake() {
    let pod =
        |namespace: &str| object("Pod", namespace, "p", "spec: {serviceAccountName: sa, containers: []}");
    let bare = |namespace: &str| object("Pod", namespace, "p", "spec: {containers: []}");
    let account = |namespace: &str| object("ServiceAccount", namespace, "sa", "");
    let sa = |namespace: &str| format!("kind: ServiceAccount, name: sa, namespace: {namespace}");
    let crb = |name: &str, subject: &str| bound("ClusterRoleBinding", "", name, subject);
    let cases: Vec<Case<&[&str]>> = vec![
        (
            "the account and its binding",
            vec![("a.yaml", pod("x") + &account("x") + &crb("b", &sa("x")))],
            &["b"],
        ),
        ("another namespace", vec![("a.yaml", pod("x") + &account("x") + &crb("b", &sa("y")))], &[]),
        ("a namespace that is open", vec![("a.yaml", pod("") + &account("") + &crb("b", &sa("y")))], &["b"]),
        (
            "a RoleBinding lends its namespace",
            vec![(
                "a.yaml",
                pod("x") + &account("x") + &bound("RoleBinding", "x", "b", "kind: ServiceAccount, name: sa"),
            )],
            &["b"],
        ),
        (
            "an account as the user that it is",
            vec![(
                "a.yaml",
                pod("x") + &account("x") + &crb("b", "kind: User, name: \"system:serviceaccount:x:sa\""),
            )],
            &["b"],
        ),
        (
            "a user of that name",
            vec![("a.yaml", pod("x") + &account("x") + &crb("b", "kind: User, name: sa"))],
            &[],
        ),
        (
            "the default account, which no file has",
            vec![("a.yaml", bare("x") + &crb("b", "kind: ServiceAccount, name: default, namespace: x"))],
            &["b"],
        ),
        (
            "the same app in two clusters",
            vec![
                ("dev/a.yaml", pod("x") + &account("x")),
                ("dev/b.yaml", crb("dev", &sa("x"))),
                ("prod/a.yaml", account("x")),
                ("prod/b.yaml", crb("prod", &sa("x"))),
            ],
            &["dev"],
        ),
        (
            "without the account, the nearest of the same namespace",
            vec![
                ("c/dev/a.yaml", pod("x")),
                ("c/b.yaml", crb("near", &sa("x"))),
                ("d/b.yaml", crb("far", &sa("x"))),
            ],
            &["near"],
        ),
        (
            "without the account, nothing far with an open namespace",
            vec![("a/a.yaml", pod("")), ("b/b.yaml", crb("b", &sa("x")))],
            &[],
        ),
    ];
    for (what, files, expected) in cases {
        assert_eq!(bound_to_workload(&files), expected, "{what}");
    }
}

#[test]
fn the_bindings_of_a_role_are_told_up_to_a_few() {
    let mut text = object("ClusterRole", "", "r", "rules: []");
    for n in 1..=5 {
        let rest = format!(
            "roleRef: {{kind: ClusterRole, name: r}}\nsubjects: [{{kind: Group, name: g{n}}}, {{kind: User, name: u}}, {{kind: User, name: v}}]"
        );
        text += &object("RoleBinding", &format!("n{n}"), "b", &rest);
    }
    text += &binding("n6", "ClusterRole", "r");
    let index = index(&[("a.yaml", &text)]);
    let role = &index.roles()[0].object;
    let live: Vec<String> = index.live_bindings(&role.id, role.head).map(|(_, text)| text).collect();
    assert_eq!(
        live,
        [
            "bound by RoleBinding n1/b to Group g1, User u and 1 more",
            "bound by RoleBinding n2/b to Group g2, User u and 1 more",
            "bound by RoleBinding n3/b to Group g3, User u and 1 more, and 2 more bindings",
        ]
    );
}

#[test]
fn an_aggregated_role_is_live_through_the_roles_that_take_it_up() {
    let part = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: part\n  labels: {in: whole, rbac.authorization.k8s.io/aggregate-to-view: \"true\"}\nrules:\n  - {apiGroups: [\"\"], resources: [pods], verbs: [get]}\n";
    let whole = object(
        "ClusterRole",
        "",
        "whole",
        "aggregationRule: {clusterRoleSelectors: [{matchLabels: {in: whole}}]}\nrules: [{apiGroups: [x], resources: [y], verbs: [z]}]",
    );
    let bindings = bound("ClusterRoleBinding", "", "viewers", "kind: Group, name: g")
        + &object(
            "ClusterRoleBinding",
            "",
            "all",
            "roleRef: {kind: ClusterRole, name: whole}\nsubjects: [{kind: Group, name: h}]",
        );
    let text = format!("{part}{whole}{bindings}");
    let index = index(&[("a.yaml", &text)]);
    let (part, whole) = (&index.roles()[0], &index.roles()[1]);
    let rules = index.rules_of(whole);
    assert_eq!(rules.len(), 1, "the API server writes over its own rules");
    assert_eq!(rules[0].0.object.id, part.object.id);
    let live: Vec<String> =
        index.live_bindings(&part.object.id, part.object.head).map(|(_, text)| text).collect();
    assert_eq!(
        live,
        [
            "bound by ClusterRoleBinding all to Group h through ClusterRole whole",
            "bound by ClusterRoleBinding viewers to Group g through ClusterRole view",
        ]
    );
}

#[test]
fn the_index_does_not_depend_on_anything_but_order_and_paths() {
    let files = [("a/a.yaml", CONTROLLER), ("b/a.yaml", CONTROLLER)];
    let shape = |index: &Index| format!("{index:?}");
    assert_eq!(shape(&index(&files)), shape(&index(&files)));
}
