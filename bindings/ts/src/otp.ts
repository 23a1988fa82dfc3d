/**
 * One-time passwords: HOTP (RFC 4226), TOTP (RFC 6238).
 *
 * Every verdict is the core's. The secret is held in a private field: it is in no property, no JSON and no log.
 */
import { ask, verify } from "./backend.js";
import { base32 } from "./bytes.js";
import { codeBytes, codeText } from "./client-value.js";
import {
  count, integer, now, nullable, options, otherwise, maybe, rawBytes, text, wrong, type Integer, type Reader, type Time,
} from "./host-value.js";
import { evidence, verified, type Evidence, type Verified } from "./verified.js";

export type HashAlgorithm = "SHA1" | "SHA256" | "SHA512";

export interface HotpOptions {
  /** Default `"SHA1"`, the only one that every authenticator app knows. */
  algorithm?: HashAlgorithm;
  /** 6 (default), 7 or 8. */
  digits?: number;
}

export interface TotpOptions extends HotpOptions {
  /** Seconds that a code is for: 1 to 3600, default 30. */
  period?: number;
}

export declare class TotpVerified<I extends Integer = number> extends Verified<I | null, I, Evidence> {
  /** The time step of the code: what the host stores as `lastStep`. */
  readonly step: I;
  /** The steps that the authenticator's clock is ahead (positive) or behind (negative). */
  readonly drift: number;
}

export declare class HotpVerified<I extends Integer = number> extends Verified<I, I, Evidence> {
  readonly matchedCounter: I;
  /** What the host stores as `counter`. */
  readonly nextCounter: I;
}

/** A new random secret of `length` bytes (default 20, at least 16), as base32 text. */
export function generateSecret(length?: number): string {
  return ask("generate_secret", { length: maybe(count)(length, "length") }).secret;
}

export class Totp {
  readonly #otp: Otp;

  /** @param secret base32 text; case, spaces, hyphens and padding do not matter. */
  constructor(secret: string, options?: TotpOptions);
  constructor(secret: unknown, given?: unknown, kind?: unknown) {
    this.#otp = otp("totp", secret, given, kind, { ...HASH, period: otherwise(30, count) });
  }

  /** For a secret that is held as raw bytes. */
  static fromKey(raw: Uint8Array | ArrayBuffer, options?: TotpOptions): Totp {
    return new Totp(base32(rawBytes(raw, "raw")), options);
  }

  /** For a secret shorter than the 16 bytes that RFC 4226 requires, which some issuers still hand out. */
  static dangerLegacy(secret: string, options?: TotpOptions): Totp {
    return new (Totp as Internal<Totp>)(secret, options, LEGACY);
  }

