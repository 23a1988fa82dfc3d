// The policy page: a person, their rights and where they come from in; the decision and its reasons out.

import { showDecision } from "/verdict.js";
import { $, fillFacts, kinds, leave, onClick, onSubmit, post, refresh } from "/page.js";

onSubmit("policy", "policy", async (form) => {
  const answer = await post("/api/policy", {
    rights: form.getAll("rights"),
    channel: form.get("channel"),
    environment: form.get("environment"),
    waiver: form.has("waiver"),
    exemption: form.has("exemption"),
    enforcedFrom: form.get("enforcedFrom"),
    date: form.get("date"),
    client: form.get("client"),
    enrolled: form.getAll("enrolled"),
    proven: form.get("proven"),
  });
  showDecision(answer.decision, { tag: $("decision"), facts: $("decided"), why: $("decision-explain") });
  fillFacts($("person"), [
    ["Asked of this person", answer.required.label],
    ["Proven", answer.proven.label],
    ["Of their methods, enough are", kinds(answer.eligible) || "none"],
    ["They could add, the best first", kinds(answer.enrollable) || "nothing that this client can do"],
  ]);
  $("audit-line").textContent = answer.audit;
  $("result").hidden = false;
  $("result").focus();
});

onClick("sign-out", "policy", leave);
await refresh();
