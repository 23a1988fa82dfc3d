"""A program in a pseudo-terminal: what it shows, whether it lets what is typed be seen, and how it ends."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pyte

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "testing" / "qr"))
from pictures import from_screen, scan  # noqa: E402

# A debug build asks a server that hashes passwords slowly, on a machine that has more to do.
PATIENCE = 30
COLUMNS, LINES = 120, 60


class Terminal:
    """One run of a program, which has this terminal as its own."""

    def __init__(self, arguments, environment, *, columns=COLUMNS, lines=LINES):
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.columns, self.lines = columns, lines
        self.output, self.seen = b"", 0
        self.process = subprocess.Popen(
            [str(argument) for argument in arguments],
            env=environment,
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
            # Ctrl-C reaches only the programs whose terminal this is.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)

    def read(self, seconds):
        """Whether there was something to read within so many seconds."""
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        self.output += os.read(self.master, 65536)
        return True

    def expect(self, text):
        """Reads until `text` is shown, after what was expected before."""
        end = time.monotonic() + PATIENCE
        wanted = text.encode()
        while wanted not in self.output[self.seen :]:
            assert time.monotonic() < end, f"{text!r} is not in {self.output[self.seen :]!r}"
            self.read(0.2)
        self.seen = self.output.index(wanted, self.seen) + len(wanted)

    def type(self, text):
        os.write(self.master, text.encode())

    def answer(self, question, text):
        """Types an answer once its question is there."""
        self.expect(question)
        self.type(text + "\r")

    def echoes(self):
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def modes(self):
        return termios.tcgetattr(self.slave)

    def signal(self, number):
        os.kill(self.process.pid, number)

    def wait_for_stop(self):
        """Until it is suspended."""
        _, status = os.waitpid(self.process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status), status

    def end(self):
        """Reads the rest; the exit status, or minus the signal that ended it."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < end, f"it does not end: {self.output[self.seen :]!r}"
            self.read(0.05)
        while self.read(0.05):
            pass
        return self.process.returncode

    def text(self):
        return self.output.decode().replace("\r\n", "\n")

    def screen(self):
        """What an emulator has on its screen after all of it."""
        screen = pyte.Screen(self.columns, self.lines)
        pyte.Stream(screen).feed(self.output.decode())
        return screen


# Lines of a QR code, and of nothing else, begin by setting the white of the 256-colour palette.
QR_LINES = re.compile(r"(?:^\x1b\[(?:38;5;16;)?48;5;231m.*\n)+", re.MULTILINE)


def qr_code(screen, theme):
    """The text of the QR code on a screen, as a phone reads it, whatever else is there."""
    rows = [y for y in range(screen.lines) if screen.buffer[y][0].bg == "ffffff"]
    assert rows, "there is no QR code"
    cells = range(screen.columns)
    alone = pyte.Screen(screen.columns, len(rows))
    for line, row in enumerate(rows):
        for column in cells:
            alone.buffer[line][column] = screen.buffer[row][column]
    return scan(from_screen(alone, theme))


def everywhere(process):
    """What other programs of the same person can read of a process and those that it started: arguments and environments."""
    found = b""
    for number in [process.pid, *children(process.pid)]:
        for name in ("cmdline", "environ"):
            found += Path(f"/proc/{number}/{name}").read_bytes() + b"\n"
    return found


def children(number):
    try:
        found = Path(f"/proc/{number}/task/{number}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [int(child) for child in found]


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.02)


SIGNALS_THAT_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
