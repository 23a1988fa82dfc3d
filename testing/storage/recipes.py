"""The statements of docs/storage.md: what is documented is what runs.

A fenced block whose info string is `sql STORE` or `text STORE` holds statements, each under a comment with its name;
`sql STORE schema` and `lua STORE NAME` are one script each.
"""

import re
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "storage.md"
BLOCK = re.compile(r"^```(\w+) (\w+)(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def load(text=None):
    """{store: {name: statement}}; the schema is named "schema"."""
    stores = {}
    for language, store, script, body in BLOCK.findall(text or DOCUMENT.read_text(encoding="utf-8")):
        found = stores.setdefault(store, {})
        named = {script: body} if script else _statements(body)
        assert not found.keys() & named.keys(), f"twice in {store}: {found.keys() & named.keys()}"
        found.update(named)
    # What MariaDB can do in one statement, beside what it shares with MySQL.
    stores["mariadb"] = {**stores["mysql"], **stores["mariadb"]}
    return stores


def _statements(body):
    parts = re.split(r"^-- (\w+)\n", body, flags=re.MULTILINE)
    assert not parts[0], f"a statement without a name: {parts[0]}"
    return {name: statement.strip().rstrip(";") for name, statement in zip(parts[1::2], parts[2::2])}
