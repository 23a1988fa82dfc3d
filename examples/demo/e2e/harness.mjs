// What the scenarios stand on: the demo's server on a free port with an empty database, headless Chromium with virtual
// authenticators (the DevTools protocol's WebAuthn domain), oathtool as the authenticator app, and a small runner.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { readQr } from "./qr.mjs";

const DEMO = fileURLToPath(new URL("..", import.meta.url));
const ROOT = path.resolve(DEMO, "../..");
const { chromium } = createRequire(path.join(ROOT, "bindings/ts/package.json"))("playwright-core");

const CHROMIUM_FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const PATIENCE = 15_000; // milliseconds: far more than a step takes even on a busy machine; a hang is a failure

const SCREENSHOTS = path.resolve(process.env.SCREENSHOTS ?? path.join(DEMO, "screenshots"));

// The server

const running = new Set();
process.once("exit", () => running.forEach((child) => child.kill())); // however this ends

/** `database`: that of a server that was stopped with `keep`; `clockOffset`: how many seconds later this one thinks it is. */
export async function startServer({ port = 0, database, clockOffset = 0 } = {}) {
  const folder = database ? path.dirname(database) : mkdtempSync(path.join(tmpdir(), "mfakit-demo-"));
  const file = path.join(folder, "demo.sqlite3");
  const venv = path.join(ROOT, ".tools/venv/bin/python");
  const python = process.env.PYTHON ?? (existsSync(venv) ? venv : "python3");
  const child = spawn(
    python,
    [path.join(DEMO, "server.py"), "--port", port, "--database", file, "--clock-offset", clockOffset].map(String),
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
    },
  );
  running.add(child);
  let complaints = "";
  child.stderr.on("data", (data) => (complaints += data));
  const origin = await new Promise((resolve, reject) => {
    createInterface(child.stdout).once("line", (line) => resolve(line.match(/http:\S+/)?.[0]));
    child.once("exit", (status) => reject(new Error(`the server ended with status ${status}:\n${complaints}`)));
    child.once("error", reject);
  });
  return {
    origin,
    database: file,
    complaints: () => complaints,
    stop: async ({ keep = false } = {}) => {
      child.removeAllListeners("exit");
      running.delete(child);
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill();
      await ended;
      if (!keep) rmSync(folder, { recursive: true, force: true });
    },
  };
}

// The browser

export async function startBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: CHROMIUM_FLAGS });
}

/** A person at a fresh browser, on the demo's first page. `problems` collects what the page must never do. */
export async function person(browser, origin, { host = "localhost", origin: _, ...options } = {}) {
  const context = await browser.newContext({
    viewport: { width: 1120, height: 900 },
    colorScheme: "light",
    ...options,
  });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    // A refused proof is answered with an HTTP status, which Chromium also logs; everything else is a mistake.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      problems.push(message.text());
  });
  page.on("request", (request) => {
    if (!/^(http:\/\/(localhost|127\.0\.0\.1):|data:|blob:)/.test(request.url()))
      problems.push(`fetched ${request.url()}`);
  });
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable", { enableUI: false });
  await page.goto(origin.replace("localhost", host));
  await page.getByRole("heading", { level: 1 }).waitFor();
  return { context, page, devtools, problems, origin };
}

export const PHONE = { transport: "internal", hasUserVerification: true, isUserVerified: true };
export const PLAIN_KEY = { transport: "usb", hasUserVerification: false, hasResidentKey: false };

/** Plugs an authenticator in, which keeps passkeys and is touched at once unless told otherwise. */
export async function plugIn({ devtools }, kind) {
  const options = {
    protocol: "ctap2",
    ctap2Version: "ctap2_1",
    hasResidentKey: true,
    automaticPresenceSimulation: true,
    ...kind,
  };
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
  return {
    options,
    unplug: () => devtools.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId }),
    touching: (enabled) => devtools.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled }),
    credentials: async () => (await devtools.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
  };
}

