"""The authority's counter: what somebody who stands there promises about work, schooling, titles and works 告知承诺."""

from __future__ import annotations

from datetime import date

from flask.typing import ResponseReturnValue
from pydantic import Field

from skills.people.actions.counter import SERVE
from skills.people.errands import Desk, Errand, WhyBody, open_desk, part, show_desk
from skills.people.queries import person
from skills.professional.actions import counter
from skills.records import queries
from skills.records.queries import EntryLine
from skills.records.rules import GRADE_WORDS, SCHOOL_WORDS
from skills.records.rules.professional import ACHIEVEMENT_WORDS
from skills.records.telling import describe
from skills.standards.queries import occupations
from skills.web.pages import Room, db

room = Room("fact_counter", __name__)


class WorkForBody(WhyBody):
    """Work that is promised; without `until` it goes on."""

    occupation_code: str = Field(min_length=1, max_length=16)
    employer: str = Field(min_length=1, max_length=80)
    since: date
    until: date | None = None


class EducationForBody(WhyBody):
    """Schooling that is promised; a `graduated_on` to come is the expected day, `occupation_code` may be empty."""

    education_kind: str = Field(max_length=24)
    school: str = Field(min_length=1, max_length=80)
    major: str = Field(min_length=1, max_length=60)
    occupation_code: str = Field(default="", max_length=16)
    graduated_on: date


class TitleForBody(WhyBody):
    """A professional title that is promised: junior, middle or senior."""

    grade: str = Field(max_length=16)
    name: str = Field(min_length=1, max_length=40)
    occupation_code: str = Field(min_length=1, max_length=16)
    awarded_on: date


class AchievementForBody(WhyBody):
    """A work that is promised: copyright (with number) or project (with role)."""

    kind: str = Field(max_length=16)
    name: str = Field(min_length=1, max_length=80)
    number: str = Field(default="", max_length=40)
    role: str = Field(default="", max_length=60)
    on: date


@room.get("/gov/people/<person_id>/facts", may=SERVE)
def desk(person_id: str) -> ResponseReturnValue:
    """What is on record of the person, and what they may promise."""
    return show_desk(
        "professional/counter.html", person_id, lines=[(line, describe(line)) for line in queries.passport(db(), person_id)],
        jobs=[(o.code, f"{o.code} {o.name}") for o in occupations(db())], schools=SCHOOL_WORDS, grades=GRADE_WORDS, works=ACHIEVEMENT_WORDS,
    )  # fmt: skip


@room.api("GET", "/people/<person_id>/facts", may=SERVE, answers=list[EntryLine])
def facts_of_person(person_id: str) -> list[EntryLine]:
    """What is on record of somebody who is present at the counter."""
    return list(queries.passport(db(), person(db(), person_id).id))


def _receipt(person_id: str) -> str:
    """What is only promised: the person signs it."""
    promised = [describe(line) for line in queries.passport(db(), person_id) if line.strength == "promised"]
    return part("professional/_receipt.html", promised=promised)


TOLD = ("已按本人承诺记入，请打印回执由本人签字", "Recorded on the person's promise; print the receipt for the signature")

open_desk(
    room, Desk("fact_counter.desk", "经历承诺", "Facts", _receipt, place=1),
    Errand("promise_work", counter.promise_work_for, "facts/work", "facts/work", TOLD, WorkForBody, status=201),
    Errand("promise_education", counter.promise_education_for, "facts/education", "facts/education", TOLD, EducationForBody, status=201),
    Errand("promise_title", counter.promise_title_for, "facts/title", "facts/title", TOLD, TitleForBody, status=201),
    Errand("promise_achievement", counter.promise_achievement_for, "facts/achievement", "facts/achievement", TOLD, AchievementForBody,
           status=201),
    Errand("take_back", counter.take_back_for, "facts/<entry_id>/take-back", "facts/<entry_id>/take-back",
           ("已替本人撤回", "Taken back for the person")),
)  # fmt: skip
