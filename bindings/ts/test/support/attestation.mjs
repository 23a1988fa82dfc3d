// A maker of authenticators: its certificate authority, its passkeys, and what FIDO metadata says of them. Certificates are
// X.509 in DER (RFC 5280), written out; statements are `packed` (WebAuthn Level 3 section 8.2); a BLOB is a JWS (RFC 7515).
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { SoftAuthenticator } from "mfakit/testing";

export const AAGUID = "6d616b65-7200-4000-8000-000000000001";
export const NOW = 1_800_000_000;

/** A self-signed authority, which issues certificates. */
export function authority(commonName = "Maker Root") {
  const key = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const name = subject({ commonName });
  const certificate = signed({ issuer: name, subject: name, key, issuerKey: key, extensions: [CA] });
  return { certificate, pem: pem(certificate), issue: (options) => issue({ issuer: name, issuerKey: key }, options) };
}

function issue(by, { organizationalUnit = "Authenticator Attestation", extensions = [], ca = false } = {}) {
  const key = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const name = subject({ country: "SE", organization: "Maker", organizationalUnit, commonName: "Maker Attestation" });
  const certificate = signed({ ...by, subject: name, key, extensions: [ca ? CA : NO_CA, ...extensions] });
  return { certificate, key, issue: (options) => issue({ issuer: name, issuerKey: key }, options) };
}

export function pem(certificate) {
  const lines = certificate.toString("base64").match(/.{1,64}/g);
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

/** Answers the options of a registration as an authenticator of this maker: with a `packed` statement under a certificate. */
export function attested(options, maker, { origin = "https://login.example.org", aaguid = AAGUID, chain = [] } = {}) {
  const response = new SoftAuthenticator(origin, { aaguid }).create(options);
  const leaf = maker.issue({ extensions: [extension("2b0601040182e51c010104", der(0x04, uuid(aaguid)))] });
  const authData = Buffer.from(response.response.authenticatorData, "base64url");
  const clientData = Buffer.from(response.response.clientDataJSON, "base64url");
  const signature = sign("sha256", Buffer.concat([authData, createHash("sha256").update(clientData).digest()]), leaf.key.privateKey);
  const statement = map([text("alg"), Buffer.of(0x26)], [text("sig"), bytes(signature)], [text("x5c"), array([leaf.certificate, ...chain].map(bytes))]);
  const object = map([text("fmt"), text("packed")], [text("attStmt"), statement], [text("authData"), bytes(authData)]);
  return { response: { ...response, response: { ...response.response, attestationObject: object.toString("base64url") } }, leaf };
}

/** A metadata entry about the maker's model. */
export function entry(maker, { aaguid = AAGUID, status = "FIDO_CERTIFIED_L1", ...statement } = {}) {
  return {
    aaguid,
    statusReports: [{ status, effectiveDate: "2026-01-01" }],
    timeOfLastStatusChange: "2026-01-01",
    metadataStatement: {
      aaguid, description: "Maker Key", protocolFamily: "fido2", authenticatorVersion: 1,
      attestationTypes: ["basic_full"], authenticationAlgorithms: ["secp256r1_ecdsa_sha256_raw", "ed25519_eddsa_sha512_raw"],
      attachmentHint: ["internal"], keyProtection: ["hardware", "secure_element"],
      attestationRootCertificates: [maker.certificate.toString("base64")], ...statement,
    },
  };
}

/** A BLOB that a root's own signer has signed. */
export function blob(root, entries, { no = 7, nextUpdate = "2027-02-01", signer = "mds.fidoalliance.org" } = {}) {
  const name = extension("551d11", der(0x30, der(0x82, Buffer.from(signer))));
  const { certificate, key } = root.issue({ organizationalUnit: "Metadata", extensions: [name] });
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const header = part({ alg: "ES256", typ: "JWT", x5c: [certificate.toString("base64")] });
  const content = `${header}.${part({ legalHeader: "for tests", no, nextUpdate, entries })}`;
  const signature = sign("sha256", Buffer.from(content), { key: key.privateKey, dsaEncoding: "ieee-p1363" });
  return `${content}.${signature.toString("base64url")}`;
}

// ---- X.509

function signed({ issuer, subject, key, issuerKey, extensions }) {
  const algorithm = der(0x30, oid("2a8648ce3d040302"));
  const validity = der(0x30, der(0x17, Buffer.from("200101000000Z")), der(0x17, Buffer.from("400101000000Z")));
  const content = der(0x30,
    der(0xa0, der(0x02, Buffer.of(2))), der(0x02, Buffer.of(1)), algorithm, issuer, validity, subject,
    key.publicKey.export({ type: "spki", format: "der" }), der(0xa3, der(0x30, ...extensions)));
  return der(0x30, content, algorithm, der(0x03, Buffer.of(0), sign("sha256", content, issuerKey.privateKey)));
}

function subject({ country, organization, organizationalUnit, commonName }) {
  const attributes = [["550406", 0x13, country], ["55040a", 0x0c, organization], ["55040b", 0x0c, organizationalUnit], ["550403", 0x0c, commonName]];
  return der(0x30, ...attributes.filter(([, , value]) => value !== undefined)
    .map(([type, tag, value]) => der(0x31, der(0x30, oid(type), der(tag, Buffer.from(value))))));
}

function extension(type, value, critical = false) {
  return der(0x30, oid(type), ...(critical ? [der(0x01, Buffer.of(0xff))] : []), der(0x04, value));
}

function oid(hex) {
  return der(0x06, Buffer.from(hex, "hex"));
}

function uuid(text) {
  return Buffer.from(text.replaceAll("-", ""), "hex");
}

function der(tag, ...parts) {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...head), content]);
}

const CA = extension("551d13", der(0x30, der(0x01, Buffer.of(0xff))), true);
const NO_CA = extension("551d13", der(0x30), true);

// ---- CBOR

function head(major, length) {
  return length < 24 ? Buffer.of(major + length) : length < 256 ? Buffer.of(major + 24, length) : Buffer.of(major + 25, length >> 8, length & 255);
}

function map(...members) {
  return Buffer.concat([head(0xa0, members.length), ...members.flat()]);
}

function array(items) {
  return Buffer.concat([head(0x80, items.length), ...items]);
}

function text(value) {
  return Buffer.concat([head(0x60, value.length), Buffer.from(value)]);
}

function bytes(value) {
  return Buffer.concat([head(0x40, value.length), value]);
}
