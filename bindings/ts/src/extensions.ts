/**
 * Extensions (WebAuthn Level 3 sections 9 and 10): what a ceremony asks for, and what came of it.
 *
 * Members have the names of `AuthenticationExtensionsClientInputsJSON` and `…OutputsJSON`; bytes are base64url. Inputs are
 * checked before they reach a browser. An output that nobody asked for stands in `raw` alone.
 */

export type CredentialProtectionPolicy =
  | "userVerificationOptional" | "userVerificationOptionalWithCredentialIDList" | "userVerificationRequired";

/** What `prf` evaluates. */
export interface PrfInputs {
  first: string;
  second?: string;
}

/** Each of them belongs to registrations, to authentications, or to both; in the other ceremony it is refused. */
export interface ExtensionInputs {
  /** Registrations: is the credential discoverable? What a registration asks for unless it is told otherwise. */
  credProps?: boolean;
  /** Registrations: when the credential may be used (CTAP's credProtect). */
  credentialProtectionPolicy?: CredentialProtectionPolicy;
  /** Registrations: no credential is better than one without that protection. */
  enforceCredentialProtectionPolicy?: boolean;
  /** Registrations: how short may a PIN be? */
  minPinLength?: boolean;
  /** Registrations: the AppID under which credentials from before WebAuthn are excluded. */
  appidExclude?: string;
  /** Authentications: the AppID under which such credentials sign in. */
  appid?: string;
  /** `support` in registrations; `read` or `write`, one of the two, in authentications. */
  largeBlob?: { support: "required" | "preferred" } | { read: true } | { write: string };
  /** Both; `evalByCredential`, by credential ids in base64url, in authentications. */
  prf?: { eval?: PrfInputs; evalByCredential?: Readonly<Record<string, PrfInputs>> };
  /** Both: how was the user verified? */
  uvm?: boolean;
  /** Others are passed on to the browser as they are. */
  [name: string]: unknown;
}

/** What came of the extensions that were asked for; null in a member: nothing was said of it. */
export interface ExtensionOutputs {
  /** As the client says; nobody signs it. So with the next four. */
  readonly credProps?: { readonly rk: boolean };
  /** The assertion was made for the AppID. */
  readonly appid?: boolean;
  readonly appidExclude?: boolean;
  readonly largeBlob?: { readonly supported: boolean | null; readonly blob: string | null; readonly written: boolean | null };
  /** The results are secrets of the user's, which a page should keep from the server. */
  readonly prf?: {
    readonly enabled: boolean | null;
    readonly results: { readonly first: string; readonly second: string | null } | null;
  };
  /** Signed by the authenticator, as are the next three. */
  readonly credentialProtectionPolicy?: CredentialProtectionPolicy;
  /** Of a registration that asks for `prf`: the credential can be used with it. */
  readonly hmacCreateSecret?: boolean;
  readonly minPinLength?: number;
  /** Method, key protection and matcher protection of each way in which the user was verified (FIDO Registry section 3). */
  readonly uvm?: readonly (readonly [number, number, number])[];
  /** All that came, with what was not asked for: not to be relied upon. */
  readonly raw: {
    /** The authenticator's CBOR map, base64url. */
    readonly authenticator: string | null;
    /** The client's `clientExtensionResults`. */
    readonly client: Readonly<Record<string, unknown>> | null;
  };
}
