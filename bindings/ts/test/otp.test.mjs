// One-time passwords, used as a login uses them.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { inspect } from "node:util";
import {
  ConfigError, Hotp, MalformedError, PendingTotp, Totp, VerificationError, generateSecret, isEvidence, qrSvg,
} from "mfakit";

// RFC 4226 appendix D and RFC 6238 appendix B use the ASCII digits 1 to 0, over and over, as the key.
const KEY = (bytes) => Buffer.from("1234567890".repeat(7).slice(0, bytes));
const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

const rejects = (code, call) => assert.throws(call, (error) => error instanceof VerificationError && error.code === code);
const misuse = (code, call) => assert.throws(call, (error) => error instanceof ConfigError && error.code === code);

test("HOTP gives the values of RFC 4226 appendix D", () => {
  const hotp = new Hotp(SECRET);
  const codes = Array.from({ length: 10 }, (_, counter) => hotp.codeAt(counter));
  assert.deepEqual(codes, [
    "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
  ]);
});

test("TOTP gives the values of RFC 6238 appendix B", () => {
  const TIMES = [59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000];
  const CODES = {
    SHA1: [20, "94287082", "07081804", "14050471", "89005924", "69279037", "65353130"],
    SHA256: [32, "46119246", "68084774", "67062674", "91819424", "90698825", "77737706"],
    SHA512: [64, "90693936", "25091201", "99943326", "93441116", "38618901", "47863826"],
  };
  for (const [algorithm, [bytes, ...codes]] of Object.entries(CODES)) {
    const totp = Totp.fromKey(KEY(bytes), { algorithm, digits: 8 });
    assert.deepEqual(TIMES.map((time) => totp.codeAt(time)), codes, algorithm);
  }
});

test("raw bytes, text, and text in any dress are one secret", () => {
  const code = new Totp(SECRET).codeAt(59);
  assert.equal(Totp.fromKey(KEY(20)).codeAt(59), code);
  assert.equal(Totp.fromKey(Uint8Array.from(KEY(20)).buffer).codeAt(59), code);
  assert.equal(new Totp("gezd gnbv gy3t qojq gezd gnbv gy3t qojq").codeAt(59), code);
});

test("fromKey takes every length that is not a whole number of base32 groups", () => {
  for (let length = 16; length <= 64; length += 1) {
    const raw = Buffer.from(Array.from({ length }, (_, index) => (index * 37 + length) & 255));
    assert.equal(Totp.fromKey(raw).codeAt(59), new Totp(base32(raw)).codeAt(59), `${length} bytes`);
  }
});

test("a login stores the step and a replay dies", () => {
  const totp = new Totp(generateSecret());
  const account = { lastStep: null };
  const now = 1_700_000_000;

  const signIn = (code, moment) => {
    const verified = totp.verify(code, { lastStep: account.lastStep, now: moment });
    const { prev, next } = verified.transition;
    const rows = account.lastStep === prev ? ((account.lastStep = next), 1) : 0;
    return verified.commit(rows);
  };

  const code = totp.codeAt(now);
  const evidence = signIn(code, now);
  assert.ok(isEvidence(evidence));
  assert.deepEqual({ ...evidence }, { method: "totp", kind: "totp", userVerified: false });
  assert.equal(account.lastStep, Math.floor(now / 30));

  rejects("otp_replayed", () => signIn(code, now));
  assert.ok(isEvidence(signIn(totp.codeAt(now + 30), now + 30)));
});

test("two logins with one code: the compare-and-set lets one through", () => {
  const totp = new Totp(SECRET);
  const code = totp.codeAt(59);
  const first = totp.verify(code, { lastStep: null, now: 59 });
  const second = totp.verify(code, { lastStep: null, now: 59 });
  assert.ok(isEvidence(first.commit(1)));
  rejects("state_conflict", () => second.commit(0));
});

test("commit takes exactly one row", () => {
  const verified = () => new Totp(SECRET).verify("287082", { lastStep: null, now: 59 });
  assert.ok(isEvidence(verified().commit(1)));
  assert.ok(isEvidence(verified().commit(1n)));
  for (const rows of [0, 2, -1, 1.5, NaN, 0n, 2n]) rejects("state_conflict", () => verified().commit(rows));
  // A driver that gives no number is the program's mistake, not a lost race.
  for (const rows of [true, "1", null, undefined, [1], { changes: 1 }, { valueOf: () => 1 }]) {
    misuse("argument_type_invalid", () => verified().commit(rows));
  }
});

