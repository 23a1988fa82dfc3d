// A tier, a decision and its reasons, as the two pages of the simulators show them.

import { fillFacts, kinds, textElement } from "/page.js";

export function showTier(tag, { name, label }) {
  tag.textContent = label;
  tag.dataset.tier = name;
}

const DECISIONS = { allow: "Allow", step_up: "Step up", enroll: "Enrol", block: "Block" };

export function showDecision({ kind, reason, need, options, challenge, explain }, { tag, facts, why }) {
  tag.textContent = DECISIONS[kind];
  tag.dataset.decision = kind;
  tag.classList.toggle("on", kind === "allow");
  tag.classList.toggle("off", kind === "block");
  fillFacts(facts, [
    ["Reason", reason],
    ["Needed", need?.label],
    [kind === "enroll" ? "Add one of, the best first" : "Use one of", kinds(options)],
    ["Challenge for a client (RFC 9470)", challenge],
  ]);
  showReasons(why, explain);
}

export function showReasons(list, reasons) {
  list.replaceChildren(
    ...reasons.map(({ code, subject, tier, message }) => {
      const item = document.createElement("li");
      item.append(textElement("strong", subject ?? code), ` ${message}`);
      if (tier) item.append(` (${tier.label})`);
      item.dataset.code = code;
      return item;
    }),
  );
}
