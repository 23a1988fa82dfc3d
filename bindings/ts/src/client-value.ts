/**
 * Reads the first argument of a verifying call: whatever the client sent, as bytes.
 *
 * Invariant: these functions are total. Whatever the value is or does when it is touched (a proxy, a getter that
 * throws, a cycle, a detached buffer), the only thing they throw is a VerificationError. Bytes are copied once, so a
 * caller that changes its buffer during the call changes nothing; shared memory, which another thread could change
 * during that copy, is refused.
 */
import { bytesOf } from "./bytes.js";
import { MalformedError, type ErrorCode } from "./errors.js";

/** A one-time code, or what a device sent: text, whatever is in it. */
export function codeBytes(value: unknown): Uint8Array {
  return total(() => textBytes(value));
}

/** A second code, which the client sent too, wherever it stands among the arguments. */
export function codeText(value: unknown): string {
  return total(() => TEXT.decode(textBytes(value)));
}

/**
 * A URI of at most `longest` bytes. An unpaired surrogate has no UTF-8, and to replace it is to read another text: 0xff, which
 * stands in no UTF-8 either, has the core refuse it as the malformed URI that it is.
 */
export function uriBytes(value: unknown, longest: number): Uint8Array {
  return total(() => {
    if (typeof value !== "string") throw new TypeError();
    // One character more is all that the core needs to see to say that it is too large.
    const start = value.slice(0, longest + 1);
    return start.length <= longest && UNPAIRED_SURROGATE.test(start) ? Uint8Array.of(0xff) : UTF8.encode(start);
  });
}

/** What a person typed to say who they are: any text. An unpaired surrogate becomes U+FFFD. */
export function identifierBytes(value: unknown): Uint8Array {
  return total(() => {
    if (typeof value !== "string") throw new TypeError();
    return UTF8.encode(value);
  });
}

/** A file that was fetched, its text or its bytes, of which one byte more than `longest` is all that the core needs to refuse it. */
export function fileBytes(value: unknown, longest: number): Uint8Array {
  return total(() => {
    const read = typeof value === "string" ? UTF8.encode(value.slice(0, longest + 1)) : bytesOf(value as object, longest + 1);
    if (read === undefined) throw new TypeError();
    return read;
  });
}

/** A browser's response: JSON text, its UTF-8 bytes, or the parsed object. */
export function responseBytes(value: unknown): Uint8Array {
  return total(() => {
    if (typeof value !== "object" || value === null) return wellFormed(value);
    if (Array.isArray(value)) throw new TypeError();
    // JSON.stringify reads each own enumerable property once, and nothing that the object inherits but toJSON, which
    // is how a browser's own PublicKeyCredential becomes data.
    return bytesOf(value, ENOUGH_TO_REFUSE) ?? wellFormed(JSON.stringify(value));
  });
}

/** An identity provider's value: text, whatever is in it. */
export function claimBytes(value: unknown): Uint8Array {
  return total(() => wellFormed(value), "claims_malformed");
}

/** The payload of an ID token: JSON text, its UTF-8 bytes, or the parsed object. */
export function payloadBytes(value: unknown): Uint8Array {
  return total(() => {
    if (typeof value !== "object" || value === null) return wellFormed(value);
    return bytesOf(value, ENOUGH_TO_REFUSE) ?? wellFormed(JSON.stringify(value, plain));
  }, "claims_malformed");
}

/** Claims that came one by one, as a JSON object. One that is undefined is absent; null is a value, and a wrong one. */
export function claimsBytes(claims: { amr: unknown; acr: unknown; authn_context: unknown; auth_time: unknown }): Uint8Array {
  return total(() => {
    const read = Object.entries(claims).map(([name, value]) => [name, Array.isArray(value) ? elements(value).map(scalar) : scalar(value)]);
    return wellFormed(JSON.stringify(Object.fromEntries(read), plain), CLAIMS_TO_REFUSE);
  }, "claims_malformed");
}

/** Each element, read once. More than these are too large whatever they are. */
function elements(list: unknown[]): unknown[] {
  return Array.from({ length: Math.min(list.length, CLAIMS_TO_REFUSE) }, (_, index) => list[index] ?? null);
}

/** What an object says of itself as JSON is no claim. */
function scalar(value: unknown): unknown {
  if (typeof value === "object" && value !== null) throw new TypeError();
  return value;
}

/**
 * The core refuses anything above 64 KiB. One byte more is all that it needs to see to say so, and a client cannot
 * make this side copy more than that.
 */
const ENOUGH_TO_REFUSE = 64 * 1024 + 1;
/** The same of claims that this side writes as JSON, where a character may have six. */
const CLAIMS_TO_REFUSE = 256 * 1024 + 1;
const UNPAIRED_SURROGATE = /[\ud800-\udfff]/u;
const UTF8 = new TextEncoder();
const TEXT = new TextDecoder("utf-8", { ignoreBOM: true });

/** An unpaired surrogate becomes U+FFFD, which is as little a digit. */
function textBytes(value: unknown, longest = ENOUGH_TO_REFUSE): Uint8Array {
  if (typeof value !== "string") throw new TypeError();
  return UTF8.encode(value.slice(0, longest)).subarray(0, longest);
}

/** JSON with an unpaired surrogate has no UTF-8: to replace it is to verify another text than the one that was sent. */
function wellFormed(value: unknown, longest = ENOUGH_TO_REFUSE): Uint8Array {
  const bytes = textBytes(value, longest);
  if (bytes.length < longest && UNPAIRED_SURROGATE.test(value as string)) throw new TypeError();
  return bytes;
}

/** What JSON would leave out in silence, and what has no text of its own, stands for no claim. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === "function" || typeof value === "symbol" || (typeof value === "string" && UNPAIRED_SURROGATE.test(value))) {
    throw new TypeError();
  }
  return value;
}

function total<T>(read: () => T, code: ErrorCode = "input_malformed"): T {
  try {
    return read();
  } catch {
    throw new MalformedError(code);
  }
}
