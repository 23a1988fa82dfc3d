/**
 * One-time passwords: HOTP (RFC 4226), TOTP (RFC 6238).
 *
 * Every verdict is the core's. The secret is held in a private field: it is in no property, no JSON and no log, and only
 * `exposeSecret` gives it.
 */
import { ask, totpVerify, verify } from "./backend.js";
import { base32 } from "./bytes.js";
import { codeBytes, codeText } from "./client-value.js";
import {
  count, integer, maybe, members, now, nullable, options, otherwise, rawBytes, signed, text, wrong,
  type Integer, type Reader, type Time,
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
  /**
   * How long a code is good. `"usual"` (default): one step a side, up to 90 seconds (RFC 6238 section 5.2, NIST SP 800-63B-4
   * section 3.1.4). `"strict"`: the current step alone, 30 seconds at most (those, and OWASP ASVS 5.0 6.5.5); a longer period
   * and a wider window are `guess_budget_exceeded` then.
   */
  preset?: "usual" | "strict";
}

export declare class TotpVerified<I extends Integer = number> extends Verified<I | null, I, Evidence> {
  /** The time step of the code: what the host stores as `lastStep`. */
  readonly step: I;
  /** The steps that the authenticator's clock is ahead (positive) or behind (negative). */
  readonly drift: number;
}

