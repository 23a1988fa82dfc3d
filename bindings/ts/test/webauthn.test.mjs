// Passkeys, used as a login uses them: with a software authenticator, and with the example of the specification.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ConfigError, CredentialRecord, RelyingParty, VerificationError, generateUserHandle, isEvidence, readResponse,
} from "mfakit";
import { Authenticator, base64url } from "./support/authenticator.mjs";
import { ORIGIN, Site } from "./support/site.mjs";
import { level3None } from "./support/vectors.mjs";

const rejects = (code, call) => assert.throws(call, (error) => error instanceof VerificationError && error.code === code);
const misuse = (code, call) => assert.throws(call, (error) => error instanceof ConfigError && error.code === code);

test("the ES256 example of WebAuthn Level 3 verifies", () => {
  const { registration, authentication } = level3None();
  const rp = new RelyingParty("example.org", {
    name: "Example", origins: registration.origins, userVerification: "preferred",
  });
  const userHandle = generateUserHandle();
  const registered = rp.verifyRegistration(registration.response, { challenge: registration.challenge, userHandle });
  assert.equal(registered.credential.id, registration.response.id);
  assert.equal(registered.credential.publicKey, registration.publicKey);
  assert.equal(registered.credential.algorithm, -7);
  assert.deepEqual({ ...registered.attestation }, { format: "none", type: "none", trust: "not_requested" });
  const record = registered.commit(1);

  const options = { challenge: authentication.challenge, userHandle, record, allow: [record] };
  const verified = rp.verifyAuthentication(authentication.response, options);
  assert.equal(verified.credentialId, record.id);
  assert.equal(verified.userHandle, userHandle);
  assert.ok(isEvidence(verified.commit(1)));

  const { signature } = authentication.response.response;
  const damaged = structuredClone(authentication.response);
  damaged.response.signature = signature.slice(0, -2) + (signature.endsWith("AA") ? "BA" : "AA");
  assert.throws(() => rp.verifyAuthentication(damaged, options), VerificationError);
  rejects("challenge_mismatch", () => rp.verifyAuthentication(authentication.response, { ...options, challenge: base64url(Buffer.alloc(32)) }));
  rejects("credential_owner_mismatch", () => rp.verifyAuthentication(authentication.response, { ...options, userHandle: generateUserHandle() }));
});

