/**
 * `mfakit/testing`: a passkey in software, so that a test signs in as a browser would.
 *
 * It reads the options of a ceremony and answers with the JSON of `credential.toJSON()`, WebAuthn Level 3 sections 5.1
 * and 6. It is no authenticator for people: private keys lie in memory in the clear, nobody is asked for anything, and
 * a seed makes them again. What it says of itself is what its knobs say, true or not; they may be changed at any time.
 *
 * It shares no code with the verifier, so that the two cannot agree on a mistake, and it needs `node:crypto`.
 */
import type * as Crypto from "node:crypto";

export interface SoftAuthenticatorOptions {
  /** What new credentials sign with: -7 (default), which is ES256, or -8, Ed25519. */
  algorithm?: -7 | -8;
  /** `"none"` (default), or `"packed"`: signed with the credential's own key. */
  attestation?: "none" | "packed";
  /** The authenticator knew its user (default true). */
  userVerified?: boolean;
  /** Somebody was there (default true). */
  userPresent?: boolean;
  backupEligible?: boolean;
  backedUp?: boolean;
  /** The next value of the signature counter, which then grows; 0 (default): it has none and says 0 for ever. */
  counter?: number;
  /** The model, as UUID text or as 16 bytes; default: all zeros. */
  aaguid?: string | Uint8Array;
  /** Default `["internal"]`. */
  transports?: readonly string[];
  /** The origin that is signed in place of the page's: what a phisher's page would have. */
  wrongOrigin?: string | null;
  /** The page is in a frame of another origin; default: where there is a `topOrigin`. */
  crossOrigin?: boolean | null;
  /** The origin of the page around that frame. */
  topOrigin?: string | null;
  /** New credentials can be found without an allow-list (default true). */
  discoverable?: boolean;
  /** The same seed makes the same keys and ids; default: random ones. */
  seed?: string | Uint8Array | null;
}

/** The members that both kinds of response have. */
interface Response<Members> {
  id: string;
  rawId: string;
  type: "public-key";
  authenticatorAttachment: "platform" | "cross-platform";
  clientExtensionResults: { credProps?: { rk: boolean } };
  response: Members;
}

export type RegistrationResponse = Response<{
  clientDataJSON: string;
  attestationObject: string;
  authenticatorData: string;
  publicKey: string;
  publicKeyAlgorithm: number;
  transports: string[];
}>;

export type AuthenticationResponse = Response<{
  clientDataJSON: string;
  authenticatorData: string;
  signature: string;
  /** Absent for a credential that is not discoverable. */
  userHandle?: string;
}>;

/** The page or the authenticator refuses, and nothing reaches the server. `name` is what a browser's exception has. */
export class SoftAuthenticatorError extends Error {
  override readonly name: DomName;

  constructor(name: DomName, message: string) {
    super(message);
    this.name = name;
  }
}

type DomName =
  | "TypeError" | "SecurityError" | "NotSupportedError" | "InvalidStateError" | "ConstraintError" | "NotAllowedError";

export class SoftAuthenticator {
  /** The origin of the page, such as `"https://login.example.org"`. */
  origin: string;
  declare algorithm: number;
  declare attestation: "none" | "packed";
  declare userVerified: boolean;
  declare userPresent: boolean;
  declare backupEligible: boolean;
  declare backedUp: boolean;
  declare counter: number;
  declare aaguid: string | Uint8Array;
  declare transports: string[];
  declare wrongOrigin: string | null;
  declare crossOrigin: boolean | null;
  declare topOrigin: string | null;
  declare discoverable: boolean;

  readonly #draw: () => Buffer;
  readonly #credentials: Credential[] = [];

  constructor(origin: string, options: SoftAuthenticatorOptions = {}) {
    const { seed = null, ...knobs } = options;
    const unknown = Object.keys(knobs).find((name) => !Object.hasOwn(KNOBS, name));
    if (unknown !== undefined) throw new SoftAuthenticatorError("TypeError", `there is no option ${unknown}`);
    this.origin = origin;
    this.#draw = draws(seed);
    Object.assign(this, KNOBS, knobs);
    this.transports = [...this.transports];
  }

