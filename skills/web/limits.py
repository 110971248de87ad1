"""How often one may try, counted for all processes of one machine in a small database of its own."""

from __future__ import annotations

import ipaddress
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, TypeVar, cast
from urllib.parse import unquote, urlsplit

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import parse
from limits.storage import Storage

from skills.kernel.clock import SystemClock

PURGE = 500  # after so many counts a process throws away what has run out


def visitor(address: str) -> str:
    """Whom an address stands for: an IPv6 subscriber has a network of 2^64 of them, so its network counts."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))


def network(address: str) -> str:
    """The network around a visitor, whose owner has all its addresses: the /24, or the /48 of IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    plain = getattr(found, "ipv4_mapped", None) or found
    return str(ipaddress.ip_network((plain, 24 if plain.version == 4 else 48), strict=False))


def _visitor() -> str:
    return visitor(get_remote_address())


def _network() -> str:
    return network(get_remote_address())


limiter = Limiter(key_func=_visitor, strategy="fixed-window", headers_enabled=False)

# Looking certificates up by number and name is one right however it is asked: page, API or window count together.
# A network has more room than a visitor, since an office or a carrier may stand behind it, but not for 256 visitors.
LOOK_UPS, LOOK_UPS_OF_A_NETWORK = "30 per minute", "120 per minute"
LOOK_UP_SCOPE = "look-up"
_LOOK_UPS, _OF_A_NETWORK = parse(LOOK_UPS), parse(LOOK_UPS_OF_A_NETWORK)
View = TypeVar("View", bound=Callable[..., Any])


def look_up_limit(view: View) -> View:
    """Count every call of a view for its visitor and for the network around; refuse with 429 what is too much."""
    of_network = limiter.shared_limit(LOOK_UPS_OF_A_NETWORK, scope=LOOK_UP_SCOPE, key_func=_network)
    return cast(View, of_network(limiter.shared_limit(LOOK_UPS, scope=LOOK_UP_SCOPE)(view)))


def look_up_allowed(address: str) -> bool:
    """Count one more look-up of an address; False once there were too many from it or from its network."""
    if not limiter.enabled:
        return True
    one = limiter.limiter.hit(_LOOK_UPS, visitor(address), LOOK_UP_SCOPE)
    return one and limiter.limiter.hit(_OF_A_NETWORK, network(address), LOOK_UP_SCOPE)


# Many at once: an employer's batch fits, a list of guesses soon does not. Files cost the time of decoding them.
_FILES, _LINES = parse("60 per minute"), parse("200 per hour")


def batch_allowed(files: int, lines: int) -> bool:
    """Count the items of a batch of this request's visitor; False once there were too many."""
    if not limiter.enabled:
        return True
    address = _visitor()
    files_fit = not files or limiter.limiter.hit(_FILES, address, "batch", cost=files)
    lines_fit = not lines or limiter.limiter.hit(_LINES, address, "batch", cost=lines)
    return files_fit and lines_fit


# Four characters can be guessed from many addresses at once, so wrong ones count for the number they were tried on.
_FOURS = parse("20 per day")


class Fours:
    """Whether the last four characters of the document still count for a number; after 20 misses a day the name must."""

    @staticmethod
    def count(number: str) -> bool:
        """Whether they count."""
        return not limiter.enabled or limiter.limiter.test(_FOURS, number, "last-four")

    @staticmethod
    def missed(number: str) -> None:
        """They were wrong, or there is no such number: the two are the same here too."""
        if limiter.enabled:
            limiter.limiter.hit(_FOURS, number, "last-four")


class FileStorage(Storage):
    """Counters in `DATA_DIR/limits.db`: `limitsfile:///path`. Losing them on a crash is accepted, so no fsync."""

    STORAGE_SCHEME: ClassVar[list[str]] = ["limitsfile"]  # type: ignore[misc]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._path = Path(unquote(urlsplit(uri or "").path))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._local = threading.local()
        self._clock = SystemClock()
        self._counted = 0

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = self._now()
        self._counted += 1
        if self._counted % PURGE == 0:
            self._db().execute("delete from hits where ends <= ?", (now,))
        row = self._db().execute(
            "insert into hits(key, count, ends) values(?, ?, ?) on conflict(key) do update set "
            "count = case when ends <= ? then excluded.count else count + excluded.count end, "
            "ends = case when ends <= ? then excluded.ends else ends end returning count",
            (key, amount, now + expiry, now, now),
        ).fetchone()
        return int(row[0])

    def get(self, key: str) -> int:
        row = self._db().execute("select count from hits where key = ? and ends > ?", (key, self._now())).fetchone()
        return int(row[0]) if row else 0

    def get_expiry(self, key: str) -> float:
        row = self._db().execute("select ends from hits where key = ?", (key,)).fetchone()
        return float(row[0]) if row else self._now()

    def check(self) -> bool:
        return self._db().execute("select 1").fetchone() is not None

    def reset(self) -> int | None:
        return self._db().execute("delete from hits").rowcount

    def clear(self, key: str) -> None:
        self._db().execute("delete from hits where key = ?", (key,))

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _db(self) -> sqlite3.Connection:
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            db = sqlite3.connect(self._path, isolation_level=None, timeout=10)
            db.execute("pragma journal_mode=wal")
            db.execute("pragma synchronous=off")
            db.execute("create table if not exists hits(key text primary key, count integer, ends real)")
            self._local.db = db
        return db
