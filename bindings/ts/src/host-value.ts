/**
 * Reads what the host says: the named options and every argument that is not the client's.
 *
 * Invariant: whatever is wrong with them is a ConfigError that names the argument and never repeats its value. A
 * check of range or format is the core's; this side checks only what JSON cannot carry or would change silently.
 */
import { base64url, bytesOf } from "./bytes.js";
import { ConfigError, type ErrorCode } from "./errors.js";

/** Bytes, or their unpadded base64url text. */
export type Bytes = string | Uint8Array | ArrayBuffer;
/** Unix time: seconds (a fraction is dropped), or a Date. */
export type Time = number | Date;
/** An integer of 64 bits: a bigint, or a number as long as it is exact. The results have the type that went in. */
export type Integer = number | bigint;

export type Reader<T> = (value: unknown, name: string) => T;
export type Readers = Record<string, Reader<unknown>>;
type Read<R extends Readers> = { [K in keyof R]: ReturnType<R[K]> };

/**
 * Reads an options object by a table of readers. Only its own properties count, so a polluted prototype sets no
 * option; a name that the table lacks is refused, so a misspelt one is not a default taken in silence.
 */
export function options<R extends Readers>(value: unknown, call: string, readers: R): Read<R> {
  const given = copied(value, call);
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(readers, name)) throw wrong("argument_value_invalid", `${call} takes ${Object.keys(readers).join(", ")}`);
  }
  // A copy has every name as its own, which no setter of a prototype sees.
  const read: Record<string, unknown> = { ...readers };
  for (const name of Object.keys(readers)) {
    read[name] = readers[name]!(Object.hasOwn(given, name) ? given[name] : undefined, name);
  }
  return read as Read<R>;
}

/** As {@link options}, for what is called often: `read` takes each of the names in turn. */
export function members<T>(value: unknown, call: string, readers: Readers, read: (take: (name: string) => unknown) => T): T {
  const given = copied(value, call);
  let taken = 0;
  const result = read((name) => {
    if (!Object.hasOwn(given, name)) return undefined;
    taken += 1;
    return given[name];
  });
  // There are others: this says so.
  if (taken !== Object.keys(given).length) options(given, call, readers);
  return result;
}

/** An argument that may be left out. */
export function maybe<T>(reader: Reader<T>): Reader<T | undefined> {
  return (value, name) => (value === undefined ? undefined : reader(value, name));
}

/** An argument that may be left out, with the value that stands for it then. */
export function otherwise<T>(fallback: T, reader: Reader<T>): Reader<T> {
  return (value, name) => (value === undefined ? fallback : reader(value, name));
}

/** An argument that may be null, which stands for something that is known to be absent. */
export function nullable<T>(reader: Reader<T>): Reader<T | null> {
  return (value, name) => (value === null ? null : reader(value, name));
}

export const text: Reader<string> = (value, name) => {
  if (typeof value !== "string") throw wrong("argument_type_invalid", `${name} must be a string`);
  return value;
};

export const flag: Reader<boolean> = (value, name) => {
  if (typeof value !== "boolean") throw wrong("argument_type_invalid", `${name} must be a boolean`);
  return value;
};

/** A count or a size. A negative, fractional or huge number is never a valid one. */
export const count: Reader<number> = (value, name) => {
  if (typeof value !== "number") throw wrong("argument_type_invalid", `${name} must be a number`);
  if (!Number.isSafeInteger(value) || value < 0) throw wrong("argument_value_invalid", name);
  return value;
};

/** An integer of either sign; which of them is a valid one, the core says. */
export const signed: Reader<number> = (value, name) => {
  if (typeof value !== "number") throw wrong("argument_type_invalid", `${name} must be a number`);
  if (!Number.isSafeInteger(value)) throw wrong("argument_value_invalid", name);
  return value;
};

/** A 64-bit integer; JSON carries it as a decimal string. */
export const integer: Reader<Integer> = (value, name) => {
  if (typeof value === "bigint") {
    if (value < 0n || value > MAX_U64) throw wrong("argument_value_invalid", name);
    return value;
  }
  if (typeof value !== "number") throw wrong("argument_type_invalid", `${name} must be a number or a bigint`);
  if (!Number.isSafeInteger(value) || value < 0) throw wrong("argument_value_invalid", name);
  return value;
};

