/// <reference lib="esnext.disposable" preserve="true" />
/**
 * A stored credential's key, prepared: with it each verification takes half the time.
 *
 * The key is in the core, and this object has its number in a private field: there is no JSON, no copy and no text of it. A number is
 * given once, so that a key that was released is refused and is never another one. Keys that nobody refers to any more are released
 * when the engine gets to it; of more than 65 536 the first makes room.
 */
import { ask, registry } from "./backend.js";
import { wrong, type Reader } from "./host-value.js";
import { shownAs } from "./verified.js";

/** Sees into the private field; the class sets it. */
let handleOf: (value: unknown) => number | undefined;

/** `record.prepare()` makes it. It is for this process alone, and refused with any record but one that has its very key. */
export class PreparedKey {
  readonly #handle: number;
  /** The COSE algorithm number, such as -7. */
  readonly algorithm: number;

  private constructor(maker: unknown, handle?: number, algorithm?: number) {
    if (maker !== MAKE) throw wrong("argument_type_invalid", "a PreparedKey is what prepare gives");
    this.#handle = handle!;
    this.algorithm = algorithm!;
    Object.freeze(this);
    ABANDONED?.register(this, handle!, this);
  }

  /** Forgets the key now. What is verified with it afterwards is a ConfigError `prepared_key_mismatch`. */
  release(): void {
    ABANDONED?.unregister(this);
    ask("release", { handle: this.#handle });
  }

  /** The same, for `using key = record.prepare()`. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** There is none. */
  toJSON(): never {
    throw wrong("argument_type_invalid", "a PreparedKey has no JSON form");
  }

  static {
    shownAs(PreparedKey, ({ algorithm }) => `PreparedKey(algorithm=${algorithm})`);
    handleOf = (value) => (typeof value === "object" && value !== null && #handle in value ? value.#handle : undefined);
  }
}

/** The key of a record, by the record's text. */
export function prepared(record: string): PreparedKey {
  const { handle, algorithm } = ask("prepare", { record });
  return new (PreparedKey as unknown as Internal)(MAKE, handle, algorithm);
}

/** Reads an argument that is a prepared key, and gives its number. */
export const preparedKey: Reader<number> = (value, name) => {
  const handle = handleOf(value);
  if (handle === undefined) throw wrong("argument_type_invalid", `${name} must be a PreparedKey`);
  return handle;
};

type Internal = new (maker: symbol, handle: number, algorithm: number) => PreparedKey;

const MAKE = Symbol("make");
const ABANDONED = registry<number>((handle) => void ask("release", { handle }));
