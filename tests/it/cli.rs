//! The binary from the outside: what it prints where, and how it ends.

use std::{
    fs,
    io::{Read, Write},
    process::{Command, Stdio},
};

use super::dir::{Dir, ended, plimsoll};

const PRIVILEGED: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
    - name: c
      securityContext:
        privileged: true
";
const CLEAN: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
/// Only this rule, so that the tests do not move when rules are added.
const ONE: &str = "--select=privileged-container";

/// What a run came to.
#[derive(Debug, PartialEq, Eq)]
struct Run {
    code: i32,
    out: String,
    err: String,
}

fn command(dir: &Dir, arguments: &[&str]) -> Command {
    plimsoll(dir.path(), arguments)
}

fn finish(command: Command) -> Run {
    let (code, out, err) = ended(command);
    Run { code, out, err }
}

fn run(dir: &Dir, arguments: &[&str]) -> Run {
    finish(command(dir, arguments))
}

fn privileged() -> Dir {
    Dir::repository(&[("pod.yaml", PRIVILEGED)])
}

#[test]
fn check_is_what_happens_when_no_command_is_named() {
    let dir = privileged();
    let runs =
        [vec!["check", ONE, "."], vec!["check", ONE], vec![ONE, "."], vec![ONE], vec![ONE, "pod.yaml"]];
    for arguments in runs {
        let Run { code, out, .. } = run(&dir, &arguments);
        assert_eq!(code, 1, "{arguments:?}");
        assert!(out.starts_with("pod.yaml:8:21: critical privileged-container: "), "{arguments:?}: {out}");
        assert_eq!(out.lines().count(), 1, "{arguments:?}: {out}");
    }
}

#[test]
fn findings_go_to_standard_output_and_everything_else_to_standard_error() {
    let dir = privileged();
    let Run { err, .. } = run(&dir, &[ONE]);
    assert!(err.starts_with("1 finding (1 critical) in 1 object, 1 file"), "{err}");
    assert_eq!(err.lines().count(), 1, "no progress bar in a pipe: {err}");
    assert_eq!(run(&dir, &[ONE, "--quiet"]).err, "");
    let Run { code, err, .. } = run(&dir, &[ONE, "-q", "nowhere", "pod.yaml"]);
    assert_eq!((code, err.as_str()), (2, "error: cannot read nowhere: no such file or directory\n"));
}

#[test]
fn the_exit_code_says_how_it_went_and_no_format_changes_it() {
    let found = privileged();
    let clean = Dir::repository(&[("a.yaml", CLEAN)]);
    let empty = Dir::repository(&[("values.json", "{}"), ("notes.txt", "")]);
    for (dir, arguments, code) in [
        (&clean, vec![ONE], 0),
        (&found, vec![ONE], 1),
        (&found, vec![ONE, "--fail-on", "critical"], 1),
        (&found, vec![ONE, "--exit-zero"], 0),
        (&found, vec!["--ignore", "*"], 0),
        (&found, vec![ONE, "pod.yaml", "missing.yaml"], 2),
        (&found, vec![ONE, "--exit-zero", "missing.yaml"], 2),
        (&empty, vec![], 0),
        (&empty, vec!["--fail-on-empty"], 3),
        (&clean, vec!["--fail-on-empty"], 0),
        (&found, vec![ONE, "--fail-on-empty"], 1),
    ] {
        for format in ["full", "concise", "json", "sarif"] {
            let mut arguments = arguments.clone();
            arguments.extend(["--output-format", format]);
            assert_eq!(run(dir, &arguments).code, code, "{arguments:?}");
        }
    }
}

