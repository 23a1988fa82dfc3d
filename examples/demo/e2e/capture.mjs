// Writes real responses of this browser to a file, which `mfakit-gen capture FILE` makes into conformance vectors:
//
//     {schema: "mfakit-capture/1", name, browser, rp_id, origin, ceremonies: [{name, kind: "registration" |
//       "authentication", challenge, user_verification, user_handle?, discoverable?, response}]}
//
// `response` is what the page posted, untouched; the rest is from the options that the server gave the page.
// Challenges, ids and keys are new in every run: the file is data to commit, not something to make again and compare.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";

import {
  PHONE,
  PLAIN_KEY,
  addPasskey,
  bothSay,
  finishEnrolment,
  person,
  plugIn,
  signInByName,
  signInUsernameless,
  signInWithKey,
  signOut,
  signUp,
  signedInAs,
} from "./harness.mjs";

const AUTHENTICATORS = {
  "platform-verifying": PHONE,
  "platform-synced": { ...PHONE, defaultBackupEligibility: true, defaultBackupState: true },
  "platform-plain": { transport: "internal", hasUserVerification: false },
  "usb-verifying": { transport: "usb", hasUserVerification: true, isUserVerified: true },
  "usb-plain": PLAIN_KEY,
};

export async function capture({ browser, origin }, file) {
  const ceremonies = [];
  for (const [name, kind] of Object.entries(AUTHENTICATORS)) {
    const who = await person(browser, origin);
    const { options: authenticator } = await plugIn(who, kind);
    const latest = recorder(who);
    const keep = (suffix, more) => ceremonies.push({ name: `${name}-${suffix}`, ...more, ...latest() });

    await signUp(who, name);
    bothSay(await addPasskey(who), "accepted");
    keep("registration", { kind: "registration" });
    await finishEnrolment(who);

    // What checks nobody is a second factor, after the password; the rest signs in without one.
    const signIn = authenticator.hasUserVerification ? signInByName : signInWithKey;
    bothSay(await signIn(who, name), "accepted");
    await signedInAs(who, name);
    keep("by-name", { kind: "authentication" });

    if (authenticator.hasUserVerification) {
      // Chromium asks no other authenticator for a passkey without a name
      await signOut(who);
      bothSay(await signInUsernameless(who), "accepted");
      await signedInAs(who, name);
      keep("discoverable", { kind: "authentication", discoverable: true });
    }
    await who.context.close();
  }
  for (const [name, kind, alg] of STATEMENTS) ceremonies.push(...(await statement({ browser, origin }, name, kind, alg)));
  const head = { schema: "mfakit-capture/1", name: "chromium", browser: `Chromium ${browser.version()}` };
  writeFileSync(file, JSON.stringify({ ...head, rp_id: "localhost", origin, ceremonies }, null, 2) + "\n");
  console.log(`${ceremonies.length} ceremonies captured to ${file}`);
}

// Attestation statements and algorithms that the demo does not ask for. [name, authenticator, COSE number]
const STATEMENTS = [
  ["packed-es256", PHONE, -7],
  ["packed-rs256", PHONE, -257],
  ["packed-eddsa", PHONE, -8],
  ["packed-usb", PLAIN_KEY, -7],
  ["u2f-es256", { protocol: "u2f", transport: "usb", hasResidentKey: false }, -7],
];

/** A registration that asks for the authenticator's own statement, and a sign-in with what it registered. */
async function statement({ browser, origin }, name, kind, alg) {
  const who = await person(browser, origin);
  await plugIn(who, kind);
  const user_verification = kind.hasUserVerification ? "required" : "discouraged";
  const bytes = () => randomBytes(32).toString("base64url");
  const [created, asked, user_handle] = [bytes(), bytes(), bytes()];
  const registration = await who.page.evaluate(
    async ({ created, user_handle, user_verification, alg }) => {
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON({
        rp: { id: "localhost", name: "mfakit" },
        user: { id: user_handle, name: "alice", displayName: "Alice" },
        challenge: created,
        pubKeyCredParams: [{ type: "public-key", alg }],
        authenticatorSelection: { userVerification: user_verification },
        attestation: "direct",
      });
      return (await navigator.credentials.create({ publicKey })).toJSON();
    },
    { created, user_handle, user_verification, alg },
  );
  const assertion = await who.page.evaluate(
    async ({ asked, id, user_verification }) => {
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON({
        rpId: "localhost",
        challenge: asked,
        allowCredentials: [{ type: "public-key", id }],
        userVerification: user_verification,
      });
      return (await navigator.credentials.get({ publicKey })).toJSON();
    },
    { asked, id: registration.id, user_verification },
  );
  await who.context.close();
  return [
    { name: `${name}-registration`, kind: "registration", challenge: created, user_verification, user_handle, response: registration },
    { name: `${name}-sign-in`, kind: "authentication", challenge: asked, user_verification, response: assertion },
  ];
}

/** Gives, after each proof, the options and the response that crossed the network for it. */
function recorder({ page }) {
  let options, response;
  page.on("response", async (reply) => {
    if (reply.url().endsWith("/begin")) ({ options } = await reply.json());
  });
  page.on("request", (request) => {
    if (request.url().endsWith("/finish")) ({ response } = request.postDataJSON());
  });
  return () => {
    assert.ok(options && response, "nothing was recorded");
    const taken = {
      challenge: options.challenge,
      user_verification: (options.authenticatorSelection ?? options).userVerification,
      ...(options.user && { user_handle: options.user.id }),
      response,
    };
    options = response = undefined;
    return taken;
  };
}
