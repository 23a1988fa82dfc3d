// What `npm pack` would publish, file by file.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));

test("the tarball holds the built modules, the two backends, and nothing else", () => {
  const [report] = JSON.parse(execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: PACKAGE, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"],
  }));
  const modules = readdirSync(new URL("../../src/", import.meta.url)).filter((name) => !name.endsWith(".d.ts"))
    .map((name) => name.replace(/\.ts$/, ""));
  assert.deepEqual(report.files.map(({ path }) => path).sort(), [
    "README.md",
    ...modules.flatMap((name) => [`dist/${name}.d.ts`, `dist/${name}.js`]),
    "native/mfakit.node",
    "package.json",
    "wasm/mfakit_wasm.js",
    "wasm/mfakit_wasm_bg.wasm",
  ].sort());
});
