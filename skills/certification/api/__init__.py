"""Filings, exams, scores, notices and promotions for programs: the same actions as the pages."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any

from pydantic import BaseModel, Field

from skills.certification.actions import applications, awards, filings, objections, plans, promotions, scores
from skills.certification.actions import batches as batch_actions
from skills.certification.actions.applications import Applied
from skills.certification.actions.awards import Awarded
from skills.certification.actions.batches import Again
from skills.certification.actions.filings import Drafted, Numbered
from skills.certification.actions.objections import Raised
from skills.certification.actions.plans import Planned, PlanOrder
from skills.certification.actions.promotions import PromotionFiled
from skills.certification.actions.scores import Entered, Typed
from skills.certification.api import accommodations, data_reviews, examinations, incidents, results
from skills.certification.queries import batches, carried, decisions, exams, rooms
from skills.certification.queries import filings as filing_queries
from skills.certification.queries import promotions as promotion_queries
from skills.certification.queries.batches import Batch, PassLine
from skills.certification.queries.exams import CandidateLine, MyExam, NoticeLine, SheetState, SittingLine
from skills.certification.queries.filings import FilingLine
from skills.certification.queries.promotions import PromotionLine
from skills.certification.queries.rooms import RoomPlan
from skills.certification.rules.carry import Kept
from skills.certification.rules.exams import FEE, Section
from skills.certification.rules.filings import ScopeItem
from skills.certification.rules.rooms import Hour, PlannedRoom
from skills.certification.views.words import box
from skills.kernel.acts import Action
from skills.kernel.findings import Verdict
from skills.standards.rules import Level
from skills.web.amounts import Cents
from skills.web.openapi import request_key
from skills.web.pages import PUBLIC, Room, db, me, perform, today

room = Room("certification_api", __name__)
FACES = [room, results.room, data_reviews.room, examinations.room, accommodations.room, incidents.room]
SEE_PLANS = "plan.see"


class ScopeBody(BaseModel):
    """An occupation and level; an empty branch is the whole occupation. `level` a rank 1–8."""

    occupation: str
    branch: str = ""
    level: int = Field(ge=1, le=8)


class FilingBody(BaseModel):
    """A filing as it is drafted."""

    organisation_id: str
    scope: list[ScopeBody] = Field(min_length=1, max_length=2000)
    contact: str = Field(min_length=1, max_length=60)
    own_students_only: bool = False


class PromiseBody(BaseModel):
    """The promise of a filing."""

    promised: bool


class ReasonBody(BaseModel):
    """A reason."""

    reason: str = Field(max_length=400)


class RoomBody(BaseModel):
    """A room: rows from the front, columns from the door."""

    name: str = Field(min_length=1, max_length=40)
    rows: int = Field(ge=1, le=30)
    columns: int = Field(ge=1, le=30)
    step_free: bool = True


class HourBody(BaseModel):
    """When a section begins, in Shanghai, and for how many minutes."""

    section: Section
    begins: time
    minutes: int = Field(ge=1, le=720)


class PlanBody(BaseModel):
    """A plan; it may be incomplete until it is filed. Money in 分, `level` a rank 1–8, staff by account (GET /plan-staff)."""

    organisation_id: str
    occupation: str
    branch: str = ""
    level: int = Field(ge=1, le=8)
    site: str = Field(default="", max_length=200)
    registration_from: date | None = None
    registration_to: date | None = None
    held_on: date | None = None
    capacity: int = Field(ge=0, le=5000)
    fee_cents: Annotated[int, Cents(FEE)]
    examiners: list[str] = Field(default=[], max_length=100)
    invigilators: list[str] = Field(default=[], max_length=100)
    supervisors: list[str] = Field(default=[], max_length=100)
    setters: list[str] = Field(default=[], max_length=100)
    rooms: list[RoomBody] = Field(default=[], max_length=60)
    papers: int = Field(default=2, ge=1, le=4)
    hours: list[HourBody] = Field(default=[], max_length=3)


class ApplicationBody(BaseModel):
    """An application in one's own name."""

    sitting_id: str


class CandidateBody(BaseModel):
    """Somebody registered by the body, by identity document."""

    kind: str = "resident"
    number: str = Field(max_length=40)


