// Signing in: the name first, then the password or a passkey in its place, then one of the methods that the policy
// lets this person use.

import { authenticate } from "mfakit/client";
import { postProof } from "/hood.js";
import { prompting } from "/prompt.js";
import { $, Problem, kinds, leave, onClick, onSubmit, person, post, refresh, say } from "/page.js";

// Signing up

onSubmit("sign-up", "sign-up", async (form) => {
  await post("/api/sign-up", { name: form.get("name"), password: form.get("password") });
  $("sign-up").reset();
  await refresh({ focus: true });
});

// The name, then the password

onSubmit("sign-in-name", "sign-in", (form) => {
  choosePerson(form.get("name"));
  $("password").focus();
});

onClick("another-name", "sign-in", () => {
  choosePerson(null);
  $("name").focus();
});

function choosePerson(name) {
  $("sign-in-name").hidden = $("without-name").hidden = name !== null;
  $("sign-in-password").hidden = name === null;
  $("sign-in-password").reset();
  $("chosen-name").textContent = name ?? "";
}

onSubmit("sign-in-password", "sign-in", async (form) => {
  await post("/api/sign-in/password", { name: $("chosen-name").textContent, password: form.get("password") });
  await refresh({ focus: true });
});

onClick("passkey-by-name", "sign-in", () => usePasskey({ name: $("chosen-name").textContent }));
onClick("passkey-discover", "sign-in", () => usePasskey({}));

async function usePasskey(whose) {
  const { ceremony, options } = await post("/api/sign-in/passkey/begin", whose);
  const response = await prompting("Follow your device's steps to use your passkey.", (signal) =>
    authenticate(options, { signal }),
  );
  await postProof("/api/sign-in/passkey/finish", { ceremony, response });
  await refresh({ focus: true });
}

export function showWelcome() {
  $("sign-in-name").reset();
  choosePerson(null);
}

/** After an account was set up: its name is there already. */
export async function leaveFor(name) {
  await leave();
  $("name").value = name;
  say("sign-in", "Your account is ready. Sign in with a method you added.");
}

// One of the person's own methods

const PASSKEYS = ["security_key", "built_in_authenticator", "synced_passkey", "device_bound_passkey"];
const radios = () => [...document.querySelectorAll("#prove input[name=method]")];

onSubmit("prove", "prove", async (form) => {
  const { name } = person();
  switch (form.get("method")) {
    case "passkey":
      return usePasskey({});
    case "push_approval":
      return askDevice();
    case "totp":
      await postProof("/api/sign-in/totp", { code: form.get("code") }, name);
      break;
    case "recovery_code":
      await postProof("/api/sign-in/recovery-code", { code: form.get("recovery") }, name);
      break;
    default:
      await postProof("/api/sign-in/temporary-code", { code: form.get("temporary") }, name);
  }
  await refresh({ focus: true });
});

for (const radio of radios()) radio.addEventListener("change", () => chooseMethod(radio.value));

function chooseMethod(method) {
  for (const radio of radios()) radio.checked = radio.value === method;
  $("code-field").hidden = method !== "totp";
  $("recovery-field").hidden = method !== "recovery_code";
  $("temporary-field").hidden = method !== "temporary";
}

export function showProof(someone) {
  $("prove").reset();
  closeApproval();
  if (someone?.view !== "prove") return;
  const radioOf = (kind) => (PASSKEYS.includes(kind) ? "passkey" : kind === "admin_code" ? "temporary" : kind);
  const offered = new Set([...someone.offered.map(radioOf), "temporary"]);
  for (const radio of radios()) radio.closest("label").hidden = !offered.has(radio.value);
  chooseMethod(radios().find((radio) => offered.has(radio.value)).value);
  $("prove-lead").textContent = whyProve(someone);
}

function whyProve({ decision, session, proven }) {
  if (decision.reason === "prove_before_enrolling")
    return "What you have is not enough for your rights. Prove that it is you, then add a phishing-resistant method.";
  if (session.kind === "web")
    return `More is asked of you since you signed in: ${decision.need.label}. So far you proved ${kinds(proven.methods)}.`;
  return "Your password was right. Now use one of your methods.";
}

// A device that approves

let approving = null;

async function askDevice() {
  const { number, expiresAt } = await post("/api/sign-in/approval/begin", {});
  $("prove").hidden = true;
  $("approval").hidden = false;
  $("approval-number").textContent = number;
  $("approval-number").focus();
  const mine = (approving = { expiresAt });
  while (approving === mine) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    if (approving !== mine) return;
    const { status } = await post("/api/sign-in/approval/status", {});
    if (status === "pending" || approving !== mine) continue;
    closeApproval();
    if (status !== "approved") throw new Problem(NOT_APPROVED[status]);
    await post("/api/sign-in/continue", {});
    await refresh({ focus: true });
  }
}

const NOT_APPROVED = {
  denied: "The request was denied on your device.",
  number_mismatch: "Another number was typed on the device. Start again, and type the number that this screen shows.",
  cancelled: "The request was cancelled.",
  expired: "Nobody answered in time. Start again.",
};

onClick("cancel-approval", "prove", async () => {
  closeApproval();
  await post("/api/sign-in/approval/cancel", {});
  say("prove", NOT_APPROVED.cancelled);
});

function closeApproval() {
  approving = null;
  $("prove").hidden = false;
  $("approval").hidden = true;
  $("approval-number").textContent = "";
}
