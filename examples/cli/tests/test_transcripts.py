"""What a person sees, from the first login to the last, with the demo as the server: compared with transcripts/.

    MFA_WRITE_TRANSCRIPTS=1 just test-cli       writes the transcripts again

Whatever differs from run to run stands there as a word: PORT, HOME, DATE, CODE for a recovery code, and the QR code
for what a camera read in it. Of what was typed there is only what a screen shows.
"""

import os
import re
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest
from conftest import MFA
from site_of_the_demo import App, Site
from terminal import QR_LINES, Terminal, qr_code

TRANSCRIPTS = Path(__file__).resolve().parent / "transcripts"
PASSWORD = "correct horse battery staple"
PASSWORD_QUESTION = "Password (typing will be hidden): "
CODE_QUESTION = "Two-factor code: "
DAY = 24 * 60 * 60


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("demo") / "database")
    yield site
    site.close()


class Person:
    """Somebody with an account, who writes down all that they see."""

    def __init__(self, home, site, name):
        self.home, self.site, self.name, self.app = home, site, name, None
        self.transcript, self.secrets = "", [PASSWORD]
        site.sign_up(name, PASSWORD)
        home.environment.update(MFA_SERVER=site.origin, NO_COLOR="1")

    def run(self, *arguments, answers=(), status=0, **settings):
        """Runs mfa and answers its questions, of which an answer may depend on what is shown."""
        with self.home.terminal(*arguments, **settings) as terminal:
            for question, answer in answers:
                terminal.expect(question)
                assert terminal.echoes() == (question == "Email: ")
                text = answer(terminal) if callable(answer) else answer
                if question != "Email: ":
                    self.secrets.append(text)
                terminal.type(text + "\r")
            assert terminal.end() == status, terminal.text()
            assert terminal.echoes()
        self.transcript += f"$ mfa {' '.join(map(str, arguments))}\n{terminal.text()}\n"
        return terminal

    def log_in(self, *code):
        answers = [("Email: ", self.name), (PASSWORD_QUESTION, PASSWORD), *((CODE_QUESTION, answer) for answer in code)]
        return self.run("login", answers=answers)

    def enable(self, **settings):
        def scan(terminal):
            uri = qr_code(terminal.screen(), "dark")
            assert uri == qr_code(terminal.screen(), "light")
            self.app = App(uri, ahead=self.site.ahead)
            assert self.app.account == f"mfakit demo:{self.name}"
            self.secrets.append(self.app.secret)
            return self.app.code()

        answers = [("Email: ", self.name), (PASSWORD_QUESTION, PASSWORD), (CODE_QUESTION, scan)]
        return self.run("2fa:enable", answers=answers, **settings)

    def check(self, name):
        """Compares all that was seen with the transcript of that name."""
        for secret in self.secrets:
            assert secret not in self.transcript
        text = QR_LINES.sub("(QR code here)\n", self.transcript)
        assert "\x1b" not in text, "the one thing that is coloured here is the QR code"
        text = text.replace(str(self.home.path), "HOME").replace(f"localhost:{self.site.port}", "localhost:PORT")
        text = re.sub(r"\b[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){3}-[0-9A-HJKMNP-TV-Z]{6}\b", "CODE", text)
        text = re.sub(r"\b20\d\d-\d\d-\d\d\b", "DATE", text)
        file = TRANSCRIPTS / f"{name}.txt"
        if os.environ.get("MFA_WRITE_TRANSCRIPTS"):
            file.write_text(text)
        assert text == file.read_text()


def test_the_whole_way(home, site):
    alice = Person(home, site, "alice@example.com")
    alice.run("2fa", status=4)
    alice.log_in()
    alice.run("2fa")
    alice.enable()
    key = home.directory / "api-key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    alice.secrets.append(key.read_text())
    alice.run("2fa")
    codes = home.path / "codes.txt"
    question = [(CODE_QUESTION, lambda _: alice.app.code())]
    alice.run("2fa:generate-recovery-codes", "--output", codes, answers=question)
    assert stat.S_IMODE(codes.stat().st_mode) == 0o600
    recovery = re.findall(r"^\S+$", codes.read_text(), re.MULTILINE)
    assert len(recovery) == 10
    alice.secrets += recovery
    alice.run("2fa:generate-recovery-codes", "--output", codes, status=7)
    alice.run("logout")
    # A wrong code, then one that was used before, then a recovery code.
    used = recovery[0]
    answers = [("Email: ", alice.name), (PASSWORD_QUESTION, PASSWORD)]
    alice.run("login", answers=[*answers, (CODE_QUESTION, "000000"), (CODE_QUESTION, used)])
    alice.run("login", answers=[*answers, *[(CODE_QUESTION, used)] * 3], status=3)
    alice.run("2fa")
    alice.run("2fa:disable", answers=[(PASSWORD_QUESTION, "not my password")], status=3)
    alice.run("2fa:disable", answers=[(PASSWORD_QUESTION, PASSWORD)])
    alice.run("2fa")
    alice.run("logout")
    alice.check("the-whole-way")


