/**
 * Passkeys: the ceremonies of WebAuthn Level 3, sections 7.1 and 7.2, as a relying party runs them.
 *
 * A ceremony is consumed before it is finished: the host deletes its row by `id`, takes `state` from what the delete
 * returned, and only then calls `finish…`. A failed attempt has consumed it too. `verify…` are the same checks without
 * a ceremony, for a host that makes and consumes challenges by its own means. The state key is held in a private field:
 * it is in no property, no JSON and no log.
 */
import { ask, verify } from "./backend.js";
import { responseBytes } from "./client-value.js";
import {
  bytes, count, flag, key, list, maybe, now, options, signed, text, type Bytes, type Time,
} from "./host-value.js";
import { CredentialRecord, record, recordOf } from "./record.js";
import { evidence, frozen, verified, type Evidence, type Verified } from "./verified.js";

export type UserVerification = "required" | "preferred" | "discouraged";

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
  /** COSE algorithm numbers, the preferred one first; default: those that are built in. */
  algorithms?: readonly number[];
  /** Accepts an assertion that was made with nobody there. */
  dangerAllowAbsentUser?: boolean;
  /**
   * 32 to 64 random bytes that seal each state, which may then be kept where the client can reach it, such as a cookie.
   * No other state is taken from then on. A sealed state can be shown again: before finishing, insert its `ceremonyId`
   * under a unique key, to be kept until the ceremony expires; who cannot insert it does not finish.
   */
  stateKey?: Uint8Array | ArrayBuffer;
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

export interface BeginRegistration {
  userName: string;
  displayName?: string;
  /** The records that this user has: their authenticators are not registered twice. */
  exclude?: readonly (string | CredentialRecord)[];
  userVerification?: UserVerification;
  mediation?: "conditional";
  /** Seconds, default 300. */
  lifetime?: number;
  now?: Time;
}

export interface BeginAuthentication {
  /** The records of this user. */
  allow: readonly (string | CredentialRecord)[];
  userVerification?: UserVerification;
  lifetime?: number;
  now?: Time;
}

export interface BeginDiscoverableAuthentication {
  userVerification?: UserVerification;
  mediation?: "conditional";
  lifetime?: number;
  now?: Time;
}

export interface Attestation {
  readonly format: string;
  readonly type: string;
  readonly trust: string;
}

/** `commit` gives the record, not evidence: a registration is not a login. */
export declare class RegistrationVerified extends Verified<null, string, CredentialRecord> {
  readonly credential: CredentialRecord;
  readonly userHandle: string;
  readonly userVerified: boolean;
  /** The flags byte of the authenticator data. */
  readonly flags: number;
  readonly attestation: Attestation;
  /** The authenticator's extension outputs as base64url CBOR: unsolicited, to be ignored unless asked for. */
  readonly extensions: string | null;
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
  readonly extensions: string | null;
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

export class RelyingParty {
  readonly id: string;
  readonly #rp: object;

