"""Draws 抽查: planned on record, drawn by a seed that nobody chose; inspectors step back for a tie; nothing left to visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from skills.credentials.queries.sampling import announcement
from skills.credentials.rules.sampling import Case, draw
from skills.inspections.actions.steps import inspection_of, step, words
from skills.inspections.models import Inspection, InspectionDraw, InspectorTie
from skills.inspections.queries import pool
from skills.inspections.rules import (
    MOST_CLASSES,
    PLANNED,
    Way,
    digest,
    plan_text,
    weight_of,
)
from skills.inspections.states import DRAW, INSPECTION, DrawState
from skills.kernel.acts import Act, action
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.kernel.lots import assign, next_for
from skills.messages.actions import send
from skills.standards.queries import value
from skills.standards.rules import CITY

HANDLE, CARRY, CLOSE = "inspection.handle", "inspection.carry_out", "inspection.close"


@dataclass(frozen=True)
class Planned:
    """A draw that was put on record."""

    draw_id: str


@dataclass(frozen=True)
class Assigned:
    """Inspections that were drawn."""

    inspection_ids: tuple[str, ...]


@dataclass(frozen=True)
class Passed:
    """An inspection and whose it is now."""

    inspection_id: str
    inspector: str


@action("inspection.plan", may=HANDLE)
def plan(
    act: Act, purpose: str, way: Way, since: date, until: date, size: int, class_ids: tuple[str, ...] = ()
) -> Planned:
    """Put on record what will be drawn from, before anybody can know the seed.

    By lot every class with a lesson on these days may be drawn, and `size` of them are. By risk those of `class_ids` are
    visited, each of which has a reason; the inspector comes by lot.
    Raises Refusal("inspection_draw.days" | "inspection_draw.size" | "inspection_draw.nobody" | "inspection_draw.too_many" |
    "inspection_draw.no_reason" | "inspection_draw.no_inspector").
    """
    if not act.today <= since <= until or (until - since).days > int(value(act.db, "inspection.days", act.today)):
        raise Refusal("inspection_draw.days", today=act.today, days=value(act.db, "inspection.days", act.today))
    districts = act.actor.districts_for(HANDLE)
    found = pool.candidates(act.db, since, until, districts, act.at)
    if way is Way.RISK:
        wanted = set(class_ids)
        found = [c for c in found if c.held.class_id in wanted]
        if len(found) != len(wanted):
            raise Missing("course_class.unknown")
        if bare := [c.held.number for c in found if not c.reasons]:
            raise Refusal("inspection_draw.no_reason", number=bare[0])
        size = len(found)
    if not found:
        raise Refusal("inspection_draw.nobody")
    if len(found) > MOST_CLASSES:
        raise Refusal("inspection_draw.too_many", most=MOST_CLASSES)
    if not 1 <= size <= len(found):
        raise Refusal("inspection_draw.size", most=len(found))
    points = value(act.db, "inspection.risk", act.today)
    classes = [
        [c.held.class_id, c.held.number, weight_of(c.reasons, points, way), c.held.institution_id, list(c.reasons)] for c in found
    ]
    bodies = {c.held.institution_id for c in found}
    inspectors = pool.inspectors(act.db, districts)
    barred = pool.ties(act.db, inspectors, bodies)
    for body in sorted(bodies):
        if not [a for a in inspectors if (a, body) not in barred]:
            raise Refusal("inspection_draw.no_inspector", institution=pool.name_of(act.db, body))
    text = plan_text([c[1:4] for c in classes], inspectors, barred)
    row = act.add(
        InspectionDraw(
            id=act.new_id(), state=DrawState.PLANNED, district=_district(districts), way=way, purpose=words(purpose)[:200], since=since,
            until=until, size=size, classes=classes, inspectors=sorted(inspectors), barred=sorted(list(pair) for pair in barred),
            digest=digest(text), planned_by=act.actor.account, planned_at=act.at, proof={},
        )
    )  # fmt: skip
    act.note(PLANNED, id=row.id, population=row.digest, size=size, way=way, classes=len(classes), inspectors=len(inspectors))
    return Planned(row.id)


def _district(districts: frozenset[str] | None) -> str:
    return CITY if districts is None or len(districts) != 1 else next(iter(districts))


@action("inspection.draw", may=HANDLE)
def draw_now(act: Act, draw_id: str) -> Assigned:
    """Draw what the first signed head over the plan draws: nothing is left to choose.

    Raises Missing("inspection_draw.unknown"), Refusal("inspection_draw.cannot_draw" | "inspection_draw.not_yet").
    """
    row = _draw_of(act, draw_id)
    DRAW.check(row.state, "draw")
    said = announcement(act.db, row.id, row.planned_at, PLANNED)
    if said is None:
        raise Refusal("inspection_draw.not_yet")
    seed = said.seed()
    proof = {"entry": said.entry, "index": said.index, "hashes": list(said.hashes)}
    act.move(row, DRAW, "draw", seed=seed, checkpoint=said.checkpoint, proof=proof, drawn_at=act.at)
    known = {number: (class_id, institution) for class_id, number, _, institution, _ in row.classes}
    drawn = draw([Case(number, weight) for _, number, weight, _, _ in row.classes], seed, row.size)
    barred = {(account, body) for account, body in row.barred}
    chosen = assign([(d.number, known[d.number][1]) for d in drawn], row.inspectors, barred, seed)
    made = []
    for place, (one, inspector) in enumerate(zip(drawn, chosen, strict=True), start=1):
        if inspector is None:
            raise Refusal("inspection_draw.no_inspector", institution=pool.name_of(act.db, known[one.number][1]))
        made.append(_make(act, row, place, known[one.number][0], inspector))
    return Assigned(tuple(made))


def _make(act: Act, row: InspectionDraw, place: int, class_id: str, inspector: str) -> str:
    held = pool.inspectable(act.db, class_id)
    wait_exclusive(act.db, f"inspection:{act.today.year}")
    last = act.db.scalar(select(func.max(Inspection.serial)).where(Inspection.year == act.today.year)) or 0
    made = act.add(
        Inspection(
            id=act.new_id(), year=act.today.year, serial=last + 1, draw_id=row.id, place=place, class_id=class_id,
            institution_id=held.institution_id, district=held.district, state=INSPECTION.start, first_drawn=inspector,
            inspector=inspector, passed=[], since=row.since, until=row.until, assigned_at=act.at, answers={},
        )
    )  # fmt: skip
    step(act, made, "assign", "bureau")
    act.note("inspection.assign", id=made.id, class_id=class_id, inspector=inspector)
    send(act, code="inspection.told_assigned", account_id=inspector, since=row.since, until=row.until, id=made.id)
    return made.id


@action("inspection.give_up", may=HANDLE)
def give_up(act: Act, draw_id: str, reason: str) -> None:
    """Give a plan up before it is drawn; that there was one stays on record."""
    row = _draw_of(act, draw_id)
    act.move(row, DRAW, "give_up", reason=words(reason)[:400])


@action("inspection.step_back", may=CARRY)
def step_back(act: Act, inspection_id: str, reason: str) -> Passed:
    """Say that the institution is too near 回避: the next whom the seed names visits it, and oneself never again.

    Raises Missing, Refusal("inspection.cannot_count" | "inspection.not_yours" | "inspection_draw.no_inspector").
    """
    row = inspection_of(act, inspection_id, CARRY)
    INSPECTION.check(row.state, "count")
    if row.inspector != act.actor.account:
        raise Refusal("inspection.not_yours")
    said = words(reason)[:400]
    if act.find(InspectorTie, account_id=row.inspector, institution_id=row.institution_id, ended_at=None) is None:
        act.add(InspectorTie(id=act.new_id(), account_id=row.inspector, institution_id=row.institution_id, reason=said, said_at=act.at))
    drawn = act.get(InspectionDraw, id=row.draw_id)
    number = pool.inspectable(act.db, row.class_id).number
    passed = [*row.passed, row.inspector]
    barred = {(account, body) for account, body in drawn.barred}
    heir = next_for(drawn.seed, number, row.institution_id, drawn.inspectors, barred, passed)
    if heir is None:
        raise Refusal("inspection_draw.no_inspector", institution=pool.name_of(act.db, row.institution_id))
    if not act.alter(row, Inspection.inspector == row.inspector, inspector=heir, passed=passed):
        raise Refusal("inspection.changed_meanwhile")
    step(act, row, "step_back", "bureau", said)
    act.note("inspection.step_back", id=row.id, inspector=heir)
    send(act, code="inspection.told_assigned", account_id=heir, since=row.since, until=row.until, id=row.id)
    return Passed(row.id, heir)


@action("inspection.call_off", may=CLOSE)
def call_off(act: Act, inspection_id: str, reason: str) -> None:
    """Nothing is left to visit: the class was cancelled, or its last lesson passed. The reason stays on record."""
    row = inspection_of(act, inspection_id, CLOSE)
    INSPECTION.check(row.state, "call_off")
    if row.inspector == act.actor.account:
        raise Refusal("inspection.own_visit")
    if pool.lesson_left(act.db, row.class_id, row.since, row.until, act.at):
        raise Refusal("inspection.lessons_left")
    act.move(row, INSPECTION, "call_off", closed_by=act.actor.account, closed_at=act.at, proposed_by=None)
    step(act, row, "call_off", "bureau", words(reason))


def _draw_of(act: Act, draw_id: str) -> InspectionDraw:
    row = act.find(InspectionDraw, id=draw_id)
    bounds = act.actor.districts_for(HANDLE)
    if row is None or (bounds is not None and row.district not in bounds and row.planned_by != act.actor.account):
        raise Missing("inspection_draw.unknown")
    return row
