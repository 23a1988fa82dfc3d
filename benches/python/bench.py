"""mfakit's Python operations beside those of other packages, in CPU time of one process.

    bench.py times INPUTS ROUNDS MS     each contestant in turn, MS milliseconds a turn, ROUNDS times: a line of JSON each
    bench.py batch INPUTS ROUNDS        seconds that the batch takes, at once and one by one: a line of JSON
    bench.py load MODULE                CPU seconds that importing it takes in a process of its own
    bench.py installed PACKAGE          bytes of its files and of all that it needs, and how many packages those are

INPUTS is what `mfakit-benches inputs` printed. A contestant that refuses the good input or accepts the bad one ends the program.
"""

import base64
import importlib
import importlib.metadata
import json
import re
import sys
import time


def main(arguments):
    match arguments:
        case ["times", inputs, rounds, milliseconds]:
            times(contests(read(inputs)), int(rounds), int(milliseconds))
        case ["batch", inputs, rounds]:
            batch(read(inputs), int(rounds))
        case ["load", module]:
            start = time.process_time()
            importlib.import_module(module)
            print(time.process_time() - start)
        case ["installed", package]:
            print(*installed(package))
        case _:
            sys.exit(__doc__)


# ---- the operations: what a server keeps from login to login is made before, what it stores is read inside


def contests(given):
    """Contests, each a dictionary of contestants: functions that are given True for the good input and False for the bad one."""
    return {
        "authentication, dict": authentication(given, json.loads),
        "authentication, text": authentication(given, str),
        "registration, none": registration(given, "none"),
        "registration, packed": registration(given, "packed"),
        "es256": es256(given),
        "totp": totp(given, given["totp"]["good"]),
        "totp, code of the current step": totp(given, current_code(given)),
    }


def authentication(given, form):
    import mfakit
    import webauthn
    from fido2 import cbor
    from fido2.cose import CoseKey
    from fido2.server import Fido2Server
    from fido2.webauthn import Aaguid, AttestedCredentialData, PublicKeyCredentialRpEntity

    responses = {which == "good": form(text) for which, text in given["authentication"].items()}
    challenge, user = given["challenge"], given["user_handle"]
    public_key = unbase64url(given["public_key"])
    rp = relying_party(given)
    record = mfakit.CredentialRecord.from_text(given["record"])

    def ours(good):
        rp.verify_authentication(responses[good], challenge=challenge, user_handle=user, record=given["record"])

    def ours_parsed(good):
        rp.verify_authentication(responses[good], challenge=challenge, user_handle=user, record=record)

    def py_webauthn(good):
        webauthn.verify_authentication_response(
            credential=responses[good],
            expected_challenge=unbase64url(challenge),
            expected_rp_id=given["rp_id"],
            expected_origin=given["origin"],
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )

    server = Fido2Server(PublicKeyCredentialRpEntity(name="Example", id=given["rp_id"]))
    state = {"challenge": challenge, "user_verification": "required"}
    key = CoseKey.parse(cbor.decode(public_key))
    stored = bytes(AttestedCredentialData.create(Aaguid.NONE, unbase64url(given["credential_id"]), key))

    def fido2(good):
        # It takes no text.
        response = responses[good] if form is not str else json.loads(responses[good])
        server.authenticate_complete(state, [AttestedCredentialData(stored)], response)

    found = {"mfakit": ours, "mfakit, record read before": ours_parsed, "py_webauthn": py_webauthn, "fido2": fido2}
    if hasattr(record, "prepare"):
        handle = record.prepare()

        def prepared(good):
            rp.verify_authentication(responses[good], challenge=challenge, user_handle=user, record=record, prepared=handle)

        found["mfakit, prepared"] = prepared
    return {name: accepts(run) for name, run in found.items()}


def registration(given, format):
    import webauthn
    from fido2.attestation import Attestation
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    responses = {which == "good": json.loads(text) for which, text in given[format].items()}
    challenge, user = given["challenge"], given["user_handle"]
    rp = relying_party(given)

    def ours(good):
        rp.verify_registration(responses[good], challenge=challenge, user_handle=user)

    def py_webauthn(good):
        webauthn.verify_registration_response(
            credential=responses[good],
            expected_challenge=unbase64url(challenge),
            expected_rp_id=given["rp_id"],
            expected_origin=given["origin"],
            require_user_verification=True,
        )

    # Left alone it ignores statements: like the others it verifies them here, and trusts no authority.
    def verify_statement(attestation, client_data_hash):
        Attestation.for_type(attestation.fmt)().verify(attestation.att_stmt, attestation.auth_data, client_data_hash)

    entity = PublicKeyCredentialRpEntity(name="Example", id=given["rp_id"])
    server = Fido2Server(entity, attestation="direct", verify_attestation=verify_statement)
    state = {"challenge": challenge, "user_verification": "required"}

    def fido2(good):
        server.register_complete(state, responses[good])

    return {name: accepts(run) for name, run in {"mfakit": ours, "py_webauthn": py_webauthn, "fido2": fido2}.items()}