test("a proof is committed once, whatever came of it", () => {
  for (const rows of [0, 1]) {
    const verified = new Totp(SECRET).verify("287082", { lastStep: null, now: 59 });
    if (rows === 1) verified.commit(1);
    else rejects("state_conflict", () => verified.commit(0));
    rejects("state_conflict", () => verified.commit(1));
  }
});

test("the code that confirms an enrolment does not sign in", () => {
  const totp = new Totp(SECRET);
  const now = 1_700_000_000;
  const confirmed = totp.confirm(totp.codeAt(now), { now });
  assert.equal(confirmed.transition.prev, null);
  confirmed.commit(1);
  rejects("otp_replayed", () => totp.verify(totp.codeAt(now), { lastStep: confirmed.step, now }));
});

test("the window is what the caller says, one step a side by default", () => {
  const totp = new Totp(SECRET);
  const now = 1_700_000_000;
  const drifts = (options) => Array.from({ length: 9 }, (_, index) => index - 4).filter((drift) => {
    try {
      return totp.verify(totp.codeAt(now + 30 * drift), { lastStep: null, now, ...options }).drift === drift;
    } catch (error) {
      assert.equal(error.code, "otp_rejected");
      return false;
    }
  });
  assert.deepEqual(drifts({}), [-1, 0, 1]);
  assert.deepEqual(drifts({ past: 0, future: 0 }), [0]);
  assert.deepEqual(drifts({ past: 3, future: 2 }), [-3, -2, -1, 0, 1, 2]);
  misuse("window_too_large", () => totp.verify("000000", { lastStep: null, now, past: 11 }));
});

test("the strict preset is one step of 30 seconds and cannot be widened", () => {
  const totp = new Totp(SECRET, { preset: "strict" });
  const now = 1_700_000_000;
  const verify = (steps, options) => totp.verify(totp.codeAt(now + 30 * steps), { lastStep: null, now, ...options });
  assert.equal(verify(0).drift, 0);
  for (const steps of [-1, 1]) rejects("otp_rejected", () => verify(steps));
  rejects("otp_rejected", () => totp.confirm(totp.codeAt(now + 30), { now }));
  assert.equal(verify(0, { past: 0, future: 0 }).drift, 0);
  for (const wide of [{ past: 1 }, { future: 1 }, { past: 1, future: 1 }]) misuse("guess_budget_exceeded", () => verify(0, wide));
  for (const period of [31, 60]) misuse("guess_budget_exceeded", () => new Totp(SECRET, { preset: "strict", period }));
  assert.equal(Totp.fromKey(KEY(20), { preset: "strict", period: 15 }).period, 15);
  assert.equal(new Totp(SECRET, { preset: "usual", period: 60 }).period, 60);
  misuse("argument_value_invalid", () => new Totp(SECRET, { preset: "lenient" }));
});

test("the window follows a clock that is known to drift, and never leaves ten steps", () => {
  const totp = new Totp(SECRET);
  const now = 1_700_000_000;
  const accepted = (options) => Array.from({ length: 25 }, (_, index) => index - 12).filter((steps) => {
    try {
      return totp.verify(totp.codeAt(now + 30 * steps), { lastStep: null, now, ...options }).drift === steps;
    } catch (error) {
      assert.equal(error.code, "otp_rejected");
      return false;
    }
  });
  assert.deepEqual(accepted({ drift: 0 }), [-1, 0, 1]);
  assert.deepEqual(accepted({ drift: 4 }), [3, 4, 5]);
  assert.deepEqual(accepted({ drift: -4, past: 0 }), [-4, -3]);
  assert.deepEqual(accepted({ drift: 10 }), [8, 9, 10]);
  assert.deepEqual(accepted({ drift: -10, past: 2 }), [-10, -9, -8, -7]);
  for (const drift of [-11, 11, 2 ** 40]) misuse("window_too_large", () => totp.verify("000000", { lastStep: null, now, drift }));
});

