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
      if (error === NOT_OFFERED) return { reject: "algorithm_not_offered" };
      // Anything else is a defect: it is no legal answer, and the judge counts it as one.
      return mfakit.isMfaError(error) ? { reject: error.code } : { defect: String(error?.stack ?? error) };
    }
  };

  return (line) => {
    const message = JSON.parse(line);
    if (message.op === "hello") {
      const { features, ops } = lowLevel({ op: "hello" });
      return JSON.stringify({
        features: [...features, "dynamic_input"],
        ops: [...new Set([...ops, ...Object.keys(operations)])],
      });
    }
    return JSON.stringify({ id: message.id, ...verdict(message) });
  };
}

/** Nothing that a case offers is built in. */
const NOT_OFFERED = new Error("nothing that is offered is built in");

function publicOperations(mfakit, lowLevel) {
  const {
    AttestationTrust, CredentialRecord, Hotp, Metadata, PendingTotp, Peppers, RejectedError, RelyingParty, Throttle, Totp,
  } = mfakit;
  const { algorithms: built } = lowLevel({ op: "hello" });

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
      return accept(totpFields(totp(inputs).verify(inputs.code, verification(inputs))));
    },

    "steam.generate": (inputs) => accept({ code: steam(inputs).codeAt(number(inputs.time)) }),

    "steam.verify": (inputs) => accept(totpFields(steam(inputs).verify(inputs.code, verification(inputs)))),

    "webauthn.register": (inputs) => {
      const { rp, sent, options } = registration(inputs);
      const { credential, userVerified, flags, attestation, extensions } = rp.verifyRegistration(sent, options);
      return accept({
        fmt: attestation.format, attestation_type: attestationType(attestation), trust: attestation.trust,
        anchor_sha256_hex: attestation.anchor, proven_aaguid_hex: attestation.provenAaguid?.replaceAll("-", "") ?? null,
        path_len: attestation.path.length, aaguid_hex: credential.aaguid.replaceAll("-", ""),
        credential_id_hex: hex(credential.id), credential_public_key_cose_hex: hex(credential.publicKey),
        alg: credential.algorithm, sign_count: credential.signCount,
        backup_eligible: credential.backupEligible, backup_state: credential.backedUp,
        uv: userVerified, ...shown(flags, extensions),
      });
    },

    "webauthn.authenticate": (inputs) => {
      const { rp, sent, options } = authentication(inputs);
      const verified = options.userHandle === undefined
        ? rp.verifyDiscoverableAuthentication(sent, options)
        : rp.verifyAuthentication(sent, options);
      return accept({
        new_sign_count: verified.counter, backup_eligible: verified.backupEligible, backup_state: verified.backedUp,
        counter_regressed: verified.counterRegressed, uv: verified.userVerified,
        ...shown(verified.flags, verified.extensions),
      });
    },

    "explain.registration": (inputs) => {
      const { rp, sent, options } = registration(inputs);
      return accept({ failed: failed(rp.explainRegistration(sent, options)) });
    },

    "explain.authentication": (inputs) => {
      const { rp, sent, options } = authentication(inputs);
      return accept({ failed: failed(rp.explainAuthentication(sent, options)) });
    },

    "metadata.parse": (inputs) => {
      const { number, nextUpdate, entryCount, skipped } = metadata(inputs);
      return accept({ number: `${number}`, next_update: nextUpdate, entries: entryCount, skipped });
    },

    "extensions.inputs": ({ ceremony, extensions }) => {
      const rp = new RelyingParty("example.org", {
        name: "conformance", origins: ["https://example.org"], userVerification: "preferred",
      });
      // What is null in other languages is left out in this one.
      const asked = defined({ extensions });
      const { options } = ceremony === "registration"
        ? rp.beginRegistration(ANY_USER, { userName: "conformance", ...asked })
        : rp.beginDiscoverableAuthentication(asked);
      return accept({ extensions: options.extensions ?? null });
    },

    "decoy.begin": ({ rp_id, expected_origins, enumeration_key_hex, identifier }) => {
      const rp = new RelyingParty(rp_id, defined({
        name: "conformance", origins: expected_origins, userVerification: "preferred", enumerationKey: bytes(enumeration_key_hex),
      }));
      return accept({ allow_credentials: rp.beginDecoyAuthentication(identifier).options.allowCredentials });
    },

    "related_origins": ({ origins }) => accept({ text: mfakit.relatedOriginsJson(origins) }),

    "config.totp": ({ secret, legacy, ...options }) =>
      (legacy === true ? Totp.dangerLegacy(secret, options) : new Totp(secret, options), accept({})),

    "config.hotp": ({ secret, legacy, ten_digits, digits, ...options }) => {
      if (ten_digits === true) Hotp.tenDigits(secret, options);
      else if (legacy === true) Hotp.dangerLegacy(secret, { digits, ...options });
      else new Hotp(secret, { digits, ...options });
      return accept({});
    },

    "config.relying_party": ({ id, state_key_hex, enumeration_key_hex, ...options }) => {
      const keys = { stateKey: bytes(state_key_hex), enumerationKey: bytes(enumeration_key_hex) };
      return (new RelyingParty(id, defined(keys, camel(options))), accept({}));
    },

    "config.peppers": (inputs) => (peppers(inputs), accept({})),

    "config.throttle": (inputs) => (throttle(inputs), accept({})),

    "config.recovery": ({ user_id, ...options }) => {
      const host = defined({ ...options, peppers: peppers(options.peppers) });
      const { codes, record, text } = mfakit.generateRecoveryCodes(user_id, host);
      const stored = defined({ userId: user_id, record, used: 0, peppers: host.peppers });
      const accepted = codes.filter((code) => mfakit.verifyRecoveryCode(code, stored));
      const lines = text === codes.map((code) => `${code}\n`).join("");
      return accept({ codes: codes.length, accepted: accepted.length, lines, prefix: prefix(record) });
    },

    "recovery.verify": (inputs) => {
      const { code, user_id: userId, record, used } = inputs;
      const verified = mfakit.verifyRecoveryCode(code, { userId, record, used, peppers: peppers(inputs.peppers) });
      const { bit, remaining, low, needsRegeneration } = verified;
      return accept({ bit, remaining, low, needs_regeneration: needsRegeneration, ...committed(verified, inputs) });
    },

    "temporary.verify": (inputs) => {
      const { code, user_id: userId, record } = inputs;
      const verified = mfakit.verifyTemporaryCode(code, {
        userId, record, peppers: peppers(inputs.peppers), now: time(inputs),
      });
      const { kind, usesLeft, audit } = verified;
      return accept({ ...audited(audit), id: audit.id, kind, uses_left: usesLeft, ...committed(verified, inputs) });
    },

    "temporary.revoke": (inputs) => {
      const revoked = mfakit.revokeTemporaryCode(inputs.record);
      return accept({ ...audited(revoked.audit), id: revoked.audit.id, ...stored(revoked) });
    },

    "config.temporary": (inputs) => {
      const { user_id: userId, kind, issued_by: issuedBy, previous, lifetime, digits } = inputs;
      const common = { peppers: peppers(inputs.peppers), now: time(inputs) };
      const made = mfakit.issueTemporaryCode(userId, { kind, issuedBy, previous, lifetime, digits, ...common });
      const { prev, next: record } = made.transition;
      mfakit.verifyTemporaryCode(made.code, { userId, record, ...common });
      return accept({
        ...audited(made.audit), code_length: made.code.length, expires_at: made.expiresAt, prev, prefix: prefix(record),
        issued: record.slice(record.lastIndexOf("$") + 1), accepted: true,
      });
    },

    "code.check": (inputs) => {
      const { factor, code, record } = inputs;
      if (factor === "recovery") mfakit.checkRecoveryCode(code, { record });
      else if (factor === "temporary") mfakit.checkTemporaryCode(code, { record });
      else (factor === "hotp" ? hotp(inputs) : timeBased(inputs)).checkCode(code);
      return accept({});
    },

    "guess_odds": ({ digits, window, attempts }) => {
      const view = new DataView(new ArrayBuffer(8));
      view.setFloat64(0, mfakit.guessOdds({ digits, window, attempts }));
      return accept({ odds_hex: view.getBigUint64(0).toString(16).padStart(16, "0") });
    },

    "throttle.charge": (inputs) => accept(stored(throttle(inputs).charge(inputs.state, { now: time(inputs) }))),

    "throttle.succeed": (inputs) => accept(stored(throttle(inputs).succeed(inputs.state))),

    "throttle.refund": (inputs) => accept(stored(throttle(inputs).refund(inputs.state, new RejectedError(inputs.error)))),

    "throttle.retry_at": (inputs) => accept({ retry_at: throttle(inputs).retryAt(inputs.state, { now: time(inputs) }) }),

    "totp.commit": (inputs) => {
      const verified = totp(inputs).verify(inputs.code, { ...verification(inputs), lastStep: inputs.last_accepted_step ?? null });
      return accept({ ...totpFields(verified), ...committed(verified, inputs) });
    },

    "hotp.commit": (inputs) => {
      const verified = hotp(inputs).verify(inputs.code, { counter: inputs.counter, lookAhead: number(inputs.look_ahead) });
      return accept({ next_counter: verified.nextCounter, ...committed(verified, inputs) });
    },

    "totp.verify_at": (inputs) => {
      const { past, future, drift } = inputs;
      // What is null in other languages is left out in this one.
      const preset = defined({ past, future });
      const options = { lastStep: inputs.last_accepted_step ?? null, now: time(inputs), drift, ...preset };
      return accept(totpFields(totp(inputs).verify(inputs.code, options)));
    },

    "totp.confirm": (inputs) => {
      const { code, secret_hex } = inputs;
      const [secret, options, now] = [base32(secret_hex), totpOptions(inputs), time(inputs)];
      const verified = new PendingTotp(secret, options).confirm(code, { now });
      const again = refusal(() => new Totp(secret, options).verify(code, { lastStep: verified.transition.next, now }));
      if (Object.hasOwn(inputs, "rows") && verified.commit(inputs.rows) !== undefined) {
        throw new Error("an enrolment gives no evidence");
      }
      return accept({ ...totpFields(verified), ...stored(verified.transition), again });
    },

    "totp.uri": ({ issuer, account, ...inputs }) => accept({ uri: totp(inputs).uri({ issuer, account }) }),

    "otpauth.parse": ({ uri }) => accept(otpauth(mfakit.parseOtpauth(uri))),

    "otpauth.build": ({ type, issuer, account, counter, ...inputs }) => {
      const uri = type === "hotp" ? hotp(inputs).uri({ issuer, account, counter: BigInt(counter) })
        : timeBased(inputs).uri({ issuer, account });
      return accept({ uri });
    },

    "migration.parse": ({ uri }) => accept({
      entries: mfakit.parseOtpauthMigration(uri).map((read) => {
        const { batchIndex, batchSize, batchId, uniqueId } = read.migration;
        return { ...otpauth(read), batch_index: batchIndex, batch_size: batchSize, batch_id: batchId, unique_id: uniqueId };
      }),
    }),

    "record.read": (inputs) => {
      const record = CredentialRecord.fromText(inputs.record);
      return accept({
        credential_id_hex: hex(record.id), public_key_cose_hex: hex(record.publicKey), user_handle_hex: hex(record.userHandle),
        sign_count: record.signCount, backup_eligible: record.backupEligible, backed_up: record.backedUp,
        transports: record.transports, aaguid_hex: record.aaguid?.replaceAll("-", "") ?? null, uv_initialized: record.uvInitialized,
        attestation_object_hex: hex(record.attestationObject),
        attestation_client_data_json_hex: hex(record.attestationClientDataJSON),
        record: record.toText(), json: record.toJson(), compact: record.toCompact(),
      });
    },

    "ceremony.finish": (inputs) => {
      const rp = relyingParty(inputs);
      const { state, record, now } = inputs;
      if (inputs.kind === "registration") {
        const verified = rp.finishRegistration(registrationResponse(inputs), { state, now });
        return accept({
          credential_id_hex: hex(verified.credential.id), user_handle_hex: hex(verified.userHandle), uv: verified.userVerified,
          ...committed(verified, inputs),
        });
      }
      const verified = rp.finishAuthentication(authenticationResponse(inputs), { state, record, now });
      return accept({
        credential_id_hex: hex(verified.credentialId), user_handle_hex: hex(verified.userHandle), uv: verified.userVerified,
        new_sign_count: verified.counter, ...committed(verified, inputs),
      });
    },
  };

  /** What stands for peppers in a case; a value of another kind goes to the API as it is. */
  function peppers(given) {
    if (given == null) return undefined;
    const { keys, current } = given;
    const table = Array.isArray(keys) ? Object.fromEntries(keys.map(({ id, key_hex }) => [id, bytes(key_hex)])) : keys;
    return typeof given === "object" ? new Peppers(table, { current }) : given;
  }

  function throttle({ max_failures, free_failures, delay, max_delay, digits, window, budget }) {
    return new Throttle(defined({
      maxFailures: max_failures, freeFailures: free_failures, delay, maxDelay: max_delay, digits, window, budget,
    }));
  }

  function otpauth({ otp, issuer, account, counter, warnings }) {
    return {
      type: otp instanceof Totp ? "totp" : "hotp", secret_hex: unbase32(otp.exposeSecret()), algorithm: otp.algorithm,
      digits: otp.digits, period: otp.period ?? null, steam: otp.digits === 5, issuer, account,
      counter: counter === null ? null : `${counter}`, warnings,
    };
  }

  /** The code of the error that a call ends with; null if it ends well. */
  function refusal(call) {
    try {
      call();
      return null;
    } catch (error) {
      if (mfakit.isMfaError(error)) return error.code;
      throw error;
    }
  }

  function hotp({ secret_hex, digits, algorithm }) {
    if (number(digits) === 10) return Hotp.tenDigits(base32(secret_hex), { algorithm });
    return otp(Hotp, secret_hex, { algorithm, digits: number(digits) });
  }

  function totp(inputs) {
    return otp(Totp, inputs.secret_hex, totpOptions(inputs));
  }

  function steam({ secret_hex }) {
    return Totp.steam(base32(secret_hex));
  }

  function timeBased(inputs) {
    return inputs.steam === true ? steam(inputs) : totp(inputs);
  }

  function relyingParty(inputs) {
    const crossOrigin = !inputs.allow_cross_origin ? "deny"
      : inputs.expected_top_origins == null ? "danger_any_top_origin" : "allow_listed";
    const trust = attestationTrust(inputs);
    return new RelyingParty(inputs.rp_id, defined({
      name: "conformance", origins: inputs.expected_origins,
      userVerification: inputs.require_user_verification ? "required" : "preferred",
      crossOrigin, topOrigins: crossOrigin === "allow_listed" ? inputs.expected_top_origins : undefined,
      counter: inputs.sign_count_policy, backup: inputs.backup_policy, stateKey: bytes(inputs.state_key_hex),
      algorithms: offered(inputs.allowed_algs ?? built), attestationFormats: inputs.formats,
      unknownAttestation: inputs.unknown_attestation, trust, attestation: trust && "direct",
      unsolicitedExtensions: inputs.unsolicited_extensions,
      dangerAllowAbsentUser: inputs.require_user_presence === false,
    }));
  }

  function metadata({ blob, roots_hex, now, previous_number, signer, allow_stale }) {
    return Metadata.parse(blob, defined({
      roots: roots_hex.map(bytes), now: number(now), previousNumber: previous_number == null ? undefined : BigInt(previous_number),
      signer, allowStale: allow_stale,
    }));
  }

  /** A relying party, what it is sent, and what it is told of a registration that it did not begin. */
  function registration(inputs) {
    return {
      rp: relyingParty(inputs), sent: registrationResponse(inputs),
      options: defined({
        challenge: base64url(inputs.expected_challenge_hex),
        userHandle: base64url(inputs.expected_user_handle_hex) ?? ANY_USER,
        // The one registration that needs no presence is a conditional one.
        mediation: inputs.mediation ?? (inputs.require_user_presence === false ? "conditional" : undefined),
        extensions: inputs.extensions, now: number(inputs.now ?? inputs.verification_time),
      }),
    };
  }

  /** The same of an authentication; where nobody was asked, without a user handle and an allow-list. */
  function authentication(inputs) {
    const known = base64url(inputs.expected_user_handle_hex ?? inputs.user_handle_hex) || ANY_USER;
    const record = new CredentialRecord(base64url(inputs.record_credential_id_hex ?? inputs.credential_id_hex), {
      publicKey: base64url(inputs.credential_public_key_cose_hex),
      userHandle: base64url(inputs.record_user_handle_hex) ?? known,
      signCount: inputs.stored_sign_count ?? 0, backupEligible: inputs.stored_backup_eligible ?? null,
    });
    const asked = inputs.discoverable === true ? {} : { userHandle: known, allow: inputs.allow_credentials_hex?.map(base64url) };
    return {
      rp: relyingParty(inputs), sent: authenticationResponse(inputs),
      options: defined({
        challenge: base64url(inputs.expected_challenge_hex), record, extensions: inputs.extensions, ...asked,
      }),
    };
  }

  /** What is asked about trust: our own input, or those of the reference files. */
  function attestationTrust(inputs) {
    const { trust, trust_anchors_hex: anchors, android_key_policy: policy } = inputs;
    if (trust != null) {
      const { also_reject, danger_accept_statuses } = trust.metadata ?? {};
      return new AttestationTrust(defined({
        metadata: trust.metadata && metadata(trust.metadata), alsoReject: also_reject, dangerAcceptStatuses: danger_accept_statuses,
        anchors: trust.anchors_hex?.map(bytes), require: trust.require, androidKey: trust.android_key,
        fidoSwitches: trust.fido_switches, tolerances: trust.tolerances, dangerIgnoreValidity: trust.danger_ignore_validity,
      }));
    }
    if (anchors == null && policy == null) return undefined;
    return new AttestationTrust(defined({
      anchors: anchors?.map(bytes), androidKey: policy === "tee" ? "tee_only" : policy,
      // There, anchors are judged where a path exists: a member `x5c`, which is a text of three letters.
      require: anchors != null && inputs.attestation_object_hex.includes("63783563"),
      dangerIgnoreValidity: inputs.verification_time == null,
    }));
  }

  /** A relying party offers what it can verify: of the case's list, what is built in. */
  function offered(algorithms) {
    const left = algorithms.filter((algorithm) => built.includes(algorithm));
    if (left.length === 0) throw NOT_OFFERED;
    return left;
  }

  function registrationResponse(inputs) {
    return response(inputs, inputs.credential_id_hex ?? attestedCredentialId(inputs.attestation_object_hex), {
      clientDataJSON: inputs.client_data_json_hex, attestationObject: inputs.attestation_object_hex,
    });
  }

  function authenticationResponse(inputs) {
    return response(inputs, inputs.credential_id_hex, {
      clientDataJSON: inputs.client_data_json_hex, authenticatorData: inputs.authenticator_data_hex,
      signature: inputs.signature_hex, userHandle: inputs.user_handle_hex,
    });
  }

  /** What a browser would send as `id`: the one in the attested data, where there is one to be read. */
  function attestedCredentialId(attestation_object_hex) {
    const answer = lowLevel({ op: "attested_credential_id", inputs: { attestation_object_hex } });
    return answer.accept?.credential_id_hex ?? "00";
  }
}

