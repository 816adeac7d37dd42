// Runs the steps of a composite action as GitHub's runner does, as far as that needs no GitHub: real files for
// outputs, summary, environment and PATH, GitHub's own evaluator for expressions, and the runner's reading of
// workflow commands. `uses:` steps are recorded and not run.

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { parse } from "yaml";

const CONTEXTS = ["github", "inputs", "steps", "env", "runner", "job"];

// What GitHub shows of one step, of each kind.
export const SHOWN = 10;

function parsed(text) {
  const functions = ["success", "failure", "always", "cancelled"].map((name) => ({ name, minArgs: 0, maxArgs: 0 }));
  return new Parser(new Lexer(text).lex().tokens, CONTEXTS, functions).parse();
}

function evaluate(text, contexts, state) {
  const functions = new Map();
  const bool = (name, value) =>
    functions.set(name, { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(value) });
  bool("success", !state.failed);
  bool("failure", state.failed);
  bool("always", true);
  bool("cancelled", false);
  const context = JSON.parse(JSON.stringify(contexts), data.reviver);
  return new Evaluator(parsed(text), context, functions).evaluate();
}

// The value of a text with `${{ }}` in it.
export function expand(text, contexts, state = { failed: false }) {
  return String(text).replace(/\$\{\{(.*?)\}\}/gs, (_, inner) => evaluate(inner, contexts, state).coerceString());
}

// Whether a step runs: without a status function, only while nothing has failed.
function runs(step, contexts, state) {
  const text = String(step.if ?? "success()").replace(/^\$\{\{(.*)\}\}$/s, "$1");
  const always = /\b(always|failure|cancelled|success)\s*\(/.test(text);
  if (!always && state.failed) return false;
  const value = evaluate(text, contexts, state);
  return JSON.parse(JSON.stringify(value, data.replacer)) ? true : false;
}

// `name=value` and `name<<END` blocks, as the runner reads them; anything else is an error.
export function readPairs(file) {
  const pairs = {};
  const lines = fs.readFileSync(file, "utf8").split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at];
    if (line === "") continue;
    const block = /^([^=]+?)<<(.+)$/.exec(line);
    if (block) {
      const value = [];
      while (++at < lines.length && lines[at] !== block[2]) value.push(lines[at]);
      if (at >= lines.length) throw new Error(`no end of ${line}`);
      pairs[block[1]] = value.join("\n");
      continue;
    }
    const equals = line.indexOf("=");
    if (equals < 1) throw new Error(`not a line of an output file: ${JSON.stringify(line)}`);
    pairs[line.slice(0, equals)] = line.slice(equals + 1);
  }
  return pairs;
}

const unescapeData = (text) => text.replace(/%0D/g, "\r").replace(/%0A/g, "\n").replace(/%25/g, "%");
const unescapeProperty = (text) => unescapeData(text.replace(/%3A/g, ":").replace(/%2C/g, ","));

// The workflow commands in a log: those that the runner would carry out, and the lines that it would show.
export function readLog(text) {
  const commands = [];
  const shown = [];
  let stopped = null;
  for (const line of text.split(/\r?\n/)) {
    const found = /^\s*::([a-zA-Z-]+)(?: (.*?))?::(.*)$/s.exec(line);
    const resumed = stopped !== null && line.trim() === `::${stopped}::`;
    if (resumed) {
      stopped = null;
      continue;
    }
    // The older form may stand anywhere in a line.
    const old = /##\[([a-z-]+)[^\]]*\]/.exec(line);
    if (stopped !== null || (!found && !old)) {
      shown.push(line);
      continue;
    }
    if (!found) {
      commands.push({ command: old[1], properties: {}, message: line, old: true });
      continue;
    }
    const [, command, list, message] = found;
    if (command === "stop-commands") {
      stopped = message;
      continue;
    }
    const properties = {};
    for (const pair of (list ?? "").split(",").filter(Boolean)) {
      const equals = pair.indexOf("=");
      properties[pair.slice(0, equals).trim()] = unescapeProperty(pair.slice(equals + 1));
    }
    commands.push({ command, properties, message: unescapeData(message) });
  }
  return { commands, shown: shown.join("\n"), stopped };
}

// What is wrong in an action's own text that no schema sees.
export function mistakes(action) {
  const found = [];
  const text = JSON.stringify(action);
  for (const [, name] of text.matchAll(/\binputs\.([A-Za-z0-9_-]+)/g)) {
    if (!(name in (action.inputs ?? {}))) found.push(`input \`${name}\` is not declared`);
  }
  for (const name of Object.keys(action.inputs ?? {})) {
    if (!new RegExp(`\\binputs\\.${name}\\b`).test(text)) found.push(`input \`${name}\` is never used`);
  }
  const before = [];
  for (const step of action.runs.steps) {
    for (const [, name] of JSON.stringify(step).matchAll(/\bsteps\.([A-Za-z0-9_-]+)/g)) {
      if (!before.includes(name)) found.push(`step \`${name}\` has not run yet`);
    }
    if (step.id) before.push(step.id);
    if (step.run?.includes("${{")) found.push(`the script of \`${step.name}\` has an expression in it`);
    if (step.run && !step.shell) found.push(`\`${step.name}\` names no shell`);
    if (step.uses && !/@[0-9a-f]{40}$/.test(step.uses)) found.push(`\`${step.uses}\` is not pinned`);
  }
  return found;
}

