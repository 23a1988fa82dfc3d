// The single sign-on simulator: claims and a profile in, tier, explanation, traps and decision out.

import { showDecision, showReasons, showTier } from "/verdict.js";
import { $, Problem, fillFacts, onClick, onSubmit, leave, post, refresh } from "/page.js";

const EXAMPLES = {
  oidc: JSON.stringify({ iss: "https://idp.example", sub: "alice", amr: ["pwd", "mfa", "swk"] }, null, 2),
  saml: "urn:oasis:names:tc:SAML:2.0:ac:classes:X509",
};

for (const radio of document.querySelectorAll("input[name=kind]")) {
  radio.addEventListener("change", () => chooseProtocol(radio.value));
}

$("sso").addEventListener("reset", () => chooseProtocol("oidc"));

function chooseProtocol(kind) {
  $("claims").value = EXAMPLES[kind];
  $("claims-label").textContent =
    kind === "oidc" ? "Claims of the verified ID token, as JSON" : "Values of the verified response, one a line";
  $("max-age").disabled = kind === "saml";
}

onSubmit("sso", "sso", async (form) => {
  $("result").hidden = true;
  const age = form.get("maxAge");
  const answer = await post("/api/sso", {
    kind: form.get("kind"),
    claims: form.get("claims"),
    profile: form.get("profile"),
    maxAge: age ? Number(age) : null,
    rights: form.getAll("rights"),
    enrolled: form.getAll("enrolled"),
  });
  if (answer.refused) throw new Problem(`Refused, and worth nothing: ${answer.refused.message}`);
  showTier($("tier"), answer.tier);
  fillFacts($("classification"), [
    ["Anything recognised", answer.recognised ? "yes" : "no"],
    ["Unknown, and ignored", answer.unknown.join(", ") || "nothing"],
    ["Profile", answer.profile],
    ["Asked of this person", answer.required.label],
  ]);
  showReasons($("explain"), answer.explain);
  showDecision(answer.decision, { tag: $("decision"), facts: $("decided"), why: $("decision-explain") });
  showReasons($("lint"), answer.lint);
  $("audit-line").textContent = answer.audit;
  $("result").hidden = false;
  $("result").focus();
});

onClick("sign-out", "sso", leave);
chooseProtocol("oidc");
await refresh();
