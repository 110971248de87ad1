"""Looks that strangers take at public pages, counted in memory by what was asked for and a coarse place of origin.

No page waits for a write: each process keeps its counts for up to a minute and then lays them down as a file, which
the worker adds to the daily counts. What a process held when it was killed is lost, which is accepted. Neither
addresses nor the moment of a look are kept.
"""

from __future__ import annotations

import atexit
import csv
import ipaddress
import json
import os
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from skills.kernel import files
from skills.kernel.clock import Clock, shanghai_day

EVERY = 60.0
MOST_KEYS = 20_000  # what one process holds in a minute; beyond, looks are not counted
LONGEST_NAME = 64
_CRAWLER = re.compile(
    r"bot|crawl|spider|slurp|preview|monitor|scanner|curl|wget|python|java/|go-http|okhttp|headless|lighthouse|archive",
    re.IGNORECASE,
)
INSIDE = "内网"
UNKNOWN = "未知"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Places = Sequence[tuple[Network, str]]


@dataclass(frozen=True)
class Look:
    """How often something was asked for from one place on one day. kind: v, miss or share."""

    day: date
    kind: str
    name: str
    place: str
    count: int


def is_person(environ: Mapping[str, Any]) -> bool:
    """Whether a request is somebody looking: no crawler, no program, nothing fetched ahead."""
    agent = str(environ.get("HTTP_USER_AGENT", ""))
    ahead = str(environ.get("HTTP_SEC_PURPOSE", "")) + str(environ.get("HTTP_PURPOSE", ""))
    return bool(agent) and not _CRAWLER.search(agent) and "prefetch" not in ahead


def address_of(environ: Mapping[str, Any], hops: int) -> str:
    """The visitor's address, behind as many proxies of ours as `hops` says."""
    if hops:
        chain = [part.strip() for part in str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",") if part.strip()]
        if len(chain) >= hops:
            return chain[-hops]
    return str(environ.get("REMOTE_ADDR", ""))


def place_of(address: str, places: Places = ()) -> str:
    """A coarse place: a name from the operator's table, 内网, or the first half of an address; never more of it."""
    try:
        parsed = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return UNKNOWN
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    for network, name in places:
        if parsed.version == network.version and parsed in network:
            return name
    if parsed.is_private or parsed.is_loopback or parsed.is_link_local:
        return INSIDE
    width = 16 if parsed.version == 4 else 32
    wide = ipaddress.ip_network(f"{parsed}/{width}", strict=False)
    return ".".join(str(wide.network_address).split(".")[:2]) + ".*.*" if parsed.version == 4 else str(wide)


def read_places(path: Path) -> Places:
    """The operator's table, lines of `network,place`; empty if there is none. Raises ValueError for a bad line."""
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if row and not row[0].startswith("#")]
    return [(ipaddress.ip_network(row[0].strip()), row[1].strip()[:40]) for row in rows]


class Looks:
    """The counts of one process.

    folder  where files are laid down
    tick    seconds of a clock that never goes back
    """

    def __init__(
        self, folder: Path, clock: Clock, places: Places = (), hops: int = 0, tick: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder, self._clock, self._places, self._hops, self._tick = folder, clock, places, hops, tick
        self._held: Counter[tuple[date, str, str, str]] = Counter()
        self._since = tick()
        self._lock = threading.Lock()
        atexit.register(self.lay_down)

    def count(self, kind: str, name: str, environ: Mapping[str, Any]) -> None:
        """Count one look, if a person took it."""
        if not name or len(name) > LONGEST_NAME or not is_person(environ):
            return
        place = place_of(address_of(environ, self._hops), self._places)
        key = (shanghai_day(self._clock.now()), kind, name, place)
        with self._lock:
            if key in self._held or len(self._held) < MOST_KEYS:
                self._held[key] += 1
        if self._tick() - self._since > EVERY:
            self.lay_down()

    def lay_down(self) -> None:
        """Write what is held to a file of its own, whole or not at all, and forget it."""
        with self._lock:
            held, self._held = self._held, Counter()
            self._since = self._tick()
        if not held:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{os.getpid()}-{time.monotonic_ns()}.looks"
            lines = [[day.isoformat(), *rest, count] for (day, *rest), count in held.items()]
            files.put(path, json.dumps(lines, ensure_ascii=False).encode())
        except OSError:  # a full disc takes counts, never an answer
            return


def laid_down(folder: Path) -> list[tuple[Path, list[Look]]]:
    """The files that wait to be added up, oldest first, with what they say; a broken one says nothing."""
    found = []
    for path in sorted(folder.glob("*.looks")):
        try:
            rows = json.loads(path.read_text("utf-8"))
            looks = [Look(date.fromisoformat(d), str(k), str(n), str(p), int(c)) for d, k, n, p, c in rows]
        except (OSError, ValueError, TypeError):
            looks = []
        found.append((path, looks))
    return found
