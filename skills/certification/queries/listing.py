"""What the rules ask about the rows of a body's list of candidates, read at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.certification.models import Application, Filing, Sitting
from skills.certification.queries.carried import kept_of
from skills.certification.queries.decisions import admitted_ties, terms_on
from skills.certification.queries.photos import APPLY, lacking, wanted_before
from skills.certification.rules.exams import Section
from skills.certification.rules.listing import Exam, Known
from skills.certification.rules.numbers import BodyKind
from skills.certification.states import ApplicationState, SittingState
from skills.kernel.db import among
from skills.people import queries as people
from skills.people.rules import normal_name
from skills.records.queries import facts_of, unproved
from skills.returns.queries import Desk
from skills.returns.rules import Line
from skills.standards.queries import value
from skills.standards.rules import Level


def look(desk: Desk, lines: Sequence[Line]) -> Known:
    """Everything the rules ask about these rows, read at once."""
    db, today = desk.db, desk.today
    found, written = people.holders(db, desk.box, {d for line in lines if (d := line.document)})
    held = people.persons(db, sorted(set(found.values())))
    rows = list(db.scalars(select(Sitting).where(among(db, Sitting.number, {n for line in lines if (n := line.values.get("sitting"))}))))
    own = [row for row in rows if row.organisation_id == desk.organisation]
    return Known(
        today, people.document_forms(db, today), value(db, "person.guardian_age", today), found,
        {i: normal_name(p.name) for i, p in held.items()}, written, facts_of(db, [(i, p.birth) for i, p in held.items()]),
        {i for i, p in held.items() if p.consent_at is not None},
        {row.number: Exam(row.id, False) for row in rows} | _exams(db, own),
        set(lacking(db, held, today)) if wanted_before(db, today) == APPLY else (),
        _days(db, held, {row.held_on for row in own if row.held_on}), _kept(db, own, held), unproved(db, held),
    )  # fmt: skip


def _exams(db: Session, rows: Sequence[Sitting]) -> dict[str, Exam]:
    counted: Any = db.execute(
        select(Application.sitting_id, func.count())
        .where(Application.sitting_id.in_([row.id for row in rows]), Application.state != ApplicationState.WITHDRAWN)
        .group_by(Application.sitting_id)
    )
    taken = {sitting_id: count for sitting_id, count in counted}  # noqa: C416 - rows are not pairs to the type checker
    kinds = {f.id: BodyKind(f.kind) for f in db.scalars(select(Filing).where(Filing.id.in_({row.filing_id for row in rows})))}
    found = {}
    for row in rows:
        begins, ends, held_on = row.registration_from, row.registration_to, row.held_on
        if begins is None or ends is None or held_on is None:
            found[row.number] = Exam(row.id, True, row.organisation_id)
            continue
        found[row.number] = Exam(
            row.id, True, row.organisation_id, kinds[row.filing_id], row.occupation, Level(row.level), row.state == SittingState.OPEN,
            begins, ends, held_on, row.capacity, row.capacity - taken.get(row.id, 0), admitted_ties(db, row.organisation_id, ends),
            terms_on(db, row.occupation, ends),
        )  # fmt: skip
    return found


def _days(db: Session, persons: Collection[str], days: Collection[date]) -> Mapping[str, Mapping[date, str]]:
    found: dict[str, dict[date, str]] = defaultdict(dict)
    rows = db.execute(
        select(Application.person_id, Sitting.held_on, Sitting.id)
        .join(Sitting, Sitting.id == Application.sitting_id)
        .where(among(db, Application.person_id, persons), Application.state != ApplicationState.WITHDRAWN, Sitting.held_on.in_(days))
    )
    for person_id, day, sitting_id in rows:
        if day is not None:
            found[person_id][day] = sitting_id
    return found


def _kept(db: Session, rows: Sequence[Sitting], persons: Collection[str]) -> dict[tuple[str, str], tuple[Section, ...]]:
    dated = [row for row in rows if row.registration_to and row.held_on]
    return {
        (row.id, person_id): tuple(one.section for one in kept) for row in dated for person_id, kept in kept_of(db, row, persons).items()
    }
