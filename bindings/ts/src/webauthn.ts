/**
 * Passkeys: the ceremonies of WebAuthn Level 3, sections 7.1 and 7.2, as a relying party runs them.
 *
 * A ceremony is consumed before it is finished: the host deletes its row by `id`, takes `state` from what the delete
 * returned, and only then calls `finish…`. A failed attempt has consumed it too. `verify…` are the same checks without
 * a ceremony, for a host that makes and consumes challenges by its own means. The state key is held in a private field:
 * it is in no property, no JSON and no log.
 */
import { ask, NOBODY, registry, verify } from "./backend.js";
import { bytesOfBase64url } from "./bytes.js";
import { identifierBytes, responseBytes } from "./client-value.js";
import { MfaError, type ErrorCode } from "./errors.js";
import type { ExtensionInputs, ExtensionOutputs } from "./extensions.js";
import {
  bytes, count, flag, json, key, list, maybe, now, options, signed, text, wrong, type Bytes, type Reader, type Time,
} from "./host-value.js";
import { preparedKey, type PreparedKey } from "./prepared.js";
import { CredentialRecord, record, recordOf } from "./record.js";
import { trust, type AttestationTrust, type TrustAbout } from "./trust.js";
import { deepFrozen, evidence, frozen, verified, type Evidence, type Transition, type Verified } from "./verified.js";

export type UserVerification = "required" | "preferred" | "discouraged";
/** Whether the credential must be discoverable: usable without a user name. */
export type ResidentKey = "required" | "preferred" | "discouraged";
/** Built into the device, or a security key or another device. */
export type AuthenticatorAttachment = "platform" | "cross-platform";
/** Which authenticator the person will most likely use. Browsers arrange their prompts by it; nothing enforces it. */
export type Hint = "security-key" | "client-device" | "hybrid";
export type AttestationFormat =
  | "none" | "packed" | "tpm" | "android-key" | "android-safetynet" | "fido-u2f" | "apple" | "compound";

export interface RelyingPartyOptions {
  /** The name that the browser may show. */
  name: string;
  /** Every origin that the pages have, such as `"https://example.org"`; compared exactly. */
  origins: readonly string[];
  /** Has no safe default: `"required"` where the passkey is the only factor. */
  userVerification: UserVerification;
  /** Pages of other origins that embed the sign-in: `"deny"` (default), or those of `topOrigins`. */
  crossOrigin?: "deny" | "allow_listed" | "danger_any_top_origin";
  topOrigins?: readonly string[];
  /** A signature counter that did not grow: `"reject"` (default), or a flag in the result. */
  counter?: "reject" | "report";
  /** A credential that becomes eligible for backup: refused under `"strict"` (default). */
  backup?: "strict" | "allow_upgrade";
  /** COSE algorithm numbers that registrations may use, the preferred one first; default `[-8, -7, -257]`. */
  algorithms?: readonly number[];
  /** Default `"preferred"`. */
  residentKey?: ResidentKey;
  /** The only attachment that is offered; default: any. */
  attachment?: AuthenticatorAttachment;
  hints?: readonly Hint[];
  /** What is asked of the authenticator's maker: nothing (`"none"`, default), which suits most sites. */
  attestation?: "none" | "indirect" | "direct" | "enterprise";
  /** The formats of statements that are accepted; default: all but the deprecated `"android-safetynet"`. */
  attestationFormats?: readonly AttestationFormat[];
  /** A statement of another format: refused (default), or taken for none at all. */
  unknownAttestation?: "reject" | "ignore";
  /** Whom attestation is trusted from. Without it statements are verified, and nobody is trusted. */
  trust?: AttestationTrust;
  /** Records keep the attestation of their registration, to be verified again when metadata has changed. They grow by kilobytes. */
  keepAttestation?: boolean;
  /** Outputs of extensions that were not asked for: ignored (default; browsers send some of their own accord), or refused. */
  unsolicitedExtensions?: "ignore" | "reject";
  /** By which implementation ES256 is verified: mfakit's own (default), or the Rust crate `p256`. The verdicts are the same. */
  es256?: "mfakit" | "p256";
  /**
   * How many keys of credentials that signed in lately are kept prepared in this process, each in 2 KB: none unless said otherwise, at
   * most 65 536. A sign-in whose key is there takes half the time. The relying parties of a process share them, and the largest
   * number counts.
   */
  preparedKeys?: number;
  /** Accepts an assertion that was made with nobody there. */
  dangerAllowAbsentUser?: boolean;
  /**
   * 32 to 64 random bytes that seal each state, which may then be kept where the client can reach it, such as a cookie.
   * No other state is taken from then on. A sealed state can be shown again: before finishing, insert its `ceremonyId`
   * under a unique key, to be kept until the ceremony expires; who cannot insert it does not finish.
   */
  stateKey?: Uint8Array | ArrayBuffer;
  /** 32 to 64 random bytes under which decoys are derived; see `beginDecoyAuthentication`. */
  enumerationKey?: Uint8Array | ArrayBuffer;
}

