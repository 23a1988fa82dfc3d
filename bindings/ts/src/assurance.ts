/**
 * What a sign-in is worth: evidence to an assessment, an identity provider's claims to a classification, each with a tier.
 *
 * Every verdict is the core's. Invariant: what is known of a proof stays in private fields and comes from `commit`; a
 * stored assessment is read only by the function that says that its text is trusted. No result says yes or no by itself:
 * every object counts as true in JavaScript, so ask `meets`, or `decide` and `orThrow`.
 */
import { ask, verify } from "./backend.js";
import { claimBytes, claimsBytes, payloadBytes } from "./client-value.js";
import { count, list, maybe, now, nullable, options, text, wrong, type Reader, type Time } from "./host-value.js";
import { deepFrozen, facts, frozen, isEvidence, type Evidence, type Facts, type MethodKind } from "./verified.js";

/** How strong a sign-in is: `WEAK < STANDARD < PHISHING_RESISTANT`, as numbers. */
export const Tier = Object.freeze({ WEAK: 1, STANDARD: 2, PHISHING_RESISTANT: 3 });
export type Tier = 1 | 2 | 3;
export type TierName = "weak" | "standard" | "phishing_resistant";

const NAMES: readonly TierName[] = ["weak", "standard", "phishing_resistant"];

/** The name of a tier, as texts and profiles have it. */
export function tierName(tier: Tier): TierName;
export function tierName(value: unknown): TierName {
  return NAMES[tier(value, "tier") - 1]!;
}

/** Reads an argument that is a tier, or its name. */
export const tier: Reader<Tier> = (value, name) => {
  const number = typeof value === "string" ? tierOf(value) : count(value, name);
  if (number !== 1 && number !== 2 && number !== 3) throw wrong("argument_value_invalid", name);
  return number;
};

/** The number of a name that the core wrote; 0 for what is none. */
export function tierOf(name: string): number {
  return (NAMES as readonly string[]).indexOf(name) + 1;
}

/** One line of an explanation. */
export interface Reason {
  /** A stable code. */
  readonly code: string;
  /** The kind of method, or the value, that it is about. */
  readonly subject: string | null;
  readonly tier: Tier | null;
  /** One sentence. */
  readonly message: string;
}

export function reasons(lines: (Omit<Reason, "tier"> & { tier: string | null })[]): readonly Reason[] {
  return Object.freeze(lines.map((line) => frozen({ ...line, tier: line.tier === null ? null : tierOf(line.tier) }) as Reason));
}

/** What the core is told of a standing. It holds the private fields of the two classes below. */
export type Standing = { assessment: string } | ({ classification: string } & Profile);

/** Sees into the private fields; the classes set them. */
let assessmentOf: (value: unknown) => string | undefined;
let classificationOf: (value: unknown) => Standing | undefined;
let profileOf: (value: unknown) => Profile | undefined;

/** How many factors of each kind were proven. */
export interface Factors {
  readonly knowledge: number;
  readonly possession: number;
  readonly inherence: number;
  /** An authenticator verified its user and did not tell how: knowledge or inherence. */
  readonly unspecified: number;
  /** How many different kinds there are for certain. */
  readonly kinds: number;
}

/** What a session is worth: everything that was proven for it. Store `toJson()` beside the session. Immutable. */
export class Assessment {
  readonly #json: string;
  readonly #explain: readonly Reason[];
  /** That of the strongest proof. */
  declare readonly tier: Tier;
  /** RFC 8176. */
  declare readonly amr: readonly string[];
  /** OpenID EAP: `"phr"`, `"phrh"`, or null. */
  declare readonly acr: string | null;
  /** The kinds that were proven. */
  declare readonly methods: readonly MethodKind[];
  declare readonly factors: Factors;
  /** A code to get back in was used: the methods should be set up again. */
  declare readonly recovery: boolean;

  private constructor(maker: unknown, answer?: any) {
    if (maker !== MAKE) throw wrong("argument_type_invalid", "an Assessment is what assess gives");
    const { json, explain, ...data } = answer;
    this.#json = json;
    this.#explain = reasons(explain);
    Object.assign(this, data);
    deepFrozen(this);
  }

  /**
   * Reads a stored text. Whoever can write that text can claim any proof: it belongs where sessions are kept, never to a client.
   */
  static fromTrustedJson(text: string): Assessment;
  static fromTrustedJson(given: unknown): Assessment {
    return assessment(ask("assessment_read", { assessment: text(given, "text") }));
  }

  /** Each proof, and why it has its tier. */
  explain(): readonly Reason[] {
    return this.#explain;
  }

