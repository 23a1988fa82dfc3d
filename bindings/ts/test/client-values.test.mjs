// The first argument is the client's. Whatever it is, the answer is a VerificationError, and the next caller is served.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AttestationTrust, Hotp, Metadata, PendingTotp, Peppers, Totp, VerificationError, beginDeviceEnrollment, checkRecoveryCode, checkTemporaryCode, classify,
  finishApproval, finishDeviceEnrollment, generateRecoveryCodes, issueTemporaryCode, parseOtpauth, parseOtpauthMigration, readApprovalAnswer, readApprovalRequest,
  readDeviceEnrollment, readResponse, verifyRecoveryCode, verifyTemporaryCode,
} from "mfakit";
import { NOW, authority, blob, entry } from "./support/attestation.mjs";
import { HOSTILE } from "./support/hostile.mjs";
import { Site } from "./support/site.mjs";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const totp = new Totp(SECRET);
const hotp = new Hotp(SECRET);
const site = new Site();
const pending = new PendingTotp(SECRET);
const recovery = generateRecoveryCodes("ada");
const peppers = new Peppers({ a: new Uint8Array(32) }, { current: "a" });
const { next: temporary } = issueTemporaryCode("ada", { kind: "delivered", issuedBy: "sign-in", peppers }).transition;
const passkey = site.register();
const [record] = site.records.values();
const { userHandle, rp } = site;
const ceremony = rp.beginAuthentication(userHandle, { allow: [record] });
const registration = rp.beginRegistration(userHandle, { userName: "ada" });
const { challenge } = ceremony.options;
const good = passkey.get(ceremony.options);

const maker = authority();
const metadata = Metadata.parse(blob(maker, [entry(maker)]), { roots: [maker.certificate], now: NOW });
const trusting = new Site({ attestation: "direct", trust: new AttestationTrust({ metadata, anchors: [maker.certificate] }) });

const CALLS = {
  "totp.verify": (value) => totp.verify(value, { lastStep: null, now: 59 }),
  "totp.confirm": (value) => totp.confirm(value, { now: 59 }),
  "totp.checkCode": (value) => totp.checkCode(value),
  "pending.confirm": (value) => pending.confirm(value, { now: 59 }),
  "pending.checkCode": (value) => pending.checkCode(value),
  "hotp.checkCode": (value) => hotp.checkCode(value),
  "hotp.verify": (value) => hotp.verify(value, { counter: 0 }),
  "hotp.resync": (value) => hotp.resync(value, { second: "287082", counter: 0 }),
  "hotp.resync, the second code,": (value) => hotp.resync("755224", { second: value, counter: 0 }),
  "verifyRecoveryCode": (value) => verifyRecoveryCode(value, { userId: "ada", record: recovery.record, used: 0 }),
  "checkRecoveryCode": (value) => checkRecoveryCode(value, { record: recovery.record }),
  "verifyTemporaryCode": (value) => verifyTemporaryCode(value, { userId: "ada", record: temporary, peppers }),
  "checkTemporaryCode": (value) => checkTemporaryCode(value, { record: temporary }),
  "parseOtpauth": (value) => parseOtpauth(value),
  "parseOtpauthMigration": (value) => parseOtpauthMigration(value),
  "readResponse": (value) => readResponse(value),
  "rp.finishRegistration": (value) => rp.finishRegistration(value, { state: registration.state }),
  "rp.verifyRegistration": (value) => rp.verifyRegistration(value, { challenge, userHandle }),
  "rp.verifyRegistration, with metadata,": (value) => trusting.rp.verifyRegistration(value, { challenge, userHandle, now: NOW }),
  "Metadata.parse": (value) => Metadata.parse(value, { roots: [maker.certificate], now: NOW }),
  "rp.finishAuthentication": (value) => rp.finishAuthentication(value, { state: ceremony.state, record }),
  "rp.verifyAuthentication": (value) => rp.verifyAuthentication(value, { challenge, userHandle, record }),
  "rp.verifyDiscoverableAuthentication": (value) => rp.verifyDiscoverableAuthentication(value, { challenge, record }),
};

