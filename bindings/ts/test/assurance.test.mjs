// What a sign-in is worth: evidence to an assessment, an identity provider's claims to a classification.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { inspect } from "node:util";
import {
  Assessment, AssuranceProfile, Classification, ConfigError, CredentialRecord, Evidence, Hotp, MalformedError, Peppers, RejectedError, Tier, Totp,
  amrDescription, assess, classify, generateRecoveryCodes, isEvidence, issueTemporaryCode, lint, tierName, verifyRecoveryCode,
  verifyTemporaryCode,
} from "mfakit";
import { SoftAuthenticator } from "mfakit/testing";
import { HOSTILE } from "./support/hostile.mjs";
import { ORIGIN, Site } from "./support/site.mjs";

const NOW = 1_800_000_000;
const SALESFORCE = "salesforce-2026-05-05";
const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const peppers = new Peppers({ a: new Uint8Array(32) }, { current: "a" });

const misuse = (code, call) => assert.throws(call, (error) => error instanceof ConfigError && error.code === code);
const malformed = (code, call) => assert.throws(call, (error) => error instanceof MalformedError && error.code === code);

const totp = () => new Totp(SECRET).verify("287082", { lastStep: null, now: 59 }).commit(1);
const hotp = () => new Hotp(SECRET).verify("755224", { counter: 0 }).commit(1);
const password = () => Evidence.password({ at: NOW });
const recovery = () => {
  const set = generateRecoveryCodes("ada", { count: 1 });
  return verifyRecoveryCode(set.codes[0], { userId: "ada", record: set.record, used: 0 }).commit(1);
};
const temporary = (kind, told) => {
  const issued = issueTemporaryCode("ada", { kind, issuedBy: "rosa", peppers, now: NOW });
  return verifyTemporaryCode(issued.code, { userId: "ada", record: issued.transition.next, peppers, now: NOW }).commit(1, told);
};
const passkey = (change = {}, options = {}) => {
  const site = new Site(options);
  const authenticator = site.register();
  Object.assign(authenticator, change);
  const ceremony = site.beginSignIn();
  return site.finishSignIn(ceremony, authenticator.get(ceremony.options)).evidence;
};

// Evidence, its method and kind, and what it is worth alone.
const METHODS = {
  password: [password, "password", "password", "WEAK", ["pwd"]],
  totp: [totp, "totp", "totp", "STANDARD", ["otp"]],
  hotp: [hotp, "hotp", "hotp", "STANDARD", ["otp"]],
  "a recovery code": [recovery, "recovery_code", "recovery_code", "STANDARD", []],
  "an administrator's code": [() => temporary("admin"), "admin_code", "admin_code", "STANDARD", []],
  "support's code": [() => temporary("support"), "support_code", "support_code", "STANDARD", []],
  "a delivered code": [() => temporary("delivered"), "delivered_code", "delivered_code", "WEAK", []],
  "a code by SMS": [() => temporary("delivered", { via: "sms" }), "delivered_code", "sms", "WEAK", ["sms"]],
  "a code by e-mail": [() => temporary("delivered", { via: "email" }), "delivered_code", "email", "WEAK", []],
  "a code by telephone": [() => temporary("delivered", { via: "phone" }), "delivered_code", "phone", "WEAK", ["tel"]],
  "a passkey": [passkey, "webauthn", "built_in_authenticator", "PHISHING_RESISTANT", ["user", "pop", "mfa"]],
  "a passkey without user verification": [() => passkey({ userVerified: false }, { userVerification: "preferred" }), "webauthn", "built_in_authenticator", "WEAK", ["user", "pop"]],
};

for (const [name, [prove, method, kind, tier, amr]] of Object.entries(METHODS)) {
  test(`the evidence of ${name} is worth what the method table says`, () => {
    const evidence = prove();
    assert.ok(isEvidence(evidence) && evidence instanceof Evidence && Object.isFrozen(evidence));
    assert.deepEqual([evidence.method, evidence.kind], [method, kind]);
    assert.deepEqual(Object.keys(evidence), ["method", "kind", "userVerified"]);
    const assessment = assess(evidence, { now: NOW });
    assert.deepEqual([assessment.tier, [...assessment.amr].sort(), assessment.methods], [Tier[tier], [...amr].sort(), [kind]]);
    assert.equal(assessment.recovery, ["recovery_code", "support_code"].includes(kind));
  });
}

