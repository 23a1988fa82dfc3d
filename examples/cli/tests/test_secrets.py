"""Nothing that a person types is ever seen: not on the screen, not in arguments or environments, not after an interruption."""

import os
import signal
import stat

import pytest
from fake import ENABLED
from terminal import SIGNALS_THAT_END, everywhere

PASSWORD = "correct horse battery staple"
PASSWORD_QUESTION = "Password (typing will be hidden): "
CODE_QUESTION = "Two-factor code: "
NEEDS_CODE = (401, {"id": "two_factor_required", "message": "A code is needed too."}, {"Mfakit-Two-Factor-Required": "true"})
LOGGED_IN = (200, {"token": "a-token", "expiresAt": 1, "name": "alice@example.com"})


def login(request):
    """Logs in who has the right code."""
    return LOGGED_IN if request["headers"]["Mfakit-Two-Factor-Code"] == "123456" else NEEDS_CODE


def test_a_login_shows_no_secret_and_leaves_no_trace(home, fake):
    fake.answers["/api/cli/login"] = login
    with home.terminal("login", "--server", fake.origin) as terminal:
        before = terminal.modes()
        assert terminal.echoes()
        terminal.answer("Email: ", "alice@example.com")
        terminal.expect(PASSWORD_QUESTION)
        assert not terminal.echoes(), "echo is off before the question is shown"
        terminal.type(PASSWORD + "\r")
        terminal.expect(CODE_QUESTION)
        assert not terminal.echoes()
        # The control: what is in the arguments is seen here.
        seen = everywhere(terminal.process)
        assert fake.origin.encode() in seen and home.environment["XDG_CONFIG_HOME"].encode() in seen
        assert PASSWORD.encode() not in seen
        terminal.type("123456\r")
        assert terminal.end() == 0
        assert terminal.modes() == before
    assert "Logged in as alice@example.com." in terminal.text()
    for word in [PASSWORD, *PASSWORD.split(), "123456", "a-token"]:
        assert word not in terminal.text()
    # One mark for each digit of a code, none for a password.
    assert f"{PASSWORD_QUESTION}\n{CODE_QUESTION}######\n" in terminal.text()
    first, second = fake.asked("/api/cli/login")
    assert first["body"] == second["body"] == {"email": "alice@example.com", "password": PASSWORD}
    assert first["headers"]["Mfakit-Two-Factor-Code"] is None and second["headers"]["Mfakit-Two-Factor-Code"] == "123456"
    assert all(PASSWORD not in str(request["headers"]) for request in fake.requests)


def test_the_session_is_the_owners_alone(home, fake):
    fake.answers["/api/cli/login"] = LOGGED_IN
    before = os.umask(0)
    try:
        done = home.script("login", "--stdin", "--server", fake.origin, lines=["alice@example.com", PASSWORD])
    finally:
        os.umask(before)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Logged in as alice@example.com.\n", "")
    assert [path.name for path in home.directory.iterdir()] == ["session.json"]
    for directory in (home.directory, home.directory.parent):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE(home.session.stat().st_mode) == 0o600
    assert PASSWORD not in home.session.read_text()
    fake.answers["/api/cli/2fa"] = (200, ENABLED)
    assert home.script("2fa").returncode == 0
    home.session.chmod(0o644)
    refused = home.script("2fa")
    assert refused.returncode == 7 and "can be read by others" in refused.stderr
    assert len(fake.asked("/api/cli/2fa")) == 1


@pytest.mark.parametrize("number", SIGNALS_THAT_END, ids=lambda number: number.name)
def test_a_signal_restores_the_terminal_and_ends_the_program(home, fake, number):
    with home.terminal("login", "--server", fake.origin) as terminal:
        before = terminal.modes()
        terminal.answer("Email: ", "alice@example.com")
        terminal.expect(PASSWORD_QUESTION)
        terminal.type("half a pass")
        assert not terminal.echoes()
        terminal.signal(number)
        assert terminal.end() == -number
        assert terminal.modes() == before and terminal.echoes()
        # What was typed so far is not left for the shell.
        os.set_blocking(terminal.slave, False)
        with pytest.raises(BlockingIOError):
            os.read(terminal.slave, 100)
    assert "half" not in terminal.text() and fake.requests == []


@pytest.mark.parametrize("key, number", [("\x03", signal.SIGINT), ("\x1c", signal.SIGQUIT)], ids=["Ctrl-C", "Ctrl-\\"])
@pytest.mark.parametrize("question", [PASSWORD_QUESTION, CODE_QUESTION])
def test_keys_that_interrupt(home, fake, key, number, question):
    fake.answers["/api/cli/login"] = NEEDS_CODE
    with home.terminal("login", "--server", fake.origin) as terminal:
        before = terminal.modes()
        terminal.answer("Email: ", "alice@example.com")
        if question == CODE_QUESTION:
            terminal.answer(PASSWORD_QUESTION, PASSWORD)
        terminal.expect(question)
        terminal.type("123")
        terminal.type(key)
        assert terminal.end() == -number
        assert terminal.modes() == before
    assert not home.session.exists()


def test_interrupted_where_nothing_is_hidden(home, fake):
    with home.terminal("login", "--server", fake.origin) as terminal:
        terminal.expect("Email: ")
        terminal.type("alice\x03")
        assert terminal.end() == -signal.SIGINT


