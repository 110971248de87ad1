"""Rows made void: by one confirmation or by two people, never silently, and never without what follows from it."""

from __future__ import annotations

import pytest

from skills.aftercare.actions import requests
from skills.aftercare.rules import CareKind
from skills.courses.queries import results
from skills.credentials import queries as credentials
from skills.kernel import jobs
from skills.records import queries as records
from skills.returns.actions import changes, removals
from skills.returns.queries import removals as removal_queries
from tests.courses.filed import Filed, enrolled, reported
from tests.world import World

pytestmark = pytest.mark.row(60)


def void(filed: Filed, *rows: int, reason: str = "报错了班") -> removals.Removed:
    done: removals.Removed = filed.world.perform(removals.void, actor=filed.clerk, return_id=filed.return_id, rows=rows, reason=reason)
    filed.world.run_jobs()
    return done


def confirmed(filed: Filed, removal_id: str) -> None:
    filed.world.perform(removals.confirm, actor=filed.admin, removal_id=removal_id)
    filed.world.run_jobs()


def test_a_void_of_more_than_the_share_waits_for_a_second_person(world: World) -> None:
    filed = reported(world, 3)
    asked = void(filed, 2)
    assert (asked.state, asked.rows, asked.stands, asked.second) == ("asked", 1, 3, True)
    assert asked.cents == filed.place(0).voucher_cents > 0
    assert filed.line(2).state == "applied"
    with world.refused("removal.own_work"):
        world.perform(removals.confirm, actor=filed.clerk, removal_id=asked.removal_id)
    with world.refused("removal.own_work"):
        world.perform(removals.refuse, actor=filed.clerk, removal_id=asked.removal_id, reason="我自己看过了")
    assert world.ask(removal_queries.waiting_for, filed.admin) == 1
    assert world.ask(removal_queries.waiting_for, filed.clerk) == 0
    world.holds()
    confirmed(filed, asked.removal_id)
    shown = world.ask(removal_queries.removal, asked.removal_id, [filed.stage.school])
    assert [(r.row, r.state, bool(r.number)) for r in shown.lines] == [(2, "waiting", True)]
    assert filed.place(0).state == "completed"  # its holder is heard first
    world.holds()
    filed.heard()
    filed.revoke(filed.changes()[0].request)
    assert (filed.line(2).state, filed.place(0).state, filed.place(0).certificate_number) == ("voided", "attending", None)
    assert filed.money(0) == ("redeemed", "redeemed")
    assert not world.ask(records.has_live, "training", f"enrolment:{filed.people[0][2]}")
    world.holds()
    filed.balanced()


def test_a_void_row_can_be_reported_again_and_is_a_new_version(world: World) -> None:
    filed = reported(world, 2)
    number = filed.place(0).certificate_number
    confirmed(filed, void(filed, 2).removal_id)
    filed.heard()
    filed.revoke(filed.changes()[0].request)
    again = filed.file([filed.row(0, completed_on=filed.cells(2)["completed_on"])])
    assert (filed.line(2, again).state, filed.place(0).state) == ("applied", "completed")
    assert filed.money(0) == ("earned", "earned")
    assert filed.place(0).certificate_number != number
    assert world.ask(credentials.certificate, number).state == "revoked"
    versions = world.ask(results.versions, filed.people[0][2])
    assert [(v.how, v.certificate_number) for v in versions] == [("", filed.place(0).certificate_number), ("void", number)]
    world.holds()
    filed.balanced()


def test_one_row_of_many_is_below_the_share_and_needs_one_confirmation(world: World) -> None:
    filed = enrolled(world, 21, vouchers=False)
    filed.return_id = filed.file([filed.row(i, **({"outcome": "不合格", "score": "30"} if i == 0 else {})) for i in range(21)])
    done = void(filed, 2)
    assert (done.second, done.state) == (False, "confirmed")
    assert (filed.line(2).state, filed.place(0).state) == ("voided", "attending")  # it was no completion: nobody to be heard
    two = void(filed, 3, 4)
    assert (two.rows, two.stands, two.second) == (2, 20, True)
    world.perform(removals.withdraw, actor=filed.clerk, removal_id=two.removal_id)
    next_one = void(filed, 5)
    assert (next_one.rows, next_one.stands, next_one.second) == (1, 20, True), "one after the other is as much as all at once"
    world.holds()
    filed.balanced()


def test_a_failed_row_made_void_uses_the_voucher_again(world: World) -> None:
    filed = enrolled(world, 1)
    filed.return_id = filed.file([filed.row(0, outcome="不合格", score="30")])
    assert filed.money(0) == ("claimed", "released")
    confirmed(filed, void(filed, 2).removal_id)
    assert (filed.place(0).state, filed.money(0)) == ("attending", ("redeemed", "redeemed"))
    world.holds()


def test_the_second_person_can_say_no_and_the_first_can_take_it_back(world: World) -> None:
    filed = reported(world, 2)
    first = void(filed)
    assert first.rows == 2
    world.perform(removals.refuse, actor=filed.admin, removal_id=first.removal_id, reason="名单是对的")
    second = void(filed, 2)
    with world.refused("removal.not_yours"):
        world.perform(removals.withdraw, actor=filed.admin, removal_id=second.removal_id)
    world.perform(removals.withdraw, actor=filed.clerk, removal_id=second.removal_id)
    assert [filed.line(r).state for r in (2, 3)] == ["applied", "applied"]
    assert {c.state for c in filed.changes()} == {"refused"}
    with world.refused("return_removal.cannot_confirm"):
        world.perform(removals.confirm, actor=filed.admin, removal_id=first.removal_id)
    world.holds()