class ScoreBody(BaseModel):
    """What was typed for one candidate: a score, or 缺考."""

    application_id: str
    text: str = Field(max_length=8)


class ScoresBody(BaseModel):
    """One's own entry of one section; all or nothing."""

    section: str
    lines: list[ScoreBody] = Field(min_length=1, max_length=5000)


class ObjectionBody(BaseModel):
    """An objection by real name."""

    application_id: str
    name: str = Field(max_length=60)
    contact: str = Field(max_length=120)
    text: str = Field(max_length=1000)


class DecisionBody(BaseModel):
    """A decision on an objection."""

    upheld: bool
    reply: str = Field(max_length=1000)


class PromotionBody(BaseModel):
    """The placing that opens the promotion, by its source in one's passport."""

    source: str = Field(max_length=80)


class ExamineBody(BaseModel):
    """The filing under which the certificate will be issued."""

    filing_id: str


class Eligibility(BaseModel):
    """Whether one may apply: every condition of the edition in force, whether one is of the body's own people, and which
    sections one passed before and need not sit again."""

    eligibility: Verdict
    own_people: Verdict
    kept: list[Kept]


@room.api("GET", "/filings", may=PUBLIC, answers=list[FilingLine])
def list_filings() -> list[FilingLine]:
    """The public register."""
    return list(filing_queries.register(db()))


@room.api("POST", "/filings", does=filings.draft, body=FilingBody, answers=Drafted, status=201)
def draft_filing(body: FilingBody) -> Drafted:
    """Draft a filing, or change one that is in draft."""
    scope = tuple(sorted({ScopeItem(s.occupation, s.branch, Level(s.level)) for s in body.scope}))
    return perform(
        filings.draft, request_key(), organisation_id=body.organisation_id, scope=scope, contact=body.contact,
        own_students_only=body.own_students_only,
    )  # fmt: skip


@room.api("POST", "/filings/<filing_id>/submit", does=filings.submit, answers=Numbered)
def submit_filing(filing_id: str) -> Numbered:
    """Hand a filing in for review."""
    return perform(filings.submit, request_key(), filing_id=filing_id)


@room.api("POST", "/filings/<filing_id>/commit", does=filings.commit, body=PromiseBody, answers=Numbered)
def commit_filing(filing_id: str, body: PromiseBody) -> Numbered:
    """File at once on a promise."""
    return perform(filings.commit, request_key(), filing_id=filing_id, promised=body.promised)


@room.api("POST", "/filings/<filing_id>/accept", does=filings.accept, answers=Numbered)
def accept_filing(filing_id: str) -> Numbered:
    """Accept a filing: it gets its number."""
    return perform(filings.accept, request_key(), filing_id=filing_id)


@room.api("POST", "/filings/<filing_id>/send-back", does=filings.send_back, body=ReasonBody, answers=FilingLine)
def send_back_filing(filing_id: str, body: ReasonBody) -> FilingLine:
    """Send a filing back with what is missing."""
    perform(filings.send_back, request_key(), filing_id=filing_id, reason=body.reason)
    return filing_queries.filing(db(), filing_id)


@room.api("GET", "/sittings", may="application.file", answers=list[SittingLine])
def list_sittings() -> list[SittingLine]:
    """Exams that take candidates today."""
    return list(exams.open_sittings(db(), today()))


@room.api("GET", "/sittings/<sitting_id>/eligibility", may="application.file", answers=Eligibility)
def get_eligibility(sitting_id: str) -> Eligibility:
    """One's own verdict for an exam: every condition, met or not, and what is missing."""
    verdict, own = decisions.verdicts(db(), sitting_id, me().person_id)
    kept = carried.kept_for(db(), sitting_id, me().person_id)
    return Eligibility(eligibility=verdict, own_people=own, kept=list(kept))


@room.api("POST", "/applications", does=applications.apply, body=ApplicationBody, answers=Applied, status=201)
def create_application(body: ApplicationBody) -> Applied:
    """Apply for an exam in one's own name."""
    return perform(applications.apply, request_key(), sitting_id=body.sitting_id)


@room.api("GET", "/me/applications", may="application.file", answers=list[MyExam])
def my_applications() -> list[MyExam]:
    """One's own applications."""
    return list(exams.my_exams(db(), me().person_id))