#[test]
fn severities_decide_what_is_shown_and_what_fails() {
    let dir = privileged();
    dir.write(".plimsoll.yaml", "rules: {privileged-container: low}\nselect: privileged-container\n");
    let Run { code, out, .. } = run(&dir, &[]);
    assert_eq!(code, 0, "low is below the default of --fail-on");
    assert!(out.starts_with("pod.yaml:8:21: low privileged-container: "), "{out}");
    assert_eq!(run(&dir, &["--fail-on", "low"]).code, 1);
    let Run { code, out, .. } = run(&dir, &["--fail-on", "low", "--min-severity", "medium"]);
    assert_eq!((code, out.as_str()), (0, ""));
}

#[test]
fn each_file_fails_by_its_own_configuration() {
    let dir = Dir::repository(&[("a/pod.yaml", PRIVILEGED), ("b/pod.yaml", PRIVILEGED)]);
    let low = "rules: {privileged-container: low}\nselect: privileged-container\n";
    dir.write("a/.plimsoll.yaml", low);
    dir.write("b/.plimsoll.yaml", &format!("{low}fail-on: low\n"));
    assert_eq!(run(&dir, &["a"]).code, 0);
    assert_eq!(run(&dir, &["b"]).code, 1);
    assert_eq!(run(&dir, &["a", "b"]).code, 1);
    assert_eq!(run(&dir, &["a", "b"]).out.lines().count(), 2);
}

#[test]
fn what_makes_no_sense_is_one_sentence_with_a_suggestion_and_exit_code_2() {
    let dir = privileged();
    for (arguments, expected) in [
        (
            "--select privleged-container",
            "--select: unknown rule `privleged-container`, did you mean `privileged-container`?",
        ),
        (
            "--ignore pod-security",
            "--ignore: `pod-security` is a family, not a rule\n  help: write `pod-security/*` for all of its rules",
        ),
        (
            "--extend-select pod-secrity/*",
            "--extend-select: unknown family `pod-secrity`, did you mean `pod-security/*`?",
        ),
        ("--select qqqqqq", "--select: unknown rule `qqqqqq`\n  help: `plimsoll rules` lists them all"),
        ("--profile restrcted", "--profile: unknown profile `restrcted`, did you mean `restricted`?"),
        ("--fail-on hgih", "`hgih` is no value for `--fail-on`, did you mean `high`?"),
        ("--min-severity 5", "`5` is no value for `--min-severity`: use critical, high, medium, low, info"),
        (
            "--kubernetes-version 1.x",
            "`1.x` is no value for `--kubernetes-version`: write it as 1.NN, such as 1.37",
        ),
        ("--output-format sarfi", "`sarfi` is no value for `--output-format`, did you mean `sarif`?"),
        (
            "--report x.sarif",
            "`x.sarif` is no value for `--report`: write it as FORMAT=FILE, such as sarif=out.sarif",
        ),
        (
            "--report xml=x",
            "`xml=x` is no value for `--report`: `xml` is not a format: use full, concise, grouped, json, json-lines, sarif, \
             github, gitlab, azure, junit, rdjson, markdown or html",
        ),
        ("--max-file-size big", "`big` is no value for `--max-file-size`: write it as 64MiB, below 4GiB"),
        ("--threads many", "`many` is no value for `--threads`: write a whole number"),
        ("--platform gke-autopilot", "`gke-autopilot` is no value for `--platform`: use aks"),
        ("--slect x", "there is no option `--slect`, did you mean `--select`?"),
        ("--config", "`--config` needs a value"),
        ("--config a --isolated", "`--config` and `--isolated` exclude one another"),
        ("--stdin-filename a.yaml", "`--stdin-filename` needs `-` among the paths"),
        ("-o x --report json=x", "two reports would go to `x`"),
        ("--report json=./x --report sarif=x", "two reports would go to `x`"),
        ("-o nowhere/x", "cannot write `nowhere/x`: no such file or directory"),
        ("-o .", "`.` is a folder"),
        (
            "explain privleged-container",
            "unknown rule `privleged-container`, did you mean `privileged-container`?",
        ),
        ("explain", "`<RULE>` is missing"),
        ("completions basg", "`basg` is no value for `<SHELL>`, did you mean `bash`?"),
        ("dump nowhere.yaml", "cannot read `nowhere.yaml`: no such file or directory"),
    ] {
        let words: Vec<_> = arguments.split(' ').collect();
        let Run { code, out, err } = run(&dir, &words);
        assert_eq!(
            (code, err.lines().next()),
            (2, format!("error: {expected}").lines().next()),
            "{arguments}"
        );
        assert!(err.starts_with(&format!("error: {expected}\n")), "{arguments}: {err}");
        if !arguments.starts_with("-o") {
            assert_eq!(out, "", "{arguments}");
        }
    }
}

