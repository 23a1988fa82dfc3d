// A consumer's file, type-checked and never run: what must compile does, and what must not is marked.
import init, {
  Assessment, AssuranceProfile, AttestationTrust, Classification, CredentialRecord, DeviceKey, DeviceRecord, Evidence, Hotp, Metadata, PendingTotp,
  Peppers, PolicyProfile, RelyingParty, Requirement, Throttle, Tier, Totp, VerificationError, amrDescription, approvalAnswer, approvalToSign,
  assess, auditRecord, beginApproval, beginDeviceEnrollment, canDisable, canRemove, cancelApproval, checkRecoveryCode, checkTemporaryCode,
  classify, decide, effects, eligibleMethods, enrollableMethods, enrollmentToSign, finishApproval, finishDeviceEnrollment, generateDeviceKey,
  generateRecoveryCodes, generateRecoveryCodesAsync, grandfathered, guessOdds, isEvidence, isMfaError, issueTemporaryCode,
  issueTemporaryCodeAsync, lint, methodAdvice, parseOtpauth, parseOtpauthMigration, qrPng, qrTerminal, readApproval, readApprovalAnswer,
  readApprovalRequest, readDeviceEnrollment, relatedOriginsJson, revokeTemporaryCode, sessionExpiresAt, signApproval, signEnrollment, tierName,
  touchSession, verifyRecoveryCode, verifyRecoveryCodeAsync, verifyTemporaryCode, verifyTemporaryCodeAsync,
  type Advice, type Applies, type Approval, type ApprovalStatus, type ApprovalVerified, type Decision, type DecisionReason, type DeviceVerified, type Effect,
  type Factors, type MethodKind, type Reason, type Removal, type TierName, type UnverifiedAnswer,
  type Attestation, type AuthenticationState, type AuthenticationVerified, type ErrorCode, type ExtensionInputs,
  type ExtensionOutputs, type MetadataEntry, type RegistrationVerified, type Step, type Transition, type HashAlgorithm, type MigrationEntry, type Otpauth,
  type OtpauthWarning, type RecoverySet, type RecoveryVerified, type RegistrationState, type TemporaryAudit, type TemporaryCode,
  type TemporaryKind, type TemporaryRevoked, type TemporaryVerified, type ThrottleTransition, type TotpConfirmed,
  type TotpVerified,
} from "mfakit";
import { SoftAuthenticator, type AuthenticationResponse } from "mfakit/testing";

await init();

const totp = new Totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", { digits: 8 });
const fromRow: number | null = null;
const verified: TotpVerified = totp.verify("123456", { lastStep: fromRow });
const step: number = verified.step;
const big: bigint = totp.verify("123456", { lastStep: 5n, now: new Date() }).transition.next;
const either: number | bigint = totp.verify("123456", { lastStep: step as number | bigint | null }).step;
const counter: bigint = new Hotp("…").verify("123456", { counter: 7n }).nextCounter;
const small: number = new Hotp("…").verify(undefined, { counter: 7 }).nextCounter;
const evidence: Evidence = verified.commit(1);

const strict = new Totp("…", { preset: "strict" });
const parameters: [HashAlgorithm, number, number] = [strict.algorithm, strict.digits, strict.period];
const corrected: number = totp.verify("123456", { lastStep: step, past: 2, future: 0, drift: -3 }).drift;
const steam: string = Totp.steam("…").exposeSecret();
const form: void = totp.checkCode({ anything: true });
const pending = PendingTotp.generate({ digits: 8, preset: "strict" });
const enrolled: TotpConfirmed = new PendingTotp(pending.exposeSecret()).confirm("123456", { now: 59 });
const label: string = pending.uri({ issuer: "Example", account: "ada" }) + new Hotp("…").uri({ issuer: "Example", account: "ada", counter: 5n });
// @ts-expect-error: not a preset
new Totp("…", { preset: "lenient" });
// @ts-expect-error: Steam has no options
Totp.steam("…", { digits: 5 });
// @ts-expect-error: parameters are read-only
totp.digits = 8;
// @ts-expect-error: who is being enrolled does not sign in
pending.verify("123456", { lastStep: null });
// @ts-expect-error: nor does an enrolment make codes
pending.codeAt(59);
// @ts-expect-error: the URI of a counter says the counter
new Hotp("…").uri({ issuer: "Example", account: "ada" });

