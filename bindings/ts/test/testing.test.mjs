// mfakit/testing, as a user's own login test would use it, and what each of its knobs makes of a login.
import assert from "node:assert/strict";
import { createHash, createPublicKey } from "node:crypto";
import { test } from "node:test";
import { CredentialRecord, MfaError, RelyingParty, generateUserHandle, isEvidence } from "mfakit";
import { SoftAuthenticator, SoftAuthenticatorError } from "mfakit/testing";
import { ORIGIN, Site } from "./support/site.mjs";

test("a login test in a few lines", () => {
  const rp = new RelyingParty("example.org", {
    name: "Example", origins: ["https://login.example.org"], userVerification: "required",
  });
  const passkey = new SoftAuthenticator("https://login.example.org");
  const userHandle = generateUserHandle();

  const registration = rp.beginRegistration(userHandle, { userName: "ada" });
  const record = rp.finishRegistration(passkey.create(registration.options), { state: registration.state }).commit(1);

  const login = rp.beginAuthentication(userHandle, { allow: [record] });
  const verified = rp.finishAuthentication(passkey.get(login.options), { state: login.state, record });
  assert.equal(verified.userHandle, userHandle);
  assert.ok(isEvidence(verified.commit(1)));
});

/** The code of the error that a sign-in ends with after the knobs were turned; "accepted" if it does not. */
function signIn(knobs, { site = new Site(), passkey = site.register() } = {}) {
  return outcome(() => {
    const ceremony = site.beginSignIn();
    site.finishSignIn(ceremony, Object.assign(passkey, knobs).get(ceremony.optionsJson));
  });
}

function signUp(knobs, site = new Site()) {
  return outcome(() => site.register(Object.assign(new SoftAuthenticator(ORIGIN), knobs)));
}

function outcome(call) {
  try {
    call();
    return "accepted";
  } catch (error) {
    if (error instanceof MfaError) return error.code;
    throw error;
  }
}

test("each knob has its own effect, in both ceremonies", () => {
  const EFFECTS = [
    [{}, "accepted", "accepted"],
    [{ userVerified: false }, "user_not_verified", "user_not_verified"],
    [{ userPresent: false }, "user_not_present", "user_not_present"],
    [{ wrongOrigin: "https://login.example.org.evil" }, "origin_mismatch", "origin_mismatch"],
    [{ crossOrigin: true }, "cross_origin_forbidden", "cross_origin_forbidden"],
    [{ topOrigin: "https://evil.example" }, "cross_origin_forbidden", "cross_origin_forbidden"],
    [{ backedUp: true }, "backup_flags_invalid", "backup_flags_invalid"],
    [{ backupEligible: true }, "accepted", "backup_eligibility_changed"],
    [{ backupEligible: true, backedUp: true }, "accepted", "backup_eligibility_changed"],
    [{ counter: 4_294_967_295 }, "accepted", "accepted"],
    [{ transports: ["usb"] }, "accepted", "accepted"],
    [{ discoverable: false }, "accepted", "accepted"],
    [{ algorithm: -8 }, "accepted", "accepted"],
    [{ attestation: "packed" }, "accepted", "accepted"],
    [{ algorithm: -8, attestation: "packed" }, "accepted", "accepted"],
  ];
  for (const [knobs, registered, authenticated] of EFFECTS) {
    assert.equal(signUp(knobs), registered, JSON.stringify(knobs));
    assert.equal(signIn(knobs), authenticated, JSON.stringify(knobs));
  }
});

test("a page in a frame is accepted where its top origin is listed", () => {
  const options = { crossOrigin: "allow_listed", topOrigins: ["https://portal.example"] };
  const framed = (topOrigin) => signIn({ topOrigin }, { site: new Site(options) });
  assert.equal(framed("https://portal.example"), "accepted");
  assert.equal(framed("https://evil.example"), "top_origin_mismatch");
});

test("what both algorithms and both statements sign is verified", () => {
  for (const algorithm of [-7, -8]) {
    for (const [attestation, type] of [["none", "none"], ["packed", "self"]]) {
      const site = new Site();
      const passkey = new SoftAuthenticator(ORIGIN, { algorithm, attestation });
      const { options, state } = site.rp.beginRegistration(site.userHandle, { userName: "ada" });
      const response = passkey.create(options);
      const verified = site.rp.finishRegistration(response, { state });
      assert.deepEqual({ ...verified.attestation }, {
        format: attestation, type, trust: "not_requested", anchor: null, provenAaguid: null, path: [], parts: [],
      });
      assert.equal(verified.credential.algorithm, algorithm);
      site.records.set(verified.credential.id, verified.transition.next);
      assert.equal(signIn({}, { site, passkey }), "accepted");

      const login = site.beginSignIn();
      const assertion = passkey.get(login.options);
      assertion.response.authenticatorData = passkey.get({ ...login.options, challenge: "AAAA" }).response.authenticatorData;
      assertion.response.signature = passkey.get({ ...login.options, challenge: "AAAA" }).response.signature;
      assert.equal(outcome(() => site.finishSignIn(login, assertion)), "signature_invalid");
    }
  }
});

