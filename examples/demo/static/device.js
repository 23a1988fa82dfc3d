// The device that approves: it makes a key, shows what is asked, and signs the person's answer, all in this page.
//
// A real one is an app on a telephone with its key in the hardware, woken by a push message. Here the key lies in the
// tab's storage and the page asks the server every second.

import { $, Problem, fillFacts, moment, onClick, onSubmit, post, say, send } from "/page.js";
import * as mfakit from "mfakit";

const KEPT = "mfakit-demo-device"; // {key, token, name, check: the digits, until the person has confirmed them}

await mfakit.init();
let kept = JSON.parse(sessionStorage.getItem(KEPT));
let shown = null; // the text of the request on the screen

// Connecting

onClick("enrol", "device", async () => {
  const [ceremony, text] = location.hash.slice(1).split(".");
  const request = mfakit.readDeviceEnrollment(text);
  const key = mfakit.generateDeviceKey(request);
  const answer = mfakit.signEnrollment(request, { device: key });
  const { token, name } = await post("/api/device/answer-enrolment", { ceremony, answer });
  keep({ key: key.toText(), token, name, check: await checkDigits(answer) });
  history.replaceState(null, "", "/device"); // the link is used up
  show();
});

function keep(device) {
  kept = device;
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
}

/** What the server makes of the answer that it got: a device that answered in this one's place has other digits. */
async function checkDigits(text) {
  const digest = new DataView(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return String(digest.getUint32(0) % 1_000_000).padStart(6, "0");
}

// Answering

onSubmit("approve", "device", (form) => answer("approve", form.get("number").trim()));
onClick("deny", "device", () => answer("deny"));

async function answer(decision, number) {
  const request = mfakit.readApprovalRequest(shown);
  const device = mfakit.DeviceKey.fromText(kept.key);
  let signed;
  try {
    signed = mfakit.signApproval(request, { device, decision, ...(number && { number }) });
  } catch (error) {
    if (!mfakit.isMfaError(error)) throw error;
    throw new Problem("The number has two digits.");
  }
  shown = null;
  $("approve").reset();
  show();
  const { message } = await post("/api/device/answer", { token: kept.token, answer: signed });
  say("device", message);
}

// Waiting

async function look() {
  if (!kept || location.hash.length > 1) return;
  const { error, verdict, request } = await send("/api/device/pending", { token: kept.token });
  if (kept.check && verdict?.server.code === "device_unknown") return; // not confirmed yet
  if (error) throw new Problem(error);
  if (kept.check) {
    keep({ ...kept, check: null });
    show();
  }
  if (request === shown) return;
  shown = request;
  show();
  if (shown) $("device-request").querySelector("h2").focus();
}

function show() {
  const connecting = location.hash.length > 1;
  $("device-enrol").hidden = !connecting;
  $("device-none").hidden = connecting || Boolean(kept);
  $("device-check").hidden = connecting || !kept?.check;
  $("check").textContent = kept?.check ?? "";
  $("device-idle").hidden = connecting || !kept || Boolean(kept.check || shown);
  $("device-request").hidden = connecting || !shown;
  if (connecting) $("enrol-text").textContent = "From then on it is asked when somebody signs in with your password.";
  if (kept) $("idle-text").textContent = `This device approves for ${kept.name}. Nobody is asking at the moment.`;
  if (shown) {
    const { audience, action, context, expiresAt } = mfakit.readApprovalRequest(shown);
    fillFacts($("request"), [
      ["What", action],
      ["Where", audience],
      ["More", context],
      ["Until", moment(expiresAt)],
    ]);
  }
}

show();
while (true) {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  try {
    await look();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say("device", error.message, { error: true });
  }
}
