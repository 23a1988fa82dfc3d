// Results are frozen data; a proof cannot be copied or made by hand. Errors are one family.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as mfakit from "mfakit";
import { Site } from "./support/site.mjs";

const { ConfigError, MalformedError, MfaError, RejectedError, Totp, UnsupportedError, VerificationError, isEvidence, isMfaError } = mfakit;

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const totp = new Totp(SECRET);
const verified = () => totp.verify("287082", { lastStep: null, now: 59 });

test("a result is frozen data that spreads, clones and prints", () => {
  const result = verified();
  const data = { step: 1, drift: 0, transition: { prev: null, next: 1 } };
  assert.deepEqual({ ...result }, data);
  assert.deepEqual(structuredClone(result), data);
  assert.deepEqual(JSON.parse(JSON.stringify(result)), data);
  assert.ok(Object.isFrozen(result) && Object.isFrozen(result.transition));
  assert.throws(() => { result.step = 2; }, TypeError);
  assert.throws(() => { result.transition.next = 2; }, TypeError);
  assert.throws(() => { result.commit = () => {}; }, TypeError);
});

test("a ceremony is frozen to the last member of its options", () => {
  const site = new Site();
  site.register();
  const ceremony = site.beginSignIn();
  assert.throws(() => { ceremony.options.challenge = "AAAA"; }, TypeError);
  assert.throws(() => { ceremony.options.allowCredentials.length = 0; }, TypeError);
});

test("a copy of a result has the data and not the proof", () => {
  assert.equal("commit" in { ...verified() }, false);
  assert.equal("commit" in structuredClone(verified()), false);
});

test("a result cannot be made, and its commit works on nothing else", () => {
  const result = verified();
  const { commit } = result;
  for (const other of [{ ...result }, Object.create(result), structuredClone(result), new Proxy(result, {}), {}, null, undefined, 1]) {
    assert.throws(() => commit.call(other, 1), { name: "ConfigError", code: "argument_type_invalid" });
  }
  assert.throws(() => new result.constructor(Symbol(), {}, {}, () => "proof", {}), { name: "ConfigError", code: "argument_type_invalid" });
  assert.ok(isEvidence(result.commit(1)));
  assert.throws(() => commit.call(result, 1), { code: "state_conflict" });
});

test("evidence is what commit made, and nothing that looks like it", () => {
  const evidence = verified().commit(1);
  assert.ok(isEvidence(evidence));
  assert.ok(Object.isFrozen(evidence));
  const fakes = [
    { ...evidence }, structuredClone(evidence), JSON.parse(JSON.stringify(evidence)), Object.create(evidence),
    new Proxy(evidence, {}), { method: "totp", kind: "totp", userVerified: true }, verified(), null, undefined, 1, "evidence", Symbol(),
  ];
  for (const fake of fakes) assert.equal(isEvidence(fake), false);
});

test("an error says what it is, and nothing of what it was given", () => {
  assert.throws(() => totp.verify("424242", { lastStep: null, now: 59 }), (error) => {
    assert.ok(error instanceof RejectedError && error instanceof VerificationError && error instanceof MfaError);
    assert.ok(error instanceof Error && !(error instanceof ConfigError));
    assert.deepEqual([error.name, error.code, error.kind, error.number, error.publicCode],
      ["RejectedError", "otp_rejected", "rejected", 91, "invalid"]);
    assert.match(error.spec, /RFC/);
    assert.ok(!`${error.stack}${JSON.stringify(error)}`.includes("424242"));
    return true;
  });
});

test("each kind has its class", () => {
  const thrown = (call) => {
    try {
      return call();
    } catch (error) {
      return error;
    }
  };
  const malformed = thrown(() => totp.verify("x", { lastStep: null }));
  assert.ok(malformed instanceof MalformedError && malformed instanceof VerificationError);
  const config = thrown(() => totp.verify("123456", { lastStep: "0" }));
  assert.ok(config instanceof ConfigError && !(config instanceof VerificationError));
  assert.deepEqual([config.kind, config.publicCode], ["config", "server"]);
  assert.ok(new UnsupportedError("attestation_format_unsupported") instanceof VerificationError);
});

test("isMfaError knows the errors of another copy of the package, and no others", async () => {
  const other = await import(`${import.meta.resolve("mfakit").replace("node.js", "errors.js")}?another-copy`);
  const foreign = new other.RejectedError("otp_rejected");
  assert.equal(foreign instanceof MfaError, false);
  assert.ok(isMfaError(foreign));
  assert.equal(foreign.kind, "rejected");
  const hostile = new Proxy({}, { get() { throw new Error("hostile"); } });
  for (const no of [new Error("x"), { code: "otp_rejected" }, null, undefined, 5, "x", Symbol(), hostile]) {
    assert.equal(isMfaError(no), false);
  }
});
