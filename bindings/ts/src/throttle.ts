/**
 * A throttle for guesses at one factor of one account (NIST SP 800-63B-4 section 3.2.2).
 *
 * The order is charge, verify, succeed. A charge counts the attempt as failed, and it is stored by a compare-and-set in
 * a transaction of its own before anything is verified: many guesses at once cannot share one count. Who loses that race
 * begins again and verifies nothing before. The state is one text; null stands for nothing stored.
 */
import { ask } from "./backend.js";
import { isMfaError, type MfaError } from "./errors.js";
import { count, maybe, now, nullable, options, otherwise, text, wrong, type Reader, type Time } from "./host-value.js";
import { frozen, type Transition } from "./verified.js";

export interface ThrottleOptions {
  /** Consecutive failures at which the method is disabled until it is bound anew: 1 to 100, default 100. */
  maxFailures?: number;
  /** Failures that cost no wait: fewer than `maxFailures`, default 5. */
  freeFailures?: number;
  /** Seconds of the first wait, which doubles with each failure; default 30. */
  delay?: number;
  /** Seconds of the longest wait: at most 86400, default 3600. */
  maxDelay?: number;
  /** The digits of the codes that are guarded; default 6. */
  digits?: number;
  /** How many codes are good at a time: past + future + 1 for TOTP, lookAhead + 1 for HOTP; default 3. */
  window?: number;
  /**
   * How likely a guesser may be to get in before the method is disabled: `"usual"` (default), 1 in 1000; `"strict"`, 1 in
   * 10 000. Limits that go beyond it are a ConfigError, `guess_budget_exceeded`.
   */
  budget?: "usual" | "strict";
}

/** The state that is stored, null where there is none yet, and the one to put in its place. */
export type ThrottleTransition = Transition<string | null, string>;

export class Throttle {
  readonly #throttle: object;

  constructor(options?: ThrottleOptions);
  constructor(given?: unknown) {
    this.#throttle = options(given, "Throttle", {
      maxFailures: otherwise(100, count), freeFailures: otherwise(5, count),
      delay: otherwise(30, count), maxDelay: otherwise(3600, count),
      digits: maybe(count), window: maybe(count), budget: maybe(text),
    });
    ask("throttle_check", { throttle: this.#throttle });
    Object.freeze(this);
  }

  /**
   * Counts an attempt as failed. Store the transition; if that changed exactly one row, verify.
   * @throws RejectedError `throttle_wait` until `retryAt`, `throttle_disabled` at the cap.
   */
  charge(state: string | null, options?: { now?: Time }): ThrottleTransition;
  charge(state: unknown, given?: unknown): ThrottleTransition {
    return this.#transition("throttle_charge", state, options(given, "charge", { now }));
  }

  /** The attempt proved right: no failures any more. */
  succeed(state: string | null): ThrottleTransition {
    return this.#transition("throttle_succeed", state, {});
  }

  /**
   * Gives a charge back if `error` says nothing about a guess, such as a typing error; if it does, or if it is `charge`'s
   * own, the state stays as it is.
   */
  refund(state: string | null, error: MfaError): ThrottleTransition;
  refund(state: unknown, error: unknown): ThrottleTransition {
    return this.#transition("throttle_refund", state, { error: numberOf(error, "error") });
  }

  /**
   * Unix seconds from which an attempt is granted, null if it is now.
   * @throws RejectedError `throttle_disabled` at the cap.
   */
  retryAt(state: string | null, options?: { now?: Time }): number | null;
  retryAt(state: unknown, given?: unknown): number | null {
    return this.#ask("throttle_retry_at", state, options(given, "retryAt", { now })).retryAt;
  }

  #transition(op: string, state: unknown, host: object): ThrottleTransition {
    const { next } = this.#ask(op, state, host);
    return frozen({ prev: state as string | null, next: next as string });
  }

  #ask(op: string, state: unknown, host: object): any {
    return ask(op, { throttle: this.#throttle, state: nullable(text)(state, "state"), ...host });
  }
}

/**
 * The odds that one of `attempts` guesses is right, where `window` of the codes of so many digits are good at a time:
 * `1 - (1 - window / 10^digits)^attempts`.
 */
export function guessOdds(options: { digits: number; window: number; attempts: number }): number;
export function guessOdds(given: unknown): number {
  const { bits } = ask("guess_odds", options(given, "guessOdds", { digits: count, window: count, attempts: count }));
  return new Float64Array(new BigUint64Array([BigInt(bits)]).buffer)[0]!;
}

const numberOf: Reader<number> = (value, name) => {
  if (!isMfaError(value)) throw wrong("argument_type_invalid", `${name} must be an error of mfakit`);
  let number: unknown;
  try {
    number = value.number;
  } catch {
    throw wrong("argument_type_invalid", `${name} must be an error of mfakit`);
  }
  return count(number, name);
};
