import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { findBinary } from "../src/binary";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function program(...parts: string[]): string {
  const path = join(folder, ...parts);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, "#!/bin/sh\n");
  chmodSync(path, 0o755);
  return path;
}

const around = { setting: "", extension: join(folder, "none"), path: "", platform: "linux" as NodeJS.Platform };

test("the binary that is set comes before all others", () => {
  const set = program("set", "my-plimsoll");
  const path = join(folder, "on-path");
  program("on-path", "plimsoll");
  assert.deepEqual(findBinary({ ...around, setting: ` ${set} `, path }), { binary: set });
});

test("a setting that is no program is told, and nothing else is run in its place", () => {
  const path = join(folder, "on-path");
  program("on-path", "plimsoll");
  for (const setting of ["plimsoll", "./plimsoll", join(folder, "gone"), folder]) {
    const found = findBinary({ ...around, setting, path });
    assert.ok("problem" in found && found.problem.includes(setting), JSON.stringify(found));
  }
});

test("the binary that came along comes before the one on PATH", () => {
  const own = program("extension", "bin", "plimsoll");
  const path = join(folder, "on-path");
  program("on-path", "plimsoll");
  assert.deepEqual(findBinary({ ...around, extension: join(folder, "extension"), path }), { binary: own });
});

test("a relative part of PATH is not searched", () => {
  const binary = program("on-path", "plimsoll");
  const here = process.cwd();
  process.chdir(join(folder, "on-path"));
  try {
    for (const path of ["", ".", `.${delimiter}`, delimiter]) {
      assert.ok("problem" in findBinary({ ...around, path }), path);
    }
    const path = [".", join(folder, "on-path")].join(delimiter);
    assert.deepEqual(findBinary({ ...around, path }), { binary });
  } finally {
    process.chdir(here);
  }
});

test("a file that may not be run is no program", { skip: process.platform === "win32" }, () => {
  const path = join(folder, "plain");
  mkdirSync(path);
  writeFileSync(join(path, "plimsoll"), "");
  chmodSync(join(path, "plimsoll"), 0o644);
  assert.ok("problem" in findBinary({ ...around, path }));
});

test("on Windows the binary has an extension", () => {
  const binary = program("windows", "plimsoll.exe");
  assert.deepEqual(findBinary({ ...around, path: join(folder, "windows"), platform: "win32" }), { binary });
});

test("a binary that is not there is told with the places where it was looked for", () => {
  const extension = join(folder, "bare");
  const one = findBinary({ ...around, extension, path: join(folder, "empty") });
  assert.ok("problem" in one && one.problem.includes(`${join(extension, "bin")} or in the one folder of PATH`));
  const path = [".", join(folder, "empty"), join(folder, "empty-too")].join(delimiter);
  const two = findBinary({ ...around, extension, path });
  assert.ok("problem" in two && two.problem.includes("the 2 folders of PATH"));
  // No registry has it.
  assert.ok(one.problem.includes("cargo install --path . --locked"), one.problem);
});

test("the folder that is open does not choose the binary", () => {
  const manifest = JSON.parse(readFileSync("package.json", "utf8"));
  // Settings of this scope count only where the user or the machine has them.
  assert.equal(manifest.contributes.configuration.properties["plimsoll.path"].scope, "machine");
});
