// The log under the hood: every proof that went to the server, and the same checked again in this page.

import { recheck } from "/local.js";
import { $, Problem, fillFacts, relyingParty, send, textElement } from "/page.js";

// A post whose answer is a verdict: it is checked again here and written to the log, whatever it was.
export async function postProof(path, body, name) {
  const answer = await send(path, body);
  if (answer.verdict) {
    const local = await recheck(answer.verdict, relyingParty(), { ...body, name }).catch((error) => {
      console.error(error);
      return { skipped: "WebAssembly could not be used in this browser." };
    });
    writeEntry(answer.verdict, local);
  }
  if (answer.error) throw new Problem(answer.error);
  return answer;
}

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
  fillFacts(
    entry.querySelector(".facts"),
    FACTS.map(([name, label]) => [label, facts[name]]),
  );
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
