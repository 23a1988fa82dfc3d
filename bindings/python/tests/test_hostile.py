"""Hostile input. Tables of what a client and a host may pass, and the code that answers each; then random mutations of valid responses
and of every public function's arguments: nothing outside the mfakit family is raised, and nothing is accepted whose signed bytes
differ. MFAKIT_MUTATIONS sets how many a seed or function gets."""

import base64
import datetime
import json
import math
import os
import pathlib
import random

import pytest

import mfakit
from attested import MDS, Authority, blob, entry
from mfakit import (
    Assessment,
    AssuranceProfile,
    AttestationTrust,
    Classification,
    ConfigError,
    CredentialRecord,
    DeviceKey,
    DeviceRecord,
    Evidence,
    Hotp,
    MalformedError,
    Metadata,
    MfaError,
    PendingTotp,
    Peppers,
    PolicyProfile,
    RelyingParty,
    Requirement,
    Throttle,
    Tier,
    Totp,
)
from mfakit.testing import SoftAuthenticator
from reference import checked, recovery_tag, temporary_record, typeable_record

MUTATIONS = int(os.environ.get("MFAKIT_MUTATIONS", "1000"))
VECTORS = pathlib.Path(__file__).parents[3] / "conformance" / "vectors" / "webauthn-none.json"
USER = "dXNlcg"


SECRET, KEY, NOON = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", b"k" * 32, 1_800_000_000
PEPPERS = Peppers({"p": KEY}, current="p")
TOTP, HOTP, STEAM, PENDING = Totp(SECRET), Hotp(SECRET), Totp.steam(SECRET), PendingTotp(SECRET)

# Records with codes that have digits in them, of as few rounds as a record may have.
FULL, TYPED, SUPPORT, SENT = checked("0" + "12345678" * 3), checked("0SECRET1SECRET2"), checked("ZSECRET0SECRET1"), "123456"
FULL_TAG = base64.urlsafe_b64encode(recovery_tag(FULL, "alice", bytes(16))).rstrip(b"=").decode()
FULL_SET = f"$mfakit-rc$v=1,f=full$AAAAAAAAAAAAAAAAAAAAAA${FULL_TAG}"
TYPED_SET = typeable_record([TYPED], "alice", bytes(16), rounds=100_000)
LIVES = {"not_before": NOON, "not_after": NOON + 3600}
SUPPORT_RECORD = temporary_record(SUPPORT, "support", "alice", bytes(16), rounds=100_000, **LIVES)
SENT_RECORD = temporary_record(SENT, "delivered", "alice", bytes(16), key=KEY, key_id="p", **LIVES)


CHALLENGE, MAKER = b"0123456789abcdef", Authority(host=MDS)
BLOB = blob(MAKER, [entry(MAKER)])


def parse(given=BLOB, **options):
    return Metadata.parse(given, **{"roots": [MAKER.root_der], "now": NOON, **options})


KNOWN = parse()


def recover(code, record, used=0, **options):
    return mfakit.verify_recovery_code(code, **{"user_id": "alice", "record": record, "used": used, **options})


def admit(code, record, **options):
    options = {"user_id": "alice", "record": record, "peppers": PEPPERS, "now": NOON, **options}
    return mfakit.verify_temporary_code(code, **options)


def issue(user_id="alice", **options):
    options = {"kind": "delivered", "issued_by": "login", "peppers": PEPPERS, "now": NOON, **options}
    return mfakit.issue_temporary_code(user_id, **options)


POLICY, REQUIREMENT = PolicyProfile.named("salesforce-2026-05-05"), Requirement(Tier.STANDARD)
SESSION = mfakit.assess(Evidence.password(at=NOON), now=NOON)
CLAIMS = {"sub": "alice", "amr": ["pwd", "hwk"], "acr": "phr", "auth_time": NOON}
SIGNED_IN = mfakit.classify("salesforce-2026-05-05", claims=CLAIMS, now=NOON)


def enrolling(user_id="alice", **options):
    return mfakit.begin_device_enrollment(user_id, **{"audience": "example.com", "now": NOON, **options})


ENROLLMENT = enrolling()
ENROLLING = mfakit.read_device_enrollment(ENROLLMENT.request)
DEVICE_KEY = mfakit.generate_device_key(ENROLLING)
ENROLLED = mfakit.sign_enrollment(ENROLLING, device=DEVICE_KEY, name="Phone", now=NOON)
DEVICE = mfakit.finish_device_enrollment(ENROLLED, state=ENROLLMENT.state, now=NOON).commit(1)


def approving(user_id="alice", **options):
    options = {"audience": "example.com", "action": "Sign in", "context": "here", "devices": [DEVICE], "now": NOON, **options}
    return mfakit.begin_approval(user_id, **options)


def sign(request=None, **options):
    options = {"device": DEVICE_KEY, "decision": "approve", "number": APPROVAL.number, "now": NOON, **options}
    return mfakit.sign_approval(request or ASKED, **options)


def to_sign(request=None, **options):
    options = {"device": DEVICE, "decision": "approve", "number": APPROVAL.number, "now": NOON, **options}
    return mfakit.approval_to_sign(request or ASKED, **options)


APPROVAL = approving()
ASKED = mfakit.read_approval_request(APPROVAL.request)
STATE, ANSWER = APPROVAL.transition.next, sign()


def finish(answer, **options):
    return mfakit.finish_approval(answer, **{"state": STATE, "now": NOON, **options})


def finish_device(answer, **options):
    return mfakit.finish_device_enrollment(answer, **{"state": ENROLLMENT.state, "now": NOON, **options})


def touch(kind="web", **options):
    return mfakit.touch_session(kind, **{"created": NOON, "last_active": NOON, "now": NOON, **options})


def decided(**options):
    return mfakit.decide(SESSION, **{"requirement": REQUIREMENT, "enrolled": ["totp"], "now": NOON, **options})


def policy(**options):
    return POLICY.requirement(**{"rights": [], **options})


def removal(**options):
    return mfakit.can_remove(["totp"], **{"remove": "totp", "requirement": REQUIREMENT, **options})


def served(**options):
    return mfakit.grandfathered(**{"enrolled_at": NOON, "enrolled_before": NOON, "until": NOON, "now": NOON, **options})


# ---- the client's

# Each argument that is the client's: its name, what is right there, the call, and what the call says of text that is not right.
CLIENT = [
    ("totp.verify", "287082", lambda x: TOTP.verify(x, last_step=None, now=59), "otp_malformed"),
    ("totp.confirm", "287082", lambda x: TOTP.confirm(x, now=59), "otp_malformed"),
    ("totp.check_code", "287082", TOTP.check_code, "otp_malformed"),
    ("steam.verify", STEAM.code_at(NOON), lambda x: STEAM.verify(x, last_step=None, now=NOON), "otp_malformed"),
    ("pending.confirm", "287082", lambda x: PENDING.confirm(x, now=59), "otp_malformed"),
    ("pending.check_code", "287082", PENDING.check_code, "otp_malformed"),
    ("hotp.verify", "755224", lambda x: HOTP.verify(x, counter=0), "otp_malformed"),
    ("hotp.resync first", "755224", lambda x: HOTP.resync(x, second="287082", counter=0), "otp_malformed"),
    ("hotp.resync second", "287082", lambda x: HOTP.resync("755224", second=x, counter=0), "otp_malformed"),
    ("hotp.check_code", "755224", HOTP.check_code, "otp_malformed"),
    ("recovery verify, full", FULL, lambda x: recover(x, FULL_SET), "recovery_code_malformed"),
    ("recovery verify, typeable", TYPED, lambda x: recover(x, TYPED_SET), "recovery_code_malformed"),
    ("recovery check, full", FULL, lambda x: mfakit.check_recovery_code(x, record=FULL_SET), "recovery_code_malformed"),
    ("recovery check, typeable", TYPED, lambda x: mfakit.check_recovery_code(x, record=TYPED_SET), "recovery_code_malformed"),
    ("temporary verify, symbols", SUPPORT, lambda x: admit(x, SUPPORT_RECORD), "temporary_code_malformed"),
    ("temporary verify, digits", SENT, lambda x: admit(x, SENT_RECORD), "temporary_code_malformed"),
    ("temporary check, symbols", SUPPORT, lambda x: mfakit.check_temporary_code(x, record=SUPPORT_RECORD), "temporary_code_malformed"),
    ("temporary check, digits", SENT, lambda x: mfakit.check_temporary_code(x, record=SENT_RECORD), "temporary_code_malformed"),
    ("a device's answer to an enrolment", ENROLLED, finish_device, "approval_malformed"),
    ("a device's answer to an approval", ANSWER, finish, "approval_malformed"),
    ("an answer that is looked up", ANSWER, mfakit.read_approval_answer, "approval_malformed"),
    ("the request of an enrolment", ENROLLMENT.request, mfakit.read_device_enrollment, "approval_malformed"),
    ("the request of an approval", APPROVAL.request, mfakit.read_approval_request, "approval_malformed"),
]  # fmt: skip
URI = f"otpauth://totp/Acme:alice?secret={SECRET}&issuer=Acme&digits=6"
EXPORT = "otpauth-migration://offline?data=Ch8KFDEyMzQ1Njc4OTAxMjM0NTY3ODkwEgVhbGljZTACEAIYAQ=="



