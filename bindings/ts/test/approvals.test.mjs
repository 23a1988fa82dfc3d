// Push approvals, both sides: a device that is enrolled once, and answers that it signs.
import assert from "node:assert/strict";
import { createSign, generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { inspect } from "node:util";
import {
  ConfigError, DeviceKey, DeviceRecord, MalformedError, RejectedError, Tier, VerificationError, approvalAnswer, approvalToSign, assess, beginApproval,
  beginDeviceEnrollment, cancelApproval, enrollmentToSign, finishApproval, finishDeviceEnrollment, generateDeviceKey, isEvidence, readApproval, readApprovalAnswer,
  readApprovalRequest, readDeviceEnrollment, signApproval, signEnrollment,
} from "mfakit";
import { HOSTILE } from "./support/hostile.mjs";

const NOW = 1_800_000_000;
const AUDIENCE = "example.org";
const misuse = (code, call) => assert.throws(call, (error) => error instanceof ConfigError && error.code === code);
const rejects = (code, call) => assert.throws(call, (error) => error instanceof VerificationError && error.code === code);

/** A device as it is after its enrolment: its key on its own side, its record on the host's. */
function enrolled({ userId = "ada", audience = AUDIENCE, name } = {}) {
  const begun = beginDeviceEnrollment(userId, { audience, now: NOW });
  const request = readDeviceEnrollment(begun.request);
  const key = generateDeviceKey(request);
  const answer = signEnrollment(request, { device: key, ...(name && { name }), now: NOW });
  const verified = finishDeviceEnrollment(answer, { state: begun.state, now: NOW });
  return { begun, request, key, answer, verified, record: verified.commit(1) };
}

const phone = enrolled({ name: "Ada's phone" });
const begin = (change) => beginApproval("ada", {
  audience: AUDIENCE, action: "Sign in", context: "Firefox on Linux\nLisbon", devices: [phone.record], now: NOW, ...change,
});
const approve = (begun, change) =>
  signApproval(readApprovalRequest(begun.request), { device: phone.key, decision: "approve", number: begun.number, now: NOW, ...change });
const deny = (begun) => signApproval(readApprovalRequest(begun.request), { device: phone.key, decision: "deny", now: NOW });
const another = (number) => String((Number(number) + 1) % 100).padStart(2, "0");

test("a device is enrolled with a key of its own, and its record is stored once", () => {
  const { begun, request, key, verified, record } = phone;
  assert.deepEqual(Object.keys(begun), ["request", "state", "deviceId", "expiresAt"]);
  assert.equal(begun.expiresAt, NOW + 600);
  assert.deepEqual({ ...request }, { audience: AUDIENCE, userId: "ada", deviceId: begun.deviceId, expiresAt: NOW + 600 });
  assert.deepEqual({ ...record }, { id: begun.deviceId, userId: "ada", audience: AUDIENCE, algorithm: -7, publicKey: record.publicKey, name: "Ada's phone" });
  assert.deepEqual([verified.transition, verified.device], [{ prev: null, next: record.toText() }, record]);
  const unnamed = { ...record, name: null };
  assert.deepEqual({ ...key.record }, unnamed);
  const read = DeviceRecord.fromText(record.toText());
  assert.deepEqual([{ ...read }, read.toText()], [{ ...record }, record.toText()]);
  assert.deepEqual({ ...DeviceKey.fromText(key.toText()).record }, unnamed);
  for (const value of [begun, request, verified, record, key, key.record]) assert.ok(Object.isFrozen(value));
  // It is no sign-in, and it counts once.
  assert.equal(isEvidence(record), false);
  rejects("state_conflict", () => verified.commit(1));
  for (const rows of [0, 2, 0n]) rejects("state_conflict", () => finishDeviceEnrollment(phone.answer, { state: begun.state, now: NOW }).commit(rows));
});

test("an approval is begun, answered, stored and then told", () => {
  const begun = begin();
  assert.match(begun.number, /^\d\d$/);
  assert.equal(begun.expiresAt, NOW + 120);
  assert.equal(begun.transition.prev, null);
  const request = readApprovalRequest(begun.request);
  assert.deepEqual({ ...request }, {
    id: begun.id, audience: AUDIENCE, userId: "ada", action: "Sign in", context: "Firefox on Linux\nLisbon", expiresAt: NOW + 120,
  });
  const state = begun.transition.next;
  assert.equal(readApproval(state, { id: begun.id, now: NOW }), "pending");
  const answer = approve(begun);
  assert.deepEqual(readApprovalAnswer(answer), { userId: "ada", deviceId: phone.record.id, requestId: begun.id });
  const verified = finishApproval(answer, { state, now: NOW + 60 });
  assert.deepEqual({ ...verified }, {
    decision: "approved", deviceId: phone.record.id, userId: "ada", approvalId: begun.id, transition: { prev: state, next: verified.transition.next },
  });
  const read = (now, id = begun.id) => readApproval(verified.transition.next, { id, now });
  assert.deepEqual([NOW, NOW + 180, NOW + 181].map((now) => read(now)), ["approved", "approved", "expired"]);
  // Another sign-in is not let in by it.
  assert.equal(read(NOW, begin().id), "expired");
  const twin = finishApproval(answer, { state, now: NOW });
  const evidence = verified.commit(1);
  assert.ok(isEvidence(evidence));
  assert.deepEqual({ ...evidence }, { method: "push_approval", kind: "push_approval", userVerified: false });
  assert.deepEqual([assess(evidence).tier, assess(evidence).amr], [Tier.STANDARD, ["mca"]]);
  rejects("state_conflict", () => twin.commit(0));
  rejects("state_conflict", () => verified.commit(1));
  rejects("approval_answered", () => finishApproval(answer, { state: verified.transition.next, now: NOW }));
});

test("a denial and a wrong number end the approval, and are told once they are stored", () => {
  for (const [sign, decision, code] of [
    [deny, "denied", "approval_denied"],
    [(begun) => approve(begun, { number: another(begun.number) }), "number_mismatch", "approval_number_mismatch"],
  ]) {
    const begun = begin();
    const state = begun.transition.next;
    const answer = sign(begun);
    const verified = finishApproval(answer, { state, now: NOW });
    assert.equal(verified.decision, decision);
    const { next } = verified.transition;
    assert.equal(readApproval(next, { id: begun.id, now: NOW }), decision);
    assert.throws(() => verified.commit(1), (error) => error instanceof RejectedError && error.code === code);
    rejects("state_conflict", () => finishApproval(answer, { state, now: NOW }).commit(0));
    rejects("approval_answered", () => finishApproval(approve(begun), { state: next, now: NOW }));
    rejects("approval_answered", () => cancelApproval(next));
    // The next one may begin.
    assert.equal(begin({ previous: next }).transition.prev, next);
  }
});

test("one approval of a user is pending at a time, until it is over", () => {
  const begun = begin({ lifetime: 60 });
  const previous = begun.transition.next;
  rejects("approval_pending", () => begin({ previous }));
  rejects("approval_pending", () => begin({ previous, now: NOW + 60 }));
  assert.equal(begin({ previous, now: NOW + 61 }).transition.prev, previous);
  assert.equal(readApproval(previous, { id: begun.id, now: NOW + 61 }), "expired");
  rejects("approval_expired", () => finishApproval(approve(begun), { state: previous, now: NOW + 61 }));
  // The device's clock may be five seconds ahead.
  assert.equal(typeof approve(begun, { now: NOW + 65 }), "string");
  rejects("approval_expired", () => approve(begun, { now: NOW + 66 }));
  const cancelled = cancelApproval(previous);
  assert.deepEqual(cancelled, { prev: previous, next: cancelled.next });
  assert.ok(Object.isFrozen(cancelled));
  assert.equal(readApproval(cancelled.next, { id: begun.id, now: NOW }), "cancelled");
  rejects("approval_answered", () => finishApproval(approve(begun), { state: cancelled.next, now: NOW }));
});

test("an answer is of one device, request, user and audience", () => {
  const begun = begin();
  const state = begun.transition.next;
  const other = enrolled();
  const elsewhere = enrolled({ audience: "example.com" });
  const eve = enrolled({ userId: "eve" });
  const finish = (answer) => () => finishApproval(answer, { state, now: NOW });
  const request = readApprovalRequest(begun.request);
  rejects("approval_device_unknown", finish(signApproval(request, { device: other.key, decision: "approve", number: begun.number, now: NOW })));
  rejects("approval_request_mismatch", finish(approve(begin())));
  rejects("approval_malformed", finish(phone.answer));
  rejects("approval_malformed", () => finishDeviceEnrollment(approve(begun), { state: phone.begun.state, now: NOW }));
  rejects("approval_request_mismatch", () => finishDeviceEnrollment(phone.answer, { state: other.begun.state, now: NOW }));
  // A device signs for its own audience and user alone.
  rejects("approval_audience_mismatch", () => signApproval(request, { device: elsewhere.key, decision: "deny", now: NOW }));
  rejects("approval_request_mismatch", () => signApproval(request, { device: eve.key, decision: "deny", now: NOW }));
  const [head, tail] = [approve(begun).slice(0, -4), "AAAA"];
  rejects("signature_invalid", finish(head + tail));
  assert.equal(readApproval(state, { id: begun.id, now: NOW }), "pending");
});

test("several devices are asked, by record or by text", () => {
  const tablet = enrolled();
  const begun = begin({ devices: [phone.record.toText(), tablet.record], context: undefined });
  const request = readApprovalRequest(begun.request);
  assert.equal(request.context, "");
  const answer = signApproval(request, { device: DeviceKey.fromText(tablet.key.toText()), decision: "approve", number: begun.number, now: NOW });
  assert.equal(finishApproval(answer, { state: begun.transition.next, now: NOW }).deviceId, tablet.record.id);
  for (const devices of [[], Array(5).fill(phone.record), [enrolled({ userId: "eve" }).record]]) misuse("argument_value_invalid", () => begin({ devices }));
});

test("a key in hardware signs in two steps", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x, y } = publicKey.export({ format: "jwk" });
  const cose = Buffer.concat([Buffer.from("a5010203262001215820", "hex"), Buffer.from(x, "base64url"), Buffer.from("225820", "hex"), Buffer.from(y, "base64url")]);
  const sign = (bytes) => createSign("sha256").update(bytes).sign(privateKey);

  const begun = beginDeviceEnrollment("ada", { audience: AUDIENCE, now: NOW });
  const request = readDeviceEnrollment(begun.request);
  const device = request.device(cose, { name: "Key store" });
  assert.deepEqual([device.name, device.publicKey], ["Key store", cose.toString("base64url")]);
  assert.deepEqual({ ...request.device(cose.toString("base64url")) }, { ...device, name: null });
  const enrolment = enrollmentToSign(request, { device, now: NOW });
  assert.ok(enrolment instanceof Uint8Array);
  const answered = approvalAnswer(enrolment, { signature: sign(enrolment) });
  const record = finishDeviceEnrollment(answered, { state: begun.state, now: NOW }).commit(1);
  assert.equal(record.toText(), device.toText());

  const approval = begin({ devices: [record] });
  const bytes = approvalToSign(readApprovalRequest(approval.request), { device: record.toText(), decision: "approve", number: approval.number, now: NOW });
  const answer = approvalAnswer(bytes, { signature: sign(bytes) });
  assert.equal(finishApproval(answer, { state: approval.transition.next, now: NOW }).commit(1).kind, "push_approval");

  misuse("argument_value_invalid", () => approvalAnswer(new Uint8Array(40), { signature: sign(bytes) }));
  for (const toSign of ["AAAA", null, [1]]) misuse("argument_type_invalid", () => approvalAnswer(toSign, { signature: sign(bytes) }));
  misuse("argument_type_invalid", () => approvalAnswer(bytes, { signature: "AAAA" }));
  misuse("argument_type_invalid", () => request.device(null));
  rejects("cose_key_malformed", () => request.device(new Uint8Array(8)));
});

