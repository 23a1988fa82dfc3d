/**
 * FIDO metadata: what is known of authenticator models, their attestation roots and their faults (FIDO Metadata Service 3).
 *
 * The host fetches the BLOB and passes it; nothing here reaches a network. Invariant: a Metadata was signed under a root of
 * the host's. A BLOB has megabytes and the border holds no state, so its entries stay here, each as the text that the core
 * wrote, and a registration sends those about its own authenticator.
 */
import { ask, NOBODY, verify } from "./backend.js";
import { bytesOfBase64url } from "./bytes.js";
import { fileBytes } from "./client-value.js";
import { VerificationError } from "./errors.js";
import {
  file, flag, integer, list, maybe, now, options, text, wrong, type Bytes, type Integer, type Reader, type Time,
} from "./host-value.js";
import { uuidOrBytes } from "./record.js";
import { deepFrozen } from "./verified.js";

/** Certificates: PEM, as text or as bytes, of which one file may hold several; or the DER bytes of one. */
export type CertificateFile = string | Uint8Array | ArrayBuffer;

export interface MetadataOptions {
  /** The roots under which the BLOB is signed: FIDO's is GlobalSign's. While a root is being replaced, both. */
  roots: readonly CertificateFile[];
  now?: Time;
  /** The `number` of the BLOB that was used before: an older one is refused. */
  previousNumber?: Integer;
  /**
   * The name for which the certificate of the BLOB's signer stands; default `"mds.fidoalliance.org"`. The root certifies the web
   * servers of anybody, and only this one speaks for FIDO.
   */
  signer?: string;
  /** Uses a BLOB whose next update is overdue all the same. It does not know of the latest faults. */
  allowStale?: boolean;
}

/** What is known of a model. The names of values are those of the FIDO Registry of Predefined Values; unknown ones are kept. */
export interface MetadataEntry {
  /** UUID text; models of U2F have none. */
  readonly aaguid: string | null;
  readonly description: string | null;
  /** Keys are kept in hardware, a trusted execution environment or a secure element, and nowhere else. */
  readonly isHardware: boolean;
  readonly attestationTypes: readonly string[];
  readonly keyProtection: readonly string[];
  readonly attachmentHint: readonly string[];
  readonly statusReports: readonly { readonly status: string; readonly effectiveDate: string | null }[];
  /** DER, base64url. */
  readonly attestationRootCertificates: readonly string[];
}

/** What a call carries of the metadata, for the registration in these bytes: texts of entries. */
export type MetadataAbout = (response: Uint8Array) => readonly string[];

/** Sees into the private field; the class sets it. */
let aboutOf: (value: unknown) => MetadataAbout | undefined;

/** A verified BLOB. Immutable. */
export class Metadata {
  readonly #found: Entries;
  readonly #about: MetadataAbout;
  /** The BLOB's number: store it, and pass it as `previousNumber` the next time. */
  readonly number: Integer;
  /** The day by which the next BLOB is published, as `YYYY-MM-DD`. A registration that comes later finds this one stale. */
  readonly nextUpdate: string;
  /** The start of that day, in Unix seconds. */
  readonly nextUpdateTime: number;
  /** How many entries could not be read. A model that one of them names is refused: something is known of it, and not what. */
  readonly skipped: number;
  /** How many could. */
  readonly entryCount: number;

  private constructor(maker: unknown, parsed?: Parsed) {
    if (maker !== PARSE) throw wrong("argument_type_invalid", "Metadata is what Metadata.parse gives");
    const { number, nextUpdate, nextUpdateTime, skipped, count, entries } = parsed!;
    this.number = Number.isSafeInteger(Number(number)) ? Number(number) : BigInt(number);
    [this.nextUpdate, this.nextUpdateTime, this.skipped] = [nextUpdate, Number(nextUpdateTime), Number(skipped)];
    this.entryCount = Number(count);
    // Those that could be read come first.
    this.#found = byKey(entries.slice(0, this.entryCount));
    const listed = byKey(entries);
    // Each entry says how old the BLOB is: where none is about the authenticator, another does that.
    const any = entries.slice(0, 1).map(({ json }) => json);
    this.#about = (response) => {
      const found = new Set(keysOf(response).flatMap((key) => listed.get(key) ?? []));
      return found.size > 0 ? [...found] : any;
    };
    Object.freeze(this);
  }

  /**
   * Verifies a BLOB: its signature, the signer's path to a root, its number and its age.
   * @throws VerificationError whatever is wrong with the BLOB, which came by the network.
   * @throws ConfigError `metadata_stale` if its next update is overdue: fetch the present one.
   */
  static parse(blob: Uint8Array | ArrayBuffer | string, options: MetadataOptions): Metadata;
  static parse(blob: unknown, given: unknown): Metadata {
    const host = options(given, "Metadata.parse", {
      roots: list(file), now, previousNumber: maybe(decimal), signer: maybe(text), allowStale: maybe(flag),
    });
    return new Metadata(PARSE, verify("metadata_parse", fileBytes(blob, MAX_BLOB), host));
  }

  /** The entry of a model, by its AAGUID: UUID text or 16 bytes. */
  find(aaguid: Bytes): MetadataEntry | null;
  find(aaguid: unknown): MetadataEntry | null {
    const [entry] = this.#found.get(uuidText(aaguid)) ?? [];
    return entry === undefined ? null : deepFrozen<MetadataEntry>(ask("metadata_entry", { entry }));
  }

  static {
    aboutOf = (value) => (typeof value === "object" && value !== null && #about in value ? value.#about : undefined);
  }
}

/** Reads an argument that is Metadata. */
export const metadata: Reader<MetadataAbout> = (value, name) => {
  const about = aboutOf(value);
  if (about === undefined) throw wrong("argument_type_invalid", `${name} must be Metadata`);
  return about;
};

/** The largest BLOB that the core reads. FIDO's had 9 MB in 2026. */
const MAX_BLOB = 32 * 1024 * 1024;
const PARSE = Symbol("parse");

/** The texts of entries by AAGUID or by an identifier of an attestation key; one name may have several entries. */
type Entries = ReadonlyMap<string, readonly string[]>;
type Parsed = {
  number: string; nextUpdate: string; nextUpdateTime: number; skipped: number; count: number;
  entries: { keys: string[]; json: string }[];
};

function byKey(entries: Parsed["entries"]): Entries {
  const map = new Map<string, string[]>();
  for (const { keys, json } of entries) {
    for (const key of keys) map.set(key, [...(map.get(key) ?? []), json]);
  }
  return map;
}

/** The names under which the authenticator of a registration may be listed. */
function keysOf(response: Uint8Array): string[] {
  if (response === NOBODY) return [];
  try {
    return verify("registration_keys", response, {}).keys;
  } catch (error) {
    // What cannot be read, the verification refuses for the same reason.
    if (error instanceof VerificationError) return [];
    throw error;
  }
}

const decimal: Reader<string> = (value, name) => `${integer(value, name)}`;

function uuidText(value: unknown): string {
  const bytes = base64urlBytes(uuidOrBytes(value, "aaguid"));
  if (bytes?.length !== 16) throw wrong("argument_value_invalid", "aaguid must be a UUID");
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function base64urlBytes(text: string): Uint8Array | undefined {
  try {
    return bytesOfBase64url(text);
  } catch {
    return undefined;
  }
}
