/**
 * Reads the first argument of a verifying call: whatever the client sent, as bytes.
 *
 * Invariant: these functions are total. Whatever the value is or does when it is touched (a proxy, a getter that
 * throws, a cycle, a detached buffer), the only thing they throw is a VerificationError. Bytes are copied once, so a
 * caller that changes its buffer during the call changes nothing; shared memory, which another thread could change
 * during that copy, is refused.
 */
import { bytesOf } from "./bytes.js";
import { MalformedError } from "./errors.js";

/** A one-time code: text, nothing else. */
export function codeBytes(value: unknown): Uint8Array {
  return total(() => textBytes(value as string));
}

/** A second code, which the client sent too, wherever it stands among the arguments. */
export function codeText(value: unknown): string {
  codeBytes(value);
  return value as string;
}

/** A browser's response: JSON text, its UTF-8 bytes, or the parsed object. */
export function responseBytes(value: unknown): Uint8Array {
  return total(() => {
    if (typeof value !== "object" || value === null) return textBytes(value as string);
    // JSON.stringify reads each own enumerable property once, and nothing that the object inherits but toJSON, which
    // is how a browser's own PublicKeyCredential becomes data.
    return bytesOf(value, ENOUGH_TO_REFUSE) ?? textBytes(JSON.stringify(value));
  });
}

/**
 * The core refuses anything above 64 KiB. One byte more is all that it needs to see to say so, and a client cannot
 * make this side copy more than that.
 */
const ENOUGH_TO_REFUSE = 64 * 1024 + 1;
/** A text that has an unpaired surrogate has no UTF-8: to encode it is to verify another text than the one sent. */
const UNPAIRED_SURROGATE = /[\ud800-\udfff]/u;
const UTF8 = new TextEncoder();

function textBytes(text: string): Uint8Array {
  if (typeof text !== "string") throw new TypeError();
  const enough = text.slice(0, ENOUGH_TO_REFUSE);
  if (enough === text && UNPAIRED_SURROGATE.test(text)) throw new TypeError();
  return UTF8.encode(enough).subarray(0, ENOUGH_TO_REFUSE);
}

function total(read: () => Uint8Array): Uint8Array {
  try {
    return read();
  } catch {
    throw new MalformedError("input_malformed");
  }
}
