"""Servers that are wrong, hostile or not there; files that are in the way."""

import datetime
import os
import socket
import ssl
import stat

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fake import ENABLED, Fake
from terminal import wait_for

ANSWERS = ["alice@example.com", "correct horse"]
CODES = {"codes": ["AAAAA-BBBBB", "CCCCC-DDDDD"], "text": "AAAAA-BBBBB\nCCCCC-DDDDD\n"}
URI = "otpauth://totp/Example:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example"
HOSTILE = "\x1b[2J\x1b]0;title\x07\u202egnp\u009b31m\r\n"
# A port that nothing listens on: the one that a server just gave back.
with socket.socket() as listener:
    listener.bind(("127.0.0.1", 0))
    NOBODY = f"http://127.0.0.1:{listener.getsockname()[1]}"


def harmless(text):
    """Is there nothing but lines of text?"""
    return all(character == "\n" or character.isprintable() or character == "\ufffd" for character in text)


# What a server says


def test_what_a_server_says_is_only_text(home, fake):
    fake.answers["/api/cli/login"] = (200, {"token": "a-token", "name": f"alice{HOSTILE}"})
    done = home.script("login", "--stdin", "--server", fake.origin, lines=ANSWERS)
    assert done.returncode == 0 and harmless(done.stdout) and "alice\ufffd[2J" in done.stdout
    method = {"kind": f"kind{HOSTILE}", "name": f"name{HOSTILE}"}
    fake.answers["/api/cli/2fa"] = (200, {**ENABLED, "methods": [method, 7, {"kind": 1}]})
    done = home.script("2fa")
    assert done.returncode == 0 and harmless(done.stdout) and "name\ufffd" in done.stdout
    fake.answers["/api/cli/2fa/recovery-codes"] = (200, {"codes": [f"AAAAA{HOSTILE}"], "text": f"x{HOSTILE}"})
    done = home.script("2fa:generate-recovery-codes", "--stdin", "--output", "-", lines=["123456"])
    assert done.returncode == 0 and harmless(done.stdout) and "AAAAA" in done.stdout
    fake.answers["/api/cli/2fa"] = (418, {"id": f"id{HOSTILE}", "message": f"message{HOSTILE}"})
    done = home.script("2fa")
    assert done.returncode == 1 and harmless(done.stderr) and "(http_418)" in done.stderr


def test_a_terminal_gets_no_sequences_of_a_server(home, fake):
    home.log_in(fake.origin)
    fake.answers["/api/cli/2fa"] = (403, {"id": "no", "message": HOSTILE})
    with home.terminal("2fa", NO_COLOR="1") as terminal:
        assert terminal.end() == 3
    assert harmless(terminal.text())


@pytest.mark.parametrize(
    "answer, status",
    [
        ((401, {"id": "unauthorized", "message": "Your login has ended."}), 4),
        ((403, {"id": "forbidden", "message": "No."}), 3),
        ((409, {"id": "conflict", "message": "No."}), 1),
        ((429, {"id": "too_many_attempts", "message": "Wait."}), 5),
        ((500, b"<html>"), 1),
        ((200, b""), 1),
        ((200, b"[]"), 1),
        ((200, b"{"), 1),
        ((200, {"enabled": "yes"}), 1),
        ((200, b'{"enabled": true}' + b" " * 70000), 1),
        # An answer that ends before it should.
        ((200, b"{}", {"Content-Length": "100", "Connection": "close"}), 6),
    ],
    ids=lambda value: str(value)[:32],
)
def test_exit_statuses(home, fake, answer, status):
    home.log_in(fake.origin)
    if answer[-1] == {"Content-Length": "100", "Connection": "close"}:
        fake.http.RequestHandlerClass.protocol_version = "HTTP/1.0"
    fake.answers["/api/cli/2fa"] = answer
    done = home.script("2fa")
    assert (done.returncode, done.stdout) == (status, ""), done.stderr
    assert done.stderr.startswith("mfa: ") and done.stderr.count("\n") == 1
    if isinstance(answer[1], dict) and "id" in answer[1]:
        advice = " Run mfa login." if status == 4 else ""
        assert done.stderr == f"mfa: {answer[1]['message']}{advice} ({answer[1]['id']})\n"


def test_no_server_and_no_session(home, fake):
    done = home.script("2fa")
    assert done.returncode == 4 and "not logged in" in done.stderr
    done = home.script("login", "--stdin", "--server", NOBODY, lines=ANSWERS)
    assert done.returncode == 6 and f"There is no answer from {NOBODY}" in done.stderr
    assert not home.session.exists()


