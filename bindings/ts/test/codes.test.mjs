// Recovery codes, used as an account uses them.
import assert from "node:assert/strict";
import { createHmac, pbkdf2Sync } from "node:crypto";
import { test } from "node:test";
import { inspect } from "node:util";
import {
  ConfigError, MalformedError, Peppers, RejectedError, VerificationError, checkRecoveryCode, generateRecoveryCodes, isEvidence,
  verifyRecoveryCode,
} from "mfakit";

const rejects = (code, call) => assert.throws(call, (error) => error instanceof VerificationError && error.code === code);
const misuse = (code, call) => assert.throws(call, (error) => error instanceof ConfigError && error.code === code);

const KEY = (byte) => new Uint8Array(32).fill(byte);
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** An account's row, as a database keeps it. */
class Account {
  used = 0;

  constructor(options) {
    this.set = generateRecoveryCodes("ada", options);
    this.record = this.set.record;
    this.peppers = options?.peppers;
  }

  verify(code, change = {}) {
    const stored = { userId: "ada", record: this.record, used: this.used, ...(this.peppers && { peppers: this.peppers }) };
    return verifyRecoveryCode(code, { ...stored, ...change });
  }

  signIn(code) {
    const verified = this.verify(code);
    const { prev, next } = verified.transition;
    const rows = this.used === prev ? ((this.used = next), 1) : 0;
    return { verified, evidence: verified.commit(rows) };
  }
}

test("each code signs in once", () => {
  const account = new Account();
  assert.equal(account.set.codes.length, 10);
  account.set.codes.forEach((code, index) => {
    const { verified, evidence } = account.signIn(code);
    assert.deepEqual({ ...verified }, {
      bit: 1 << index, remaining: 9 - index, low: 9 - index <= 3, needsRegeneration: false,
      transition: { prev: (1 << index) - 1, next: (1 << (index + 1)) - 1 },
    });
    assert.ok(isEvidence(evidence));
    assert.deepEqual({ ...evidence }, { method: "recovery_code", kind: "recovery_code", userVerified: false });
    rejects("recovery_code_rejected", () => account.signIn(code));
  });
  assert.equal(account.used, 1023);
  for (const code of account.set.codes) rejects("recovery_code_rejected", () => account.signIn(code));
});

test("codes are spent in any order, and the mask is their bits", () => {
  const account = new Account({ count: 31 });
  const [first, last] = [account.set.codes[0], account.set.codes[30]];
  assert.equal(account.signIn(last).verified.bit, 2 ** 30);
  const { transition } = account.signIn(first).verified;
  assert.deepEqual({ ...transition }, { prev: 2 ** 30, next: 2 ** 30 + 1 });
  rejects("recovery_code_rejected", () => account.signIn(last));
});

test("of many sign-ins with one code at once, the compare-and-set lets one through", async () => {
  const account = new Account();
  const attempt = async () => {
    const verified = account.verify(account.set.codes[4]);
    await new Promise(setImmediate);
    const { prev, next } = verified.transition;
    return verified.commit(account.used === prev ? ((account.used = next), 1) : 0);
  };
  const outcomes = await Promise.allSettled(Array.from({ length: 64 }, attempt));
  assert.equal(outcomes.filter(({ value }) => isEvidence(value)).length, 1);
  const codes = new Set(outcomes.flatMap(({ reason }) => (reason ? [reason.code] : [])));
  assert.deepEqual([...codes], ["state_conflict"]);
  assert.equal(account.used, 16);
});

test("a proof is committed once", () => {
  const account = new Account();
  const proof = account.verify(account.set.codes[0]);
  assert.ok(isEvidence(proof.commit(1n)));
  rejects("state_conflict", () => proof.commit(1));
  misuse("argument_type_invalid", () => account.verify(account.set.codes[0]).commit(undefined));
});

test("a code is read as people type it", () => {
  const account = new Account();
  const [code] = account.set.codes;
  const typed = [
    code.toLowerCase(), code.replaceAll("-", ""), code.replaceAll("-", " "), ` ${code} `, code.replaceAll("-", "\u2011"),
    code.replaceAll("-", "\u2013"), code.replaceAll("-", "\u00a0"), code.replaceAll("0", "o").replaceAll("1", "l"),
    code.replaceAll("0", "O").replaceAll("1", "I"), [...code.replaceAll("-", "")].join("-"),
  ];
  for (const text of typed) assert.equal(account.verify(text).bit, 1, text);
});

