"""Narrowing the catalogue: every facet with how many courses each of its values would leave, counted by the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, case, distinct, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import Subquery

from skills.courses.models import Course, CourseClass
from skills.courses.queries.search import hits
from skills.courses.rules.catalogue import LEADS_TO, MODES, SECTIONS, bands
from skills.courses.rules.classes import KINDS, ZONES
from skills.courses.states import ClassState, CourseState
from skills.standards import queries as standards
from skills.standards.rules import Level

OPEN = (ClassState.APPROVED, ClassState.RUNNING)
CROSSED = ("zone", "section", "kind", "leads_to", "level", "mode")
PRICES, STARTS = "course.price_bands", "course.start_windows"


@dataclass(frozen=True)
class Filters:
    """What somebody looks for; empty means any.

    price   the code of a price band; start: days within which a class begins; places: "1" for courses with a free seat
    level   a rank as text; zone None for any, empty for courses outside every zone
    """

    words: str = ""
    occupation: str = ""
    level: int | None = None
    district: str = ""
    zone: str | None = None
    section: str | None = None
    kind: str = ""
    mode: str = ""
    leads_to: str = ""
    price: str = ""
    start: str = ""
    places: str = ""

    @property
    def chosen(self) -> dict[str, str]:
        """Every condition that is set, as it stands in an address."""
        found = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "words"}
        return {n: "none" if v == "" else str(v) for n, v in found.items() if v or (v == "" and n in ("zone", "section"))}


@dataclass(frozen=True)
class FacetValue:
    """A value that narrows the catalogue: its code in an address, its words, and how many courses it would leave."""

    code: str
    zh: str
    en: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """A side from which the catalogue is looked at."""

    name: str
    zh: str
    en: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True)
class Upcoming:
    """Courses' next classes: `course_id`, `next_start`, `places` free in classes that have not begun."""

    table: Subquery
    next_start: ColumnElement[date]
    places: ColumnElement[int]


def upcoming(day: date) -> Upcoming:
    """The next start of each course and the free seats until then."""
    table = (
        select(
            CourseClass.course_id,
            func.min(CourseClass.starts_on).label("next_start"),
            func.sum(CourseClass.seats - CourseClass.taken).label("places"),
        )
        .where(CourseClass.state == ClassState.APPROVED, CourseClass.starts_on > day)
        .group_by(CourseClass.course_id)
        .subquery()
    )
    return Upcoming(table, table.c.next_start, table.c.places)


