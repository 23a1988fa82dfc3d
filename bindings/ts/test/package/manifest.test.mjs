// The package exports what the manifest says, and the manifest is made from the core's list: no more, no less.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const manifest = JSON.parse(readFileSync(new URL("../../../manifest.json", import.meta.url), "utf8"));

for (const entry of ["node.js", "index.js"]) {
  test(`${entry} exports the manifest, and init beside it`, async () => {
    const { default: initByDefault, init, ...exports } = await import(`../../dist/${entry}`);
    assert.deepEqual(Object.keys(exports).sort(), [...manifest.typescript].sort());
    assert.equal(initByDefault, init);
  });
}

test("mfakit/client exports its part of the manifest", async () => {
  assert.deepEqual(Object.keys(await import("mfakit/client")).sort(), [...manifest.typescript_client].sort());
});

test("the border is one function: nothing of a test build is exported by the package", async () => {
  assert.ok(!Object.keys(await import("mfakit")).some((name) => name.startsWith("_")));
});
