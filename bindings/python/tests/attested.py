"""Attestation statements, certificates and a metadata BLOB, made by another library: what trust is tried on."""

import base64
import datetime
import hashlib
import json

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

NOON = 1_800_000_000
AAGUID = bytes(range(16))
MDS = "mds.fidoalliance.org"
MODEL = "00010203-0405-0607-0809-0a0b0c0d0e0f"
# id-fido-gen-ce-aaguid (WebAuthn Level 3 §8.2.1): an OCTET STRING of 16 bytes.
_AAGUID_EXTENSION = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4"), b"\x04\x10" + AAGUID)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def cbor(value):
    """The CBOR that is needed here (RFC 8949 §3); the keys of a map stand as they are given."""
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, (list, tuple)):
        return _head(4, len(value)) + b"".join(map(cbor, value))
    return _head(5, len(value)) + b"".join(cbor(key) + cbor(member) for key, member in value.items())


def _head(major, number):
    if number < 24:
        return bytes([major << 5 | number])
    if number < 256:
        return bytes([major << 5 | 24, number])
    return bytes([major << 5 | 25]) + number.to_bytes(2, "big")


class Authority:
    """A certificate authority, and one key that it certified: a batch's, or that of a host."""

    def __init__(self, name="Test Root", days=3650, host=None):
        self._key, self.leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._until = NOON + days * 86_400
        usage = dict.fromkeys(
            ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
            + ("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
            False,
        )
        self.root = self._certificate(
            self._name,
            self._key,
            (x509.BasicConstraints(ca=True, path_length=None), True),
            (x509.KeyUsage(**{**usage, "key_cert_sign": True}), True),
        )
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test"),
                x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Authenticator Attestation"),
                x509.NameAttribute(NameOID.COMMON_NAME, "Test Batch"),
            ]
        )
        constraints = (x509.BasicConstraints(ca=False, path_length=None), True)
        about = _AAGUID_EXTENSION if host is None else x509.SubjectAlternativeName([x509.DNSName(host)])
        self.leaf = self._certificate(subject, self.leaf_key, constraints, (about, False))

    @property
    def root_der(self):
        return self.root.public_bytes(Encoding.DER)

    @property
    def root_pem(self):
        return self.root.public_bytes(Encoding.PEM).decode()

    @property
    def leaf_der(self):
        return self.leaf.public_bytes(Encoding.DER)

    def sign(self, message):
        return self.leaf_key.sign(message, ec.ECDSA(SHA256()))

    def _certificate(self, subject, key, *extensions):
        def date(seconds):
            return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)

        builder = x509.CertificateBuilder(
            issuer_name=self._name,
            subject_name=subject,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=date(NOON - 86_400),
            not_valid_after=date(self._until),
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self._key, SHA256())


def attested(response, authority, fmt="packed"):
    """The response with a statement that the authority's key signed."""
    response = json.loads(json.dumps(response))
    auth_data = unb64(response["response"]["authenticatorData"])
    signed = auth_data + hashlib.sha256(unb64(response["response"]["clientDataJSON"])).digest()
    statement = {"alg": -7, "sig": authority.sign(signed), "x5c": [authority.leaf_der]}
    return with_object(response, fmt, statement, auth_data)


def with_object(response, fmt, statement, auth_data):
    response = json.loads(json.dumps(response))
    response["response"]["attestationObject"] = b64(cbor({"fmt": fmt, "attStmt": statement, "authData": auth_data}))
    return response


def with_authenticator_extensions(response, outputs):
    """A registration without statement, whose authenticator data has these outputs: nobody signs them."""
    auth_data = bytearray(unb64(response["response"]["authenticatorData"]))
    auth_data[32] |= 0x80
    return with_object(response, "none", {}, bytes(auth_data) + cbor(outputs))


def entry(authority, status="FIDO_CERTIFIED_L1", **changed):
    """An entry of the metadata about the authority's model (Metadata Service 3 §3.1.1)."""
    statement = {
        "aaguid": MODEL,
        "description": "Test Key ключ",
        "protocolFamily": "fido2",
        "authenticatorVersion": 1,
        "attestationTypes": ["basic_full"],
        "authenticationAlgorithms": ["secp256r1_ecdsa_sha256_raw"],
        "keyProtection": ["hardware", "secure_element"],
        "attachmentHint": ["internal"],
        "attestationRootCertificates": [base64.b64encode(authority.root_der).decode()],
    }
    return {
        "aaguid": MODEL,
        "metadataStatement": statement,
        "statusReports": [{"status": status, "effectiveDate": "2026-01-01"}],
        "timeOfLastStatusChange": "2026-01-01",
        **changed,
    }


def blob(signer, entries, number=7, next_update="2027-02-01"):
    """A signed BLOB (Metadata Service 3 §3.1.7): a JWS with the signer's certificate."""
    header = {"alg": "ES256", "typ": "JWT", "x5c": [base64.b64encode(signer.leaf_der).decode()]}
    payload = {"legalHeader": "-", "no": number, "nextUpdate": next_update, "entries": entries}
    signed = ".".join(b64(json.dumps(part, ensure_ascii=False).encode()) for part in (header, payload))
    r, s = decode_dss_signature(signer.sign(signed.encode()))
    return f"{signed}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
