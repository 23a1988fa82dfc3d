/** The contents page of the package: every entry module exports this and adds its own way to load the core. */
export {
  MfaError, VerificationError, MalformedError, RejectedError, UnsupportedError, ConfigError, isMfaError,
  type ErrorCode, type ErrorKind,
} from "./errors.js";
export {
  Totp, PendingTotp, Hotp, generateSecret,
  type TotpOptions, type HotpOptions, type HashAlgorithm, type TotpConfirmed, type TotpVerified,
  type HotpVerified,
} from "./otp.js";
export {
  parseOtpauth, parseOtpauthMigration, type Otpauth, type OtpauthWarning, type MigrationEntry,
} from "./otpauth.js";
export { qrSvg, qrPng, qrTerminal } from "./qr.js";
export { Peppers } from "./peppers.js";
export {
  generateRecoveryCodes, generateRecoveryCodesAsync, verifyRecoveryCode, verifyRecoveryCodeAsync, checkRecoveryCode,
  type GenerateRecoveryCodes, type VerifyRecoveryCode, type RecoveryFormat, type RecoverySet, type RecoveryVerified,
} from "./codes.js";
export {
  issueTemporaryCode, issueTemporaryCodeAsync, verifyTemporaryCode, verifyTemporaryCodeAsync, checkTemporaryCode,
  revokeTemporaryCode,
  type IssueTemporaryCode, type VerifyTemporaryCode, type TemporaryKind, type TemporaryCode, type TemporaryVerified,
  type TemporaryRevoked, type TemporaryAudit,
} from "./temporary.js";
export { Throttle, guessOdds, type ThrottleOptions, type ThrottleTransition } from "./throttle.js";
export {
  RelyingParty, generateUserHandle, readResponse, relatedOriginsJson,
  type RelyingPartyOptions, type UserVerification, type ResidentKey, type AuthenticatorAttachment, type Hint,
  type AttestationFormat, type Ceremony, type RegistrationState, type AuthenticationState,
  type Begin, type BeginRegistration, type BeginAuthentication, type BeginDiscoverableAuthentication,
  type Stateless, type VerifyRegistration, type VerifyAuthentication, type VerifyDiscoverableAuthentication,
  type ExplainAuthentication, type Attestation, type RegistrationVerified, type AuthenticationVerified, type Step,
  type UnverifiedResponse,
} from "./webauthn.js";
export { verifyAuthentications, verifyAuthenticationsAsync, type AuthenticationItem, type Outcome } from "./batch.js";
export type { PreparedKey } from "./prepared.js";
export type { CredentialProtectionPolicy, ExtensionInputs, ExtensionOutputs, PrfInputs } from "./extensions.js";
export { AttestationTrust, type AttestationTrustOptions } from "./trust.js";
export { Metadata, type CertificateFile, type MetadataEntry, type MetadataOptions } from "./metadata.js";
export { CredentialRecord, type CredentialRecordOptions } from "./record.js";
export { Evidence, isEvidence, type Method, type MethodKind, type Transition, type Verified } from "./verified.js";
export {
  Assessment, AssuranceProfile, Classification, Tier, amrDescription, assess, classify, lint, tierName,
  type AssuranceProfileName, type Claims, type ClassifyOptions, type Factors, type Reason, type TierName,
} from "./assurance.js";
export {
  PolicyProfile, Requirement, canDisable, canRemove, decide, effects, eligibleMethods, enrollableMethods, grandfathered, methodAdvice,
  type Advice, type Applies, type Decision, type DecisionReason, type Effect, type Person, type PolicyProfileName, type Removal,
  type RemovalReason, type RequirementOptions, type SecurityEvent,
} from "./policy.js";
export { sessionExpiresAt, touchSession, type SessionKind } from "./session.js";
export { auditRecord, type AuditRecord } from "./audit.js";
export {
  DeviceRecord, beginApproval, beginDeviceEnrollment, cancelApproval, finishApproval, finishDeviceEnrollment, readApproval,
  readApprovalAnswer,
  type Approval, type ApprovalStatus, type ApprovalVerified, type BeginApproval, type BeginDeviceEnrollment, type DeviceEnrollment,
  type DeviceVerified, type UnverifiedAnswer,
} from "./approval.js";
export {
  DeviceKey, approvalAnswer, approvalToSign, enrollmentToSign, generateDeviceKey, readApprovalRequest, readDeviceEnrollment,
  signApproval, signEnrollment,
  type ApprovalDecision, type ApprovalRequest, type DeviceEnrollmentRequest,
} from "./device.js";
export type { Bytes, Integer, Time } from "./host-value.js";
