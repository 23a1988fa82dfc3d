"""A software authenticator for the tests: ES256, attestation none, written from the WebAuthn specification."""

import base64
import hashlib
import json
import os
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Authenticator:
    def __init__(self, origin, user_verified=True, counting=True):
        self.origin = origin
        self.flags = 0x01 | (0x04 if user_verified else 0)
        self.counting = counting
        self.counter = 0
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(32)
        self.user_handle = None

    def _client_data(self, kind, challenge):
        text = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(text, separators=(",", ":")).encode()

    def _auth_data(self, rp_id, flags, rest=b""):
        self.counter += self.counting
        return hashlib.sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, self.counter) + rest

    def create(self, options):
        self.user_handle = unb64(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        cose = bytes.fromhex("a5010203262001215820") + x + bytes.fromhex("225820") + y
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cose
        auth_data = self._auth_data(options["rp"]["id"], self.flags | 0x40, attested)
        head = b"\x58" + bytes([len(auth_data)]) if len(auth_data) < 256 else b"\x59" + struct.pack(">H", len(auth_data))
        attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData" + head + auth_data
        client_data = self._client_data("webauthn.create", options["challenge"])
        return self._response({"clientDataJSON": client_data, "attestationObject": attestation, "transports": ["internal"]})

    def get(self, options):
        client_data = self._client_data("webauthn.get", options["challenge"])
        auth_data = self._auth_data(options["rpId"], self.flags)
        signed = auth_data + hashlib.sha256(client_data).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._response(
            {
                "clientDataJSON": client_data,
                "authenticatorData": auth_data,
                "signature": signature,
                "userHandle": self.user_handle,
            }
        )

    def _response(self, members):
        encoded = {name: b64(value) if isinstance(value, bytes) else value for name, value in members.items()}
        name = b64(self.id)
        return {"id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {}, "response": encoded}
