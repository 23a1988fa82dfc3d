/**
 * The border: the function that the native addon and the WebAssembly module both export (the addon in a second form too, which gives
 * a promise), and one for TOTP codes, where JSON would take longer than the verification.
 *
 * `client` holds what the client sent, as bytes; `host` is a JSON object of what the caller said. A result is a
 * JSON object, of a batch an array; a failure is the error's number in decimal. Nothing else crosses, so there is no object
 * of JavaScript's that a trap could leave borrowed, and a backend holds no state but prepared keys and relying parties, by number.
 */
import { ConfigError, failure } from "./errors.js";

export interface Backend {
  call(op: string, client: Uint8Array, host: string): string;
  /** The same on a thread of its own, where the backend has threads. */
  callAsync?(op: string, client: Uint8Array, host: string): Promise<string>;
  /**
   * Verifies a TOTP code; a negative number stands for one that is left out. The answer is `step * 64 + drift + 32`, or the error's
   * number, negated.
   */
  totpVerify(
    secret: string, form: number, code: string, lastStep: number, now: number, past: number, future: number, drift: number,
  ): number;
}

/** A question for the core with what becomes of its answer, so that it can be put with and without waiting. */
export interface Question<T> {
  op: string;
  client: Uint8Array;
  host: object;
  read(answer: any): T;
}

/** What stands for the client where there is none. */
export const NOBODY = new Uint8Array(0);
let current: Backend | undefined;

/** Names the backend that every later call goes to. The entry modules call it, nobody else. */
export function use(backend: Backend): void {
  current = backend;
}

/** A registry of abandoned objects, where there is one: some edge workers have none. What it would release is bounded without it. */
export function registry<T>(release: (held: T) => void): FinalizationRegistry<T> | undefined {
  return typeof FinalizationRegistry === "function" ? new FinalizationRegistry(release) : undefined;
}

/** Asks the core about the host's own values; there is no client in it. */
export function ask(op: string, host: object): any {
  return verify(op, NOBODY, host);
}

/** Asks the core about a client's bytes. */
export function verify(op: string, client: Uint8Array, host: object): any {
  return read(backend().call(op, client, JSON.stringify(host)));
}

/** Verifies a TOTP code (see {@link Backend.totpVerify}). */
export function totpVerify(
  secret: string, form: number, code: string, lastStep: number, now: number, past: number, future: number, drift: number,
): { step: number; drift: number } {
  const answer = backend().totpVerify(secret, form, code, lastStep, now, past, future, drift);
  if (!(answer >= 0)) throw failure(-answer);
  return { step: Math.floor(answer / 64), drift: (answer % 64) - 32 };
}

/** Puts a question and waits for the answer. */
export function put<T>({ op, client, host, read: result }: Question<T>): T {
  return result(verify(op, client, host));
}

/** Puts a question on another thread; a backend without threads answers before this returns. */
export async function putAsync<T>({ op, client, host, read: result }: Question<T>): Promise<T> {
  const chosen = backend();
  const text = JSON.stringify(host);
  return result(read(await (chosen.callAsync ? chosen.callAsync(op, client, text) : chosen.call(op, client, text))));
}

function backend(): Backend {
  if (current === undefined) {
    throw new ConfigError("argument_value_invalid", "the WebAssembly module is not loaded; await init() first");
  }
  return current;
}

function read(answer: string): any {
  // A batch's answer is an array.
  if (answer.startsWith("{") || answer.startsWith("[")) return JSON.parse(answer);
  throw failure(Number(answer));
}
