// The browser's passkey prompt, with a way to give up, and its failures as words.

import { $, Problem } from "/page.js";

const CLOSED = "The passkey prompt was closed or timed out. Nothing has changed; try again when you are ready.";
const PROMPT_PROBLEMS = {
  cancelled: CLOSED,
  aborted: CLOSED,
  timeout: CLOSED,
  already_registered: "This device already holds a passkey for this account.",
  not_supported: "This browser or device cannot use passkeys here.",
  not_allowed_here: "Passkeys do not work at this address. Open the page by its name, localhost.",
};

export async function prompting(text, run) {
  const abort = new AbortController();
  const before = document.activeElement;
  $("waiting-text").textContent = text;
  $("waiting").hidden = false;
  $("cancel").onclick = () => abort.abort();
  $("cancel").focus();
  try {
    return await run(abort.signal);
  } catch (error) {
    throw new Problem(PROMPT_PROBLEMS[error.code] ?? "The browser could not use a passkey. Please try again.");
  } finally {
    $("waiting").hidden = true;
    before?.focus();
  }
}
