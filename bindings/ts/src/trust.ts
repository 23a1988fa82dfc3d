/**
 * Whose attestation is trusted (WebAuthn Level 3 section 7.1 steps 23 and 24): certificates of the host's, and what FIDO
 * metadata knows of a model.
 */
import { ask, NOBODY } from "./backend.js";
import { file, flag, list, maybe, options, text, wrong, type Reader } from "./host-value.js";
import { metadata, type CertificateFile, type Metadata } from "./metadata.js";

export interface AttestationTrustOptions {
  /** Certificates of attestation CAs, or of single batches. */
  anchors?: readonly CertificateFile[];
  /** What FIDO knows of models: their roots are anchors too, and a model that is revoked or compromised is refused. */
  metadata?: Metadata;
  /** A registration without a trusted attestation is refused (default), or its result says so. */
  require?: boolean;
  /** Which authorization list of an Android key must name its origin and purpose: `"union"` (default), either of them. */
  androidKey?: "union" | "tee_only";
  /** Rules of the FIDO conformance requirements that the specification does not have. */
  fidoSwitches?: readonly ("u2f_zero_aaguid" | "tpm_known_vendor" | "tpm_rs1" | "no_root_in_x5c" | "token_binding")[];
  /** Faults of genuine certificates that are let pass, each by its name. */
  tolerances?: readonly ("ecdsa_null_parameters" | "signature_unused_bits")[];
  /** Statuses that refuse a model while they are its latest, besides those that always do: `"NOT_FIDO_CERTIFIED"`, say. */
  alsoReject?: readonly string[];
  /** Statuses that refuse a model, such as `"USER_KEY_REMOTE_COMPROMISE"`, and are accepted all the same. */
  dangerAcceptStatuses?: readonly string[];
  /** Takes certificates whatever their dates: expired ones are then as good as others. */
  dangerIgnoreValidity?: boolean;
}

/** The trust as the core takes it, for the registration in these bytes. */
export type TrustAbout = (response: Uint8Array) => object;

/** Sees into the private field; the class sets it. */
let aboutOf: (value: unknown) => TrustAbout | undefined;

/** Immutable; one may serve many relying parties. */
export class AttestationTrust {
  readonly #about: TrustAbout;

  constructor(options: AttestationTrustOptions);
  constructor(given: unknown) {
    const { metadata: about, ...trust } = options(given, "AttestationTrust", OPTIONS);
    this.#about = (response) => ({ ...trust, metadata: about?.(response) });
    ask("trust_check", { trust: this.#about(NOBODY) });
    Object.freeze(this);
  }

  static {
    aboutOf = (value) => (typeof value === "object" && value !== null && #about in value ? value.#about : undefined);
  }
}

/** Reads an argument that is AttestationTrust. */
export const trust: Reader<TrustAbout> = (value, name) => {
  const about = aboutOf(value);
  if (about === undefined) throw wrong("argument_type_invalid", `${name} must be AttestationTrust`);
  return about;
};

const OPTIONS = {
  anchors: maybe(list(file)),
  metadata: maybe(metadata),
  require: maybe(flag),
  androidKey: maybe(text),
  fidoSwitches: maybe(list(text)),
  tolerances: maybe(list(text)),
  alsoReject: maybe(list(text)),
  dangerAcceptStatuses: maybe(list(text)),
  dangerIgnoreValidity: maybe(flag),
};
