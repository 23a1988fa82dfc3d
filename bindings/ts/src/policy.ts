/**
 * Who must prove what, and what happens otherwise: requirements, decisions, and a person's methods.
 *
 * Every decision is the core's, made anew at each request: rights change while a session lives. A decision is no truth value,
 * and every object counts as true in JavaScript: `if (decide(…))` lets everybody in. Name its four kinds, or call `orThrow`.
 */
import {
  assessmentText, reasons, standing, tier, tierName, tierOf, type Assessment, type Classification, type Reason, type Tier,
  type TierName,
} from "./assurance.js";
import { ask } from "./backend.js";
import { failure } from "./errors.js";
import { count, flag, list, maybe, moment, now, nullable, options, otherwise, text, time, wrong, type Reader, type Time } from "./host-value.js";
import { deepFrozen, frozen, type MethodKind } from "./verified.js";

/** Why a requirement does not apply; `"yes"` if it does. */
export type Applies = "yes" | "channel_unaffected" | "exempt" | "waived" | "not_yet_enforced";

export interface RequirementOptions {
  /** How many seconds ago at most the tier was reached; without it, at any time within the session. */
  maxAge?: number;
  /** An exemption was approved for this person. */
  exemption?: "approved";
  /** The person has a permission that waives until enforcement begins, and not after. */
  waiver?: boolean;
  /** When enforcement begins; without it, it has. */
  enforcedFrom?: Time;
  /** The kinds of method that the person's client can perform; without it, all. */
  clientCan?: readonly MethodKind[];
  /** `acr` values to ask an identity provider for, divided by spaces, the best first. */
  acrValues?: string;
}

/** Sees into the private field; the class sets it. */
let requirementOf: (value: unknown) => object | undefined;
let makeRequirement: (parts: Parts) => Requirement;

/** What one request demands. Immutable. */
export class Requirement {
  readonly #parts: Parts;
  readonly tier: Tier;
  readonly maxAge: number | null;
  readonly exempt: boolean;
  readonly waiver: boolean;
  /** Unix seconds. */
  readonly enforcedFrom: number | null;
  /** null: all. */
  readonly clientCan: readonly MethodKind[] | null;
  readonly acrValues: string | null;
  /** The id of the policy profile that it came from. */
  readonly policy: string | null;
  readonly policyVersion: string | null;

  constructor(tier: Tier | TierName, options?: RequirementOptions);
  constructor(level: unknown, given?: unknown) {
    this.#parts = level === MADE ? (given as Parts) : checked(level, given);
    const { channelSubject: _, tier: name, ...parts } = this.#parts;
    this.tier = tierOf(name) as Tier;
    [this.maxAge, this.exempt, this.waiver, this.enforcedFrom] = [parts.maxAge, parts.exempt, parts.waiver, parts.enforcedFrom];
    [this.clientCan, this.acrValues, this.policy, this.policyVersion] = [parts.clientCan, parts.acrValues, parts.policy, parts.policyVersion];
    deepFrozen(this);
  }

