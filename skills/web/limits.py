"""How often one may try, counted for all processes of one machine in a small database of its own."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import parse
from limits.storage import Storage

from skills.kernel.clock import SystemClock

limiter = Limiter(key_func=get_remote_address, strategy="fixed-window", headers_enabled=False)

# Looking certificates up by number and name is one right however it is asked: page, API or window count together.
LOOK_UPS = "30 per minute"
LOOK_UP_SCOPE = "look-up"
look_up_limit = limiter.shared_limit(LOOK_UPS, scope=LOOK_UP_SCOPE)
_LOOK_UPS = parse(LOOK_UPS)


def look_up_allowed(address: str) -> bool:
    """Count one more look-up of an address; False once there were too many."""
    return not limiter.enabled or limiter.limiter.hit(_LOOK_UPS, address, LOOK_UP_SCOPE)


class FileStorage(Storage):
    """Counters in `DATA_DIR/limits.db`: `limitsfile:///path`. Losing them on a crash is accepted, so no fsync."""

    STORAGE_SCHEME: ClassVar[list[str]] = ["limitsfile"]  # type: ignore[misc]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._path = Path(unquote(urlsplit(uri or "").path))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._local = threading.local()
        self._clock = SystemClock()

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = self._now()
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
