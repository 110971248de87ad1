"""What fraud rules are asked on, and what they answer (pure). Days are of Asia/Shanghai, money is in 分."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
MOST_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Use:
    """A use of a voucher, with the place it paid for as far as there is one.

    course, klass  empty if the use paid for no place of a class
    result         (hours, attendance, score) as filed, once completed
    network, device  keyed digests, empty if the holder did not do it alone
    """

    id: str
    person: str
    institution: str
    batch: str
    course: str
    klass: str
    cents: int
    unpaid: bool
    at: datetime
    day: date
    issued_at: datetime
    claimed_at: datetime | None
    network: str
    device: str
    result: tuple[str, str, str] | None


@dataclass(frozen=True, slots=True)
class Miss:
    """Somebody at an institution asked for a voucher, a code or a person that was not there."""

    id: str
    institution: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that happened to a person's account. kind: "refused" (sign-in or code), "code" (one was sent),
    "phone" (another number)."""

    id: str
    person: str
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Denied:
    """A use that its holder denied; upheld if the bureau found it so."""

    use: str
    institution: str
    person: str
    upheld: bool


@dataclass(frozen=True, slots=True)
class Status:
    """What a list says of a person for a time. kind: "work", "study", or the code of a group; until None: still."""

    kind: str
    since: date
    until: date | None
    source: str


@dataclass(frozen=True, slots=True)
class Said:
    """The answer of a trainee who was asked whether a training took place for them."""

    id: str
    use: str
    institution: str
    answer: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson that took place. lecturer and room as they can be compared, the room with its address; empty: not known.

    proof     what the institution says of the lecturer's right to teach
    makes_up  held again for those who missed another
    """

    id: str
    klass: str
    institution: str
    lecturer: str
    proof: str
    room: str
    starts: datetime
    ends: datetime
    makes_up: bool = False


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody in a class that has begun, or who completed it. missed: share of it in per cent, as filed."""

    person: str
    klass: str
    institution: str
    missed: int


