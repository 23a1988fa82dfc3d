"""A passkey in software, for the tests of a site that signs people in with mfakit.

Needs the package cryptography: `pip install 'mfakit[testing]'`. It holds private keys in the clear and does whatever its
knobs say, so it belongs in tests and nowhere else. `import mfakit` never imports it.

    >>> from mfakit import RelyingParty, VerificationError, generate_user_handle
    >>> from mfakit.testing import SoftAuthenticator
    >>> rp = RelyingParty("example.org", name="Example", origins=["https://example.org"], user_verification="required")
    >>> passkey, user = SoftAuthenticator("https://example.org"), generate_user_handle()

    >>> ceremony = rp.begin_registration(user, user_name="alice")
    >>> record = rp.finish_registration(passkey.create(ceremony.options), state=ceremony.state).commit(1)

    >>> ceremony = rp.begin_authentication(user, allow=[record])
    >>> rp.finish_authentication(passkey.get(ceremony.options), state=ceremony.state, record=record).user_verified
    True

    >>> passkey.wrong_origin = "https://example.org.phish.example"
    >>> try:
    ...     rp.finish_authentication(passkey.get(ceremony.options), state=ceremony.state, record=record)
    ... except VerificationError as error:
    ...     error.code
    'origin_mismatch'
"""

import base64
import hashlib
import hmac
import json
import os
import uuid
from collections import namedtuple
from urllib.parse import urlsplit

try:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
except ImportError as missing:
    raise ImportError("mfakit.testing needs the package cryptography: pip install 'mfakit[testing]'") from missing

__all__ = ["SoftAuthenticator", "SoftAuthenticatorError"]

# The order of P-256 (SEC 2, 2.4.2): private keys are 1 to one less.
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class SoftAuthenticatorError(Exception):
    """What a browser refuses before there is any response; `name` is that of its DOMException."""

    def __init__(self, name, message):
        super().__init__(name, message)
        self.name = name

    def __str__(self):
        return ": ".join(self.args)


