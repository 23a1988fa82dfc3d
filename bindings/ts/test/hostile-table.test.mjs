// What may stand in an argument where something else is meant, and the code that it gives. A client's value is a
// VerificationError, the host's a ConfigError, on every line. (client-values.test.mjs has stranger values still, without codes.)
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Assessment, AssuranceProfile, AttestationTrust, Classification, ConfigError, CredentialRecord, DeviceKey, DeviceRecord, Evidence, Hotp, Metadata,
  PendingTotp, Peppers, PolicyProfile, RelyingParty, Requirement, Throttle, Tier, Totp, VerificationError, approvalAnswer, approvalToSign, assess,
  auditRecord, beginApproval, beginDeviceEnrollment, canDisable, canRemove, cancelApproval, checkRecoveryCode, checkTemporaryCode, classify, decide,
  effects, eligibleMethods, enrollableMethods, enrollmentToSign, finishApproval, finishDeviceEnrollment, generateDeviceKey, generateRecoveryCodes,
  generateRecoveryCodesAsync, generateSecret, grandfathered, guessOdds, issueTemporaryCode, issueTemporaryCodeAsync, lint, methodAdvice, parseOtpauth,
  parseOtpauthMigration, qrPng, qrSvg, qrTerminal, readApproval, readApprovalAnswer, readApprovalRequest, readDeviceEnrollment, relatedOriginsJson,
  revokeTemporaryCode, sessionExpiresAt, signApproval, signEnrollment, tierName, touchSession, verifyRecoveryCode, verifyRecoveryCodeAsync,
  verifyTemporaryCode, verifyTemporaryCodeAsync,
} from "mfakit";
import { SoftAuthenticator } from "mfakit/testing";
import { AAGUID, authority, blob, entry } from "./support/attestation.mjs";
import { ORIGIN } from "./support/site.mjs";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const NOW = 1_800_000_000;
const totp = new Totp(SECRET);
const pending = new PendingTotp(SECRET);
const hotp = new Hotp(SECRET);
const throttle = new Throttle();
const peppers = new Peppers({ a: new Uint8Array(32).fill(1) }, { current: "a" });
const recovery = generateRecoveryCodes("ada", { count: 1 });
const issued = issueTemporaryCode("ada", { kind: "delivered", issuedBy: "sign-in", peppers, now: NOW });
const URI = `otpauth://hotp/Example:ada?secret=${SECRET}&counter=1&digits=6&issuer=Example`;
const EXPORT = "otpauth-migration://offline?data=Ch0KCkhlbGxvId6tvu8SBWFsaWNlGgRBY21lKAEwAhABGAEgACgH";

const maker = authority();
const BLOB = blob(maker, [entry(maker)]);
const metadata = Metadata.parse(BLOB, { roots: [maker.certificate], now: NOW });
const make = (change) => new RelyingParty("example.org", { name: "Example", origins: [ORIGIN], userVerification: "required", ...change });
const rp = make({ enumerationKey: new Uint8Array(32) });
const [userHandle, passkey] = ["YWRh", new SoftAuthenticator(ORIGIN)];
const registration = rp.beginRegistration(userHandle, { userName: "ada" });
const created = passkey.create(registration.options);
const registering = { challenge: registration.options.challenge, userHandle };
const record = rp.verifyRegistration(created, registering).commit(1);
const authentication = rp.beginAuthentication(userHandle, { allow: [record] });
const signedIn = passkey.get(authentication.options);
const signing = { challenge: authentication.options.challenge, userHandle, record };

const evidence = totp.verify(totp.codeAt(NOW), { lastStep: null, now: NOW }).commit(1);
const assessment = assess(evidence, { now: NOW });
const demanded = new Requirement(Tier.STANDARD);
const policy = PolicyProfile.named("salesforce-2026-05-05");
const decision = decide(assessment, { requirement: demanded, enrolled: ["totp"], now: NOW });
const classification = classify("rfc8176", { amr: ["hwk"], now: NOW });

const enrolment = beginDeviceEnrollment("ada", { audience: "example.org", now: NOW });
const enrolling = readDeviceEnrollment(enrolment.request);
const deviceKey = generateDeviceKey(enrolling);
const enrolled = signEnrollment(enrolling, { device: deviceKey, now: NOW });
const device = finishDeviceEnrollment(enrolled, { state: enrolment.state, now: NOW }).commit(1);
const asking = { audience: "example.org", action: "Sign in", devices: [device], now: NOW };
const approval = beginApproval("ada", asking);
const approving = readApprovalRequest(approval.request);
const pendingState = approval.transition.next;
const answered = signApproval(approving, { device: deviceKey, decision: "approve", number: approval.number, now: NOW });

// ---- the client's arguments

// What is right there, and every call that reads it.
const CLIENT = {
  otp: [totp.codeAt(NOW), {
    "totp.verify": (code) => totp.verify(code, { lastStep: null, now: NOW }),
    "totp.confirm": (code) => totp.confirm(code, { now: NOW }),
    "totp.checkCode": (code) => totp.checkCode(code),
    "pending.confirm": (code) => pending.confirm(code, { now: NOW }),
    "pending.checkCode": (code) => pending.checkCode(code),
    "hotp.verify": (code) => hotp.verify(code, { counter: NOW / 30 }),
    "hotp.resync, first": (code) => hotp.resync(code, { second: hotp.codeAt(NOW / 30 + 1), counter: NOW / 30 }),
    "hotp.resync, second": (code) => hotp.resync(hotp.codeAt(NOW / 30 - 1), { second: code, counter: NOW / 30 - 1 }),
    "hotp.checkCode": (code) => hotp.checkCode(code),
  }],
  recovery: [recovery.codes[0], {
    verifyRecoveryCode: (code) => verifyRecoveryCode(code, { userId: "ada", record: recovery.record, used: 0 }),
    verifyRecoveryCodeAsync: (code) => verifyRecoveryCodeAsync(code, { userId: "ada", record: recovery.record, used: 0 }),
    checkRecoveryCode: (code) => checkRecoveryCode(code, { record: recovery.record }),
  }],
  temporary: [issued.code, {
    verifyTemporaryCode: (code) => verifyTemporaryCode(code, { userId: "ada", record: issued.transition.next, peppers, now: NOW }),
    verifyTemporaryCodeAsync: (code) => verifyTemporaryCodeAsync(code, { userId: "ada", record: issued.transition.next, peppers, now: NOW }),
    checkTemporaryCode: (code) => checkTemporaryCode(code, { record: issued.transition.next }),
  }],
  uri: [URI, { parseOtpauth }],
  export: [EXPORT, { parseOtpauthMigration }],
  blob: [BLOB, { "Metadata.parse": (value) => Metadata.parse(value, { roots: [maker.certificate], now: NOW }) }],
  name: ["nobody@example.org", { "rp.beginDecoyAuthentication": (value) => rp.beginDecoyAuthentication(value) }],
};

const digits = (zero) => (right) => right.replace(/[0-9]/g, (digit) => String.fromCodePoint(zero + Number(digit)));
const refuse = () => { throw new RangeError("hostile"); };