const read: Otpauth = parseOtpauth(undefined);
const next: number | bigint = read.counter === null ? read.otp.period : read.counter;
const token: Hotp | null = read.counter === null ? null : read.otp;
const odd: readonly OtpauthWarning[] = read.warnings;
const entries: readonly Otpauth<MigrationEntry>[] = parseOtpauthMigration("otpauth-migration://offline?data=…");
const last: boolean = entries.every(({ migration }) => migration.batchIndex + 1 === migration.batchSize);
// @ts-expect-error: a URI stands in no export
const place: number = read.migration.batchIndex;
// @ts-expect-error: which type it is has to be asked
const unasked: number = read.otp.period;
// @ts-expect-error: not a warning
const warned: boolean = odd.includes("issuer_missing");

const png: Uint8Array = qrPng("otpauth://…");
const shownInTerminal: string = qrTerminal("otpauth://…", { ascii: true });
// @ts-expect-error: an unknown option
qrTerminal("otpauth://…", { unicode: false });

// @ts-expect-error: lastStep is never left out
totp.verify("123456", { now: 59 });
// @ts-expect-error: an unknown option
totp.verify("123456", { lastStep: null, window: 1 });
// @ts-expect-error: a copy has no commit
({ ...verified }).commit(1);
// @ts-expect-error: evidence cannot be written by hand
const forged: Evidence = { method: "totp", kind: "totp", userVerified: true };
// @ts-expect-error: nor copied
const copied: Evidence = { ...evidence };
// @ts-expect-error: nor made
new Evidence();
// @ts-expect-error: results cannot be written by hand
const made: TotpVerified = { step: 1, drift: 0, transition: { prev: null, next: 1 }, commit: () => evidence };
// @ts-expect-error: results are read-only
verified.transition.next = 5;

// @ts-expect-error: user verification is always named
new RelyingParty("example.org", { name: "Example", origins: ["https://example.org"] });
const rp = new RelyingParty("example.org", { name: "Example", origins: ["https://example.org"], userVerification: "required" });
const registration = rp.beginRegistration("AAAA", { userName: "ada" });
const authentication = rp.beginAuthentication(new Uint8Array(16), { allow: ["…"] });
const fromDatabase: string = registration.state;
const record: CredentialRecord = rp.finishRegistration({}, { state: fromDatabase }).commit(1);
const signedIn: AuthenticationVerified = rp.finishAuthentication("{}", { state: authentication.state, record: record.toText() });
const id: string = rp.ceremonyId(registration.state);
const states: [RegistrationState, AuthenticationState] = [registration.state, authentication.state];
// @ts-expect-error: the state of the other kind of ceremony
rp.finishRegistration({}, { state: authentication.state });
// @ts-expect-error: a registration is not a login
const login: Evidence = rp.finishRegistration({}, { state: registration.state }).commit(1);