  codeAt(moment?: Time): string {
    return ask("totp_code", { ...this.#otp, now: now(moment, "now") }).code;
  }

  /** Checks the first code of an enrolment. Its step is burnt: the same code does not sign in afterwards. */
  confirm(code: unknown, options?: { now?: Time }): TotpVerified;
  confirm(code: unknown, given?: unknown): TotpVerified {
    const host = options(given, "confirm", { now });
    return totpVerified(verify("totp_confirm", codeBytes(code), { ...this.#otp, ...host }), null);
  }

  /**
   * Checks a code against the steps from `past` before to `future` after the current one (default 1 and 1), and never
   * against a step that was used: `lastStep` is the stored one, null while there is none.
   */
  verify(code: unknown, options: VerifyTotp<bigint>): TotpVerified<bigint>;
  verify(code: unknown, options: VerifyTotp<number | null>): TotpVerified;
  verify(code: unknown, options: VerifyTotp<Integer | null>): TotpVerified<Integer>;
  verify(code: unknown, given: unknown): TotpVerified<any> {
    const { lastStep, ...host } = options(given, "verify", {
      lastStep: nullable(integer), now, past: otherwise(1, count), future: otherwise(1, count),
    });
    const answer = verify("totp_verify", codeBytes(code), { ...this.#otp, ...host, lastStep: decimal(lastStep) });
    return totpVerified(answer, lastStep);
  }

  /** The otpauth:// text that an authenticator app scans, as a QR code for example. It holds the secret. */
  uri(options: { issuer: string; account: string }): string;
  uri(given: unknown): string {
    return ask("totp_uri", { ...this.#otp, ...options(given, "uri", { issuer: text, account: text }) }).uri;
  }
}

interface VerifyTotp<L> {
  lastStep: L;
  now?: Time;
  past?: number;
  future?: number;
}

export class Hotp {
  readonly #otp: Otp;

  /** @param secret base32 text; case, spaces, hyphens and padding do not matter. */
  constructor(secret: string, options?: HotpOptions);
  constructor(secret: unknown, given?: unknown, kind?: unknown) {
    this.#otp = otp("hotp", secret, given, kind, kind === TEN_DIGITS ? ALGORITHM : HASH);
  }

  /** For a secret that is held as raw bytes. */
  static fromKey(raw: Uint8Array | ArrayBuffer, options?: HotpOptions): Hotp {
    return new Hotp(base32(rawBytes(raw, "raw")), options);
  }

  /** For a secret shorter than the 16 bytes that RFC 4226 requires, which some issuers still hand out. */
  static dangerLegacy(secret: string, options?: HotpOptions): Hotp {
    return new (Hotp as Internal<Hotp>)(secret, options, LEGACY);
  }

  /** For tokens with ten digits, of which the first only tells 0, 1 and 2 apart. */
  static tenDigits(secret: string, options?: { algorithm?: HashAlgorithm }): Hotp {
    return new (Hotp as Internal<Hotp>)(secret, options, TEN_DIGITS);
  }

  codeAt(counter: Integer): string {
    return ask("hotp_code", { ...this.#otp, counter: decimal(integer(counter, "counter")) }).code;
  }

  /** Checks a code against `counter`, the stored one, and the `lookAhead` (default 10) after it; never before it. */
  verify<I extends Integer>(code: unknown, options: { counter: I; lookAhead?: number }): HotpVerified<Same<I>>;
  verify(code: unknown, given: unknown): HotpVerified<any> {
    const { counter, ...host } = options(given, "verify", { counter: integer, lookAhead: otherwise(10, count) });
    exact(counter, host.lookAhead);
    const answer = verify("hotp_verify", codeBytes(code), { ...this.#otp, ...host, counter: decimal(counter) });
    return hotpVerified(answer, counter);
  }

  /** Finds a token that ran ahead by two consecutive codes, within `lookAhead` (default 100, at most 1000). */
  resync<I extends Integer>(
    first: unknown, options: { second: unknown; counter: I; lookAhead?: number },
  ): HotpVerified<Same<I>>;
  resync(first: unknown, given: unknown): HotpVerified<any> {
    const { counter, ...host } = options(given, "resync", {
      second: codeText, counter: integer, lookAhead: otherwise(100, count),
    });
    exact(counter, host.lookAhead);
    const answer = verify("hotp_resync", codeBytes(first), { ...this.#otp, ...host, counter: decimal(counter) });
    return hotpVerified(answer, counter);
  }
}

/** A literal type such as `7` widens to the type of integer that comes back. */
type Same<I extends Integer> = I extends bigint ? bigint : number;
/** What the core is told about a secret. It never leaves the private field but over the border. */
type Otp = Readonly<Record<string, unknown>>;
/** The constructor as this module alone can call it: nobody else has the third argument. */
type Internal<T> = new (secret: unknown, options: unknown, kind: typeof LEGACY | typeof TEN_DIGITS) => T;

const LEGACY = Symbol("legacy");
const TEN_DIGITS = Symbol("ten digits");
const ALGORITHM = { algorithm: otherwise("SHA1", text) };
const HASH = { ...ALGORITHM, digits: otherwise(6, count) };

function otp(
  type: "totp" | "hotp", secret: unknown, given: unknown, kind: unknown, readers: Record<string, Reader<unknown>>,
): Otp {
  const name = type === "totp" ? "Totp" : "Hotp";
  if (typeof secret !== "string") {
    throw wrong("argument_type_invalid", `${name} takes base32 text; raw bytes go to ${name}.fromKey`);
  }
  const special = kind === LEGACY ? { legacy: true } : kind === TEN_DIGITS ? { tenDigits: true, digits: 10 } : {};
  const made = Object.freeze({ secret, ...options(given, name, readers), ...special });
  ask(`${type}_check`, made);
  return made;
}

function totpVerified(answer: any, lastStep: Integer | null): TotpVerified<any> {
  const step = like(lastStep, answer.step);
  return verified({ step, drift: answer.drift }, lastStep, step, () => evidence("totp", false));
}

function hotpVerified(answer: any, counter: Integer): HotpVerified<any> {
  const matchedCounter = like(counter, answer.matchedCounter);
  const nextCounter = like(counter, answer.nextCounter);
  return verified({ matchedCounter, nextCounter }, counter, nextCounter, () => evidence("hotp", false));
}

function decimal(value: Integer | null): string | null {
  return value === null ? null : String(value);
}

/** The integer in the type that its neighbour came in. */
function like(neighbour: Integer | null, text: string): Integer {
  return typeof neighbour === "bigint" ? BigInt(text) : Number(text);
}

/** Refuses, before a code is looked at, a number so large that the counter after it could not be said exactly. */
function exact(counter: Integer, lookAhead: number): void {
  // A resynchronisation matches two codes and stores the counter after them.
  if (typeof counter === "number" && !Number.isSafeInteger(counter + lookAhead + 2)) {
    throw wrong("argument_value_invalid", "counter must be a bigint from here on");
  }
}