test("evidence is made by commit and by its one own word, and never by copying", () => {
  const evidence = totp();
  const fakes = [
    { ...evidence }, structuredClone(evidence), Object.create(evidence), new Proxy(evidence, {}), Object.create(Evidence.prototype),
    { method: "totp", kind: "totp", userVerified: false }, Object.assign(Object.create(Evidence.prototype), evidence),
  ];
  for (const fake of fakes) {
    assert.equal(isEvidence(fake), false);
    misuse("argument_type_invalid", () => assess(fake));
    misuse("argument_type_invalid", () => assess([password(), fake]));
  }
  for (const make of [() => new Evidence(), () => new Evidence("totp", "totp", {}), () => Reflect.construct(Evidence, [undefined, "totp", { kind: "totp" }])]) {
    misuse("argument_type_invalid", make);
  }
  assert.throws(() => { evidence.kind = "security_key"; }, TypeError);
  // It may be used more than once: it proves the same thing each time.
  assert.equal(assess([evidence, evidence], { now: NOW }).toJson(), assess(evidence, { now: NOW }).toJson());
});

test("commit takes how a delivered code was sent, and nothing that a method cannot be", () => {
  for (const kind of ["admin", "support"]) misuse("argument_value_invalid", () => temporary(kind, { via: "sms" }));
  for (const via of ["", "SMS", "post", "totp", "delivered_code", "security_key", "constructor"]) misuse("argument_value_invalid", () => temporary("delivered", { via }));
  for (const via of [null, 5, ["sms"], new String("sms")]) misuse("argument_type_invalid", () => temporary("delivered", { via }));
  misuse("argument_value_invalid", () => temporary("delivered", { by: "sms" }));
  // Nothing else takes it, and a mistake in it spends no proof.
  const verified = new Totp(SECRET).verify("287082", { lastStep: null, now: 59 });
  misuse("argument_value_invalid", () => verified.commit(1, { via: "sms" }));
  misuse("argument_type_invalid", () => verified.commit(1, "sms"));
  assert.equal(verified.commit(1).kind, "totp");
  assert.throws(() => verified.commit(1), (error) => error instanceof RejectedError && error.code === "state_conflict");
});

test("a password and a code are two factors, and evidence keeps its time", () => {
  const assessment = assess([password(), totp()], { now: NOW + 60 });
  assert.deepEqual({ ...assessment }, {
    tier: 2, amr: ["pwd", "otp", "mfa"], acr: null, methods: ["password", "totp"],
    factors: { knowledge: 1, possession: 1, inherence: 0, unspecified: 0, kinds: 2 }, recovery: false,
  });
  const { methods } = JSON.parse(assessment.toJson());
  assert.deepEqual(methods, [{ kind: "password", at: NOW }, { kind: "totp", at: NOW + 60 }]);
  assert.deepEqual(assessment.explain(), [
    { code: "password", subject: "password", tier: Tier.WEAK, message: assessment.explain()[0].message },
    { code: "one_time_password", subject: "totp", tier: Tier.STANDARD, message: assessment.explain()[1].message },
  ]);
  for (const value of [assessment, assessment.amr, assessment.factors, assessment.methods, assessment.explain(), assessment.explain()[0]]) {
    assert.ok(Object.isFrozen(value));
  }
  assert.throws(() => { assessment.tier = 3; }, TypeError);
});

test("evidence of a password is of now, of the time that is given, and in whole seconds", () => {
  const before = Math.floor(Date.now() / 1000);
  const { at } = JSON.parse(assess(Evidence.password()).toJson()).methods[0];
  assert.ok(before <= at && at <= Date.now() / 1000);
  assert.equal(JSON.parse(assess(Evidence.password({ at: NOW + 0.9 }), { now: NOW }).toJson()).methods[0].at, NOW);
  assert.equal(JSON.parse(assess(Evidence.password({ at: new Date(NOW * 1000 + 999) }), { now: NOW }).toJson()).methods[0].at, NOW);
  for (const at of [NaN, -1, NOW * 1000, "now", null, true]) misuse("time_invalid", () => Evidence.password({ at }));
  misuse("time_invalid", () => assess(Evidence.password({ at: NOW + 6 }), { now: NOW }));
  misuse("argument_value_invalid", () => Evidence.password({ now: NOW }));
});

