// Seeded mutations of each valid response and of the arguments of each public function: every answer is a result or an
// error of the family, the backend serves the next call, and nothing is accepted whose signed bytes differ.
// MFAKIT_MUTATIONS says how many of each; some hundreds reach every branch, and a long run is a matter of patience.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AttestationTrust, CredentialRecord, Hotp, Metadata, MfaError, PendingTotp, Peppers, RejectedError, RelyingParty, Throttle, Totp, VerificationError,
  checkRecoveryCode, checkTemporaryCode, generateRecoveryCodes, generateSecret, generateUserHandle, guessOdds, issueTemporaryCode,
  parseOtpauth, parseOtpauthMigration, qrPng, qrSvg, qrTerminal, readResponse, relatedOriginsJson, revokeTemporaryCode,
  verifyRecoveryCode, verifyTemporaryCode,
} from "mfakit";
import * as attestation from "./support/attestation.mjs";
import { HOSTILE } from "./support/hostile.mjs";
import { ORIGIN, Site } from "./support/site.mjs";

const ROUNDS = Number(process.env.MFAKIT_MUTATIONS ?? 1_000);
const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const NOW = 1_700_000_000;
// The hostile values of 1 MB have their own test: thousands of them would only take time.
const SMALL = Object.entries(HOSTILE).filter(([name]) => !name.startsWith("1 MB")).map(([, value]) => value);

const site = new Site();
const passkey = site.register();
const [record] = site.records.values();
const credential = CredentialRecord.fromText(record);
const { rp, userHandle } = site;
const totp = new Totp(SECRET);
const hotp = new Hotp(SECRET);
const pending = new PendingTotp(SECRET);
const authentication = rp.beginAuthentication(userHandle, { allow: [record], now: NOW });
const registration = rp.beginRegistration(userHandle, { userName: "ada", now: NOW });
const signedIn = passkey.get(authentication.options);
const created = passkey.create(registration.options);
const { challenge } = authentication.options;

const maker = attestation.authority();
const blob = attestation.blob(maker, [attestation.entry(maker)], { nextUpdate: "2030-01-01" });
const parsing = { roots: [maker.certificate, maker.pem], now: NOW, previousNumber: 7, signer: "mds.fidoalliance.org", allowStale: false };
const metadata = Metadata.parse(blob, parsing);
const policy = {
  anchors: [maker.pem, maker.certificate], metadata, require: true, androidKey: "union", fidoSwitches: ["tpm_rs1"],
  tolerances: ["ecdsa_null_parameters"], alsoReject: ["NOT_FIDO_CERTIFIED"], dangerAcceptStatuses: ["REVOKED"], dangerIgnoreValidity: false,
};
const trust = new AttestationTrust(policy);
const trusting = new RelyingParty("example.org", { name: "Example", origins: [ORIGIN], userVerification: "required", attestation: "direct", trust });
const attesting = trusting.beginRegistration(userHandle, { userName: "ada", now: NOW });
const { response: attested } = attestation.attested(attesting.options, maker);

const finishAuthentication = (response) => rp.finishAuthentication(response, { state: authentication.state, record, now: NOW });
const finishRegistration = (response) => rp.finishRegistration(response, { state: registration.state, now: NOW });

test("mutated assertions: accepted only with the signed bytes as they were", () => {
  const random = generator(1);
  const tally = rounds(ROUNDS, () => {
    const mutant = mutatedResponse(random, signedIn);
    return outcome(() => finishAuthentication(mutant), VerificationError, () => {
      const parsed = plain(mutant);
      for (const field of ["clientDataJSON", "authenticatorData"]) {
        assert.deepEqual(decode(parsed.response[field]), decode(signedIn.response[field]), field);
      }
      assert.equal(parsed.id, signedIn.id);
    });
  });
  assert.ok(tally.signature_invalid > 0 && tally.response_malformed > 0 && tally.accepted < ROUNDS / 4, JSON.stringify(tally));
  assert.equal(finishAuthentication(signedIn).userHandle, userHandle);
});

