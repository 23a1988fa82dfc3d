"""What is stored of codes, written a second time from the rules in words: what mfakit's records are compared with, and how tests
make records of their own."""

import base64
import hashlib
import hmac

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KINDS = {"admin": 1, "support": 2, "delivered": 3}


def weighted_sum(symbols):
    """The sum of s[i] · x^(n - 1 - i) in GF(2)[x]/(x^5 + x^2 + 1): 0 of a code without a typing error."""
    total = 0
    for symbol in symbols:
        total <<= 1
        total = (total ^ 0b100101 if total & 32 else total) ^ ALPHABET.index(symbol)
    return total


def checked(symbols):
    """The symbols with their check symbol."""
    return symbols + next(symbol for symbol in ALPHABET if weighted_sum(symbols + symbol) == 0)


def tag(purpose, form, user, salt, secret, *, key=None, rounds=None):
    """The tag of a secret: one HMAC under the pepper or the record's random id, then PBKDF2 where there are rounds."""
    user = user.encode()
    message = purpose + bytes([form]) + len(user).to_bytes(2, "big") + user + salt + secret
    fast = hmac.digest(key or salt, message, hashlib.sha256)
    return hashlib.pbkdf2_hmac("sha256", fast, salt, rounds) if rounds else fast


def values(symbols):
    return bytes(ALPHABET.index(symbol) for symbol in symbols)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def recovery_tag(code, user, set_id, **options):
    """Of a code without hyphens: slot, random symbols, check symbol."""
    form = 1 if len(code) == 26 else 2
    return tag(b"mfakit-rc-v1", form, user, set_id, values(code[:-1]), **options)


def typeable_record(codes, user, set_id, *, rounds, key_id=None, **options):
    pepper = f",k={key_id}" if key_id else ""
    tags = ".".join(b64(recovery_tag(code, user, set_id, rounds=rounds, **options)) for code in codes)
    return f"$mfakit-rc$v=1,f=typeable,h=pbkdf2-sha256,i={rounds}{pepper}${b64(set_id)}${tags}"


def temporary_tag(code, kind, user, id, **options):
    """Of a code without hyphens: Z, random symbols, check symbol; or digits."""
    secret = bytes([len(code)]) + code.encode() if kind == "delivered" else values(code[:-1])
    return tag(b"mfakit-tc-v1", KINDS[kind], user, id, secret, **options)


def temporary_record(code, kind, user, id, *, not_before, not_after, uses=0, revoked=0, issued_by="rosa", issued=None, **options):
    rounds, key_id = options.get("rounds"), options.pop("key_id", None)
    storage = f"d={len(code)}" if kind == "delivered" else f"h=pbkdf2-sha256,i={rounds}"
    pepper = f",k={key_id}" if key_id else ""
    stored = b64(temporary_tag(code, kind, user, id, **options))
    max_uses = 1000 if kind == "admin" else 1
    numbers = f"{not_before}.{not_after}.{max_uses}.{uses}.{revoked}"
    times = ".".join(str(time) for time in issued or [not_before])
    return f"$mfakit-tc$v=1,t={kind},{storage}{pepper}${b64(id)}${stored}${numbers}${b64(issued_by.encode())}${times}"
