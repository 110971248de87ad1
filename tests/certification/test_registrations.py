"""Who is registered and who is not: ages, consent, a college's own students, one person at two bodies in one second."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from copy import copy
from datetime import date, timedelta
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.certification.actions import applications, employments, filings, members, plans
from skills.certification.models import Application
from skills.certification.queries import members as queries
from skills.certification.rules.filings import EMPLOYEE, Belonging, own_people
from skills.certification.rules.numbers import BodyKind
from skills.kernel.errors import Forbidden, Missing, Refusal
from skills.messages.models import Message
from skills.people.actions import register_person
from skills.people.actions.register import record_consent
from skills.records.actions import state_fact
from skills.records.rules import Education, Standing, to_json
from tests.certification.stage import JOB, Stage
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.world import World

__all__ = ["visitors"]


def college(world: World) -> Stage:
    """A college that filed to assess its own students alone."""
    stage = Stage(world, "college")
    made = world.perform(
        filings.draft, actor=stage.admin, organisation_id=stage.body, scope=stage.scope(), contact="王工", own_students_only=True
    )
    world.perform(filings.submit, actor=stage.admin, filing_id=made.filing_id)
    assert world.perform(filings.accept, actor=stage.clerk, filing_id=made.filing_id).number.startswith("Y")
    return stage


def by_number(stage: Stage, sitting: str, number: str) -> Any:
    return stage.world.perform(applications.enlist, actor=stage.admin, sitting_id=sitting, kind="resident", number=number)


@pytest.mark.row(38)
def test_a_college_with_letter_y_registers_its_own_students_and_nobody_else(world: World) -> None:
    stage = college(world)
    sitting = stage.open()
    student = stage.graduate()
    number = stage.crowd[0].number
    with world.refused("application.not_own_students") as held:
        by_number(stage, sitting, number)
    assert held[0].facts["whom"] == "本校学生"
    order: dict[str, Any] = {
        "organisation_id": stage.body, "tie": "own_student", "kind": "resident", "number": number, "since": world.today - timedelta(days=90),
        "until": world.today + timedelta(days=200),
    }  # fmt: skip
    for bad in ({"until": None}, {"since": world.today + timedelta(days=1)}, {"until": world.today - timedelta(days=91)}):
        with world.refused("member.dates"):
            world.perform(members.declare, actor=stage.admin, **{**order, **bad})
    for tie in (EMPLOYEE, "apprentice", "dispatched_worker", "friend"):
        with world.refused("member.tie"):
            world.perform(members.declare, actor=stage.admin, **{**order, "tie": tie})
    with pytest.raises(Missing, match=r"application\.person_unknown"):
        world.perform(members.declare, actor=stage.admin, **order, name="不是此人")
    with pytest.raises(Forbidden):
        world.perform(members.declare, actor=world.actor("application.enter", organisation=stage.organisation("college")), **order)
    entry = world.perform(members.declare, actor=stage.admin, **order, name=stage.crowd[0].name)
    with world.refused("member.known"):
        world.perform(members.declare, actor=stage.admin, **order)
    assert by_number(stage, sitting, number).condition == "eligibility.2023.L4_3"
    teacher = stage.graduate(stage.employed())  # on the college's staff, and no student of it
    with world.refused("application.not_own_students"):
        stage.apply(sitting, teacher)
    pupil_of_another = stage.graduate()
    world.perform(
        state_fact, person_id=pupil_of_another, kind="standing", source=f"member:{stage.organisation('college')}:{pupil_of_another}:x",
        body=to_json(Standing("own_student", date(2024, 9, 1), None)), strength="compared",
    )  # fmt: skip
    with world.refused("application.not_own_students"):
        stage.apply(sitting, pupil_of_another)
    world.perform(applications.withdraw, actor=stage.candidate(student), application_id=row_of(world, student))
    world.perform(members.end, actor=stage.admin, organisation_id=stage.body, entry_id=entry.entry_id, until=world.today)
    with world.refused("application.not_own_students"):  # no student on the day of the exam
        stage.apply(sitting, student)
    with world.db() as db:
        told = sorted(db.scalars(select(Message.code).where(Message.person_id == student)))
    assert told == ["exam.belongs", "exam.belongs_no_more", "exam.enlisted"]
    world.holds()


@pytest.mark.row(38)
def test_whom_an_employer_may_register_besides_employees_is_a_row_of_policy(lite: World) -> None:
    stage = Stage(lite, "enterprise")
    stage.file()
    sitting = stage.open()
    stage.graduate()
    number = stage.crowd[0].number
    lite.perform(
        members.declare, actor=stage.admin, organisation_id=stage.body, tie="dispatched_worker", kind="resident", number=number,
        since=lite.today, until=None,
    )  # fmt: skip
    lite.policy("registration.own_people", {"enterprise": ["employee"], "college": ["own_student"]}, since=lite.today + timedelta(days=1))
    stage.days(1)
    with lite.refused("application.not_own_people") as held:
        by_number(stage, sitting, number)
    assert held[0].facts["whom"] == "本单位职工"
    lite.policy("registration.own_people", {"enterprise": ["employee", "dispatched_worker"], "college": []}, since=lite.today + timedelta(days=1))
    stage.days(1)
    assert by_number(stage, sitting, number).application_id
    lite.holds()


@pytest.mark.row(38)
def test_a_tie_counts_for_its_body_on_each_day_and_only_where_it_is_admitted() -> None:
    day = date(2026, 11, 28)
    tie = Belonging("b", "apprentice", day, day)
    days = (day, day)
    assert own_people(BodyKind.EMPLOYER, "b", [tie], ("employee", "apprentice"), days)
    assert not own_people(BodyKind.EMPLOYER, "b", [tie], ("employee",), days)
    assert not own_people(BodyKind.EMPLOYER, "c", [tie], ("apprentice",), days)
    assert not own_people(BodyKind.EMPLOYER, "b", [tie], ("apprentice",), (day, day + timedelta(days=1)))
    assert not own_people(BodyKind.EMPLOYER, "b", [tie], ("apprentice",), (day - timedelta(days=1), day))
    assert own_people(BodyKind.PUBLIC, "b", [], (), days)


def young(stage: Stage, years: int, days: int = 0) -> tuple[str, str]:
    """(person, document number) of somebody who turns so many years on the deadline, or some days after it; schooling on record."""
    deadline = stage.world.today + timedelta(days=5)
    birth = deadline.replace(year=deadline.year - years) + timedelta(days=days)
    number = f"P{birth:%Y%m%d}{days}"
    made = stage.world.perform(
        register_person, name="龙小满", document_kind="passport", document_number=number, birth=birth, sex="f", district="500112",
        phone="13900000001", synthetic=True,
    )  # fmt: skip
    school = Education("college", "软件技术", (JOB,), stage.world.today - timedelta(days=100), None, "巴渝学院")
    stage.world.perform(
        state_fact, person_id=made.person_id, kind="education", source=f"list:{number}", body=to_json(school), strength="compared"
    )
    return str(made.person_id), number


@pytest.mark.row(26)
def test_fifteen_is_told_the_day_and_sixteen_needs_a_guardian_by_oneself_and_by_a_bodys_list(world: World) -> None:
    stage = Stage(world)
    stage.file()
    sitting = stage.open()
    fifteen, his = young(stage, 16, days=1)
    sixteen, hers = young(stage, 16)
    deadline = world.today + timedelta(days=5)
    for person_id, number, code in ((fifteen, his, "application.too_young"), (sixteen, hers, "person.guardian_needed")):
        with world.refused(code) as held:
            stage.apply(sitting, person_id)
        with world.refused(code):
            world.perform(applications.enlist, actor=stage.admin, sitting_id=sitting, kind="passport", number=number)
        if code == "application.too_young":
            assert held[0].facts["from_day"] == deadline + timedelta(days=1)
    with world.db() as db:
        assert db.scalars(select(Application)).all() == []
    world.perform(record_consent, person_id=sixteen, form_number="JH-0001")
    assert stage.state(stage.apply(sitting, sixteen)) == "eligible"
    world.holds()


@pytest.mark.row(26)
def test_two_bodies_that_register_one_person_in_the_same_second_leave_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Stage(world)
    second = copy(first)
    second.body = first.organisation("social_body")
    second.admin = second.staff("plan.make", "filing.submit", "application.enter", account="admin-2")
    sittings = []
    for stage in (first, second):
        stage.file()
        sittings.append(stage.open())
    first.graduate()
    number = first.crowd[0].number

    met, before = Barrier(2), applications.kept_for

    def linger(db: Session, sitting_id: str, person_id: str) -> Any:
        """Between looking for another exam of that day and writing: whoever may pass waits for the other for a while."""
        with suppress(BrokenBarrierError):
            met.wait(0.5)
        return before(db, sitting_id, person_id)

    monkeypatch.setattr(applications, "kept_for", linger)

    def enlist(stage: Stage, sitting: str) -> str:
        try:
            by_number(stage, sitting, number)
        except Refusal as refusal:
            return refusal.code
        return "registered"

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(enlist, (first, second), sittings))
    assert found == ["application.same_day", "registered"]
    with world.db() as db:
        assert len(db.scalars(select(Application)).all()) == 1
    world.holds()


@pytest.mark.row(26)
def test_an_occupation_code_with_a_blank_behind_it_is_no_occupation(lite: World) -> None:
    stage = Stage(lite, "enterprise")
    stage.file()
    with lite.refused("filing.outside_scope"):
        lite.perform(plans.plan, actor=stage.admin, organisation_id=stage.body, order=stage.order(occupation=f"{JOB} "))
    stage.person()
    with pytest.raises(Missing, match=r"occupation\.unknown"):
        lite.perform(
            employments.declare, actor=stage.admin, organisation_id=stage.body, kind="resident", number=stage.crowd[0].number,
            occupation_code=f"{JOB} ", since=lite.today,
        )  # fmt: skip
    lite.holds()


def row_of(world: World, person_id: str) -> str:
    with world.db() as db:
        return str(db.scalars(select(Application.id).where(Application.person_id == person_id)).one())


@pytest.mark.row(38)
def test_a_body_enters_and_ends_its_other_people_by_pages(visitors: Visitors) -> None:
    stage = college(visitors.world)
    stage.graduate()
    known = stage.crowd[0]
    client = visitors.come(stage.staff("application.enter", account="clerk"))
    page = "/ent/members"
    order = {"tie": "own_student", "name": known.name, "kind": "resident", "number": known.number, "since": "2026-09-01", "until": "2028-06-30"}
    assert press(client, page, page, **{**order, "name": ""}).status_code == 422
    assert press(client, page, page, **order).headers["Location"] == page
    text = text_of(client.get(page))
    assert known.name in text
    assert "可以报名" in text
    [entry] = visitors.world.ask(queries.members, stage.body, visitors.world.today)
    assert (entry.tie, entry.counts) == ("own_student", True)
    visitors.world.holds()
