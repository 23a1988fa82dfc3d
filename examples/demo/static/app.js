// The page: what a person sees and does. The two calls that matter are register() and authenticate() of mfakit/client,
// which hand the server's options to the browser's passkey prompt and give back the JSON to post.

import { authenticate, register } from "mfakit/client";
import { recheck, rememberConfirmed, rememberPending, rememberRecord } from "/local.js";

const $ = (id) => document.getElementById(id);

let me = { person: null };

// Signing up and out

onSubmit("sign-up", "sign-up", async (form) => {
  await post("/api/sign-up", { name: form.get("name") });
  await refresh({ focus: true });
});

onClick("sign-out", null, leave);
onClick("finish-enrolment", null, async () => {
  const { name, passkeys } = me.person;
  await leave();
  $("name").value = name;
  chooseMethod(passkeys.length ? "passkey" : "totp");
  say("sign-in", "Your account is ready. Sign in with a method you added.");
});

async function leave() {
  await post("/api/sign-out", {});
  await refresh({ focus: true });
}

// Adding methods

onClick("add-passkey", "passkey", async () => {
  const { ceremony, options } = await post("/api/passkey/begin", {});
  const response = await prompting("Follow your device's steps to make a passkey.", (signal) =>
    register(options, { signal }),
  );
  const answer = await postProof("/api/passkey/finish", { ceremony, response });
  await refresh();
  say("passkey", answer.message);
});

onClick("begin-totp", "totp", async () => {
  const { secret, uri, qr } = await post("/api/totp/begin", {});
  rememberPending(me.person.name, secret);
  $("qr").src = `data:image/svg+xml,${encodeURIComponent(qr)}`;
  $("totp-key").textContent = secret.replace(/.{4}(?=.)/g, "$& ");
  $("totp-uri").href = uri;
  $("begin-totp").hidden = true;
  $("totp-setup").hidden = false;
  $("first-code").focus();
});

onSubmit("confirm-totp", "totp", async (form) => {
  const answer = await postProof("/api/totp/confirm", { code: form.get("code") }, me.person.name);
  rememberConfirmed(me.person.name);
  $("confirm-totp").reset();
  forgetSetup();
  await refresh();
  say("totp", `${answer.message} The code you just typed is used up; the next one works.`);
  $("totp-card").querySelector("h2").focus();
});

onClick("make-recovery-codes", "recovery", async () => {
  const { codes, text, record, userId } = await post("/api/recovery-codes", {});
  rememberRecord(me.person.name, { record, userId });
  await refresh();
  $("recovery-list").replaceChildren(...codes.map((code) => textElement("li", code)));
  $("save-recovery-codes").href = `data:text/plain;charset=utf-8,${encodeURIComponent(text)}`;
  $("recovery-codes").hidden = false;
  $("make-recovery-codes").hidden = true;
  $("recovery-card").querySelector("h2").focus();
});

onClick("hide-recovery-codes", "recovery", async () => {
  forgetRecoveryCodes();
  await refresh();
  say("recovery", "Your recovery codes are ready. They replace any earlier ones.");
});

function forgetRecoveryCodes() {
  $("recovery-list").replaceChildren();
  $("save-recovery-codes").removeAttribute("href");
  $("recovery-codes").hidden = true;
}

// Signing in

onClick("passkey-discover", "sign-in", () => signInWithPasskey());

onSubmit("sign-in", "sign-in", async (form) => {
  const [method, name] = [form.get("method"), form.get("name")];
  if (method === "passkey") return signInWithPasskey(name);
  if (method === "recovery") await postProof("/api/sign-in/recovery-code", { name, code: form.get("recovery") }, name);
  else if (method === "temporary")
    await postProof("/api/sign-in/temporary-code", { name, code: form.get("temporary") }, name);
  else await postProof("/api/sign-in/totp", { name, code: form.get("code") }, name);
  await refresh({ focus: true });
});

async function signInWithPasskey(name) {
  const { ceremony, options } = await post("/api/sign-in/passkey/begin", name === undefined ? {} : { name });
  const response = await prompting("Follow your device's steps to use your passkey.", (signal) =>
    authenticate(options, { signal }),
  );
  await postProof("/api/sign-in/passkey/finish", { ceremony, response });
  await refresh({ focus: true });
}

