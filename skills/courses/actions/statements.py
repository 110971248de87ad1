"""Statements of learning platforms: kept once, handed in as a return of one row where they say a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Select, select

from skills.courses.models import Course, CourseClass, Enrolment, LearnerCard, XapiStatement
from skills.courses.queries import attendance as attended
from skills.courses.rules.statements import RESULTS, Said, Verb, hours
from skills.courses.states import EnrolmentState
from skills.courses.states.statements import STATEMENT, StatementState
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.canon import digest, plain
from skills.kernel.clock import shanghai_day
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.people import queries as people
from skills.returns.actions import removals, single
from skills.returns.kinds import FILE
from skills.returns.rules.amending import reason_given
from skills.standards import queries as standards
from skills.vouchers import queries as vouchers

FORM = "xapi"
DECIDE = "waiver.decide"
WHOLE = Decimal(100)


@dataclass(frozen=True)
class Kept:
    """Statements by their ids, in the order in which they came, and where each stands."""

    ids: tuple[str, ...]
    states: tuple[str, ...]


@dataclass(frozen=True)
class Waived:
    """A waiver and what was decided."""

    statement_id: str
    state: str
    receipt: str = ""


@action("xapi.record", may=FILE)
def record(act: Act, institution_id: str, statements: tuple[Said, ...]) -> Kept:
    """Keep statements of an institution's platform; all of them, or none.

    The same statement again changes nothing; one that the rules of completion held is asked anew.
    Raises Missing("xapi.learner_unknown" | "xapi.statement_unknown"), Refusal("xapi.conflict") for a known id that says
    something else.
    """
    act.require(FILE, institution_id)
    rows = [_keep(act, institution_id, said) for said in statements]
    return Kept(tuple(s.statement_id for s in statements), tuple(r.state for r in rows))


@action("xapi.grant_waiver", may=DECIDE)
def grant_waiver(act: Act, statement_id: str, score: Decimal, reason: str) -> Waived:
    """Agree that somebody need not attend: the place is completed with the hours of the course and this score.

    statement_id  id of the row
    Nothing is paid for what was not taught: a place that a voucher is used for is refused.
    Raises Missing("xapi_statement.unknown"), Refusal("change.reason_needed" | "waiver.with_voucher" | "change.has_errors").
    """
    row, place = _to_decide(act, statement_id, "grant", reason)
    if place.redemption_id and vouchers.states_of(act.db, [place.redemption_id]).get(place.redemption_id) == "redeemed":
        raise Refusal("waiver.with_voucher")
    held = act.get(CourseClass, id=place.class_id)
    course = act.get(Course, id=held.course_id)
    done = _hand_in(act, row, place, Decimal(course.hours), score, None, True, shanghai_day(act.at).isoformat())
    if done.errors:
        raise Refusal("change.has_errors", count=len(done.errors), codes="、".join(sorted({f.code for f in done.errors})))
    if done.same:
        raise Refusal("change.nothing_new")
    act.move(row, STATEMENT, "grant", return_id=done.return_id, **_decided(act, reason))
    send(act, code="waiver.told_granted", organisation_id=row.institution_id, receipt=done.receipt, reason=reason.strip()[:200])
    return Waived(row.id, row.state, done.receipt)


@action("xapi.refuse_waiver", may=DECIDE)
def refuse_waiver(act: Act, statement_id: str, reason: str) -> Waived:
    """Say no to a waiver, with the reason: the place stands as it was."""
    row, _ = _to_decide(act, statement_id, "refuse", reason)
    act.move(row, STATEMENT, "refuse", **_decided(act, reason))
    send(act, code="waiver.told_refused", organisation_id=row.institution_id, reason=reason.strip()[:200])
    return Waived(row.id, row.state)


def _keep(act: Act, institution_id: str, said: Said) -> XapiStatement:
    told = digest(said.body)
    row = act.find(XapiStatement, institution_id=institution_id, statement_id=said.statement_id)
    if row is not None:
        if row.digest != told:
            raise Refusal("xapi.conflict", id=said.statement_id)
        if row.state == StatementState.HELD:
            _report(act, row, act.get(Enrolment, id=row.enrolment_id), said)
        return row
    place = _place(act, institution_id, said)
    held = act.get(CourseClass, id=place.class_id)
    row_id = act.new_id()
    row = act.add(
        XapiStatement(
            id=row_id, institution_id=institution_id, statement_id=said.statement_id, enrolment_id=place.id, district=held.district,
            verb=said.verb, refers_to=said.refers_to, digest=told, body=act.using(Box).seal(said.body, f"xapi_statement:{row_id}", place.person_id),
            state=StatementState.NOTED, stored_by=act.actor.account, stored_at=act.at,
        )
    )  # fmt: skip
    act.note("xapi.keep", id=row.id, verb=said.verb)
    if said.verb is Verb.VOIDED:
        _void(act, institution_id, said)
    elif act.db.scalar(_taken_back(institution_id, said.statement_id)):
        act.move(row, STATEMENT, "void")  # it was taken back before it came
    elif said.verb in RESULTS and said.score is not None and said.seconds is not None:
        _report(act, row, place, said)
    elif said.verb is Verb.WAIVED:
        act.move(row, STATEMENT, "ask")
    return row


def _taken_back(institution_id: str, statement_id: str) -> Select[str]:
    chosen = select(XapiStatement.id).where(XapiStatement.institution_id == institution_id, XapiStatement.refers_to == statement_id)
    return chosen.limit(1)


def _report(act: Act, row: XapiStatement, place: Enrolment, said: Said) -> None:
    """Hand a result in, by the very rules of a return; what they find stays with the statement."""
    minutes = int(standards.value(act.db, "course.minutes_per_hour", act.today))
    day = shanghai_day(said.at or act.at).isoformat()
    assert said.seconds is not None and said.score is not None  # noqa: S101, PT018 - asked by the caller
    done = _hand_in(act, row, place, hours(said.seconds, minutes), said.score, said.progress, said.verb is not Verb.FAILED, day)
    if done.return_id:
        act.move(row, STATEMENT, "file", return_id=done.return_id, findings={})
    elif done.errors:
        found = {"errors": [{"code": f.code, "column": f.column, "facts": plain(dict(f.facts))} for f in done.errors]}
        if row.state == StatementState.NOTED:
            act.move(row, STATEMENT, "hold", findings=found)
        else:
            act.alter(row, XapiStatement.state == StatementState.HELD, findings=found)


def _hand_in(
    act: Act, row: XapiStatement, place: Enrolment, hours_: Decimal, score: Decimal, progress: Decimal | None, passed: bool, day: str
) -> single.Single:
    held = act.get(CourseClass, id=place.class_id)
    course = act.get(Course, id=held.course_id)
    document = people.printed_document(act.db, act.using(Box), place.person_id)
    kept = attended.count_of(act.db, held.id, place.person_id)
    cells: Mapping[str, str] = {
        "name": people.person(act.db, place.person_id).name, "document_kind": document.kind_word, "document": document.number,
        "class": held.number, "hours": f"{min(hours_, Decimal(course.hours)):f}",
        "attendance": f"{kept.percent if kept else progress if progress is not None else WHOLE:f}", "score": f"{score:f}",
        "completed_on": day, "outcome": "合格" if passed else "不合格",
    }  # fmt: skip
    return single.hand_in(
        act, "completions", row.institution_id, cells, form=FORM, name=f"xAPI {row.statement_id}", digest=row.digest
    )


def _void(act: Act, institution_id: str, said: Said) -> None:
    """A platform takes a statement back: the row that it became is made void, by the same two people as any other.

    A row that does not stand is left alone. So is a statement that itself takes one back: it cannot be taken back. One that
    has not come yet is not applied when it comes (xAPI 1.0.3, part two 2.3.2).
    """
    earlier = act.find(XapiStatement, institution_id=institution_id, statement_id=said.refers_to)
    if earlier is None or earlier.verb == Verb.VOIDED:
        return
    if earlier.return_id is None and earlier.state in (StatementState.NOTED, StatementState.HELD, StatementState.WAITING):
        act.move(earlier, STATEMENT, "void")
    elif earlier.return_id is not None:
        removals.take_back(act, earlier.return_id, said.reason or f"xAPI {said.statement_id}")


def _place(act: Act, institution_id: str, said: Said) -> Enrolment:
    """The place that a statement is about, in a class of this institution alone."""
    place: Enrolment | None = None
    if said.verb is Verb.VOIDED:
        earlier = act.find(XapiStatement, institution_id=institution_id, statement_id=said.refers_to)
        if earlier is not None:
            return act.get(Enrolment, id=earlier.enrolment_id)
        if not said.place:  # a card alone does not say which class
            raise Missing("xapi.statement_unknown")
    if said.place:
        place = act.find(Enrolment, id=said.place)
    elif (card := act.find(LearnerCard, number=said.card)) is not None:
        held = act.find(CourseClass, number=said.class_number)
        place = act.find(Enrolment, class_id=held.id, person_id=card.person_id, left_at=None) if held else None
    if place is None or act.get(CourseClass, id=place.class_id).institution_id != institution_id:
        raise Missing("xapi.learner_unknown")
    return place


def _to_decide(act: Act, statement_id: str, move: str, reason: str) -> tuple[XapiStatement, Enrolment]:
    row = act.find(XapiStatement, id=statement_id)
    bounds = act.actor.districts_for(DECIDE)
    if row is None or (bounds is not None and row.district not in bounds):
        raise Missing("xapi_statement.unknown")
    STATEMENT.check(row.state, move)
    reason_given(reason).or_refuse()
    place = act.get(Enrolment, id=row.enrolment_id)
    if move == "grant" and place.state != EnrolmentState.ATTENDING:
        raise Refusal("waiver.not_attending")
    return row, place


def _decided(act: Act, reason: str) -> dict[str, object]:
    return {"decided_by": act.actor.account, "decided_at": act.at, "answer": reason.strip()[:400]}
