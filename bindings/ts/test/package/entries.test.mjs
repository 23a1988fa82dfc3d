// Each entry of the package loads the core in its own way: Node.js with and without the addon, browsers, workerd.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));
const WASM = join(PACKAGE, "wasm/mfakit_wasm_bg.wasm");
const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const run = promisify(execFile);

const folders = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** A copy of the installed package with only these parts of it, and a program that uses it. */
async function installed(...parts) {
  const folder = await mkdtemp(join(tmpdir(), "mfakit-"));
  folders.push(folder);
  for (const part of ["package.json", "dist", ...parts]) {
    await cp(join(PACKAGE, part), join(folder, "node_modules/mfakit", part), { recursive: true });
  }
  const program = join(folder, "program.mjs");
  await writeFile(program, `
    import init, { Totp } from "mfakit";
    await init();
    console.log(new Totp("${SECRET}").codeAt(59));
  `);
  return program;
}

const output = async (program, backend) => {
  const { MFAKIT_BACKEND, ...env } = process.env;
  if (backend !== undefined) env.MFAKIT_BACKEND = backend;
  return (await run(process.execPath, [program], { env })).stdout.trim();
};

test("Node.js takes the addon, and nothing else is needed then", async () => {
  const program = await installed("native", "wasm/mfakit_wasm.js");
  assert.equal(await output(program), "287082");
  assert.equal(await output(program, "native"), "287082");
  await assert.rejects(output(program, "wasm"), /ENOENT/);
});

test("Node.js falls back to WebAssembly where the addon is missing or of another platform", async () => {
  const program = await installed("wasm");
  assert.equal(await output(program), "287082");
  assert.equal(await output(program, "wasm"), "287082");
  await assert.rejects(output(program, "native"), /mfakit\.node/);
  await cp(WASM, join(program, "../node_modules/mfakit/native/mfakit.node"));
  assert.equal(await output(program), "287082");
});

test("a wish for a backend that does not exist is refused", async () => {
  await assert.rejects(output(await installed("wasm"), "quantum"), /MFAKIT_BACKEND must be native or wasm/);
});

test("CommonJS can require the package", async () => {
  const program = join(await installed("native", "wasm"), "../program.cjs");
  await writeFile(program, `console.log(new (require("mfakit").Totp)("${SECRET}").codeAt(59));`);
  assert.equal(await output(program), "287082");
});

test("the browser's entry says what is missing before init, then loads once, from whatever it is given", async () => {
  const sources = {
    bytes: async () => readFile(WASM),
    module: async () => WebAssembly.compile(await readFile(WASM)),
    response: async () => new Response(await readFile(WASM), { headers: { "content-type": "application/wasm" } }),
    url: async () => new URL(`data:application/wasm;base64,${(await readFile(WASM)).toString("base64")}`),
  };
  for (const [name, source] of Object.entries(sources)) {
    const program = await installed("wasm");
    const entry = pathToFileURL(join(program, "../node_modules/mfakit/dist/index.js"));
    const { default: init, Totp, isMfaError } = await import(entry);
    assert.throws(() => new Totp(SECRET), (error) => isMfaError(error) && error.kind === "config" && /init\(\)/.test(error.message));
    await assert.rejects(init(new URL("data:application/wasm;base64,AAAA")));
    await Promise.all([init(await source()), init()]);
    assert.equal(new Totp(SECRET).codeAt(59), "287082", name);
  }
});

test("the browser's entry finds the module beside itself", async () => {
  const server = createServer(async (request, response) => {
    response.setHeader("content-type", "application/wasm");
    response.end(await readFile(join(PACKAGE, request.url)));
  }).listen(0);
  after(() => server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  const { code } = await bundled("browser", {});
  const base = `http://localhost:${server.address().port}/wasm/bundle.js`;
  const { codeAt59 } = await importText(code.replaceAll("import.meta.url", JSON.stringify(base)));
  assert.equal(await codeAt59(), "287082");
});

test("workerd's entry takes the imported module", async () => {
  const compiled = {
    name: "wasm as a compiled module",
    setup(plugin) {
      plugin.onLoad({ filter: /\.wasm$/ }, async ({ path }) => ({
        contents: `export default new WebAssembly.Module(Uint8Array.from(atob("${(await readFile(path)).toString("base64")}"), (c) => c.charCodeAt(0)))`,
      }));
    },
  };
  const { code, inputs } = await bundled("workerd", { plugins: [compiled] });
  assert.ok(inputs.some((path) => path.endsWith("workerd.js")) && !inputs.some((path) => path.endsWith("node.js")));
  const { codeAt59 } = await importText(code);
  assert.equal(await codeAt59(), "287082");
});

async function bundled(condition, options) {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: `
        import init, { Totp } from "mfakit";
        export const codeAt59 = async () => (await init(), new Totp("${SECRET}").codeAt(59));
      `,
      resolveDir: PACKAGE,
    },
    bundle: true, format: "esm", write: false, metafile: true, conditions: [condition], platform: "neutral", ...options,
  });
  return { code: outputFiles[0].text, inputs: Object.keys(metafile.inputs) };
}

function importText(code) {
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}
