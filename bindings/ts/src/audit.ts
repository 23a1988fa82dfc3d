/**
 * One line for the audit: flat JSON with stable members, of what was decided and why.
 *
 * Invariant: no secret and no credential id goes in; a credential is named by the SHA-256 hash of its id.
 */
import { standing, type Assessment, type Classification } from "./assurance.js";
import { ask } from "./backend.js";
import { bytes, maybe, now, options, text, type Bytes, type Time } from "./host-value.js";
import { decision, requirement, type Decision, type Requirement } from "./policy.js";

/** What to write down; what is left out is null in the line. */
export interface AuditRecord {
  /** Whose account it is, as the host names people in its audit: 1 to 255 bytes. */
  user?: string;
  /** What was shown. */
  standing?: Assessment | Classification;
  /** What was demanded. */
  requirement?: Requirement;
  /** What was decided. */
  decision?: Decision;
  /** The id of the credential that was used. Its hash is written. */
  credentialId?: Bytes;
  now?: Time;
}

/** The line; `event` is what happened, in the host's words: 1 to 255 bytes. */
export function auditRecord(event: string, options?: AuditRecord): string;
export function auditRecord(event: unknown, given?: unknown): string {
  const { standing: shown, ...host } = options(given, "auditRecord", {
    user: maybe(text), standing: maybe(standing), requirement: maybe(requirement), decision: maybe(decision),
    credentialId: maybe(bytes), now,
  });
  return ask("audit_record", { event: text(event, "event"), ...shown, ...host }).record;
}
