//! `--fix` and its kin from the outside: what they write, what they leave alone, and how they end.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use plimsoll::{
    base::SourceId,
    yaml::{Kind, Limits, Node, parse},
};

use super::dir::{Dir, ended, plimsoll};

/// Two rules with unsafe fixes and one with a safe one.
const RULES: &str = "--select=privileged-container,host-pid,rbac-namespace-on-cluster-object";

const POD: &str = "\
apiVersion: v1
kind: Pod # a pod
metadata: {name: a}
spec:
  # why the host's processes?
  hostPID: true
  containers:
    - name: c
      image: 'a:1' # the image
      securityContext: {privileged: true} # kept
";
const FIXED_POD: &str = "\
apiVersion: v1
kind: Pod # a pod
metadata: {name: a}
spec:
  # why the host's processes?
  containers:
    - name: c
      image: 'a:1' # the image
      securityContext: {privileged: false} # kept
";
const ROLE: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: r
  namespace: shop
rules: []
";
const FIXED_ROLE: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: r
rules: []
";

fn command(dir: &Dir, options: &[&str]) -> Command {
    plimsoll(dir.path(), &[&["check"], options].concat())
}

/// The exit code, standard output and standard error of a check with [`RULES`] and `options`.
fn run(dir: &Dir, options: &[&str]) -> (i32, String, String) {
    ended(command(dir, &[&[RULES], options].concat()))
}

fn read(dir: &Dir, file: &str) -> String {
    fs::read_to_string(dir.path().join(file)).unwrap()
}

fn both() -> Dir {
    let dir = Dir::outside();
    dir.write("pod.yaml", POD);
    dir.write("role.yaml", ROLE);
    dir
}

