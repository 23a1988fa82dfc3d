// Extensions: what is asked for is checked before it is sent, and what nobody asked for is no value.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError, VerificationError } from "mfakit";
import { SoftAuthenticator } from "mfakit/testing";
import { ORIGIN, Site } from "./support/site.mjs";

const rejects = (code, call) => assert.throws(call, (error) => error instanceof VerificationError && error.code === code);
const misuse = (code, call) => assert.throws(call, (error) => error instanceof ConfigError && error.code === code);
const RAW = { authenticator: null, client: {} };

/** Registers and signs in with these extensions, and with these results as the browser gives them. */
function ceremonies({ site = new Site(), extensions, results = {} }) {
  const passkey = new SoftAuthenticator(ORIGIN);
  const registration = site.rp.beginRegistration(site.userHandle, { userName: "ada", ...(extensions && { extensions: extensions.registration }) });
  const plain = passkey.create(registration.options);
  const created = { ...plain, clientExtensionResults: results.registration ?? {} };
  const registered = () => site.rp.finishRegistration(created, { state: registration.state });
  const record = new Site().rp.verifyRegistration(plain, { challenge: registration.options.challenge, userHandle: site.userHandle }).commit(1);
  const authentication = site.rp.beginAuthentication(site.userHandle, { allow: [record], ...(extensions && { extensions: extensions.authentication }) });
  const got = { ...passkey.get(authentication.options), clientExtensionResults: results.authentication ?? {} };
  const signedIn = () => site.rp.finishAuthentication(got, { state: authentication.state, record });
  return { registration, created, registered, authentication, got, signedIn, record };
}

test("what is asked for stands in the options as it was given, and a registration asks for credProps", () => {
  const site = new Site();
  const begin = (extensions) => site.rp.beginRegistration(site.userHandle, { userName: "ada", ...(extensions && { extensions }) }).options;
  assert.deepEqual(begin().extensions, { credProps: true });
  assert.deepEqual(begin({}).extensions, {});
  const asked = {
    credProps: true, credentialProtectionPolicy: "userVerificationRequired", enforceCredentialProtectionPolicy: true, minPinLength: true,
    appidExclude: "https://example.org/appid", largeBlob: { support: "preferred" }, prf: { eval: { first: "AAEC", second: "AwQ" } },
    uvm: true, "x-vendor": { deep: [1, null, "text"] },
  };
  assert.deepEqual(begin(asked).extensions, asked);
  assert.deepEqual(begin({ credProps: true, uvm: undefined }).extensions, { credProps: true });

  const options = (extensions) => site.rp.beginDiscoverableAuthentication({ extensions }).options;
  assert.equal("extensions" in site.rp.beginDiscoverableAuthentication().options, false);
  const wanted = { appid: "https://example.org/appid", largeBlob: { read: true }, prf: { evalByCredential: { AAEC: { first: "AQ" } } } };
  assert.deepEqual(options(wanted).extensions, wanted);
  assert.deepEqual(options({ largeBlob: { write: "AAEC" } }).extensions, { largeBlob: { write: "AAEC" } });
});

test("outputs have names and types, and all that came stands beside them", () => {
  const results = {
    registration: { credProps: { rk: true }, prf: { enabled: true }, largeBlob: { supported: true }, appidExclude: true },
    authentication: { appid: false, prf: { results: { first: "AAEC", second: "AwQ" } }, largeBlob: { blob: "AQID" } },
  };
  const extensions = {
    registration: { credProps: true, prf: {}, largeBlob: { support: "required" }, appidExclude: "https://example.org/appid" },
    authentication: { appid: "https://example.org/appid", prf: { eval: { first: "AA" } }, largeBlob: { read: true } },
  };
  const { registered, signedIn } = ceremonies({ extensions, results });
  assert.deepEqual(registered().extensions, {
    credProps: { rk: true }, appidExclude: true, largeBlob: { supported: true, blob: null, written: null },
    prf: { enabled: true, results: null }, raw: { authenticator: null, client: results.registration },
  });
  assert.deepEqual(signedIn().extensions, {
    appid: false, largeBlob: { supported: null, blob: "AQID", written: null },
    prf: { enabled: null, results: { first: "AAEC", second: "AwQ" } }, raw: { authenticator: null, client: results.authentication },
  });
  const { extensions: outputs } = registered();
  for (const part of [outputs, outputs.credProps, outputs.raw, outputs.raw.client.prf]) assert.ok(Object.isFrozen(part));
});