/** `compound:a,b` for a compound statement. */
function attestationType({ type, parts }) {
  return type === "compound" ? `compound:${parts.map((part) => part.type).join(",")}` : type;
}

function totpOptions({ algorithm, digits, period, preset }) {
  return { algorithm, digits: number(digits), period: number(period), preset };
}

/** What the schema's operations say about a verification. */
function verification({ last_accepted_step, time, window_past, window_future, drift }) {
  return {
    lastStep: last_accepted_step == null ? null : BigInt(last_accepted_step), now: number(time),
    past: number(window_past), future: number(window_future), drift: number(drift),
  };
}

function totpFields({ step, drift }) {
  return { matched_step: `${step}`, drift };
}

/** The time that a case names, as it stands. */
function time({ now, now_thousandths }) {
  return now_thousandths === undefined ? now : now_thousandths / 1000;
}

/** A record's name and parameters, which no random byte is in. */
function prefix(record) {
  return record.split("$").slice(0, 3).map((part) => `${part}$`).join("");
}

/** The audit's fields but for the id, which a new code has at random. */
function audited({ event, kind, issuedBy, notBefore, notAfter, maxUses, uses, revoked }) {
  return { event, kind, issued_by: issuedBy, not_before: notBefore, not_after: notAfter, max_uses: maxUses, uses, revoked };
}

