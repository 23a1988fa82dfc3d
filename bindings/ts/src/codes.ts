/**
 * Recovery codes: printed once, each good for one sign-in (NIST SP 800-63B-4 sections 3.1.2 and 4.2.1.1).
 *
 * A host stores two things: the record, a text that never changes, and beside it `used`, an integer with a bit for each
 * code. Codes are held in private fields: they are in no property, no JSON and no log, and a set gives its codes only to
 * who asks for them by name.
 */
import { NOBODY, put, putAsync, verify, type Question } from "./backend.js";
import { codeBytes } from "./client-value.js";
import { count, maybe, options, signed, text } from "./host-value.js";
import { peppers, type Peppers } from "./peppers.js";
import { evidence, shownAs, verified, type Evidence, type Verified } from "./verified.js";

/**
 * `"full"`: 26 symbols with 120 random bits, for a file or a print-out, verified in microseconds. `"typeable"`: 16 symbols
 * with 70 random bits, to be copied by hand; each is stored under PBKDF2 with 600 000 rounds, so making and verifying one
 * takes some tenths of a second of processor time.
 */
export type RecoveryFormat = "full" | "typeable";

export interface GenerateRecoveryCodes {
  /** 1 to 31, default 10. */
  count?: number;
  /** Default `"full"`. A typeable set is made in the time that `count` slow hashes take: see {@link generateRecoveryCodesAsync}. */
  format?: RecoveryFormat;
  /** The current one keys the stored tags. Without any they are keyed by the set's own random id. */
  peppers?: Peppers;
}

export interface VerifyRecoveryCode {
  /** The account that signs in: the one that the set was made for. */
  userId: string;
  /** The stored record; it says which format it is of. */
  record: string;
  /** The stored mask. */
  used: number;
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

  static {
    shownAs(RecoverySet, (set) => `RecoverySet(count=${set.codes.length})`);
  }
}

export declare class RecoveryVerified extends Verified<number, number, Evidence> {
  /** The code's bit in `used`: a store may also run `SET used = used | bit WHERE … AND used & bit = 0`. */
  readonly bit: number;
  /** How many codes are left after this one. */
  readonly remaining: number;
  /** Few are left: it is time for a new set. */
  readonly low: boolean;
  /** The record was not made under the current pepper, or with fewer rounds of its slow hash than today's. */
  readonly needsRegeneration: boolean;
}

/** Makes a set for the account `userId`, which has 1 to 255 bytes. Stored in place of an older record, it voids the old codes. */
export function generateRecoveryCodes(userId: string, options?: GenerateRecoveryCodes): RecoverySet;
export function generateRecoveryCodes(userId: unknown, given?: unknown): RecoverySet {
  return put(generation(userId, given));
}

/**
 * As {@link generateRecoveryCodes}, by a promise. In Node.js the hashes are computed on libuv's thread pool; WebAssembly has
 * the caller's thread alone, and holds it as long as the other form does. What is wrong rejects, with the same errors.
 */
export function generateRecoveryCodesAsync(userId: string, options?: GenerateRecoveryCodes): Promise<RecoverySet>;
export async function generateRecoveryCodesAsync(userId: unknown, given?: unknown): Promise<RecoverySet> {
  return putAsync(generation(userId, given));
}

/** Checks a code as a person typed it. `record` and `used` are the stored ones of the account `userId`. */
export function verifyRecoveryCode(code: unknown, options: VerifyRecoveryCode): RecoveryVerified;
export function verifyRecoveryCode(code: unknown, given: unknown): RecoveryVerified {
  return put(verification(code, given));
}

/** As {@link verifyRecoveryCode}, by a promise, as {@link generateRecoveryCodesAsync} says. */
export function verifyRecoveryCodeAsync(code: unknown, options: VerifyRecoveryCode): Promise<RecoveryVerified>;
export async function verifyRecoveryCodeAsync(code: unknown, given: unknown): Promise<RecoveryVerified> {
  return putAsync(verification(code, given));
}

/**
 * Checks the form of a code against its record's format, and nothing else: what fails here is a typing error, so end before
 * the throttle is charged.
 * @throws MalformedError `recovery_code_malformed`.
 */
export function checkRecoveryCode(code: unknown, options: { record: string }): void;
export function checkRecoveryCode(code: unknown, given: unknown): void {
  const host = options(given, "checkRecoveryCode", { record: text });
  verify("recovery_check_code", codeBytes(code), host);
}

function generation(userId: unknown, given: unknown): Question<RecoverySet> {
  const host = options(given, "generateRecoveryCodes", { count: maybe(count), format: maybe(text), peppers: maybe(peppers) });
  return {
    op: "recovery_generate", client: NOBODY, host: { userId: text(userId, "userId"), ...host },
    read: (set) => new (RecoverySet as unknown as new (set: unknown) => RecoverySet)(set),
  };
}

function verification(code: unknown, given: unknown): Question<RecoveryVerified> {
  // A mask that no set can have, a negative one for example, is a damaged row, which the core says.
  const host = options(given, "verifyRecoveryCode", { userId: text, record: text, used: signed, peppers: maybe(peppers) });
  return {
    op: "recovery_verify", client: codeBytes(code), host,
    read: ({ prev: _, next, ...data }) => verified(data, host.used, next, () => evidence("recovery_code", { kind: "recovery_code" })),
  };
}