test("a passkey is registered and signs in", () => {
  const site = new Site();
  const passkey = site.register();
  const ceremony = site.beginSignIn();
  assert.equal(ceremony.options.rpId, "example.org");
  assert.deepEqual(ceremony.options.allowCredentials.map(({ id }) => id), [base64url(passkey.id)]);
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

  passkey.userHandle = undefined;
  const next = site.keep(site.rp.beginDiscoverableAuthentication());
  rejects("user_handle_missing", () => site.finishSignIn(next, passkey.get(next.options)));
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
  const site = new Site();
  const passkey = site.register();
  const attempt = (change) => {
    const ceremony = site.beginSignIn();
    const options = structuredClone(ceremony.options);
    const authenticator = Object.assign(Object.create(Authenticator.prototype), passkey);
    const response = change({ authenticator, options, ceremony }) ?? authenticator.get(options);
    return () => site.finishSignIn(ceremony, response);
  };
  rejects("origin_mismatch", attempt(({ authenticator }) => { authenticator.origin = "https://login.example.org.evil"; }));
  rejects("rp_id_hash_mismatch", attempt(({ options }) => { options.rpId = "evil.example"; }));
  rejects("challenge_mismatch", attempt(({ options }) => { options.challenge = base64url(Buffer.alloc(32)); }));
  rejects("user_not_verified", attempt(({ authenticator }) => { authenticator.userVerified = false; }));
  rejects("user_handle_mismatch", attempt(({ authenticator }) => { authenticator.userHandle = generateUserHandle(); }));
  rejects("signature_invalid", attempt(({ authenticator }) => { authenticator.privateKey = new Authenticator(ORIGIN).privateKey; }));
  rejects("response_malformed", attempt(({ authenticator, options }) => ({ ...authenticator.get(options), id: undefined })));
  const stranger = new Authenticator(ORIGIN);
  stranger.userHandle = site.userHandle;
  const ceremony = site.beginSignIn();
  const response = stranger.get(ceremony.options);
  const record = site.records.get(base64url(passkey.id));
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
    passkey.count = 7;
    assert.deepEqual([signIn().counter, CredentialRecord.fromText([...site.records.values()][0]).signCount], [7, 7]);
    passkey.count = 7;
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

test("of two sign-ins with one record, the compare-and-set lets one through", () => {
  const site = new Site();
  const passkey = site.register();
  const ceremony = site.beginSignIn();
  const verified = site.rp.finishAuthentication(passkey.get(ceremony.options), {
    state: ceremony.state, record: site.records.get(base64url(passkey.id)),
  });
  rejects("state_conflict", () => verified.commit(0));
});

test("a registration is not a login", () => {
  const site = new Site();
  const ceremony = site.rp.beginRegistration(site.userHandle, { userName: "ada", displayName: "Ada" });
  const response = new Authenticator(ORIGIN).create(ceremony.options);
  const verified = site.rp.finishRegistration(response, { state: ceremony.state });
  const record = verified.commit(1);
  assert.ok(record instanceof CredentialRecord);
  assert.equal(isEvidence(record), false);
  assert.equal(verified.transition.next, record.toText());
});

test("a record is one text, and its fields are a view of it", () => {
  const site = new Site();
  const passkey = site.register();
  const [text] = site.records.values();
  const record = CredentialRecord.fromText(text);
  assert.equal(record.toText(), text);
  assert.equal(record.id, base64url(passkey.id));
  assert.equal(record.publicKey, base64url(passkey.coseKey()));
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
  const passkey = site.register();
  const record = new CredentialRecord(passkey.id, {
    publicKey: passkey.coseKey(), userHandle: site.userHandle, signCount: 0, transports: ["usb", "nfc"],
    aaguid: "00112233-4455-6677-8899-aabbccddeeff",
  });
  assert.equal(record.aaguid, "00112233-4455-6677-8899-aabbccddeeff");
  assert.equal(record.backupEligible, null);
  const ceremony = site.rp.beginAuthentication(site.userHandle, { allow: [record] });
  assert.deepEqual(ceremony.options.allowCredentials[0].transports, ["usb", "nfc"]);
  const verified = site.rp.finishAuthentication(passkey.get(ceremony.options), { state: ceremony.state, record });
  assert.equal(verified.transition.prev, record.toText());
  assert.equal(CredentialRecord.fromText(verified.transition.next).backupEligible, false);

  const parts = { publicKey: passkey.coseKey(), userHandle: site.userHandle, signCount: 0 };
  assert.throws(() => new CredentialRecord(passkey.id, { ...parts, publicKey: Buffer.alloc(5) }), ConfigError);
  misuse("argument_type_invalid", () => new CredentialRecord(passkey.id, { ...parts, signCount: "0" }));
  misuse("argument_type_invalid", () => new CredentialRecord(passkey.id, { ...parts, backedUp: 1 }));
});

test("ids, handles and challenges go in as text or as bytes", () => {
  const site = new Site();
  const passkey = new Authenticator(ORIGIN);
  const challenge = Buffer.alloc(32, 7);
  const userHandle = Buffer.from(site.userHandle, "base64url");
  const created = passkey.create({ rp: { id: "example.org" }, user: { id: site.userHandle }, challenge: base64url(challenge) });
  const record = site.rp.verifyRegistration(created, { challenge, userHandle }).commit(1);
  assert.equal(record.userHandle, site.userHandle);
  const response = passkey.get({ rpId: "example.org", challenge: base64url(challenge) });
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