test("typeable codes are 16 symbols under a slow hash, and what verifies them reads that from the record", () => {
  const peppers = new Peppers({ "2026-05": KEY(1) }, { current: "2026-05" });
  const account = new Account({ count: 3, format: "typeable", peppers });
  assert.match(account.record, /^\$mfakit-rc\$v=1,f=typeable,h=pbkdf2-sha256,i=600000,k=2026-05\$[\w-]{22}\$([\w-]{43}\.){2}[\w-]{43}$/);
  for (const [slot, code] of account.set.codes.entries()) {
    assert.match(code, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
    assert.equal(code[0], ALPHABET[slot]);
  }
  const { verified, evidence } = account.signIn(account.set.codes[1].toLowerCase().replaceAll("-", " "));
  assert.deepEqual([verified.bit, verified.remaining, verified.needsRegeneration], [2, 2, false]);
  assert.ok(isEvidence(evidence));
  rejects("recovery_code_rejected", () => account.verify(account.set.codes[1]));
  rejects("recovery_code_rejected", () => account.verify(account.set.codes[0], { userId: "eve" }));
});

// What an earlier version may have written: fewer rounds, which a reader accepts and asks to be made anew.
const EARLIER = "$mfakit-rc$v=1,f=typeable,h=pbkdf2-sha256,i=100000$AAAAAAAAAAAAAAAAAAAAAA$";

test("a typeable record of few rounds asks for a new set, and one of absurd or unknown work is refused unread", () => {
  const [userId, code] = ["ada", typeable(0, "0123456789ABCD")];
  const fast = createHmac("sha256", Buffer.alloc(16))
    .update(Buffer.from("mfakit-rc-v1")).update(Buffer.from([2, 0, 3])).update(userId).update(Buffer.alloc(16))
    .update(Buffer.from([0, ...Array.from("0123456789ABCD", (symbol) => ALPHABET.indexOf(symbol))])).digest();
  const record = EARLIER + pbkdf2Sync(fast, Buffer.alloc(16), 100_000, 32, "sha256").toString("base64url");
  const verified = verifyRecoveryCode(code, { userId, record, used: 0 });
  assert.deepEqual([verified.bit, verified.needsRegeneration], [1, true]);

  const before = process.cpuUsage();
  for (const rounds of ["99999", "2000001", "4294967295", "99999999999999999999", "-1", "0", "1e6", "0100000"]) {
    for (const call of [
      () => verifyRecoveryCode(code, { userId, record: record.replace("100000", rounds), used: 0 }),
      () => checkRecoveryCode(code, { record: record.replace("100000", rounds) }),
    ]) {
      misuse("record_corrupt", call);
    }
  }
  misuse("code_hash_unsupported", () => checkRecoveryCode(code, { record: record.replace("h=pbkdf2-sha256,i=100000", "h=bcrypt,c=12") }));
  const { user, system } = process.cpuUsage(before);
  assert.ok(user + system < 1_000_000, "some work was done");
});

test("the form of a code is checked before anything is charged", () => {
  const { set } = new Account({ count: 1 });
  const check = (code) => checkRecoveryCode(code, { record: set.record });
  assert.equal(check(set.codes[0]), undefined);
  assert.equal(check(generateRecoveryCodes("eve").codes[9]), undefined);
  for (const code of ["", set.codes[0].slice(1), `${set.codes[0]}0`, set.codes[0].slice(0, 19)]) rejects("recovery_code_malformed", () => check(code));
  rejects("recovery_code_malformed", () => checkRecoveryCode(set.codes[0], { record: `${EARLIER}${"A".repeat(43)}` }));
});

test("a typing error is not a wrong code", () => {
  const account = new Account();
  const [code] = account.set.codes;
  const plain = code.replaceAll("-", "");
  for (let at = 0; at < plain.length; at += 1) {
    const other = ALPHABET[(ALPHABET.indexOf(plain[at]) + 1 + at) % 32];
    if (other !== plain[at]) rejects("recovery_code_malformed", () => account.verify(plain.slice(0, at) + other + plain.slice(at + 1)));
    const swapped = plain.slice(0, at) + plain.slice(at + 1, at + 2) + plain[at] + plain.slice(at + 2);
    if (swapped !== plain) rejects("recovery_code_malformed", () => account.verify(swapped));
  }
  for (const text of ["", "-", plain.slice(1), `${plain}0`, `${plain}\n`, plain.replace(/.$/, "U"), code + "\ud800", "\0" + code,
    "0".repeat(1_000_000), " ".repeat(1_000_000) + code, "\ud800".repeat(26)]) {
    assert.throws(() => account.verify(text), (error) => error instanceof MalformedError && error.code === "recovery_code_malformed");
  }
});

test("wrong, used, and somebody else's look the same", () => {
  const account = new Account();
  const codes = account.set.codes;
  account.signIn(codes[0]);
  const stranger = generateRecoveryCodes("ada");
  const wide = generateRecoveryCodes("ada", { count: 31 });
  const refuse = (code, change) => assert.throws(() => account.verify(code, change), (error) => {
    assert.ok(error instanceof RejectedError && error.code === "recovery_code_rejected" && error.publicCode === "invalid");
    assert.ok(!`${error.stack}${JSON.stringify(error)}`.includes(code));
    return true;
  });
  refuse(codes[0]);
  refuse(stranger.codes[1]);
  refuse(wide.codes[30]);
  refuse(codes[1], { userId: "eve" });
  assert.equal(account.verify(codes[1]).bit, 2);
});

test("what is stored does not tell the codes, and what is printed does not either", () => {
  const { set } = new Account();
  const shown = [
    inspect(set, { showHidden: true, depth: 9, getters: true }), JSON.stringify({ set }), String(set), `${Object.entries(set)}`,
    JSON.stringify({ ...set }), inspect({ set }), set.record,
  ].join("\n");
  for (const code of set.codes) {
    assert.ok(!shown.includes(code) && !shown.includes(code.replaceAll("-", "")));
  }
  assert.equal(inspect(set), "RecoverySet(count=10)");
  assert.equal(set.text, set.codes.map((code) => `${code}\n`).join(""));
  assert.match(set.record, /^\$mfakit-rc\$v=1,f=full\$[\w-]{22}\$([\w-]{43}\.){9}[\w-]{43}$/);
  for (const [slot, code] of set.codes.entries()) {
    assert.match(code, /^([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{6}$/);
    assert.equal(code[0], ALPHABET[slot]);
  }
  assert.ok(Object.isFrozen(set) && Object.isFrozen(set.codes));
  assert.throws(() => { set.codes.push("x"); }, TypeError);
  assert.throws(() => { set.record = "x"; }, TypeError);
});

test("a new set makes the old codes worthless", () => {
  const account = new Account();
  const [code] = account.set.codes;
  const next = generateRecoveryCodes("ada", { count: 2 });
  account.record = next.record;
  rejects("recovery_code_rejected", () => account.verify(code));
  assert.equal(account.verify(next.codes[1]).remaining, 1);
  const all = new Set(Array.from({ length: 20 }, () => generateRecoveryCodes("ada").codes).flat());
  assert.equal(all.size, 200);
});

test("a record names its pepper, and a later one asks for a new set", () => {
  const old = new Peppers({ "2026-05": KEY(1) }, { current: "2026-05" });
  const both = new Peppers({ "2026-05": KEY(1), "2027-01": KEY(2).buffer }, { current: "2027-01" });
  const later = new Peppers({ "2027-01": KEY(2) }, { current: "2027-01" });
  const account = new Account({ peppers: old });
  const [code] = account.set.codes;
  assert.match(account.record, /^\$mfakit-rc\$v=1,f=full,k=2026-05\$/);
  assert.equal(account.verify(code).needsRegeneration, false);
  assert.equal(account.verify(code, { peppers: both }).needsRegeneration, true);
  misuse("pepper_unknown", () => account.verify(code, { peppers: later }));
  misuse("pepper_unknown", () => account.verify(code, { peppers: undefined }));
  const other = new Peppers({ "2026-05": KEY(9) }, { current: "2026-05" });
  rejects("recovery_code_rejected", () => account.verify(code, { peppers: other }));

  const without = new Account();
  assert.equal(without.verify(without.set.codes[0], { peppers: later }).needsRegeneration, true);
});

test("peppers are checked when they are made, and shown nowhere", () => {
  const make = (keys, current = "a") => new Peppers(keys, { current });
  const peppers = make({ a: KEY(255), "A-Z_0.9": new Uint8Array(64) });
  assert.equal(peppers.current, "a");
  assert.equal(inspect(peppers, { showHidden: true, depth: 9 }), "Peppers { current: 'a' }");
  assert.equal(JSON.stringify(peppers), '{"current":"a"}');
  assert.throws(() => { peppers.current = "b"; }, TypeError);
  for (const keys of [{}, { b: KEY(1) }, { a: KEY(1).subarray(1) }, { a: new Uint8Array(65) }, { a: KEY(1), "": KEY(1) },
    { a: KEY(1), ["x".repeat(33)]: KEY(1) }, { a: KEY(1), "a b": KEY(1) }, { a: KEY(1), "a$": KEY(1) }]) {
    misuse("pepper_invalid", () => make(keys));
  }
  const shared = new Uint8Array(new SharedArrayBuffer(32));
  for (const keys of [undefined, null, "a", 5, KEY(1), { a: "A".repeat(43) }, { a: 5 }, { a: null }, { a: [1] }, { a: shared }]) {
    misuse("argument_type_invalid", () => make(keys));
  }
  misuse("argument_type_invalid", () => new Peppers({ a: KEY(1) }));
  misuse("argument_type_invalid", () => make({ a: KEY(1) }, 5));
  misuse("argument_type_invalid", () => make({ a: KEY(1), "\ud800": KEY(1) }));
  const key = KEY(1);
  const copied = make({ a: key });
  const account = new Account({ peppers: copied });
  key.fill(0);
  assert.equal(account.verify(account.set.codes[0]).bit, 1);
});

test("what the host gets wrong is a ConfigError", () => {
  const account = new Account();
  const [code] = account.set.codes;
  const with_ = (change) => () => account.verify(code, change);
  for (const used of [-1, 1 << 10, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER, -(2 ** 31)]) misuse("record_corrupt", with_({ used }));
  for (const used of [0.5, NaN, Infinity, 2 ** 53]) misuse("argument_value_invalid", with_({ used }));
  for (const used of [0n, 5n, "0", null, undefined, true, [0], {}, new Number(0)]) misuse("argument_type_invalid", with_({ used }));
  const { record } = account;
  for (const text of ["", "x", record.slice(0, -1), `${record}A`, record.replace("f=full", "f=typeable"), record.replace("v=1", "v=x"),
    ` ${record}`, "A".repeat(1_000_000), record.replace("$v", "$v=1,v")]) {
    misuse("record_corrupt", with_({ record: text }));
  }
  misuse("record_version_unknown", with_({ record: record.replace("v=1", "v=2") }));
  for (const record of [undefined, null, 5, {}, account.set]) misuse("argument_type_invalid", with_({ record }));
  for (const userId of ["", "x".repeat(256), "\u20ac".repeat(86), "x".repeat(1_000_000)]) {
    misuse("user_id_invalid", with_({ userId }));
    misuse("user_id_invalid", () => generateRecoveryCodes(userId));
  }
  for (const userId of [undefined, null, 5, 5n, {}, KEY(1), "\ud800"]) {
    misuse("argument_type_invalid", with_({ userId }));
    misuse("argument_type_invalid", () => generateRecoveryCodes(userId));
  }
  assert.equal(generateRecoveryCodes("\u20ac".repeat(85)).codes.length, 10);
  for (const peppers of [null, {}, { a: KEY(1) }, "a", { ...new Peppers({ a: KEY(1) }, { current: "a" }) }]) {
    misuse("argument_type_invalid", with_({ peppers }));
    misuse("argument_type_invalid", () => generateRecoveryCodes("ada", { peppers }));
  }
  misuse("argument_value_invalid", with_({ user_id: "ada" }));
  misuse("argument_type_invalid", () => verifyRecoveryCode(code));
  for (const count of [0, 32, 1e6, -1, 1.5, NaN]) misuse("argument_value_invalid", () => generateRecoveryCodes("ada", { count }));
  for (const count of [5n, "5", null]) misuse("argument_type_invalid", () => generateRecoveryCodes("ada", { count }));
  assert.equal(generateRecoveryCodes("ada", { format: "full", count: 1 }).codes.length, 1);
  for (const format of ["short", "Full", ""]) misuse("argument_value_invalid", () => generateRecoveryCodes("ada", { format }));
  misuse("argument_type_invalid", () => generateRecoveryCodes("ada", { format: 5 }));
});

/** A typeable code of a slot and fourteen symbols, with the one check symbol that makes it one. */
function typeable(slot, random) {
  const symbols = [slot, ...Array.from(random, (symbol) => ALPHABET.indexOf(symbol))];
  return ALPHABET.split("").map((check) => [...symbols.map((symbol) => ALPHABET[symbol]), check].join("")).find((code) => {
    try {
      checkRecoveryCode(code, { record: `${EARLIER}${"A".repeat(43)}` });
      return true;
    } catch {
      return false;
    }
  });
}
