//! `.plimsoll.yaml`: what it says, what is wrong with it, and where it holds.

use std::{borrow::Cow, collections::BTreeMap, path::Path};

use plimsoll::{
    base::{Minor, Severity},
    config::{Config, Overrides, Resolver, Selector, Settings, load},
    rule::{Literal, Literals, Platform, Profile, Registry, Rule},
    walk::{Options, walk},
};

use super::dir::Dir;

/// A registry of its own, so that the tests do not move with the shipped rules.
fn registry() -> Registry {
    let rule = |family: &str, id: &str, more: &str| {
        let text = format!(
            "id: {id}\ntitle: T\nseverity: high\nsince: 0.1.0\nkinds: [any]\ncheck: {{native: none}}\n{more}"
        );
        Rule::from_yaml(family, id, text).unwrap()
    };
    let params = "params:\n  max: {about: A., default: 3}\n  share: {about: A., default: 0.5}\n  names: {about: A., default: [a]}\n  strict: {about: A., default: false}\n";
    let rules = vec![
        rule("rbac", "wildcard-verbs", "profiles: [default, restricted]\n"),
        rule("rbac", "cluster-admin", "profiles: [restricted]\n"),
        rule("pod", "host-network", &format!("profiles: [default, baseline]\n{params}")),
        rule("pod", "host-pid", "profiles: [baseline]\n"),
        rule("pod", "aks-only", "profiles: [default]\nplatform: aks\n"),
        rule("pod", "old-only", "profiles: [default]\nkubernetes: {until: \"1.30\"}\n"),
    ];
    let names = ["default", "baseline", "restricted", "all"];
    let profiles = names.map(|name| Profile { name: name.to_owned(), about: String::new() });
    Registry::new(rules, profiles.into())
}

fn config(text: &str, registry: &Registry) -> Config {
    load(text, ".plimsoll.yaml", registry).unwrap_or_else(|broken| panic!("{broken}"))
}

fn errors(text: &str) -> String {
    load(text, "c.yaml", &registry()).expect_err(text).to_string()
}

/// The ids of the rules that run.
fn ids(settings: &Settings, registry: &Registry) -> String {
    let ids: Vec<_> = settings.rules.iter().map(|it| registry.rules()[it.rule].id.as_str()).collect();
    ids.join(" ")
}

fn chosen(text: &str, overrides: &Overrides) -> String {
    let registry = registry();
    ids(&config(text, &registry).settings(&registry, overrides), &registry)
}

#[test]
fn an_empty_configuration_runs_the_default_profile() {
    for text in ["", "# nothing\n", "---\n", "{}\n", "select:\nrules:\n"] {
        assert_eq!(chosen(text, &Overrides::default()), "host-network wildcard-verbs", "{text:?}");
    }
    let registry = registry();
    let settings = Config::default().settings(&registry, &Overrides::default());
    assert_eq!(
        (settings.target, settings.platform, settings.min_severity, settings.fail_on),
        (Minor::NEWEST, None, Severity::Info, Severity::Medium)
    );
}