  /** Whether it applies, and if not, why. */
  applies(options?: { now?: Time }): Applies;
  applies(given?: unknown): Applies {
    return ask("requirement_applies", { requirement: this.#parts, ...options(given, "applies", { now }) }).applies;
  }

  static {
    requirementOf = (value) => (typeof value === "object" && value !== null && #parts in value ? value.#parts : undefined);
    makeRequirement = (parts) => new (Requirement as unknown as new (maker: symbol, parts: Parts) => Requirement)(MADE, parts);
  }
}

/** Reads an argument that is a requirement. */
export const requirement: Reader<object> = (value, name) => {
  const parts = requirementOf(value);
  if (parts === undefined) throw wrong("argument_type_invalid", `${name} must be a Requirement`);
  return parts;
};

/** A requirement as the core wrote it. */
type Parts = {
  tier: string; maxAge: number | null; exempt: boolean; waiver: boolean; enforcedFrom: number | null; channelSubject: boolean;
  clientCan: MethodKind[] | null; acrValues: string | null; policy: string | null; policyVersion: string | null;
};

const MADE = Symbol("made");

function checked(level: unknown, given: unknown): Parts {
  const { exemption, ...parts } = options(given, "Requirement", { ...DEMANDED, acrValues: maybe(text) });
  return ask("requirement_check", { requirement: { tier: tierName(tier(level, "tier")), exempt: exemption !== undefined, ...parts } });
}

const approved: Reader<string> = (value, name) => {
  if (text(value, name) !== "approved") throw wrong("argument_value_invalid", name);
  return "approved";
};

/** Whole seconds: a fraction is dropped. */
const seconds: Reader<number> = (value, name) => Math.floor(time(value, name));

const DEMANDED = {
  maxAge: maybe(count), exemption: maybe(approved), waiver: maybe(flag), enforcedFrom: maybe(seconds), clientCan: maybe(list(text)),
};

export type PolicyProfileName = "salesforce-2026-05-05";

/** Who asks, and how. */
export interface Person extends Omit<RequirementOptions, "acrValues"> {
  /** Every right that the person has, as the host names them; an empty list for none. */
  rights: readonly string[];
  /** By the profile's name for it; default `"ui"`. */
  channel?: string;
  /** By the profile's name for it; default `"production"`. */
  environment?: string;
}

const POLICIES: readonly PolicyProfileName[] = Object.freeze(["salesforce-2026-05-05"]);

/** A published enforcement as versioned data. Immutable. */
export class PolicyProfile {
  readonly #profile: object;
  readonly #json: string;
  readonly #labels: Readonly<Record<string, string>>;
  readonly id: string;
  readonly version: string;
  /** The channels, and whether the policy covers each. */
  readonly channels: Readonly<Record<string, boolean>>;
  /** The rights of which any one makes a person privileged. */
  readonly privilegedRights: readonly string[];

  private constructor(maker: unknown, profile?: object) {
    if (maker !== MADE) throw wrong("argument_type_invalid", "a PolicyProfile comes from named or fromJson");
    const { id, version, json, labels, channels, privilegedRights } = ask("policy_profile_read", profile!);
    [this.#profile, this.#json, this.#labels] = [profile!, json, labels];
    [this.id, this.version, this.channels, this.privilegedRights] = [id, version, channels, privilegedRights];
    deepFrozen(this);
  }

  /** A built-in profile. */
  static named(id: PolicyProfileName): PolicyProfile;
  static named(id: unknown): PolicyProfile {
    return new PolicyProfile(MADE, { profile: text(id, "id") });
  }

  /**
   * A profile of the caller's own, as JSON text. All of it is checked.
   * @throws ConfigError `profile_invalid`.
   */
  static fromJson(text: string): PolicyProfile;
  static fromJson(given: unknown): PolicyProfile {
    return new PolicyProfile(MADE, { profileJson: text(given, "text") });
  }

  /** The ids of the built-in profiles. */
  static names(): readonly PolicyProfileName[] {
    return POLICIES;
  }

  /** What people call a tier. */
  label(tier: Tier): string;
  label(level: unknown): string {
    return this.#labels[tierName(tier(level, "tier"))]!;
  }

  /**
   * What the policy demands of a person, at this request.
   * @throws ConfigError `argument_value_invalid` for a channel or environment that the profile does not name, and for a right
   * that differs from a listed one in case or outer spaces only.
   */
  requirement(person: Person): Requirement;
  requirement(given: unknown): Requirement {
    const person = options(given, "requirement", {
      rights: list(text), channel: otherwise("ui", text), environment: otherwise("production", text), ...DEMANDED,
    });
    return makeRequirement(ask("policy_requirement", { ...this.#profile, ...person }));
  }

  toJson(): string {
    return this.#json;
  }
}

export type DecisionReason =
  | "satisfied" | Exclude<Applies, "yes"> | "tier_too_low" | "too_old" | "not_recognised" | "other_factor_needed" | "second_factor_on"
  | "prove_before_enrolling" | "no_suitable_method" | "client_cannot_perform" | "nothing_proven";

/** What to do with a request. Not a truth value: every object counts as true. */
export declare class Decision {
  private constructor();
  private readonly decision: true;
  readonly kind: "allow" | "step_up" | "enroll" | "block";
  readonly reason: DecisionReason;
  /** The tier that is missing. */
  readonly need: Tier | null;
  /** The methods to offer, the best first; empty where the person signs in again. */
  readonly options: readonly MethodKind[];
  /** The `WWW-Authenticate` field that an API answers to a request that needs more (RFC 9470). */
  readonly challenge: string | null;
  /** The reason, then what each proof or claim is worth. */
  explain(): readonly Reason[];
  /**
   * Ends well if the request is let through.
   * @throws RejectedError `step_up_required`, `enrollment_required`, `login_blocked`.
   */
  orThrow(): void;
}

/** What a decision was made of, for the audit. */
const DECISIONS = new WeakMap<object, object>();

/** Reads an argument that is a decision, and gives what it was made of. */
export const decision: Reader<object> = (value, name) => {
  const made = DECISIONS.get(value as object);
  if (made === undefined) throw wrong("argument_type_invalid", `${name} must be a Decision`);
  return made;
};

/**
 * Decides about one request of a person who has `enrolled` these kinds of method here: all of them, a live temporary code too. Whoever
 * has none may add one with what they have shown.
 */
export function decide(
  standing: Assessment | Classification, options: { requirement: Requirement; enrolled: readonly MethodKind[]; now?: Time },
): Decision;
export function decide(shown: unknown, given: unknown): Decision {
  const host = {
    ...standing(shown, "standing"), ...options(given, "decide", { requirement, enrolled: list(text), now }),
  };
  const { error, explain, ...data } = ask("decide", host);
  const lines = reasons(explain);
  const made = frozen({ ...data, options: Object.freeze(data.options) }, { explain: () => lines, orThrow: () => throwing(error) });
  DECISIONS.set(made, host);
  return made as Decision;
}

function throwing(error: number | null): void {
  if (error !== null) throw failure(error);
}

/** The methods that a requirement lets the person choose from, out of those that they have, the best first. */
export function eligibleMethods(
  enrolled: readonly MethodKind[], options: { requirement: Requirement; now?: Time },
): readonly MethodKind[];
export function eligibleMethods(enrolled: unknown, given: unknown): readonly MethodKind[] {
  const host = options(given, "eligibleMethods", { requirement, now });
  return Object.freeze(ask("eligible_methods", { enrolled: kinds(enrolled), ...host }).methods);
}

/** The methods that a person may add to satisfy a requirement, the phishing-resistant first. */
export function enrollableMethods(requirement: Requirement): readonly MethodKind[];
export function enrollableMethods(given: unknown): readonly MethodKind[] {
  return Object.freeze(ask("enrollable_methods", { requirement: requirement(given, "requirement") }).methods);
}

export type RemovalReason =
  | "enough_left" | "not_enforced" | "turns_off" | "last_method" | "no_suitable_method_left" | "not_enrolled" | "enforced"
  | "password_needed" | "second_factor_needed";

/** Whether a method may be removed, or two-factor authentication turned off. Not a truth value: ask `allowed`, or call `orThrow`. */
export declare class Removal {
  private constructor();
  private readonly removal: true;
  readonly allowed: boolean;
  readonly reason: RemovalReason;
  /** One sentence. */
  readonly message: string;
  /**
   * Ends well if it may.
   * @throws RejectedError `method_required`; `step_up_required` for a password or a second factor that is needed.
   * @throws ConfigError `argument_value_invalid` if the person has no such method.
   */
  orThrow(): void;
}

/**
 * Whether a person who has `enrolled` these methods, one element each, may remove one of the kind `remove`. Without the last one
 * two-factor authentication is off: whether that may be is for {@link canDisable} to say.
 */
export function canRemove(
  enrolled: readonly MethodKind[], options: { remove: MethodKind; requirement: Requirement; now?: Time },
): Removal;
export function canRemove(enrolled: unknown, given: unknown): Removal {
  const host = options(given, "canRemove", { remove: text, requirement, now });
  return removal(ask("can_remove", { enrolled: kinds(enrolled), ...host }));
}

/**
 * Whether a person may turn two-factor authentication off: nothing demands it, and the password was proven within five minutes, beside a
 * second factor.
 */
export function canDisable(assessment: Assessment, options: { requirement: Requirement; now?: Time }): Removal;
export function canDisable(shown: unknown, given: unknown): Removal {
  const host = options(given, "canDisable", { requirement, now });
  return removal(ask("can_disable", { assessment: assessmentText(shown, "assessment"), ...host }));
}

function removal({ error, ...data }: any): Removal {
  return frozen(data, { orThrow: () => throwing(error) }) as Removal;
}

export type Advice = "no_method" | "no_backup" | "no_recovery_codes" | "not_phishing_resistant";

/** What to recommend to a person who has `enrolled` these methods, one element each. */
export function methodAdvice(enrolled: readonly MethodKind[]): readonly Advice[];
export function methodAdvice(enrolled: unknown): readonly Advice[] {
  return Object.freeze(ask("method_advice", { enrolled: kinds(enrolled) }).advice);
}

/** Whether a method that nobody may add any more still serves a person who had it; null: when that was is not known. */
export function grandfathered(
  enrolledAt: Time | null, options: { enrolledBefore: Time; until: Time; now?: Time },
): boolean;
export function grandfathered(enrolledAt: unknown, given: unknown): boolean {
  const host = options(given, "grandfathered", { enrolledBefore: moment, until: moment, now });
  return ask("grandfathered", { enrolledAt: nullable(time)(enrolledAt, "enrolledAt"), ...host }).grandfathered;
}

export type SecurityEvent =
  | "mfa_enabled" | "mfa_disabled" | "method_added" | "method_removed" | "methods_disconnected" | "recovery_codes_replaced"
  | "recovery_code_used" | "temporary_code_issued" | "password_changed";

/** Something to carry out. */
export interface Effect {
  readonly kind: "revoke_other_sessions" | "rotate_api_key" | "notify_by_email";
  /** How long a new API key lives, in seconds. */
  readonly lifetime: number | null;
  /** Which message to send: the event's name. */
  readonly template: string | null;
}

/** What an event entails, in the order in which to do it. */
export function effects(event: SecurityEvent): readonly Effect[];
export function effects(event: unknown): readonly Effect[] {
  return deepFrozen(ask("effects", { event: text(event, "event") }).effects as Effect[]);
}

function kinds(enrolled: unknown): string[] {
  return list(text)(enrolled, "enrolled");
}