const metadata: Metadata = Metadata.parse(new Uint8Array(), { roots: ["-----BEGIN CERTIFICATE-----…", new Uint8Array()], previousNumber: 5n, signer: "mds.example.org" });
const model: MetadataEntry | null = metadata.find("00000000-0000-0000-0000-000000000000");
const hardware: [boolean | undefined, string | undefined] = [model?.isHardware, model?.statusReports[0]?.status];
const trust = new AttestationTrust({
  anchors: [new Uint8Array()], metadata, androidKey: "tee_only", fidoSwitches: ["tpm_rs1"], tolerances: ["ecdsa_null_parameters"],
  alsoReject: ["NOT_FIDO_CERTIFIED"], dangerAcceptStatuses: [],
});
const strictest = new RelyingParty("example.org", {
  name: "Example", origins: ["https://example.org"], userVerification: "required", attestation: "direct", trust, residentKey: "required",
  attachment: "cross-platform", hints: ["security-key"], attestationFormats: ["packed", "tpm"], unknownAttestation: "reject",
  keepAttestation: true, unsolicitedExtensions: "reject", enumerationKey: new Uint8Array(32),
});
const inputs: ExtensionInputs = { prf: { eval: { first: "AAEC" } }, largeBlob: { read: true }, "x-vendor": 5 };
const managed: RegistrationVerified = strictest.verifyRegistration({}, { challenge: "…", userHandle: "…", extensions: inputs, now: 5 });
const statement: Attestation = managed.attestation;
const leaf: Uint8Array | undefined = statement.path[0];
const outputs: ExtensionOutputs = managed.extensions;
const secret: string | undefined = outputs.prf?.results?.first;
const discoverable: boolean | undefined = outputs.credProps?.rk;
const why: readonly Step[] = strictest.explainAuthentication(undefined, { challenge: "…", record });
const reason: ErrorCode | null | undefined = why[0]?.code;
const decoy: AuthenticationState = strictest.beginDecoyAuthentication(undefined, { hints: ["hybrid"], extensions: { uvm: true } }).state;
const upgrade: Transition<string> | null = signedIn.uvTransition;
const texts: string = record.compact().toText() + record.toJson() + relatedOriginsJson(["https://example.org"]);
// @ts-expect-error: metadata is parsed, never made
new Metadata();
// @ts-expect-error: a BLOB is signed under a root
Metadata.parse("…", {});
// @ts-expect-error: options are no trust
new RelyingParty("example.org", { name: "Example", origins: [], userVerification: "required", trust: { anchors: [] } });
// @ts-expect-error: not a switch
new AttestationTrust({ fidoSwitches: ["rs1"] });
// @ts-expect-error: not a hint
rp.beginDiscoverableAuthentication({ hints: ["usb"] });
// @ts-expect-error: the user's own credentials are not listed for autofill
rp.beginAuthentication("AAAA", { allow: [], mediation: "conditional" });
// @ts-expect-error: one of the two
const blob: ExtensionInputs = { largeBlob: { read: true, write: 5 } };
// @ts-expect-error: extensions are an object
rp.beginRegistration("AAAA", { userName: "ada", extensions: "{}" });
// @ts-expect-error: results are read-only
outputs.raw.authenticator = null;
// @ts-expect-error: steps prove nothing
const forgedLogin: Evidence = why;
// @ts-expect-error: an authentication takes no time
rp.verifyAuthentication({}, { challenge: "…", userHandle: "…", record, now: 5 });

const peppers = new Peppers({ "2026-05": new Uint8Array(32) }, { current: "2026-05" });
const set: RecoverySet = generateRecoveryCodes("ada", { count: 8, format: "full", peppers });
const shown: readonly string[] = set.codes;
const recovered: RecoveryVerified = verifyRecoveryCode(shown[0], { userId: "ada", record: set.record, used: 0, peppers });
const mask: number = recovered.transition.next;
const throttle = new Throttle({ maxFailures: 10 });
const charged: ThrottleTransition = throttle.charge(null, { now: new Date() });
const retry: number | null = throttle.retryAt(charged.next);
// @ts-expect-error: peppers are bytes
new Peppers({ "2026-05": "secret" }, { current: "2026-05" });
// @ts-expect-error: a look-alike of peppers
generateRecoveryCodes("ada", { peppers: { current: "2026-05" } });
// @ts-expect-error: the mask is a number
verifyRecoveryCode("", { userId: "ada", record: set.record, used: 0n });
const typeable: RecoverySet = generateRecoveryCodes("ada", { format: "typeable" });
const later: Promise<RecoverySet> = generateRecoveryCodesAsync("ada", { format: "typeable", peppers });
const laterStill: Promise<RecoveryVerified> = verifyRecoveryCodeAsync(shown[0], { userId: "ada", record: set.record, used: 0 });
checkRecoveryCode(undefined, { record: set.record });
// @ts-expect-error: not a format
generateRecoveryCodes("ada", { format: "short" });
// @ts-expect-error: a promise of a set has no codes yet
generateRecoveryCodesAsync("ada").codes;
// @ts-expect-error: whose code it is has to be said
verifyRecoveryCodeAsync(shown[0], { record: set.record, used: 0 });

const admin: TemporaryCode = issueTemporaryCode("ada", { kind: "admin", issuedBy: "rosa", previous: null, lifetime: 86_400 });
const delivered: Promise<TemporaryCode> = issueTemporaryCodeAsync("ada", { kind: "delivered", issuedBy: "sign-in", digits: 8, peppers });
const temporary: TemporaryVerified = verifyTemporaryCode("", { userId: "ada", record: admin.transition.next, now: new Date() });
const temporaryLater: Promise<TemporaryVerified> = verifyTemporaryCodeAsync("", { userId: "ada", record: admin.transition.next });
const [kind, left, audit, proof]: [TemporaryKind, number, TemporaryAudit, Evidence] =
  [temporary.kind, temporary.usesLeft, temporary.audit, temporary.commit(1)];