  /** `navigator.credentials.create`: takes `ceremony.options`, or its JSON text. */
  create(options: object | string): RegistrationResponse {
    const { rp, user, challenge, pubKeyCredParams, excludeCredentials, authenticatorSelection, extensions } = read(options);
    if (!rp || !user) throw new SoftAuthenticatorError("TypeError", "these are not the options of a registration");
    const rpId = this.#allowedRpId(rp.id);
    const offered = pubKeyCredParams?.length > 0 ? pubKeyCredParams : ANY;
    this.#refuseToCreate(rpId, offered, excludeCredentials ?? [], authenticatorSelection ?? {});
    const credential = this.#newCredential(rpId, user.id);
    this.#credentials.push(credential);

    const clientData = this.#clientData("webauthn.create", challenge);
    const authData = this.#authData(credential, attestedData(this.aaguid, credential));
    const attestationObject = this.#attestationObject(credential, authData, clientData);
    return this.#response(credential, {
      clientDataJSON: base64url(clientData),
      attestationObject: base64url(attestationObject),
      authenticatorData: base64url(authData),
      publicKey: base64url(credential.publicKey.export({ type: "spki", format: "der" })),
      publicKeyAlgorithm: credential.algorithm,
      transports: [...this.transports],
    }, extensions?.credProps === true ? { credProps: { rk: credential.discoverable } } : {});
  }

  /** `navigator.credentials.get`: takes `ceremony.options`, or its JSON text. Without an allow-list the newest answers. */
  get(options: object | string): AuthenticationResponse {
    const { rpId: id, challenge, allowCredentials } = read(options);
    const rpId = this.#allowedRpId(id);
    const credential = this.#find(rpId, allowCredentials ?? []);

    const clientData = this.#clientData("webauthn.get", challenge);
    const authData = this.#authData(credential);
    return this.#response(credential, {
      clientDataJSON: base64url(clientData),
      authenticatorData: base64url(authData),
      signature: base64url(signed(credential, authData, clientData)),
      ...(credential.discoverable ? { userHandle: credential.userHandle } : {}),
    }, {});
  }

  /** A browser lets a page ask for its own host and for the domains above it. An app's origin names no host. */
  #allowedRpId(given: string | undefined): string {
    const { protocol, hostname } = new URL(this.origin);
    const rpId = given ?? hostname;
    const web = protocol === "https:" || protocol === "http:";
    if (web && rpId !== hostname && !hostname.endsWith(`.${rpId}`)) {
      throw new SoftAuthenticatorError("SecurityError", `a page of ${this.origin} may not ask for a passkey of ${rpId}`);
    }
    return rpId;
  }

  #refuseToCreate(rpId: string, offered: readonly Parameter[], excluded: Descriptor[], { residentKey }: Selection): void {
    if (!offered.some(({ alg }) => alg === this.algorithm)) {
      throw new SoftAuthenticatorError("NotSupportedError", `algorithm ${this.algorithm} is not asked for`);
    }
    if (this.#listed(rpId, excluded) !== undefined) {
      throw new SoftAuthenticatorError("InvalidStateError", "a credential of this authenticator is excluded");
    }
    if (residentKey === "required" && !this.discoverable) {
      throw new SoftAuthenticatorError("ConstraintError", "a discoverable credential is required");
    }
  }

  #newCredential(rpId: string, userHandle: string): Credential {
    const key = keyPair(this.algorithm, this.#draw);
    return { id: base64url(this.#draw()), rpId, userHandle, discoverable: this.discoverable, ...key };
  }

  #find(rpId: string, allowed: Descriptor[]): Credential {
    const found = allowed.length > 0
      ? this.#listed(rpId, allowed)
      : this.#credentials.filter((own) => own.rpId === rpId && own.discoverable).pop();
    if (found === undefined) throw new SoftAuthenticatorError("NotAllowedError", "no credential of this authenticator fits");
    return found;
  }

  /** Of its own credentials the one that the list names first. */
  #listed(rpId: string, list: Descriptor[]): Credential | undefined {
    const own = new Map(this.#credentials.filter((one) => one.rpId === rpId).map((one) => [one.id, one]));
    return list.map(({ id }) => own.get(id)).find((one) => one !== undefined);
  }

  /** Members in the order of section 5.8.1.1. */
  #clientData(type: string, challenge: string): Buffer {
    return Buffer.from(JSON.stringify({
      type, challenge, origin: this.wrongOrigin ?? this.origin,
      crossOrigin: this.crossOrigin ?? this.topOrigin !== null,
      ...(this.topOrigin === null ? {} : { topOrigin: this.topOrigin }),
    }));
  }

  #authData({ rpId }: Credential, attested: Uint8Array = NOTHING): Buffer {
    // UP, a reserved bit, UV, BE, BS, another, AT: from the lowest bit up.
    const flags = [this.userPresent, 0, this.userVerified, this.backupEligible, this.backedUp, 0, attested.length > 0];
    const byte = flags.reduce((sum: number, flag, bit) => sum | (Number(flag) << bit), 0);
    const count = this.counter;
    if (count !== 0) this.counter = Math.min(count + 1, 0xffffffff);
    return Buffer.concat([sha256(rpId), Buffer.of(byte), u32(count), attested]);
  }

  /** CBOR in CTAP2's canonical order: `fmt`, `attStmt`, `authData`. */
  #attestationObject(credential: Credential, authData: Buffer, clientData: Buffer): Buffer {
    const statements = {
      none: () => Buffer.of(0xa0),
      packed: () => Buffer.concat([
        Buffer.of(0xa2), cborText("alg"), Buffer.of(-1 - credential.algorithm + 0x20),
        cborText("sig"), cborBytes(signed(credential, authData, clientData)),
      ]),
    };
    if (!Object.hasOwn(statements, this.attestation)) {
      throw new SoftAuthenticatorError("TypeError", "attestation must be none or packed");
    }
    return Buffer.concat([
      Buffer.of(0xa3), cborText("fmt"), cborText(this.attestation), cborText("attStmt"), statements[this.attestation](),
      cborText("authData"), cborBytes(authData),
    ]);
  }

  #response<Members>({ id }: Credential, response: Members, clientExtensionResults: object): Response<Members> {
    const authenticatorAttachment = this.transports.includes("internal") ? "platform" : "cross-platform";
    return { id, rawId: id, type: "public-key", authenticatorAttachment, clientExtensionResults, response };
  }
}