def es256(given):
    """For orientation: the signature alone, by the package that the peers verify with."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    sec1, message = unbase64url(given["es256"]["sec1"]), unbase64url(given["es256"]["message"])
    signatures = {which == "good": unbase64url(text) for which, text in given["es256"]["signature"].items()}

    def cryptography(good):
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sec1)
        key.verify(signatures[good], message, ec.ECDSA(hashes.SHA256()))

    return {"cryptography": accepts(cryptography)}


def totp(given, code):
    import mfakit
    import pyotp

    codes = {True: code, False: given["totp"]["bad"]}
    now, secret = given["totp"]["now"], given["totp"]["secret"]
    ours, peer = mfakit.Totp(secret), pyotp.TOTP(secret)
    last_step = now // 30 - 1000

    def by_pyotp(good):
        if not peer.verify(codes[good], for_time=now, valid_window=1):
            raise ValueError

    found = {"mfakit": lambda good: ours.verify(codes[good], last_step=last_step, now=now), "pyotp": by_pyotp}
    return {name: accepts(run) for name, run in found.items()}


def current_code(given):
    import pyotp

    return pyotp.TOTP(given["totp"]["secret"]).at(given["totp"]["now"])


def relying_party(given):
    import mfakit

    return mfakit.RelyingParty(given["rp_id"], name="Example", origins=[given["origin"]], user_verification="required")


def unbase64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def accepts(run):
    """The function, once it has accepted the good input and refused the bad one."""
    run(True)
    try:
        run(False)
    except Exception:
        return run
    sys.exit(f"{run} accepts the bad input")


# ---- timing


def times(contests, rounds, milliseconds):
    for contest, contestants in contests.items():
        counts = {name: count_for(run, milliseconds) for name, run in contestants.items()}
        found = {name: [] for name in contestants}
        for _ in range(rounds):
            for name, run in contestants.items():
                found[name].append(cpu_time(run, counts[name]) / counts[name])
        for name, ns in found.items():
            print(json.dumps({"contest": contest, "name": name, "ns": ns}))


def count_for(run, milliseconds):
    """How often it can be run in so many milliseconds; warms it up meanwhile."""
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < milliseconds / 1000 or count < 3:
        run(True)
        count += 1
    return count


def cpu_time(run, count):
    start = time.process_time_ns()
    for _ in range(count):
        run(True)
    return time.process_time_ns() - start


def batch(given, rounds):
    """On the clock: what is asked is how much earlier the last verdict of the batch is there."""
    import mfakit

    rp = relying_party(given)
    more = {"challenge": given["challenge"], "user_handle": given["user_handle"]}
    items = [{"rp": rp, "response": one["response"], "record": one["record"], **more} for one in given["batch"]]

    def one_by_one():
        for one in given["batch"]:
            rp.verify_authentication(one["response"], record=one["record"], **more)

    def at_once():
        for outcome in mfakit.verify_authentications(items):
            outcome.verified()

    found = {"one by one": [], "at once": []}
    for _ in range(rounds):
        for name, run in (("one by one", one_by_one), ("at once", at_once)):
            start = time.perf_counter()
            run()
            found[name].append((time.perf_counter() - start) * 1e9 / len(items))
    for name, ns in found.items():
        print(json.dumps({"contest": "batch", "name": name, "ns": ns}))


def installed(package):
    """Bytes and number of what installing a package brings: what the metadata of each says that it needs here."""
    found, size, open_ = set(), 0, [package]
    while open_:
        name = re.sub(r"[-_.]+", "-", open_.pop()).lower()
        if name in found:
            continue
        found.add(name)
        distribution = importlib.metadata.distribution(name)
        paths = [distribution.locate_file(file) for file in distribution.files or ()]
        size += sum(path.stat().st_size for path in paths if path.suffix != ".pyc" and path.exists())
        for requirement in distribution.requires or ():
            what, _, condition = requirement.partition(";")
            # Extras, other systems and older Pythons: what is not installed is not needed.
            needed = "extra" not in condition and is_installed(name_of(what))
            open_ += [name_of(what)] * needed
    return size, len(found)


def name_of(requirement):
    return re.match(r"[\w.-]+", requirement.strip())[0]


def is_installed(name):
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


if __name__ == "__main__":
    main(sys.argv[1:])