@room.api("POST", "/applications/<application_id>/withdraw", does=applications.withdraw, answers=MyExam)
def withdraw_application(application_id: str) -> MyExam:
    """Withdraw an application."""
    perform(applications.withdraw, request_key(), application_id=application_id)
    return exams.my_exam(db(), me().person_id, application_id)


@room.api("POST", "/plans", does=plans.plan, body=PlanBody, answers=Planned, status=201)
def create_plan(body: PlanBody) -> Planned:
    """Write an exam plan inside the filed scope."""
    order = PlanOrder(
        body.occupation, body.branch, body.level, body.site, body.registration_from, body.registration_to, body.held_on,
        body.capacity, body.fee_cents, tuple(body.examiners), tuple(body.invigilators), tuple(body.supervisors),
        tuple(PlannedRoom(r.name, r.rows, r.columns, r.step_free) for r in body.rooms), body.papers,
        tuple(Hour(h.section, f"{h.begins:%H:%M}", h.minutes) for h in body.hours), tuple(body.setters),
    )  # fmt: skip
    return perform(plans.plan, request_key(), organisation_id=body.organisation_id, order=order)


@room.api("GET", "/plans", may=SEE_PLANS, answers=list[SittingLine])
def list_plans() -> list[SittingLine]:
    """The exams of one's own bodies."""
    return list(exams.of_bodies(db(), me().actor.organisations_for(SEE_PLANS)))


@room.api("GET", "/plans/<sitting_id>/candidates", may=SEE_PLANS, answers=list[CandidateLine], by=("application_id",))
def list_candidates(sitting_id: str) -> list[CandidateLine]:
    """The candidates of an exam of one's own."""
    return list(exams.candidates(db(), _own(sitting_id)))


@room.api("GET", "/plans/<sitting_id>/rooms", may=SEE_PLANS, answers=list[RoomPlan], by=("room.position",))
def list_rooms(sitting_id: str) -> list[RoomPlan]:
    """The rooms of an exam of one's own, with who sits where."""
    return list(rooms.room_plans(db(), _own(sitting_id).id))


@room.api("GET", "/plans/<sitting_id>/sheets", may=SEE_PLANS, answers=list[SheetState], by=("section",))
def list_sheets(sitting_id: str) -> list[SheetState]:
    """How far the two entries of each section are; no score."""
    return list(exams.sheets(db(), _own(sitting_id)))


@room.api("POST", "/plans/<sitting_id>/candidates", does=applications.enlist, body=CandidateBody, answers=Applied, status=201)
def enlist(sitting_id: str, body: CandidateBody) -> Applied:
    """Register somebody for an exam of one's own body."""
    return perform(applications.enlist, request_key(), sitting_id=sitting_id, kind=body.kind, number=body.number)


@room.api("POST", "/plans/<sitting_id>/scores", does=scores.enter, body=ScoresBody, answers=Entered)
def enter_scores(sitting_id: str, body: ScoresBody) -> Entered:
    """Type scores; the first two accounts are the first and the second typist."""
    lines = tuple(Typed(line.application_id, line.text) for line in body.lines)
    return perform(scores.enter, request_key(), sitting_id=sitting_id, section=body.section, lines=lines)


def _step(path: str, action: Action[Any, Any], what: str) -> None:
    def press(sitting_id: str) -> SittingLine:
        perform(action, request_key(), sitting_id=sitting_id)
        return exams.sitting(db(), sitting_id)

    press.__name__ = f"{path.replace('-', '_')}_plan"
    press.__doc__ = what
    room.api("POST", f"/plans/<sitting_id>/{path}", does=action, answers=SittingLine)(press)


_step("file", plans.file, "File the plan with the authority.")
_step("open", plans.open_registration, "Open registration.")
_step("close", plans.close, "Close registration.")
_step("seat", plans.seat, "Give seats and tickets.")
_step("hold", plans.hold, "Note that the exam took place.")
_step("sign", scores.sign, "Sign the scores as the first of two, as somebody who neither typed nor planned.")
_step("countersign", scores.countersign, "Sign the scores off as the second of two: they are published.")
_step("end-review", awards.end_review, "End the review window.")
_step("notice", awards.give_notice, "Begin the public notice.")
_step("conclude", awards.conclude, "Conclude: numbers and certificates.")