test("a session steps up from what it was", () => {
  const first = assess(password(), { now: NOW });
  const second = assess(totp(), { previous: Assessment.fromTrustedJson(first.toJson()), now: NOW + 500 });
  assert.deepEqual([first.tier, second.tier, second.methods], [Tier.WEAK, Tier.STANDARD, ["password", "totp"]]);
  assert.deepEqual([second.meets(Tier.STANDARD), second.meets(Tier.PHISHING_RESISTANT), second.meets("standard")], [true, false, true]);
  assert.deepEqual([900, 899, 300].map((maxAge) => second.meets(Tier.STANDARD, { maxAge, now: NOW + 1400 })), [true, false, false]);
  assert.equal(assess([], { previous: second, now: NOW }).toJson(), second.toJson());
  assert.equal(assess(password(), { previous: null, now: NOW }).toJson(), first.toJson());
  for (const previous of [first.toJson(), { ...first }, structuredClone(first), Object.create(first), 5]) {
    misuse("argument_type_invalid", () => assess(password(), { previous, now: NOW }));
  }
});

test("a stored assessment is trusted by name, and read to the letter", () => {
  const assessment = assess([password(), passkey()], { now: NOW });
  const read = Assessment.fromTrustedJson(assessment.toJson());
  assert.deepEqual([{ ...read }, read.toJson(), read.explain()], [{ ...assessment }, assessment.toJson(), assessment.explain()]);
  for (const text of ["", "{}", "[]", "null", '{"v":1}', '{"v":1,"methods":[{"kind":"fob","at":1}]}', '{"v":1,"methods":[{"kind":"totp"}]}',
    '{"v":1,"methods":[{"kind":"totp","at":1,"userVerified":true}]}', "x".repeat(100_000)]) {
    misuse("record_corrupt", () => Assessment.fromTrustedJson(text));
  }
  misuse("record_version_unknown", () => Assessment.fromTrustedJson('{"v":2,"methods":[]}'));
  misuse("argument_type_invalid", () => Assessment.fromTrustedJson(JSON.parse(assessment.toJson())));
  misuse("argument_type_invalid", () => new Assessment({ tier: 3 }));
  // What tier and amr say in the text is for people and queries.
  assert.equal(Assessment.fromTrustedJson('{"v":1,"tier":"phishing_resistant","methods":[{"kind":"password","at":1}]}').tier, Tier.WEAK);
});

test("an authenticator in hardware is told by its record, and so is a synced one", () => {
  const site = new Site();
  site.register();
  const [text] = site.records.values();
  const record = CredentialRecord.fromText(text);
  assert.deepEqual([record.kind, record.hardware], ["built_in_authenticator", false]);
  const marked = CredentialRecord.fromText(JSON.stringify({ ...JSON.parse(text), hardware: true }));
  assert.deepEqual([marked.kind, marked.hardware], ["built_in_authenticator", true]);
  const part = { publicKey: record.publicKey, userHandle: record.userHandle, signCount: 0 };
  assert.equal(new CredentialRecord(record.id, { ...part, backupEligible: true }).kind, "synced_passkey");
});

test("a user verification that came after the registration is relied upon once it was stored beside another factor", () => {
  const site = new Site({ userVerification: "preferred" });
  const authenticator = site.register(new SoftAuthenticator(ORIGIN, { userVerified: false }));
  authenticator.userVerified = true;
  const signIn = () => {
    const ceremony = site.beginSignIn();
    return site.finishSignIn(ceremony, authenticator.get(ceremony.options));
  };
  const { verified, evidence } = signIn();
  assert.deepEqual([verified.userVerified, evidence.userVerified], [true, false]);
  assert.deepEqual([evidence, [evidence, password()]].map((all) => assess(all, { now: NOW }).tier), [Tier.WEAK, Tier.PHISHING_RESISTANT]);
  site.records.set(verified.credentialId, verified.uvTransition.next);
  const later = signIn();
  assert.deepEqual([later.evidence.userVerified, assess(later.evidence, { now: NOW }).tier], [true, Tier.PHISHING_RESISTANT]);
});

test("tiers are numbers in order, with names", () => {
  assert.deepEqual(Tier, { WEAK: 1, STANDARD: 2, PHISHING_RESISTANT: 3 });
  assert.ok(Object.isFrozen(Tier));
  assert.deepEqual(Object.values(Tier).map(tierName), ["weak", "standard", "phishing_resistant"]);
  for (const tier of [0, 4, -1, 1.5, NaN, "strong", "", "Weak"]) misuse("argument_value_invalid", () => tierName(tier));
  for (const tier of [null, undefined, true, [1], {}, 1n]) misuse("argument_type_invalid", () => tierName(tier));
});

