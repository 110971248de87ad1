"""Certificates of a whole exam at once: an act for many, and a refused one stops no other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from skills.certification.actions import awards, batches
from skills.certification.models import Application, Award
from skills.certification.queries import batches as queries
from skills.certification.queries import exams
from skills.credentials import actions as credentials
from skills.credentials.queries import certificate as by_number
from skills.kernel.acts import Act, action
from skills.kernel.db import writing
from skills.kernel.jobs import Job
from skills.people.actions import register_person, rename
from skills.records.actions import state_fact
from skills.records.rules import Education, to_json
from tests.certification.stage import JOB, Stage
from tests.people_and_bodies import resident
from tests.world import World

UNPRINTABLE = "王\U00030001"  # a character of extension G that no installed font draws


def odd_graduate(stage: Stage, name: str = UNPRINTABLE) -> str:
    """Somebody whose name the fonts cannot print."""
    world = stage.world
    who = stage.crowd[stage.used]
    made = world.perform(
        register_person, name=name, document_kind="resident", document_number=resident(1, who.birth), birth=who.birth,
        sex="M", district="500105", synthetic=True,
    )  # fmt: skip
    school = Education("college", "软件技术", (JOB,), world.today.replace(year=world.today.year - 1), None, "巴渝学院")
    world.perform(
        state_fact, person_id=made.person_id, kind="education", source="list:odd", body=to_json(school), strength="compared"
    )
    return str(made.person_id)


def noticed(stage: Stage, people: list[str]) -> tuple[str, list[str]]:
    """An exam all of them passed, the day after its notice has ended."""
    stage.file()
    sitting = stage.open(capacity=max(30, len(people)), invigilators=tuple(f"监考{n}" for n in range(8)))
    found = [stage.apply(sitting, person) for person in people]
    stage.hold(sitting)
    stage.score(sitting, dict.fromkeys(found, ("80", "75.5")))
    stage.notice(sitting)
    stage.days(10)
    return sitting, found


def rows(db: Session) -> dict[str, Any]:
    return {a.id: (a.held, a.problem, a.seat) for a in db.scalars(select(Application))}


def test_a_refused_certificate_stops_no_other_and_leaves_no_gap(world: World) -> None:
    stage = Stage(world)
    odd = odd_graduate(stage)
    sitting, found = noticed(stage, [stage.graduate(), odd, stage.graduate(), stage.graduate()])
    done = world.perform(awards.conclude, actor=stage.admin, sitting_id=sitting)
    assert (done.awarding, done.held) == (4, 0)
    world.run_jobs()
    with world.db() as db:
        numbers = list(db.scalars(select(Award.number).order_by(Award.number)))
        held = rows(db)
    assert [int(n[16:]) for n in numbers] == [1, 2, 3]
    state, problem, _ = held[found[1]]
    assert state == "refused"
    assert problem["code"] == "certificate.lint"
    assert [f["code"] for f in problem["findings"]] == ["lint.L006"]
    assert problem["findings"][0]["facts"] == {"code_points": ["\U00030001（U+30001）"]}
    assert all(held[a][:2] == ("", None) for a in found if a != found[1])
    world.holds()

    world.perform(rename, actor=world.actor("person.register"), person_id=odd, name="王一", reason="更正")
    assert world.perform(batches.again, actor=stage.admin, sitting_id=sitting).count == 1
    assert world.perform(batches.again, actor=stage.admin, sitting_id=sitting).count == 0, "it is ordered already"
    world.run_jobs()
    with world.db() as db:
        assert len(list(db.scalars(select(Award.number)))) == 4
        assert rows(db)[found[1]][:2] == ("", None)
    assert world.perform(batches.again, actor=stage.admin, sitting_id=sitting).count == 0
    world.holds()


def test_numbers_follow_the_seats(lite: World) -> None:
    stage = Stage(lite)
    sitting, found = noticed(stage, [stage.graduate() for _ in range(6)])
    stage.world.perform(awards.conclude, actor=stage.admin, sitting_id=sitting)
    lite.run_jobs()
    with lite.db() as db:
        by_seat = sorted(found, key=lambda a: rows(db)[a][2])
        numbers = dict(db.execute(select(Award.grounds, Award.number)).all())
    assert [int(numbers[f"application:{a}"][16:]) for a in by_seat] == [1, 2, 3, 4, 5, 6]


def test_a_fault_of_the_system_is_kept_as_one_too(lite: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(lite)
    sitting, _ = noticed(stage, [stage.graduate(), stage.graduate()])
    lite.perform(awards.conclude, actor=stage.admin, sitting_id=sitting)
    sound, calls = awards.claims_of, []

    def once_broken(*order: Any, **more: Any) -> Any:
        calls.append(order)
        if len(calls) == 1:
            raise ZeroDivisionError
        return sound(*order, **more)

    monkeypatch.setattr(awards, "claims_of", once_broken)
    lite.run_jobs()
    with lite.db() as db:
        held = rows(db)
        assert [int(n[16:]) for n in db.scalars(select(Award.number))] == [1]
    broken = [problem for _, problem, _ in held.values() if problem]
    assert broken == [{"code": "award.broken", "facts": {"kind": "ZeroDivisionError"}, "findings": []}]
    lite.holds()


def test_what_is_left_over_can_be_ordered_again_and_nothing_twice(lite: World) -> None:
    stage = Stage(lite)
    sitting, _ = noticed(stage, [stage.graduate() for _ in range(3)])
    with lite.refused("award.not_due"):
        lite.perform(batches.again, actor=stage.admin, sitting_id=sitting)
    lite.perform(awards.conclude, actor=stage.admin, sitting_id=sitting)
    with writing(lite.engine) as db:
        db.execute(update(Job).where(Job.name == "certification.award").values(state="failed", problem="busy"))
    line = lite.ask(exams.sitting, sitting)
    counts = lite.ask(queries.batch, line)
    assert (counts.waiting, counts.stopped, counts.troubled, counts.running) == (0, 3, 3, False)
    assert "certification.concluded" in lite.violations(), "three passes without a certificate and without a job"
    assert lite.perform(batches.again, actor=stage.admin, sitting_id=sitting).count == 0, "the failed job starts afresh"
    assert lite.ask(queries.batch, line).waiting == 3
    with writing(lite.engine) as db:
        db.execute(delete(Job).where(Job.name == "certification.award"))
    assert lite.perform(batches.again, actor=stage.admin, sitting_id=sitting).count == 3
    lite.run_jobs()
    with lite.db() as db:
        assert len(list(db.scalars(select(Award.number)))) == 3
    lite.holds()


def test_an_act_holds_fifty_at_most_and_only_of_ones_own_body(lite: World) -> None:
    stage = Stage(lite)
    sitting, found = noticed(stage, [stage.graduate()])
    with lite.refused("award.too_many"):
        lite.perform(batches.award_many, application_ids=tuple("x" * 51))
    assert awards.CHUNK <= batches.MOST == 50
    stranger = lite.actor("score.publish", account="stranger", organisation=stage.organisation("enterprise"))
    with lite.refused("not_allowed"):
        lite.perform(batches.again, actor=stranger, sitting_id=sitting)
    lite.perform(awards.conclude, actor=stage.admin, sitting_id=sitting)
    done = lite.perform(batches.award_many, actor=stage.admin, application_ids=tuple(found))
    assert (done.awarded, done.held, done.refused) == (1, 0, 0)
    assert lite.perform(batches.award_many, actor=stage.admin, application_ids=tuple(found)) == done
    lite.run_jobs()
    lite.holds()


@action("test.afterwards", may="test.afterwards")
def afterwards(act: Act, reprinted: str, corrected: str, voided: str) -> None:
    """One certificate gets a new paper, one is corrected under its number, one is void."""
    credentials.reprint(act, by_number(act.db, reprinted).id, "lost")
    old = by_number(act.db, corrected)
    credentials.supersede(act, certificate_id=old.id, claims=replace(old.claims, holder_name="王改名"), reason="correction")
    credentials.take_back(act, by_number(act.db, voided).id, "void", "misprint")


def test_lists_follow_what_became_of_the_certificates(lite: World) -> None:
    stage = Stage(lite)
    sitting, _ = noticed(stage, [stage.graduate() for _ in range(4)])
    lite.perform(awards.conclude, actor=stage.admin, sitting_id=sitting)
    lite.run_jobs()
    line = lite.ask(exams.sitting, sitting)
    before = lite.ask(queries.papers, line)
    first, second, third, fourth = (one.number for one in before)
    with lite.db() as db:
        renamed = db.scalars(select(Award.person_id).where(Award.number == second)).one()
    lite.perform(rename, actor=lite.actor("person.register"), person_id=renamed, name="王改名", reason="更正")
    lite.perform(afterwards, reprinted=first, corrected=second, voided=third)
    lite.run_jobs()
    lite.seal()
    lite.run_jobs()
    found = lite.ask(queries.papers, line)
    assert [one.number for one in found] == [first, second, fourth], "a void one is on no list"
    assert found[0].serial == f"{before[0].serial[:-1]}2", "the paper that counts"
    assert found[1].certificate_id != before[1].certificate_id, "the one that holds the number"
    assert found[2] == before[3]
    lists = lite.ask(queries.hand_outs, line)
    assert [(one.number, one.serial) for one in lists] == [(one.number, one.serial) for one in found]
    assert [one.holder_name for one in lists][1] == "王改名"
    counts = lite.ask(queries.batch, line)
    assert (counts.passes, counts.numbered, counts.printed, counts.ended) == (4, 4, 3, 1)
    assert not counts.running
    assert sorted(one.stage for one in lite.ask(queries.passes, line)) == ["ended", "printed", "printed", "printed"]


def test_a_new_paper_that_fails_is_printed_again(lite: World) -> None:
    stage = Stage(lite)
    sitting, _ = noticed(stage, [stage.graduate()])
    lite.perform(awards.conclude, actor=stage.admin, sitting_id=sitting)
    lite.run_jobs()
    line = lite.ask(exams.sitting, sitting)
    [paper] = lite.ask(queries.papers, line)
    lite.perform(order_reprint, number=paper.number)
    with writing(lite.engine) as db:
        db.execute(update(Job).where(Job.key == f"print:{paper.certificate_id}:2").values(state="failed", problem="x"))
    assert [one.stage for one in lite.ask(queries.passes, line)] == ["failed"]
    assert lite.perform(batches.again, actor=stage.admin, sitting_id=sitting).papers == 1
    lite.run_jobs()
    [again] = lite.ask(queries.papers, line)
    assert again.serial.endswith("-2")
    assert [one.stage for one in lite.ask(queries.passes, line)] == ["printed"]
    lite.holds(without=("aftercare",))


@action("test.order_reprint", may="test.order_reprint")
def order_reprint(act: Act, number: str) -> None:
    """Order 补发."""
    credentials.reprint(act, by_number(act.db, number).id, "lost")


def test_a_refusal_without_its_reason_is_found(lite: World) -> None:
    stage = Stage(lite)
    _, found = noticed(stage, [stage.graduate()])
    with writing(lite.engine) as db:
        db.execute(update(Application).where(Application.id == found[0]).values(held="refused"))
    assert "certification.refused_say_why" in lite.violations()
