// Who must prove what, and what happens otherwise: requirements, decisions, methods, sessions and the audit.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import {
  Assessment, ConfigError, Evidence, PolicyProfile, RejectedError, Requirement, Tier, assess, auditRecord, canDisable, canRemove, classify,
  decide, effects, eligibleMethods, enrollableMethods, grandfathered, methodAdvice, sessionExpiresAt, touchSession,
} from "mfakit";

const NOW = 1_800_000_000;
const SALESFORCE = "salesforce-2026-05-05";
const policy = PolicyProfile.named(SALESFORCE);
const stored = (...methods) => Assessment.fromTrustedJson(JSON.stringify({ v: 1, methods: methods.map((method) => ({ at: NOW, ...method })) }));
const withPassword = stored({ kind: "password" });
const withCode = stored({ kind: "password" }, { kind: "totp" });
const withKey = stored({ kind: "security_key", userVerified: true });

const misuse = (code, call) => assert.throws(call, (error) => error instanceof ConfigError && error.code === code);
const rejects = (code, call) => assert.throws(call, (error) => error instanceof RejectedError && error.code === code);
const refuse = () => { throw new RangeError("hostile"); };

// ---- requirements

test("a requirement is what the caller says, checked and frozen", () => {
  assert.deepEqual({ ...new Requirement(Tier.STANDARD) }, {
    tier: 2, maxAge: null, exempt: false, waiver: false, enforcedFrom: null, clientCan: null, acrValues: null, policy: null, policyVersion: null,
  });
  const full = new Requirement("phishing_resistant", {
    maxAge: 300, exemption: "approved", waiver: true, enforcedFrom: new Date(NOW * 1000 + 999), clientCan: ["totp", "security_key"], acrValues: "phrh phr",
  });
  assert.deepEqual({ ...full }, {
    tier: 3, maxAge: 300, exempt: true, waiver: true, enforcedFrom: NOW, clientCan: ["totp", "security_key"], acrValues: "phrh phr", policy: null,
    policyVersion: null,
  });
  assert.ok(Object.isFrozen(full) && Object.isFrozen(full.clientCan));
  assert.throws(() => { full.exempt = false; }, TypeError);
  assert.deepEqual(JSON.parse(JSON.stringify(full)), { ...full });
});

test("whether a requirement applies is asked at a time", () => {
  const applies = (options, now = NOW) => new Requirement(Tier.STANDARD, options).applies({ now });
  assert.equal(applies(), "yes");
  assert.equal(applies({ exemption: "approved" }), "exempt");
  assert.deepEqual([NOW + 1, NOW].map((enforcedFrom) => applies({ enforcedFrom })), ["not_yet_enforced", "yes"]);
  assert.deepEqual([NOW + 1, NOW].map((enforcedFrom) => applies({ enforcedFrom, waiver: true })), ["waived", "yes"]);
  assert.equal(policy.requirement({ rights: [], channel: "api" }).applies({ now: NOW }), "channel_unaffected");
  assert.equal(new Requirement(Tier.WEAK).applies(), "yes");
});

test("the published policy asks privileged people for phishing resistance", () => {
  for (const right of policy.privilegedRights) assert.equal(policy.requirement({ rights: ["Read", right] }).tier, Tier.PHISHING_RESISTANT);
  const plain = policy.requirement({ rights: [] });
  assert.deepEqual([plain.tier, plain.policy, plain.policyVersion, plain.enforcedFrom], [Tier.STANDARD, SALESFORCE, "2026-05-05", 1_784_505_600]);
  assert.equal(policy.requirement({ rights: [], environment: "sandbox" }).enforcedFrom, 1_782_086_400);
  assert.equal(policy.requirement({ rights: [], enforcedFrom: NOW, maxAge: 60, waiver: true, exemption: "approved", clientCan: [] }).enforcedFrom, NOW);
  assert.deepEqual(Object.entries(policy.channels).map(([channel]) => policy.requirement({ rights: [], channel }).applies({ now: NOW }) === "yes"), Object.values(policy.channels));
  assert.equal(Object.keys(policy.channels).length, 8);
  assert.deepEqual(Object.values(Tier).map((tier) => policy.label(tier)), ["Weak MFA / No MFA", "Standard MFA", "Phishing-Resistant MFA (Recommended)"]);
  for (const value of [policy, policy.channels, policy.privilegedRights]) assert.ok(Object.isFrozen(value));
});

