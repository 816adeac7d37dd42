// Where the binary is. Knows nothing of the editor, so that it can be tested without one.
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { homedir } from "node:os";

/** What the search needs to know. */
export interface Surroundings {
  /** The user's setting; empty for none. */
  setting: string;
  /** The folder of the extension. */
  extension: string;
  /** The value of `PATH`. */
  path: string | undefined;
  /** As `process.platform` has it. */
  platform: NodeJS.Platform;
}

/** A binary, or why there is none. */
export type Found = { binary: string } | { problem: string };

/** The binary to run: the one that was set, the one that came along, or the one on `PATH`. */
export function findBinary(around: Surroundings): Found {
  const setting = around.setting.trim();
  if (setting !== "") {
    const binary = setting.startsWith("~/") ? join(homedir(), setting.slice(2)) : setting;
    if (!isAbsolute(binary)) {
      return { problem: `plimsoll.path is not an absolute path: ${setting}` };
    }
    return isProgram(binary) ? { binary } : { problem: `plimsoll.path is not a program: ${setting}` };
  }
  const name = around.platform === "win32" ? "plimsoll.exe" : "plimsoll";
  // An empty or relative part of PATH would mean the folder that is open, and what lies there is not trusted.
  const folders = (around.path ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  const own = join(around.extension, "bin");
  const binary = [own, ...folders].map((folder) => join(folder, name)).find(isProgram);
  return binary === undefined ? { problem: notFound(name, own, folders.length) } : { binary };
}

function notFound(name: string, own: string, folders: number): string {
  const path = folders === 1 ? "the one folder of PATH" : `the ${folders} folders of PATH`;
  const advice = "install it (`cargo install --path . --locked` in a checkout of plimsoll) or set plimsoll.path";
  return `${name} was not found in ${own} or in ${path}: ${advice}`;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
