"""合理便利: asked with a proof, decided by who does not mark, honoured by seat, ticket and timer, and never on notice or certificate."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from skills.accounts.rules import Role
from skills.certification.actions import accommodations, plans
from skills.certification.models import Accommodation, ExamSeat, SittingRoom
from skills.certification.queries import accommodations as queries
from skills.certification.rules.accommodations import Needs, may_decide
from skills.certification.rules.rooms import PlannedRoom
from skills.credentials.models import Certificate
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Forbidden, Missing
from skills.people.parts import PARTS
from skills.standards.calendar import add_working_days
from tests.certification.stage import Stage
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.journeys.test_api import Program
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]
PROOF = b"%PDF-1.4\nproof\n%%EOF\n"
NEEDS = Needs(30, large_print=True, step_free=True)
WORDS = ("延长考试时间", "大字号", "无障碍考场", "合理便利")


@action("test.forget_accommodations", may="test.forget")
def _forgotten(act: Act, person_id: str) -> None:
    """The room's part in an erasure."""
    PARTS["certification"].forget(act, person_id)


def ask(stage: Stage, person: str, application: str, needs: Needs = NEEDS, proof: bytes = PROOF) -> Any:
    return stage.world.perform(
        accommodations.ask, actor=stage.candidate(person), application_id=application, needs=needs, proof=proof
    )


def decide(stage: Stage, account: str, accommodation: str, granted: Needs = NEEDS, **actor: Any) -> Any:
    who = replace(stage.staff("accommodation.decide", "score.enter", account=account), **actor)
    return stage.world.perform(accommodations.decide, actor=who, accommodation_id=accommodation, granted=granted, reason="凭残疾人证")


@pytest.mark.row(27)
def test_granted_by_who_does_not_mark_and_never_on_the_certificate(world: World) -> None:
    stage = Stage(world)
    stage.file()
    stepped, level = PlannedRoom("第1考场", 6, 5, step_free=False), PlannedRoom("第2考场", 6, 5)
    sitting = stage.open(rooms=(stepped, level), invigilators=("监考甲", "监考乙", "监考丙", "监考丁"))
    needing, *others = [stage.graduate() for _ in range(3)]
    application, *rest = [stage.apply(sitting, who) for who in (needing, *others)]
    asked = ask(stage, needing, application)
    assert asked.due_on == add_working_days(world.today, 5)
    with pytest.raises(Forbidden):
        world.perform(
            accommodations.decide, actor=world.actor("accommodation.decide", organisation=stage.organisation("social_body")),
            accommodation_id=asked.accommodation_id, granted=NEEDS, reason="凭证",
        )  # fmt: skip
    with world.refused("accommodation.marks_here"):
        decide(stage, stage.serving("考评甲"), asked.accommodation_id)
    with world.refused("accommodation.not_asked"):
        decide(stage, "decider", asked.accommodation_id, replace(NEEDS, interpreter=True))
    stage.days(6)
    world.perform(plans.close, actor=stage.admin, sitting_id=sitting)
    with world.refused("sitting.accommodations_open"):
        world.perform(plans.seat, actor=stage.admin, sitting_id=sitting)
    assert world.ask(queries.waiting, [stage.body], world.today) == (1, 0)
    decide(stage, "decider", asked.accommodation_id)
    assert world.perform(plans.seat, actor=stage.admin, sitting_id=sitting).stepped == 0
    with world.db() as db:
        rooms = dict(db.execute(select(ExamSeat.application_id, SittingRoom.name).join(SittingRoom, SittingRoom.id == ExamSeat.room_id)).all())
    assert rooms == {application: "第2考场", **dict.fromkeys(rest, "第1考场")}
    assert [world.ask(queries.extra_time, one) for one in (application, rest[0])] == [30, 0]
    stage.days(20)
    stage.record(sitting)
    world.perform(plans.hold, actor=stage.admin, sitting_id=sitting)
    marks = dict.fromkeys((application, *rest), ("80", "80"))
    with world.refused("accommodation.decided_here"):
        stage.type(stage.staff("score.enter", account="decider"), sitting, "theory", {a: m[0] for a, m in marks.items()})
    stage.score(sitting, marks)
    stage.notice(sitting)
    notice = text_of(world.client().get("/notices"))
    stage.conclude(sitting)
    with world.db() as db:
        printed = " ".join(str({c.key: getattr(row, c.key) for c in Certificate.__table__.columns}) for row in db.scalars(select(Certificate)))
    assert len(printed) > 100
    assert not [word for word in WORDS if word in notice + printed]
    world.holds()


