"""Acting through the months before today: the real actions, by the accounts that do them in life."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ParamSpec, TypeVar

from skills.accounts.rules import BUREAU, GRANTS, WORDS, Role
from skills.app import Works
from skills.kernel import jobs
from skills.kernel.actors import SYSTEM, Actor, Grant
from skills.kernel.acts import Action
from skills.kernel.clock import FixedClock, shanghai_day, start_of
from skills.kernel.errors import Refusal
from skills.people.rules import DocumentKind

P = ParamSpec("P")
R = TypeVar("R")

PASSWORD = "Stars-over-the-city-12"  # noqa: S105 - the printed password of synthetic accounts, refused in production


@dataclass(frozen=True)
class Login:
    """A staff account of the demo as it is printed."""

    role: Role
    login: str
    name: str
    body: str

    @property
    def words(self) -> tuple[str, str]:
        zh, en, _ = WORDS[self.role]
        return zh, en


@dataclass(frozen=True)
class Hero:
    """A person of the demo as it is printed: who, and what can be done next."""

    key: str
    person_id: str
    name: str
    number: str
    zh: str
    en: str
    kind: str = DocumentKind.RESIDENT


@dataclass
class Stage:
    """The house, a clock that walks through the months, and everybody who has an account."""

    works: Works
    clock: FixedClock
    now: datetime
    staff: dict[str, Actor] = field(default_factory=dict)
    logins: list[Login] = field(default_factory=list)
    heroes: list[Hero] = field(default_factory=list)
    bodies: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    _keys: int = 0

    @property
    def today(self) -> date:
        return shanghai_day(self.clock.now())

    def act(self, work: Action[..., R], by: str | Actor = SYSTEM, **order: Any) -> R:
        """Perform an action as this account."""
        self._keys += 1
        actor = self.staff[by] if isinstance(by, str) else by
        try:
            return self.works.office.perform(work, actor=actor, key=f"demo-{self._keys}", **order)
        except Refusal as refusal:  # the story expects a yes: whoever reads the trace wants to know what was missing
            missing = "; ".join(f"{f.code} {dict(f.facts)}" for f in refusal.findings if not f.met)
            refusal.add_note(f"{work.name} on {self.today}: {dict(refusal.facts)} {missing}")
            raise

    def ask(self, query: Callable[..., R], *args: Any) -> R:
        """Run a query function whose first argument is the session."""
        return self.works.office.ask(lambda db: query(db, *args))

    def work(self) -> None:
        """Let the worker do what is due; papers are printed later, in the background."""
        jobs.run_due(self.works.office, but=frozenset({"credentials.print"}))
        self.works.sealer.seal_all()

    def hero(self, key: str) -> Hero:
        return next(h for h in self.heroes if h.key == key)

    def person(self, hero: str | Hero) -> Actor:
        """A hero acting in the own name."""
        found = self.hero(hero) if isinstance(hero, str) else hero
        return self.as_person(found.person_id)

    def as_person(self, person_id: str) -> Actor:
        """Anybody with an account acting in the own name."""
        grants = frozenset(Grant(right) for right in GRANTS[Role.PERSON])
        return Actor(self.accounts[person_id], "", person_id, grants, frozenset({Role.PERSON.value}))

    def employ(self, login: str, account_id: str, name: str, role: Role, organisation: str | None) -> None:
        """Remember a staff account as an actor with the rights of its role."""
        bound = None if role in BUREAU else organisation
        grants = frozenset(Grant(right, bound) for right in GRANTS[role])
        self.staff[login] = Actor(account_id, name, None, grants, frozenset({role.value}), stepped_up=True)


class Agenda:
    """What happens on which day: days count from today, the past is negative."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._items: list[tuple[int, int, Callable[[], None]]] = []

    def on(self, days: int, doing: Callable[[], None]) -> None:
        self._items.append((days, len(self._items), doing))

    def run(self, step: Callable[[], None]) -> None:
        """Everything in order of its day, at ten in the morning and later; `step` is called after each item."""
        stage, last = self._stage, stage_day(self._stage, -10_000)
        for days, _, doing in sorted(self._items, key=lambda item: item[:2]):
            at = stage_day(stage, days)
            stage.clock.set(max(at, last + timedelta(seconds=1), stage.clock.now()))
            last = stage.clock.now()
            doing()
            stage.work()
            step()

    def __len__(self) -> int:
        return len(self._items)


def stage_day(stage: Stage, days: int) -> datetime:
    """Ten in the morning in Shanghai, this many days from today."""
    return start_of(shanghai_day(stage.now) + timedelta(days=days)) + timedelta(hours=10)
