/**
 * Many authentications at once. Each item has an outcome of its own, and one that fails changes none of the others.
 *
 * The items cross the border together, where there are threads in groups, so that the first are verified while the next are read. What is
 * verified is read when it is asked for: so the event loop's thread does little beside the others' work.
 */
import { put, putAsync, type Question } from "./backend.js";
import { responseBytes } from "./client-value.js";
import { failure, MfaError } from "./errors.js";
import { bytes, list, maybe, now, options, text, wrong, type Bytes, type Time } from "./host-value.js";
import { preparedKey, type PreparedKey } from "./prepared.js";
import { record, type CredentialRecord } from "./record.js";
import { shownAs } from "./verified.js";
import {
  authenticationOf, relyingParty, type AuthenticationState, type AuthenticationVerified, type RelyingParty,
} from "./webauthn.js";

/** One authentication of a batch, with a `state` as for `finishAuthentication`, or with a challenge as for `verifyAuthentication`. */
export type AuthenticationItem = {
  rp: RelyingParty;
  response: unknown;
  record: string | CredentialRecord;
  prepared?: PreparedKey;
  now?: Time;
} & ({ state: AuthenticationState } | { challenge: Bytes; userHandle: Bytes });

/** What became of one item. It says nothing until it is asked for what was verified. */
export class Outcome {
  readonly #read: () => AuthenticationVerified;
  #verified: AuthenticationVerified | undefined;

  private constructor(maker: unknown, read?: () => AuthenticationVerified) {
    if (maker !== MAKE) throw wrong("argument_type_invalid", "an Outcome is what a batch gives");
    this.#read = read!;
    Object.freeze(this);
  }

  /**
   * The same object each time, so that the proof in it is one proof.
   * @throws VerificationError or ConfigError: this item's, as a call with it alone throws.
   */
  verified(): AuthenticationVerified {
    return (this.#verified ??= this.#read());
  }

  static {
    shownAs(Outcome, () => "Outcome()");
  }
}

/**
 * Verifies many authentications, in Node.js on all cores. A list of another shape is a ConfigError at once; whatever is wrong with one
 * item is that item's.
 */
export function verifyAuthentications(items: readonly AuthenticationItem[]): Outcome[];
export function verifyAuthentications(items: unknown): Outcome[] {
  const batch = new Batch(each(items));
  return batch.outcomes(batch.sent.length === 0 ? [] : put(batch.question()));
}

/** The same by a promise, and in Node.js the event loop is free meanwhile. */
export function verifyAuthenticationsAsync(items: readonly AuthenticationItem[]): Promise<Outcome[]>;
export async function verifyAuthenticationsAsync(items: unknown): Promise<Outcome[]> {
  const all = each(items);
  const groups = Array.from({ length: Math.ceil(all.length / GROUP) }, (_, group) => {
    const batch = new Batch(all.slice(group * GROUP, (group + 1) * GROUP));
    return { batch, answers: batch.sent.length === 0 ? [] : putAsync(batch.question()) };
  });
  const outcomes = await Promise.all(groups.map(async ({ batch, answers }) => batch.outcomes(await answers)));
  return outcomes.flat();
}

const each = (items: unknown): unknown[] => list((item) => item)(items, "items");
/** Enough that a thread's start does not count, few enough that the others do not wait for the first. */
const GROUP = 128;

/** What was read of an item, or what was wrong with it. */
type Read = { given: unknown; record: string; host: object; client: Uint8Array } | { error: MfaError };
type Sent = Exclude<Read, { error: MfaError }>;
/** An item's answer, or the number of its error. */
type Answer = object | number;

class Batch {
  readonly #items: Read[];
  readonly #rps: object[];
  /** Those that could be read. */
  readonly sent: Sent[];

  constructor(items: readonly unknown[]) {
    const rps = new Map<object, number>();
    this.#items = items.map((item) => read(item, rps));
    this.sent = this.#items.filter((item): item is Sent => !("error" in item));
    this.#rps = [...rps.keys()];
  }

  question(): Question<Answer[]> {
    const client = new Uint8Array(this.sent.reduce((length, item) => length + item.client.length, 0));
    let end = 0;
    for (const item of this.sent) {
      client.set(item.client, end);
      end += item.client.length;
    }
    const host = { rps: this.#rps, items: this.sent.map((item) => item.host) };
    return { op: "verify_authentications", client, host, read: (answers: Answer[]) => answers };
  }

  /** In the order of the items; the prepared keys are held until here, so that none is released while it is used. */
  outcomes(answers: Answer[]): Outcome[] {
    if (answers.length !== this.sent.length) throw new Error("a defect of mfakit: a batch's answer is not whole");
    let next = 0;
    return this.#items.map((item) => {
      if ("error" in item) {
        return outcome(() => {
          throw item.error;
        });
      }
      const [answer, record] = [answers[next++]!, item.record];
      return outcome(() => {
        if (typeof answer === "number") throw failure(answer);
        return authenticationOf(answer, record);
      });
    });
  }
}

function read(given: unknown, rps: Map<object, number>): Read {
  if (typeof given !== "object" || given === null) throw wrong("argument_type_invalid", "items must be objects of named options");
  try {
    const { rp, response, ...host } = options(given, "verifyAuthentications", ITEM);
    const challenge = host.challenge !== undefined && host.userHandle !== undefined;
    const neither = host.challenge === undefined && host.userHandle === undefined;
    if (host.state === undefined ? !challenge : !neither) {
      throw wrong("argument_type_invalid", "an item has a state, or a challenge and a userHandle");
    }
    const index = rps.get(rp) ?? rps.size;
    rps.set(rp, index);
    const client = responseBytes(response);
    return { given, record: host.record, host: { rp: index, length: client.length, ...host }, client };
  } catch (error) {
    if (error instanceof MfaError) return { error };
    throw error;
  }
}

function outcome(read: () => AuthenticationVerified): Outcome {
  return new (Outcome as unknown as new (maker: symbol, read: () => AuthenticationVerified) => Outcome)(MAKE, read);
}

const MAKE = Symbol("make");
const ITEM = {
  rp: relyingParty,
  response: (value: unknown): unknown => value,
  record,
  state: maybe(text),
  challenge: maybe(bytes),
  userHandle: maybe(bytes),
  prepared: maybe(preparedKey),
  now,
};
