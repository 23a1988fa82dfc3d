/**
 * The entry for Node.js, Bun and Deno: the native addon, or the WebAssembly core where the addon does not load.
 *
 * Both give the same verdicts. `MFAKIT_BACKEND=native` or `wasm` in the environment allows only that one.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { call, initSync, totpVerify } from "../wasm/mfakit_wasm.js";
import { use, type Backend } from "./backend.js";

export * from "./api.js";
export { init as default };

/** Does nothing here: the core is loaded already. It is there so that the same program runs in a browser. */
export function init(_source?: string | object): Promise<void> {
  return Promise.resolve();
}

function native(): Backend {
  return createRequire(import.meta.url)("../native/mfakit.node") as Backend;
}

function wasm(): Backend {
  initSync({ module: readFileSync(new URL("../wasm/mfakit_wasm_bg.wasm", import.meta.url)) });
  return { call, totpVerify };
}

function choose(wanted: string | undefined): Backend {
  switch (wanted) {
    case "native":
      return native();
    case "wasm":
      return wasm();
    case undefined:
      try {
        return native();
      } catch {
        return wasm();
      }
    default:
      throw new Error("MFAKIT_BACKEND must be native or wasm");
  }
}

/** What the environment asks for. Deno may refuse the question: then nothing is asked for. */
function wish(): string | undefined {
  try {
    return process.env["MFAKIT_BACKEND"];
  } catch {
    return undefined;
  }
}

use(choose(wish()));
