// The account: methods are added, named, replaced and removed here, and what the session knows is shown.

import { register } from "mfakit/client";
import { postProof } from "/hood.js";
import { rememberConfirmed, rememberPending, rememberRecord } from "/local.js";
import { prompting } from "/prompt.js";
import { leaveFor } from "/signin.js";
import {
  $,
  KINDS,
  fillFacts,
  kinds,
  moment,
  onClick,
  onSubmit,
  person,
  post,
  refresh,
  run,
  say,
  textElement,
} from "/page.js";

// The end of setting up

onClick("finish-enrolment", "account", () => leaveFor(person().name));
onClick("skip-enrolment", "account", async () => {
  await post("/api/sign-in/continue", {});
  await refresh({ focus: true });
});

// Passkeys and security keys

onClick("add-passkey", "passkey", async () => {
  const { ceremony, options } = await post("/api/passkey/begin", {});
  const response = await prompting("Follow your device's steps to make a passkey.", (signal) =>
    register(options, { signal }),
  );
  const answer = await postProof("/api/passkey/finish", { ceremony, response });
  await refresh();
  showKey(answer.apiKey);
  say("passkey", answer.message);
  await askName(answer.method, "passkey");
});

// The authenticator app

onClick("begin-totp", "totp", async () => {
  const { secret, uri, qr } = await post("/api/totp/begin", {});
  rememberPending(person().name, secret);
  $("qr").src = `data:image/svg+xml,${encodeURIComponent(qr)}`;
  $("totp-key").textContent = secret.replace(/.{4}(?=.)/g, "$& ");
  $("totp-uri").href = uri;
  $("begin-totp").hidden = true;
  $("replaces").hidden = !person().methods.some(({ kind }) => kind === "totp");
  $("totp-setup").hidden = false;
  $("first-code").focus();
});

onSubmit("confirm-totp", "totp", async (form) => {
  const answer = await postProof("/api/totp/confirm", { code: form.get("code") }, person().name);
  rememberConfirmed(person().name);
  $("confirm-totp").reset();
  forgetSetup();
  await refresh();
  showKey(answer.apiKey);
  say("totp", `${answer.message} The code you just typed is used up; the next one works.`);
  $("totp-card").querySelector("h2").focus();
});

function forgetSetup() {
  $("totp-setup").hidden = $("device-setup").hidden = true;
  $("totp-key").textContent = "";
  for (const picture of ["qr", "device-qr"]) $(picture).removeAttribute("src");
  for (const link of ["totp-uri", "device-link"]) $(link).removeAttribute("href");
}

// A device that approves

onClick("begin-device", "device", async () => {
  const { ceremony, link, qr } = await post("/api/device/begin", {});
  $("device-qr").src = `data:image/svg+xml,${encodeURIComponent(qr)}`;
  $("device-link").href = link;
  $("begin-device").hidden = true;
  $("device-setup").hidden = false;
  while (!$("device-setup").hidden) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const { check } = await post("/api/device/answered", { ceremony });
    if (!check) continue;
    forgetSetup();
    $("begin-device").hidden = false;
    // Whoever saw the link first could have answered: their device shows another number.
    const question = `Your device shows a number. Is it ${check}? If not, it is somebody else's.`;
    if (!(await confirmed(question, "Yes, add it", "No"))) return say("device", "Nothing was added.");
    const answer = await post("/api/device/confirm", { ceremony });
    await refresh();
    showKey(answer.apiKey);
    say("device", answer.message);
    await askName(answer.method, "device");
  }
});

// Recovery codes

onClick("make-recovery-codes", "recovery", async () => {
  const { codes, text, record, userId } = await post("/api/recovery-codes", {});
  rememberRecord(person().name, { record, userId });
  await refresh();
  $("recovery-list").replaceChildren(...codes.map((code) => textElement("li", code)));
  $("save-recovery-codes").href = `data:text/plain;charset=utf-8,${encodeURIComponent(text)}`;
  $("recovery-codes").hidden = false;
  $("make-recovery-codes").hidden = true;
  $("recovery-card").querySelector("h2").focus();
});

onClick("print-recovery-codes", "recovery", () => print());

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

// Names, and removing

async function askName(method, where) {
  $("method-name").value = method.name;
  if ((await ask("name-dialog")) !== "save" || !$("method-name").value.trim()) return;
  const answer = await post("/api/method/rename", { ...method, name: $("method-name").value });
  await refresh();
  say(where, answer.message);
}

