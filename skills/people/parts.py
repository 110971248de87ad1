"""What the rooms above know of a person: what stands against an erasure or against joining two records, what stays, what ends.

A room registers its part when it is loaded (`skills/<room>/parts.py`), so that nothing here imports upward.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute, Session

from skills.kernel.acts import Act
from skills.kernel.findings import Finding
from skills.people.rules import turns


def _nothing_open(_db: Session, _person_id: str, _day: date) -> Sequence[Finding]:
    return ()


def _nothing_stays(_db: Session, _person_id: str) -> Mapping[str, int]:
    return {}


def _nothing_to_present(_act: Act, _person_id: str, _why: str) -> None:
    """Nobody presents anything of this room in a person's name."""


def _nobody_to_tell(_act: Act, _person_id: str) -> None:
    """This room has nothing to say of a further document, come or gone."""


def _nothing_to_forget(_act: Act, _person_id: str) -> None:
    """Everything that this room knows lies under the person's data key."""


def _nothing_apart(_db: Session, _kept: str, _gone: str, _day: date) -> Sequence[Finding]:
    return ()


def _nothing_to_wait_for(_act: Act, _person_id: str) -> None:
    """Nobody in this room decides on a person under a lock."""


def _nothing_to_join(_act: Act, _kept: str, _gone: str) -> None:
    """What this room knows follows by itself: every reference to the one record becomes one to the other."""


@dataclass(frozen=True)
class Named:
    """What a row is called in the words of the field, in Chinese and English, and the page on which it is seen, if there is one."""

    zh: str
    en: str
    url: str = ""


def pair(kept: Named, gone: Named) -> dict[str, object]:
    """Two rows as facts of a finding; a fact `…_url` is where what stands beside it is seen."""
    told = {"kept": kept, "gone": gone}
    facts: dict[str, object] = {}
    for side, row in told.items():
        facts |= {side: row.zh, f"{side}_en": row.en} | ({f"{side}_url": row.url} if row.url else {})
    return facts


@dataclass(frozen=True)
class Way:
    """What can be done about something, and the right for it. `url` is the page on which it is done."""

    may: str
    url: str
    zh: str
    en: str


@dataclass(frozen=True)
class Issued:
    """Something that was issued to a person naming one of their documents.

    number      under which it was issued; `kind`, `title`, `state` in words; `body` who issued it
    by          how it names the document: number, or name
    open        something is still to be done about it if the document is not the person's
    ways        what can be done about it, or is done already
    """

    number: str
    kind_zh: str
    kind_en: str
    title: str
    body: str
    issued_on: date
    state: str
    state_zh: str
    state_en: str
    by: str
    by_zh: str
    by_en: str
    open: bool
    ways: tuple[Way, ...]


def _nothing_issued(_db: Session, _person_id: str, _document_id: str) -> Sequence[Issued]:
    return ()


@dataclass(frozen=True)
class Part:
    """One room's part.

    against  (session, person, day) → a finding for each matter that is looked at, unmet while it stands against it
    stays    (session, person) → how many of each kind of thing stay, without a name
    forget   (act, person): inside the deciding act, clear what is not under the person's data key
    bar      (act, person, why): inside the act, whatever others could present in the person's name counts no more;
             `why` is "lost" for a lost phone, "helper" for a relative whose permission has ended, "document" for a number
             that was taken off
    added    (act, person): inside the act that put a further document of the person on record
    removed  (act, person): inside the act that took one off again
    issued   (session, person, document) → what was issued that names this document of the person

    Of two records that turn out to be one person's, `kept` stays and `gone` is joined into it (`people.actions.joining`):
    every row that names `gone` is made to name `kept`. Two rows that the tables allow only once stand against it, unless
    ends    these are ended by `join`, named by table
    rests   column → rows with which nothing can be done any more: of two such rows the one stays with the record that is gone
    names   table → (session, primary key) → what such a row is called when two of them stand against it
    apart   (session, kept, gone, day) → what else stands against it, unmet while it does
    lock    (act, person): wait for whoever decides on this person, before anything is looked at
    join    (act, kept, gone): before the rows follow; joined (act, kept, gone): afterwards
    """

    forget: Callable[[Act, str], None] = _nothing_to_forget
    against: Callable[[Session, str, date], Sequence[Finding]] = _nothing_open
    stays: Callable[[Session, str], Mapping[str, int]] = _nothing_stays
    bar: Callable[[Act, str, str], None] = _nothing_to_present
    added: Callable[[Act, str], None] = _nobody_to_tell
    removed: Callable[[Act, str], None] = _nobody_to_tell
    issued: Callable[[Session, str, str], Sequence[Issued]] = _nothing_issued
    ends: frozenset[str] = frozenset()
    rests: Mapping[InstrumentedAttribute[Any], ColumnElement[bool]] = field(default_factory=dict)
    names: Mapping[str, Callable[[Session, tuple[Any, ...]], Named]] = field(default_factory=dict)
    apart: Callable[[Session, str, str, date], Sequence[Finding]] = _nothing_apart
    lock: Callable[[Act, str], None] = _nothing_to_wait_for
    join: Callable[[Act, str, str], None] = _nothing_to_join
    joined: Callable[[Act, str, str], None] = _nothing_to_join


PARTS: dict[str, Part] = {}


def register(room: str, part: Part) -> None:
    """Name a room's part. Raises ValueError if it has one."""
    if room in PARTS:
        raise ValueError(f"{room} has a part already")
    PARTS[room] = part


def bar_all(act: Act, person_id: str, why: str) -> None:
    """Ask every room to bar what others could present in a person's name, inside the caller's act."""
    for part in PARTS.values():
        part.bar(act, person_id, why)


def issued_with(db: Session, person_id: str, document_id: str) -> list[Issued]:
    """Everything that was issued naming a document of a person, in every room."""
    return [one for part in PARTS.values() for one in part.issued(db, person_id, document_id)]


def kept_by_person(code: str, none: str, last: date | None, years: int, source: str, day: date) -> Finding:
    """Met when the years in which something is audited by person are over; `none` is its code when there was nothing.

    last    the day of the latest of them; source  the text that sets the years
    """
    if last is None:
        return Finding(none, True, source)
    until = turns(last, years)
    return Finding(code, until <= day, source, {"years": years, "last": last, "until": until})


def nothing_under_way(code: str, count: int) -> Finding:
    """Met when nothing of a kind is under way."""
    return Finding(code, not count, facts={"count": count})
