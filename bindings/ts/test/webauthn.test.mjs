// Passkeys, used as a login uses them: with a software authenticator, and with the example of the specification.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import {
  ConfigError, CredentialRecord, RelyingParty, VerificationError, generateUserHandle, isEvidence, readResponse,
} from "mfakit";
import { SoftAuthenticator } from "mfakit/testing";
import { ORIGIN, Site } from "./support/site.mjs";
import { level3 } from "./support/vectors.mjs";

const rejects = (code, call) => assert.throws(call, (error) => error instanceof VerificationError && error.code === code);
const challengeOfZeros = Buffer.alloc(32).toString("base64url");
const misuse = (code, call) => assert.throws(call, (error) => error instanceof ConfigError && error.code === code);

test("the examples of WebAuthn Level 3 without certificates are here, in both algorithms and both formats", () => {
  const kinds = level3().map(({ registration: { algorithm, attestation } }) => `${algorithm} ${attestation.format}`);
  assert.deepEqual([...new Set(kinds)].sort(), ["-7 none", "-7 packed", "-8 none", "-8 packed"]);
});

for (const { name, registration, authentication } of level3()) test(`the example ${name} verifies`, () => {
  const rp = new RelyingParty("example.org", {
    name: "Example", origins: registration.origins, userVerification: "preferred",
  });
  const userHandle = generateUserHandle();
  const registered = rp.verifyRegistration(registration.response, { challenge: registration.challenge, userHandle });
  assert.equal(registered.credential.id, registration.response.id);
  assert.equal(registered.credential.publicKey, registration.publicKey);
  assert.equal(registered.credential.algorithm, registration.algorithm);
  assert.deepEqual({ ...registered.attestation }, registration.attestation);
  const record = registered.commit(1);

  const options = { challenge: authentication.challenge, userHandle, record, allow: [record] };
  const verified = rp.verifyAuthentication(authentication.response, options);
  assert.equal(verified.credentialId, record.id);
  assert.equal(verified.userHandle, userHandle);
  assert.ok(isEvidence(verified.commit(1)));

  const { signature } = authentication.response.response;
  const damaged = structuredClone(authentication.response);
  damaged.response.signature = signature.slice(0, 20) + (signature[20] === "A" ? "B" : "A") + signature.slice(21);
  assert.throws(() => rp.verifyAuthentication(damaged, options), VerificationError);
  rejects("challenge_mismatch", () => rp.verifyAuthentication(authentication.response, { ...options, challenge: challengeOfZeros }));
  rejects("credential_owner_mismatch", () => rp.verifyAuthentication(authentication.response, { ...options, userHandle: generateUserHandle() }));
});

test("a passkey is registered and signs in", () => {
  const site = new Site();
  const passkey = site.register();
  const ceremony = site.beginSignIn();
  assert.equal(ceremony.options.rpId, "example.org");
  assert.deepEqual(ceremony.options.allowCredentials.map(({ id }) => id), [...site.records.keys()]);
  assert.deepEqual(ceremony.options, JSON.parse(ceremony.optionsJson));
  assert.ok(ceremony.expiresAt > Date.now() / 1000 && ceremony.expiresAt < Date.now() / 1000 + 400);

  const { verified, evidence } = site.finishSignIn(ceremony, passkey.get(ceremony.options));
  assert.equal(verified.userHandle, site.userHandle);
  assert.equal(verified.userVerified, true);
  assert.ok(isEvidence(evidence));
  assert.deepEqual({ ...evidence }, { method: "webauthn", userVerified: true });
});

test("a passkey names its user where the site does not know yet", () => {
  const site = new Site();
  const passkey = site.register();
  const ceremony = site.keep(site.rp.beginDiscoverableAuthentication());
  const response = passkey.get(ceremony.options);
  assert.equal(readResponse(response).userHandle, site.userHandle);
  assert.equal(site.finishSignIn(ceremony, response).verified.userHandle, site.userHandle);

  const next = site.keep(site.rp.beginDiscoverableAuthentication());
  const nameless = passkey.get(next.options);
  delete nameless.response.userHandle;
  rejects("user_handle_missing", () => site.finishSignIn(next, nameless));
});