test("what a policy does not name is refused, and never taken for something milder", () => {
  for (const person of [{ channel: "UI" }, { channel: "" }, { environment: "Production" }, { exemption: "yes" }, { exemption: "" },
    { rights: ["modify all data"] }, { rights: [" Modify All Data"] }, { clientCan: ["fob"] }, { Rights: [] }]) {
    misuse("argument_value_invalid", () => policy.requirement({ rights: [], ...person }));
  }
  for (const person of [{ rights: "Modify All Data" }, { rights: [5] }, { rights: null }, { rights: new Set(["Modify All Data"]) }, { channel: null }, { waiver: "true" }, { waiver: 1 },
    { exemption: true }, { exemption: null }, { clientCan: "totp" }, { maxAge: "300" }]) {
    misuse("argument_type_invalid", () => policy.requirement({ rights: [], ...person }));
  }
  // Rights that were forgotten make nobody ordinary.
  for (const person of [undefined, {}, { channel: "ui" }, null, "Modify All Data", { get rights() { return refuse(); } }]) {
    misuse("argument_type_invalid", () => policy.requirement(person));
  }
});

test("policy profiles are data too", () => {
  const files = readdirSync(new URL("../../../core/src/profiles/", import.meta.url))
    .map((name) => JSON.parse(readFileSync(new URL(`../../../core/src/profiles/${name}`, import.meta.url), "utf8")));
  assert.deepEqual([...PolicyProfile.names()].sort(), files.filter(({ schema }) => schema === "mfakit-policy-profile/1").map(({ id }) => id).sort());
  const own = { ...JSON.parse(policy.toJson()), id: "ours", version: "1", tiers: { privileged: "standard", everyone: "weak" } };
  const ours = PolicyProfile.fromJson(JSON.stringify(own));
  assert.deepEqual([ours.id, ours.requirement({ rights: [] }).tier, ours.requirement({ rights: ["Author Apex"] }).tier], ["ours", Tier.WEAK, Tier.STANDARD]);
  for (const text of ["", "{}", JSON.stringify({ ...own, extra: 1 }), policy.toJson().replace("subject", "Subject")]) misuse("profile_invalid", () => PolicyProfile.fromJson(text));
  for (const id of ["", "rfc8176"]) misuse("argument_value_invalid", () => PolicyProfile.named(id));
  misuse("argument_type_invalid", () => new PolicyProfile({ profile: SALESFORCE }));
});

// ---- decisions

test("four kinds of decision, each with its reason and what to do", () => {
  const strict = new Requirement(Tier.PHISHING_RESISTANT);
  const cases = [
    [withKey, strict, [], ["allow", "satisfied", null, []], null],
    [withCode, strict, ["totp", "security_key"], ["step_up", "tier_too_low", 3, ["security_key"]], "step_up_required"],
    [withCode, strict, ["totp"], ["enroll", "no_suitable_method", 3, ["security_key", "built_in_authenticator", "synced_passkey"]], "enrollment_required"],
    [withPassword, strict, ["totp"], ["step_up", "prove_before_enrolling", 2, ["totp"]], "step_up_required"],
    [assess([], { now: NOW }), strict, ["security_key"], ["block", "nothing_proven", null, []], "login_blocked"],
    [withCode, new Requirement(Tier.PHISHING_RESISTANT, { clientCan: ["totp"] }), ["security_key"], ["block", "client_cannot_perform", null, []], "login_blocked"],
    [withPassword, new Requirement(Tier.STANDARD, { exemption: "approved" }), [], ["allow", "exempt", null, []], null],
    [classify(SALESFORCE, { amr: ["hwk"], now: NOW }), strict, [], ["allow", "satisfied", null, []], null],
    [classify(SALESFORCE, { amr: ["x"], now: NOW }), new Requirement(Tier.WEAK), ["totp"], ["step_up", "not_recognised", 1, ["totp"]], "step_up_required"],
    [withKey, new Requirement(Tier.STANDARD, { maxAge: 60 }), ["security_key"], ["step_up", "too_old", 2, ["security_key"]], "step_up_required", NOW + 120],
  ];
  for (const [standing, requirement, enrolled, expected, error, now = NOW] of cases) {
    const decision = decide(standing, { requirement, enrolled, now });
    const { kind, reason, need, options } = decision;
    assert.deepEqual([kind, reason, need, options], expected);
    assert.deepEqual(Object.keys(decision), ["kind", "reason", "need", "options", "challenge"]);
    assert.equal(decision.challenge === null, kind !== "step_up");
    assert.deepEqual([decision.explain()[0].code, decision.explain()[0].tier], [reason, need]);
    assert.deepEqual(decision.explain().slice(1), standing.explain());
    if (error === null) assert.equal(decision.orThrow(), undefined);
    else rejects(error, () => decision.orThrow());
    for (const value of [decision, decision.options, decision.explain()]) assert.ok(Object.isFrozen(value));
    assert.throws(() => { decision.kind = "allow"; }, TypeError);
    assert.throws(() => { decision.orThrow = () => {}; }, TypeError);
    assert.deepEqual(JSON.parse(JSON.stringify(decision)), { ...decision });
  }
});

