// The TypeScript target: answers conformance lines through the package's public API, and low-level operations through
// the backend's hidden `_conformance`. Node.js, WebAssembly in Node.js, and WebAssembly in Chromium run this one module.
//
// It uses nothing of Node.js, so that a page can load it. It never sees what a case expects.

/** Gives the function that answers one line: `mfakit` is the package, `conformance` the hidden entry of its backend. */
export function target(mfakit, conformance) {
  const lowLevel = (message) => JSON.parse(conformance(JSON.stringify(message)));
  const operations = publicOperations(mfakit, lowLevel);

  const verdict = ({ op, inputs }) => {
    if (!Object.hasOwn(operations, op)) return lowLevel({ op, inputs });
    try {
      return operations[op](inputs);
    } catch (error) {
      // Anything else is a defect: it is no legal answer, and the judge counts it as one.
      return mfakit.isMfaError(error) ? { reject: error.code } : { defect: String(error?.stack ?? error) };
    }
  };

  return (line) => {
    const message = JSON.parse(line);
    if (message.op === "hello") {
      const { features, ops } = lowLevel({ op: "hello" });
      return JSON.stringify({ features, ops: [...new Set([...ops, ...Object.keys(operations)])] });
    }
    return JSON.stringify({ id: message.id, ...verdict(message) });
  };
}

function publicOperations({ Totp, Hotp, RelyingParty, CredentialRecord }, lowLevel) {
  return {
    "hotp.generate": (inputs) => accept({ code: hotp(inputs).codeAt(BigInt(inputs.counter)) }),

    "hotp.verify": (inputs) => {
      const { matchedCounter, nextCounter } = hotp(inputs).verify(inputs.code, {
        counter: BigInt(inputs.counter), lookAhead: number(inputs.look_ahead),
      });
      return accept({ matched_counter: `${matchedCounter}`, next_counter: `${nextCounter}` });
    },

    "hotp.resync": (inputs) => {
      const { matchedCounter, nextCounter } = hotp(inputs).resync(inputs.first, {
        second: inputs.second, counter: BigInt(inputs.counter), lookAhead: number(inputs.look_ahead),
      });
      return accept({ matched_counter: `${matchedCounter}`, next_counter: `${nextCounter}` });
    },

    "totp.generate": (inputs) => beyondHostTime(inputs)
      ? lowLevel({ op: "totp.generate", inputs })
      : accept({ code: totp(inputs).codeAt(number(inputs.time)) }),

    "totp.verify": (inputs) => {
      if (beyondHostTime(inputs)) return lowLevel({ op: "totp.verify", inputs });
      const last = inputs.last_accepted_step ?? null;
      const { step } = totp(inputs).verify(inputs.code, {
        lastStep: last === null ? null : BigInt(last), now: number(inputs.time),
        past: number(inputs.window_past), future: number(inputs.window_future),
      });
      return accept({ matched_step: `${step}` });
    },

    "webauthn.register": (inputs) => {
      const id = inputs.credential_id_hex ?? attestedCredentialId(inputs.attestation_object_hex);
      const { credential, userVerified, flags, attestation, extensions } = relyingParty(inputs).verifyRegistration(
        response(id, { clientDataJSON: base64url(inputs.client_data_json_hex), attestationObject: base64url(inputs.attestation_object_hex) }),
        defined({
          challenge: base64url(inputs.expected_challenge_hex), userHandle: USER_HANDLE,
          mediation: inputs.mediation ?? (inputs.require_user_presence === false ? "conditional" : undefined),
        }),
      );
      return accept({
        fmt: attestation.format, attestation_type: attestation.type, aaguid_hex: credential.aaguid.replaceAll("-", ""),
        credential_id_hex: hex(credential.id), credential_public_key_cose_hex: hex(credential.publicKey),
        alg: credential.algorithm, sign_count: credential.signCount, flags_hex: byte(flags), up: (flags & 1) === 1, uv: userVerified,
        backup_eligible: credential.backupEligible, backup_state: credential.backedUp, extensions_hex: hex(extensions),
      });
    },

    "webauthn.authenticate": (inputs) => {
      const userHandle = base64url(inputs.expected_user_handle_hex ?? inputs.user_handle_hex) ?? USER_HANDLE;
      const id = base64url(inputs.credential_id_hex);
      const record = new CredentialRecord(id, {
        publicKey: base64url(inputs.credential_public_key_cose_hex), userHandle, signCount: inputs.stored_sign_count ?? 0,
        backupEligible: inputs.stored_backup_eligible ?? null,
      });
      const verified = relyingParty(inputs).verifyAuthentication(
        response(inputs.credential_id_hex, defined({
          clientDataJSON: base64url(inputs.client_data_json_hex), authenticatorData: base64url(inputs.authenticator_data_hex),
          signature: base64url(inputs.signature_hex), userHandle: base64url(inputs.user_handle_hex),
        })),
        defined({
          challenge: base64url(inputs.expected_challenge_hex), userHandle, record,
          allow: inputs.allow_credentials_hex?.map(base64url),
        }),
      );
      return accept({
        new_sign_count: verified.counter, flags_hex: byte(verified.flags), up: (verified.flags & 1) === 1, uv: verified.userVerified, backup_eligible: verified.backupEligible,
        backup_state: verified.backedUp, extensions_hex: hex(verified.extensions),
      });
    },

    "config.totp": ({ secret, ...options }) => (new Totp(secret, camel(options)), accept({})),
    "config.hotp": ({ secret, ...options }) => (new Hotp(secret, camel(options)), accept({})),
    "config.relying_party": ({ id, ...options }) => (new RelyingParty(id, camel(options)), accept({})),
  };

  function hotp({ secret_hex, digits, algorithm }) {
    const secret = base32(secret_hex);
    if (number(digits) === 10) return Hotp.tenDigits(secret, { algorithm });
    return short(secret_hex) ? Hotp.dangerLegacy(secret, { algorithm, digits: number(digits) }) : new Hotp(secret, { algorithm, digits: number(digits) });
  }

  function totp({ secret_hex, digits, algorithm, period }) {
    const secret = base32(secret_hex);
    const options = { algorithm, digits: number(digits), period: number(period) };
    return short(secret_hex) ? Totp.dangerLegacy(secret, options) : new Totp(secret, options);
  }

  function relyingParty(inputs) {
    const crossOrigin = !inputs.allow_cross_origin ? "deny"
      : inputs.expected_top_origins == null ? "danger_any_top_origin" : "allow_listed";
    return new RelyingParty(inputs.rp_id, defined({
      name: "conformance", origins: inputs.expected_origins,
      userVerification: inputs.require_user_verification ? "required" : "preferred",
      crossOrigin, topOrigins: crossOrigin === "allow_listed" ? inputs.expected_top_origins : undefined,
      counter: inputs.sign_count_policy, backup: inputs.backup_policy, algorithms: inputs.allowed_algs ?? undefined,
      dangerAllowAbsentUser: inputs.require_user_presence === false,
    }));
  }

  /** What a browser would send as `id`: the one in the attested data, where there is one to be read. */
  function attestedCredentialId(attestation_object_hex) {
    const answer = lowLevel({ op: "attested_credential_id", inputs: { attestation_object_hex } });
    return answer.accept?.credential_id_hex ?? "00";
  }
}