// ---- an identity provider's claims

test("claims are classified as they were sent, from the payload and one by one", () => {
  const payload = { sub: "ada", amr: ["pwd", "hwk", "x"], acr: "urn:example:a", auth_time: NOW - 60 };
  const { amr, acr, auth_time: authTime } = payload;
  const ways = [payload, JSON.stringify(payload), new TextEncoder().encode(JSON.stringify(payload)), Buffer.from(JSON.stringify(payload))]
    .map((claims) => classify(SALESFORCE, { claims, now: NOW }));
  const one = classify(AssuranceProfile.named(SALESFORCE), { amr, acr, authTime, now: NOW });
  for (const classification of [...ways, one]) {
    assert.deepEqual({ ...classification }, {
      tier: Tier.PHISHING_RESISTANT, recognised: true, unknown: ["x", "urn:example:a"], profile: SALESFORCE, version: "2026-05-05",
      amr, acr, authnContext: [], authTime,
    });
    assert.deepEqual(classification.explain().map(({ code, subject, tier }) => [code, subject, tier]), [
      ["exact", "amr:pwd", 1], ["exact", "amr:hwk", 3], ["unknown", "amr:x", null], ["unknown", "acr:urn:example:a", null],
    ]);
    assert.ok(Object.isFrozen(classification) && Object.isFrozen(classification.amr) && Object.isFrozen(classification.explain()));
  }
  const saml = classify(SALESFORCE, { authnContext: ["urn:oasis:names:tc:SAML:2.0:ac:classes:Smartcard"], now: NOW });
  assert.deepEqual([saml.tier, saml.authnContext, saml.meets(Tier.STANDARD)], [Tier.PHISHING_RESISTANT, ["urn:oasis:names:tc:SAML:2.0:ac:classes:Smartcard"], true]);
});

test("what is not recognised satisfies nothing", () => {
  for (const options of [{}, { amr: [] }, { amr: ["HWK"] }, { amr: undefined, acr: "x" }, { claims: {} }, { claims: { amr: undefined } }]) {
    const classification = classify(SALESFORCE, { ...options, now: NOW });
    assert.deepEqual([classification.tier, classification.recognised, classification.meets(Tier.WEAK)], [Tier.WEAK, false, false]);
  }
});

const cycle = {};
cycle.amr = [cycle];
const refuse = () => { throw new RangeError("hostile"); };
const hostile = new Proxy({}, Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, refuse])));

test("a claim of a wrong shape is the identity provider's fault, and never a strong or a weak sign-in", () => {
  const LISTS = ["hwk", null, 5, true, [1], [null], [undefined], [true], ["hwk", null], [["hwk"]], { 0: "hwk", length: 1 }, new Set(["hwk"]), () => ["hwk"], Symbol("hwk"),
    ["\ud800"], [Symbol("hwk")], [() => "hwk"], [1n], [,], Uint8Array.of(1), new Date(0), hostile, new Proxy([], { get: refuse }), { toJSON: () => ["hwk"] },
    ["x".repeat(257)], Array(65).fill("hwk"), new String("hwk"), NaN, 1n];
  const TEXTS = [null, 5, true, ["phr"], {}, Symbol("phr"), () => "phr", "\ud800", new String("phr"), hostile, { toJSON: () => "phr" }, NaN, 1n, "x".repeat(257)];
  const TIMES = [null, "1800000000", true, [NOW], {}, new Date(0), NaN, Infinity, -1, 1n, new Number(NOW), hostile, NOW * 1000, Symbol("now"), () => NOW];
  for (const [name, values] of Object.entries({ amr: LISTS, authnContext: LISTS, acr: TEXTS, authTime: TIMES })) {
    for (const value of values) malformed("claims_malformed", () => classify(SALESFORCE, { [name]: value, now: NOW }));
  }
  const PAYLOADS = [null, 5, true, [], [{}], "[]", "5", "null", '"text"', () => ({}), Symbol(), 1n, hostile, cycle, { amr: "hwk" }, { amr: null }, { amr: [1] }, { amr: [null] },
    { acr: null }, { acr: 5 }, { auth_time: "1800000000" }, { auth_time: null }, { amr: Symbol("hwk") }, { amr: () => ["hwk"] }, { amr: ["\ud800"] }, { "\ud800": 1n },
    { get amr() { return refuse(); } }, { toJSON: () => "text" }, { toJSON: () => undefined }, new Date(0), "\ud800", '{"amr":"hwk"}', '{"amr":null}'];
  for (const claims of PAYLOADS) malformed("claims_malformed", () => classify(SALESFORCE, { claims, now: NOW }));
  malformed("json_malformed", () => classify(SALESFORCE, { claims: '{"amr":["hwk"]', now: NOW }));
  malformed("json_malformed", () => classify(SALESFORCE, { claims: Uint8Array.of(0xff), now: NOW }));
  malformed("json_duplicate_member", () => classify(SALESFORCE, { claims: '{"amr":["hwk"],"amr":[]}', now: NOW }));
  for (const claims of [" ".repeat(65_537), new Uint8Array(65_537), { x: "y".repeat(70_000) }]) {
    malformed("input_too_large", () => classify(SALESFORCE, { claims, now: NOW }));
  }
  malformed("input_too_large", () => classify(SALESFORCE, { amr: Array(50_000).fill("hwk"), now: NOW }));
  malformed("input_too_large", () => classify(SALESFORCE, { amr: Array(2 ** 32 - 1), now: NOW }));
});

