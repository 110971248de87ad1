"""The authority's counter: exams of somebody who stands there, applied for, given up, the admission ticket 准考证 to take home;
promotions by competition.
"""

from __future__ import annotations

from datetime import date

from flask.typing import ResponseReturnValue
from pydantic import Field

from skills.certification.actions import counter, previous, rescheduling, reviews
from skills.certification.queries import carried, decisions, exams
from skills.certification.queries import promotions as promotion_queries
from skills.certification.queries.exams import MyExam
from skills.certification.queries.promotions import PromotionLine
from skills.certification.rules.eligibility import condition_met
from skills.certification.rules.exams import Section
from skills.certification.states import ApplicationState, PromotionState
from skills.certification.views import day, results
from skills.certification.views.words import words
from skills.people.actions.counter import SERVE
from skills.people.errands import Desk, Errand, WhyBody, open_desk, part, show_desk
from skills.people.queries import person
from skills.records.rules.levels import LEVELS
from skills.standards.queries import occupations
from skills.web.pages import Room, db, today

room = Room("exam_counter", __name__)
room.context_processor(words)


class FileForBody(WhyBody):
    """The exam that is applied for."""

    sitting_id: str = Field(max_length=26)


class PromotionForBody(WhyBody):
    """The placing that opens the promotion, by its source in the person's passport."""

    source: str = Field(min_length=1, max_length=80)


class LevelForBody(WhyBody):
    """A level certificate whose paper was seen. occupation_code: today's or an older one; level: its rank, 2 (五级) to 7 (特级技师)."""

    occupation_code: str = Field(max_length=16)
    level: int
    number: str = Field(max_length=40)
    issued_on: date
    issuer: str = Field(max_length=80)


class ReviewForBody(WhyBody):
    """Which score is to be counted again, and why."""

    section: Section
    text: str = Field(min_length=1, max_length=400)


@room.get("/gov/people/<person_id>/exams", may=SERVE)
def desk(person_id: str) -> ResponseReturnValue:
    """The person's applications, and the exams that take candidates."""
    mine = exams.my_exams(db(), person_id)
    taken = {m.sitting.id for m in mine if m.state != ApplicationState.WITHDRAWN}
    found = [s for s in exams.open_sittings(db(), today()) if s.id not in taken]
    return show_desk("certification/counter.html", person_id, mine=mine, open=found, levels=LEVELS, skills=occupations(db(), "skill"))


@room.get("/gov/people/<person_id>/exams/<sitting_id>", may=SERVE)
def sitting(person_id: str, sitting_id: str) -> ResponseReturnValue:
    """An exam with the person's verdict: every condition, met or not."""
    line = exams.sitting(db(), sitting_id)
    verdict, own = decisions.verdicts(db(), sitting_id, person_id)
    return show_desk(
        "certification/counter_sitting.html", person_id, s=line, verdict=verdict, own=own, met=condition_met(verdict),
        takes=line.takes(today()), kept=carried.kept_for(db(), sitting_id, person_id),
    )  # fmt: skip


@room.get("/gov/people/<person_id>/applications/<application_id>", may=SERVE)
def application(person_id: str, application_id: str) -> ResponseReturnValue:
    """How far an application is, its scores once they are told, and the admission ticket."""
    line = exams.my_exam(db(), person_id, application_id)
    return show_desk(
        "certification/counter_application.html", person_id, m=line, s=line.sitting, told_scores=line.sitting.state in exams.TOLD,
        **results.of_candidate(line), **day.of_candidate(line),
    )  # fmt: skip


@room.get("/gov/people/<person_id>/promotions", may=SERVE, name="promotions")
def promotions(person_id: str) -> ResponseReturnValue:
    """What the person's placings open, and what was applied for."""
    mine = promotion_queries.of_person(db(), person_id)
    return show_desk(
        "certification/counter_promotions.html", person_id, mine=mine, offers=decisions.open_offers(db(), person_id, today())
    )


@room.api("GET", "/people/<person_id>/promotions", may=SERVE, answers=list[PromotionLine])
def promotions_of_person(person_id: str) -> list[PromotionLine]:
    """Applications for promotion of somebody who is present at the counter."""
    return list(promotion_queries.of_person(db(), person(db(), person_id).id))


@room.api("GET", "/people/<person_id>/applications", may=SERVE, answers=list[MyExam])
def applications_of_person(person_id: str) -> list[MyExam]:
    """Applications for exams of somebody who is present at the counter, with seat and ticket."""
    return list(exams.my_exams(db(), person(db(), person_id).id))


def _receipt(person_id: str) -> str:
    """What is under way: an exam that was passed stands there as its certificate."""
    over = (ApplicationState.WITHDRAWN, ApplicationState.FAILED, ApplicationState.VOID)
    mine = [m for m in exams.my_exams(db(), person_id) if m.state not in over and not m.number]
    return part("certification/_receipt.html", mine=mine, **words())


def _promotions(person_id: str) -> str:
    """What is under way: one that was granted stands there as its certificate."""
    mine = [p for p in promotion_queries.of_person(db(), person_id) if p.state in (PromotionState.APPLIED, PromotionState.EXAMINED)]
    return part("certification/_promotion_receipt.html", mine=mine, **words())


open_desk(
    room, Desk("exam_counter.desk", "考试", "Exams", _receipt),
    Errand("file", counter.file_for, "exams/<sitting_id>/apply", "applications",
           ("已替本人申报，请打印回执", "Applied for the person; print the receipt"), FileForBody, status=201),
    Errand("withdraw", counter.withdraw_for, "applications/<application_id>/withdraw", "applications/<application_id>/withdraw",
           ("已替本人撤回申报", "The application is withdrawn")),
    Errand("review", reviews.ask_for, "applications/<application_id>/review", "applications/<application_id>/reviews",
           ("已替本人申请成绩复核，请打印回执", "A review was asked for; print the receipt"), ReviewForBody, status=201),
    Errand("reschedule", rescheduling.reschedule_for, "applications/<application_id>/reschedule", "applications/<application_id>/reschedule",
           ("已替本人改期，请打印回执", "Moved to another exam; print the receipt"), FileForBody, status=201),
    Errand("enter_level", previous.enter_for, "levels", "levels",
           ("已核验原件并记入技能档案", "Seen and entered in the passport"), LevelForBody, status=201),
)  # fmt: skip
open_desk(
    room, Desk("exam_counter.promotions", "竞赛晋升", "Promotions", _promotions, place=1),
    Errand("promote", counter.promote_for, "promotions", "promotions",
           ("已替本人申请晋升，请打印回执", "Applied for the person; print the receipt"), PromotionForBody, status=201),
)  # fmt: skip
