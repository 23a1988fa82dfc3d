/**
 * Push approvals, the host's side: a person's device signs what is asked and the number that the login screen shows.
 *
 * A host keeps one text a user (the state) and one a device (the record). One approval of a user is pending at a time, and the
 * first authentic answer ends it, a denial too: its transition is stored before anybody is told. Invariant: the number is
 * in the state and on the login screen, never in what a device is sent, and an Approval that is printed or serialised shows
 * neither. A transition does show its states: log none.
 */
import { ask, verify } from "./backend.js";
import { codeBytes } from "./client-value.js";
import { RejectedError } from "./errors.js";
import { count, list, maybe, now, nullable, options, otherwise, text, wrong, type Reader, type Time } from "./host-value.js";
import { evidence, frozen, shownAs, verified, type Evidence, type Transition, type Verified } from "./verified.js";

/** Sees into the private field; the class sets it. */
let textOf: (value: unknown) => unknown;

/** A device that may approve for one user: what the host stores of it. Nothing in it is secret. Immutable. */
export class DeviceRecord {
  readonly #text: string;
  /** 16 random bytes as base64url, as are the key's. */
  declare readonly id: string;
  declare readonly userId: string;
  /** What it approves towards. */
  declare readonly audience: string;
  /** The COSE number of the one algorithm that its answers may have. */
  declare readonly algorithm: number;
  /** The COSE key. */
  declare readonly publicKey: string;
  /** What the device calls itself. It chose that: show it as text, never as markup. */
  declare readonly name: string | null;

  private constructor(maker: unknown, answer?: Device) {
    if (maker !== MAKE) throw wrong("argument_type_invalid", "a DeviceRecord comes from an enrolment or fromText");
    const { record, id, userId, audience, algorithm, publicKey, name } = answer!;
    this.#text = record;
    Object.freeze(Object.assign(this, { id, userId, audience, algorithm, publicKey, name }));
  }

  /** Reads a stored record. */
  static fromText(text: string): DeviceRecord;
  static fromText(given: unknown): DeviceRecord {
    return deviceOf(ask("device_record_read", { record: text(given, "text") }));
  }

  /** What the host stores. */
  toText(): string {
    return this.#text;
  }

  static {
    textOf = (value) => (typeof value === "object" && value !== null && #text in value ? value.#text : value);
  }
}

/** A device as the core writes it. */
export type Device = {
  record: string; id: string; userId: string; audience: string; algorithm: number; publicKey: string; name: string | null;
};

/** A record that the core wrote. */
export function deviceOf(answer: Device): DeviceRecord {
  return new (DeviceRecord as unknown as new (maker: symbol, answer: Device) => DeviceRecord)(MAKE, answer);
}

/** Reads an argument that is a device's record or its stored text. */
export const deviceRecord: Reader<string> = (value, name) => {
  const text = textOf(value);
  if (typeof text !== "string") throw wrong("argument_type_invalid", `${name} must be a DeviceRecord or its text`);
  return text;
};

/**
 * An enrolment that was begun. Store `state` under `deviceId` until `expiresAt`, show `request` to the signed-in user as a QR code or a
 * link, and when the answer comes delete the row and finish with what the delete returned.
 */
export interface DeviceEnrollment {
  /** What the device reads. */
  readonly request: string;
  readonly state: string;
  /** The id that the device will have. */
  readonly deviceId: string;
  /** The last second in which the device may answer, in Unix seconds. */
  readonly expiresAt: number;
}

/** A device that has proven its key. `commit` gives the record, not evidence: an enrolment is not a login. */
export declare class DeviceVerified extends Verified<null, string, DeviceRecord> {
  readonly device: DeviceRecord;
}

export interface BeginDeviceEnrollment {
  /** The host's own name for itself, such as its domain. The device shows it, and signs for no other: never change it. */
  audience: string;
  /** Seconds, 60 to 3600; default 600. */
  lifetime?: number;
  now?: Time;
}

/** Begins the enrolment of a device for a user who is signed in, with a second factor if they have one. */
export function beginDeviceEnrollment(userId: string, options: BeginDeviceEnrollment): DeviceEnrollment;
export function beginDeviceEnrollment(userId: unknown, given: unknown): DeviceEnrollment {
  const host = options(given, "beginDeviceEnrollment", { audience: text, lifetime: maybe(count), now });
  return frozen<DeviceEnrollment>(ask("device_enrollment_begin", { userId: text(userId, "userId"), ...host }));
}

/** Verifies a device's answer to an enrolment: store the record under its unique id, then commit. */
export function finishDeviceEnrollment(answer: unknown, options: { state: string; now?: Time }): DeviceVerified;
export function finishDeviceEnrollment(answer: unknown, given: unknown): DeviceVerified {
  const host = options(given, "finishDeviceEnrollment", { state: text, now });
  const { prev, next, ...fields } = verify("device_enrollment_finish", codeBytes(answer), host);
  const device = deviceOf(fields);
  return verified({ device }, prev, next, () => device);
}

export interface BeginApproval {
  /** The host's own name for itself, which the devices were enrolled for. */
  audience: string;
  /** What is asked, such as `"Sign in"`: 1 to 255 bytes without control characters. */
  action: string;
  /** What helps the person to tell their own sign-in from another's, such as browser and place: up to 1024 bytes. */
  context?: string;
  /** The user's devices to ask: 1 to 4. The first that answers decides. */
  devices: readonly (string | DeviceRecord)[];
  /** The user's stored state until now, null (or left out) where there is none. */
  previous?: string | null;
  /** Seconds, 60 to 600; default 120. */
  lifetime?: number;
  now?: Time;
}

/**
 * An approval that was begun: store the transition, then send `request` to the devices and show `number` on the login screen. What
 * prints or serialises this shows neither the number nor the state, which holds it.
 */
export class Approval {
  readonly #number: string;
  readonly #transition: Transition<string | null, string>;
  /** Names the approval. */
  readonly id: string;
  /** What the devices are sent. Nothing in it is secret. */
  readonly request: string;
  /** The last second in which a device may answer, in Unix seconds. */
  readonly expiresAt: number;

