// The throttle, as a login uses it: charge, verify, succeed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError, RejectedError, Throttle, Totp, guessOdds, isEvidence } from "mfakit";

const rejects = (code, call) => assert.throws(call, (error) => error instanceof RejectedError && error.code === code);
const misuse = (code, call) => assert.throws(call, (error) => error instanceof ConfigError && error.code === code);

const NOW = 1_800_000_000;
const state = (failures, time = NOW) => `$mfakit-throttle$v=1$${failures}$${time}`;
const errorOf = (call) => {
  try {
    return call();
  } catch (error) {
    return error;
  }
};

test("five guesses at once, then waits that double up to an hour, and a hundred in all", () => {
  const throttle = new Throttle();
  let [stored, now] = [null, NOW];
  const waits = [];
  for (let failures = 0; failures < 100; failures += 1) {
    const at = throttle.retryAt(stored, { now });
    waits.push((at ?? now) - now);
    if (at !== null) {
      assert.equal(errorOf(() => throttle.charge(stored, { now: at - 1 })).publicCode, "retry");
      now = at;
      assert.equal(throttle.retryAt(stored, { now }), null);
    }
    const { prev, next } = throttle.charge(stored, { now });
    assert.equal(prev, stored);
    assert.equal(next, state(failures + 1, now));
    stored = next;
  }
  assert.deepEqual(waits.slice(0, 14), [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
  assert.equal(Math.max(...waits), 3600);
  for (const call of [() => throttle.charge(stored, { now: 1e11 }), () => throttle.retryAt(stored, { now: 1e11 })]) {
    assert.equal(errorOf(call).publicCode, "locked");
    rejects("throttle_disabled", call);
  }
});

test("success clears the failures, and nothing else does", () => {
  const throttle = new Throttle();
  assert.deepEqual({ ...throttle.succeed(state(7)) }, { prev: state(7), next: state(0) });
  assert.deepEqual({ ...throttle.succeed(null) }, { prev: null, next: state(0, 0) });
  rejects("throttle_wait", () => throttle.charge(state(7), { now: NOW + 119 }));
  assert.equal(throttle.charge(throttle.succeed(state(7)).next, { now: NOW }).next, state(1));
});

test("a refund gives back what was no guess", () => {
  const throttle = new Throttle();
  const totp = new Totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  const verify = (code, lastStep = null) => errorOf(() => totp.verify(code, { lastStep, now: 59 }));
  assert.equal(throttle.refund(state(3), verify("000000")).next, state(3));
  assert.equal(throttle.refund(state(3), verify("0")).next, state(2));
  // Nothing was charged, so nothing is given back: a disabled method stays so.
  for (const failures of [9, 100]) {
    const refused = errorOf(() => throttle.charge(state(failures), { now: NOW }));
    assert.equal(throttle.refund(state(failures), refused).next, state(failures));
  }
  assert.deepEqual({ ...throttle.refund(null, verify("0")) }, { prev: null, next: state(0, 0) });
  for (const error of [undefined, null, 91, "otp_rejected", new Error("x"), { number: 91 }, { code: "otp_rejected", number: 91 }]) {
    misuse("argument_type_invalid", () => throttle.refund(state(3), error));
  }
});

test("the limits are what the caller says", () => {
  const throttle = new Throttle({ maxFailures: 3, freeFailures: 0, delay: 1, maxDelay: 1 });
  assert.equal(throttle.charge(null, { now: 1 }).next, state(1, 1));
  assert.equal(throttle.retryAt(state(1)), NOW + 1 > Date.now() / 1000 ? NOW + 1 : null);
  rejects("throttle_wait", () => throttle.charge(state(2), { now: NOW }));
  assert.equal(throttle.charge(state(2), { now: NOW + 1 }).next, state(3, NOW + 1));
  rejects("throttle_disabled", () => throttle.charge(state(3), { now: NOW + 1 }));
  for (const options of [{ maxFailures: 0 }, { maxFailures: 101 }, { maxFailures: 5 }, { freeFailures: 100 }, { delay: 0 }, { delay: 3601 },
    { maxDelay: 86_401 }, { maxDelay: 0 }, { maxFailures: -1 }, { delay: 0.5 }, { delay: NaN }, { maxDelay: 2 ** 53 }, { max_failures: 5 }]) {
    misuse("argument_value_invalid", () => new Throttle(options));
  }
  for (const options of [null, 5, { delay: 30n }, { delay: "30" }, { maxFailures: null }, { maxFailures: true }]) {
    misuse("argument_type_invalid", () => new Throttle(options));
  }
  assert.ok(Object.isFrozen(throttle) && Object.isFrozen(throttle.charge(null)));
});

test("the odds of a guesser are one minus those of failing every time", () => {
  for (const [digits, window, attempts] of [[6, 3, 100], [6, 1, 1], [8, 21, 100], [7, 101, 10_000], [1, 1, 22], [10, 1000, 5]]) {
    const expected = -Math.expm1(attempts * Math.log1p(-window / 10 ** digits));
    const odds = guessOdds({ digits, window, attempts });
    assert.ok(Math.abs(odds - expected) <= 1e-12 * expected, `${digits} ${window} ${attempts}: ${odds}, not ${expected}`);
  }
  assert.deepEqual([guessOdds({ digits: 6, window: 3, attempts: 0 }), guessOdds({ digits: 1, window: 10, attempts: 1 })], [0, 1]);
});

test("limits that let a guesser in more often than the budget says are refused", () => {
  const fits = (options) => {
    try {
      return new Throttle(options) instanceof Throttle;
    } catch (error) {
      assert.equal(error.code, "guess_budget_exceeded");
      assert.ok(error instanceof ConfigError);
      return false;
    }
  };
  for (const [budget, odds] of [["usual", 1e-3], ["strict", 1e-4]]) {
    for (const digits of [4, 6, 7, 8]) {
      for (const window of [1, 2, 3, 10, 11, 21, 101]) {
        for (const maxFailures of [10, 30, 34, 100]) {
          const options = { digits, window, maxFailures, budget };
          assert.equal(fits(options), guessOdds({ digits, window, attempts: maxFailures }) <= odds, JSON.stringify(options));
        }
      }
    }
  }
  assert.ok(fits({}) && fits({ budget: "usual" }) && !fits({ budget: "strict" }) && fits({ budget: "strict", maxFailures: 33 }));
  misuse("argument_value_invalid", () => new Throttle({ budget: "lenient" }));
});

test("a stored state that nobody wrote is a ConfigError", () => {
  const throttle = new Throttle();
  const calls = (stored) => [
    () => throttle.charge(stored, { now: NOW }), () => throttle.succeed(stored), () => throttle.retryAt(stored, { now: NOW }),
    () => throttle.refund(stored, new RejectedError("otp_rejected")),
  ];
  const each = (code, stored) => calls(stored).forEach((call) => misuse(code, call));
  for (const stored of ["", "{}", state(-1), state(101), state("01"), state(1, "x"), `${state(1)}$`, ` ${state(1)}`, state(1, "\u0661"),
    state(1, "9".repeat(30)), "x".repeat(1_000_000)]) {
    each("state_malformed", stored);
  }
  each("record_version_unknown", state(1).replace("v=1", "v=2"));
  for (const stored of [undefined, 0, 5n, true, {}, [], new String(state(1)), "\ud800"]) each("argument_type_invalid", stored);
  for (const now of [NaN, -1, 1e12, "0", null]) misuse("time_invalid", () => throttle.charge(null, { now }));
});

test("64 guesses at once share one count: five are verified, whatever was right among the rest", async () => {
  const throttle = new Throttle();
  const totp = new Totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  const row = { throttle: null, lastStep: null };
  let verified = 0;
  const tick = () => new Promise(setImmediate);
  const store = async (column, { prev, next }) => {
    await tick();
    return row[column] === prev ? ((row[column] = next), 1) : 0;
  };
  const charge = async () => {
    for (;;) {
      const read = row.throttle;
      await tick();
      const transition = throttle.charge(read, { now: NOW });
      if ((await store("throttle", transition)) === 1) return;
    }
  };
  const guess = async (code) => {
    await charge();
    verified += 1;
    const proof = totp.verify(code, { lastStep: row.lastStep, now: NOW });
    return proof.commit(await store("lastStep", proof.transition));
  };
  const right = totp.codeAt(NOW);
  const wrong = (index) => String((Number(right) + 1 + index * 7919) % 1_000_000).padStart(6, "0");
  const guesses = Array.from({ length: 64 }, (_, index) => (index === 63 ? right : wrong(index)));
  const outcomes = await Promise.allSettled(guesses.map(guess));
  assert.equal(verified, 5);
  assert.equal(outcomes.filter(({ value }) => isEvidence(value)).length, 0);
  const codes = outcomes.map(({ reason }) => reason.code);
  assert.deepEqual([...new Set(codes)].sort(), ["otp_rejected", "throttle_wait"]);
  assert.equal(codes.filter((code) => code === "throttle_wait").length, 59);
  assert.equal(row.throttle, state(5));
});
