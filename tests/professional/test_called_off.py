"""A seminar that is cancelled is told to its roster; it counts in the year in which it began; bodies issue in their own direction."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from skills.erasures.rules import STAYS
from skills.kernel.db import writing
from skills.messages.models import Message
from skills.people.parts import PARTS
from skills.professional.actions import programmes, seminars
from skills.professional.kinds import CERTIFICATES
from skills.professional.queries import seminars as queries
from skills.records.rules import KIND_WORDS
from tests.people_and_bodies import body
from tests.professional.test_professional import Side, row
from tests.world import World


def test_everybody_on_the_roster_is_told_that_a_seminar_is_cancelled(world: World) -> None:
    s = Side(world)
    seminar_id = s.approved(seats=5)
    s.enrol(seminar_id, s.one)
    s.enrol(seminar_id, s.two)
    world.perform(seminars.cancel, actor=s.owner, seminar_id=seminar_id, reason="讲师生病")
    with world.db() as db:
        told = db.scalars(select(Message).where(Message.code == "seminar.told_cancelled")).all()
        assert sorted(m.person_id or "" for m in told) == sorted([s.one.id, s.two.id])
        assert {m.facts["reason"] for m in told} == {"讲师生病"}
    world.holds()


def test_a_seminar_that_moved_into_the_next_year_counts_there(world: World) -> None:
    s = Side(world)
    this = world.today.year
    made = world.perform(seminars.apply, actor=s.owner, organiser_id=s.school, order=s.order())
    world.perform(seminars.decide, actor=s.checker, seminar_id=made.seminar_id, approved=False, reason="改期")
    order = s.order(starts_on=date(this + 1, 3, 1), ends_on=date(this + 1, 3, 5))
    world.perform(seminars.apply, actor=s.owner, organiser_id=s.school, order=order, seminar_id=made.seminar_id)
    world.perform(seminars.decide, actor=s.checker, seminar_id=made.seminar_id, approved=True)
    s.enrol(made.seminar_id, s.one)
    world.clock.forward(days=(date(this + 1, 3, 6) - world.today).days)
    world.perform(seminars.hold, actor=s.owner, seminar_id=made.seminar_id, came=(s.one.id,))
    counts = {y.year: y.people for y in world.ask(queries.by_year, 500, world.today)}
    assert (counts[this], counts[this + 1]) == (0, 1)
    world.holds()


def test_a_body_issues_certificates_of_its_own_directions_alone(world: World) -> None:
    s = Side(world)
    s.programme()  # 人工智能: the school trains, the assessor assesses
    third = body(world, "social_body", 5, "重庆区块链评价中心")
    order = {"direction": "区块链", "training_id": s.school, "assessment_id": third, "document": "渝人社〔2026〕2号"}
    made = world.perform(programmes.propose, actor=s.clerk, **order)
    world.perform(programmes.decide, actor=s.checker, programme_id=made.programme_id, approved=True)
    grade = "数字技术工程师专业技术等级证书"
    good, other = row(s.one, grade, "G-1", "重庆数字技术评价中心", "中级"), row(s.one, grade, "G-2", "重庆区块链评价中心", "中级")
    assert s.judged(CERTIFICATES, good, other) == [(3, "outside.issuer_unknown")]
    other[4] = "区块链"
    assert s.judged(CERTIFICATES, good, other) == []
    for line in (good, other):
        line[3], line[5], line[7] = "数字技术工程师培训合格证书", "", "重庆数字学院"
    assert s.judged(CERTIFICATES, good, other) == [], "the school trains in both"


def test_every_kind_of_record_has_a_word_of_its_own() -> None:
    for at in (0, 1):
        words = [pair[at] for pair in KIND_WORDS.values()]
        assert len(set(words)) == len(words)


def test_whatever_stays_of_a_person_has_words(world: World) -> None:
    s = Side(world)
    s.held()
    with writing(world.engine) as db:
        found = {name: count for part in PARTS.values() for name, count in part.stays(db, s.one.id).items()}
    assert found["hours"] == 1
    assert found["entries"] == 0, "a seminar is no level, training or placing"
    assert set(found) <= set(STAYS)
