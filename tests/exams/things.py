"""What lives around an exam: filings, exams, candidates with their scores, what is asked about these, certificates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from tests.life.things import works

SECTIONS = ("theory", "practical")
PASS = 6_000


def working_days_later(day: date, count: int) -> date:
    """The so-many-th working day after a day."""
    while count:
        day = date.fromordinal(day.toordinal() + 1)
        count -= works(day)
    return day


def years_later(day: date, years: int) -> date:
    """The same day some years on; the first of March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


@dataclass(eq=False)
class File:
    """A body's filing. `levels`: each with its first day; `rests`: days of rest, both included."""

    filed_on: date
    valid_to: date
    levels: dict[int, date]
    id: str = ""
    number: str = ""
    state: str = "filed"
    rests: list[tuple[date, date | None]] = field(default_factory=list)

    def right(self, level: int, day: date) -> bool:
        """Whether an exam of a level on a day lies inside, whatever the filing is now."""
        resting = any(since <= day and (until is None or day <= until) for since, until in self.rests)
        return self.filed_on <= day <= self.valid_to and self.levels.get(level, date.max) <= day and not resting

    def goes_on(self, level: int, day: date) -> bool:
        """Whether the body may go on today with an exam of a day."""
        return self.state in ("filed", "expired") and self.right(level, day)


@dataclass(eq=False)
class Exam:
    """One exam. `first`, `second`: who typed each section."""

    file: File
    level: int
    since: date
    until: date
    day: date
    places: int
    id: str = ""
    state: str = "planned"
    people: list[Candidate] = field(default_factory=list)
    first: dict[str, str] = field(default_factory=dict)
    second: dict[str, str] = field(default_factory=dict)
    sat: frozenset[str] = frozenset()
    signer: str = ""
    countersigner: str = ""
    scored_on: date = date.min
    notice_to: date | None = None

    def hands(self, section: str) -> set[str]:
        """Who typed a section or signed."""
        return {self.first.get(section, ""), self.second.get(section, ""), self.signer, self.countersigner} - {""}

    @property
    def told(self) -> bool:
        return self.state in ("scored", "reviewed", "noticed", "concluded")


@dataclass(eq=False)
class Keep:
    """A section that was passed before: in which candidature, with what, until when."""

    section: str
    mark: int
    of: Candidate
    until: date

    @property
    def rank(self) -> tuple[date, int, str, str]:
        """Of two passes the one that is kept longer counts."""
        return self.until, self.mark, self.of.id, self.section


@dataclass(eq=False)
class Candidate:
    """Somebody in one exam. `typed`: marks by section and turn; `marks`: the signed versions of each section, None is absent."""

    who: int
    exam: Exam
    id: str = ""
    state: str = "eligible"
    held: str = ""
    keeps: list[Keep] = field(default_factory=list)
    typed: dict[tuple[str, int], int | None] = field(default_factory=dict)
    marks: dict[str, list[int | None]] = field(default_factory=dict)
    asked: dict[str, Review] = field(default_factory=dict)
    fixes: list[Fix] = field(default_factory=list)
    objections: list[Objection] = field(default_factory=list)
    paper: Paper | None = None

    @property
    def sits(self) -> list[str]:
        return [s for s in SECTIONS if s not in {k.section for k in self.keeps}]

    @property
    def own_notice(self) -> date | None:
        return max((f.notice_to for f in self.fixes if f.notice_to), default=None)


@dataclass(eq=False)
class Review:
    """A question about a section's score."""

    id: str = ""
    state: str = "asked"


@dataclass(eq=False)
class Fix:
    """A correction of a signed score."""

    of: Candidate
    section: str
    mark: int | None
    by: str
    id: str = ""
    state: str = "proposed"
    notice_to: date | None = None
    revocation: str = ""
    revocation_id: str = ""
    hear_until: date = date.min
    decided_by: str = ""


@dataclass(eq=False)
class Objection:
    """An objection to a name on notice."""

    of: Candidate
    id: str = ""
    state: str = "raised"


@dataclass(eq=False)
class Paper:
    """A certificate: the series of its body, year and level in which it has a number."""

    series: tuple[str, int, int]
    state: str = "issued"


@dataclass(eq=False)
class Order:
    """A certificate that was ordered, and from when it may be made."""

    due: datetime
    of: Candidate
