// What every page of the demo shares: who is here, talking to the server, and showing what came of it.

export const $ = (id) => document.getElementById(id);

// Who is here

let me = { person: null };
const listeners = [];

export const person = () => me.person;
export const relyingParty = () => me.relyingParty;

/** Calls `show(person, {focus})` whenever the page has asked who is here. */
export function onRefresh(show) {
  listeners.push(show);
}

export async function refresh({ focus = false } = {}) {
  me = await (await fetch("/api/me")).json();
  const name = me.person?.name;
  $("who").textContent = me.person?.view === "enrol" ? `Setting up ${name}` : (name ?? "");
  $("sign-out").textContent = me.person?.view === "account" ? "Sign out" : "Leave";
  $("who").hidden = $("sign-out").hidden = !name;
  clearMessages();
  for (const show of listeners) show(me.person, { focus });
}

export async function leave() {
  await post("/api/sign-out", {});
  await refresh({ focus: true });
}

// Talking to the server

// A failure that is words for the person, and nothing more.
export class Problem extends Error {}

export async function send(path, body) {
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

export async function post(path, body) {
  const answer = await send(path, body);
  if (answer.error) throw new Problem(answer.error);
  return answer;
}

// Showing

export function say(where, text, { error = false } = {}) {
  const message = document.querySelector(`[data-for="${where}"]`);
  message.classList.toggle("error", error);
  message.textContent = text;
  message.scrollIntoView({ block: "nearest" });
}

export function clearMessages() {
  for (const message of document.querySelectorAll(".message")) message.textContent = "";
}

export function textElement(tag, text, className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = className;
  return element;
}

/** A definition list out of [label, value] pairs; what has no value is left out. */
export function fillFacts(list, facts) {
  list.replaceChildren(
    ...facts
      .filter(([, value]) => value !== null && value !== undefined && value !== "")
      .flatMap(([label, value]) => [textElement("dt", label), textElement("dd", String(value))]),
  );
}

export function moment(seconds) {
  return new Date(seconds * 1000).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

export const KINDS = {
  security_key: "security key",
  built_in_authenticator: "built-in authenticator",
  synced_passkey: "synced passkey",
  device_bound_passkey: "device-bound passkey",
  totp: "authenticator app",
  hotp: "counter-based token",
  push_approval: "approval device",
  recovery_code: "recovery code",
  admin_code: "temporary code",
  support_code: "code from support",
  sms: "code by SMS",
  email: "code by e-mail",
  phone: "code by telephone",
  delivered_code: "code that was sent",
  password: "password",
};

export const kinds = (list) => list.map((kind) => KINDS[kind] ?? kind).join(", ");

// Wiring

export function onSubmit(id, where, action) {
  $(id).addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const empty = [...form.elements].find(
      (element) =>
        element.matches("input:not([type=radio]):not([type=checkbox]):not([data-optional])") &&
        !element.value &&
        element.offsetParent,
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
        // So that typing replaces the refused code.
        for (const code of form.querySelectorAll(".code")) if (code.offsetParent) code.select();
        throw error;
      }
    });
  });
}

export function onClick(id, where, action) {
  $(id).addEventListener("click", (event) => run(where, event.currentTarget, action));
}

// One action at a time; its button says that it is busy, and every failure ends as words on the page.
export async function run(where, button, action) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  clearMessages();
  try {
    await action();
  } catch (error) {
    if (!(error instanceof Problem)) console.error(error);
    const text =
      error instanceof Problem ? error.message : "Something went wrong in this page. Reload it and try again.";
    say(where, text, { error: true });
  } finally {
    button.removeAttribute("aria-disabled");
  }
}
