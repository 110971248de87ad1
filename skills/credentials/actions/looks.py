"""Adding up looks: at certificates by day and place, at numbers that never were, at links; and who wants none counted."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from skills.credentials.models import Certificate, LookChoice, LookCount, ShareLink, UnknownLook
from skills.credentials.rules.shares import like_a_number
from skills.kernel.acts import ANYONE, Act, action
from skills.kernel.errors import Missing
from skills.standards.queries import value
from skills.web.looks import Look

MOST_UNKNOWN = 2_000  # different numbers a day; beyond, they are counted together


@action("look.add", may="system.jobs")
def add(act: Act, looks: tuple[Look, ...]) -> None:
    """Add a process's counts to the days."""
    numbers = {look.name for look in looks if look.kind in ("v", "miss")}
    known = {
        row.number: row
        for row in act.db.scalars(select(Certificate).where(Certificate.number.in_(numbers)))
    }
    silent = set(
        act.db.scalars(
            select(LookChoice.person_id).where(
                LookChoice.counted.is_(False), LookChoice.person_id.in_({row.person_id for row in known.values()})
            )
        )
    )
    for look in looks:
        if look.kind == "share":
            _opened(act, look)
        elif look.name in known:
            row = known[look.name]
            if look.kind == "v" and row.person_id not in silent:
                _count(act, LookCount, look, certificate_id=row.id)
        else:
            _unknown(act, look)
    act.note("look.add", looks=len(looks))


@action("look.forget", may="system.jobs")
def forget(act: Act) -> None:
    """Forget counts older than policy look.kept_days."""
    before = act.today - timedelta(days=value(act.db, "look.kept_days", act.today))
    for model in (LookCount, UnknownLook):
        act.db.execute(delete(model).where(model.day < before))
    act.note("look.forget", before=before)


@action("look.choose", may=ANYONE)
def choose(act: Act, counted: bool) -> None:
    """Have looks at one's certificates counted, or not; switched off, what was counted goes."""
    if act.actor.person is None:
        raise Missing("no_person")
    choose_as(act, act.actor.person, counted)


def choose_as(act: Act, person_id: str, counted: bool) -> None:
    """The same in somebody's name, inside the caller's act."""
    row = act.find(LookChoice, person_id=person_id)
    if row is None:
        row = act.add(LookChoice(id=act.new_id(), person_id=person_id, counted=counted, since=act.at))
    row.counted, row.since = counted, act.at
    if not counted:
        mine = select(Certificate.id).where(Certificate.person_id == person_id)
        act.db.execute(delete(LookCount).where(LookCount.certificate_id.in_(mine)))
    act.note("look.choose", id=row.id, counted=counted)


def _opened(act: Act, look: Look) -> None:
    row = act.find(ShareLink, id=look.name)
    if row is not None:
        row.opens += look.count
        row.last_opened_on = max(row.last_opened_on or look.day, look.day)


def _unknown(act: Act, look: Look) -> None:
    number = like_a_number(look.name)
    if number != "*" and act.find(UnknownLook, day=look.day, number=number, place=look.place) is None:
        known = act.db.scalars(select(UnknownLook.number).where(UnknownLook.day == look.day).distinct()).all()
        if len(known) >= MOST_UNKNOWN and number not in known:
            number = "*"
    _count(act, UnknownLook, look, number=number)


def _count(act: Act, model: type[LookCount] | type[UnknownLook], look: Look, **about: str) -> None:
    found = act.find(model, day=look.day, place=look.place, **about)
    if found is None:
        act.add(model(id=act.new_id(), day=look.day, place=look.place, count=look.count, **about))
    else:
        found.count += look.count

