"""Results that stand and earlier ones: which entry a row means, what stands in a class, what is at stake."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from skills.courses.models import CourseClass, EarlierResult, Enrolment
from skills.courses.rules.amending import same_figure
from skills.courses.rules.filed import Known
from skills.courses.rules.filing import result_of
from skills.courses.states import ENROLMENT, LIVE, EnrolmentState
from skills.kernel.db import among
from skills.people import queries as people
from skills.people.rules import normal_name
from skills.returns.queries import Desk
from skills.returns.rules import Line
from skills.returns.rules.amending import Amount, Stake, Standing
from skills.vouchers import queries as vouchers
from skills.vouchers.queries.settling import used

DONE = (EnrolmentState.COMPLETED, EnrolmentState.FAILED)
PAYING = ("earned", "ordered", "settled")  # states of a use behind which there is money
_MANY = 500


@dataclass(frozen=True)
class ResultVersion:
    """A result of a place, now or earlier. Money in 分; `how` says what took its place, empty if it stands."""

    number: int
    state: tuple[str, str]
    hours: str
    attendance: str
    score: str
    completed_on: date | None
    certificate_number: str | None
    cents: int
    how: str
    why: str
    by: str
    at: datetime | None


def find(desk: Desk, lines: Sequence[Line], known: Known) -> list[Standing]:
    """The reported results that these rows are about, or nearly: all the same but for the class or the document."""
    same, fresh = [], []
    for line in lines:
        person = known.person_of(line)
        place = known.places.get((person, line.values.get("class", ""))) if person else None
        if person and place and place.state in LIVE:
            fresh.append((line, person))
        elif place and place.state in DONE:
            same.append((line, place))
    cents = _worth(desk.db, [place.enrolment_id for _, place in same])
    found = [
        Standing(line.row, f"enrolment:{place.enrolment_id}", "", *cents[place.enrolment_id]) for line, place in same
    ]
    found += _other_class(desk, fresh)
    taken = {s.row for s in found}
    return found + [s for s in _other_person(desk, fresh, known) if s.row not in taken]


def standing(desk: Desk, scopes: Collection[str]) -> set[str]:
    """What stands in these classes of the institution, as `enrolment:<id>`."""
    found: set[str] = set()
    for part in _parts(scopes):
        found |= set(
            desk.db.scalars(
                select(Enrolment.id)
                .join(CourseClass, CourseClass.id == Enrolment.class_id)
                .where(CourseClass.number.in_(part), CourseClass.institution_id == desk.organisation, Enrolment.state.in_(DONE))
            )
        )
    return {f"enrolment:{i}" for i in found}


def stands(desk: Desk, scopes: Collection[str]) -> int:
    """How many results stand in these classes of the institution."""
    chosen = select(func.count()).select_from(Enrolment).join(CourseClass, CourseClass.id == Enrolment.class_id)
    own = CourseClass.institution_id == desk.organisation, Enrolment.state.in_(DONE)
    return desk.db.scalar(chosen.where(among(desk.db, CourseClass.number, scopes), *own)) or 0


def amounts(db: Session, sources: Select[str]) -> dict[str, Amount]:
    """Class number → how many of these results (`enrolment:<id>`) are in it, and the money behind them in 分: `stakes` in sum."""
    wanted = sources.distinct().subquery()
    paying = vouchers.uses_in(PAYING).subquery()
    rows = db.execute(
        select(CourseClass.number, func.count(), func.sum(case((paying.c.id.is_not(None), Enrolment.voucher_cents), else_=0)))
        .select_from(wanted)
        .join(Enrolment, Enrolment.id == func.substr(wanted.c[0], len("enrolment:") + 1))
        .join(CourseClass, CourseClass.id == Enrolment.class_id)
        .outerjoin(paying, paying.c.id == Enrolment.redemption_id)
        .group_by(CourseClass.number)
    )
    return {number: Amount(count, int(cents)) for number, count, cents in rows}


def stakes(db: Session, sources: Collection[str]) -> dict[str, Stake]:
    """These results as they are shown before they are touched, by source; masked names, money in 分."""
    ids = [s.removeprefix("enrolment:") for s in sources]
    rows = [
        pair
        for part in _parts(ids)
        for pair in db.execute(
            select(Enrolment, CourseClass.number).join(CourseClass, CourseClass.id == Enrolment.class_id).where(Enrolment.id.in_(part))
        )
    ]
    states = vouchers.states_of(db, [r.redemption_id for r, _ in rows if r.redemption_id])
    names = people.persons(db, sorted({r.person_id for r, _ in rows}))
    found = {}
    for row, number in rows:
        state = states.get(row.redemption_id or "", "")
        zh, en = ENROLMENT.words[EnrolmentState(row.state)]
        cents = row.voucher_cents if state in PAYING else 0
        found[f"enrolment:{row.id}"] = Stake(
            f"enrolment:{row.id}", number, names[row.person_id].masked_name, (zh, en), cents, state in ("ordered", "settled")
        )
    return found


def versions(db: Session, enrolment_id: str) -> list[ResultVersion]:
    """Every result of a place, the one that stands first."""
    rows = db.scalars(
        select(EarlierResult).where(EarlierResult.enrolment_id == enrolment_id).order_by(EarlierResult.number.desc())
    ).all()
    earlier = [
        ResultVersion(
            r.number, ENROLMENT.words[EnrolmentState(r.state)], r.hours, r.attendance, r.score, r.completed_on,
            r.certificate_number, r.cents, r.how, r.why, r.by, r.replaced_at,
        )
        for r in rows
    ]  # fmt: skip
    row = db.get_one(Enrolment, enrolment_id)
    if row.state not in DONE:
        return earlier
    now = ResultVersion(
        len(rows) + 1, ENROLMENT.words[EnrolmentState(row.state)], row.hours, row.attendance, row.score, row.completed_on,
        row.certificate_number, _worth(db, [row.id])[row.id][0], "", "", "", row.ended_at,
    )  # fmt: skip
    return [now, *earlier]


def _worth(db: Session, enrolment_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """place → what stands behind its result, and what would become payable if it were reported now, in 分."""
    if not enrolment_ids:
        return {}
    rows = [r for part in _parts(enrolment_ids) for r in db.scalars(select(Enrolment).where(Enrolment.id.in_(part)))]
    states = vouchers.states_of(db, [r.redemption_id for r in rows if r.redemption_id])
    back = used(db, [i for i, state in states.items() if state == "released"])
    held = vouchers.voucher_states(db, [u.voucher_id for u in back.values()])
    found = {}
    for row in rows:
        state = states.get(row.redemption_id or "", "")
        if row.state == EnrolmentState.COMPLETED:
            cents = row.voucher_cents if state in PAYING else 0
            found[row.id] = (cents, cents)
        else:
            use = back.get(row.redemption_id or "")
            free = use is not None and held.get(use.voucher_id) == "claimed"
            found[row.id] = (0, row.voucher_cents if free else 0)
    return found


def _other_class(desk: Desk, fresh: Sequence[tuple[Line, str]]) -> list[Standing]:
    """Rows whose person has the very same result in another class of the institution."""
    held: dict[str, list[tuple[Enrolment, str]]] = {}
    rows = desk.db.execute(
        select(Enrolment, CourseClass.number)
        .join(CourseClass, CourseClass.id == Enrolment.class_id)
        .where(
            among(desk.db, Enrolment.person_id, {person for _, person in fresh}), CourseClass.institution_id == desk.organisation,
            Enrolment.state.in_(DONE),
        )
    )  # fmt: skip
    for row, number in rows:
        held.setdefault(row.person_id, []).append((row, number))
    found = []
    for line, person in fresh if held else ():
        same = (row for row, number in held.get(person, ()) if number != line.values.get("class") and says_the_same(line, row))
        found += [(line.row, row) for row in [next(same, None)] if row is not None]
    return _elsewhere(desk.db, found, "class")


def _other_person(desk: Desk, fresh: Sequence[tuple[Line, str]], known: Known) -> list[Standing]:
    """Rows of whose class somebody else of the same name has the very same result."""
    numbers = {line.values["class"] for line, _ in fresh if "class" in line.values}
    days = {line.values["completed_on"] for line, _ in fresh if "completed_on" in line.values}
    held: dict[str, list[Enrolment]] = {}
    for part in _parts(numbers):
        rows = desk.db.execute(
            select(Enrolment, CourseClass.number)
            .join(CourseClass, CourseClass.id == Enrolment.class_id)
            .where(
                CourseClass.number.in_(part), CourseClass.institution_id == desk.organisation, Enrolment.state.in_(DONE),
                Enrolment.completed_on.in_(sorted(days)[:_MANY]),
            )
        )  # fmt: skip
        for row, number in rows:
            held.setdefault(number, []).append(row)
    names = people.persons(desk.db, sorted({r.person_id for rows_ in held.values() for r in rows_})) if held else {}
    found = []
    for line, person in fresh if held else ():
        for row in held.get(line.values.get("class", ""), ()):
            same_name = normal_name(names[row.person_id].name) == known.names.get(person)
            if row.person_id != person and same_name and says_the_same(line, row):
                found.append((line.row, row))
                break
    return _elsewhere(desk.db, found, "document")


def _elsewhere(db: Session, found: Sequence[tuple[int, Enrolment]], column: str) -> list[Standing]:
    """Results that these rows may mean although they differ in a key column."""
    cents = _worth(db, [row.id for _, row in found])
    return [Standing(number, f"enrolment:{row.id}", column, cents[row.id][0]) for number, row in found]


def says_the_same(line: Line, row: Any) -> bool:
    """Whether a row reports the very result that a place has."""
    result = result_of(line.values)
    if result is None or row.completed_on != result.completed_on:
        return False
    figures = ((row.hours, result.hours), (row.attendance, result.attendance), (row.score, result.score))
    if not all(same_figure(text, f"{figure:f}") for text, figure in figures):
        return False
    return bool((line.values.get("outcome", "pass") == "pass") == (row.state == EnrolmentState.COMPLETED))


def _parts(values: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(set(values))
    for start in range(0, len(ordered), _MANY):
        yield ordered[start : start + _MANY]


def earlier_of(db: Session) -> Mapping[str, set[str]]:
    """place → the states of its earlier results, of every place that has one."""
    found: dict[str, set[str]] = {}
    for enrolment_id, state in db.execute(select(EarlierResult.enrolment_id, EarlierResult.state)):
        found.setdefault(enrolment_id, set()).add(state)
    return found