#[test]
fn safe_fixes_are_applied_by_default_and_unsafe_ones_when_allowed() {
    let dir = both();
    let (code, out, err) = run(&dir, &[]);
    assert_eq!((code, out.lines().count()), (1, 3), "{err}");
    assert!(err.contains("1 can be fixed with `--fix` (2 more with `--unsafe-fixes`)"), "{err}");
    let (_, _, err) = run(&dir, &["--unsafe-fixes"]);
    assert!(err.contains("3 can be fixed with `--fix` ·"), "{err}");
    let (code, out, err) = run(&dir, &["--fix"]);
    assert_eq!((code, out.lines().count()), (1, 2), "{err}");
    assert!(err.starts_with("Fixed 1 problem in 1 file\n2 findings "), "{err}");
    assert!(err.contains("2 more can be fixed with `--unsafe-fixes`"), "{err}");
    assert_eq!((read(&dir, "pod.yaml").as_str(), read(&dir, "role.yaml").as_str()), (POD, FIXED_ROLE));
    let (code, out, err) = run(&dir, &["--fix", "--unsafe-fixes", "--show-fixes"]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(
        err.starts_with(
            "pod.yaml:\n     1 host-pid\n     1 privileged-container\nFixed 2 problems in 1 file\n"
        ),
        "{err}"
    );
    assert_eq!((read(&dir, "pod.yaml").as_str(), read(&dir, "role.yaml").as_str()), (FIXED_POD, FIXED_ROLE));
}

#[test]
fn what_is_left_is_told_with_its_place_in_the_fixed_text() {
    let dir = Dir::outside();
    dir.write("a.yaml", &format!("{ROLE}---\n{POD}"));
    let (code, out, _) = run(&dir, &["--fix"]);
    assert_eq!(code, 1);
    let places: Vec<&str> = out.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(places, ["a.yaml:12:12:", "a.yaml:16:37:"], "{out}");
    assert_eq!(run(&dir, &["--fix", "--exit-zero"]).0, 0);
    assert_eq!(run(&dir, &["--fix", "--fail-on", "critical", "--ignore=privileged-container"]).0, 0);
}

#[test]
fn line_ends_marks_and_a_missing_last_line_break_are_kept_and_a_second_run_changes_nothing() {
    let crlf = |text: &str| text.replace('\n', "\r\n");
    let mark = |text: &str| format!("\u{feff}{text}");
    let open = |text: &str| text.trim_end().to_owned();
    for (before, after) in [
        (POD.to_owned(), FIXED_POD.to_owned()),
        (crlf(POD), crlf(FIXED_POD)),
        (mark(POD), mark(FIXED_POD)),
        (mark(&crlf(POD)), mark(&crlf(FIXED_POD))),
        (open(POD), open(FIXED_POD)),
        (format!("---\n{POD}---\n{ROLE}...\n"), format!("---\n{FIXED_POD}---\n{FIXED_ROLE}...\n")),
    ] {
        let dir = Dir::outside();
        dir.write("a.yaml", &before);
        let (code, out, err) = run(&dir, &["--fix", "--unsafe-fixes"]);
        assert_eq!((code, out.as_str(), read(&dir, "a.yaml")), (0, "", after.clone()), "{err}");
        let (code, _, err) = run(&dir, &["--fix", "--unsafe-fixes"]);
        assert!(code == 0 && err.starts_with("Fixed 0 problems in 0 files\n"), "{err}");
        assert_eq!(read(&dir, "a.yaml"), after);
    }
}

#[test]
fn utf16_stays_utf16() {
    let bytes = |text: &str| -> Vec<u8> {
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect()
    };
    let dir = Dir::outside();
    fs::write(dir.path().join("a.yaml"), bytes(POD)).unwrap();
    let (code, _, err) = run(&dir, &["--fix", "--unsafe-fixes"]);
    assert_eq!((code, fs::read(dir.path().join("a.yaml")).unwrap()), (0, bytes(FIXED_POD)), "{err}");
}

#[test]
fn a_diff_shows_what_would_be_fixed_and_writes_nothing() {
    let dir = both();
    let (code, out, err) = run(&dir, &["--diff", "--unsafe-fixes"]);
    let expected = "\
--- pod.yaml
+++ pod.yaml
@@ -3,8 +3,7 @@
 metadata: {name: a}
 spec:
   # why the host's processes?
-  hostPID: true
   containers:
     - name: c
       image: 'a:1' # the image
-      securityContext: {privileged: true} # kept
+      securityContext: {privileged: false} # kept
--- role.yaml
+++ role.yaml
@@ -2,5 +2,4 @@
 kind: ClusterRole
 metadata:
   name: r
-  namespace: shop
 rules: []
";
    assert_eq!((code, out.as_str(), err.as_str()), (1, expected, "Would fix 3 problems in 2 files\n"));
    assert_eq!((read(&dir, "pod.yaml").as_str(), read(&dir, "role.yaml").as_str()), (POD, ROLE));
    // What the diff says is what fixing does.
    let mut patch = Command::new("patch");
    patch.current_dir(dir.path()).args(["-p0", "-s"]).stdin(Stdio::piped());
    if let Ok(mut child) = patch.spawn() {
        child.stdin.take().unwrap().write_all(out.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
        assert_eq!(
            (read(&dir, "pod.yaml").as_str(), read(&dir, "role.yaml").as_str()),
            (FIXED_POD, FIXED_ROLE)
        );
        let (code, out, err) = run(&dir, &["--diff", "--unsafe-fixes"]);
        assert_eq!((code, out.as_str(), err.as_str()), (0, "", "Would fix 0 problems in 0 files\n"));
    }
}

#[test]
fn fixing_only_tells_no_findings_and_ends_well() {
    let dir = both();
    let (code, out, err) = run(&dir, &["--fix-only"]);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "", "Fixed 1 problem in 1 file\n"));
    assert_eq!(read(&dir, "role.yaml"), FIXED_ROLE);
    assert_eq!(run(&dir, &["--fix-only", "-q", "nowhere"]).0, 2);
}

#[test]
fn standard_input_is_fixed_to_standard_output_and_findings_go_to_standard_error() {
    let dir = Dir::outside();
    let filter = |options: &[&str], text: &[u8]| {
        let mut command = command(&dir, &[&[RULES, "-"], options].concat());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(text).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code().unwrap(), output.stdout, String::from_utf8(output.stderr).unwrap())
    };
    let text = format!("{ROLE}---\n{POD}");
    let (code, out, err) = filter(&["--fix"], text.as_bytes());
    assert_eq!((code, String::from_utf8(out).unwrap()), (1, format!("{FIXED_ROLE}---\n{POD}")), "{err}");
    assert!(err.contains("<stdin>:12:12: "), "{err}");
    let (code, out, err) = filter(&["--fix", "--unsafe-fixes"], text.as_bytes());
    assert_eq!(
        (code, String::from_utf8(out).unwrap()),
        (0, format!("{FIXED_ROLE}---\n{FIXED_POD}")),
        "{err}"
    );
    // A text without anything to fix goes through as it is, whatever its bytes.
    for bytes in [&b"a: \xff\r\n"[..], b"", b"\xff\xfea\x00"] {
        let (_, out, err) = filter(&["--fix"], bytes);
        assert_eq!(out, bytes, "{err}");
    }
    let (code, out, _) = filter(&["--diff"], text.as_bytes());
    assert_eq!(code, 1);
    assert!(out.starts_with(b"--- <stdin>\n"));
    let (code, out, _) = filter(&["--fix", "--max-file-size", "10"], text.as_bytes());
    assert_eq!((code, out.as_slice()), (2, &b""[..]));
    let (code, out, err) = filter(&["--fix", "a.yaml"], text.as_bytes());
    assert_eq!((code, out.as_slice()), (2, &b""[..]));
    assert!(err.contains("standard input is fixed alone"), "{err}");
}