/** A transition as the host stores it, and the evidence that storing it earns where the case gives a number of rows. */
function committed(verified, inputs) {
  const evidence = Object.hasOwn(inputs, "rows") ? verified.commit(inputs.rows) : {};
  return defined({ method: evidence.method, user_verified: evidence.userVerified }, stored(verified.transition));
}

function stored({ prev, next }) {
  return { prev, next };
}

/** Any user: most cases say nothing about who it is. */
const ANY_USER = base64url("636f6e666f726d616e6365");

/** The public API takes the time of a host, from 1970 on and up to 1e11; the core takes every u64 and every T0. */
function beyondHostTime({ time, t0 }) {
  return BigInt(t0 ?? 0) !== 0n || BigInt(time) > 100_000_000_000n;
}

/** RFC 4226 asks for 16 bytes; a vector with fewer means the constructor that says so. */
function otp(type, secretHex, options) {
  return secretHex.length < 32 ? type.dangerLegacy(base32(secretHex), options) : type.fromKey(bytes(secretHex), options);
}

function accept(fields) {
  return { accept: fields };
}

/** What the client sent: the bytes or the value of the case where it has one, else what a browser would have sent. */
function response(inputs, idHex, members) {
  if (inputs.response_hex != null) return bytes(inputs.response_hex);
  if (Object.hasOwn(inputs, "response_value")) return inputs.response_value;
  const id = base64url(idHex);
  const encoded = Object.fromEntries(Object.entries(members).map(([name, member]) => [name, base64url(member)]));
  return {
    id, rawId: id, type: "public-key", clientExtensionResults: inputs.client_extension_results ?? {},
    response: defined(encoded),
  };
}

