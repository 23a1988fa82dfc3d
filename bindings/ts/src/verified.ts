/**
 * What a verification gives: frozen data, the transition that the host stores, and the evidence it earns by that.
 *
 * A proof counts once it is stored. The host runs `UPDATE … SET s = next WHERE id = … AND s = prev` and hands the
 * number of changed rows to `commit`, which gives {@link Evidence} only for exactly one. A copy of a result (spread,
 * JSON, structuredClone) carries the data and not `commit`: data can be copied, a proof cannot.
 */
import { RejectedError } from "./errors.js";
import { wrong } from "./host-value.js";

/** What the stored state was and what it must become. `prev` is the caller's own value, as it was given. */
export interface Transition<Prev, Next = Prev> {
  readonly prev: Prev;
  readonly next: Next;
}

export type Method =
  | "totp" | "hotp" | "recovery_code" | "admin_code" | "support_code" | "delivered_code" | "webauthn";

// The classes below exist for the type checker alone: a private member makes them impossible to imitate, and
// methods of a class are what TypeScript drops when an object is spread, as this module does.

/** Proof that a factor was verified and its transition stored. Only `commit` makes it. */
export declare class Evidence {
  private constructor();
  private readonly evidence: true;
  readonly method: Method;
  readonly userVerified: boolean;
}

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
  return EVIDENCE.has(value as object);
}

/** A verified result: `data` and the transition, frozen, with a `commit` that belongs to this one object. */
export function verified<Result>(data: object, prev: unknown, next: unknown, committed: () => unknown): Result {
  let spent = false;
  const commit = (rows: unknown): unknown => {
    // A driver that gives no number of rows is the program's mistake, not somebody's attack.
    if (typeof rows !== "number" && typeof rows !== "bigint") throw wrong("argument_type_invalid", "rows");
    const first = !spent;
    spent = true;
    if (!first || (rows !== 1 && rows !== 1n)) throw new RejectedError("state_conflict");
    return committed();
  };
  return frozen({ ...data, transition: frozen({ prev, next }) }, { commit }) as Result;
}

export function evidence(method: Method, userVerified: boolean): Evidence {
  const made = frozen({ method, userVerified });
  EVIDENCE.add(made);
  return made as unknown as Evidence;
}

/**
 * Freezes a plain object. Its methods are own but not enumerable, so that a copy has the data alone; in JSON a bigint
 * is decimal text, the only form there that is exact.
 */
export function frozen<T extends object>(data: T, methods: object = {}): Readonly<T> {
  const toJSON = (): object =>
    Object.fromEntries(Object.entries(data).map(([name, value]) => [name, typeof value === "bigint" ? `${value}` : value]));
  for (const [name, value] of Object.entries({ toJSON, ...methods })) Object.defineProperty(data, name, { value });
  return Object.freeze(data);
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

const EVIDENCE = new WeakSet<object>();
