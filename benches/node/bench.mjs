// mfakit's Node.js operations beside those of other packages, in CPU time of one process, all its threads together.
//
//   bench.mjs times INPUTS OURS ROUNDS MS     each contestant in turn, MS milliseconds a turn, ROUNDS times: a line of JSON each
//   bench.mjs batch INPUTS OURS ROUNDS        time that the batch takes, at once and one by one: a line of JSON each
//   bench.mjs load MODULE                     CPU seconds that importing it takes in a process of its own
//
// INPUTS is what `mfakit-benches inputs` printed. OURS holds the npm package twice, as native/ and wasm/, because a process loads
// one of its backends, and es256.wasm, which is benches/wasm. A contestant that refuses the good input or accepts the bad one
// ends the program.
import { readFileSync } from "node:fs";
import { createPublicKey, subtle, verify as verifySignature } from "node:crypto";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

// ---- the operations: what a server keeps from login to login is made before, what it stores is read inside

async function contests(given, ours) {
  return {
    authentication: await authentication(given, ours),
    "registration, none": await registration(given, ours, "none"),
    "registration, packed": await registration(given, ours, "packed"),
    es256: await es256(given, ours),
    totp: await totp(given, ours, given.totp.good),
    "totp, code of the current step": await totp(given, ours, await currentCode(given)),
  };
}

async function authentication(given, ours) {
  const responses = parsed(given.authentication);
  const { challenge, user_handle: userHandle, record } = given;
  const publicKey = bytes(given.public_key);
  const pem = createPublicKey(spki(given)).export({ type: "spki", format: "pem" });
  const simple = await import("@simplewebauthn/server");
  const { Fido2Lib } = await import("fido2-lib");
  const fido2 = new Fido2Lib({ rpId: given.rp_id });

  const contestants = await withOurs(ours, async (mfakit) => {
    const rp = relyingParty(mfakit, given);
    return (good) => { rp.verifyAuthentication(responses.get(good), { challenge, userHandle, record }); };
  });
  for (const [backend, mfakit] of ours.packages) {
    const rp = relyingParty(mfakit, given);
    const read = mfakit.CredentialRecord.fromText(record);
    if (read.prepare === undefined) continue;
    const options = { challenge, userHandle, record: read, prepared: read.prepare() };
    contestants[`mfakit ${backend}, prepared`] = (good) => { rp.verifyAuthentication(responses.get(good), options); };
  }
  contestants["@simplewebauthn/server"] = async (good) => {
    const { verified } = await simple.verifyAuthenticationResponse({
      response: responses.get(good),
      expectedChallenge: challenge,
      expectedOrigin: given.origin,
      expectedRPID: given.rp_id,
      credential: { id: given.credential_id, publicKey, counter: 0 },
      requireUserVerification: true,
    });
    if (!verified) throw new Error("refused");
  };
  contestants["fido2-lib"] = (good) => {
    const { id, rawId, response } = responses.get(good);
    return fido2.assertionResult(
      { id: buffer(id), rawId: buffer(rawId), response },
      {
        challenge, origin: given.origin, factor: "first", publicKey: pem, prevCounter: 0, userHandle, rpId: given.rp_id,
      },
    );
  };
  return contestants;
}

async function registration(given, ours, format) {
  const responses = parsed(given[format]);
  const { challenge, user_handle: userHandle } = given;
  const simple = await import("@simplewebauthn/server");
  const { Fido2Lib } = await import("fido2-lib");
  const fido2 = new Fido2Lib({ rpId: given.rp_id });
  return {
    ...await withOurs(ours, async (mfakit) => {
      const rp = relyingParty(mfakit, given);
      return (good) => { rp.verifyRegistration(responses.get(good), { challenge, userHandle }); };
    }),
    "@simplewebauthn/server": async (good) => {
      const { verified } = await simple.verifyRegistrationResponse({
        response: responses.get(good),
        expectedChallenge: challenge,
        expectedOrigin: given.origin,
        expectedRPID: given.rp_id,
        requireUserVerification: true,
      });
      if (!verified) throw new Error("refused");
    },
    "fido2-lib": (good) => {
      const { id, rawId, response } = responses.get(good);
      const expected = { challenge, origin: given.origin, factor: "first", rpId: given.rp_id };
      return fido2.attestationResult({ id: buffer(id), rawId: buffer(rawId), response }, expected);
    },
  };
}

