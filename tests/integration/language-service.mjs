// GitHub's own language service reads the action's description, the program behind its editor support.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";

import { validateAction } from "@actions/languageservice/validate-action";
import { TextDocument } from "vscode-languageserver-textdocument";

const text = fs.readFileSync(path.join(process.env.PLIMSOLL_ROOT, "action.yml"), "utf8");
// It remembers what it parsed by the name.
let number = 0;
const validate = (text) => validateAction(TextDocument.create(`file:///${number++}/action.yml`, "yaml", 1, text));

test("it has nothing to say about the action", async () => {
  assert.deepEqual(await validate(text), []);
});

test("it speaks up when something is wrong", async () => {
  for (const [from, to] of [
    ["      shell: bash\n", ""],
    ["fromJSON(", "fromNothing("],
    ["using: composite", "using: magic"],
    ["inputs.sarif == 'true'", "inputs.sarif == "],
  ]) {
    assert.ok(text.includes(from), from);
    assert.notEqual((await validate(text.replace(from, to))).length, 0, `${from} → ${to}`);
  }
});
