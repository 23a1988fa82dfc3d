/**
 * Peppers: keys that stand outside the database, so that a stolen database alone proves no code.
 *
 * Invariant: a key is in no property, no JSON and no log.
 */
import { ask } from "./backend.js";
import { key, options, table, text, wrong, type Reader } from "./host-value.js";

/** Sees into the private field; the class sets it. */
let keysOf: (value: unknown) => object | undefined;

/** Keys by id, one of which is the current one. Recovery codes and temporary codes are stored under it. */
export class Peppers {
  readonly #peppers: object;
  /** The id of the one that new records are made under. */
  readonly current: string;

  /**
   * @param keys 32 to 64 random bytes by id; an id has 1 to 32 of `A-Z a-z 0-9 . _ -`. Earlier ones stay as long as a
   * record names them.
   */
  constructor(keys: Readonly<Record<string, Uint8Array | ArrayBuffer>>, options: { current: string });
  constructor(keys: unknown, given: unknown) {
    const entries = table(key)(keys, "keys").map(([id, key]) => ({ id, key }));
    const { current } = options(given, "Peppers", { current: text });
    this.current = current;
    this.#peppers = { current, keys: entries };
    ask("peppers_check", { peppers: this.#peppers });
    Object.freeze(this);
  }

  static {
    keysOf = (value) => (typeof value === "object" && value !== null && #peppers in value ? value.#peppers : undefined);
  }
}

/** Reads an argument that is Peppers. */
export const peppers: Reader<object> = (value, name) => {
  const keys = keysOf(value);
  if (keys === undefined) throw wrong("argument_type_invalid", `${name} must be Peppers`);
  return keys;
};
