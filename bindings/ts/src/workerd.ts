/** The entry for Cloudflare Workers and other workerd hosts, where WebAssembly comes as an imported module. */
import module from "../wasm/mfakit_wasm_bg.wasm";
import { call, initSync, totpVerify } from "../wasm/mfakit_wasm.js";
import { use } from "./backend.js";

export * from "./api.js";
export { init as default };

/** Does nothing here: the core is loaded already. It is there so that the same program runs in a browser. */
export function init(_source?: string | object): Promise<void> {
  return Promise.resolve();
}

initSync({ module });
use({ call, totpVerify });
