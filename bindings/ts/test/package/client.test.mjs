// mfakit/client against a stand-in for the browser's credentials API, and its weight.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { ClientError, authenticate, isConditionalAvailable, isPlatformAuthenticatorAvailable, register } from "mfakit/client";

const CREATION = { rp: { id: "example.org" }, user: { id: "AQI", name: "ada" }, challenge: "-_8", excludeCredentials: [{ type: "public-key", id: "Aw" }] };
const REQUEST = { rpId: "example.org", challenge: "-_8", allowCredentials: [{ type: "public-key", id: "Aw" }] };
const ATTESTATION = { clientDataJSON: Uint8Array.of(251, 255).buffer, attestationObject: Uint8Array.of(2).buffer, getTransports: () => ["usb"] };
const ASSERTION = { clientDataJSON: Uint8Array.of(1).buffer, authenticatorData: Uint8Array.of(2).buffer, signature: Uint8Array.of(3).buffer, userHandle: null };

/** Puts a browser in place: what its PublicKeyCredential has, and what its prompt does. */
function browser(publicKeyCredential, prompt) {
  globalThis.PublicKeyCredential = publicKeyCredential;
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { credentials: { create: prompt, get: prompt } } });
}

afterEach(() => {
  delete globalThis.PublicKeyCredential;
  delete globalThis.navigator;
});

const credential = (response, results = { credProps: { rk: true } }) => ({
  id: "AQ", rawId: Uint8Array.of(1).buffer, type: "public-key", authenticatorAttachment: "platform", response,
  getClientExtensionResults: () => results,
});
const bytes = (...values) => Uint8Array.from(values);
const failsWith = (code, promise) => assert.rejects(promise, (error) => error instanceof ClientError && error.code === code);
const prompt = (name) => async () => { throw new DOMException("", name); };

test("a modern browser parses the options and encodes the response itself", async () => {
  const asked = [];
  browser(
    { parseCreationOptionsFromJSON: (options) => ["parsed", options], parseRequestOptionsFromJSON: (options) => ["parsed", options] },
    async ({ publicKey }) => { asked.push(publicKey); return { toJSON: () => ({ id: "AQ" }) }; },
  );
  assert.deepEqual(await register(CREATION), { id: "AQ" });
  assert.deepEqual(await authenticate(REQUEST), { id: "AQ" });
  assert.deepEqual(asked, [["parsed", CREATION], ["parsed", REQUEST]]);
});

test("an older browser gets bytes, and its answer becomes the same JSON", async () => {
  const asked = [];
  let response = ATTESTATION;
  browser({}, async ({ publicKey }) => { asked.push(publicKey); return credential(response); });
  assert.deepEqual(await register(CREATION), {
    id: "AQ", rawId: "AQ", type: "public-key", authenticatorAttachment: "platform",
    response: { clientDataJSON: "-_8", attestationObject: "Ag", transports: ["usb"] },
    clientExtensionResults: { credProps: { rk: true } },
  });
  response = ASSERTION;
  assert.deepEqual((await authenticate(REQUEST)).response, { clientDataJSON: "AQ", authenticatorData: "Ag", signature: "Aw" });
  assert.deepEqual(asked[0], {
    rp: { id: "example.org" }, user: { id: bytes(1, 2), name: "ada" }, challenge: bytes(251, 255),
    excludeCredentials: [{ type: "public-key", id: bytes(3) }],
  });
  assert.deepEqual(asked[1].allowCredentials, [{ type: "public-key", id: bytes(3) }]);
});

test("extensions that hold bytes get bytes in an older browser, and their results become text", async () => {
  const extensions = {
    credProps: true, uvm: true, appid: "https://example.org/appid", largeBlob: { write: "-_8" }, "x-vendor": { first: "text" },
    prf: { eval: { first: "AQ", second: "-_8" }, evalByCredential: { AAEC: { first: "Ag" } } },
  };
  const results = {
    credProps: { rk: true }, uvm: [[2, 4, 2]], appid: false, largeBlob: { blob: Uint8Array.of(251, 255).buffer },
    prf: { enabled: true, results: { first: Uint8Array.of(1).buffer, second: Uint8Array.of(0, 251, 255).subarray(1) } },
  };
  const asked = [];
  browser({}, async ({ publicKey }) => { asked.push(publicKey); return credential(ASSERTION, results); });
  const response = await authenticate({ ...REQUEST, hints: ["hybrid"], extensions });
  assert.deepEqual(asked[0].extensions, {
    ...extensions, largeBlob: { write: bytes(251, 255) },
    prf: { eval: { first: bytes(1), second: bytes(251, 255) }, evalByCredential: { AAEC: { first: bytes(2) } } },
  });
  assert.deepEqual(asked[0].hints, ["hybrid"]);
  assert.deepEqual(response.clientExtensionResults, {
    ...results, largeBlob: { blob: "-_8" }, prf: { enabled: true, results: { first: "AQ", second: "-_8" } },
  });
  await failsWith("options_malformed", authenticate({ ...REQUEST, extensions: { prf: { eval: { first: 5 } } } }));
});