class NoLength(str):
    def __len__(self):
        raise RuntimeError("none of yours")


# Values that are no text: `input_malformed`, whatever the argument.
NOT_TEXT = [
    NoLength("287082"),
    None, True, False, 0, 287082, -1, 2**64, 10**400, 0.5, 287082.0, math.nan, math.inf, -math.inf, 1j,
    b"", b"287082", b"\xff\xfe\x00", b"\xed\xa0\x80", bytearray(b"287082"), memoryview(b"287082"),
    [], ["287082"], ("287082",), {}, {"code": "287082"}, set(), object(), str, datetime.datetime(2027, 1, 15),
]  # fmt: skip


def digits_as(others):
    return lambda right: right.translate(str.maketrans("0123456789", others))


# Text that is no code, made of the right one: what the row of the call says.
NOT_A_CODE = [
    ("full-width digits", digits_as("０１２３４５６７８９")),
    ("Arabic-Indic digits", digits_as("٠١٢٣٤٥٦٧٨٩")),
    ("Persian digits", digits_as("۰۱۲۳۴۵۶۷۸۹")),
    ("superscripts", digits_as("⁰¹²³⁴⁵⁶⁷⁸⁹")),
    ("circled digits", digits_as("⓪①②③④⑤⑥⑦⑧⑨")),
    ("bold digits", digits_as("𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")),
    ("NUL after it", lambda right: right + "\0"),
    ("NUL before it", lambda right: "\0" + right),
    ("NUL in place of a symbol", lambda right: right[:3] + "\0" + right[4:]),
    ("1 MB of codes", lambda right: right * (10**6 // len(right) + 1)),
    ("1 MB of spaces after it", lambda right: right + " " * 10**6),
    ("1 MB of NUL", lambda right: "\0" * 10**6),
    ("1 MB of emoji", lambda right: "\U0001f511" * 10**6),
    ("a lone high surrogate after it", lambda right: right + "\ud800"),
    ("a lone low surrogate before it", lambda right: "\udc00" + right),
    ("surrogates alone", lambda right: "\udfff\ud800" * 3),
    ("bytes that are not UTF-8, as Python decodes them", lambda right: (right.encode() + b"\xff").decode("utf-8", "surrogateescape")),
    ("nothing", lambda right: ""),
    ("a sign", lambda right: "+" + right[1:]),
    ("a line break after it", lambda right: right + "\n"),
]  # fmt: skip

# The same in an otpauth URI, wherever it may stand.
NOT_A_URI = [
    ("full-width digits in a number", URI.replace("digits=6", "digits=６"), "otpauth_parameter_invalid"),
    ("full-width digits in a number, encoded", URI.replace("digits=6", "digits=%EF%BC%96"), "otpauth_parameter_invalid"),
    ("full-width digits in the secret", URI.replace("3", "３"), "otpauth_secret_invalid"),
    ("Arabic-Indic digits in a number", URI + "&period=٣٠", "otpauth_parameter_invalid"),
    ("Arabic-Indic digits in a counter", URI.replace("totp", "hotp") + "&counter=٠", "otpauth_parameter_invalid"),
    ("superscripts in a number", URI + "&period=³⁰", "otpauth_parameter_invalid"),
    ("a sign", URI + "&period=+30", "otpauth_parameter_invalid"),
    ("NUL after the secret", URI.replace("&issuer", "\0&issuer"), "otpauth_secret_invalid"),
    ("NUL after the secret, encoded", URI.replace("&issuer", "%00&issuer"), "otpauth_secret_invalid"),
    ("NUL in the label", URI.replace("alice", "ali\0ce"), "otpauth_malformed"),
    ("NUL in the label, encoded", URI.replace("alice", "ali%00ce"), "otpauth_malformed"),
    ("NUL in a number", URI + "\0", "otpauth_parameter_invalid"),
    ("NUL before it", "\0" + URI, "otpauth_malformed"),
    ("1 MB of account", URI.replace("alice", "a" * 10**6), "input_too_large"),
    ("1 MB of NUL", "\0" * 10**6, "input_too_large"),
    ("2401 bytes in fewer characters", URI + "&" + "é" * ((2401 - len(URI)) // 2), "input_too_large"),
    ("a lone high surrogate after it", URI + "\ud800", "otpauth_malformed"),
    ("a lone low surrogate in the label", URI.replace("alice", "\udc00"), "otpauth_malformed"),
    ("a lone surrogate, encoded", URI.replace("alice", "%ED%A0%80"), "otpauth_malformed"),
    ("bytes that are not UTF-8, as Python decodes them", URI + "\udcff", "otpauth_malformed"),
    ("bytes that are not UTF-8, encoded", URI.replace("alice", "%FF"), "otpauth_malformed"),
    ("nothing", "", "otpauth_malformed"),
]  # fmt: skip
NOT_AN_EXPORT = [
    ("full-width digits", digits_as("０１２３４５６７８９")(EXPORT), "migration_malformed"),
    ("Arabic-Indic digits", digits_as("٠١٢٣٤٥٦٧٨٩")(EXPORT), "migration_malformed"),
    ("superscripts", digits_as("⁰¹²³⁴⁵⁶⁷⁸⁹")(EXPORT), "migration_malformed"),
    ("NUL after it", EXPORT + "\0", "migration_malformed"),
    ("NUL after it, encoded", EXPORT + "%00", "migration_malformed"),
    ("1 MB of data", EXPORT + "A" * 10**6, "input_too_large"),
    ("4097 bytes in fewer characters", EXPORT + "é" * ((4098 - len(EXPORT)) // 2), "input_too_large"),
    ("a lone surrogate after it", EXPORT + "\ud800", "migration_malformed"),
    ("bytes that are not UTF-8, as Python decodes them", EXPORT + "\udcff", "migration_malformed"),
    ("bytes that are not UTF-8, encoded", EXPORT + "%ff", "migration_malformed"),
    ("nothing", "", "migration_malformed"),
]  # fmt: skip


# What is no signed BLOB, and the code of each.
NOT_A_BLOB = [
    ("nothing", "", "metadata_malformed"),
    ("an empty signature", BLOB[: BLOB.rindex(".") + 1], "signature_malformed"),
    ("a part too many", BLOB + ".AAAA", "metadata_malformed"),
    ("padding", BLOB + "==", "metadata_malformed"),
    ("NUL after it", BLOB + "\0", "metadata_malformed"),
    ("NUL in the header", BLOB[:9] + "\0" + BLOB[10:], "metadata_malformed"),
    ("full-width letters", "ｅ" + BLOB[1:], "metadata_malformed"),
    ("1 MB of dots", "." * 10**6, "metadata_malformed"),
    ("1 MB of letters", "A" * 10**6, "metadata_malformed"),
    ("JSON", '{"no": 1}', "metadata_malformed"),
    ("a byte more than is read", "A" * (32 * 2**20 + 1), "input_too_large"),
    ("a byte more than is read, as bytes", b"A" * (32 * 2**20 + 1), "input_too_large"),
    ("a lone surrogate after it", BLOB + "\ud800", "input_malformed"),
    ("bytes that are not UTF-8", BLOB.encode() + b"\xff", "metadata_malformed"),
    ("bytes that are not UTF-8, as Python decodes them", BLOB + "\udcff", "input_malformed"),
    ("a dictionary", {"no": 1}, "input_malformed"),
]  # fmt: skip


def named(rows):
    return [pytest.param(*row, id=row[0]) for row in rows]


def refused(call, code, family):
    with pytest.raises(MfaError) as caught:
        call()
    assert (caught.value.code, type(caught.value)) == (code, family)


@pytest.mark.parametrize(("name", "right", "call", "malformed"), named(CLIENT))
def test_whatever_a_client_sends_for_a_code_is_the_clients_mistake(name, right, call, malformed):
    call(right)
    for value in NOT_TEXT:
        refused(lambda: call(value), "input_malformed", MalformedError)
    for what, of in NOT_A_CODE:
        sent = of(right)
        assert sent != right, f"{name} has no {what}"
        refused(lambda: call(sent), malformed, MalformedError)


@pytest.mark.parametrize(
    ("call", "right", "table"),
    [(mfakit.parse_otpauth, URI, NOT_A_URI), (mfakit.parse_otpauth_migration, EXPORT, NOT_AN_EXPORT)],
    ids=["parse_otpauth", "parse_otpauth_migration"],
)
def test_whatever_a_client_sends_for_a_uri_is_the_clients_mistake(call, right, table):
    call(right)
    for value in NOT_TEXT:
        refused(lambda: call(value), "input_malformed", MalformedError)
    for what, sent, code in table:
        assert sent != right, what
        refused(lambda: call(sent), code, MalformedError)


def test_whatever_a_client_sends_for_metadata_is_the_clients_mistake():
    for value in NOT_TEXT:
        if not isinstance(value, (bytes, bytearray)):
            refused(lambda: parse(value), "input_malformed", MalformedError)
    for what, sent, code in NOT_A_BLOB:
        assert sent != BLOB, what
        refused(lambda: parse(sent), code, MalformedError)


@pytest.mark.parametrize("value", [*NOT_TEXT, *(of("287082") for _, of in NOT_A_CODE)], ids=lambda value: repr(value)[:24])
def test_whatever_a_client_sends_to_be_explained_is_explained(value):
    calls = [
        (RP.explain_registration, RP.verify_registration, {"challenge": CHALLENGE, "user_handle": USER}),
        (RP.explain_authentication, RP.verify_discoverable_authentication, {"challenge": CHALLENGE, "record": RECORD}),
    ]
    for explain, verify, arguments in calls:
        with pytest.raises(MalformedError) as caught:
            verify(value, **arguments)
        assert [step.code for step in explain(value, **arguments) if step.verdict == "failed"] == [caught.value.code]


# ---- the host's

# Values that are no time, for every `now`: `time_invalid`.
NOT_A_TIME = [
    ("negative", -1), ("a little negative", -0.5), ("very negative", -(10**400)), ("NaN", math.nan), ("infinite", math.inf),
    ("negative and infinite", -math.inf), ("milliseconds", 1_800_000_000_000), ("milliseconds as a float", 1.8e12),
    ("beyond every float", 10**400), ("True", True), ("False", False), ("text", "1800000000"), ("bytes", b"1800000000"),
    ("a naive datetime", datetime.datetime(2027, 1, 15)), ("a date", datetime.date(2027, 1, 15)),
    ("before 1970", datetime.datetime(1969, 12, 31, tzinfo=datetime.timezone.utc)), ("a list", [NOON]), ("an object", object()),
]  # fmt: skip
THROTTLE = Throttle()
RP = RelyingParty(
    "example.org", name="E", origins=["https://example.org"], user_verification="required", enumeration_key=b"e" * 32
)
# The key is the base point of P-256.
RECORD = CredentialRecord(
    b"id",
    public_key="pQECAyYgASFYIGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWIlggT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU",
    user_handle=USER,
    sign_count=0,
)
EXPECTED = {"challenge": CHALLENGE, "user_handle": USER}
TIMES = [
    ("totp.code_at", TOTP.code_at),
    ("totp.verify", lambda x: TOTP.verify("287082", last_step=None, now=x)),
    ("totp.confirm", lambda x: TOTP.confirm("287082", now=x)),
    ("steam.verify", lambda x: STEAM.verify("23456", last_step=None, now=x)),
    ("pending.confirm", lambda x: PENDING.confirm("287082", now=x)),
    ("issue_temporary_code", lambda x: issue(now=x)),
    ("verify_temporary_code", lambda x: admit(SENT, SENT_RECORD, now=x)),
    ("throttle.charge", lambda x: THROTTLE.charge(None, now=x)),
    ("throttle.retry_at", lambda x: THROTTLE.retry_at(None, now=x)),
    ("begin_registration", lambda x: RP.begin_registration(USER, user_name="alice", now=x)),
    ("begin_authentication", lambda x: RP.begin_discoverable_authentication(now=x)),
    ("begin_decoy_authentication", lambda x: RP.begin_decoy_authentication("alice", now=x)),
    ("verify_registration", lambda x: RP.verify_registration("{}", **EXPECTED, now=x)),
    ("explain_registration", lambda x: RP.explain_registration("{}", **EXPECTED, now=x)),
    ("Metadata.parse", lambda x: parse(now=x)),
    ("Evidence.password", lambda x: Evidence.password(at=x)),
    ("assess", lambda x: mfakit.assess([], now=x)),
    ("assessment.meets", lambda x: SESSION.meets(1, max_age=1, now=x)),
    ("classify", lambda x: mfakit.classify("rfc8176", now=x)),
    ("enforced_from", lambda x: Requirement(1, enforced_from=x)),
    ("a policy's enforced_from", lambda x: policy(enforced_from=x)),
    ("requirement.applies", REQUIREMENT.applies),
    ("decide", lambda x: decided(now=x)),
    ("eligible_methods", lambda x: mfakit.eligible_methods([], requirement=REQUIREMENT, now=x)),
    ("can_remove", lambda x: removal(now=x)),
    ("can_disable", lambda x: mfakit.can_disable(SESSION, requirement=REQUIREMENT, now=x)),
    ("enrolled_at", lambda x: served(enrolled_at=x)),
    ("enrolled_before", lambda x: served(enrolled_before=x)),
    ("until", lambda x: served(until=x)),
    ("grandfathered", lambda x: served(now=x)),
    ("a session's created", lambda x: mfakit.session_expires_at("web", created=x)),
    ("a session's last_active", lambda x: mfakit.session_expires_at("web", created=NOON, last_active=x)),
    ("touch_session, created", lambda x: touch(created=x)),
    ("touch_session, last_active", lambda x: touch(last_active=x)),
    ("touch_session", lambda x: touch(now=x)),
    ("audit_record", lambda x: mfakit.audit_record("e", now=x)),
    ("begin_device_enrollment", lambda x: enrolling(now=x)),
    ("finish_device_enrollment", lambda x: finish_device(ENROLLED, now=x)),
    ("begin_approval", lambda x: approving(now=x)),
    ("finish_approval", lambda x: finish(ANSWER, now=x)),
    ("read_approval", lambda x: mfakit.read_approval(STATE, id=APPROVAL.id, now=x)),
    ("sign_enrollment", lambda x: mfakit.sign_enrollment(ENROLLING, device=DEVICE_KEY, now=x)),
    ("enrollment_to_sign", lambda x: mfakit.enrollment_to_sign(ENROLLING, device=DEVICE, now=x)),
    ("sign_approval", lambda x: sign(now=x)),
    ("approval_to_sign", lambda x: to_sign(now=x)),
]

# Values that are no whole number, for every number of the host's: `argument_type_invalid`. So is None where there is no default for it.
NOT_A_NUMBER = [True, False, "6", b"6", "６", 6.0, 6.5, math.nan, math.inf, [6], {}, object(), 1j]
# Each number: the call, what it says of a number that is out of range, and whether None is allowed.
NUMBERS = [
    ("digits", lambda x: Totp(SECRET, digits=x), "argument_value_invalid", False),
    ("period", lambda x: Totp(SECRET, period=x), "argument_value_invalid", False),
    ("pending digits", lambda x: PendingTotp(SECRET, digits=x), "argument_value_invalid", False),
    ("pending period", lambda x: PendingTotp.generate(period=x), "argument_value_invalid", False),
    ("last_step", lambda x: TOTP.verify("287082", last_step=x, now=59), "argument_value_invalid", True),
    ("past", lambda x: TOTP.verify("287082", last_step=None, now=59, past=x), "argument_value_invalid", True),
    ("future", lambda x: TOTP.verify("287082", last_step=None, now=59, future=x), "argument_value_invalid", True),
    ("drift", lambda x: TOTP.verify("287082", last_step=None, now=59, drift=x), "window_too_large", False),
    ("counter", lambda x: HOTP.verify("755224", counter=x), "argument_value_invalid", False),
    ("counter of a code", HOTP.code_at, "argument_value_invalid", False),
    ("counter of a URI", lambda x: HOTP.uri(issuer="E", account="a", counter=x), "argument_value_invalid", False),
    ("look_ahead", lambda x: HOTP.verify("755224", counter=0, look_ahead=x), "argument_value_invalid", False),
    ("count", lambda x: mfakit.generate_recovery_codes("alice", count=x), "argument_value_invalid", False),
    ("used", lambda x: recover(FULL, FULL_SET, used=x), "record_corrupt", False),
    ("lifetime", lambda x: issue(lifetime=x), "argument_value_invalid", True),
    ("delivered digits", lambda x: issue(digits=x), "argument_value_invalid", False),
    ("max_failures", lambda x: Throttle(max_failures=x), "argument_value_invalid", False),
    ("free_failures", lambda x: Throttle(free_failures=x), "argument_value_invalid", False),
    ("delay", lambda x: Throttle(delay=x), "argument_value_invalid", False),
    ("max_delay", lambda x: Throttle(max_delay=x), "argument_value_invalid", False),
    ("throttle digits", lambda x: Throttle(digits=x), "argument_value_invalid", False),
    ("throttle window", lambda x: Throttle(window=x), "argument_value_invalid", False),
    ("odds digits", lambda x: mfakit.guess_odds(digits=x, window=1, attempts=1), "argument_value_invalid", False),
    ("odds window", lambda x: mfakit.guess_odds(digits=6, window=x, attempts=1), "argument_value_invalid", False),
    ("odds attempts", lambda x: mfakit.guess_odds(digits=6, window=1, attempts=x), "argument_value_invalid", False),
    ("length", mfakit.generate_secret, "argument_value_invalid", False),
    ("previous_number", lambda x: parse(previous_number=x), "argument_value_invalid", True),
    ("sign_count", lambda x: CredentialRecord("AA", public_key=RECORD.public_key, user_handle=USER, sign_count=x), "argument_value_invalid", False),
    ("ceremony's lifetime", lambda x: RP.begin_decoy_authentication("alice", lifetime=x), "argument_value_invalid", True),
    ("an algorithm", lambda x: relying(algorithms=[x]), "argument_value_invalid", False),
    ("an assessment's max_age", lambda x: SESSION.meets(1, max_age=x), "argument_value_invalid", True),
    ("claims' max_age", lambda x: mfakit.classify("rfc8176", max_age=x), "argument_value_invalid", True),
    ("a requirement's max_age", lambda x: Requirement(1, max_age=x), "argument_value_invalid", True),
    ("a policy's max_age", lambda x: policy(max_age=x), "argument_value_invalid", True),
    ("an enrolment's lifetime", lambda x: enrolling(lifetime=x), "argument_value_invalid", True),
    ("an approval's lifetime", lambda x: approving(lifetime=x), "argument_value_invalid", True),
]  # fmt: skip

def relying(**options):
    arguments = {"name": "E", "origins": ["https://example.org"], "user_verification": "required", **options}
    return RelyingParty("example.org", **arguments)


NO_RECORD = {"": "record_corrupt", "\0": "record_corrupt", "x" * 10**6: "record_corrupt"}
NOT_A_NAME = dict.fromkeys(["", "required\0", "Direct", "ｎｏｎｅ", "x" * 10**6], "argument_value_invalid")
# Values that are no text, for every text of the host's: `argument_type_invalid`. So is None where there is no default for it.
NOT_A_TEXT = [True, 6, 6.5, math.nan, b"alice", b"\xff", bytearray(b"alice"), [], {}, object(), "\ud800", "alice\udc00"]
# Each text: the call, values out of its own rules and what it says of them, and whether None is allowed.
TEXTS = [
    ("secret", Totp, {"２": "secret_malformed", "A" * 31 + "²": "secret_malformed", SECRET + "\0": "secret_malformed", "": "secret_too_short"}, False),
    ("legacy secret", Totp.danger_legacy, {"２": "secret_malformed", "": "secret_too_short"}, False),
    ("steam's secret", Totp.steam, {"２": "secret_malformed", "": "secret_too_short"}, False),
    ("pending secret", PendingTotp, {"２": "secret_malformed", "": "secret_too_short"}, False),
    ("algorithm", lambda x: Totp(SECRET, algorithm=x), {"SHA１": "hash_algorithm_unknown", "": "hash_algorithm_unknown"}, False),
    ("preset", lambda x: Totp(SECRET, preset=x), {"Usual": "argument_value_invalid", "usual\0": "argument_value_invalid"}, False),
    ("pending preset", lambda x: PendingTotp.generate(preset=x), {"": "argument_value_invalid"}, False),
    ("issuer", lambda x: TOTP.uri(issuer=x, account="a"), {"\0": "otp_label_invalid", "x" * 10**6: "otp_label_invalid"}, False),
    ("account", lambda x: TOTP.uri(issuer="E", account=x), {"\0": "otp_label_invalid", "x" * 10**6: "otp_label_invalid"}, False),
    ("hotp's account", lambda x: HOTP.uri(issuer="E", account=x, counter=0), {"\0": "otp_label_invalid"}, False),
    ("pending account", lambda x: PENDING.uri(issuer="E", account=x), {"\0": "otp_label_invalid"}, False),
    ("svg", mfakit.qr_svg, {"x" * 10**6: "argument_value_invalid"}, False),
    ("png", mfakit.qr_png, {"x" * 10**6: "argument_value_invalid"}, False),
    ("terminal", mfakit.qr_terminal, {"x" * 10**6: "argument_value_invalid"}, False),
    ("user of a set", mfakit.generate_recovery_codes, {"": "user_id_invalid", "x" * 10**6: "user_id_invalid"}, False),
    ("format", lambda x: mfakit.generate_recovery_codes("alice", format=x), {"Full": "argument_value_invalid"}, False),
    ("recovery user", lambda x: recover(FULL, FULL_SET, user_id=x), {"": "user_id_invalid", "x" * 10**6: "user_id_invalid"}, False),
    ("recovery record", lambda x: recover(FULL, x), {"": "record_corrupt", FULL_SET + "\0": "record_corrupt", FULL_SET.replace("1", "１"): "record_corrupt", FULL_SET + "A" * 10**6: "record_corrupt"}, False),
    ("checked recovery record", lambda x: mfakit.check_recovery_code(FULL, record=x), {"": "record_corrupt", TYPED_SET.replace("1", "١"): "record_corrupt"}, False),
    ("typeable record", lambda x: recover(TYPED, x), {TYPED_SET.replace("1", "¹"): "record_corrupt", TYPED_SET.replace("=1", "=9"): "record_version_unknown"}, False),
    ("user of a temporary code", issue, {"": "user_id_invalid", "x" * 10**6: "user_id_invalid"}, False),
    ("kind", lambda x: issue(kind=x), {"Admin": "argument_value_invalid", "admin\0": "argument_value_invalid", "": "argument_value_invalid"}, False),
    ("issued_by", lambda x: issue(issued_by=x), {"": "argument_value_invalid", "x" * 10**6: "argument_value_invalid"}, False),
    ("previous", lambda x: issue(previous=x), {"": "record_corrupt", SENT_RECORD + "\0": "record_corrupt", "x" * 10**6: "record_corrupt"}, True),
    ("temporary user", lambda x: admit(SENT, SENT_RECORD, user_id=x), {"": "user_id_invalid"}, False),
    ("temporary record", lambda x: admit(SENT, x), {"": "record_corrupt", SENT_RECORD + "\0": "record_corrupt", SENT_RECORD.replace("1", "１"): "record_corrupt", SENT_RECORD + ".1" * 10**6: "record_corrupt"}, False),
    ("checked temporary record", lambda x: mfakit.check_temporary_code(SENT, record=x), {"": "record_corrupt", SENT_RECORD.replace("1", "١"): "record_corrupt"}, False),
    ("revoked record", mfakit.revoke_temporary_code, {"": "record_corrupt", SENT_RECORD.replace("1", "¹"): "record_corrupt"}, False),
    ("state", lambda x: THROTTLE.charge(x, now=NOON), {"": "state_malformed", f"$mfakit-throttle$v=1$３${NOON}": "state_malformed", "x" * 10**6: "state_malformed"}, True),
    ("budget", lambda x: Throttle(budget=x), {"Strict": "argument_value_invalid", "": "argument_value_invalid"}, False),
    ("current", lambda x: Peppers({"p": KEY}, current=x), {"ｐ": "pepper_invalid", "": "pepper_invalid"}, False),
    ("resident_key", lambda x: relying(resident_key=x), NOT_A_NAME, False),
    ("a ceremony's resident_key", lambda x: RP.begin_registration(USER, user_name="a", resident_key=x), NOT_A_NAME, True),
    ("attachment", lambda x: relying(attachment=x), NOT_A_NAME, True),
    ("a ceremony's attachment", lambda x: RP.begin_registration(USER, user_name="a", attachment=x), NOT_A_NAME, True),
    ("a hint", lambda x: relying(hints=[x]), NOT_A_NAME, False),
    ("a ceremony's hint", lambda x: RP.begin_decoy_authentication("alice", hints=(x,)), NOT_A_NAME, False),
    ("attestation", lambda x: relying(attestation=x), NOT_A_NAME, False),
    ("a format", lambda x: relying(attestation_formats=[x]), NOT_A_NAME, False),
    ("unknown_attestation", lambda x: relying(unknown_attestation=x), NOT_A_NAME, False),
    ("unsolicited_extensions", lambda x: relying(unsolicited_extensions=x), NOT_A_NAME, False),
    ("mediation", lambda x: RP.begin_discoverable_authentication(mediation=x), NOT_A_NAME, True),
    ("android_key", lambda x: AttestationTrust(android_key=x), NOT_A_NAME, False),
    ("a switch", lambda x: AttestationTrust(fido_switches=[x]), NOT_A_NAME, False),
    ("a tolerance", lambda x: AttestationTrust(tolerances=[x]), NOT_A_NAME, False),
    ("a related origin", lambda x: mfakit.related_origins_json([x]), {"": "origin_invalid", "https://é.example": "origin_invalid", "x" * 10**6: "origin_invalid"}, False),
    ("a stored assessment", Assessment.from_trusted_json, NO_RECORD, False),
    ("a stored classification", lambda x: Classification.from_trusted_json(x, profile="rfc8176"), NO_RECORD, False),
    ("a profile", AssuranceProfile.from_json, {"": "profile_invalid", "{}": "profile_invalid", "x" * 10**6: "profile_invalid"}, False),
    ("a policy", PolicyProfile.from_json, {"": "profile_invalid", "{}": "profile_invalid", "x" * 10**6: "profile_invalid"}, False),
    ("a profile's id", AssuranceProfile.named, NOT_A_NAME, False),
    ("a policy's id", PolicyProfile.named, NOT_A_NAME, False),
    ("a linted profile's id", mfakit.lint, NOT_A_NAME, False),
    ("the id of the claims' profile", mfakit.classify, NOT_A_NAME, False),
    ("exemption", lambda x: Requirement(1, exemption=x), NOT_A_NAME, True),
    ("acr_values", lambda x: Requirement(1, acr_values=x), {"a\nb": "argument_value_invalid", '"': "argument_value_invalid", "é": "argument_value_invalid"}, True),
    ("a kind that the client can", lambda x: Requirement(1, client_can=[x]), NOT_A_NAME, False),
    ("a right", lambda x: policy(rights=[x]), {"author apex": "argument_value_invalid", "AuthorApex": "argument_value_invalid"}, False),
    ("channel", lambda x: policy(channel=x), NOT_A_NAME, False),
    ("environment", lambda x: policy(environment=x), NOT_A_NAME, False),
    ("an enrolled kind", lambda x: decided(enrolled=[x]), NOT_A_NAME, False),
    ("a kind to choose from", lambda x: mfakit.eligible_methods((x,), requirement=REQUIREMENT), NOT_A_NAME, False),
    ("a kind to remove", lambda x: removal(remove=x), NOT_A_NAME, False),
    ("a kind to advise upon", lambda x: mfakit.method_advice([x]), NOT_A_NAME, False),
    ("an event", mfakit.effects, NOT_A_NAME, False),
    ("a session's kind", lambda x: mfakit.session_expires_at(x, created=NOON), NOT_A_NAME, False),
    ("a touched session's kind", touch, NOT_A_NAME, False),
    ("an audited event", mfakit.audit_record, {"": "argument_value_invalid", "x" * 256: "argument_value_invalid"}, False),
    ("an audited user", lambda x: mfakit.audit_record("e", user=x), {"": "argument_value_invalid", "x" * 256: "argument_value_invalid"}, True),
    ("via", lambda x: admit(SENT, SENT_RECORD).commit(1, via=x), NOT_A_NAME, True),
    ("a device's record", DeviceRecord.from_text, NO_RECORD, False),
    ("a device's key", DeviceKey.from_text, NO_RECORD, False),
    ("user of a device", enrolling, {"": "user_id_invalid", "x" * 10**6: "user_id_invalid"}, False),
    ("audience of a device", lambda x: enrolling(audience=x), {"": "argument_value_invalid", "\0": "argument_value_invalid", "x" * 10**6: "argument_value_invalid"}, False),
    ("state of an enrolment", lambda x: finish_device(ENROLLED, state=x), NO_RECORD, False),
    ("user of an approval", approving, {"": "user_id_invalid", "x" * 10**6: "user_id_invalid"}, False),
    ("audience", lambda x: approving(audience=x), {"": "argument_value_invalid", "x" * 10**6: "argument_value_invalid"}, False),
    ("action", lambda x: approving(action=x), {"": "argument_value_invalid", "x" * 10**6: "argument_value_invalid"}, False),
    ("context", lambda x: approving(context=x), {"\0": "argument_value_invalid", "x" * 10**6: "argument_value_invalid"}, False),
    ("a device to ask", lambda x: approving(devices=[x]), NO_RECORD, False),
    ("the previous approval", lambda x: approving(previous=x), NO_RECORD, True),
    ("state of an approval", lambda x: finish(ANSWER, state=x), NO_RECORD, False),
    ("state to read", lambda x: mfakit.read_approval(x, id=APPROVAL.id), NO_RECORD, False),
    ("id of an approval", lambda x: mfakit.read_approval(STATE, id=x), {"": "argument_value_invalid", "x" * 10**6: "argument_value_invalid"}, False),
    ("state to cancel", mfakit.cancel_approval, NO_RECORD, False),
    ("a device's name", lambda x: mfakit.sign_enrollment(ENROLLING, device=DEVICE_KEY, name=x, now=NOON), {"": "argument_value_invalid", "\0": "argument_value_invalid"}, True),
    ("decision", lambda x: sign(decision=x), NOT_A_NAME, False),
    ("number", lambda x: sign(number=x), {"": "argument_value_invalid", "4": "argument_value_invalid", "４２": "argument_value_invalid", "x" * 10**6: "argument_value_invalid"}, True),
    ("a number to sign", lambda x: to_sign(number=x), {"042": "argument_value_invalid", "4\0": "argument_value_invalid"}, True),
    ("a record to sign for", lambda x: to_sign(device=x), NO_RECORD, False),
]  # fmt: skip

# What else is the host's: `argument_type_invalid`.
OTHERS = [
    ("rows of a TOTP", lambda x: TOTP.verify("287082", last_step=None, now=59).commit(x), [True, None, "1", 1.0, math.nan, [1]]),
    ("rows of a recovery code", lambda x: recover(FULL, FULL_SET).commit(x), [True, None, "1", 1.0, math.nan, [1]]),
    ("rows of a temporary code", lambda x: admit(SENT, SENT_RECORD).commit(x), [True, None, "1", 1.0, math.nan, [1]]),
    ("peppers of a set", lambda x: mfakit.generate_recovery_codes("alice", peppers=x), [True, "p", {"p": KEY}, [], KEY]),
    ("peppers of a temporary code", lambda x: issue(peppers=x), [True, "p", {"p": KEY}, [], KEY]),
    ("peppers of a verification", lambda x: admit(SENT, SENT_RECORD, peppers=x), [True, "p", {"p": KEY}, [], KEY]),
    ("raw key", Totp.from_key, [None, True, 20, "k" * 20, memoryview(KEY), [1] * 20]),
    ("ascii", lambda x: mfakit.qr_terminal("x", ascii=x), [None, 0, 1, "yes", []]),
    ("anchors", lambda x: AttestationTrust(anchors=x), [True, MAKER.root_der, MAKER.root_pem, {}, [None], [7], [memoryview(b"0")], [["x"]]]),
    ("roots", lambda x: parse(roots=x), [None, True, MAKER.root_der, MAKER.root_pem, {}, [None], [7], [MAKER]]),
    ("metadata", lambda x: AttestationTrust(metadata=x), [True, BLOB, Metadata, {}, AttestationTrust()]),
    ("trust", lambda x: relying(trust=x), [True, [MAKER.root_der], AttestationTrust, {}, KNOWN]),
    ("model", KNOWN.find, [None, True, 7, [], memoryview(bytes(16)), "\ud800"]),
    ("allow_stale", lambda x: parse(allow_stale=x), [None, 0, 1, "yes", []]),
    ("require", lambda x: AttestationTrust(require=x), [None, 0, 1, "yes", []]),
    ("keep_attestation", lambda x: relying(keep_attestation=x), [None, 0, 1, "yes", []]),
    ("enumeration_key", lambda x: relying(enumeration_key=x), [True, 7, "k" * 32, [KEY], memoryview(KEY)]),
    ("extensions", lambda x: RP.begin_registration(USER, user_name="a", extensions=x), [True, 7, "{}", b"{}", [], object(), {"x": KEY}, {"x": {1, 2}}]),
    ("hints", lambda x: relying(hints=x), [True, 7, "hybrid", {"hybrid"}, {"hybrid": 1}, [["hybrid"]]]),
    ("uv_initialized", lambda x: CredentialRecord("AA", public_key=RECORD.public_key, user_handle=USER, sign_count=0, uv_initialized=x), [0, 1, "yes", []]),
    ("related origins", mfakit.related_origins_json, [None, True, "https://example.org", {}, b"x"]),
    ("rows of an approval", lambda x: finish(ANSWER).commit(x), [True, None, "1", 1.0, math.nan, [1]]),
    ("rows of a device", lambda x: finish_device(ENROLLED).commit(x), [True, None, "1", 1.0, math.nan, [1]]),
    ("evidence", mfakit.assess, [None, True, 7, "totp", b"totp", object(), [None], ["totp"], {"totp": 1}, SESSION, [SESSION]]),
    ("previous", lambda x: mfakit.assess([], previous=x), [True, SESSION.to_json(), {}, SIGNED_IN, Assessment]),
    ("tier", Requirement, [None, True, False, 2.0, b"weak", [], {}, "\ud800", object()]),
    ("waiver", lambda x: Requirement(1, waiver=x), [None, 0, 1, "yes", []]),
    ("client_can", lambda x: Requirement(1, client_can=x), [True, 7, "totp", {"totp"}, {"totp": 1}, [["totp"]]]),
    ("rights", lambda x: policy(rights=x), [None, True, 7, "Author Apex", {"Author Apex"}, {"Author Apex": 1}, [["Author Apex"]]]),
    ("enrolled", lambda x: decided(enrolled=x), [None, True, 7, "totp", {"totp"}, {"totp": 1}, [["totp"]]]),
    ("requirement", lambda x: decided(requirement=x), [None, True, 2, "standard", POLICY, Requirement, {}]),
    ("devices", lambda x: approving(devices=x), [None, True, DEVICE, DEVICE.to_text(), {DEVICE.to_text(): 1}, [DEVICE_KEY], [None]]),
    ("device key", lambda x: sign(device=x), [None, True, DEVICE, DEVICE_KEY.to_text(), DeviceKey]),
    ("bytes to sign", lambda x: mfakit.approval_answer(x, signature=b"x"), [None, True, 7, [], memoryview(b"x"), "\ud800"]),
    ("a signature", lambda x: mfakit.approval_answer(to_sign(), signature=x), [None, True, 7, [], memoryview(b"x"), "\ud800"]),
    ("a public key", ENROLLING.device, [None, True, 7, [], memoryview(b"x"), "\ud800"]),
]


@pytest.mark.parametrize(("name", "call"), named(TIMES))
def test_a_time_that_is_none_is_the_hosts_mistake(name, call):
    for _, value in NOT_A_TIME:
        refused(lambda: call(value), "time_invalid", ConfigError)


@pytest.mark.parametrize(("name", "call", "out_of_range", "none"), named(NUMBERS))
def test_a_number_that_is_none_is_the_hosts_mistake(name, call, out_of_range, none):
    for value in [*NOT_A_NUMBER, *([] if none else [None])]:
        refused(lambda: call(value), "argument_type_invalid", ConfigError)
    # The drift alone may be negative.
    for value in (-11 if name == "drift" else -1, -(2**63) - 1, 2**64, 10**400):
        refused(lambda: call(value), out_of_range, ConfigError)


@pytest.mark.parametrize(("name", "call", "wrong", "none"), named(TEXTS))
def test_a_text_that_is_none_is_the_hosts_mistake(name, call, wrong, none):
    for value in [*NOT_A_TEXT, *([] if none else [None])]:
        refused(lambda: call(value), "argument_type_invalid", ConfigError)
    for value, code in wrong.items():
        refused(lambda: call(value), code, ConfigError)


@pytest.mark.parametrize(("name", "call", "wrong"), named(OTHERS))
def test_whatever_else_a_host_passes_is_its_own_mistake(name, call, wrong):
    for value in wrong:
        refused(lambda: call(value), "argument_type_invalid", ConfigError)


# ---- mutations


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def mutate(chance, data):
    out = bytearray(data)
    for _ in range(1 + chance.randrange(3)):
        at = chance.randrange(len(out) + 1)
        kind = chance.randrange(5)
        if kind == 0 and at < len(out):
            out[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            out.insert(at, chance.randrange(256))
        elif kind == 2 and at < len(out):
            del out[at]
        elif kind == 3:
            del out[at:]
        else:
            out[at:at] = out[at : at + chance.randrange(16)]
    return bytes(out)


def cases(op):
    for case in json.loads(VECTORS.read_text())["cases"]:
        plain = "client_data_json_hex" in case["inputs"] and not case["inputs"].get("backup_policy")
        if case["op"] == op and case["expect"]["result"] == "valid" and plain:
            if "credential_id_hex" in case["expect"]:
                case["inputs"].setdefault("credential_id_hex", case["expect"]["credential_id_hex"])
            yield {k: bytes.fromhex(v) if k.endswith("_hex") and isinstance(v, str) else v for k, v in case["inputs"].items()}


def relying_party(inputs):
    options = {}
    if inputs.get("allow_cross_origin"):
        tops = inputs.get("expected_top_origins")
        options = {"cross_origin": "allow_listed" if tops else "danger_any_top_origin", "top_origins": tops or ()}
    return RelyingParty(
        inputs["rp_id"],
        name="test",
        origins=inputs["expected_origins"],
        user_verification="preferred",
        counter=inputs.get("sign_count_policy") or "reject",
        danger_allow_absent_user=inputs.get("require_user_presence") is False,
        **options,
    )


def response(credential_id, **members):
    name = b64(credential_id)
    encoded = {key: b64(value) for key, value in members.items()}
    return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": encoded}).encode()


def soft(**knobs):
    origin = "https://example.org"
    rp = RelyingParty("example.org", name="E", origins=[origin], user_verification="required")
    return rp, SoftAuthenticator(origin, seed="hostile", **knobs)


def soft_assertion(algorithm):
    rp, passkey = soft(algorithm=algorithm)
    ceremony = rp.begin_registration(USER, user_name="alice")
    record = rp.finish_registration(passkey.create(ceremony.options), state=ceremony.state).commit(1)
    ceremony = rp.begin_authentication(USER, allow=[record])
    sent = passkey.get(ceremony.options)["response"]
    return {
        "rp_id": "example.org",
        "expected_origins": ["https://example.org"],
        "expected_challenge_hex": unb64(ceremony.options["challenge"]),
        "credential_id_hex": unb64(record.id),
        "credential_public_key_cose_hex": unb64(record.public_key),
        "client_data_json_hex": unb64(sent["clientDataJSON"]),
        "authenticator_data_hex": unb64(sent["authenticatorData"]),
        "signature_hex": unb64(sent["signature"]),
    }


def test_mutated_assertions():
    chance, seeds, refused = random.Random(1), 0, 0
    for inputs in [*cases("webauthn.authenticate"), soft_assertion(-7), soft_assertion(-8)]:
        rp, credential_id = relying_party(inputs), inputs["credential_id_hex"]
        record = CredentialRecord(
            credential_id,
            public_key=inputs["credential_public_key_cose_hex"],
            user_handle=USER,
            sign_count=inputs.get("stored_sign_count") or 0,
        )
        parts = {
            "clientDataJSON": inputs["client_data_json_hex"],
            "authenticatorData": inputs["authenticator_data_hex"],
            "signature": inputs["signature_hex"],
        }

        def verify(data):
            challenge = inputs["expected_challenge_hex"]
            return rp.verify_authentication(data, challenge=challenge, user_handle=USER, record=record)

        good = response(credential_id, **parts)
        verify(good)
        seeds += 1
        for turn in range(MUTATIONS):
            name = [None, *parts][turn % 4]
            changed = mutate(chance, good) if name is None else response(
                credential_id, **{**parts, name: mutate(chance, parts[name])}
            )
            try:
                verify(changed)
            except MfaError:
                refused += 1
                continue
            sent = json.loads(changed)["response"]
            assert sent["clientDataJSON"] == b64(parts["clientDataJSON"])
            assert sent["authenticatorData"] == b64(parts["authenticatorData"])
    assert seeds >= 6 and refused > seeds * MUTATIONS / 2


def test_mutated_registrations():
    chance, seeds = random.Random(2), 0
    for inputs in cases("webauthn.register"):
        rp, challenge = relying_party(inputs), inputs["expected_challenge_hex"]
        parts = {"clientDataJSON": inputs["client_data_json_hex"], "attestationObject": inputs["attestation_object_hex"]}

        def verify(data):
            return rp.verify_registration(data, challenge=challenge, user_handle=USER, mediation=inputs.get("mediation"))

        good = response(inputs["credential_id_hex"], **parts)
        verify(good)
        seeds += 1
        for turn in range(MUTATIONS):
            name = [None, *parts][turn % 3]
            changed = mutate(chance, good) if name is None else response(
                inputs["credential_id_hex"], **{**parts, name: mutate(chance, parts[name])}
            )
            try:
                accepted = verify(changed)
            except MfaError:
                continue
            assert accepted.credential.id == b64(inputs["credential_id_hex"])
            assert mfakit.read_response(changed).challenge == b64(challenge)
    assert seeds >= 4


@pytest.mark.parametrize("algorithm", [-7, -8])
def test_mutated_signed_registrations(algorithm):
    """A packed statement signs everything: what is accepted has the very bytes that were signed."""
    chance, refused = random.Random(4), 0
    rp, passkey = soft(algorithm=algorithm, attestation="packed")
    ceremony = rp.begin_registration(USER, user_name="alice")
    answer = passkey.create(ceremony.options)
    assert rp.finish_registration(answer, state=ceremony.state).attestation.type == "self"
    parts = {name: unb64(answer["response"][name]) for name in ("clientDataJSON", "attestationObject")}
    for turn in range(MUTATIONS):
        name = list(parts)[turn % 2]
        changed = {**parts, name: mutate(chance, parts[name])}
        try:
            rp.finish_registration(response(unb64(answer["id"]), **changed), state=ceremony.state)
        except MfaError:
            refused += 1
            continue
        assert changed["clientDataJSON"] == parts["clientDataJSON"]
        assert unb64(answer["response"]["authenticatorData"]) in changed["attestationObject"]
    assert refused > MUTATIONS / 2


def test_mutated_recovery_codes_and_records():
    chance, made = random.Random(5), mfakit.generate_recovery_codes("alice", count=3)
    code, wanted = made.codes[1], made.codes[1].replace("-", "")
    drop = str.maketrans("OIL", "011", " -\u00a0\u2010\u2011\u2013")
    refused = 0
    for turn in range(MUTATIONS):
        typed = mutate(chance, code.encode()).decode("utf-8", "surrogateescape") if turn % 2 else code
        record = made.record if turn % 2 else mutate(chance, made.record.encode()).decode("utf-8", "surrogateescape")
        try:
            verified = mfakit.verify_recovery_code(typed, user_id="alice", record=record, used=0)
        except MfaError:
            refused += 1
            continue
        assert verified.bit == 2 and typed.upper().translate(drop) == wanted
        # The set's id and the code's own tag: all that its proof depends on.
        assert record.split("$")[:4] == made.record.split("$")[:4]
        assert record.split(".")[1] == made.record.split(".")[1]
    assert refused > MUTATIONS / 2


def test_mutated_approvals():
    """A message has one encoding, and all of it is signed."""
    chance = random.Random(6)
    for call, answer in ((finish, ANSWER), (finish_device, ENROLLED), (mfakit.read_approval_answer, ANSWER)):
        good, refused = unb64(answer), 0
        for _ in range(MUTATIONS):
            changed = mutate(chance, good)
            try:
                call(b64(changed))
            except MfaError as error:
                assert not isinstance(error, ConfigError)
                refused += 1
                continue
            assert changed == good or call is mfakit.read_approval_answer
        assert refused > MUTATIONS / 2


def test_mutated_states_and_records_of_approvals():
    chance, states = random.Random(7), [STATE, ENROLLMENT.state, DEVICE.to_text(), DEVICE_KEY.to_text()]
    calls = [lambda state: mfakit.read_approval(state, id=APPROVAL.id, now=NOON), lambda state: finish_device(ENROLLED, state=state), DeviceRecord.from_text, DeviceKey.from_text]
    for call, state in zip(calls, states):
        call(state)
        for _ in range(MUTATIONS):
            changed = mutate(chance, state.encode()).decode("utf-8", "surrogateescape")
            try:
                read = call(changed)
            except MfaError:
                continue
            assert not hasattr(read, "to_text") or read.to_text() == changed


def test_mutated_claims_and_stored_standings():
    chance, token = random.Random(8), json.dumps(CLAIMS).encode()
    strong = mfakit.assess(Evidence.password(at=NOON), now=NOON).to_json()
    for _ in range(MUTATIONS):
        try:
            read = mfakit.classify("salesforce-2026-05-05", claims=mutate(chance, token), now=NOON)
            assert Classification.from_trusted_json(read.to_json(), profile="salesforce-2026-05-05") == read
        except MfaError as error:
            assert not isinstance(error, ConfigError)
        try:
            read = Assessment.from_trusted_json(mutate(chance, strong.encode()).decode("utf-8", "surrogateescape"))
        except ConfigError:
            continue
        assert Assessment.from_trusted_json(read.to_json()) == read


JUNK = [
    None, True, False, 0, 1, -1, 6, 30, 2**31, 2**53, 2**63, 2**64, -(2**64), 10**400, 0.5, -0.0, math.nan, math.inf, 1e300,
    "", "0", "755224", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "\ud800", "\0", "é😀", "{}", "null", "x" * 70000, b"", b"\xff" * 40,
    bytearray(20), memoryview(b"abc"), [], [1], {}, {"id": 1}, (), set(), object(), lambda: None, Exception, float, 1j, "required",
]  # fmt: skip


class Explosive:
    """Raises whatever is done with it."""

    def _raise(self, *_):
        raise RuntimeError("mine")

    __str__ = __int__ = __float__ = __index__ = __iter__ = __len__ = __bool__ = __bytes__ = __getitem__ = _raise
    __class__ = property(_raise)


class ExplosiveError(MfaError):
    """An error of ours that cannot be read."""

    number = property(Explosive._raise, lambda *_: None)


def test_hostile_arguments_of_every_function():
    chance = random.Random(3)
    totp, hotp, pending = TOTP, HOTP, PENDING
    rp = RelyingParty("example.org", name="E", origins=["https://example.org"], user_verification="required")
    login = rp.begin_discoverable_authentication()
    sealing = RelyingParty(
        "example.org", name="E", origins=["https://example.org"], user_verification="required", state_key=b"k" * 32
    )
    peppers, throttle = Peppers({"2026-05": b"k" * 32}, current="2026-05"), Throttle()
    made = mfakit.generate_recovery_codes("alice")
    recovered = mfakit.verify_recovery_code(made.codes[0], user_id="alice", record=made.record, used=0)
    functions = [
        (Totp, ["secret"], ["algorithm", "digits", "period", "preset"]),
        (Totp.from_key, ["raw"], ["algorithm", "digits", "period", "preset"]),
        (Totp.danger_legacy, ["secret"], ["algorithm", "digits", "period", "preset"]),
        (Totp.steam, ["secret"], []),
        (PendingTotp, ["secret"], ["algorithm", "digits", "period", "preset"]),
        (PendingTotp.generate, [], ["algorithm", "digits", "period", "preset"]),
        (pending.confirm, ["code"], ["now"]),
        (pending.check_code, ["code"], []),
        (pending.uri, [], ["issuer", "account"]),
        (totp.check_code, ["code"], []),
        (totp.code_at, ["now"], []),
        (totp.confirm, ["code"], ["now"]),
        (totp.verify, ["code"], ["last_step", "now", "past", "future", "drift"]),
        (totp.uri, [], ["issuer", "account"]),
        (totp.verify("287082", last_step=None, now=59).commit, ["rows"], []),
        (Hotp, ["secret"], ["algorithm", "digits"]),
        (Hotp.from_key, ["raw"], ["algorithm", "digits"]),
        (Hotp.ten_digits, ["secret"], ["algorithm"]),
        (hotp.code_at, ["counter"], []),
        (hotp.check_code, ["code"], []),
        (hotp.uri, [], ["issuer", "account", "counter"]),
        (mfakit.parse_otpauth, ["uri"], []),
        (mfakit.parse_otpauth_migration, ["uri"], []),
        (hotp.verify, ["code"], ["counter", "look_ahead"]),
        (hotp.resync, ["first"], ["second", "counter", "look_ahead"]),
        (Peppers, ["keys"], ["current"]),
        (mfakit.generate_recovery_codes, ["user_id"], ["count", "format", "peppers"]),
        (mfakit.verify_recovery_code, ["code"], ["user_id", "record", "used", "peppers"]),
        (mfakit.check_recovery_code, ["code"], ["record"]),
        (recovered.commit, ["rows"], []),
        (mfakit.issue_temporary_code, ["user_id"], ["kind", "issued_by", "previous", "lifetime", "digits", "peppers", "now"]),
        (mfakit.verify_temporary_code, ["code"], ["user_id", "record", "peppers", "now"]),
        (mfakit.check_temporary_code, ["code"], ["record"]),
        (mfakit.revoke_temporary_code, ["record"], []),
        (mfakit.guess_odds, [], ["digits", "window", "attempts"]),
        (Throttle, [], ["max_failures", "free_failures", "delay", "max_delay", "digits", "window", "budget"]),
        (throttle.charge, ["state"], ["now"]),
        (throttle.succeed, ["state"], []),
        (throttle.refund, ["state", "error"], []),
        (throttle.retry_at, ["state"], ["now"]),
        (mfakit.generate_secret, ["length"], []),
        (mfakit.qr_svg, ["text"], []),
        (mfakit.qr_png, ["text"], []),
        (mfakit.qr_terminal, ["text"], ["ascii"]),
        (mfakit.read_response, ["response"], []),
        (CredentialRecord.from_text, ["text"], []),
        (CredentialRecord, ["id"], ["public_key", "user_handle", "sign_count", "transports", "backup_eligible", "aaguid", "uv_initialized"]),
        (RelyingParty, ["id"], ["name", "origins", "user_verification", "cross_origin", "top_origins", "counter", "algorithms", "state_key"]),
        (relying, [], ["resident_key", "attachment", "hints", "attestation", "attestation_formats", "unknown_attestation", "trust"]),
        (relying, [], ["keep_attestation", "unsolicited_extensions", "enumeration_key", "algorithms"]),
        (AttestationTrust, [], ["anchors", "metadata", "require", "android_key", "fido_switches", "tolerances"]),
        (AttestationTrust, [], ["also_reject", "danger_accept_statuses", "danger_ignore_validity"]),
        (Metadata.parse, ["blob"], ["roots", "signer", "now", "previous_number", "allow_stale"]),
        (KNOWN.find, ["aaguid"], []),
        (mfakit.related_origins_json, ["origins"], []),
        (sealing.ceremony_id, ["state"], []),
        (sealing.finish_authentication, ["response"], ["state", "record", "now"]),
        (rp.begin_registration, ["user_handle"], ["user_name", "display_name", "exclude", "mediation", "lifetime", "now"]),
        (rp.begin_registration, ["user_handle"], ["user_name", "resident_key", "attachment", "hints", "extensions"]),
        (rp.begin_authentication, ["user_handle"], ["allow", "user_verification", "hints", "extensions", "lifetime", "now"]),
        (rp.begin_discoverable_authentication, [], ["user_verification", "mediation", "hints", "extensions", "lifetime", "now"]),
        (RP.begin_decoy_authentication, ["identifier"], ["user_verification", "hints", "extensions", "lifetime", "now"]),
        (rp.finish_registration, ["response"], ["state", "now"]),
        (rp.finish_authentication, ["response"], ["state", "record", "now"]),
        (rp.verify_registration, ["response"], ["challenge", "user_handle", "mediation", "extensions", "now"]),
        (rp.verify_authentication, ["response"], ["challenge", "user_handle", "record", "allow", "extensions"]),
        (rp.verify_discoverable_authentication, ["response"], ["challenge", "record", "extensions"]),
        (rp.explain_registration, ["response"], ["challenge", "user_handle", "mediation", "extensions", "now"]),
        (rp.explain_authentication, ["response"], ["challenge", "user_handle", "record", "allow", "extensions"]),
        (Evidence.password, [], ["at"]),
        (mfakit.assess, ["evidence"], ["previous", "now"]),
        (Assessment.from_trusted_json, ["text"], []),
        (SESSION.meets, ["tier"], ["max_age", "now"]),
        (AssuranceProfile.named, ["id"], []),
        (AssuranceProfile.from_json, ["text"], []),
        (mfakit.lint, ["profile"], []),
        (mfakit.amr_description, ["value"], []),
        (mfakit.classify, ["profile"], ["claims", "max_age", "now"]),
        (mfakit.classify, ["profile"], ["amr", "acr", "authn_context", "auth_time", "max_age", "now"]),
        (Classification.from_trusted_json, ["text"], ["profile"]),
        (SIGNED_IN.meets, ["tier"], []),
        (Requirement, ["tier"], ["max_age", "exemption", "waiver", "enforced_from", "client_can", "acr_values"]),
        (REQUIREMENT.applies, ["now"], []),
        (PolicyProfile.named, ["id"], []),
        (PolicyProfile.from_json, ["text"], []),
        (POLICY.label, ["tier"], []),
        (POLICY.requirement, [], ["rights", "channel", "environment", "waiver", "exemption", "enforced_from", "client_can", "max_age"]),
        (mfakit.decide, ["standing"], ["requirement", "enrolled", "now"]),
        (mfakit.eligible_methods, ["enrolled"], ["requirement", "now"]),
        (mfakit.enrollable_methods, ["requirement"], []),
        (mfakit.can_remove, ["enrolled"], ["remove", "requirement", "now"]),
        (mfakit.can_disable, ["assessment"], ["requirement", "now"]),
        (mfakit.method_advice, ["enrolled"], []),
        (mfakit.grandfathered, ["enrolled_at"], ["enrolled_before", "until", "now"]),
        (mfakit.effects, ["event"], []),
        (mfakit.session_expires_at, ["kind"], ["created", "last_active"]),
        (mfakit.touch_session, ["kind"], ["created", "last_active", "now"]),
        (mfakit.audit_record, ["event"], ["user", "standing", "requirement", "decision", "credential_id", "now"]),
        (admit(SENT, SENT_RECORD).commit, ["rows"], ["via"]),
        (DeviceRecord.from_text, ["text"], []),
        (DeviceKey.from_text, ["text"], []),
        (mfakit.begin_device_enrollment, ["user_id"], ["audience", "lifetime", "now"]),
        (mfakit.finish_device_enrollment, ["answer"], ["state", "now"]),
        (mfakit.begin_approval, ["user_id"], ["audience", "action", "context", "devices", "previous", "lifetime", "now"]),
        (mfakit.finish_approval, ["answer"], ["state", "now"]),
        (mfakit.read_approval, ["state"], ["id", "now"]),
        (mfakit.cancel_approval, ["state"], []),
        (mfakit.read_approval_answer, ["answer"], []),
        (mfakit.read_device_enrollment, ["request"], []),
        (mfakit.read_approval_request, ["request"], []),
        (ENROLLING.device, ["public_key"], ["name"]),
        (mfakit.generate_device_key, ["request"], []),
        (mfakit.sign_enrollment, ["request"], ["device", "name", "now"]),
        (mfakit.enrollment_to_sign, ["request"], ["device", "now"]),
        (mfakit.sign_approval, ["request"], ["device", "decision", "number", "now"]),
        (mfakit.approval_to_sign, ["request"], ["device", "decision", "number", "now"]),
        (mfakit.approval_answer, ["to_sign"], ["signature"]),
    ]
    ours = [login.state, sealing.begin_discoverable_authentication().state, peppers, {"2026-05": b"k" * 32}, "2026-05"]
    ours += [made.record, made.codes[0], URI, EXPORT, SENT_RECORD, SENT, SUPPORT_RECORD, "delivered", "$mfakit-throttle$v=1$3$7", MfaError(90)]
    ours += [KNOWN, RECORD, RECORD.to_compact(), BLOB, MAKER.root_der, [MAKER.root_pem], AttestationTrust(), {"credProps": True}, USER, CHALLENGE]
    ours += ["hybrid", ["hybrid"], "direct", ["packed"], "platform", "reject", "union", ["tpm_rs1"], [-257], ["REVOKED"], NOON]
    ours += [SESSION, SESSION.to_json(), SIGNED_IN, SIGNED_IN.to_json(), CLAIMS, ["pwd"], "rfc8176", POLICY, POLICY.id, REQUIREMENT, Tier.WEAK, 2]
    ours += [decided(), Evidence.password(at=NOON), [Evidence.password(at=NOON)], "totp", ["totp"], ["Author Apex"], "ui", "approved", "web"]
    ours += [ENROLLMENT.request, ENROLLMENT.state, ENROLLING, ENROLLED, DEVICE, [DEVICE], DEVICE.to_text(), DEVICE_KEY, DEVICE_KEY.to_text()]
    ours += [APPROVAL.request, APPROVAL.number, APPROVAL.id, STATE, ASKED, ANSWER, "approve", "deny", to_sign(), DEVICE.public_key, "sms", "mfa_enabled", "alice"]
    values = [*JUNK, *ours, Explosive(), {"x": Explosive()}, [Explosive()], ExplosiveError(90)]
    for function, positional, keywords in functions:
        for _ in range(MUTATIONS):
            arguments = [chance.choice(values) for _ in positional]
            named = {name: chance.choice(values) for name in keywords}
            try:
                function(*arguments, **named)
            except MfaError as error:
                # Whatever the response is: of the host's arguments alone.
                assert not function.__name__.startswith("explain_") or isinstance(error, ConfigError)


@pytest.mark.parametrize("value", JUNK)
def test_the_states_text_may_be_anything(value):
    rp = RelyingParty("example.org", name="E", origins=["https://example.org"], user_verification="required")
    with pytest.raises(MfaError):
        rp.finish_registration("{}", state=value)