// A value made from what is right, and the code that it gives where a code, or a URI, is read.
const CLIENT_VALUES = [
  // value                                                         otp              recovery                   temporary                   uri                    export                 blob                  name
  ["full-width digits",          digits(0xff10),                  "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_secret_invalid", "migration_malformed", "metadata_malformed", "accepted"],
  ["Arabic digits",              digits(0x0660),                  "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_secret_invalid", "migration_malformed", "metadata_malformed", "accepted"],
  ["mathematical digits",        digits(0x1d7ce),                 "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_secret_invalid", "migration_malformed", "metadata_malformed", "accepted"],
  ["superscripts",               (right) => right.replace(/[0-9]/g, (digit) => "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[digit]),
                                                                  "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_secret_invalid", "migration_malformed", "metadata_malformed", "accepted"],
  ["a NUL before it",            (right) => `\0${right}`,         "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_malformed",   "migration_malformed", "metadata_malformed", "accepted"],
  ["a NUL after it",             (right) => `${right}\0`,         "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_malformed",   "migration_malformed", "metadata_malformed", "accepted"],
  ["a NUL alone",                () => "\0",                      "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_malformed",   "migration_malformed", "metadata_malformed", "accepted"],
  ["nothing",                    () => "",                        "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_malformed",   "migration_malformed", "metadata_malformed", "accepted"],
  ["a line break after it",      (right) => `${right}\n`,         "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_malformed",   "migration_malformed", "accepted", "accepted"],
  ["a byte order mark before it", (right) => `\ufeff${right}`,    "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_malformed",   "migration_malformed", "metadata_malformed", "accepted"],
  ["a lone high surrogate",      (right) => `${right}\ud800`,     "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_malformed",   "migration_malformed", "metadata_malformed", "accepted"],
  ["a lone low surrogate",       (right) => `\udc00${right}`,     "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_malformed",   "migration_malformed", "metadata_malformed", "accepted"],
  ["surrogates the wrong way round", (right) => `${right}\udc00\ud800`, "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_malformed", "migration_malformed", "metadata_malformed", "accepted"],
  ["1 MB of digits",             () => "1".repeat(1_000_000),     "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "input_too_large",     "input_too_large", "metadata_malformed", "accepted"],
  ["1 MB of spaces before it",   (right) => " ".repeat(1_000_000) + right, "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "input_too_large", "input_too_large", "accepted", "accepted"],
  ["1 MB of euro signs",         () => "\u20ac".repeat(333_334),  "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "input_too_large",     "input_too_large", "metadata_malformed", "accepted"],
  ["1 MB of lone surrogates",    () => "\ud800".repeat(500_000),  "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "input_too_large",     "input_too_large", "metadata_malformed", "accepted"],
  ["its bytes",                  (right) => new TextEncoder().encode(right), ...all("input_malformed", { blob: "accepted" })],
  ["its bytes in a Buffer",      (right) => Buffer.from(right),   ...all("input_malformed", { blob: "accepted" })],
  ["bytes that are not UTF-8",   () => Uint8Array.of(0xff, 0xfe), ...all("input_malformed", { blob: "metadata_malformed" })],
  ["null",                       () => null,                      ...all("input_malformed")],
  ["undefined",                  () => undefined,                 ...all("input_malformed")],
  ["its number",                 (right) => Number(right),        ...all("input_malformed")],
  ["NaN",                        () => NaN,                       ...all("input_malformed")],
  ["a number beyond 2^53",       () => 2 ** 60,                   ...all("input_malformed")],
  ["a bigint",                   () => 123456n,                   ...all("input_malformed")],
  ["a boolean",                  () => true,                      ...all("input_malformed")],
  ["a symbol",                   (right) => Symbol(right),        ...all("input_malformed")],
  ["a function that gives it",   (right) => () => right,          ...all("input_malformed")],
  ["a String object",            (right) => new String(right),    ...all("input_malformed")],
  ["an array of it",             (right) => [right],              ...all("input_malformed")],
  ["an object that reads as it", (right) => ({ toString: () => right, toJSON: () => right, [Symbol.toPrimitive]: () => right }), ...all("input_malformed")],
  ["a toString that throws",     () => ({ toString: refuse, valueOf: refuse, toJSON: refuse, [Symbol.toPrimitive]: refuse }), ...all("input_malformed")],
  ["a proxy that throws",        () => new Proxy({}, Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, refuse]))), ...all("input_malformed")],
];

function all(code, but = {}) {
  return Object.keys(CLIENT).map((column) => but[column] ?? code);
}

// What is right elsewhere, every call that reads it, and the code that a text and another value give there, line by line where it differs.
const MORE = {
  answer: [answered, {
    finishApproval: (answer) => finishApproval(answer, { state: pendingState, now: NOW }), readApprovalAnswer,
  }, "approval_malformed", "input_malformed"],
  "an enrolment's answer": [enrolled, {
    finishDeviceEnrollment: (answer) => finishDeviceEnrollment(answer, { state: enrolment.state, now: NOW }),
  }, "approval_malformed", "input_malformed"],
  request: [approval.request, { readApprovalRequest }, "approval_malformed", "input_malformed"],
  "an enrolment's request": [enrolment.request, { readDeviceEnrollment }, "approval_malformed", "input_malformed"],
  claim: ["1234", {
    "classify acr": (acr) => classify("rfc8176", { acr, now: NOW }),
  }, "accepted", "claims_malformed", {
    "a lone high surrogate": "claims_malformed", "a lone low surrogate": "claims_malformed", "surrogates the wrong way round": "claims_malformed",
    "1 MB of digits": "input_too_large", "1 MB of spaces before it": "input_too_large", "1 MB of euro signs": "input_too_large",
    "1 MB of lone surrogates": "claims_malformed", undefined: "accepted",
  }],
  "list of claims": ["1234", {
    "classify amr": (value) => classify("rfc8176", { amr: [value], now: NOW }),
    "classify authnContext": (value) => classify("rfc8176", { authnContext: [value], now: NOW }),
  }, "accepted", "claims_malformed", {
    "a lone high surrogate": "claims_malformed", "a lone low surrogate": "claims_malformed", "surrogates the wrong way round": "claims_malformed",
    "1 MB of digits": "input_too_large", "1 MB of spaces before it": "input_too_large", "1 MB of euro signs": "input_too_large",
    "1 MB of lone surrogates": "claims_malformed",
  }],
  payload: ['{"amr":["1234"]}', {
    "classify claims": (claims) => classify("rfc8176", { claims, now: NOW }),
  }, "json_malformed", "claims_malformed", {
    "full-width digits": "accepted", "Arabic digits": "accepted", "mathematical digits": "accepted", superscripts: "accepted",
    "a line break after it": "accepted", "a byte order mark before it": "accepted", "1 MB of digits": "input_too_large", "1 MB of spaces before it": "input_too_large",
    "1 MB of euro signs": "input_too_large", "1 MB of lone surrogates": "input_too_large", "a lone high surrogate": "claims_malformed",
    "a lone low surrogate": "claims_malformed", "surrogates the wrong way round": "claims_malformed", "its bytes": "accepted",
    "its bytes in a Buffer": "accepted", "bytes that are not UTF-8": "json_malformed", undefined: "accepted",
  }],
};

// Inside a URI, where a number or a secret is read.
const URIS = [
  [`otpauth://totp/ada?secret=${SECRET}&digits=\uff16`, "otpauth_parameter_invalid"],
  [`otpauth://totp/ada?secret=${SECRET}&period=\u0663\u0660`, "otpauth_parameter_invalid"],
  [`otpauth://totp/ada?secret=${SECRET}&period=3\u2070`, "otpauth_parameter_invalid"],
  [`otpauth://hotp/ada?secret=${SECRET}&counter=-1`, "otpauth_parameter_invalid"],
  [`otpauth://hotp/ada?secret=${SECRET}&counter=18446744073709551616`, "otpauth_parameter_invalid"],
  [`otpauth://hotp/ada?secret=${SECRET}&counter=NaN`, "otpauth_parameter_invalid"],
  [`otpauth://totp/ada?secret=${SECRET}%00`, "otpauth_secret_invalid"],
  [`otpauth://totp/ada%00?secret=${SECRET}`, "otpauth_malformed"],
  [`otpauth://totp/ada%ff?secret=${SECRET}`, "otpauth_malformed"],
  [`otpauth://totp/ada%ed%a0%80?secret=${SECRET}`, "otpauth_malformed"],
];

// ---- the host's arguments

// What is no moment: `now`, everywhere.
const TIME = [
  ["negative", -1, "time_invalid"],
  ["a hair below zero", -Number.MIN_VALUE, "time_invalid"],
  ["NaN", NaN, "time_invalid"],
  ["Infinity", Infinity, "time_invalid"],
  ["-Infinity", -Infinity, "time_invalid"],
  ["milliseconds", NOW * 1000, "time_invalid"],
  ["a second above the limit", 1e11 + 1, "time_invalid"],
  ["beyond 2^53", 2 ** 53, "time_invalid"],
  ["an Invalid Date", new Date(NaN), "time_invalid"],
  ["a Date before 1970", new Date(-1), "time_invalid"],
  ["true", true, "time_invalid"],
  ["null", null, "time_invalid"],
  ["text", String(NOW), "time_invalid"],
  ["a bigint", BigInt(NOW), "time_invalid"],
  ["a Number object", new Number(NOW), "time_invalid"],
  ["an object that reads as one", { getTime: () => NOW, valueOf: () => NOW }, "time_invalid"],
  ["a valueOf that throws", { valueOf: refuse, [Symbol.toPrimitive]: refuse }, "time_invalid"],
];

// The same of a moment without a default.
const MOMENT = [...TIME.filter(([what]) => what !== "null"), ["null", null, "argument_type_invalid"], ["left out", undefined, "argument_type_invalid"]];

// What is no number of anything.
const NUMBER = [
  ["NaN", NaN, "argument_value_invalid"],
  ["Infinity", Infinity, "argument_value_invalid"],
  ["-Infinity", -Infinity, "argument_value_invalid"],
  ["a fraction", 1.5, "argument_value_invalid"],
  ["2^53", 2 ** 53, "argument_value_invalid"],
  ["1e300", 1e300, "argument_value_invalid"],
  ["true", true, "argument_type_invalid"],
  ["false", false, "argument_type_invalid"],
  ["null", null, "argument_type_invalid"],
  ["text", "1", "argument_type_invalid"],
  ["full-width text", "\uff11", "argument_type_invalid"],
  ["a Number object", new Number(1), "argument_type_invalid"],
  ["an array", [1], "argument_type_invalid"],
  ["a valueOf that throws", { valueOf: refuse, [Symbol.toPrimitive]: refuse }, "argument_type_invalid"],
];
const BIGINT = ["a bigint", 1n, "argument_type_invalid"];
const COUNT = [...NUMBER, BIGINT, ["negative", -1, "argument_value_invalid"]];
const SIGNED = [...NUMBER, BIGINT];
const INTEGER = [
  ...NUMBER.filter(([what]) => what !== "null"),
  ["negative", -1, "argument_value_invalid"],
  ["a negative bigint", -1n, "argument_value_invalid"],
  ["2^64", 2n ** 64n, "argument_value_invalid"],
];
const NULL = ["null", null, "argument_type_invalid"];

// What is no text; `wrong` is the code of a text that says nothing there, `long` of one that is far too long.
const text = (wrong, long = wrong) => [
  ["null", null, "argument_type_invalid"],
  ...nullableText(wrong, long),
];
const nullableText = (wrong, long = wrong) => [
  ["a number", 5, "argument_type_invalid"],
  ["true", true, "argument_type_invalid"],
  ["bytes", Uint8Array.of(65), "argument_type_invalid"],
  ["a String object", new String("x"), "argument_type_invalid"],
  ["an array of text", ["x"], "argument_type_invalid"],
  ["a toString that throws", { toString: refuse, [Symbol.toPrimitive]: refuse }, "argument_type_invalid"],
  ["a lone surrogate", "\ud800", "argument_type_invalid"],
  ...(wrong === null ? [] : [["a NUL", "\0", wrong], ["full-width", "\uff11\uff12\uff13", wrong], ["1 MB", "\u00e9".repeat(500_000), long]]),
];
const SECRETS = text("secret_malformed", "secret_too_long");
// A name of an account or an issuer may be any text that is neither empty nor too long.
const label = (wrong) => [...text(null), ["nothing", "", wrong], ["1 MB", "x".repeat(1_000_000), wrong]];
const flag = [["0", 0, "argument_type_invalid"], ["text", "true", "argument_type_invalid"], NULL, ["an object", {}, "argument_type_invalid"]];
const PEPPERS = [NULL, ["text", "a", "argument_type_invalid"], ["keys", { a: new Uint8Array(32) }, "argument_type_invalid"],
  ["a copy", { ...peppers }, "argument_type_invalid"], ["its twin by prototype", Object.create(peppers), "argument_type_invalid"]];
const OPTIONS = [NULL, ["a number", 5, "argument_type_invalid"], ["text", "x", "argument_type_invalid"],
  ["a getter that throws", Object.defineProperty({}, "now", { get: refuse, enumerable: true }), "argument_type_invalid"],
  ["an unknown name", { lastStep: null, unknown: 1 }, "argument_value_invalid"]];

// What is no list of names; `wrong` is the code of a name that says nothing there.
const names = (wrong = "argument_value_invalid") => [
  NULL, ["text", "x", "argument_type_invalid"], ["a number", 5, "argument_type_invalid"], ["an array-like", { 0: "x", length: 1 }, "argument_type_invalid"],
  ["a set", new Set(["x"]), "argument_type_invalid"], ["a number in it", [5], "argument_type_invalid"], ["a list in it", [["x"]], "argument_type_invalid"],
  ["a hole in it", [,], "argument_type_invalid"], ["a lone surrogate in it", ["\ud800"], "argument_type_invalid"],
  ["a proxy that throws", new Proxy([], { get: refuse }), "argument_type_invalid"], ["an unknown name", ["x"], wrong],
  ["full-width", ["\uff11"], wrong], ["a NUL", ["\0"], wrong],
];
const texts = names(null).filter(([, , code]) => code !== null);
const KEY = (wrong) => [NULL, ["text", "A".repeat(43), "argument_type_invalid"], ["a number", 5, "argument_type_invalid"],
  ["numbers", Array(32).fill(1), "argument_type_invalid"], ["shared memory", new Uint8Array(new SharedArrayBuffer(32)), "argument_type_invalid"],
  ["a DataView", new DataView(new ArrayBuffer(32)), "argument_type_invalid"], ["nothing", new Uint8Array(0), wrong], ["31 bytes", new Uint8Array(31), wrong],
  ["65 bytes", new Uint8Array(65), wrong]];
const cycle = {};
cycle.self = cycle;
const EXTENSIONS = [NULL, ["text", '{"uvm":true}', "argument_type_invalid"], ["a number", 5, "argument_type_invalid"], ["a list", [], "argument_type_invalid"],
  ["bytes", Uint8Array.of(1), "argument_type_invalid"], ["a function", refuse, "argument_type_invalid"], ["a cycle", cycle, "argument_type_invalid"],
  ["a bigint in it", { uvm: 1n }, "argument_type_invalid"], ["a toJSON that gives text", { toJSON: () => "x" }, "argument_type_invalid"],
  ["a toJSON that gives nothing", { toJSON: () => undefined }, "argument_type_invalid"], ["a lone surrogate in it", { x: "\ud800" }, "argument_type_invalid"],
  ["a getter that throws", Object.defineProperty({}, "uvm", { get: refuse, enumerable: true }), "argument_type_invalid"],
  ["a proxy that throws", new Proxy({}, { ownKeys: refuse }), "argument_type_invalid"], ["17 levels", { x: JSON.parse("[".repeat(17) + "]".repeat(17)) }, "argument_type_invalid"],
  ["a flag that is none", { uvm: "yes" }, "argument_value_invalid"], ["a long name", { ["x".repeat(65)]: 1 }, "argument_value_invalid"]];
const FILES = [NULL, ["text", maker.pem, "argument_type_invalid"], ["bytes", maker.certificate, "argument_type_invalid"], ["a number in it", [5], "argument_type_invalid"],
  ["numbers in it", [[1, 2]], "argument_type_invalid"], ["shared memory in it", [new Uint8Array(new SharedArrayBuffer(8))], "argument_type_invalid"],
  ["no text in it", [""], "anchor_invalid"], ["no bytes in it", [new Uint8Array(0)], "anchor_invalid"], ["another text in it", ["x"], "anchor_invalid"],
  ["a lone surrogate in it", ["\ud800"], "anchor_invalid"], ["base64 in it", [maker.certificate.toString("base64")], "anchor_invalid"],
  ["a certificate and more", [Buffer.concat([maker.certificate, Buffer.of(0)])], "anchor_invalid"], ["a part of one", [maker.certificate.subarray(0, -1)], "anchor_invalid"],
  ["a key in PEM", ["-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n"], "anchor_invalid"], ["1 MB", ["x".repeat(1_000_000)], "anchor_invalid"]];
const TRUST = [NULL, ["text", maker.pem, "argument_type_invalid"], ["options", { anchors: [maker.pem] }, "argument_type_invalid"],
  ["a copy", { ...new AttestationTrust({ anchors: [maker.pem] }) }, "argument_type_invalid"], ["metadata", metadata, "argument_type_invalid"],
  ["required of nothing", new AttestationTrust({ anchors: [maker.pem] }), "argument_value_invalid"]];
const METADATA = [NULL, ["the BLOB", BLOB, "argument_type_invalid"], ["an entry", metadata.find(AAGUID), "argument_type_invalid"],
  ["a copy", { ...metadata }, "argument_type_invalid"], ["its twin by prototype", Object.create(metadata), "argument_type_invalid"]];
const VALUE = "argument_value_invalid";

// What is no genuine part: a copy, or its twin by prototype.
const genuine = (part) => [NULL, ["text", "x", TYPE], ["a number", 5, TYPE], ["a copy", { ...part }, TYPE], ["its twin by prototype", Object.create(part), TYPE],
  ["a clone", structuredClone({ ...part }), TYPE], ["a proxy", new Proxy(part, {}), TYPE], ["a list of it", [part], TYPE]];
const TYPE = "argument_type_invalid";
const STANDING = [...genuine(assessment), ["its JSON text", assessment.toJson(), TYPE], ["evidence", evidence, TYPE], ["left out", undefined, TYPE]];
const REQUIREMENT = [...genuine(demanded), ["a tier", Tier.STANDARD, TYPE], ["left out", undefined, TYPE]];
const TIER = [...COUNT.filter(([what]) => !["text", "full-width text"].includes(what)), ["0", 0, VALUE], ["4", 4, VALUE], ["an unknown name", "strong", VALUE],
  ["a number in text", "1", VALUE], ["a lone surrogate", "\ud800", VALUE], ["left out", undefined, TYPE]];
const PROFILE = [...genuine(AssuranceProfile.named("rfc8176")).filter(([what]) => what !== "text"), ["a name that is none", "rfc", VALUE], ["nothing", "", VALUE],
  ["in upper case", "RFC8176", VALUE], ["a lone surrogate", "\ud800", TYPE], ["a policy's", policy, TYPE], ["left out", undefined, TYPE]];
const PROFILE_JSON = text("profile_invalid");
// A record's or a state's text.
const RECORD = [...text("record_corrupt"), ["nothing", "", "record_corrupt"], ["left out", undefined, TYPE]];
const DEVICE = RECORD.filter(([what]) => what !== "left out").concat([["a copy", { ...device }, TYPE], ["its twin by prototype", Object.create(device), TYPE]]);
const BYTES = [NULL, ["text", "AAAA", TYPE], ["a number", 5, TYPE], ["numbers", [1, 2], TYPE], ["shared memory", new Uint8Array(new SharedArrayBuffer(8)), TYPE],
  ["left out", undefined, TYPE], ["nothing", new Uint8Array(0), VALUE], ["other bytes", new Uint8Array(64), VALUE]];
const sign = (change) => signApproval(approving, { device: deviceKey, decision: "approve", number: "12", now: NOW, ...change });

const CODE = totp.codeAt(NOW);
const [RECOVERY] = recovery.codes;
const issue = (change) => issueTemporaryCode("ada", { kind: "delivered", issuedBy: "sign-in", peppers, now: NOW, ...change });
const verifyTemporary = (change) =>
  verifyTemporaryCode(issued.code, { userId: "ada", record: issued.transition.next, peppers, now: NOW, ...change });
const verifyRecovery = (change) => verifyRecoveryCode(RECOVERY, { userId: "ada", record: recovery.record, used: 0, ...change });

// Each argument: how it is passed, what is refused there, and what is of the right type and out of bounds.
const HOST = {
  "new Totp(secret)": [(value) => new Totp(value), SECRETS, ["15 bytes", "GEZDGNBVGY3TQOJQGEZDGNBV", "secret_too_short"]],
  "new PendingTotp(secret)": [(value) => new PendingTotp(value), SECRETS, ["nothing", "", "secret_too_short"]],
  "new Hotp(secret)": [(value) => new Hotp(value), SECRETS, ["129 bytes", "A".repeat(208), "secret_too_long"]],
  "Totp.steam(secret)": [(value) => Totp.steam(value), SECRETS, ["nothing", "", "secret_too_short"]],
  "Totp.dangerLegacy(secret)": [(value) => Totp.dangerLegacy(value), SECRETS, ["nothing", "", "secret_too_short"]],
  "new Totp options": [(value) => new Totp(SECRET, value), OPTIONS],
  "new Totp algorithm": [(algorithm) => new Totp(SECRET, { algorithm }), text("hash_algorithm_unknown"), ["in lower case", "sha1", "hash_algorithm_unknown"]],
  "new Totp digits": [(digits) => new Totp(SECRET, { digits }), COUNT, ["5", 5, "digits_invalid"], ["10", 10, "digits_invalid"], ["2^40", 2 ** 40, "digits_invalid"]],
  "new Totp period": [(period) => new Totp(SECRET, { period }), COUNT, ["0", 0, "period_invalid"], ["3601", 3601, "period_invalid"]],
  "new Totp preset": [(preset) => new Totp(SECRET, { preset }), text("argument_value_invalid"), ["in upper case", "STRICT", "argument_value_invalid"]],
  "PendingTotp.generate digits": [(digits) => PendingTotp.generate({ digits }), COUNT, ["9", 9, "digits_invalid"]],
  "new Hotp digits": [(digits) => new Hotp(SECRET, { digits }), COUNT, ["10", 10, "digits_invalid"]],
  "generateSecret length": [(length) => generateSecret(length), COUNT, ["15", 15, "secret_too_short"], ["129", 129, "secret_too_long"]],
  "totp.codeAt now": [(now) => totp.codeAt(now), TIME],
  "totp.confirm now": [(now) => totp.confirm(CODE, { now }), TIME],
  "pending.confirm now": [(now) => pending.confirm(CODE, { now }), TIME],
  "totp.verify options": [(value) => totp.verify(CODE, value), OPTIONS],
  "totp.verify now": [(now) => totp.verify(CODE, { lastStep: null, now }), TIME],
  "totp.verify lastStep": [(lastStep) => totp.verify(CODE, { lastStep, now: NOW }), INTEGER, ["left out", undefined, "argument_type_invalid"]],
  "totp.verify past": [(past) => totp.verify(CODE, { lastStep: null, now: NOW, past }), COUNT, ["11", 11, "window_too_large"], ["2^52", 2 ** 52, "window_too_large"]],
  "totp.verify future": [(future) => totp.verify(CODE, { lastStep: null, now: NOW, future }), COUNT, ["11", 11, "window_too_large"]],
  "totp.verify drift": [(drift) => totp.verify(CODE, { lastStep: null, now: NOW, drift }), SIGNED,
    ["11", 11, "window_too_large"], ["-11", -11, "window_too_large"], ["-2^52", -(2 ** 52), "window_too_large"]],
  "totp.uri issuer": [(issuer) => totp.uri({ issuer, account: "ada" }), text(null), ["nothing", "", "otp_label_invalid"], ["a NUL", "\0", "otp_label_invalid"],
    ["a colon", "a:b", "otp_label_invalid"], ["1 MB", "x".repeat(1_000_000), "otp_label_invalid"]],
  "totp.uri account": [(account) => totp.uri({ issuer: "Example", account }), text(null), ["129 bytes", "x".repeat(129), "otp_label_invalid"]],
  "hotp.codeAt counter": [(counter) => hotp.codeAt(counter), [...INTEGER, NULL]],
  "hotp.uri counter": [(counter) => hotp.uri({ issuer: "Example", account: "ada", counter }), [...INTEGER, NULL]],
  "hotp.verify counter": [(counter) => hotp.verify(CODE, { counter }), [...INTEGER, NULL], ["too large to add to", 2 ** 53 - 1, "argument_value_invalid"]],
  "hotp.verify lookAhead": [(lookAhead) => hotp.verify(CODE, { counter: 0, lookAhead }), COUNT, ["101", 101, "window_too_large"]],
  "hotp.resync counter": [(counter) => hotp.resync(CODE, { second: CODE, counter }), [...INTEGER, NULL]],
  "hotp.resync lookAhead": [(lookAhead) => hotp.resync(CODE, { second: CODE, counter: 0, lookAhead }), COUNT, ["1001", 1001, "window_too_large"]],
  "new Peppers keys": [(keys) => new Peppers(keys, { current: "a" }), [NULL, ["text", "a", "argument_type_invalid"], ["a key of text", { a: "A".repeat(43) }, "argument_type_invalid"],
    ["a key of numbers", { a: Array(32).fill(1) }, "argument_type_invalid"], ["a key of 31 bytes", { a: new Uint8Array(31) }, "pepper_invalid"]]],
  "new Peppers current": [(current) => new Peppers({ a: new Uint8Array(32) }, { current }), text("pepper_invalid")],
  "generateRecoveryCodes userId": [(userId) => generateRecoveryCodes(userId), label("user_id_invalid")],
  "generateRecoveryCodes options": [(value) => generateRecoveryCodes("ada", value), OPTIONS],
  "generateRecoveryCodes count": [(count) => generateRecoveryCodes("ada", { count }), COUNT, ["0", 0, "argument_value_invalid"], ["32", 32, "argument_value_invalid"]],
  "generateRecoveryCodes format": [(format) => generateRecoveryCodes("ada", { format }), text("argument_value_invalid")],
  "generateRecoveryCodes peppers": [(peppers) => generateRecoveryCodes("ada", { peppers }), PEPPERS],
  "generateRecoveryCodesAsync userId": [(userId) => generateRecoveryCodesAsync(userId), label("user_id_invalid")],
  "generateRecoveryCodesAsync count": [(count) => generateRecoveryCodesAsync("ada", { count }), COUNT, ["32", 32, "argument_value_invalid"]],
  "verifyRecoveryCode options": [(value) => verifyRecoveryCode(RECOVERY, value), OPTIONS],
  "verifyRecoveryCode userId": [(userId) => verifyRecovery({ userId }), label("user_id_invalid")],
  "verifyRecoveryCode record": [(record) => verifyRecovery({ record }), text("record_corrupt"), ["nothing", "", "record_corrupt"]],
  "verifyRecoveryCode used": [(used) => verifyRecovery({ used }), SIGNED, ["negative", -1, "record_corrupt"], ["a bit that no code has", 2, "record_corrupt"], ["2^52", 2 ** 52, "record_corrupt"]],
  "verifyRecoveryCode peppers": [(peppers) => verifyRecovery({ peppers }), PEPPERS],
  "verifyRecoveryCodeAsync used": [(used) => verifyRecoveryCodeAsync(RECOVERY, { userId: "ada", record: recovery.record, used }), SIGNED, ["negative", -1, "record_corrupt"]],
  "checkRecoveryCode record": [(record) => checkRecoveryCode(RECOVERY, { record }), text("record_corrupt"), ["left out", undefined, "argument_type_invalid"]],
  "issueTemporaryCode userId": [(userId) => issueTemporaryCode(userId, { kind: "delivered", issuedBy: "x", peppers }), label("user_id_invalid")],
  "issueTemporaryCode options": [(value) => issueTemporaryCode("ada", value), OPTIONS],
  "issueTemporaryCode kind": [(kind) => issue({ kind }), text("argument_value_invalid"), ["left out", undefined, "argument_type_invalid"]],
  "issueTemporaryCode issuedBy": [(issuedBy) => issue({ issuedBy }), label("argument_value_invalid"), ["left out", undefined, "argument_type_invalid"]],
  "issueTemporaryCode previous": [(previous) => issue({ previous }), nullableText("record_corrupt"), ["nothing", "", "record_corrupt"]],
  "issueTemporaryCode lifetime": [(lifetime) => issue({ lifetime }), COUNT, ["59", 59, "argument_value_invalid"], ["milliseconds", 600_000, "argument_value_invalid"]],
  "issueTemporaryCode digits": [(digits) => issue({ digits }), COUNT, ["5", 5, "digits_invalid"], ["9", 9, "digits_invalid"]],
  "issueTemporaryCode peppers": [(peppers) => issue({ peppers }), PEPPERS, ["left out", undefined, "pepper_required"]],
  "issueTemporaryCode now": [(now) => issue({ now }), TIME],
  "issueTemporaryCodeAsync now": [(now) => issueTemporaryCodeAsync("ada", { kind: "delivered", issuedBy: "x", peppers, now }), TIME],
  "verifyTemporaryCode options": [(value) => verifyTemporaryCode(issued.code, value), OPTIONS],
  "verifyTemporaryCode userId": [(userId) => verifyTemporary({ userId }), label("user_id_invalid")],
  "verifyTemporaryCode record": [(record) => verifyTemporary({ record }), text("record_corrupt"), ["nothing", "", "record_corrupt"]],
  "verifyTemporaryCode peppers": [(peppers) => verifyTemporary({ peppers }), PEPPERS, ["left out", undefined, "pepper_unknown"]],
  "verifyTemporaryCode now": [(now) => verifyTemporary({ now }), TIME],
  "verifyTemporaryCodeAsync now": [(now) => verifyTemporaryCodeAsync(issued.code, { userId: "ada", record: issued.transition.next, peppers, now }), TIME],
  "checkTemporaryCode record": [(record) => checkTemporaryCode(issued.code, { record }), text("record_corrupt")],
  "revokeTemporaryCode record": [(record) => revokeTemporaryCode(record), text("record_corrupt"), ["left out", undefined, "argument_type_invalid"]],
  "new Throttle maxFailures": [(maxFailures) => new Throttle({ maxFailures }), COUNT, ["101", 101, "argument_value_invalid"]],
  "new Throttle delay": [(delay) => new Throttle({ delay }), COUNT, ["milliseconds", 30_000, "argument_value_invalid"]],
  "new Throttle digits": [(digits) => new Throttle({ digits }), COUNT, ["0", 0, "argument_value_invalid"], ["11", 11, "argument_value_invalid"], ["4", 4, "guess_budget_exceeded"]],
  "new Throttle window": [(window) => new Throttle({ window }), COUNT, ["0", 0, "argument_value_invalid"], ["1001", 1001, "argument_value_invalid"], ["21", 21, "guess_budget_exceeded"]],
  "new Throttle budget": [(budget) => new Throttle({ budget }), text("argument_value_invalid"), ["more than it allows", "strict", "guess_budget_exceeded"]],
  "throttle.charge state": [(state) => throttle.charge(state, { now: NOW }), nullableText("state_malformed"), ["left out", undefined, "argument_type_invalid"]],
  "throttle.charge now": [(now) => throttle.charge(null, { now }), TIME],
  "throttle.retryAt now": [(now) => throttle.retryAt(null, { now }), TIME],
  "guessOdds options": [(value) => guessOdds(value), OPTIONS],
  "guessOdds digits": [(digits) => guessOdds({ digits, window: 1, attempts: 1 }), COUNT, ["0", 0, "argument_value_invalid"], ["11", 11, "argument_value_invalid"]],
  "guessOdds window": [(window) => guessOdds({ digits: 6, window, attempts: 1 }), COUNT, ["0", 0, "argument_value_invalid"], ["1001", 1001, "argument_value_invalid"]],
  "guessOdds attempts": [(attempts) => guessOdds({ digits: 6, window: 1, attempts }), COUNT, ["left out", undefined, "argument_type_invalid"]],
  "qrSvg text": [(value) => qrSvg(value), text(null), ["1 MB", "x".repeat(1_000_000), "argument_value_invalid"]],
  "qrPng text": [(value) => qrPng(value), text(null), ["1 MB", "x".repeat(1_000_000), "argument_value_invalid"]],
  "qrTerminal text": [(value) => qrTerminal(value), text(null), ["1 MB", "x".repeat(1_000_000), "argument_value_invalid"]],
  "qrTerminal ascii": [(ascii) => qrTerminal("x", { ascii }), flag],
  "new RelyingParty residentKey": [(residentKey) => make({ residentKey }), text(VALUE), ["in upper case", "REQUIRED", VALUE], ["nothing", "", VALUE]],
  "new RelyingParty attachment": [(attachment) => make({ attachment }), text(VALUE), ["with an underscore", "cross_platform", VALUE]],
  "new RelyingParty hints": [(hints) => make({ hints }), names(), ["with an underscore", ["security_key"], VALUE]],
  "new RelyingParty attestation": [(attestation) => make({ attestation }), text(VALUE), ["in upper case", "Direct", VALUE]],
  "new RelyingParty attestationFormats": [(attestationFormats) => make({ attestationFormats }), names(), ["none of them", [], VALUE], ["in upper case", ["Packed"], VALUE]],
  "new RelyingParty unknownAttestation": [(unknownAttestation) => make({ unknownAttestation }), text(VALUE)],
  "new RelyingParty trust": [(trust) => make({ trust }), TRUST],
  "new RelyingParty keepAttestation": [(keepAttestation) => make({ keepAttestation }), flag],
  "new RelyingParty unsolicitedExtensions": [(unsolicitedExtensions) => make({ unsolicitedExtensions }), text(VALUE)],
  "new RelyingParty dangerAllowAbsentUser": [(dangerAllowAbsentUser) => make({ dangerAllowAbsentUser }), flag],
  "new RelyingParty stateKey": [(stateKey) => make({ stateKey }), KEY("state_key_invalid")],
  "new RelyingParty enumerationKey": [(enumerationKey) => make({ enumerationKey }), KEY("enumeration_key_invalid")],
  "new RelyingParty algorithms": [(algorithms) => make({ algorithms }), [NULL, ["a number", -7, "argument_type_invalid"], ["text in it", ["-7"], "argument_type_invalid"],
    ["a fraction in it", [-7.5], VALUE], ["a bigint in it", [-7n], "argument_type_invalid"], ["none of them", [], VALUE], ["an unknown one", [-65535], VALUE]]],
  "rp.beginRegistration residentKey": [(residentKey) => rp.beginRegistration(userHandle, { userName: "ada", residentKey }), text(VALUE)],
  "rp.beginRegistration attachment": [(attachment) => rp.beginRegistration(userHandle, { userName: "ada", attachment }), text(VALUE)],
  "rp.beginRegistration hints": [(hints) => rp.beginRegistration(userHandle, { userName: "ada", hints }), names()],
  "rp.beginRegistration mediation": [(mediation) => rp.beginRegistration(userHandle, { userName: "ada", mediation }), text(VALUE)],
  "rp.beginRegistration extensions": [(extensions) => rp.beginRegistration(userHandle, { userName: "ada", extensions }), EXTENSIONS],
  "rp.beginAuthentication hints": [(hints) => rp.beginAuthentication(userHandle, { allow: [record], hints }), names()],
  "rp.beginAuthentication extensions": [(extensions) => rp.beginAuthentication(userHandle, { allow: [record], extensions }), EXTENSIONS],
  "rp.beginDiscoverableAuthentication hints": [(hints) => rp.beginDiscoverableAuthentication({ hints }), names()],
  "rp.beginDiscoverableAuthentication extensions": [(extensions) => rp.beginDiscoverableAuthentication({ extensions }), EXTENSIONS],
  "rp.beginDecoyAuthentication options": [(value) => rp.beginDecoyAuthentication("nobody", value), OPTIONS],
  "rp.beginDecoyAuthentication userVerification": [(userVerification) => rp.beginDecoyAuthentication("nobody", { userVerification }), text(VALUE)],
  "rp.beginDecoyAuthentication hints": [(hints) => rp.beginDecoyAuthentication("nobody", { hints }), names()],
  "rp.beginDecoyAuthentication extensions": [(extensions) => rp.beginDecoyAuthentication("nobody", { extensions }), EXTENSIONS],
  "rp.beginDecoyAuthentication lifetime": [(lifetime) => rp.beginDecoyAuthentication("nobody", { lifetime }), COUNT, ["0", 0, VALUE], ["two days", 172_800, VALUE]],
  "rp.beginDecoyAuthentication now": [(now) => rp.beginDecoyAuthentication("nobody", { now }), TIME],
  "rp.verifyRegistration extensions": [(extensions) => rp.verifyRegistration(created, { ...registering, extensions }), EXTENSIONS],
  "rp.verifyRegistration now": [(now) => rp.verifyRegistration(created, { ...registering, now }), TIME],
  "rp.verifyAuthentication extensions": [(extensions) => rp.verifyAuthentication(signedIn, { ...signing, extensions }), EXTENSIONS],
  "rp.verifyDiscoverableAuthentication extensions": [(extensions) => rp.verifyDiscoverableAuthentication(signedIn, { challenge: signing.challenge, record, extensions }), EXTENSIONS],
  "rp.explainRegistration options": [(value) => rp.explainRegistration(created, value), OPTIONS],
  "rp.explainRegistration userHandle": [(userHandle) => rp.explainRegistration(created, { ...registering, userHandle }), [NULL, ["a number", 5, "argument_type_invalid"],
    ["nothing", "", "user_handle_invalid"], ["65 bytes", new Uint8Array(65), "user_handle_invalid"]]],
  "rp.explainRegistration userVerification": [(userVerification) => rp.explainRegistration(created, { ...registering, userVerification }), text(VALUE)],
  "rp.explainRegistration mediation": [(mediation) => rp.explainRegistration(created, { ...registering, mediation }), text(VALUE)],
  "rp.explainRegistration extensions": [(extensions) => rp.explainRegistration(created, { ...registering, extensions }), EXTENSIONS],
  "rp.explainRegistration now": [(now) => rp.explainRegistration(created, { ...registering, now }), TIME],
  "rp.explainAuthentication options": [(value) => rp.explainAuthentication(signedIn, value), OPTIONS],
  "rp.explainAuthentication challenge": [(challenge) => rp.explainAuthentication(signedIn, { ...signing, challenge }), [NULL, ["left out", undefined, "argument_type_invalid"],
    ["15 bytes", new Uint8Array(15), "challenge_too_short"], ["no base64url", "!", VALUE]]],
  "rp.explainAuthentication record": [(record) => rp.explainAuthentication(signedIn, { ...signing, record }), text("record_corrupt"), ["a copy", { ...record }, "argument_type_invalid"]],
  "rp.explainAuthentication allow": [(allow) => rp.explainAuthentication(signedIn, { ...signing, allow }), [NULL, ["text", "AAEC", "argument_type_invalid"],
    ["a number in it", [5], "argument_type_invalid"], ["no base64url in it", ["!"], VALUE], ["a damaged record in it", ["{}"], "record_corrupt"]]],
  "rp.explainAuthentication extensions": [(extensions) => rp.explainAuthentication(signedIn, { ...signing, extensions }), EXTENSIONS],
  "new AttestationTrust options": [(value) => new AttestationTrust(value), OPTIONS],
  "new AttestationTrust anchors": [(anchors) => new AttestationTrust({ anchors }), FILES],
  "new AttestationTrust metadata": [(metadata) => new AttestationTrust({ metadata }), METADATA],
  "new AttestationTrust require": [(require) => new AttestationTrust({ anchors: [maker.pem], require }), flag],
  "new AttestationTrust androidKey": [(androidKey) => new AttestationTrust({ anchors: [maker.pem], androidKey }), text(VALUE)],
  "new AttestationTrust fidoSwitches": [(fidoSwitches) => new AttestationTrust({ anchors: [maker.pem], fidoSwitches }), names()],
  "new AttestationTrust tolerances": [(tolerances) => new AttestationTrust({ anchors: [maker.pem], tolerances }), names()],
  "new AttestationTrust alsoReject": [(alsoReject) => new AttestationTrust({ anchors: [maker.pem], alsoReject }), texts],
  "new AttestationTrust dangerAcceptStatuses": [(dangerAcceptStatuses) => new AttestationTrust({ anchors: [maker.pem], dangerAcceptStatuses }), texts],
  "new AttestationTrust dangerIgnoreValidity": [(dangerIgnoreValidity) => new AttestationTrust({ anchors: [maker.pem], dangerIgnoreValidity }), flag],
  "Metadata.parse options": [(value) => Metadata.parse(BLOB, value), OPTIONS],
  "Metadata.parse roots": [(roots) => Metadata.parse(BLOB, { roots, now: NOW }), FILES, ["left out", undefined, "argument_type_invalid"], ["none of them", [], "anchor_invalid"]],
  "Metadata.parse now": [(now) => Metadata.parse(BLOB, { roots: [maker.pem], now }), TIME],
  "Metadata.parse previousNumber": [(previousNumber) => Metadata.parse(BLOB, { roots: [maker.pem], now: NOW, previousNumber }), [...INTEGER, NULL]],
  "Metadata.parse signer": [(signer) => Metadata.parse(BLOB, { roots: [maker.pem], now: NOW, signer }), text(null)],
  "Metadata.parse allowStale": [(allowStale) => Metadata.parse(BLOB, { roots: [maker.pem], now: NOW, allowStale }), flag],
  "metadata.find aaguid": [(aaguid) => metadata.find(aaguid), [NULL, ["left out", undefined, "argument_type_invalid"], ["a number", 5, "argument_type_invalid"], ["nothing", "", VALUE],
    ["15 bytes", new Uint8Array(15), VALUE], ["17 bytes", new Uint8Array(17), VALUE], ["full-width", "\uff11", VALUE], ["a lone surrogate", "\ud800", VALUE],
    ["braces around it", `{${AAGUID}}`, VALUE], ["its hyphens elsewhere", "6d616b6-572-0040-0080-000000000000001", VALUE], ["1 MB", "A".repeat(1_000_000), VALUE]]],
  "relatedOriginsJson origins": [(origins) => relatedOriginsJson(origins), names("origin_invalid"), ["none of them", [], "origin_invalid"]],
  "Evidence.password options": [(value) => Evidence.password(value), OPTIONS],
  "Evidence.password at": [(at) => Evidence.password({ at }), TIME],
  "commit options": [(value) => totp.verify(CODE, { lastStep: null, now: NOW }).commit(1, value), OPTIONS],
  "commit via": [(via) => verifyTemporary().commit(1, { via }), text(VALUE).filter(([what]) => what !== "a lone surrogate"), ["a lone surrogate", "\ud800", VALUE], ["in upper case", "SMS", VALUE], ["a method", "totp", VALUE]],
  "assess evidence": [(value) => assess(value, { now: NOW }), genuine(evidence).filter(([what]) => what !== "a list of it"), ["a copy in it", [{ ...evidence }], TYPE],
    ["a hole in it", [,], TYPE], ["a set", new Set([evidence]), TYPE], ["an assessment", assessment, TYPE], ["left out", undefined, TYPE]],
  "assess options": [(value) => assess(evidence, value), OPTIONS],
  "assess previous": [(previous) => assess(evidence, { previous, now: NOW }), genuine(assessment).filter(([what]) => what !== "null"), ["its JSON text", assessment.toJson(), TYPE]],
  "assess now": [(now) => assess(evidence, { now }), TIME],
  "Assessment.fromTrustedJson text": [(value) => Assessment.fromTrustedJson(value), RECORD],
  "assessment.meets tier": [(tier) => assessment.meets(tier), TIER],
  "assessment.meets maxAge": [(maxAge) => assessment.meets(Tier.WEAK, { maxAge, now: NOW }), COUNT],
  "assessment.meets now": [(now) => assessment.meets(Tier.WEAK, { maxAge: 5, now }), TIME],
  "tierName tier": [(tier) => tierName(tier), TIER],
  "AssuranceProfile.named id": [(id) => AssuranceProfile.named(id), text(VALUE), ["nothing", "", VALUE]],
  "AssuranceProfile.fromJson text": [(value) => AssuranceProfile.fromJson(value), PROFILE_JSON, ["nothing", "", "profile_invalid"]],
  "lint profile": [(profile) => lint(profile), PROFILE],
  "classify profile": [(profile) => classify(profile, { amr: ["hwk"], now: NOW }), PROFILE],
  "classify options": [(value) => classify("rfc8176", value), OPTIONS],
  "classify maxAge": [(maxAge) => classify("rfc8176", { amr: ["hwk"], authTime: NOW, maxAge, now: NOW }), COUNT],
  "classify now": [(now) => classify("rfc8176", { amr: ["hwk"], now }), TIME],
  "Classification.fromTrustedJson text": [(value) => Classification.fromTrustedJson(value, { profile: "rfc8176" }), RECORD],
  "Classification.fromTrustedJson profile": [(profile) => Classification.fromTrustedJson(classification.toJson(), { profile }), PROFILE],
  "classification.meets tier": [(tier) => classification.meets(tier), TIER],
  "new Requirement tier": [(tier) => new Requirement(tier), TIER],
  "new Requirement options": [(value) => new Requirement(Tier.WEAK, value), OPTIONS],
  "new Requirement maxAge": [(maxAge) => new Requirement(Tier.WEAK, { maxAge }), COUNT],
  "new Requirement exemption": [(exemption) => new Requirement(Tier.WEAK, { exemption }), text(VALUE).filter(([what]) => what !== "a lone surrogate"), ["a lone surrogate", "\ud800", VALUE],
    ["in upper case", "Approved", VALUE]],
  "new Requirement waiver": [(waiver) => new Requirement(Tier.WEAK, { waiver }), flag],
  "new Requirement enforcedFrom": [(enforcedFrom) => new Requirement(Tier.WEAK, { enforcedFrom }), TIME],
  "new Requirement clientCan": [(clientCan) => new Requirement(Tier.WEAK, { clientCan }), names()],
  "new Requirement acrValues": [(acrValues) => new Requirement(Tier.WEAK, { acrValues }), text(VALUE)],
  "requirement.applies now": [(now) => demanded.applies({ now }), TIME],
  "PolicyProfile.named id": [(id) => PolicyProfile.named(id), text(VALUE), ["nothing", "", VALUE]],
  "PolicyProfile.fromJson text": [(value) => PolicyProfile.fromJson(value), PROFILE_JSON],
  "policy.label tier": [(tier) => policy.label(tier), TIER],
  "policy.requirement person": [(value) => policy.requirement(value), OPTIONS.filter(([what]) => what !== "an unknown name"), ["nobody", undefined, TYPE]],
  "policy.requirement rights": [(rights) => policy.requirement({ rights }), texts, ["left out", undefined, TYPE]],
  "policy.requirement channel": [(channel) => policy.requirement({ rights: [], channel }), text(VALUE)],
  "policy.requirement environment": [(environment) => policy.requirement({ rights: [], environment }), text(VALUE)],
  "policy.requirement enforcedFrom": [(enforcedFrom) => policy.requirement({ rights: [], enforcedFrom }), TIME],
  "policy.requirement clientCan": [(clientCan) => policy.requirement({ rights: [], clientCan }), names()],
  "decide standing": [(standing) => decide(standing, { requirement: demanded, enrolled: [], now: NOW }), STANDING],
  "decide options": [(value) => decide(assessment, value), OPTIONS.filter(([what]) => what !== "an unknown name")],
  "decide requirement": [(requirement) => decide(assessment, { requirement, enrolled: [], now: NOW }), REQUIREMENT],
  "decide enrolled": [(enrolled) => decide(assessment, { requirement: demanded, enrolled, now: NOW }), names(), ["left out", undefined, TYPE]],
  "decide now": [(now) => decide(assessment, { requirement: demanded, enrolled: [], now }), TIME],
  "eligibleMethods enrolled": [(enrolled) => eligibleMethods(enrolled, { requirement: demanded, now: NOW }), names()],
  "eligibleMethods requirement": [(requirement) => eligibleMethods([], { requirement, now: NOW }), REQUIREMENT],
  "enrollableMethods requirement": [(requirement) => enrollableMethods(requirement), REQUIREMENT],
  "canRemove enrolled": [(enrolled) => canRemove(enrolled, { remove: "totp", requirement: demanded, now: NOW }), names()],
  "canRemove remove": [(remove) => canRemove(["totp"], { remove, requirement: demanded, now: NOW }), text(VALUE), ["left out", undefined, TYPE]],
  "canRemove requirement": [(requirement) => canRemove(["totp"], { remove: "totp", requirement, now: NOW }), REQUIREMENT],
  "canDisable assessment": [(value) => canDisable(value, { requirement: demanded, now: NOW }), STANDING, ["a classification", classification, TYPE]],
  "canDisable requirement": [(requirement) => canDisable(assessment, { requirement, now: NOW }), REQUIREMENT],
  "methodAdvice enrolled": [(enrolled) => methodAdvice(enrolled), names()],
  "grandfathered enrolledAt": [(at) => grandfathered(at, { enrolledBefore: NOW, until: NOW, now: NOW }), TIME.filter(([what]) => what !== "null"), ["left out", undefined, "time_invalid"]],
  "grandfathered enrolledBefore": [(enrolledBefore) => grandfathered(NOW, { enrolledBefore, until: NOW, now: NOW }), MOMENT],
  "grandfathered until": [(until) => grandfathered(NOW, { enrolledBefore: NOW, until, now: NOW }), MOMENT],
  "effects event": [(event) => effects(event), text(VALUE)],
  "sessionExpiresAt kind": [(kind) => sessionExpiresAt(kind, { created: NOW }), text(VALUE)],
  "sessionExpiresAt created": [(created) => sessionExpiresAt("web", { created }), MOMENT],
  "sessionExpiresAt lastActive": [(lastActive) => sessionExpiresAt("web", { created: NOW, lastActive }), TIME],
  "touchSession created": [(created) => touchSession("web", { created, lastActive: NOW, now: NOW }), MOMENT],
  "touchSession lastActive": [(lastActive) => touchSession("web", { created: NOW, lastActive, now: NOW }), MOMENT],
  "touchSession now": [(now) => touchSession("web", { created: NOW, lastActive: NOW, now }), TIME],
  "auditRecord event": [(event) => auditRecord(event, { now: NOW }), text(null), ["nothing", "", VALUE], ["1 MB", "x".repeat(1_000_000), VALUE]],
  "auditRecord options": [(value) => auditRecord("x", value), OPTIONS],
  "auditRecord user": [(user) => auditRecord("x", { user, now: NOW }), text(null), ["nothing", "", VALUE], ["1 MB", "x".repeat(1_000_000), VALUE]],
  "auditRecord standing": [(standing) => auditRecord("x", { standing, now: NOW }), STANDING.filter(([what]) => what !== "left out")],
  "auditRecord requirement": [(requirement) => auditRecord("x", { requirement, now: NOW }), REQUIREMENT.filter(([what]) => what !== "left out")],
  "auditRecord decision": [(value) => auditRecord("x", { decision: value, now: NOW }), genuine(decision)],
  "auditRecord credentialId": [(credentialId) => auditRecord("x", { credentialId, now: NOW }), [NULL, ["a number", 5, TYPE], ["no base64url", "!", VALUE], ["shared memory", new Uint8Array(new SharedArrayBuffer(8)), TYPE]]],
  "beginDeviceEnrollment userId": [(userId) => beginDeviceEnrollment(userId, { audience: "x", now: NOW }), label("user_id_invalid")],
  "beginDeviceEnrollment audience": [(audience) => beginDeviceEnrollment("ada", { audience, now: NOW }), text(null), ["nothing", "", VALUE], ["a NUL", "\0", VALUE], ["256 bytes", "x".repeat(256), VALUE]],
  "beginDeviceEnrollment lifetime": [(lifetime) => beginDeviceEnrollment("ada", { audience: "x", lifetime, now: NOW }), COUNT, ["59", 59, VALUE], ["milliseconds", 600_000, VALUE]],
  "beginDeviceEnrollment now": [(now) => beginDeviceEnrollment("ada", { audience: "x", now }), TIME],
  "finishDeviceEnrollment state": [(state) => finishDeviceEnrollment(enrolled, { state, now: NOW }), RECORD, ["an approval's", pendingState, "record_corrupt"]],
  "finishDeviceEnrollment now": [(now) => finishDeviceEnrollment(enrolled, { state: enrolment.state, now }), TIME],
  "DeviceRecord.fromText text": [(value) => DeviceRecord.fromText(value), RECORD, ["a key", deviceKey.toText(), "record_corrupt"]],
  "DeviceKey.fromText text": [(value) => DeviceKey.fromText(value), RECORD, ["a record", device.toText(), "record_corrupt"]],
  "beginApproval userId": [(userId) => beginApproval(userId, asking), label("user_id_invalid").filter(([what]) => what !== "1 MB"), ["another user", "eve", VALUE]],
  "beginApproval options": [(value) => beginApproval("ada", value), OPTIONS.filter(([what]) => what !== "an unknown name")],
  "beginApproval audience": [(audience) => beginApproval("ada", { ...asking, audience }), text(null), ["another", "example.com", VALUE]],
  "beginApproval action": [(action) => beginApproval("ada", { ...asking, action }), text(null), ["nothing", "", VALUE], ["a line break", "a\nb", VALUE], ["256 bytes", "x".repeat(256), VALUE]],
  "beginApproval context": [(context) => beginApproval("ada", { ...asking, context }), text(null), ["a NUL", "\0", VALUE], ["1025 bytes", "x".repeat(1025), VALUE]],
  "beginApproval devices": [(devices) => beginApproval("ada", { ...asking, devices }), [NULL, ["a record", device, TYPE], ["a copy in it", [{ ...device }], TYPE], ["a number in it", [5], TYPE],
    ["another text in it", ["x"], "record_corrupt"], ["none of them", [], VALUE], ["left out", undefined, TYPE]]],
  "beginApproval previous": [(previous) => beginApproval("ada", { ...asking, previous }), nullableText("record_corrupt"), ["nothing", "", "record_corrupt"]],
  "beginApproval lifetime": [(lifetime) => beginApproval("ada", { ...asking, lifetime }), COUNT, ["59", 59, VALUE], ["601", 601, VALUE]],
  "beginApproval now": [(now) => beginApproval("ada", { ...asking, now }), TIME],
  "finishApproval state": [(state) => finishApproval(answered, { state, now: NOW }), RECORD, ["an enrolment's", enrolment.state, "record_corrupt"]],
  "finishApproval now": [(now) => finishApproval(answered, { state: pendingState, now }), TIME],
  "readApproval state": [(state) => readApproval(state, { id: approval.id, now: NOW }), RECORD],
  "readApproval id": [(id) => readApproval(pendingState, { id, now: NOW }), text(VALUE), ["nothing", "", VALUE], ["15 bytes", "A".repeat(20), VALUE], ["left out", undefined, TYPE]],
  "readApproval now": [(now) => readApproval(pendingState, { id: approval.id, now }), TIME],
  "cancelApproval state": [(state) => cancelApproval(state), RECORD],
  "enrolling.device publicKey": [(publicKey) => enrolling.device(publicKey), [NULL, ["a number", 5, TYPE], ["shared memory", new Uint8Array(new SharedArrayBuffer(8)), TYPE], ["left out", undefined, TYPE]]],
  "enrolling.device name": [(name) => enrolling.device(device.publicKey, { name }), text(null), ["nothing", "", VALUE], ["256 bytes", "x".repeat(256), VALUE]],
  "generateDeviceKey request": [(request) => generateDeviceKey(request), genuine(enrolling), ["its text", enrolment.request, TYPE], ["an approval's", approving, TYPE]],
  "signEnrollment request": [(request) => signEnrollment(request, { device: deviceKey, now: NOW }), genuine(enrolling), ["its text", enrolment.request, TYPE]],
  "signEnrollment device": [(device) => signEnrollment(enrolling, { device, now: NOW }), genuine(deviceKey), ["its text", deviceKey.toText(), TYPE], ["a record", device, TYPE]],
  "signEnrollment name": [(name) => signEnrollment(enrolling, { device: deviceKey, name, now: NOW }), text(null), ["nothing", "", VALUE], ["a NUL", "\0", VALUE]],
  "signEnrollment now": [(now) => signEnrollment(enrolling, { device: deviceKey, now }), TIME],
  "enrollmentToSign device": [(device) => enrollmentToSign(enrolling, { device, now: NOW }), DEVICE],
  "enrollmentToSign now": [(now) => enrollmentToSign(enrolling, { device, now }), TIME],
  "signApproval request": [(request) => signApproval(request, { device: deviceKey, decision: "deny", now: NOW }), genuine(approving), ["an enrolment's", enrolling, TYPE]],
  "signApproval device": [(device) => sign({ device }), genuine(deviceKey), ["its text", deviceKey.toText(), TYPE]],
  "signApproval decision": [(decision) => sign({ decision }), text(VALUE), ["no, with a number", "deny", VALUE], ["left out", undefined, TYPE]],
  "signApproval number": [(number) => sign({ number }), text(VALUE), ["one digit", "1", VALUE], ["left out", undefined, VALUE]],
  "signApproval now": [(now) => sign({ now }), TIME],
  "approvalToSign device": [(device) => approvalToSign(approving, { device, decision: "deny", now: NOW }), DEVICE],
  "approvalAnswer toSign": [(toSign) => approvalAnswer(toSign, { signature: new Uint8Array(64) }), BYTES],
  "approvalAnswer signature": [(signature) => approvalAnswer(new Uint8Array(64), { signature }), BYTES],
  "new CredentialRecord uvInitialized": [(uvInitialized) => new CredentialRecord(record.id, { publicKey: record.publicKey, userHandle, signCount: 0, uvInitialized }),
    flag.filter(([what]) => what !== "null")],
};

// ---- the tables, line by line

/** How a call ends: with a code of the family that is expected, or with a complaint. */
async function ending(call, value, family) {
  try {
    await call(value);
    return "accepted";
  } catch (error) {
    return error instanceof family ? error.code : `${error}, which is no ${family.name}`;
  }
}

for (const [column, [kind, [right, calls]]] of Object.entries(CLIENT).entries()) {
  for (const [name, call] of Object.entries(calls)) {
    test(`${name}: the client's value`, async () => {
      assert.equal(await ending(call, right, VerificationError), "accepted");
      const expected = Object.fromEntries(CLIENT_VALUES.map(([what, , ...codes]) => [what, codes[column]]));
      const got = {};
      for (const [what, make] of CLIENT_VALUES) got[what] = await ending(call, make(right), VerificationError);
      assert.deepEqual(got, expected, kind);
    });
  }
}

for (const [kind, [right, calls, ofText, ofAnother, but = {}]] of Object.entries(MORE)) {
  for (const [name, call] of Object.entries(calls)) {
    test(`${name}: the other side's value`, async () => {
      assert.equal(await ending(call, right, VerificationError), "accepted");
      const [expected, got] = [{}, {}];
      for (const [what, make] of CLIENT_VALUES) {
        const value = make(right);
        expected[what] = but[what] ?? (typeof value === "string" ? ofText : ofAnother);
        got[what] = await ending(call, value, VerificationError);
      }
      assert.deepEqual(got, expected, kind);
    });
  }
}

test("parseOtpauth: the parts of a URI", async () => {
  for (const [uri, code] of URIS) assert.equal(await ending(parseOtpauth, uri, VerificationError), code, uri);
});

for (const [name, [call, values, ...more]] of Object.entries(HOST)) {
  test(`${name}: the host's value`, async () => {
    const expected = Object.fromEntries([...values, ...more].map(([what, , code]) => [what, code]));
    const got = {};
    for (const [what, value] of [...values, ...more]) got[what] = await ending(call, value, ConfigError);
    assert.deepEqual(got, expected);
  });
}

test("the tables have a line for every call that a client reaches and every kind of value", () => {
  assert.equal([CLIENT, MORE].flatMap((table) => Object.values(table)).flatMap(([, calls]) => Object.keys(calls)).length, 28);
  assert.ok(CLIENT_VALUES.every((line) => line.length === 2 + Object.keys(CLIENT).length));
});
