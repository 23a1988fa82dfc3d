// Attestation: who made the authenticator, proven by certificates; and metadata, which says what became of its models.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { inspect } from "node:util";
import { AttestationTrust, ConfigError, CredentialRecord, Metadata, RelyingParty, VerificationError, generateUserHandle } from "mfakit";
import { SoftAuthenticator } from "mfakit/testing";
import { AAGUID, NOW, attested, authority, blob, entry } from "./support/attestation.mjs";
import { ORIGIN } from "./support/site.mjs";

const maker = authority();
const stranger = authority("Another Root");
const service = authority("Metadata Root");
const userHandle = generateUserHandle();
const rejects = (code, call) => assert.throws(call, (error) => error instanceof VerificationError && error.code === code);
const misuse = (code, call) => assert.throws(call, (error) => error instanceof ConfigError && error.code === code);
const party = (change = {}) => new RelyingParty("example.org", {
  name: "Example", origins: [ORIGIN], userVerification: "required", attestation: "direct", ...change,
});
const trusting = (trust, change = {}) => party({ trust: new AttestationTrust(trust), ...change });
const metadataOf = (entries = [entry(maker)], options = {}, made = {}) =>
  Metadata.parse(blob(service, entries, made), { roots: [service.certificate], now: NOW, ...options });

/** Registers one of the maker's passkeys. */
function register(rp, { now = NOW, begin = {}, ...made } = {}) {
  const { options, state } = rp.beginRegistration(userHandle, { userName: "ada", now, ...begin });
  const { response, leaf } = attested(options, made.maker ?? maker, made);
  return { verified: rp.finishRegistration(response, { state, now }), leaf, response, options };
}

test("what is asked of the authenticator's maker stands in the options", () => {
  const options = (change, begin) => party(change).beginRegistration(userHandle, { userName: "ada", ...begin }).options;
  assert.equal(options({ attestation: "none" }).attestation, "none");
  assert.equal("attestationFormats" in options({ attestation: "none" }), false);
  assert.deepEqual(options({ attestationFormats: ["packed", "tpm"] }).attestationFormats.toSorted(), ["packed", "tpm"]);
  assert.equal(options({ attestation: "enterprise" }).attestation, "enterprise");
});

test("a statement under the host's anchor is trusted, and says who signed it", () => {
  for (const anchor of [maker.certificate, maker.pem, Buffer.from(maker.pem), Uint8Array.from(maker.certificate).buffer,
    `# the maker's\n${stranger.pem}\n${maker.pem}`]) {
    const { verified: { attestation, credential }, leaf } = register(trusting({ anchors: [anchor] }));
    assert.deepEqual({ ...attestation, path: attestation.path.map((der) => Buffer.from(der)) }, {
      format: "packed", type: "basic", trust: "trusted", anchor: createHash("sha256").update(maker.certificate).digest("hex"),
      provenAaguid: AAGUID, path: [leaf.certificate], parts: [],
    });
    assert.equal(credential.aaguid, AAGUID);
  }
});

test("an attestation is frozen, and its JSON has bytes as text", () => {
  const { verified: { attestation }, leaf } = register(trusting({ anchors: [maker.certificate] }));
  assert.ok(attestation.path[0] instanceof Uint8Array);
  for (const part of [attestation, attestation.path, attestation.parts]) assert.ok(Object.isFrozen(part));
  const { path, ...rest } = JSON.parse(JSON.stringify(attestation));
  assert.deepEqual(path, [leaf.certificate.toString("base64url")]);
  assert.deepEqual(Object.keys(rest), ["format", "type", "trust", "anchor", "provenAaguid", "parts"]);
});

test("without trust a statement is verified and nobody is trusted; without a path to an anchor it is refused", () => {
  const unasked = register(party()).verified.attestation;
  assert.deepEqual([unasked.trust, unasked.type, unasked.anchor, unasked.provenAaguid], ["not_requested", "basic", null, null]);
  rejects("attestation_untrusted", () => register(trusting({ anchors: [stranger.certificate] })));
  const untrusted = register(trusting({ anchors: [stranger.certificate], require: false })).verified.attestation;
  assert.deepEqual([untrusted.trust, untrusted.anchor, untrusted.provenAaguid], ["untrusted", null, null]);
  const rp = trusting({ anchors: [maker.certificate] });
  const { options, state } = rp.beginRegistration(userHandle, { userName: "ada" });
  rejects("attestation_required", () => rp.finishRegistration(new SoftAuthenticator(ORIGIN).create(options), { state }));
});