@pytest.mark.parametrize("answer", [{}, {"token": ""}, {"token": "a b"}, {"token": "a\r\nX: y"}, {"token": 7}, {"token": "é"}], ids=str)
def test_a_session_that_is_none_is_not_kept(home, fake, answer):
    fake.answers["/api/cli/login"] = (200, answer)
    done = home.script("login", "--stdin", "--server", fake.origin, lines=ANSWERS)
    assert done.returncode == 1 and not home.session.exists()


@pytest.mark.parametrize(
    "uri",
    [None, "", "https://example.com", "otpauth://totp/x", URI.replace("totp", "hotp") + "&counter=0", "x" * 3000],
    ids=lambda uri: str(uri)[:24],
)
def test_only_an_authenticators_code_is_drawn(home, fake, uri):
    home.log_in(fake.origin)
    fake.answers["/api/cli/2fa"] = (200, {"enabled": False})
    fake.answers["/api/cli/2fa/enable"] = (200, {"uri": uri, "secret": "x"})
    done = home.script("2fa:enable", "--stdin", lines=[*ANSWERS, "123456"])
    assert (done.returncode, done.stdout) == (1, "")
    assert not fake.asked("/api/cli/2fa/enable/confirm")


# Where secrets go


def test_a_session_goes_to_its_own_server_only(home, fake):
    home.log_in("http://localhost:1")
    for arguments, environment in ((["--server", fake.origin], {}), ([], {"MFA_SERVER": fake.origin})):
        done = home.script("2fa", *arguments, **environment)
        assert done.returncode == 4 and "You are logged in to http://localhost:1" in done.stderr
    assert fake.requests == []
    home.log_in(fake.origin)
    fake.answers["/api/cli/2fa"] = (200, ENABLED)
    assert home.script("2fa").returncode == 0
    assert fake.requests[0]["headers"]["Authorization"] == "Bearer a-token"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(home, fake, status):
    elsewhere = Fake()
    try:
        fake.answers["/api/cli/login"] = (status, {}, {"Location": f"{elsewhere.origin}/api/cli/login"})
        done = home.script("login", "--stdin", "--server", fake.origin, lines=ANSWERS)
        assert done.returncode == 1 and "redirect" in done.stderr
        assert elsewhere.requests == [] and len(fake.requests) == 1
    finally:
        elsewhere.close()


