"""The demo, and what somebody in front of it has: an account, and an authenticator app that reads QR codes."""

import json
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

SERVER = Path(__file__).resolve().parents[2] / "demo" / "server.py"
PERIOD = 30


class Site:
    """The demo on a port of its own. Its clock may be ahead."""

    def __init__(self, database, *, ahead=0, port=0):
        self.ahead = ahead
        command = [sys.executable, SERVER, "--port", port, "--database", database, "--clock-offset", ahead]
        self.process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"http://localhost:(\d+)", line)
        assert found, f"the demo did not start: {line!r}"
        self.origin, self.port = found[0], int(found[1])

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def sign_up(self, name, password):
        request = urllib.request.Request(
            f"{self.origin}/api/sign-up",
            json.dumps({"name": name, "password": password}).encode(),
            {"Content-Type": "application/json", "Origin": self.origin},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 200


class App:
    """An authenticator app: oathtool. A code counts once, so each is of a later time step than the one before."""

    def __init__(self, uri, *, ahead=0):
        parts = urllib.parse.urlsplit(uri)
        assert (parts.scheme, parts.netloc) == ("otpauth", "totp"), uri
        self.account = urllib.parse.unquote(parts.path.lstrip("/"))
        self.secret = urllib.parse.parse_qs(parts.query)["secret"][0]
        self.ahead, self.last = ahead, None

    def code(self):
        # On time, then a step late: a server allows for clocks that differ so much. One a step early could be too late when it comes.
        now = (int(time.time()) + self.ahead) // PERIOD
        step = now if self.last is None else max(now, self.last + 1)
        while step > (int(time.time()) + self.ahead) // PERIOD + 1:
            time.sleep(0.5)
        self.last = step
        command = ["oathtool", "--totp", "--base32", "--now", f"@{step * PERIOD}", "-"]
        return subprocess.run(command, input=self.secret, stdout=subprocess.PIPE, check=True, text=True).stdout.strip()