test("what prints or serialises an approval or a key shows neither number nor key", () => {
  const begun = begin();
  const state = begun.transition.next;
  const shown = [inspect(begun, { showHidden: true, depth: 9, getters: true }), JSON.stringify({ begun }), String(begun), `${Object.entries(begun)}`, JSON.stringify({ ...begun })].join("\n");
  assert.ok(!shown.includes(state), shown);
  assert.equal(inspect(begun), `Approval(id=${begun.id}, expiresAt=${NOW + 120})`);
  assert.deepEqual(Object.keys(begun), ["id", "request", "expiresAt"]);
  assert.ok(Object.isFrozen(begun) && Object.isFrozen(begun.transition));
  const { key } = phone;
  const printed = [inspect(key, { showHidden: true, depth: 9, getters: true }), JSON.stringify(key), String(key), JSON.stringify({ ...key })].join("\n");
  assert.ok(!printed.includes(key.toText()) && !printed.includes(key.toText().split("$").at(-1)), printed);
  assert.equal(inspect(key), `DeviceKey(id=${key.record.id})`);
});

test("what came from the other side is a VerificationError, whatever it is", () => {
  const state = begin().transition.next;
  const CALLS = [
    (value) => finishApproval(value, { state, now: NOW }), (value) => finishDeviceEnrollment(value, { state: phone.begun.state, now: NOW }),
    readApprovalAnswer, readApprovalRequest, readDeviceEnrollment,
  ];
  for (const call of CALLS) {
    for (const [what, value] of Object.entries(HOSTILE)) {
      assert.throws(() => call(value), (error) => {
        assert.ok(error instanceof MalformedError, `${what}: ${String(error?.stack)}`);
        assert.equal(error.code, typeof value === "string" ? "approval_malformed" : "input_malformed", what);
        return true;
      }, what);
    }
    assert.throws(() => call(), MalformedError);
  }
});

