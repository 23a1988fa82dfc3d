// The administrator's part of the account page.

import { $, kinds, moment, onClick, onRefresh, onSubmit, post, refresh, say, textElement } from "/page.js";

// Somebody who is locked out

onSubmit("issue-temporary-code", "admin", async (form) => {
  hideIssuedCode(); // before the next one is there
  const body = { name: form.get("name"), hours: Number(form.get("hours")) };
  const { name, code, expiresAt } = await post("/api/admin/temporary-code", body);
  await refresh();
  $("issued-text").textContent = code;
  $("issued-until").textContent = `A second factor for ${name} until ${moment(expiresAt)}.`;
  $("issued-code").hidden = false;
  $("admin-card").querySelector("h2").focus();
});

onClick("revoke-temporary-code", "admin", () => act("/api/admin/temporary-code/revoke"));
onClick("disconnect", "admin", () => act("/api/admin/disconnect"));

async function act(path) {
  const answer = await post(path, { name: $("locked-out").value });
  await refresh();
  say("admin", answer.message);
}

function hideIssuedCode() {
  $("issued-code").hidden = true;
  $("issued-text").textContent = "";
}

// Rights and exceptions

const rights = () => [...document.querySelectorAll("#standing input[name=right]")];

onSubmit("look-up", "standing", async (form) => {
  const someone = await post("/api/admin/person", { name: form.get("name") });
  $("person-methods").textContent = someone.methods.length
    ? `${someone.name} has: ${kinds(someone.methods)}; ${someone.recoveryCodes ?? "no"} recovery codes.`
    : `${someone.name} has no second factor.`;
  for (const box of rights()) box.checked = someone.rights.includes(box.value);
  document.querySelector("#standing input[name=waiver]").checked = someone.waiver;
  $("exemption").value = someone.exemption ?? "";
  $("standing").dataset.name = someone.name;
  $("standing").hidden = false;
});

onSubmit("standing", "standing", async (form) => {
  const answer = await post("/api/admin/standing", {
    name: $("standing").dataset.name,
    rights: form.getAll("right"),
    waiver: form.has("waiver"),
    exemption: form.get("exemption"),
  });
  await refresh();
  say("standing", answer.message);
});

// The organisation

onClick("enforce", "organisation", () => organisation("/api/admin/enforce"));
onClick("configure-sso", "organisation", () => organisation("/api/admin/sso"));

async function organisation(path) {
  const answer = await post(path, {});
  await refresh();
  say("organisation", answer.message);
}

onRefresh((person) => {
  const administration = person?.administration;
  $("admin-card").hidden = !administration;
  hideIssuedCode();
  if (!administration) {
    for (const form of ["issue-temporary-code", "look-up", "standing"]) $(form).reset();
    $("standing").hidden = true;
    $("audit-list").replaceChildren();
    return;
  }
  const { enforcedFrom, sso, codes } = administration;
  $("enforced").textContent = enforcedFrom
    ? `Everybody needs a second factor since ${moment(enforcedFrom)}. This cannot be turned off.`
    : "People without privileged rights may still sign in with a password alone.";
  $("enforce").hidden = Boolean(enforcedFrom);
  $("configure-sso").hidden = sso;
  $("audit-list").replaceChildren(
    ...codes.map(({ at, name, event, by }) =>
      textElement("li", `${moment(at)}: ${name}'s code was ${event.replace("temporary_code_", "")} by ${by}`),
    ),
  );
});
