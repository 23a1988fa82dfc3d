/**
 * Push approvals, the device's side: a key for one account, and answers that it signs.
 *
 * What came from a host is the first argument, and everything wrong with it is a VerificationError. A key is held in a private
 * field: it is in no property, no JSON and no log. A key that lives in hardware is signed with in two steps: what is to be signed,
 * then the answer around the signature.
 */
import { deviceOf, deviceRecord, type Device, type DeviceRecord } from "./approval.js";
import { ask, verify } from "./backend.js";
import { base64url, bytesOfBase64url } from "./bytes.js";
import { codeBytes } from "./client-value.js";
import { bytes, maybe, now, options, rawBytes, text, wrong, type Bytes, type Reader, type Time } from "./host-value.js";
import { shownAs } from "./verified.js";

/** See into the private fields; the classes set them. */
let enrollmentOf: (value: unknown) => Uint8Array | undefined;
let approvalOf: (value: unknown) => Uint8Array | undefined;
let keyOf: (value: unknown) => string | undefined;

/** A request to enrol. Show `audience`, make a key, answer. */
export class DeviceEnrollmentRequest {
  readonly #request: Uint8Array;
  /** Who asks. */
  declare readonly audience: string;
  /** The user that the device will belong to. */
  declare readonly userId: string;
  /** The id that the device will have. */
  declare readonly deviceId: string;
  /** The last second in which an answer counts, in Unix seconds. */
  declare readonly expiresAt: number;

  private constructor(maker: unknown, request?: Uint8Array) {
    if (maker !== MAKE) throw wrong("argument_type_invalid", "a DeviceEnrollmentRequest is what readDeviceEnrollment gives");
    this.#request = request!;
    Object.freeze(Object.assign(this, verify("enrollment_request_read", request!, {})));
  }

