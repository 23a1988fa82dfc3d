// Why a ceremony fails, step by step: whatever the response is, there are steps, and they agree with the verification.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError, generateUserHandle } from "mfakit";
import { HOSTILE } from "./support/hostile.mjs";
import { ORIGIN, Site } from "./support/site.mjs";
import { SoftAuthenticator } from "mfakit/testing";

const site = new Site();
const { rp, userHandle } = site;
const passkey = site.register();
const [record] = site.records.values();
const authentication = rp.beginAuthentication(userHandle, { allow: [record] });
const signedIn = passkey.get(authentication.options);
const registration = rp.beginRegistration(userHandle, { userName: "ada" });
const created = new SoftAuthenticator(ORIGIN).create(registration.options);
const registering = { challenge: registration.options.challenge, userHandle };
const signing = { challenge: authentication.options.challenge, userHandle, record };

const misuse = (code, call) => assert.throws(call, (error) => error instanceof ConfigError && error.code === code);
const failed = (steps) => steps.filter(({ verdict }) => verdict === "failed").map(({ number, code }) => `${number} ${code}`);

test("of a good ceremony no step fails, and each says what it is", () => {
  const steps = rp.explainRegistration(created, registering);
  assert.equal(steps.length, 29);
  assert.deepEqual(failed(steps), []);
  assert.deepEqual({ ...steps[7] }, { number: "7.1-8", title: "challenge", verdict: "passed", code: null });
  assert.deepEqual([...new Set(steps.map(({ verdict }) => verdict))].sort(), ["caller", "not_applicable", "passed"]);
  assert.ok(Object.isFrozen(steps) && steps.every(Object.isFrozen));

  for (const options of [signing, { ...signing, allow: [record] }, { ...signing, userHandle: undefined }]) {
    const steps = rp.explainAuthentication(signedIn, options);
    assert.equal(steps.length, 25);
    assert.deepEqual(failed(steps), []);
  }
});

test("one failure does not hide the next", () => {
  const challenge = Buffer.alloc(32).toString("base64url");
  const other = new Site({ origins: ["https://other.example.org"] }).rp;
  assert.deepEqual(failed(other.explainRegistration(created, { ...registering, challenge })),
    ["7.1-8 challenge_mismatch", "7.1-9 origin_mismatch"]);
  const damaged = structuredClone(signedIn);
  damaged.response.signature = "MAYCAQECAQE";
  assert.deepEqual(failed(rp.explainAuthentication(damaged, { ...signing, challenge, allow: ["AAEC"] })),
    ["7.2-5 credential_not_allowed", "7.2-11 challenge_mismatch", "7.2-21 signature_invalid"]);
  assert.deepEqual(failed(rp.explainAuthentication(signedIn, { ...signing, userHandle: generateUserHandle() })).map((line) => line.slice(0, 5)), ["7.2-6"]);
  const nameless = structuredClone(signedIn);
  delete nameless.response.userHandle;
  assert.deepEqual(failed(rp.explainAuthentication(nameless, { ...signing, userHandle: undefined })), ["7.2-6 user_handle_missing"]);
});

test("client outputs are judged in their step, by what was asked for", () => {
  const odd = { ...created, clientExtensionResults: { credProps: 5 } };
  assert.deepEqual(failed(rp.explainRegistration(odd, registering)), []);
  assert.deepEqual(failed(rp.explainRegistration(odd, { ...registering, extensions: { credProps: true } })), ["7.1-28 extension_output_malformed"]);
  const appid = { ...signedIn, clientExtensionResults: { appid: 5 } };
  const extensions = { appid: "https://example.org/appid" };
  assert.deepEqual(failed(rp.explainAuthentication(appid, { ...signing, extensions })), ["7.2-23 extension_output_malformed"]);
});

test("whatever the client sends, there are steps, one of which failed with the code of the verification", () => {
  for (const [what, value] of Object.entries(HOSTILE)) {
    const { code: expected } = thrown(() => rp.verifyRegistration(value, registering));
    const steps = rp.explainRegistration(value, registering);
    assert.deepEqual([steps.length, steps.filter(({ code }) => code !== null).map(({ code }) => code)], [29, [expected]], what);
    const { code } = thrown(() => rp.verifyAuthentication(value, signing));
    assert.deepEqual(rp.explainAuthentication(value, signing).filter((step) => step.code !== null).map((step) => step.code), [code], what);
  }
  assert.equal(rp.explainRegistration(undefined, registering)[2].code, "input_malformed");
});

test("the host's mistakes are errors", () => {
  misuse("argument_type_invalid", () => rp.explainRegistration(created));
  misuse("argument_type_invalid", () => rp.explainRegistration(created, { ...registering, userHandle: undefined }));
  misuse("user_handle_invalid", () => rp.explainRegistration(undefined, { ...registering, userHandle: "" }));
  misuse("challenge_too_short", () => rp.explainAuthentication("{", { ...signing, challenge: "AAEC" }));
  misuse("record_corrupt", () => rp.explainAuthentication(signedIn, { ...signing, record: "{}" }));
  misuse("argument_value_invalid", () => rp.explainAuthentication(signedIn, { ...signing, now: 5 }));
  misuse("argument_value_invalid", () => rp.explainAuthentication(signedIn, { ...signing, extensions: { credProps: true } }));
});

function thrown(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("accepted");
}
