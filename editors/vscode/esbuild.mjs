// One file for the extension, one for each test: `node --test` runs those without an editor.
import { build } from "esbuild";

const common = { bundle: true, platform: "node", target: "node20", format: "cjs", logLevel: "warning" };

await build({
  ...common,
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  external: ["vscode"],
  minify: true,
});
await build({ ...common, entryPoints: ["test/binary.test.ts"], outdir: "dist/test" });
