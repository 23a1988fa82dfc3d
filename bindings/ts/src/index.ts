/**
 * The entry for browsers and for every runtime that has no better one: the WebAssembly core, loaded on demand.
 *
 *     import init, { Totp } from "mfakit";
 *     await init();
 *
 * There is no top-level await, so that this module loads wherever modules do. In Node.js and in workerd the core is
 * there from the start, and `init` does nothing.
 */
import load, { call, totpVerify } from "../wasm/mfakit_wasm.js";
import { use } from "./backend.js";

export * from "./api.js";
export { init as default };

let loading: Promise<void> | undefined;

/**
 * Loads the core, once. Without an argument it is fetched from beside this module, which bundlers that know
 * `new URL(…, import.meta.url)` follow; otherwise `source` is its URL, a Response, a compiled WebAssembly.Module or its bytes.
 */
export function init(source?: string | object): Promise<void> {
  loading ??= load(source === undefined ? undefined : { module_or_path: source as URL }).then(
    () => use({ call, totpVerify }),
    (error: unknown) => {
      loading = undefined; // so that a later call can try again
      throw error;
    },
  );
  return loading;
}
