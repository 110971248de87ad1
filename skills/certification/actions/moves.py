"""What all actions of this room share: history, number series, a filing as its rules see it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import update

from skills.certification.models import ChainLink, Filing, ImportedNumber, NumberSeries, Sitting, StepTaken
from skills.certification.queries.filings import filed as read_filed
from skills.certification.rules import numbers
from skills.certification.rules.filings import Filed
from skills.certification.rules.numbers import MOST
from skills.kernel.acts import Act
from skills.kernel.db import Base, wait_exclusive
from skills.kernel.errors import Refusal
from skills.kernel.machines import Machine
from skills.standards.queries import value
from skills.standards.rules import Level


def take(act: Act, row: Base, machine: Machine, name: str, why: str = "", /, **values: object) -> str:
    """Make a move and put it into the history, with its reason. The id of that step."""
    held: Any = row
    act.move(row, machine, name, **values)
    step = act.add(
        StepTaken(
            id=act.new_id(), subject=machine.name, subject_id=held.id, move=name, reason=why,
            by=act.actor.account, at=act.at,
        )
    )  # fmt: skip
    return step.id


def chain(act: Act, step: str, application_ids: Iterable[str]) -> None:
    """Link a step of these applications with the audit entry of this act, by one statement."""
    ids = list(application_ids)
    links = zip(sorted(act.new_ids(len(ids))), ids, strict=True)
    act.add_many(ChainLink, [
        {"id": link, "application_id": one, "step": step, "entry_id": act.entry_id, "at": act.at} for link, one in links
    ])  # fmt: skip


def next_in_series(act: Act, name: str) -> int:
    """The next number of a series, from 1, without gaps: it is given only if the act is committed.

    Raises Refusal("number.series_full").
    """
    wait_exclusive(act.db, f"number_series:{name}")
    last = act.db.scalar(
        update(NumberSeries)
        .where(NumberSeries.name == name)
        .values(last=NumberSeries.last + 1)
        .returning(NumberSeries.last)
        .execution_options(synchronize_session=False)
    )
    if last is None:
        act.add(NumberSeries(name=name, last=1))
        return 1
    if last > MOST:
        raise Refusal("number.series_full", most=MOST)
    return int(last)


def next_number(act: Act, filing_number: str, level: Level) -> tuple[str, int]:
    """The next number of a body, level and year, and its place in the series; those that were imported are gone by."""
    letter, scope = value(act.db, "number.special_letter", act.today), value(act.db, "number.series", act.today)
    series = numbers.series_name(filing_number, act.today, level, letter, scope)
    while True:
        sequence = next_in_series(act, series)
        number = numbers.mint(filing_number, act.today, level, sequence, letter)
        if act.find(ImportedNumber, number=number) is None:
            return number, sequence


def as_filed(act: Act, row: Filing) -> Filed:
    """A filing with its scope, as its rules see it."""
    return read_filed(act.db, row)


def sitting_for(act: Act, sitting_id: str, right: str) -> Sitting:
    """A sitting of a body for which the actor holds this right. Raises Missing, Forbidden."""
    row = act.get(Sitting, id=sitting_id)
    act.require(right, row.organisation_id)
    return row


def reason_of(text: str) -> str:
    """A reason as given. Raises Refusal("certification.reason_needed") for none."""
    if not text.strip():
        raise Refusal("certification.reason_needed")
    return text.strip()[:400]
