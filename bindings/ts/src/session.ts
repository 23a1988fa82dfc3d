/**
 * How long a session lives. The arithmetic is the core's.
 *
 * A session is good before the moment that these functions give, and over from then on.
 */
import { ask } from "./backend.js";
import { maybe, moment, now, options, text, time, type Time } from "./host-value.js";

/** `"web"`: 24 hours, which activity extends up to 10 days. `"cli"` and `"api_key"`: 30 days. */
export type SessionKind = "web" | "cli" | "api_key";

/** The moment, in Unix seconds, from which a session is over. */
export function sessionExpiresAt(kind: SessionKind, options: { created: Time; lastActive?: Time }): number;
export function sessionExpiresAt(kind: unknown, given: unknown): number {
  const host = options(given, "sessionExpiresAt", { created: moment, lastActive: maybe(time) });
  return ask("session_expires_at", { kind: text(kind, "kind"), ...host }).expiresAt;
}

/**
 * Counts a request as activity: the new moment from which the session is over. Store `now` as the last activity.
 * @throws RejectedError `session_expired` if it is over.
 */
export function touchSession(kind: SessionKind, options: { created: Time; lastActive: Time; now?: Time }): number;
export function touchSession(kind: unknown, given: unknown): number {
  const host = options(given, "touchSession", { created: moment, lastActive: moment, now });
  return ask("touch_session", { kind: text(kind, "kind"), ...host }).expiresAt;
}