def test_a_proof_is_sealed_under_the_persons_key_and_all_of_it_goes_with_the_person(world: World) -> None:
    stage = Stage(world)
    stage.file()
    sitting = stage.open()
    person, other = stage.graduate(), stage.graduate()
    application, theirs = stage.apply(sitting, person), stage.apply(sitting, other)
    for needs, proof, code in (
        (Needs(), PROOF, "accommodation.nothing"), (Needs(51), PROOF, "accommodation.too_much_time"), (NEEDS, b"", "accommodation.proof_needed"),
        (NEEDS, b"MZ\x90 a programme", "evidence.kind"), (NEEDS, PROOF[:-6] + b"x" * 8_000_000 + b"\n%%EOF\n", "evidence.size"),
    ):  # fmt: skip
        with world.refused(code):
            ask(stage, person, application, needs, proof)
    with pytest.raises(Missing, match=r"application\.unknown"):
        ask(stage, other, application)
    made = ask(stage, person, application)
    with world.refused("accommodation.already"):
        ask(stage, person, application)
    refused = ask(stage, other, theirs)
    assert decide(stage, "decider", refused.accommodation_id, Needs()).state == "refused"
    assert decide(stage, "decider", made.accommodation_id, Needs(20)).state == "granted", "a part of it"
    with world.refused("accommodation.cannot_grant"):
        decide(stage, "decider", made.accommodation_id)
    assert world.ask(queries.extra_time, application) == 20
    with world.db() as db:
        assert PROOF not in (db.get_one(Accommodation, made.accommodation_id).proof or b"")
        assert queries.proof(db, world.tool(Box), made.accommodation_id) == ("pdf", PROOF)
    world.holds()
    world.perform(_forgotten, person_id=person)
    assert world.ask(queries.accommodation, application) is None
    assert world.ask(queries.extra_time, application) == 0
    assert world.ask(queries.accommodation, theirs).state == "refused"


def test_a_marker_is_known_by_name_by_account_and_by_what_was_typed() -> None:
    assert may_decide("a", "王工", {"考评甲"}, {"typist"})
    assert may_decide("a", "", {"考评甲"}, set())
    for account, name in (("typist", "王工"), ("a", "考评甲"), ("考评甲", "")):
        assert not may_decide(account, name, {"考评甲"}, {"typist"})


def test_asked_and_decided_by_pages_and_by_programs(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    stage.file()
    sitting = stage.open()
    person, second = stage.graduate(), stage.graduate()
    application, other = stage.apply(sitting, person), stage.apply(sitting, second)
    mine = visitors.come(acting(Role.PERSON, "p", person=person))
    own = f"/me/applications/{application}"
    sent = press(
        mine, own, f"{own}/accommodation", extra_percent="25", large_print="y", proof=(io.BytesIO(PROOF), "证.pdf")
    )
    assert sent.headers["Location"] == own
    assert "大字号试卷" in text_of(mine.get(own))
    body = visitors.come(acting(Role.BODY_ADMIN, "b1", organisation=stage.body))
    page = f"/ent/plans/{sitting}/accommodations"
    assert page in text_of(body.get(f"/ent/plans/{sitting}"))
    assert "合理便利待决定" in text_of(body.get("/ent"))
    [line] = world.ask(queries.accommodations, sitting)
    assert body.get(f"{page}/{line.id}/proof").data == PROOF
    assert press(body, page, f"{page}/{line.id}", extra_percent="25", reason="").status_code == 422
    assert press(body, page, f"{page}/{line.id}", extra_percent="25", reason="凭证").headers["Location"] == page
    clerk = visitors.come(acting(Role.BODY_CLERK, "b3", organisation=stage.body))
    assert clerk.get(page).status_code == 403
    assert page not in text_of(clerk.get(f"/ent/plans/{sitting}"))

    him, program = Program(visitors, Role.PERSON, "p2", person=second), Program(visitors, Role.BODY_CHECKER, "b2", organisation=stage.body)
    proof = base64.b64encode(PROOF).decode()
    him.call("POST", f"/me/applications/{other}/accommodation", {"interpreter": True, "proof": proof})
    assert him.call("GET", f"/me/applications/{other}/accommodation")[0]["state"] == "asked"
    waiting = [one for one in program.call("GET", f"/plans/{sitting}/accommodations") if one["state"] == "asked"]
    done = program.call("POST", f"/accommodations/{waiting[0]['id']}/decide", {"interpreter": True, "reason": "凭证"})
    assert done["state"] == "granted"
    assert world.ask(queries.extra_time, application) == 25
    stage.days(6)
    world.perform(plans.close, actor=stage.admin, sitting_id=sitting)
    world.perform(plans.seat, actor=stage.admin, sitting_id=sitting)
    mine = visitors.come(acting(Role.PERSON, "p", person=person))
    assert "延长考试时间25%" in text_of(mine.get(own)).partition("准考证号")[2]
    assert mine.get(f"{own}/ticket.pdf").status_code == 200
    world.holds()
