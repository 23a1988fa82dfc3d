// Temporary codes, used as an account uses them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import {
  ConfigError, MalformedError, Peppers, RejectedError, Throttle, VerificationError, checkTemporaryCode, isEvidence, issueTemporaryCode,
  revokeTemporaryCode, verifyTemporaryCode,
} from "mfakit";

const rejects = (code, call) => assert.throws(call, (error) => error instanceof VerificationError && error.code === code);
const misuse = (code, call) => assert.throws(call, (error) => error instanceof ConfigError && error.code === code);

const NOW = 1_800_000_000;
const peppers = new Peppers({ "2026-05": new Uint8Array(32).fill(7) }, { current: "2026-05" });
const issue = (change) => issueTemporaryCode("ada", { kind: "delivered", issuedBy: "sign-in", peppers, now: NOW, ...change });
const verify = (code, record, change) => verifyTemporaryCode(code, { userId: "ada", record, peppers, now: NOW, ...change });

test("an administrator's code is good until it ends, and each use is stored", () => {
  const issued = issueTemporaryCode("ada", { kind: "admin", issuedBy: "rosa", lifetime: 7200, now: NOW });
  assert.match(issued.code, /^Z[0-9A-HJKMNP-TV-Z]{3}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
  assert.equal(issued.expiresAt, NOW + 7200);
  assert.deepEqual(issued.audit, {
    event: "issued", id: issued.audit.id, kind: "admin", issuedBy: "rosa", notBefore: NOW, notAfter: NOW + 7200, maxUses: 1000,
    uses: 0, revoked: false,
  });
  assert.match(issued.audit.id, /^[\w-]{22}$/);
  assert.equal(issued.transition.prev, null);
  let record = issued.transition.next;
  for (const [uses, typed] of [issued.code, issued.code.toLowerCase().replaceAll("-", " ")].entries()) {
    const verified = verify(typed, record, { peppers: undefined, now: NOW + 7200 });
    assert.deepEqual({ ...verified, transition: null }, {
      kind: "admin", usesLeft: 999 - uses, audit: { ...issued.audit, event: "verified", uses: uses + 1 }, transition: null,
    });
    assert.equal(verified.transition.prev, record);
    const evidence = verified.commit(1);
    assert.ok(isEvidence(evidence));
    assert.deepEqual({ ...evidence }, { method: "admin_code", kind: "admin_code", userVerified: false });
    record = verified.transition.next;
  }
  rejects("temporary_code_rejected", () => verify(issued.code, record, { now: NOW + 7201 }));
});

test("support's code and a delivered one are good once", () => {
  const support = issueTemporaryCode("ada", { kind: "support", issuedBy: "tom", peppers, now: NOW });
  assert.match(support.transition.next, /^\$mfakit-tc\$v=1,t=support,h=pbkdf2-sha256,i=600000,k=2026-05\$/);
  for (const [issued, kind, lifetime] of [[support, "support", 3600], [issue({ digits: 8 }), "delivered", 600]]) {
    assert.equal(issued.expiresAt, NOW + lifetime);
    const verified = verify(issued.code, issued.transition.next);
    assert.deepEqual([verified.kind, verified.usesLeft, verified.audit.uses], [kind, 0, 1]);
    const twin = verify(issued.code, issued.transition.next);
    assert.equal(verified.commit(1).method, `${kind}_code`);
    rejects("state_conflict", () => twin.commit(0));
    rejects("temporary_code_rejected", () => verify(issued.code, verified.transition.next));
  }
});

test("delivered codes are six digits for ten minutes, as far as the caller says nothing else", () => {
  assert.match(issue().code, /^\d{6}$/);
  assert.match(issue({ digits: 8 }).code, /^\d{8}$/);
  assert.equal(issue({ lifetime: 60 }).expiresAt, NOW + 60);
  const { code, transition: { next } } = issue();
  assert.equal(verify(` ${code.slice(0, 3)}-${code.slice(3)} `, next, { now: NOW + 600 }).usesLeft, 0);
  for (const now of [NOW + 601, NOW - 6, 0]) rejects("temporary_code_rejected", () => verify(code, next, { now }));
  for (const digits of [0, 5, 9, 2 ** 40]) misuse("digits_invalid", () => issue({ digits }));
  for (const lifetime of [0, 59, 601, 2 ** 40]) misuse("argument_value_invalid", () => issue({ lifetime }));
  for (const lifetime of [3599, 86_401]) misuse("argument_value_invalid", () => issue({ kind: "admin", lifetime }));
  misuse("pepper_required", () => issue({ peppers: undefined }));
});

test("wrong, used, revoked, early, late, and somebody else's look the same", () => {
  const { code, transition: { next } } = issue();
  const other = String((Number(code) + 1) % 1_000_000).padStart(6, "0");
  const used = verify(code, next).transition.next;
  const refuse = (typed, record, change) => assert.throws(() => verify(typed, record, change), (error) => {
    assert.ok(error instanceof RejectedError && error.code === "temporary_code_rejected" && error.publicCode === "invalid");
    assert.ok(!`${error.stack}${JSON.stringify(error)}`.includes(typed));
    return true;
  });
  refuse(other, next);
  refuse(code, used);
  refuse(code, revokeTemporaryCode(next).next);
  refuse(code, next, { userId: "eve" });
  refuse(code, next, { peppers: new Peppers({ "2026-05": new Uint8Array(32) }, { current: "2026-05" }) });
  misuse("pepper_unknown", () => verify(code, next, { peppers: undefined }));
});

test("a typing error is not a wrong code, and is known before the throttle is charged", () => {
  const digits = issue().transition.next;
  const admin = issueTemporaryCode("ada", { kind: "admin", issuedBy: "rosa", now: NOW });
  assert.equal(checkTemporaryCode("123 456", { record: digits }), undefined);
  assert.equal(checkTemporaryCode(admin.code.toLowerCase(), { record: admin.transition.next }), undefined);
  const typo = admin.code.slice(0, -1) + (admin.code.endsWith("0") ? "1" : "0");
  for (const [code, record] of [["12345", digits], ["12345x", digits], ["", digits], [typo, admin.transition.next], ["123456", admin.transition.next]]) {
    for (const call of [() => checkTemporaryCode(code, { record }), () => verify(code, record)]) {
      assert.throws(call, (error) => error instanceof MalformedError && error.code === "temporary_code_malformed");
    }
  }
  // A wrong code counts as a guess; a typing error is given back.
  const throttle = new Throttle();
  const charged = throttle.charge(null, { now: NOW }).next;
  const failures = (code) => {
    try {
      verify(code, digits, { userId: "eve" });
    } catch (error) {
      return throttle.refund(charged, error).next.split("$")[3];
    }
    return assert.fail("accepted");
  };
  assert.deepEqual([failures("12345"), failures("123456")], ["0", "1"]);
});

test("a revocation is stored, and keeps count of what was issued", () => {
  let previous = null;
  const codes = [];
  for (let round = 0; round < 6; round += 1) {
    const issued = issue({ previous, now: NOW + round });
    assert.equal(issued.transition.prev, previous);
    codes.push(issued.code);
    const revoked = revokeTemporaryCode(issued.transition.next);
    assert.deepEqual(revoked, {
      prev: issued.transition.next, next: revoked.next, audit: { ...issued.audit, event: "revoked", revoked: true },
    });
    assert.ok(Object.isFrozen(revoked) && Object.isFrozen(revoked.audit));
    previous = revoked.next;
  }
  assert.throws(() => issue({ previous, now: NOW + 3599 }),
    (error) => error instanceof RejectedError && error.code === "temporary_code_limit" && error.publicCode === "retry");
  const later = issue({ previous, now: NOW + 3600 });
  // The new code is the only one.
  assert.equal(verify(later.code, later.transition.next, { now: NOW + 3600 }).usesLeft, 0);
  for (const code of codes.filter((code) => code !== later.code)) {
    rejects("temporary_code_rejected", () => verify(code, later.transition.next, { now: NOW + 3600 }));
  }
});

test("what prints or serialises a code does not show it", () => {
  const issued = issue({ digits: 8 });
  const shown = [
    inspect(issued, { showHidden: true, depth: 9, getters: true }), JSON.stringify({ issued }), String(issued), `${Object.entries(issued)}`,
    JSON.stringify({ ...issued }), inspect({ issued }), issued.transition.next,
  ].join("\n");
  assert.ok(!shown.includes(issued.code), shown);
  assert.equal(inspect(issued), `TemporaryCode(kind=delivered, expiresAt=${NOW + 600})`);
  assert.deepEqual(Object.keys(issued), ["transition", "expiresAt", "audit"]);
  for (const value of [issued, issued.transition, issued.audit]) assert.ok(Object.isFrozen(value));
  assert.throws(() => { issued.code = "123456"; }, TypeError);
  const verified = verify(issued.code, issued.transition.next);
  for (const value of [verified, verified.transition, verified.audit]) assert.ok(Object.isFrozen(value));
  assert.equal("commit" in { ...verified }, false);
});

test("what the host gets wrong is a ConfigError", () => {
  const { code, transition: { next: record } } = issue();
  misuse("argument_type_invalid", () => issueTemporaryCode("ada", { issuedBy: "rosa" }));
  for (const kind of ["", "Admin", "owner", "delivered "]) misuse("argument_value_invalid", () => issue({ kind }));
  for (const issuedBy of ["", "x".repeat(256)]) misuse("argument_value_invalid", () => issue({ issuedBy }));
  for (const userId of ["", "x".repeat(256)]) {
    misuse("user_id_invalid", () => issueTemporaryCode(userId, { kind: "delivered", issuedBy: "x", peppers }));
    misuse("user_id_invalid", () => verify(code, record, { userId }));
  }
  for (const text of ["", "x", record.slice(0, -11), `${record}.`, ` ${record}`, record.replace("d=6", "d=5"), "A".repeat(1_000_000)]) {
    misuse("record_corrupt", () => verify(code, text));
    misuse("record_corrupt", () => checkTemporaryCode(code, { record: text }));
    misuse("record_corrupt", () => revokeTemporaryCode(text));
    misuse("record_corrupt", () => issue({ previous: text }));
  }
  misuse("record_version_unknown", () => verify(code, record.replace("v=1", "v=2")));
  const slow = issueTemporaryCode("ada", { kind: "admin", issuedBy: "rosa", now: NOW }).transition.next;
  misuse("code_hash_unsupported", () => checkTemporaryCode(code, { record: slow.replace("h=pbkdf2-sha256,i=600000", "h=argon2id,m=19456,t=2,p=1") }));
  misuse("argument_value_invalid", () => issue({ lifeTime: 60 }));
});
