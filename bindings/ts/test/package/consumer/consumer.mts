// A consumer's file, type-checked and never run: what must compile does, and what must not is marked.
import init, {
  CredentialRecord, Hotp, Peppers, RelyingParty, Throttle, Totp, VerificationError,
  generateRecoveryCodes, isEvidence, isMfaError, verifyRecoveryCode,
  type AuthenticationState, type AuthenticationVerified, type Evidence, type RecoverySet, type RecoveryVerified, type RegistrationState,
  type ThrottleTransition, type TotpVerified,
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

// @ts-expect-error: lastStep is never left out
totp.verify("123456", { now: 59 });
// @ts-expect-error: an unknown option
totp.verify("123456", { lastStep: null, window: 1 });
// @ts-expect-error: a copy has no commit
({ ...verified }).commit(1);
// @ts-expect-error: evidence cannot be written by hand
const forged: Evidence = { method: "totp", userVerified: true };
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
// @ts-expect-error: the typeable format is not built in
generateRecoveryCodes("ada", { format: "typeable" });
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

export { big, counter, created, id, either, forged, isEvidence, login, made, mask, retry, small, states };
