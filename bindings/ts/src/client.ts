/**
 * The browser's half of a ceremony: asks the authenticator, gives back what the server verifies. No WebAssembly.
 *
 * Takes `ceremony.options` as it arrives and gives the response as JSON data, ready to be sent. A failure is a
 * {@link ClientError}. One request is open at a time: a new one takes the place of the one that waits, which is how
 * a button takes over from the conditional request of the autofill list.
 */

export type ClientErrorCode =
  /** The person closed the prompt or let it time out; browsers do not tell which. */
  | "cancelled"
  /** The caller's `AbortSignal.timeout` ended it. */
  | "timeout"
  /** The authenticator holds one of the excluded credentials. */
  | "already_registered"
  /** This browser or its authenticators cannot do what is asked. */
  | "not_supported"
  /** This page may not ask: its origin does not fit the relying party's id. */
  | "not_allowed_here"
  /** The caller's signal, or a newer request, ended this one. */
  | "aborted"
  /** The options are not what `begin…` gave. */
  | "options_malformed"
  /** Anything else; `cause` has it. */
  | "failed";

export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code: ClientErrorCode;

  constructor(code: ClientErrorCode, cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

export interface RegisterRequest {
  signal?: AbortSignal;
  /** Makes a passkey without a prompt, where the browser's password manager has just signed the person in and agrees. */
  conditional?: boolean;
}

export interface AuthenticateRequest {
  signal?: AbortSignal;
  /** Offers the passkeys in the autofill list of an `<input autocomplete="username webauthn">`, and waits. */
  conditional?: boolean;
}

/** What the server's `finish…` takes. */
export type ResponseJson = Readonly<Record<string, unknown>>;

/** Makes a credential from the options of `beginRegistration`. */
export function register(options: object, request: RegisterRequest = {}): Promise<ResponseJson> {
  return run("create", options, request);
}

/** Gets an assertion from the options of `beginAuthentication` or `beginDiscoverableAuthentication`. */
export function authenticate(options: object, request: AuthenticateRequest = {}): Promise<ResponseJson> {
  return run("get", options, request);
}

/** Whether `authenticate` can offer passkeys in an autofill list. */
export function isConditionalAvailable(): Promise<boolean> {
  return ask("isConditionalMediationAvailable");
}

/** Whether the device itself has an authenticator that knows its user. */
export function isPlatformAuthenticatorAvailable(): Promise<boolean> {
  return ask("isUserVerifyingPlatformAuthenticatorAvailable");
}

type Kind = "create" | "get";

let open: AbortController | undefined;

async function run(kind: Kind, options: object, request: AuthenticateRequest): Promise<ResponseJson> {
  const { signal, conditional } = request;
  if (!api()) throw new ClientError("not_supported");
  open?.abort();
  const own = (open = new AbortController());
  const forward = (): void => own.abort(signal!.reason);
  if (signal?.aborted) forward();
  signal?.addEventListener("abort", forward);
  try {
    const publicKey = parsed(kind, options);
    const mediation = conditional ? { mediation: "conditional" } : {};
    const made = await navigator.credentials[kind]({ publicKey, signal: own.signal, ...mediation } as object);
    if (made) return json(made);
  } catch (error) {
    throw failure(kind, error, own.signal.aborted);
  } finally {
    signal?.removeEventListener("abort", forward);
    if (open === own) open = undefined;
  }
  throw new ClientError("cancelled");
}

function failure(kind: Kind, error: any, aborted: boolean): ClientError {
  if (error instanceof ClientError) return error;
  const code = CODE_OF[error?.name] ?? "failed";
  if (aborted && code !== "timeout") return new ClientError("aborted", error);
  return new ClientError(code === "already_registered" && kind === "get" ? "failed" : code, error);
}

const CODE_OF: { [name: string]: ClientErrorCode } = {
  NotAllowedError: "cancelled",
  InvalidStateError: "already_registered",
  NotSupportedError: "not_supported",
  ConstraintError: "not_supported",
  SecurityError: "not_allowed_here",
  AbortError: "aborted",
  TimeoutError: "timeout",
};

function api(): any {
  return (globalThis as any).PublicKeyCredential;
}

async function ask(question: string): Promise<boolean> {
  try {
    return (await api()[question]()) === true;
  } catch {
    return false;
  }
}

/** The browser's own parser where there is one: it knows every extension. The fallback knows the two that hold bytes. */
function parsed(kind: Kind, options: any): object {
  try {
    const native = kind === "create" ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
    if (api()[native]) return api()[native](options);
    const { challenge, user, excludeCredentials, allowCredentials, extensions } = options;
    return {
      ...options,
      challenge: decoded(challenge),
      ...(user && { user: { ...user, id: decoded(user.id) } }),
      ...(excludeCredentials && { excludeCredentials: excludeCredentials.map(withId) }),
      ...(allowCredentials && { allowCredentials: allowCredentials.map(withId) }),
      ...(extensions && { extensions: withBytes(extensions) }),
    };
  } catch (error) {
    throw new ClientError("options_malformed", error);
  }
}

function json(credential: any): ResponseJson {
  try {
    return credential.toJSON();
  } catch {
    // An older browser has none, and that of a password manager's stand-in can fail.
  }
  const { id, rawId, type, authenticatorAttachment, response } = credential;
  const encodedResponse: any = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) encodedResponse[name] = encoded(response[name]);
  }
  if (response.getTransports) encodedResponse.transports = response.getTransports();
  return {
    id, rawId: encoded(rawId), type, authenticatorAttachment,
    response: encodedResponse,
    clientExtensionResults: withText(credential.getClientExtensionResults()),
  };
}

function withId(descriptor: any): object {
  return { ...descriptor, id: decoded(descriptor.id) };
}

function withBytes({ prf, largeBlob, ...others }: any): object {
  const bytes = (name: string, value: any): any => (/^(first|second|write)$/.test(name) ? decoded(value) : value);
  return { ...others, ...JSON.parse(JSON.stringify({ prf, largeBlob }), bytes) };
}

function withText(results: object): object {
  return JSON.parse(JSON.stringify(results, (_, value) => (value?.byteLength >= 0 ? encoded(value) : value)));
}

function decoded(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (symbol) => symbol.charCodeAt(0));
}

function encoded(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}