test("Steam's codes are five symbols of its own alphabet", () => {
  const steam = Totp.steam("GEZDGNBV");
  assert.deepEqual([steam.algorithm, steam.digits, steam.period], ["SHA1", 5, 30]);
  for (const time of [0, 59, 1_111_111_111, 2_000_000_000, 20_000_000_000]) {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(time / 30)));
    const mac = createHmac("sha1", Buffer.from("12345")).update(counter).digest();
    let value = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
    let expected = "";
    for (; expected.length < 5; value = Math.floor(value / 26)) expected += "23456789BCDFGHJKMNPQRTVWXY"[value % 26];
    assert.equal(steam.codeAt(time), expected);
    assert.equal(steam.verify(expected.toLowerCase(), { lastStep: null, now: time }).step, Math.floor(time / 30));
  }
  for (const code of ["12345", "23456A", "2345", "23456", "BCDF0"]) {
    rejects(code === "23456" ? "otp_rejected" : "otp_malformed", () => steam.verify(code, { lastStep: null, now: 59 }));
  }
  misuse("argument_type_invalid", () => Totp.steam(KEY(20)));
  misuse("secret_malformed", () => Totp.steam("1"));
  misuse("secret_too_short", () => Totp.steam(""));
});

test("the form of a code is checked before anything is charged", () => {
  const checks = [new Totp(SECRET), new PendingTotp(SECRET), new Hotp(SECRET)].map((otp) => otp.checkCode.bind(otp));
  for (const check of checks) {
    for (const good of ["000000", "123 456", "-1-2-3-4-5-6-"]) assert.equal(check(good), undefined);
    for (const bad of ["", "12345", "1234567", "12345x", "\uff11\uff12\uff13\uff14\uff15\uff16"]) {
      assert.throws(() => check(bad), (error) => error instanceof MalformedError && error.code === "otp_malformed");
    }
    rejects("input_malformed", () => check(123456));
  }
  assert.equal(new Totp(SECRET, { digits: 8 }).checkCode("12345678"), undefined);
  assert.equal(Hotp.tenDigits(SECRET).checkCode("1234567890"), undefined);
  assert.equal(Totp.steam(SECRET).checkCode("bcdfg"), undefined);
});

test("an authenticator tells its parameters, and its secret to who asks for it", () => {
  const totp = Totp.fromKey(KEY(32), { algorithm: "SHA256", digits: 8, period: 60 });
  assert.deepEqual([totp.algorithm, totp.digits, totp.period], ["SHA256", 8, 60]);
  assert.equal(totp.exposeSecret(), base32(KEY(32)));
  assert.equal(new Totp("gezd gnbv-gy3t qojq gezd gnbv gy3t qojq").exposeSecret(), SECRET);
  assert.equal(Totp.dangerLegacy("gezdgnbv").exposeSecret(), "GEZDGNBV");
  const hotp = new Hotp(SECRET, { algorithm: "SHA512", digits: 7 });
  assert.deepEqual([hotp.algorithm, hotp.digits, hotp.exposeSecret()], ["SHA512", 7, SECRET]);
  assert.equal(Hotp.tenDigits(SECRET).digits, 10);
  for (const name of ["algorithm", "digits", "period"]) assert.throws(() => { totp[name] = 6; }, TypeError);
  for (const otp of [totp, hotp, new PendingTotp(SECRET), Totp.steam(SECRET)]) {
    const shown = inspect(otp, { showHidden: true, depth: 9, getters: true }) + JSON.stringify(otp) + String(otp) + Object.entries(otp);
    assert.ok(!shown.includes("GEZD") && JSON.stringify(otp) === "{}", shown);
  }
});

test("an enrolment is over when its first code is confirmed, and until then the old secret signs in", () => {
  const now = 1_800_000_000;
  const row = { secret: SECRET, lastStep: 7, pending: null };
  const begun = PendingTotp.generate({ digits: 8 });
  row.pending = begun.exposeSecret();
  assert.match(row.pending, /^[A-Z2-7]{32}$/);
  assert.equal(new URL(begun.uri({ issuer: "Example", account: "ada" })).searchParams.get("secret"), row.pending);

  const pending = new PendingTotp(row.pending, { digits: 8 });
  assert.deepEqual(["verify", "codeAt"].map((name) => name in pending), [false, false]);
  const live = new Totp(row.secret);
  const next = new Totp(row.pending, { digits: 8 });
  rejects("otp_malformed", () => pending.confirm(live.codeAt(now), { now }));
  rejects("otp_rejected", () => pending.confirm(next.codeAt(now + 300), { now }));
  assert.equal(live.verify(live.codeAt(now), { lastStep: row.lastStep, now }).drift, 0);

  const typed = next.codeAt(now);
  const confirmed = pending.confirm(typed, { now });
  assert.equal(confirmed.transition.prev, null);
  Object.assign(row, { secret: row.pending, lastStep: confirmed.transition.next, pending: null });
  assert.equal(confirmed.commit(1), undefined, "an enrolment is no sign-in");
  rejects("state_conflict", () => confirmed.commit(1));
  rejects("state_conflict", () => pending.confirm(typed, { now }).commit(0));
  rejects("otp_replayed", () => next.verify(typed, { lastStep: row.lastStep, now }));
  assert.equal(next.verify(next.codeAt(now + 30), { lastStep: row.lastStep, now: now + 30 }).drift, 0);
  assert.throws(() => new PendingTotp(KEY(20)), /PendingTotp takes base32 text/);
  misuse("secret_too_short", () => new PendingTotp("GEZDGNBV"));
  misuse("period_invalid", () => PendingTotp.generate({ period: 0 }));
  misuse("argument_value_invalid", () => PendingTotp.generate({ digit: 6 }));
});

