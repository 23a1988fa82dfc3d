// Conformance target "chromium": the npm package on its WebAssembly core, in a page of headless Chromium.
//
// The page comes from a server on localhost that hands out the built package and the driver, and finds the package by
// an import map, as a site without a bundler would. CHROMIUM names another browser than /usr/bin/chromium.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { chromium } from "../../../bindings/ts/node_modules/playwright-core/index.mjs";
import { serve } from "../node/lines.mjs";

const PAGE = `<!doctype html>
<title>conformance</title>
<script type="importmap">{ "imports": { "mfakit": "/dist/index.js" } }</script>
<script type="module">
  import init, * as mfakit from "mfakit";
  import { _conformance } from "/wasm/mfakit_wasm.js";
  import { target } from "/driver.mjs";
  globalThis.answer = init().then(() => target(mfakit, _conformance));
</script>`;

/** What the page may load, and from where. */
const FOLDERS = {
  "/dist/": new URL("../../../bindings/ts/dist/", import.meta.url),
  "/wasm/": new URL("../../../bindings/ts/wasm/", import.meta.url),
  "/": new URL("../node/", import.meta.url),
};
const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };

const server = createServer(async (request, response) => {
  const path = new URL(request.url, "http://localhost").pathname;
  const [prefix, folder] = Object.entries(FOLDERS).find(([start]) => path.startsWith(start));
  const type = TYPES[path.slice(path.lastIndexOf("."))];
  try {
    const body = path === "/" ? PAGE : await readFile(new URL(path.slice(prefix.length), folder));
    response.writeHead(200, { "content-type": path === "/" ? "text/html" : type }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "localhost", resolve));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(error));
  page.on("requestfailed", (request) => console.error(`${request.url()}: ${request.failure()?.errorText}`));
  await page.goto(`http://localhost:${server.address().port}/`);
  await page.waitForFunction(() => globalThis.answer !== undefined);
  await serve((lines) => page.evaluate(async (batch) => {
    const answer = await globalThis.answer;
    return batch.map((line) => answer(line));
  }, lines));
} finally {
  await browser.close();
  server.close();
}
