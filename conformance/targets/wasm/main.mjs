// Conformance target "wasm": the npm package on its WebAssembly core, in Node.js. An argument names another folder than bindings/ts.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { target } from "../node/driver.mjs";
import { serve } from "../node/lines.mjs";

process.env.MFAKIT_BACKEND = "wasm";
const [, , folder] = process.argv;
const built = folder === undefined ? new URL("../../../bindings/ts/", import.meta.url) : pathToFileURL(`${resolve(folder)}/`);
const mfakit = await import(new URL("dist/node.js", built));
const { _conformance } = await import(new URL("wasm/mfakit_wasm.js", built));
const answer = target(mfakit, _conformance);
await serve((lines) => lines.map(answer));
