// The action, step by step, on real repositories in a temporary folder.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";

import { mistakes, readLog, readPairs, runAction, SHOWN } from "./runner.mjs";
import { parse } from "yaml";

const ROOT = process.env.PLIMSOLL_ROOT;
const BINARY = process.env.PLIMSOLL;
const VERSION = /^version = "(.*)"$/m.exec(fs.readFileSync(path.join(ROOT, "Cargo.toml"), "utf8"))[1];
const UPLOAD = /^github\/codeql-action\/upload-sarif@[0-9a-f]{40}$/;

const pod = (name, more = "") => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  containers:
    - name: c
      image: registry.example/c@sha256:${"0".repeat(64)}
      securityContext:
        privileged: true
${more}`;
const CLEAN = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
// Only this rule, so that the tests do not move when rules are added.
const ONE = "--select privileged-container";

const temporary = () => fs.mkdtempSync(path.join(os.tmpdir(), "plimsoll-action-"));

function write(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
}

// A repository with these files.
function repository(files) {
  const folder = temporary();
  write(folder, { ".git/HEAD": "ref: refs/heads/main\n", ...files });
  return folder;
}

// Runs the action with the binary under test on PATH.
function run(workspace, inputs = {}, options = {}) {
  const bin = path.dirname(BINARY);
  const done = runAction(options.action ?? ROOT, {
    workspace,
    inputs: { args: ONE, ...inputs },
    ...options,
    env: { PATH: `${bin}:${process.env.PATH}`, ...options.env },
  });
  assert.equal(done.stopped, null, "the log ends with commands switched on");
  return done;
}

const errors = (done) => done.annotations.filter(({ command }) => command === "error");
// A pull request from this repository, which may be a fork of another one, or from somewhere else.
const HERE = { full_name: "octo/repo", fork: false };
const THERE = { full_name: "stranger/repo", fork: true };
const pull = (repo, login = "octocat") => ({
  event_name: "pull_request",
  event: { pull_request: { head: { repo }, user: { login }, base: { sha: "" } } },
});

test("the action has no mistake that a schema overlooks", () => {
  const action = parse(fs.readFileSync(path.join(ROOT, "action.yml"), "utf8"));
  assert.deepEqual(mistakes(action), []);
  for (const name of Object.keys(action.inputs)) assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
  // What the scripts read is what the steps set.
  const scripts = fs.readdirSync(path.join(ROOT, "action")).filter((file) => file.endsWith(".sh"));
  const text = scripts.map((file) => fs.readFileSync(path.join(ROOT, "action", file), "utf8")).join("\n");
  const set = action.runs.steps.flatMap((step) => Object.keys(step.env ?? {}));
  for (const [name] of text.matchAll(/\bINPUT_[A-Z0-9_]+\b/g)) assert.ok(set.includes(name), name);
  for (const name of set.filter((name) => name !== "EXIT_CODE")) assert.ok(text.includes(name), name);
});

test("the runner's reading finds what it is there to find", () => {
  const broken = { inputs: { a: {} }, runs: { steps: [{ name: "x", run: "echo ${{ inputs.b }}" }] } };
  assert.equal(mistakes(broken).length, 4);
  const { commands } = readLog("::stop-commands::t\n::error::no\n::t::\n::error file=a%2Cb,line=1::100%25%0Ayes\n##[group]x");
  assert.deepEqual(commands[0], { command: "error", properties: { file: "a,b", line: "1" }, message: "100%\nyes" });
  assert.ok(commands[1].old && commands.length === 2);
  assert.throws(() => readPairs(writeTemporary("a=1\nnonsense\n")));
});

function writeTemporary(text) {
  const file = path.join(temporary(), "file");
  fs.writeFileSync(file, text);
  return file;
}

test("findings are annotated, summed up, written as SARIF and make the job fail", () => {
  const done = run(repository({ "deploy/pod.yaml": pod("a") }));
  assert.ok(done.failed, done.log);
  const { "sarif-file": sarif, version, ...counts } = done.outputs;
  assert.deepEqual(counts, { findings: "1", critical: "1", high: "0", medium: "0", low: "0", "exit-code": "1" });
  assert.equal(version, VERSION);
  const report = JSON.parse(fs.readFileSync(sarif, "utf8"));
  assert.equal(report.runs[0].results.length, 1);
  const [error] = errors(done);
  assert.deepEqual([error.properties.file, error.properties.line, errors(done).length], ["deploy/pod.yaml", "9", 1]);
  assert.match(error.properties.col, /^\d+$/);
  assert.match(error.message, /privileged/);
  assert.match(done.shown, /^deploy\/pod\.yaml:9:\d+: critical privileged-container: /m);
  assert.match(done.summary, /\|.*privileged-container/);
  assert.match(done.summary, /https:\/\/github\.com\/octo\/repo\/blob\/1{40}\/deploy\/pod\.yaml#L9\b/);
  assert.equal(done.uses.length, 1);
  assert.match(done.uses[0].uses, UPLOAD);
  assert.deepEqual(done.uses[0].with, { sarif_file: sarif, category: "plimsoll" });
  assert.deepEqual(done.steps.map(({ outcome }) => outcome), ["success", "success", "success", "failure"]);
});

test("nothing found is a green job with reports all the same", () => {
  const done = run(repository({ "a.yaml": CLEAN }));
  assert.ok(!done.failed, done.log);
  assert.deepEqual([done.outputs.findings, done.outputs["exit-code"]], ["0", "0"]);
  assert.deepEqual(JSON.parse(fs.readFileSync(done.outputs["sarif-file"], "utf8")).runs[0].results, []);
  assert.deepEqual(done.annotations, []);
  assert.notEqual(done.summary.trim(), "");
  assert.equal(done.uses.length, 1);
});

test("a document that does not parse is a finding", () => {
  const done = run(repository({ "a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: \"a\n" }), { args: "" });
  assert.equal(done.outputs["exit-code"], "1", done.log);
  assert.match(errors(done)[0].properties.title, /yaml-syntax/);
});

test("what keeps plimsoll from working is told once as an annotation, and there is no upload", () => {
  for (const [files, inputs, words] of [
    [{ "a.yaml": CLEAN, ".plimsoll.yaml": "nonsense: 1\n" }, {}, /nonsense/],
    [{ "a.yaml": CLEAN }, { config: "missing.yaml" }, /missing\.yaml/],
    [{ "a.yaml": CLEAN }, { "fail-on": "dreadful" }, /dreadful/],
    [{ "a.yaml": CLEAN }, { format: "papyrus" }, /papyrus/],
    [{ "a.yaml": CLEAN }, { args: "--no-such-option" }, /no-such-option/],
    [{ "a.yaml": CLEAN }, { args: "--select 'unclosed" }, /quote/],
    [{ "a.yaml": CLEAN }, { args: "-- a.yaml" }, /paths/],
    [{ "a.yaml": CLEAN }, { args: "-" }, /paths/],
    ...["--diff", "--fix-only", "--add-ignore", "--add-ignore=why", "--watch", "--show-files", "--help", "--version"].map(
      (args) => [{ "a.yaml": pod("a") }, { args }, /does not belong into `args`: with it there is no report$/],
    ),
    ...["-o x", "-ox", "-qo x", "-qV", "-h"].map(
      (args) => [{ "a.yaml": pod("a") }, { args }, /does not belong into `args`: write options by their long names$/],
    ),
    ...["--output x", "--output=x"].map((args) => [{ "a.yaml": pod("a") }, { args }, /`--report FORMAT=FILE`/]),
    ...["--output-format json", "--format=json"].map((args) => [{ "a.yaml": pod("a") }, { args }, /the input `format`/]),
    [{ "a.yaml": CLEAN }, { args: "x".repeat(9000) }, /8,000/],
    [{ "a.yaml": CLEAN }, { sarif: "perhaps" }, /perhaps/],
    [{ "a.yaml": CLEAN }, { "changed-only": "maybe" }, /maybe/],
  ]) {
    const done = run(repository(files), inputs);
    assert.ok(done.failed, JSON.stringify(inputs));
    assert.equal(done.outputs["exit-code"], "2", done.log);
    assert.equal(errors(done).length, 1, done.log);
    assert.match(errors(done)[0].message, words);
    assert.deepEqual([done.outputs.findings, done.outputs["sarif-file"], done.uses.length], ["", "", 0]);
  }
});

test("a file that cannot be read fails the job and the findings of the others are told", () => {
  const done = run(repository({ "a.yaml": pod("a") }), { paths: "a.yaml\nmissing.yaml" });
  assert.ok(done.failed);
  assert.deepEqual([done.outputs["exit-code"], done.outputs.findings], ["2", "1"], done.log);
  assert.ok(errors(done).some(({ message }) => message.includes("missing.yaml")), done.log);
  assert.equal(done.uses.length, 1, "what was found is uploaded");
});

test("SARIF is uploaded where the token may write, and nowhere else", () => {
  const workspace = repository({ "a.yaml": CLEAN });
  const dependabot = "dependabot[bot]";
  for (const [github, uploads] of [
    [{ event_name: "push" }, { auto: 1, true: 1, false: 0 }],
    [{ event_name: "schedule" }, { auto: 1, true: 1, false: 0 }],
    [{ event_name: "workflow_dispatch" }, { auto: 1, true: 1, false: 0 }],
    [{ event_name: "merge_group" }, { auto: 0, true: 1, false: 0 }],
    [pull(HERE), { auto: 1, true: 1, false: 0 }],
    [pull({ ...HERE, fork: true }), { auto: 1, true: 1, false: 0 }],
    [pull(THERE), { auto: 0, true: 0, false: 0 }],
    [pull({ ...THERE, fork: false }), { auto: 0, true: 0, false: 0 }],
    // Its repository was deleted.
    [pull(null), { auto: 0, true: 0, false: 0 }],
    [pull(HERE, dependabot), { auto: 0, true: 1, false: 0 }],
    [{ ...pull(THERE), event_name: "pull_request_target" }, { auto: 0, true: 0, false: 0 }],
    [{ ...pull(HERE), event_name: "pull_request_target" }, { auto: 0, true: 1, false: 0 }],
  ]) {
    for (const [sarif, expected] of Object.entries(uploads)) {
      const done = run(workspace, { sarif }, { github });
      assert.equal(done.uses.length, expected, `${sarif} ${JSON.stringify(github)}`);
      assert.ok(fs.existsSync(done.outputs["sarif-file"]), "the file is there in any case");
      assert.ok(!done.failed, done.log);
    }
  }
});

test("an upload that fails is forgiven by `auto` and not by `true`", () => {
  for (const [files, sarif, failed] of [
    [CLEAN, "auto", false],
    [CLEAN, "true", true],
    [pod("a"), "auto", true],
  ]) {
    const done = run(repository({ "a.yaml": files }), { sarif }, { upload: "failure" });
    assert.equal(done.failed, failed, sarif);
  }
});

test("names with commas, colons, percents, quotes, spaces and Korean come back as they are", () => {
  const names = ["a,b.yaml", "c:d.yaml", "100%25.yaml", "%0A.yaml", "안녕 😀.yaml", "it's \"so\".yaml", "-dash.yaml"];
  const done = run(repository(Object.fromEntries(names.map((name) => [`dir/${name}`, pod("a")]))));
  assert.deepEqual(errors(done).map(({ properties }) => properties.file).sort(), names.map((name) => `dir/${name}`).sort());
  assert.equal(done.outputs.findings, String(names.length));
  const named = run(repository({ "-dash.yaml": pod("a") }), { paths: "-dash.yaml" });
  assert.equal(named.outputs.findings, "1", named.log);
});

test("a name or a text of the linted files is never a workflow command", () => {
  const names = [
    "::error::boo.yaml",
    "::stop-commands::boo.yaml",
    "::add-mask::yaml.yaml",
    "##[error]boo.yaml",
    "a\n::error file=x::boo.yaml",
    "a\r::warning::boo.yaml",
    "  ::set-output name=findings::9.yaml",
  ];
  const files = Object.fromEntries(names.map((name) => [name, pod("a")]));
  files["broken.yaml"] = "::error::x: \"\n::error::unclosed\n";
  files["text.yaml"] = pod('"x\\n::error::boo\\n##[error]"');
  const workspace = repository(files);
  for (const inputs of [{ args: "" }, { format: "github" }, { format: "full" }, { format: "json" }, { paths: "::error::no.yaml\n." }]) {
    const done = run(workspace, inputs);
    for (const command of done.commands) {
      assert.ok(["error", "warning", "notice"].includes(command.command), JSON.stringify(command));
      const { title, file } = command.properties;
      // Every annotation is one that plimsoll meant: it has a title, and a file that is there.
      assert.ok(title, JSON.stringify(command));
      assert.ok(title === "plimsoll" || file.includes("no.yaml") || fs.existsSync(path.join(workspace, file)), JSON.stringify(command));
    }
    assert.deepEqual(Object.keys(done.steps[1].outputs).sort(), ["critical", "exit-code", "findings", "high", "low", "medium", "sarif-file"]);
  }
});

test("nothing in an input is run, expanded or taken for another input", () => {
  const hostile = [
    "$(touch HIT)",
    "`touch HIT`",
    "; touch HIT",
    "&& touch HIT #",
    "| tee HIT",
    "> HIT",
    "'; touch HIT; '",
    '"; touch HIT; "',
    "a\ntouch HIT\n",
    "${IFS}touch${IFS}HIT",
    "$PATH",
    "%24%28touch HIT%29",
    "x\n::error::boo\n::set-output name=findings::9",
    "x\r\nfindings=9\r\nexit-code=0",
    "a[$(touch HIT)]",
    "-rf",
    "--",
    "\\",
    "*",
    "안녕",
    "${{ github.token }}",
    "x".repeat(5000),
  ];
  const names = ["paths", "config", "fail-on", "format", "sarif", "baseline", "changed-only", "args", "version", "sha256"];
  const workspace = repository({ "a.yaml": pod("a") });
  const before = fs.readdirSync(workspace).sort();
  for (const name of names) {
    for (const value of hostile) {
      const done = run(workspace, { [name]: value });
      const where = `${name}: ${JSON.stringify(value)}\n${done.log}`;
      assert.deepEqual(fs.readdirSync(workspace).sort(), before, where);
      assert.ok(!fs.existsSync(path.join(ROOT, "HIT")), where);
      assert.ok(["0", "1", "2"].includes(done.outputs["exit-code"]), where);
      if (done.outputs["exit-code"] !== "0") assert.ok(done.failed, where);
      assert.ok(["", "0", "1"].includes(done.outputs.findings), where);
      for (const { command, properties } of done.commands) {
        assert.ok(["error", "warning", "notice"].includes(command) && properties.title, where);
      }
    }
  }
});

test("args are split at white space, quotes keep it, and nothing is a pattern", () => {
  const workspace = repository({ "a b.yaml": pod("a"), "x.yaml": CLEAN });
  for (const [args, findings, code] of [
    ["--select privileged-container", "1", "1"],
    ["--select\nprivileged-container\n\n", "1", "1"],
    ["--select\r\nprivileged-container\r\n", "1", "1"],
    ["\t--select   'privileged-container'  ", "1", "1"],
    ['--sel"ect=privileged-"container', "1", "1"],
    ["--select privileged-container --ignore *", "0", "0"],
    ["--select privileged-container 'a b.yaml'", "1", "1"],
    ["--select privileged-container --report 'html=$(touch HIT)/x'", "1", "2"],
    ["--fail-on ''", "", "2"],
  ]) {
    const done = run(workspace, { args });
    const { findings: told, "exit-code": ended } = done.outputs;
    assert.deepEqual([told, ended], [findings, code], `${args}\n${done.log}`);
  }
});

test("paths are lines, and a line is one path", () => {
  const workspace = repository({ "a b/x.yaml": pod("a"), "c/x.yaml": pod("b"), "d/x.yaml": pod("d") });
  for (const [paths, findings] of [
    ["a b", "1"],
    ["a b\nc\n", "2"],
    ["a b\r\nc\r\n", "2"],
    ["\n\n", "3"],
    ["", "3"],
    [".", "3"],
  ]) {
    assert.equal(run(workspace, { paths }).outputs.findings, findings, JSON.stringify(paths));
  }
});

test("the exit code is plimsoll's", () => {
  const workspace = repository({ "a.yaml": pod("a") });
  for (const [inputs, code] of [
    [{}, "1"],
    [{ "fail-on": "critical" }, "1"],
    [{ args: `${ONE} --exit-zero` }, "0"],
    [{ args: "--ignore *" }, "0"],
    [{ args: "--fail-on-empty", paths: "nothing" }, "3"],
  ]) {
    fs.mkdirSync(path.join(workspace, "nothing"), { recursive: true });
    const done = run(workspace, inputs);
    assert.equal(done.outputs["exit-code"], code, done.log);
    assert.equal(done.failed, code !== "0");
    assert.equal(done.steps.at(-1).code, Number(code));
  }
});

test("the worst come first, no more than GitHub shows, and what is left out is said", () => {
  const files = {};
  for (let n = 0; n < 30; n++) files[`b${String(n).padStart(2, "0")}.yaml`] = pod("a");
  files["a.yaml"] = `${CLEAN}---\n${pod("low").replace("privileged: true", "readOnlyRootFilesystem: false")}`;
  const done = run(repository(files), { args: "--profile all" });
  for (const kind of ["error", "warning", "notice"]) {
    const count = done.annotations.filter(({ command }) => command === kind).length;
    assert.ok(count <= SHOWN, `${count} of ${kind}`);
  }
  assert.equal(errors(done).length, SHOWN);
  assert.ok(errors(done).every(({ properties }) => /critical/.test(properties.title)), done.log.slice(-3000));
  assert.match(done.shown, /GitHub shows/);
  assert.match(done.summary, /GitHub shows/);
  assert.ok(Buffer.byteLength(done.summary) < 1 << 20);
});

test("a summary that is too large holds the worst in a table and says how many are not listed", () => {
  const container = (n, fields) => `    - {name: "c${n}-${"x".repeat(40)}", image: "r/c:1", securityContext: {${fields}}}\n`;
  let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n";
  for (let n = 0; n < 5000; n++) text += container(n, "runAsUser: 0");
  text += container("worst", "privileged: true");
  const args = "--select privileged-container,run-as-root-user";
  const done = run(repository({ "a.yaml": text }), { args });
  assert.equal(done.outputs.findings, "5001", done.log.slice(-2000));
  const bytes = Buffer.byteLength(done.summary);
  assert.ok(bytes > 1_000_000 && bytes < 1 << 20, `${bytes} bytes`);
  const rows = done.summary.split("\n").filter((line) => /^\| \**(critical|high|medium|low)\b/.test(line));
  assert.match(rows[0], /^\| \*\*critical\*\* \|.*privileged-container/);
  assert.ok(rows.length > 1000 && rows.length < 5001, `${rows.length} rows`);
  assert.ok(done.summary.includes(`\n${5001 - rows.length} more findings are not listed: `), done.summary.slice(-500));
  assert.match(done.summary, /GitHub shows .* The log of the step has all\.\n$/);
});

test("a run without a report fails the job, whatever plimsoll ended with", () => {
  for (const [program, told] of [
    ["exit 0", /plimsoll wrote no report/],
    ["exit 1", /plimsoll wrote no report/],
    ["echo 'error: no room' >&2; exit 2", /plimsoll ended with 2: error: no room/],
  ]) {
    const stub = `[[ $1 == --version ]] && { echo "plimsoll ${VERSION}"; exit; }\n${program}`;
    const { action, env } = apart(null, { plimsoll: stub });
    const done = run(repository({ "a.yaml": CLEAN }), {}, { action, env });
    assert.deepEqual([done.outputs["exit-code"], done.outputs.findings, done.failed], ["2", "", true], done.log);
    assert.equal(errors(done).length, 1, done.log);
    assert.match(errors(done)[0].message, told);
    assert.match(done.summary, /could not do its work/);
  }
});

test("a baseline's findings are known", () => {
  const workspace = repository({ "a.yaml": pod("a") });
  execFileSync(BINARY, ["baseline", "write", "known", ...ONE.split(" ")], { cwd: workspace });
  assert.equal(run(workspace, { baseline: "known" }).outputs.findings, "0");
  write(workspace, { "b.yaml": pod("b") });
  assert.equal(run(workspace, { baseline: "known" }).outputs.findings, "1");
});

function git(folder, ...args) {
  const identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"];
  return execFileSync("git", [...identity, "-C", folder, ...args], { encoding: "utf8" }).trim();
}

// A pull request of one branch, merged as GitHub does for its run. Returns the commits.
function pullRequest() {
  const folder = temporary();
  git(folder, "init", "-q", "-b", "main");
  write(folder, { "old.yaml": pod("old"), "gone.yaml": pod("gone"), "moved.yaml": pod("moved") });
  git(folder, "add", "-A");
  git(folder, "commit", "-qm", "one");
  const base = git(folder, "rev-parse", "HEAD");
  git(folder, "checkout", "-qb", "change");
  fs.rmSync(path.join(folder, "gone.yaml"));
  fs.renameSync(path.join(folder, "moved.yaml"), path.join(folder, "here, 안녕.yaml"));
  write(folder, { "new.yaml": pod("new"), "Kustomization": "resources: []\n", "notes.md": "x\n", "apps/in.yaml": pod("in") });
  fs.symlinkSync("old.yaml", path.join(folder, "link.yaml"));
  git(folder, "add", "-A");
  git(folder, "commit", "-qm", "two");
  const head = git(folder, "rev-parse", "HEAD");
  git(folder, "checkout", "-q", "main");
  write(folder, { "meanwhile.yaml": pod("meanwhile") });
  git(folder, "add", "-A");
  git(folder, "commit", "-qm", "three");
  git(folder, "checkout", "-q", "--detach");
  git(folder, "merge", "-q", "--no-ff", "-m", "merge", "change");
  return { folder, base, head, merge: git(folder, "rev-parse", "HEAD") };
}

const found = (done) => errors(done).map(({ properties }) => properties.file).sort();

test("changed-only tells the findings of the files that the pull request changes", () => {
  const { folder, base, head, merge } = pullRequest();
  const event = (sha) => ({ ...pull(HERE), sha, event: { pull_request: { base: { sha: base }, head: { repo: HERE } } } });
  const changed = ["apps/in.yaml", "here, 안녕.yaml", "new.yaml"];
  const only = { "changed-only": "true" };
  const done = run(folder, only, { github: event(merge) });
  assert.deepEqual(found(done), changed, done.log);
  assert.deepEqual(found(run(folder, { ...only, paths: "apps\nold.yaml" }, { github: event(merge) })), ["apps/in.yaml"]);
  // The branch itself, when a workflow checks that out.
  git(folder, "checkout", "-q", head);
  assert.deepEqual(found(run(folder, only, { github: event(merge) })), changed);
  // A push of it.
  const push = { event_name: "push", sha: head, event: { before: base } };
  assert.deepEqual(found(run(folder, only, { github: push })), changed);
  // Nothing to compare with: everything, and that is said.
  for (const github of [{ event_name: "schedule" }, { event_name: "push", event: { before: "0".repeat(40) } }]) {
    const all = run(folder, only, { github });
    assert.ok(found(all).includes("old.yaml"), all.log);
    assert.ok(all.annotations.some(({ command, message }) => command === "notice" && /all of/.test(message)));
  }
  // No change at all.
  const same = run(folder, only, { github: { event_name: "push", sha: head, event: { before: head } } });
  assert.deepEqual([same.outputs.findings, same.outputs["exit-code"]], ["0", "0"], same.log);
  assert.ok(fs.existsSync(same.outputs["sarif-file"]));
});

test("changed-only in a shallow clone works from two commits on and says what to do with less", () => {
  const { folder, base, merge } = pullRequest();
  git(folder, "branch", "merged", merge);
  const github = { ...pull(HERE), sha: merge, event: { pull_request: { base: { sha: base }, head: { repo: HERE } } } };
  for (const [depth, code] of [["2", "1"], ["1", "2"]]) {
    const clone = path.join(temporary(), "clone");
    execFileSync("git", ["clone", "-q", "--depth", depth, "--branch", "merged", `file://${folder}`, clone], { stdio: "pipe" });
    const done = run(clone, { "changed-only": "true" }, { github });
    assert.equal(done.outputs["exit-code"], code, done.log);
    if (code === "2") assert.match(errors(done)[0].message, /fetch-depth: 0/);
    else assert.equal(found(done).length, 3);
  }
  const outside = run(repository({}), { "changed-only": "true" }, { github });
  assert.equal(outside.outputs["exit-code"], "2");
});