test("client data say what a browser would say", () => {
  const said = (knobs) => {
    const { response } = new SoftAuthenticator(ORIGIN, knobs).create(creation());
    return Buffer.from(response.clientDataJSON, "base64url").toString();
  };
  const start = `{"type":"webauthn.create","challenge":"AAAA","origin":"${ORIGIN}"`;
  assert.equal(said({}), `${start},"crossOrigin":false}`);
  assert.equal(said({ crossOrigin: true }), `${start},"crossOrigin":true}`);
  assert.equal(said({ topOrigin: "https://a.example" }), `${start},"crossOrigin":true,"topOrigin":"https://a.example"}`);
  assert.equal(said({ crossOrigin: false, topOrigin: "x" }), `${start},"crossOrigin":false,"topOrigin":"x"}`);
});

test("a page that names no relying party means its own host", () => {
  const passkey = new SoftAuthenticator(ORIGIN);
  const { id } = passkey.create(creation({ rp: {} }));
  assert.equal(passkey.get({ challenge: "AAAA" }).id, id);
  assert.equal(passkey.get({ challenge: "AAAA", rpId: "login.example.org" }).id, id);
});

test("the counter grows with each use, and a clone of the authenticator is noticed", () => {
  const site = new Site();
  const passkey = site.register(new SoftAuthenticator(ORIGIN, { counter: 5 }));
  const count = () => CredentialRecord.fromText([...site.records.values()][0]).signCount;
  assert.equal(count(), 5);
  assert.equal(signIn({}, { site, passkey }), "accepted");
  assert.deepEqual([count(), passkey.counter], [6, 7]);
  assert.equal(signIn({ counter: 6 }, { site, passkey }), "counter_regressed");

  const without = new Site();
  const synced = without.register();
  assert.equal(signIn({}, { site: without, passkey: synced }), "accepted");
  assert.equal(synced.counter, 0);

  const worn = new SoftAuthenticator(ORIGIN, { counter: 2 ** 32 - 1 });
  worn.create(creation());
  worn.create(creation());
});

test("what an authenticator says of itself is in the record", () => {
  const site = new Site();
  const aaguid = "00112233-4455-6677-8899-aabbccddeeff";
  site.register(new SoftAuthenticator(ORIGIN, { aaguid, transports: ["usb", "nfc"], backupEligible: true, backedUp: true }));
  const record = CredentialRecord.fromText([...site.records.values()][0]);
  assert.deepEqual(
    [record.aaguid, record.transports, record.backupEligible, record.backedUp],
    [aaguid, ["usb", "nfc"], true, true],
  );
});

test("without discoverable credentials nobody is found, and no handle is told", () => {
  const site = new Site();
  const passkey = site.register(new SoftAuthenticator(ORIGIN, { discoverable: false }));
  const known = site.beginSignIn();
  assert.equal("userHandle" in passkey.get(known.options).response, false);
  refuses("NotAllowedError", /fits/, () => passkey.get(site.rp.beginDiscoverableAuthentication().options));
});

test("of several credentials the newest answers, or the one that is listed first", () => {
  const site = new Site();
  const passkey = new SoftAuthenticator(ORIGIN);
  const begin = (user) => site.rp.beginRegistration(user, { userName: "ada" }).options;
  const ids = Array.from({ length: 3 }, () => passkey.create(begin(generateUserHandle())).id);
  const options = site.rp.beginDiscoverableAuthentication().options;
  const listed = (...ids) => ({ ...options, allowCredentials: ids.map((id) => ({ type: "public-key", id })) });
  assert.equal(passkey.get(options).id, ids[2]);
  assert.equal(passkey.get(listed("AAAA", ids[1], ids[0])).id, ids[1]);
});