#[test]
fn every_key_says_what_it_means() {
    let registry = registry();
    let text = "\
profiles: [baseline, restricted]
extend-select: [aks-only]
ignore: ['rbac/*']
rules:
  host-network:
    severity: low
    params: {max: 5, share: 1, names: [x, \"1\"], strict: true}
  host-pid: off
platform: aks
kubernetes-version: \"1.29\"
exclude: vendor
fail-on: high
min-severity: low
";
    let settings = config(text, &registry).settings(&registry, &Overrides::default());
    assert_eq!(ids(&settings, &registry), "aks-only host-network");
    assert_eq!(settings.target, Minor(29));
    assert_eq!(settings.platform, Some(Platform::Aks));
    assert_eq!((settings.fail_on, settings.min_severity), (Severity::High, Severity::Low));
    let host_network = &settings.rules[1];
    assert_eq!(host_network.severity, Severity::Low);
    let text = |text: &str| Literal::Text(text.to_owned());
    let expected: BTreeMap<_, _> = [
        ("max", Literals::One(Literal::Int(5))),
        ("share", Literals::One(Literal::Float(1.0))),
        ("names", Literals::Many(vec![text("x"), text("1")])),
        ("strict", Literals::One(Literal::Bool(true))),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    assert_eq!(host_network.params, expected);
}

#[test]
fn a_rule_runs_where_its_platform_and_versions_say() {
    assert_eq!(chosen("platform: aks\n", &Overrides::default()), "aks-only host-network wildcard-verbs");
    let version = |text: &str| chosen(&format!("kubernetes-version: '{text}'\n"), &Overrides::default());
    assert_eq!(version("1.29"), "host-network old-only wildcard-verbs");
    assert_eq!(version("1.30"), "host-network wildcard-verbs");
}

#[test]
fn selectors_and_switches_choose_in_this_order() {
    let none = Overrides::default();
    for (text, expected) in [
        ("select: host-pid\n", "host-pid"),
        ("select: 'rbac/*'\nprofiles: baseline\n", "cluster-admin wildcard-verbs"),
        ("select: []\n", ""),
        ("select: '*'\nignore: pod/*\n", "cluster-admin wildcard-verbs"),
        ("extend-select: cluster-admin\n", "host-network cluster-admin wildcard-verbs"),
        ("extend-select: cluster-admin\nignore: cluster-admin\n", "host-network wildcard-verbs"),
        ("profiles: all\n", "host-network host-pid cluster-admin wildcard-verbs"),
        ("rules: {host-network: false}\n", "wildcard-verbs"),
        ("rules: {host-network: {off: true, severity: low}}\n", "wildcard-verbs"),
        ("rules: {host-pid: critical}\n", "host-network wildcard-verbs"),
    ] {
        assert_eq!(chosen(text, &none), expected, "{text}");
    }
}

#[test]
fn the_command_line_beats_the_file() {
    let registry = registry();
    let select = |text: &str| -> Vec<Selector> {
        text.split(' ').map(|word| Selector::parse(word, &registry).unwrap()).collect()
    };
    let file =
        "profiles: baseline\nextend-select: cluster-admin\nignore: host-pid\nrules: {host-network: off}\n";
    let case = |change: fn(&mut Overrides, Vec<Selector>), words: &str| {
        let mut overrides = Overrides::default();
        change(&mut overrides, select(words));
        chosen(file, &overrides)
    };
    assert_eq!(chosen(file, &Overrides::default()), "cluster-admin");
    assert_eq!(case(|it, s| it.select = Some(s), "rbac/*"), "cluster-admin wildcard-verbs");
    assert_eq!(case(|it, s| it.select = Some(s), "pod/*"), "", "in bulk, the file's exceptions stay");
    assert_eq!(
        case(|it, s| it.select = Some(s), "host-pid host-network"),
        "host-network host-pid",
        "by name, not"
    );
    assert_eq!(case(|it, s| it.extend_select = s, "host-network"), "host-network cluster-admin");
    assert_eq!(case(|it, s| it.ignore = s, "cluster-admin"), "");
    assert_eq!(case(|it, s| (it.select, it.ignore) = (Some(s.clone()), s), "host-pid"), "");
    let profile = Overrides { profiles: vec!["restricted".to_owned()], ..Overrides::default() };
    assert_eq!(chosen(file, &profile), "cluster-admin wildcard-verbs");

    let file = "kubernetes-version: '1.20'\nfail-on: low\nmin-severity: low\nplatform: aks\n";
    let overrides = Overrides {
        kubernetes_version: Some(Minor(31)),
        fail_on: Some(Severity::Critical),
        min_severity: Some(Severity::High),
        ..Overrides::default()
    };
    let settings = config(file, &registry).settings(&registry, &overrides);
    assert_eq!(
        (settings.target, settings.fail_on, settings.min_severity, settings.platform),
        (Minor(31), Severity::Critical, Severity::High, Some(Platform::Aks))
    );
}

#[test]
fn every_mistake_is_told_at_once_with_its_place() {
    let text = "\
profiles: [defualt]
slect: [x]
select: [host-netwrok, rbac, rbca/*, '*']
rules:
  host-pdi: off
  host-pid: hihg
  host-network:
    sevrity: low
    max: 4
    params: {max: many, nmaes: [b], names: 5}
  rbac/*: off
platform: azure
kubernetes-version: 1.30
exclude: ['!x', ok]
fail-on: warning
fail-on: low
";
    assert_eq!(
        errors(text),
        "\
c.yaml:1:12: error: unknown profile `defualt`
  help: did you mean `default`?
c.yaml:2:1: error: unknown key `slect`
  help: did you mean `select`?
c.yaml:3:10: error: unknown rule `host-netwrok`
  help: did you mean `host-network`?
c.yaml:3:24: error: `rbac` is a family, not a rule
  help: write `rbac/*` for all of its rules
c.yaml:3:30: error: unknown family `rbca`
  help: did you mean `rbac/*`?
c.yaml:5:3: error: unknown rule `host-pdi`
  help: did you mean `host-pid`?
c.yaml:6:13: error: expected `off`, a severity, or a mapping of severity, off, params, found `hihg`
  help: did you mean `high`?
c.yaml:8:5: error: unknown key `sevrity`
  help: did you mean `severity`?
c.yaml:9:5: error: `max` is a parameter of the rule
  help: write it under `params`: `params: {max: …}`
c.yaml:10:19: error: expected a whole number, found `many`
c.yaml:10:25: error: unknown parameter `nmaes`
  help: did you mean `names`?
c.yaml:10:44: error: expected text, found the number `5`
  help: quotes make text of it
c.yaml:11:3: error: `rbac/*` is not a rule
  help: name single rules here; `ignore` takes whole families
c.yaml:12:11: error: unknown platform `azure`
  help: the only platform with rules of its own is `aks`
c.yaml:13:21: error: `1.30` without quotes is the number 1.3, not a version
  help: write \"1.30\"
c.yaml:14:11: error: `!x`: `!` has no meaning here: there is nothing to take back
c.yaml:16:1: error: `fail-on` is given twice
  help: first on line 15"
    );
}

#[test]
fn wrong_forms_are_errors_and_never_a_silent_nothing() {
    for (text, expected) in [
        ("- a\n", "c.yaml:1:3: error: expected a mapping of settings, found a list"),
        ("just words\n", "c.yaml:1:1: error: expected a mapping of settings, found `just words`"),
        ("select: {a: b}\n", "c.yaml:1:10: error: expected a word, found a mapping"),
        ("select: [[a]]\n", "c.yaml:1:11: error: expected a word, found a list"),
        (
            "rules: [host-pid]\n",
            "c.yaml:1:9: error: expected a mapping from rules to what holds for them, found a list",
        ),
        (
            "rules:\n  host-pid:\n",
            "c.yaml:2:3: error: expected `off`, a severity, or a mapping of severity, off, params, found nothing",
        ),
        (
            "rules: {host-pid: {off: maybe}}\n",
            "c.yaml:1:25: error: expected `true` or `false`, found `maybe`",
        ),
        (
            "rules: {host-pid: {params: {x: 1}}}\n",
            "c.yaml:1:29: error: unknown parameter `x`\n  help: `host-pid` has no parameters",
        ),
        (
            "kubernetes-version: 1.31\n",
            "c.yaml:1:21: error: `1.31` without quotes is the number 1.31, not a version\n  help: write \"1.31\"",
        ),
        (
            "kubernetes-version: new\n",
            "c.yaml:1:21: error: `new` is not a Kubernetes version\n  help: write it as \"1.37\", in quotes",
        ),
        (
            "kubernetes-version: 30\n",
            "c.yaml:1:21: error: `30` is not a Kubernetes version\n  help: write it as \"1.37\", in quotes",
        ),
        ("fail-on: info\n---\nfail-on: low\n", "c.yaml:3:1: error: a configuration is a single document"),
        (
            "zzz: 1\n",
            "c.yaml:1:1: error: unknown key `zzz`\n  help: the keys are required-version, extends, profiles, select, extend-select, ignore, rules, platform, kubernetes-version, exclude, fail-on, min-severity, overrides, peer-ignores, require-reason",
        ),
        (
            "exclude: ['a[', ../b]\n",
            "c.yaml:1:11: error: `a[`: not a glob: unclosed character class; missing ']'\nc.yaml:1:17: error: `../b`: a pattern cannot reach above the folder of the configuration",
        ),
    ] {
        assert_eq!(errors(text), expected, "{text}");
    }
    assert!(
        errors("select: [a\nfail-on: low\n").starts_with("c.yaml:"),
        "a broken file says where it breaks"
    );
}

#[test]
fn the_nearest_configuration_holds_and_none_above_the_repository() {
    let dir = Dir::new();
    let registry = registry();
    dir.write(".plimsoll.yaml", "select: host-pid\n");
    dir.write("repo/.git/HEAD", "");
    dir.write("repo/a/b/c.yaml", "");
    dir.write("repo/a/.plimsoll.yml", "select: cluster-admin\n");
    dir.write("repo/d/e.yaml", "");
    dir.write("f/g.yaml", "");
    let resolver = Resolver::new(&registry, Overrides::default());
    let at = |file: &str| ids(&resolver.settings_for(&dir.path().join(file)).unwrap(), &registry);
    assert_eq!(at("repo/a/b/c.yaml"), "cluster-admin");
    assert_eq!(at("repo/a/x.yaml"), "cluster-admin");
    assert_eq!(
        at("repo/d/e.yaml"),
        "host-network wildcard-verbs",
        "the outer one belongs to another repository"
    );
    assert_eq!(at("f/g.yaml"), "host-pid");
    assert_eq!(at("f/../repo/a/b/c.yaml"), "cluster-admin");

    let isolated = Resolver::isolated(&registry, Overrides::default());
    let settings = isolated.settings_for(&dir.path().join("f/g.yaml")).unwrap();
    assert_eq!(ids(&settings, &registry), "host-network wildcard-verbs");
    let file = dir.path().join(".plimsoll.yaml");
    let explicit = Resolver::with_config(&registry, Overrides::default(), &file).unwrap();
    let settings = explicit.settings_for(&dir.path().join("repo/a/b/c.yaml")).unwrap();
    assert_eq!(ids(&settings, &registry), "host-pid");
}

fn walked(dir: &Dir, resolver: &Resolver<'_>) -> Vec<String> {
    let files = walk(&[dir.path().to_path_buf()], &Options::default(), resolver).files;
    let own = format!("{}/", dir.path().display());
    files.into_iter().map(|file| file.shown.replace(&own, "")).collect()
}

#[test]
fn exclusions_begin_at_their_file_and_hold_below_it() {
    let dir = Dir::new();
    let registry = registry();
    dir.write(".plimsoll.yaml", "exclude: [/gen, vendor, 'a/*.tmp.yaml']\n");
    for file in
        ["gen/x.yaml", "a/gen/x.yaml", "a/vendor/deep/x.yaml", "a/y.tmp.yaml", "b/y.tmp.yaml", "z.yaml"]
    {
        dir.write(file, "");
    }
    dir.write("c/.plimsoll.yaml", "exclude: sub/\n");
    dir.write("c/sub/x.yaml", "");
    dir.write("c/vendor/x.yaml", "");
    let resolver = Resolver::new(&registry, Overrides::default());
    assert_eq!(walked(&dir, &resolver), ["a/gen/x.yaml", "b/y.tmp.yaml", "c/vendor/x.yaml", "z.yaml"]);
    let isolated = Resolver::isolated(&registry, Overrides::default());
    assert_eq!(walked(&dir, &isolated).len(), 8);

    let explicit =
        Resolver::with_config(&registry, Overrides::default(), &dir.path().join("c/.plimsoll.yaml"));
    assert_eq!(walked(&dir, &explicit.unwrap()).len(), 7, "the globs begin at the file's own folder");
}

#[test]
fn every_broken_configuration_that_a_walk_meets_is_told_once() {
    let dir = Dir::new();
    let registry = registry();
    dir.write("a/.plimsoll.yaml", "slect: x\n");
    dir.write("a/b/x.yaml", "");
    dir.write("c/.plimsoll.yaml", "fail-on: 5\n");
    dir.write("c/x.yaml", "");
    dir.write("d/.plimsoll.yaml/x.yaml", "");
    let resolver = Resolver::new(&registry, Overrides::default());
    walked(&dir, &resolver);
    assert!(resolver.settings_for(&dir.path().join("a/b/x.yaml")).is_err());
    let own = format!("{}/", dir.path().display());
    let broken: Vec<_> = resolver.broken().iter().map(|it| it.to_string().replace(&own, "")).collect();
    assert_eq!(
        broken,
        [
            "a/.plimsoll.yaml:1:1: error: unknown key `slect`\n  help: did you mean `select`?",
            "c/.plimsoll.yaml:1:10: error: `5` is not a severity\n  help: the severities are critical, high, medium, low, info",
            "d/.plimsoll.yaml: error: not a regular file",
        ]
    );
    let missing =
        Resolver::with_config(&registry, Overrides::default(), Path::new("/nowhere/x.yaml")).unwrap_err();
    assert_eq!(missing.to_string(), "/nowhere/x.yaml: error: no such file or directory");
}

#[test]
fn anchors_and_merges_work_in_a_configuration() {
    let text = "rules:\n  host-network: &low {severity: low}\n  host-pid:\n    <<: *low\n    off: true\nselect: '*'\n";
    let registry = registry();
    let settings = config(text, &registry).settings(&registry, &Overrides::default());
    assert_eq!(ids(&settings, &registry), "host-network cluster-admin wildcard-verbs");
    assert_eq!(settings.rules[0].severity, Severity::Low);
}

#[test]
fn the_shipped_profiles_are_known() {
    let registry = Registry::embedded().unwrap();
    let names: Vec<Cow<'_, str>> =
        registry.profiles().iter().map(|profile| profile.name.as_str().into()).collect();
    let text = format!("profiles: [{}]\n", names.join(", "));
    assert!(names.len() >= 8);
    config(&text, &registry);
}

#[test]
fn the_configuration_in_the_readme_is_a_good_one() {
    let readme = include_str!("../../README.md");
    let block = readme.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    config(block, &Registry::embedded().unwrap());
}
