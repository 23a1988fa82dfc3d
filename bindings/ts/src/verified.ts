/**
 * What a verification gives: frozen data, the transition that the host stores, and the evidence it earns by that.
 *
 * A proof counts once it is stored. The host runs `UPDATE … SET s = next WHERE id = … AND s = prev` and hands the
 * number of changed rows to `commit`, which gives {@link Evidence} only for exactly one. A copy of a result (spread,
 * JSON, structuredClone) carries the data and not `commit`: data can be copied, a proof cannot.
 */
import { RejectedError } from "./errors.js";
import { now, options, wrong, type Reader, type Readers, type Time } from "./host-value.js";

/** What the stored state was and what it must become. `prev` is the caller's own value, as it was given. */
export interface Transition<Prev, Next = Prev> {
  readonly prev: Prev;
  readonly next: Next;
}

/** The verification that gave a proof. */
export type Method =
  | "totp" | "hotp" | "recovery_code" | "admin_code" | "support_code" | "delivered_code" | "webauthn" | "push_approval"
  | "password";

/** The kinds of method that assessments and policies tell apart; `"delivered_code"` was sent in a way that nobody told. */
export type MethodKind =
  | "security_key" | "built_in_authenticator" | "synced_passkey" | "device_bound_passkey" | "push_approval" | "totp" | "hotp"
  | "admin_code" | "support_code" | "recovery_code" | "sms" | "phone" | "email" | "delivered_code" | "password";

/** What the core knows of a proof. It goes back to the core as it came, and nobody else reads it. */
export interface Facts {
  readonly kind: MethodKind;
  readonly userVerified?: boolean;
  /** Unix seconds, where it is not simply the moment of the call. */
  readonly at?: number;
}

/** Sees into the private field; the class sets it. */
let factsOf: (value: unknown) => Facts | undefined;

/**
 * Proof that a factor was verified and its transition stored: `commit` makes it, and nothing else but `Evidence.password`.
 * A copy of it proves nothing. It does not name the user: gather for one sign-in only what was proven for one and the same user.
 */
export class Evidence {
  readonly #facts: Facts;
  readonly method: Method;
  readonly kind: MethodKind;
  /** Whether the authenticator verified the user (a fingerprint, a PIN); false for codes. */
  readonly userVerified: boolean;

  private constructor(maker: unknown, method?: Method, facts?: Facts) {
    if (maker !== MAKE) throw wrong("argument_type_invalid", "Evidence is what commit gives");
    this.#facts = Object.freeze(facts!);
    this.method = method!;
    this.kind = facts!.kind;
    this.userVerified = facts!.userVerified === true;
    Object.freeze(this);
  }

  /** The caller checked a password of this user, at this time or now. Nothing here did: it is taken on the caller's word. */
  static password(options?: { at?: Time }): Evidence;
  static password(given?: unknown): Evidence {
    const { at } = options(given, "Evidence.password", { at: now });
    return evidence("password", { kind: "password", at: Math.floor(at) });
  }

  static {
    factsOf = (value) => (typeof value === "object" && value !== null && #facts in value ? value.#facts : undefined);
  }
}

// The class below exists for the type checker alone: a private member makes it impossible to imitate, and methods of a
// class are what TypeScript drops when an object is spread, as this module does.

/** A verified result that becomes `Committed` once its transition is stored. */
export declare abstract class Verified<Prev, Next, Committed> {
  private readonly verified: true;
  readonly transition: Transition<Prev, Next>;
  /**
   * Takes the number of rows that the compare-and-set changed.
   * Counts once: a proof that was committed, with whatever number, is spent.
   * @throws RejectedError `state_conflict` unless it is exactly one: somebody else was faster, perhaps with the same proof.
   */
  commit(rows: number | bigint): Committed;
}

/** Whether `value` is evidence that this module made: a look-alike is not. */
export function isEvidence(value: unknown): value is Evidence {
  return factsOf(value) !== undefined;
}

/** Reads an argument that is evidence, and gives what the core knows of it. */
export const facts: Reader<Facts> = (value, name) => {
  const known = factsOf(value);
  if (known === undefined) throw wrong("argument_type_invalid", `${name} must be Evidence`);
  return known;
};

/** What {@link Verified} says, at run time: the data as its own members, and a `commit` that no copy of them carries. */
class Result {
  readonly #committed: (told: any) => unknown;
  readonly #readers: Readers;
  #spent = false;
  declare readonly transition: Transition<unknown>;

  constructor(maker: unknown, data: object, transition: Transition<unknown>, committed: (told: any) => unknown, readers: Readers) {
    if (maker !== MAKE) throw wrong("argument_type_invalid", "a verification gives its result");
    this.#committed = committed;
    this.#readers = readers;
    Object.assign(this, data, { transition });
  }

  commit(rows: unknown, given?: unknown): unknown {
    // A driver that gives no number of rows is the program's mistake, not somebody's attack.
    if (typeof rows !== "number" && typeof rows !== "bigint") throw wrong("argument_type_invalid", "rows");
    if (Object(this) !== this || !(#spent in this)) throw wrong("argument_type_invalid", "commit is called on the result itself");
    const told = options(given, "commit", this.#readers);
    const first = !this.#spent;
    this.#spent = true;
    if (!first || (rows !== 1 && rows !== 1n)) throw new RejectedError("state_conflict");
    return this.#committed(told);
  }
}

/** A verified result: the data and the transition, frozen. `readers` are of what `commit` may be told besides the number of rows. */
export function verified<T>(
  data: Record<string, unknown>, prev: unknown, next: unknown, committed: (told: any) => unknown, readers: Readers = NONE,
): T {
  // Where what is stored is no bigint, nothing of the data is.
  const freeze = typeof prev === "bigint" || typeof next === "bigint" ? frozen : Object.freeze;
  return freeze(new Result(MAKE, data, freeze({ prev, next }), committed, readers)) as T;
}

export function evidence(method: Method, facts: Facts): Evidence {
  return new (Evidence as unknown as new (maker: symbol, method: Method, facts: Facts) => Evidence)(MAKE, method, facts);
}

/**
 * Freezes a plain object. Its methods are own but not enumerable, so that a copy has the data alone; in JSON a bigint
 * is decimal text, the only form there that is exact.
 */
export function frozen<T extends object>(data: T, methods: Record<string, unknown> = NONE): Readonly<T> {
  for (const name in data) {
    if (typeof data[name] === "bigint") {
      Object.defineProperty(data, "toJSON", { value: () => exact(data), configurable: true });
      break;
    }
  }
  for (const name of Object.keys(methods)) Object.defineProperty(data, name, { value: methods[name] });
  return Object.freeze(data);
}

const NONE = {};

/** Without a bigint there is no need of it: JSON.stringify writes the same. */
function exact(data: object): object {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, typeof value === "bigint" ? `${value}` : value]));
}

/** Freezes what the core wrote, to the last member. */
export function deepFrozen<T extends object>(value: T): Readonly<T> {
  for (const part of Object.values(value)) if (typeof part === "object" && part !== null) deepFrozen(part);
  return Object.freeze(value);
}

/** What Node.js prints of a class that holds secrets, also when it is asked to show what getters give. */
export function shownAs<T>(type: { readonly prototype: T }, show: (value: T) => string): void {
  Object.defineProperty(type.prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value(this: T): string {
      return show(this);
    },
  });
}

const MAKE = Symbol("make");