// Runs the action in `folder`. `options`: inputs, github (context), workspace, env, upload ("success", "failure").
export function runAction(folder, options) {
  const action = parse(fs.readFileSync(path.join(folder, "action.yml"), "utf8"));
  const temp = fs.mkdtempSync(path.join(os.tmpdir(), "plimsoll-runner-"));
  const github = { event_name: "push", action_repository: "", repository: "octo/repo", event: {}, ...options.github };
  const unexpected = Object.keys(options.inputs ?? {}).filter((name) => !(name in action.inputs));
  const inputs = {};
  for (const [name, input] of Object.entries(action.inputs)) {
    inputs[name] = options.inputs?.[name] ?? expand(input.default ?? "", { github });
  }
  const run = { action, steps: [], uses: [], log: "", summary: "", unexpected, temp };
  const contexts = { github, inputs, steps: {}, env: {}, runner: { os: "Linux", arch: "X64" }, job: {} };
  const state = { failed: false };
  const added = { env: {}, path: [] };
  for (const [at, step] of action.runs.steps.entries()) {
    const record = { name: step.name, outcome: "skipped", outputs: {} };
    run.steps.push(record);
    if (runs(step, contexts, state)) {
      if (step.uses) useStep(step, record, run, contexts, options);
      else runStep(step, record, run, contexts, { folder, temp, at, github, added, options });
      const forgiven = expand(step["continue-on-error"] ?? "false", contexts) === "true";
      if (record.outcome === "failure" && !forgiven) state.failed = true;
    }
    if (step.id) contexts.steps[step.id] = { outputs: record.outputs, outcome: record.outcome };
  }
  run.outputs = {};
  for (const [name, output] of Object.entries(action.outputs)) run.outputs[name] = expand(output.value, contexts);
  run.failed = state.failed;
  Object.assign(run, readLog(run.log));
  run.annotations = run.commands.filter(({ command }) => ["error", "warning", "notice"].includes(command));
  return run;
}

function useStep(step, record, run, contexts, options) {
  const given = {};
  for (const [name, value] of Object.entries(step.with ?? {})) given[name] = expand(value, contexts);
  record.outcome = options.upload ?? "success";
  run.uses.push({ uses: step.uses, with: given });
}

function runStep(step, record, run, contexts, { folder, temp, at, github, added, options }) {
  const files = {};
  for (const name of ["OUTPUT", "STEP_SUMMARY", "ENV", "PATH", "STATE"]) {
    files[`GITHUB_${name}`] = path.join(temp, `${name.toLowerCase()}-${at}`);
    fs.writeFileSync(files[`GITHUB_${name}`], "");
  }
  const script = path.join(temp, `script-${at}.sh`);
  fs.writeFileSync(script, expand(step.run, contexts));
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    CARGO_HOME: process.env.CARGO_HOME,
    RUSTUP_HOME: process.env.RUSTUP_HOME,
    LANG: "C.UTF-8",
    GITHUB_ACTIONS: "true",
    CI: "true",
    GITHUB_ACTION_PATH: folder,
    GITHUB_WORKSPACE: options.workspace,
    GITHUB_EVENT_NAME: github.event_name,
    GITHUB_SHA: github.sha ?? "1".repeat(40),
    GITHUB_REPOSITORY: github.repository,
    GITHUB_SERVER_URL: "https://github.com",
    RUNNER_OS: "Linux",
    RUNNER_ARCH: "X64",
    RUNNER_TEMP: temp,
    ...files,
    ...options.env,
    ...added.env,
  };
  for (const name of Object.keys(env)) if (env[name] === undefined) delete env[name];
  if (added.path.length) env.PATH = [...added.path, env.PATH].join(":");
  for (const [name, value] of Object.entries(step.env ?? {})) env[name] = expand(value, contexts);
  // How the runner starts `shell: bash`. One pipe for both outputs, as the log is one.
  const command = 'exec bash --noprofile --norc -eo pipefail "$0" 2>&1';
  const done = spawnSync("bash", ["-c", command, script], {
    cwd: options.workspace,
    env,
    encoding: "utf8",
    // Not a socket, or bash would take itself for a remote login and read its user's settings.
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1 << 28,
    timeout: 900_000,
  });
  record.code = done.status;
  record.outcome = done.status === 0 ? "success" : "failure";
  record.outputs = readPairs(files.GITHUB_OUTPUT);
  record.log = done.stdout;
  run.log += done.stdout;
  run.summary += fs.readFileSync(files.GITHUB_STEP_SUMMARY, "utf8");
  Object.assign(added.env, readPairs(files.GITHUB_ENV));
  added.path.unshift(...fs.readFileSync(files.GITHUB_PATH, "utf8").split("\n").filter(Boolean));
}