test("whatever stands for claims is refused or recognised as nothing", () => {
  for (const [what, value] of Object.entries(HOSTILE)) {
    for (const options of [{ claims: value }, { amr: value }, { amr: [value] }, { acr: value }, { authnContext: value }, { authTime: value }]) {
      try {
        assert.equal(classify(SALESFORCE, { ...options, now: NOW }).recognised, false, what);
      } catch (error) {
        assert.ok(error instanceof MalformedError, `${what}: ${String(error?.stack)}`);
      }
    }
  }
});

test("only a payload's own members are claims", () => {
  const nothing = (claims) => assert.equal(classify(SALESFORCE, { claims, now: NOW }).recognised, false);
  nothing(Object.create({ amr: ["hwk"] }));
  nothing(JSON.parse('{"__proto__":{"amr":["hwk"]}}'));
  Object.prototype.amr = ["hwk"];
  try {
    nothing({});
    nothing("{}");
    assert.equal(classify(SALESFORCE, { now: NOW }).recognised, false);
  } finally {
    delete Object.prototype.amr;
  }
  // Each is read once.
  let reads = 0;
  const moody = { get amr() { reads += 1; return reads === 1 ? ["pwd"] : ["hwk"]; } };
  assert.deepEqual([classify(SALESFORCE, { claims: moody, now: NOW }).tier, reads], [Tier.WEAK, 1]);
});

test("the time of a sign-in elsewhere counts where its age is asked for", () => {
  const at = (authTime, maxAge) => () => classify(SALESFORCE, { amr: ["hwk"], authTime, maxAge, now: NOW });
  const rejects = (code, call) => assert.throws(call, (error) => error instanceof RejectedError && error.code === code);
  assert.equal(at(NOW - 300, 300)().authTime, NOW - 300);
  rejects("auth_time_stale", at(NOW - 310, 300));
  rejects("auth_time_missing", at(undefined, 300));
  rejects("auth_time_future", at(NOW + 60, undefined));
});

test("claims come in one way at a time, and the profile is the host's", () => {
  for (const single of [{ amr: ["hwk"] }, { acr: "phr" }, { authnContext: [] }, { authTime: 5 }, { amr: null }]) {
    misuse("argument_value_invalid", () => classify(SALESFORCE, { claims: {}, ...single }));
  }
  for (const profile of ["", "rfc", "Salesforce-2026-05-05", "\ud800", "constructor"]) assert.throws(() => classify(profile, {}), ConfigError);
  for (const profile of [null, undefined, 5, {}, { id: SALESFORCE }, Object.create(AssuranceProfile.prototype), { ...AssuranceProfile.named(SALESFORCE) }]) {
    misuse("argument_type_invalid", () => classify(profile, {}));
    misuse("argument_type_invalid", () => lint(profile));
  }
  misuse("argument_value_invalid", () => classify(SALESFORCE, { AMR: ["hwk"] }));
  misuse("argument_type_invalid", () => classify(SALESFORCE, null));
  misuse("argument_type_invalid", () => new AssuranceProfile({ profile: SALESFORCE }));
  misuse("argument_type_invalid", () => new Classification({}));
});

