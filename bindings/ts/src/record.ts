/**
 * The stored form of a credential: one text, which the core reads and writes, and the fields to show from it.
 *
 * The text is the state that a host stores and compares; the fields are a view of it. A text that is damaged or of an
 * unknown version is a ConfigError: it is the store's fault, not the user's.
 */
import { ask } from "./backend.js";
import { base64url } from "./bytes.js";
import { bytes, count, flag, list, maybe, nullable, options, text, wrong, type Bytes, type Reader } from "./host-value.js";
import { prepared, type PreparedKey } from "./prepared.js";
import type { MethodKind } from "./verified.js";

export interface CredentialRecordOptions {
  /** The COSE key. */
  publicKey: Bytes;
  userHandle: Bytes;
  signCount: number;
  transports?: readonly string[];
  /** null: not known, as in records that come from another library. */
  backupEligible?: boolean | null;
  backedUp?: boolean | null;
  /** The UUID text, or the 16 bytes. */
  aaguid?: Bytes | null;
  /** Whether the user was ever verified with this credential. */
  uvInitialized?: boolean | null;
}

/** Sees into the private field; the class sets it. */
let textOf: (value: unknown) => unknown;

export class CredentialRecord {
  readonly #text: string;
  readonly #json: string;
  readonly #compact: string;
  /** Unpadded base64url, as are the key and the user handle. */
  declare readonly id: string;
  /** The COSE key. */
  declare readonly publicKey: string;
  /** The COSE algorithm number, such as -7. */
  declare readonly algorithm: number;
  declare readonly userHandle: string;
  declare readonly signCount: number;
  declare readonly transports: readonly string[];
  declare readonly backupEligible: boolean | null;
  declare readonly backedUp: boolean | null;
  /** The authenticator's model as it claimed it, as UUID text; nothing proves it without a trusted attestation. */
  declare readonly aaguid: string | null;
  /** Whether the user was ever verified with this credential; null: not known. See `uvTransition` of an authentication. */
  declare readonly uvInitialized: boolean | null;
  /** What to list among the methods of its user, by what the authenticator and the client said. */
  declare readonly kind: MethodKind;
  /** Whether a trusted attestation and its metadata said, at the registration, that hardware keeps the key. */
  declare readonly hardware: boolean;
  /** What `keepAttestation` kept of the registration. */
  declare readonly attestationObject: string | null;
  declare readonly attestationClientDataJSON: string | null;

  /** Makes a record from the parts that another library stored. A registration gives one ready-made. */
  constructor(id: Bytes, options: CredentialRecordOptions);
  constructor(id: unknown, given: unknown) {
    const { text, json, compact, ...fields } = id === STORED ? (given as Fields) : recordNew(id, given);
    [this.#text, this.#json, this.#compact] = [text, json, compact];
    Object.freeze(fields.transports);
    Object.freeze(Object.assign(this, fields));
  }

  /** Reads a stored text, of any released version and in either form. */
  static fromText(text: string): CredentialRecord {
    return recordOf(ask("record_read", { record: record(text, "text") }));
  }

  /** What the host stores. For a record that was read, the very text. */
  toText(): string {
    return this.#text;
  }

  /** The record as JSON text of the present version, which a person can read. */
  toJson(): string {
    return this.#json;
  }

  /** The same as compact text, of about half the size. */
  toCompact(): string {
    return this.#compact;
  }

  /** The same record with the compact text as what is stored; its transitions keep that form. */
  compact(): CredentialRecord {
    return CredentialRecord.fromText(this.#compact);
  }

  /**
   * Prepares the key, in the time of about one verification and 2 KB: each verification with it then takes half the time, where the
   * algorithm is ES256. Worth its while for a credential that signs in often.
   */
  prepare(): PreparedKey {
    return prepared(this.#text);
  }

  static {
    textOf = (value) => (typeof value === "object" && value !== null && #text in value ? value.#text : value);
  }
}

/** A record that the core wrote. */
export function recordOf(fields: Fields): CredentialRecord {
  return new (CredentialRecord as Internal)(STORED, fields);
}

/** Reads an argument that is a record or its stored text. */
export const record: Reader<string> = (value, name) => {
  const text = textOf(value);
  if (typeof text !== "string") throw wrong("argument_type_invalid", `${name} must be a CredentialRecord or its text`);
  return text;
};

/** The constructor as this module alone can call it. */
type Internal = new (id: unknown, given: unknown) => CredentialRecord;
type Fields = { text: string; json: string; compact: string; transports: string[] };

function recordNew(id: unknown, given: unknown): Fields {
  return ask("record_new", { id: bytes(id, "id"), ...options(given, "CredentialRecord", PARTS) });
}

/** UUID text or bytes, as base64url. */
export const uuidOrBytes: Reader<string> = (value, name) =>
  typeof value === "string" && UUID.test(value)
    ? base64url(Uint8Array.from(value.replaceAll("-", "").match(/../g)!, (pair) => parseInt(pair, 16)))
    : bytes(value, name);

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const STORED = Symbol("stored");
const PARTS = {
  publicKey: bytes,
  userHandle: bytes,
  signCount: count,
  transports: maybe(list(text)),
  backupEligible: maybe(nullable(flag)),
  backedUp: maybe(nullable(flag)),
  aaguid: maybe(nullable(uuidOrBytes)),
  uvInitialized: maybe(nullable(flag)),
};