def test_recovery_codes_on_the_screen(home, site):
    bob = Person(home, site, "bob@example.com")
    bob.log_in()
    bob.run("2fa:generate-recovery-codes", status=1)
    bob.enable()
    terminal = bob.run("2fa:generate-recovery-codes", answers=[(CODE_QUESTION, lambda _: bob.app.code())])
    (first, *_) = re.findall(r"^[0-9A-Z]{5}-\S+$", terminal.text(), re.MULTILINE)
    bob.run("logout")
    assert first not in bob.log_in(first).text()
    bob.run("2fa")
    # Shown once, when it was made.
    assert bob.transcript.count(first) == 1
    bob.secrets.remove(first)
    bob.check("recovery-codes-on-the-screen")


def test_in_the_browser(home, site):
    carol = Person(home, site, "carol@example.com")
    carol.log_in()
    carol.run("2fa:enable", "--browser")
    carol.run("2fa")
    carol.check("in-the-browser")


def test_a_login_lasts_thirty_days(home, tmp_path):
    database = tmp_path / "database"
    site = Site(database)
    dave = Person(home, site, "dave@example.com")
    dave.log_in()
    port = site.port
    site.close()
    for ahead, status in ((29 * DAY, 0), (31 * DAY, 4)):
        site = Site(database, ahead=ahead, port=port)
        try:
            dave.run("2fa", status=status)
        finally:
            site.close()
    dave.check("a-login-lasts-thirty-days")


@pytest.mark.parametrize(
    "term, locale",
    [(term, "C.UTF-8") for term in ("xterm-256color", "tmux-256color", "screen", "linux")] + [("screen", "C"), ("linux", "C")],
)
def test_the_code_is_read_whatever_the_terminal(home, site, term, locale):
    """By both themes, in `enable`; and a code of what was read is accepted."""
    person = Person(home, site, f"{term}.{locale}@example.com")
    person.log_in()
    # Two spaces to a module, where there is no Unicode, need a large window.
    terminal = person.enable(TERM=term, LANG=locale, columns=140, lines=80)
    assert ("▀" in terminal.text()) == (locale == "C.UTF-8")
    person.run("2fa")
    assert "Two-factor auth is enabled." in person.transcript


@pytest.mark.parametrize("outside", ["xterm-256color", "screen-256color"])
def test_the_code_is_read_in_tmux(home, site, outside):
    """What tmux makes of it is drawn again, and is what a camera sees."""
    erin = Person(home, site, f"{outside}.tmux@example.com")
    erin.log_in()
    environment = {**home.environment, "TERM": outside, "SHELL": "/bin/sh"}
    # The path of a socket may have some hundred bytes, of which pytest's folders need most.
    with tempfile.TemporaryDirectory(prefix="mfa-") as folder:
        tmux = ["tmux", "-u", "-f", "/dev/null", "-S", f"{folder}/socket"]
        try:
            with Terminal([*tmux, "new-session", MFA, "2fa:enable"], environment) as terminal:
                terminal.answer("Email: ", erin.name)
                # tmux shows no space at the end of a line.
                terminal.answer("(typing will be hidden):", PASSWORD)
                terminal.expect("Two-factor code:")
                while terminal.read(0.5):
                    pass
                uri = qr_code(terminal.screen(), "dark")
                assert uri == qr_code(terminal.screen(), "light")
                terminal.type(App(uri).code() + "\r")
                assert terminal.end() == 0
                assert "staple" not in terminal.text()
        finally:
            # It ends with its session; after a failure there may be one left.
            subprocess.run([*tmux, "kill-server"], stderr=subprocess.DEVNULL)
    erin.run("2fa")
    assert "Two-factor auth is enabled." in erin.transcript