test("it refuses what a browser or an authenticator would refuse", () => {
  const site = new Site();
  const passkey = site.register();
  const make = (knobs, change = {}, origin = ORIGIN) => () => new SoftAuthenticator(origin, knobs).create(creation(change));
  refuses("InvalidStateError", /excluded/, () => site.register(passkey));
  refuses("NotSupportedError", /algorithm -7/, make({}, { pubKeyCredParams: [{ type: "public-key", alg: -257 }] }));
  refuses("NotSupportedError", /algorithm -8/, make({ algorithm: -8 }, { pubKeyCredParams: [] }));
  refuses("TypeError", /-7 or -8/, make({ algorithm: -257 }, { pubKeyCredParams: [] }));
  refuses("TypeError", /none or packed/, make({ attestation: "tpm" }));
  for (const aaguid of ["00", Buffer.alloc(15)]) refuses("TypeError", /UUID/, make({ aaguid }));
  refuses("ConstraintError", /discoverable/, make({ discoverable: false }, { authenticatorSelection: { residentKey: "required" } }));
  for (const origin of ["https://example.com", "https://badexample.org", "https://org", "https://example.org.evil"]) {
    refuses("SecurityError", /may not ask/, make({}, {}, origin));
  }
  refuses("NotAllowedError", /fits/, () => new SoftAuthenticator(ORIGIN).get(site.beginSignIn().options));
  refuses("NotAllowedError", /fits/, () => passkey.get({ ...site.beginSignIn().options, rpId: "login.example.org" }));
  refuses("TypeError", /ceremony\.options/, () => passkey.get(site.beginSignIn()));
  refuses("TypeError", /registration/, () => passkey.create(site.beginSignIn().options));
  refuses("TypeError", /userVerfied/, () => new SoftAuthenticator(ORIGIN, { userVerfied: false }));
});

test("an app's origin names no host", () => {
  const app = "android:apk-key-hash:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  const site = new Site({ origins: [app] });
  assert.equal(outcome(() => site.register(new SoftAuthenticator(app))), "accepted");
});

test("a seed makes the same credentials again, one after the other", () => {
  const create = (passkey) => {
    const { id, response } = passkey.create(creation({ pubKeyCredParams: [{ alg: passkey.algorithm }] }));
    return [id, response.publicKey];
  };
  for (const algorithm of [-7, -8]) {
    const [one, same, bytes, other, random] = ["seed", "seed", Buffer.from("seed"), "other", null].map(
      (seed) => new SoftAuthenticator(ORIGIN, { seed, algorithm }));
    const first = create(one);
    assert.deepEqual(create(same), first);
    assert.deepEqual(create(bytes), first);
    assert.deepEqual(create(one), create(same));
    for (const passkey of [one, other, random]) {
      const [id, key] = create(passkey);
      assert.ok(id !== first[0] && key !== first[1]);
    }
    assert.equal(first[0], drawn(1, "seed"));
  }
});

test("a response has what a browser's has, and each part says the same", () => {
  const created = new SoftAuthenticator(ORIGIN).create(creation({ extensions: { credProps: true } }));
  const { response } = created;
  assert.deepEqual([created.clientExtensionResults, created.authenticatorAttachment], [{ credProps: { rk: true } }, "platform"]);
  const attestation = Buffer.from(response.attestationObject, "base64url");
  const authData = Buffer.from(response.authenticatorData, "base64url");
  assert.ok(attestation.subarray(-authData.length).equals(authData));
  const spki = createPublicKey({ key: Buffer.from(response.publicKey, "base64url"), format: "der", type: "spki" });
  const [x, y] = ["x", "y"].map((name) => Buffer.from(spki.export({ format: "jwk" })[name], "base64url"));
  const key = Buffer.concat([Buffer.from("a5010203262001215820", "hex"), x, Buffer.from("225820", "hex"), y]);
  assert.ok(authData.subarray(-key.length).equals(key));
  assert.deepEqual([response.publicKeyAlgorithm, response.transports], [-7, ["internal"]]);
});

test("without node:crypto it says so", () => {
  const { getBuiltinModule } = process;
  process.getBuiltinModule = undefined;
  try {
    refuses("NotSupportedError", /node:crypto/, () => new SoftAuthenticator(ORIGIN));
  } finally {
    process.getBuiltinModule = getBuiltinModule;
  }
});

/** Draw `number` of a seed, as the Rust crate makes it, too: the first is a private key, the second that key's id. */
function drawn(number, seed) {
  const message = Buffer.concat([Buffer.from(number.toString(16).padStart(16, "0"), "hex"), Buffer.from(seed)]);
  return createHash("sha256").update(message).digest("base64url");
}

function refuses(name, message, call) {
  assert.throws(call, (error) => error instanceof SoftAuthenticatorError && error.name === name && message.test(error.message));
}

function creation(change = {}) {
  const pubKeyCredParams = [{ type: "public-key", alg: -7 }];
  return { rp: { id: "example.org" }, user: { id: "AAAA" }, challenge: "AAAA", pubKeyCredParams, ...change };
}