for (const [name, call] of Object.entries(CALLS)) {
  test(`${name} answers every value with a VerificationError`, () => {
    for (const [what, value] of Object.entries(HOSTILE)) {
      assert.throws(() => call(value), (error) => {
        assert.ok(error instanceof VerificationError, `${what}: ${String(error?.stack)}`);
        return true;
      }, what);
    }
    assert.throws(() => call(), VerificationError);
    assert.equal(totp.verify("287082", { lastStep: null, now: 59 }).step, 1);
    assert.equal(rp.finishAuthentication(good, { state: ceremony.state, record }).userHandle, userHandle);
  });
}

const code = (call) => {
  try {
    call();
  } catch (error) {
    return error.code;
  }
  return "accepted";
};

test("each kind of bad value has its own code", () => {
  const codeOf = (value) => code(() => readResponse(value));
  for (const what of ["undefined", "a number that reads as base64", "a symbol", "a getter that throws", "a cycle",
    "a bigint inside", "an empty array", "a detached ArrayBuffer", "a view of a SharedArrayBuffer", "a lone surrogate"]) {
    assert.equal(codeOf(HOSTILE[what]), "input_malformed", what);
  }
  assert.equal(codeOf("{"), "json_malformed");
  assert.equal(codeOf('{"id":"AAAA","id":"AAAA"}'), "json_duplicate_member");
  assert.equal(codeOf({}), "response_malformed");
  assert.equal(codeOf(HOSTILE["1 MB of JSON"]), "input_too_large");
  assert.equal(codeOf(HOSTILE["1 MB of bytes"]), "input_too_large");
  assert.equal(codeOf({ id: "A".repeat(1_000_000) }), "input_too_large");
  assert.equal(code(() => totp.verify(123456, { lastStep: null })), "input_malformed");
  for (const text of ["12345", "123\udc00456", "\ufeff755224"]) {
    assert.equal(code(() => totp.verify(text, { lastStep: null })), "otp_malformed");
    assert.equal(code(() => hotp.resync("755224", { second: text, counter: 0 })), "otp_malformed");
  }
});

test("only a response's own data count", () => {
  const verify = (value) => code(() => rp.finishAuthentication(value, { state: ceremony.state, record }));
  assert.equal(verify(good), "accepted");
  assert.equal(verify(Object.create(good)), "response_malformed");
  assert.equal(verify({ ...good, response: Object.create(good.response) }), "response_malformed");
  assert.equal(verify(JSON.parse(`{"__proto__":${JSON.stringify(good)}}`)), "response_malformed");
  const { id, ...rest } = good;
  Object.prototype.id = id;
  try {
    assert.equal(verify(rest), "response_malformed");
  } finally {
    delete Object.prototype.id;
  }
});

test("a wrong type in any field is malformed, and a number is never read as base64", () => {
  const fields = [["id"], ["rawId"], ["type"], ["response"], ["response", "clientDataJSON"],
    ["response", "authenticatorData"], ["response", "signature"], ["response", "userHandle"]];
  for (const path of fields) {
    for (const wrong of [1469, true, [], {}, 1.5, ["AAAA"]]) {
      if (path.at(-1) === "response" && typeof wrong === "object" && !Array.isArray(wrong)) continue;
      const value = structuredClone(good);
      path.slice(0, -1).reduce((at, key) => at[key], value)[path.at(-1)] = wrong;
      assert.equal(code(() => rp.finishAuthentication(value, { state: ceremony.state, record })), "response_malformed",
        `${path.join(".")} = ${JSON.stringify(wrong)}`);
    }
  }
});

test("bytes are read once: what their owner does afterwards or meanwhile changes nothing", () => {
  let reads = 0;
  const moody = { ...good, get response() { reads += 1; return reads === 1 ? good.response : {}; } };
  assert.equal(code(() => rp.finishAuthentication(moody, { state: ceremony.state, record })), "accepted");
  assert.equal(reads, 1);

  const spoofed = Object.defineProperties(new Uint8Array(8).fill(0x20), {
    buffer: { value: new TextEncoder().encode(JSON.stringify(good)).buffer },
    byteLength: { value: 10_000 },
    constructor: { get() { throw new Error("hostile"); } },
  });
  assert.equal(code(() => rp.finishAuthentication(spoofed, { state: ceremony.state, record })), "json_malformed");
});
