"""A firm recognises its own people: with evidence, by others than those who propose, on notice, within its filing."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DatabaseError

from skills.accounts.rules import Role
from skills.certification.actions import filings, objections
from skills.certification.models import Award, Filing
from skills.certification.queries import exams
from skills.kernel.box import Box
from skills.recognitions import queries
from skills.recognitions.actions import awards, committee, drafts, notices
from skills.recognitions.actions.committee import Vote
from skills.recognitions.actions.drafts import Line
from skills.recognitions.models import RecognisedPerson, RecognitionPaper, RecognitionVote
from skills.recognitions.rules import carried, committee_faults
from skills.records.queries import passport
from skills.standards.rules import Level
from tests.certification.stage import JOB
from tests.courses.test_views import Visitors, hidden, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.recognitions.stage_recognitions import PDF, Firm, before_committee
from tests.world import World, grown

__all__ = ["visitors"]
pytestmark = pytest.mark.row(38)


@pytest.mark.parametrize(
    ("members", "chair", "faults"),
    [
        ("abc", "a", set()),
        ("ab", "a", {"recognition.odd"}),
        ("abcd", "a", {"recognition.odd"}),
        ("aab", "a", {"recognition.odd"}),
        ("abc", "d", {"recognition.chair"}),
        ("abx", "a", {"recognition.members_work_here"}),
        ("abp", "a", {"recognition.proposer_apart"}),
        ("abe", "a", {"recognition.nobody_for_oneself"}),
    ],
)
def test_a_committee_is_odd_of_the_house_and_apart(members: str, chair: str, faults: set[str]) -> None:
    verdict = committee_faults(members, chair, "p", "abcdep", "e")
    assert {f.code for f in verdict.findings if not f.met} == faults


@pytest.mark.parametrize(
    ("majority", "yes", "members", "confirms"),
    [("half", 2, 3, True), ("half", 1, 3, False), ("two_thirds", 2, 3, True), ("two_thirds", 3, 5, False), ("all", 4, 5, False), ("all", 5, 5, True)],
)
def test_a_vote_is_counted_over_all_members(majority: str, yes: int, members: int, confirms: bool) -> None:
    assert carried(yes, members, majority) is confirms


def test_without_evidence_nobody_is_confirmed(world: World) -> None:
    firm = Firm(world)
    made = firm.draft()
    firm.prove(made, but=1)
    with world.refused("recognition.not_ready") as held:
        firm.submit(made)
    assert [(f.code, f.facts["place"]) for f in held[0].findings] == [("recognition.evidence", 3)]
    with world.db() as db:
        assert db.scalars(select(RecognisedPerson.state).distinct()).all() == ["proposed"]
    last = firm.seen(made).people[2]
    world.perform(drafts.propose, actor=firm.as_("p"), recognition_id=made, lines=(Line(last.id, "condition", "", firm.paper(last.person_id)),))
    with world.refused("recognition.not_ready") as held:
        firm.submit(made)
    assert [f.code for f in held[0].findings] == ["recognition.statement"]
    world.perform(drafts.propose, actor=firm.as_("p"), recognition_id=made, lines=(Line(last.id, "norm", "带徒十人"),))
    with world.refused("recognition.not_ready") as held:
        firm.submit(made)
    assert [f.code for f in held[0].findings] == ["recognition.way"], "the firm has no norm that says something of this level"
    world.perform(drafts.leave_out, actor=firm.as_("p"), recognised_id=last.id)
    firm.submit(made)
    assert (firm.decide(made).confirmed, len(firm.seen(made).people)) == (2, 2)
    world.holds()
    with world.engine.begin() as rows:
        rows.execute(delete(RecognitionPaper).where(RecognitionPaper.recognised_person_id == firm.seen(made).people[0].id))
    assert any("confirmed without evidence" in line for line in world.violations()["recognitions.confirmed"])


def test_on_notice_without_login_then_issued_within_the_scope(world: World) -> None:
    firm, made = grown(world, before_committee)
    assert firm.decide(made, no=(3,)).confirmed == 2
    decided_on = world.today
    firm.days(1)
    last = firm.notice(made)
    line = firm.seen(made)
    page = text_of(world.client().get("/notices"))
    assert [p.name in page for p in line.people] == [True, True, False]
    assert "直接认定" in page
    with world.refused("recognition.notice_running"):
        firm.conclude(made)
    first, second = line.people[0], line.people[1]
    # An objection holds that person alone.
    said = {"application_id": second.id, "name": "李明", "contact": "13800000000", "text": "业绩不实"}
    receipt = world.perform(objections.raise_objection, **said).receipt
    listed = world.ask(exams.objections, world.tool(Box))
    assert [(one.receipt, second.name in one.about) for one in listed] == [(receipt, True)]
    world.clock.forward(days=(last - world.today).days + 1)
    with world.refused("objection.too_late"):
        world.perform(objections.raise_objection, **said)
    done = firm.conclude(made)
    assert (done.awarding, done.held) == (1, 1)
    states = {p.id: p.state for p in firm.seen(made).people}
    assert (states[first.id], states[second.id]) == ("awarded", "confirmed")
    world.perform(objections.decide, actor=firm.clerk, objection_id=listed[0].id, upheld=False, reply="查无实据")
    world.run_jobs()
    with world.db() as db:
        rows = db.execute(select(Award.examined_on, Award.level, Award.sitting_id, Award.number).order_by(Award.number)).all()
        number = db.scalar(select(Filing.number))
    assert [row[:3] for row in rows] == [(decided_on, int(Level.L4), None)] * 2
    assert [row.number[:13] for row in rows] == [number] * 2
    assert [row.number[-6:] for row in rows] == ["000001", "000002"]
    held = [one.fact for one in world.ask(passport, first.person_id) if one.kind == "level"]
    assert [(one.level, one.number) for one in held] == [(Level.L4, rows[0].number)]
    assert world.perform(awards.award_many, recognised_ids=(first.id, second.id)).awarded == 2, "none twice"
    world.holds()


def test_an_upheld_objection_ends_it_for_that_person(world: World) -> None:
    firm, made = grown(world, before_committee)
    firm.decide(made)
    last = firm.notice(made)
    one = firm.seen(made).people[0]
    world.perform(objections.raise_objection, application_id=one.id, name="李明", contact="13800000000", text="业绩不实")
    (raised,) = world.ask(exams.objections, world.tool(Box))
    world.perform(objections.decide, actor=firm.clerk, objection_id=raised.id, upheld=True, reply="材料系伪造")
    with world.refused("application.unknown"):
        world.perform(objections.raise_objection, application_id=one.id, name="李明", contact="138", text="再次")
    world.clock.forward(days=(last - world.today).days + 1)
    assert firm.conclude(made).awarding == 2
    assert [p.state for p in firm.seen(made).people] == ["void", "awarded", "awarded"]
    world.holds()


@pytest.mark.row(39)
def test_who_proposed_does_not_confirm(world: World) -> None:
    firm = Firm(world)
    p, a, b, d = (firm.accounts[key] for key in "pabd")
    with world.refused("recognition.committee") as held:
        firm.draft(members=(a, b, p))
    assert [f.code for f in held[0].findings] == ["recognition.proposer_apart"]
    # Who adds evidence without having begun it proposes too; a member does neither.
    made = firm.draft(members=(a, b, d))
    firm.prove(made)
    with world.refused("recognition.member_hand"):
        world.perform(drafts.propose, actor=firm.as_("d"), recognition_id=made, lines=())
    firm.submit(made)
    votes = tuple(Vote(one.id, True) for one in firm.seen(made).people)
    for key, code in (("p", "recognition.proposer"), ("c", "recognition.not_member")):
        with world.refused(code):
            world.perform(committee.vote, actor=firm.as_(key), recognition_id=made, votes=votes)
    with world.refused("recognition.everybody"):
        world.perform(committee.vote, actor=firm.as_("a"), recognition_id=made, votes=votes[1:])
    with world.refused("recognition.why_not"):
        world.perform(committee.vote, actor=firm.as_("a"), recognition_id=made, votes=(*votes[1:], Vote(votes[0].id, False)))
    firm.vote(made, "a")
    with world.refused("recognition.voted"):
        firm.vote(made, "a")
    with world.refused("recognition.votes_missing"):
        world.perform(committee.decide, actor=firm.as_("a"), recognition_id=made)
    with world.refused("recognition.chair_decides"):
        world.perform(committee.decide, actor=firm.as_("b"), recognition_id=made)
    for key in "bd":
        firm.vote(made, key, no=(1, 2, 3))
    assert world.perform(committee.decide, actor=firm.as_("a"), recognition_id=made).confirmed == 0
    assert firm.seen(made).state == "cancelled"
    world.holds()
    with world.engine.begin() as rows:
        rows.execute(update(RecognitionVote).where(RecognitionVote.account_id == b).values(account_id=p))
    assert any("voted on by somebody who proposed" in line for line in world.violations()["recognitions.confirmed"])


def test_outside_the_scope_is_refused(world: World) -> None:
    firm, made = grown(world, before_committee)
    for changed, code in (
        ({"level": int(Level.L1)}, "filing.outside_scope"),
        ({"level": int(Level.APPRENTICE)}, "recognition.level"),
        ({"occupation": "4-04-05-05"}, "filing.outside_scope"),
        ({}, "recognition.under_way"),
        ({"people": (firm.graduate(),)}, "application.not_own_people"),
    ):
        with world.refused(code):
            firm.draft(**changed)
    firm.decide(made)
    firm.notice(made)
    firm.days(30)
    # A filing that rests when the certificates are due holds them, also against whoever writes past the house.
    world.perform(filings.suspend, actor=firm.inspector, filing_id=firm.filing, reason="整改")
    with world.refused("filing.outside_scope"):
        firm.conclude(made)
    world.holds()


def test_the_database_refuses_a_certificate_that_no_committee_decided(world: World) -> None:
    firm, made = grown(world, before_committee)
    firm.decide(made)
    last = firm.notice(made)
    world.clock.forward(days=(last - world.today).days + 1)
    firm.conclude(made)
    with world.db() as db:
        row = dict(db.execute(select(Award.__table__).limit(1)).mappings().one())
    for bent in ({"examined_on": row["examined_on"] + timedelta(days=1)}, {"grounds": "recognition:nobody"}, {"level": int(Level.L3)}):
        new = {**row, "id": "x" * 26, "number": row["number"][:-1] + "9", "certificate_id": "y" * 26, "grounds": row["grounds"] + "x", **bent}
        if "grounds" not in bent:
            new["grounds"] = row["grounds"]
        with pytest.raises(DatabaseError, match="award_after_recognition"), world.engine.begin() as rows:
            rows.execute(insert(Award).values(**new))


def test_the_data_review_comes_before_the_number_where_policy_wants_it(world: World) -> None:
    firm, made = grown(world, before_committee)
    world.policy("number.data_review", ["Y"], world.today + timedelta(days=1))
    firm.decide(made)
    last = firm.notice(made)
    world.clock.forward(days=(last - world.today).days + 1)
    with world.refused("recognition.data_review"):
        firm.conclude(made)
    clerk = world.actor("data.review", account="reviewer")
    assert len(world.ask(queries.to_review, None, world.today)) == 1
    world.perform(notices.review, actor=clerk, recognition_id=made, document="渝人社审1号")
    assert firm.conclude(made).awarding == 3
    world.holds()


def test_the_firms_pages_from_the_draft_to_the_certificates(visitors: Visitors) -> None:
    world = visitors.world
    firm = Firm(world)
    proposer = visitors.come(firm.as_("p"))
    a, b, c = (firm.accounts[key] for key in "abc")
    page = text_of(proposer.get("/ent/recognitions/new"))
    assert firm.accounts["p"] not in page, "who proposes is not offered as a member"
    answer = press(proposer, "/ent/recognitions/new", "/ent/recognitions", method="direct", target=f"{JOB}||{int(Level.L4)}",
                   chair=a, members=[b, c], people=firm.people)  # fmt: skip
    url = answer.headers["Location"]
    made = url.split("/")[3]
    people = firm.seen(made).people
    fields: dict[str, Any] = {f"way-{one.id}": "condition" for one in people}
    answer = press(proposer, url, url, **fields, then="submit")
    assert "第 1 人有业绩材料" in text_of(answer, 409)
    page = text_of(proposer.get(url))
    sent = {
        "csrf_token": hidden(page, "csrf_token"), "key": hidden(page, "key"), **fields, "statement-all": "主持完成项目", "then": "submit",
        "papers-all": (BytesIO(PDF), "业绩.pdf"),
    }  # fmt: skip
    assert proposer.post(url, data=sent).status_code == 303
    assert [len(one.papers) for one in firm.seen(made).people] == [1, 1, 1]
    for key in "bca":
        member = visitors.come(firm.as_(key))
        votes = f"/ent/recognitions/{made}/votes"
        assert press(member, votes, votes, rest="yes").status_code == 303
    paper = firm.seen(made).people[0].papers[0]
    assert member.get(f"/ent/recognitions/people/{people[0].id}/papers/{paper.id}").data == PDF
    assert press(member, votes, f"/ent/recognitions/{made}/decide").status_code == 303
    here = f"/ent/recognitions/{made}"
    assert press(proposer, here, f"{here}/notice").status_code == 303
    firm.days(30)
    proposer = visitors.come(firm.as_("p"))
    assert press(proposer, here, f"{here}/conclude").status_code == 303
    world.run_jobs()
    assert text_of(proposer.get(here)).count("已发证") >= 3
    # Another firm sees nothing; the authority of another district neither.
    stranger = visitors.come(acting(Role.BODY_ADMIN, account="stranger", organisation="0" * 26))
    assert stranger.get(here).status_code == 404
    assert stranger.get(f"/ent/recognitions/people/{people[0].id}/papers/{paper.id}").status_code == 404
    clerk = visitors.come(world.actor("gov.see", "data.review", account="clerk"))
    assert "职员" in text_of(clerk.get(f"/gov/recognitions/{made}"))
    assert clerk.get(f"/gov/recognitions/people/{people[0].id}/papers/{paper.id}").data == PDF
    world.holds()
