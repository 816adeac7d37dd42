// The action where nothing is installed and nothing is released: it builds its own checkout with cargo. Takes minutes.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";

import { runAction } from "./runner.mjs";

test("the action builds plimsoll from its own checkout and lints with it", () => {
  const workspace = fs.mkdtempSync(path.join(os.tmpdir(), "plimsoll-build-"));
  const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostPID: true, containers: [{name: c}]}\n";
  fs.writeFileSync(path.join(workspace, "pod.yaml"), pod);
  // What would run other code, if cargo looked for settings where it lints.
  fs.mkdirSync(path.join(workspace, ".cargo"));
  fs.writeFileSync(path.join(workspace, ".cargo/config.toml"), '[build]\nrustc-wrapper = "/nonexistent/wrapper"\n');
  fs.writeFileSync(path.join(workspace, "rust-toolchain.toml"), '[toolchain]\nchannel = "none-such"\n');
  // Without the folder of the binary under test.
  const here = path.dirname(process.env.PLIMSOLL);
  const PATH = process.env.PATH.split(":").filter((folder) => folder !== here).join(":");
  // Not as fast as it could be: this is about where it comes from.
  const quick = { CARGO_PROFILE_RELEASE_LTO: "off", CARGO_PROFILE_RELEASE_OPT_LEVEL: "0", CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16" };
  const env = { PATH, ...quick };
  const done = runAction(process.env.PLIMSOLL_ROOT, { workspace, env, inputs: { args: "--select host-pid" } });
  fs.rmSync(done.temp, { recursive: true });
  assert.match(done.log, /built from the checkout of the action/);
  assert.deepEqual([done.outputs.findings, done.outputs["exit-code"], done.failed], ["1", "1", true], done.log);
});
