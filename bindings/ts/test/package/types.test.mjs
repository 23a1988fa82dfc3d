// The declarations, as a consumer's compiler reads them: both ways to resolve modules, strict, libraries checked.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("./consumer/", import.meta.url));
const TSC = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
const STRICT = ["--ignoreConfig", "--noEmit", "--strict", "--exactOptionalPropertyTypes", "--skipLibCheck", "false", "--target", "es2022"];

for (const [name, options] of Object.entries({
  nodenext: ["--module", "nodenext"],
  bundler: ["--module", "esnext", "--moduleResolution", "bundler"],
})) {
  for (const [file, lib] of [["consumer.mts", "es2022"], ["page.mts", "es2022,dom"]]) {
    test(`${file} compiles under ${name}`, () => {
      // No "types": the declarations ask for nothing that a consumer without @types/node has not installed.
      const args = [TSC, ...STRICT, ...options, "--lib", lib, file];
      try {
        execFileSync(process.execPath, args, { cwd: FOLDER, encoding: "utf8" });
      } catch (error) {
        assert.fail(error.stdout);
      }
    });
  }
}
