// The npm half of the comparison: mfakit's package, otplib and otpauth, one JSON object a line in and out.
//
//   {"op": "code", "type": "totp", "secret": HEX, "algorithm", "digits", "period", "now"}      → {PEER: code, …}
//   {"op": "code", "type": "hotp", "secret": HEX, "algorithm", "digits", "counter": DECIMAL}   → {PEER: code, …}
//   {"op": "uri", "uri", "now"}                                                               → {PEER: reading, …}
//
// A code is {"code"}, or {"error"} where the library threw. mfakit also verifies its own code at that very step or
// counter. MFAKIT_BACKEND chooses the addon or WebAssembly, as everywhere.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import * as mfakit from "../../bindings/ts/dist/node.js";

const require = createRequire(new URL("../../bindings/ts/package.json", import.meta.url));
const otplib = require("otplib");
const otplibUri = require("@otplib/uri");
const otpauth = require("otpauth");

// otplib refuses what it finds unwise before it computes; what is compared here is the computing.
const guardrails = otplib.createGuardrails({ MIN_SECRET_BYTES: 1, MAX_SECRET_BYTES: 128, MAX_PERIOD: 3600 });

const CODES = {
  mfakit(given) {
    const { otp, moving } = ours(given);
    const code = otp.codeAt(moving);
    if (given.type === "totp") {
      const { step } = otp.verify(code, { lastStep: null, now: moving, past: 0, future: 0 });
      if (step !== Math.floor(moving / given.period)) throw new Error(`verified at ${step}`);
    } else if (moving < 2n ** 64n - 1n) {
      const { matchedCounter } = otp.verify(code, { counter: moving, lookAhead: 0 });
      if (matchedCounter !== moving) throw new Error(`verified at ${matchedCounter}`);
    }
    return code;
  },

  otplib({ type, secret, algorithm, digits, period, now, counter }) {
    const options = { secret: bytes(secret), algorithm: algorithm.toLowerCase(), digits, guardrails };
    return type === "totp"
      ? otplib.generateSync({ ...options, period, epoch: now })
      : otplib.generateSync({ ...options, strategy: "hotp", counter: Number(counter) });
  },

  otpauth({ type, secret, algorithm, digits, period, now, counter }) {
    const options = { secret: new otpauth.Secret({ buffer: bytes(secret).buffer }), algorithm, digits };
    return type === "totp"
      ? otpauth.TOTP.generate({ ...options, period, timestamp: now * 1000 })
      : otpauth.HOTP.generate({ ...options, counter: Number(counter) });
  },
};

function ours({ type, secret, algorithm, digits, period, now, counter }) {
  const raw = bytes(secret);
  const [kind, options] = type === "totp"
    ? [mfakit.Totp, { algorithm, digits, period }]
    : [mfakit.Hotp, { algorithm, digits }];
  const otp = raw.length < 16 ? kind.dangerLegacy(base32(raw), options) : kind.fromKey(raw, options);
  return { otp, moving: type === "totp" ? now : BigInt(counter) };
}

// What a URI says, in each library's own words, and the code that it leads to.
const READINGS = {
  mfakit(uri, now) {
    const { otp, issuer, account, counter, warnings } = mfakit.parseOtpauth(uri);
    const code = counter === null ? otp.codeAt(now) : otp.codeAt(counter);
    const moving = counter === null ? { period: otp.period } : { counter: String(counter) };
    return { issuer, account, algorithm: otp.algorithm, digits: otp.digits, ...moving, warnings, code };
  },

  otplib(uri, now) {
    const { type, label, params } = otplibUri.parse(uri);
    const { secret, issuer = null, algorithm = "sha1", digits = 6, period = 30, counter = 0 } = params;
    const moving = type === "totp" ? { period } : { counter: String(counter) };
    const options = { secret, algorithm, digits, guardrails };
    const code = attempt(() => type === "totp"
      ? otplib.generateSync({ ...options, period, epoch: now })
      : otplib.generateSync({ ...options, strategy: "hotp", counter }));
    return { label, issuer, algorithm: algorithm.toUpperCase(), digits, ...moving, ...code };
  },

  otpauth(uri, now) {
    const read = otpauth.URI.parse(uri);
    const { issuer, label: account, algorithm, digits } = read;
    const [moving, options] = read instanceof otpauth.TOTP
      ? [{ period: read.period }, { timestamp: now * 1000 }]
      : [{ counter: String(BigInt(read.counter)) }, { counter: read.counter }];
    return { issuer: issuer || null, account, algorithm, digits, ...moving, ...attempt(() => read.generate(options)) };
  },
};

/** Whether a URI can be read is one question, whether the reading gives codes another. */
function attempt(generate) {
  try {
    return { code: generate() };
  } catch (error) {
    return { code: null, unusable: error.message };
  }
}

function bytes(hex) {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

function base32(raw) {
  return new otpauth.Secret({ buffer: raw.buffer }).base32;
}

const answers = {
  code: (given) => asked(CODES, (code) => ({ code: code(given) })),
  uri: ({ uri, now }) => asked(READINGS, (read) => read(uri, now)),
};

function asked(peers, ask) {
  const outcome = ([name, peer]) => {
    try {
      return [name, ask(peer)];
    } catch (error) {
      return [name, { error: error.code ?? `${error.name}: ${error.message}` }];
    }
  };
  return Object.fromEntries(Object.entries(peers).map(outcome));
}

for await (const line of createInterface({ input: process.stdin })) {
  const { op, ...given } = JSON.parse(line);
  console.log(JSON.stringify(answers[op](given)));
}
