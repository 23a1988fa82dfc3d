/** The contents page of the package: every entry module exports this and adds its own way to load the core. */
export {
  MfaError, VerificationError, MalformedError, RejectedError, UnsupportedError, ConfigError, isMfaError,
  type ErrorCode, type ErrorKind,
} from "./errors.js";
export {
  Totp, Hotp, generateSecret,
  type TotpOptions, type HotpOptions, type HashAlgorithm, type TotpVerified, type HotpVerified,
} from "./otp.js";
export {
  Peppers, generateRecoveryCodes, verifyRecoveryCode,
  type GenerateRecoveryCodes, type RecoverySet, type RecoveryVerified,
} from "./codes.js";
export { Throttle, type ThrottleOptions, type ThrottleTransition } from "./throttle.js";
export { qrSvg } from "./qr.js";
export {
  RelyingParty, generateUserHandle, readResponse,
  type RelyingPartyOptions, type UserVerification, type Ceremony, type RegistrationState, type AuthenticationState,
  type BeginRegistration, type BeginAuthentication, type BeginDiscoverableAuthentication, type Attestation,
  type RegistrationVerified, type AuthenticationVerified, type UnverifiedResponse,
} from "./webauthn.js";
export { CredentialRecord, type CredentialRecordOptions } from "./record.js";
export { isEvidence, type Evidence, type Method, type Transition, type Verified } from "./verified.js";
export type { Bytes, Integer, Time } from "./host-value.js";
