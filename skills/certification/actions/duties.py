"""The staff of an exam as people: named, told, replaced; examiners say to whom they are too near."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from skills.certification.actions.moves import reason_of, sitting_for
from skills.certification.models import Application, DutyTie, Sitting, SittingDuty
from skills.certification.queries.accommodations import deciders
from skills.certification.queries.duties import SEAT, SEE, UPCOMING, could_serve, free, judged_by, tied, undeclared
from skills.certification.rules.duties import TIE_WORDS, Duty, at_once
from skills.certification.states import SITTING, ApplicationState, SittingState
from skills.kernel.acts import Act, action
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.standards.queries import occupation, value
from skills.standards.rules import Level

REPLACED = (SittingState.FILED, SittingState.OPEN, SittingState.CLOSED, SittingState.SEATED)


@dataclass(frozen=True)
class Said:
    """What an examiner says of a candidate: kind one of TIE_WORDS."""

    application_id: str
    kind: str


@dataclass(frozen=True)
class Declared:
    """How many candidates an examiner is too near to, of how many."""

    ties: int
    of: int


@dataclass(frozen=True)
class Replaced:
    """The new row of a duty."""

    duty_id: str


@action("duty.replace", may="plan.make")
def replace(act: Act, sitting_id: str, duty_id: str, account_id: str, reason: str) -> Replaced:
    """Name somebody else for a duty of a filed exam: until it has taken place, and an examiner also while marks are given. Both are told.

    Raises Missing, Refusal("duty.not_here" | "duty.twice" | "duty.not_now" | "duty.ties" | "accommodation.decided_here").
    """
    row = sitting_for(act, sitting_id, "plan.make")
    judges = act.find(SittingDuty, id=duty_id, sitting_id=row.id, duty=Duty.EXAMINER) is not None
    if row.state not in REPLACED and not (judges and row.state == SittingState.HELD):
        zh, en = SITTING.words[SittingState(row.state)]
        raise Refusal("duty.not_now", state=zh, state_en=en)
    wait_exclusive(act.db, f"duties:{row.id}")
    held = act.find(SittingDuty, id=duty_id, sitting_id=row.id, ended_at=None)
    if held is None:
        raise Missing("sitting_duty.unknown")
    duty = Duty(held.duty)
    names = {one: [account for account in accounts if account != held.account_id or one is not duty] for one, accounts in _named(act, row.id).items()}
    if account_id in names[duty]:
        raise Refusal("duty.twice")
    names[duty].append(account_id)
    _can_serve(act, row.organisation_id, {duty: (account_id,)})
    if account_id in at_once(names):
        raise Refusal("duty.twice")
    held.ended_at, held.ended_why = act.at, reason_of(reason)
    act.db.flush()
    made = _add(act, act.new_id(), row.id, duty, account_id)
    if judges and row.state in (SittingState.SEATED, SittingState.HELD):  # whoever comes now was not asked when seats were given
        act.db.flush()
        if account_id in deciders(act.db, row.id):
            raise Refusal("accommodation.decided_here")
        seated = select(Application).where(Application.sitting_id == row.id, Application.state != ApplicationState.WITHDRAWN)
        tied(act.db, row, account_id, act.today, act.db.scalars(seated).all()).or_refuse()
    _tell(act, row, "duty.replaced", held.account_id, duty)
    _tell(act, row, "duty.named", account_id, duty)
    act.note("duty.replace", sitting=row.id, duty=duty.value, gone=held.id, id=made.id)
    return Replaced(made.id)


@action("duty.declare", may=SEE)
def declare(act: Act, sitting_id: str, ties: tuple[Said, ...]) -> Declared:
    """Say as an examiner to whom of the candidates registered so far one is too near; nobody named: to none of them.

    What was said before is replaced. Raises Missing, Refusal("duty.tie_kind" | "duty.not_now").
    """
    asked = {one.application_id: one for one in judged_by(act.db, sitting_id, act.actor.account)}
    row = act.get(Sitting, id=sitting_id)
    if row.state not in UPCOMING:
        zh, en = SITTING.words[SittingState(row.state)]
        raise Refusal("duty.not_now", state=zh, state_en=en)
    duty = act.get(SittingDuty, sitting_id=sitting_id, account_id=act.actor.account, duty=Duty.EXAMINER, ended_at=None)
    for one in ties:
        if one.application_id not in asked:
            raise Missing("application.unknown")
        if one.kind not in TIE_WORDS:
            raise Refusal("duty.tie_kind")
    said = {one.application_id: one.kind for one in ties}
    for old in act.db.scalars(select(DutyTie).where(DutyTie.duty_id == duty.id, DutyTie.ended_at.is_(None))).all():
        if said.get(old.application_id) == old.kind:
            del said[old.application_id]
        else:
            old.ended_at = act.at
    act.db.flush()
    for application_id, kind in said.items():
        act.add(DutyTie(id=act.new_id(), duty_id=duty.id, application_id=application_id, kind=kind, said_at=act.at))
    duty.declared_at = act.at
    act.note("duty.declare", sitting=sitting_id, id=duty.id, count=len(ties))
    if ties:
        send(act, organisation_id=row.organisation_id, code="duty.tie_said", day=row.held_on, exam=_title(act, row), count=len(ties))
    return Declared(len(ties), len(asked))


def keep(act: Act, row: Sitting, names: Mapping[Duty, Sequence[str]]) -> None:
    """The staff of a plan as it says now. Raises Refusal("duty.not_here") for who has no such role at the body."""
    wanted = {(duty, one) for duty, accounts in names.items() for one in accounts}
    held = {(Duty(r.duty), r.account_id): r for r in act.db.scalars(select(SittingDuty).where(SittingDuty.sitting_id == row.id))}
    _can_serve(act, row.organisation_id, {duty: [one for one in accounts if (duty, one) not in held] for duty, accounts in names.items()})
    for key, gone in held.items():
        if key not in wanted:
            act.db.delete(gone)
    act.db.flush()
    new = [(duty, one) for duty, accounts in names.items() for one in dict.fromkeys(accounts) if (duty, one) not in held]
    for row_id, (duty, one) in zip(sorted(act.new_ids(len(new))), new, strict=True):  # ids in the order of names
        _add(act, row_id, row.id, duty, one)


def tell_named(act: Act, row: Sitting) -> None:
    """Tell everybody who is named that they serve. Raises Refusal("duty.not_here") for who has left since."""
    names = _named(act, row.id)
    _can_serve(act, row.organisation_id, names)
    for duty, accounts in names.items():
        for one in accounts:
            _tell(act, row, "duty.named", one, duty)


def ask(act: Act, row: Sitting) -> None:
    """Registration is over: ask examiners whom they are too near to, and tell the body what its records say already."""
    for one in _named(act, row.id)[Duty.EXAMINER]:
        _tell(act, row, "duty.declare", one, Duty.EXAMINER)
    verdict = free(act.db, row, act.today)
    if not verdict:
        send(
            act, organisation_id=row.organisation_id, code="duty.ties_found", day=row.held_on, exam=_title(act, row),
            count=len(verdict.findings),
        )  # fmt: skip


def free_to_seat(act: Act, row: Sitting, candidates: Sequence[Application], late: bool = False) -> None:
    """Nobody gets a seat before an examiner who is too near; whoever adds a candidate late asks it again for that one.

    late  nobody can have declared about somebody who comes just now: it is asked again when marks are given

    Raises Refusal("duty.ties") with each pair, and ("duty.undeclared") where policy wants declarations first.
    """
    free(act.db, row, act.today, candidates).or_refuse()
    if not late and value(act.db, "duty.declaration", act.today) == SEAT and (names := undeclared(act.db, row.id)):
        raise Refusal("duty.undeclared", names="、".join(names))


def _named(act: Act, sitting_id: str) -> dict[Duty, list[str]]:
    found: dict[Duty, list[str]] = {duty: [] for duty in Duty}
    chosen = select(SittingDuty).where(SittingDuty.sitting_id == sitting_id, SittingDuty.ended_at.is_(None)).order_by(SittingDuty.id)
    for row in act.db.scalars(chosen):
        found[Duty(row.duty)].append(row.account_id)
    return found


def _can_serve(act: Act, organisation_id: str, names: Mapping[Duty, Sequence[str]]) -> None:
    if not any(names.values()):
        return
    able = could_serve(act.db, organisation_id)
    for duty, accounts in names.items():
        if set(accounts) - {one.account_id for one in able[duty]}:
            zh, en = duty.words
            raise Refusal("duty.not_here", duty=zh, duty_en=en)


def _add(act: Act, row_id: str, sitting_id: str, duty: Duty, account_id: str) -> SittingDuty:
    return act.add(
        SittingDuty(
            id=row_id, sitting_id=sitting_id, duty=duty.value, account_id=account_id, named_by=act.actor.account, named_at=act.at
        )
    )


def _tell(act: Act, row: Sitting, code: str, account_id: str, duty: Duty) -> None:
    zh, en = duty.words
    send(act, account_id=account_id, code=code, day=row.held_on, exam=_title(act, row), site=row.site, duty=zh, duty_en=en)


def _title(act: Act, row: Sitting) -> str:
    return f"{occupation(act.db, row.occupation).name} {Level(row.level).wording}"