#[test]
fn what_is_silenced_excluded_known_or_overridden_is_not_fixed() {
    let dir = Dir::outside();
    let silenced = ROLE
        .replace("  namespace", "  # plimsoll: ignore[rbac-namespace-on-cluster-object] why\n  namespace");
    dir.write("silenced.yaml", &silenced);
    dir.write("excluded.yaml", ROLE);
    dir.write("overridden.yaml", ROLE);
    dir.write("known.yaml", &ROLE.replace("name: r", "name: known"));
    dir.write(
        ".plimsoll.yaml",
        "exclude: [excluded.yaml]\noverrides:\n  - paths: [overridden.yaml]\n    ignore: \
         [rbac-namespace-on-cluster-object]\n    reason: why\n",
    );
    let mut write = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    write.current_dir(dir.path()).args(["baseline", "write", "baseline.json", RULES, "known.yaml"]);
    assert_eq!(write.status().unwrap().code(), Some(0));
    dir.write("fixed.yaml", ROLE);
    let (code, out, err) = run(&dir, &["--fix", "--baseline", "baseline.json"]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert_eq!(read(&dir, "silenced.yaml"), silenced);
    assert_eq!(read(&dir, "excluded.yaml"), ROLE);
    assert_eq!(read(&dir, "overridden.yaml"), ROLE);
    assert_eq!(read(&dir, "known.yaml"), ROLE.replace("name: r", "name: known"));
    assert_eq!(read(&dir, "fixed.yaml"), FIXED_ROLE);
}

#[test]
fn a_value_is_fixed_in_the_file_in_which_it_stands_and_a_base_elsewhere_is_left_alone() {
    let dir = Dir::outside();
    dir.write("base/pod.yaml", POD);
    dir.write("base/kustomization.yaml", "resources: [pod.yaml]\n");
    for name in ["one", "two"] {
        dir.write(
            &format!("{name}/kustomization.yaml"),
            &format!("namePrefix: {name}-\nresources: [../base]\n"),
        );
    }
    let (code, _, err) = run(&dir, &["--fix", "--unsafe-fixes", "one"]);
    assert_eq!((code, read(&dir, "base/pod.yaml").as_str()), (1, POD), "{err}");
    assert!(err.contains("is not fixed: `base/pod.yaml` is not among the files to lint"), "{err}");
    let (code, out, err) = run(&dir, &["--fix", "--unsafe-fixes"]);
    assert_eq!((code, out.as_str(), read(&dir, "base/pod.yaml").as_str()), (0, "", FIXED_POD), "{err}");
    assert!(err.starts_with("Fixed 2 problems in 1 file\n"), "{err}");
}

#[test]
fn options_that_say_two_things_are_refused_and_only_check_fixes() {
    let dir = both();
    for options in
        [["--fix", "--add-ignore=why"], ["--diff", "--show-files"], ["--fix-only", "--add-ignore=why"]]
    {
        assert_eq!(run(&dir, &options).0, 2, "{options:?}");
    }
    let mut write = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    write.current_dir(dir.path()).args(["baseline", "write", "known.json", "--fix"]);
    assert_eq!(write.output().unwrap().status.code(), Some(2));
    assert_eq!((read(&dir, "pod.yaml").as_str(), read(&dir, "role.yaml").as_str()), (POD, ROLE));
}

#[cfg(unix)]
#[test]
fn modes_and_links_are_kept_and_a_read_only_file_is_an_error_that_stops_no_other() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let dir = Dir::outside();
    for name in ["a.yaml", "b.yaml", "behind/c.yaml"] {
        dir.write(name, ROLE);
    }
    let path = |name: &str| dir.path().join(name);
    let mode = |name: &str| fs::metadata(path(name)).unwrap().permissions().mode() & 0o7777;
    fs::set_permissions(path("a.yaml"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(path("b.yaml"), fs::Permissions::from_mode(0o444)).unwrap();
    symlink("behind/c.yaml", path("link.yaml")).unwrap();
    let (code, out, err) = run(&dir, &["--fix", "a.yaml", "b.yaml", "link.yaml"]);
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(err.contains("error: cannot write `b.yaml`: it is read-only\n"), "{err}");
    assert!(err.contains("Fixed 2 problems in 2 files\n"), "{err}");
    assert_eq!((read(&dir, "a.yaml").as_str(), mode("a.yaml")), (FIXED_ROLE, 0o755));
    assert_eq!((read(&dir, "b.yaml").as_str(), mode("b.yaml")), (ROLE, 0o444));
    assert_eq!(read(&dir, "behind/c.yaml"), FIXED_ROLE);
    assert!(fs::symlink_metadata(path("link.yaml")).unwrap().is_symlink());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 4);
}

/// A role that is longer than the shell's smallest limit on files.
#[cfg(unix)]
fn long_role(text: &str) -> String {
    format!("{}{text}", "# a long story\n".repeat(1000))
}

#[cfg(unix)]
#[test]
fn where_nothing_more_can_be_written_the_old_files_stay_whole() {
    let dir = Dir::outside();
    dir.write("long.yaml", &long_role(ROLE));
    dir.write("short.yaml", ROLE);
    let mut shell = Command::new("sh");
    // Beyond the limit, writing fails as on a full disk.
    let script = "trap '' XFSZ; ulimit -f 4; exec \"$0\" check \"$@\"";
    shell.current_dir(dir.path()).args(["-c", script, env!("CARGO_BIN_EXE_plimsoll"), RULES, "--fix"]);
    let (code, _, err) = ended(shell);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("error: cannot write `long.yaml`: "), "{err}");
    assert_eq!((read(&dir, "long.yaml"), read(&dir, "short.yaml").as_str()), (long_role(ROLE), FIXED_ROLE));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
}