def test_suspended_and_continued(home, fake):
    fake.answers["/api/cli/login"] = login
    with home.terminal("login", "--server", fake.origin) as terminal:
        before = terminal.modes()
        terminal.answer("Email: ", "alice@example.com")
        terminal.answer(PASSWORD_QUESTION, PASSWORD)
        terminal.expect(CODE_QUESTION)
        terminal.type("123")
        terminal.expect("###")
        terminal.type("\x1a")
        terminal.wait_for_stop()
        assert terminal.modes() == before, "the shell has its terminal back"
        terminal.signal(signal.SIGCONT)
        # What was typed before still counts.
        terminal.expect(f"{CODE_QUESTION}###")
        assert not terminal.echoes()
        terminal.type("456\r")
        assert terminal.end() == 0
        assert terminal.modes() == before


def test_editing_a_code_that_is_not_seen(home, fake):
    fake.answers["/api/cli/login"] = login
    with home.terminal("login", "--server", fake.origin) as terminal:
        terminal.answer("Email: ", "alice@example.com")
        # Rubbed out: one letter of two bytes, then everything; an arrow key is no part of it.
        terminal.answer(PASSWORD_QUESTION, "wrong\x15" + PASSWORD + "é\x7f\x1b[A")
        terminal.answer(CODE_QUESTION, "12x\x7f3456")
        assert terminal.end() == 0
    assert fake.requests[0]["body"]["password"] == PASSWORD
    line = next(line for line in terminal.screen().display if line.startswith(CODE_QUESTION))
    assert line.rstrip() == f"{CODE_QUESTION}######"


def test_the_input_ends(home, fake):
    with home.terminal("login", "--server", fake.origin) as terminal:
        before = terminal.modes()
        terminal.answer("Email: ", "alice@example.com")
        terminal.expect(PASSWORD_QUESTION)
        terminal.type("\x04")
        assert terminal.end() == 2
        assert terminal.modes() == before
    assert "The input ended before the answer." in terminal.text()


def test_too_long_a_secret_restores_the_terminal(home, fake):
    with home.terminal("login", "--server", fake.origin) as terminal:
        before = terminal.modes()
        terminal.answer("Email: ", "alice@example.com")
        terminal.expect(PASSWORD_QUESTION)
        terminal.type("x" * 1025)
        assert terminal.end() == 2
        assert terminal.modes() == before
    assert "xx" not in terminal.text() and fake.requests == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["login", "--password", PASSWORD],
        ["login", f"--password={PASSWORD}"],
        ["login", "-p", PASSWORD],
        ["login", "alice@example.com", PASSWORD],
        ["2fa:disable", PASSWORD],
        ["2fa:enable", "--code", "123456"],
        ["2fa", "--token=123456"],
        ["login", "--server", f"http://alice:{PASSWORD}@localhost"],
    ],
    ids=lambda arguments: " ".join(arguments)[:24],
)
def test_a_secret_as_an_argument_is_refused_and_not_repeated(home, fake, arguments):
    home.log_in(fake.origin)
    done = home.script(*arguments, MFA_SERVER=fake.origin)
    assert done.returncode == 2 and done.stdout == ""
    assert "mfa takes no password, code or token as an argument" in done.stderr or "asks for them" in done.stderr
    assert PASSWORD not in done.stderr and "123456" not in done.stderr
    assert fake.requests == []


def test_a_secret_in_the_environment_is_not_read(home, fake):
    home.log_in(fake.origin)
    fake.answers["/api/cli/2fa"] = (200, ENABLED)
    named = {f"MFA_{name}": PASSWORD for name in ("EMAIL", "PASSWORD", "CODE", "TOKEN", "SECRET")}
    with home.terminal("2fa:disable", **named) as terminal:
        terminal.expect(PASSWORD_QUESTION)
        terminal.type("\x03")
        assert terminal.end() == -signal.SIGINT
    assert not fake.asked("/api/cli/2fa/disable")


def test_lines_are_read_only_where_they_are_announced(home, fake):
    fake.answers["/api/cli/login"] = LOGGED_IN
    done = home.script("login", "--server", fake.origin, lines=["alice@example.com", PASSWORD])
    assert done.returncode == 2 and "--stdin" in done.stderr
    with home.terminal("login", "--stdin", "--server", fake.origin) as terminal:
        assert terminal.end() == 2
    assert "here is a terminal" in terminal.text()
    done = home.script("login", "--stdin", "--server", fake.origin, lines=["alice@example.com"])
    assert done.returncode == 2 and "The input ended" in done.stderr
    assert fake.requests == []


def test_a_script_has_one_try(home, fake):
    wrong = (403, {"id": "invalid_two_factor_code", "message": "No."})
    fake.answers["/api/cli/login"] = lambda request: wrong if request["headers"]["Mfakit-Two-Factor-Code"] else NEEDS_CODE
    answers = ["alice@example.com", PASSWORD, "111111", "222222"]
    done = home.script("login", "--stdin", "--server", fake.origin, lines=answers)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "mfa: No. (invalid_two_factor_code)\n"
    codes = [request["headers"]["Mfakit-Two-Factor-Code"] for request in fake.requests]
    assert codes == [None, "111111"]


def test_a_person_has_three(home, fake):
    wrong = (403, {"id": "invalid_two_factor_code", "message": "No."})
    fake.answers["/api/cli/login"] = lambda request: wrong if request["headers"]["Mfakit-Two-Factor-Code"] else NEEDS_CODE
    with home.terminal("login", "--server", fake.origin) as terminal:
        terminal.answer("Email: ", "alice@example.com")
        terminal.answer(PASSWORD_QUESTION, PASSWORD)
        for number in range(3):
            terminal.answer(CODE_QUESTION, str(number) * 6)
        assert terminal.end() == 3
    assert terminal.text().count("No. (invalid_two_factor_code)") == 3 and len(fake.requests) == 4