test("dates of certificates are judged at the time of the registration, unless they are to be ignored", () => {
  const late = 2_400_000_000; // 2046: the certificates end in 2040
  rejects("certificate_expired", () => register(trusting({ anchors: [maker.certificate] }), { now: late }));
  const ignoring = trusting({ anchors: [maker.certificate], dangerIgnoreValidity: true });
  assert.equal(register(ignoring, { now: late }).verified.attestation.trust, "trusted");

  const rp = trusting({ anchors: [maker.certificate] });
  const { response, options } = register(rp);
  const verify = (now) => rp.verifyRegistration(response, { challenge: options.challenge, userHandle, now });
  assert.equal(verify(NOW).attestation.trust, "trusted");
  assert.equal(verify(new Date(NOW * 1000)).attestation.trust, "trusted");
  rejects("certificate_expired", () => verify(late));
  rejects("certificate_not_yet_valid", () => verify(0));
  assert.ok(rp.explainRegistration(response, { challenge: options.challenge, userHandle, now: late })
    .some(({ verdict, code }) => verdict === "failed" && code === "certificate_expired"));
});

test("formats that are not accepted are refused, or taken for none at all", () => {
  assert.equal(register(party({ attestationFormats: ["packed"] })).verified.attestation.format, "packed");
  rejects("attestation_format_unsupported", () => register(party({ attestationFormats: ["none", "tpm"] })));
  const { attestation } = register(party({ attestationFormats: ["tpm"], unknownAttestation: "ignore" })).verified;
  assert.deepEqual([attestation.format, attestation.type, attestation.path.length], ["packed", "unverified", 0]);
});

test("a record keeps its attestation where the host says so", () => {
  const { verified: { credential }, response } = register(party({ keepAttestation: true }));
  assert.equal(credential.attestationObject, response.response.attestationObject);
  assert.equal(credential.attestationClientDataJSON, response.response.clientDataJSON);
  const compact = credential.compact();
  assert.deepEqual({ ...CredentialRecord.fromText(compact.toText()) }, { ...credential });
  assert.equal(register(party()).verified.credential.attestationObject, null);
});

test("trust is immutable, needs attestation to be asked for, and shows nothing", () => {
  const options = { anchors: [maker.certificate], fidoSwitches: ["u2f_zero_aaguid"], tolerances: ["signature_unused_bits"] };
  const trust = new AttestationTrust(options);
  assert.ok(Object.isFrozen(trust));
  assert.equal(inspect(trust, { showHidden: true }), "AttestationTrust {}");
  misuse("argument_value_invalid", () => party({ attestation: "none", trust }));
  party({ attestation: "none", trust: new AttestationTrust({ ...options, require: false }) });

  // A buffer that its owner overwrites afterwards is not what was trusted.
  const anchor = Buffer.from(maker.certificate);
  const copied = new AttestationTrust({ anchors: [anchor] });
  anchor.fill(0);
  assert.equal(register(party({ trust: copied })).verified.attestation.trust, "trusted");
});

test("metadata: the model's own roots are anchors, and its entry is there to be shown", () => {
  const metadata = metadataOf([entry(maker), entry(stranger, { aaguid: "00000000-0000-4000-8000-000000000002", keyProtection: ["software"] })]);
  assert.deepEqual({ ...metadata }, {
    number: 7, nextUpdate: "2027-02-01", nextUpdateTime: 1_801_440_000, skipped: 0, entryCount: 2,
  });
  assert.equal(register(trusting({ metadata })).verified.attestation.trust, "trusted");

  const found = metadata.find(AAGUID);
  assert.deepEqual({ ...found }, {
    aaguid: AAGUID, description: "Maker Key", isHardware: true, attestationTypes: ["basic_full"],
    keyProtection: ["hardware", "secure_element"], attachmentHint: ["internal"],
    statusReports: [{ status: "FIDO_CERTIFIED_L1", effectiveDate: "2026-01-01" }],
    attestationRootCertificates: [maker.certificate.toString("base64url")],
  });
  assert.ok(Object.isFrozen(found) && Object.isFrozen(found.statusReports[0]));
  for (const same of [AAGUID.toUpperCase(), Buffer.from(AAGUID.replaceAll("-", ""), "hex"),
    Buffer.from(AAGUID.replaceAll("-", ""), "hex").toString("base64url")]) {
    assert.deepEqual(metadata.find(same), found);
  }
  assert.equal(metadata.find("00000000-0000-4000-8000-000000000002").isHardware, false);
  assert.equal(metadata.find("00000000-0000-0000-0000-000000000000"), null);
});