test("what the host gets wrong is a ConfigError", () => {
  const begun = begin();
  const state = begun.transition.next;
  const request = readApprovalRequest(begun.request);
  const sign = (change) => () => signApproval(request, { device: phone.key, decision: "approve", number: "12", now: NOW, ...change });
  for (const change of [{ number: undefined }, { decision: "deny" }, { decision: "yes" }, { decision: "" }, { number: "1" }, { number: "123" }, { number: "1x" }, { number: "\uff11\uff12" }]) {
    misuse("argument_value_invalid", sign(change));
  }
  for (const change of [{ number: 12 }, { number: null }, { decision: true }, { decision: undefined }, { device: phone.record }, { device: phone.key.toText() }, { device: { ...phone.key } },
    { device: Object.create(phone.key) }, { device: null }]) {
    misuse("argument_type_invalid", sign(change));
  }
  for (const fake of [begun.request, { ...request }, Object.create(request), phone.request, null, undefined]) {
    misuse("argument_type_invalid", () => signApproval(fake, { device: phone.key, decision: "deny", now: NOW }));
    misuse("argument_type_invalid", () => approvalToSign(fake, { device: phone.record, decision: "deny", now: NOW }));
  }
  for (const fake of [phone.begun.request, { ...phone.request }, request, null]) {
    misuse("argument_type_invalid", () => generateDeviceKey(fake));
    misuse("argument_type_invalid", () => signEnrollment(fake, { device: phone.key, now: NOW }));
  }
  for (const make of [() => new DeviceKey("x"), () => new DeviceRecord({}), () => new begun.constructor({}), () => new request.constructor("x"), () => new phone.request.constructor("x")]) {
    misuse("argument_type_invalid", make);
  }
  for (const change of [{ audience: "" }, { audience: "x".repeat(256) }, { action: "" }, { action: "x\ny" }, { action: "\u202egnp" }, { action: " " }, { action: "Sign\u200bin" }, { context: "\n".repeat(9) }, { context: "x".repeat(1025) }, { context: "\t" },
    { lifetime: 59 }, { lifetime: 601 }, { Action: "x" }]) {
    misuse("argument_value_invalid", () => begin(change));
  }
  for (const change of [{ audience: undefined }, { action: null }, { context: null }, { devices: phone.record }, { devices: [{ ...phone.record }] }, { devices: undefined }, { previous: 5 }, { lifetime: "60" }]) {
    misuse("argument_type_invalid", () => begin(change));
  }
  for (const lifetime of [59, 3601]) misuse("argument_value_invalid", () => beginDeviceEnrollment("ada", { audience: AUDIENCE, lifetime, now: NOW }));
  for (const userId of ["", "x".repeat(256)]) misuse("user_id_invalid", () => beginDeviceEnrollment(userId, { audience: AUDIENCE, now: NOW }));
  for (const text of ["", "x", state.slice(0, -1), ` ${state}`, "A".repeat(1_000_000)]) {
    misuse("record_corrupt", () => finishApproval(approve(begun), { state: text, now: NOW }));
    misuse("record_corrupt", () => readApproval(text, { id: begun.id, now: NOW }));
    misuse("record_corrupt", () => cancelApproval(text));
    misuse("record_corrupt", () => begin({ previous: text }));
    misuse("record_corrupt", () => DeviceRecord.fromText(text));
    misuse("record_corrupt", () => DeviceKey.fromText(text));
    misuse("record_corrupt", () => begin({ devices: [text] }));
    misuse("record_corrupt", () => finishDeviceEnrollment(phone.answer, { state: text, now: NOW }));
  }
  misuse("record_version_unknown", () => DeviceRecord.fromText(phone.record.toText().replace("v=1", "v=2")));
  misuse("argument_type_invalid", () => readApproval(null, { id: begun.id }));
  misuse("argument_type_invalid", () => readApproval(state));
  misuse("time_invalid", () => readApproval(state, { id: begun.id, now: NOW * 1000 }));
});