test("an API answers with a challenge", () => {
  const requirement = new Requirement(Tier.PHISHING_RESISTANT, { acrValues: "phrh phr", maxAge: 300 });
  const { challenge } = decide(withCode, { requirement, enrolled: ["security_key"], now: NOW });
  assert.match(challenge, /^Bearer error="insufficient_user_authentication".*acr_values="phrh phr", max_age="300"$/);
  for (const acrValues of ['phr"', "phr\r\nSet-Cookie: x", "ph\u00e9", ""]) misuse("argument_value_invalid", () => new Requirement(Tier.STANDARD, { acrValues }));
});

test("a decision is made of genuine parts", () => {
  const requirement = new Requirement(Tier.STANDARD);
  for (const standing of [null, undefined, "totp", { ...withKey }, structuredClone(withKey), Object.create(withKey), withKey.toJson(), Evidence.password(), requirement, [withKey]]) {
    misuse("argument_type_invalid", () => decide(standing, { requirement, enrolled: [], now: NOW }));
  }
  for (const value of [null, undefined, Tier.STANDARD, "standard", { ...requirement }, Object.create(requirement), new Proxy(requirement, {}), policy]) {
    misuse("argument_type_invalid", () => decide(withKey, { requirement: value, enrolled: [], now: NOW }));
    misuse("argument_type_invalid", () => enrollableMethods(value));
  }
  for (const enrolled of ["totp", undefined, null, [5], new Set(["totp"]), [["totp"]]]) misuse("argument_type_invalid", () => decide(withKey, { requirement, enrolled, now: NOW }));
  for (const enrolled of [["fob"], [""], ["TOTP"]]) misuse("argument_value_invalid", () => decide(withKey, { requirement, enrolled, now: NOW }));
  misuse("argument_type_invalid", () => decide(withKey));
  misuse("argument_value_invalid", () => decide(withKey, { requirement, enrolled: [], enrolment: [] }));
});

// ---- methods

test("methods are offered, added, removed and recommended as the policy has it", () => {
  const strict = policy.requirement({ rights: ["View All Data"] });
  const standard = policy.requirement({ rights: [] });
  const everything = ["password", "totp", "sms", "security_key", "recovery_code"];
  assert.deepEqual(eligibleMethods(everything, { requirement: strict, now: NOW }), ["security_key"]);
  assert.deepEqual(eligibleMethods(everything, { requirement: standard, now: NOW }), ["security_key", "totp", "recovery_code"]);
  assert.deepEqual(eligibleMethods([], { requirement: standard, now: NOW }), []);
  assert.deepEqual(enrollableMethods(strict), ["security_key", "built_in_authenticator", "synced_passkey"]);
  assert.deepEqual(enrollableMethods(standard).at(-1), "totp");
  assert.deepEqual(methodAdvice(["totp"]), ["no_backup", "no_recovery_codes", "not_phishing_resistant"]);
  assert.deepEqual(methodAdvice([]), ["no_method"]);
  assert.deepEqual(methodAdvice(["security_key", "totp", "recovery_code"]), []);
  const removals = [
    [["totp", "recovery_code"], "totp", standard, false, "last_method", "method_required"],
    [["totp", "totp"], "totp", standard, true, "enough_left", null],
    [["totp", "security_key"], "security_key", strict, false, "no_suitable_method_left", "method_required"],
    [["totp"], "totp", policy.requirement({ rights: [], channel: "api" }), false, "turns_off", "step_up_required"],
    [["totp", "sms"], "sms", new Requirement(Tier.WEAK), true, "not_enforced", null],
    [["totp"], "sms", standard, false, "not_enrolled", "argument_value_invalid"],
  ];
  for (const [enrolled, remove, requirement, allowed, reason, error] of removals) {
    const removal = canRemove(enrolled, { remove, requirement, now: NOW });
    assert.deepEqual([removal.allowed, removal.reason, typeof removal.message, Object.keys(removal)], [allowed, reason, "string", ["allowed", "reason", "message"]]);
    assert.ok(Object.isFrozen(removal));
    if (error === null) assert.equal(removal.orThrow(), undefined);
    else assert.throws(() => removal.orThrow(), (thrown) => thrown.code === error);
  }
  for (const value of [eligibleMethods(everything, { requirement: strict }), enrollableMethods(strict), methodAdvice([])]) assert.ok(Object.isFrozen(value));
});

