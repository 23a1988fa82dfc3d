// The demo, driven by a real browser: `node examples/demo/e2e/run.mjs [--only TEXT] [--capture FILE]`.
//
// Every proof is asserted twice, as the page shows it: the server's verdict and that of the WebAssembly half, equal to
// the code. A screenshot of each state goes to examples/demo/screenshots, or to the folder in SCREENSHOTS.
// --capture writes the browser's real responses to a file and runs nothing else; see capture.mjs.

import assert from "node:assert/strict";
import { parseArgs } from "node:util";

import { capture } from "./capture.mjs";
import {
  PASSWORD,
  PHONE,
  PLAIN_KEY,
  addDevice,
  addPasskey,
  answerName,
  apiKey,
  askPasskeyByName,
  beginTotp,
  bothSay,
  cli,
  confirmTotp,
  fillClaims,
  finishEnrolment,
  giveName,
  issueTemporaryCode,
  makeRecoveryCodes,
  meOf,
  nextPost,
  oathtool,
  ownSite,
  picture,
  plugIn,
  postFrom,
  proof,
  reads,
  runScenarios,
  scanQr,
  scenario,
  signInByName,
  signInUsernameless,
  signInWithCode,
  signInWithKey,
  signInWithRecoveryCode,
  signInWithTemporaryCode,
  signOut,
  signUp,
  signedInAs,
  standing,
  startBrowser,
  startServer,
  tamper,
  typePassword,
  wrongCode,
} from "./harness.mjs";

const { values: flags } = parseArgs({ options: { only: { type: "string" }, capture: { type: "string" } } });

// The main story

scenario("a person signs up, adds a passkey and an app, and signs in with either", async (arrive, { origin }) => {
  const alice = await arrive();
  await plugIn(alice, PHONE);
  await picture(alice, "welcome");

  await signUp(alice, "alice");
  assert.equal(
    await alice.page.evaluate(() => document.activeElement.id),
    "account-title",
    "the new page takes the focus",
  );
  await picture(alice, "protect-your-account");

  bothSay(await addPasskey(alice), "accepted");
  await reads(alice, "passkey", /added/);
  await alice.page.getByText("Add a second method.").waitFor();
  await alice.page.getByRole("heading", { name: "Protect your account" }).waitFor(); // registered is not signed in
  await picture(alice, "passkey-added");

  const secret = await beginTotp(alice);
  const uri = await scanQr(alice);
  assert.equal(uri, await alice.page.locator("#totp-uri").getAttribute("href"), "the picture and its text alternative");
  const parsed = new URL(uri);
  assert.equal(parsed.protocol + parsed.host, "otpauth:totp");
  assert.equal(parsed.searchParams.get("secret"), secret);
  assert.equal(parsed.searchParams.get("issuer"), "mfakit demo");
  assert.match(decodeURIComponent(parsed.pathname), /^\/mfakit demo: ?alice$/);
  await picture(alice, "scan-the-code");

  const [first, next] = oathtool(secret);
  bothSay(await confirmTotp(alice, first), "accepted");
  await reads(alice, "totp", /Authenticator app added/);
  assert.equal(await alice.page.getByText("Add a second method.").isVisible(), false);
  await alice.page.getByText("Make recovery codes.").waitFor();
  await picture(alice, "both-methods");

  await finishEnrolment(alice);
  await reads(alice, "sign-in", /Your account is ready/);
  await picture(alice, "ready-to-sign-in");

  // The name comes first, then the password, then one of the two methods.
  await alice.page.getByRole("button", { name: "Next" }).click();
  await picture(alice, "password");
  await alice.page.getByRole("button", { name: "Not you?" }).click();
  await giveName(alice, "alice");
  assert.equal(await alice.page.evaluate(() => document.activeElement.id), "prove-title");
  const offered = await alice.page.locator("#prove fieldset label:visible").allInnerTexts();
  assert.deepEqual(offered, ["Passkey or security key", "Authenticator code", "Temporary code"]);
  await picture(alice, "pick-a-method");

  // The code that confirmed the app is used up.
  bothSay(await signInWithCode(alice, "alice", first), "otp_replayed");
  await reads(alice, "prove", /That code was not accepted/);
  await picture(alice, "used-code-refused");

  // The next step's code is inside the window already, so nobody waits 30 seconds here.
  bothSay(await signInWithCode(alice, "alice", next), "accepted");
  await signedInAs(alice, "alice", /password, authenticator app: two factors/);
  await picture(alice, "signed-in-with-code");
  await signOut(alice);

  bothSay(await signInWithCode(alice, "alice", next), "otp_replayed");
  await reads(alice, "prove", /That code was not accepted/);
  await signOut(alice);

  bothSay(await signInByName(alice, "ALICE"), "accepted");
  await signedInAs(alice, "alice", /two factors/);
  await picture(alice, "signed-in-with-passkey");
  await signOut(alice);

  bothSay(await signInUsernameless(alice), "accepted");
  await signedInAs(alice, "alice", /two factors/);

  // The cookie is out of a script's reach, and the session outlives a reload.
  assert.equal(await alice.page.evaluate(() => document.cookie), "");
  const [cookie] = await alice.context.cookies(origin);
  assert.equal(cookie.httpOnly, true);
  assert.equal(cookie.sameSite, "Lax");
  await alice.page.reload();
  await signedInAs(alice, "alice");
});

// Passkeys

scenario("a security key without user verification is one factor, and never signs in alone", async (arrive) => {
  const bob = await arrive();
  await plugIn(bob, PLAIN_KEY);
  await signUp(bob, "bob");
  bothSay(await addPasskey(bob), "accepted");
  await finishEnrolment(bob);
  await askPasskeyByName(bob, "bob");
  await reads(bob, "sign-in", /closed or timed out/); // the browser finds no key here that could check its person
  await bob.page.getByRole("button", { name: "Not you?" }).click();
  bothSay(await signInWithKey(bob, "bob"), "accepted");
  await signedInAs(bob, "bob", /password, security key: two factors/);
  await picture(bob, "signed-in-with-plain-key");
  await signOut(bob);
  // It keeps no passkey that names its owner, and the browser says so by itself.
  await bob.page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await reads(bob, "sign-in", /closed or timed out/);
});

scenario("two authenticators on one account; the same one twice is refused by the browser", async (arrive) => {
  const carol = await arrive();
  const phone = await plugIn(carol, PHONE);
  await signUp(carol, "carol");
  bothSay(await addPasskey(carol), "accepted");
  await carol.page.getByRole("button", { name: "Add another passkey" }).click();
  await reads(carol, "passkey", /already holds a passkey/);
  await picture(carol, "already-registered");

  await phone.unplug();
  await plugIn(carol, PLAIN_KEY);
  bothSay(await addPasskey(carol), "accepted");
  await reads(carol, "passkey", /added/);
  assert.equal(await carol.page.locator("#passkeys li").count(), 2);
  await finishEnrolment(carol);
  bothSay(await signInWithKey(carol, "carol"), "accepted");
  await signedInAs(carol, "carol", /two factors/);
});

scenario("a replayed assertion is refused, in its own ceremony and in a fresh one", async (arrive) => {
  const dave = await arrive();
  await plugIn(dave, PHONE);
  await signUp(dave, "dave");
  await addPasskey(dave);
  await finishEnrolment(dave);
  const [posted, verdicts] = await Promise.all([
    nextPost(dave, "/api/sign-in/passkey/finish"),
    signInByName(dave, "dave"),
  ]);
  bothSay(verdicts, "accepted");
  await signOut(dave);

  // The very same post again: its ceremony was consumed before it was finished.
  const again = await postFrom(dave, "/api/sign-in/passkey/finish", posted);
  assert.equal(again.status, 410);
  assert.equal(again.verdict.server.code, "ceremony_gone");

  // The same through the page, which now gets the old answer from its browser and the old ceremony from the network.
  await tamper(dave, (response, old) => old, posted.response);
  const begin = "**/api/sign-in/passkey/begin";
  await dave.page.route(begin, async (route) => {
    const answer = await (await route.fetch()).json();
    await route.fulfill({ json: { ...answer, ceremony: posted.ceremony } });
  });
  assert.deepEqual(await signInByName(dave, "dave"), {
    server: "ceremony_gone",
    local: "not checked",
    agreement: "The server refused before anything was checked.",
  });
  await reads(dave, "sign-in", /expired or was already used/);
  await picture(dave, "ceremony-consumed");
  await dave.page.unroute(begin);

  // In a fresh ceremony the old answer carries the wrong challenge.
  bothSay(await signInByName(dave, "dave"), "challenge_mismatch");
  await reads(dave, "sign-in", /That passkey was not accepted/);
  bothSay(await signInUsernameless(dave), "challenge_mismatch");
  await picture(dave, "replayed-assertion");
});