const KNOBS: Required<Omit<SoftAuthenticatorOptions, "seed">> = {
  algorithm: -7,
  attestation: "none",
  userVerified: true,
  userPresent: true,
  backupEligible: false,
  backedUp: false,
  counter: 0,
  aaguid: "00000000-0000-0000-0000-000000000000",
  transports: ["internal"],
  wrongOrigin: null,
  crossOrigin: null,
  topOrigin: null,
  discoverable: true,
};

interface Key {
  algorithm: number;
  privateKey: Crypto.KeyObject;
  publicKey: Crypto.KeyObject;
  /** What the hash is called in `crypto.sign`; Ed25519 has its own. */
  hash: "sha256" | null;
  cose: Buffer;
}

interface Credential extends Key {
  id: string;
  rpId: string;
  userHandle: string;
  discoverable: boolean;
}

/** What a page asks for that names no algorithm, section 5.1.3. */
const ANY: readonly Parameter[] = [{ alg: -7 }, { alg: -257 }];

type Descriptor = { id: string };
type Parameter = { alg: number };
type Selection = { residentKey?: string };

function read(options: object | string): any {
  const read = typeof options === "string" ? JSON.parse(options) : options;
  if (typeof read?.challenge !== "string") {
    throw new SoftAuthenticatorError("TypeError", "the options lack a challenge; pass ceremony.options");
  }
  return read;
}

