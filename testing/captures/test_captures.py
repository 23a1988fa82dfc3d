"""Registrations and sign-ins of genuine authenticators, which another library ships as its test data.

The data is py_webauthn's (PyPI `webauthn`, BSD-3-Clause), read out of its source package at a pinned version and never copied here:
every JSON text in its tests that looks like a response. What a ceremony expected is read out of the response itself, so the
challenge proves nothing here; signatures, certificates, TPM structures and key descriptions do.
"""

import ast
import base64
import hashlib
import json
import subprocess
import sys
import tarfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mfakit import AttestationTrust, RelyingParty, VerificationError

PACKAGE = "webauthn==3.0.1"
CACHE = Path(__file__).resolve().parents[2] / ".tools" / "captures"
OWNER = "dXNlcg"

# What is not accepted, and why: (file, number of the response in it) -> code.
REFUSED = {
    # Cut short on purpose, to see what the library says.
    ("test_verify_registration_response.py", 5): "cbor_malformed",
}


def decoded(text):
    text = text.rstrip("=").replace("+", "-").replace("/", "_")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sources():
    """The test files of the package, by name."""
    archive = next(CACHE.glob("webauthn-*.tar.gz"), None)
    if archive is None:
        CACHE.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", CACHE, PACKAGE],
            check=True,
        )
        archive = next(CACHE.glob("webauthn-*.tar.gz"))
    with tarfile.open(archive) as files:
        for member in files:
            path = Path(member.name)
            if path.suffix == ".py" and "tests" in path.parts:
                yield path.name, files.extractfile(member).read().decode()


def is_whole(response):
    """Whether its client data can be read: a test of what happens otherwise has none to show."""
    try:
        json.loads(decoded(response["response"]["clientDataJSON"]))
    except ValueError:
        return False
    return "id" in response


def responses():
    """(file, number, response) for each JSON text in the tests that is a whole response."""
    for name, source in sorted(sources()):
        number = 0
        for node in ast.walk(ast.parse(source)):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str) and "clientDataJSON" in node.value):
                continue
            try:
                response = json.loads(node.value)
            except ValueError:
                continue
            if isinstance(response, dict) and isinstance(response.get("response"), dict) and is_whole(response):
                yield name, number, response
                number += 1


ALL = list(responses())
REGISTRATIONS = [case for case in ALL if "attestationObject" in case[2]["response"]]


def relying_party(response, auth_data_hash, **options):
    """The relying party that the response is for, and the challenge in it."""
    client_data = json.loads(decoded(response["response"]["clientDataJSON"]))
    host = urlsplit(client_data["origin"]).hostname or "localhost"
    labels = host.split(".")
    names = [".".join(labels[start:]) for start in range(len(labels))]
    rp_id = next((name for name in names if hashlib.sha256(name.encode()).digest() == auth_data_hash), host)
    rp = RelyingParty(
        rp_id,
        name="captures",
        origins=[client_data["origin"]],
        user_verification="discouraged",
        algorithms=[-8, -7, -35, -36, -47, -257, -258, -259, -37, -38, -39, -48, -49, -50],
        attestation="direct",
        attestation_formats=["none", "packed", "fido-u2f", "tpm", "android-key", "android-safetynet", "apple", "compound"],
        danger_allow_absent_user=True,
        **options,
    )
    return rp, client_data["challenge"]


def auth_data_of(response):
    """The authenticator data of an attestation object: after its name stands a byte string."""
    data = decoded(response["response"]["attestationObject"])
    at = data.index(b"authData") + len(b"authData")
    width = {0x58: 1, 0x59: 2}[data[at]]
    length = int.from_bytes(data[at + 1 : at + 1 + width], "big")
    return data[at + 1 + width : at + 1 + width + length]


def time_of(response):
    """SafetyNet's statements are good for a minute: the time stands in their payload."""
    data = decoded(response["response"]["attestationObject"])
    if b"android-safetynet" not in data:
        return None
    payload = data[data.index(b"eyJ") :].split(b".")[1]
    return json.loads(decoded(payload.decode()))["timestampMs"] // 1000


def whole(response):
    """With the members that browsers send, where a test left them out, and in the base64url that they write."""
    inner = {name: encoded(decoded(value)) if isinstance(value, str) else value for name, value in response["response"].items()}
    return {"type": "public-key", "clientExtensionResults": {}, **response, "rawId": response["id"], "response": inner}


def trust():
    """Trust in nobody; TPMs of the time signed with SHA-1."""
    return AttestationTrust(require=False, danger_ignore_validity=True, fido_switches=["tpm_rs1"])


@pytest.mark.parametrize("name,number,response", REGISTRATIONS, ids=lambda value: str(value)[:60])
def test_registration(name, number, response):
    rp, challenge = relying_party(response, auth_data_of(response)[:32], trust=trust())
    try:
        verified = rp.verify_registration(whole(response), challenge=challenge, user_handle=OWNER, now=time_of(response))
    except VerificationError as error:
        assert REFUSED.get((name, number)) == error.code
        return
    assert (name, number) not in REFUSED
    assert verified.attestation.trust == "untrusted"


def test_every_format_and_newer_algorithm_is_among_them():
    formats, algorithms = set(), set()
    for name, number, response in REGISTRATIONS:
        if (name, number) in REFUSED:
            continue
        rp, challenge = relying_party(response, auth_data_of(response)[:32], trust=trust())
        verified = rp.verify_registration(whole(response), challenge=challenge, user_handle=OWNER, now=time_of(response))
        formats.add(verified.attestation.format)
        algorithms.add(verified.credential.algorithm)
    assert formats >= {"none", "packed", "fido-u2f", "tpm", "android-key", "android-safetynet", "apple"}
    assert algorithms >= {-7, -257}


def test_a_changed_statement_is_refused():
    """What stands before the authenticator data is the statement: a bit of it, changed, never leaves it valid."""
    for name, number, response in REGISTRATIONS:
        if (name, number) in REFUSED:
            continue
        data = bytearray(decoded(response["response"]["attestationObject"]))
        if b"fmtdnone" in data:
            continue
        at = data.index(b"csig") + 40 if b"csig" in data else len(data) // 3
        data[at] ^= 0x10
        changed = {**response, "response": {**response["response"], "attestationObject": encoded(bytes(data))}}
        rp, challenge = relying_party(response, auth_data_of(response)[:32], trust=trust())
        with pytest.raises(VerificationError):
            rp.verify_registration(whole(changed), challenge=challenge, user_handle=OWNER, now=time_of(response))