  /** Whether the tier is reached; with `maxAge`, by proofs of the last so many seconds. */
  meets(tier: Tier, options?: { maxAge?: number; now?: Time }): boolean;
  meets(level: unknown, given?: unknown): boolean {
    const host = options(given, "meets", { maxAge: maybe(count), now });
    return ask("assessment_meets", { assessment: this.#json, tier: tier(level, "tier"), ...host }).meets;
  }

  /** The text to store beside the session. */
  toJson(): string {
    return this.#json;
  }

  static {
    assessmentOf = (value) => (typeof value === "object" && value !== null && #json in value ? value.#json : undefined);
  }
}

/**
 * Judges what was proven for one user, on top of `previous`, the session's assessment until now. Evidence that does not know its own
 * time was given `now`.
 */
export function assess(
  evidence: Evidence | readonly Evidence[], options?: { previous?: Assessment | null; now?: Time },
): Assessment;
export function assess(evidence: unknown, given?: unknown): Assessment {
  const { previous, now: at } = options(given, "assess", { previous: maybe(nullable(assessmentText)), now });
  return assessment(ask("assess", { evidence: proofs(evidence), previous, now: at }));
}

function proofs(evidence: unknown): Facts[] {
  return isEvidence(evidence) ? [facts(evidence, "evidence")] : list(facts)(evidence, "evidence");
}

function assessment(answer: object): Assessment {
  return new (Assessment as unknown as Internal<Assessment>)(MAKE, answer);
}

/** Reads an argument that is an assessment. */
export const assessmentText: Reader<string> = (value, name) => {
  const text = assessmentOf(value);
  if (text === undefined) throw wrong("argument_type_invalid", `${name} must be an Assessment`);
  return text;
};

/** Reads an argument that is an assessment or a classification. */
export const standing: Reader<Standing> = (value, name) => {
  const assessment = assessmentOf(value);
  const found = assessment === undefined ? classificationOf(value) : { assessment };
  if (found === undefined) throw wrong("argument_type_invalid", `${name} must be an Assessment or a Classification`);
  return found;
};

/** What the core is told of a profile: the name of a built-in one, or the text of another. */
type Profile = { profile: string } | { profileJson: string };
export type AssuranceProfileName = "salesforce-2026-05-05" | "rfc8176" | "openid-eap" | "refeds" | "nist-800-63";

const PROFILES: readonly AssuranceProfileName[] =
  Object.freeze(["salesforce-2026-05-05", "rfc8176", "openid-eap", "refeds", "nist-800-63"]);

/** Which claim of an identity provider stands for which tier: versioned data, chosen for each issuer. Immutable. */
export class AssuranceProfile {
  readonly #profile: Profile;
  readonly #json: string;
  readonly id: string;
  readonly version: string;

  private constructor(maker: unknown, profile?: Profile) {
    if (maker !== MAKE) throw wrong("argument_type_invalid", "an AssuranceProfile comes from named or fromJson");
    const { id, version, json } = ask("profile_read", profile!);
    [this.#profile, this.#json, this.id, this.version] = [profile!, json, id, version];
    Object.freeze(this);
  }

  /** A built-in profile. */
  static named(id: AssuranceProfileName): AssuranceProfile;
  static named(id: unknown): AssuranceProfile {
    return new AssuranceProfile(MAKE, { profile: text(id, "id") });
  }

  /**
   * A profile of the caller's own, as JSON text. All of it is checked.
   * @throws ConfigError `profile_invalid`.
   */
  static fromJson(text: string): AssuranceProfile;
  static fromJson(given: unknown): AssuranceProfile {
    return new AssuranceProfile(MAKE, { profileJson: text(given, "text") });
  }

  /** The ids of the built-in profiles. */
  static names(): readonly AssuranceProfileName[] {
    return PROFILES;
  }

  toJson(): string {
    return this.#json;
  }

  static {
    profileOf = (value) => (typeof value === "object" && value !== null && #profile in value ? value.#profile : undefined);
  }
}

/** Reads an argument that is a profile, or the name of a built-in one. */
const profile: Reader<Profile> = (value, name) => {
  const found = typeof value === "string" ? { profile: value } : profileOf(value);
  if (found === undefined) throw wrong("argument_type_invalid", `${name} must be an AssuranceProfile or its name`);
  return found;
};

/** What is odd about a profile. Nothing of it changes a verdict. */
export function lint(profile: AssuranceProfileName | AssuranceProfile): readonly Reason[];
export function lint(given: unknown): readonly Reason[] {
  return reasons(ask("profile_lint", profile(given, "profile")).reasons);
}

/** What the IANA registry says of an `amr` value; null if it does not know it. */
export function amrDescription(value: unknown): string | null {
  return verify("amr_description", claimBytes(value), {}).description;
}

/**
 * The claims of one sign-in. They must be verified already: no signature, issuer, audience or nonce is checked here. Whatever
 * is wrong with them is a VerificationError; what is undefined is absent, and null is wrong.
 */
export interface Claims {
  /** The payload of an ID token, as JSON text, its bytes or the parsed object. In place of the four below. */
  claims?: unknown;
  /** A list of texts: a bare one is `claims_malformed`. */
  amr?: unknown;
  acr?: unknown;
  /** SAML's `AuthnContextClassRef`, a list too. */
  authnContext?: unknown;
  /** When the person signed in there, in Unix seconds, as a number. */
  authTime?: unknown;
}

export interface ClassifyOptions extends Claims {
  /** How many seconds ago the person may have signed in there. */
  maxAge?: number;
  now?: Time;
}

/** The tier of a sign-in through an identity provider, with the raw claims for the audit. Immutable. */
export class Classification {
  readonly #standing: { classification: string } & Profile;
  readonly #explain: readonly Reason[];
  /** `Tier.WEAK` where nothing was recognised. */
  declare readonly tier: Tier;
  /** Whether the profile lists any of the values. Without it nothing is satisfied. */
  declare readonly recognised: boolean;
  /** The values that the profile does not list. */
  declare readonly unknown: readonly string[];
  /** The profile's id. */
  declare readonly profile: string;
  /** The profile's version. */
  declare readonly version: string;
  declare readonly amr: readonly string[];
  declare readonly acr: string | null;
  declare readonly authnContext: readonly string[];
  /** Unix seconds. */
  declare readonly authTime: number | null;

  private constructor(maker: unknown, profile?: Profile, answer?: any) {
    if (maker !== MAKE) throw wrong("argument_type_invalid", "a Classification is what classify gives");
    const { json, explain, ...data } = answer;
    this.#standing = { classification: json, ...profile! };
    this.#explain = reasons(explain);
    Object.assign(this, data);
    deepFrozen(this);
  }

  /** Reads a stored text: its claims are classified anew, under the profile that they were classified under before. */
  static fromTrustedJson(text: string, options: { profile: AssuranceProfileName | AssuranceProfile }): Classification;
  static fromTrustedJson(given: unknown, more: unknown): Classification {
    const { profile: under } = options(more, "fromTrustedJson", { profile });
    return classification(under, ask("classification_read", { classification: text(given, "text"), ...under }));
  }

  /** Each value, as `amr:value`, `acr:value` or `authn_context:value`, and what the profile makes of it. */
  explain(): readonly Reason[] {
    return this.#explain;
  }

  /** Whether the tier is reached. */
  meets(tier: Tier): boolean;
  meets(level: unknown): boolean {
    return ask("assessment_meets", { ...this.#standing, tier: tier(level, "tier") }).meets;
  }

  /** The text to store beside the session. */
  toJson(): string {
    return this.#standing.classification;
  }

  static {
    classificationOf = (value) => (typeof value === "object" && value !== null && #standing in value ? value.#standing : undefined);
  }
}

/**
 * Classifies verified claims under the profile that the caller chose for their issuer.
 * @throws VerificationError `claims_malformed`; with `maxAge`, `auth_time_missing` and `auth_time_stale`; `auth_time_future`.
 */
export function classify(profile: AssuranceProfileName | AssuranceProfile, options: ClassifyOptions): Classification;
export function classify(under: unknown, given: unknown): Classification {
  const { claims, amr, acr, authnContext, authTime, ...host } = options(given, "classify", {
    claims: any, amr: any, acr: any, authnContext: any, authTime: any, maxAge: maybe(count), now,
  });
  const chosen = profile(under, "profile");
  const single = { amr, acr, authn_context: authnContext, auth_time: authTime };
  if (claims !== undefined && Object.values(single).some((value) => value !== undefined)) {
    throw wrong("argument_value_invalid", "claims holds the others already");
  }
  const idToken = claims !== undefined;
  const client = idToken ? payloadBytes(claims) : claimsBytes(single);
  return classification(chosen, verify("classify", client, { ...chosen, ...host, idToken }));
}

/** A claim, which is read with the others and by other rules than the host's arguments. */
const any: Reader<unknown> = (value) => value;

function classification(profile: Profile, answer: object): Classification {
  return new (Classification as unknown as Internal<Classification>)(MAKE, profile, answer);
}

const MAKE = Symbol("make");
/** A constructor as this module alone can call it. */
type Internal<T> = new (maker: symbol, ...parts: unknown[]) => T;
