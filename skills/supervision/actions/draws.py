"""Draws of supervisors: planned on record, drawn by a seed that nobody chose; who is too near steps back for the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from skills.accounts.queries import organisation
from skills.certification.queries import exams
from skills.credentials.queries.sampling import announcement
from skills.credentials.rules.sampling import Case, draw
from skills.kernel.acts import Act, action
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.kernel.lots import assign, next_for
from skills.messages.actions import send
from skills.standards.queries import value
from skills.standards.rules import CITY
from skills.supervision.actions.steps import draw_of, own_of, words
from skills.supervision.models import Supervision, SupervisionDraw, SupervisorTie
from skills.supervision.queries import pool
from skills.supervision.rules import PLANNED, Side, digest
from skills.supervision.states import SUPERVISION, SUPERVISION_DRAW

PLAN, REPORT = "supervision.plan", "supervision.report"


@dataclass(frozen=True)
class Planned:
    """A draw that was put on record."""

    draw_id: str


@dataclass(frozen=True)
class Assigned:
    """Supervisions that were drawn."""

    supervision_ids: tuple[str, ...]


@dataclass(frozen=True)
class Passed:
    """A supervision and whose it is now."""

    supervision_id: str
    supervisor: str


@action("supervision.plan", may=PLAN)
def plan(act: Act, since: date, until: date, size: int = 0, organisation_id: str | None = None) -> Planned:
    """Put on record which exams and which supervisors are drawn from, before anybody can know the seed.

    A body draws one of its own supervisors for each of its exams of these days; the authority draws `size` of all exams.
    Raises Missing("organisation.unknown"), Refusal("supervision_draw.days" | "supervision_draw.nothing" | "supervision_draw.size" |
    "supervision_draw.nobody").
    """
    most = int(value(act.db, "supervision.days", act.today))
    if not act.today <= since <= until or (until - since).days > most:
        raise Refusal("supervision_draw.days", today=act.today, days=most)
    side, bodies, districts = _whose(act, organisation_id)
    wait_exclusive(act.db, f"supervision_draw:{side}")
    lines = pool.ahead(act.db, side, since, until, bodies, districts)
    if not lines:
        raise Refusal("supervision_draw.nothing")
    size = len(lines) if side is Side.INTERNAL else size
    if not 1 <= size <= len(lines):
        raise Refusal("supervision_draw.size", most=len(lines))
    among = pool.supervisors(act.db, organisation_id, districts)
    barred = sorted(list(pair) for pair in pool.ties(act.db, side, lines, among))
    for line in lines:
        _somebody(line.title, next_for("", line.id, line.id, among, {(a, s) for a, s in barred}, ()))
    sittings = [[line.id, line.organisation_id] for line in lines]
    row = act.add(
        SupervisionDraw(
            id=act.new_id(), side=side, organisation_id=organisation_id, district=_district(districts), state=SUPERVISION_DRAW.start,
            since=since, until=until, size=size, sittings=sittings, supervisors=among, barred=barred,
            digest=digest(side, sittings, among, barred), planned_by=act.actor.account, planned_at=act.at, proof={},
        )
    )  # fmt: skip
    act.note(PLANNED, id=row.id, population=row.digest, size=size, sittings=len(lines), supervisors=len(among))
    return Planned(row.id)


def _whose(act: Act, organisation_id: str | None) -> tuple[Side, set[str] | None, frozenset[str] | None]:
    if organisation_id is not None:
        if organisation_id not in act.actor.organisations_for(PLAN):
            raise Missing("organisation.unknown")
        return Side.INTERNAL, {organisation_id}, None
    if not act.actor.may_unbound(PLAN):
        raise Missing("organisation.unknown")
    return Side.EXTERNAL, None, act.actor.districts_for(PLAN)


def _district(districts: frozenset[str] | None) -> str:
    return CITY if districts is None or len(districts) != 1 else next(iter(districts))


def _somebody(exam: str, account: str | None) -> str:
    if account is None:
        raise Refusal("supervision_draw.nobody", exam=exam)
    return account


@action("supervision.draw", may=PLAN)
def draw_now(act: Act, draw_id: str) -> Assigned:
    """Draw what the first signed head over the plan draws: nothing is left to choose.

    Raises Missing("supervision_draw.unknown"), Refusal("supervision_draw.cannot_draw" | "supervision_draw.not_yet").
    """
    row = draw_of(act, draw_id, PLAN)
    SUPERVISION_DRAW.check(row.state, "draw")
    said = announcement(act.db, row.id, row.planned_at, PLANNED)
    if said is None:
        raise Refusal("supervision_draw.not_yet")
    seed = said.seed()
    proof = {"entry": said.entry, "index": said.index, "hashes": list(said.hashes)}
    act.move(row, SUPERVISION_DRAW, "draw", seed=seed, checkpoint=said.checkpoint, proof=proof, drawn_at=act.at)
    drawn = [one.number for one in draw([Case(sitting, 1) for sitting, _ in row.sittings], seed, row.size)]
    chosen = assign([(one, one) for one in drawn], row.supervisors, {(a, s) for a, s in row.barred}, seed)
    made = []
    for place, (sitting_id, account) in enumerate(zip(drawn, chosen, strict=True), 1):
        line = exams.sitting(act.db, sitting_id)
        if act.find(Supervision, sitting_id=sitting_id, side=row.side) is not None:
            raise Refusal("supervision_draw.drawn_already", exam=line.title)
        one = act.add(
            Supervision(
                id=act.new_id(), draw_id=row.id, place=place, side=row.side, sitting_id=sitting_id,
                organisation_id=line.organisation_id, district=organisation(act.db, line.organisation_id).district, state=SUPERVISION.start,
                first_drawn=_somebody(line.title, account), supervisor=account, passed=[], assigned_at=act.at, answers={},
            )
        )  # fmt: skip
        _assigned(act, one, line.title, line.held_on)
        made.append(one.id)
    return Assigned(tuple(made))


def _assigned(act: Act, row: Supervision, title: str, day: date | None) -> None:
    act.note("supervision.assign", id=row.id, sitting=row.sitting_id, supervisor=row.supervisor)
    send(act, code="supervision.told_assigned", account_id=row.supervisor, title=title, day=day, id=row.id)


@action("supervision.give_up", may=PLAN)
def give_up(act: Act, draw_id: str, reason: str) -> None:
    """Give a plan up before anybody can know what it draws; that there was one stays on record.

    Raises Missing("supervision_draw.unknown"), Refusal("supervision_draw.cannot_give_up" | "supervision_draw.seed_known").
    """
    row = draw_of(act, draw_id, PLAN)
    SUPERVISION_DRAW.check(row.state, "give_up")
    if announcement(act.db, row.id, row.planned_at, PLANNED) is not None:
        raise Refusal("supervision_draw.seed_known")
    act.move(row, SUPERVISION_DRAW, "give_up", reason=words(reason, 400))


@action("supervision.step_back", may=REPORT)
def step_back(act: Act, supervision_id: str, reason: str) -> Passed:
    """Say that one is too near 回避: the next whom the seed names watches it, and oneself no exam of that body again.

    Raises Missing("supervision.unknown"), Refusal("supervision.cannot_sign" | "supervision_draw.nobody").
    """
    row = own_of(act, supervision_id)
    SUPERVISION.check(row.state, "sign")
    said = words(reason, 400)
    if act.find(SupervisorTie, account_id=row.supervisor, organisation_id=row.organisation_id) is None:
        act.add(
            SupervisorTie(
                id=act.new_id(), account_id=row.supervisor, organisation_id=row.organisation_id, reason=said, said_at=act.at
            )
        )
    drawn = act.get(SupervisionDraw, id=row.draw_id)
    line = exams.sitting(act.db, row.sitting_id)
    passed = [*row.passed, row.supervisor]
    heir = _somebody(
        line.title, next_for(drawn.seed, row.sitting_id, row.sitting_id, drawn.supervisors, {(a, s) for a, s in drawn.barred}, passed)
    )
    if not act.alter(row, Supervision.supervisor == row.supervisor, supervisor=heir, passed=passed):
        raise Refusal("supervision.changed_meanwhile")
    _assigned(act, row, line.title, line.held_on)
    return Passed(row.id, heir)