test("two-factor authentication is turned off with a fresh password, where nothing demands it", () => {
  const free = new Requirement(Tier.STANDARD, { exemption: "approved" });
  const off = (standing, now = NOW) => canDisable(standing, { requirement: free, now });
  assert.deepEqual([off(withCode, NOW + 300).allowed, off(withCode).orThrow()], [true, undefined]);
  for (const [removal, reason] of [[off(withCode, NOW + 302), "password_needed"], [off(withKey), "password_needed"], [off(withPassword), "second_factor_needed"]]) {
    assert.deepEqual([removal.allowed, removal.reason], [false, reason]);
    rejects("step_up_required", () => removal.orThrow());
  }
  rejects("method_required", () => canDisable(withCode, { requirement: new Requirement(Tier.STANDARD), now: NOW }).orThrow());
  misuse("argument_type_invalid", () => canDisable(classify(SALESFORCE, { amr: ["pwd"], now: NOW }), { requirement: free, now: NOW }));
});

test("an old method serves until its day, for those who had it in time", () => {
  const still = (at, now = NOW) => grandfathered(at, { enrolledBefore: NOW - 10, until: NOW + 10, now });
  assert.deepEqual([NOW - 11, NOW - 10, null, new Date((NOW - 11) * 1000)].map((at) => still(at)), [true, false, false, true]);
  assert.deepEqual([NOW + 9, NOW + 10].map((now) => still(NOW - 11, now)), [true, false]);
  for (const at of ["2026", NaN, NOW * 1000, undefined]) misuse("time_invalid", () => still(at));
});

test("a change of methods entails what the host carries out", () => {
  assert.deepEqual(effects("mfa_enabled"), [
    { kind: "revoke_other_sessions", lifetime: null, template: null }, { kind: "rotate_api_key", lifetime: 30 * 86_400, template: null },
    { kind: "notify_by_email", lifetime: null, template: "mfa_enabled" },
  ]);
  const EVENTS = ["mfa_disabled", "method_added", "method_removed", "methods_disconnected", "recovery_codes_replaced", "recovery_code_used", "temporary_code_issued", "password_changed"];
  for (const event of EVENTS) assert.equal(effects(event).at(-1).template, event);
  assert.ok(Object.isFrozen(effects("method_added")) && Object.isFrozen(effects("method_added")[0]));
  for (const event of ["", "MFA_ENABLED", "login"]) misuse("argument_value_invalid", () => effects(event));
  for (const event of [null, undefined, 5, ["mfa_enabled"]]) misuse("argument_type_invalid", () => effects(event));
});

// ---- sessions

test("a session ends after a day without activity, after ten days, or after thirty", () => {
  const DAY = 86_400;
  assert.equal(sessionExpiresAt("web", { created: NOW }), NOW + DAY);
  assert.equal(sessionExpiresAt("web", { created: NOW, lastActive: new Date((NOW + DAY - 1) * 1000) }), NOW + 2 * DAY - 1);
  assert.equal(sessionExpiresAt("web", { created: NOW, lastActive: NOW + 9.5 * DAY }), NOW + 10 * DAY);
  for (const kind of ["cli", "api_key"]) assert.equal(sessionExpiresAt(kind, { created: NOW, lastActive: NOW + 5 }), NOW + 30 * DAY);
  const touch = (now) => touchSession("web", { created: NOW, lastActive: NOW + 10, now });
  assert.equal(touch(NOW + 10 + DAY - 1), NOW + 10 + 2 * DAY - 1);
  rejects("session_expired", () => touch(NOW + 10 + DAY));
  for (const kind of ["", "WEB", "mobile"]) misuse("argument_value_invalid", () => sessionExpiresAt(kind, { created: NOW }));
  misuse("argument_value_invalid", () => sessionExpiresAt("web", { created: NOW, lastActive: NOW - 60 }));
  for (const created of [NaN, "now", NOW * 1000]) {
    misuse("time_invalid", () => sessionExpiresAt("web", { created }));
    misuse("time_invalid", () => touchSession("web", { created, lastActive: NOW, now: NOW }));
    misuse("time_invalid", () => touchSession("web", { created: NOW, lastActive: created, now: NOW }));
  }
  misuse("argument_value_invalid", () => sessionExpiresAt("web", { created: NOW, now: NOW }));
});

