"""Re-tests 抽查复核: certificates drawn by a seed at the body's rate, held by examiners of others, heard, and counted or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from skills.accounts.queries import organisation
from skills.certification.queries import awarded
from skills.credentials.queries.sampling import announcement
from skills.credentials.rules.sampling import Case, draw
from skills.kernel.acts import Act, action
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.kernel.lots import ranking
from skills.messages.actions import send
from skills.records.rules.marks import read_score
from skills.standards.calendar import add_working_days
from skills.standards.queries import value
from skills.supervision.actions.steps import words
from skills.supervision.models import Retest, RetestDraw
from skills.supervision.queries import retests as queries
from skills.supervision.queries import trust
from skills.supervision.rules.retests import EXAMINERS, PLANNED, digest, may_close, passed, size_of
from skills.supervision.states.retests import RETEST, RETEST_DRAW

PLAN, MARK, CLOSE, OWN = "retest.plan", "retest.mark", "retest.close", "application.file"


@dataclass(frozen=True)
class RetestsPlanned:
    """A draw that was put on record, and how many it will draw."""

    draw_id: str
    size: int


@dataclass(frozen=True)
class RetestsDrawn:
    """Re-tests that were drawn."""

    retest_ids: tuple[str, ...]


@dataclass(frozen=True)
class Retested:
    """A re-test after an act upon it."""

    retest_id: str
    state: str


@action("retest.plan", may=PLAN)
def plan(act: Act, organisation_id: str, since: date, until: date) -> RetestsPlanned:
    """Put on record which certificates of a body's exams of these days are drawn from: as many as its rate of today says.

    Raises Missing("organisation.unknown"), Refusal("retest_draw.days" | "retest_draw.nothing" | "retest_draw.nobody").
    """
    body = organisation(act.db, organisation_id)
    bounds = act.actor.districts_for(PLAN)
    if bounds is not None and body.district not in bounds:
        raise Missing("organisation.unknown")
    if not since <= until <= act.today:
        raise Refusal("retest_draw.days", today=act.today)
    wait_exclusive(act.db, f"retest_draw:{organisation_id}")
    awards = queries.drawable(act.db, organisation_id, since, until)
    if not awards:
        raise Refusal("retest_draw.nothing")
    examiners = queries.examiners(act.db, organisation_id)
    barred = sorted(list(pair) for pair in queries.ties(act.db, organisation_id, awards, examiners))
    rate = trust.now(act.db, organisation_id, act.today).rate
    size = size_of(len(awards), rate)
    for award_id, number in awards:
        _two("", number, award_id, examiners, barred)
    row = act.add(
        RetestDraw(
            id=act.new_id(), organisation_id=organisation_id, district=body.district, state=RETEST_DRAW.start, since=since, until=until,
            rate=rate, size=size, awards=[list(one) for one in awards], examiners=examiners, barred=barred,
            digest=digest(awards, examiners, barred, rate), planned_by=act.actor.account, planned_at=act.at, proof={},
        )
    )  # fmt: skip
    act.note(PLANNED, id=row.id, population=row.digest, size=size, rate=rate)
    return RetestsPlanned(row.id, size)


def _two(seed: str, number: str, award_id: str, examiners: list[Any], barred: list[Any]) -> list[str]:
    ties = {(account, one) for account, one in barred}
    free = ranking(seed, number, [a for a in examiners if (a, award_id) not in ties])[:EXAMINERS]
    if len(free) < EXAMINERS:
        raise Refusal("retest_draw.nobody", number=number)
    return free


@action("retest.draw", may=PLAN)
def draw_now(act: Act, draw_id: str) -> RetestsDrawn:
    """Draw certificates and examiners by the first signed head over the plan.

    Raises Missing("retest_draw.unknown"), Refusal("retest_draw.cannot_draw" | "retest_draw.not_yet").
    """
    row = act.get(RetestDraw, id=draw_id)
    _within(act, row.district, PLAN, "retest_draw.unknown")
    RETEST_DRAW.check(row.state, "draw")
    said = announcement(act.db, row.id, row.planned_at, PLANNED)
    if said is None:
        raise Refusal("retest_draw.not_yet")
    seed = said.seed()
    proof = {"entry": said.entry, "index": said.index, "hashes": list(said.hashes)}
    act.move(row, RETEST_DRAW, "draw", seed=seed, checkpoint=said.checkpoint, proof=proof, drawn_at=act.at)
    known = {number: award_id for award_id, number in row.awards}
    made = []
    for place, one in enumerate(draw([Case(number, 1) for number in known], seed, row.size), 1):
        first, second = _two(seed, one.number, known[one.number], row.examiners, row.barred)
        if act.find(Retest, award_id=known[one.number]) is not None:
            raise Refusal("retest_draw.drawn_already", number=one.number)
        retest = act.add(
            Retest(
                id=act.new_id(), draw_id=row.id, place=place, award_id=known[one.number], organisation_id=row.organisation_id,
                district=row.district, state=RETEST.start, first_examiner=first, second_examiner=second, marks={},
            )
        )  # fmt: skip
        act.note("retest.assign", id=retest.id, first=first, second=second)
        made.append(retest.id)
    return RetestsDrawn(tuple(made))


@action("retest.call", may=PLAN)
def call(act: Act, retest_id: str, held_on: date, site: str) -> Retested:
    """Say day and place: the candidate and both examiners are told. May be said anew before it is held.

    Raises Missing("retest.unknown"), Refusal("retest.cannot_call" | "retest.too_soon").
    """
    row = act.get(Retest, id=retest_id)
    _within(act, row.district, PLAN, "retest.unknown")
    least = add_working_days(act.today, int(value(act.db, "retest.notice_days", act.today)))
    if held_on < least:
        raise Refusal("retest.too_soon", day=least)
    act.move(row, RETEST, "call", held_on=held_on, site=words(site, 200))
    award = awarded.one(act.db, row.award_id)
    send(act, code="retest.told_call", person_id=award.person_id, number=award.number, day=held_on, site=row.site)
    for account in (row.first_examiner, row.second_examiner):
        send(act, code="retest.told_examiner", account_id=account, day=held_on, site=row.site, id=row.id)
    return Retested(row.id, row.state)


@action("retest.mark", may=MARK)
def mark(act: Act, retest_id: str, marks: tuple[tuple[str, str], ...]) -> Retested:
    """Give one's own marks, (section, text) each, as one of the two drawn; with the second the result stands beside the certificate's.

    Raises Missing("retest.unknown"), Refusal("retest.cannot_mark" | "retest.not_yet" | "retest.sections" | "retest.marked_already").
    """
    row = act.find(Retest, id=retest_id)
    if row is None or act.actor.account not in (row.first_examiner, row.second_examiner):
        raise Missing("retest.unknown")
    RETEST.check(row.state, "mark")
    if row.held_on is None or act.today < row.held_on:
        raise Refusal("retest.not_yet", day=row.held_on)
    if act.actor.account in row.marks:
        raise Refusal("retest.marked_already")
    award = awarded.one(act.db, row.award_id)
    given = {section: read_score(text, award.score_steps[section]).hundredths for section, text in marks if section in award.score_steps}
    if set(given) != set(award.score_steps) or len(marks) != len(given):
        raise Refusal("retest.sections")
    both = {**row.marks, act.actor.account: given}
    if len(both) < EXAMINERS:
        if not act.alter(row, Retest.state == row.state, marks=both):
            raise Refusal("retest.changed_meanwhile")
        act.note("retest.marks", id=row.id)
        return Retested(row.id, row.state)
    good = passed(list(both.values()), award.score_steps, award.pass_mark)
    until = add_working_days(act.today, int(value(act.db, "retest.hearing_days", act.today)))
    act.move(row, RETEST, "mark", marks=both, passed=good, marked_at=act.at, heard_by=until)
    act.note("retest.result", id=row.id, passed=good)
    code = "retest.told_passed" if good else "retest.told_failed"
    send(act, code=code, person_id=award.person_id, number=award.number, until=until)
    send(act, code=f"{code}_body", organisation_id=row.organisation_id, number=award.number)
    return Retested(row.id, row.state)


@action("retest.say", may=OWN)
def say(act: Act, retest_id: str, text: str) -> Retested:
    """Be heard on the result of one's own re-test, once, within its days. Raises Missing("retest.unknown"), Refusal("retest.hearing_over")."""
    row = act.find(Retest, id=retest_id)
    if row is None or awarded.one(act.db, row.award_id).person_id != act.actor.person:
        raise Missing("retest.unknown")
    if row.heard_by is None or act.today > row.heard_by or row.said is not None or row.closed_by is not None:
        raise Refusal("retest.hearing_over")
    row.said = words(text)
    act.db.flush()
    return Retested(row.id, row.state)


@action("retest.close", may=CLOSE)
def close(act: Act, retest_id: str, counted: bool, reason: str) -> Retested:
    """Say whether the result counts for the trust of the body, once the candidate was heard or let the time pass.

    The certificate stays as it is: a failed re-test may be followed by a correction of the score or a revocation, each on its own way.
    Raises Missing("retest.unknown"), Refusal("retest.cannot_close" | "retest.hearing").
    """
    row = act.get(Retest, id=retest_id)
    _within(act, row.district, CLOSE, "retest.unknown")
    RETEST.check(row.state, "close")
    may_close(row.said is not None, row.heard_by or act.today, act.today).or_refuse()
    act.move(row, RETEST, "close", counted=counted, reason=words(reason, 400), closed_by=act.actor.account)
    award = awarded.one(act.db, row.award_id)
    send(act, code="retest.told_closed", person_id=award.person_id, number=award.number)
    return Retested(row.id, row.state)


def _within(act: Act, district: str, right: str, code: str) -> None:
    bounds = act.actor.districts_for(right)
    if bounds is not None and district not in bounds:
        raise Missing(code)
