// The forms that give a promise: the same results and the same errors, and in Node.js a free event loop meanwhile.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ConfigError, MalformedError, Peppers, RejectedError, generateRecoveryCodes, generateRecoveryCodesAsync, isEvidence, issueTemporaryCode,
  issueTemporaryCodeAsync, verifyRecoveryCode, verifyRecoveryCodeAsync, verifyTemporaryCode, verifyTemporaryCodeAsync,
} from "mfakit";

const THREADS = process.env.MFAKIT_BACKEND !== "wasm";
const NOW = 1_800_000_000;
const peppers = new Peppers({ a: new Uint8Array(32).fill(1) }, { current: "a" });
const delivered = { kind: "delivered", issuedBy: "sign-in", peppers, now: NOW };

const set = await generateRecoveryCodesAsync("ada", { count: 2, format: "typeable", peppers });
const stored = { userId: "ada", record: set.record, used: 0, peppers };

test("a typeable set is made and verified by promises", async () => {
  assert.match(set.record, /^\$mfakit-rc\$v=1,f=typeable,h=pbkdf2-sha256,i=600000,k=a\$/);
  const promise = verifyRecoveryCodeAsync(set.codes[1], stored);
  assert.ok(promise instanceof Promise);
  const verified = await promise;
  assert.deepEqual({ ...verified }, { bit: 2, remaining: 1, low: true, needsRegeneration: false, transition: { prev: 0, next: 2 } });
  assert.ok(Object.isFrozen(verified) && isEvidence(verified.commit(1)));
});

test("temporary codes are issued and verified by promises", async () => {
  const issued = await issueTemporaryCodeAsync("ada", { kind: "admin", issuedBy: "rosa", now: NOW });
  assert.equal(issued.audit.kind, "admin");
  const verified = await verifyTemporaryCodeAsync(issued.code, { userId: "ada", record: issued.transition.next, now: NOW });
  assert.equal(verified.commit(1).method, "admin_code");
});

test("a slow hash blocks the event loop where there is one thread, and nowhere else", async () => {
  let timers = 0;
  const timer = setInterval(() => { timers += 1; }, 1);
  const before = performance.eventLoopUtilization();
  await Promise.all([verifyRecoveryCodeAsync(set.codes[0], stored), verifyRecoveryCodeAsync(set.codes[1], stored)]);
  const [fired, { utilization }] = [timers, performance.eventLoopUtilization(before)];
  clearInterval(timer);
  // The share of the time in which this thread was busy: next to nothing while others compute, all of it otherwise.
  if (THREADS) assert.ok(fired > 1 && utilization < 0.5, `${fired} timers, ${utilization} busy`);
  else assert.equal(fired, 0);
});

test("many calls at once get their own answers", async () => {
  const issued = await Promise.all(Array.from({ length: 40 }, (_, index) =>
    issueTemporaryCodeAsync(`user-${index}`, { ...delivered, digits: 6 + (index % 3) })));
  const outcomes = await Promise.allSettled(issued.flatMap(({ code, transition: { next: record } }, index) => [
    verifyTemporaryCodeAsync(code, { userId: `user-${index}`, record, peppers, now: NOW }),
    verifyTemporaryCodeAsync(code, { userId: `user-${index + 1}`, record, peppers, now: NOW }),
  ]));
  outcomes.forEach(({ value, reason }, index) => {
    if (index % 2 === 0) assert.equal(value.transition.prev, issued[index / 2].transition.next);
    else assert.equal(reason.code, "temporary_code_rejected");
  });
});

test("arguments are read before the call returns", async () => {
  const { code, transition: { next: record } } = issueTemporaryCode("ada", delivered);
  const options = { userId: "ada", record, peppers, now: NOW };
  const promise = verifyTemporaryCodeAsync(code, options);
  Object.assign(options, { userId: "eve", record: "x", now: NaN });
  assert.equal((await promise).transition.prev, record);
});

const full = generateRecoveryCodes("ada", { count: 1 });
const issued = issueTemporaryCode("ada", delivered);
const recovery = { userId: "ada", record: full.record, used: 0 };
const temporary = { userId: "ada", record: issued.transition.next, peppers, now: NOW };
const FAILURES = [
  // The two forms of a call, its arguments, and how both fail.
  [verifyRecoveryCode, verifyRecoveryCodeAsync, ["x", recovery], MalformedError, "recovery_code_malformed"],
  [verifyRecoveryCode, verifyRecoveryCodeAsync, [null, recovery], MalformedError, "input_malformed"],
  [verifyRecoveryCode, verifyRecoveryCodeAsync, [full.codes[0], { ...recovery, used: 1 }], RejectedError, "recovery_code_rejected"],
  [verifyRecoveryCode, verifyRecoveryCodeAsync, [full.codes[0], { ...recovery, record: "x" }], ConfigError, "record_corrupt"],
  [verifyRecoveryCode, verifyRecoveryCodeAsync, [full.codes[0], { ...recovery, used: "0" }], ConfigError, "argument_type_invalid"],
  [verifyRecoveryCode, verifyRecoveryCodeAsync, [full.codes[0]], ConfigError, "argument_type_invalid"],
  [generateRecoveryCodes, generateRecoveryCodesAsync, [5], ConfigError, "argument_type_invalid"],
  [generateRecoveryCodes, generateRecoveryCodesAsync, ["ada", { count: 32 }], ConfigError, "argument_value_invalid"],
  [generateRecoveryCodes, generateRecoveryCodesAsync, ["ada", { format: "short" }], ConfigError, "argument_value_invalid"],
  [issueTemporaryCode, issueTemporaryCodeAsync, ["ada", { ...delivered, peppers: undefined }], ConfigError, "pepper_required"],
  [issueTemporaryCode, issueTemporaryCodeAsync, ["ada", { ...delivered, now: -1 }], ConfigError, "time_invalid"],
  [verifyTemporaryCode, verifyTemporaryCodeAsync, [undefined, temporary], MalformedError, "input_malformed"],
  [verifyTemporaryCode, verifyTemporaryCodeAsync, [issued.code], ConfigError, "argument_type_invalid"],
  [verifyTemporaryCode, verifyTemporaryCodeAsync, ["12345", temporary], MalformedError, "temporary_code_malformed"],
  [verifyTemporaryCode, verifyTemporaryCodeAsync, [issued.code, { ...temporary, now: 0 }], RejectedError, "temporary_code_rejected"],
  [verifyTemporaryCode, verifyTemporaryCodeAsync, [issued.code, { ...temporary, peppers: undefined }], ConfigError, "pepper_unknown"],
];

for (const [sync, async, args, type, code] of FAILURES) {
  test(`${async.name} rejects with ${code} where ${sync.name} throws it`, async () => {
    const expected = (error) => error instanceof type && error.code === code;
    assert.throws(() => sync(...args), expected);
    let promise;
    assert.doesNotThrow(() => { promise = async(...args); });
    await assert.rejects(promise, expected);
  });
}
