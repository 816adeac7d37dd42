//! `extends` and `required-version`: configurations made of several files.

use plimsoll::{
    base::Severity,
    config::{Overrides, Resolver, load},
    rule::{Platform, Registry},
    walk::{Options, walk},
};

use super::dir::Dir;

fn registry() -> Registry {
    Registry::embedded().unwrap()
}

/// What is wrong with the configurations below `dir`, without the folder's own name.
fn broken(dir: &Dir) -> Vec<String> {
    let registry = registry();
    let resolver = Resolver::new(&registry, Overrides::default());
    walk(&[dir.path().to_path_buf()], &Options::default(), &resolver);
    let own = format!("{}/", dir.path().display());
    resolver.broken().iter().map(|it| it.to_string().replace(&own, "")).collect()
}

#[test]
fn the_nearer_file_wins_key_by_key() {
    let dir = Dir::new();
    dir.write("base.yaml", "fail-on: high\nmin-severity: low\nselect: host-network\nrules: {host-pid: low, host-network: low}\nignore: host-ipc\n");
    dir.write("mid.yaml", "platform: aks\nfail-on: info\nignore: []\n");
    dir.write(
        "team/.plimsoll.yaml",
        "extends: [../base.yaml, ../mid.yaml]\nprofiles: all\nrules: {host-pid: critical}\n",
    );
    let registry = registry();
    let resolver = Resolver::new(&registry, Overrides::default());
    let settings = resolver.settings_for(&dir.path().join("team/x.yaml")).unwrap();
    assert_eq!(settings.fail_on, Severity::Info, "the last one is the strongest");
    assert_eq!((settings.min_severity, settings.platform), (Severity::Low, Some(Platform::Aks)));
    let severity = |id: &str| {
        let rule = settings.rules.iter().find(|it| registry.rules()[it.rule].id.as_str() == id);
        rule.map(|rule| rule.severity)
    };
    assert_eq!(severity("host-pid"), Some(Severity::Critical));
    assert_eq!(severity("host-network"), Some(Severity::Low), "rules are taken over one by one");
    assert!(severity("host-ipc").is_some(), "an empty list takes back what the other file says");
}

#[test]
fn exclusions_begin_in_the_folder_of_the_file_that_has_them() {
    let dir = Dir::new();
    let registry = registry();
    dir.write("base.yaml", "exclude: [/team/gen, vendor]\n");
    dir.write("team/.plimsoll.yaml", "extends: ../base.yaml\n");
    dir.write("team/deep/.plimsoll.yaml", "extends: ../.plimsoll.yaml\n");
    for file in ["team/gen/a.yaml", "team/vendor/a.yaml", "team/x/gen/a.yaml", "team/a.yaml"] {
        dir.write(file, "");
    }
    dir.write("team/deep/vendor/a.yaml", "");
    let resolver = Resolver::new(&registry, Overrides::default());
    let found = walk(&[dir.path().join("team")], &Options::default(), &resolver);
    let own = format!("{}/", dir.path().display());
    let found: Vec<_> = found.files.iter().map(|file| file.shown.replace(&own, "")).collect();
    assert_eq!(found, ["team/a.yaml", "team/x/gen/a.yaml"]);
}

#[test]
fn a_circle_is_refused_where_it_closes() {
    let dir = Dir::new();
    dir.write(".plimsoll.yaml", "fail-on: high\nextends: a.yaml\n");
    dir.write("a.yaml", "\nextends:\n  - ./b.yaml\n");
    dir.write("b.yaml", "extends: a.yaml\n");
    assert_eq!(
        broken(&dir),
        ["b.yaml:1:10: error: `a.yaml` extends this file, directly or by way of others"]
    );
    dir.write("a.yaml", "extends: ../x/../a.yaml\n");
    assert_eq!(broken(&dir).len(), 1);
    dir.write("a.yaml", "extends: a.yaml\n");
    assert_eq!(
        broken(&dir),
        ["a.yaml:1:10: error: `a.yaml` extends this file, directly or by way of others"]
    );
}

#[test]
fn a_maze_of_files_has_an_end() {
    let dir = Dir::new();
    dir.write(".plimsoll.yaml", "extends: [0.yaml, 0.yaml]\n");
    for at in 0..30 {
        dir.write(&format!("{at}.yaml"), &format!("extends: [{0}.yaml, {0}.yaml]\n", at + 1));
    }
    dir.write("30.yaml", "");
    let broken = broken(&dir).join("");
    assert!(broken.ends_with("a configuration is made of 64 files at most"), "{broken}");
}

#[test]
fn what_cannot_be_extended_is_told_with_its_line_and_once() {
    let dir = Dir::new();
    dir.write("a/.plimsoll.yaml", "slect: x\nextends: [nowhere.yaml, /etc/x.yaml, ..]\n");
    dir.write("b/.plimsoll.yaml", "extends: ../base.yaml\n");
    dir.write("c/.plimsoll.yaml", "extends: ../base.yaml\n");
    dir.write("base.yaml", "fail-on: never\n");
    assert_eq!(
        broken(&dir),
        [
            "a/.plimsoll.yaml:1:1: error: unknown key `slect`\n  help: did you mean `select`?\n\
             a/.plimsoll.yaml:2:11: error: cannot read `nowhere.yaml`: no such file or directory\n\
             a/.plimsoll.yaml:2:25: error: `/etc/x.yaml` is not a relative path\n  help: write the way to a file from this one: `../shared.yaml`\n\
             a/.plimsoll.yaml:2:38: error: cannot read `..`: not a regular file",
            "base.yaml:1:10: error: `never` is not a severity\n  help: the severities are critical, high, medium, low, info",
        ]
    );
}

#[test]
fn a_configuration_for_another_version_says_only_that() {
    let registry = registry();
    let told = |text: &str| load(text, "c.yaml", &registry).map(|_| ()).map_err(|it| it.to_string());
    assert_eq!(told("required-version: \">=0.1\"\n"), Ok(()));
    let other = told("newer: key\nrequired-version: \">=99\"\nother: key\n").unwrap_err();
    assert!(
        other.starts_with("c.yaml:2:19: error: plimsoll ") && other.ends_with(" is not `>=99`"),
        "{other}"
    );
    assert_eq!(
        told("required-version: 0.1\nnewer: key\n").unwrap_err().lines().next(),
        Some("c.yaml:1:19: error: `0.1` is not a comparison with a version")
    );
}