test("a response is text, bytes or the parsed object, and the verdict is the same", () => {
  const site = new Site();
  const passkey = site.register();
  const ceremony = site.beginSignIn();
  const response = passkey.get(ceremony.options);
  const text = JSON.stringify(response);
  const bytes = new TextEncoder().encode(text);
  const padded = Buffer.concat([Buffer.from("junk"), bytes, Buffer.from("junk")]);
  const forms = [response, text, bytes, bytes.buffer, Buffer.from(text), padded.subarray(4, -4), { toJSON: () => response }];
  const record = site.records.get(response.id);
  const results = forms.map((form) => ({ ...site.rp.finishAuthentication(form, { state: ceremony.state, record }) }));
  for (const result of results) assert.deepEqual(result, results[0]);
});

test("what a phisher, a thief and a mixed-up page send is rejected, each for its reason", () => {
  const attempt = (change) => {
    const site = new Site();
    const passkey = site.register();
    const ceremony = site.beginSignIn();
    const options = structuredClone(ceremony.options);
    const alter = change({ passkey, options }) ?? ((response) => response);
    const response = alter(passkey.get(options));
    return () => site.finishSignIn(ceremony, response);
  };
  const flipped = (member, at) => (response) => {
    const bytes = Buffer.from(response.response[member], "base64url");
    bytes[at] ^= 1;
    response.response[member] = bytes.toString("base64url");
    return response;
  };
  const COUNTER = 36;
  rejects("origin_mismatch", attempt(({ passkey }) => { passkey.wrongOrigin = "https://login.example.org.evil"; }));
  rejects("challenge_mismatch", attempt(({ options }) => { options.challenge = challengeOfZeros; }));
  rejects("user_not_verified", attempt(({ passkey }) => { passkey.userVerified = false; }));
  rejects("rp_id_hash_mismatch", attempt(() => flipped("authenticatorData", 0)));
  rejects("signature_invalid", attempt(() => flipped("authenticatorData", COUNTER)));
  rejects("user_handle_mismatch", attempt(() => (response) => (response.response.userHandle = generateUserHandle(), response)));
  rejects("response_malformed", attempt(() => (response) => ({ ...response, id: undefined })));
  const site = new Site();
  site.register();
  const [record] = site.records.values();
  const ceremony = site.beginSignIn();
  const response = new Site().register().get({ ...ceremony.options, allowCredentials: [] });
  rejects("credential_not_allowed", () => site.rp.finishAuthentication(response, { state: ceremony.state, record }));
});

test("a counter that goes back is rejected, or reported where the host says so", () => {
  for (const counter of ["reject", "report"]) {
    const site = new Site({ counter });
    const passkey = site.register();
    const signIn = () => {
      const ceremony = site.beginSignIn();
      return site.finishSignIn(ceremony, passkey.get(ceremony.options)).verified;
    };
    passkey.counter = 7;
    assert.deepEqual([signIn().counter, CredentialRecord.fromText([...site.records.values()][0]).signCount], [7, 7]);
    passkey.counter = 7;
    if (counter === "reject") rejects("counter_regressed", signIn);
    else assert.equal(signIn().counterRegressed, true);
  }
});

test("a ceremony ends: used up, too late, or of the other kind", () => {
  const site = new Site();
  const passkey = site.register();
  const ceremony = site.beginSignIn();
  const response = passkey.get(ceremony.options);
  site.finishSignIn(ceremony, response);
  misuse("argument_type_invalid", () => site.finishSignIn(ceremony, response));

  const record = site.records.get(response.id);
  const late = ceremony.expiresAt + 60;
  rejects("ceremony_expired", () => site.rp.finishAuthentication(response, { state: ceremony.state, record, now: late }));
  misuse("state_kind_mismatch", () => site.rp.finishRegistration(response, { state: ceremony.state }));
  misuse("state_malformed", () => site.rp.finishAuthentication(response, { state: "{}", record }));
});

