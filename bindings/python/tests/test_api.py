"""The shape of the package: its names, its exceptions, its results."""

import copy
import json
import pathlib
import pickle
import subprocess
import sys

import pytest

import mfakit
from mfakit import ConfigError, MfaError, Totp, VerificationError
from mfakit._error_table import ERRORS
from mfakit.testing import SoftAuthenticator

MANIFEST = pathlib.Path(__file__).parents[2] / "manifest.json"


def test_the_package_exports_the_manifest():
    wanted = json.loads(MANIFEST.read_text())["python"]
    assert sorted(mfakit.__all__) == wanted
    # In a process of its own: a submodule that another test imported is an attribute here.
    program = "import mfakit; print(*[name for name in vars(mfakit) if not name.startswith('_')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split()) == wanted


def test_every_error_has_its_class_and_pickles():
    for number, (code, kind, message, _, _, public_code) in ERRORS.items():
        error = mfakit._errors._from_number(number)
        assert isinstance(error, ConfigError if kind == "config" else VerificationError)
        assert not (isinstance(error, ConfigError) and isinstance(error, VerificationError))
        for same in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
            assert type(same) is type(error)
            assert (same.code, same.number, same.kind, str(same)) == (code, number, kind, message)
            assert same.public_code == public_code
        assert type(error).__module__ == "mfakit"
    assert issubclass(ConfigError, (MfaError, ValueError))


def passkey_results():
    rp = mfakit.RelyingParty("example.org", name="E", origins=["https://example.org"], user_verification="required")
    passkey, user = SoftAuthenticator("https://example.org"), mfakit.generate_user_handle()
    begun = rp.begin_registration(user, user_name="alice")
    answer = passkey.create(begun.options)
    registered = rp.finish_registration(answer, state=begun.state)
    record = registered.credential
    login = rp.begin_authentication(user, allow=[record])
    signed_in = rp.finish_authentication(passkey.get(login.options), state=login.state, record=record)
    step = rp.explain_registration(answer, challenge=begun.options["challenge"], user_handle=user)[0]
    return [begun, registered, registered.attestation, registered.transition, signed_in, step, mfakit.read_response(answer)]


def test_results_are_frozen_have_no_constructor_and_no_truth_value():
    verified = Totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").verify("287082", last_step=None, now=59)
    for value in (verified, verified.transition, verified.commit(1), *passkey_results()):
        with pytest.raises(ConfigError):
            bool(value)
        with pytest.raises(TypeError):
            type(value)()
        for name in [name for name in dir(value) if not name.startswith("_")]:
            with pytest.raises(AttributeError):
                setattr(value, name, 1)


def test_no_secret_is_printed():
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    totp = Totp(secret)
    for text in (repr(totp), str(totp), repr(mfakit.Hotp(secret))):
        assert secret not in text and "12345678901234567890" not in text
    with pytest.raises(ConfigError) as caught:
        Totp("SECRETSECRETSECRE1")
    assert "SECRET" not in str(caught.value)