class SoftAuthenticator:
    """A browser at `origin` with an authenticator in it (WebAuthn Level 3 §5.1.3, §5.1.4, §6.3.2, §6.3.3).

    Every keyword is an attribute too, and may be changed between calls:

    algorithm       -7 (ES256) or -8 (Ed25519), for what create() makes
    attestation     "none" or "packed" (self attestation)
    user_verified, user_present, backup_eligible, backed_up    the flags, as they are put, whatever was asked for
    counter         the next value of the signature counter, which then goes up; 0: it has no counter
    aaguid          16 bytes, or the text of a UUID
    transports      what the response says; "internal" makes it a platform authenticator
    wrong_origin    the origin that the client data names in place of the true one
    cross_origin    whether the page is in a frame of another site (crossOrigin)
    top_origin      the origin of the page around that frame (topOrigin)
    discoverable    whether create() makes a credential that get() finds without an allow-list
    seed            makes keys and ids the same in every run
    """

    # A knob that is misspelt is an error, not a test that tests nothing.
    __slots__ = (
        "origin",
        "algorithm",
        "attestation",
        "user_verified",
        "user_present",
        "backup_eligible",
        "backed_up",
        "counter",
        "aaguid",
        "transports",
        "wrong_origin",
        "cross_origin",
        "top_origin",
        "discoverable",
        "seed",
        "_credentials",
    )

    def __init__(
        self,
        origin,
        *,
        algorithm=-7,
        attestation="none",
        user_verified=True,
        user_present=True,
        backup_eligible=False,
        backed_up=False,
        counter=0,
        aaguid=bytes(16),
        transports=("internal",),
        wrong_origin=None,
        cross_origin=False,
        top_origin=None,
        discoverable=True,
        seed=None,
    ):
        self.origin = origin
        self.algorithm = algorithm
        self.attestation = attestation
        self.user_verified = user_verified
        self.user_present = user_present
        self.backup_eligible = backup_eligible
        self.backed_up = backed_up
        self.counter = counter
        self.aaguid = aaguid
        self.transports = transports
        self.wrong_origin = wrong_origin
        self.cross_origin = cross_origin
        self.top_origin = top_origin
        self.discoverable = discoverable
        self.seed = seed
        self._credentials = []

    def create(self, options):
        """Answers the options of a registration with a RegistrationResponseJSON, and keeps the new credential."""
        options = _read(options)
        rp_id = self._rp_id(options["rp"].get("id"))
        # An empty list stands for ES256 and RS256 (§5.1.3 step 10).
        if self.algorithm not in [entry["alg"] for entry in options["pubKeyCredParams"] or [{"alg": -7}]]:
            raise SoftAuthenticatorError("NotSupportedError", "the algorithm of this authenticator is not offered")
        if self._listed(rp_id, options.get("excludeCredentials", [])):
            raise SoftAuthenticatorError("InvalidStateError", "this authenticator holds an excluded credential")
        if options.get("authenticatorSelection", {}).get("residentKey") == "required" and not self.discoverable:
            raise SoftAuthenticatorError("ConstraintError", "a discoverable credential is required")
        credential = self._generate(rp_id, _unb64(options["user"]["id"]))
        client_data = self._client_data("webauthn.create", options["challenge"])
        auth_data = self._auth_data(rp_id, attested=credential)
        statement = self._statement(credential, auth_data + hashlib.sha256(client_data).digest())
        self._credentials.append(credential)
        return self._response(
            credential,
            {"credProps": {"rk": credential.discoverable}} if "credProps" in options.get("extensions", {}) else {},
            clientDataJSON=_b64(client_data),
            authenticatorData=_b64(auth_data),
            transports=list(self.transports),
            publicKey=_b64(credential.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)),
            publicKeyAlgorithm=self.algorithm,
            attestationObject=_b64(_cbor({"fmt": self.attestation, "attStmt": statement, "authData": auth_data})),
        )

    def get(self, options):
        """Answers the options of a sign-in with an AuthenticationResponseJSON."""
        options = _read(options)
        rp_id = self._rp_id(options.get("rpId"))
        allowed = options.get("allowCredentials")
        found = self._listed(rp_id, allowed) if allowed else self._discoverable(rp_id)
        if not found:
            raise SoftAuthenticatorError("NotAllowedError", "this authenticator holds no credential that fits")
        credential = found[0]
        client_data = self._client_data("webauthn.get", options["challenge"])
        auth_data = self._auth_data(rp_id)
        members = {
            "clientDataJSON": _b64(client_data),
            "authenticatorData": _b64(auth_data),
            "signature": _b64(_sign(credential.key, auth_data + hashlib.sha256(client_data).digest())),
        }
        if credential.discoverable:
            members["userHandle"] = _b64(credential.user_handle)
        return self._response(credential, {}, **members)

    def _rp_id(self, asked):
        """The RP ID, which must be the origin's host or a domain that the host is in. An app's origin has no host."""
        host = urlsplit(self.origin).hostname
        rp_id = host if asked is None else asked
        if rp_id is None or (host is not None and host != rp_id and not host.endswith("." + rp_id)):
            raise SoftAuthenticatorError("SecurityError", "the origin is not in the domain of the RP ID")
        return rp_id

    def _listed(self, rp_id, descriptors):
        """Of the listed credentials those that it holds, in the list's order."""
        ids = [_unb64(descriptor["id"]) for descriptor in descriptors]
        return [held for name in ids for held in self._credentials if (held.id, held.rp_id) == (name, rp_id)]

    def _discoverable(self, rp_id):
        """The credentials that need no list, the newest first."""
        return [held for held in reversed(self._credentials) if held.discoverable and held.rp_id == rp_id]

    def _generate(self, rp_id, user_handle):
        if self.algorithm == -7:
            number = int.from_bytes(self._random("private key"), "big") % (_P256_ORDER - 1) + 1
            key = ec.derive_private_key(number, ec.SECP256R1())
        elif self.algorithm == -8:
            key = ed25519.Ed25519PrivateKey.from_private_bytes(self._random("private key"))
        else:
            raise ValueError("algorithm is -7 or -8")
        return _Credential(self._random("credential id"), rp_id, user_handle, key, self.discoverable)

    def _random(self, label):
        """32 bytes; with a seed, the same for the same label of the same credential, counted from the first."""
        if self.seed is None:
            return os.urandom(32)
        seed = self.seed.encode() if isinstance(self.seed, str) else self.seed
        return hmac.digest(seed, f"{label} {len(self._credentials)}".encode(), "sha256")

    def _client_data(self, kind, challenge):
        """CollectedClientData, serialized as §5.8.1.1 says."""
        origin = self.wrong_origin or self.origin
        members = {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": self.cross_origin}
        if self.top_origin is not None:
            members["topOrigin"] = self.top_origin
        return json.dumps(members, separators=(",", ":"), ensure_ascii=False).encode()

    def _auth_data(self, rp_id, attested=None):
        """Authenticator data (§6.1), with attested credential data (§6.5.1) for a new credential."""
        flags = (
            self.user_present * 0x01
            | self.user_verified * 0x04
            | self.backup_eligible * 0x08
            | self.backed_up * 0x10
            | (attested is not None) * 0x40
        )
        head = hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")
        self.counter = min(self.counter + (self.counter != 0), 2**32 - 1)
        if attested is None:
            return head
        aaguid = uuid.UUID(self.aaguid).bytes if isinstance(self.aaguid, str) else self.aaguid
        return head + aaguid + len(attested.id).to_bytes(2, "big") + attested.id + _cose_key(attested.key)

    def _statement(self, credential, signed):
        """§8.7, or §8.2 with the credential's own key."""
        if self.attestation == "none":
            return {}
        if self.attestation == "packed":
            return {"alg": self.algorithm, "sig": _sign(credential.key, signed)}
        raise ValueError('attestation is "none" or "packed"')

    def _response(self, credential, extensions, **members):
        return {
            "id": _b64(credential.id),
            "rawId": _b64(credential.id),
            "type": "public-key",
            "authenticatorAttachment": "platform" if "internal" in self.transports else "cross-platform",
            "clientExtensionResults": extensions,
            "response": members,
        }

    def __repr__(self):
        return f"SoftAuthenticator({self.origin!r})"


_Credential = namedtuple("_Credential", "id rp_id user_handle key discoverable")


def _read(options):
    return json.loads(options) if isinstance(options, str) else options


def _sign(key, message):
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    return key.sign(message, ec.ECDSA(SHA256()))


def _cose_key(key):
    """The public key as a COSE_Key (RFC 9053 §7)."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return _cbor({1: 1, 3: -8, -1: 6, -2: key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)})
    point = key.public_key().public_numbers()
    return _cbor({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})


def _cbor(value):
    """The CBOR that is needed here (RFC 8949 §3); the keys of a map stand as they are given, in canonical order."""
    if isinstance(value, int):
        return _cbor_head(0, value) if value >= 0 else _cbor_head(1, -1 - value)
    if isinstance(value, bytes):
        return _cbor_head(2, len(value)) + value
    if isinstance(value, str):
        return _cbor_head(3, len(value)) + value.encode()
    return _cbor_head(5, len(value)) + b"".join(_cbor(key) + _cbor(member) for key, member in value.items())


def _cbor_head(major, number):
    if number < 24:
        return bytes([major << 5 | number])
    if number < 256:
        return bytes([major << 5 | 24, number])
    return bytes([major << 5 | 25]) + number.to_bytes(2, "big")


def _b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