#[test]
fn several_mistakes_are_told_at_once() {
    let dir = privileged();
    let Run { code, err, .. } = run(&dir, &["--select", "a-a-a,b-b-b", "--profile", "c-c-c"]);
    assert_eq!((code, err.matches("error: ").count()), (2, 3), "{err}");
}

#[test]
fn a_broken_configuration_stops_the_run_and_says_everything_that_is_wrong() {
    let dir = privileged();
    dir.write(".plimsoll.yaml", "slect: x\nfail-on: hgih\n");
    let Run { code, out, err } = run(&dir, &[]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert_eq!(
        err,
        ".plimsoll.yaml:1:1: error: unknown key `slect`\n  help: did you mean `select`?\n\
         .plimsoll.yaml:2:10: error: `hgih` is not a severity\n  help: did you mean `high`?\n"
    );
    assert_eq!(run(&dir, &["--isolated", ONE]).code, 1);
    dir.write("other.yaml", "select: []\n");
    assert_eq!(run(&dir, &["--config", "other.yaml", "pod.yaml"]).code, 0);
    let Run { code, err, .. } = run(&dir, &["--config", "nowhere.yaml"]);
    assert_eq!((code, err.as_str()), (2, "nowhere.yaml: error: no such file or directory\n"));
}

#[test]
fn standard_input_is_a_file_with_the_name_it_is_given() {
    let dir = Dir::repository(&[("sub/.plimsoll.yaml", "select: []\n")]);
    let piped = |arguments: &[&str]| {
        let mut command = command(&dir, arguments);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(PRIVILEGED.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, out) = piped(&[ONE, "-"]);
    assert_eq!(code, 1);
    assert!(out.starts_with("<stdin>:8:21: critical privileged-container"), "{out}");
    let (_, out) = piped(&[ONE, "--stdin-filename", "x/pod.yaml", "-"]);
    assert!(out.starts_with("x/pod.yaml:8:21: "), "{out}");
    assert_eq!(
        piped(&["--stdin-filename", "sub/pod.yaml", "-"]),
        (0, String::new()),
        "its folder's configuration"
    );
    let (code, out) = piped(&["dump", "-"]);
    assert_eq!((code, out.lines().next()), (0, Some("+STR")));
}

#[test]
fn reports_go_to_files_whole_or_not_at_all() {
    let dir = privileged();
    dir.write("out.txt", "old");
    let arguments = [ONE, "-o", "out.txt", "--report", "sarif=a.sarif", "--report", "json=a.json"];
    let Run { code, out, .. } = run(&dir, &arguments);
    assert_eq!((code, out.as_str()), (1, ""));
    let read = |file: &str| fs::read_to_string(dir.path().join(file)).unwrap();
    assert!(read("out.txt").starts_with("pod.yaml:8:21: "));
    for file in ["a.sarif", "a.json"] {
        let json: serde_json::Value = serde_json::from_str(&read(file)).unwrap();
        assert!(json.is_object(), "{file}");
    }
    let names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 5, "nothing half-written stays behind: {names:?}");
    let Run { out, .. } = run(&dir, &[ONE, "-o", "-"]);
    assert!(out.starts_with("pod.yaml:"), "{out}");
}

#[cfg(unix)]
#[test]
fn a_report_keeps_the_mode_of_its_file_follows_links_and_spares_devices() {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    let dir = privileged();
    dir.write("real.txt", "old");
    let real = dir.path().join("real.txt");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real.txt", dir.path().join("link.txt")).unwrap();
    assert_eq!(run(&dir, &[ONE, "-o", "link.txt"]).code, 1);
    assert!(dir.path().join("link.txt").is_symlink());
    assert!(fs::read_to_string(&real).unwrap().starts_with("pod.yaml:"));
    assert_eq!(real.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(run(&dir, &[ONE, "-o", "/dev/null"]).code, 1);
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
}

#[cfg(unix)]
#[test]
fn a_report_goes_where_a_link_leads_though_nothing_is_there_yet() {
    use std::os::unix::fs::symlink;
    let dir = privileged();
    fs::create_dir(dir.path().join("sub")).unwrap();
    symlink("sub/second.txt", dir.path().join("link.txt")).unwrap();
    symlink("new.txt", dir.path().join("sub/second.txt")).unwrap();
    assert_eq!(run(&dir, &[ONE, "-o", "link.txt"]).code, 1);
    for link in ["link.txt", "sub/second.txt"] {
        assert!(dir.path().join(link).is_symlink(), "{link}");
    }
    assert!(fs::read_to_string(dir.path().join("sub/new.txt")).unwrap().starts_with("pod.yaml:"));
    fs::remove_file(dir.path().join("sub/new.txt")).unwrap();
    // The same file, by its name and by that of the link.
    let Run { code, err, .. } = run(&dir, &[ONE, "-o", "link.txt", "--report", "json=sub/../sub/new.txt"]);
    assert_eq!((code, err.as_str()), (2, "error: two reports would go to `sub/../sub/new.txt`\n"));
    symlink("ring.txt", dir.path().join("ring.txt")).unwrap();
    let Run { code, err, .. } = run(&dir, &[ONE, "-o", "ring.txt"]);
    assert_eq!(code, 2, "{err}");
    assert!(err.starts_with("error: cannot write `ring.txt`: "), "{err}");
    assert!(dir.path().join("ring.txt").is_symlink());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_fails_the_run() {
    let dir = privileged();
    let full = "no space left on device";
    let Run { code, err, .. } = run(&dir, &[ONE, "-o", "/dev/full"]);
    assert_eq!((code, err.as_str()), (2, format!("error: cannot write `/dev/full`: {full}\n").as_str()));
    let mut command = command(&dir, &[ONE]);
    command.stdout(fs::File::options().write(true).open("/dev/full").unwrap());
    let Run { code, err, .. } = finish(command);
    assert_eq!(
        (code, err.as_str()),
        (2, format!("error: cannot write to standard output: {full}\n").as_str())
    );
}

#[test]
fn the_format_can_come_from_the_environment_and_the_option_beats_it() {
    let dir = privileged();
    let with = |value: &str, arguments: &[&str]| {
        let mut command = command(&dir, arguments);
        command.env("PLIMSOLL_OUTPUT_FORMAT", value);
        finish(command)
    };
    assert!(with("json", &[ONE]).out.starts_with('{'));
    assert!(with("json", &[ONE, "--format", "concise"]).out.starts_with("pod.yaml:"));
    assert!(with("", &[ONE]).out.starts_with("pod.yaml:"), "an empty one asks for nothing");
    let err = run(&dir, &[ONE, "--report", "json=-"]).err;
    assert!(err.contains("standard output is for `--output-format`"), "{err}");
    assert_eq!(
        with("sarf", &[ONE]).err,
        "error: PLIMSOLL_OUTPUT_FORMAT: `sarf` is not a format, did you mean `sarif`?\n"
    );
    assert!(
        with("json", &["rules"]).out.starts_with("RULE"),
        "it is about findings, not about lists of rules"
    );
}

#[test]
fn in_github_actions_the_log_gets_lines_and_annotations_unless_a_format_is_asked_for() {
    let dir = privileged();
    let with = |env: &[(&str, &str)], arguments: &[&str]| {
        let mut command = command(&dir, arguments);
        command.env("GITHUB_ACTIONS", "true").envs(env.iter().copied());
        finish(command)
    };
    let Run { code, out, .. } = with(&[], &[ONE]);
    let lines: Vec<_> = out.lines().collect();
    assert_eq!((code, lines.len()), (1, 2), "{out}");
    assert!(lines[0].starts_with("pod.yaml:8:21: critical privileged-container: "), "{out}");
    assert!(lines[1].starts_with("::error file=pod.yaml,line=8,endLine=8,col=21,endColumn=25,"), "{out}");
    let concise = with(&[], &[ONE, "--format=concise"]).out;
    assert_eq!(concise.lines().collect::<Vec<_>>(), lines[..1]);
    assert_eq!(with(&[("PLIMSOLL_OUTPUT_FORMAT", "concise")], &[ONE]).out, concise);
    assert_eq!(with(&[("GITHUB_ACTIONS", "false")], &[ONE]).out, concise);
    assert_eq!(with(&[], &[ONE, "-o", "out.txt"]).out, "");
    assert_eq!(fs::read_to_string(dir.path().join("out.txt")).unwrap(), concise);
}

#[cfg(unix)]
#[test]
fn a_name_that_looks_like_a_command_is_none_in_the_log_of_github_actions() {
    let pod = PRIVILEGED.replace("name: c", "name: \"##[stop-commands]x\"");
    let role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: ##vso[x]y\n  namespace: shop\n";
    let dir = Dir::repository(&[
        ("::error::x.yaml", pod.as_str()),
        ("role.yaml", &role.replace("##vso", "\"##vso").replace("]y", "]y\"")),
    ]);
    let mut command = command(&dir, &[ONE]);
    command.env("GITHUB_ACTIONS", "true");
    let out = finish(command).out;
    let lines: Vec<_> = out.lines().collect();
    assert_eq!(lines.len(), 2, "{out}");
    assert!(lines[0].starts_with("./::error::x.yaml:8:21: critical"), "{out}");
    assert!(!lines[0].contains("##["), "{out}");
    assert!(lines[1].starts_with("::error file=%3A%3Aerror%3A%3Ax.yaml,line=8,"), "{out}");
    // Nor in any other words for people, on either stream.
    let none = |line: &str| {
        !line.trim_start().starts_with("::") && !line.contains("##[") && !line.contains("##vso[")
    };
    for arguments in [
        &[ONE, "--format=full"][..],
        &[ONE, "--format=concise", "--statistics"],
        &[ONE, "--format=grouped"],
        &["##[error]none", "::warning::none", "--format=concise"],
        &["##[error]none", "--select=##[x]"],
        &["--##[error]"],
        &["explain", "##[error]"],
        &["baseline", "write", "##[error]base"],
        &["config", "show", "##[error]x"],
        &["check", "--select=rbac-namespace-on-cluster-object", "--diff", "role.yaml"],
    ] {
        let mut command = self::command(&dir, arguments);
        command.env("TF_BUILD", "True");
        let Run { out, err, .. } = finish(command);
        assert!(!(out.is_empty() && err.is_empty()), "{arguments:?}");
        assert!(out.lines().chain(err.lines()).all(none), "{arguments:?}: {out}{err}");
    }
}

#[test]
fn statistics_follow_the_findings_and_never_stand_in_a_programs_way() {
    let dir = Dir::repository(&[
        ("pod.yaml", PRIVILEGED),
        ("two.yaml", &PRIVILEGED.replace("  privileged: true", "  {}")),
    ]);
    let rules = "--select=privileged-container,run-as-non-root-missing,capabilities-not-dropped-all";
    let out = run(&dir, &[rules, "--statistics"]).out;
    let (findings, table) = out.split_at(out.find("COUNT").unwrap());
    assert_eq!(findings, run(&dir, &[rules]).out);
    let rows: Vec<_> = table.lines().map(|row| row.split_whitespace().take(3).collect::<Vec<_>>()).collect();
    assert_eq!(rows[0], ["COUNT", "SEVERITY", "RULE"]);
    assert!(rows[1..].is_sorted_by_key(|row| std::cmp::Reverse(row[0].parse::<usize>().unwrap())), "{table}");
    assert!(rows.contains(&vec!["1", "critical", "privileged-container"]), "{table}");

    let Run { out, err, .. } = run(&dir, &[rules, "--statistics", "--format=json"]);
    assert!(out.starts_with('{') && !out.contains("COUNT"), "{out}");
    assert!(err.starts_with("COUNT"), "{err}");
    let Run { out, .. } = run(&dir, &[rules, "--statistics", "--format=json", "-o", "out.json"]);
    assert_eq!(out, table);
    assert_eq!(run(&dir, &["--select=host-network", "--statistics"]).out, "");
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_every_format_quietly() {
    let dir = privileged();
    for format in plimsoll::report::Format::ALL {
        let mut command = command(&dir, &["--profile=all", "--quiet", "--format", format.as_str()]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(1), ""), "{format}");
    }
}

#[test]
fn colour_is_only_there_when_wanted() {
    let dir = privileged();
    let escapes = |arguments: &[&str], env: &[(&str, &str)]| {
        let mut command = command(&dir, arguments);
        command.envs(env.iter().copied());
        let run = finish(command);
        (run.out.contains('\u{1b}'), run.err.contains('\u{1b}'))
    };
    assert_eq!(escapes(&[ONE], &[]), (false, false));
    assert_eq!(escapes(&[ONE, "--color", "always"], &[]), (true, true));
    assert_eq!(escapes(&["--color=always", ONE], &[("NO_COLOR", "1")]), (true, true));
    assert_eq!(escapes(&[ONE], &[("CLICOLOR_FORCE", "1")]), (true, true));
    assert_eq!(escapes(&[ONE], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), (false, false));
    assert_eq!(escapes(&[ONE, "--color", "never"], &[("CLICOLOR_FORCE", "1")]), (false, false));
    for format in ["json", "sarif"] {
        assert!(!escapes(&[ONE, "--color", "always", "--format", format], &[]).0, "{format}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_gets_the_full_report() {
    let dir = privileged();
    let line = format!("{} {ONE} pod.yaml", env!("CARGO_BIN_EXE_plimsoll"));
    let mut script = Command::new("script");
    script.current_dir(dir.path()).args(["-qec", &line, "/dev/null"]).stdin(Stdio::null());
    script.env("TERM", "xterm").env_remove("NO_COLOR");
    let Ok(output) = script.output() else {
        eprintln!("skipped: no `script` here");
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("help:\u{1b}[0m "), "{text}");
}

#[test]
fn a_reader_that_goes_away_ends_nothing_with_a_panic() {
    let mut many = String::new();
    for n in 0..3000 {
        many +=
            &PRIVILEGED.replace("apiVersion", "---\napiVersion").replace("name: a", &format!("name: a{n}"));
    }
    let dir = Dir::repository(&[("many.yaml", &many)]);
    for (arguments, code) in [
        (vec![ONE], 1),
        (vec![ONE, "--format", "full"], 1),
        (vec![ONE, "--format", "json"], 1),
        (vec![ONE, "--format", "sarif"], 1),
        (vec!["completions", "bash"], 0),
        (vec!["rules"], 0),
        (vec!["explain", "privileged-container"], 0),
        (vec!["dump", "many.yaml"], 0),
        (vec!["check", "--help"], 0),
    ] {
        let mut child =
            command(&dir, &arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code), "{arguments:?}: {err}");
        assert!(!err.contains("panicked") && !err.contains("error"), "{arguments:?}: {err}");
    }
}

#[test]
fn show_files_says_what_each_file_is_and_lints_nothing() {
    let dir = Dir::repository(&[
        ("base/kustomization.yaml", "resources: [pod.yaml]\n"),
        ("base/pod.yaml", PRIVILEGED),
        ("chart/Chart.yaml", "name: c\n"),
        ("chart/templates/x.yaml", "a: {{ .Values.a }}\n"),
        ("chart/values.yaml", "a: 1\n"),
        ("other.json", "{\"a\": 1}\n"),
    ]);
    let Run { code, out, err } = run(&dir, &["--show-files"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(
        out,
        "\
kustomization   base/kustomization.yaml
kubernetes      base/pod.yaml
helm-chart      chart/Chart.yaml
helm-template   chart/templates/x.yaml
helm-chart      chart/values.yaml
other           other.json
"
    );
}

#[test]
fn explain_rules_and_completions_print_what_they_are_asked_for() {
    let dir = Dir::repository(&[]);
    let Run { code, out, .. } = run(&dir, &["explain", "privileged-container"]);
    assert!(code == 0 && out.starts_with("privileged-container: "), "{out}");
    let Run { code, out, .. } = run(&dir, &["rules"]);
    assert!(code == 0 && out.contains("privileged-container"), "{out}");
    let Run { out, .. } = run(&dir, &["rules", "--output-format", "json"]);
    assert!(serde_json::from_str::<serde_json::Value>(&out).is_ok(), "{out}");
    let Run { out, .. } = run(&dir, &["rules", "--format", "markdown"]);
    assert!(out.contains("| "), "{out}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let Run { code, out, err } = run(&dir, &["completions", shell]);
        assert!(code == 0 && out.contains("extend-select") && err.is_empty(), "{shell}");
    }
    let Run { code, out, .. } = run(&dir, &["--version"]);
    assert_eq!((code, out), (0, format!("plimsoll {}\n", env!("CARGO_PKG_VERSION"))));
    for arguments in [&["--help"][..], &["-h"], &["check", "--help"]] {
        let Run { code, out, err } = run(&dir, arguments);
        assert!(code == 0 && out.contains("Usage: plimsoll") && err.is_empty(), "{arguments:?}");
    }
}

#[test]
fn dump_prints_events_and_fails_on_what_cannot_be_read() {
    let dir = Dir::repository(&[("good.yaml", "a: 1\n"), ("bad.yaml", "a: \"b\n")]);
    dir.write("latin.yaml", "");
    fs::write(dir.path().join("latin.yaml"), b"a: \xe9\n").unwrap();
    let Run { code, out, .. } = run(&dir, &["dump", "good.yaml"]);
    assert_eq!((code, out.as_str()), (0, "+STR\n+DOC\n+MAP\n=VAL :a\n=VAL :1\n-MAP\n-DOC\n-STR\n"));
    assert!(run(&dir, &["dump", "good.yaml", "--spans"]).out.contains("=VAL :a @0..1\n"));
    let Run { code, err, .. } = run(&dir, &["dump", "bad.yaml"]);
    assert!(code == 1 && err.starts_with("bad.yaml:1:4: error: "), "{err}");
    let Run { code, err, .. } = run(&dir, &["dump", "latin.yaml"]);
    assert_eq!((code, err.as_str()), (2, "error: `latin.yaml` is not valid UTF-8 at byte 3\n"));
}

#[cfg(unix)]
#[test]
fn names_that_steer_a_terminal_are_made_harmless() {
    let dir = Dir::repository(&[
        ("a\u{1b}[2Jb.yaml", PRIVILEGED),
        (".plimsoll.yaml", "select: privileged-container\n"),
    ]);
    for arguments in [
        &[][..],
        &["--format", "full"],
        &["--show-files"],
        &["--select", "\u{1b}[2J"],
        &["--\u{1b}[2J"],
        &["no\u{1b}[2Jwhere"],
    ] {
        let Run { out, err, .. } = run(&dir, arguments);
        assert!(!out.contains('\u{1b}') && !err.contains('\u{1b}'), "{arguments:?}: {out:?} {err:?}");
    }
    dir.write(".plimsoll.yaml", "\"\\e[2J\": 1\n");
    let Run { code, err, .. } = run(&dir, &[]);
    assert!(code == 2 && !err.contains('\u{1b}'), "{err:?}");
}

#[test]
fn nothing_found_to_read_is_said_aloud() {
    let dir = Dir::repository(&[("notes.txt", "")]);
    let Run { code, err, .. } = run(&dir, &["."]);
    assert_eq!(code, 0);
    assert!(err.contains("warning: no YAML or JSON files in `.`"), "{err}");
    assert!(!run(&dir, &["--quiet"]).err.contains("warning"));
}

#[cfg(unix)]
#[test]
fn a_current_folder_that_is_gone_is_an_error() {
    let dir = Dir::repository(&[]);
    let gone = dir.path().join("gone");
    std::fs::create_dir(&gone).unwrap();
    let output = std::process::Command::new("sh")
        .args(["-c", "rmdir \"$PWD\" && exec \"$0\" check .", env!("CARGO_BIN_EXE_plimsoll")])
        .current_dir(&gone)
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("the current folder cannot be read: no such file or directory"), "{err}");
}

#[test]
fn a_named_file_that_the_configuration_excludes_is_said_to_be() {
    let dir = Dir::repository(&[
        (".plimsoll.yaml", "exclude: a.yaml\n"),
        ("a.yaml", PRIVILEGED),
        ("notes.txt", ""),
    ]);
    let Run { code, out, err } = run(&dir, &["--force-exclude", "./a.yaml"]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(err.contains("warning: the configuration excludes `./a.yaml`\n"), "{err}");
    assert!(!err.contains("no YAML or JSON"), "{err}");
    assert!(!run(&dir, &["--force-exclude", "--quiet", "a.yaml"]).err.contains("warning"));
}

#[test]
fn output_is_the_same_however_many_threads_there_are() {
    let dir = Dir::new();
    dir.write(".git/HEAD", "");
    for n in 0..60 {
        dir.write(&format!("d{}/p{n}.yaml", n % 5), PRIVILEGED);
    }
    let out = |threads: &str| run(&dir, &[ONE, "--threads", threads]).out;
    let one = out("1");
    assert_eq!(one.lines().count(), 60);
    assert_eq!((out("4"), out("0")), (one.clone(), one));
}

#[test]
fn exclusions_gitignore_and_their_switches_work_from_the_command_line() {
    let dir = Dir::repository(&[
        (".gitignore", "ignored.yaml\n"),
        (".plimsoll.yaml", "exclude: excluded.yaml\nselect: privileged-container\n"),
        ("ignored.yaml", PRIVILEGED),
        ("excluded.yaml", PRIVILEGED),
        ("seen.yaml", PRIVILEGED),
    ]);
    let files = |arguments: &[&str]| {
        let out = run(&dir, arguments).out;
        out.lines().map(|line| line.split(':').next().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(files(&[]), "seen.yaml");
    assert_eq!(files(&["--no-gitignore"]), "ignored.yaml seen.yaml");
    assert_eq!(files(&["excluded.yaml", "ignored.yaml"]), "excluded.yaml ignored.yaml");
    assert_eq!(files(&["--force-exclude", "excluded.yaml", "seen.yaml"]), "seen.yaml");
}

#[test]
fn limits_can_be_moved() {
    let deep = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {}{}\n",
        "[".repeat(40),
        "]".repeat(40)
    );
    let dir = Dir::repository(&[("deep.yaml", &deep)]);
    assert_eq!(run(&dir, &["--select", "yaml/*"]).code, 0);
    for option in ["--max-depth=20", "--max-nodes=10", "--max-file-size=20"] {
        let Run { code, out, .. } = run(&dir, &["--select", "yaml/*", option]);
        assert_eq!(code, 1, "{option}: {out}");
        assert!(out.contains("yaml-limit"), "{option}: {out}");
    }
}
