// Starts `plimsoll server`, and starts it again when its settings change. All that is said in the editor comes from there.
import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node";
import { findBinary } from "./binary";

const SECTION = "plimsoll";

let client: LanguageClient | undefined;
let output: vscode.LogOutputChannel;
// One start or stop at a time, in the order in which they were asked for.
let queue: Promise<void> = Promise.resolve();

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  output = vscode.window.createOutputChannel("plimsoll", { log: true });
  context.subscriptions.push(
    output,
    vscode.commands.registerCommand("plimsoll.restart", () => restart(context)),
    vscode.commands.registerCommand("plimsoll.showOutput", () => output.show()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      // The server hears of all other settings itself.
      const decides = ["enable", "path"].map((name) => `${SECTION}.${name}`);
      return decides.some((name) => event.affectsConfiguration(name)) ? restart(context) : undefined;
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => restart(context)),
  );
  await restart(context);
}

export function deactivate(): Promise<void> {
  return inOrder(stop);
}

function inOrder(step: () => Promise<void>): Promise<void> {
  queue = queue.then(step, step);
  return queue;
}

function restart(context: vscode.ExtensionContext): Promise<void> {
  return inOrder(async () => {
    await stop();
    await start(context);
  });
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  try {
    await running?.dispose();
  } catch (error) {
    // A server that died already cannot be asked to stop.
    output.warn(`the server did not stop: ${String(error)}`);
  }
}

async function start(context: vscode.ExtensionContext): Promise<void> {
  const settings = vscode.workspace.getConfiguration(SECTION);
  if (!settings.get<boolean>("enable", true)) {
    return;
  }
  const found = findBinary({
    setting: settings.get<string>("path", ""),
    extension: context.extensionPath,
    path: process.env["PATH"],
    platform: process.platform,
  });
  if ("problem" in found) {
    output.error(found.problem);
    // An editor that was not started from a shell often has another PATH than the shell.
    output.info(`PATH as the editor has it: ${process.env["PATH"] ?? ""}`);
    void offerSettings(found.problem);
    return;
  }
  output.info(`starting ${found.binary} server`);
  const starting = new LanguageClient(SECTION, "plimsoll", server(found.binary), options());
  client = starting;
  try {
    await starting.start();
  } catch (error) {
    client = undefined;
    output.error(`the server did not start: ${String(error)}`);
    void offerSettings(`${found.binary} did not start as a language server.`);
  }
}

function server(command: string): ServerOptions {
  return { command, args: ["server"] };
}

function options(): LanguageClientOptions {
  return {
    // By name too: a file called `Kustomization` has no language.
    documentSelector: [
      { scheme: "file", language: "yaml" },
      { scheme: "file", language: "json" },
      { scheme: "file", pattern: "**/*.{yaml,yml,json}" },
      { scheme: "file", pattern: "**/Kustomization" },
    ],
    synchronize: { configurationSection: SECTION },
    outputChannel: output,
  };
}

async function offerSettings(problem: string): Promise<void> {
  const open = "Open Settings";
  if ((await vscode.window.showErrorMessage(problem, open)) === open) {
    await vscode.commands.executeCommand("workbench.action.openSettings", `${SECTION}.path`);
  }
}