for (const radio of document.querySelectorAll("input[name=method]")) {
  radio.addEventListener("change", () => chooseMethod(radio.value));
}

function chooseMethod(method) {
  document.querySelector(`input[name=method][value=${method}]`).checked = true;
  $("code-field").hidden = method !== "totp";
  $("recovery-field").hidden = method !== "recovery";
  $("temporary-field").hidden = method !== "temporary";
}

// The administrator's page

onSubmit("issue-temporary-code", "admin", async (form) => {
  hideIssuedCode(); // before the next one is there
  const body = { name: form.get("name"), hours: Number(form.get("hours")) };
  const { name, code, expiresAt } = await post("/api/admin/temporary-code", body);
  await refresh();
  $("issued-text").textContent = code;
  $("issued-until").textContent = `Signs ${name} in until ${moment(expiresAt)}.`;
  $("issued-code").hidden = false;
  $("admin-card").querySelector("h2").focus();
});

onClick("revoke-temporary-code", "admin", async () => {
  const answer = await post("/api/admin/temporary-code/revoke", { name: $("locked-out").value });
  await refresh();
  say("admin", answer.message);
});

function hideIssuedCode() {
  $("issued-code").hidden = true;
  $("issued-text").textContent = "";
}

function showAdministration({ administrator, audit = [] }) {
  $("admin-card").hidden = !administrator;
  hideIssuedCode();
  $("audit-list").replaceChildren(
    ...audit.map(({ at, name, event, by }) =>
      textElement("li", `${moment(at)}: ${name}'s code was ${event} by ${by}`),
    ),
  );
}

// The browser's prompt

// What the browser's half may answer, in words for the person.
const CLOSED = "The passkey prompt was closed or timed out. Nothing has changed; try again when you are ready.";
const PROMPT_PROBLEMS = {
  cancelled: CLOSED,
  aborted: CLOSED,
  timeout: CLOSED,
  already_registered: "This device already holds a passkey for this account.",
  not_supported: "This browser or device cannot use passkeys here.",
  not_allowed_here: "Passkeys do not work at this address. Open the page by its name, localhost.",
};

async function prompting(text, run) {
  const abort = new AbortController();
  const before = document.activeElement;
  $("waiting-text").textContent = text;
  $("waiting").hidden = false;
  $("cancel").onclick = () => abort.abort();
  $("cancel").focus();
  try {
    return await run(abort.signal);
  } catch (error) {
    throw new Problem(PROMPT_PROBLEMS[error.code] ?? "The browser could not use a passkey. Please try again.");
  } finally {
    $("waiting").hidden = true;
    before?.focus();
  }
}

// Talking to the server

// A failure that is words for the person, and nothing more.
class Problem extends Error {}

async function send(path, body) {
  let reply;
  try {
    reply = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Problem("The server cannot be reached. Is it still running?");
  }
  return reply.json();
}

async function post(path, body) {
  const answer = await send(path, body);
  if (answer.error) throw new Problem(answer.error);
  return answer;
}

// A post whose answer is a verdict: it is checked again here and written to the log, whatever it was.
async function postProof(path, body, name) {
  const answer = await send(path, body);
  if (answer.verdict) {
    const local = await recheck(answer.verdict, me.relyingParty, { ...body, name }).catch((error) => {
      console.error(error);
      return { skipped: "WebAssembly could not be used in this browser." };
    });
    writeEntry(answer.verdict, local);
  }
  if (answer.error) throw new Problem(answer.error);
  return answer;
}

// Showing

async function refresh({ focus = false } = {}) {
  me = await (await fetch("/api/me")).json();
  const { person } = me;
  clearMessages();
  $("view-welcome").hidden = Boolean(person);
  $("view-account").hidden = !person;
  $("who").hidden = $("sign-out").hidden = !person;
  if (person) showAccount(person);
  else resetWelcome();
  document.title = person ? `${person.name} · mfakit demo` : "Sign in · mfakit demo";
  if (focus) (person ? $("account-title") : document.querySelector("#view-welcome h1")).focus();
}

function forgetSetup() {
  $("totp-setup").hidden = true;
  $("totp-key").textContent = "";
  $("qr").removeAttribute("src");
  $("totp-uri").removeAttribute("href");
}