test("metadata: a model that is revoked, unknown or other than its entry says is refused", () => {
  rejects("authenticator_status_rejected", () => register(trusting({ metadata: metadataOf([entry(maker, { status: "REVOKED" })]) })));
  const another = [entry(maker, { aaguid: "00000000-0000-4000-8000-000000000002" })];
  rejects("authenticator_unknown", () => register(trusting({ metadata: metadataOf(another) })));
  rejects("metadata_mismatch", () => register(trusting({ metadata: metadataOf([entry(maker, { attestationTypes: ["basic_surrogate"] })]) })));
  rejects("attestation_untrusted", () => register(trusting({ metadata: metadataOf([entry(stranger)]) })));
  // What the metadata has against a model counts against the host's own anchors too.
  rejects("authenticator_status_rejected", () =>
    register(trusting({ anchors: [maker.certificate], metadata: metadataOf([entry(maker, { status: "REVOKED" })]) })));
  assert.equal(register(trusting({ anchors: [maker.certificate], metadata: metadataOf(another) })).verified.attestation.trust, "trusted");
});

test("metadata: statuses are refused and accepted by name", () => {
  const [doubtful, faulty] = ["NOT_FIDO_CERTIFIED", "USER_KEY_REMOTE_COMPROMISE"].map((status) => metadataOf([entry(maker, { status })]));
  const trust = (options) => register(trusting(options)).verified.attestation.trust;
  assert.equal(trust({ metadata: doubtful }), "trusted");
  assert.equal(trust({ metadata: doubtful, alsoReject: ["SOMETHING_NEW"] }), "trusted");
  rejects("authenticator_status_rejected", () => trust({ metadata: doubtful, alsoReject: ["SOMETHING_NEW", "NOT_FIDO_CERTIFIED"] }));
  rejects("authenticator_status_rejected", () => trust({ metadata: faulty, dangerAcceptStatuses: ["REVOKED"] }));
  assert.equal(trust({ metadata: faulty, dangerAcceptStatuses: ["USER_KEY_REMOTE_COMPROMISE"] }), "trusted");
});