// A copy of the action, and a PATH on which there is no plimsoll but the named programs.
function apart(checksums, programs) {
  const action = temporary();
  for (const name of ["action.yml", "Cargo.toml"]) fs.copyFileSync(path.join(ROOT, name), path.join(action, name));
  fs.cpSync(path.join(ROOT, "action"), path.join(action, "action"), { recursive: true });
  if (checksums) fs.writeFileSync(path.join(action, "action/checksums.txt"), checksums);
  const bin = temporary();
  for (const [name, text] of Object.entries(programs)) {
    fs.writeFileSync(path.join(bin, name), `#!/bin/bash\n${text}\n`, { mode: 0o755 });
  }
  return { action, env: { PATH: `${bin}:/usr/bin:/bin` }, bin };
}

// An archive as the release makes it, and a curl that serves it.
function release(version = VERSION) {
  const folder = temporary();
  const name = `plimsoll-v${version}-x86_64-unknown-linux-musl`;
  write(folder, { [`${name}/LICENSE-MIT`]: "" });
  const binary = `#!/bin/bash\n[[ $1 == --version ]] && { echo "plimsoll ${version}"; exit; }\nexec "${BINARY}" "$@"\n`;
  fs.writeFileSync(path.join(folder, name, "plimsoll"), binary, { mode: 0o755 });
  const archive = path.join(folder, `${name}.tar.gz`);
  execFileSync("tar", ["-czf", archive, "-C", folder, name]);
  const sum = crypto.createHash("sha256").update(fs.readFileSync(archive)).digest("hex");
  const curl = `for last; do :; done; echo "$last" >> "${folder}/urls"; while [[ $1 != --output ]]; do shift; done; cp "${archive}" "$2"`;
  return { archive: `${name}.tar.gz`, sum, curl, urls: path.join(folder, "urls") };
}