/** The end of an enrolment: no evidence. */
export declare class TotpConfirmed extends Verified<null, number, undefined> {
  /** The time step of the code: what the host stores as `lastStep`. */
  readonly step: number;
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
    this.#otp = kind === IMPORTED ? made("totp", given as Otp) : otp("totp", "Totp", secret, given, TOTP, kind);
  }

  /** For a secret that is held as raw bytes. */
  static fromKey(raw: Uint8Array | ArrayBuffer, options?: TotpOptions): Totp {
    return new Totp(base32(rawBytes(raw, "raw")), options);
  }

  /** For a secret shorter than the 16 bytes that RFC 4226 requires, which some issuers still hand out. */
  static dangerLegacy(secret: string, options?: TotpOptions): Totp {
    return new (Totp as Internal<Totp>)(secret, options, LEGACY);
  }

  /** Steam's: five symbols of its own alphabet in place of digits, every 30 seconds; a secret of any length. */
  static steam(secret: string): Totp {
    return new (Totp as Internal<Totp>)(secret, undefined, STEAM);
  }

  get algorithm(): HashAlgorithm {
    return this.#otp.algorithm;
  }

  /** The digits of a code; 5 where they are Steam's symbols. */
  get digits(): number {
    return this.#otp.digits;
  }

  /** Seconds. */
  get period(): number {
    return this.#otp.period!;
  }

  /** The secret as base32 text, to store what was imported. Whoever reads it can make codes. */
  exposeSecret(): string {
    return ask("totp_secret", this.#otp).secret;
  }

  codeAt(moment?: Time): string {
    return ask("totp_code", { ...this.#otp, now: now(moment, "now") }).code;
  }

  /**
   * Checks the form of a code, and nothing else: what fails here is a typing error, so end before the throttle is charged.
   * @throws MalformedError `otp_malformed`.
   */
  checkCode(code: unknown): void {
    verify("totp_check_code", codeBytes(code), this.#otp);
  }

  /**
   * Checks the first code of an enrolment. Its step is burnt: the same code does not sign in afterwards. {@link PendingTotp} is
   * the same where the type shall say that an enrolment is not over.
   */
  confirm(code: unknown, options?: { now?: Time }): TotpVerified;
  confirm(code: unknown, given?: unknown): TotpVerified {
    return confirmed(this.#otp, code, given);
  }

  /**
   * Checks a code against the steps from `past` before to `future` after the current one (as the preset says where they are
   * left out: 1 and 1, or 0 and 0), and never against a step that was used: `lastStep` is the stored one, null while there is
   * none. `drift`, -10 to 10, is what the last result said: the window moves there, as far as it stays within ten steps of now.
   */
  verify(code: unknown, options: VerifyTotp<bigint>): TotpVerified<bigint>;
  verify(code: unknown, options: VerifyTotp<number | null>): TotpVerified;
  verify(code: unknown, options: VerifyTotp<Integer | null>): TotpVerified<Integer>;
  verify(code: unknown, given: unknown): TotpVerified<any> {
    const { lastStep, now, past, future, drift } = members(given, "verify", VERIFY, timed);
    const { secret, form } = this.#otp;
    if (typeof code === "string" && code.length <= LONGEST_CODE) {
      const window = Math.max(-FAR, Math.min(drift ?? 0, FAR));
      return totpVerified(
        totpVerify(secret, form!, code, lastStep === null ? -1 : Number(lastStep), now, past ?? -1, future ?? -1, window), lastStep,
      );
    }
    const host = { ...this.#otp, now, past, future, drift, lastStep: decimal(lastStep) };
    return totpVerified(verify("totp_verify", codeBytes(code), host), lastStep);
  }

  /** The otpauth:// text that an authenticator app scans, as a QR code for example. It holds the secret. */
  uri(options: Label): string;
  uri(given: unknown): string {
    return totpUri(this.#otp, given);
  }
}

interface Label {
  issuer: string;
  account: string;
}

interface VerifyTotp<L> {
  lastStep: L;
  now?: Time;
  past?: number;
  future?: number;
  drift?: number;
}

/**
 * An authenticator that is being enrolled: it confirms its first code, and verifies no sign-in.
 *
 * Its secret waits beside the live one, if there is one, and the live one signs in until the first code of the new one is
 * confirmed. Then one statement moves it over:
 * `UPDATE … SET secret = pending, last_step = :next, pending = NULL WHERE id = … AND pending = :pending`.
 */
export class PendingTotp {
  readonly #otp: Otp;

  /** The enrolment whose secret was stored. */
  constructor(secret: string, options?: TotpOptions);
  constructor(secret: unknown, given?: unknown) {
    this.#otp = otp("totp", "PendingTotp", secret, given, TOTP);
  }

  /** An enrolment with a new random secret of 20 bytes. */
  static generate(options?: TotpOptions): PendingTotp {
    return new PendingTotp(generateSecret(), options);
  }

  /** The secret as base32 text, to be stored beside the live one. */
  exposeSecret(): string {
    return ask("totp_secret", this.#otp).secret;
  }

  /** The otpauth:// text that an authenticator app scans, as a QR code for example. It holds the secret. */
  uri(options: Label): string;
  uri(given: unknown): string {
    return totpUri(this.#otp, given);
  }

  /**
   * Checks the form of a code, and nothing else.
   * @throws MalformedError `otp_malformed`.
   */
  checkCode(code: unknown): void {
    verify("totp_check_code", codeBytes(code), this.#otp);
  }

  /**
   * Checks the first code. Its step is burnt by the transition; after an error the enrolment stays as it was. `commit` gives no
   * evidence: the secret is new, so it proves nothing about whose account it is.
   */
  confirm(code: unknown, options?: { now?: Time }): TotpConfirmed;
  confirm(code: unknown, given?: unknown): TotpConfirmed {
    const { step, drift } = confirmed(this.#otp, code, given);
    return verified({ step, drift }, null, step, () => undefined);
  }
}

export class Hotp {
  readonly #otp: Otp;

  /** @param secret base32 text; case, spaces, hyphens and padding do not matter. */
  constructor(secret: string, options?: HotpOptions);
  constructor(secret: unknown, given?: unknown, kind?: unknown) {
    this.#otp = kind === IMPORTED ? made("hotp", given as Otp)
      : otp("hotp", "Hotp", secret, given, kind === TEN_DIGITS ? ALGORITHM : HASH, kind);
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

  get algorithm(): HashAlgorithm {
    return this.#otp.algorithm;
  }

  get digits(): number {
    return this.#otp.digits;
  }

  /** The secret as base32 text, to store what was imported. Whoever reads it can make codes. */
  exposeSecret(): string {
    return ask("hotp_secret", this.#otp).secret;
  }

  codeAt(counter: Integer): string {
    return ask("hotp_code", { ...this.#otp, counter: decimal(integer(counter, "counter")) }).code;
  }

  /**
   * Checks the form of a code, and nothing else: what fails here is a typing error, so end before the throttle is charged.
   * @throws MalformedError `otp_malformed`.
   */
  checkCode(code: unknown): void {
    verify("hotp_check_code", codeBytes(code), this.#otp);
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

  /** The otpauth:// text that an authenticator app scans; `counter` is the next one. It holds the secret. */
  uri(options: Label & { counter: Integer }): string;
  uri(given: unknown): string {
    const { counter, ...label } = options(given, "uri", { ...LABEL, counter: integer });
    return ask("hotp_uri", { ...this.#otp, ...label, counter: decimal(counter) }).uri;
  }
}

/** An authenticator that the core read from a URI, with a secret of whatever length. */
export function imported({ type, secret, algorithm, digits, period, steam }: Imported): Totp | Hotp {
  if (type === "hotp") {
    return new (Hotp as Internal<Hotp>)("", { secret, algorithm, digits, legacy: true, tenDigits: digits === 10 }, IMPORTED);
  }
  return new (Totp as Internal<Totp>)("", { secret, algorithm, digits, period, steam, legacy: true }, IMPORTED);
}

export interface Imported {
  type: "totp" | "hotp";
  secret: string;
  algorithm: HashAlgorithm;
  digits: number;
  period: number;
  steam: boolean;
}

/** A literal type such as `7` widens to the type of integer that comes back. */
type Same<I extends Integer> = I extends bigint ? bigint : number;
/** What the core is told about an authenticator. It never leaves the private field but over the border. */
type Otp = Readonly<{
  secret: string; algorithm: HashAlgorithm; digits: number; period?: number; preset?: string | undefined;
  legacy?: boolean; tenDigits?: boolean; steam?: boolean;
  /** All of it but the secret, in the core's own words. */
  form?: number;
}>;
/** The constructor as this module alone can call it: nobody else has the third argument. */
type Internal<T> = new (secret: unknown, given: unknown, kind: symbol) => T;

const LEGACY = Symbol("legacy");
const TEN_DIGITS = Symbol("ten digits");
const STEAM = Symbol("Steam");
const IMPORTED = Symbol("imported");
const SPECIAL: ReadonlyMap<unknown, Partial<Otp>> = new Map([
  [LEGACY, { legacy: true }],
  [TEN_DIGITS, { tenDigits: true, digits: 10 }],
  [STEAM, { steam: true, digits: 5 }],
]);
const ALGORITHM = { algorithm: otherwise("SHA1", text) };
const HASH = { ...ALGORITHM, digits: otherwise(6, count) };
const TOTP = { ...HASH, period: otherwise(30, count), preset: maybe(text) };
const LABEL = { issuer: text, account: text };
const VERIFY = { lastStep: nullable(integer), now, past: maybe(count), future: maybe(count), drift: maybe(signed) };
const timed = (take: (name: string) => unknown) => ({
  lastStep: VERIFY.lastStep(take("lastStep"), "lastStep"),
  now: VERIFY.now(take("now"), "now"),
  past: VERIFY.past(take("past"), "past"),
  future: VERIFY.future(take("future"), "future"),
  drift: VERIFY.drift(take("drift"), "drift"),
});
/** A text longer than this is no code, and goes where every length has its error. */
const LONGEST_CODE = 64;
/** Further than a drift may be, to either side. */
const FAR = 1000;

function otp(
  type: "totp" | "hotp", name: string, secret: unknown, given: unknown, readers: Record<string, Reader<unknown>>,
  kind?: unknown,
): Otp {
  if (typeof secret !== "string") {
    const hint = name === "PendingTotp" ? "" : `; raw bytes go to ${name}.fromKey`;
    throw wrong("argument_type_invalid", `${name} takes base32 text${hint}`);
  }
  return made(type, { secret, ...options(given, name, readers), ...SPECIAL.get(kind) } as Otp);
}

/** Refuses parameters that the core cannot work with as soon as they are given. */
function made(type: "totp" | "hotp", otp: Otp): Otp {
  const { form } = ask(`${type}_check`, otp);
  return Object.freeze({ ...otp, form });
}

function confirmed(otp: Otp, code: unknown, given: unknown): TotpVerified {
  const host = options(given, "confirm", { now });
  return totpVerified(verify("totp_confirm", codeBytes(code), { ...otp, ...host }), null);
}

function totpUri(otp: Otp, given: unknown): string {
  return ask("totp_uri", { ...otp, ...options(given, "uri", LABEL) }).uri;
}

function totpVerified(answer: any, lastStep: Integer | null): TotpVerified<any> {
  const step = like(lastStep, answer.step);
  return verified({ step, drift: answer.drift }, lastStep, step, totpEvidence);
}

function totpEvidence(): Evidence {
  return evidence("totp", { kind: "totp" });
}

function hotpVerified(answer: any, counter: Integer): HotpVerified<any> {
  const matchedCounter = like(counter, answer.matchedCounter);
  const nextCounter = like(counter, answer.nextCounter);
  return verified({ matchedCounter, nextCounter }, counter, nextCounter, () => evidence("hotp", { kind: "hotp" }));
}

function decimal(value: Integer | null): string | null {
  return value === null ? null : String(value);
}

/** The integer in the type that its neighbour came in. */
function like(neighbour: Integer | null, answer: string | number): Integer {
  return typeof neighbour === "bigint" ? BigInt(answer) : Number(answer);
}

/** Refuses, before a code is looked at, a number so large that the counter after it could not be said exactly. */
function exact(counter: Integer, lookAhead: number): void {
  // A resynchronisation matches two codes and stores the counter after them.
  if (typeof counter === "number" && !Number.isSafeInteger(counter + lookAhead + 2)) {
    throw wrong("argument_value_invalid", "counter must be a bigint from here on");
  }
}