test("a modern browser is handed extensions and hints as they are, and its own text is what is sent", async () => {
  const asked = [];
  browser(
    { parseCreationOptionsFromJSON: (options) => options, parseRequestOptionsFromJSON: (options) => options },
    async ({ publicKey }) => { asked.push(publicKey); return { toJSON: () => ({ id: "AQ", clientExtensionResults: { prf: { results: { first: "AQ" } } } }) }; },
  );
  const more = { hints: ["security-key"], extensions: { prf: { eval: { first: "AQ" } } } };
  for (const [ask, options] of [[register, CREATION], [authenticate, REQUEST]]) {
    assert.deepEqual((await ask({ ...options, ...more })).clientExtensionResults, { prf: { results: { first: "AQ" } } });
    assert.deepEqual(asked.pop(), { ...options, ...more });
  }
});

test("the stand-in of a password manager, whose toJSON fails, is read by its members", async () => {
  browser({}, async () => ({ ...credential(ATTESTATION), toJSON: () => { throw new TypeError("Illegal invocation"); } }));
  const response = await register(CREATION);
  assert.deepEqual([response.id, response.response.clientDataJSON], ["AQ", "-_8"]);
});

test("every failure is a ClientError with a code to act on", async () => {
  await failsWith("not_supported", register(CREATION));
  for (const [name, code] of Object.entries({
    NotAllowedError: "cancelled", InvalidStateError: "already_registered", NotSupportedError: "not_supported",
    ConstraintError: "not_supported", SecurityError: "not_allowed_here", AbortError: "aborted", TimeoutError: "timeout",
    UnknownError: "failed", TypeError: "failed",
  })) {
    browser({}, prompt(name));
    await failsWith(code, register(CREATION));
  }
  browser({}, prompt("InvalidStateError"));
  await failsWith("failed", authenticate(REQUEST));
  browser({}, async () => null);
  await failsWith("cancelled", authenticate(REQUEST));
  browser({}, async () => credential(ASSERTION));
  for (const options of [undefined, null, {}, { challenge: "*" }, { ...REQUEST, allowCredentials: [null] }]) {
    await failsWith("options_malformed", authenticate(options));
  }
});

/** A prompt that waits for ever, as the autofill list does. */
function waiting({ signal }) {
  return new Promise((_, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
  });
}

test("the caller's signal ends a request, also before it starts", async () => {
  browser({}, waiting);
  const controller = new AbortController();
  const pending = authenticate(REQUEST, { signal: controller.signal });
  controller.abort(new Error("the page moved on"));
  await failsWith("aborted", pending);
  await failsWith("aborted", authenticate(REQUEST, { signal: AbortSignal.abort() }));
  await failsWith("timeout", authenticate(REQUEST, { signal: AbortSignal.timeout(1) }));
});

test("a new request takes the place of the conditional one that waits", async () => {
  const mediations = [];
  browser({}, ({ mediation, signal }) => {
    mediations.push(mediation);
    return mediation === "conditional" ? waiting({ signal }) : Promise.resolve(credential(ASSERTION));
  });
  const autofill = authenticate(REQUEST, { conditional: true });
  const button = authenticate(REQUEST);
  await failsWith("aborted", autofill);
  assert.equal((await button).id, "AQ");
  assert.deepEqual(mediations, ["conditional", undefined]);
});

test("a passkey can be made without a prompt, too", async () => {
  const mediations = [];
  browser({}, async ({ mediation }) => { mediations.push(mediation); return credential(ATTESTATION); });
  assert.equal((await register(CREATION, { conditional: true })).id, "AQ");
  await register(CREATION);
  assert.deepEqual(mediations, ["conditional", undefined]);
  browser({}, prompt("NotAllowedError"));
  await failsWith("cancelled", register(CREATION, { conditional: true }));
});

test("what a browser can do is a question that always has an answer", async () => {
  assert.deepEqual([await isConditionalAvailable(), await isPlatformAuthenticatorAvailable()], [false, false]);
  browser({ isConditionalMediationAvailable: async () => true, isUserVerifyingPlatformAuthenticatorAvailable: prompt("SecurityError") });
  assert.deepEqual([await isConditionalAvailable(), await isPlatformAuthenticatorAvailable()], [true, false]);
});

test("the browser half is less than 2 KB on the wire and pulls nothing else in", async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: 'export * from "mfakit/client"', resolveDir: new URL(".", import.meta.url).pathname },
    bundle: true, minify: true, format: "esm", write: false, metafile: true,
  });
  const size = gzipSync(outputFiles[0].contents, { level: 9 }).length;
  assert.ok(size < 2048, `${size} bytes`);
  assert.deepEqual(Object.keys(metafile.inputs).filter((path) => path !== "<stdin>").map((path) => path.split("/").pop()), ["client.js"]);
});
