"""The two halves of the verdict side by side: `verdicts.judge` here, verdict.js in a node that waits for lines."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skills.credentials import badge, verdicts
from skills.credentials.verdicts import Judgement
from tests.conftest import missing
from tests.credentials.page import STATIC

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Case:
    """What a browser or the server has in hand when it judges. `lists` by number."""

    fragment: str
    number: str
    now: int
    keys_fetched_at: int
    lists: Mapping[int, bytes]
    before_theft: bool = False


class Twin:
    """Judges a case on both sides and insists that they agree in everything they say."""

    def __init__(self, process: subprocess.Popen[str], keys: Mapping[str, Any], public_base: str) -> None:
        self._process = process
        self._keys = keys
        self._published = badge.published(keys)
        self._base = public_base

    def judge(self, case: Case) -> Judgement:
        """The one judgement of both. Raises AssertionError where they differ or the browser's half throws."""
        mine = self.server(case)
        theirs = self.browser(case)
        payload = None if mine.payload is None else vars(mine.payload)
        said = {
            "state": mine.state, "reason": mine.reason, "steps": dict(mine.steps), "payload": payload,
            "statusAsOf": mine.status_as_of,
        }  # fmt: skip
        assert theirs == said
        return mine

    def server(self, case: Case) -> Judgement:
        """The server's half alone."""
        return verdicts.judge(
            case.fragment, case.number, keys=self._published, keys_fetched_at=case.keys_fetched_at, lists=dict(case.lists),
            public_base=self._base, now=case.now, before_theft=case.before_theft,
        )  # fmt: skip

    def browser(self, case: Case) -> Any:
        """The browser's half alone."""
        sent = {
            "fragment": case.fragment, "number": case.number, "now": case.now, "keysFetchedAt": case.keys_fetched_at,
            "lists": {str(n): base64.b64encode(data).decode() for n, data in case.lists.items()},
            "keys": self._keys, "publicBase": self._base, "beforeTheft": case.before_theft,
        }  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(sent) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def running(keys: Mapping[str, Any], public_base: str) -> Iterator[Twin]:
    """A twin for these published keys."""
    node = ["sh", str(ROOT / "scripts" / "with-node.sh"), "node"]
    if subprocess.run([*node, "--version"], check=False, capture_output=True).returncode:
        missing("node")
    command = [*node, str(ROOT / "tests/credentials/twin.mjs"), str(STATIC / "verdict.js")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        try:
            yield Twin(process, keys, public_base)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=60)