// What a person does

export const PASSWORD = "correct horse battery staple";

export async function signUp({ page }, name, password = PASSWORD) {
  await page.getByLabel("Choose a user name").fill(name);
  await page.getByLabel("Choose a password").fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { name: `Protect your account, ${name}` }).waitFor();
}

/** Registers a passkey or a key, and then names it; without a name, it keeps the one that it was given. */
export async function addPasskey(who, name) {
  const verdicts = await proof(who, () => who.page.getByRole("button", { name: /^Add (a|another) passkey/ }).click());
  if (verdicts.server === "accepted") await answerName(who, name);
  return verdicts;
}

export async function answerName({ page }, name) {
  await page.locator("#name-dialog[open]").waitFor();
  if (name) await page.locator("#method-name").fill(name);
  await page.getByRole("button", { name: name ? "Save the name" : "Leave it" }).click();
  await page.locator("#name-dialog:not([open])").waitFor({ state: "hidden" });
}

/** Sets the app up, as far as the QR code. Returns the secret as the page's text alternative has it. */
export async function beginTotp({ page }) {
  await page.getByRole("button", { name: /^Set up an/ }).click();
  await page.getByText("Cannot scan it?").click();
  return (await page.locator("#totp-key").innerText()).replaceAll(" ", "");
}

export const confirmTotp = (who, code) =>
  proof(who, async () => {
    await who.page.getByLabel("Enter the code that the app shows").fill(code);
    await who.page.getByRole("button", { name: "Confirm" }).click();
  });

