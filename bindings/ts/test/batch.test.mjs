// Prepared keys, batches of authentications, and the choice of an implementation.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import {
  ConfigError, CredentialRecord, RelyingParty, VerificationError, generateUserHandle, isEvidence, readResponse, verifyAuthentications,
  verifyAuthenticationsAsync,
} from "mfakit";
import { SoftAuthenticator } from "mfakit/testing";

const THREADS = process.env.MFAKIT_BACKEND !== "wasm";
const ORIGIN = "https://example.org";
const NOW = 1_800_000_000;
const relyingParty = (more = {}) =>
  new RelyingParty("example.org", { name: "Example", origins: [ORIGIN], userVerification: "required", ...more });
const rp = relyingParty();

/** Somebody with a passkey, and a sign-in of theirs that nobody has finished yet. */
async function person(of = rp, knobs = {}) {
  const passkey = new SoftAuthenticator(ORIGIN, { counter: 1, ...knobs });
  const user = generateUserHandle();
  const registering = of.beginRegistration(user, { userName: "alice", now: NOW });
  const created = await passkey.create(registering.options);
  const record = of.finishRegistration(created, { state: registering.state, now: NOW }).commit(1);
  const { options, state } = of.beginAuthentication(user, { allow: [record], now: NOW });
  const response = await passkey.get(options);
  const item = (more = {}) => ({ rp: of, response, record, state, now: NOW, ...more });
  return { user, record, state, response, item, challenge: readResponse(response).challenge };
}

const [alice, bob] = [await person(), await person()];
const forged = { ...alice.response, response: { ...alice.response.response, signature: bob.response.response.signature } };
const code = (call) => {
  try {
    call();
  } catch (error) {
    return [error instanceof ConfigError ? "config" : error instanceof VerificationError ? "verification" : error, error.code];
  }
  return undefined;
};

test("a prepared key gives the same verdicts", () => {
  const prepared = alice.record.prepare();
  assert.equal(prepared.algorithm, -7);
  const { user: userHandle, record, state, challenge } = alice;
  for (const more of [{}, { prepared }]) {
    const verified = rp.finishAuthentication(alice.response, { state, record, now: NOW, ...more });
    assert.equal(verified.transition.prev, record.toText());
    assert.ok(isEvidence(verified.commit(1)));
    assert.equal(rp.verifyAuthentication(alice.response, { challenge, userHandle, record, ...more }).counter, 2);
    assert.equal(rp.verifyDiscoverableAuthentication(alice.response, { challenge, record: record.toText(), ...more }).counter, 2);
    const refused = code(() => rp.finishAuthentication(forged, { state, record, now: NOW, ...more }));
    assert.deepEqual(refused, ["verification", "signature_invalid"]);
  }
});

test("a prepared key of another record is refused, whatever the client sent", () => {
  const { user: userHandle, record, state, challenge } = alice;
  for (const prepared of [bob.record.prepare()]) {
    for (const response of [alice.response, "{}", null]) {
      const expected = response === null ? ["verification", "input_malformed"] : ["config", "prepared_key_mismatch"];
      for (const call of [
        () => rp.finishAuthentication(response, { state, record, prepared, now: NOW }),
        () => rp.verifyAuthentication(response, { challenge, userHandle, record, prepared }),
        () => rp.verifyDiscoverableAuthentication(response, { challenge, record, prepared }),
      ]) assert.deepEqual(code(call), expected);
    }
  }
  for (const prepared of [null, 1, "1", {}, alice.record, Object.create(bob.record.prepare()), structuredClone({})]) {
    assert.deepEqual(code(() => rp.finishAuthentication(alice.response, { state, record, prepared })), ["config", "argument_type_invalid"]);
  }
});

test("a released key is refused, and its place is nobody else's", () => {
  const keys = [alice.record.prepare(), bob.record.prepare(), alice.record.prepare()];
  const finish = (prepared) => rp.finishAuthentication(alice.response, { state: alice.state, record: alice.record, prepared, now: NOW });
  keys[0].release();
  keys[0].release();
  keys[2][Symbol.dispose]();
  const again = alice.record.prepare();
  for (const released of [keys[0], keys[2]]) assert.deepEqual(code(() => finish(released)), ["config", "prepared_key_mismatch"]);
  assert.deepEqual(code(() => finish(keys[1])), ["config", "prepared_key_mismatch"]);
  assert.equal(finish(again).userHandle, alice.user);
});

test("a prepared key has no form outside of the process", () => {
  const prepared = alice.record.prepare();
  assert.ok(Object.isFrozen(prepared));
  assert.deepEqual(Object.entries(prepared), [["algorithm", -7]]);
  assert.equal(inspect(prepared, { showHidden: true, getters: true }), "PreparedKey(algorithm=-7)");
  assert.deepEqual(code(() => JSON.stringify({ prepared })), ["config", "argument_type_invalid"]);
  assert.deepEqual(code(() => new prepared.constructor()), ["config", "argument_type_invalid"]);
  for (const copy of [structuredClone({ ...prepared }), { ...prepared }, Object.assign(Object.create(Object.getPrototypeOf(prepared)), {})]) {
    const refused = code(() => rp.finishAuthentication(alice.response, { state: alice.state, record: alice.record, prepared: copy }));
    assert.deepEqual(refused, ["config", "argument_type_invalid"]);
  }
  const damaged = JSON.parse(alice.record.toText());
  damaged.publicKey = `${damaged.publicKey.slice(0, -4)}AAAA`;
  assert.deepEqual(code(() => CredentialRecord.fromText(JSON.stringify(damaged)).prepare()), ["config", "record_corrupt"]);
});