/** The signature alone: the key's bytes, the message and the DER signature to a verdict. */
async function es256(given, ours) {
  const { p256 } = await import("@noble/curves/nist.js");
  const [sec1, message] = [bytes(given.es256.sec1), bytes(given.es256.message)];
  const signatures = chosen(given.es256.signature, bytes);
  const [curve, algorithm] = [{ name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-256" }];
  const imported = await subtle.importKey("raw", sec1, curve, false, ["verify"]);
  const loaded = createPublicKey(spki(given));
  const wasm = ours.es256;
  const contestants = {
    "mfakit wasm": (good) => hold(wasm.verify(...write(wasm, sec1, message, signatures.get(good)))),
    "WebCrypto import + verify": async (good) => {
      const key = await subtle.importKey("raw", sec1, curve, false, ["verify"]);
      hold(await subtle.verify(algorithm, key, fixed(signatures.get(good)), message));
    },
    "WebCrypto verify": async (good) => hold(await subtle.verify(algorithm, imported, fixed(signatures.get(good)), message)),
    "node:crypto import + verify": (good) =>
      hold(verifySignature("sha256", message, createPublicKey(spki(given)), signatures.get(good))),
    "node:crypto verify": (good) => hold(verifySignature("sha256", message, loaded, signatures.get(good))),
    "@noble/curves": (good) =>
      hold(p256.verify(signatures.get(good), message, sec1, { prehash: true, format: "der", lowS: false })),
  };
  if (wasm.prepare !== undefined) {
    // The tables are made here, at an earlier login.
    write(wasm, sec1, message, signatures.get(true));
    hold(wasm.prepare());
    contestants["mfakit wasm, prepared"] = (good) =>
      hold(wasm.verify_prepared(...write(wasm, sec1, message, signatures.get(good))));
  }
  return contestants;
}

async function totp(given, ours, code) {
  const codes = new Map([[true, code], [false, given.totp.bad]]);
  const { secret, now } = given.totp;
  const otpauth = await import("otpauth");
  const otplib = await import("otplib");
  const peer = new otpauth.TOTP({ secret });
  const lastStep = Math.floor(now / 30) - 1000;
  return {
    ...await withOurs(ours, async (mfakit) => {
      const otp = new mfakit.Totp(secret);
      return (good) => { otp.verify(codes.get(good), { lastStep, now }); };
    }),
    otpauth: (good) => hold(peer.validate({ token: codes.get(good), timestamp: now * 1000, window: 1 }) !== null),
    // Its window is in seconds: one period each side.
    otplib: (good) => hold(otplib.verifySync({ secret, token: codes.get(good), epoch: now, epochTolerance: 30 }).valid),
  };
}

async function currentCode(given) {
  const { TOTP } = await import("otpauth");
  return new TOTP({ secret: given.totp.secret }).generate({ timestamp: given.totp.now * 1000 });
}

// ---- what they share

/** The package on both backends, and the signature alone. */
async function load(folder) {
  const packages = new Map();
  for (const backend of ["native", "wasm"]) {
    process.env.MFAKIT_BACKEND = backend;
    packages.set(backend, await import(pathToFileURL(resolve(folder, backend, "dist/node.js"))));
  }
  const module = await WebAssembly.compile(readFileSync(resolve(folder, "es256.wasm")));
  const { exports } = await WebAssembly.instantiate(module, {});
  return { packages, es256: exports };
}

async function withOurs({ packages }, make) {
  const contestants = {};
  for (const [backend, mfakit] of packages) contestants[`mfakit ${backend}`] = await make(mfakit);
  return contestants;
}

function relyingParty(mfakit, given) {
  return new mfakit.RelyingParty(given.rp_id, { name: "Example", origins: [given.origin], userVerification: "required" });
}

/** Writes where benches/wasm reads; returns the lengths of message and signature. */
function write(wasm, sec1, message, signature) {
  const memory = new Uint8Array(wasm.memory.buffer, wasm.buffer());
  memory.set(sec1.subarray(1), 0);
  memory.set(message, 64);
  memory.set(signature, 64 + message.length);
  return [message.length, signature.length];
}

/** DER to r and s, 32 bytes each, which is what WebCrypto takes. */
function fixed(der) {
  const both = new Uint8Array(64);
  for (let at = 2, end = 32; end <= 64; end += 32) {
    const number = der.subarray(at + 2, at + 2 + der[at + 1]);
    const digits = number.subarray(Math.max(0, number.length - 32));
    both.set(digits, end - digits.length);
    at += 2 + der[at + 1];
  }
  return both;
}

function hold(verdict) {
  if (verdict !== true && verdict !== 1) throw new Error("refused");
}

function parsed(texts) {
  return chosen(texts, JSON.parse);
}

function chosen({ good, bad }, read) {
  return new Map([[true, read(good)], [false, read(bad)]]);
}

function spki(given) {
  return { key: bytes(given.es256.spki), type: "spki", format: "der" };
}

function bytes(text) {
  return new Uint8Array(Buffer.from(text, "base64url"));
}

function buffer(text) {
  return bytes(text).buffer;
}

// ---- timing

async function times(contests, rounds, milliseconds) {
  for (const [contest, contestants] of Object.entries(contests)) {
    const turns = [];
    for (const [name, run] of Object.entries(contestants)) {
      await check(contest, name, run);
      turns.push({ name, run, count: await countFor(run, milliseconds), ns: [] });
    }
    for (let round = 0; round < rounds; round++) {
      for (const turn of turns) turn.ns.push(await cpuTime(turn.run, turn.count) / turn.count);
    }
    for (const { name, ns } of turns) console.log(JSON.stringify({ contest, name, ns }));
  }
}

async function check(contest, name, run) {
  try {
    await run(true);
  } catch (error) {
    throw new Error(`${contest}: ${name} refuses the good input`, { cause: error });
  }
  const refused = await Promise.resolve().then(() => run(false)).then(() => false, () => true);
  if (!refused) throw new Error(`${contest}: ${name} accepts the bad input`);
}

/** How often it can be run in so many milliseconds, after a time that the compiler needs. */
async function countFor(run, milliseconds) {
  await runFor(run, WARM_UP);
  return runFor(run, milliseconds);
}

const WARM_UP = 300;

async function runFor(run, milliseconds) {
  let count = 0;
  for (const start = performance.now(); performance.now() - start < milliseconds || count < 3; count++) {
    const waiting = run(true);
    if (waiting instanceof Promise) await waiting;
  }
  return count;
}

/** Nanoseconds. Who answers at once is not made to wait for a promise. */
async function cpuTime(run, count) {
  const start = process.cpuUsage();
  for (let done = 0; done < count; done++) {
    const waiting = run(true);
    if (waiting instanceof Promise) await waiting;
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) * 1000;
}

/** On the clock: what is asked is how much earlier the last verdict of the batch is there. */
async function batch(given, { packages }, rounds) {
  const mfakit = packages.get("native");
  const rp = relyingParty(mfakit, given);
  const more = { challenge: given.challenge, userHandle: given.user_handle };
  const items = given.batch.map(({ response, record }) => ({ rp, response, record, ...more }));
  const ways = {
    "one by one": () => {
      for (const { response, record } of items) rp.verifyAuthentication(response, { record, ...more });
    },
    "at once": async () => {
      for (const outcome of await mfakit.verifyAuthenticationsAsync(items)) outcome.verified();
    },
  };
  const found = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(ways)) {
      const start = performance.now();
      await run();
      found[name].push((performance.now() - start) * 1e6 / items.length);
    }
  }
  for (const [name, ns] of Object.entries(found)) console.log(JSON.stringify({ contest: "batch", name, ns }));
}

async function main([what, ...more]) {
  const read = (path) => JSON.parse(readFileSync(path, "utf8"));
  if (what === "times" && more.length === 4) {
    const [inputs, folder, rounds, milliseconds] = more;
    await times(await contests(read(inputs), await load(folder)), Number(rounds), Number(milliseconds));
  } else if (what === "batch" && more.length === 3) {
    const [inputs, folder, rounds] = more;
    await batch(read(inputs), await load(folder), Number(rounds));
  } else if (what === "load" && more.length === 1) {
    const start = process.cpuUsage();
    await import(more[0]);
    const { user, system } = process.cpuUsage(start);
    console.log((user + system) / 1e6);
  } else {
    console.error(readFileSync(new URL(import.meta.url), "utf8").split("\nimport ")[0]);
    process.exitCode = 2;
  }
}

await main(process.argv.slice(2));