def test_without_tls_no_proxy_is_asked(home, fake):
    proxy = Fake()
    try:
        home.log_in(fake.origin)
        fake.answers["/api/cli/2fa"] = (200, ENABLED)
        named = {name: proxy.origin for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY")}
        assert home.script("2fa", **named).returncode == 0
        assert proxy.requests == [] and len(fake.requests) == 1
    finally:
        proxy.close()


@pytest.mark.parametrize("url", ["http://example.com", "http://192.0.2.1", "http://localhost.example.com", "ftp://localhost"])
def test_without_tls_only_this_machine(home, url):
    for arguments, environment in ((["--server", url], {}), ([], {"MFA_SERVER": url})):
        done = home.script("login", "--stdin", *arguments, lines=ANSWERS, **environment)
        assert done.returncode == 2 and "must begin with https://" in done.stderr


def certificate(path, name):
    """A certificate of its own issuer, and its key, in a file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mfa test")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(pem) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.mark.parametrize("name, trusted, status", [("localhost", True, 0), ("localhost", False, 6), ("example.com", True, 6)])
def test_tls_by_the_systems_certificates(home, tmp_path, name, trusted, status):
    other = tmp_path / "other.pem"
    certificate(other, "localhost")
    server = Fake(certificate(tmp_path / "server.pem", name))
    try:
        server.answers["/api/cli/login"] = (200, {"token": "a-token", "name": "alice"})
        known = tmp_path / "server.pem" if trusted else other
        done = home.script("login", "--stdin", "--server", server.origin, lines=ANSWERS, SSL_CERT_FILE=str(known))
        assert done.returncode == status, done.stderr
        assert len(server.requests) == (1 if status == 0 else 0)
    finally:
        server.close()


# Logging in again, and out


def test_a_login_ends_the_one_before(home, fake):
    home.log_in(fake.origin, token="the-old-one")
    fake.answers["/api/cli/login"] = (200, {"token": "the-new-one", "name": "alice"})
    fake.answers["/api/cli/logout"] = (200, {})
    assert home.script("login", "--stdin", lines=ANSWERS).returncode == 0
    (logout,) = fake.asked("/api/cli/logout")
    assert logout["headers"]["Authorization"] == "Bearer the-old-one"
    assert "the-new-one" in home.session.read_text()


@pytest.mark.parametrize("answer, status", [((200, {}), 0), ((401, {"id": "unauthorized", "message": "Over."}), 0), ((500, b""), 1)])
def test_a_logout_leaves_nothing_here(home, fake, answer, status):
    home.log_in(fake.origin)
    home.session.chmod(0o644)
    fake.answers["/api/cli/logout"] = answer
    assert home.script("logout").returncode == status
    assert not home.session.exists() and len(fake.requests) == 1
    done = home.script("logout")
    assert (done.returncode, done.stdout) == (0, "You are not logged in.\n")


def test_a_logout_whose_server_is_gone(home):
    home.log_in(NOBODY)
    done = home.script("logout")
    assert done.returncode == 6 and "deleted on this machine" in done.stderr
    assert not home.session.exists()


# Recovery codes


@pytest.fixture
def recovery(home, fake):
    home.log_in(fake.origin)
    fake.answers["/api/cli/2fa"] = (200, ENABLED)
    fake.answers["/api/cli/2fa/recovery-codes"] = (200, CODES)

    def run(*arguments, lines=("123456",)):
        return home.script("2fa:generate-recovery-codes", "--stdin", *arguments, lines=lines)

    return run


def test_a_new_file_is_the_owners_alone(recovery, fake, tmp_path):
    path = tmp_path / "codes.txt"
    before = os.umask(0)
    try:
        done = recovery("--output", path)
    finally:
        os.umask(before)
    assert done.returncode == 0 and "AAAAA" not in done.stdout + done.stderr
    assert path.read_text() == CODES["text"] and stat.S_IMODE(path.stat().st_mode) == 0o600
    (request,) = fake.asked("/api/cli/2fa/recovery-codes")
    assert request["headers"]["Mfakit-Two-Factor-Code"] == "123456" and request["body"] == {}


def test_a_file_that_exists_is_replaced_only_by_force(recovery, fake, tmp_path):
    path = tmp_path / "codes.txt"
    path.write_text("precious")
    path.chmod(0o644)
    done = recovery("--output", path)
    assert done.returncode == 7 and "--force" in done.stderr
    assert path.read_text() == "precious" and not fake.asked("/api/cli/2fa/recovery-codes")
    assert recovery("--output", path, "--force").returncode == 0
    assert path.read_text() == CODES["text"] and stat.S_IMODE(path.stat().st_mode) == 0o600


def test_by_force_the_old_file_stays_until_there_are_new_codes(recovery, fake, tmp_path):
    path = tmp_path / "codes.txt"
    path.write_text("precious")
    fake.answers["/api/cli/2fa/recovery-codes"] = (403, {"id": "invalid_two_factor_code", "message": "No."})
    assert recovery("--output", path, "--force").returncode == 3
    assert path.read_text() == "precious"
    assert sorted(entry.name for entry in tmp_path.iterdir() if entry.is_file()) == ["codes.txt"]


def test_where_nobody_would_see_them_none_are_made(recovery, fake, tmp_path):
    done = recovery()
    assert done.returncode == 2 and "--output" in done.stderr
    assert recovery("--output", tmp_path / "missing" / "codes.txt").returncode == 7
    assert not fake.asked("/api/cli/2fa/recovery-codes")
    assert recovery("--output", "-").stdout == CODES["text"]


def test_codes_that_cannot_be_kept_are_shown(home, recovery, fake, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()

    def vanish(request):
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        return 200, CODES

    fake.answers["/api/cli/2fa/recovery-codes"] = vanish
    with home.terminal("2fa:generate-recovery-codes", "--output", str(folder / "codes.txt")) as terminal:
        terminal.answer("Two-factor code: ", "123456")
        assert terminal.end() == 7
    assert "AAAAA-BBBBB" in terminal.text() and "CCCCC-DDDDD" in terminal.text()


def test_without_two_factor_there_are_none(recovery, fake):
    fake.answers["/api/cli/2fa"] = (200, {"enabled": False})
    done = recovery("--output", "-")
    assert done.returncode == 1 and "Two-factor is not enabled." in done.stderr
    assert not fake.asked("/api/cli/2fa/recovery-codes")


def test_an_interruption_leaves_no_draft(home, recovery, tmp_path):
    with home.terminal("2fa:generate-recovery-codes", "--output", str(tmp_path / "codes.txt")) as terminal:
        terminal.expect("Two-factor code: ")
        assert [path.name for path in tmp_path.iterdir() if path.is_file()] != []
        terminal.type("\x03")
        terminal.end()
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


# The browser


@pytest.fixture
def browser(tmp_path):
    """A desktop whose browser writes down what it was started with."""
    program = tmp_path / "bin" / "xdg-open"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/opening && mv {tmp_path}/opening {tmp_path}/opened\n')
    program.chmod(0o755)
    return {"PATH": f"{program.parent}:{os.environ['PATH']}", "DISPLAY": ":0"}, tmp_path / "opened"


def test_the_account_page_in_a_browser(home, fake, browser):
    environment, opened = browser
    home.log_in(fake.origin)
    page = f"{fake.origin}/account#two-factor"
    fake.answers["/api/cli/2fa"] = (200, {"enabled": False, "page": page})
    with home.terminal("2fa:enable", "--browser", NO_COLOR="1", **environment) as terminal:
        assert terminal.end() == 0
    wait_for(opened.exists)
    assert opened.read_text() == f"{page}\n"
    warning = "WARN: this will change your API key, and expire it every 30 days!"
    assert terminal.text() == f"{warning}\nEnable two-factor authentication on your account page: {page}\n"


def test_without_a_desktop_the_address_is_enough(home, fake, browser):
    environment, opened = browser
    home.log_in(fake.origin)
    fake.answers["/api/cli/2fa"] = (200, {"enabled": False, "page": f"{fake.origin}/"})
    done = home.script("2fa:enable", "--browser", PATH=environment["PATH"])
    assert done.returncode == 0 and f"{fake.origin}/" in done.stdout and not opened.exists()


@pytest.mark.parametrize(
    "page", ["file:///etc/passwd", "--version", "https://example.com/", "http://localhost:1@example.com/", "", None, 7]
)
def test_only_the_servers_own_page_is_opened(home, fake, browser, page):
    environment, opened = browser
    home.log_in(fake.origin)
    fake.answers["/api/cli/2fa"] = (200, {"enabled": False, "page": page})
    done = home.script("2fa:enable", "--browser", **environment)
    assert (done.returncode, done.stdout) == (1, "") and not opened.exists()


# How it looks


def warned(home, fake, **environment):
    home.log_in(fake.origin)
    fake.answers["/api/cli/2fa"] = (200, {"enabled": False, "page": f"{fake.origin}/"})
    with home.terminal("2fa:enable", "--browser", **environment) as terminal:
        assert terminal.end() == 0
    return terminal.text()


def test_colours_only_where_they_are_welcome(home, fake):
    assert warned(home, fake).startswith("\x1b[1mWARN: ")
    assert "\x1b" not in warned(home, fake, NO_COLOR="1")
    assert "\x1b" not in warned(home, fake, TERM="dumb")
    assert warned(home, fake, NO_COLOR="").startswith("\x1b[1mWARN: ")
    done = home.script("2fa:enable", "--browser")
    assert "\x1b" not in done.stdout + done.stderr


def test_help_and_version(home):
    done = home.script("--help")
    assert done.returncode == 0 and done.stdout.startswith("mfa: ") and "2fa:generate-recovery-codes" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    done = home.script("--version")
    assert done.returncode == 0 and done.stdout == "mfa 0.1.0\n"
    assert home.script().returncode == 2


def test_a_dumb_terminal_is_told_of_the_browser(home, fake):
    home.log_in(fake.origin)
    fake.answers["/api/cli/2fa"] = (200, {"enabled": False})
    with home.terminal("2fa:enable", TERM="dumb") as terminal:
        assert terminal.end() == 2
    assert "2fa:enable --browser" in terminal.text()


@pytest.mark.parametrize("columns, lines, fits", [(53, 30, True), (52, 30, False), (53, 29, False), (0, 0, True)])
def test_a_window_that_is_too_small_is_told(home, fake, columns, lines, fits):
    home.log_in(fake.origin)
    fake.answers["/api/cli/2fa"] = (200, {"enabled": False})
    # 112 bytes: version 7 at correction level M has 45 modules to a side and 53 with the border, so 27 lines; three more below.
    uri = URI + "&algorithm=SHA1&digits=6&period=30"
    fake.answers["/api/cli/2fa/enable"] = (200, {"uri": uri})
    with home.terminal("2fa:enable", columns=columns, lines=lines) as terminal:
        terminal.answer("Email: ", ANSWERS[0])
        terminal.answer("hidden): ", ANSWERS[1])
        terminal.expect("Two-factor code: ")
        terminal.type("\x03")
        terminal.end()
    assert ("too small" in terminal.text()) != fits
    if not fits:
        assert "it needs 53 columns and 30 lines" in terminal.text()