const revoked: TemporaryRevoked = revokeTemporaryCode(temporary.transition.next);
checkTemporaryCode(undefined, { record: revoked.next });
// @ts-expect-error: there is no usual kind
issueTemporaryCode("ada", { issuedBy: "rosa" });
// @ts-expect-error: a delivered code needs a pepper
issueTemporaryCode("ada", { kind: "delivered", issuedBy: "sign-in" });
// @ts-expect-error: only a delivered code has digits
issueTemporaryCode("ada", { kind: "support", issuedBy: "tom", digits: 6 });
// @ts-expect-error: a code is made by issuing it
const forgedCode: TemporaryCode = { code: "123456", transition: admin.transition, expiresAt: 0, audit };
// @ts-expect-error: a verified code cannot be written by hand
const forgedVerified: TemporaryVerified = { kind, usesLeft: left, audit, transition: temporary.transition, commit: () => proof };
// @ts-expect-error: an audit value is read-only
audit.uses = 0;

// ---- assurance, policy, approvals

const password: Evidence = Evidence.password({ at: new Date() });
const session: Assessment = assess([password, evidence], { previous: null, now: 5 });
const stepped: Assessment = assess(evidence, { previous: Assessment.fromTrustedJson(session.toJson()) });
const [level, amr, shownMethods, factors]: [Tier, readonly string[], readonly MethodKind[], Factors] = [stepped.tier, stepped.amr, stepped.methods, stepped.factors];
const enough: boolean = stepped.meets(Tier.STANDARD, { maxAge: 300 }) && level >= Tier.STANDARD;
const levelName: TierName = tierName(level);
const sms: Evidence = temporary.commit(1, { via: "sms" });
const profile = AssuranceProfile.named("rfc8176");
const classified: Classification = classify("salesforce-2026-05-05", { claims: JSON.parse("{}"), maxAge: 60 });
const single: Classification = classify(profile, { amr: undefined, acr: null, authnContext: ["urn:x"], authTime: 5 });
const kept: Classification = Classification.fromTrustedJson(single.toJson(), { profile });
const oddities: readonly Reason[] = lint(profile);
const description: string | null = amrDescription({ anything: true });
const own = new Requirement("phishing_resistant", { maxAge: 300, exemption: "approved", clientCan: ["totp"], acrValues: "phr" });
const policy = PolicyProfile.named("salesforce-2026-05-05");
const demanded: Requirement = policy.requirement({ rights: ["Author Apex"], channel: "sso", waiver: false });
const applies: Applies = demanded.applies({ now: 5 });
const decision: Decision = decide(kept, { requirement: demanded, enrolled: ["totp"] });
const [why6, offered, need]: [DecisionReason, readonly MethodKind[], Tier | null] = [decision.reason, decision.options, decision.need];
decision.orThrow();
const removal: Removal = canRemove(offered, { remove: "totp", requirement: own });
const off: boolean = canDisable(session, { requirement: own }).allowed || removal.allowed;
const advice: readonly Advice[] = methodAdvice(eligibleMethods(offered, { requirement: own }));
const still: boolean = grandfathered(null, { enrolledBefore: new Date(), until: 5 });
const todo: readonly Effect[] = effects("method_added");
const until: number = touchSession("web", { created: 5, lastActive: sessionExpiresAt("cli", { created: new Date() }) });
const line: string = auditRecord("sign_in", { user: "ada", standing: classified, requirement: own, decision, credentialId: new Uint8Array(16) });
// @ts-expect-error: a decision is not a look-alike
auditRecord("sign_in", { decision: { ...decision } });
// @ts-expect-error: no decision without the person's methods
decide(session, { requirement: own });
// @ts-expect-error: nor a requirement without the person's rights
policy.requirement({ channel: "ui" });
// @ts-expect-error: rights are a list
policy.requirement({ rights: "Author Apex" });
// @ts-expect-error: evidence is assessed first
decide(evidence, { requirement: own, enrolled: [] });
// @ts-expect-error: a requirement is made
decide(session, { requirement: { tier: 3 }, enrolled: [] });
// @ts-expect-error: not a method
decide(session, { requirement: own, enrolled: ["fob"] });
// @ts-expect-error: an assessment cannot be written by hand
const forgedSession: Assessment = { ...session };
// @ts-expect-error: results are read-only
decision.kind = "allow";
// @ts-expect-error: an exemption is approved or is not
new Requirement(Tier.WEAK, { exemption: true });
// @ts-expect-error: not a tier
new Requirement(4);
// @ts-expect-error: only delivered codes were delivered
verified.commit(1, { via: "sms" });
// @ts-expect-error: not a way
temporary.commit(1, { via: "post" });
// @ts-expect-error: evidence, not a session, is assessed
assess(session);
// @ts-expect-error: a profile's name or a profile
lint({ id: "rfc8176" });

