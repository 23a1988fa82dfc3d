"""What mfakit and three other libraries make of the same otpauth URIs: writes and checks the table of docs/interoperability.md.

    interoperability.py [--write]

Each URI of uris.py is read by the installed pyotp, otplib and otpauth and by mfakit's two packages. Failures: the packages of
mfakit differ from each other; a peer reads the same and makes another code; the committed table is not what the installed
peers do. The last line is `N passed, N failed`.
"""

import importlib.metadata
import json
import sys
from pathlib import Path

import pyotp
from npm_peers import HERE, npm_peers
from uris import URIS

import mfakit

DOCUMENT = HERE.parents[1] / "docs" / "interoperability.md"
NOW = 1_800_000_000
# The table stands between these.
BEGIN, END = "<!-- by testing/peers/interoperability.py -->\n", "<!-- end -->\n"
PEERS = ["pyotp", "otplib", "otpauth"]
DEFAULTS = {"algorithm": "SHA1", "digits": 6, "period": 30}


def main(write):
    failed, rows = {}, []
    with npm_peers("native") as native, npm_peers("wasm") as wasm:
        for uri in URIS:
            by_addon, by_wasm = native(op="uri", uri=uri.uri, now=NOW), wasm(op="uri", uri=uri.uri, now=NOW)
            readings = {
                "mfakit": attempt(ours, uri.uri),
                "pyotp": attempt(by_pyotp, uri.uri),
                "otplib": by_addon["otplib"],
                "otpauth": by_addon["otpauth"],
            }
            failures = list(wrong_codes(uri, readings))
            for package in (by_addon["mfakit"], by_wasm["mfakit"]):
                if package != readings["mfakit"]:
                    failures.append(f"npm says {package}, Python {readings['mfakit']}")
            if failures:
                failed[uri.about] = failures
            rows.append(row(uri, readings))
    text = document(rows)
    if write:
        DOCUMENT.write_text(text, encoding="utf-8")
    elif DOCUMENT.read_text(encoding="utf-8") != text:
        failed["the table"] = ["docs/interoperability.md is not what the peers do; --write, and read what changed"]
    for about, failures in failed.items():
        for line in failures:
            print(f"{about}: {line}")
    print(f"{len(URIS) + 1 - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


# ---------------------------------------------------------------- readings


def attempt(read, uri):
    try:
        return read(uri)
    except mfakit.VerificationError as error:
        return {"error": error.code}
    except Exception as error:
        return {"error": repr(error)}


def ours(uri):
    read = mfakit.parse_otpauth(uri)
    moving = {"period": read.otp.period} if read.counter is None else {"counter": str(read.counter)}
    code = read.otp.code_at(NOW if read.counter is None else read.counter)
    names = {"issuer": read.issuer, "account": read.account}
    about = {"algorithm": read.otp.algorithm, "digits": read.otp.digits}
    return {**names, **about, **moving, "warnings": list(read.warnings), "code": code}


def by_pyotp(uri):
    read = pyotp.parse_uri(uri)
    timed = isinstance(read, pyotp.TOTP)
    moving = {"period": read.interval} if timed else {"counter": str(read.initial_count)}
    reading = {
        "issuer": read.issuer,
        # An account without a name is called so.
        "account": "" if read.name == "Secret" else read.name,
        "algorithm": read.digest().name.upper(),
        # Of Steam's codes it makes ten symbols and cuts them off.
        "digits": 5 if isinstance(read, pyotp.contrib.Steam) else read.digits,
        **moving,
    }
    try:
        code = read.at(NOW if timed else 0)
    except Exception as error:
        return {**reading, "code": None, "unusable": repr(error)}
    return {**reading, "code": code}


def wrong_codes(uri, readings):
    mine = readings["mfakit"].get("code")
    for peer in PEERS:
        theirs = readings[peer].get("code")
        differ = mine is not None and theirs is not None and mine != theirs
        if differ != (peer in uri.codes_differ):
            yield f"{peer} makes {theirs}, mfakit {mine}; expected to differ: {peer in uri.codes_differ}"


# ---------------------------------------------------------------- the table


def row(uri, readings):
    mine = readings["mfakit"]
    cells = [uri.about, f"`{uri.text}`", our_cell(mine), *(their_cell(uri, mine, readings[peer], peer) for peer in PEERS), uri.why]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def our_cell(reading):
    if "error" in reading:
        return f"refused: `{reading['error']}`"
    said = [f"issuer {name(reading['issuer'])}", f"account {name(reading['account'])}", *parameters(reading, DEFAULTS)]
    said += [f"warning `{warning}`" for warning in reading["warnings"]]
    return ", ".join(said)


def their_cell(uri, mine, reading, peer):
    if "error" in reading:
        return "refused"
    said = []
    accepted = "error" not in mine
    # otplib leaves the label whole, so that only what the parameter says can be compared.
    names = [] if peer == "otplib" else ["issuer", "account"]
    if peer == "otplib" and reading["issuer"] is not None:
        names = ["issuer"]
    said += [f"{key} {name(reading[key])}" for key in names if not accepted or (reading[key] or "") != (mine[key] or "")]
    said += parameters(reading, mine if accepted else DEFAULTS)
    if reading["code"] is None:
        said.append("makes no code")
    elif peer in uri.codes_differ:
        said.append(f"**another code**: {uri.codes_differ[peer]}")
    if accepted:
        return ", ".join(said) or "the same"
    return "**taken**" + (f": {', '.join(said)}" if said else "")


def name(text):
    return f"`{json.dumps(text, ensure_ascii=False)[1:-1]}`" if text else "none"


def parameters(reading, usual):
    known = ("algorithm", "digits", "period", "counter")
    return [f"{key} {reading[key]}" for key in known if key in reading and reading[key] != usual.get(key)]


def document(rows):
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    versions = {"pyotp": importlib.metadata.version("pyotp"), **npm_versions()}
    head = ["about", "URI", "mfakit", *(f"{peer} {versions[peer]}" for peer in PEERS), "why"]
    table = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *rows]
    return before + BEGIN + "\n".join(table) + "\n" + END + after


def npm_versions():
    packages = HERE.parents[1] / "bindings/ts/node_modules"
    names = {"otplib": packages / "@otplib/uri", "otpauth": packages / "otpauth"}
    return {peer: json.loads(Path(where, "package.json").read_text())["version"] for peer, where in names.items()}


if __name__ == "__main__":
    sys.exit(main("--write" in sys.argv[1:]))
