// Imports: otpauth URIs that other services wrote, and what Google Authenticator exports.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { Hotp, Totp, VerificationError, generateSecret, parseOtpauth, parseOtpauthMigration } from "mfakit";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const rejects = (code, call) => assert.throws(call, (error) => error instanceof VerificationError && error.code === code);
const uri = (rest, type = "totp", label = "Example:ada") => `otpauth://${type}/${label}?secret=${SECRET}${rest}`;

test("a URI gives the authenticator, who issued it, and what is odd about it", () => {
  const read = parseOtpauth(uri("&issuer=Example&algorithm=sha-256&digits=8&period=60&image=x", "totp", "Other%20Ltd:ada%40example.org"));
  const { otp, ...rest } = read;
  assert.deepEqual(rest, {
    issuer: "Example", account: "ada@example.org", counter: null, migration: null,
    warnings: ["issuer_mismatch", "non_default_algorithm", "unknown_parameter", "app_may_ignore_period"],
  });
  assert.ok(otp instanceof Totp);
  assert.deepEqual([otp.algorithm, otp.digits, otp.period, otp.exposeSecret()], ["SHA256", 8, 60, SECRET]);
  assert.equal(otp.codeAt(59), new Totp(SECRET, { algorithm: "SHA256", digits: 8, period: 60 }).codeAt(59));
  assert.ok(Object.isFrozen(read) && Object.isFrozen(read.warnings));
  const plain = parseOtpauth(uri("", "totp", "ada"));
  assert.deepEqual([plain.issuer, plain.account, plain.warnings], [null, "ada", []]);
});

test("what prints or serialises an import shows no secret", () => {
  const read = parseOtpauth(uri("&issuer=Example"));
  const shown = inspect(read, { showHidden: true, depth: 9, getters: true }) + JSON.stringify(read) + JSON.stringify({ ...read });
  assert.ok(shown.includes("Example") && !shown.includes("GEZD"), shown);
});

test("a counter is a number as long as that is exact", () => {
  const read = (counter) => parseOtpauth(uri(`&counter=${counter}`, "hotp"));
  assert.ok(read(0).otp instanceof Hotp);
  assert.equal(read(0).otp.codeAt(0), "755224");
  assert.equal(read(Number.MAX_SAFE_INTEGER).counter, Number.MAX_SAFE_INTEGER);
  assert.equal(read(2n ** 53n).counter, 2n ** 53n);
  assert.equal(JSON.parse(JSON.stringify(read(2n ** 63n))).counter, String(2n ** 63n));
  rejects("otpauth_parameter_invalid", () => read(-1));
  rejects("otpauth_parameter_invalid", () => read(""));
  rejects("otpauth_parameter_invalid", () => parseOtpauth(uri("", "hotp")));
});

test("short secrets, ten digits and Steam are imported, whatever a constructor says to them", () => {
  const short = parseOtpauth("otpauth://totp/ada?secret=gezd-gnbv");
  assert.deepEqual([short.warnings, short.otp.exposeSecret()], [["short_secret"], "GEZDGNBV"]);
  assert.equal(short.otp.codeAt(59), Totp.dangerLegacy("GEZDGNBV").codeAt(59));
  const ten = parseOtpauth(uri("&counter=0&digits=10", "hotp"));
  assert.deepEqual([ten.otp.digits, ten.otp.codeAt(0)], [10, "1284755224"]);
  for (const text of ["otpauth://steam/Steam:ada?secret=GEZDGNBV", "otpauth://totp/Steam:ada?secret=GEZDGNBV&encoder=steam"]) {
    const { otp } = parseOtpauth(text);
    assert.deepEqual([otp.digits, otp.codeAt(59)], [5, Totp.steam("GEZDGNBV").codeAt(59)]);
  }
});

test("a ten-digit token with a short secret", () => {
  const { otp, warnings } = parseOtpauth("otpauth://hotp/ada?secret=GEZDGNBV&counter=0&digits=10");
  assert.deepEqual([otp.digits, otp.codeAt(0).length, otp.exposeSecret(), warnings], [10, 10, "GEZDGNBV", ["short_secret"]]);
});

test("what this package writes, it reads", () => {
  for (let round = 0; round < 20; round += 1) {
    const options = { algorithm: ["SHA1", "SHA256", "SHA512"][round % 3], digits: 6 + (round % 3), period: 15 * (1 + (round % 4)) };
    const label = { issuer: "Ex & ample, 100 % \u20ac", account: `ada+${round}@example.org` };
    const totp = new Totp(generateSecret(), options);
    const read = parseOtpauth(totp.uri(label));
    assert.deepEqual([read.issuer, read.account, read.otp.exposeSecret()], [label.issuer, label.account, totp.exposeSecret()]);
    assert.deepEqual([read.otp.algorithm, read.otp.digits, read.otp.period], [totp.algorithm, totp.digits, totp.period]);
    const hotp = new Hotp(generateSecret(), { algorithm: options.algorithm, digits: options.digits });
    const token = parseOtpauth(hotp.uri({ ...label, counter: round }));
    assert.deepEqual([token.counter, token.otp.digits, token.otp.codeAt(5)], [round, hotp.digits, hotp.codeAt(5)]);
  }
});

