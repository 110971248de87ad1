"""Theory on screens: which forms can lie there, and when a room lets people begin (pure).

Sources: issue 6, clause 7; features row 30; domain rulebook §3.1 (a section is out of 100).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from skills.kernel.clock import SHANGHAI
from skills.kernel.findings import Finding, Verdict, all_of

TYPED, MACHINE = "typed", "machine"
HANDS = ("machine-1", "machine-2")  # in whose names the two reckonings stand: no account can sign in by such a name
WHOLE = 100  # points of a section


@dataclass(frozen=True)
class Offered:
    """A form that is to be sat. items: so many."""

    form_id: str
    code: str
    blueprint_id: str
    minutes: int
    points: int


def may_bind(forms: Sequence[Offered], papers: int, minutes: int) -> Verdict:
    """Whether these forms, one for each letter, can be the theory of an exam. `online.cannot_bind`."""
    return all_of("online.cannot_bind", [
        Finding("online.each_letter", len(forms) == papers, facts={"papers": papers, "given": len(forms)}),
        Finding("online.different", len({f.form_id for f in forms}) == len(forms)),
        Finding("online.one_blueprint", len({f.blueprint_id for f in forms}) <= 1),
        Finding("online.minutes", all(f.minutes == minutes for f in forms), facts={"minutes": minutes}),
        Finding("online.hundred", all(f.points == WHOLE for f in forms), facts={"whole": WHOLE}),
    ])  # fmt: skip


def begins_at(held_on: date, hour: str) -> datetime:
    """The moment of an hour HH:MM of an exam's day, in Shanghai."""
    return datetime.combine(held_on, time.fromisoformat(hour), SHANGHAI)


def may_open(now: datetime, begins: datetime, before: int, late: int) -> Verdict:
    """Whether a room's code can be shown. `online.door_closed`. before, late: minutes around the beginning."""
    first, last = begins - timedelta(minutes=before), begins + timedelta(minutes=late)
    return Verdict(first <= now < last, "online.door_closed", facts={"first": first, "last": last})


def may_begin(now: datetime, begins: datetime, late: int) -> Verdict:
    """Whether somebody can begin now. `online.too_early`, `online.too_late`."""
    last = begins + timedelta(minutes=late)
    code = "online.too_early" if now < begins else "online.too_late"
    return Verdict(begins <= now < last, code, facts={"begins": begins, "last": last})