  private constructor(maker: unknown, answer?: any) {
    if (maker !== MAKE) throw wrong("argument_type_invalid", "an Approval is what beginApproval gives");
    const { id, request, number, expiresAt, prev, next } = answer;
    [this.#number, this.#transition] = [number, frozen({ prev, next })];
    [this.id, this.request, this.expiresAt] = [id, request, expiresAt];
    Object.freeze(this);
  }

  /** The two digits for the login screen. Never send them to the device. */
  get number(): string {
    return this.#number;
  }

  /** From the previous state, as it was given, to the pending one. */
  get transition(): Transition<string | null, string> {
    return this.#transition;
  }

  static {
    shownAs(Approval, ({ id, expiresAt }) => `Approval(id=${id}, expiresAt=${expiresAt})`);
  }
}

/**
 * Begins an approval for a user who has given their password.
 * @throws RejectedError `approval_pending`: one may be pending for a user.
 */
export function beginApproval(userId: string, options: BeginApproval): Approval;
export function beginApproval(userId: unknown, given: unknown): Approval {
  const host = options(given, "beginApproval", {
    audience: text, action: text, context: otherwise("", text), devices: list(deviceRecord), previous: maybe(nullable(text)),
    lifetime: maybe(count), now,
  });
  const answer = ask("approval_begin", { userId: text(userId, "userId"), ...host });
  return new (Approval as unknown as new (maker: symbol, answer: object) => Approval)(MAKE, answer);
}

/**
 * An authentic answer, which need not be a yes. Store its transition, whatever it is, then commit: that gives evidence, or throws
 * `approval_denied` or `approval_number_mismatch`.
 */
export declare class ApprovalVerified extends Verified<string, string, Evidence> {
  /** What the device answered, for a log. */
  readonly decision: "approved" | "denied" | "number_mismatch";
  readonly deviceId: string;
  /** The user who was asked, as the device signed it: the sign-in must be theirs. */
  readonly userId: string;
  /** The approval that was answered: the evidence belongs to the sign-in that began it. */
  readonly approvalId: string;
}

/** Verifies a device's answer to the approval that is stored for a user. */
export function finishApproval(answer: unknown, options: { state: string; now?: Time }): ApprovalVerified;
export function finishApproval(answer: unknown, given: unknown): ApprovalVerified {
  const host = options(given, "finishApproval", { state: text, now });
  const { prev, next, id: approvalId, ...data } = verify("approval_finish", codeBytes(answer), host);
  return verified({ ...data, approvalId }, prev, next, () => {
    // Nothing but a yes is evidence.
    if (data.decision === "denied") throw new RejectedError("approval_denied");
    if (data.decision !== "approved") throw new RejectedError("approval_number_mismatch");
    return evidence("push_approval", { kind: "push_approval" });
  });
}

export type ApprovalStatus = "pending" | "approved" | "denied" | "number_mismatch" | "cancelled" | "expired";

/**
 * How the approval `id` stands, for the login screen that waits for it; the browser's own session keeps that id. `"expired"` also where
 * another approval took its place. It opens no session: only evidence does.
 */
export function readApproval(state: string, options: { id: string; now?: Time }): ApprovalStatus;
export function readApproval(state: unknown, given: unknown): ApprovalStatus {
  return ask("approval_read", { state: text(state, "state"), ...options(given, "readApproval", { id: text, now }) }).status;
}

/**
 * Ends a pending approval, because the person chose another way or left.
 * @throws RejectedError `approval_answered` if it is over.
 */
export function cancelApproval(state: string): Transition<string>;
export function cancelApproval(state: unknown): Transition<string> {
  const { prev, next } = ask("approval_cancel", { state: text(state, "state") });
  return frozen({ prev, next });
}

/** Nothing of this is proven: it is for looking the state up. */
export interface UnverifiedAnswer {
  readonly userId: string;
  readonly deviceId: string;
  /** The approval that it names; null for the answer to an enrolment. */
  readonly requestId: string | null;
}

/** Reads the answer to an approval or an enrolment without verifying it, to find the state that it is for. */
export function readApprovalAnswer(answer: unknown): UnverifiedAnswer {
  return frozen(verify("approval_read_answer", codeBytes(answer), {}) as UnverifiedAnswer);
}

const MAKE = Symbol("make");
