// The demo, driven by a real browser: `node examples/demo/e2e/run.mjs [--only TEXT] [--capture FILE]`.
//
// Every proof is asserted twice, as the page shows it: the server's verdict and that of the WebAssembly half, equal to
// the code. A screenshot of each state goes to examples/demo/screenshots, or to the folder in SCREENSHOTS.
// --capture writes the browser's real responses to a file and runs nothing else; see capture.mjs.

import assert from "node:assert/strict";
import { parseArgs } from "node:util";

import { capture } from "./capture.mjs";
import {
  PHONE,
  PLAIN_KEY,
  addPasskey,
  askPasskeyByName,
  beginTotp,
  bothSay,
  confirmTotp,
  finishEnrolment,
  issueTemporaryCode,
  makeRecoveryCodes,
  nextPost,
  oathtool,
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
  signInWithRecoveryCode,
  signInWithTemporaryCode,
  signOut,
  signUp,
  signedInAs,
  startBrowser,
  startServer,
  tamper,
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
  await reads(alice, "passkey", /Passkey added/);
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
  await picture(alice, "both-methods");

  await finishEnrolment(alice);
  await reads(alice, "sign-in", /Your account is ready/);
  await picture(alice, "ready-to-sign-in");

  // The code that confirmed the app is used up.
  bothSay(await signInWithCode(alice, "alice", first), "otp_replayed");
  await reads(alice, "sign-in", /That code was not accepted/);
  await picture(alice, "used-code-refused");

  // The next step's code is inside the window already, so nobody waits 30 seconds here.
  bothSay(await signInWithCode(alice, "alice", next), "accepted");
  await signedInAs(alice, "alice", /one factor/);
  await picture(alice, "signed-in-with-code");
  await signOut(alice);

  bothSay(await signInWithCode(alice, "alice", next), "otp_replayed");
  await reads(alice, "sign-in", /That code was not accepted/);

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

scenario("a security key without user verification is one factor", async (arrive) => {
  const bob = await arrive();
  await plugIn(bob, PLAIN_KEY);
  await signUp(bob, "bob");
  bothSay(await addPasskey(bob), "accepted");
  await finishEnrolment(bob);
  bothSay(await signInByName(bob, "bob"), "accepted");
  await signedInAs(bob, "bob", /one factor/);
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
  await reads(carol, "passkey", /Passkey added/);
  assert.equal(await carol.page.locator("#passkeys li").count(), 2);
  await finishEnrolment(carol);
  bothSay(await signInByName(carol, "carol"), "accepted");
  await signedInAs(carol, "carol", /one factor/);
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

  // What is no text at all is the client's mistake too, and costs no guess: six of them do not lock the account.
  for (const code of [undefined, null, 7, "", [next], { code: next }]) {
    const { status, verdict } = await postFrom(judy, "/api/sign-in/totp", { name: "judy", code });
    assert.equal(status, 401);
    assert.match(verdict.server.code, /_malformed$/);
  }
  bothSay(await signInWithCode(judy, "judy", wrong), "otp_rejected");
  bothSay(await signInWithCode(judy, "judy", "12345"), "otp_malformed");
  bothSay(await signInWithCode(judy, "judy", next), "accepted");
  await signedInAs(judy, "judy", /one factor/);
});

scenario("of two posts with one code, one signs in", async (arrive) => {
  const kim = await arrive();
  await signUp(kim, "kim");
  const [first, next] = oathtool(await beginTotp(kim));
  await confirmTotp(kim, first);
  await finishEnrolment(kim);
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => postFrom(kim, "/api/sign-in/totp", { name: "kim", code: next })),
  );
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
  for (let guess = 0; guess < 5; guess++) {
    const { verdict } = await postFrom(leo, "/api/sign-in/totp", {
      name: "leo",
      code: wrongCode(secret, guess * 1000),
    });
    assert.equal(verdict.server.code, "otp_rejected");
  }
  // Even the right code waits now.
  assert.equal((await signInWithCode(leo, "leo", oathtool(secret)[1])).server, "throttle_wait");
  await reads(leo, "sign-in", /Too many wrong codes. Try again in \d+ seconds?, or use another method/);
  await picture(leo, "too-many-codes");
  bothSay(await signInByName(leo, "leo"), "accepted");
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
  await reads(rosa, "sign-in", /That recovery code was not accepted/);
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
  const slip = code.replace(/.$/, (last) => (last === "7" ? "8" : "7"));
  assert.equal((await signInWithTemporaryCode(victor, "victor", slip)).server, "temporary_code_malformed");
  const newer = await issueTemporaryCode(admin, "victor", "24 hours");
  assert.equal((await signInWithTemporaryCode(victor, "victor", code)).server, "temporary_code_rejected");
  await reads(victor, "sign-in", /That temporary code was not accepted/);
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
  await admin.page.getByText("What happened to temporary codes").click();
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
  const answers = await Promise.all(
    Array.from({ length: 64 }, () => postFrom(sven, "/api/sign-in/recovery-code", { name: "sven", code: guess })),
  );
  const count = (code) => answers.filter(({ verdict }) => verdict?.server.code === code).length;
  assert.deepEqual([count("recovery_code_rejected"), count("throttle_wait")], [5, 59]);
  assert.equal((await signInWithRecoveryCode(sven, "sven", codes[0])).server, "throttle_wait");
  await reads(sven, "sign-in", /Too many wrong codes. Try again in \d+ seconds?, or use another method/);
  await picture(sven, "too-many-guesses");
  bothSay(await signInByName(sven, "sven"), "accepted");
  await signOut(sven);
  // Success with the passkey did not open the other door again.
  assert.equal((await signInWithRecoveryCode(sven, "sven", codes[0])).server, "throttle_wait");
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
    await nina.page.getByRole("button", { name: "Create account" }).click();
    await reads(nina, "sign-up", expected);
  }
  await picture(nina, "name-not-accepted");
  await askPasskeyByName(nina, "nobody");
  await reads(nina, "sign-in", /no passkey for that name/);
  assert.equal((await signInWithCode(nina, "nobody", "123456")).server, "totp_not_set_up");
  await reads(nina, "sign-in", /That code was not accepted/);
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
  assert.equal((await post({ ...json, Origin: origin }, '{"name":"oscar"}')).status, 200);

  const front = await fetch(origin);
  assert.match(front.headers.get("content-security-policy"), /default-src 'none'/);
  assert.doesNotMatch(front.headers.get("content-security-policy"), /unsafe-(inline|eval)'? *(;|$)/);
  assert.equal((await fetch(`${origin}/..%2fserver.py`)).status, 404);

  // Without a session there is nothing to add a method to.
  const nobody = await arrive();
  for (const path of ["/api/passkey/begin", "/api/totp/begin", "/api/totp/confirm"]) {
    assert.equal((await postFrom(nobody, path, { code: "123456" })).status, 401);
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
    const fits = async (view) => {
      const [needed, given] = await quentin.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(needed <= given, `${view} needs ${needed} of ${given} pixels`);
      await picture(quentin, `narrow-${colorScheme}-${view}`);
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
    bothSay(await signInUsernameless(quentin), "accepted");
    await signedInAs(quentin, name);
    await fits("account");
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
