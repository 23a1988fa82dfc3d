// A software authenticator: one ES256 passkey, attestation "none". It reads the options as a browser does and answers
// with the JSON that a browser's `credential.toJSON()` gives. CBOR is written by hand: the tests share no code with the core.
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

const FLAG = { userPresent: 0x01, userVerified: 0x04, backupEligible: 0x08, backedUp: 0x10, attestedData: 0x40 };

export class Authenticator {
  constructor(origin) {
    this.origin = origin;
    this.id = randomBytes(32);
    this.count = 0;
    this.userVerified = true;
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.privateKey = privateKey;
    this.jwk = publicKey.export({ format: "jwk" });
  }

  /** `navigator.credentials.create` */
  create(options) {
    this.userHandle = options.user.id;
    const clientData = this.clientData("webauthn.create", options.challenge);
    const authData = this.authData(options.rp.id, Buffer.concat([
      Buffer.alloc(16), Buffer.from([this.id.length >> 8, this.id.length & 255]), this.id, this.coseKey(),
    ]));
    const attestationObject = Buffer.concat([
      Buffer.from("a363666d74646e6f6e656761747453746d74a068617574684461746158", "hex"), Buffer.from([authData.length]), authData,
    ]);
    return this.response({
      clientDataJSON: base64url(clientData), attestationObject: base64url(attestationObject), transports: ["internal"],
    });
  }

  /** `navigator.credentials.get` */
  get(options) {
    const clientData = this.clientData("webauthn.get", options.challenge);
    const authData = this.authData(options.rpId);
    const signature = sign("sha256", Buffer.concat([authData, sha256(clientData)]), this.privateKey);
    return this.response({
      clientDataJSON: base64url(clientData), authenticatorData: base64url(authData), signature: base64url(signature),
      userHandle: this.userHandle,
    });
  }

  clientData(type, challenge) {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false }));
  }

  authData(rpId, attested = Buffer.alloc(0)) {
    const flags = FLAG.userPresent | (this.userVerified ? FLAG.userVerified : 0) | (attested.length > 0 ? FLAG.attestedData : 0);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(this.count);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count, attested]);
  }

  coseKey() {
    const [x, y] = [this.jwk.x, this.jwk.y].map((coordinate) => Buffer.from(coordinate, "base64url"));
    return Buffer.concat([Buffer.from("a5010203262001215820", "hex"), x, Buffer.from("225820", "hex"), y]);
  }

  response(response) {
    const id = base64url(this.id);
    return { id, rawId: id, type: "public-key", authenticatorAttachment: "platform", clientExtensionResults: {}, response };
  }
}

export function base64url(bytes) {
  return Buffer.from(bytes).toString("base64url");
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest();
}
