//! `--watch`: the binary that lints again, waited for line by line.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use super::dir::Dir;

/// However busy the machine is, within this time something is printed.
const LONG: Duration = Duration::from_secs(60);
/// So long nothing is printed where nothing should be.
const SHORT: Duration = Duration::from_millis(700);

const CLEAN: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}\n";
const FAULTY: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostPID: true}\n";

/// A running `plimsoll --watch`, ended with the test.
struct Watch {
    child: Child,
    lines: Receiver<String>,
}

impl Watch {
    fn start(dir: &Dir, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command.current_dir(dir.path()).args(["check", "--watch", "--select", "host-pid,yaml-syntax"]);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (sender, lines) = channel();
        let out = Box::new(child.stdout.take().unwrap()) as Box<dyn std::io::Read + Send>;
        let err = Box::new(child.stderr.take().unwrap()) as Box<dyn std::io::Read + Send>;
        for stream in [out, err] {
            let sender = sender.clone();
            thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            });
        }
        let watch = Self { child, lines };
        watch.until("watching");
        watch
    }

    /// Waits for a line with `word`.
    fn until(&self, word: &str) -> String {
        let mut seen = Vec::new();
        loop {
            let line = self.lines.recv_timeout(LONG).unwrap_or_else(|_| panic!("no `{word}` in {seen:?}"));
            if line.contains(word) {
                return line;
            }
            seen.push(line);
        }
    }

    /// Waits until nothing more is printed, then makes sure of it.
    fn is_quiet(&self) -> bool {
        self.lines.recv_timeout(SHORT).is_err()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn repository() -> Dir {
    let dir = Dir::outside();
    dir.write(".git/HEAD", "");
    dir.write("a.yaml", CLEAN);
    dir
}

/// Whatever the first run printed besides its last line.
fn settle(watch: &Watch) {
    while watch.lines.recv_timeout(SHORT).is_ok() {}
}

#[test]
fn a_save_a_rename_a_new_file_and_a_removal_are_seen() {
    let dir = repository();
    let watch = Watch::start(&dir, &[]);
    settle(&watch);
    dir.write("a.yaml", FAULTY);
    watch.until("1 finding");
    settle(&watch);
    // As editors write: beside it, and over it.
    dir.write(".a.yaml.swp", CLEAN);
    fs::rename(dir.path().join(".a.yaml.swp"), dir.path().join("a.yaml")).unwrap();
    watch.until("no findings");
    settle(&watch);
    dir.write("new/folder/b.yaml", FAULTY);
    watch.until("1 finding");
    settle(&watch);
    fs::remove_dir_all(dir.path().join("new")).unwrap();
    watch.until("no findings");
}

#[test]
fn linting_itself_git_and_ignored_folders_set_nothing_off() {
    let dir = repository();
    dir.write(".gitignore", "out/\n");
    dir.write("out/x.yaml", CLEAN);
    let watch = Watch::start(&dir, &[]);
    settle(&watch);
    assert!(watch.is_quiet(), "it watches itself");
    dir.write(".git/index", "x");
    dir.write("out/x.yaml", FAULTY);
    dir.write("out/deeper/y.yaml", FAULTY);
    assert!(watch.is_quiet());
    dir.write("a.yaml", FAULTY);
    watch.until("1 finding");
}

#[test]
fn a_broken_configuration_ends_nothing_and_a_new_one_holds() {
    let dir = repository();
    dir.write("a.yaml", FAULTY);
    let watch = Watch::start(&dir, &[]);
    settle(&watch);
    dir.write(".plimsoll.yaml", "nonsense: 1\n");
    watch.until("unknown key");
    watch.until("watching");
    settle(&watch);
    dir.write(".plimsoll.yaml", "rules: {host-pid: low}\n");
    watch.until("1 low");
}

#[test]
fn a_file_that_is_watched_alone_follows_what_is_around_it() {
    let dir = repository();
    let base = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {spec: {}}}\n";
    dir.write("base/d.yaml", base);
    dir.write("o/kustomization.yaml", "resources: [../base/d.yaml]\n");
    dir.write("base/kustomization.yaml", "resources: [d.yaml]\n");
    dir.write("o/kustomization.yaml", "resources: [../base]\n");
    let watch = Watch::start(&dir, &["base/d.yaml"]);
    settle(&watch);
    dir.write("base/d.yaml", &base.replace("{spec: {}}", "{spec: {hostPID: true}}"));
    watch.until("host-pid");
    settle(&watch);
    let patch = "[{patch: '[{op: remove, path: /spec/template/spec/hostPID}]', target: {kind: Deployment}}]";
    dir.write("o/kustomization.yaml", &format!("resources: [../base]\npatches: {patch}\n"));
    watch.until("no findings");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let dir = repository();
    for (arguments, expected) in [
        (&["-"][..], "standard input is none"),
        (&["--output", "x"], "exclude one another"),
        (&["--report", "sarif=x"], "exclude one another"),
        (&["--output-format", "json"], "use the format full or concise"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        let output = command.current_dir(dir.path()).arg("--watch").args(arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}
