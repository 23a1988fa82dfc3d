// Passkeys, used as a login uses them: with a software authenticator, and with the example of the specification.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import {
  AttestationTrust, ConfigError, CredentialRecord, RelyingParty, VerificationError, generateUserHandle, isEvidence, readResponse,
  relatedOriginsJson,
} from "mfakit";
import { SoftAuthenticator } from "mfakit/testing";
import { ORIGIN, Site } from "./support/site.mjs";
import { level3 } from "./support/vectors.mjs";

const rejects = (code, call) => assert.throws(call, (error) => error instanceof VerificationError && error.code === code);
const challengeOfZeros = Buffer.alloc(32).toString("base64url");
const misuse = (code, call) => assert.throws(call, (error) => error instanceof ConfigError && error.code === code);

test("the examples of WebAuthn Level 3 are here, in each algorithm and each format", () => {
  const kinds = level3().map(({ registration: { algorithm, attestation } }) => `${algorithm} ${attestation.format}`);
  assert.deepEqual([...new Set(kinds)].sort(), [
    "-257 packed", "-35 packed", "-36 packed", "-53 packed", "-7 android-key", "-7 apple", "-7 fido-u2f", "-7 none", "-7 packed", "-7 tpm",
    "-8 none", "-8 packed",
  ]);
});