scenario("a replayed registration is refused", async (arrive) => {
  const erin = await arrive();
  await plugIn(erin, PHONE);
  await signUp(erin, "erin");
  const [posted] = await Promise.all([nextPost(erin, "/api/passkey/finish"), addPasskey(erin)]);
  assert.equal((await postFrom(erin, "/api/passkey/finish", posted)).status, 410);

  const mallory = await arrive();
  await plugIn(mallory, PHONE);
  await signUp(mallory, "mallory");
  await tamper(mallory, (response, old) => old, posted.response);
  bothSay(await addPasskey(mallory), "challenge_mismatch");
  await reads(mallory, "passkey", /That passkey was not accepted/);
});

scenario("a response made for another origin is refused", async (arrive) => {
  const frank = await arrive();
  await plugIn(frank, PHONE);
  const elsewhere = (response, wrong) => {
    const base64url = (text) => btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    const plain = atob(response.response.clientDataJSON.replaceAll("-", "+").replaceAll("_", "/"));
    response.response.clientDataJSON = base64url(plain.replace(location.origin, wrong));
    return response;
  };
  await signUp(frank, "frank");
  await tamper(frank, elsewhere, "https://localhost.example");
  bothSay(await addPasskey(frank), "origin_mismatch");
  await reads(frank, "passkey", /That passkey was not accepted/);
  await tamper(frank, (response) => response);
  bothSay(await addPasskey(frank), "accepted");
  await finishEnrolment(frank);

  await tamper(frank, elsewhere, "http://127.0.0.1:8080");
  bothSay(await signInByName(frank, "frank"), "origin_mismatch");
  await picture(frank, "wrong-origin");
  bothSay(await signInUsernameless(frank), "origin_mismatch");
  await reads(frank, "sign-in", /That passkey was not accepted/);
  await frank.page.getByRole("heading", { name: "Sign in" }).waitFor();
});

scenario("a changed signature and a broken answer are refused", async (arrive) => {
  const grace = await arrive();
  await plugIn(grace, PHONE);
  await signUp(grace, "grace");
  await addPasskey(grace);
  await finishEnrolment(grace);
  // The last character but one: it carries eight signed bits, whatever the signature's length.
  await tamper(grace, (response) => {
    const { signature } = response.response;
    const changed = signature.at(-3) === "A" ? "B" : "A";
    response.response.signature = signature.slice(0, -3) + changed + signature.slice(-2);
    return response;
  });
  bothSay(await signInByName(grace, "grace"), "signature_invalid");
  await tamper(grace, (response) => {
    delete response.response.authenticatorData;
    return response;
  });
  bothSay(await signInByName(grace, "grace"), "response_malformed");
  await tamper(grace, (response) => {
    response.response.clientDataJSON = "AAAA";
    return response;
  });
  bothSay(await signInByName(grace, "grace"), "json_malformed");
  await reads(grace, "sign-in", /That passkey was not accepted/);
  await picture(grace, "broken-answer");
});

scenario("at an address that is a number, the browser refuses passkeys and the page says why", async (arrive) => {
  const heidi = await arrive({ host: "127.0.0.1" });
  await plugIn(heidi, PHONE);
  await heidi.page.getByText("Passkeys belong to a name").waitFor();
  await heidi.page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await reads(heidi, "sign-in", /do not work at this address/);
  await picture(heidi, "wrong-address");
  await signUp(heidi, "heidi");
  await heidi.page.getByRole("button", { name: "Add a passkey" }).click();
  await reads(heidi, "passkey", /do not work at this address/);
});

scenario("a cancelled prompt changes nothing and says so", async (arrive) => {
  const ivan = await arrive();
  const phone = await plugIn(ivan, PHONE);
  await signUp(ivan, "ivan");

  await phone.touching(false);
  await ivan.page.getByRole("button", { name: "Add a passkey" }).click();
  await ivan.page.getByText("Follow your device's steps").waitFor();
  await picture(ivan, "waiting-for-the-device");
  await ivan.page.getByRole("button", { name: "Cancel" }).click();
  await reads(ivan, "passkey", /closed or timed out. Nothing has changed/);
  assert.equal(await ivan.page.locator("#passkeys li").count(), 0);
  assert.equal(await ivan.page.evaluate(() => document.activeElement.id), "add-passkey", "the focus comes back");

  await phone.touching(true);
  bothSay(await addPasskey(ivan), "accepted");
  await finishEnrolment(ivan);

  await phone.touching(false);
  await askPasskeyByName(ivan, "ivan");
  await ivan.page.getByRole("button", { name: "Cancel" }).click();
  await reads(ivan, "sign-in", /closed or timed out/);
  await picture(ivan, "cancelled");

  // The browser's own refusal: this device holds no passkey of that account.
  await phone.unplug();
  await plugIn(ivan, PHONE);
  await askPasskeyByName(ivan, "ivan");
  await reads(ivan, "sign-in", /closed or timed out/);
  assert.equal(await ivan.page.locator("#log > li").count(), 1, "nothing but the registration was ever posted");
});

// Codes

scenario("wrong and malformed codes are refused while confirming and while signing in", async (arrive) => {
  const judy = await arrive();
  await signUp(judy, "judy");
  const secret = await beginTotp(judy);
  const [first, next] = oathtool(secret);
  const wrong = wrongCode(secret);

  bothSay(await confirmTotp(judy, wrong), "otp_rejected");
  await reads(judy, "totp", /That code was not accepted/);
  await picture(judy, "wrong-first-code");
  bothSay(await confirmTotp(judy, "12345x"), "otp_malformed");
  // As people type it: the app shows a gap in the middle.
  bothSay(await confirmTotp(judy, `${first.slice(0, 3)} ${first.slice(3)}`), "accepted");
  await finishEnrolment(judy);

  assert.equal((await postFrom(judy, "/api/sign-in/totp", { code: next })).status, 401, "the password comes first");
  await giveName(judy, "judy");
  // What is no text at all is the client's mistake too, and costs no guess: six of them do not lock the account.
  for (const code of [undefined, null, 7, "", [next], { code: next }]) {
    const { status, verdict } = await postFrom(judy, "/api/sign-in/totp", { code });
    assert.equal(status, 401);
    assert.match(verdict.server.code, /_malformed$/);
  }
  bothSay(await signInWithCode(judy, "judy", wrong), "otp_rejected");
  bothSay(await signInWithCode(judy, "judy", "12345"), "otp_malformed");
  bothSay(await signInWithCode(judy, "judy", next), "accepted");
  await signedInAs(judy, "judy", /two factors/);
});

scenario("of two posts with one code, one signs in", async (arrive) => {
  const kim = await arrive();
  await signUp(kim, "kim");
  const [first, next] = oathtool(await beginTotp(kim));
  await confirmTotp(kim, first);
  await finishEnrolment(kim);
  const browsers = [kim, await arrive(), await arrive(), await arrive()];
  for (const each of browsers) await giveName(each, "kim");
  const answers = await Promise.all(browsers.map((each) => postFrom(each, "/api/sign-in/totp", { code: next })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401, 401, 401]);
  for (const { verdict } of answers.filter(({ status }) => status === 401)) {
    assert.match(verdict.server.code, /^(otp_replayed|state_conflict)$/);
  }
});