test("with a state key a state can be kept by the client, and no other is taken", () => {
  const stateKey = new Uint8Array(32).fill(7);
  const site = new Site({ stateKey: Uint8Array.from(stateKey) });
  const passkey = site.register();
  const [record] = site.records.values();
  const begin = (rp) => rp.beginAuthentication(site.userHandle, { allow: [record] });
  const { state, id, options } = begin(site.rp);
  const finish = (rp, state) => () => rp.finishAuthentication(passkey.get(options), { state, record });
  assert.match(state, /^\$mfakit-st\$v=1,k=[\w-]+\$[\w-]+\$[\w-]{43}$/);
  assert.equal(site.rp.ceremonyId(state), id);
  assert.equal(finish(site.rp, state)().userHandle, site.userHandle);

  const unsealed = new Site().rp;
  const other = new Site({ stateKey: new Uint8Array(64) }).rp;
  const again = new Site({ stateKey: stateKey.buffer }).rp;
  assert.equal(again.ceremonyId(state), id);
  assert.equal(unsealed.ceremonyId(begin(unsealed).state).length, id.length);
  const damaged = state.slice(0, -1) + (state.endsWith("A") ? "B" : "A");
  for (const [rp, text] of [[site.rp, begin(unsealed).state], [site.rp, begin(other).state], [unsealed, state], [other, state],
    [site.rp, damaged], [site.rp, ""], [site.rp, "x".repeat(1_000_000)]]) {
    misuse("state_malformed", finish(rp, text));
    misuse("state_malformed", () => rp.ceremonyId(text));
  }
  misuse("state_kind_mismatch", () => site.rp.finishRegistration(passkey.get(options), { state }));
  for (const state of [undefined, null, 5, {}, "\ud800"]) misuse("argument_type_invalid", () => site.rp.ceremonyId(state));
  for (const length of [0, 31, 65]) misuse("state_key_invalid", () => new Site({ stateKey: new Uint8Array(length) }));
  for (const stateKey of [null, "A".repeat(43), 5, [1]]) misuse("argument_type_invalid", () => new Site({ stateKey }));
  assert.equal(inspect(site.rp, { showHidden: true, depth: 9 }), "RelyingParty { id: 'example.org' }");
});

test("of two sign-ins with one record, the compare-and-set lets one through", () => {
  const site = new Site();
  const passkey = site.register();
  const ceremony = site.beginSignIn();
  const verified = site.rp.finishAuthentication(passkey.get(ceremony.options), {
    state: ceremony.state, record: [...site.records.values()][0],
  });
  rejects("state_conflict", () => verified.commit(0));
});

test("a registration is not a login", () => {
  const site = new Site();
  const ceremony = site.rp.beginRegistration(site.userHandle, { userName: "ada", displayName: "Ada" });
  const response = new SoftAuthenticator(ORIGIN).create(ceremony.options);
  const verified = site.rp.finishRegistration(response, { state: ceremony.state });
  const record = verified.commit(1);
  assert.ok(record instanceof CredentialRecord);
  assert.equal(isEvidence(record), false);
  assert.equal(verified.transition.next, record.toText());
});

test("a record is one text, and its fields are a view of it", () => {
  const site = new Site();
  const ceremony = site.rp.beginRegistration(site.userHandle, { userName: "ada" });
  const created = new SoftAuthenticator(ORIGIN).create(ceremony.options);
  const text = site.rp.finishRegistration(created, { state: ceremony.state }).transition.next;
  const record = CredentialRecord.fromText(text);
  assert.equal(record.toText(), text);
  assert.equal(record.id, created.id);
  assert.equal(record.publicKey, coseKey(created));
  assert.equal(record.userHandle, site.userHandle);
  assert.deepEqual(record.transports, ["internal"]);
  assert.equal(record.aaguid, "00000000-0000-0000-0000-000000000000");
  assert.throws(() => { record.signCount = 5; }, TypeError);
  assert.throws(() => { record.transports.push("usb"); }, TypeError);
  misuse("record_corrupt", () => CredentialRecord.fromText(text.slice(0, -1)));
  misuse("argument_type_invalid", () => CredentialRecord.fromText(null));
  misuse("argument_type_invalid", () => site.rp.beginAuthentication(site.userHandle, { allow: [{ ...record }] }));
});