function shown(flags, extensions) {
  return {
    flags_hex: flags.toString(16).padStart(2, "0"), up: (flags & 1) === 1,
    extensions_hex: hex(extensions.raw.authenticator), extension_outputs: extensions,
  };
}

function failed(steps) {
  return steps.filter(({ verdict }) => verdict === "failed").map(({ number, code }) => ({ step: number, code }));
}

/** Numbers come as JSON integers or as decimal text. */
function number(value) {
  return value == null ? undefined : Number(value);
}

/** The fields that are there, since in a vector null and absent mean the same, and `others` as they are. */
function defined(fields, others = {}) {
  return { ...others, ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null)) };
}

function camel(fields) {
  return Object.fromEntries(Object.entries(fields).map(
    ([name, value]) => [name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()), value]));
}

function bytes(hexText) {
  if (hexText == null) return undefined;
  return Uint8Array.from(hexText.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function base64url(hexText) {
  if (hexText == null) return undefined;
  const binary = Array.from(bytes(hexText), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function hex(base64urlText) {
  if (base64urlText == null) return null;
  const binary = atob(base64urlText.replaceAll("-", "+").replaceAll("_", "/"));
  return Array.from(binary, (symbol) => symbol.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function base32(hexText) {
  const bits = Array.from(bytes(hexText), (byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits.replace(/.{1,5}/g, (five) => BASE32[parseInt(five.padEnd(5, "0"), 2)]);
}

function unbase32(text) {
  const bits = Array.from(text, (symbol) => BASE32.indexOf(symbol).toString(2).padStart(5, "0")).join("");
  return (bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2).toString(16).padStart(2, "0")).join("");
}