test("where a URI has two meanings or none, it has an error", () => {
  for (const [text, code] of [
    ["", "otpauth_malformed"],
    ["https://example.org", "otpauth_malformed"],
    ["otpauth://totp/ada", "otpauth_secret_invalid"],
    [`${uri("")}&secret=${SECRET}`, "otpauth_parameter_duplicate"],
    [uri("&digits=9"), "otpauth_parameter_invalid"],
    [uri("&period=0"), "otpauth_parameter_invalid"],
    [uri("&algorithm=MD5"), "otpauth_unsupported"],
    [uri("", "motp"), "otpauth_unsupported"],
    ["otpauth://totp/ada?secret=1", "otpauth_secret_invalid"],
    [uri(`&image=${"x".repeat(2400)}`), "input_too_large"],
    [uri(`&image=${"\u20ac".repeat(800)}`), "input_too_large"],
    [uri("&issuer=\ud800"), "otpauth_malformed"],
    [uri("&issuer=\ufffd", "totp", "ada"), null],
  ]) {
    if (code === null) assert.equal(parseOtpauth(text).issuer, "\ufffd");
    else rejects(code, () => parseOtpauth(text));
  }
});

// MigrationPayload and OtpParameters as protocol buffers: a tag, then a varint or a length and bytes.
const varint = (value) => {
  const bytes = [];
  for (let rest = BigInt.asUintN(64, BigInt(value)); bytes.length === 0 || rest > 0n; rest >>= 7n) {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
  }
  return Buffer.from(bytes);
};
const field = (number, value) => (typeof value === "number" || typeof value === "bigint")
  ? Buffer.concat([varint(number << 3), varint(value)])
  : Buffer.concat([varint((number << 3) | 2), varint(Buffer.from(value).length), Buffer.from(value)]);
const message = (fields) => Buffer.concat(Object.entries(fields).map(([number, value]) => field(Number(number), value)));
const exported = (entries, batch = { 2: 1, 3: 1, 4: 0, 5: 0 }) => {
  const payload = Buffer.concat([...entries.map((entry) => field(1, message(entry))), message(batch)]);
  return `otpauth-migration://offline?data=${encodeURIComponent(payload.toString("base64"))}`;
};

test("an export gives each of its entries", () => {
  const key = Buffer.from("12345678901234567890");
  const entries = parseOtpauthMigration(exported([
    { 1: key, 2: "ada", 3: "Example", 4: 1, 5: 1, 6: 2 },
    { 1: key, 2: "Example:token", 4: 3, 5: 2, 6: 1, 7: 2n ** 60n, 8: "id-1" },
    { 1: key.subarray(0, 5), 6: 2 },
  ], { 2: 2, 3: 3, 4: 1, 5: -7 }));
  assert.ok(Object.isFrozen(entries) && entries.every((entry) => Object.isFrozen(entry) && Object.isFrozen(entry.migration)));
  const batch = { batchIndex: 1, batchSize: 3, batchId: -7 };
  assert.deepEqual(entries.map(({ migration }) => migration), [
    { ...batch, uniqueId: null }, { ...batch, uniqueId: "id-1" }, { ...batch, uniqueId: null },
  ]);
  const [totp, hotp, short] = entries;
  assert.deepEqual([totp.otp.codeAt(59), totp.issuer, totp.account, totp.counter, totp.warnings], ["287082", "Example", "ada", null, []]);
  assert.ok(hotp.otp instanceof Hotp);
  assert.deepEqual([hotp.otp.algorithm, hotp.otp.digits, hotp.counter], ["SHA512", 8, 2n ** 60n]);
  assert.deepEqual([short.otp.exposeSecret(), short.account, short.warnings], ["GEZDGNBV", "", ["short_secret"]]);
});

test("an export that is damaged, or says what nothing here does, is refused as a whole", () => {
  const good = { 1: Buffer.alloc(20, 1), 2: "ada", 6: 2 };
  for (const [text, code] of [
    ["", "migration_malformed"],
    [uri(""), "migration_malformed"],
    ["otpauth-migration://offline?data=", "migration_malformed"],
    [exported([good]).slice(0, -3), "migration_malformed"],
    [`${exported([good])}\ud800`, "migration_malformed"],
    [exported([]), "migration_malformed"],
    [exported([good, { ...good, 1: "" }]), "otpauth_secret_invalid"],
    [exported([good, { ...good, 4: 4 }]), "otpauth_unsupported"],
    [exported([{ ...good, 6: 1, 7: -1n }]), "otpauth_parameter_invalid"],
    [exported(Array(200).fill(good)), "input_too_large"],
  ]) {
    rejects(code, () => parseOtpauthMigration(text));
  }
  rejects("otpauth_malformed", () => parseOtpauth(exported([good])));
});
