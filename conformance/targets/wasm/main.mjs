// Conformance target "wasm": the npm package on its WebAssembly core, in Node.js.
import { target } from "../node/driver.mjs";
import { serve } from "../node/lines.mjs";

process.env.MFAKIT_BACKEND = "wasm";
const mfakit = await import("../../../bindings/ts/dist/node.js");
const { _conformance } = await import("../../../bindings/ts/wasm/mfakit_wasm.js");
const answer = target(mfakit, _conformance);
await serve((lines) => lines.map(answer));