def test_what_cannot_be_made_void_says_why(world: World) -> None:
    filed = reported(world, 2)
    with world.refused("return_line.unknown"):
        void(filed, 99)
    with world.refused("change.reason_needed"):
        void(filed, 2, reason=" ")
    void(filed, 2)
    with world.refused("change.under_way"):
        void(filed, 2)
    rest = void(filed)
    assert rest.rows == 1  # the other one is asked about already
    with world.refused("removal.nothing"):
        void(filed)
    stranger = world.actor("return.file", "return.handle", account="s", organisation="somebody-else")
    with world.refused("filed_return.unknown"):
        world.perform(removals.void, actor=stranger, return_id=filed.return_id, rows=(2,), reason="x")
    with world.refused("return_removal.unknown"):
        world.perform(removals.confirm, actor=stranger, removal_id=rest.removal_id)
    world.holds()


def mark(filed: Filed, return_id: str) -> None:
    filed.world.perform(removals.mark_complete, actor=filed.clerk, return_id=return_id, complete=True)


def test_a_complete_list_that_leaves_people_out_needs_to_be_told_and_a_second_person(world: World) -> None:
    filed = reported(world, 4)
    later = filed.upload([filed.row(i) for i in range(3)])
    mark(filed, later.return_id)
    with world.refused("return.removal_unconfirmed") as held:
        filed.hand_in(later.return_id)
    cents = filed.place(3).voucher_cents
    assert held[0].facts == {"count": 1, "stands": 4, "yuan": f"{cents / 100:.2f}", "percent": 5}
    with world.refused("return.removal_unconfirmed"):
        filed.hand_in(later.return_id, removes=2)
    filed.hand_in(later.return_id, removes=1)
    (removal,) = world.ask(removal_queries.removals, [filed.stage.school])
    assert (removal.cause, removal.rows, removal.stands, removal.state) == ("complete", 1, 4, "asked")
    assert filed.line(5).state == "applied"
    confirmed(filed, removal.id)
    filed.heard()
    filed.revoke(filed.changes()[0].request)
    assert [filed.line(r).state for r in (2, 3, 4, 5)] == ["applied", "applied", "applied", "voided"]
    world.holds()
    filed.balanced()


def test_a_complete_list_with_errors_says_nothing_about_who_is_missing(world: World) -> None:
    filed = reported(world, 2)
    later = filed.upload([filed.row(0), ["陌生人", *filed.row(1)[1:]]])
    mark(filed, later.return_id)
    with world.refused("return.complete_has_errors"):
        filed.hand_in(later.return_id)
    world.perform(removals.mark_complete, actor=filed.clerk, return_id=later.return_id, complete=False)
    filed.hand_in(later.return_id)
    assert filed.changes() == []
    world.holds()


def test_a_whole_complete_list_takes_nobody_away(world: World) -> None:
    filed = reported(world, 3)
    later = filed.upload([filed.row(i) for i in (2, 0, 1)])
    mark(filed, later.return_id)
    done = filed.hand_in(later.return_id)
    assert (done.state, done.same_as) == ("applied", filed.return_id)
    assert filed.changes() == []
    world.holds()


def test_a_row_that_cannot_go_stands_and_says_why_while_the_others_go(world: World) -> None:
    filed = enrolled(world, 2)
    filed.return_id = filed.file([filed.row(0), filed.row(1, outcome="不合格", score="20")])

    world.perform(
        requests.ask_as_body, actor=filed.clerk, number=filed.place(0).certificate_number, kind=CareKind.CORRECT,
        reason="correction", text="成绩录错", changes={"score": "95"},
    )  # fmt: skip
    confirmed(filed, void(filed).removal_id)
    assert [filed.line(r).state for r in (2, 3)] == ["applied", "voided"]
    (refused,) = [c for c in filed.changes() if c.state == "refused"]
    assert refused.refusal == "care.not_possible"
    world.holds()


def test_a_confirmed_removal_goes_on_after_a_worker_has_died(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    filed = enrolled(world, 3, vouchers=False)
    filed.return_id = filed.file([filed.row(i, outcome="不合格", score="20") for i in range(3)])
    asked = void(filed)
    world.perform(removals.confirm, actor=filed.admin, removal_id=asked.removal_id)

    real, calls = changes.void, []

    def dying(act: object, change: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise ConnectionError("the worker dies")
        return real(act, change)  # type: ignore[arg-type]

    monkeypatch.setattr(changes, "void", dying)

    jobs.run_one(world.office)
    assert sorted(filed.line(r).state for r in (2, 3, 4)) == ["applied", "applied", "voided"]
    monkeypatch.setattr(changes, "void", real)
    world.clock.forward(minutes=5)
    world.run_jobs()
    assert [filed.line(r).state for r in (2, 3, 4)] == ["voided"] * 3
    world.holds()