/** Any user: these operations say nothing about who it is. */
const USER_HANDLE = "Y29uZm9ybWFuY2U";

/** The public API takes the time of a host, from 1970 on and up to 1e11; the core takes every u64 and every T0. */
function beyondHostTime({ time, t0 }) {
  return BigInt(t0 ?? 0) !== 0n || BigInt(time) > 100_000_000_000n;
}

/** RFC 4226 asks for 16 bytes; a vector with fewer means the constructor that says so. */
function short(secretHex) {
  return secretHex.length < 32;
}

function accept(fields) {
  return { accept: fields };
}

function response(idHex, fields) {
  const id = base64url(idHex);
  return { id, rawId: id, type: "public-key", clientExtensionResults: {}, response: fields };
}

/** Numbers come as JSON integers or as decimal text. */
function number(value) {
  return value === undefined ? undefined : Number(value);
}

function defined(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function camel(fields) {
  return Object.fromEntries(Object.entries(fields).map(
    ([name, value]) => [name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()), value]));
}

function base64url(hexText) {
  if (hexText == null) return undefined;
  const binary = hexText.replace(/../g, (pair) => String.fromCharCode(parseInt(pair, 16)));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function hex(base64urlText) {
  if (base64urlText == null) return null;
  const binary = atob(base64urlText.replaceAll("-", "+").replaceAll("_", "/"));
  return Array.from(binary, (symbol) => symbol.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}

function byte(value) {
  return value.toString(16).padStart(2, "0");
}

function base32(hexText) {
  const bits = hexText.replace(/../g, (pair) => parseInt(pair, 16).toString(2).padStart(8, "0"));
  return bits.replace(/.{1,5}/g, (five) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[parseInt(five.padEnd(5, "0"), 2)]);
}