/**
 * Gives 32 bytes at each call: random ones, or SHA-256 over the number of the call and the seed, as
 * the Rust crate does it: one seed makes the same credentials in both.
 */
function draws(seed: string | Uint8Array | null): () => Buffer {
  const { createHash, randomBytes } = crypto();
  if (seed === null) return () => randomBytes(32);
  let number = 0;
  return () => createHash("sha256").update(Buffer.concat([u32(0), u32(number++)])).update(seed).digest();
}

function keyPair(algorithm: number, draw: () => Buffer): Key {
  const { createECDH, createPrivateKey, createPublicKey } = crypto();
  if (algorithm === -7) {
    const ecdh = createECDH("prime256v1");
    const secret = inRange(draw, (drawn) => ecdh.setPrivateKey(drawn));
    const [x, y] = [ecdh.getPublicKey().subarray(1, 33), ecdh.getPublicKey().subarray(33)];
    const jwk = { kty: "EC", crv: "P-256", d: base64url(secret), x: base64url(x), y: base64url(y) };
    const privateKey = createPrivateKey({ key: jwk, format: "jwk" });
    const cose = Buffer.concat([Buffer.from("a5010203262001215820", "hex"), x, Buffer.from("225820", "hex"), y]);
    return { algorithm, privateKey, publicKey: createPublicKey(privateKey as never), hash: "sha256", cose };
  }
  if (algorithm === -8) {
    // RFC 8410 section 7: what stands before the 32 bytes in PKCS #8.
    const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), draw()]);
    const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    const publicKey = createPublicKey(privateKey as never);
    const x = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
    const cose = Buffer.concat([Buffer.from("a4010103272006215820", "hex"), x]);
    return { algorithm, privateKey, publicKey, hash: null, cose };
  }
  throw new SoftAuthenticatorError("TypeError", "algorithm must be -7 or -8");
}

/** The first draw that `set` takes: one number of 32 bytes in 2^32 is not below the order of the curve. */
function inRange(draw: () => Buffer, set: (drawn: Buffer) => void): Buffer {
  for (;;) {
    const drawn = draw();
    try {
      set(drawn);
      return drawn;
    } catch {
      // The next one is.
    }
  }
}

function signed({ hash, privateKey }: Key, authData: Buffer, clientData: Buffer): Buffer {
  return crypto().sign(hash, Buffer.concat([authData, sha256(clientData)]), privateKey);
}

function attestedData(aaguid: string | Uint8Array, { id, cose }: Credential): Buffer {
  const model = typeof aaguid === "string" ? Buffer.from(aaguid.replaceAll("-", ""), "hex") : aaguid;
  if (model.length !== 16) throw new SoftAuthenticatorError("TypeError", "aaguid must be a UUID");
  const credentialId = Buffer.from(id, "base64url");
  return Buffer.concat([model, u32(credentialId.length).subarray(2), credentialId, cose]);
}

const NOTHING = new Uint8Array(0);

/** The texts here have fewer than 24 bytes. */
function cborText(text: string): Buffer {
  return Buffer.concat([Buffer.of(0x60 + text.length), Buffer.from(text)]);
}

/** The byte strings here have between 24 and 255 bytes. */
function cborBytes(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0x58, bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

function sha256(data: string | Buffer): Buffer {
  return crypto().createHash("sha256").update(data).digest();
}

/** Asked for when it is needed: an import would break the bundle of whoever names this module without using it. */
function crypto(): typeof Crypto {
  const found = globalThis.process?.getBuiltinModule?.("node:crypto");
  if (found === undefined) {
    throw new SoftAuthenticatorError("NotSupportedError", "mfakit/testing needs node:crypto: Node.js, Bun or Deno");
  }
  return found;
}