function resetWelcome() {
  forgetRecoveryCodes();
  forgetSetup();
  hideIssuedCode();
  for (const form of ["sign-in", "sign-up", "confirm-totp", "issue-temporary-code"]) $(form).reset();
  chooseMethod("totp");
}

function showAccount(person) {
  const enrolling = person.session === "enrolling";
  const methods = person.passkeys.length + (person.totp ? 1 : 0);
  $("who").textContent = enrolling ? `Setting up ${person.name}` : person.name;
  $("sign-out").textContent = enrolling ? "Leave" : "Sign out";
  $("account-title").textContent = enrolling ? `Protect your account, ${person.name}` : `Signed in as ${person.name}`;
  $("account-lead").textContent = enrolling
    ? "Add at least one way to prove that it is you. A passkey is the safest."
    : howSignedIn(person);

  $("no-backup").hidden = methods !== 1;
  $("enrolment-end").hidden = !(enrolling && methods > 0);

  $("passkey-tag").textContent = person.passkeys.length ? "on" : "recommended";
  $("passkey-tag").classList.toggle("on", person.passkeys.length > 0);
  $("add-passkey").textContent = person.passkeys.length ? "Add another passkey" : "Add a passkey";
  $("add-passkey").classList.toggle("primary", !person.passkeys.length);
  $("passkeys").replaceChildren(
    ...person.passkeys.map((passkey, index) => {
      const item = document.createElement("li");
      const used = passkey.usedAt ? `last used ${moment(passkey.usedAt)}` : "not used yet";
      item.append(textElement("strong", `Passkey ${index + 1}`), ` added ${moment(passkey.createdAt)}, ${used}`);
      return item;
    }),
  );

  $("totp-tag").textContent = person.totp ? "on" : "";
  $("totp-tag").classList.toggle("on", person.totp);
  $("begin-totp").hidden = (person.totp && enrolling) || !$("totp-setup").hidden;
  $("begin-totp").textContent = person.totp ? "Set up another app in its place" : "Set up an app";
  showAdministration(person);

  const left = person.recoveryCodes;
  $("recovery-card").hidden = methods === 0;
  $("recovery-tag").textContent = left === null ? "" : `${left} left`;
  $("recovery-tag").classList.toggle("on", left > 3);
  $("make-recovery-codes").hidden = !$("recovery-codes").hidden;
  $("make-recovery-codes").textContent = left === null ? "Make recovery codes" : "Replace the recovery codes";
}

function howSignedIn({ method, userVerified }) {
  if (method === "recovery_code")
    return "With a recovery code. If your phone or key is gone for good, add a new one now, and replace these codes soon.";
  if (method === "admin_code")
    return "With a temporary code. Add a method of your own now: the code ends soon.";
  if (method === "totp") return "With an authenticator code: one factor, something you have.";
  return userVerified
    ? "With a passkey that checked it was you: two factors, something you have and its PIN, finger or face."
    : "With a passkey that was only touched: one factor, something you have. On its own it should follow a first factor.";
}

function say(where, text, { error = false } = {}) {
  const message = document.querySelector(`[data-for="${where}"]`);
  message.classList.toggle("error", error);
  message.textContent = text;
  message.scrollIntoView({ block: "nearest" });
}

function clearMessages() {
  for (const message of document.querySelectorAll(".message")) message.textContent = "";
}

// The log under the hood

const OPERATIONS = {
  passkey_registration: "Passkey added",
  passkey_sign_in: "Passkey sign-in",
  totp_confirmation: "Authenticator app confirmed",
  totp_sign_in: "Authenticator code sign-in",
  recovery_code_sign_in: "Recovery code sign-in",
  temporary_code_sign_in: "Temporary code sign-in",
  "/api/passkey/finish": "Passkey added",
  "/api/sign-in/passkey/finish": "Passkey sign-in",
  "/api/totp/confirm": "Authenticator app confirmed",
  "/api/sign-in/totp": "Authenticator code sign-in",
  "/api/sign-in/recovery-code": "Recovery code sign-in",
  "/api/sign-in/temporary-code": "Temporary code sign-in",
};