test("what nobody asked for is no value: ignored, or refused where the host says so", () => {
  const results = { registration: { prf: { enabled: true }, "x-vendor": 1 }, authentication: { appid: true } };
  const ignoring = ceremonies({ results });
  assert.deepEqual(ignoring.registered().extensions, { raw: { authenticator: null, client: results.registration } });
  assert.deepEqual(ignoring.signedIn().extensions, { raw: { authenticator: null, client: results.authentication } });
  const refusing = ceremonies({ site: new Site({ unsolicitedExtensions: "reject" }), results });
  rejects("extension_unsolicited", refusing.registered);
  rejects("extension_unsolicited", refusing.signedIn);
  const quiet = ceremonies({ site: new Site({ unsolicitedExtensions: "reject" }) });
  assert.deepEqual([quiet.registered().extensions, quiet.signedIn().extensions], [{ raw: RAW }, { raw: RAW }]);
});

test("an output of another shape is malformed, and only a response's own data count", () => {
  const extensions = { registration: { credProps: true, prf: {} } };
  for (const bad of [{ credProps: true }, { credProps: { rk: 1 } }, { prf: { enabled: "yes" } }, { prf: { results: { first: "!" } } }]) {
    rejects("extension_output_malformed", ceremonies({ extensions, results: { registration: bad } }).registered);
  }
  rejects("response_malformed", ceremonies({ results: { registration: [] } }).registered);
  const inherited = ceremonies({ extensions, results: { registration: Object.create({ credProps: { rk: true } }) } });
  assert.deepEqual(inherited.registered().extensions, { raw: RAW });
  const odd = ceremonies({ results: { registration: JSON.parse('{"__proto__":{"polluted":true}}') } }).registered();
  assert.equal({}.polluted, undefined);
  assert.deepEqual(Object.keys(odd.extensions.raw.client), ["__proto__"]);
});

test("the calls without a ceremony are told what was asked for", () => {
  const site = new Site();
  const results = { registration: { credProps: { rk: false } }, authentication: { largeBlob: { written: true } } };
  const { registration, created, authentication, got, record } = ceremonies({ site, results });
  const { userHandle, rp } = site;
  const register = { challenge: registration.options.challenge, userHandle };
  assert.equal("credProps" in rp.verifyRegistration(created, register).extensions, false);
  assert.deepEqual(rp.verifyRegistration(created, { ...register, extensions: { credProps: true } }).extensions.credProps, { rk: false });
  const [challenge, extensions] = [authentication.options.challenge, { largeBlob: { write: "AQ" } }];
  const written = { supported: null, blob: null, written: true };
  assert.deepEqual(rp.verifyAuthentication(got, { challenge, userHandle, record, extensions }).extensions.largeBlob, written);
  assert.deepEqual(rp.verifyDiscoverableAuthentication(got, { challenge, record, extensions }).extensions.largeBlob, written);
});

test("inputs are the host's: another type, another ceremony's, or too many are refused", () => {
  const site = new Site();
  const begin = (extensions) => () => site.rp.beginRegistration(site.userHandle, { userName: "ada", extensions });
  const ask = (extensions) => () => site.rp.beginDiscoverableAuthentication({ extensions });
  for (const bad of [{ credProps: "yes" }, { credProps: 1 }, { appid: "https://example.org" }, { appidExclude: "http://example.org" },
    { largeBlob: { read: true } }, { largeBlob: {} }, { prf: true }, { prf: { eval: { first: Buffer.from("raw") } } },
    { prf: { evalByCredential: {} , eval: { first: "!" } } }, { credentialProtectionPolicy: "always" }, { minPinLength: null },
    Object.fromEntries(Array.from({ length: 33 }, (_, number) => [`x${number}`, 1]))]) {
    misuse("argument_value_invalid", begin(bad));
  }
  for (const bad of [{ credProps: true }, { appidExclude: "https://example.org" }, { largeBlob: { support: "required" } },
    { largeBlob: { read: true, write: "AA" } }, { prf: { evalByCredential: { "": { first: "AA" } } } }]) {
    misuse("argument_value_invalid", ask(bad));
  }
});

test("inputs are read once, and only their own members", () => {
  const site = new Site();
  let reads = 0;
  const moody = { get credProps() { reads += 1; return reads === 1; } };
  assert.deepEqual(site.rp.beginRegistration(site.userHandle, { userName: "ada", extensions: moody }).options.extensions, { credProps: true });
  assert.equal(reads, 1);
  const inherited = Object.create({ uvm: true });
  assert.deepEqual(site.rp.beginDiscoverableAuthentication({ extensions: inherited }).options.extensions, {});
});

test("a state remembers what was asked for, sealed or not", () => {
  for (const change of [{}, { stateKey: new Uint8Array(32).fill(1) }]) {
    const results = { registration: { credProps: { rk: true } } };
    const { registered } = ceremonies({ site: new Site(change), extensions: { registration: { credProps: true } }, results });
    assert.deepEqual(registered().extensions.credProps, { rk: true });
  }
});
