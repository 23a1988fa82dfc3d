"""otpauth URIs as the field writes them, each with what it is about and why mfakit reads it as it does.

`secret=S` stands for a secret of 20 bytes. `codes_differ` names the peers whose reading leads to another code than ours, with the
reason; any other difference between codes is a failure.
"""

import re
from typing import NamedTuple

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


class Uri(NamedTuple):
    about: str
    text: str
    why: str
    codes_differ: dict = {}

    @property
    def uri(self):
        return re.sub(r"(secret=)S(?=[&#]|$)", rf"\g<1>{SECRET}", self.text, flags=re.IGNORECASE)


IGNORES_STEAM = {"otplib": "it reads six digits", "otpauth": "it reads six digits"}

URIS = [
    # the label
    Uri("what everyone writes", "otpauth://totp/Acme:alice?secret=S&issuer=Acme", "Nothing to decide."),
    Uri("no issuer", "otpauth://totp/alice?secret=S", "The issuer is recommended, not required."),
    Uri("issuer as parameter only", "otpauth://totp/alice?secret=S&issuer=Acme", "Either place will do."),
    Uri("issuer in the label only", "otpauth://totp/Acme:alice?secret=S", "Either place will do."),
    Uri("`%3A` as separator", "otpauth://totp/Acme%3Aalice?secret=S&issuer=Acme", "The format's grammar allows it."),
    Uri("a space after the separator", "otpauth://totp/Acme:%20alice?secret=S&issuer=Acme", "The grammar allows it; it is not part of the name."),
    Uri("a space after `%3A`", "otpauth://totp/Acme%3A%20alice?secret=S&issuer=Acme", "As before."),
    Uri("a colon in the issuer", "otpauth://totp/Text%3A%20More:alice?secret=S&issuer=Text%3A%20More", "The parameter tells where the issuer ends."),
    Uri("a colon in the account", "otpauth://totp/Acme:a:b?secret=S&issuer=Acme", "The first colon separates."),
    Uri("label and parameter disagree", "otpauth://totp/Acme:alice?secret=S&issuer=acme.example", "Common: a display name in the label, a domain in the parameter. The parameter wins, with a warning."),
    Uri("`+` for a space in the issuer", "otpauth://totp/Big%20Bank:alice?secret=S&issuer=Big+Bank", "Form encoding of what the label says; `+` alone stays `+`, as RFC 3986 has it."),
    Uri("`+` in both places", "otpauth://totp/Some+Company%3Ame%40example.org?secret=S&issuer=Some+Company", "Both say the same, whatever the plus means: it stays as it is written."),
    Uri("an e-mail address with `+`", "otpauth://totp/Acme:alice+1@example.org?secret=S&issuer=Acme", "A plus in a path is a plus."),
    Uri("an empty issuer parameter", "otpauth://totp/Acme:alice?secret=S&issuer=", "As if it were not there."),
    Uri("an empty label", "otpauth://totp/?secret=S&issuer=Acme", "The codes are right; the host may ask for a name."),
    Uri("UTF-8", "otpauth://totp/Gro%C3%9Fe%20Bank:alice?secret=S&issuer=Gro%C3%9Fe%20Bank", "Nothing to decide."),
    Uri("an escape that is none", "otpauth://totp/%ZZ:alice?secret=S", "Malformed: what was meant cannot be known."),
    Uri("an escape that is no UTF-8", "otpauth://totp/%C3:alice?secret=S", "Malformed, as above."),
    Uri("a NUL in the label", "otpauth://totp/Acme:ali%00ce?secret=S", "No name has control characters; where one is shown or logged they do harm."),
    Uri("a raw `?` in the label", "otpauth://totp/who?me?secret=S", "The query begins at the first one, and has no secret."),
    Uri("a fragment", "otpauth://totp/Acme:alice?secret=S#frag", "A scanned text has no use for one, and it may be half of an unencoded secret or name."),
    # scheme and type
    Uri("scheme and type in capitals", "OTPAUTH://TOTP/Acme:alice?secret=S", "RFC 3986 §3.1: schemes have no case; QR codes in capitals are smaller."),
    Uri("a type that nobody knows", "otpauth://motp/alice?secret=S", "Its codes would be made in another way."),
    # the secret
    Uri("no secret", "otpauth://totp/Acme:alice?issuer=Acme", "Nothing to import."),
    Uri("two secrets", "otpauth://totp/Acme:alice?secret=S&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "Two meanings: which app took which cannot be known."),
    Uri("a secret in lower case", "otpauth://totp/alice?secret=gezdgnbvgy3tqojqgezdgnbvgy3tqojq", "Some services write it so."),
    Uri("a secret in groups", "otpauth://totp/alice?secret=GEZD%20GNBV%20GY3T%20QOJQ%20GEZD%20GNBV%20GY3T%20QOJQ", "As people are shown it."),
    Uri("a padded secret", "otpauth://totp/alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY%3D%3D%3D%3D%3D%3D", "RFC 4648 has padding, the format does without; either will do."),
    Uri("a secret of 10 bytes", "otpauth://totp/alice?secret=JBSWY3DPEHPK3PXP", "Below RFC 4226's 16 bytes, and common: a warning."),
    Uri("a secret of one symbol", "otpauth://totp/alice?secret=A", "Five bits are no byte: an empty key."),
    Uri("a secret with five bits too many", "otpauth://totp/alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQA", "No bytes have 33 symbols: one was lost, or one is too many."),
    Uri("a secret with bits in its padding", "otpauth://totp/alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGZ", "Two texts for one key; the last symbol is likely mistyped."),
    Uri("a secret with a symbol that is none", "otpauth://totp/alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ0", "0, 1, 8 and 9 are not in base32: mistyped."),
    # the parameters
    Uri("a hash in lower case", "otpauth://totp/alice?secret=S&algorithm=sha256", "One meaning is left."),
    Uri("a hash with a hyphen", "otpauth://totp/alice?secret=S&algorithm=SHA-256", "One meaning is left."),
    Uri("a hash that nobody has", "otpauth://totp/alice?secret=S&algorithm=MD5", "Never a fallback to another hash: the codes would be wrong."),
    Uri("an empty hash", "otpauth://totp/alice?secret=S&algorithm=", "It says that there is one, and not which."),
    Uri("8 digits, 60 seconds", "otpauth://totp/alice?secret=S&digits=8&period=60", "Read; a warning, since some apps ignore the period."),
    Uri("99 digits", "otpauth://totp/alice?secret=S&digits=99", "There are 6 to 8."),
    Uri("5 digits", "otpauth://totp/alice?secret=S&digits=5", "There are 6 to 8; five are Steam's symbols."),
    Uri("10 digits for HOTP", "otpauth://hotp/alice?secret=S&digits=10&counter=1", "Some tokens show ten; the first is 0, 1 or 2."),
    Uri("a period of 0", "otpauth://totp/alice?secret=S&period=0", "1 to 3600 seconds."),
    Uri("a period of a day", "otpauth://totp/alice?secret=S&period=86400", "1 to 3600 seconds: a code that lives longer is a password."),
    Uri("digits twice", "otpauth://totp/alice?secret=S&digits=6&digits=8", "Two meanings."),
    Uri("a parameter in capitals", "otpauth://totp/alice?SECRET=S&Digits=8", "One meaning is left."),
    Uri("a parameter that nobody knows", "otpauth://totp/alice?secret=S&image=x", "Read, with a warning."),
    # HOTP
    Uri("HOTP", "otpauth://hotp/Acme:alice?secret=S&issuer=Acme&counter=7", "Nothing to decide."),
    Uri("HOTP without a counter", "otpauth://hotp/alice?secret=S", "The format requires it; a guess of 0 would refuse the person's codes, or take old ones."),
    Uri("a counter of -1", "otpauth://hotp/alice?secret=S&counter=-1", "A counter is a 64-bit number, RFC 4226 §5.1."),
    Uri("a counter of 2^53 + 1", "otpauth://hotp/alice?secret=S&counter=9007199254740993", "A 64-bit number, exactly.", {"otpauth": "it rounds the counter"}),
    Uri("a counter of 2^63", "otpauth://hotp/alice?secret=S&counter=9223372036854775808", "A 64-bit number, exactly."),
    Uri("a counter of 2^64", "otpauth://hotp/alice?secret=S&counter=18446744073709551616", "Beyond 64 bits."),
    # Steam
    Uri("Steam as encoder", "otpauth://totp/Steam:alice?secret=S&issuer=Steam&encoder=steam", "Five symbols, as KeePassXC, pyotp and others write it.", IGNORES_STEAM),
    Uri("Steam as type", "otpauth://steam/Steam:alice?secret=S", "As other exports write it."),
]