// The rest of a log entry, in this order, with what each is.
const FACTS = [
  ["detail", "Meaning"],
  ["kind", "Kind of refusal"],
  ["step", "Step of the specification"],
  ["prev", "State before, compared"],
  ["next", "State after, stored"],
  ["timeStep", "Time step of the code"],
  ["drift", "Steps that the app's clock is ahead"],
  ["left", "Uses left"],
  ["used", "Codes used before, as a bit mask"],
  ["userVerified", "User verified by the authenticator"],
  ["counter", "Signature counter"],
  ["record", "Stored record"],
  ["operation", "Check repeated in this page"],
  ["challenge", "Challenge"],
  ["userHandle", "User handle"],
  ["allowed", "Allowed"],
  ["now", "Server's clock, in seconds"],
  ["lastStep", "Last step used"],
];

function writeEntry({ operation, server, check }, local) {
  const entry = $("entry").content.cloneNode(true).firstElementChild;
  const now = new Date();
  entry.querySelector("h3").textContent = OPERATIONS[operation] ?? operation;
  entry.querySelector("time").textContent = now.toLocaleTimeString();
  entry.querySelector("time").dateTime = now.toISOString();
  showVerdict(entry.querySelector("[data-side=server]"), server);
  showVerdict(entry.querySelector("[data-side=local]"), local);

  const agreement = entry.querySelector(".agreement");
  if (local.skipped) agreement.textContent = local.skipped;
  else {
    // Equal means all of it: the verdict, its code, and the very text or number to be stored.
    const same =
      server.accepted === local.accepted && server.code === local.code && String(server.next) === String(local.next);
    agreement.textContent = same ? "Both halves agree." : "The two halves differ: this is a bug in mfakit.";
    agreement.classList.add(same ? "same" : "different");
  }

  const { allow, record, ...inputs } = { ...check, ...server };
  const facts = {
    ...inputs,
    record: record === server.prev ? null : record,
    allowed: allow && `${allow.length} passkey(s) of this account`,
  };
  for (const [name, label] of FACTS) {
    if (facts[name] === null || facts[name] === undefined) continue;
    entry.querySelector(".facts").append(textElement("dt", label), textElement("dd", String(facts[name])));
  }
  $("log").prepend(entry);
  $("hood-empty").hidden = true;
}

function showVerdict(element, { accepted, code, kind, skipped }) {
  const verdict = skipped ? "not checked" : accepted ? "accepted" : code;
  element.dataset.verdict = verdict;
  element.classList.add(skipped ? "skipped" : accepted ? "good" : "bad");
  element
    .querySelector("dd")
    .append(codeElement(verdict), textElement("span", skipped || accepted ? "" : (kind ?? "refused")));
}

// A long code may break after an underscore, and nowhere else.
function codeElement(code) {
  const element = document.createElement("strong");
  element.append(...code.split(/(?<=_)/).flatMap((part) => [part, document.createElement("wbr")]));
  return element;
}

function textElement(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

function moment(seconds) {
  return new Date(seconds * 1000).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

// Wiring

function onSubmit(id, where, action) {
  $(id).addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const empty = [...form.elements].find(
      (element) => element.matches("input:not([type=radio])") && !element.value && element.offsetParent,
    );
    if (empty) {
      say(where, `${empty.labels[0].textContent}: please fill this in.`, { error: true });
      empty.focus();
      return;
    }
    run(where, form.querySelector("[type=submit]"), async () => {
      try {
        await action(new FormData(form));
      } catch (error) {
        for (const code of form.querySelectorAll(".code")) if (code.offsetParent) code.select(); // so that typing replaces the refused code
        throw error;
      }
    });
  });
}

function onClick(id, where, action) {
  $(id).addEventListener("click", (event) => run(where, event.currentTarget, action));
}

// One action at a time; its button says that it is busy, and every failure ends as words on the page.
async function run(where, button, action) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  clearMessages();
  try {
    await action();
  } catch (error) {
    if (!(error instanceof Problem)) console.error(error);
    const text =
      error instanceof Problem ? error.message : "Something went wrong in this page. Reload it and try again.";
    say(where ?? (me.person ? "passkey" : "sign-in"), text, { error: true });
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

await refresh();
if (location.hostname !== me.relyingParty.id) {
  $("right-address").href = me.relyingParty.origins[0];
  $("wrong-address").hidden = false;
}