test("every implementation gives the same verdicts", async () => {
  for (const more of [{ es256: "mfakit" }, { es256: "p256" }, { preparedKeys: 2 }, { preparedKeys: 10, es256: "p256" }]) {
    const one = relyingParty(more);
    const people = await Promise.all([1, 2, 3].map(() => person(one)));
    // The second time from the cache, where there is one.
    for (const { user, record, state, response } of [...people, ...people, ...people]) {
      for (const prepared of [undefined, record.prepare()]) {
        assert.equal(one.finishAuthentication(response, { state, record, prepared, now: NOW }).userHandle, user);
        const tampered = { ...response, response: { ...response.response, signature: alice.response.response.signature } };
        const refused = code(() => one.finishAuthentication(tampered, { state, record, prepared, now: NOW }));
        assert.deepEqual(refused, ["verification", "signature_invalid"]);
      }
    }
  }
  for (const wrong of [{ es256: "ring" }, { es256: "P256" }, { preparedKeys: 65_537 }, { preparedKeys: -1 }, { preparedKeys: 0.5 }]) {
    assert.deepEqual(code(() => relyingParty(wrong)), ["config", "argument_value_invalid"]);
  }
  for (const wrong of [{ es256: 256 }, { preparedKeys: "1" }]) {
    assert.deepEqual(code(() => relyingParty(wrong)), ["config", "argument_type_invalid"]);
  }
});

const FORMS = [["verifyAuthentications", (items) => verifyAuthentications(items)], ["verifyAuthenticationsAsync", verifyAuthenticationsAsync]];

for (const [name, batch] of FORMS) {
  test(`${name} gives what single calls give`, async () => {
    const others = new RelyingParty("example.com", { name: "Other", origins: ["https://example.com"], userVerification: "required" });
    const people = await Promise.all(Array.from({ length: 40 }, () => person()));
    const outcomes = await batch(people.map((one, index) => [
      one.item(),
      one.item({ record: one.record.toText(), response: JSON.stringify(one.response) }),
      one.item({ prepared: one.record.prepare(), response: new TextEncoder().encode(JSON.stringify(one.response)) }),
      { rp, response: one.response, record: one.record, challenge: one.challenge, userHandle: one.user },
      one.item({ rp: others }),
      one.item({ record: bob.record }),
      one.item({ now: NOW + 3600 }),
      one.item({ response: forged, record: alice.record, state: alice.state }),
    ][index % 8]));
    assert.equal(outcomes.length, people.length);
    const wrong = { 4: "state_kind_mismatch", 5: "credential_owner_mismatch", 6: "ceremony_expired", 7: "signature_invalid" };
    outcomes.forEach((outcome, index) => {
      if (index % 8 in wrong) {
        assert.throws(() => outcome.verified(), { code: wrong[index % 8] });
      } else {
        const { userHandle, transition } = outcome.verified();
        assert.deepEqual([userHandle, transition.prev], [people[index].user, people[index].record.toText()]);
      }
    });
    assert.deepEqual(await batch([]), []);
  });

  test(`${name}: what is wrong with one item is that item's`, async () => {
    for (const response of [undefined, null, 7, "", "[]", [], "x".repeat(100_000), { get id() { throw new Error("id"); } }, "\ud800"]) {
      const [first, second, third] = await batch([alice.item(), alice.item({ response }), bob.item()]);
      assert.deepEqual([first, third].map((outcome) => outcome.verified().userHandle), [alice.user, bob.user]);
      assert.throws(() => second.verified(), VerificationError);
    }
    const { challenge, user: userHandle } = alice;
    for (const [item, expected] of [
      [alice.item({ record: "{}" }), "record_corrupt"],
      [alice.item({ record: undefined }), "argument_type_invalid"],
      [alice.item({ rp: "example.org" }), "argument_type_invalid"],
      [alice.item({ state: "x" }), "state_malformed"],
      [alice.item({ state: undefined }), "argument_type_invalid"],
      [alice.item({ challenge, userHandle }), "argument_type_invalid"],
      [alice.item({ state: undefined, challenge: "AA", userHandle }), "challenge_too_short"],
      [alice.item({ state: undefined, challenge }), "argument_type_invalid"],
      [alice.item({ now: "noon" }), "time_invalid"],
      [alice.item({ prepared: 7 }), "argument_type_invalid"],
      [alice.item({ prepared: bob.record.prepare() }), "prepared_key_mismatch"],
      [alice.item({ recrd: alice.record }), "argument_value_invalid"],
      [{}, "argument_type_invalid"],
    ]) {
      const [first, second] = await batch([item, bob.item()]);
      assert.deepEqual(code(() => first.verified()), ["config", expected]);
      assert.equal(second.verified().userHandle, bob.user);
    }
  });

  test(`${name}: a list of another shape is refused whole`, async () => {
    const hostile = new Proxy([], { get() { throw new Error("get"); } });
    for (const wrong of [undefined, null, 7, "items", {}, alice.item(), [null], [alice.item(), 7], [undefined], hostile]) {
      await assert.rejects(async () => batch(wrong), (error) => error instanceof ConfigError && error.code === "argument_type_invalid");
    }
  });
}