  constructor(id: string, options: RelyingPartyOptions);
  constructor(id: unknown, given: unknown) {
    this.id = text(id, "id");
    this.#rp = { id: this.id, ...options(given, "RelyingParty", RELYING_PARTY) };
    ask("rp_check", { rp: this.#rp });
    Object.freeze(this);
  }

  beginRegistration(userHandle: Bytes, options: BeginRegistration): Ceremony<RegistrationState>;
  beginRegistration(userHandle: unknown, given: unknown): Ceremony<RegistrationState> {
    return ceremony("begin_registration", {
      rp: this.#rp,
      userHandle: bytes(userHandle, "userHandle"),
      ...options(given, "beginRegistration", {
        userName: text, displayName: maybe(text), exclude: maybe(list(record)), ...BEGIN, mediation: maybe(text),
      }),
    });
  }

  finishRegistration(response: unknown, options: { state: RegistrationState; now?: Time }): RegistrationVerified;
  finishRegistration(response: unknown, given: unknown): RegistrationVerified {
    return this.#registration("finish_registration", response, options(given, "finishRegistration", { state: text, now }));
  }

  /**
   * The id of the ceremony that a state belongs to, the same as its `id`.
   * @throws ConfigError `state_malformed`, also where the client changed it: a state from a cookie is then a ceremony that is not there.
   */
  ceremonyId(state: RegistrationState | AuthenticationState): string;
  ceremonyId(state: unknown): string {
    return ask("ceremony_id", { rp: this.#rp, state: text(state, "state") }).id;
  }

  /** For a user who is known already; `allow` has the records of that user. */
  beginAuthentication(userHandle: Bytes, options: BeginAuthentication): Ceremony<AuthenticationState>;
  beginAuthentication(userHandle: unknown, given: unknown): Ceremony<AuthenticationState> {
    return ceremony("begin_authentication", {
      rp: this.#rp,
      userHandle: bytes(userHandle, "userHandle"),
      ...options(given, "beginAuthentication", { allow: list(record), ...BEGIN }),
    });
  }

  /** For a user who is not known yet: the authenticator says who it is. */
  beginDiscoverableAuthentication(options?: BeginDiscoverableAuthentication): Ceremony<AuthenticationState>;
  beginDiscoverableAuthentication(given?: unknown): Ceremony<AuthenticationState> {
    return ceremony("begin_discoverable_authentication", {
      rp: this.#rp,
      ...options(given, "beginDiscoverableAuthentication", { ...BEGIN, mediation: maybe(text) }),
    });
  }

  /** `record` is the stored record of the credential that `readResponse` names, of either kind of ceremony. */
  finishAuthentication(
    response: unknown, options: { state: AuthenticationState; record: string | CredentialRecord; now?: Time },
  ): AuthenticationVerified;
  finishAuthentication(response: unknown, given: unknown): AuthenticationVerified {
    return this.#authentication("finish_authentication", response, options(given, "finishAuthentication", { state: text, record, now }));
  }

  /** The checks of `finishRegistration` for a challenge that the host made and has consumed. */
  verifyRegistration(
    response: unknown,
    options: { challenge: Bytes; userHandle: Bytes; userVerification?: UserVerification; mediation?: "conditional" },
  ): RegistrationVerified;
  verifyRegistration(response: unknown, given: unknown): RegistrationVerified {
    return this.#registration("verify_registration", response, options(given, "verifyRegistration", {
      challenge: bytes, userHandle: bytes, userVerification: maybe(text), mediation: maybe(text),
    }));
  }

  /** The checks of `finishAuthentication` for a known user; `allow` has records or ids, and any is allowed without it. */
  verifyAuthentication(
    response: unknown,
    options: {
      challenge: Bytes; userHandle: Bytes; record: string | CredentialRecord;
      allow?: readonly (string | CredentialRecord)[]; userVerification?: UserVerification;
    },
  ): AuthenticationVerified;
  verifyAuthentication(response: unknown, given: unknown): AuthenticationVerified {
    return this.#authentication("verify_authentication", response, options(given, "verifyAuthentication", {
      challenge: bytes, userHandle: bytes, record, allow: maybe(list(record)), userVerification: maybe(text),
    }));
  }

  /** The checks of `finishAuthentication` for a user whom the authenticator names. */
  verifyDiscoverableAuthentication(
    response: unknown,
    options: { challenge: Bytes; record: string | CredentialRecord; userVerification?: UserVerification },
  ): AuthenticationVerified;
  verifyDiscoverableAuthentication(response: unknown, given: unknown): AuthenticationVerified {
    return this.#authentication("verify_discoverable_authentication", response, options(given, "verifyDiscoverableAuthentication", {
      challenge: bytes, record, userVerification: maybe(text),
    }));
  }

  #registration(op: string, response: unknown, host: object): RegistrationVerified {
    const { credential, attestation, prev, next, ...rest } = verify(op, responseBytes(response), { rp: this.#rp, ...host });
    const record = recordOf(credential);
    return verified({ credential: record, ...rest, attestation: frozen(attestation) }, prev, next, () => record);
  }

  #authentication(op: string, response: unknown, host: object): AuthenticationVerified {
    const { prev, next, ...rest } = verify(op, responseBytes(response), { rp: this.#rp, ...host });
    return verified(rest, prev, next, () => evidence("webauthn", rest.userVerified));
  }
}

const RELYING_PARTY = {
  name: text,
  origins: list(text),
  userVerification: text,
  crossOrigin: maybe(text),
  topOrigins: maybe(list(text)),
  counter: maybe(text),
  backup: maybe(text),
  algorithms: maybe(list(signed)),
  dangerAllowAbsentUser: maybe(flag),
  stateKey: maybe(key),
};

const BEGIN = { userVerification: maybe(text), lifetime: maybe(count), now };

function ceremony<State extends string>(op: string, host: object): Ceremony<State> {
  const { options, state, id, expiresAt } = ask(op, host);
  const optionsJson = JSON.stringify(options);
  return frozen({ options: deepFrozen(options), optionsJson, state, id, expiresAt: Number(expiresAt) });
}

function deepFrozen<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === "object" && part !== null) deepFrozen(part);
  return Object.freeze(value);
}
