/**
 * Recovery codes: printed once, each good for one sign-in (NIST SP 800-63B-4 sections 3.1.2 and 4.2.1.1).
 *
 * A host stores two things: the record, a text that never changes, and beside it `used`, an integer with a bit for each
 * code. Codes and peppers are held in private fields: they are in no property, no JSON and no log, and a set gives its
 * codes only to who asks for them by name.
 */
import { ask, verify } from "./backend.js";
import { codeBytes } from "./client-value.js";
import { count, key, maybe, options, table, text, wrong, type Reader } from "./host-value.js";
import { evidence, verified, type Evidence, type Verified } from "./verified.js";

/** Sees into the private field; the class sets it. */
let keysOf: (value: unknown) => object | undefined;

/** Keys that stand outside the database, so that a stolen database alone proves no code. */
export class Peppers {
  readonly #peppers: object;
  /** The id of the one that new records are made under. */
  readonly current: string;

  /**
   * @param keys 32 to 64 random bytes by id; an id has 1 to 32 of `A-Z a-z 0-9 . _ -`. Earlier ones stay as long as a
   * record names them.
   */
  constructor(keys: Readonly<Record<string, Uint8Array | ArrayBuffer>>, options: { current: string });
  constructor(keys: unknown, given: unknown) {
    const entries = table(key)(keys, "keys").map(([id, key]) => ({ id, key }));
    const { current } = options(given, "Peppers", { current: text });
    this.current = current;
    this.#peppers = { current, keys: entries };
    ask("peppers_check", { peppers: this.#peppers });
    Object.freeze(this);
  }

  static {
    keysOf = (value) => (typeof value === "object" && value !== null && #peppers in value ? value.#peppers : undefined);
  }
}

export interface GenerateRecoveryCodes {
  /** 1 to 31, default 10. */
  count?: number;
  format?: "full";
  /** The current one keys the stored tags. Without any they are keyed by the set's own random id. */
  peppers?: Peppers;
}

/** New codes: show them once, store `record` and `used = 0`. What prints or serialises a set shows no code. */
export class RecoverySet {
  readonly #set: { readonly codes: readonly string[]; readonly record: string; readonly text: string };

  private constructor(set: unknown) {
    const { codes, record, text } = set as { codes: string[]; record: string; text: string };
    this.#set = { codes: Object.freeze(codes), record, text };
    Object.freeze(this);
  }

  /** As people see them: groups with hyphens. */
  get codes(): readonly string[] {
    return this.#set.codes;
  }

  /** What the host stores: it proves codes and does not tell them. */
  get record(): string {
    return this.#set.record;
  }

  /** A file to save or to print, one code a line. */
  get text(): string {
    return this.#set.text;
  }
}

// What Node.js prints, also when it is asked to show what getters give.
Object.defineProperty(RecoverySet.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value(this: RecoverySet): string {
    return `RecoverySet(count=${this.codes.length})`;
  },
});

export declare class RecoveryVerified extends Verified<number, number, Evidence> {
  /** The code's bit in `used`: a store may also run `SET used = used | bit WHERE … AND used & bit = 0`. */
  readonly bit: number;
  /** How many codes are left after this one. */
  readonly remaining: number;
  /** Few are left: it is time for a new set. */
  readonly low: boolean;
  /** The record was not made under the current pepper. */
  readonly needsRegeneration: boolean;
}

/** Makes a set for the account `userId`, which has 1 to 255 bytes. Stored in place of an older record, it voids the old codes. */
export function generateRecoveryCodes(userId: string, options?: GenerateRecoveryCodes): RecoverySet;
export function generateRecoveryCodes(userId: unknown, given?: unknown): RecoverySet {
  const { format: _, ...host } = options(given, "generateRecoveryCodes", {
    count: maybe(count), format: maybe(format), peppers: maybe(peppers),
  });
  return new (RecoverySet as unknown as new (set: unknown) => RecoverySet)(
    ask("recovery_generate", { userId: text(userId, "userId"), ...host }));
}

/** Checks a code as a person typed it. `record` and `used` are the stored ones of the account `userId`. */
export function verifyRecoveryCode(
  code: unknown, options: { userId: string; record: string; used: number; peppers?: Peppers },
): RecoveryVerified;
export function verifyRecoveryCode(code: unknown, given: unknown): RecoveryVerified {
  const host = options(given, "verifyRecoveryCode", { userId: text, record: text, used: mask, peppers: maybe(peppers) });
  const { prev: _, next, ...data } = verify("recovery_verify", codeBytes(code), host);
  return verified(data, host.used, next, () => evidence("recovery_code", false));
}

const peppers: Reader<object> = (value, name) => {
  const keys = keysOf(value);
  if (keys === undefined) throw wrong("argument_type_invalid", `${name} must be Peppers`);
  return keys;
};

const format: Reader<string> = (value, name) => {
  if (text(value, name) !== "full") throw wrong("argument_value_invalid", name);
  return "full";
};

/** The stored mask. One that no set can have, a negative one for example, is a damaged row, which the core says. */
const mask: Reader<number> = (value, name) => {
  if (typeof value !== "number") throw wrong("argument_type_invalid", `${name} must be a number`);
  if (!Number.isSafeInteger(value)) throw wrong("argument_value_invalid", name);
  return value;
};
