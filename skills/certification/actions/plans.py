"""Plans 认定计划 and exam affairs in their order: plan, file, open, close, seat, hold, cancel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from skills.accounts.queries import names_of
from skills.certification.actions import accommodations, duties, online, photos
from skills.certification.actions.day import absences, all_recorded
from skills.certification.actions.moves import as_filed, chain, reason_of, sitting_for, take
from skills.certification.models import Application, ExamSeat, Filing, ScoreSheet, Sitting, SittingRoom
from skills.certification.queries.accommodations import granted
from skills.certification.queries.carried import sat_in
from skills.certification.queries.duties import staff_of
from skills.certification.queries.photos import SEAT
from skills.certification.queries.rooms import hours_of, rooms_of
from skills.certification.rules import filings as filing_rules
from skills.certification.rules.duties import Duty
from skills.certification.rules.exams import Plan, PlanRules, Section, plan_faults, sections_of
from skills.certification.rules.numbers import exam_number, read_exam
from skills.certification.rules.rooms import Hour, PlannedRoom, check_rooms, standard_rooms
from skills.certification.rules.seating import PAPERS, arrange
from skills.certification.states import APPLICATION, ENDED, SITTING, ApplicationState, SittingState
from skills.kernel.acts import Act, action
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send, send_each, send_many
from skills.standards.queries import occupation, value
from skills.standards.rules import Level

# What the forms of a paper on screens were bound to.
BOUND = ("occupation", "branch", "level", "papers", "hours")


@dataclass(frozen=True)
class PlanOrder:
    """What a plan says. Money in 分; staff by account; `papers` that lie beside one another, 1 to 4; setters of the papers if known."""

    occupation: str
    branch: str
    level: int
    site: str
    registration_from: date | None
    registration_to: date | None
    held_on: date | None
    capacity: int
    fee_cents: int
    examiners: tuple[str, ...]
    invigilators: tuple[str, ...]
    supervisors: tuple[str, ...]
    rooms: tuple[PlannedRoom, ...]
    papers: int
    hours: tuple[Hour, ...]
    setters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Planned:
    """A planned sitting."""

    sitting_id: str


@dataclass(frozen=True)
class Seated:
    """How many candidates have a seat, how many pairs of neighbours have the same paper, how many sit behind a step who need none."""

    count: int
    close: int = 0
    stepped: int = 0


@action("plan.make", may="plan.make")
def plan(act: Act, organisation_id: str, order: PlanOrder) -> Planned:
    """Plan an exam inside the filed scope. It may still be incomplete; it cannot be outside the filing."""
    act.require("plan.make", organisation_id)
    filing = act.db.scalars(
        select(Filing).where(Filing.organisation_id == organisation_id, Filing.state.not_in(ENDED))
    ).one_or_none()
    if filing is None:
        raise Refusal("plan.no_filing")
    _check(act, filing, order)
    row = act.add(
        Sitting(
            id=act.new_id(), number=_next_number(act),
            organisation_id=organisation_id, filing_id=filing.id, state=SittingState.PLANNED,
            room_records=bool(value(act.db, "exam.room_record", act.today)),
            score_step=value(act.db, "exam.score_step", act.today), score_steps=value(act.db, "exam.score_steps", act.today),
            pass_mark=value(act.db, "exam.pass_mark", act.today), panel=_panel(act, order.level),
            planned_by=act.actor.account, planned_at=act.at, **_columns(order),
        )
    )  # fmt: skip
    _keep_rooms(act, row, order.rooms)
    duties.keep(act, row, named(order))
    act.note("plan.make", id=row.id)
    return Planned(row.id)


@action("plan.change", may="plan.make")
def change(act: Act, sitting_id: str, order: PlanOrder) -> None:
    """Change a plan that was not filed yet."""
    row = sitting_for(act, sitting_id, "plan.make")
    if row.state != SittingState.PLANNED:
        raise Refusal("plan.already_filed")
    _check(act, act.get(Filing, id=row.filing_id), order)
    for name, item in _columns(order).items():
        if name in BOUND and getattr(row, name) != item:
            online.loosen(act, row.id)
        setattr(row, name, item)
    row.panel = _panel(act, order.level)
    _keep_rooms(act, row, order.rooms)
    duties.keep(act, row, named(order))
    act.note("plan.change", id=row.id)


@action("plan.file", may="plan.make")
def file(act: Act, sitting_id: str) -> None:
    """File a plan with the authority 报备: only a complete one, inside the filing, early enough."""
    row = sitting_for(act, sitting_id, "plan.make")
    SITTING.check(row.state, "file")
    plan_faults(plan_of(act, row), plan_rules(act, act.today), act.today).or_refuse()
    _covered(act, row)
    duties.tell_named(act, row)
    take(act, row, SITTING, "file")


@action("plan.open", may="plan.make")
def open_registration(act: Act, sitting_id: str) -> None:
    """Open registration. Raises Refusal("sitting.too_late") when its last day is over."""
    row = sitting_for(act, sitting_id, "plan.make")
    SITTING.check(row.state, "open")
    if row.registration_to is None or act.today > row.registration_to:
        raise Refusal("sitting.too_late", day=row.registration_to)
    _covered(act, row)
    take(act, row, SITTING, "open")


@action("sitting.close", may="plan.make")
def close(act: Act, sitting_id: str) -> None:
    """Close registration: after its last day, or when every place is taken."""
    row = sitting_for(act, sitting_id, "plan.make")
    SITTING.check(row.state, "close")
    taken = len(_candidates(act, row))
    if row.registration_to is not None and act.today <= row.registration_to and taken < row.capacity:
        raise Refusal("sitting.close_early", day=row.registration_to, taken=taken, capacity=row.capacity)
    if waiting := len(_candidates(act, row, ApplicationState.FILED)):
        raise Refusal("sitting.examinations_open", count=waiting)
    if not taken:
        raise Refusal("sitting.nobody")
    duties.ask(act, row)
    take(act, row, SITTING, "close")


@action("sitting.seat", may="plan.make")
def seat(act: Act, sitting_id: str) -> Seated:
    """Give every candidate a seat and a ticket: nobody beside the same paper where that can be, and the answer says where it cannot.

    The order is drawn from the ids, the same every time. Raises Refusal("sitting.no_place").
    """
    row = sitting_for(act, sitting_id, "plan.make")
    SITTING.check(row.state, "seat")
    candidates = _candidates(act, row)
    photos.wanted(act, SEAT, [c.person_id for c in candidates])
    duties.free_to_seat(act, row, candidates)
    accommodations.all_decided(act, row.id)
    needing = [who for who, needs in granted(act.db, [c.id for c in candidates]).items() if needs.step_free]
    if not rooms_of(act.db, row.id):  # filed before plans named their rooms
        _keep_rooms(act, row, standard_rooms(row.capacity))
    rooms = rooms_of(act.db, row.id)
    made = arrange([c.id for c in candidates], [r.planned.grid for r in rooms], row.papers, row.id, step_free=needing)
    if made.unseated:
        raise Refusal("sitting.no_place", count=len(made.unseated))
    told: list[tuple[str, dict[str, object]]] = []
    for number, candidate in enumerate(sorted(candidates, key=lambda c: made.seats[c.id].place), 1):
        held, room = made.seats[candidate.id], rooms[made.seats[candidate.id].place.room - 1]
        act.move(candidate, APPLICATION, "seat", seat=number, ticket=act.new_code(12))
        act.add(
            ExamSeat(
                application_id=candidate.id, room_id=room.id, row_no=held.place.row, column_no=held.place.column, paper=held.paper
            )
        )
        told.append((candidate.person_id, {"day": row.held_on, "site": f"{row.site} {room.planned.name}", "seat": number}))
    send_each(act, code="exam.seated", told=told)
    take(act, row, SITTING, "seat")
    chain(act, "seat", [one.id for one in candidates])
    act.note("sitting.seat", id=row.id, count=len(candidates), close=made.close)
    return Seated(len(candidates), made.close, len(made.stepped))


@action("sitting.hold", may="plan.make")
def hold(act: Act, sitting_id: str) -> None:
    """Note that the exam took place: from now on scores can be typed. Who was in no section is absent and told why.

    Raises Refusal("sitting.not_yet" | "sitting.records_wanted").
    """
    row = sitting_for(act, sitting_id, "plan.make")
    SITTING.check(row.state, "hold")
    if row.held_on is None or act.today < row.held_on:
        raise Refusal("sitting.not_yet", day=row.held_on)
    _covered(act, row)
    if row.room_records:
        all_recorded(act, row.id)
    sat: set[Section] = set()
    held: list[str] = []
    candidates = _candidates(act, row, ApplicationState.SEATED)
    gone = absences(act, candidates, Level(row.level)) if row.room_records else {}
    for candidate in candidates:
        if candidate.id in gone:
            act.move(candidate, APPLICATION, "miss")
            zh, en = gone[candidate.id].words
            send(act, person_id=candidate.person_id, code="exam.absent", day=row.held_on, why=zh, why_en=en)
            continue
        act.move(candidate, APPLICATION, "examine")
        sat.update(sat_in(candidate, Level(row.level)))
        held.append(candidate.id)
    # What everybody passed before, and what examiners mark by themselves, is not typed.
    typed = [section for section in sections_of(Level(row.level)) if section in sat and section not in row.panel]
    sheets = [ScoreSheet(id=act.new_id(), sitting_id=row.id, section=section) for section in typed]
    act.db.add_all(sheets)
    online.held(act, row, sheets)
    take(act, row, SITTING, "hold")
    chain(act, "hold", held)


@action("sitting.cancel", may="plan.make")
def cancel(act: Act, sitting_id: str, reason: str) -> None:
    """Call an exam off; every candidate is told."""
    row = sitting_for(act, sitting_id, "plan.make")
    SITTING.check(row.state, "cancel")
    why = reason_of(reason)
    candidates = _candidates(act, row, ApplicationState.FILED, ApplicationState.ELIGIBLE, ApplicationState.SEATED)
    for candidate in candidates:
        act.move(candidate, APPLICATION, "cancel")
    send_many(act, code="exam.cancelled", person_ids=[one.person_id for one in candidates], day=row.held_on, reason=why)
    take(act, row, SITTING, "cancel", why)


def plan_of(act: Act, row: Sitting) -> Plan:
    """A sitting's plan as its rules see it."""
    who = staff_of(act.db, [row.id]).get(row.id, {})
    return Plan(
        Level(row.level), row.site, row.registration_from, row.registration_to, row.held_on, row.capacity,
        who.get(Duty.EXAMINER, ()), who.get(Duty.INVIGILATOR, ()), who.get(Duty.SUPERVISOR, ()),
        tuple(r.planned for r in rooms_of(act.db, row.id)), row.papers, hours_of(row.hours), who.get(Duty.SETTER, ()),
        names_of(act.db, {one for accounts in who.values() for one in accounts}),
    )  # fmt: skip


