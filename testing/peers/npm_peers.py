"""The npm packages, in a Node.js process of their own: see peers.mjs."""

import contextlib
import json
import os
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent


@contextlib.contextmanager
def npm_peers(backend):
    """A function that answers one object with one object, by mfakit's addon (native) or WebAssembly (wasm)."""
    environment = {**os.environ, "MFAKIT_BACKEND": backend}
    command = ["node", str(HERE / "peers.mjs")]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:

        def ask(**given):
            process.stdin.write(json.dumps(given) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
            assert line, "the Node.js process ended"
            return json.loads(line)

        yield ask
        process.stdin.close()
