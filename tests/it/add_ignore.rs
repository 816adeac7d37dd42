//! `--add-ignore`: what it writes, what it leaves alone, and that nothing but comments changes.

use std::{
    fs,
    process::{Command, Stdio},
};

use plimsoll::{
    base::SourceId,
    yaml::{Limits, events, parse},
};

use super::dir::Dir;

/// The exit code, standard output and standard error of a check with `options`.
fn run(dir: &Dir, options: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .current_dir(dir.path())
        .args(["check", "--select", "host-pid,host-ipc,privileged-container,suppression/*"])
        .args(["--ignore", "ignore-without-reason", "--fail-on", "info"])
        .args(options)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn read(dir: &Dir, file: &str) -> String {
    fs::read_to_string(dir.path().join(file)).unwrap()
}

fn says(text: &str) -> String {
    events(&parse(SourceId(0), text, &Limits::default()), false)
}

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostPID: true # kept\n  hostIPC: true\n  \
                   containers:\n    - name: a\n      image: a:1\n      securityContext: {privileged: true}\n";

#[test]
fn each_finding_gets_a_comment_above_its_line_and_a_second_run_finds_and_writes_nothing() {
    let expected = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  # plimsoll: ignore[host-pid] legacy, see \
                    #12\n  hostPID: true # kept\n  # plimsoll: ignore[host-ipc] legacy, see #12\n  hostIPC: true\n  \
                    containers:\n    - name: a\n      image: a:1\n      # plimsoll: ignore[privileged-container] \
                    legacy, see #12\n      securityContext: {privileged: true}\n";
    let crlf = |text: &str| text.replace('\n', "\r\n");
    let mark = |text: &str| format!("\u{feff}{text}");
    for (before, after) in [
        (POD.to_owned(), expected.to_owned()),
        (crlf(POD), crlf(expected)),
        (mark(POD), mark(expected)),
        (format!("---\n{POD}---\n{POD}"), format!("---\n{expected}---\n{expected}")),
        (format!("# 한국어 😀\n{POD}"), format!("# 한국어 😀\n{expected}")),
    ] {
        let dir = Dir::outside();
        dir.write("a.yaml", &before);
        let (code, out, err) = run(&dir, &["--add-ignore=legacy, see #12"]);
        assert_eq!((code, out.as_str()), (0, ""), "{err}");
        assert!(err.contains("silenced by comments in 1 file"), "{err}");
        assert_eq!(read(&dir, "a.yaml"), after);
        assert_eq!(says(&before), says(&after));
        let (code, out, err) = run(&dir, &["--add-ignore=legacy, see #12"]);
        assert_eq!((code, out.as_str()), (0, ""), "{err}");
        assert!(err.contains("0 findings are silenced"), "{err}");
        assert_eq!(read(&dir, "a.yaml"), after);
    }
}

#[test]
fn two_findings_on_one_line_share_a_comment_and_a_reason_may_be_missing() {
    let dir = Dir::outside();
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostPID: true, hostIPC: true}";
    dir.write("a.yaml", pod);
    let (code, _, err) = run(&dir, &["--add-ignore"]);
    assert_eq!(code, 0, "{err}");
    let expected = pod.replace("spec", "# plimsoll: ignore[host-ipc, host-pid]\nspec");
    assert_eq!(read(&dir, "a.yaml"), expected);
}

#[test]
fn what_no_comment_can_silence_is_left_alone_and_named() {
    let flow = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {hostPID: true}}\n";
    let json = "{\"apiVersion\": \"v1\", \"kind\": \"Pod\",\n\"metadata\": {\"name\": \"a\"},\n\"spec\": {\"hostPID\": \
                true}}\n";
    let second = format!("---\n{flow}");
    // A comment would end the scalar in the middle, or become a part of it.
    let quoted = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels: {a: \"one\n    two\", b: c}\nspec: \
                  {hostname: \"a\n  b\", hostPID: true,\n  hostIPC: true}\n";
    for (file, text, line) in
        [("a.yaml", flow, 1), ("a.json", json, 3), ("b.yaml", json, 3), ("c.yaml", second.as_str(), 2)]
    {
        let dir = Dir::outside();
        dir.write(file, text);
        let (code, out, err) = run(&dir, &["--add-ignore=why"]);
        assert_eq!((code, out.as_str()), (1, ""), "{err}");
        assert!(err.contains(&format!("{file}:{line}: host-pid is left alone: ")), "{err}");
        assert_eq!(read(&dir, file), text);
    }
    let dir = Dir::outside();
    dir.write("a.yaml", quoted);
    let (code, _, err) = run(&dir, &["--add-ignore=why"]);
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("a.yaml:8: host-pid is left alone: "), "{err}");
    let expected = quoted.replace("  hostIPC", "  # plimsoll: ignore[host-ipc] why\n  hostIPC");
    assert_eq!(read(&dir, "a.yaml"), expected);
}

#[test]
fn reasons_that_no_comment_can_hold_and_standard_input_are_refused() {
    let dir = Dir::outside();
    dir.write("a.yaml", POD);
    for options in
        [["--add-ignore=one\ntwo", "."], ["--add-ignore=until=tomorrow", "."], ["--add-ignore=why", "-"]]
    {
        let (code, out, err) = run(&dir, &options);
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
    }
    assert_eq!(read(&dir, "a.yaml"), POD);
}

#[cfg(unix)]
#[test]
fn mode_bits_are_kept() {
    use std::os::unix::fs::PermissionsExt;
    let dir = Dir::outside();
    dir.write("a.yaml", POD);
    let path = dir.path().join("a.yaml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    run(&dir, &["--add-ignore=why"]);
    assert_ne!(read(&dir, "a.yaml"), POD);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn only_check_adds_comments() {
    let dir = Dir::outside();
    dir.write("a.yaml", POD);
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .current_dir(dir.path())
        .args(["baseline", "write", "known.json", "--add-ignore=why"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(read(&dir, "a.yaml"), POD);
}

#[test]
fn in_real_repositories_only_comments_are_added_and_only_json_is_left() {
    let Some(corpus) = std::env::var_os("PLIMSOLL_CORPUS") else {
        eprintln!("skipped: PLIMSOLL_CORPUS is not set");
        return;
    };
    let dir = Dir::outside();
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(&corpus).into_iter().flatten().filter(|it| it.file_type().is_file()) {
        let Ok(text) = fs::read_to_string(entry.path()) else { continue };
        let name = entry.path().strip_prefix(&corpus).unwrap().to_string_lossy().into_owned();
        dir.write(&name, &text);
        files.push((name, text));
    }
    let (_, _, err) = run(&dir, &["--extend-select", "*", "--add-ignore=accepted for now"]);
    assert!(!err.lines().any(|line| line.starts_with("0 findings")), "{err}");
    for (file, before) in &files {
        let after = read(&dir, file);
        if after != *before {
            assert_eq!(says(before), says(&after), "{file}");
        }
    }
    let (_, out, err) = run(&dir, &["--extend-select", "*", "--output-format=concise"]);
    assert!(out.lines().all(|line| line.contains(".json:")), "{out}{err}");
}