def named(order: PlanOrder) -> Mapping[Duty, tuple[str, ...]]:
    """Who a plan names for each duty."""
    return {
        Duty.EXAMINER: order.examiners, Duty.INVIGILATOR: order.invigilators, Duty.SUPERVISOR: order.supervisors, Duty.SETTER: order.setters,
    }  # fmt: skip


def plan_rules(act: Act, day: date) -> PlanRules:
    """The numbers of the rules for plans on a day."""
    return PlanRules(
        value(act.db, "plan.working_days_ahead", day),
        value(act.db, "plan.least_examiners", day),
        value(act.db, "plan.least_invigilators", day),
        value(act.db, "plan.candidates_per_invigilator", day),
        value(act.db, "exam.least_minutes", day),
    )


def _next_number(act: Act) -> str:
    """The next exam number of the year, without a gap: no plan is ever taken out."""
    year = act.today.year
    wait_exclusive(act.db, f"exam_number:{year}")
    last = act.db.scalar(
        select(Sitting.number).where(Sitting.number.like(f"KS{year}-%")).order_by(func.length(Sitting.number).desc(), Sitting.number.desc())
        .limit(1)
    )  # fmt: skip
    return exam_number(act.today, read_exam(last)[1] + 1 if last else 1)


def _panel(act: Act, level: int) -> dict[str, object]:
    """The sections of a level that its examiners mark one by one, by the policy of the day."""
    here, rows = sections_of(Level(level)), value(act.db, "exam.panel", act.today)
    return {row["section"]: {name: row[name] for name in ("result", "step", "spread")} for row in rows if row["section"] in here}


