// The mail that a real site would send, so that a change that was not the person's own does not go unseen.

import { $, leave, moment, onClick, person, post, refresh, run, say, textElement } from "/page.js";

const MAILS = {
  mfa_enabled: ["Two-factor authentication is on", "Your account asks for a second factor from now on."],
  methods_disconnected: ["The administrator disconnected your methods", "They sign in no more; your sessions have ended."],
  mfa_disabled: ["Two-factor authentication is off", "Your password alone signs you in from now on."],
  method_added: ["A method was added", "It can sign in to your account from now on."],
  method_removed: ["A method was removed", "It cannot sign in to your account any more."],
  recovery_codes_replaced: ["New recovery codes", "The earlier ones do not work any more."],
  recovery_code_used: ["A recovery code was used", "If your phone or key is gone, add a new one."],
  temporary_code_issued: ["The administrator made a temporary code", "If you did not ask for it, say so at once."],
  password_changed: ["Your password was changed", "Your two-factor methods are as they were."],
};

onClick("sign-out", "outbox", async () => {
  await leave();
  $("mails").replaceChildren();
});
await refresh();
if (!person()) say("outbox", "Sign in first: mail is only for the person it was written to.");
else
  await run("outbox", $("mails"), async () => {
    const { mails } = await post("/api/outbox", {});
    $("mails").replaceChildren(
      ...mails.map(({ at, to, template, detail }) => {
        const [subject, text] = MAILS[template] ?? [template, ""];
        const item = document.createElement("li");
        item.append(textElement("strong", subject), ` ${detail && `(${detail}) `}to ${to}, ${moment(at)}. ${text}`);
        item.dataset.template = template;
        return item;
      }),
    );
    if (!mails.length) say("outbox", "Nothing yet.");
  });
