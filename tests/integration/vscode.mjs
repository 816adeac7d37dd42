// The extension in VS Code's own workbench: code-server, with Chromium in front of it.
// It needs `code-server` (or CODE_SERVER, its entry.js), `chromium` (or CHROMIUM), and is skipped where they are not.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const { PLIMSOLL, PLIMSOLL_ROOT, PLIMSOLL_TOOLS } = process.env;
const POD = `apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  hostPID: true # plimsoll: ignore[host-pid] it counts processes
  containers:
    - {name: c, env: [{name: X, value: "안녕 😀"}], securityContext: {privileged: true}, image: "r.example.org/c:1.2.3"}
`;
const WEB = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: ";
const FILES = {
  ".git/HEAD": "",
  ".plimsoll.yaml": "exclud: [x]\n",
  "pod.yaml": POD,
  "base/kustomization.yaml": "resources: [deploy.yaml]\n",
  "base/deploy.yaml": `${WEB}{containers: [{name: web, image: "r.example.org/web:1.2.3"}]}}}\n`,
  "over/kustomization.yaml": "resources: [../base]\npatches: [{path: patch.yaml}]\n",
  "over/patch.yaml": `${WEB}{hostNetwork: true}}}\n`,
};

function find(variable, name) {
  const places = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name));
  const place = process.env[variable] ?? places.find((place) => existsSync(place));
  if (place === undefined) {
    console.log(`${name} is not here`);
    process.exit(77);
  }
  return place;
}

/** Waits until a value is as it should be, and fails with the value that it had last. */
async function until(what, read, holds) {
  let value;
  for (let tries = 0; tries < 100; tries += 1) {
    value = await read();
    if (holds(value)) return value;
    await sleep(200);
  }
  assert.fail(`${what}: ${JSON.stringify(value)}`);
}

/** The workspace, the settings, and a program that counts how often the server is started. */
function prepare(scratch) {
  const program = join(scratch, "counted");
  const settings = { "plimsoll.path": program, "editor.wordWrap": "on", "workbench.startupEditor": "none" };
  const files = Object.entries(FILES).map(([name, text]) => [join("workspace", name), text]);
  files.push(["data/User/settings.json", JSON.stringify(settings)]);
  files.push(["counted", `#!/bin/sh\necho started >> '${scratch}/starts'\nexec '${PLIMSOLL}' "$@"\n`]);
  for (const [name, text] of files) {
    mkdirSync(join(scratch, name, ".."), { recursive: true });
    writeFileSync(join(scratch, name), text);
  }
  chmodSync(program, 0o755);
}

function pack(file) {
  const folder = join(PLIMSOLL_ROOT, "editors", "vscode");
  const npm = (...args) => execFileSync("npm", args, { cwd: folder, stdio: "pipe" });
  if (!existsSync(join(folder, "node_modules"))) npm("ci", "--no-audit", "--no-fund");
  npm("run", "package", "--", "--out", file);
}

async function check(page, scratch) {
  const open = (name) => page.locator(".explorer-folders-view").getByText(name, { exact: true }).first().dblclick();
  const saved = (name) => readFileSync(join(scratch, "workspace", name), "utf8");
  const rows = () => page.locator(".markers-panel .monaco-list-row").allInnerTexts();
  const starts = () => readFileSync(join(scratch, "starts"), "utf8").split("\n").length - 1;
  const has = (...parts) => (all) => parts.every((part) => all.join("\n").includes(part));
  const line = (text) => page.locator(".view-line", { hasText: text }).first();

  await open("pod.yaml");
  await page.keyboard.press("Control+Shift+M");
  await until("the problems", rows, has("privileged-container", "unknown key `exclud`", "did you mean `exclude`?"));
  await until("the patch", rows, has("`hostNetwork`", "built by this kustomization", "the object that it changes"));
  assert.ok(!has("host-pid")(await rows()), "an ignore comment counts");

  const place = async (locator) => (await locator.boundingBox()) ?? assert.fail("nothing is shown");
  const word = page.locator(".view-line span span", { hasText: /^true$/ }).last();
  const [text, mark] = [await place(word), await place(page.locator(".cdr.squiggly-error").last())];
  assert.ok(Math.abs(text.x - mark.x) < 2 && Math.abs(text.width - mark.width) < 2, JSON.stringify({ text, mark }));

  await word.hover();
  const hover = () => page.locator(".monaco-hover:visible").allInnerTexts();
  await until("the hover", hover, has("so the container has the node's devices"));
  const comment = page.locator(".view-line span span", { hasText: "ignore[host-pid]" }).last();
  const { width } = await place(comment);
  await comment.hover({ position: { x: width * 0.45, y: 8 } });
  await until("the hover in a comment", hover, has("host-pid"));

  await word.click();
  await page.keyboard.press("Control+.");
  // The preferred fix is the one that is focused.
  await page.locator(".action-widget .focused", { hasText: "Set `securityContext.privileged` to `false`" }).waitFor();
  await page.keyboard.press("Enter");
  await until("the text", () => line("image:").innerText(), (text) => text.includes("false"));
  await page.keyboard.press("Control+S");
  const fixed = POD.replace("privileged: true", "privileged: false");
  await until("the file", () => saved("pod.yaml"), (text) => text === fixed);
  await until("the problems", rows, (all) => !has("privileged-container")(all));

  await open(".plimsoll.yaml");
  await line("exclud").click();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("exclude: [over]\n");
  await page.keyboard.press("Control+S");
  await until("no problems", rows, (all) => all.length === 0);

  const before = starts();
  await page.keyboard.press("F1");
  await page.keyboard.type("plimsoll: Restart Server");
  await page.locator(".quick-input-list .monaco-list-row", { hasText: "Restart Server" }).first().click();
  await until("the starts", starts, (now) => now === before + 1);
}

async function main() {
  const entry = find("CODE_SERVER", "code-server");
  const executablePath = find("CHROMIUM", "chromium");
  // Not to be bundled: it looks for its own files.
  const { chromium } = createRequire(join(PLIMSOLL_TOOLS, "node_modules", "_"))("playwright-core");
  const scratch = mkdtempSync(join(tmpdir(), "plimsoll-vscode-"));
  prepare(scratch);
  pack(join(scratch, "plimsoll.vsix"));
  const [command, ...first] = entry.endsWith(".js") ? [process.execPath, entry] : [entry];
  first.push("--user-data-dir", join(scratch, "data"), "--extensions-dir", join(scratch, "extensions"));
  execFileSync(command, [...first, "--install-extension", join(scratch, "plimsoll.vsix")], { stdio: "pipe" });
  const quiet = ["--auth", "none", "--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"];
  const server = spawn(command, [...first, ...quiet, "--bind-addr", "127.0.0.1:0"]);
  let said = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (chunk) => (said += chunk));
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  try {
    const [url] = await until("code-server", () => /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(said) ?? said, Array.isArray);
    await page.goto(`${url}/?folder=${join(scratch, "workspace")}`);
    await check(page, scratch);
  } catch (error) {
    await page.screenshot({ path: join(PLIMSOLL_TOOLS, "vscode.png") });
    throw error;
  } finally {
    await browser.close();
    server.kill();
    await once(server, "exit");
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
