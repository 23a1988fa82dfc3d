"""One-time passwords of mfakit's Python and npm packages against libraries that share no code with them.

    differential.py [N [SEED]]      N random cases (2000), half TOTP and half HOTP

The peers are oathtool, pyotp, otplib and otpauth. Every code must be the same wherever a peer supports the parameters.
Where LIMITS says that it does not, it is asked too, and a right answer fails: no limit can hide a difference. The packages
also verify the code at that very step or counter. The same seed gives the same cases. The last line is
`N passed, N failed`.
"""

import base64
import collections
import concurrent.futures
import hashlib
import random
import subprocess
import sys

import pyotp
from npm_peers import npm_peers

import mfakit

SEED = 4226
# Processes of oathtool at a time: each lives for a few milliseconds.
PARALLEL = 4

LAST = 2**64 - 1
# Both sides of what fits a signed and an unsigned 32-bit number, the largest integer of a double, and the end.
EDGES = [0, 1, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53 - 1, 2**53, 2**63 - 1, 2**63, LAST]
# Above it mfakit takes a time for milliseconds.
LAST_SECOND = 10**11

# Parameters that a peer does not have, with the reason.
LIMITS = {
    "oathtool": [("it has SHA-1 alone for HOTP", lambda c: c["type"] == "hotp" and c["algorithm"] != "SHA1")],
    "pyotp": [("it refuses secrets of fewer than 10 bytes", lambda c: len(c["secret"]) < 20)],
    "otplib": [("it refuses counters above 2^53 - 1", lambda c: c["type"] == "hotp" and c["counter"] > 2**53 - 1)],
    "otpauth": [("it rounds counters above 2^53 - 1", lambda c: c["type"] == "hotp" and c["counter"] > 2**53 - 1)],
}


def main(count=2000, seed=SEED):
    print(f"{count} cases, seed {seed}")
    source = random.Random(seed)
    cases = [case(source, kind) for kind, _ in zip(("totp", "hotp") * count, range(count))]
    with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        oathtools = pool.map(oathtool, cases)
        with npm_peers("native") as native, npm_peers("wasm") as wasm:
            outcomes = [judge(one, answers(one, native, wasm), theirs) for one, theirs in zip(cases, oathtools)]
    failures = [line for failed, _ in outcomes for line in failed]
    compared = collections.Counter(peer for _, peers in outcomes for peer in peers)
    for line in failures[:20]:
        print(line)
    print("codes compared with", ", ".join(f"{peer} {number}" for peer, number in sorted(compared.items())))
    silent = [peer for peer in LIMITS if not compared[peer]]
    assert not silent, f"never asked: {silent}"
    failed = sum(bool(lines) for lines, _ in outcomes)
    print(f"{count - failed} passed, {failed} failed")
    return 1 if failed else 0


def case(source, kind):
    # Lengths around a hash's output and block, and any other.
    length = source.choice([1, 10, 15, 16, 20, 32, 63, 64, 65, 127, 128, *[source.randint(1, 128)] * 4])
    given = {
        "type": kind,
        "secret": source.randbytes(length).hex(),
        "algorithm": source.choice(["SHA1", "SHA256", "SHA512"]),
        "digits": source.choice([6, 7, 8]),
    }
    if kind == "hotp":
        return {**given, "counter": of_any_size(source, LAST)}
    period = source.choice([30, 30, 60, 1, 3600, source.randint(1, 3600)])
    return {**given, "period": period, "now": of_any_size(source, LAST_SECOND)}


def of_any_size(source, most):
    """A number of as many bits as any other, now and then one at an edge."""
    edges = [edge for edge in EDGES if edge <= most]
    return min(most, source.choice([source.choice(edges), *[source.getrandbits(source.randint(1, 64))] * 3]))


def judge(given, answers, theirs):
    """What is wrong, and the peers whose codes were compared."""
    answers["oathtool"] = theirs
    code = answers["mfakit (Python)"].get("code")
    failures, compared = [], []
    for peer, answer in answers.items():
        limits = [why for why, applies in LIMITS.get(peer, []) if applies(given)]
        if not limits:
            compared.append(peer)
            if code is None or answer.get("code") != code:
                failures.append(f"{peer} says {answer}, mfakit {code}: {given}")
        elif answer.get("code") == code and peer != "otpauth":
            # otpauth rounds, which sometimes changes nothing; the others refuse.
            failures.append(f"{peer} can do what LIMITS says that it cannot ({limits[0]}): {given}")
    return failures, compared


def answers(given, native, wasm):
    npm = {**given, **({"counter": str(given["counter"])} if given["type"] == "hotp" else {})}
    by_addon, by_wasm = native(op="code", **npm), wasm(op="code", **npm)
    return {
        "mfakit (Python)": attempt(ours, given),
        "mfakit (npm, addon)": by_addon["mfakit"],
        "mfakit (npm, WebAssembly)": by_wasm["mfakit"],
        "pyotp": attempt(by_pyotp, given),
        "otplib": by_addon["otplib"],
        "otpauth": by_addon["otpauth"],
    }


def attempt(generate, given):
    try:
        return {"code": generate(given)}
    except Exception as error:
        return {"error": repr(error)}


def ours(given):
    raw = bytes.fromhex(given["secret"])
    options = {"algorithm": given["algorithm"], "digits": given["digits"]}
    kind = mfakit.Hotp
    if given["type"] == "totp":
        kind, options["period"] = mfakit.Totp, given["period"]
    otp = kind.danger_legacy(base32(raw), **options) if len(raw) < 16 else kind.from_key(raw, **options)
    if given["type"] == "totp":
        code = otp.code_at(given["now"])
        verified = otp.verify(code, last_step=None, now=given["now"], past=0, future=0)
        assert verified.step == given["now"] // given["period"]
        return code
    code = otp.code_at(given["counter"])
    # The last counter has no next one to store.
    if given["counter"] < LAST:
        assert otp.verify(code, counter=given["counter"], look_ahead=0).matched_counter == given["counter"]
    return code


def by_pyotp(given):
    digest = getattr(hashlib, given["algorithm"].lower())
    secret = base32(bytes.fromhex(given["secret"]))
    if given["type"] == "totp":
        return pyotp.TOTP(secret, digits=given["digits"], digest=digest, interval=given["period"]).at(given["now"])
    return pyotp.HOTP(secret, digits=given["digits"], digest=digest).at(given["counter"])


def oathtool(given):
    if given["type"] == "totp":
        period, now = f"--time-step-size={given['period']}s", f"--now=@{given['now']}"
        arguments = [f"--totp={given['algorithm']}", period, now]
    elif given["algorithm"] == "SHA1":
        arguments = ["--hotp", f"--counter={given['counter']}"]
    else:
        return {"error": "no such option"}
    # The key by standard input: arguments can be read by every process.
    command = ["oathtool", f"--digits={given['digits']}", *arguments, "-"]
    result = subprocess.run(command, input=given["secret"], capture_output=True, text=True)
    return {"code": result.stdout.strip()} if result.returncode == 0 else {"error": result.stderr.strip()}


def base32(raw):
    return base64.b32encode(raw).decode().rstrip("=")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
