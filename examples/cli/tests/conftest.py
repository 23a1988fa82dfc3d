"""The program, a home directory for each test, and servers."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from fake import Fake  # noqa: E402
from terminal import Terminal  # noqa: E402

MFA = Path(os.environ["MFA"]).resolve()


class Home:
    """A person's home directory and environment, in which they run mfa."""

    def __init__(self, path):
        self.path = path
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(path),
            "XDG_CONFIG_HOME": str(path / "config"),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
        }
        self.directory = path / "config" / "mfa"
        self.session = self.directory / "session.json"

    def terminal(self, *arguments, columns=120, lines=60, **environment):
        """mfa in a terminal."""
        return Terminal([MFA, *arguments], {**self.environment, **environment}, columns=columns, lines=lines)

    def script(self, *arguments, lines=None, **environment):
        """mfa in a script; `lines` are its input."""
        return subprocess.run(
            [MFA, *arguments],
            env={**self.environment, **environment},
            input=None if lines is None else "".join(line + "\n" for line in lines),
            stdin=subprocess.DEVNULL if lines is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=60,
            text=True,
        )

    def log_in(self, server, token="a-token"):
        """As if mfa had logged in."""
        self.directory.mkdir(parents=True, mode=0o700, exist_ok=True)
        self.session.write_text(json.dumps({"server": server, "token": token}))
        self.session.chmod(0o600)


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


@pytest.fixture
def fake():
    server = Fake()
    yield server
    server.close()
