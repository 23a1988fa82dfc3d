// The second opinion: the same response, checked again in this page by mfakit's WebAssembly half.
//
// A real site has no use for this: a verdict that the person's own browser computes proves nothing to a server. It is
// here to show that both halves are one core, and it is why the server hands out the challenge and the record it used.
// The authenticator app's secret and the recovery codes' record it never hands out again: a tab can recheck codes only if the
// app was set up, or the codes were made, in this very tab. A temporary code's record never leaves the server.

const secrets = new Map(); // user name → base32 secret, for as long as the tab lives
const pending = new Map(); // the same, of an app that is being set up

const records = new Map(); // user name → the record of the recovery codes, and whose it is

export function rememberRecord(name, record) {
  records.set(name.toLowerCase(), record);
}

export function rememberPending(name, secret) {
  pending.set(name.toLowerCase(), secret);
}

// The first code was accepted: the app takes the place of the one before.
export function rememberConfirmed(name) {
  secrets.set(name.toLowerCase(), pending.get(name.toLowerCase()));
}

// → {accepted: true, next} | {accepted: false, code, kind, step} | {skipped: reason}
export async function recheck(verdict, relyingParty, { name, response, code }) {
  const { check, server } = verdict;
  if (!check) return { skipped: "The server refused before anything was checked." };
  if (["state_conflict", "ceremony_expired"].includes(server.code)) {
    return { skipped: "Only the server's store and clock can tell this." };
  }
  const mfakit = await import("mfakit");
  await mfakit.init();
  try {
    const verified = await verify(mfakit, check, relyingParty, name?.toLowerCase(), { response, code });
    return verified
      ? { accepted: true, next: verified.transition?.next }
      : { skipped: "This tab never saw what the code is checked against." };
  } catch (error) {
    if (!mfakit.isMfaError(error)) throw error;
    return { accepted: false, code: error.code, kind: error.kind, step: error.step };
  }
}

function verify(mfakit, check, relyingParty, name, { response, code }) {
  const { id, ...options } = relyingParty;
  const { userVerification = options.userVerification } = check; // a sign-in without password asks for more
  const party = new mfakit.RelyingParty(id, { ...options, userVerification });
  const { challenge, userHandle, record, allow } = check;
  const [secret, codes] = [secrets.get(name), records.get(name)];
  switch (check.operation) {
    case "read_response":
      return mfakit.readResponse(response);
    case "verify_registration":
      return party.verifyRegistration(response, { challenge, userHandle });
    case "verify_authentication":
      return party.verifyAuthentication(response, { challenge, userHandle, record, allow });
    case "verify_discoverable_authentication":
      return party.verifyDiscoverableAuthentication(response, { challenge, record });
    case "totp_confirm":
      return pending.has(name) && new mfakit.PendingTotp(pending.get(name)).confirm(code, { now: check.now });
    case "totp_verify":
      return secret && new mfakit.Totp(secret).verify(code, { now: check.now, lastStep: check.lastStep ?? null });
    case "verify_recovery_code": {
      return codes && mfakit.verifyRecoveryCode(code, { ...codes, used: check.used ?? 0 });
    }
    case "verify_temporary_code":
      return undefined;
    default:
      throw new TypeError(`unknown check ${check.operation}`);
  }
}