async function removeMethod(method, where) {
  if (!(await confirmed(`Remove “${method.name}”? It will not sign you in any more.`, "Remove it"))) return;
  const answer = await post("/api/method/remove", method);
  await refresh();
  say(where, answer.message);
  showKey(answer.apiKey);
}

async function confirmed(text, yes, no = "Keep it") {
  $("confirm-text").textContent = text;
  $("confirm-yes").textContent = yes;
  $("confirm-no").textContent = no;
  return (await ask("confirm-dialog")) === "yes";
}

/** What the dialog was closed with; the browser gives the focus back by itself. */
function ask(id) {
  const dialog = $(id);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }));
}

function listOf(methods, where) {
  return methods.map((method) => {
    const item = document.createElement("li");
    const used = method.store === "totp" ? "" : method.usedAt ? `, last used ${moment(method.usedAt)}` : ", not used yet";
    const name = textElement("strong", "");
    name.append(textElement("bdi", method.name)); // a name may be written from right to left
    const button = (label, act) => {
      const element = textElement("button", label, "quiet");
      element.type = "button";
      element.setAttribute("aria-label", `${label} ${method.name}`);
      element.addEventListener("click", () => run(where, element, () => act(method, where)));
      return element;
    };
    const buttons = textElement("span", "", "buttons");
    buttons.append(button("Rename", askName));
    if (person().view === "account") buttons.append(button("Remove", removeMethod));
    item.append(name, textElement("span", ` ${KINDS[method.kind]}, added ${moment(method.createdAt)}${used}`), buttons);
    return item;
  });
}

// Password, key, and turning it off

onSubmit("change-password", "password", async (form) => {
  const answer = await post("/api/password", Object.fromEntries(form));
  $("change-password").reset();
  await refresh();
  showKey(answer.apiKey);
  say("password", answer.message);
});

onClick("rotate-key", "key", async () => {
  const { apiKey, message } = await post("/api/api-key", {});
  await refresh();
  showKey(apiKey);
  say("key", message);
});

/** Until the page asks anew: the key is nowhere else. */
function showKey(key) {
  if (!key) return;
  $("key-text").textContent = key.key;
  $("key-until").textContent = `It ends ${moment(key.expiresAt)}.`;
  $("new-key").hidden = false;
  $("key-card").hidden = false;
}

onSubmit("disable", "disable", async (form) => {
  if (!(await confirmed("Turn two-factor authentication off? Then your password alone signs you in.", "Turn it off")))
    return;
  const answer = await post("/api/two-factor/disable", { password: form.get("password") });
  $("disable").reset();
  await refresh({ focus: true });
  say("account", answer.message);
});

// Showing

export function showAccount(someone) {
  $("new-key").hidden = true;
  $("key-text").textContent = "";
  if (!someone) {
    forgetRecoveryCodes();
    forgetSetup();
    for (const form of ["confirm-totp", "change-password", "disable"]) $(form).reset();
    return;
  }
  const enrolling = someone.view === "enrol";
  $("account-title").textContent = enrolling ? `Protect your account, ${someone.name}` : `Signed in as ${someone.name}`;
  $("account-lead").textContent = enrolling ? whyEnrol(someone) : howSignedIn(someone.proven);
  showBanners(someone);
  showMethods(someone, enrolling);
  $("enrolment-end").hidden = !(enrolling && someone.methods.length > 0);
  $("enrolment-skip").hidden = !(enrolling && someone.skippable && !someone.methods.length);
  showSession(someone, enrolling);

  $("key-card").hidden = $("password-card").hidden = enrolling;
  $("key-tag").textContent = someone.apiKeyExpiresAt ? `ends ${moment(someone.apiKeyExpiresAt)}` : "none";
  $("disable-card").hidden = enrolling || !someone.methods.length;
}

function whyEnrol({ methods, session, decision }) {
  if (session.kind !== "enrolling" && methods.length)
    return `Your rights ask for more: ${decision.need.label}. Add a passkey or a security key, then use it.`;
  return "Add at least one way to prove that it is you. A passkey is the safest.";
}

