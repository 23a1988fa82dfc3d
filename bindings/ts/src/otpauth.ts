/**
 * Imports: otpauth URIs, and what Google Authenticator exports.
 *
 * Reading is lenient, with warnings, where one meaning is left, and refuses where there are two or none. A URI is the
 * client's: whatever is wrong with it is a VerificationError. The secret goes into the authenticator's private field.
 */
import { verify } from "./backend.js";
import { uriBytes } from "./client-value.js";
import type { Integer } from "./host-value.js";
import { imported, type Hotp, type Totp } from "./otp.js";
import { frozen } from "./verified.js";

/**
 * What works here and may not work elsewhere, or was written carelessly: `issuer_mismatch` (the label names another issuer than
 * the parameter, which wins), `non_default_algorithm` and `app_may_ignore_period` (some apps ignore them and show wrong
 * codes), `short_secret` (fewer than the 16 bytes of RFC 4226), `unknown_parameter`.
 */
export type OtpauthWarning =
  | "issuer_mismatch" | "non_default_algorithm" | "short_secret" | "unknown_parameter" | "app_may_ignore_period";

interface Read<Otp, Counter, Migration> {
  /** The authenticator. To store it, call `exposeSecret` and keep its parameters beside it. */
  readonly otp: Otp;
  readonly issuer: string | null;
  /** It may be empty. */
  readonly account: string;
  /** The next counter of a counter-based authenticator: a bigint from 2^53 on. */
  readonly counter: Counter;
  readonly warnings: readonly OtpauthWarning[];
  /** Where the entry stood, if it comes from an export. */
  readonly migration: Migration;
}

/** An authenticator as a URI describes it. `counter` tells the two types apart. */
export type Otpauth<Migration = null> = Read<Totp, null, Migration> | Read<Hotp, Integer, Migration>;

/** Where an entry stood in an export of several QR codes, and its id there. */
export interface MigrationEntry {
  /** The number of this QR code, from 0. */
  readonly batchIndex: number;
  /** How many QR codes the export has: read them all. */
  readonly batchSize: number;
  /** What the QR codes of one export share. */
  readonly batchId: number;
  readonly uniqueId: string | null;
}

/** Reads an otpauth URI that another service wrote, at most 2400 bytes. */
export function parseOtpauth(uri: unknown): Otpauth {
  return otpauth(verify("otpauth_parse", uriBytes(uri, MAX_URI), {})) as Otpauth;
}

/**
 * Reads one QR code of Google Authenticator's export, at most 4096 bytes. An entry that cannot be read fails them all: nothing is
 * left out in silence.
 */
export function parseOtpauthMigration(uri: unknown): readonly Otpauth<MigrationEntry>[] {
  const { entries } = verify("migration_parse", uriBytes(uri, MAX_MIGRATION_URI), {});
  return Object.freeze((entries as any[]).map(otpauth)) as readonly Otpauth<MigrationEntry>[];
}

// The core's own limits. A client cannot make this side copy more than one character beyond them.
const MAX_URI = 2400;
const MAX_MIGRATION_URI = 4096;

function otpauth({ issuer, account, counter, warnings, migration, ...parts }: any): unknown {
  return frozen({
    otp: imported(parts), issuer, account, counter: counter === null ? null : exact(counter),
    warnings: Object.freeze(warnings), migration: migration === null ? null : frozen(migration),
  });
}

function exact(decimal: string): Integer {
  const number = Number(decimal);
  return Number.isSafeInteger(number) ? number : BigInt(decimal);
}
