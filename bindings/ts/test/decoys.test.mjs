// What answers for names that have no account.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { ConfigError, MalformedError, VerificationError } from "mfakit";
import { Site } from "./support/site.mjs";

const enumerationKey = new Uint8Array(32).fill(9);
const { rp } = new Site({ enumerationKey });
const misuse = (code, call) => assert.throws(call, (error) => error instanceof ConfigError && error.code === code);
const listed = (identifier, of = rp) => of.beginDecoyAuthentication(identifier).options.allowCredentials;

test("a decoy looks like a ceremony and has the same credentials every time", () => {
  const site = new Site({ enumerationKey });
  site.register();
  const [real, decoy] = [site.beginSignIn(), site.rp.beginDecoyAuthentication("nobody@example.org")];
  assert.deepEqual(Object.keys(decoy), Object.keys(real));
  assert.deepEqual(Object.keys(decoy.options), Object.keys(real.options));
  assert.deepEqual(Object.keys(decoy.options.allowCredentials[0]), Object.keys(real.options.allowCredentials[0]));
  assert.deepEqual(Object.keys(JSON.parse(decoy.state)), Object.keys(JSON.parse(real.state)));
  assert.ok(Object.isFrozen(decoy.options.allowCredentials));

  assert.deepEqual(listed("nobody@example.org"), decoy.options.allowCredentials);
  assert.notDeepEqual(listed("somebody@example.org"), decoy.options.allowCredentials);
  const other = new Site({ enumerationKey: new Uint8Array(32) }).rp;
  assert.notDeepEqual(listed("nobody@example.org", other), decoy.options.allowCredentials);
  assert.notEqual(rp.beginDecoyAuthentication("nobody").options.challenge, rp.beginDecoyAuthentication("nobody").options.challenge);
});

test("nobody can finish it", () => {
  const site = new Site({ enumerationKey });
  const passkey = site.register();
  const [record] = site.records.values();
  const { options, state } = site.rp.beginDecoyAuthentication("nobody");
  const response = passkey.get({ ...options, allowCredentials: [] });
  assert.throws(() => site.rp.finishAuthentication(response, { state, record }),
    (error) => error instanceof VerificationError && error.code === "credential_not_allowed");
});

test("any text has a decoy; an unpaired surrogate is as good as its replacement", () => {
  for (const text of ["", " ", "\0", "\u0661", "\u{1f511}", "x".repeat(1_000_000), "nobody".repeat(30_000)]) {
    assert.ok([1, 2].includes(listed(text).length));
    assert.deepEqual(listed(text), listed(text));
  }
  assert.deepEqual(listed("a\ud800b"), listed("a\ufffdb"));
  assert.notDeepEqual(listed("nobody"), listed(" nobody"));
  const long = "x".repeat(100_000);
  assert.notDeepEqual(listed(`${long}a`), listed(`${long}b`));
  for (const value of [undefined, null, 5, Buffer.from("nobody"), ["nobody"], { toString: () => "nobody" }, new String("nobody")]) {
    assert.throws(() => listed(value), (error) => error instanceof MalformedError && error.code === "input_malformed");
  }
});

test("it takes what a ceremony takes, and is the host's to set up", () => {
  const { options, expiresAt } = rp.beginDecoyAuthentication("nobody", {
    userVerification: "preferred", hints: ["hybrid"], extensions: { uvm: true }, lifetime: 60, now: 1_800_000_000,
  });
  assert.deepEqual([options.userVerification, options.hints, options.extensions, options.timeout, expiresAt],
    ["preferred", ["hybrid"], { uvm: true }, 60_000, 1_800_000_060]);
  misuse("enumeration_key_invalid", () => new Site().rp.beginDecoyAuthentication("nobody"));
  misuse("argument_value_invalid", () => rp.beginDecoyAuthentication("nobody", { mediation: "conditional" }));
  misuse("argument_value_invalid", () => rp.beginDecoyAuthentication(undefined, { allow: [] }));
  for (const length of [0, 31, 65]) misuse("enumeration_key_invalid", () => new Site({ enumerationKey: new Uint8Array(length) }));
  for (const enumerationKey of [null, "A".repeat(43), 5, [1]]) misuse("argument_type_invalid", () => new Site({ enumerationKey }));
  assert.equal(inspect(rp, { showHidden: true, depth: 9 }), "RelyingParty { id: 'example.org' }");
});
