"""The one door for change: `office.perform(action, …)` does all of it, once, on the record; or nothing.

One transaction holds the permission, the idempotency key, the rows and the audit entry. Nothing else commits rows
of the domain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast, get_type_hints

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Engine, Row
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from skills.kernel import audit, bulk, jobs, replays, store
from skills.kernel.actors import Actor
from skills.kernel.box import Box
from skills.kernel.canon import keyed_digest, plain
from skills.kernel.clock import Clock, shanghai_day
from skills.kernel.db import FOLLOWED, Base, broken_unique, reading, writing
from skills.kernel.errors import Forbidden, Missing, Overtaken, Refusal, Unavailable
from skills.kernel.ids import Source, row_id, row_ids, secret_code
from skills.kernel.machines import Machine
from skills.kernel.witness import Pen, Witness, next_turn

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
Kept = TypeVar("Kept", bound=Base)

ANYONE = "anyone"
SUBJECTS = ("subject", "account_id", "organisation_id")  # what an order says of whom it concerns: misses are counted by it
RETRIES = 4
KEEPS = "attempt.keep"  # the audit entry of what a refusal keeps
# What rooms look at when the rows of an act are written, before it is entered: they raise Overtaken.
LAST_LOOKS: list[Callable[[Session, Pen], None]] = []


@dataclass
class Act:
    """One act under way, handed from function to function: the transaction and who, when and why.

    at      the moment of the act, in UTC
    tools   what was given at assembly, found by type: `act.using(Box)`
    """

    name: str
    actor: Actor
    at: datetime
    db: Session
    source: Source
    tools: Mapping[type, object]
    notes: list[dict[str, object]] = field(default_factory=list)
    stored: list[Base] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The day of the act in Asia/Shanghai: what every dated rule is decided on."""
        return shanghai_day(self.at)

    @cached_property
    def entry_id(self) -> str:
        """The id under which this act will stand in the audit log, if it is committed: rows may name it."""
        return self.new_id()

    def new_id(self) -> str:
        """A fresh row id."""
        return row_id(self.at, self.source)

    def new_ids(self, count: int) -> list[str]:
        """Many fresh row ids."""
        return row_ids(self.at, self.source, count)

    def new_code(self, length: int = 26) -> str:
        """A fresh unguessable code."""
        return secret_code(self.source, length)

    def find(self, model: type[Kept], **by: object) -> Kept | None:
        """The one row with these values, or None."""
        return store.find(self.db, model, **by)

    def get(self, model: type[Kept], **by: object) -> Kept:
        """The one row with these values. Raises Missing("<table>.unknown")."""
        row = self.find(model, **by)
        if row is None:
            raise Missing(f"{model.__tablename__}.unknown")
        return row

    def add(self, row: Kept) -> Kept:
        """Store a new row."""
        store.add(self.db, row)
        self.stored.append(row)
        return row

    def move(self, row: Base, machine: Machine, name: str, **values: object) -> None:
        """Make a move of the row's state table; the database has the last word when two come at once."""
        held: Any = row
        step = machine.check(held.state, name)
        if not store.step(self.db, row, "state", {"state": step.target.value, **values}):
            raise Refusal(f"{machine.name}.changed_meanwhile")
        self.note(f"{machine.name}.{name}", id=held.id, to=step.target.value)

    def alter(self, row: Base, *only_if: ColumnElement[bool], **values: object) -> bool:
        """Change this row if the conditions hold in the database, which decides when two come at once; False if not.

        The values may be SQL (`taken=CourseClass.taken + 1`); the row then says what was stored.
        """
        return store.change(self.db, row, only_if, values)

    def note(self, event: str, **facts: object) -> None:
        """Put a fact into this act's audit entry: ids, codes, amounts; never names or document numbers."""
        self.notes.append({"event": event, **facts})

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of the act that can fail by itself: then its rows and notes are taken back and the rest of the act stays.

        The exception goes on to the caller, who decides what to make of it.
        """
        kept, stored, pen = len(self.notes), len(self.stored), self.db.info.get(FOLLOWED)
        self.db.flush()
        touched = pen.touched() if pen else None
        try:
            with self.db.begin_nested():
                yield
        except BaseException:
            del self.notes[kept:]
            for row in self.stored[stored:]:
                self.db.expunge(row)
            del self.stored[stored:]
            self.db.expire_all()  # what the objects say may have been taken back with the rows
            if pen:
                pen.back_to(touched)
            raise

    def require(self, right: str, organisation: str | None = None) -> None:
        """Insist on a right, for an organisation if one is named. Raises Forbidden("not_allowed")."""
        if not self.actor.may(right, organisation):
            raise Forbidden("not_allowed", right=right)

    def later(self, name: str, *, key: str | None = None, due: datetime | None = None, **args: object) -> str:
        """Order a job in this transaction; it runs only if the act is committed. The job's id."""
        job = jobs.order(self.db, self.new_id(), name, due or self.at, self.actor.account, key, args)
        return job

    def later_many(self, name: str, orders: Sequence[jobs.Order]) -> None:
        """Order many jobs of a kind by one statement; each key must be new."""
        self.add_many(jobs.Job, jobs.rows_of(name, self.at, self.actor.account, orders))

    def add_many(self, model: type[Base], rows: Sequence[Mapping[str, object]]) -> None:
        """Store many new rows of a table by one statement: every value given, by attribute."""
        bulk.stored(self.db, model, rows)

    def change_many(self, model: type[Base], held: Sequence[Row[Any]], **values: object) -> None:
        """Give rows that the caller has locked and read whole (`bulk.whole`) the same values: one statement, none is read again."""
        if held:
            bulk.changed(self.db, model, held, values)

    def using(self, kind: type[T]) -> T:
        """The tool of this type given at assembly (box, key ring, sender …)."""
        tool = self.tools[kind]
        assert isinstance(tool, kind)  # noqa: S101 - narrows for the type checker
        return tool