const begun = beginDeviceEnrollment("ada", { audience: "example.org" });
const wanted = readDeviceEnrollment(begun.request);
const deviceKey: DeviceKey = DeviceKey.fromText(generateDeviceKey(wanted).toText());
const enrolledDevice: DeviceVerified = finishDeviceEnrollment(signEnrollment(wanted, { device: deviceKey, name: "Phone" }), { state: begun.state });
const device: DeviceRecord = enrolledDevice.commit(1);
const approval: Approval = beginApproval("ada", { audience: "example.org", action: "Sign in", devices: [device, "…"], previous: null });
const asked = readApprovalRequest(approval.request);
const approved: ApprovalVerified = finishApproval(signApproval(asked, { device: deviceKey, decision: "approve", number: approval.number }), { state: "…" });
const pushed: Evidence = approved.commit(1);
const status: ApprovalStatus = readApproval(cancelApproval("…").next, { id: approval.id });
// @ts-expect-error: of which sign-in
readApproval("…");
const answerer: UnverifiedAnswer = readApprovalAnswer(undefined);
const hardwareAnswer: string = approvalAnswer(approvalToSign(asked, { device, decision: "deny" }), { signature: enrollmentToSign(wanted, { device: wanted.device("…") }) });
// @ts-expect-error: a denial has no number
signApproval(asked, { device: deviceKey, decision: "deny", number: "12" });
// @ts-expect-error: an approval has one
signApproval(asked, { device: deviceKey, decision: "approve" });
// @ts-expect-error: the text of a request is read first
signApproval(approval.request, { device: deviceKey, decision: "deny" });
// @ts-expect-error: an enrolment is not a login
const enrolledLogin: Evidence = enrolledDevice.commit(1);
// @ts-expect-error: a key is not its record
signEnrollment(wanted, { device });

const odds: number = guessOdds({ digits: 6, window: 3, attempts: 100 });
new Throttle({ digits: 8, window: 21, budget: "strict" });
// @ts-expect-error: not a budget
new Throttle({ budget: "lenient" });
// @ts-expect-error: odds of what
guessOdds({ digits: 6, attempts: 100 });
// @ts-expect-error: a state that was forgotten
throttle.charge(undefined);

const passkey = new SoftAuthenticator("https://example.org", { algorithm: -8, seed: new Uint8Array(32) });
passkey.userVerified = false;
const created: string = passkey.create(registration.options).response.attestationObject;
const response: AuthenticationResponse = passkey.get(authentication.optionsJson);
rp.finishAuthentication(response, { state: authentication.state, record });
// @ts-expect-error: an unknown knob
new SoftAuthenticator("https://example.org", { userVerfied: false });

try {
  signedIn.commit(1n);
} catch (error) {
  if (error instanceof VerificationError && error.code === "state_conflict") throw error;
  // @ts-expect-error: not a code
  if (isMfaError(error) && error.code === "no_such_code") throw error;
}

export {
  advice, amr, answerer, applies, copied, description, enough, enrolledLogin, enrollableMethods, factors, forgedSession, hardwareAnswer, levelName, line, need, off,
  oddities, pushed, shownMethods, sms, status, still, todo, until, why6,
  big, blob, corrected, counter, created, decoy, delivered, discoverable, enrolled, hardware, leaf, forgedLogin, reason, secret, texts, upgrade, id, either, forged, forgedCode, forgedVerified, form, isEvidence, label, last, later,
  laterStill, login, made, mask, next, odds, parameters, place, png, retry, shownInTerminal, small, states, steam, temporaryLater, token,
  typeable, unasked, warned,
};