for (const { name, registration, authentication } of level3()) test(`the example ${name} verifies`, () => {
  const policy = { name: "Example", origins: registration.origins, userVerification: "preferred", algorithms: [registration.algorithm] };
  const rp = new RelyingParty("example.org", policy);
  const userHandle = generateUserHandle();
  const registered = rp.verifyRegistration(registration.response, { challenge: registration.challenge, userHandle });
  assert.equal(registered.credential.id, registration.response.id);
  assert.equal(registered.credential.publicKey, registration.publicKey);
  assert.equal(registered.credential.algorithm, registration.algorithm);
  const { format, type, trust } = registered.attestation;
  assert.deepEqual({ format, type, trust }, registration.attestation);
  if (registration.anchors !== null) {
    const { challenge, anchors, now } = registration;
    const trusting = new RelyingParty("example.org", { ...policy, attestation: "direct", trust: new AttestationTrust({ anchors }) });
    assert.equal(trusting.verifyRegistration(registration.response, { challenge, userHandle, now }).attestation.trust, "trusted");
  }
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
  assert.deepEqual({ ...evidence }, { method: "webauthn", kind: "built_in_authenticator", userVerified: true });
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

test("what a ceremony is begun with stands in its options", () => {
  const site = new Site({ residentKey: "required", attachment: "platform", hints: ["client-device"] });
  const [{ options }, asked] = [site.rp.beginRegistration(site.userHandle, { userName: "ada" }), site.rp.beginDiscoverableAuthentication()];
  assert.deepEqual(options.authenticatorSelection, {
    authenticatorAttachment: "platform", residentKey: "required", requireResidentKey: true, userVerification: "required",
  });
  assert.deepEqual([options.hints, asked.options.hints], [["client-device"], ["client-device"]]);
  const other = site.rp.beginRegistration(site.userHandle, {
    userName: "ada", residentKey: "discouraged", attachment: "cross-platform", hints: ["security-key", "hybrid"], userVerification: "discouraged",
  }).options;
  assert.deepEqual(other.authenticatorSelection, {
    authenticatorAttachment: "cross-platform", residentKey: "discouraged", requireResidentKey: false, userVerification: "discouraged",
  });
  assert.deepEqual(other.hints, ["security-key", "hybrid"]);
  assert.equal("hints" in site.rp.beginDiscoverableAuthentication({ hints: [] }).options, false);
  const usual = new Site().rp.beginRegistration(site.userHandle, { userName: "ada" }).options;
  assert.deepEqual(usual.authenticatorSelection, { residentKey: "preferred", requireResidentKey: false, userVerification: "required" });
  assert.deepEqual(usual.pubKeyCredParams.map(({ alg }) => alg), [-8, -7, -257]);
  const all = [-8, -19, -53, -7, -9, -35, -51, -36, -52, -47, -257, -258, -259, -37, -38, -39, -48, -49, -50];
  const { pubKeyCredParams } = new Site({ algorithms: all }).rp.beginRegistration(site.userHandle, { userName: "ada" }).options;
  assert.deepEqual(pubKeyCredParams.map(({ alg }) => alg), all);
});

test("how the authenticator is attached is what the client says", () => {
  const site = new Site();
  const { options, state } = site.rp.beginRegistration(site.userHandle, { userName: "ada" });
  const created = new SoftAuthenticator(ORIGIN).create(options);
  const finish = (authenticatorAttachment) => site.rp.finishRegistration({ ...created, authenticatorAttachment }, { state }).attachment;
  assert.deepEqual(["platform", "cross-platform", "x-new", null, undefined].map(finish), ["platform", "cross-platform", "x-new", null, null]);
  rejects("response_malformed", () => finish(5));
  const passkey = site.register();
  const ceremony = site.beginSignIn();
  assert.equal(site.finishSignIn(ceremony, passkey.get(ceremony.options)).verified.attachment, "platform");
});

test("a passkey made without a prompt needs nobody present", () => {
  const site = new Site();
  const passkey = new SoftAuthenticator(ORIGIN, { userPresent: false, userVerified: false });
  const create = (begin) => {
    const { options, state } = site.rp.beginRegistration(site.userHandle, { userName: "ada", userVerification: "preferred", ...begin });
    return site.rp.finishRegistration(passkey.create(options), { state });
  };
  assert.equal(create({ mediation: "conditional" }).userVerified, false);
  rejects("user_not_present", () => create({}));
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

test("a record has two forms, and each is kept", () => {
  const site = new Site();
  const passkey = site.register();
  const [text] = site.records.values();
  const record = CredentialRecord.fromText(text);
  assert.equal(record.toJson(), text);
  assert.equal(JSON.parse(text).v, 2);
  const compact = record.compact();
  assert.match(compact.toText(), /^\$mfakit-cr\$v=2\$[\w-]+$/);
  assert.ok(compact.toText().length < text.length * 3 / 4);
  assert.equal(record.toCompact(), compact.toText());
  assert.deepEqual({ ...compact }, { ...record });
  assert.equal(compact.toJson(), text);
  assert.equal(record.toText(), text);

  site.records.set(record.id, compact.toText());
  passkey.counter = 5;
  const ceremony = site.beginSignIn();
  const { verified } = site.finishSignIn(ceremony, passkey.get(ceremony.options));
  assert.equal(verified.transition.prev, compact.toText());
  assert.match(verified.transition.next, /^\$mfakit-cr\$v=2\$/);
  assert.equal(CredentialRecord.fromText(verified.transition.next).signCount, 5);
  misuse("record_version_unknown", () => CredentialRecord.fromText(compact.toText().replace("v=2", "v=3")));
  for (const damaged of [compact.toText().slice(0, -1), compact.toText().replace("v=2", "v=1"), `${compact.toText()}AA`, "$"]) {
    misuse("record_corrupt", () => CredentialRecord.fromText(damaged));
  }
});

test("a record of the first version is read as it is, and written in the second", () => {
  const site = new Site();
  const passkey = site.register();
  const [{ v, uvInitialized, ...rest }] = Array.from(site.records.values(), (text) => JSON.parse(text));
  assert.deepEqual([v, uvInitialized], [2, true]);
  const first = JSON.stringify({ v: 1, ...rest });
  const record = CredentialRecord.fromText(first);
  assert.deepEqual([record.toText(), record.uvInitialized, record.attestationObject, record.attestationClientDataJSON], [first, null, null, null]);
  assert.equal(JSON.parse(record.toJson()).v, 2);

  const ceremony = site.rp.beginAuthentication(site.userHandle, { allow: [first] });
  const { transition } = site.rp.finishAuthentication(passkey.get(ceremony.options), { state: ceremony.state, record: first });
  assert.equal(transition.prev, first);
  assert.deepEqual(JSON.parse(transition.next), { v: 2, ...rest, uvInitialized: null });
  misuse("record_version_unknown", () => CredentialRecord.fromText(JSON.stringify({ ...JSON.parse(first), v: 3 })));
});

test("that the user was verified is stored by a transition of its own", () => {
  const site = new Site({ userVerification: "preferred" });
  const passkey = new SoftAuthenticator(ORIGIN, { userVerified: false });
  site.register(passkey);
  const signIn = (record) => {
    const { options, state } = site.rp.beginAuthentication(site.userHandle, { allow: [record] });
    return site.rp.finishAuthentication(passkey.get(options), { state, record });
  };
  const [record] = site.records.values();
  assert.equal(CredentialRecord.fromText(record).uvInitialized, false);
  assert.equal(signIn(record).uvTransition, null);
  passkey.userVerified = true;
  passkey.counter = 5;
  const verified = signIn(record);
  assert.equal(CredentialRecord.fromText(verified.transition.next).uvInitialized, false);
  assert.equal(verified.uvTransition.prev, record);
  const { uvInitialized, signCount } = CredentialRecord.fromText(verified.uvTransition.next);
  assert.deepEqual([uvInitialized, signCount], [true, 5]);
  assert.ok(Object.isFrozen(verified.uvTransition));
  assert.equal(signIn(verified.uvTransition.next).uvTransition, null);
});

test("the related origins of a site are a document", () => {
  const origins = ["https://example.org", "https://example.de:8443"];
  assert.equal(relatedOriginsJson(origins), '{"origins":["https://example.org","https://example.de:8443"]}');
  for (const bad of [[], ["https://example.org/"], ["http://example.org"], ["android:apk-key-hash:2jmj7l5rSw0yVb-vlWAYkK-YBwk"], [""]]) {
    misuse("origin_invalid", () => relatedOriginsJson(bad));
  }
  for (const bad of [undefined, null, "https://example.org", [5], { 0: "https://example.org", length: 1 }]) {
    misuse("argument_type_invalid", () => relatedOriginsJson(bad));
  }
});

test("a record can be made from what another library stored", () => {
  const site = new Site();
  const passkey = new SoftAuthenticator(ORIGIN);
  const created = passkey.create(site.rp.beginRegistration(site.userHandle, { userName: "ada" }).options);
  const [id, publicKey] = [created.id, coseKey(created)].map((text) => Buffer.from(text, "base64url"));
  const record = new CredentialRecord(id, {
    publicKey, userHandle: site.userHandle, signCount: 0, transports: ["usb", "nfc"],
    aaguid: "00112233-4455-6677-8899-aabbccddeeff", uvInitialized: true,
  });
  assert.equal(record.uvInitialized, true);
  assert.equal(new CredentialRecord(id, { publicKey, userHandle: site.userHandle, signCount: 0, uvInitialized: null }).uvInitialized, null);
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
  misuse("argument_type_invalid", () => new CredentialRecord(id, { ...parts, uvInitialized: "yes" }));
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

test("a relying party that made room for others is there again, and is itself", () => {
  const site = (name) => new RelyingParty(`${name}.example`, { name, origins: [`https://${name}.example`], userVerification: "required" });
  const first = site("first");
  const others = Array.from({ length: 1100 }, (_, index) => site(`n${index}`));
  for (const rp of [first, others[0], others[1099], first]) {
    assert.equal(rp.beginDiscoverableAuthentication().options.rpId, rp.id);
  }
  // What is wrong besides is wrong after that, too.
  for (let times = 0; times < 2; times++) {
    misuse("argument_value_invalid", () => first.beginDiscoverableAuthentication({ mediation: "sometimes" }));
  }
  assert.equal(first.beginDiscoverableAuthentication().options.rpId, "first.example");
});