  /** The record of this device, whose key lives in hardware: a COSE key in its canonical encoding. */
  device(publicKey: Bytes, options?: { name?: string }): DeviceRecord;
  device(publicKey: unknown, given?: unknown): DeviceRecord {
    const host = options(given, "device", { name: maybe(text) });
    return deviceOf(verify("enrollment_device", this.#request, { publicKey: bytes(publicKey, "publicKey"), ...host }));
  }

  static {
    enrollmentOf = (value) => (typeof value === "object" && value !== null && #request in value ? value.#request : undefined);
  }
}

/** A request to approve. Show `audience`, `action` and `context` as text, ask for the number on the login screen, then sign. */
export class ApprovalRequest {
  readonly #request: Uint8Array;
  /** Names the request. */
  declare readonly id: string;
  /** Who asks. */
  declare readonly audience: string;
  /** The user who is asked. */
  declare readonly userId: string;
  /** What is asked. */
  declare readonly action: string;
  /** Where it is asked from, as far as the host told; may be empty. */
  declare readonly context: string;
  /** The last second in which an answer counts, in Unix seconds. */
  declare readonly expiresAt: number;

  private constructor(maker: unknown, request?: Uint8Array) {
    if (maker !== MAKE) throw wrong("argument_type_invalid", "an ApprovalRequest is what readApprovalRequest gives");
    this.#request = request!;
    Object.freeze(Object.assign(this, verify("approval_request_read", request!, {})));
  }

  static {
    approvalOf = (value) => (typeof value === "object" && value !== null && #request in value ? value.#request : undefined);
  }
}

/** A device's private key for ES256, for one account. What prints or serialises this shows no key. */
export class DeviceKey {
  readonly #key: string;
  /** Whom the key is for, and its public half; without a name. */
  readonly record: DeviceRecord;

  private constructor(maker: unknown, key?: string, device?: Device) {
    if (maker !== MAKE) throw wrong("argument_type_invalid", "a DeviceKey comes from generateDeviceKey or fromText");
    this.#key = key!;
    this.record = deviceOf(device!);
    Object.freeze(this);
  }

  /** Reads a stored key. */
  static fromText(text: string): DeviceKey;
  static fromText(given: unknown): DeviceKey {
    const key = text(given, "text");
    return new DeviceKey(MAKE, key, ask("device_key_read", { key }));
  }

  /** The text to keep where the system keeps keys: it is a secret. */
  toText(): string {
    return this.#key;
  }

  static {
    shownAs(DeviceKey, ({ record }) => `DeviceKey(id=${record.id})`);
    keyOf = (value) => (typeof value === "object" && value !== null && #key in value ? value.#key : undefined);
  }
}

/** Reads the request of an enrolment, as a QR code or a link gave it. */
export function readDeviceEnrollment(request: unknown): DeviceEnrollmentRequest {
  return new (DeviceEnrollmentRequest as unknown as Internal<DeviceEnrollmentRequest>)(MAKE, codeBytes(request));
}

/** Makes a key for the device that is being enrolled. Each enrolment has its own: no key serves two accounts. */
export function generateDeviceKey(request: DeviceEnrollmentRequest): DeviceKey;
export function generateDeviceKey(request: unknown): DeviceKey {
  const { key, ...device } = verify("device_key_generate", enrollment(request, "request"), {});
  return new (DeviceKey as unknown as Internal<DeviceKey>)(MAKE, key, device);
}

/** Signs the answer to an enrolment; `name` is what the device calls itself. */
export function signEnrollment(
  request: DeviceEnrollmentRequest, options: { device: DeviceKey; name?: string; now?: Time },
): string;
export function signEnrollment(request: unknown, given: unknown): string {
  const { device: key, ...host } = options(given, "signEnrollment", { device: deviceKey, name: maybe(text), now });
  return verify("enrollment_sign", enrollment(request, "request"), { key, ...host }).answer;
}

/** What a key in hardware must sign to answer an enrolment; `device` is what `request.device` gave. */
export function enrollmentToSign(
  request: DeviceEnrollmentRequest, options: { device: string | DeviceRecord; now?: Time },
): Uint8Array;
export function enrollmentToSign(request: unknown, given: unknown): Uint8Array {
  const { device: record, now: at } = options(given, "enrollmentToSign", { device: deviceRecord, now });
  return bytesOfBase64url(verify("enrollment_to_sign", enrollment(request, "request"), { record, now: at }).toSign);
}

/** Reads a request as it was pushed. */
export function readApprovalRequest(request: unknown): ApprovalRequest {
  return new (ApprovalRequest as unknown as Internal<ApprovalRequest>)(MAKE, codeBytes(request));
}

/** Yes takes the two digits that the person typed; no takes none. */
export type ApprovalDecision = { decision: "approve"; number: string } | { decision: "deny" };

/** Signs the answer to an approval. */
export function signApproval(request: ApprovalRequest, options: ApprovalDecision & { device: DeviceKey; now?: Time }): string;
export function signApproval(request: unknown, given: unknown): string {
  const { device: key, ...host } = options(given, "signApproval", { device: deviceKey, ...DECISION });
  return verify("approval_sign", approval(request, "request"), { key, ...host }).answer;
}

/** What a key in hardware must sign to answer an approval. */
export function approvalToSign(
  request: ApprovalRequest, options: ApprovalDecision & { device: string | DeviceRecord; now?: Time },
): Uint8Array;
export function approvalToSign(request: unknown, given: unknown): Uint8Array {
  const { device: record, ...host } = options(given, "approvalToSign", { device: deviceRecord, ...DECISION });
  return bytesOfBase64url(verify("approval_to_sign", approval(request, "request"), { record, ...host }).toSign);
}

/**
 * The answer to an approval or an enrolment, of what was to be signed and a signature over it. Of ECDSA it may be in DER, as hardware
 * gives it, or r and s one after the other. Whether it is right is the host's to tell.
 */
export function approvalAnswer(toSign: Uint8Array | ArrayBuffer, options: { signature: Uint8Array | ArrayBuffer }): string;
export function approvalAnswer(toSign: unknown, given: unknown): string {
  const { signature } = options(given, "approvalAnswer", { signature: rawBytes });
  return ask("approval_answer", { toSign: base64url(rawBytes(toSign, "toSign")), signature: base64url(signature) }).answer;
}

const enrollment: Reader<Uint8Array> = (value, name) => {
  const request = enrollmentOf(value);
  if (request === undefined) throw wrong("argument_type_invalid", `${name} must be what readDeviceEnrollment gives`);
  return request;
};

const approval: Reader<Uint8Array> = (value, name) => {
  const request = approvalOf(value);
  if (request === undefined) throw wrong("argument_type_invalid", `${name} must be what readApprovalRequest gives`);
  return request;
};

const deviceKey: Reader<string> = (value, name) => {
  const key = keyOf(value);
  if (key === undefined) throw wrong("argument_type_invalid", `${name} must be a DeviceKey`);
  return key;
};

const DECISION = { decision: text, number: maybe(text), now };
const MAKE = Symbol("make");
/** A constructor as this module alone can call it. */
type Internal<T> = new (maker: symbol, ...parts: unknown[]) => T;
