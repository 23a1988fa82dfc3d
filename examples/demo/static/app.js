// The account page: which of its views a person sees, by what the server says they have proven. The two calls that
// matter are register() and authenticate() of mfakit/client, in account.js and signin.js: they hand the server's options
// to the browser's passkey prompt and give back the JSON to post.

import "/admin.js";
import { showAccount } from "/account.js";
import { showProof, showWelcome } from "/signin.js";
import { $, leave, onClick, onRefresh, refresh, relyingParty } from "/page.js";

const VIEWS = { enrol: "account", account: "account", prove: "prove", blocked: "blocked" };

onRefresh((person, { focus }) => {
  const shown = person ? VIEWS[person.view] : "welcome";
  for (const view of ["welcome", "prove", "blocked", "account"]) $(`view-${view}`).hidden = view !== shown;
  showWelcome();
  showProof(person);
  showAccount(shown === "account" ? person : null);
  document.title = `${person ? person.name : "Sign in"} · mfakit demo`;
  if (focus) document.querySelector(`#view-${shown} h1`).focus();
});

onClick("sign-out", "sign-in", leave);

await refresh();
if (location.hostname !== relyingParty().id) {
  $("right-address").href = relyingParty().origins[0];
  $("wrong-address").hidden = false;
}