export async function finishEnrolment({ page }) {
  await page.getByRole("button", { name: "Done: sign in now" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
}

export async function signOut({ page }) {
  await page.locator("#sign-out").click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
}

export async function typePassword({ page }, name, password = PASSWORD) {
  await page.getByLabel("User name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** As far as the choice of a method; whoever stands there already goes on from there. */
export async function giveName(who, name) {
  const { page } = who;
  if (await page.locator("#view-prove").isVisible()) return;
  await typePassword(who, name);
  await page.getByRole("heading", { name: "Prove that it is you" }).waitFor();
}

async function prove(who, name, method, box, code) {
  await giveName(who, name);
  return proof(who, async () => {
    await who.page.getByRole("radio", { name: method }).check();
    if (box) await who.page.getByRole("textbox", { name: box }).fill(code);
    await who.page.getByRole("button", { name: "Continue" }).click();
  });
}

export const signInWithCode = (who, name, code) => prove(who, name, "Authenticator code", "Six-digit code", code);

/** Makes recovery codes and returns what the page shows of them, the text file included. */
export async function makeRecoveryCodes({ page }) {
  await page.getByRole("button", { name: /recovery codes$/ }).click();
  await page.getByText("Save them now.").waitFor();
  const codes = await page.locator("#recovery-list li").allInnerTexts();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Save as a text file" }).click(),
  ]);
  const file = { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
  return { codes, file };
}

export const signInWithRecoveryCode = (who, name, code) => prove(who, name, "Recovery code", "Recovery code", code);

/** The administrator's page. Returns the code that it shows. */
export async function issueTemporaryCode({ page }, name, hours = "1 hour") {
  await page.getByLabel("Whose account").fill(name);
  await page.getByLabel("Good for").selectOption(hours);
  await page.getByRole("button", { name: "Issue a temporary code" }).click();
  await page.locator("#issued-code").waitFor();
  return page.locator("#issued-text").innerText();
}

export const signInWithTemporaryCode = (who, name, code) => prove(who, name, "Temporary code", "Temporary code", code);

/** The second factor after a password, which may be a key that checks nobody. */
export const signInWithKey = (who, name) => prove(who, name, "Passkey or security key");

/** The API key that the page shows, this once, and when it says that it ends. */
export async function apiKey({ page }) {
  await page.locator("#new-key").waitFor();
  return [await page.locator("#key-text").innerText(), await page.locator("#key-until").innerText()];
}

/** A site of its own, as far as its administrator's page: what they decide there counts for nobody else's scenario. */
export async function ownSite(arrive, run) {
  const server = await startServer();
  const newcomer = () => arrive({ origin: server.origin });
  try {
    const admin = await newcomer();
    await plugIn(admin, PHONE);
    await signUp(admin, "admin");
    await addPasskey(admin);
    await finishEnrolment(admin);
    await signInByName(admin, "admin");
    await admin.page.getByRole("heading", { name: "Run the site" }).waitFor();
    await run({ admin, newcomer });
    assert.equal(server.complaints(), "");
  } finally {
    await server.stop();
  }
}

/** The administrator looks a person up and changes their rights and exceptions. */
export async function standing({ page }, name, { rights = [], waiver = false, exemption = "" }) {
  await page.locator("#whose").fill(name);
  await page.getByRole("button", { name: "Look up" }).click();
  await page.locator(`#standing[data-name="${name}"]:visible`).waitFor();
  for (const box of await page.locator("#standing input[name=right]").all()) await box.uncheck();
  for (const right of rights) await page.locator("#standing").getByLabel(right).check();
  await page.locator("#standing input[name=waiver]").setChecked(waiver);
  await page.locator("#exemption").fill(exemption);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.locator("[data-for=standing]", { hasText: "Saved." }).waitFor();
}

/** A tab of another browser, as a telephone is another machine, becomes the person's approval device. Returns its page. */
export async function addDevice({ page }, name, arrive) {
  await page.getByRole("button", { name: "Add an approval device" }).click();
  const link = page.getByRole("link", { name: "Open the device's page" });
  await link.waitFor();
  const device = (await arrive()).page;
  await device.goto(await link.getAttribute("href"));
  await device.getByRole("button", { name: "Approve sign-ins on this device" }).click();
  await device.getByRole("heading", { name: "Compare" }).waitFor();
  const check = await device.locator("#check").innerText();
  await page.getByText(`Is it ${check}?`).waitFor();
  await page.getByRole("button", { name: "Yes, add it" }).click();
  await device.getByRole("heading", { name: "Ready" }).waitFor();
  await answerName({ page }, name);
  return device;
}

/** What the single sign-on page makes of claims. */
export async function fillClaims({ page }, { claims, text, saml, rights = [], enrolled = [], maxAge = "" }, { refused } = {}) {
  await page.locator("#sso").evaluate((form) => form.reset());
  await page.getByRole("radio", { name: saml ? "SAML" : "OpenID Connect" }).check();
  await page.locator("#claims").fill(text ?? saml ?? JSON.stringify(claims));
  for (const value of [...rights, ...enrolled]) await page.locator(`#sso input[value="${value}"]`).check();
  if (maxAge) await page.locator("#max-age").fill(String(maxAge));
  await page.locator("#result").evaluate((result) => (result.hidden = true));
  await page.getByRole("button", { name: "Classify and decide" }).click();
  await page.locator(refused ? "[data-for=sso].error" : "#result").waitFor();
}

/** The command line's side of the server, without the command line. */
export async function cli({ origin }, method, path, { token, code, body } = {}) {
  const reply = await fetch(`${origin}/api/cli/${path}`, {
    method,
    headers: {
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(code && { "Mfakit-Two-Factor-Code": code }),
      ...(body && { "Content-Type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return {
    status: reply.status,
    required: reply.headers.get("mfakit-two-factor-required"),
    body: await reply.json(),
  };
}

export async function askPasskeyByName({ page }, name) {
  if (await page.locator("#sign-in-name").isVisible()) {
    await page.getByLabel("User name", { exact: true }).fill(name);
    await page.getByRole("button", { name: "Next" }).click();
  }
  await page.getByRole("button", { name: "Use a passkey instead of the password" }).click();
}

/** A passkey in the place of the password. */
export const signInByName = (who, name) => proof(who, () => askPasskeyByName(who, name));

export const signInUsernameless = (who) => proof(who, () => askPasskey(who));

export async function askPasskey({ page }) {
  if (await page.locator("#sign-in-password").isVisible()) await page.getByRole("button", { name: "Not you?" }).click();
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
}

/** Does something that ends in a proof, and returns what the page then shows under the hood. */
export async function proof({ page }, act) {
  const entries = page.locator("#log > li");
  const before = await entries.count();
  await act();
  await page.waitForFunction((count) => document.querySelectorAll("#log > li").length > count, before);
  const entry = entries.first();
  return {
    server: await entry.locator("[data-side=server]").getAttribute("data-verdict"),
    local: await entry.locator("[data-side=local]").getAttribute("data-verdict"),
    agreement: await entry.locator(".agreement").innerText(),
  };
}

/** Both halves said the same: the server through Python, and the page through WebAssembly. */
export function bothSay(verdicts, expected) {
  assert.deepEqual(verdicts, { server: expected, local: expected, agreement: "Both halves agree." });
}

export async function signedInAs({ page }, name, how) {
  await page.getByRole("heading", { name: `Signed in as ${name}` }).waitFor();
  if (how) assert.match(await page.locator("#account-lead").innerText(), how);
}

/** The words that a person reads; a code or a name of an exception among them would be a leak. */
export async function reads({ page }, where, expected) {
  const message = page.locator(`[data-for="${where}"]`);
  await page.waitForFunction((selector) => document.querySelector(selector).textContent, `[data-for="${where}"]`);
  const text = await message.innerText();
  assert.match(text, expected);
  assert.doesNotMatch(text, /[a-z]_[a-z]|Error|undefined|null/, "an error code is shown to the person");
  return text;
}

/** Makes the browser's answers to this page's prompts pass through `change`, as an attacker's script or proxy would. */
export async function tamper({ page }, change, argument) {
  // As source text: the page's own Content-Security-Policy forbids it to make functions out of strings.
  await page.evaluate(`{
    const original = (PublicKeyCredential.prototype.untampered ??= PublicKeyCredential.prototype.toJSON);
    const change = ${change};
    PublicKeyCredential.prototype.toJSON = function () {
      return change(original.call(this), ${JSON.stringify(argument)});
    };
  }`);
}

/** The next request to a path, as sent: {ceremony, response}. */
export async function nextPost({ page }, suffix) {
  return (await page.waitForRequest((request) => request.url().endsWith(suffix))).postDataJSON();
}

/** A post from the page itself, with its cookies and origin. */
export async function postFrom({ page }, path, body) {
  return page.evaluate(
    async ([to, value]) => {
      const reply = await fetch(to, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(value),
      });
      return { status: reply.status, ...(await reply.json()) };
    },
    [path, body],
  );
}

export const meOf = ({ page }) => page.evaluate(async () => (await (await fetch("/api/me")).json()).person);

// The authenticator app

/** The code of this step and of the next one, both of which a server accepts once. */
export function oathtool(secret, { now = new Date(), steps = 2 } = {}) {
  const flags = [
    "--totp",
    "--base32",
    `--window=${steps - 1}`,
    `--now=${now.toISOString().slice(0, 19).replace("T", " ")} UTC`,
  ];
  // The key goes by standard input: a command line can be read by everybody on the machine.
  return execFileSync("oathtool", [...flags, "-"], { input: secret + "\n", encoding: "utf8" })
    .trim()
    .split("\n");
}

/** Six digits that are no code of this secret for some minutes around now. */
export function wrongCode(secret, start = 0) {
  const right = oathtool(secret, { now: new Date(Date.now() - 300_000), steps: 20 });
  for (let guess = start; ; guess++) {
    const code = String(guess).padStart(6, "0");
    if (!right.includes(code)) return code;
  }
}

export async function scanQr({ page, context }) {
  await page.locator("#qr").scrollIntoViewIfNeeded();
  const { x, y, width, height } = await page.locator("#qr").boundingBox();
  // Without the picture's rounded corners, behind which a dark page shows.
  const clip = { x: x + 8, y: y + 8, width: width - 16, height: height - 16 };
  const png = (await page.screenshot({ clip })).toString("base64");
  const other = await context.newPage(); // the demo's own page may not decode pictures from scripts
  try {
    const image = await other.evaluate(async (data) => {
      const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      canvas.drawImage(bitmap, 0, 0);
      return {
        width: bitmap.width,
        height: bitmap.height,
        data: [...canvas.getImageData(0, 0, bitmap.width, bitmap.height).data],
      };
    }, png);
    return readQr(image);
  } finally {
    await other.close();
  }
}

// Pictures

/** One file a state: the scenario's number, the picture's within it, and a name. */
export async function picture(someone, name) {
  const number = `${someone.scenario}-${String(++someone.story.pictures).padStart(2, "0")}`;
  const fullPage = (await someone.page.locator("dialog[open]").count()) === 0; // a dialog covers what is on the screen
  const png = await someone.page.screenshot({ fullPage, animations: "disabled" });
  writeFileSync(path.join(SCREENSHOTS, `${number}-${name}.webp`), await asWebp(someone, png));
}

/** A quarter of the size, which is what a repository keeps; Chromium itself encodes it. */
async function asWebp({ context }, png) {
  const browser = context.browser();
  const page = await (encoders.get(browser) ?? encoders.set(browser, browser.newPage()).get(browser));
  const webp = await page.evaluate(async (data) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.7 });
    return btoa(Array.from(new Uint8Array(await blob.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(""));
  }, png.toString("base64"));
  return Buffer.from(webp, "base64");
}

const encoders = new Map(); // a blank page for each browser

// The runner

const AT_ONCE = 3; // a scenario mostly waits for a page: this many keep two cores busy

const scenarios = [];

export function scenario(name, run) {
  scenarios.push({ name, run, number: String(scenarios.length + 1).padStart(2, "0") });
}

/** Runs every scenario, each with people of its own, and returns the number of failures. */
export async function runScenarios(world, only) {
  mkdirSync(SCREENSHOTS, { recursive: true });
  for (const file of readdirSync(SCREENSHOTS)) {
    if (!only && /^\d\d-\d\d-.*\.(png|webp)$/.test(file)) rmSync(path.join(SCREENSHOTS, file)); // an earlier run's
  }
  const waiting = scenarios.filter(({ name }) => !only || name.includes(only));
  const results = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next; (next = waiting.shift());) results.push(await runScenario(world, next));
    }),
  );
  if (world.server.complaints()) {
    console.log(`FAILED  the server reported errors\n${world.server.complaints()}`);
    results.push(false);
  }
  console.log(`screenshots are in ${path.relative(process.cwd(), SCREENSHOTS) || "."}`);
  const passed = results.filter(Boolean).length;
  const failed = results.length - passed;
  console.log(`${passed} passed, ${failed} failed`);
  return failed || (passed === 0 ? 1 : 0);
}

async function runScenario(world, { name, run, number }) {
  const people = [];
  const story = { pictures: 0 };
  const arrive = async (options) => {
    const origin = options?.origin ?? world.origin;
    const someone = { ...(await person(world.browser, origin, options)), scenario: number, story };
    people.push(someone);
    return someone;
  };
  const started = performance.now();
  try {
    await run(arrive, world);
    for (const { problems } of people) assert.deepEqual(problems, [], "the page reported errors");
    console.log(`ok      ${name} (${Math.round(performance.now() - started)} ms)`);
    return true;
  } catch (error) {
    console.log(`FAILED  ${name}\n${String(error.stack ?? error).replace(/^/gm, "        ")}`);
    for (const someone of people) await picture(someone, "failed").catch(() => {});
    return false;
  } finally {
    for (const { context } of people) await context.close();
  }
}