export const bytes: Reader<string> = (value, name) => {
  if (typeof value === "string") return value;
  return base64url(rawBytes(value, name));
};

export const rawBytes: Reader<Uint8Array> = (value, name) => {
  try {
    const copy = bytesOf(value as object);
    if (copy !== undefined) return copy;
  } catch {
    // Detached or shared memory: not bytes that stay what they are.
  }
  throw wrong("argument_type_invalid", `${name} must be a Uint8Array or an ArrayBuffer`);
};

/** An object of JSON values, as JSON text. What JSON cannot say, such as a cycle, is of a wrong type; a list is, says the core. */
export const json: Reader<string> = (value, name) => {
  try {
    const plain = typeof value === "object" && value !== null && !ArrayBuffer.isView(value);
    const written = plain ? JSON.stringify(value) : undefined;
    if (written !== undefined) return written;
  } catch {
    // A getter or a proxy that throws is no object of JSON values either.
  }
  throw wrong("argument_type_invalid", `${name} must be an object of JSON values`);
};

/** A file: its text or its bytes. */
export const file: Reader<string> = (value, name) =>
  base64url(typeof value === "string" ? new TextEncoder().encode(value) : rawBytes(value, name));

/** A key, which is never text: a word or a passphrase is no key. */
export const key: Reader<string> = (value, name) => base64url(rawBytes(value, name));

/** An object whose own members are all read by `reader`. */
export function table<T>(reader: Reader<T>): Reader<[string, T][]> {
  return (value, name) => {
    const complaint = `${name} must be an object`;
    if (value === undefined) throw wrong("argument_type_invalid", complaint);
    return Array.from(own(value, complaint), ([member, item]) => [member, reader(item, name)]);
  };
}

/** An array whose items are all read by `reader`. */
export function list<T>(reader: Reader<T>): Reader<T[]> {
  return (value, name) => {
    let items: unknown[] | undefined;
    try {
      items = Array.isArray(value) ? Array.from({ length: value.length }, (_, index) => value[index]) : undefined;
    } catch {
      // A proxy that throws is no array either.
    }
    if (items === undefined) throw wrong("argument_type_invalid", `${name} must be an array`);
    return items.map((item) => reader(item, name));
  };
}

/** A moment, in Unix seconds. */
export const time: Reader<number> = (value, name) => {
  const seconds = typeof value === "number" ? value : dateSeconds(value);
  // Above 1e11 the caller has passed milliseconds: that many seconds are the year 5138.
  if (!(seconds >= 0 && seconds <= 1e11)) throw wrong("time_invalid", `${name} must be Unix seconds or a Date`);
  return seconds;
};

/** A moment that nothing stands for where it is left out. */
export const moment: Reader<number> = (value, name) => {
  if (value === undefined || value === null) throw wrong("argument_type_invalid", `${name} must be Unix seconds or a Date`);
  return time(value, name);
};

/** The moment of the call: the host's clock when it is left out. */
export const now: Reader<number> = (value, name) => time(value === undefined ? Date.now() / 1000 : value, name);

export function wrong(code: ErrorCode, detail: string): ConfigError {
  return new ConfigError(code, detail);
}

const MAX_U64 = 2n ** 64n - 1n;

function dateSeconds(value: unknown): number {
  try {
    return Date.prototype.getTime.call(value as Date) / 1000;
  } catch {
    return NaN;
  }
}

/** The own members of an options object, each read once. */
function copied(value: unknown, call: string): Record<string, unknown> {
  try {
    if (value === undefined) return NONE;
    if (typeof value === "object" && value !== null) return { ...value };
  } catch {
    // As below.
  }
  throw wrong("argument_type_invalid", `${call} takes an object of named options`);
}

const NONE = {};

function own(value: unknown, complaint: string): Map<string, unknown> {
  try {
    if (value === undefined) return new Map();
    if (typeof value === "object" && value !== null) return new Map(Object.entries(value));
  } catch {
    // A getter or a proxy that throws is the caller's mistake, too.
  }
  throw wrong("argument_type_invalid", complaint);
}