test("mutated recovery codes: accepted only as people type them", () => {
  const random = generator(4);
  const tally = rounds(ROUNDS, () => {
    const mutant = mutatedText(random, recovery.codes[0]);
    return outcome(() => verifyRecoveryCode(mutant, stored), VerificationError, () => {
      const symbols = (text) => text.toUpperCase().replace(/[\s\u2010-\u2013-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
      assert.equal(symbols(mutant), symbols(recovery.codes[0]));
    });
  });
  assert.ok(tally.recovery_code_malformed > ROUNDS / 2, JSON.stringify(tally));
  assert.equal(verifyRecoveryCode(recovery.codes[0], stored).bit, 1);
});

test("mutated registrations: accepted only for this ceremony, this site and a key on its curve", () => {
  const random = generator(2);
  const expected = JSON.parse(decode(created.response.clientDataJSON));
  const tally = rounds(ROUNDS, () => {
    const mutant = mutatedResponse(random, created);
    return outcome(() => finishRegistration(mutant), VerificationError, ({ credential }) => {
      const clientData = JSON.parse(decode(plain(mutant).response.clientDataJSON));
      for (const field of ["type", "challenge", "origin"]) assert.equal(clientData[field], expected[field]);
      const attestation = decode(plain(mutant).response.attestationObject);
      assert.ok(attestation.includes(decode(created.response.attestationObject).subarray(30, 62)), "the hash of the id");
      assert.ok(decode(credential.publicKey).includes(decode(created.response.publicKey).subarray(-32)), "the key");
    });
  });
  // Four members of a registration only repeat what is signed, and are not read.
  assert.ok(tally.challenge_mismatch > 0 && tally.accepted < ROUNDS / 2, JSON.stringify(tally));
  assert.equal(finishRegistration(created).userHandle, userHandle);
});

test("mutated attestations: accepted only with the statement as it was", () => {
  const random = generator(5);
  const finish = (response) => trusting.finishRegistration(response, { state: attesting.state, now: NOW });
  const tally = rounds(ROUNDS, () => {
    const mutant = mutatedResponse(random, attested);
    return outcome(() => finish(mutant), VerificationError, () => {
      for (const field of ["clientDataJSON", "attestationObject"]) {
        assert.deepEqual(decode(plain(mutant).response[field]), decode(attested.response[field]), field);
      }
    });
  });
  assert.ok(tally.accepted < ROUNDS / 2 && Object.keys(tally).length > 5, JSON.stringify(tally));
  assert.equal(finish(attested).attestation.trust, "trusted");
});

test("mutated BLOBs: accepted only as they were signed", () => {
  const random = generator(6);
  const tally = rounds(ROUNDS, () => {
    const mutant = mutatedText(random, blob);
    return outcome(() => Metadata.parse(mutant, parsing), VerificationError, () => assert.equal(mutant.trim(), blob));
  });
  assert.ok(tally.signature_invalid > 0 && tally.metadata_malformed > 0, JSON.stringify(tally));
});

// Every public function with arguments that it accepts, so that a mutation is what makes the difference.
const parts = { publicKey: decode(credential.publicKey), userHandle, signCount: 0, transports: ["usb"], backupEligible: false, backedUp: false, aaguid: null, uvInitialized: true };
const party = { name: "Example", origins: [ORIGIN], userVerification: "required", crossOrigin: "deny", topOrigins: [], counter: "reject", backup: "strict", algorithms: [-7], stateKey: Buffer.alloc(32, 3),
  residentKey: "required", attachment: "platform", hints: ["hybrid"], attestation: "direct", attestationFormats: ["packed", "none"],
  unknownAttestation: "ignore", trust, keepAttestation: true, unsolicitedExtensions: "reject", enumerationKey: Buffer.alloc(32, 4),
  dangerAllowAbsentUser: false };
const otp = { algorithm: "SHA1", digits: 6 };
const keys = { old: Buffer.alloc(32, 1), new: Buffer.alloc(64, 2) };
const peppers = new Peppers(keys, { current: "new" });
const recovery = generateRecoveryCodes("ada", { count: 2, peppers });
const stored = { userId: "ada", record: recovery.record, used: 2, peppers };
const delivered = { kind: "delivered", issuedBy: "sign-in", peppers, now: NOW };
const temporary = issueTemporaryCode("ada", delivered);
const throttle = new Throttle();
const charged = throttle.charge(null, { now: NOW }).next;
const BEGIN = { userVerification: "required", hints: ["hybrid"], extensions: { prf: { eval: { first: "AAEC" } } }, lifetime: 300, now: NOW };
const decoying = new RelyingParty("example.org", { name: "Example", origins: [ORIGIN], userVerification: "required", enumerationKey: Buffer.alloc(32, 4) });
const registering = { challenge: registration.options.challenge, userHandle, userVerification: "required", extensions: { credProps: true }, now: NOW };
const CALLS = {
  generateSecret: [generateSecret, [20]],
  Totp: [(...args) => new Totp(...args), [SECRET, { ...otp, period: 30, preset: "strict" }]],
  PendingTotp: [(...args) => new PendingTotp(...args), [SECRET, { ...otp, period: 30, preset: "usual" }]],
  "PendingTotp.generate": [PendingTotp.generate, [{ ...otp, period: 30, preset: "usual" }]],
  "pending.confirm": [pending.confirm.bind(pending), ["287082", { now: 59 }]],
  "pending.uri": [pending.uri.bind(pending), [{ issuer: "Example", account: "ada" }]],
  parseOtpauth: [parseOtpauth, [`otpauth://hotp/Example:ada?secret=${SECRET}&counter=5&digits=8&algorithm=SHA256&issuer=Example`]],
  parseOtpauthMigration: [parseOtpauthMigration, ["otpauth-migration://offline?data=Ch0KCkhlbGxvId6tvu8SBWFsaWNlGgRBY21lKAEwAhABGAEgACgH"]],
  "Totp.fromKey": [Totp.fromKey, [Buffer.alloc(20, 1), { ...otp, period: 30 }]],
  "Totp.dangerLegacy": [Totp.dangerLegacy, ["GEZDGNBVGY3TQOJQ", { ...otp, period: 30 }]],
  "Totp.steam": [Totp.steam, [SECRET]],
  "totp.checkCode": [totp.checkCode.bind(totp), ["287082"]],
  "totp.codeAt": [totp.codeAt.bind(totp), [59]],
  "totp.confirm": [totp.confirm.bind(totp), ["287082", { now: 59 }]],
  "totp.verify": [totp.verify.bind(totp), ["287082", { lastStep: null, now: 59, past: 1, future: 1, drift: 0 }]],
  "totp.uri": [totp.uri.bind(totp), [{ issuer: "Example", account: "ada" }]],
  Hotp: [(...args) => new Hotp(...args), [SECRET, otp]],
  "Hotp.fromKey": [Hotp.fromKey, [Buffer.alloc(20, 1), otp]],
  "Hotp.dangerLegacy": [Hotp.dangerLegacy, ["GEZDGNBVGY3TQOJQ", otp]],
  "Hotp.tenDigits": [Hotp.tenDigits, [SECRET, { algorithm: "SHA1" }]],
  "hotp.codeAt": [hotp.codeAt.bind(hotp), [0]],
  "hotp.checkCode": [hotp.checkCode.bind(hotp), ["287082"]],
  "hotp.uri": [hotp.uri.bind(hotp), [{ issuer: "Example", account: "ada", counter: 5 }]],
  "hotp.verify": [hotp.verify.bind(hotp), ["287082", { counter: 1, lookAhead: 10 }]],
  "hotp.resync": [hotp.resync.bind(hotp), ["287082", { second: "359152", counter: 0, lookAhead: 10 }]],
  Peppers: [(...args) => new Peppers(...args), [keys, { current: "new" }]],
  generateRecoveryCodes: [generateRecoveryCodes, ["ada", { count: 2, format: "full", peppers }]],
  verifyRecoveryCode: [verifyRecoveryCode, [recovery.codes[0], stored]],
  checkRecoveryCode: [checkRecoveryCode, [recovery.codes[0], { record: recovery.record }]],
  issueTemporaryCode: [issueTemporaryCode, ["ada", { ...delivered, previous: temporary.transition.next, lifetime: 60, digits: 8 }]],
  verifyTemporaryCode: [verifyTemporaryCode, [temporary.code, { userId: "ada", record: temporary.transition.next, peppers, now: NOW }]],
  checkTemporaryCode: [checkTemporaryCode, [temporary.code, { record: temporary.transition.next }]],
  revokeTemporaryCode: [revokeTemporaryCode, [temporary.transition.next]],
  Throttle: [(...args) => new Throttle(...args),
    [{ maxFailures: 30, freeFailures: 5, delay: 30, maxDelay: 3600, digits: 6, window: 3, budget: "strict" }]],
  guessOdds: [guessOdds, [{ digits: 6, window: 3, attempts: 100 }]],
  "throttle.charge": [throttle.charge.bind(throttle), [charged, { now: NOW }]],
  "throttle.succeed": [throttle.succeed.bind(throttle), [charged]],
  "throttle.refund": [throttle.refund.bind(throttle), [charged, new RejectedError("otp_rejected")]],
  "throttle.retryAt": [throttle.retryAt.bind(throttle), [charged, { now: NOW }]],
  qrSvg: [qrSvg, ["otpauth://totp/ada?secret=GEZDGNBVGY3TQOJQ"]],
  qrPng: [qrPng, ["otpauth://totp/ada?secret=GEZDGNBVGY3TQOJQ"]],
  qrTerminal: [qrTerminal, ["otpauth://totp/ada?secret=GEZDGNBVGY3TQOJQ", { ascii: true }]],
  generateUserHandle: [generateUserHandle, []],
  readResponse: [readResponse, [signedIn]],
  CredentialRecord: [(...args) => new CredentialRecord(...args), [decode(credential.id), parts]],
  "CredentialRecord.fromText": [CredentialRecord.fromText, [record]],
  RelyingParty: [(...args) => new RelyingParty(...args), ["example.org", party]],
  "rp.beginRegistration": [rp.beginRegistration.bind(rp), [userHandle, { userName: "ada", displayName: "Ada", exclude: [record], residentKey: "required", attachment: "platform", mediation: "conditional", ...BEGIN }]],
  "rp.ceremonyId": [rp.ceremonyId.bind(rp), [authentication.state]],
  "rp.beginAuthentication": [rp.beginAuthentication.bind(rp), [userHandle, { allow: [record], ...BEGIN }]],
  "rp.beginDiscoverableAuthentication": [rp.beginDiscoverableAuthentication.bind(rp), [{ mediation: "conditional", ...BEGIN }]],
  "rp.finishRegistration": [rp.finishRegistration.bind(rp), [created, { state: registration.state, now: NOW }]],
  "rp.finishAuthentication": [rp.finishAuthentication.bind(rp), [signedIn, { state: authentication.state, record, now: NOW }]],
  "rp.verifyRegistration": [rp.verifyRegistration.bind(rp), [created, registering]],
  "rp.verifyAuthentication": [rp.verifyAuthentication.bind(rp), [signedIn, { challenge, userHandle, record, allow: [record], userVerification: "required", extensions: { uvm: true } }]],
  "rp.verifyDiscoverableAuthentication": [rp.verifyDiscoverableAuthentication.bind(rp), [signedIn, { challenge, record, userVerification: "required", extensions: {} }]],
  "rp.explainRegistration": [rp.explainRegistration.bind(rp), [created, registering]],
  "rp.explainAuthentication": [rp.explainAuthentication.bind(rp), [signedIn, { challenge, userHandle, record, allow: [record], userVerification: "required", extensions: { uvm: true } }]],
  "rp.beginDecoyAuthentication": [decoying.beginDecoyAuthentication.bind(decoying), ["nobody@example.org", BEGIN]],
  relatedOriginsJson: [relatedOriginsJson, [[ORIGIN]]],
  AttestationTrust: [(...args) => new AttestationTrust(...args), [policy]],
  "Metadata.parse": [Metadata.parse, [blob, parsing]],
  "metadata.find": [metadata.find.bind(metadata), [attestation.AAGUID]],
  "trusting.finishRegistration": [trusting.finishRegistration.bind(trusting), [attested, { state: attesting.state, now: NOW }]],
  "verified.commit": [(...rows) => totp.verify("287082", { lastStep: null, now: 59 }).commit(...rows), [1]],
};

for (const [name, [call, args]] of Object.entries(CALLS)) {
  test(`mutated arguments of ${name}: a result or an error of the family`, () => {
    const random = generator(3);
    assert.doesNotThrow(() => call(...args));
    const tally = rounds(ROUNDS, () => {
      const mutant = mutatedArguments(random, args);
      return outcome(() => call(...mutant), MfaError, () => {});
    });
    if (args.length > 0) assert.ok(tally.accepted !== ROUNDS, JSON.stringify(tally));
    assert.doesNotThrow(() => call(...args));
  });
}

function rounds(count, round) {
  const tally = {};
  for (let index = 0; index < count; index += 1) {
    const code = round(index);
    tally[code] = (tally[code] ?? 0) + 1;
  }
  return tally;
}

function outcome(call, family, accepted) {
  let result;
  try {
    result = call();
  } catch (error) {
    assert.ok(error instanceof family, error?.stack);
    return error.code;
  }
  accepted(result);
  return "accepted";
}

function mutatedResponse(random, response) {
  const mutant = structuredClone(response);
  const fields = [[mutant, "id"], [mutant, "rawId"], [mutant, "type"], ...Object.keys(mutant.response).map((key) => [mutant.response, key])];
  const [at, key] = pick(random, fields);
  switch (random(6)) {
    case 0:
      return mutatedText(random, JSON.stringify(response));
    case 1:
      at[key] = mutatedValue(random, at[key]);
      return mutant;
    case 2:
      delete at[key];
      return mutant;
    default:
      if (typeof at[key] === "string") at[key] = mutatedBytes(random, decode(at[key])).toString("base64url");
      return random(2) === 0 ? mutant : JSON.stringify(mutant);
  }
}

function mutatedArguments(random, args) {
  const mutant = args.map((argument) => (isOptions(argument) ? { ...argument } : argument));
  const index = random(Math.max(1, mutant.length));
  const argument = mutant[index];
  if (isOptions(argument) && random(8) > 0) {
    const keys = Object.keys(argument);
    const key = random(12) === 0 ? "unknown" : pick(random, keys);
    if (random(10) === 0) delete argument[key];
    else argument[key] = mutatedValue(random, argument[key]);
  } else {
    mutant[index] = mutatedValue(random, argument);
  }
  return random(20) === 0 ? mutant.slice(0, index) : mutant;
}

function mutatedValue(random, value) {
  if (typeof value === "string" && random(2) === 0) return mutatedText(random, value);
  if (Array.isArray(value) && random(2) === 0) return [...value, mutatedValue(random, value[0])];
  if (ArrayBuffer.isView(value) && random(2) === 0) return mutatedBytes(random, Buffer.from(value));
  if (typeof value === "number" && random(2) === 0) return pick(random, [value + 1, value - 1, -value, value * 1e6, value / 3, 2 ** 32, 2 ** 53, BigInt(value)]);
  return pick(random, SMALL);
}

function mutatedText(random, text) {
  const at = random(text.length + 1);
  switch (random(4)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1 + random(4));
    case 1:
      return text.slice(0, at) + String.fromCharCode(random(4) === 0 ? random(0x10000) : random(128)) + text.slice(at);
    case 2:
      return text.slice(0, at) + text.slice(random(text.length + 1));
    default:
      return text.slice(0, at) + String.fromCharCode(32 + random(95)) + text.slice(at + 1);
  }
}

function mutatedBytes(random, bytes) {
  const at = random(bytes.length + 1);
  switch (random(5)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([random(256)]), bytes.subarray(at)]);
    case 2:
      return Buffer.concat([bytes, Buffer.from([random(256)])]);
    default: {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy[at] ^= 1 << random(8);
      return copy;
    }
  }
}

function isOptions(value) {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype && !("response" in value);
}

function plain(response) {
  return typeof response === "string" ? JSON.parse(response) : response;
}

function decode(text) {
  return Buffer.from(text, "base64url");
}

function pick(random, items) {
  return items[random(items.length)];
}

/** A linear congruential generator with the constants of Numerical Recipes; its high bits choose. */
function generator(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