#[cfg(unix)]
#[test]
fn a_run_that_is_killed_leaves_each_file_old_or_new() {
    const FILES: usize = 400;
    let dir = Dir::outside();
    for n in 0..FILES {
        dir.write(&format!("{n}.yaml"), &long_role(ROLE));
    }
    let (old, new) = (long_role(ROLE), long_role(FIXED_ROLE));
    let is_new = |n: usize| {
        let text = read(&dir, &format!("{n}.yaml"));
        assert!(text == old || text == new, "{n}.yaml is torn");
        text == new
    };
    let mut child = command(&dir, &[RULES, "--fix", "-q"]).stdout(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    // `0.yaml` comes first.
    while !is_new(0) && start.elapsed() < Duration::from_secs(60) {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let done = (0..FILES).filter(|n| is_new(*n)).count();
    assert!(done > 0);
    let (code, _, err) = run(&dir, &["--fix"]);
    assert_eq!((code, (0..FILES).filter(|n| is_new(*n)).count()), (0, FILES), "{err}");
}

/// The leaves of a tree by their paths, places in lists left out.
fn leaves(node: Node<'_>, path: &str, out: &mut BTreeMap<String, Vec<String>>) {
    match node.kind() {
        _ if node.via().is_some() => {}
        Kind::Scalar => {
            let text = node.text().unwrap_or_default().into_owned();
            out.entry(path.to_owned()).or_default().push(text);
        }
        Kind::Sequence => node.items().for_each(|item| leaves(item, &format!("{path}[]"), out)),
        Kind::Mapping => {
            for entry in node.entries() {
                let key = entry.key.text().unwrap_or_default();
                leaves(entry.value, &format!("{path}.{key}"), out);
            }
        }
    }
}

/// All leaves, all comments, and how many documents cannot be read.
fn content(text: &str) -> (BTreeMap<String, Vec<String>>, BTreeMap<String, usize>, usize) {
    let parsed = parse(SourceId(0), text, &Limits::default());
    let mut all = BTreeMap::new();
    for (number, document) in parsed.documents().iter().enumerate() {
        if let Some(root) = parsed.root(document) {
            leaves(root, &number.to_string(), &mut all);
        }
    }
    let mut comments = BTreeMap::new();
    for comment in parsed.comments() {
        let text = &text[comment.start as usize..comment.end as usize];
        *comments.entry(text.trim_end().to_owned()).or_insert(0) += 1;
    }
    (all, comments, parsed.documents().iter().filter(|it| it.error.is_some()).count())
}

/// The last keys of the fields that findings with a fix are about, and of those that their fixes write.
fn fixed_keys(json: &str) -> BTreeSet<String> {
    let report: serde_json::Value = serde_json::from_str(json).unwrap();
    let mut keys = BTreeSet::new();
    let mut add = |text: &str| keys.extend(text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned));
    for finding in report["findings"].as_array().unwrap() {
        for fix in finding["fixes"].as_array().into_iter().flatten() {
            let title = fix["title"].as_str().unwrap_or_default();
            title.split('`').skip(1).step_by(2).for_each(&mut add);
            add(finding["subject"]["path"]
                .as_str()
                .unwrap_or_default()
                .rsplit('.')
                .next()
                .unwrap_or_default());
        }
    }
    keys
}

#[test]
fn real_repositories_stay_what_they_are_outside_of_what_is_fixed() {
    stay(false);
}

#[test]
#[ignore = "slow: `tests/integration/run fixes` runs it"]
fn all_real_repositories_stay_what_they_are_outside_of_what_is_fixed() {
    stay(true);
}

/// Fixes copies of the repositories, all together or without the one with the most files.
fn stay(is_all: bool) {
    let Some(corpus) = std::env::var_os("PLIMSOLL_CORPUS") else {
        eprintln!("skipped: PLIMSOLL_CORPUS is not set");
        return;
    };
    let corpus = Path::new(&corpus);
    let files_in = |folder: &PathBuf| walkdir::WalkDir::new(folder).into_iter().count();
    let mut folders: Vec<PathBuf> = fs::read_dir(corpus).unwrap().map(|it| it.unwrap().path()).collect();
    folders.sort_by_key(files_in);
    folders.truncate(folders.len() - usize::from(!is_all));
    let dir = Dir::outside();
    let files: Vec<_> = folders.iter().flat_map(|folder| copy(corpus, folder, &dir)).collect();
    let all =
        |options: &[&str]| ended(command(&dir, &[&["--profile=all", "--unsafe-fixes"], options].concat()));
    let keys = fixed_keys(&all(&["--output-format=json", "-q"]).1);
    let (code, _, err) = all(&["--fix-only"]);
    assert_eq!(code, 0, "{err}");
    let mut changed = 0;
    for (file, before) in &files {
        let after = read(&dir, file);
        if after == *before {
            continue;
        }
        changed += 1;
        let ((old, old_comments, old_broken), (new, new_comments, new_broken)) =
            (content(before), content(&after));
        assert_eq!(old_broken, new_broken, "{file}");
        for (comment, count) in &old_comments {
            assert!(new_comments.get(comment) >= Some(count), "{file}: `{comment}` is gone");
        }
        for path in old.keys().chain(new.keys()).filter(|path| old.get(*path) != new.get(*path)) {
            let is_meant = path.split(|c: char| !c.is_alphanumeric()).any(|key| keys.contains(key));
            assert!(is_meant, "{file}: {path}: {:?} became {:?}", old.get(path), new.get(path));
        }
    }
    assert!(changed > if is_all { 250 } else { 100 }, "{changed} files changed: {err}");
    let (code, _, again) = all(&["--fix-only"]);
    let last = |text: &str| text.lines().last().unwrap_or_default().to_owned();
    assert_eq!((code, last(&again).as_str()), (0, "Fixed 0 problems in 0 files"), "first: {}", last(&err));
}

/// Copies the files of one repository, the YAML and what it is read with; gives the text of each YAML file that is text.
fn copy(corpus: &Path, folder: &Path, dir: &Dir) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for entry in walkdir::WalkDir::new(folder).into_iter().flatten().filter(|it| it.file_type().is_file()) {
        let name = entry.path().strip_prefix(corpus).unwrap().to_string_lossy().into_owned();
        let Ok(text) = fs::read_to_string(entry.path()) else { continue };
        dir.write(&name, &text);
        if entry.path().extension().is_some_and(|it| it == "yaml" || it == "yml") {
            texts.push((name, text));
        }
    }
    texts
}