@dataclass(frozen=True)
class Action(Generic[P, R]):
    """A named kind of change and the right it needs. Call it with an act from inside another action."""

    name: str
    may: str
    work: Callable[Concatenate[Act, P], R]
    step_up: bool = False
    by_helper: bool = False

    @cached_property
    def answer(self) -> TypeAdapter[R]:
        """How its answer is written down and read again: made when it is first performed, for there are hundreds of actions."""
        return TypeAdapter(get_type_hints(self.work)["return"])

    def __call__(self, act: Act, /, *args: P.args, **order: P.kwargs) -> R:
        return self.work(act, *args, **order)


ACTIONS: dict[str, Action[Any, Any]] = {}


def action(
    name: str, *, may: str, step_up: bool = False, by_helper: bool = False
) -> Callable[[Callable[Concatenate[Act, P], R]], Action[P, R]]:
    """Declare an action. `may` is the right it needs (or ANYONE); `step_up` asks for a fresh second factor;
    `by_helper` lets a relative do it in somebody's name, which is refused otherwise.

    The function takes the act and plain values and returns a frozen dataclass of plain values (or None), so that a
    replay gives an equal answer.
    """

    def mark(work: Callable[Concatenate[Act, P], R]) -> Action[P, R]:
        if name in ACTIONS:
            raise ValueError(f"action {name} is declared twice")
        made = Action(name, may, work, step_up, by_helper)
        ACTIONS[name] = made
        return made

    return mark


