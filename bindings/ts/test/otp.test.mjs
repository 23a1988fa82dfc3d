// One-time passwords, used as a login uses them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError, Hotp, RejectedError, Totp, VerificationError, generateSecret, isEvidence, qrSvg } from "mfakit";

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
  assert.deepEqual({ ...evidence }, { method: "totp", userVerified: false });
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
  assert.deepEqual({ ...verified.commit(1) }, { method: "hotp", userVerified: false });
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
});

function base32(bytes) {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits.match(/.{1,5}/g).map((five) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[parseInt(five.padEnd(5, "0"), 2)]).join("");
}
