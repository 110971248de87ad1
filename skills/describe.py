"""Pages of docs/ that are made from the code: states, actions, data model, addresses. A stale page fails a test."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from skills import features
from skills.credentials.lint import Book
from skills.credentials.lint import sheet as before_sealing
from skills.credentials.lint import signing as before_signing
from skills.kernel.acts import ACTIONS
from skills.kernel.db import Base
from skills.kernel.machines import Machine
from skills.kernel.witness import unwitnessed
from skills.standards.actions import founding_policies
from skills.web.i18n import catalogue
from skills.web.pages import PUBLIC, SIGNED_IN, Room

LINTERS: dict[str, Book[Any]] = {
    "Before a certificate is signed": before_signing.BOOK, "Before its paper is sealed": before_sealing.BOOK,
}  # fmt: skip
MADE = "<!-- Made from the code by `skills docs`: change the code, not this page. -->\n"


def pages() -> dict[str, str]:
    """File name in docs/ → its text."""
    features.load()
    faces = features.faces()
    return {
        "states.md": _states(),
        "actions.md": _actions(),
        "data.md": _data(),
        "lint.md": _lint(),
        "insider.md": _insider(),
        "policies.md": _policies(),
        "urls.md": _urls(faces),
    }


def write(folder: Path) -> list[str]:
    """Write the pages that differ; their names."""
    changed = []
    for name, text in pages().items():
        path = folder / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            changed.append(name)
    return changed


def machines() -> list[Machine]:
    """Every state table of the house, by name."""
    found: dict[str, Machine] = {}
    for name, module in list(sys.modules.items()):
        if name.startswith("skills."):
            for value in vars(module).values():
                if isinstance(value, Machine):
                    found[value.name] = value
    return [found[name] for name in sorted(found)]


def _states() -> str:
    lines = [MADE, "# States\n", "Every entity that has a life, and the moves between its states.\n"]
    for machine in machines():
        lines += [f"## {machine.name}\n", "```mermaid", machine.mermaid(), "```\n"]
        lines += ["| state | 中文 | English |", "|---|---|---|"]
        lines += [f"| `{state.value}` | {words[0]} | {words[1]} |" for state, words in machine.words.items()]
        lines += ["\n| move | from | to | means | right |", "|---|---|---|---|---|"]
        for move in machine.moves.values():
            sources = ", ".join(f"`{s.value}`" for s in move.sources)
            lines.append(f"| {move.name} | {sources} | `{move.target.value}` | {move.means} | {move.may or '–'} |")
        lines.append("")
    return "\n".join(lines)


def _actions() -> str:
    lines = [MADE, "# Actions\n", "Every kind of change. `office.perform` does one: all of it, once, on the record.\n"]
    lines += ["| action | right | second factor | promise |", "|---|---|---|---|"]
    for name in sorted(n for n in ACTIONS if not n.startswith("demo.")):
        found = ACTIONS[name]
        if not found.work.__module__.startswith("skills."):
            continue
        promise = (found.work.__doc__ or "").strip().split("\n")[0]
        lines.append(f"| `{name}` | {found.may} | {'yes' if found.step_up else ''} | {promise} |")
    return "\n".join(lines) + "\n"


def _policies() -> str:
    lines = [
        MADE, "# Policies\n",
        "The founding rows of the rules that change, as `skills/standards/data/policy*.toml` has them. A later row is "
        "proposed by one person with its source and released by another.\n",
        "Strength: S read in a source · K general knowledge · I inferred. K and I wait for the authority's word.\n",
        "| name | value | from | | source |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for name, row in sorted(founding_policies().items()):
        value = json.dumps(row["value"], ensure_ascii=False).replace("|", "\\|")
        lines.append(f"| `{name}` | `{value}` | {row['from']} | {row['strength']} | {row['source']} |")
    return "\n".join(lines) + "\n"


def _lint() -> str:
    lines = [
        MADE, "# The linter\n",
        "Named rules for certificates. One that refuses stops the certificate, and the refusal names every finding at "
        "once; one that warns is told and goes on the record.\n",
    ]  # fmt: skip
    for title, book in LINTERS.items():
        lines += [f"## {title}\n", "| rule | does | what is wrong | what to do |", "|---|---|---|---|"]
        for rule in book.rules.values():
            said = catalogue()[rule.code]
            words = [f"{said[zh]}<br>{said[en]}".replace("{{", "{").replace("}}", "}").replace("|", "\\|")
                     for zh, en in (("zh", "en"), ("zh_do", "en_do"))]  # fmt: skip
            name = rule.name.replace("_", " ")
            lines.append(f"| **{rule.id}** {name} | {' '.join(rule.severity.words)} | {words[0]} | {words[1]} |")
        lines.append("")
    return "\n".join(lines)


def _insider() -> str:
    lines = [
        MADE, "# What an insider cannot do quietly\n",
        "Somebody with the password of the database puts a row in, changes one, or takes one away, past the office. "
        "`skills fsck` names the table, the row and the last act on record; the test `tests/kernel/test_insider.py` does "
        "each of these edits in every table below, and a new table joins by itself.\n",
        "- **Followed** rows have a keyed digest in the audit entry of the act that wrote them (`audit.rows_on_record`). "
        "The key lies outside the database.",
        "- Whoever also has the keys and mends audit entry, leaf, tree and checkpoints inside the database contradicts the "
        "signed heads outside it: `DATA_DIR/checkpoints`, and those that others kept (`skills fsck --checkpoint FILE`, "
        "`skills log monitor URL`).",
        "- When an entry was put in order (`at` in the tables of the log) is a hint and proves nothing; the time that "
        "counts stands in the entry itself.\n",
        "| table | put in, changed, taken away |", "|---|---|",
    ]  # fmt: skip
    for table in sorted(Base.metadata.tables):
        reason = unwitnessed(table)
        lines.append(f"| `{table}` | {'followed' if reason is None else reason} |")
    return "\n".join(lines) + "\n"


def _data() -> str:
    lines = [MADE, "# Data model\n", "Tables in the order in which they can be created.\n"]
    described = {m.class_.__tablename__: (m.class_.__doc__ or "") for m in Base.registry.mappers}
    for table in Base.metadata.sorted_tables:
        promise = " ".join(described.get(table.name, "").split())
        lines += [f"## {table.name}\n", f"{promise}\n", "| column | type | |", "|---|---|---|"]
        for column in table.columns:
            marks = ["key"] if column.primary_key else []
            marks += [f"→ {key.target_fullname}" for key in sorted(column.foreign_keys, key=str)]
            marks += ["may be empty"] if column.nullable else []
            marks += ["unique"] if column.unique else []
            lines.append(f"| {column.name} | {column.type} | {', '.join(marks)} |")
        for index in sorted(table.indexes, key=lambda i: str(i.name)):
            if index.unique:
                where = index.dialect_options["sqlite"].get("where")
                names = ", ".join(c.name for c in index.columns)
                lines.append(f"\nUnique: {names}{f' where {where}' if where is not None else ''}")
        lines.append("")
    return "\n".join(lines)


def _urls(faces: list[Room]) -> str:
    lines = [MADE, "# Addresses\n", "Every page and endpoint, and who may pass.\n"]
    lines += ["| address | method | who | action |", "|---|---|---|---|"]
    lines += sorted(set(_doors(faces)))
    return "\n".join(lines) + "\n"


def _doors(faces: list[Room]) -> Iterator[str]:
    words = {PUBLIC: "everybody", SIGNED_IN: "whoever is signed in"}
    for room in faces:
        for rule, method, endpoint in room.rules:
            access = room.doors[endpoint]
            address = rule.replace("<", "‹").replace(">", "›")
            yield f"| `{address}` | {method} | {words.get(access.may, access.may)} | {access.does} |"
