//! `plimsoll config` and `plimsoll init`: what they print and what they write.

use std::process::{Command, Stdio};

use super::dir::Dir;

/// (exit code, standard output, standard error)
fn run(dir: &Dir, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.current_dir(dir.path()).stdin(Stdio::null()).env_remove("PLIMSOLL_OUTPUT_FORMAT");
    let output = command.args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// An empty repository.
fn repository() -> Dir {
    let dir = Dir::new();
    dir.write(".git/HEAD", "");
    dir
}

#[test]
fn what_holds_for_a_file_is_shown_with_its_reasons() {
    let dir = repository();
    dir.write(
        "base.yaml",
        "ignore: host-ipc\noverrides:\n  - {paths: team, kinds: Pod, reason: old pods, ignore: rbac/*}\n  - {paths: other, reason: elsewhere, ignore: '*'}\n",
    );
    dir.write(
        "team/.plimsoll.yaml",
        "extends: ../base.yaml\nselect: [host-pid, host-ipc, privileged-container, seccomp-field-unsupported]\nextend-select: host-network\nexclude: a\nrules: {host-pid: off, privileged-container: low}\nfail-on: high\n",
    );
    let (code, out, err) = run(&dir, &["config", "show", "team/a/x.yaml"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let lines: Vec<_> =
        out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let version = format!("kubernetes {}", plimsoll::base::Minor::NEWEST);
    let unsupported =
        format!("off seccomp-field-unsupported, not about Kubernetes {}", plimsoll::base::Minor::NEWEST);
    let mut expected = vec![
        "team/a/x.yaml",
        "configuration team/.plimsoll.yaml",
        "extends base.yaml",
        "excluded by `exclude`; linted only when it is named",
        "rules from `select`",
        &version,
        "shown from info",
        "fails from high",
        "rules 2 run",
        "off host-pid, by `rules`",
        "off host-ipc, by `ignore`",
        &unsupported,
        "added host-network, by `extend-select`",
        "changed privileged-container: low, not critical",
        "override base.yaml:3 (some of its objects): old pods",
    ];
    let mut sorted = lines.clone();
    sorted.sort();
    expected.sort_unstable();
    assert_eq!(sorted, expected, "{out}");
    let (_, out, _) = run(&dir, &["config", "show", "team/a", "--isolated"]);
    assert!(out.contains("configuration  none") && !out.contains("override"), "{out}");
}

#[test]
fn a_broken_configuration_is_told_instead_of_shown() {
    let dir = repository();
    dir.write(".plimsoll.yaml", "ignore: host-pud\n");
    let (code, out, err) = run(&dir, &["config", "show", "x.yaml"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.starts_with(".plimsoll.yaml:1:9: error: unknown rule `host-pud`"), "{err}");
}

#[test]
fn the_schema_that_is_printed_is_the_one_in_the_docs() {
    let (code, out, _) = run(&repository(), &["config", "schema"]);
    assert_eq!((code, out.as_str()), (0, include_str!("../../docs/plimsoll.schema.json")));
}
