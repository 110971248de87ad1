"""The rows of a rehearsal: collected in memory, sealed and numbered, written in one transaction.

Ten thousand histories by way of the office would take an hour; here they go in by bulk, past the acts, into a copy that
nobody uses afterwards. Tables are taken by name from the metadata of all rooms: the rows of other rooms are not this
room's to import, and a column that is gone or new without a default fails at once.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, insert, select

from skills.kernel import log
from skills.kernel.audit import Attempt, attempt_leaf
from skills.kernel.box import Box
from skills.kernel.clock import SHANGHAI, shanghai_day
from skills.kernel.datakeys import DataKeys
from skills.kernel.db import Base, reading, writing
from skills.kernel.ids import row_id
from skills.oversight.rehearsal.planted import Works

Row = dict[str, Any]
CHUNK = 2_000
# Whatever is planted stands beside what a copy holds, and nothing of it may be equal to anything there: names and addresses carry a
# mark, document numbers and credit codes an area and telephones a beginning that nobody gives out, networks are no address at all.
MARK = "（演练）"
NOWHERE = "99"
SERIES = ("class_series", "number_series")  # one row for all: what a copy holds of them goes on
SUBJECTS = {"person": "person", "organisation": "organisation", "voucher_batch": "batch", "course": "course", "account": "account"}


@dataclass(frozen=True)
class Secret:
    """A value that is sealed when it is written: all data keys are made in one go before."""

    value: str
    place: str
    subject: str | None = None


class Chance:
    """Randomness from a seed, also as bytes for ids: the same seed gives the same histories."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(f"rehearsal {seed}")  # noqa: S311 - the same histories for the same seed; nothing secret

    def token(self, size: int) -> bytes:
        return self.draw.randbytes(size)


class Book:
    """Rows by table, and what every planter needs: chance, time, ids, digests."""

    def __init__(self, works: Works, seed: int) -> None:
        self._engine = works.engine
        self._chance = Chance(seed)
        self.draw = self._chance.draw
        self.now: datetime = works.office.clock.now()
        self.today: date = shanghai_day(self.now)
        box, keys = works.office.tools[Box], works.office.tools[DataKeys]
        assert isinstance(box, Box) and isinstance(keys, DataKeys)  # noqa: S101, PT018 - narrows for the type checker
        self.box, self._keys = box, keys
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self._digests: dict[tuple[str, str], str] = {}

    def id(self, at: datetime) -> str:
        """A row id of that moment."""
        return row_id(at, self._chance)

    def add(self, table: str, **values: Any) -> Row:
        """Put a row down; it may still be changed until everything is written."""
        self.rows[table].append(values)
        return values

    def last(self, series: str, column: str = "last", **of: Any) -> int:
        """The last number that was given in a series before anything was planted; 0 where there is none."""
        table = Base.metadata.tables[series]
        asked = select(table.c[column]).where(*(table.c[name] == value for name, value in of.items()))
        with reading(self._engine) as db:
            return db.scalar(asked.order_by(table.c[column].desc()).limit(1)) or 0

    def subjects(self) -> frozenset[str]:
        """Everything planted that a rule can name, as "kind:id"."""
        return frozenset(f"{kind}:{row['id']}" for table, kind in SUBJECTS.items() for row in self.rows[table])

    def digest(self, kind: str, value: str) -> str:
        """A keyed digest as the pages make it: of a network, a browser, a phone."""
        key = (kind, value)
        if key not in self._digests:
            self._digests[key] = self.box.blind(kind, value)
        return self._digests[key]

    def attempt(self, action: str, actor: str, subject: str, code: str, at: datetime, **facts: object) -> None:
        """A refusal on record, as the office keeps it."""
        row = self.add("attempt", id=self.id(at), action=action, actor=actor, subject=subject, code=code, facts=facts, at=at)
        self.add("log_queue", stream=log.AUDIT, source=f"attempt:{row['id']}", leaf=attempt_leaf(Attempt(**row)), at=at)

    def message(self, code: str, at: datetime, *, person_id: str | None = None, organisation_id: str | None = None, **facts: object) -> None:
        """A message in an inbox; half of the people have read theirs some hours later."""
        read = at + timedelta(minutes=self.draw.randrange(2, 4_000)) if self.draw.random() < 0.5 else None
        self.add(
            "message", id=self.id(at), person_id=person_id, account_id=None, organisation_id=organisation_id, code=code,
            facts=facts, sent_at=at, read_at=read if read and read < self.now else None, delivered_at=None,
        )  # fmt: skip

    def at(self, day: date, hour: float) -> datetime:
        """A moment of a day in Shanghai; `hour` may be 25.5 for half past one in the night after."""
        begin = datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
        return begin + timedelta(seconds=round(hour * 3600), milliseconds=self.draw.randrange(1000))

    def hour(self) -> float:
        """When ordinary people do such things: in the morning, at noon, most of all in the evening, seldom at night."""
        peak = self.draw.choices((9.7, 12.6, 15.5, 20.3), (25, 20, 20, 35))[0]
        hour = self.draw.gauss(peak, 1.4)
        return hour % 24 if self.draw.random() < 0.97 else self.draw.uniform(0, 7)

    def some_time(self, first: date, last: date) -> datetime:
        """An ordinary moment on one of these days, never in the future."""
        day = first + timedelta(days=self.draw.randrange((last - first).days + 1)) if last > first else first
        return min(self.at(day, self.hour()), self.now - timedelta(minutes=self.draw.randrange(1, 90)))

    def write(self) -> None:
        """Seal what is secret and write everything, parents first."""
        secrets = {name: [v for row in rows for v in row.values() if isinstance(v, Secret)] for name, rows in self.rows.items()}
        self._keys.prepare({s.subject for held in secrets.values() for s in held if s.subject})
        known = {t.name: t for t in Base.metadata.sorted_tables}
        if strange := set(self.rows) - set(known):
            raise LookupError(f"no such tables: {sorted(strange)}")
        with writing(self._engine) as db:
            connection = db.connection()
            for name, table in known.items():
                rows = self.rows[name] if not secrets.get(name) else [self._plain(row) for row in self.rows[name]]
                if name in SERIES:
                    (key,) = table.primary_key.columns
                    connection.execute(delete(table).where(key.in_([row[key.name] for row in rows])))
                for start in range(0, len(rows), CHUNK):
                    connection.execute(insert(table), rows[start : start + CHUNK])

    def _plain(self, row: Row) -> Row:
        return {
            name: self.box.seal(v.value, v.place, v.subject) if isinstance(v, Secret) else v for name, v in row.items()
        }


def spread(draw: random.Random, count: int, first: datetime, last: datetime) -> Sequence[datetime]:
    """`count` moments between two, in order."""
    span = (last - first).total_seconds()
    return sorted(first + timedelta(seconds=draw.random() * span) for _ in range(count))
