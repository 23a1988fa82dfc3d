/**
 * Temporary codes: given to a person by an administrator or by support, or sent to them (NIST SP 800-63B-4 section 3.1.3).
 *
 * A host stores one text an account, which says who issued the code, how long it is good and how often it was used. One code
 * is live at a time: storing the next one voids it. A code is in no property, no JSON and no log.
 */
import { NOBODY, put, putAsync, verify, type Question } from "./backend.js";
import { codeBytes } from "./client-value.js";
import { count, maybe, now, nullable, options, text, wrong, type Reader, type Time } from "./host-value.js";
import { peppers, type Peppers } from "./peppers.js";
import { evidence, frozen, shownAs, verified, type Evidence, type Transition, type Verified } from "./verified.js";

/**
 * `"admin"`: an administrator's, good many times until it ends. `"support"`: a support agent's, good once. `"delivered"`: digits
 * that are sent by SMS or e-mail, good once, and weak: whoever reads the message has them.
 */
export type TemporaryKind = "admin" | "support" | "delivered";

interface Issue {
  /** Who issues it, an administrator for example: 1 to 255 bytes, for the audit. */
  issuedBy: string;
  /** The account's record until now, null (or left out) where there is none. Its code is void once the transition is stored. */
  previous?: string | null;
  now?: Time;
}

/** There is no default for `kind`: it says what a code is worth. */
export type IssueTemporaryCode = Issue & (
  | {
    kind: "admin" | "support";
    /** Seconds: 3600 (default) to 86400. */
    lifetime?: number;
    peppers?: Peppers;
  }
  | {
    kind: "delivered";
    /** Seconds: 60 to 600 (default). */
    lifetime?: number;
    /** 6 (default), 7 or 8. */
    digits?: number;
    /** Without a pepper, so few digits could be found from a stolen record. */
    peppers: Peppers;
  });

export interface VerifyTemporaryCode {
  /** The account that signs in: the one that the code was issued for. */
  userId: string;
  /** The stored record. */
  record: string;
  peppers?: Peppers;
  now?: Time;
}

/** What to write down of a code. Nothing in it is secret. */
export interface TemporaryAudit {
  readonly event: "issued" | "verified" | "revoked";
  /** Names the code: unpadded base64url text. */
  readonly id: string;
  readonly kind: TemporaryKind;
  readonly issuedBy: string;
  /** Unix seconds. */
  readonly notBefore: number;
  /** The last second in which it is good. */
  readonly notAfter: number;
  readonly maxUses: number;
  /** How often it was used, the event itself included. */
  readonly uses: number;
  readonly revoked: boolean;
}

/** A new code: show or send it once, store the transition. What prints or serialises this shows no code. */
export class TemporaryCode {
  readonly #code: string;
  /** From the previous record, as it was given, to the new one. */
  readonly transition: Transition<string | null, string>;
  /** The last second in which it is good, in Unix seconds. */
  readonly expiresAt: number;
  readonly audit: TemporaryAudit;

  private constructor(answer: unknown) {
    const { code, prev, next, expiresAt, audit } = answer as Audited & { code: string; prev: string | null; expiresAt: number };
    this.#code = code;
    this.transition = frozen({ prev, next });
    this.expiresAt = expiresAt;
    this.audit = frozen(audit);
    Object.freeze(this);
  }

  /** Four groups of four symbols with hyphens, or digits. */
  get code(): string {
    return this.#code;
  }

  static {
    shownAs(TemporaryCode, ({ audit, expiresAt }) => `TemporaryCode(kind=${audit.kind}, expiresAt=${expiresAt})`);
  }
}

export declare class TemporaryVerified extends Verified<string, string, Evidence> {
  readonly kind: TemporaryKind;
  /** How often the code may be used again. */
  readonly usesLeft: number;
  readonly audit: TemporaryAudit;
  /** `via` says how a delivered code was sent; no other kind of code takes it. */
  override commit(rows: number | bigint, options?: { via?: "sms" | "email" | "phone" }): Evidence;
}

/** A revocation, to be stored by a compare-and-set. */
export interface TemporaryRevoked extends Transition<string> {
  readonly audit: TemporaryAudit;
}