/** What a host stores of a ceremony between its two halves. The two kinds do not mix. */
export type RegistrationState = string & { readonly [kind]?: "registration" };
export type AuthenticationState = string & { readonly [kind]?: "authentication" };
declare const kind: unique symbol;

export interface Ceremony<State extends string> {
  /** For `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`, by way of the network. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly optionsJson: string;
  readonly state: State;
  /** The key of the row that holds `state`. */
  readonly id: string;
  /** Unix seconds, after which the row can go. */
  readonly expiresAt: number;
}

/** What every `begin…` takes. What is left out is as the relying party says. */
export interface Begin {
  userVerification?: UserVerification;
  hints?: readonly Hint[];
  /** What is asked of the authenticator and the browser besides. */
  extensions?: ExtensionInputs;
  /** Seconds, default 300. */
  lifetime?: number;
  now?: Time;
}

export interface BeginRegistration extends Begin {
  userName: string;
  displayName?: string;
  /** The records that this user has: their authenticators are not registered twice. */
  exclude?: readonly (string | CredentialRecord)[];
  residentKey?: ResidentKey;
  attachment?: AuthenticatorAttachment;
  /** A passkey made without a prompt of its own, right after a sign-in with a password: nobody need be present. */
  mediation?: "conditional";
  /** Default `{ credProps: true }`. */
  extensions?: ExtensionInputs;
}

export interface BeginAuthentication extends Begin {
  /** The records of this user. */
  allow: readonly (string | CredentialRecord)[];
}

export interface BeginDiscoverableAuthentication extends Begin {
  /** Passkeys in the autofill list of an input. */
  mediation?: "conditional";
}

/** What every `verify…` takes; `extensions` are those that were asked for, none if left out. */
export interface Stateless {
  /** Which the host made, and has consumed. */
  challenge: Bytes;
  userVerification?: UserVerification;
  extensions?: ExtensionInputs;
}

export interface VerifyRegistration extends Stateless {
  userHandle: Bytes;
  mediation?: "conditional";
  /** When it took place, for the dates of certificates. */
  now?: Time;
}

export interface VerifyDiscoverableAuthentication extends Stateless {
  record: string | CredentialRecord;
  /** Its prepared key. */
  prepared?: PreparedKey;
}

export interface VerifyAuthentication extends VerifyDiscoverableAuthentication {
  userHandle: Bytes;
  /** Records or ids; any is allowed without it. */
  allow?: readonly (string | CredentialRecord)[];
}

/** As for `verifyAuthentication`; without a user handle, as for `verifyDiscoverableAuthentication`. */
export interface ExplainAuthentication extends Omit<VerifyAuthentication, "userHandle" | "prepared"> {
  userHandle?: Bytes;
}