const FROM = { event_name: "push", action_repository: "octo/plimsoll" };
// A cargo that builds nothing and says where and how it was called.
const CARGO = `pwd > "$HIT"; echo "$@" >> "$HIT"; while [[ $1 != --target-dir ]]; do shift; done; mkdir -p "$2/release"; cp -s "${BINARY}" "$2/release/plimsoll"`;

test("the release's archive is used when its checksum is the one that the action knows", () => {
  const { archive, sum, curl, urls } = release();
  // As `sha256sum` writes a line where files are text, where they are not, and under Windows.
  for (const line of [`${sum}  ${archive}\n`, `${sum} *${archive}\n`, `${sum} *${archive}\r\n`]) {
    const { action, env } = apart(`# a comment\n${"1".repeat(64)}  other.tar.gz\n${line}`, { curl });
    fs.rmSync(urls, { force: true });
    const done = run(repository({ "a.yaml": pod("a") }), {}, { action, env, github: FROM });
    assert.equal(done.outputs.findings, "1", done.log);
    assert.match(done.log, /from the release, with the right checksum/);
    assert.equal(fs.readFileSync(urls, "utf8"), `https://github.com/octo/plimsoll/releases/download/v${VERSION}/${archive}\n`);
  }
});

test("another version needs its checksum, and gets the one that is named", () => {
  const { sum, curl } = release("9.8.7");
  const { action, env } = apart(null, { curl });
  const options = { action, env, github: FROM };
  const workspace = repository({ "a.yaml": pod("a") });
  for (const version of ["9.8.7", "v9.8.7"]) {
    const done = run(workspace, { version, sha256: sum }, options);
    assert.deepEqual([done.outputs.version, done.outputs.findings], ["9.8.7", "1"], done.log);
  }
  const without = run(workspace, { version: "9.8.7" }, options);
  assert.match(errors(without)[0].message, /needs `sha256`/);
  const wrong = run(workspace, { version: "9.8.7", sha256: "a".repeat(64) }, options);
  assert.match(errors(wrong)[0].message, /^the SHA-256 of /);
  assert.deepEqual([wrong.outputs["exit-code"], wrong.uses.length, wrong.failed], ["2", 0, true]);
});