test("a typed code may have spaces and hyphens, and no other company", () => {
  const totp = new Totp(SECRET);
  const verify = (code) => totp.verify(code, { lastStep: null, now: 59 });
  assert.equal(verify("287 082").step, 1);
  assert.equal(verify(" 287-082 ").step, 1);
  for (const code of ["", "28708", "2870820", "287082x", "287082\n", "２８７０８２", "0x4616a", "+287082", "287.082"]) {
    rejects("otp_malformed", () => verify(code));
  }
  rejects("otp_rejected", () => verify("287083"));
});

test("an HOTP login moves the counter and never goes back", () => {
  const hotp = new Hotp(SECRET);
  const verified = hotp.verify("969429", { counter: 1 });
  assert.deepEqual({ ...verified }, { matchedCounter: 3, nextCounter: 4, transition: { prev: 1, next: 4 } });
  assert.deepEqual({ ...verified.commit(1) }, { method: "hotp", kind: "hotp", userVerified: false });
  rejects("otp_replayed", () => hotp.verify("969429", { counter: 4 }));
  rejects("otp_rejected", () => hotp.verify("755224", { counter: 4 }));
});

test("a token that ran ahead is found by two codes in a row", () => {
  const hotp = new Hotp(SECRET);
  const [first, second] = [hotp.codeAt(60), hotp.codeAt(61)];
  rejects("otp_rejected", () => hotp.verify(first, { counter: 1 }));
  const verified = hotp.resync(first, { second, counter: 1 });
  assert.deepEqual([verified.matchedCounter, verified.nextCounter], [60, 62]);
  rejects("otp_rejected", () => hotp.resync(first, { second: hotp.codeAt(62), counter: 1 }));
});

test("integers come back in the type they went in, and never rounded", () => {
  const hotp = new Hotp(SECRET);
  const BIG = 2n ** 63n;
  const verified = hotp.verify(hotp.codeAt(BIG + 2n), { counter: BIG });
  assert.deepEqual([verified.matchedCounter, verified.nextCounter, verified.transition.prev], [BIG + 2n, BIG + 3n, BIG]);
  assert.equal(JSON.parse(JSON.stringify(verified)).transition.next, "9223372036854775811");

  const totp = new Totp(SECRET);
  assert.equal(totp.verify("287082", { lastStep: 0n, now: 59 }).step, 1n);
  assert.equal(totp.verify("287082", { lastStep: 0, now: 59 }).step, 1);

  const EDGE = Number.MAX_SAFE_INTEGER;
  misuse("argument_value_invalid", () => hotp.verify(hotp.codeAt(EDGE), { counter: EDGE }));
  assert.equal(hotp.verify(hotp.codeAt(EDGE), { counter: BigInt(EDGE) }).nextCounter, BigInt(EDGE) + 1n);
  for (const counter of [-1, 0.5, 2 ** 53, NaN, Infinity, -1n, 2n ** 64n]) {
    misuse("argument_value_invalid", () => hotp.codeAt(counter));
  }
});

test("the last counter of all can be shown and never be used up", () => {
  const hotp = new Hotp(SECRET);
  const LAST = 2n ** 64n - 1n;
  rejects("otp_counter_exhausted", () => hotp.verify(hotp.codeAt(LAST), { counter: LAST, lookAhead: 0 }));
});

test("ten digits and short secrets exist by name only", () => {
  assert.equal(Hotp.tenDigits(SECRET).codeAt(0), "1284755224");
  misuse("digits_invalid", () => new Hotp(SECRET, { digits: 10 }));
  misuse("secret_too_short", () => new Totp("GEZDGNBVGY3TQOJQ"));
  misuse("secret_too_short", () => Totp.fromKey(KEY(10)));
  assert.match(Totp.dangerLegacy("GEZDGNBVGY3TQOJQ").codeAt(59), /^\d{6}$/);
  assert.match(Hotp.dangerLegacy("GEZDGNBVGY3TQOJQ").codeAt(59), /^\d{6}$/);
});