/** What became of an attestation statement. */
export interface Attestation {
  /** An {@link AttestationFormat}; another name only where unknown ones are ignored. */
  readonly format: string;
  /** Who signed it; `"unverified"` for a format that was ignored. */
  readonly type: "none" | "self" | "basic" | "attca" | "anonca" | "compound" | "unverified";
  /** Only `"trusted"` says anything about the authenticator's maker. */
  readonly trust: "not_requested" | "untrusted" | "trusted";
  /** The SHA-256 hash of the anchor's certificate, in hexadecimal; null unless trusted. */
  readonly anchor: string | null;
  /** The authenticator's model, proven: null unless the statement is trusted and its signature covers it. UUID text. */
  readonly provenAaguid: string | null;
  /** The certificates (DER) that came with the statement, the attestation certificate first; base64url in JSON. */
  readonly path: readonly Uint8Array[];
  /** The statements in a compound one. */
  readonly parts: readonly Attestation[];
}

/** `commit` gives the record, not evidence: a registration is not a login. */
export declare class RegistrationVerified extends Verified<null, string, CredentialRecord> {
  readonly credential: CredentialRecord;
  readonly userHandle: string;
  readonly userVerified: boolean;
  /** The flags byte of the authenticator data. */
  readonly flags: number;
  /** An {@link AuthenticatorAttachment} as the client says; names that are not known are kept. */
  readonly attachment: string | null;
  readonly attestation: Attestation;
  readonly extensions: ExtensionOutputs;
}

export declare class AuthenticationVerified extends Verified<string, string, Evidence> {
  readonly credentialId: string;
  readonly userHandle: string;
  readonly userVerified: boolean;
  /** The flags byte of the authenticator data. */
  readonly flags: number;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  readonly counter: number;
  /** Only ever true under `counter: "report"`. */
  readonly counterRegressed: boolean;
  /** An {@link AuthenticatorAttachment} as the client says; names that are not known are kept. */
  readonly attachment: string | null;
  readonly extensions: ExtensionOutputs;
  /**
   * The same transition, after which the record also says that the user was verified with it; null unless that is news.
   * Store it in place of `transition` only if another factor of the same strength was proven beside this one.
   */
  readonly uvTransition: Transition<string> | null;
}

/** A step of WebAuthn Level 3 section 7.1 or 7.2. */
export interface Step {
  /** Such as `"7.1-8"`. */
  readonly number: string;
  readonly title: string;
  /** `"caller"`: it is the caller's or the browser's. `"not_reached"`: what it looks at could not be read. */
  readonly verdict: "passed" | "failed" | "not_applicable" | "caller" | "not_reached";
  /** Why it failed; null if it did not. */
  readonly code: ErrorCode | null;
}

/** Nothing of this is proven: it is for looking the record up. */
export interface UnverifiedResponse {
  readonly credentialId: string;
  readonly userHandle: string | null;
  readonly challenge: string;
}

/** A new random user handle: the account's id as authenticators see it, which says nothing about the person. */
export function generateUserHandle(): string {
  return ask("generate_user_handle", {}).userHandle;
}

/** Reads a response without verifying it, to find the record that it is for. */
export function readResponse(response: unknown): UnverifiedResponse {
  return frozen(verify("read_response", responseBytes(response), {}) as UnverifiedResponse);
}

/**
 * What a site serves as `/.well-known/webauthn` for pages on other domains that share its relying party id: JSON. Serve it from
 * the relying party id's own domain as `application/json`, and list the same origins in `origins`.
 */
export function relatedOriginsJson(origins: readonly string[]): string;
export function relatedOriginsJson(origins: unknown): string {
  return ask("related_origins", { origins: list(text)(origins, "origins") }).json;
}

/** Sees into the private field; the class sets it. */
let policyOf: (value: unknown) => object | undefined;

export class RelyingParty {
  readonly id: string;
  readonly #rp: object;
  readonly #kept: Kept;
  readonly #trust: TrustAbout | undefined;