function showMethods({ methods, recoveryCodes, enrollable }, enrolling) {
  const of = (store) => methods.filter((method) => method.store === store);
  for (const [list, card, store] of [
    ["passkeys", "passkey", "passkey"],
    ["apps", "totp", "totp"],
    ["devices", "device", "device"],
  ]) {
    $(list).replaceChildren(...listOf(of(store), card));
    $(`${card}-tag`).textContent = of(store).length ? "on" : card === "passkey" ? "recommended" : "";
    $(`${card}-tag`).classList.toggle("on", of(store).length > 0);
  }
  const [passkeys, apps] = [of("passkey").length, of("totp").length];
  $("add-passkey").textContent = passkeys ? "Add another passkey" : "Add a passkey";
  $("add-passkey").classList.toggle("primary", !passkeys);
  $("begin-totp").hidden = (apps && enrolling) || !$("totp-setup").hidden;
  $("begin-totp").textContent = apps ? "Set up another app in its place" : "Set up an app";
  $("begin-device").hidden = !$("device-setup").hidden;
  for (const [card, kind] of [
    ["totp-card", "totp"],
    ["device-card", "push_approval"],
    ["recovery-card", "totp"], // of the same tier
  ])
    $(card).querySelector(".not-enough").hidden = enrollable.includes(kind);

  $("recovery-card").hidden = methods.length === 0;
  $("recovery-tag").textContent = recoveryCodes === null ? "" : `${recoveryCodes} left`;
  $("recovery-tag").classList.toggle("on", recoveryCodes > 3);
  $("make-recovery-codes").hidden = !$("recovery-codes").hidden;
  $("make-recovery-codes").textContent = recoveryCodes === null ? "Make recovery codes" : "Replace the recovery codes";
}

const ADVICE = {
  no_backup: ["Add a second method.", "You have only one. If you lose it, you lose the account."],
  no_recovery_codes: ["Make recovery codes.", "They sign you in when every device is lost."],
  not_phishing_resistant: ["Add a passkey.", "A code can be typed into a false page; a passkey cannot."],
};

const BANNERS = {
  setting_off: [
    "Multi-factor authentication is not required yet.",
    "Turn the organisation's setting on; from then on it cannot be turned off.",
  ],
  sso_configured: [
    "Single sign-on is configured.",
    "Check that your identity provider sends signals that count: without one, people have to enrol here as well.",
  ],
  waiver_assigned: [
    "You have the waiver permission, and it exempts nobody any more.",
    "Only an exemption that support has approved does. Add a method now.",
  ],
};

function showBanners({ advice, banner }) {
  const show = (words, keys) =>
    keys
      .filter((key) => words[key])
      .map((key) => {
        const [strong, text] = words[key];
        const line = textElement("p", "", "banner");
        line.append(textElement("strong", strong), ` ${text}`);
        return line;
      });
  $("banners").replaceChildren(...show(BANNERS, banner));
  $("advice").replaceChildren(...show(ADVICE, advice));
}

function showSession({ session, proven, decision, rights }, enrolling) {
  $("session-card").hidden = enrolling;
  $("session-tier").textContent = proven.tier.label;
  $("session-end").textContent = session.endsAt
    ? `It ends ${moment(session.expiresAt)} unless you come back before, and ${moment(session.endsAt)} at the latest.`
    : "";
  fillFacts($("proven"), [
    ["Proven", kinds(proven.methods)],
    ["Factors", factors(proven).join(", ")],
    ["amr", proven.amr.join(", ")],
    ["acr", proven.acr],
    ["Why", proven.explain.map(({ message }) => message).join("\n")],
    ["Rights", rights.join(", ")],
    ["Decision for this request", `${decision.kind}: ${decision.reason}`],
  ]);
}

function howSignedIn(proven) {
  const { methods, recovery } = proven;
  if (recovery)
    return "With a recovery code. If your phone or key is gone for good, add a new one now, and replace these codes soon.";
  if (methods.includes("admin_code"))
    return "With a temporary code. Add a method of your own now: the code ends soon.";
  const how = methods.length === 1 && methods[0] === "password" ? "With your password alone" : `With ${kinds(methods)}`;
  return `${how}: ${COUNT[proven.factors.kinds]}, ${factors(proven).join(" and ")}.`;
}

const COUNT = ["no factor", "one factor", "two factors", "three factors"];
const FACTORS = {
  knowledge: "something you know",
  possession: "something you have",
  inherence: "something you are",
  unspecified: "a PIN, finger or face",
};
const factors = ({ factors: counted }) => Object.keys(FACTORS).flatMap((kind) => (counted[kind] ? FACTORS[kind] : []));