class Office:
    """Where acts are performed.

    replay_key   server key under which orders are digested
    read_only    tells whether writing is switched off just now
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        source: Source,
        replay_key: bytes,
        tools: Mapping[type, object],
        read_only: Callable[[], bool] = lambda: False,
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.source = source
        self.tools = tools
        self._replay_key = replay_key
        witness = tools[Witness]
        assert isinstance(witness, Witness)  # noqa: S101 - narrows for the type checker
        self._witness = witness
        box = tools[Box]
        assert isinstance(box, Box)  # noqa: S101 - narrows for the type checker
        self._box = box
        self._read_only = read_only

    def perform(
        self, work: Action[P, R], *, actor: Actor, key: str | None = None, **order: Any
    ) -> R:
        """Do one action and return its answer.

        key    the caller's idempotency key: the same key and order give the same answer, done once
        Raises Refusal (nothing was written but the attempt), Forbidden, Missing, Unavailable.
        """
        if self._read_only():
            raise Unavailable("read_only")
        for left in reversed(range(RETRIES)):
            try:
                return self._once(work, actor, key, order)
            except Refusal as refusal:
                if self._attempted(work.name, actor, order, refusal, bool(left)):
                    raise
            except OperationalError as error:
                if not left or not key or not _worth_a_retry(error):
                    raise Unavailable("busy") from error
            except IntegrityError as error:
                if not broken_unique(error):
                    raise
                if not left or not key:
                    late = Refusal("changed_meanwhile")
                    self._remember(work.name, actor, order, late)
                    raise late from error
        raise AssertionError("unreachable")

    def _once(self, work: Action[P, R], actor: Actor, key: str | None, order: Mapping[str, Any]) -> R:
        with writing(self.engine) as db:
            if work.may != ANYONE and not actor.may(work.may):
                raise Forbidden("not_allowed", right=work.may)
            if actor.helping and work.may != ANYONE and not work.by_helper:
                raise Forbidden("not_for_helpers")
            if work.step_up and not (actor.stepped_up or actor.everything):
                raise Forbidden("step_up_needed")
            asked = keyed_digest(self._replay_key, [work.name, order]) if key else ""
            if key and (old := replays.find(db, self._box, actor.account, key, work.name, asked)) is not None:
                return work.answer.validate_json(old)
            now = self.clock.now()
            act = Act(work.name, actor, now, db, self.source, self.tools)
            pen = Pen(db, self._witness)
            answer: R = cast(Any, work.work)(act, **order)
            _enter(act, pen)
            if key:
                kept = work.answer.dump_json(answer).decode()
                replays.keep(db, self._box, actor.account, key, work.name, asked, kept, now)
            return answer

    def misread(self, name: str, actor: Actor, code: str, fields: Iterable[str]) -> None:
        """Keep that somebody ordered what could not be read: amounts with three decimals, say. Nothing was performed.

        name  the action that was meant; fields  the names of what was wrong, never what was written
        """
        if not self._read_only():
            self._remember(name, actor, {}, Refusal(code, fields=" ".join(sorted(fields))))

    def _attempted(self, name: str, actor: Actor, order: Mapping[str, Any], refusal: Refusal, again: bool) -> bool:
        """Keep a refused attempt; False if the act is to be done again: a record that it is about was joined into another meanwhile."""
        if again and isinstance(refusal, Overtaken):
            return False
        try:
            self._remember(name, actor, order, refusal)
        except Overtaken:  # what was to be kept with it names that record
            if again:
                return False
            refusal.keeps = None
            self._remember(name, actor, order, refusal)
        return True

    def _remember(self, name: str, actor: Actor, order: Mapping[str, Any], refusal: Refusal) -> None:
        """Keep the attempt, and what the refusal keeps besides, in a transaction of its own; if even that fails, nothing
        may be answered."""
        now = self.clock.now()
        attempt = audit.Attempt(
            id=row_id(now, self.source),
            action=name,
            actor=actor.account,
            subject=next((str(order[name])[:64] for name in SUBJECTS if order.get(name)), ""),
            code=refusal.code,
            facts=_masked(refusal.facts),
            at=now,
        )
        try:
            with writing(self.engine) as db:
                if refusal.keeps is not None:
                    act = Act(KEEPS, actor, now, db, self.source, self.tools)
                    pen = Pen(db, self._witness)
                    attempt.kept = refusal.keeps(act)
                    if act.notes:  # the same no as before is kept already: nothing was written
                        _enter(act, pen)
                audit.append_attempt(db, attempt)
        except DBAPIError as error:
            raise Unavailable("busy") from error

    def read(self) -> Session:
        """A session for reading; the caller closes it."""
        return Session(self.engine, expire_on_commit=False, autoflush=False)

    def today(self) -> date:
        """The present day in Asia/Shanghai."""
        return shanghai_day(self.clock.now())

    def ask(self, query: Callable[[Session], R]) -> R:
        """Run a query in a reading session of its own."""
        with reading(self.engine) as db:
            return query(db)


def _enter(act: Act, pen: Pen) -> None:
    """Write the audit entry of an act whose rows are all written."""
    act.db.flush()
    for look in LAST_LOOKS:
        look(act.db, pen)
    entry = audit.AuditEntry(
        id=act.entry_id,
        action=act.name,
        actor=act.actor.account,
        on_behalf_of=act.actor.on_behalf_of,
        at=act.at,
        notes=work_notes(act.notes),
        rows=pen.rows(),
        turn=next_turn(act.db),
    )
    audit.append(act.db, entry)


def work_notes(notes: list[dict[str, object]]) -> list[dict[str, object]]:
    """Notes in plain JSON terms, as they are stored and digested."""
    return [{k: plain(v) for k, v in note.items()} for note in notes]


_DIGITS = re.compile(r"\d{6,}")


def _masked(facts: Mapping[str, object]) -> dict[str, object]:
    """Facts of a refusal without what could name a person: short plain values, long digits masked."""
    kept: dict[str, object] = {}
    for name, value in facts.items():
        if isinstance(value, bool | int):
            kept[name] = value
        elif isinstance(value, date | datetime):
            kept[name] = value.isoformat()
        elif isinstance(value, str) and name not in {"name", "holder", "document"}:
            kept[name] = _DIGITS.sub("…", value)[:64]
    return kept


def _worth_a_retry(error: OperationalError) -> bool:
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    return state in {"40001", "40P01"}