scenario("guessing codes is slowed down, and a passkey still works", async (arrive) => {
  const leo = await arrive();
  await plugIn(leo, PHONE);
  await signUp(leo, "leo");
  await addPasskey(leo);
  const secret = await beginTotp(leo);
  await confirmTotp(leo, oathtool(secret)[0]);
  await finishEnrolment(leo);
  await giveName(leo, "leo");
  for (let guess = 0; guess < 5; guess++) {
    const { verdict } = await postFrom(leo, "/api/sign-in/totp", { code: wrongCode(secret, guess * 1000) });
    assert.equal(verdict.server.code, "otp_rejected");
  }
  // Even the right code waits now.
  assert.equal((await signInWithCode(leo, "leo", oathtool(secret)[1])).server, "throttle_wait");
  await reads(leo, "prove", /Too many wrong codes. Try again in \d+ seconds?, or use another method/);
  await picture(leo, "too-many-codes");
  bothSay(await signInWithKey(leo, "leo"), "accepted");
  await signedInAs(leo, "leo", /two factors/);
});

// Recovery codes

scenario("recovery codes are shown once, saved, used once each, and replaced", async (arrive) => {
  const rosa = await arrive();
  await plugIn(rosa, PHONE);
  await signUp(rosa, "rosa");
  assert.equal(await rosa.page.locator("#recovery-card").isVisible(), false, "no codes before a method to recover");
  await addPasskey(rosa);

  const { codes, file } = await makeRecoveryCodes(rosa);
  assert.equal(codes.length, 10);
  for (const code of codes) assert.match(code, /^([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{6}$/);
  assert.deepEqual(file, { name: "mfakit-demo-recovery-codes.txt", text: codes.map((code) => `${code}\n`).join("") });
  await picture(rosa, "recovery-codes-shown-once");

  await rosa.page.getByRole("button", { name: "I have saved them" }).click();
  await reads(rosa, "recovery", /ready/);
  assert.equal(await rosa.page.getByText("10 left").isVisible(), true);
  assert.equal((await rosa.page.content()).includes(codes[0]), false, "gone from the page");
  await picture(rosa, "recovery-codes-kept");
  await finishEnrolment(rosa);

  // As somebody types it from paper.
  const typed = codes[3].toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "l");
  bothSay(await signInWithRecoveryCode(rosa, "rosa", typed), "accepted");
  await signedInAs(rosa, "rosa", /recovery code/);
  assert.equal(await rosa.page.getByText("9 left").isVisible(), true);
  await picture(rosa, "signed-in-with-recovery-code");
  await signOut(rosa);

  bothSay(await signInWithRecoveryCode(rosa, "rosa", codes[3]), "recovery_code_rejected");
  await reads(rosa, "prove", /That recovery code was not accepted/);
  await picture(rosa, "used-recovery-code-refused");
  // One wrong symbol is a typing error, and says so under the hood; the person reads the same.
  const slip = codes[4].replace(/.$/, (last) => (last === "7" ? "8" : "7"));
  bothSay(await signInWithRecoveryCode(rosa, "rosa", slip), "recovery_code_malformed");
  bothSay(await signInWithRecoveryCode(rosa, "rosa", codes[5]), "accepted");

  const again = await makeRecoveryCodes(rosa);
  assert.equal(again.codes.some((code) => codes.includes(code)), false);
  await picture(rosa, "recovery-codes-replaced");
  await signOut(rosa);
  bothSay(await signInWithRecoveryCode(rosa, "rosa", codes[6]), "recovery_code_rejected");
  bothSay(await signInWithRecoveryCode(rosa, "rosa", again.codes[6]), "accepted");
  await signedInAs(rosa, "rosa");
});

scenario("another app takes the place of the first, which signs in until the new one is confirmed", async (arrive) => {
  const uma = await arrive();
  await plugIn(uma, PHONE);
  await signUp(uma, "uma");
  await addPasskey(uma);
  const old = await beginTotp(uma);
  const [first, second] = oathtool(old);
  bothSay(await confirmTotp(uma, first), "accepted");
  assert.equal((await postFrom(uma, "/api/totp/begin", {})).status, 403, "whoever replaces a method signs in first");
  await finishEnrolment(uma);
  bothSay(await signInByName(uma, "uma"), "accepted");

  const fresh = await beginTotp(uma);
  assert.notEqual(fresh, old);
  await picture(uma, "another-app");
  // The person leaves before the new app is confirmed: the old one is what signs in.
  await signOut(uma);
  assert.equal((await signInWithCode(uma, "uma", oathtool(fresh)[0])).server, "otp_rejected");
  bothSay(await signInWithCode(uma, "uma", second), "accepted");

  const newest = await beginTotp(uma);
  const [confirming, next] = oathtool(newest);
  bothSay(await confirmTotp(uma, confirming), "accepted");
  await reads(uma, "totp", /Authenticator app added/);
  await signOut(uma);
  assert.equal((await signInWithCode(uma, "uma", oathtool(old)[0])).server, "otp_rejected");
  bothSay(await signInWithCode(uma, "uma", confirming), "otp_replayed");
  bothSay(await signInWithCode(uma, "uma", next), "accepted");
});

scenario("an administrator helps somebody who is locked out with a temporary code", async (arrive) => {
  const victor = await arrive();
  const phone = await plugIn(victor, PHONE);
  await signUp(victor, "victor");
  await addPasskey(victor);
  await finishEnrolment(victor);
  await phone.unplug(); // lost

  const admin = await arrive();
  await plugIn(admin, PHONE);
  await signUp(admin, "admin");
  await addPasskey(admin);
  assert.equal(await admin.page.locator("#admin-card").isVisible(), false, "signed up is not signed in");
  assert.equal((await postFrom(admin, "/api/admin/temporary-code", { name: "victor", hours: 1 })).status, 404);
  await finishEnrolment(admin);
  bothSay(await signInByName(admin, "admin"), "accepted");
  const code = await issueTemporaryCode(admin, "victor");
  assert.match(code, /^Z[0-9A-HJKMNP-TV-Z]{3}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
  await picture(admin, "temporary-code-issued");

  // As somebody types it from the telephone; it may be used until it expires.
  const typed = code.toLowerCase().replaceAll("-", " ").replaceAll("0", "o");
  assert.equal((await signInWithTemporaryCode(victor, "victor", typed)).server, "accepted");
  await signedInAs(victor, "victor", /temporary code/);
  await signOut(victor);
  assert.equal((await signInWithTemporaryCode(victor, "victor", code)).server, "accepted");
  await plugIn(victor, PHONE);
  bothSay(await addPasskey(victor), "accepted");
  await picture(victor, "method-added-after-temporary-code");
  await signOut(victor);

  // Somebody else's account, a typing error, the code that a new one replaced, and a revoked one.
  assert.equal((await signInWithTemporaryCode(victor, "admin", code)).server, "temporary_code_rejected");
  await signOut(victor);
  const slip = code.replace(/.$/, (last) => (last === "7" ? "8" : "7"));
  assert.equal((await signInWithTemporaryCode(victor, "victor", slip)).server, "temporary_code_malformed");
  const newer = await issueTemporaryCode(admin, "victor", "24 hours");
  assert.equal((await signInWithTemporaryCode(victor, "victor", code)).server, "temporary_code_rejected");
  await reads(victor, "prove", /That temporary code was not accepted/);
  await picture(victor, "replaced-temporary-code-refused");
  await admin.page.getByLabel("Whose account").fill("victor");
  await admin.page.getByRole("button", { name: "Revoke" }).click();
  await reads(admin, "admin", /revoked/);
  assert.equal((await postFrom(admin, "/api/admin/temporary-code/revoke", { name: "victor" })).status, 404, "once");
  assert.equal((await signInWithTemporaryCode(victor, "victor", newer)).server, "temporary_code_rejected");

  const ask = () => postFrom(admin, "/api/admin/temporary-code", { name: "victor", hours: 1 });
  const statuses = [];
  for (let i = 0; i < 5; i++) statuses.push((await ask()).status);
  assert.deepEqual(statuses, [200, 200, 200, 200, 429], "six an hour");
  await admin.page.reload();
  await admin.page.locator("#audit summary").click();
  const events = await admin.page.locator("#audit-list li").allInnerTexts();
  assert.equal((await postFrom(admin, "/api/admin/temporary-code/revoke", { name: "admin" })).status, 404);
  assert.equal(events.filter((line) => /victor's code was issued by admin$/.test(line)).length, 6);
  assert.equal(events.filter((line) => /victor's code was verified by victor$/.test(line)).length, 2);
  assert.equal(events.filter((line) => /victor's code was revoked by admin$/.test(line)).length, 1);
  await picture(admin, "audit");

  // Neither a code nor a passkey without user verification makes an administrator.
  const helper = await arrive();
  await plugIn(helper, PHONE);
  await signUp(helper, "wendy");
  await addPasskey(helper);
  await finishEnrolment(helper);
  bothSay(await signInByName(helper, "wendy"), "accepted");
  assert.equal((await postFrom(helper, "/api/admin/temporary-code", { name: "wendy", hours: 1 })).status, 404);
});

scenario("64 guesses at once are five guesses, and no other method pays for them", async (arrive) => {
  const sven = await arrive();
  await plugIn(sven, PHONE);
  await signUp(sven, "sven");
  await addPasskey(sven);
  const { codes } = await makeRecoveryCodes(sven);
  await finishEnrolment(sven);
  // Codes of another account: well formed, and wrong here.
  const other = await arrive();
  await plugIn(other, PHONE);
  await signUp(other, "tess");
  await addPasskey(other);
  const guess = (await makeRecoveryCodes(other)).codes[0];
  await giveName(sven, "sven");
  const answers = await Promise.all(
    Array.from({ length: 64 }, () => postFrom(sven, "/api/sign-in/recovery-code", { code: guess })),
  );
  const count = (code) => answers.filter(({ verdict }) => verdict?.server.code === code).length;
  assert.deepEqual([count("recovery_code_rejected"), count("throttle_wait")], [5, 59]);
  assert.equal((await signInWithRecoveryCode(sven, "sven", codes[0])).server, "throttle_wait");
  await reads(sven, "prove", /Too many wrong codes. Try again in \d+ seconds?, or use another method/);
  await picture(sven, "too-many-guesses");
  bothSay(await signInWithKey(sven, "sven"), "accepted");
  await signedInAs(sven, "sven");
  await signOut(sven);
  // Success with the passkey did not open the other door again.
  assert.equal((await signInWithRecoveryCode(sven, "sven", codes[0])).server, "throttle_wait");
});

// The life of an account

scenario("a password is the first factor, guessing it is slowed down, and changing it clears no second one", async (arrive) => {
  const abe = await arrive();
  await abe.page.getByLabel("Choose a user name").fill("abe@example.com");
  await abe.page.getByLabel("Choose a password").fill("short");
  await abe.page.getByRole("button", { name: "Create account" }).click();
  await reads(abe, "sign-up", /8 to 256 characters/);
  await plugIn(abe, PHONE);
  await signUp(abe, "abe@example.com");
  await addPasskey(abe);
  const [first, next] = oathtool(await beginTotp(abe));
  await confirmTotp(abe, first);
  await finishEnrolment(abe);

  await typePassword(abe, "abe@example.com", "not the password");
  await reads(abe, "sign-in", /That name or password was not accepted/);
  await picture(abe, "wrong-password");
  await abe.page.getByRole("button", { name: "Not you?" }).click();
  bothSay(await signInByName(abe, "abe@example.com"), "accepted");

  const elsewhere = await arrive();
  await giveName(elsewhere, "abe@example.com");
  assert.equal((await signInWithCode(elsewhere, "abe@example.com", next)).server, "accepted");
  await signedInAs(elsewhere, "abe@example.com");

  const changed = "a quite different password";
  await abe.page.getByLabel("Your password now").fill(PASSWORD);
  await abe.page.getByLabel("The new one").fill(changed);
  await abe.page.getByRole("button", { name: "Change the password" }).click();
  await reads(abe, "password", /two-factor methods are as they were/);
  await picture(abe, "password-changed");
  await elsewhere.page.reload();
  await elsewhere.page.getByRole("heading", { name: "Sign in" }).waitFor(); // every other session has ended
  await abe.page.goto(`${abe.origin}/outbox`);
  await abe.page.locator("[data-template=password_changed]").waitFor();
  await abe.page.goto(abe.origin);
  await signOut(abe);

  await typePassword(abe, "abe@example.com", changed);
  await abe.page.getByRole("heading", { name: "Prove that it is you" }).waitFor();
  await signOut(abe);
  for (let guess = 0; guess < 5; guess++) {
    const name = "abe@example.com";
    assert.equal((await postFrom(abe, "/api/sign-in/password", { name, password: PASSWORD })).status, 401);
  }
  await typePassword(abe, "abe@example.com", changed);
  await reads(abe, "sign-in", /Too many wrong passwords. Try again in \d+ seconds?/);
  await abe.page.getByRole("button", { name: "Not you?" }).click();
  bothSay(await signInByName(abe, "abe@example.com"), "accepted"); // no other method pays for it
});

scenario("an account without a second factor signs in with its password, and is asked for more from then on", async (arrive) => {
  const bea = await arrive();
  await signUp(bea, "bea");
  await bea.page.getByRole("button", { name: "Not now" }).click();
  await signedInAs(bea, "bea", /password alone: one factor/);
  await picture(bea, "password-alone");
  await signOut(bea);
  await typePassword(bea, "bea");
  await signedInAs(bea, "bea");

  const elsewhere = await arrive();
  await typePassword(elsewhere, "bea");
  await signedInAs(elsewhere, "bea");

  // The first method turns it on: the key changes, the other session ends, and this one has yet to prove itself.
  await bea.page.getByRole("button", { name: "Make a new key" }).click();
  const [old] = await apiKey(bea);
  assert.equal((await cli(bea, "GET", "2fa", { token: old })).status, 200);
  const [first, next] = oathtool(await beginTotp(bea));
  bothSay(await confirmTotp(bea, first), "accepted");
  await reads(bea, "totp", /added/);
  const [key, until] = await apiKey(bea);
  assert.notEqual(key, old);
  await picture(bea, "api-key-shown-once");
  assert.equal((await cli(bea, "GET", "2fa", { token: old })).status, 401);
  const { body } = await cli(bea, "GET", "2fa", { token: key });
  assert.equal(body.enabled, true);
  assert.ok(Math.abs(body.apiKeyExpiresAt - Date.now() / 1000 - 30 * 86400) < 300, until);
  assert.equal((await cli(bea, "POST", "2fa/disable", { token: key, body: { password: PASSWORD } })).status, 401);
  // A key in the place of the cookie is no browser.
  const { person } = await (await fetch(`${bea.origin}/api/me`, { headers: { Cookie: `mfakit_demo_session=${key}` } })).json();
  assert.equal(person, null);
  await elsewhere.page.reload();
  await elsewhere.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await finishEnrolment(bea);
  assert.equal((await bea.page.content()).includes(key), false, "gone from the page");
  bothSay(await signInWithCode(bea, "bea", next), "accepted");
  await signedInAs(bea, "bea", /two factors/);
});

scenario("several methods, each with its name; one is removed when the person confirms it", async (arrive) => {
  const cleo = await arrive();
  const phone = await plugIn(cleo, PHONE);
  await signUp(cleo, "cleo");
  bothSay(await addPasskey(cleo, "📱 Κλειώ's phone"), "accepted");
  await phone.unplug();
  const key = await plugIn(cleo, PLAIN_KEY);
  bothSay(await addPasskey(cleo, "مفتاح احتياطي"), "accepted");
  await key.unplug();
  await plugIn(cleo, { ...PHONE, defaultBackupEligibility: true, defaultBackupState: true });
  await cleo.page.getByRole("button", { name: "Add another passkey" }).click();
  await cleo.page.locator("#name-dialog[open]").waitFor();
  await picture(cleo, "name-your-key");
  await answerName(cleo, "In the cloud");
  const [first] = oathtool(await beginTotp(cleo));
  await confirmTotp(cleo, first);
  const items = cleo.page.locator("#passkeys li");
  const listed = /Κλειώ's phone built-in authenticator[^]*احتياطي security key[^]*In the cloud synced passkey/;
  assert.match((await items.allInnerTexts()).join("\n"), listed);
  await picture(cleo, "several-methods");
  assert.equal(await cleo.page.getByRole("button", { name: /^Remove/ }).count(), 0, "not before they signed in");
  await finishEnrolment(cleo);
  bothSay(await signInByName(cleo, "cleo"), "accepted");

  for (const name of ["x".repeat(41), "a\u0000b", " ", "\ud800"]) {
    const answer = await postFrom(cleo, "/api/method/rename", { store: "totp", id: "totp", name });
    assert.equal(answer.status, 400, JSON.stringify(name));
  }
  await cleo.page.getByRole("button", { name: "Rename Authenticator app" }).click();
  await answerName(cleo, "Old telephone");
  await reads(cleo, "totp", /Old telephone/);

  await cleo.page.getByRole("button", { name: "Remove مفتاح احتياطي" }).click();
  await picture(cleo, "remove-confirm");
  await cleo.page.getByRole("button", { name: "Keep it" }).click();
  assert.equal(await items.count(), 3);
  await cleo.page.getByRole("button", { name: "Remove مفتاح احتياطي" }).click();
  await cleo.page.getByRole("button", { name: "Remove it" }).click();
  await reads(cleo, "passkey", /is removed/);
  assert.equal(await items.count(), 2);

  // The codes on paper, and nothing else.
  await makeRecoveryCodes(cleo);
  await cleo.page.evaluate(() => (window.print = () => (window.printed = true)));
  await cleo.page.getByRole("button", { name: "Print" }).click();
  assert.equal(await cleo.page.evaluate(() => window.printed), true);
  await cleo.page.emulateMedia({ media: "print" });
  assert.equal(await cleo.page.locator("#recovery-list li").first().isVisible(), true);
  assert.equal(await cleo.page.getByText("Passkeys and security keys").isVisible(), false);
  await picture(cleo, "recovery-codes-printed");
  await cleo.page.emulateMedia({ media: "screen" });

  await cleo.page.goto(`${cleo.origin}/outbox`);
  await cleo.page.locator("[data-template=method_removed]").waitFor();
  assert.equal(await cleo.page.locator("[data-template=method_added]").count(), 3);
  await picture(cleo, "outbox");
});

scenario("two-factor authentication is turned off with a fresh proof and the password, unless it is required", async (arrive) => {
  await ownSite(arrive, async ({ admin, newcomer }) => {
    const dora = await newcomer();
    await plugIn(dora, PHONE);
    await signUp(dora, "dora");
    await addPasskey(dora);
    await finishEnrolment(dora);
    await signInByName(dora, "dora");
    const off = async (password) => {
      await dora.page.getByLabel("Your password", { exact: true }).fill(password);
      await dora.page.getByRole("button", { name: "Turn it off" }).click();
      await dora.page.locator("#confirm-yes").click();
    };
    await off("not the password");
    await reads(dora, "disable", /not accepted/);
    await off(PASSWORD);
    await reads(dora, "account", /Your password alone signs you in/);
    await picture(dora, "two-factor-off");
    await signOut(dora);
    await typePassword(dora, "dora");
    await signedInAs(dora, "dora", /password alone/);

    // The organisation's setting, which can be turned on and not off.
    await admin.page.getByText("Multi-factor authentication is not required yet.").waitFor();
    await admin.page.getByRole("button", { name: "Single sign-on is configured" }).click();
    await admin.page.getByText("Check that your identity provider sends signals that count").waitFor();
    await picture(admin, "banners");
    await admin.page.getByRole("button", { name: "Require multi-factor authentication" }).click();
    await reads(admin, "organisation", /Everybody needs a second factor/);
    assert.equal((await postFrom(admin, "/api/admin/enforce", {})).status, 409);
    assert.equal(await admin.page.getByText("is not required yet").isVisible(), false);

    // It counts for sessions that are open already.
    await dora.page.reload();
    await dora.page.getByRole("heading", { name: "Protect your account, dora" }).waitFor();
    assert.equal(await dora.page.getByRole("button", { name: "Not now" }).isVisible(), false);
    assert.equal((await postFrom(dora, "/api/api-key", {})).status, 403);
    await picture(dora, "enrolment-required");
    bothSay(await addPasskey(dora), "accepted");
    await finishEnrolment(dora);
    await signInByName(dora, "dora");
    await off(PASSWORD);
    await reads(dora, "disable", /This stays/);
    await dora.page.getByRole("button", { name: /^Remove/ }).click();
    await dora.page.getByRole("button", { name: "Remove it" }).click();
    await reads(dora, "passkey", /This stays. It is the last method/);
    await picture(dora, "last-method-stays");

    // The waiver permission exempts nobody; an exemption that support approved does.
    const eli = await newcomer();
    await signUp(eli, "eli");
    await standing(admin, "eli", { waiver: true });
    await signOut(eli);
    await typePassword(eli, "eli");
    await eli.page.getByRole("heading", { name: "Protect your account, eli" }).waitFor();
    await eli.page.getByText("it exempts nobody any more").waitFor();
    await picture(eli, "waiver-exempts-nobody");
    await standing(admin, "eli", { waiver: false, exemption: "runs the automated tests" });
    await signOut(eli);
    await typePassword(eli, "eli");
    await signedInAs(eli, "eli", /password alone/);
    await admin.page.goto(`${admin.origin}/audit`);
    await admin.page.locator("#lines li", { hasText: '"reason":"exempt"' }).waitFor();
  });
});

scenario("a right that is given asks for more from the next request on", async (arrive) => {
  await ownSite(arrive, async ({ admin, newcomer }) => {
    const fay = await newcomer();
    await plugIn(fay, PHONE);
    await signUp(fay, "fay");
    await addPasskey(fay);
    const [first, next] = oathtool(await beginTotp(fay));
    await confirmTotp(fay, first);
    await finishEnrolment(fay);
    bothSay(await signInWithCode(fay, "fay", next), "accepted");
    await signedInAs(fay, "fay");

    await standing(admin, "fay", { rights: ["Modify All Data"] });
    await picture(admin, "right-given");
    const answer = await postFrom(fay, "/api/api-key", {});
    assert.deepEqual([answer.status, answer.verdict.server.code], [403, "step_up_required"]);
    await fay.page.reload();
    await fay.page.getByText("More is asked of you since you signed in: Phishing-Resistant MFA (Recommended)").waitFor();
    const offered = await fay.page.locator("#prove fieldset label:visible").allInnerTexts();
    assert.deepEqual(offered, ["Passkey or security key", "Temporary code"], "a code is not offered any more");
    await picture(fay, "step-up");
    assert.equal((await postFrom(fay, "/api/sign-in/totp", { code: next })).status, 403);
    bothSay(await signInWithKey(fay, "fay"), "accepted");
    await signedInAs(fay, "fay");

    // Whoever has a code alone proves it, and adds something better; a password alone adds nothing.
    const gus = await newcomer();
    await plugIn(gus, PHONE);
    await signUp(gus, "gus");
    const secret = await beginTotp(gus);
    const [confirming, signing] = oathtool(secret);
    await confirmTotp(gus, confirming);
    await finishEnrolment(gus);
    await standing(admin, "gus", { rights: ["Author Apex"] });
    await giveName(gus, "gus");
    assert.equal((await postFrom(gus, "/api/passkey/begin", {})).status, 403);
    await gus.page.getByText("What you have is not enough for your rights.").waitFor();
    bothSay(await signInWithCode(gus, "gus", signing), "accepted");
    await gus.page.getByText("Your rights ask for more").waitFor();
    await picture(gus, "add-something-better");
    bothSay(await addPasskey(gus), "accepted");
    await gus.page.getByText("Prove that it is you").waitFor();
    bothSay(await signInWithKey(gus, "gus"), "accepted");
    await signedInAs(gus, "gus");
  });
});

scenario("an administrator disconnects the methods of a person whose devices are lost", async (arrive) => {
  await ownSite(arrive, async ({ admin, newcomer }) => {
    const hal = await newcomer();
    await plugIn(hal, PHONE);
    await signUp(hal, "hal");
    await addPasskey(hal);
    const { codes } = await makeRecoveryCodes(hal);
    await finishEnrolment(hal);
    await signInByName(hal, "hal");
    await admin.page.getByLabel("Whose account").fill("hal");
    await admin.page.getByRole("button", { name: "Disconnect all methods" }).click();
    await reads(admin, "admin", /All methods of hal are disconnected/);
    await hal.page.reload();
    await hal.page.getByRole("heading", { name: "Sign in" }).waitFor();
    await askPasskeyByName(hal, "hal");
    await reads(hal, "sign-in", /no passkey for that name/);
    await hal.page.getByRole("button", { name: "Not you?" }).click();
    // Neither the password alone nor an old recovery code opens the account; a temporary code does, and adds a new method.
    await giveName(hal, "hal");
    const offered = await hal.page.locator("#prove fieldset label:visible").allInnerTexts();
    assert.deepEqual(offered, ["Temporary code"]);
    assert.equal((await postFrom(hal, "/api/passkey/begin", {})).status, 403);
    assert.equal((await postFrom(hal, "/api/sign-in/recovery-code", { code: codes[0] })).status, 403);
    const login = (code) => cli(hal, "POST", "login", { code, body: { email: "hal", password: PASSWORD } });
    assert.equal((await login()).body.id, "two_factor_required", "nor is the command line a way round");
    assert.equal((await login(codes[0])).body.id, "invalid_two_factor_code");
    const code = await issueTemporaryCode(admin, "hal");
    const { body: brief } = await login(code);
    assert.ok(brief.expiresAt <= Date.now() / 1000 + 3601, "no longer than the code");
    assert.equal((await signInWithTemporaryCode(hal, "hal", code)).server, "accepted");
    await signedInAs(hal, "hal");
    bothSay(await addPasskey(hal), "accepted");
    await finishEnrolment(hal);
    bothSay(await signInByName(hal, "hal"), "accepted");
    await hal.page.goto(`${hal.origin}/outbox`);
    await hal.page.locator("[data-template=methods_disconnected]").waitFor();

    await hal.page.getByRole("link", { name: "Locked out?" }).click();
    await hal.page.getByText("Do not reset your password.").waitFor();
    await picture(hal, "locked-out-help");
    await admin.page.goto(`${admin.origin}/audit`);
    const line = admin.page.locator("#lines li", { hasText: "methods disconnected hal by admin" }).first();
    const record = JSON.parse(await line.locator("code").innerText());
    assert.equal(record.event, "methods_disconnected");
    await picture(admin, "audit-lines");
    await hal.page.goto(`${hal.origin}/audit`);
    await hal.page.locator("#lines li").first().waitFor();
    for (const text of await hal.page.locator("#lines li").allInnerTexts()) assert.match(text, /hal/, "one's own lines alone");
  });
});

scenario("a session slides for a day at a time and ends after ten, and says so", async (arrive) => {
  const day = 86400;
  let own = await startServer();
  const { database } = own;
  const later = async (clockOffset) => {
    await own.stop({ keep: true });
    own = await startServer({ database, clockOffset });
    await ida.page.goto(own.origin);
    await ida.page.getByRole("heading", { level: 1 }).waitFor();
  };
  const ida = await arrive({ origin: own.origin });
  try {
    await plugIn(ida, PHONE);
    await signUp(ida, "ida");
    await addPasskey(ida);
    await finishEnrolment(ida);
    await signInByName(ida, "ida");
    await ida.page.getByText(/It ends .* unless you come back before, and .* at the latest/).waitFor();
    const ends = async () => {
      const { session } = await meOf(ida);
      return [session.expiresAt - session.createdAt, session.endsAt - session.createdAt];
    };
    assert.deepEqual(await ends(), [day, 10 * day]);
    await picture(ida, "session");
    for (let days = 1; days <= 9; days++) {
      await later(days * day - 3600 * days); // 23 hours after the time before
      await signedInAs(ida, "ida");
      // To be signed in is not enough to change methods: whoever found the browser would add their own.
      assert.equal((await postFrom(ida, "/api/passkey/begin", {})).verdict.server.code, "sign_in_again");
    }
    await later(9 * day + 12 * 3600);
    await signedInAs(ida, "ida");
    assert.deepEqual(await ends(), [10 * day, 10 * day], "never past the tenth day");
    await picture(ida, "session-last-day");
    await later(10 * day);
    await ida.page.getByRole("heading", { name: "Sign in" }).waitFor();
    await signInByName(ida, "ida");
    await signedInAs(ida, "ida");
    await later(11 * day + 60); // a day without a click
    await ida.page.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.equal(own.complaints(), "");
  } finally {
    await own.stop();
  }
});

// Push approval

scenario("a sign-in is approved on a device, in another tab", async (arrive) => {
  const joe = await arrive();
  await signUp(joe, "joe");
  const device = await addDevice(joe, "Joe's telephone", arrive);
  await picture(joe, "approval-device-added");
  await finishEnrolment(joe);
  const ask = async () => {
    await giveName(joe, "joe");
    await joe.page.getByRole("radio", { name: "Approve on a device" }).check();
    await joe.page.getByRole("button", { name: "Continue" }).click();
    await device.getByRole("heading", { name: "Is it you who signs in?" }).waitFor();
    return joe.page.locator("#approval-number").innerText();
  };
  const says = (expected) => device.locator("[data-for=device]", { hasText: expected }).waitFor();

  const number = await ask();
  assert.match(number, /^\d\d$/);
  assert.equal((await device.content()).includes(`>${number}<`), false, "the device is not told the number");
  assert.match(await device.locator("#request").innerText(), /Sign in[^]*joe at/);
  await picture(joe, "number-to-type");
  await picture({ ...joe, page: device }, "device-asks");
  await device.getByLabel("Type the number").fill(number);
  await device.getByRole("button", { name: "Approve" }).click();
  await says(/Approved/);
  await signedInAs(joe, "joe", /password, approval device: two factors/);
  await picture(joe, "signed-in-by-approval");
  await signOut(joe);

  // A wrong number ends the request: there is no second try.
  const right = await ask();
  const wrong = String((Number(right) + 1) % 100).padStart(2, "0");
  await device.getByLabel("Type the number").fill(wrong);
  await device.getByRole("button", { name: "Approve" }).click();
  await says(/not the number/);
  await reads(joe, "prove", /Another number was typed/);
  await picture(joe, "wrong-number");

  await ask();
  await device.getByRole("button", { name: "It is not me: deny" }).click();
  await says(/Denied/);
  await reads(joe, "prove", /denied on your device/);

  await ask();
  // One request at a time, whoever asks.
  const mallory = await arrive();
  await giveName(mallory, "joe");
  assert.equal((await postFrom(mallory, "/api/sign-in/approval/begin", {})).verdict.server.code, "approval_pending");
  assert.equal((await postFrom(mallory, "/api/sign-in/approval/status", {})).status, 404);
  await joe.page.getByRole("button", { name: "Cancel the request" }).click();
  await reads(joe, "prove", /cancelled/);
  await device.getByRole("heading", { name: "Ready" }).waitFor();

  // A device that is removed approves no more.
  const again = await ask();
  await device.getByLabel("Type the number").fill(again);
  await device.getByRole("button", { name: "Approve" }).click();
  await signedInAs(joe, "joe");
  await joe.page.getByRole("button", { name: "Set up an app" }).click();
  await joe.page.getByText("Cannot scan it?").click();
  const secret = (await joe.page.locator("#totp-key").innerText()).replaceAll(" ", "");
  bothSay(await confirmTotp(joe, oathtool(secret)[0]), "accepted");
  await joe.page.getByRole("button", { name: "Remove Joe's telephone" }).click();
  await joe.page.getByRole("button", { name: "Remove it" }).click();
  await reads(joe, "device", /is removed/);
  await says(/approves for nobody here any more/);
});

// The simulators

scenario("the single sign-on page says what claims are worth, and why", async (arrive) => {
  const kay = await arrive();
  await kay.page.goto(`${kay.origin}/sso`);
  await kay.page.getByText("No signature is checked here, and nobody is signed in.").waitFor();
  const tier = () => kay.page.locator("#tier").innerText();
  const decision = () => kay.page.locator("#decision").innerText();

  // Password and a push message: the provider says `swk`, and the published table takes it for phishing-resistant.
  await fillClaims(kay, { claims: { amr: ["pwd", "mfa", "swk"] }, rights: ["Modify All Data"] });
  assert.deepEqual([await tier(), await decision()], ["Phishing-Resistant MFA (Recommended)", "Allow"]);
  assert.match(await kay.page.locator("#classification").innerText(), /mfa/);
  await kay.page.getByText("Traps in this profile").click();
  assert.match(await kay.page.locator("#lint").innerText(), /pin/);
  await picture(kay, "sso-allow");

  // `mfa` and `otp` are in no tier: worth nothing, whatever they sound like.
  await fillClaims(kay, { claims: { amr: ["pwd", "otp", "mfa"] } });
  assert.deepEqual([await tier(), await decision()], ["Weak MFA / No MFA", "Enrol"]);
  await picture(kay, "sso-enrol");
  await fillClaims(kay, { claims: { amr: ["pwd"] }, enrolled: ["totp"] });
  assert.equal(await decision(), "Step up");
  await fillClaims(kay, { saml: "urn:oasis:names:tc:SAML:2.0:ac:classes:X509" });
  assert.equal(await tier(), "Phishing-Resistant MFA (Recommended)");
  await fillClaims(kay, { saml: "urn:oasis:names:tc:SAML:2.0:ac:classes:NotX509" });
  assert.equal(await tier(), "Weak MFA / No MFA");
  await picture(kay, "sso-saml");

  // A shape that is wrong is refused, and not guessed at.
  await fillClaims(kay, { claims: { amr: "pwd" } }, { refused: true });
  await kay.page.getByText("Refused, and worth nothing: A claim has the wrong shape").waitFor();
  await picture(kay, "sso-refused");
  await fillClaims(kay, { text: "{" }, { refused: true });
  await kay.page.getByText("Refused, and worth nothing: The JSON text is not well formed").waitFor();
  const now = Math.floor(Date.now() / 1000);
  await fillClaims(kay, { claims: { amr: ["hwk"], auth_time: now - 900 }, maxAge: 600 }, { refused: true });
  await fillClaims(kay, { claims: { amr: ["hwk"], auth_time: now - 300 }, maxAge: 600 });
  assert.equal(await decision(), "Allow");
});

scenario("the policy page decides, and gives its reasons", async (arrive) => {
  const lee = await arrive();
  await lee.page.goto(`${lee.origin}/policy`);
  const decide = async (change) => {
    await lee.page.locator("#policy").evaluate((form) => form.reset());
    await lee.page.getByLabel("The day of the sign-in").fill("2026-09-01");
    await change(lee.page);
    await lee.page.locator("#result").evaluate((result) => (result.hidden = true));
    await lee.page.getByRole("button", { name: "Decide" }).click();
    await lee.page.locator("#result").waitFor();
    return lee.page.locator("#decision").innerText();
  };
  const [check, select] = [
    async (page, ...names) => {
      for (const name of names) await page.getByLabel(name, { exact: true }).check();
    },
    (page, label, value) => page.getByLabel(label).selectOption(value),
  ];

  assert.equal(await decide((page) => check(page, "Authenticator app")), "Step up");
  await picture(lee, "policy-step-up");
  assert.equal(await decide((page) => check(page, "Authenticator app", "View All Data")), "Step up");
  await lee.page.getByText("first the best one that the person has must be proven").waitFor();
  assert.equal(await decide((page) => check(page, "View All Data")), "Enrol");
  const best = await lee.page.locator("#decided").innerText();
  assert.ok(best.indexOf("security key") > 0 && !best.includes("authenticator app"), best);
  await picture(lee, "policy-enrol");
  assert.equal(await decide((page) => check(page, "Waiver permission")), "Enrol", "a waiver exempts nobody");
  assert.equal(await decide((page) => check(page, "Exemption approved by support")), "Allow");
  for (const [channel, expected] of [
    ["ui", "Enrol"],
    ["sso", "Enrol"],
    ["oauth_web_server", "Enrol"],
    ["oauth_hybrid", "Enrol"],
    ["api", "Allow"],
    ["oauth_jwt_bearer", "Allow"],
    ["oauth_client_credentials", "Allow"],
    ["site", "Allow"],
  ])
    assert.equal(await decide((page) => select(page, "Channel", channel)), expected, channel);
  const dates = (from, on) => async (page) => {
    await page.getByLabel("In force from (UTC)").fill(from);
    await page.getByLabel("The day of the sign-in").fill(on);
  };
  assert.equal(await decide(dates("2026-07-20", "2026-07-19")), "Allow", "not yet");
  assert.equal(await decide(dates("2026-07-20", "2026-07-20")), "Enrol");
  const environment = (name) => async (page) => {
    await dates("", "2026-07-01")(page);
    await select(page, "Environment", name);
  };
  assert.equal(await decide(environment("production")), "Allow", "the published date: 20 July");
  assert.equal(await decide(environment("sandbox")), "Enrol", "the published date: 22 June");
  assert.equal(
    await decide(async (page) => {
      await check(page, "Modify All Data", "Security key");
      await select(page, "Client", "no_security_keys");
    }),
    "Block",
  );
  await picture(lee, "policy-block");
});

// The command line's side

scenario("the command line logs in with a password and a code, and turns two-factor authentication on and off", async (arrive) => {
  const name = "max@example.com";
  const max = await arrive();
  await signUp(max, name);
  await signOut(max);
  const login = (password, code) => cli(max, "POST", "login", { code, body: { email: name, password } });
  assert.deepEqual([(await login("wrong password")).status, (await login("wrong password")).body.id], [401, "unauthorized"]);
  const { body: session } = await login(PASSWORD);
  const { token } = session;
  assert.ok(Math.abs(session.expiresAt - Date.now() / 1000 - 30 * 86400) < 300);
  const status = async () => (await cli(max, "GET", "2fa", { token })).body;
  assert.equal((await status()).enabled, false);

  const credentials = { email: name, password: PASSWORD };
  const { body: pending } = await cli(max, "POST", "2fa/enable", { token, body: credentials });
  assert.equal((await status()).enabled, false, "not before the first code");
  const [first, next] = oathtool(pending.secret);
  const wrong = await cli(max, "POST", "2fa/enable/confirm", { token, body: { code: wrongCode(pending.secret) } });
  assert.deepEqual([wrong.status, wrong.body.id], [403, "invalid_two_factor_code"]);
  const { body: key } = await cli(max, "POST", "2fa/enable/confirm", { token, body: { code: first } });
  assert.ok(key.apiKey && key.apiKeyExpiresAt);
  assert.deepEqual((await status()).methods, [{ kind: "totp", name: "Authenticator app" }]);

  const without = await login(PASSWORD);
  assert.deepEqual([without.status, without.body.id, without.required], [401, "two_factor_required", "true"]);
  const replayed = await login(PASSWORD, first);
  assert.deepEqual([replayed.status, replayed.body.id], [403, "invalid_two_factor_code"]);
  assert.match(replayed.body.message, /typed correctly and that your authenticator's time keeping is accurate/);
  assert.equal((await cli(max, "POST", "2fa/recovery-codes", { token, body: {} })).body.id, "two_factor_required");
  const { body: codes } = await cli(max, "POST", "2fa/recovery-codes", { token, code: next, body: {} });
  assert.equal(codes.codes.length, 10);
  assert.equal((await login(PASSWORD, codes.codes[0])).status, 200);
  assert.equal((await login(PASSWORD, codes.codes[0])).status, 403);
  assert.equal((await status()).recoveryCodesLeft, 9);

  assert.equal((await cli(max, "POST", "2fa/disable", { token, body: { password: "wrong password" } })).status, 401);
  // This login is older than the second factor, so it proves that too.
  const off = (code) => cli(max, "POST", "2fa/disable", { token, code, body: { password: PASSWORD } });
  assert.equal((await off()).body.id, "two_factor_required");
  assert.equal((await off(codes.codes[1])).status, 200);
  assert.equal((await status()).enabled, false);
  assert.equal((await cli(max, "POST", "logout", { token, body: {} })).status, 200);
  assert.equal((await cli(max, "GET", "2fa", { token })).status, 401);
  // A page on another site cannot call it, and a cookie is no token.
  const foreign = await fetch(`${max.origin}/api/cli/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Origin: "http://localhost.example" },
    body: JSON.stringify(credentials),
  });
  assert.equal(foreign.status, 403);
});

// The rest of the site

scenario("names that are taken, unknown or impossible get a readable answer", async (arrive) => {
  const nina = await arrive();
  await signUp(nina, "nina");
  await nina.page.getByRole("button", { name: "Leave" }).click();
  await nina.page.getByRole("heading", { name: "Sign in" }).waitFor();
  for (const [name, expected] of [
    ["Nina", /taken/],
    ["a b", /1 to 40 letters/],
    ["", /please fill this in/],
  ]) {
    await nina.page.getByLabel("Choose a user name").fill(name);
    await nina.page.getByLabel("Choose a password").fill(PASSWORD);
    await nina.page.getByRole("button", { name: "Create account" }).click();
    await reads(nina, "sign-up", expected);
  }
  await picture(nina, "name-not-accepted");
  await askPasskeyByName(nina, "nobody");
  await reads(nina, "sign-in", /no passkey for that name/);
  await nina.page.getByRole("button", { name: "Not you?" }).click();
  await typePassword(nina, "nobody");
  await reads(nina, "sign-in", /That name or password was not accepted/);
});

scenario("posts from elsewhere, oversized and unreadable ones are turned away", async (arrive, { origin }) => {
  const json = { "Content-Type": "application/json" };
  const post = (headers, body) => fetch(`${origin}/api/sign-up`, { method: "POST", headers, body });
  assert.equal((await post(json, '{"name":"oscar"}')).status, 403);
  assert.equal((await post({ ...json, Origin: "http://localhost.example" }, '{"name":"oscar"}')).status, 403);
  assert.equal((await post({ Origin: origin, "Content-Type": "text/plain" }, '{"name":"oscar"}')).status, 415);
  assert.equal((await post({ ...json, Origin: origin }, "{")).status, 400);
  assert.equal((await post({ ...json, Origin: origin }, "[".repeat(60_000))).status, 400);
  assert.equal((await post({ ...json, Origin: origin }, '{"name":7}')).status, 400);
  assert.equal((await post({ ...json, Origin: origin }, " ".repeat(64 * 1024 + 1))).status, 413);
  assert.equal((await post({ ...json, Origin: origin }, '{"name":"oscar"}')).status, 400, "a password is needed");
  const oscar = JSON.stringify({ name: "oscar", password: PASSWORD });
  assert.equal((await post({ ...json, Origin: origin }, oscar)).status, 200);

  const front = await fetch(origin);
  assert.match(front.headers.get("content-security-policy"), /default-src 'none'/);
  assert.doesNotMatch(front.headers.get("content-security-policy"), /unsafe-(inline|eval)'? *(;|$)/);
  assert.equal((await fetch(`${origin}/..%2fserver.py`)).status, 404);

  // Without a session there is nothing to add a method to.
  const nobody = await arrive();
  for (const path of [
    "/api/passkey/begin",
    "/api/totp/begin",
    "/api/totp/confirm",
    "/api/device/begin",
    "/api/recovery-codes",
    "/api/method/remove",
    "/api/two-factor/disable",
    "/api/password",
    "/api/api-key",
    "/api/outbox",
    "/api/audit",
    "/api/sign-in/totp",
    "/api/sign-in/approval/begin",
    "/api/sign-in/continue",
  ]) {
    assert.equal((await postFrom(nobody, path, { code: "123456" })).status, 401, path);
  }
  // A response that is no response fails closed, and as the client's mistake.
  for (const response of [undefined, null, 7, "", "{", [], {}, { id: "AAAA" }]) {
    const { ceremony } = await postFrom(nobody, "/api/sign-in/passkey/begin", {});
    const { status, verdict } = await postFrom(nobody, "/api/sign-in/passkey/finish", { ceremony, response });
    assert.equal(status, 401);
    assert.equal(verdict.server.accepted, false);
  }
});

scenario("everything works from the keyboard", async (arrive) => {
  const pat = await arrive();
  const { page } = pat;
  const tabTo = async (name) => {
    for (let presses = 0; presses < 30; presses++) {
      await page.keyboard.press("Tab");
      const focus = await page.evaluate(() => {
        const element = document.activeElement;
        const style = getComputedStyle(element.closest(".choice label") ?? element);
        return {
          name: (element.labels?.[0]?.textContent ?? element.textContent).trim(),
          visible: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        };
      });
      if (focus.name === name) {
        assert.ok(focus.visible, `the focus on "${name}" cannot be seen`);
        return;
      }
    }
    assert.fail(`Tab never reaches "${name}"`);
  };

  await tabTo("Skip to the content");
  await tabTo("Sign in with a passkey");
  await picture(pat, "keyboard-focus");
  await tabTo("Choose a user name");
  await page.keyboard.type("pat");
  await tabTo("Choose a password");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Protect your account, pat" }).waitFor();

  await tabTo("Set up an app");
  await page.keyboard.press("Enter");
  await page.locator("#first-code:focus").waitFor();
  const [first, next] = oathtool((await page.locator("#totp-key").textContent()).replaceAll(" ", ""));
  bothSay(
    await proof(pat, async () => {
      await page.keyboard.type(first);
      await page.keyboard.press("Enter");
    }),
    "accepted",
  );
  await page.getByText("Authenticator app added.").waitFor();
  await tabTo("Done: sign in now");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();

  await tabTo("User name");
  assert.equal(await page.evaluate(() => document.activeElement.value), "pat");
  await page.keyboard.press("Enter");
  await page.locator("#password:focus").waitFor();
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.locator("#prove-title:focus").waitFor();
  await tabTo("Six-digit code");
  bothSay(
    await proof(pat, async () => {
      await page.keyboard.type(next);
      await page.keyboard.press("Enter");
    }),
    "accepted",
  );
  await signedInAs(pat, "pat");
});

for (const colorScheme of ["light", "dark"]) {
  scenario(`fits a screen of 360 pixels, ${colorScheme}`, async (arrive) => {
    const name = `quentin-with-a-rather-long-name.${colorScheme}`;
    const quentin = await arrive({ viewport: { width: 360, height: 740 }, colorScheme });
    await plugIn(quentin, PHONE);
    const fits = async (view, { shot = true } = {}) => {
      const [needed, given] = await quentin.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(needed <= given, `${view} needs ${needed} of ${given} pixels`);
      if (shot) await picture(quentin, `narrow-${colorScheme}-${view}`);
    };
    await fits("welcome");
    await signUp(quentin, name);
    await fits("protect");
    await addPasskey(quentin);
    const secret = await beginTotp(quentin);
    await fits("app");
    await scanQr(quentin);
    const [first] = oathtool(secret);
    await confirmTotp(quentin, first);
    await finishEnrolment(quentin);
    bothSay(await signInWithCode(quentin, name, first), "otp_replayed");
    await quentin.page.locator("#log details summary").first().click();
    await fits("refused");
    await signOut(quentin);
    bothSay(await signInUsernameless(quentin), "accepted");
    await signedInAs(quentin, name);
    await fits("account");
    for (const page of ["sso", "policy", "device", "outbox", "audit", "help"]) {
      await quentin.page.goto(`${quentin.origin}/${page}`);
      await quentin.page.getByRole("heading", { level: 1 }).waitFor();
      await fits(page, { shot: ["sso", "policy"].includes(page) });
    }
  });
}

scenario("wide and dark", async (arrive) => {
  const ruth = await arrive({ colorScheme: "dark" });
  await plugIn(ruth, PHONE);
  await picture(ruth, "dark-welcome");
  await signUp(ruth, "ruth");
  await addPasskey(ruth);
  await beginTotp(ruth);
  await scanQr(ruth);
  await picture(ruth, "dark-app");
});

const server = await startServer(flags.capture ? { port: 8080 } : {});
let browser;
try {
  browser = await startBrowser();
  const world = { server, browser, origin: server.origin };
  if (flags.capture) await capture(world, flags.capture);
  else process.exitCode = (await runScenarios(world, flags.only)) ? 1 : 0;
} finally {
  await browser?.close();
  await server.stop();
}