class Narrowed:
    """The published courses of a search, narrowed by all conditions or by all but one."""

    def __init__(self, db: Session, filters: Filters, day: date) -> None:
        self.db, self.filters, self.day = db, filters, day
        self.bands = bands(standards.value(db, PRICES, day))
        self.windows = [int(n) for n in standards.value(db, STARTS, day)]
        self.hits = hits(db, filters.words)
        self.next = upcoming(day)
        self.conditions: dict[str, ColumnElement[bool]] = dict(self._conditions())

    def _conditions(self) -> Iterable[tuple[str, ColumnElement[bool]]]:
        asked = self.filters
        for name in ("occupation", "kind", "mode", "leads_to"):
            if getattr(asked, name):
                yield name, getattr(Course, name) == getattr(asked, name)
        for name in ("zone", "section", "level"):
            if getattr(asked, name) is not None:
                yield name, getattr(Course, name) == getattr(asked, name)
        if asked.district:
            here = select(CourseClass.course_id).where(CourseClass.district == asked.district, CourseClass.state.in_(OPEN))
            yield "district", Course.id.in_(here)
        band = next(((low, top) for code, low, top in self.bands if code == asked.price), None)
        if band is not None:
            yield "price", _between(*band)
        if asked.start.isdecimal() and int(asked.start) in self.windows:
            yield "start", self.next.next_start <= self.day + timedelta(days=int(asked.start))
        if asked.places:
            yield "places", self.next.places > 0

    def select(self, *columns: Any, without: str = "", looks_ahead: bool = False) -> Select[Any]:
        """These columns of the narrowed courses; `without` leaves one condition out."""
        held = {name: c for name, c in self.conditions.items() if name != without}
        chosen = select(*columns).select_from(Course).where(Course.state == CourseState.PUBLISHED, *held.values())
        for hit in self.hits:
            chosen = chosen.join(hit, hit.c.course_id == Course.id)
        if looks_ahead or {"start", "places"} & set(held):
            table = self.next.table
            chosen = chosen.outerjoin(table, table.c.course_id == Course.id)
        return chosen

    @property
    def rank(self) -> ColumnElement[int] | None:
        """How well a course fits the words, the lower the better; None without words."""
        total: ColumnElement[int] | None = None
        for hit in self.hits:
            total = hit.c.rank if total is None else total + hit.c.rank
        return total

    @cached_property
    def _crossed(self) -> list[tuple[Any, ...]]:
        """How many courses bear each combination of the short codes: one reading for all their facets and the total."""
        columns = [getattr(Course, name) for name in CROSSED]
        return [tuple(row) for row in self.db.execute(self.select(*columns, func.count()).group_by(*columns))]

    def total(self) -> int:
        return sum(row[-1] for row in self._crossed)

    def facets(self) -> tuple[Facet, ...]:
        """Every facet that has something to choose."""
        occupations = {o.code: o.name for o in standards.occupations(self.db)}
        districts = {d.code: d.name for d in standards.districts(self.db)}
        levels = {int(level): (level.wording, level.english) for level in Level}
        starts, places = self._ahead()
        found = [
            self._plain("zone", "专区", "Zone", lambda v: ZONES.get(v, (v, v))),
            self._plain("section", "栏目", "Section", lambda v: SECTIONS.get(v, (v, v))),
            self._plain("kind", "培训类型", "Kind of training", lambda v: KINDS.get(v, (v, v))),
            self._plain("leads_to", "取得证书", "Certificate", lambda v: LEADS_TO.get(v, (v, v))),
            self._plain("occupation", "职业", "Occupation", lambda v: (occupations.get(v, v),) * 2),
            self._plain("level", "等级", "Level", lambda v: levels.get(v, ("", ""))),
            self._districts(districts),
            self._plain("mode", "授课方式", "How it is taught", lambda v: MODES.get(v, (v, v))),
            self._prices(),
            starts,
            places,
        ]
        return tuple(f for f in found if f.values)

    def _counts(self, name: str) -> dict[Any, int]:
        """How many courses each code of a facet leaves, its own condition left out."""
        if name in CROSSED and name not in self.conditions:
            found: dict[Any, int] = {}
            for row in self._crossed:
                value = row[CROSSED.index(name)]
                found[value] = found.get(value, 0) + row[-1]
            return found
        column = getattr(Course, name)
        return dict(self.db.execute(self.select(column, func.count(), without=name).group_by(column)).all())

    def _plain(self, name: str, zh: str, en: str, word: Callable[[Any], tuple[str, ...]]) -> Facet:
        known = [(value, count) for value, count in self._counts(name).items() if value is not None]
        by_code = name in ("level", "zone", "section")
        asked = getattr(self.filters, name)
        if name in self.conditions and asked not in dict(known):
            known.append((asked, 0))  # what is chosen can be taken out again, also where it leaves nothing
        ordered = sorted(known, key=lambda row: (row[0] == "", "" if by_code else -row[1], str(row[0])))
        return Facet(name, zh, en, tuple(
            FacetValue(
                "none" if value == "" else str(value), word(value)[0] or str(value), word(value)[1] or str(value), count,
                name in self.conditions and asked == value,
            )
            for value, count in ordered
        ))  # fmt: skip

    def _districts(self, names: dict[str, str]) -> Facet:
        chosen = self.select(CourseClass.district, func.count(distinct(Course.id)), without="district").join(
            CourseClass, (CourseClass.course_id == Course.id) & CourseClass.state.in_(OPEN)
        )
        rows: list[tuple[str, int]] = [(code, count) for code, count in self.db.execute(chosen.group_by(CourseClass.district))]
        if self.filters.district and self.filters.district not in dict(rows):
            rows.append((self.filters.district, 0))
        return Facet("district", "上课区县", "District", tuple(
            FacetValue(code, names.get(code, code), names.get(code, code), count, code == self.filters.district)
            for code, count in sorted(rows, key=lambda row: (-row[1], row[0]))
        ))  # fmt: skip

    def _prices(self) -> Facet:
        counts = self._sums([_between(low, top) for _, low, top in self.bands], "price")
        values = []
        for (code, low, top), count in zip(self.bands, counts, strict=True):
            zh, en = price_words(low, top)
            values.append(FacetValue(code, zh, en, count, code == self.filters.price))
        return Facet("price", "费用", "Fee", _some(values))

    def _ahead(self) -> tuple[Facet, Facet]:
        """What the classes ahead say: within how many days one begins, and whether a seat is free."""
        until = [self.next.next_start <= self.day + timedelta(days=n) for n in self.windows]
        free = self.next.places > 0
        if {"start", "places"} & set(self.conditions):
            counts, [places] = self._sums(until, "start", looks_ahead=True), self._sums([free], "places", looks_ahead=True)
        else:
            *counts, places = self._sums([*until, free], "", looks_ahead=True)
        starts = (
            FacetValue(str(n), f"{n}天内", f"within {n} days", count, str(n) == self.filters.start)
            for n, count in zip(self.windows, counts, strict=True)
        )
        seat = FacetValue("1", "有空余名额", "free seats", places, bool(self.filters.places))
        return Facet("start", "开班时间", "Next start", _some(starts)), Facet("places", "名额", "Seats", _some([seat]))

    def _sums(self, conditions: Sequence[ColumnElement[bool]], without: str, looks_ahead: bool = False) -> list[int]:
        sums = [func.coalesce(func.sum(case((c, 1), else_=0)), 0) for c in conditions]
        row = self.db.execute(self.select(*sums, without=without, looks_ahead=looks_ahead)).one()
        return [int(n) for n in row]


def _some(values: Iterable[FacetValue]) -> tuple[FacetValue, ...]:
    return tuple(v for v in values if v.count or v.chosen)


def _between(low: int | None, top: int | None) -> ColumnElement[bool]:
    """`low` ≤ fee < `top`; an open end where one is None. One of both is given."""
    if low is None:
        return Course.fee < top
    return Course.fee >= low if top is None else (Course.fee >= low) & (Course.fee < top)


def price_words(low: int | None, top: int | None) -> tuple[str, str]:
    """A price band in words: 免费, 500元以内, 500—2,000元, 5,000元以上."""
    if low is None:
        return "免费", "Free"
    if top is None:
        return f"{(low - 1) // 100:,}元以上", f"over ¥{(low - 1) // 100:,}"
    if low == 1:
        return f"{(top - 1) // 100:,}元以内", f"up to ¥{(top - 1) // 100:,}"
    return f"{(low - 1) // 100:,}—{(top - 1) // 100:,}元", f"¥{(low - 1) // 100:,} to ¥{(top - 1) // 100:,}"
