// Writes real responses of this browser to a file, as data for conformance vectors: `run.mjs --capture FILE`.
//
//     {about, browser, origin, rp_id, captures: [{name, authenticator, registration: {options, response},
//       authentications: [{kind: "known_user" | "discoverable", options, response}]}]}
//
// `options` is what the server gave the page, `response` what the page posted, both untouched. Challenges, ids and keys
// are new in every run, so the file is data to commit, not something to make again and compare.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";

import {
  PHONE, PLAIN_KEY, addPasskey, bothSay, finishEnrolment, person, plugIn, signInByName, signInUsernameless, signOut, signUp,
  signedInAs,
} from "./harness.mjs";

const AUTHENTICATORS = {
  "platform-uv-resident": PHONE,
  "platform-resident": { transport: "internal", hasUserVerification: false },
  "usb-uv-resident": { transport: "usb", hasUserVerification: true, isUserVerified: true },
  "usb-plain": PLAIN_KEY,
  "platform-uv-synced": { ...PHONE, defaultBackupEligibility: true, defaultBackupState: true },
};

export async function capture({ browser, origin }, file) {
  const captures = [];
  for (const [name, kind] of Object.entries(AUTHENTICATORS)) {
    const who = await person(browser, origin);
    const { options: authenticator } = await plugIn(who, kind);
    const ceremony = recorder(who);

    await signUp(who, name);
    bothSay(await addPasskey(who), "accepted");
    const registration = ceremony();
    await finishEnrolment(who);

    bothSay(await signInByName(who, name), "accepted");
    await signedInAs(who, name);
    const authentications = [{ kind: "known_user", ...ceremony() }];
    await signOut(who);

    if (authenticator.hasUserVerification) { // Chromium asks no other authenticator for a passkey without a name
      bothSay(await signInUsernameless(who), "accepted");
      await signedInAs(who, name);
      authentications.push({ kind: "discoverable", ...ceremony() });
    }
    captures.push({ name, authenticator, registration, authentications });
    await who.context.close();
  }
  const about = "Real responses, recorded by the demo's end-to-end run with virtual authenticators";
  const content = { about, browser: `Chromium ${browser.version()}`, origin, rp_id: "localhost", captures };
  writeFileSync(file, JSON.stringify(content, null, 2) + "\n");
  console.log(`${captures.length} authenticators captured to ${file}`);
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
    assert.ok(options && response);
    const taken = { options, response };
    options = response = undefined;
    return taken;
  };
}