test("a record can be made from what another library stored", () => {
  const site = new Site();
  const passkey = new SoftAuthenticator(ORIGIN);
  const created = passkey.create(site.rp.beginRegistration(site.userHandle, { userName: "ada" }).options);
  const [id, publicKey] = [created.id, coseKey(created)].map((text) => Buffer.from(text, "base64url"));
  const record = new CredentialRecord(id, {
    publicKey, userHandle: site.userHandle, signCount: 0, transports: ["usb", "nfc"],
    aaguid: "00112233-4455-6677-8899-aabbccddeeff",
  });
  assert.equal(record.aaguid, "00112233-4455-6677-8899-aabbccddeeff");
  assert.equal(record.backupEligible, null);
  const ceremony = site.rp.beginAuthentication(site.userHandle, { allow: [record] });
  assert.deepEqual(ceremony.options.allowCredentials[0].transports, ["usb", "nfc"]);
  const verified = site.rp.finishAuthentication(passkey.get(ceremony.options), { state: ceremony.state, record });
  assert.equal(verified.transition.prev, record.toText());
  assert.equal(CredentialRecord.fromText(verified.transition.next).backupEligible, false);

  const parts = { publicKey, userHandle: site.userHandle, signCount: 0 };
  assert.throws(() => new CredentialRecord(id, { ...parts, publicKey: Buffer.alloc(5) }), ConfigError);
  misuse("argument_type_invalid", () => new CredentialRecord(id, { ...parts, signCount: "0" }));
  misuse("argument_type_invalid", () => new CredentialRecord(id, { ...parts, backedUp: 1 }));
});

test("ids, handles and challenges go in as text or as bytes", () => {
  const site = new Site();
  const passkey = new SoftAuthenticator(ORIGIN);
  const challenge = Buffer.alloc(32, 7);
  const userHandle = Buffer.from(site.userHandle, "base64url");
  const created = passkey.create({ rp: { id: "example.org" }, user: { id: site.userHandle }, challenge: challenge.toString("base64url") });
  const record = site.rp.verifyRegistration(created, { challenge, userHandle }).commit(1);
  assert.equal(record.userHandle, site.userHandle);
  const response = passkey.get({ rpId: "example.org", challenge: challenge.toString("base64url") });
  assert.equal(site.rp.verifyAuthentication(response, { challenge, userHandle, record, allow: [record.id] }).userHandle, site.userHandle);
  assert.equal(site.rp.verifyDiscoverableAuthentication(response, { challenge, record }).userHandle, site.userHandle);
});

test("a relying party is checked when it is made", () => {
  const make = (change = {}, id = "example.org") => new RelyingParty(id, {
    name: "Example", origins: [ORIGIN], userVerification: "required", ...change,
  });
  assert.equal(make().id, "example.org");
  misuse("rp_id_invalid", () => make({}, "https://example.org"));
  misuse("origin_invalid", () => make({ origins: ["https://login.example.org/path"] }));
  misuse("argument_type_invalid", () => make({ origins: ORIGIN }));
  misuse("argument_type_invalid", () => make({ userVerification: undefined }));
  misuse("argument_value_invalid", () => make({ userVerification: "perhaps" }));
  misuse("argument_value_invalid", () => make({ userVerfication: "required" }));
  misuse("argument_type_invalid", () => make({ name: undefined }));
  misuse("argument_value_invalid", () => make({ algorithms: [-65535] }));
  misuse("argument_type_invalid", () => new RelyingParty("example.org"));
  assert.throws(() => { make().id = "evil.example"; }, TypeError);
});

/** The COSE key of an ES256 registration, from the SPKI form that the response has beside it: 04, x, y at its end. */
function coseKey({ response: { publicKey } }) {
  const point = Buffer.from(publicKey, "base64url").subarray(-64);
  const parts = [Buffer.from("a5010203262001215820", "hex"), point.subarray(0, 32), Buffer.from("225820", "hex"), point.subarray(32)];
  return Buffer.concat(parts).toString("base64url");
}
