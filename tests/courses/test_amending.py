"""What becomes of a reported result afterwards: every version stays readable, and certificate, record and money follow it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from skills.accounts.rules import Role
from skills.aftercare.actions import requests, revocations
from skills.aftercare.rules import CareKind
from skills.courses.actions import enrolments
from skills.courses.queries import results
from skills.credentials import queries as credentials
from skills.records import queries as records
from skills.records.actions import state_fact
from skills.returns.models import ReturnChange
from skills.vouchers import queries as vouchers
from skills.vouchers.actions import claims
from skills.vouchers.models import Voucher
from skills.vouchers.rules import Payee
from tests.courses.filed import Filed, enrolled, later, reported
from tests.courses.wallet import _batch
from tests.people_and_bodies import acting
from tests.vouchers.stage import missed
from tests.world import World

pytestmark = pytest.mark.row(60)


def certificate(filed: Filed, number: str) -> Any:
    return filed.world.ask(credentials.certificate, number)


def waiting(filed: Filed) -> ReturnChange:
    """The one change that waits for a certificate."""
    (change,) = [c for c in filed.changes() if c.state == "waiting"]
    return change


def test_a_row_of_a_later_file_that_differs_is_asked_about_and_changes_nothing_unanswered(world: World) -> None:
    filed = reported(world, 2)
    later = filed.upload([filed.row(0, score="91"), filed.row(1)])
    assert filed.codes(later.return_id) == [(2, "", "returns.filed_otherwise")]
    assert (later.good, later.bad) == (0, 1)
    filed.hand_in(later.return_id)
    assert filed.place(0).score == "88"
    assert [filed.line(r).state for r in (2, 3)] == ["applied", "applied"]
    filed.balanced()
    world.holds()


def test_a_corrected_score_waits_for_the_certificate_and_then_counts_everywhere(world: World) -> None:
    filed = reported(world, 1)
    number = filed.place(0).certificate_number
    done = filed.correct(2, score="91.5")
    newer = filed.line(2, done.return_id)
    (change,) = filed.changes()
    assert (newer.state, change.state, filed.place(0).score) == ("awaiting", "waiting", "88")
    world.holds()
    filed.balanced()
    filed.reissue(change.request)
    assert (filed.line(2).state, filed.line(2, done.return_id).state) == ("corrected", "applied")
    assert filed.changes()[0].state == "done"
    assert (filed.place(0).score, filed.place(0).certificate_number) == ("91.5", number)
    assert certificate(filed, number).claims.score == "91.5"
    assert filed.money(0) == ("earned", "earned")
    now, before = world.ask(results.versions, filed.people[0][2])
    assert (now.score, before.score, before.how, before.why, before.by) == ("91.5", "88", "corrected", "录入错误", "clerk-1")
    assert filed.cells(2)["score"] == "88"  # the old version stays readable
    world.holds()
    filed.balanced()


def test_a_corrected_day_counts_at_once_since_no_certificate_says_it(world: World) -> None:
    filed = reported(world, 1)
    earlier = filed.place(0).completed_on.replace(day=filed.place(0).completed_on.day - 1)
    done = filed.correct(2, completed_on=earlier.isoformat())
    assert filed.line(2, done.return_id).state == "applied"
    assert filed.place(0).completed_on == earlier
    told = world.ask(records.passport, filed.people[0][0])
    assert [e.on for e in told if e.kind == "training"] == [earlier]
    world.holds()


def test_a_pass_that_was_none_is_taken_back_only_after_its_holder_was_heard(world: World) -> None:
    filed = reported(world, 2)
    number = filed.place(0).certificate_number
    filed.correct(2, outcome="不合格", score="41")
    (change,) = filed.changes()
    assert (change.state, filed.place(0).state) == ("waiting", "completed")
    assert filed.money(0) == ("earned", "earned")
    with world.refused("revocation.not_heard"):
        filed.revoke(change.request)
    world.holds()
    filed.heard()
    filed.revoke(change.request)
    assert (filed.place(0).state, filed.place(0).score, filed.place(0).certificate_number) == ("failed", "41", None)
    assert certificate(filed, number).state == "revoked"
    assert filed.money(0) == ("claimed", "released")
    assert not world.ask(records.has_live, "training", f"enrolment:{filed.people[0][2]}")
    assert filed.place(1).state == "completed"
    world.holds()
    filed.balanced()


def test_who_filed_the_correction_cannot_take_the_certificate_back_alone(world: World) -> None:
    filed = reported(world, 1)
    filed.correct(2, outcome="不合格", score="41")
    filed.heard()
    (change,) = filed.changes()

    same = acting(Role.INSTITUTION_ADMIN, organisation=filed.stage.school, account="clerk-1")
    with world.refused("care.second_person"):
        world.perform(revocations.carry_out, actor=same, request_id=change.request)
    world.holds()


def test_a_refused_revocation_leaves_the_row_as_it_was_and_frees_its_money(world: World) -> None:
    filed = reported(world, 1)
    done = filed.correct(2, outcome="不合格", score="41")
    filed.keep_certificate(filed.changes()[0].request)
    assert (filed.line(2).state, filed.line(2, done.return_id).state) == ("applied", "held")
    assert [c.state for c in filed.changes()] == ["refused"]
    assert (filed.place(0).state, filed.money(0)) == ("completed", ("earned", "earned"))
    assert set(filed.codes(done.return_id)) == {(2, "", "returns.corrects"), (2, "", "returns.request_refused")}
    again = filed.correct(2, outcome="不合格", score="40")  # it may be tried anew
    assert filed.line(2, again.return_id).state == "awaiting"
    world.holds()
    filed.balanced()


def test_a_failure_that_was_a_pass_completes_and_uses_the_voucher_again(world: World) -> None:
    filed = enrolled(world, 1)
    filed.return_id = filed.file([filed.row(0, outcome="不合格", score="50")])
    assert filed.money(0) == ("claimed", "released")
    done = filed.correct(2, outcome="合格", score="75")
    assert (filed.place(0).state, filed.money(0)) == ("completed", ("earned", "earned"))
    assert filed.line(2, done.return_id).worth == filed.place(0).voucher_cents > 0
    assert (filed.line(2).state, filed.line(2, done.return_id).state) == ("corrected", "applied")
    world.holds()
    filed.balanced()


def test_a_late_pass_counts_without_money_if_the_voucher_is_used_elsewhere(world: World) -> None:
    filed = enrolled(world, 1)
    filed.return_id = filed.file([filed.row(0, outcome="不合格", score="50")])
    other = filed.stage.open(starts=20, course=filed.stage.publish(title="数据标注员提高"))


    with world.db() as db:
        voucher = db.scalars(select(Voucher.id).where(Voucher.person_id == filed.people[0][0])).one()
    world.perform(enrolments.enrol, actor=filed.stage.learner(filed.people[0][0]), class_id=other.class_id, voucher_id=voucher)
    done = filed.correct(2, outcome="合格", score="75")
    assert filed.place(0).state == "completed"
    assert filed.line(2, done.return_id).worth == 0
    world.holds()


def test_a_late_pass_counts_without_money_if_its_holder_retired_and_the_no_stays_with_its_grounds(lite: World) -> None:
    filed = enrolled(lite, 1)
    filed.return_id = filed.file([filed.row(0, outcome="不合格", score="50")])
    person = filed.people[0][0]
    retired = {"group": "retired", "since": lite.today.isoformat(), "until": None}
    lite.perform(state_fact, person_id=person, kind="standing", source="list:retired", strength="compared", body=retired)
    filed.correct(2, outcome="合格", score="75")
    assert (filed.place(0).state, filed.money(0)) == ("completed", ("claimed", "released"))
    [no] = lite.ask(vouchers.refusals, person)
    assert missed(no.findings) == {"voucher.not_retired"}
    lite.holds()


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"score": "88"}, "change.nothing_new"),
        ({"score": "一百"}, "change.has_errors"),
        ({"hours": "9"}, "change.has_errors"),
        ({"score": "101"}, "change.has_errors"),
        ({"document": "500112200101150018"}, "change.has_errors"),
        ({"salary": "1"}, "change.column_unknown"),
    ],
)
def test_a_correction_that_the_rules_refuse_says_so_and_writes_nothing(world: World, cells: dict[str, str], code: str) -> None:
    filed = reported(world, 1)
    with world.refused(code):
        filed.correct(2, **cells)
    with world.refused("change.reason_needed"):
        filed.correct(2, reason="  ", score="90")
    assert filed.changes() == []
    assert filed.line(2).state == "applied"
    world.holds()


def test_a_row_with_a_change_under_way_takes_no_second_one(world: World) -> None:
    filed = reported(world, 1)
    filed.correct(2, score="91")
    with world.refused("change.has_errors") as held:
        filed.correct(2, score="92")
    assert held[0].facts["codes"] == "returns.change_open"
    world.holds()


def test_versions_of_versions_are_a_chain_of_which_the_newest_counts(world: World) -> None:
    filed = reported(world, 1)
    returns = [filed.return_id]
    for score in ("91", "92", "93"):
        done = filed.correct(2, return_id=returns[-1], score=score)
        filed.reissue(waiting(filed).request)
        returns.append(done.return_id)
    assert [filed.line(2, r).state for r in returns] == ["corrected", "corrected", "corrected", "applied"]
    assert [filed.cells(2, r)["score"] for r in returns] == ["88", "91", "92", "93"]
    with world.refused("change.not_standing"):
        filed.correct(2, score="60")  # of the oldest: it stands no more
    world.holds()


def test_the_file_as_it_was_first_filed_is_a_correction_again_once_it_was_corrected(world: World) -> None:
    filed = reported(world, 1)
    filed.correct(2, completed_on=filed.place(0).completed_on.replace(day=2).isoformat())
    again = filed.upload([["学员1", *filed.row(0)[1:7], filed.cells(2)["completed_on"], "合格"]])
    assert filed.codes(again.return_id) == [(2, "", "returns.filed_otherwise")]
    world.holds()


def test_the_score_that_a_body_corrects_on_the_certificate_alone_reaches_the_place(world: World) -> None:

    filed = reported(world, 1)
    asked = world.perform(
        requests.ask_as_body, actor=filed.clerk, number=filed.place(0).certificate_number, kind=CareKind.CORRECT,
        reason="correction", text="成绩录错", changes={"score": "95"},
    )  # fmt: skip
    filed.reissue(asked.request_id)
    assert filed.place(0).score == "95"
    world.holds()


def test_words_for_a_figure_are_refused_and_the_same_figure_written_otherwise_changes_nothing(world: World) -> None:
    filed = reported(world, 1)
    number, score = filed.place(0).certificate_number, filed.place(0).score
    asked = world.perform(
        requests.ask_as_body, actor=filed.clerk, number=number, kind=CareKind.CORRECT, reason="correction", text="成绩录错",
        changes={"score": "优秀"},
    )  # fmt: skip
    with world.refused("completions.figure_unreadable"):
        filed.reissue(asked.request_id)
    assert (filed.place(0).score, filed.place(0).certificate_number) == (score, number)
    done = filed.correct(2, score=f"{score}.0" if "." not in score else f"{score}0")
    assert filed.line(2, done.return_id).state == "held"
    assert (filed.changes(), filed.place(0).certificate_number) == ([], number), "no certificate is replaced by an equal one"


def test_a_certificate_revoked_for_fraud_takes_the_completion_and_its_money_along(world: World) -> None:

    filed = reported(world, 1)
    number = filed.place(0).certificate_number
    made = world.perform(revocations.propose, actor=filed.clerk, number=number, reason="fraud", explanation="替考")
    filed.heard()
    filed.revoke(made.request_id)
    assert (filed.place(0).state, filed.money(0)) == ("failed", ("claimed", "released"))
    world.holds()


def test_whoever_took_another_voucher_meanwhile_is_not_given_two(world: World) -> None:
    filed = reported(world, 1)
    person = filed.people[0][0]
    world.policy("voucher.trainings_a_year", 5, world.today + timedelta(days=1))
    later(world, 2)
    batch = _batch(world, Payee.PERSON)
    world.perform(claims.claim, actor=world.actor("voucher.claim", account=f"acc-{person}"[:26], person=person), batch_id=batch)
    filed.correct(2, outcome="不合格", score="41")
    filed.heard()
    filed.revoke(waiting(filed).request)
    assert filed.place(0).state == "failed"
    assert filed.money(0) == ("void", "annulled")
    world.holds()
