// What a client, or a careless caller, may pass where something else is meant. No verifying call may accept one of
// these or throw anything outside the family of errors.

const refuse = () => { throw new RangeError("hostile"); };

function detached() {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

function viewOfDetached() {
  const view = new Uint8Array(8);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}

function cyclic() {
  const value = { id: "AAAA" };
  value.self = value;
  return value;
}

function deep() {
  let value = {};
  for (let level = 0; level < 100_000; level += 1) value = { value };
  return value;
}

function revoked() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const everyTrap = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, refuse]));

export const HOSTILE = {
  "undefined": undefined,
  "null": null,
  "true": true,
  "zero": 0,
  "a number that reads as base64": 1469,
  "NaN": NaN,
  "a bigint": 10n,
  "a symbol": Symbol("hostile"),
  "a function": refuse,
  "a class": class Hostile {},
  "an empty text": "",
  "a text of spaces": "   ",
  "1 MB of text": "1".repeat(1_000_000),
  "1 MB of JSON": JSON.stringify({ id: "A".repeat(1_000_000) }),
  "a lone surrogate": "\ud800",
  "a lone surrogate amid digits": "123\udc00456",
  "a NUL": "\0",
  "a byte order mark": "\ufeff",
  "Arabic digits": "\u0661\u0662\u0663\u0664\u0665\u0666",
  "full-width digits": "\uff11\uff12\uff13\uff14\uff15\uff16",
  "JSON null": "null",
  "a JSON number": "1469",
  "JSON that ends early": '{"id":',
  "an empty object": {},
  "an empty array": [],
  "an array of bytes": [123, 125],
  "an array-like": { length: 2, 0: 123, 1: 125 },
  "an object without a prototype": Object.create(null),
  "an own __proto__": JSON.parse('{"__proto__":{"id":"AAAA","type":"public-key"}}'),
  "inherited data only": Object.create({ id: "AAAA", rawId: "AAAA", type: "public-key", response: {} }),
  "a getter that throws": { get id() { return refuse(); } },
  "a nested getter that throws": { id: "AAAA", response: { get clientDataJSON() { return refuse(); } } },
  "a toJSON that throws": { toJSON: refuse },
  "a toJSON that gives nothing": { toJSON: () => undefined },
  "a toJSON that gives text": { toJSON: () => "text" },
  "a toString that throws": { toString: refuse, [Symbol.toPrimitive]: refuse },
  "a proxy that throws": new Proxy({}, everyTrap),
  "a proxy of a function that throws": new Proxy(refuse, everyTrap),
  "a revoked proxy": revoked(),
  "a proxy of bytes": new Proxy(new Uint8Array(4), {}),
  "a cycle": cyclic(),
  "a bigint inside": { id: 1n },
  "100 000 levels": deep(),
  "a lone surrogate inside": { id: "\ud800", type: "public-key" },
  "no bytes": new Uint8Array(0),
  "bytes that are not UTF-8": Uint8Array.of(0xff, 0xfe, 0x00),
  "1 MB of bytes": new Uint8Array(1_000_000).fill(0x31),
  "an empty ArrayBuffer": new ArrayBuffer(0),
  "a detached ArrayBuffer": detached(),
  "a view of a detached ArrayBuffer": viewOfDetached(),
  "a SharedArrayBuffer": new SharedArrayBuffer(8),
  "a view of a SharedArrayBuffer": new Uint8Array(new SharedArrayBuffer(8)),
  "wider numbers": Uint16Array.of(0x7d7b),
  "a DataView": new DataView(new ArrayBuffer(8)),
  "a String object": new String("123456"),
  "a Date": new Date(0),
  "an invalid Date": new Date(NaN),
  "a regular expression": /123456/,
  "a Map": new Map([["id", "AAAA"]]),
  "a promise": Promise.resolve("123456"),
  "an error": new Error("hostile"),
};
