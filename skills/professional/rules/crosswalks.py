"""Which certificate leads to which title 贯通, and why one that leads nowhere does not (pure).

Listed are: the exams of software qualification 软考 by name and grade, foreign certificates that are recognised, each with its
validity and area, and skill levels (`records.rules.titles`). What is on no list leads nowhere, and the reason is said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from skills.kernel.findings import Finding
from skills.people.rules import turns
from skills.professional.rules.routes import Route
from skills.records.rules import LevelHeld
from skills.records.rules.professional import OUTSIDE_WORDS, OutsideCertificate
from skills.standards.rules import Level

SOFTWARE, FOREIGN = "software_exam", "foreign"


@dataclass(frozen=True)
class Recognition:
    """A foreign certificate that is recognised.

    grade, level  the title or the skill level (rank) that it stands for; "" and None for neither
    area          where that counts, in words
    since, until  the days on which it is recognised; until None: no end is set
    years         how long a certificate counts after its issue; 0: for ever
    """

    code: str
    certificate: str
    issuer: str
    country: str
    grade: str
    level: Level | None
    area: str
    since: date
    until: date | None
    years: int
    clause: str


@dataclass(frozen=True)
class Recognised:
    """A certificate that is recognised today, and the last day on which that holds (None: no end)."""

    number: str
    by: Recognition
    until: date | None


@dataclass(frozen=True)
class NoWay:
    """A certificate that leads to no title, and why."""

    number: str
    name: str
    why: Finding


def read_recognitions(rows: Iterable[Mapping[str, Any]]) -> tuple[Recognition, ...]:
    """The rows of the policy `title.foreign`. Days are written YYYY-MM-DD."""
    return tuple(
        Recognition(
            str(r["code"]), str(r["certificate"]), str(r["issuer"]), str(r["country"]), str(r.get("grade", "")),
            Level(r["level"]) if r.get("level") else None, str(r["area"]), _day(r["since"]), _day(r["until"]) if r.get("until") else None,
            int(r.get("years", 0)), str(r["clause"]),
        )
        for r in rows
    )  # fmt: skip


def listed_exams(table: Mapping[str, Sequence[str]]) -> frozenset[tuple[str, str]]:
    """(name, grade) of every exam of the policy `title.software_names`."""
    return frozenset((_plain(name), grade) for grade, names in table.items() for name in names)


def software(certificates: Iterable[OutsideCertificate], exams: Collection[tuple[str, str]]) -> list[OutsideCertificate]:
    """The certificates without those of 软考 that no list knows under their name and grade: these open no rule."""
    return [c for c in certificates if c.kind != SOFTWARE or (_plain(c.name), c.grade) in exams]


def recognised(certificates: Iterable[OutsideCertificate], rows: Sequence[Recognition], day: date) -> list[Recognised]:
    """Which foreign certificates are recognised on a day, by what."""
    found = []
    for c in certificates:
        if c.kind == FOREIGN and (row := _row(c, rows)) is not None and _why(c, row, day) is None:
            ends = [d for d in (row.until, turns(c.issued_on, row.years) if row.years else None) if d is not None]
            found.append(Recognised(c.number, row, min(ends, default=None)))
    return found


def nowhere(
    certificates: Iterable[OutsideCertificate], levels: Iterable[LevelHeld], routes: Sequence[Route],
    exams: Collection[tuple[str, str]], foreign: Sequence[Recognition], from_levels: Collection[Level], day: date,
) -> list[NoWay]:  # fmt: skip
    """Each certificate that leads to no title, with the reason.

    exams        what `listed_exams` gives
    from_levels  the levels that the policy of skill levels names
    """
    found = []
    for c in certificates:
        why = _reason(c, routes, exams, foreign, day)
        if why is not None:
            found.append(NoWay(c.number, c.name, why))
    least = min(from_levels, default=None)
    for x in levels:
        if least is None or x.level < least:
            facts = {"level": x.level.wording, "level_en": x.level.english,
                     "least": least.wording if least else "", "least_en": least.english if least else ""}  # fmt: skip
            found.append(NoWay(x.number, x.level.wording, Finding("crosswalk.level_not_listed", False, "", facts)))
    return found


def _reason(
    c: OutsideCertificate, routes: Sequence[Route], exams: Collection[tuple[str, str]], foreign: Sequence[Recognition], day: date
) -> Finding | None:
    if c.kind == FOREIGN:
        row = _row(c, foreign)
        if row is None:
            return Finding("crosswalk.foreign_not_listed", False, "", {"name": c.name, "issuer": c.issuer})
        return _why(c, row, day)
    if c.kind == SOFTWARE and (_plain(c.name), c.grade) not in exams:
        grades = sorted(grade for name, grade in exams if name == _plain(c.name))
        code = "crosswalk.software_grade" if grades else "crosswalk.software_not_listed"
        return Finding(code, False, "", {"name": c.name})
    wanted = {(w.kind, w.grade) for r in routes for w in r.wants if w.what == "certificate"}
    if (c.kind, c.grade) not in wanted and (c.kind, "") not in wanted:
        zh, en = OUTSIDE_WORDS[c.kind]
        return Finding("crosswalk.no_rule", False, "", {"kind": zh, "kind_en": en})
    return None


def _why(c: OutsideCertificate, row: Recognition, day: date) -> Finding | None:
    """Why a foreign certificate that is listed is not recognised on a day; None if it is."""
    if day < row.since:
        return Finding("crosswalk.foreign_not_yet", False, row.clause, {"since": row.since})
    if row.until is not None and day > row.until:
        return Finding("crosswalk.foreign_ended", False, row.clause, {"until": row.until})
    if row.years and day > (last := turns(c.issued_on, row.years)):
        return Finding("crosswalk.foreign_expired", False, row.clause, {"until": last, "years": row.years})
    return None


def _row(c: OutsideCertificate, rows: Sequence[Recognition]) -> Recognition | None:
    """The row of this certificate: by its name and who issued it, without regard to case and blanks."""
    wanted = (_plain(c.name), _plain(c.issuer))
    return next((r for r in rows if (_plain(r.certificate), _plain(r.issuer)) == wanted), None)


def _plain(text: str) -> str:
    return "".join(text.casefold().split())


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