test("time is seconds or a Date", () => {
  const totp = new Totp(SECRET);
  assert.equal(totp.codeAt(59.999), "287082");
  assert.equal(totp.codeAt(new Date(59_999)), "287082");
  assert.equal(totp.verify(totp.codeAt(Date.now() / 1000), { lastStep: null }).drift, 0);
  for (const now of [NaN, Infinity, -1, -0.5, 1e11 + 1, Date.now() * 1000, true, "59", null, 59n, new Date(NaN), {}, []]) {
    misuse("time_invalid", () => totp.verify("287082", { lastStep: null, now }));
    misuse("time_invalid", () => totp.codeAt(now));
  }
});

test("what the host gets wrong is a ConfigError that names it", () => {
  const totp = new Totp(SECRET);
  misuse("argument_type_invalid", () => totp.verify("287082"));
  misuse("argument_type_invalid", () => totp.verify("287082", {}));
  misuse("argument_type_invalid", () => totp.verify("287082", { lastStep: "1" }));
  misuse("argument_type_invalid", () => totp.verify("287082", { lastStep: true }));
  misuse("argument_value_invalid", () => totp.verify("287082", { lastStep: null, last_step: 1 }));
  misuse("argument_type_invalid", () => new Totp(KEY(20)));
  assert.throws(() => new Totp(KEY(20)), /Totp\.fromKey/);
  assert.throws(() => totp.verify("287082", { lastStep: undefined }), /lastStep/);
  misuse("secret_malformed", () => new Totp("0189".repeat(8)));
  misuse("digits_invalid", () => new Totp(SECRET, { digits: 5 }));
  misuse("period_invalid", () => new Totp(SECRET, { period: 0 }));
  misuse("hash_algorithm_unknown", () => new Totp(SECRET, { algorithm: "MD5" }));
});

test("a polluted prototype sets no option", () => {
  Object.prototype.past = 10;
  Object.prototype.legacy = true;
  try {
    const totp = new Totp(SECRET);
    rejects("otp_rejected", () => totp.verify(totp.codeAt(1_700_000_000 - 300), { lastStep: null, now: 1_700_000_000 }));
    misuse("secret_too_short", () => new Totp("GEZDGNBVGY3TQOJQ"));
  } finally {
    delete Object.prototype.past;
    delete Object.prototype.legacy;
  }
});

test("secrets are random, base32, and in no property of the object that holds them", () => {
  const secrets = new Set(Array.from({ length: 50 }, () => generateSecret()));
  assert.equal(secrets.size, 50);
  for (const secret of secrets) assert.match(secret, /^[A-Z2-7]{32}$/);
  assert.equal(generateSecret(32).length, 52);
  misuse("secret_too_short", () => generateSecret(15));
  assert.equal(JSON.stringify(new Totp(SECRET)), "{}");
});

test("an enrolment is a URI that an app scans", () => {
  const uri = new Totp(SECRET).uri({ issuer: "Example & Sons", account: "ada@example.org" });
  const parsed = new URL(uri);
  assert.equal(parsed.protocol, "otpauth:");
  assert.equal(parsed.searchParams.get("secret"), SECRET);
  assert.equal(parsed.searchParams.get("issuer"), "Example & Sons");
  assert.match(qrSvg(uri), /^<svg [^]*<\/svg>\s*$/);
  misuse("otp_label_invalid", () => new Totp(SECRET).uri({ issuer: "a:b", account: "ada" }));
  const token = new URL(new Hotp(SECRET, { digits: 8 }).uri({ issuer: "Example", account: "ada", counter: 2n ** 64n - 1n }));
  assert.deepEqual([token.host, token.searchParams.get("counter"), token.searchParams.get("digits")], ["hotp", "18446744073709551615", "8"]);
  misuse("argument_type_invalid", () => new Hotp(SECRET).uri({ issuer: "Example", account: "ada" }));
  misuse("argument_value_invalid", () => new Hotp(SECRET).uri({ issuer: "Example", account: "ada", counter: -1 }));
});

function base32(bytes) {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits.match(/.{1,5}/g).map((five) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[parseInt(five.padEnd(5, "0"), 2)]).join("");
}
