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
      if (error === NO_TRUST) return { skip: "attestation" };
      // Anything else is a defect: it is no legal answer, and the judge counts it as one.
      return mfakit.isMfaError(error) ? { reject: error.code } : { defect: String(error?.stack ?? error) };
    }
  };

  return (line) => {
    const message = JSON.parse(line);
    if (message.op === "hello") {
      const { features, ops, lacks } = lowLevel({ op: "hello" });
      const built = Object.keys(operations).filter((op) => !lacks.some((part) => op.startsWith(part)));
      return JSON.stringify({
        features: [...features, "dynamic_input"],
        ops: [...new Set([...ops, ...built])],
      });
    }
    return JSON.stringify({ id: message.id, ...verdict(message) });
  };
}

/** Nothing that a case offers is built in. */
const NOT_OFFERED = new Error("nothing that is offered is built in");
/** A case asks for trust, and this build cannot judge it. */
const NO_TRUST = new Error("trust is not built in");

function publicOperations(mfakit, lowLevel) {
  const {
    Assessment, AssuranceProfile, AttestationTrust, Classification, CredentialRecord, DeviceKey, DeviceRecord, Evidence, Hotp, Metadata,
    PendingTotp, Peppers, PolicyProfile, RejectedError, RelyingParty, Requirement, Throttle, Tier, Totp,
  } = mfakit;
  const { algorithms: built, features, lacks } = lowLevel({ op: "hello" });

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

    "amr.salesforce_tier": (inputs) => {
      const { tier, recognised } = mfakit.classify(SALESFORCE, named(inputs, "amr"));
      return accept({ tier: recognised ? tierName(tier) : "unrecognised" });
    },

    "amr.parse_claim": ({ claim_json }) => accept({ amr: mfakit.classify(SALESFORCE, { claims: `{"amr": ${claim_json}}` }).amr }),

    "amr.registered": ({ value }) => {
      const description = mfakit.amrDescription(value);
      return accept({ registered: description !== null, description });
    },

    "assurance.classify": (inputs) => accept(classified(classification(inputs))),

    "assurance.id_token": (inputs) => {
      const options = { claims: inputs.id_token, ...named(inputs, "max_age", "now") };
      return accept(classified(mfakit.classify(profile(inputs), options)));
    },

    "assurance.stored_claims": (inputs) => {
      const read = Classification.fromTrustedJson(inputs.stored, { profile: profile(inputs) });
      return accept({ ...classified(read), stored: read.toJson() });
    },

    "assurance.profile": (inputs) => {
      const given = profile(inputs);
      const { id, version } = typeof given === "string" ? AssuranceProfile.named(given) : given;
      return accept({ id, version, lint: lines(mfakit.lint(given)) });
    },

    "assurance.assess": (inputs) => accept(assessed(assessment(inputs))),

    "assurance.stored": (inputs) => {
      const previous = Assessment.fromTrustedJson(inputs.stored);
      const read = mfakit.assess(passwords(inputs), { previous, ...named(inputs, "now") });
      return accept({ ...assessed(read), stored: read.toJson() });
    },

    "assurance.meets": (inputs) => accept({
      meets: hasClaims(inputs) ? classification(inputs).meets(inputs.tier)
        : assessment(inputs).meets(inputs.tier, named(inputs, "max_age", "now")),
    }),

    "policy.profile": (inputs) => {
      const given = policy(inputs);
      const { id, version, channels, privilegedRights } = given;
      return accept({
        id, version, privileged_rights: privilegedRights, labels: Object.values(Tier).map((tier) => given.label(tier)),
        channels: Object.entries(channels).map(([name, covered]) => `${name} ${covered ? "subject" : "unaffected"}`).sort(),
      });
    },

    "policy.requirement": (inputs) => {
      const required = requirement(inputs);
      const { tier, maxAge, exempt, waiver, enforcedFrom, clientCan, acrValues, policyVersion } = required;
      return accept({
        tier: tierName(tier), applies: required.applies(named(inputs, "now")), max_age: maxAge, exempt, waiver,
        enforced_from: enforcedFrom, client_can: clientCan, acr_values: acrValues, policy: required.policy,
        policy_version: policyVersion,
      });
    },

    "policy.decide": (inputs) => {
      const decided = decision(standing(inputs), inputs);
      if (inputs.enforce === true) decided.orThrow();
      const { kind, reason, need, options, challenge } = decided;
      return accept({ kind, reason, need: tierName(need), options, challenge, explain: lines(decided.explain()) });
    },

    "policy.methods": (inputs) => {
      const { enrolled } = inputs;
      const required = requirement(inputs);
      return accept({
        eligible: mfakit.eligibleMethods(enrolled, { requirement: required, ...named(inputs, "now") }),
        enrollable: mfakit.enrollableMethods(required), advice: mfakit.methodAdvice(enrolled),
      });
    },

    "policy.remove": (inputs) => removal(
      mfakit.canRemove(inputs.enrolled, { requirement: requirement(inputs), ...named(inputs, "remove", "now") }), inputs),

    "policy.disable": (inputs) => {
      const required = requirement(inputs);
      return removal(mfakit.canDisable(assessment(inputs), { requirement: required, ...named(inputs, "now") }), inputs);
    },

    "policy.grandfathered": (inputs) => accept({
      grandfathered: mfakit.grandfathered(inputs.enrolled_at, named(inputs, "enrolled_before", "until", "now")),
    }),

    "policy.effects": ({ event }) => accept({
      effects: mfakit.effects(event).map(({ kind, lifetime, template }) => `${kind} ${lifetime ?? "-"} ${template ?? "-"}`),
    }),

    "session.expires_at": (inputs) => accept({
      expires_at: mfakit.sessionExpiresAt(inputs.kind, named(inputs, "created", "last_active")),
    }),

    "session.touch": (inputs) => accept({
      expires_at: mfakit.touchSession(inputs.kind, named(inputs, "created", "last_active", "now")),
    }),

    "audit.record": (inputs) => {
      const options = named(inputs, "user", "credential_id", "now");
      if (Object.hasOwn(inputs, "requirement")) options.requirement = requirement(inputs);
      if (hasClaims(inputs) || Object.hasOwn(inputs, "proven") || Object.hasOwn(inputs, "passwords")) {
        options.standing = standing(inputs);
        if (inputs.decided === true) options.decision = decision(options.standing, inputs);
      }
      return accept({ record: mfakit.auditRecord(inputs.event, options) });
    },

    "approval.enroll": (inputs) => {
      const begun = mfakit.beginDeviceEnrollment(inputs.user_id, named(inputs, "audience", "lifetime", "now"));
      const { audience, userId, deviceId, expiresAt } = mfakit.readDeviceEnrollment(begun.request);
      same([deviceId, expiresAt], [begun.deviceId, begun.expiresAt]);
      return accept({ audience, user_id: userId, expires_at: expiresAt });
    },

    "approval.finish_enrollment": (inputs) => {
      const verified = mfakit.finishDeviceEnrollment(inputs.answer, named(inputs, "state", "now"));
      if (Object.hasOwn(inputs, "rows")) same([verified.commit(inputs.rows)], [verified.device]);
      return accept({ ...device(verified.device), next: verified.transition.next });
    },

    "approval.device": ({ record }) => accept(device(DeviceRecord.fromText(record))),

    "approval.begin": (inputs) => {
      const options = named(inputs, "audience", "action", "context", "devices", "previous", "lifetime", "now");
      const begun = mfakit.beginApproval(inputs.user_id, options);
      const { id, audience, userId, action, context, expiresAt } = mfakit.readApprovalRequest(begun.request);
      same([id, expiresAt], [begun.id, begun.expiresAt]);
      const { prev, next } = begun.transition;
      return accept({
        prev, expires_at: expiresAt, prefix: prefix(next), number_length: begun.number.length,
        status: mfakit.readApproval(next, { id, ...named(inputs, "now") }), audience, user_id: userId, action, context,
      });
    },

    "approval.finish": (inputs) => {
      const verified = mfakit.finishApproval(inputs.answer, named(inputs, "state", "now"));
      const { decision, deviceId, userId, approvalId } = verified;
      return accept({ decision, device_id: deviceId, user_id: userId, approval_id: approvalId, ...committed(verified, inputs) });
    },

    "approval.read": (inputs) => accept({ status: mfakit.readApproval(inputs.state, named(inputs, "id", "now")) }),

    "approval.cancel": ({ state }) => accept(stored(mfakit.cancelApproval(state))),

    "approval.read_answer": ({ answer }) => {
      const { userId, deviceId, requestId } = mfakit.readApprovalAnswer(answer);
      return accept({ user_id: userId, device_id: deviceId, request_id: requestId });
    },

    "approval.read_request": ({ request }) => {
      const { id, audience, userId, action, context, expiresAt } = mfakit.readApprovalRequest(request);
      return accept({ id, audience, user_id: userId, action, context, expires_at: expiresAt });
    },

    "approval.read_enrollment": ({ request }) => {
      const { audience, userId, deviceId, expiresAt } = mfakit.readDeviceEnrollment(request);
      return accept({ audience, user_id: userId, device_id: deviceId, expires_at: expiresAt });
    },

    "approval.enroll_device": (inputs) => {
      const request = mfakit.readDeviceEnrollment(inputs.request);
      return accept(device(request.device(bytes(inputs.public_key_hex), named(inputs, "name"))));
    },

    "approval.device_key": ({ key }) => {
      const read = DeviceKey.fromText(key);
      same([read.toText()], [key]);
      return accept(device(read.record));
    },

    "approval.sign": (inputs) => {
      const [request, key] = [mfakit.readApprovalRequest(inputs.request), DeviceKey.fromText(inputs.key)];
      return accept({ answer: mfakit.signApproval(request, { device: key, ...named(inputs, "decision", "number", "now") }) });
    },

    "approval.sign_enrollment": (inputs) => {
      const [request, key] = [mfakit.readDeviceEnrollment(inputs.request), DeviceKey.fromText(inputs.key)];
      return accept({ answer: mfakit.signEnrollment(request, { device: key, ...named(inputs, "name", "now") }) });
    },

    "approval.to_sign": (inputs) => {
      const options = { device: inputs.record, ...named(inputs, "decision", "number", "now") };
      return accept({ to_sign_hex: hexOf(mfakit.approvalToSign(mfakit.readApprovalRequest(inputs.request), options)) });
    },

    "approval.enrollment_to_sign": (inputs) => {
      const options = { device: inputs.record, ...named(inputs, "now") };
      return accept({ to_sign_hex: hexOf(mfakit.enrollmentToSign(mfakit.readDeviceEnrollment(inputs.request), options)) });
    },

    "approval.answer": ({ to_sign_hex, signature_hex }) => accept({
      answer: mfakit.approvalAnswer(bytes(to_sign_hex), { signature: bytes(signature_hex) }),
    }),
  };

  function tierName(tier) {
    return tier === null ? null : mfakit.tierName(tier);
  }

  /** Each reason in three words. */
  function lines(reasons) {
    return reasons.map(({ code, subject, tier }) => `${code} ${subject ?? "-"} ${tierName(tier) ?? "-"}`);
  }

  /** The case's own profile, or the name of a built-in one. */
  function profile(inputs) {
    return Object.hasOwn(inputs, "profile_json") ? AssuranceProfile.fromJson(inputs.profile_json) : inputs.profile;
  }

  function policy(inputs) {
    if (Object.hasOwn(inputs, "policy_json")) return PolicyProfile.fromJson(inputs.policy_json);
    return PolicyProfile.named(Object.hasOwn(inputs, "policy") ? inputs.policy : SALESFORCE);
  }

  /** The requirement as the case describes it: one of its own, or a policy's. */
  function requirement({ requirement: asked }) {
    const common = named(asked, "max_age", "exemption", "waiver", "enforced_from", "client_can");
    if (Object.hasOwn(asked, "tier")) return new Requirement(asked.tier, { ...common, ...named(asked, "acr_values") });
    return policy(asked).requirement({ rights: [], ...common, ...named(asked, "rights", "channel", "environment") });
  }

  function passwords({ passwords: times = [] }) {
    return times.map((at) => Evidence.password({ at }));
  }

  /** What was proven, by way of the text of a stored assessment. */
  function assessment(inputs) {
    const { proven } = inputs;
    const previous = proven && Assessment.fromTrustedJson(JSON.stringify({ v: 1, methods: proven.map(storedProof) }));
    return mfakit.assess(passwords(inputs), { previous, ...named(inputs, "now") });
  }

  function hasClaims(inputs) {
    return Object.hasOwn(inputs, "profile") || Object.hasOwn(inputs, "profile_json");
  }

  function classification(inputs) {
    const { claims_max_age: maxAge, claims_now: then } = inputs;
    const when = Object.hasOwn(inputs, "claims_now") ? { now: then } : named(inputs, "now");
    return mfakit.classify(profile(inputs), { ...named(inputs, "amr", "acr", "authn_context", "auth_time"), maxAge, ...when });
  }

  function standing(inputs) {
    return hasClaims(inputs) ? classification(inputs) : assessment(inputs);
  }

  function decision(shown, inputs) {
    return mfakit.decide(shown, { requirement: requirement(inputs), enrolled: [], ...named(inputs, "enrolled", "now") });
  }

  function classified(value) {
    const { tier, recognised, unknown, profile, version, amr, acr, authnContext, authTime } = value;
    return {
      tier: tierName(tier), recognised, unknown, profile, version, amr, acr, authn_context: authnContext, auth_time: authTime,
      explain: lines(value.explain()),
    };
  }

  function assessed(value) {
    const { tier, amr, acr, methods, recovery } = value;
    const { knowledge, possession, inherence, unspecified, kinds } = value.factors;
    return {
      tier: tierName(tier), amr, acr, methods, recovery, factors: [knowledge, possession, inherence, unspecified, kinds],
      explain: lines(value.explain()),
    };
  }

  function removal(removed, { enforce }) {
    if (enforce === true) removed.orThrow();
    return accept({ allowed: removed.allowed, reason: removed.reason });
  }

  /** A transition as the host stores it, and the evidence that storing it earns where the case gives a number of rows. */
  function committed(verified, inputs) {
    if (!Object.hasOwn(inputs, "rows")) return stored(verified.transition);
    const evidence = verified.commit(inputs.rows, named(inputs, "via"));
    // Of a registration there is none.
    if (!mfakit.isEvidence(evidence)) return stored(verified.transition);
    const plain = {
      ...stored(verified.transition), method: evidence.method, user_verified: evidence.userVerified, evidence_kind: evidence.kind,
    };
    if (lacks.includes("assurance.")) return plain;
    const { tier, amr, acr } = mfakit.assess(evidence, { now: ASSESSED_AT });
    return { ...plain, assessed_tier: tierName(tier), assessed_amr: amr, assessed_acr: acr };
  }

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
    const stored = (key) => new CredentialRecord(base64url(inputs.record_credential_id_hex ?? inputs.credential_id_hex), {
      publicKey: base64url(key),
      userHandle: base64url(inputs.record_user_handle_hex) ?? known,
      signCount: inputs.stored_sign_count ?? 0, backupEligible: inputs.stored_backup_eligible ?? null,
    });
    const record = stored(inputs.credential_public_key_cose_hex);
    const { prepared_public_key_cose_hex: key } = inputs;
    const prepared = key === undefined ? undefined : stored(key).prepare();
    const asked = inputs.discoverable === true ? {} : { userHandle: known, allow: inputs.allow_credentials_hex?.map(base64url) };
    return {
      rp: relyingParty(inputs), sent: authenticationResponse(inputs),
      options: defined({
        challenge: base64url(inputs.expected_challenge_hex), record, prepared, extensions: inputs.extensions, ...asked,
      }),
    };
  }

  /** What is asked about trust: our own input, or those of the reference files. */
  function attestationTrust(inputs) {
    const { trust, trust_anchors_hex: anchors, android_key_policy: policy } = inputs;
    if (!features.includes("attestation") && [trust, anchors, policy].some((given) => given != null)) throw NO_TRUST;
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

function stored({ prev, next }) {
  return { prev, next };
}

/** A proof as a stored assessment has it. */
function storedProof({ kind, at, user_verified, hardware, backup_eligible, verified_by }) {
  const flags = Object.entries({ userVerified: user_verified, hardware, backupEligible: backup_eligible }).filter(([, set]) => set === true);
  const told = (verified_by ?? "").split(" ").filter((name) => name !== "");
  return { kind, at, ...Object.fromEntries(flags), ...(told.length > 0 && { verifiedBy: told }) };
}

function device(record) {
  const { id, userId, audience, algorithm, publicKey, name } = record;
  return { device_id: id, user_id: userId, audience, algorithm, public_key_hex: hex(publicKey), name, record: record.toText() };
}

/** What two sides say of one thing. */
function same(ours, theirs) {
  if (ours.some((value, index) => value !== theirs[index])) throw new Error("the two sides differ");
}

/** Those of the inputs that are there, as they stand and under the names of the API; what is absent is left to its default. */
function named(inputs, ...names) {
  return camel(Object.fromEntries(names.filter((name) => Object.hasOwn(inputs, name)).map((name) => [name, inputs[name]])));
}

/** When the evidence of a commit is assessed. */
const ASSESSED_AT = 1_800_000_000;
const SALESFORCE = "salesforce-2026-05-05";

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

function hexOf(view) {
  return Array.from(view, (byte) => byte.toString(16).padStart(2, "0")).join("");
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
  return hexOf(Array.from(binary, (symbol) => symbol.charCodeAt(0)));
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
