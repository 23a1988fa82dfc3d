// A small site with one account: what a host keeps, and the order in which it uses it.
import { RelyingParty, generateUserHandle, readResponse } from "mfakit";
import { SoftAuthenticator } from "mfakit/testing";

export const ORIGIN = "https://login.example.org";

export class Site {
  constructor(options = {}) {
    this.rp = new RelyingParty("example.org", { name: "Example", origins: [ORIGIN], userVerification: "required", ...options });
    this.userHandle = generateUserHandle();
    this.ceremonies = new Map();
    this.records = new Map();
  }

  /** Registers a passkey as a page would, by way of JSON, and gives the authenticator that holds it. */
  register(authenticator = new SoftAuthenticator(ORIGIN)) {
    const ceremony = this.keep(this.rp.beginRegistration(this.userHandle, { userName: "ada", exclude: [...this.records.values()] }));
    const response = JSON.stringify(authenticator.create(ceremony.optionsJson));
    const verified = this.rp.finishRegistration(response, { state: this.consume(ceremony.id) });
    const { id } = verified.credential;
    const rows = this.records.has(id) ? 0 : (this.records.set(id, verified.transition.next), 1);
    verified.commit(rows);
    return authenticator;
  }

  beginSignIn() {
    return this.keep(this.rp.beginAuthentication(this.userHandle, { allow: [...this.records.values()] }));
  }

  finishSignIn(ceremony, response) {
    const state = this.consume(ceremony.id);
    const { credentialId } = readResponse(response);
    const verified = this.rp.finishAuthentication(response, { state, record: this.records.get(credentialId) });
    const { prev, next } = verified.transition;
    const rows = this.records.get(credentialId) === prev ? (this.records.set(credentialId, next), 1) : 0;
    return { verified, evidence: verified.commit(rows) };
  }

  keep(ceremony) {
    this.ceremonies.set(ceremony.id, ceremony.state);
    return ceremony;
  }

  consume(id) {
    const state = this.ceremonies.get(id);
    this.ceremonies.delete(id);
    return state;
  }
}