test("metadata: of many entries a registration finds its own, and explains itself with it", () => {
  const id = (number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
  const others = Array.from({ length: 300 }, (_, number) => entry(stranger, { aaguid: id(number), status: "REVOKED" }));
  const metadata = metadataOf([...others.slice(0, 150), entry(maker), ...others.slice(150)]);
  assert.equal(metadata.entryCount, 301);
  const rp = trusting({ metadata });
  assert.equal(register(rp).verified.attestation.trust, "trusted");
  rejects("authenticator_status_rejected", () => register(rp, { aaguid: id(299) }));
  const { response, options } = register(rp);
  const steps = rp.explainRegistration(response, { challenge: options.challenge, userHandle, now: NOW });
  assert.deepEqual(steps.filter(({ verdict }) => verdict === "failed"), []);
});

test("metadata: an entry is found by the key of any certificate, too", () => {
  const between = maker.issue({ ca: true });
  const point = between.key.publicKey.export({ type: "spki", format: "der" }).subarray(-65);
  const keyed = { ...entry(maker), attestationCertificateKeyIdentifiers: [createHash("sha1").update(point).digest("hex")] };
  delete keyed.aaguid;
  delete keyed.metadataStatement.aaguid;
  const zeros = "00000000-0000-0000-0000-000000000000";
  const made = { maker: between, aaguid: zeros, chain: [between.certificate] };
  assert.equal(register(trusting({ metadata: metadataOf([entry(stranger), keyed]) }), made).verified.attestation.trust, "trusted");
  const revoked = { ...keyed, statusReports: [{ status: "REVOKED", effectiveDate: "2026-01-01" }] };
  rejects("authenticator_status_rejected", () => register(trusting({ metadata: metadataOf([entry(stranger), revoked]) }), made));
});

test("metadata: a model that is listed and not understood is refused, and is not there to be shown", () => {
  const odd = entry(maker, { attestationTypes: [7] });
  for (const entries of [[odd], [odd, entry(maker)], [entry(maker), odd]]) {
    const metadata = metadataOf([...entries, entry(stranger, { aaguid: "00000000-0000-4000-8000-000000000002" })]);
    assert.deepEqual([metadata.skipped, metadata.entryCount], [1, entries.length]);
    rejects("metadata_mismatch", () => register(trusting({ anchors: [maker.certificate], metadata })));
    assert.equal(metadata.find(AAGUID)?.description, entries.length > 1 ? "Maker Key" : undefined);
  }
  const revoked = { ...odd, statusReports: [{ status: "REVOKED", effectiveDate: "2026-01-01" }, { status: 1 }] };
  rejects("authenticator_status_rejected", () => register(trusting({ anchors: [maker.certificate], metadata: metadataOf([revoked]) })));
});

test("metadata: two entries of one model both count", () => {
  const both = [entry(maker), entry(maker, { status: "REVOKED" })];
  for (const entries of [both, both.toReversed()]) {
    rejects("authenticator_status_rejected", () => register(trusting({ metadata: metadataOf(entries) })));
  }
});

test("metadata: a BLOB that has grown stale is no longer used, whichever model it is about", () => {
  const after = 1_801_440_000 + 86_400;
  const another = entry(stranger, { aaguid: "00000000-0000-4000-8000-000000000002" });
  for (const entries of [[entry(maker)], [another]]) {
    const anchors = [maker.certificate];
    const rp = trusting({ anchors, metadata: metadataOf(entries) });
    assert.equal(register(rp, { now: after - 1 }).verified.attestation.trust, "trusted");
    misuse("metadata_stale", () => register(rp, { now: after }));
    const stale = metadataOf(entries, { now: after, allowStale: true });
    assert.equal(register(trusting({ anchors, metadata: stale }), { now: after }).verified.attestation.trust, "trusted");
    misuse("metadata_stale", () => metadataOf(entries, { now: after }));
  }
});

test("metadata: numbers go up, entries that cannot be read are left out, and a BLOB is of the host's root", () => {
  assert.equal(metadataOf(undefined, { previousNumber: 7 }).number, 7);
  assert.equal(metadataOf(undefined, { previousNumber: 6n }).number, 7);
  rejects("metadata_rollback", () => metadataOf(undefined, { previousNumber: 8 }));
  rejects("metadata_rollback", () => metadataOf(undefined, { previousNumber: 2n ** 64n - 1n }));
  const odd = metadataOf([{ aaguid: "nonsense" }, entry(maker), 5]);
  assert.deepEqual([odd.skipped, odd.entryCount], [2, 1]);
  const good = blob(service, [entry(maker)]);
  for (const form of [good, Buffer.from(good), new TextEncoder().encode(`${good}\n`).buffer]) {
    assert.equal(Metadata.parse(form, { roots: [service.pem], now: NOW }).entryCount, 1);
  }
  assert.throws(() => Metadata.parse(good, { roots: [stranger.certificate], now: NOW }), VerificationError);
  rejects("signature_invalid", () => Metadata.parse(`${good.slice(0, -6)}AAAAAA`, { roots: [service.certificate], now: NOW }));
  misuse("anchor_invalid", () => Metadata.parse(good, { roots: [], now: NOW }));
  assert.equal(Metadata.parse(good, { roots: [stranger.pem, service.pem], now: NOW }).number, 7);
});

test("metadata: the signer is FIDO, or whom the host names", () => {
  const roots = [service.certificate];
  const signed = (signer) => blob(service, [entry(maker)], { signer });
  assert.equal(Metadata.parse(signed("mds.example.org"), { roots, now: NOW, signer: "mds.example.org" }).number, 7);
  for (const [by, signer] of [["www.evil.example"], ["mds.example.org", "mds.fidoalliance.org"], ["mds.fidoalliance.org", "mds.example.org"],
    ["x.mds.fidoalliance.org"], ["*.fidoalliance.org"]]) {
    rejects("certificate_rejected", () => Metadata.parse(signed(by), { roots, now: NOW, ...(signer && { signer }) }));
  }
});

test("metadata is what parse gives, and its entries stand in no JSON and no log", () => {
  const metadata = metadataOf();
  assert.ok(Object.isFrozen(metadata));
  assert.throws(() => { metadata.number = 8; }, TypeError);
  for (const text of [JSON.stringify(metadata), inspect(metadata, { showHidden: true, depth: 9 })]) assert.doesNotMatch(text, /Maker/);
  misuse("argument_type_invalid", () => new Metadata());
  misuse("argument_type_invalid", () => new Metadata(Symbol("parse"), { entries: [] }));
  for (const copy of [{ ...metadata }, Object.create(metadata), JSON.parse(JSON.stringify(metadata))]) {
    misuse("argument_type_invalid", () => new AttestationTrust({ metadata: copy }));
  }
});

test("a response that cannot be read is the client's fault with metadata, too", () => {
  const rp = trusting({ metadata: metadataOf() });
  const { state, options } = rp.beginRegistration(userHandle, { userName: "ada", now: NOW });
  rejects("json_malformed", () => rp.finishRegistration("{", { state, now: NOW }));
  rejects("input_malformed", () => rp.finishRegistration(undefined, { state, now: NOW }));
  const { response } = attested(options, maker);
  response.response.attestationObject = "oA";
  rejects("attestation_object_malformed", () => rp.finishRegistration(response, { state, now: NOW }));
  // The first step that fails is what counts, and an explanation has no failures of its own.
  const stale = { challenge: Buffer.alloc(32), userHandle, now: NOW };
  rejects("challenge_mismatch", () => rp.verifyRegistration(response, stale));
  for (const value of [response, "{", "{}", undefined]) {
    assert.ok(rp.explainRegistration(value, stale).some(({ verdict }) => verdict === "failed"));
  }
});
