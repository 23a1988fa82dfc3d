// The audit list: everybody's lines to the administrator, one's own to everybody else.

import { $, leave, moment, onClick, person, post, refresh, run, say, textElement } from "/page.js";

onClick("sign-out", "audit", async () => {
  await leave();
  $("lines").replaceChildren();
});
await refresh();
if (person()?.view !== "account") say("audit", "Sign in first: these lines say who did what.");
else
  await run("audit", $("lines"), async () => {
    const { everybody, lines } = await post("/api/audit", {});
    $("whose").textContent += everybody ? " You see those of every account." : " You see those of your own account.";
    $("lines").replaceChildren(
      ...lines.map(({ at, name, event, done_by, record }) => {
        const item = document.createElement("li");
        const by = done_by === name ? "" : ` by ${done_by}`;
        item.append(textElement("strong", event.replaceAll("_", " ")), ` ${name}${by}, ${moment(at)}`);
        item.append(textElement("code", record, "line"));
        return item;
      }),
    );
  });