/**
 * Issues a code for the account `userId`. It is good once its transition is stored.
 * @throws RejectedError `temporary_code_limit` for the seventh within an hour.
 */
export function issueTemporaryCode(userId: string, options: IssueTemporaryCode): TemporaryCode;
export function issueTemporaryCode(userId: unknown, given: unknown): TemporaryCode {
  return put(issue(userId, given));
}

/**
 * As {@link issueTemporaryCode}, by a promise. An administrator's or support's code is stored under a slow hash, some tenths
 * of a second of processor time. In Node.js it is computed on libuv's thread pool; WebAssembly has the caller's thread alone,
 * and holds it as long as the other form does. What is wrong rejects, with the same errors.
 */
export function issueTemporaryCodeAsync(userId: string, options: IssueTemporaryCode): Promise<TemporaryCode>;
export async function issueTemporaryCodeAsync(userId: unknown, given: unknown): Promise<TemporaryCode> {
  return putAsync(issue(userId, given));
}

/** Checks a code as a person typed it. Wrong, used up, revoked, too early and too late look the same: `temporary_code_rejected`. */
export function verifyTemporaryCode(code: unknown, options: VerifyTemporaryCode): TemporaryVerified;
export function verifyTemporaryCode(code: unknown, given: unknown): TemporaryVerified {
  return put(verification(code, given));
}

/** As {@link verifyTemporaryCode}, by a promise, as {@link issueTemporaryCodeAsync} says. */
export function verifyTemporaryCodeAsync(code: unknown, options: VerifyTemporaryCode): Promise<TemporaryVerified>;
export async function verifyTemporaryCodeAsync(code: unknown, given: unknown): Promise<TemporaryVerified> {
  return putAsync(verification(code, given));
}

/**
 * Checks the form of a code against its record, and nothing else: what fails here is a typing error, so end before the
 * throttle is charged.
 * @throws MalformedError `temporary_code_malformed`.
 */
export function checkTemporaryCode(code: unknown, options: { record: string }): void;
export function checkTemporaryCode(code: unknown, given: unknown): void {
  const host = options(given, "checkTemporaryCode", { record: text });
  verify("temporary_check_code", codeBytes(code), host);
}

/**
 * Revokes a code: it is void once the transition is stored. The record remembers when codes were issued; who deletes it
 * begins the limit of six an hour anew.
 */
export function revokeTemporaryCode(record: string): TemporaryRevoked {
  return put({
    op: "temporary_revoke", client: NOBODY, host: { record: text(record, "record") },
    read: ({ next, audit }: Audited) => frozen({ prev: record, next, audit: frozen(audit) }),
  });
}

type Audited = { next: string; audit: TemporaryAudit };

function issue(userId: unknown, given: unknown): Question<TemporaryCode> {
  const host = options(given, "issueTemporaryCode", {
    kind: text, issuedBy: text, previous: maybe(nullable(text)), lifetime: maybe(count), digits: maybe(count),
    peppers: maybe(peppers), now,
  });
  return {
    op: "temporary_issue", client: NOBODY, host: { userId: text(userId, "userId"), ...host },
    read: (answer) => new (TemporaryCode as unknown as new (answer: unknown) => TemporaryCode)(answer),
  };
}

function verification(code: unknown, given: unknown): Question<TemporaryVerified> {
  const host = options(given, "verifyTemporaryCode", { userId: text, record: text, peppers: maybe(peppers), now });
  return {
    op: "temporary_verify", client: codeBytes(code), host,
    read: ({ kind, usesLeft, next, audit }: Audited & { kind: TemporaryKind; usesLeft: number }) =>
      verified(
        { kind, usesLeft, audit: frozen(audit) }, host.record, next,
        ({ via }) => evidence(`${kind}_code`, { kind: via ?? `${kind}_code` }), { via: maybe(wayOf(kind)) },
      ),
  };
}

/** How a code of this kind may have been sent. */
function wayOf(kind: TemporaryKind): Reader<"sms" | "email" | "phone"> {
  return (value, name) => {
    const way = text(value, name);
    if (kind !== "delivered" || (way !== "sms" && way !== "email" && way !== "phone")) throw wrong("argument_value_invalid", name);
    return way;
  };
}
