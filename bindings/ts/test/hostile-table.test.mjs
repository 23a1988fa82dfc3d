// What may stand in an argument where something else is meant, and the code that it gives. A client's value is a
// VerificationError, the host's a ConfigError, on every line. (client-values.test.mjs has stranger values still, without codes.)
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ConfigError, Hotp, PendingTotp, Peppers, Throttle, Totp, VerificationError, checkRecoveryCode, checkTemporaryCode, generateRecoveryCodes,
  generateRecoveryCodesAsync, generateSecret, guessOdds, issueTemporaryCode, issueTemporaryCodeAsync, parseOtpauth, parseOtpauthMigration,
  qrPng, qrSvg, qrTerminal, revokeTemporaryCode, verifyRecoveryCode, verifyRecoveryCodeAsync, verifyTemporaryCode,
  verifyTemporaryCodeAsync,
} from "mfakit";

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
};

const digits = (zero) => (right) => right.replace(/[0-9]/g, (digit) => String.fromCodePoint(zero + Number(digit)));
const refuse = () => { throw new RangeError("hostile"); };

// A value made from what is right, and the code that it gives where a code, or a URI, is read.
const CLIENT_VALUES = [
  // value                                                         otp              recovery                   temporary                   uri                    export
  ["full-width digits",          digits(0xff10),                  "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_secret_invalid", "migration_malformed"],
  ["Arabic digits",              digits(0x0660),                  "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_secret_invalid", "migration_malformed"],
  ["mathematical digits",        digits(0x1d7ce),                 "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_secret_invalid", "migration_malformed"],
  ["superscripts",               (right) => right.replace(/[0-9]/g, (digit) => "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[digit]),
                                                                  "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_secret_invalid", "migration_malformed"],
  ["a NUL before it",            (right) => `\0${right}`,         "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_malformed",   "migration_malformed"],
  ["a NUL after it",             (right) => `${right}\0`,         "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_malformed",   "migration_malformed"],
  ["a NUL alone",                () => "\0",                      "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_malformed",   "migration_malformed"],
  ["nothing",                    () => "",                        "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_malformed",   "migration_malformed"],
  ["a line break after it",      (right) => `${right}\n`,         "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_malformed",   "migration_malformed"],
  ["a byte order mark before it", (right) => `\ufeff${right}`,    "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_malformed",   "migration_malformed"],
  ["a lone high surrogate",      (right) => `${right}\ud800`,     "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_malformed",   "migration_malformed"],
  ["a lone low surrogate",       (right) => `\udc00${right}`,     "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_malformed",   "migration_malformed"],
  ["surrogates the wrong way round", (right) => `${right}\udc00\ud800`, "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "otpauth_malformed", "migration_malformed"],
  ["1 MB of digits",             () => "1".repeat(1_000_000),     "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "input_too_large",     "input_too_large"],
  ["1 MB of spaces before it",   (right) => " ".repeat(1_000_000) + right, "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "input_too_large", "input_too_large"],
  ["1 MB of euro signs",         () => "\u20ac".repeat(333_334),  "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "input_too_large",     "input_too_large"],
  ["1 MB of lone surrogates",    () => "\ud800".repeat(500_000),  "otp_malformed", "recovery_code_malformed", "temporary_code_malformed", "input_too_large",     "input_too_large"],
  ["its bytes",                  (right) => new TextEncoder().encode(right), ...all("input_malformed")],
  ["its bytes in a Buffer",      (right) => Buffer.from(right),   ...all("input_malformed")],
  ["bytes that are not UTF-8",   () => Uint8Array.of(0xff, 0xfe), ...all("input_malformed")],
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

function all(code) {
  return Object.keys(CLIENT).map(() => code);
}

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
  assert.equal(Object.values(CLIENT).flatMap(([, calls]) => Object.keys(calls)).length, 17);
  assert.ok(CLIENT_VALUES.every((line) => line.length === 2 + Object.keys(CLIENT).length));
});
