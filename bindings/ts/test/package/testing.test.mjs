// mfakit/testing stands alone: nothing that ships to a user's users pulls it in, and it pulls nothing in.
import assert from "node:assert/strict";
import { test } from "node:test";
import { build } from "esbuild";

/** The modules of the package that a bundle of `entry` has, whether they are used or not. */
async function modules(entry, condition) {
  const { metafile } = await build({
    stdin: { contents: `export * from ${JSON.stringify(entry)}`, resolveDir: new URL(".", import.meta.url).pathname },
    bundle: true, format: "esm", write: false, metafile: true, treeShaking: false, conditions: [condition], platform: "neutral",
    external: ["node:*"], loader: { ".wasm": "empty" },
  });
  return Object.keys(metafile.inputs).filter((path) => path !== "<stdin>").map((path) => path.split("/").pop());
}

for (const condition of ["node", "browser", "workerd"]) {
  test(`what ships under ${condition} has nothing of it`, async () => {
    for (const entry of ["mfakit", "mfakit/client"]) {
      const shipped = await modules(entry, condition);
      assert.ok(shipped.includes(entry === "mfakit" ? "api.js" : "client.js"));
      assert.ok(!shipped.includes("testing.js"), `${entry} has it`);
    }
  });
}

test("it is one module, and a bundle of it needs nothing of Node.js until it is used", async () => {
  assert.deepEqual(await modules("mfakit/testing", "browser"), ["testing.js"]);
  const { outputFiles } = await build({
    stdin: { contents: 'export * from "mfakit/testing"', resolveDir: new URL(".", import.meta.url).pathname },
    bundle: true, format: "esm", write: false, platform: "neutral",
  });
  assert.doesNotMatch(outputFiles[0].text, /\b(?:import|require)\s*[({"]/);
});

test("it exports the authenticator and its error", async () => {
  assert.deepEqual(Object.keys(await import("mfakit/testing")).sort(), ["SoftAuthenticator", "SoftAuthenticatorError"]);
});