def _columns(order: PlanOrder) -> dict[str, object]:
    return {
        "occupation": order.occupation, "branch": order.branch, "level": order.level, "site": order.site[:200],
        "registration_from": order.registration_from, "registration_to": order.registration_to,
        "held_on": order.held_on, "capacity": order.capacity, "fee_cents": order.fee_cents,
        "examiners": [], "invigilators": [], "supervisors": [], "papers": order.papers,
        "hours": {h.section: [h.begins, h.minutes] for h in order.hours},
    }  # fmt: skip


def _keep_rooms(act: Act, row: Sitting, rooms: Sequence[PlannedRoom]) -> None:
    """The rooms of a plan as it says now."""
    held = rooms_of(act.db, row.id)
    if [r.planned for r in held] == list(rooms):
        return
    for gone in held:
        act.db.delete(act.get(SittingRoom, id=gone.id))
    act.db.flush()
    for position, room in enumerate(rooms, 1):
        act.add(
            SittingRoom(
                id=act.new_id(), sitting_id=row.id, position=position, name=room.name, row_count=room.rows,
                column_count=room.columns, step_free=room.step_free,
            )
        )  # fmt: skip


def _check(act: Act, filing: Filing, order: PlanOrder) -> None:
    if order.level not in set(Level) or not Level(order.level).examined:
        raise Refusal("plan.no_exam_level")
    if order.fee_cents < 0 or order.capacity < 0:
        raise Refusal("plan.negative")
    if not 1 <= order.papers <= len(PAPERS):
        raise Refusal("plan.papers", most=len(PAPERS))
    check_rooms(order.rooms)
    if order.branch and order.branch not in occupation(act.db, order.occupation).branches:
        raise Refusal("plan.branch_unknown", branch=order.branch)
    day = order.held_on or act.today
    filing_rules.works_for(as_filed(act, filing), order.occupation, order.branch, Level(order.level), day).or_refuse()


def _covered(act: Act, row: Sitting) -> None:
    if row.held_on is None:
        raise Missing("sitting.unknown")
    filed = as_filed(act, act.get(Filing, id=row.filing_id))
    filing_rules.works_for(filed, row.occupation, row.branch, Level(row.level), row.held_on).or_refuse()


def _candidates(act: Act, row: Sitting, *states: ApplicationState) -> list[Application]:
    wanted = states or (ApplicationState.ELIGIBLE,)
    return list(
        act.db.scalars(
            select(Application)
            .where(Application.sitting_id == row.id, Application.state.in_(wanted))
            .order_by(Application.id)
        )
    )
