/**
 * The border: the one function that the native addon and the WebAssembly module both export.
 *
 * `client` holds what the client sent, as bytes; `host` is a JSON object of what the caller said. A result is a
 * JSON object; a failure is the error's number in decimal. Nothing else crosses, so a backend holds no state and
 * there is no object that a trap could leave locked.
 */
import { ConfigError, failure } from "./errors.js";

export interface Backend {
  call(op: string, client: Uint8Array, host: string): string;
}

const NOTHING = new Uint8Array(0);
let current: Backend | undefined;

/** Names the backend that every later call goes to. The entry modules call it, nobody else. */
export function use(backend: Backend): void {
  current = backend;
}

/** Asks the core about the host's own values; there is no client in it. */
export function ask(op: string, host: object): any {
  return verify(op, NOTHING, host);
}

/** Asks the core about a client's bytes. */
export function verify(op: string, client: Uint8Array, host: object): any {
  if (current === undefined) {
    throw new ConfigError("argument_value_invalid", "the WebAssembly module is not loaded; await init() first");
  }
  const answer = current.call(op, client, JSON.stringify(host));
  if (answer.startsWith("{")) return JSON.parse(answer);
  throw failure(Number(answer));
}