test("a stored classification is read under its own profile and no other", () => {
  const own = AssuranceProfile.fromJson(JSON.stringify({
    schema: "mfakit-assurance-profile/1", id: "ours", version: "3", title: "Ours", source: "here", combine: "strongest",
    entries: [{ value: "gold", tier: "phishing_resistant", in: ["acr"] }],
  }));
  for (const [profile, options] of [[SALESFORCE, { amr: ["hwk"], authTime: NOW }], [own, { acr: "gold" }]]) {
    const classification = classify(profile, { ...options, now: NOW });
    const read = Classification.fromTrustedJson(classification.toJson(), { profile });
    assert.deepEqual([{ ...read }, read.toJson(), read.explain()], [{ ...classification }, classification.toJson(), classification.explain()]);
    assert.ok(read.meets(Tier.PHISHING_RESISTANT));
    misuse("argument_value_invalid", () => Classification.fromTrustedJson(classification.toJson(), { profile: "rfc8176" }));
    misuse("argument_type_invalid", () => Classification.fromTrustedJson(classification.toJson(), {}));
  }
  for (const text of ["", "{}", "x"]) misuse("record_corrupt", () => Classification.fromTrustedJson(text, { profile: own }));
});

test("the longest claims that are classified can be stored, read back and decided upon", () => {
  // As JSON a control character has two bytes or six, whoever writes it.
  for (const letter of ["z", "\b", "\u007f", "\u00e9"]) {
    const values = Array.from({ length: 64 }, (_, index) => letter.repeat(252 / Buffer.byteLength(letter)) + String(index).padStart(4, "0"));
    for (const options of [{ claims: JSON.stringify({ amr: values }) }, { amr: values }, { authnContext: values }]) {
      const classification = classify(SALESFORCE, { ...options, now: NOW });
      assert.equal(Classification.fromTrustedJson(classification.toJson(), { profile: SALESFORCE }).toJson(), classification.toJson());
      assert.equal(classification.meets(Tier.WEAK), false);
    }
  }
});

test("profiles are data: built-in ones by name, others checked to the last member", () => {
  const files = readdirSync(new URL("../../../core/src/profiles/", import.meta.url))
    .map((name) => JSON.parse(readFileSync(new URL(`../../../core/src/profiles/${name}`, import.meta.url), "utf8")));
  const ids = files.filter(({ schema }) => schema === "mfakit-assurance-profile/1").map(({ id }) => id);
  assert.deepEqual([...AssuranceProfile.names()].sort(), ids.sort());
  assert.ok(Object.isFrozen(AssuranceProfile.names()));
  for (const name of AssuranceProfile.names()) {
    const profile = AssuranceProfile.named(name);
    assert.deepEqual([profile.id, JSON.parse(profile.toJson())], [name, files.find(({ schema, id }) => id === name && schema.includes("assurance"))]);
    const copy = AssuranceProfile.fromJson(profile.toJson());
    assert.deepEqual([copy.id, copy.version, lint(copy)], [profile.id, profile.version, lint(name)]);
    assert.ok(Object.isFrozen(profile));
  }
  for (const text of ["", "{}", "[]", AssuranceProfile.named("rfc8176").toJson().replace("strongest", "best")]) {
    misuse("profile_invalid", () => AssuranceProfile.fromJson(text));
  }
  assert.ok(lint(SALESFORCE).some(({ code, subject, tier }) => code === "not_phishing_resistant" && subject === "pin" && tier === null));
});

test("registered values have a description, all else has none", () => {
  assert.match(amrDescription("hwk"), /hardware/);
  for (const value of ["HWK", "", "fido2", "x".repeat(100_000)]) assert.equal(amrDescription(value), null);
  for (const value of [null, undefined, 5, ["hwk"], new String("hwk"), "\ud800", Symbol("hwk"), hostile]) {
    malformed("claims_malformed", () => amrDescription(value));
  }
});

test("what prints an assessment or a classification shows its data alone", () => {
  const assessment = assess([password(), totp()], { now: NOW });
  assert.deepEqual(JSON.parse(JSON.stringify(assessment)), { ...assessment });
  assert.match(inspect(assessment), /^Assessment \{/);
  const classification = classify(SALESFORCE, { amr: ["hwk"], now: NOW });
  assert.deepEqual(JSON.parse(JSON.stringify(classification)), { ...classification });
});
