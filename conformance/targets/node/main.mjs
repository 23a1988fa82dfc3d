// Conformance target "node": the npm package on its native addon.
import { createRequire } from "node:module";
import { target } from "./driver.mjs";
import { serve } from "./lines.mjs";

process.env.MFAKIT_BACKEND = "native";
const mfakit = await import("../../../bindings/ts/dist/node.js");
const { _conformance } = createRequire(import.meta.url)("../../../bindings/ts/native/mfakit.node");
const answer = target(mfakit, _conformance);
await serve((lines) => lines.map(answer));