// ---- the audit

test("the audit has every member, in one order, in one line", () => {
  const requirement = policy.requirement({ rights: ["View All Data"], enforcedFrom: NOW - 1 });
  const decision = decide(withCode, { requirement, enrolled: ["totp", "security_key"], now: NOW });
  const line = auditRecord("sign_in", { user: "ada", standing: withCode, requirement, decision, credentialId: "AAEC", now: NOW });
  assert.ok(!line.includes("\n"));
  assert.deepEqual(JSON.parse(line), {
    v: 1, at: NOW, event: "sign_in", user: "ada", decision: "step_up", reason: "tier_too_low", need: "phishing_resistant", tier: "standard",
    twoLevel: "strong", recognised: true, methods: ["password", "totp"], recovery: false, profile: null, profileVersion: null,
    amr: ["pwd", "otp", "mfa"], acr: null, authnContext: null, authTime: null, unknown: null, policy: SALESFORCE, policyVersion: "2026-05-05",
    required: "phishing_resistant", exempt: false, waiver: false,
    credentialIdHash: "ae4b3280e56e2faf83f414a6e3dabe9d5fbe18976544c05fed121accb85b53fc",
  });
  assert.equal(auditRecord("sign_in", { credentialId: Uint8Array.of(0, 1, 2), now: NOW }), auditRecord("sign_in", { credentialId: "AAEC", now: NOW }));
  const bare = JSON.parse(auditRecord("sign_out", { now: NOW }));
  assert.deepEqual(Object.keys(bare), Object.keys(JSON.parse(line)));
  assert.deepEqual(Object.entries(bare).filter(([, value]) => value !== null), [["v", 1], ["at", NOW], ["event", "sign_out"]]);
  const sso = classify(SALESFORCE, { amr: ["hwk", "\n\u2028x"], now: NOW });
  assert.deepEqual(JSON.parse(auditRecord("sso", { standing: sso, now: NOW })).unknown, ["\n\u2028x"]);
});

test("the audit writes the decision that was made, whatever else it is told and whenever", () => {
  const requirement = new Requirement(Tier.PHISHING_RESISTANT, { enforcedFrom: NOW + 10 });
  const allowed = decide(withCode, { requirement, enrolled: ["totp"], now: NOW });
  assert.equal(allowed.reason, "not_yet_enforced");
  // By the time it is written enforcement has begun.
  for (const more of [{}, { standing: withKey }, { standing: withCode, requirement }]) {
    const { at, decision, reason } = JSON.parse(auditRecord("sign_in", { decision: allowed, now: NOW + 60, ...more }));
    assert.deepEqual([at, decision, reason], [NOW + 60, "allow", "not_yet_enforced"]);
  }
  const alone = JSON.parse(auditRecord("sign_in", { decision: allowed, now: NOW }));
  assert.deepEqual([alone.tier, alone.policy, alone.required], [null, null, null]);
  const elsewhere = decide(classify(SALESFORCE, { amr: ["x"], now: NOW }), { requirement: new Requirement(Tier.WEAK), enrolled: ["totp"], now: NOW });
  assert.equal(JSON.parse(auditRecord("sso", { decision: elsewhere, now: NOW })).reason, "not_recognised");
});

test("the audit takes what was really decided and nothing that looks like it", () => {
  const decision = decide(withCode, { requirement: new Requirement(Tier.STANDARD), enrolled: [], now: NOW });
  for (const fake of [{ ...decision }, structuredClone(decision), Object.create(decision), new Proxy(decision, {}), { kind: "allow", reason: "satisfied" }, null, "allow", 5]) {
    misuse("argument_type_invalid", () => auditRecord("sign_in", { decision: fake, now: NOW }));
  }
  misuse("argument_type_invalid", () => auditRecord("sign_in", { standing: { ...withKey }, now: NOW }));
  for (const event of ["", "x".repeat(256)]) misuse("argument_value_invalid", () => auditRecord(event, { now: NOW }));
  for (const credentialId of ["!", "A"]) misuse("argument_value_invalid", () => auditRecord("x", { credentialId, now: NOW }));
});
