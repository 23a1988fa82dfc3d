/**
 * Bytes and their two text forms.
 *
 * A value's kind is read from its internal slots by the language's own getters, so nothing that a value says about
 * itself (a constructor, a tag, an own `length`) decides how it is read.
 */

/**
 * A copy of the first bytes, at most `most` of them, of a Uint8Array or an ArrayBuffer; undefined for a value of any
 * other kind. Throws a TypeError for detached and for shared memory.
 */
export function bytesOf(value: object, most = Infinity): Uint8Array | undefined {
  const view = kindOfView.call(value) === "Uint8Array" ? value : isArrayBuffer(value) ? new Uint8Array(value) : undefined;
  if (view === undefined) return undefined;
  const buffer: unknown = bufferOfView.call(view);
  if (!isArrayBuffer(buffer)) throw new TypeError("shared memory");
  return new Uint8Array(buffer, offsetOfView.call(view), Math.min(lengthOfView.call(view), most)).slice();
}

/** RFC 4648 section 5, without padding. */
export function base64url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes of what {@link base64url} writes. */
export function bytesOfBase64url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (symbol) => symbol.charCodeAt(0));
}

/**
 * RFC 4648 section 6, without padding. A symbol is computed, not looked up: no address depends on the secret, as far
 * as a JavaScript engine lets that be said.
 */
export function base32(bytes: Uint8Array): string {
  let text = "";
  let pending = 0;
  let bits = 0;
  for (const byte of bytes) {
    pending = ((pending << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += symbol(pending >> (bits - 5));
  }
  return bits === 0 ? text : text + symbol(pending << (5 - bits));
}

/** "A" to "Z" for 0 to 25, "2" to "7" for 26 to 31: the second range starts 41 places before the first would end. */
function symbol(value: number): string {
  const five = value & 31;
  return String.fromCharCode(five + 65 - (41 & ((25 - five) >> 8)));
}

function isArrayBuffer(value: unknown): value is ArrayBuffer {
  try {
    // What follows takes microseconds where it throws. A buffer that was made a plain object is one.
    if (Object.getPrototypeOf(value) === Object.prototype) return false;
    lengthOfBuffer.call(value); // throws for every other kind of value, a SharedArrayBuffer included
    return true;
  } catch {
    return false;
  }
}

function getter(prototype: object, name: PropertyKey): (this: unknown) => any {
  return Object.getOwnPropertyDescriptor(prototype, name)!.get!;
}

const VIEW = Object.getPrototypeOf(Uint8Array.prototype) as object;
const kindOfView = getter(VIEW, Symbol.toStringTag);
const bufferOfView = getter(VIEW, "buffer");
const offsetOfView = getter(VIEW, "byteOffset");
const lengthOfView = getter(VIEW, "byteLength");
const lengthOfBuffer = getter(ArrayBuffer.prototype, "byteLength");
