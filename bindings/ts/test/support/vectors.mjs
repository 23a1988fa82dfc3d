// Reads the committed conformance vectors, as a user of the package would feed what a browser sent.
import { readFileSync, readdirSync } from "node:fs";

const FOLDER = new URL("../../../../conformance/vectors/", import.meta.url);

/** The examples of WebAuthn Level 3, and those made by its recipe: a registration and a sign-in each. */
export function level3() {
  const cases = readdirSync(FOLDER)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")).cases);
  const good = (op) => cases.filter((item) =>
    item.op === op && item.expect.result === "valid" && item.inputs.rp_id === "example.org" &&
    !item.inputs.allow_cross_origin && /Level 3/.test(item.source.document) && /^Test Vectors/.test(item.source.section));
  return good("webauthn.register").flatMap((registration) => {
    const authentication = good("webauthn.authenticate").find(
      (item) => item.inputs.credential_id_hex === registration.expect.credential_id_hex);
    return authentication === undefined ? [] : [{
      name: registration.id, registration: registrationOf(registration), authentication: authenticationOf(authentication),
    }];
  });
}

function registrationOf({ inputs, expect }) {
  return {
    origins: inputs.expected_origins,
    challenge: b64(inputs.expected_challenge_hex),
    publicKey: b64(expect.credential_public_key_cose_hex),
    algorithm: expect.alg,
    anchors: inputs.trust_anchors_hex?.map((der) => Buffer.from(der, "hex")) ?? null,
    now: inputs.verification_time ?? undefined,
    attestation: { format: expect.fmt, type: expect.attestation_type, trust: "not_requested" },
    response: response(expect.credential_id_hex, {
      clientDataJSON: b64(inputs.client_data_json_hex), attestationObject: b64(inputs.attestation_object_hex),
    }),
  };
}

function authenticationOf({ inputs }) {
  return {
    challenge: b64(inputs.expected_challenge_hex),
    response: response(inputs.credential_id_hex, {
      clientDataJSON: b64(inputs.client_data_json_hex), authenticatorData: b64(inputs.authenticator_data_hex),
      signature: b64(inputs.signature_hex),
    }),
  };
}

function response(idHex, response) {
  const id = b64(idHex);
  return { id, rawId: id, type: "public-key", clientExtensionResults: {}, response };
}

function b64(hex) {
  return Buffer.from(hex, "hex").toString("base64url");
}