@room.api("POST", "/plans/<sitting_id>/send-back", does=scores.send_back, body=ReasonBody, answers=SittingLine)
def send_scores_back(sitting_id: str, body: ReasonBody) -> SittingLine:
    """Take back the first signature with a reason: the scores can be typed again."""
    perform(scores.send_back, request_key(), sitting_id=sitting_id, reason=body.reason)
    return _own(sitting_id)


@room.api("GET", "/plans/<sitting_id>/certificates", may=SEE_PLANS, answers=Batch)
def plan_progress(sitting_id: str) -> Batch:
    """How far the certificates of an exam are."""
    return batches.batch(db(), _own(sitting_id))


@room.api("GET", "/plans/<sitting_id>/certificates/passes", may=SEE_PLANS, answers=list[PassLine], by=("application_id",))
def plan_passes(sitting_id: str) -> list[PassLine]:
    """Every pass of an exam: its number and stage, or what stopped it."""
    return list(batches.passes(db(), _own(sitting_id)))


@room.api("POST", "/plans/<sitting_id>/certificates/again", does=batch_actions.again, answers=Again)
def try_certificates_again(sitting_id: str) -> Again:
    """Order anew what was held, refused, left over or not printed."""
    return perform(batch_actions.again, request_key(), sitting_id=sitting_id)


@room.api("GET", "/notices", may=PUBLIC, answers=list[NoticeLine], by=("notice_to", "sitting_id"))
def list_notices() -> list[NoticeLine]:
    """Who is on public notice."""
    return list(exams.notices(db(), box(), today()))


@room.api("POST", "/objections", does=objections.raise_objection, body=ObjectionBody, answers=Raised, status=201)
def create_objection(body: ObjectionBody) -> Raised:
    """Object to a name that is on notice."""
    return perform(objections.raise_objection, request_key(), **body.model_dump())


@room.api("POST", "/objections/<objection_id>/decide", does=objections.decide, body=DecisionBody, answers=Raised)
def decide_objection(objection_id: str, body: DecisionBody) -> Raised:
    """Decide an objection."""
    perform(objections.decide, request_key(), objection_id=objection_id, upheld=body.upheld, reply=body.reply)
    return Raised(objection_id)


@room.api("POST", "/promotions", does=promotions.apply, body=PromotionBody, answers=PromotionFiled, status=201)
def create_promotion(body: PromotionBody) -> PromotionFiled:
    """Apply for the level that a placing opens."""
    return perform(promotions.apply, request_key(), source=body.source)


@room.api("GET", "/me/promotions", may="promotion.apply", answers=list[PromotionLine])
def my_promotions() -> list[PromotionLine]:
    """One's own applications for promotion."""
    return list(promotion_queries.of_person(db(), me().person_id))


@room.api("POST", "/promotions/<promotion_id>/examine", does=promotions.examine, body=ExamineBody, answers=list[PromotionLine])
def examine_promotion(promotion_id: str, body: ExamineBody) -> list[PromotionLine]:
    """Examine an application and name the issuing body."""
    perform(promotions.examine, request_key(), promotion_id=promotion_id, filing_id=body.filing_id)
    return [p for p in promotion_queries.for_bureau(db()) if p.id == promotion_id]


@room.api("POST", "/promotions/<promotion_id>/grant", does=promotions.grant, answers=Awarded)
def grant_promotion(promotion_id: str) -> Awarded:
    """Grant an examined promotion, as a second person."""
    return perform(promotions.grant, request_key(), promotion_id=promotion_id)


def _own(sitting_id: str) -> SittingLine:
    return exams.sitting(db(), sitting_id, me().actor.organisations_for(SEE_PLANS))


from skills.certification.api import day as day  # noqa: E402 - its doors are of this room
from skills.certification.api import duties as duties  # noqa: E402
from skills.certification.api import filing_changes as filing_changes  # noqa: E402
from skills.certification.api import norms as norms  # noqa: E402
from skills.certification.api import online as online  # noqa: E402
from skills.certification.api import panels as panels  # noqa: E402
from skills.certification.api import rechecks as rechecks  # noqa: E402