test("a wrong checksum ends the job and nothing of the archive is run", () => {
  const { archive, curl } = release();
  const hit = path.join(temporary(), "hit");
  const { action, env } = apart(`${"0".repeat(64)}  ${archive}\n`, { curl, cargo: CARGO });
  const done = run(repository({ "a.yaml": pod("a") }), {}, { action, env: { ...env, HIT: hit }, github: FROM });
  assert.ok(done.failed && /the SHA-256 of/.test(errors(done)[0].message), done.log);
  assert.ok(!fs.existsSync(hit), "it is not built instead");
});

test("without a release the action builds its own checkout, from its own folder and with its own lock", () => {
  const hit = path.join(temporary(), "hit");
  const { archive, sum } = release();
  for (const [checksums, github, curl] of [
    [null, FROM, "exit 1"],
    [`${sum}  ${archive}\n`, FROM, "exit 22"],
    [`${sum}  ${archive}\n`, { event_name: "push" }, "exit 1"],
  ]) {
    const { action, env } = apart(checksums, { curl, cargo: CARGO });
    const done = run(repository({ "a.yaml": pod("a") }), {}, { action, env: { ...env, HIT: hit }, github });
    assert.equal(done.outputs.findings, "1", done.log);
    const [folder, args] = fs.readFileSync(hit, "utf8").split("\n");
    assert.equal(fs.realpathSync(folder), fs.realpathSync(action));
    assert.match(args, /^build --release --locked --bin plimsoll /);
  }
  const { action, env } = apart(null, { curl: "exit 1" });
  const none = run(repository({}), {}, { action, env, github: FROM });
  assert.match(errors(none)[0].message, /no cargo/);
});

