/**
 * The error family. A failure is always one of these, never a boolean and never a foreign exception.
 *
 * The host's rule is one line: catch {@link VerificationError}, never {@link MfaError}. Everything that the client can
 * cause is a VerificationError; a ConfigError is the caller's own mistake and belongs in the server's log.
 * No message carries input: what a ConfigError adds to the table's text is the name of an argument.
 */
import { ERRORS, type ErrorCode, type ErrorKind, type ErrorRow } from "./errors.generated.js";

export type { ErrorCode, ErrorKind } from "./errors.generated.js";

/** Registered, so that two copies of this package in one program recognise each other's errors. */
const FAMILY = Symbol.for("mfakit.MfaError");

export abstract class MfaError extends Error {
  /** The stable name, such as `"otp_replayed"`. */
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  /** The stable number behind the code. */
  readonly number: number;
  /** Where the rule is written, such as `"RFC 8949 §5.6"`. */
  readonly spec: string;
  /** The steps of WebAuthn Level 3 §7.1 and §7.2 where the check stands, such as `"7.1-8 7.2-12"`. */
  readonly step: string | null;
  /** The only code that the person at the keyboard should be shown. */
  readonly publicCode: string;

  constructor(code: ErrorCode, detail?: string) {
    const row = BY_CODE.get(code)!;
    super(detail === undefined ? row.message : `${row.message} (${detail})`);
    this.code = row.code;
    this.kind = row.kind;
    this.number = row.number;
    this.spec = row.spec;
    this.step = row.step;
    this.publicCode = row.publicCode;
  }
}

/** The client's value did not verify. This is the one class that a login catches. */
export abstract class VerificationError extends MfaError {}
/** The bytes are not what they claim to be. */
export class MalformedError extends VerificationError {}
/** The value is well formed, and its proof or the policy says no. */
export class RejectedError extends VerificationError {}
/** The value is valid but needs something that this build does not have. */
export class UnsupportedError extends VerificationError {}
/** The caller's own mistake: an argument, a stored record, the set-up. */
export class ConfigError extends MfaError {}

/** Whether `error` is of this family, also when another copy of the package threw it. */
export function isMfaError(error: unknown): error is MfaError {
  try {
    return (error as { [FAMILY]?: unknown } | null | undefined)?.[FAMILY] === true;
  } catch {
    return false;
  }
}

/** The error that a backend's number stands for. */
export function failure(number: number): MfaError {
  const row = ERRORS[number];
  if (row === undefined) return new ConfigError("argument_value_invalid", "the backend is of another version");
  return new CLASS_OF[row.kind](row.code);
}

const BY_CODE: ReadonlyMap<ErrorCode, ErrorRow> = new Map(Object.values(ERRORS).map((row) => [row.code, row]));

const CLASS_OF = {
  malformed: MalformedError,
  rejected: RejectedError,
  unsupported: UnsupportedError,
  config: ConfigError,
} as const;

Object.defineProperty(MfaError.prototype, FAMILY, { value: true });
// Names survive a minifier that renames classes.
for (const [name, type] of Object.entries({
  MfaError, VerificationError, MalformedError, RejectedError, UnsupportedError, ConfigError,
})) {
  Object.defineProperty(type.prototype, "name", { value: name, writable: true, configurable: true });
}