test("outcomes keep the order of the items, in groups of any number", async () => {
  for (const length of [1, 127, 128, 129, 255, 256, 257, 384]) {
    const kinds = [alice.item(), bob.item(), alice.item({ response: "{}" }), { ...bob.item(), response: null }, alice.item({ record: 7 })];
    // The wrong kinds fill a group of their own, too.
    const kind = (index) => (index >= 128 && index < 256 ? 2 + (index % 3) : index % 5);
    for (const [, batch] of FORMS) {
      const outcomes = await batch(Array.from({ length }, (_, index) => kinds[kind(index)]));
      assert.equal(outcomes.length, length);
      outcomes.forEach((outcome, index) => {
        const wrong = { 2: "response_malformed", 3: "input_malformed", 4: "argument_type_invalid" }[kind(index)];
        if (wrong) assert.throws(() => outcome.verified(), { code: wrong }, `${index} of ${length}`);
        else assert.equal(outcome.verified().userHandle, [alice, bob][kind(index)].user, `${index} of ${length}`);
      });
    }
  }
});

test("what a client writes is nobody else's outcome", async () => {
  // Mallory signs in validly, and her unsigned extension results hold what looks like Bob's outcome between line feeds.
  const mallory = await person();
  const answer = JSON.stringify({
    credentialId: bob.response.id, userHandle: bob.user, flags: 29, userVerified: true, backupEligible: true, backedUp: true, counter: 7,
    counterRegressed: false, attachment: null, extensions: { raw: { authenticator: null, client: null } }, next: bob.record.toText(),
    uvNext: null, evidence: { kind: "synced_passkey", userVerified: true },
  });
  const spaced = ["\n", "\r\n", "\n\n", " "].map((space) => `{"a":${space}${answer}${space},"b":1}`);
  const quoted = ["\n", ",", "],["].map((mark) => JSON.stringify({ a: `"${mark}${answer}${mark}"` }));
  for (const results of [...spaced, ...quoted]) {
    const response = JSON.stringify({ ...mallory.response, clientExtensionResults: 0 })
      .replace('"clientExtensionResults":0', () => `"clientExtensionResults":${results}`);
    const stolen = { ...bob.response, response: { ...bob.response.response, signature: "AAAA" } };
    for (const [, batch] of FORMS) {
      const outcomes = await batch([mallory.item({ response }), bob.item({ response: stolen }), alice.item()]);
      assert.equal(outcomes[0].verified().userHandle, mallory.user);
      assert.throws(() => outcomes[1].verified(), VerificationError);
      assert.equal(outcomes[2].verified().userHandle, alice.user);
    }
  }
});

test("an outcome says nothing until it is asked, and holds one proof", () => {
  const [good, bad] = verifyAuthentications([alice.item(), alice.item({ response: "{}" })]);
  for (const outcome of [good, bad]) {
    assert.ok(Object.isFrozen(outcome));
    assert.deepEqual([Object.keys(outcome), JSON.stringify(outcome), inspect(outcome)], [[], "{}", "Outcome()"]);
    assert.deepEqual(Object.getOwnPropertyNames(Object.getPrototypeOf(outcome)).sort(), ["constructor", "verified"]);
    assert.throws(() => new outcome.constructor(), ConfigError);
  }
  assert.equal(good.verified(), good.verified());
  assert.equal(good.verified().commit(1).method, "webauthn");
  assert.throws(() => good.verified().commit(1), { code: "state_conflict" });
  for (let turn = 0; turn < 2; turn += 1) assert.throws(() => bad.verified(), { code: "response_malformed" });
});

test("the event loop is free while a batch is verified, where there are threads", async () => {
  const items = Array.from({ length: 1000 }, () => alice.item({ response: JSON.stringify(alice.response) }));
  let timers = 0;
  const timer = setInterval(() => { timers += 1; }, 1);
  const outcomes = await verifyAuthenticationsAsync(items);
  clearInterval(timer);
  assert.equal(outcomes[999].verified().userHandle, alice.user);
  if (THREADS) assert.ok(timers > 1, `${timers} timers`);
  else assert.equal(timers, 0);
});

test("arguments are read before the call returns, and prepared keys are held until it ends", async () => {
  const prepared = alice.record.prepare();
  const response = new TextEncoder().encode(JSON.stringify(alice.response));
  const items = [alice.item({ prepared, response })];
  const waiting = verifyAuthenticationsAsync(items);
  response.fill(0);
  items.length = 0;
  assert.equal((await waiting)[0].verified().userHandle, alice.user);
});