@dataclass(frozen=True, slots=True)
class Coming:
    """How it was written that somebody came to a lesson. there: not absent; corrected: not by the own scan."""

    id: str
    lesson: str
    klass: str
    institution: str
    person: str
    there: bool
    corrected: bool
    at: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class Sat:
    """Somebody in front of an online lesson. answers: seconds after which questions were answered; rates: how fast it played, in
    per cent, at each sign of life; device is empty where it was forgotten."""

    id: str
    lesson: str
    klass: str
    institution: str
    person: str
    device: str
    starts: datetime
    ends: datetime
    answers: Sequence[float] = ()
    rates: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """What one of two typists (1, 2) wrote down for a paper, in hundredths; None: absent."""

    id: str
    turn: int
    mark: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Paper:
    """One section of an exam for a candidate: the mark that counts, and all that was typed, in order of time."""

    section: str
    mark: int | None
    typed: Sequence[Typed] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who was examined, with the result that was signed off. pass_mark in hundredths."""

    id: str
    sitting: str
    body: str
    occupation: str
    level: int
    on: date
    pass_mark: int
    passed: bool
    papers: Sequence[Paper] = ()

    @property
    def sat(self) -> bool:
        """Whether they came to any part of it."""
        return any(p.mark is not None for p in self.papers)


@dataclass(frozen=True, slots=True)
class Given:
    """A mark as one hand gave it, in hundredths, at an exam that was signed off; whoever was absent has none.

    id      the application
    hand    the account of a panel's examiner; or both typists' accounts, joined by "+"
    others  what the panel's other members gave the same candidate; empty for typists
    """

    id: str
    sitting: str
    hand: str
    panel: bool
    body: str
    occupation: str
    level: int
    section: str
    mark: int
    pass_mark: int
    others: tuple[int, ...] = ()


@dataclass(frozen=True)
class Body:
    """An organisation as it can be compared. `off` if it may not act any more; marks are empty where nothing is known."""

    id: str
    name: str
    off: bool
    registered_on: date
    established_on: date | None = None
    insured: int | None = None
    legal_rep: str = ""
    address: str = ""
    payee: str = ""
    courses: frozenset[tuple[str, int, int, int]] = frozenset()
    addresses: frozenset[str] = frozenset()
    lecturers: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Budget:
    """An open batch: what is left of it, how fast it goes, how long it is to last."""

    batch: str
    title: str
    left: int
    ceiling: int
    pace: int
    days: int
    until: date


@dataclass(frozen=True)
class Facts:
    """Everything of a window. `uses`, `lessons` and `comings` in order of time; `by_day` over all time, in order of days.

    births  person → birth date and sex (M, F)
    employers  employer's organisation → people with a use who say that they work there
    lessons, seats, comings  of a longer window: a person's second voucher comes with a new year, so that lessons of more
        than a year are compared
    payees  keyed digest of a bank account → the subjects that are paid to it ("organisation:…", "person:…")
    """

    day: date
    uses: Sequence[Use] = ()
    misses: Sequence[Miss] = ()
    troubles: Sequence[Trouble] = ()
    denied: Sequence[Denied] = ()
    said: Sequence[Said] = ()
    by_day: Mapping[str, Sequence[tuple[date, int]]] = field(default_factory=dict)
    bodies: Mapping[str, Body] = field(default_factory=dict)
    phones: Mapping[str, Sequence[str]] = field(default_factory=dict)
    payees: Mapping[str, frozenset[str]] = field(default_factory=dict)
    statuses: Mapping[str, Sequence[Status]] = field(default_factory=dict)
    births: Mapping[str, tuple[date, str]] = field(default_factory=dict)
    employers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    courses: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    budgets: Sequence[Budget] = ()
    lessons: Sequence[Lesson] = ()
    seats: Sequence[Seat] = ()
    comings: Sequence[Coming] = ()
    sittings: Sequence[Sat] = ()
    candidates: Sequence[Candidate] = ()
    given: Sequence[Given] = ()

    def name(self, institution: str) -> str:
        """What an institution is called."""
        body = self.bodies.get(institution)
        return body.name if body else institution


@dataclass(frozen=True)
class Counted:
    """A line of evidence: what was counted, what was found, and what it is measured against, in both languages."""

    zh: str
    en: str
    found: str
    limit: str


@dataclass(frozen=True)
class Suspicion:
    """What a rule holds to be worth a look.

    code      the sentence in the catalogue, filled by `facts`
    strength  1 a hint, 2 plain, 3 strong
    rows      ids of what was counted; uses: ids of the uses whose money is at stake
    series    (label, number) of the small chart
    """

    rule: str
    subject: str
    strength: int
    code: str
    facts: Mapping[str, object]
    counted: tuple[Counted, ...]
    rows: tuple[str, ...]
    uses: tuple[str, ...] = ()
    institution: str = ""
    series: tuple[tuple[str, int], ...] = ()


def tier(number: float, steps: Sequence[float]) -> int:
    """How many of the rising steps a number reaches: 0 for none, 1 to 3."""
    return bisect_right(list(steps), number)


def by(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Items by a key, in the order in which they came; items with an empty key are left out."""
    found: dict[K, list[T]] = defaultdict(list)
    for item in items:
        if name := key(item):
            found[name].append(item)
    return dict(found)


def densest(items: Sequence[T], at: Callable[[T], datetime], span: timedelta) -> Sequence[T]:
    """The most items within one span of time; the items are in order of time. Of equals the first."""
    best, start = (0, 0), 0
    for end in range(len(items)):
        while at(items[end]) - at(items[start]) >= span:
            start += 1
        if end + 1 - start > best[1] - best[0]:
            best = (start, end + 1)
    return items[best[0] : best[1]]


def percent(part: int, whole: int) -> int:
    """A share in whole per cent, rounded down; 0 of nothing."""
    return part * 100 // whole if whole else 0


def daily(items: Iterable[date]) -> tuple[tuple[str, int], ...]:
    """Numbers by day for a chart: the latest days that have any."""
    counts = Counter(items)
    return tuple((f"{day:%m-%d}", counts[day]) for day in sorted(counts)[-MOST_SHOWN:])


def largest(values: Iterable[str]) -> int:
    """How often the most frequent value comes; empty values do not count."""
    counts = Counter(v for v in values if v)
    return max(counts.values(), default=0)


def unpaid(uses: Iterable[Use]) -> tuple[str, ...]:
    """The uses whose money can still be kept back."""
    return tuple(u.id for u in uses if u.unpaid)