test("a plimsoll on PATH of another version is passed over", () => {
  for (const answer of ["plimsoll 0.0.1", "plimsoll 0.0.1 ::error::x", "", "exit 3"]) {
    const hit = path.join(temporary(), "hit");
    const program = answer.startsWith("exit") ? answer : `echo "${answer}"`;
    const { action, env } = apart(null, { cargo: CARGO, plimsoll: program });
    const done = run(repository({ "a.yaml": pod("a") }), {}, { action, env: { ...env, HIT: hit }, github: FROM });
    assert.equal(done.outputs.version, VERSION, done.log);
    assert.ok(fs.existsSync(hit), done.log);
  }
});

// Stand-ins for what Windows has: no Windows is at hand, but its branches can be walked.
test("on Windows the archive is a zip, which the tar of Windows unpacks", () => {
  const folder = temporary();
  const name = `plimsoll-v${VERSION}-x86_64-pc-windows-msvc`;
  const binary = `#!/bin/bash\n[[ $1 == --version ]] && { echo "plimsoll ${VERSION}"; exit; }\nexec "${BINARY}" "$@"\n`;
  write(folder, { [`${name}/plimsoll.exe`]: binary });
  fs.chmodSync(path.join(folder, name, "plimsoll.exe"), 0o755);
  const archive = path.join(folder, `${name}.zip`);
  execFileSync("python3", ["-m", "zipfile", "-c", archive, name], { cwd: folder });
  const sum = crypto.createHash("sha256").update(fs.readFileSync(archive)).digest("hex");
  const system = temporary();
  const tar = '#!/bin/bash\n[[ $1 == -xf && $3 == -C ]] && python3 -m zipfile -e "$2" "$4" && chmod -R +x "$4"\n';
  write(system, { "System32/tar.exe": tar });
  fs.chmodSync(path.join(system, "System32/tar.exe"), 0o755);
  const { action, env } = apart(`${sum}  ${name}.zip\n`, {
    curl: `while [[ $1 != --output ]]; do shift; done; cp "${archive}" "$2"`,
    cygpath: 'printf "%s\\n" "${2//\\\\//}"',
  });
  const windows = { ...env, RUNNER_OS: "Windows", SYSTEMROOT: system };
  const done = run(repository({ "a.yaml": pod("a") }), {}, { action, env: windows, github: FROM });
  assert.deepEqual([done.outputs.findings, done.outputs["exit-code"]], ["1", "1"], done.log);
});