  constructor(id: string, options: RelyingPartyOptions);
  constructor(id: unknown, given: unknown) {
    this.id = text(id, "id");
    const { trust, ...policy } = options(given, "RelyingParty", RELYING_PARTY);
    this.#trust = trust;
    this.#rp = { id: this.id, ...policy, trust: trust?.(NOBODY) };
    this.#kept = { number: keep(this.#rp) };
    Object.freeze(this);
    ABANDONED?.register(this, this.#kept);
  }

  beginRegistration(userHandle: Bytes, options: BeginRegistration): Ceremony<RegistrationState>;
  beginRegistration(userHandle: unknown, given: unknown): Ceremony<RegistrationState> {
    return this.#begin("begin_registration", {
      userHandle: bytes(userHandle, "userHandle"),
      ...options(given, "beginRegistration", {
        userName: text, displayName: maybe(text), exclude: maybe(list(record)), ...BEGIN,
        residentKey: maybe(text), attachment: maybe(text), mediation: maybe(text),
      }),
    });
  }

  finishRegistration(response: unknown, options: { state: RegistrationState; now?: Time }): RegistrationVerified;
  finishRegistration(response: unknown, given: unknown): RegistrationVerified {
    return this.#registration("finish_registration", response, options(given, "finishRegistration", FINISH_REGISTRATION));
  }

  /**
   * The id of the ceremony that a state belongs to, the same as its `id`.
   * @throws ConfigError `state_malformed`, also where the client changed it: a state from a cookie is then a ceremony that is not there.
   */
  ceremonyId(state: RegistrationState | AuthenticationState): string;
  ceremonyId(state: unknown): string {
    return this.#verify("ceremony_id", NOBODY, { state: text(state, "state") }).id;
  }

  /** For a user who is known already; `allow` has the records of that user. */
  beginAuthentication(userHandle: Bytes, options: BeginAuthentication): Ceremony<AuthenticationState>;
  beginAuthentication(userHandle: unknown, given: unknown): Ceremony<AuthenticationState> {
    return this.#begin("begin_authentication", {
      userHandle: bytes(userHandle, "userHandle"),
      ...options(given, "beginAuthentication", { allow: list(record), ...BEGIN }),
    });
  }

  /** For a user who is not known yet: the authenticator says who it is. */
  beginDiscoverableAuthentication(options?: BeginDiscoverableAuthentication): Ceremony<AuthenticationState>;
  beginDiscoverableAuthentication(given?: unknown): Ceremony<AuthenticationState> {
    const host = options(given, "beginDiscoverableAuthentication", { ...BEGIN, mediation: maybe(text) });
    return this.#begin("begin_discoverable_authentication", host);
  }

  /**
   * For a name that no account has: a ceremony that nobody can finish, so that a list of credentials says nothing about whether
   * there is an account. `identifier` is what the person typed, in the form in which it would have been looked up; its one or two
   * credential ids stay the same. Keep the state as any other. When an answer comes there is no record of the credential that it
   * names: reply as to a wrong signature. Usernameless sign-in has no such list at all, and is the better answer.
   * @throws ConfigError `enumeration_key_invalid` without an `enumerationKey`.
   */
  beginDecoyAuthentication(identifier: unknown, options?: Begin): Ceremony<AuthenticationState>;
  beginDecoyAuthentication(identifier: unknown, given?: unknown): Ceremony<AuthenticationState> {
    const host = options(given, "beginDecoyAuthentication", BEGIN);
    return this.#begin("begin_decoy_authentication", host, identifierBytes(identifier));
  }

  /** `record` is the stored record of the credential that `readResponse` names, of either kind of ceremony. */
  finishAuthentication(
    response: unknown,
    options: { state: AuthenticationState; record: string | CredentialRecord; prepared?: PreparedKey; now?: Time },
  ): AuthenticationVerified;
  finishAuthentication(response: unknown, given: unknown): AuthenticationVerified {
    const host = options(given, "finishAuthentication", FINISH_AUTHENTICATION);
    return this.#authentication("finish_authentication", response, host);
  }

  /** The checks of `finishRegistration` for a challenge that the host made and has consumed. */
  verifyRegistration(response: unknown, options: VerifyRegistration): RegistrationVerified;
  verifyRegistration(response: unknown, given: unknown): RegistrationVerified {
    return this.#registration("verify_registration", response, options(given, "verifyRegistration", REGISTRATION));
  }

  /** The checks of `finishAuthentication` for a known user. */
  verifyAuthentication(response: unknown, options: VerifyAuthentication): AuthenticationVerified;
  verifyAuthentication(response: unknown, given: unknown): AuthenticationVerified {
    return this.#authentication("verify_authentication", response, options(given, "verifyAuthentication", KNOWN_USER));
  }

  /** The checks of `finishAuthentication` for a user whom the authenticator names. */
  verifyDiscoverableAuthentication(response: unknown, options: VerifyDiscoverableAuthentication): AuthenticationVerified;
  verifyDiscoverableAuthentication(response: unknown, given: unknown): AuthenticationVerified {
    const host = options(given, "verifyDiscoverableAuthentication", ANY_USER);
    return this.#authentication("verify_discoverable_authentication", response, host);
  }

  /**
   * Why a registration fails, step by step, for support staff. It proves nothing, and is not for the person who registers.
   * Whatever the response is, there are steps.
   */
  explainRegistration(response: unknown, options: VerifyRegistration): readonly Step[];
  explainRegistration(response: unknown, given: unknown): readonly Step[] {
    return this.#explain("explain_registration", response, options(given, "explainRegistration", REGISTRATION));
  }

  /** The same for an authentication. */
  explainAuthentication(response: unknown, options: ExplainAuthentication): readonly Step[];
  explainAuthentication(response: unknown, given: unknown): readonly Step[] {
    const host = options(given, "explainAuthentication", { ...AUTHENTICATION, userHandle: maybe(bytes) });
    return this.#explain("explain_authentication", response, host);
  }

  #registration(op: string, response: unknown, host: object): RegistrationVerified {
    const client = responseBytes(response);
    const answer = this.#verify(op, client, host, this.#trust);
    const record = recordOf(answer.credential);
    const data = {
      credential: record,
      userHandle: answer.userHandle,
      userVerified: answer.userVerified,
      flags: answer.flags,
      attachment: answer.attachment,
      attestation: attestationOf(answer.attestation),
      extensions: deepFrozen(answer.extensions),
    };
    return verified(data, answer.prev, answer.next, () => record);
  }

  #authentication(op: string, response: unknown, host: { record: string }): AuthenticationVerified {
    return authenticationOf(this.#verify(op, responseBytes(response), { now: clock(), ...host }), host.record);
  }

  #explain(op: string, response: unknown, host: object): readonly Step[] {
    const { client, code } = readable(response);
    const { steps } = this.#verify(op, client, { now: clock(), ...host }, this.#trust);
    const step = (step: Step): Step => frozen({ ...step, code: step.code === null ? null : code ?? step.code });
    return Object.freeze(steps.map(step));
  }

  #begin<State extends string>(op: string, host: object, client: Uint8Array = NOBODY): Ceremony<State> {
    return ceremony(this.#verify(op, client, host));
  }

  /**
   * Asks about a client's bytes. The core knows this relying party by its number, unless `trust` has something to say about the
   * authenticator in them: then it is sent whole.
   */
  #verify(op: string, client: Uint8Array, host: object, trust?: TrustAbout): any {
    if (trust !== undefined) return verify(op, client, { rp: { ...this.#rp, trust: trust(client) }, ...host });
    try {
      return verify(op, client, { rp: this.#kept.number, ...host });
    } catch (error) {
      if (!(error instanceof MfaError) || error.code !== "argument_value_invalid") throw error;
    }
    // It may have made room for others. A check keeps nothing, so it can be made again; what is wrong besides is still wrong.
    forget(this.#kept);
    this.#kept.number = keep(this.#rp);
    return verify(op, client, { rp: this.#kept.number, ...host });
  }

  static {
    policyOf = (value) => (typeof value === "object" && value !== null && #rp in value ? value.#rp : undefined);
  }
}

/** Reads an argument that is a relying party, and gives what the core knows of it: the same object each time. */
export const relyingParty: Reader<object> = (value, name) => {
  const policy = policyOf(value);
  if (policy === undefined) throw wrong("argument_type_invalid", `${name} must be a RelyingParty`);
  return policy;
};

/** What the core's answer says of an authentication with this record. */
export function authenticationOf(answer: any, prev: string): AuthenticationVerified {
  const data = {
    credentialId: answer.credentialId,
    userHandle: answer.userHandle,
    userVerified: answer.userVerified,
    flags: answer.flags,
    backupEligible: answer.backupEligible,
    backedUp: answer.backedUp,
    counter: answer.counter,
    counterRegressed: answer.counterRegressed,
    attachment: answer.attachment,
    extensions: deepFrozen(answer.extensions),
    uvTransition: answer.uvNext === null ? null : frozen({ prev, next: answer.uvNext }),
  };
  return verified(data, prev, answer.next, () => evidence("webauthn", answer.evidence));
}

/** What the core knows a relying party by. A number is given once, and is another's never. */
interface Kept {
  number: number;
}

/** Refuses options that the core cannot work with. */
function keep(rp: object): number {
  return ask("rp_keep", { rp }).number;
}

function forget({ number }: Kept): void {
  ask("rp_release", { number });
}

const ABANDONED = registry<Kept>(forget);

const RELYING_PARTY = {
  name: text,
  origins: list(text),
  userVerification: text,
  crossOrigin: maybe(text),
  topOrigins: maybe(list(text)),
  counter: maybe(text),
  backup: maybe(text),
  algorithms: maybe(list(signed)),
  residentKey: maybe(text),
  attachment: maybe(text),
  hints: maybe(list(text)),
  attestation: maybe(text),
  attestationFormats: maybe(list(text)),
  unknownAttestation: maybe(text),
  trust: maybe(trust),
  keepAttestation: maybe(flag),
  unsolicitedExtensions: maybe(text),
  dangerAllowAbsentUser: maybe(flag),
  stateKey: maybe(key),
  enumerationKey: maybe(key),
  es256: maybe(text),
  preparedKeys: maybe(count),
};

const BEGIN = {
  userVerification: maybe(text), hints: maybe(list(text)), extensions: maybe(json), lifetime: maybe(count), now,
};

const STATELESS = { challenge: bytes, userVerification: maybe(text), extensions: maybe(json) };
const REGISTRATION = { ...STATELESS, userHandle: bytes, mediation: maybe(text), now };
const RECORD = { record, prepared: maybe(preparedKey) };
const AUTHENTICATION = { ...STATELESS, userHandle: bytes, record, allow: maybe(list(record)) };
const FINISH_REGISTRATION = { state: text, now };
const FINISH_AUTHENTICATION = { state: text, ...RECORD, now };
const KNOWN_USER = { ...AUTHENTICATION, ...RECORD };
const ANY_USER = { ...STATELESS, ...RECORD };

const EMPTY = new TextEncoder().encode("{}");

function clock(): number {
  return now(undefined, "now");
}

function ceremony<State extends string>({ options, state, id, expiresAt }: any): Ceremony<State> {
  const optionsJson = JSON.stringify(options);
  return frozen({ options: deepFrozen(options), optionsJson, state, id, expiresAt: Number(expiresAt) });
}

/** What is to be explained; of what is no response at all, an empty one, with the code that a verification gives. */
function readable(response: unknown): { client: Uint8Array; code?: ErrorCode } {
  try {
    return { client: responseBytes(response) };
  } catch (error) {
    if (error instanceof MfaError) return { client: EMPTY, code: error.code };
    throw error;
  }
}

function attestationOf({ path, parts, ...rest }: any): Attestation {
  const data = { ...rest, path: Object.freeze(path.map(bytesOfBase64url)), parts: Object.freeze(parts.map(attestationOf)) };
  return frozen<Attestation>(data, { toJSON: () => ({ ...data, path }) });
}
