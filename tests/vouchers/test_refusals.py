"""A no keeps its question as a yes does: it is decided again under the rules of its day, and found if it was tampered with."""

from __future__ import annotations

import json
import time
from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from skills.accounts.rules import Role
from skills.commands.rejudge import as_lines
from skills.kernel.acts import Act
from skills.kernel.audit import Attempt, AuditEntry
from skills.kernel.db import Base, writing
from skills.kernel.errors import Refusal
from skills.standards.queries import policy
from skills.standards.rules import Level
from skills.vouchers import queries
from skills.vouchers.actions import refusing, waiting
from skills.vouchers.models import VoucherRefusal
from skills.vouchers.queries.verdicts import rejudge, rejudge_refusals
from skills.vouchers.rules.refusals import dated_digest_of, digest_of
from tests.courses.test_views import Visitors, text_of, visitors
from tests.erasures.test_actions import erase
from tests.people_and_bodies import acting, someone
from tests.vouchers.stage import Stage
from tests.world import World

__all__ = ["visitors"]

pytestmark = pytest.mark.row(2)


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


@pytest.fixture
def small(lite: World) -> Stage:
    return Stage(lite)


def kept(stage: Stage) -> list[VoucherRefusal]:
    with stage.world.db() as db:
        return list(db.scalars(select(VoucherRefusal).order_by(VoucherRefusal.at, VoucherRefusal.moment)))


def attempts(stage: Stage) -> Tally[tuple[str, str | None]]:
    """How often which answer was given, by what is kept of it."""
    with stage.world.db() as db:
        return Tally((code, no) for code, no in db.execute(select(Attempt.code, Attempt.kept)))


def test_every_no_is_kept_and_decided_again_under_the_rules_of_its_day(stage: Stage) -> None:
    world, stranger, graduate = stage.world, stage.person(strength="promised"), stage.person()
    batch = stage.open(scope_form="general", occupations=("4-04-05-05",))
    with world.refused("voucher.not_eligible"):
        stage.claim(batch, stranger)
    with world.refused("voucher.not_eligible"):
        world.perform(waiting.join, actor=stage.me(stranger), batch_id=batch)  # the same question: kept once
    voucher = stage.claim(batch, graduate)
    with world.refused("voucher.does_not_fit"):
        stage.redeem(voucher, graduate, occupation="6-31-01-01", level=Level.L4)
    listed = stage.open()
    stage.issue(listed, stranger)
    claimed, issued, used = kept(stage)
    assert [(r.moment, r.person_id, r.batch_id, r.voucher_id) for r in (claimed, issued, used)] == [
        ("claim", stranger, batch, None), ("issue", stranger, listed, None), ("redeem", graduate, batch, voucher),
    ]  # fmt: skip
    assert attempts(stage) == {("voucher.not_eligible", claimed.id): 2, ("voucher.does_not_fit", used.id): 1}
    [line] = world.ask(queries.lines, listed, "refused")
    assert line.kept == issued.id

    # Later the rule is another: whoever was refused is taken now, and was refused rightly then.
    value = world.ask(lambda db: policy(db, "voucher.group.graduate_of_year", world.today).value)
    world.policy("voucher.group.graduate_of_year", {**value, "strengths": ["promised"]}, world.today + timedelta(days=1))
    world.clock.forward(days=1)
    stage.claim(batch, stranger)
    world.clock.forward(days=4_000)
    with world.db() as db:
        again = list(rejudge_refusals(db))
        assert {(v.id, v.kept, v.again, v.same) for v in again} == {(r.id, False, False, True) for r in (claimed, issued, used)}
        assert [v.id for v in rejudge_refusals(db, voucher_id=voucher)] == [used.id]
        assert {v.id for v in rejudge_refusals(db, person_id=stranger)} == {claimed.id, issued.id}
        told = list(as_lines([*rejudge(db), *again], as_json=False, whole=True))
    assert told[-2:] == [
        "符合 yes: 2 件 verdicts, 0 件不同 differ, 0 件依据已删除 without grounds",
        "不符合 no: 3 件 verdicts, 0 件不同 differ, 0 件依据已删除 without grounds",
    ]
    world.holds()


def test_a_flood_of_the_same_no_is_kept_once_and_every_attempt_points_to_it(stage: Stage) -> None:
    world, stranger = stage.world, stage.person(graduated=None)
    batch = stage.open(scope_form="general")
    voucher = stage.held(holder := stage.person(), zone="elsewhere")
    entries = select(func.count()).select_from(AuditEntry)
    before = world.ask(lambda db: db.scalar(entries))
    for n in range(20):
        with world.refused("voucher.not_eligible"):
            stage.claim(batch, stranger)
        with world.refused("voucher.does_not_fit"):  # each try has a new name of its own for what is to be paid
            stage.redeem(voucher, holder, source=f"enrolment:{n}")
    assert world.ask(lambda db: db.scalar(entries)) == before + 2
    claimed, used = kept(stage)
    assert attempts(stage) == {("voucher.not_eligible", claimed.id): 20, ("voucher.does_not_fit", used.id): 20}
    assert (claimed.last_at, used.last_at) == (None, None)
    world.clock.forward(days=1)
    for _ in range(2):
        with world.refused("voucher.not_eligible"):
            stage.claim(batch, stranger)
    assert world.ask(lambda db: db.scalar(entries)) == before + 3, "that it was given on another day is written once a day"
    again, _ = kept(stage)
    assert (again.id, again.at, again.last_at) == (claimed.id, claimed.at, world.clock.now()), "the same no to the same question"
    assert attempts(stage)["voucher.not_eligible", claimed.id] == 22
    # Something else is known of the person: that is another question, though the answer is the same.
    stage.fact(stranger, "standing", group="veteran", since="2020-01-01", until="2021-01-01")
    with world.refused("voucher.not_eligible"):
        stage.claim(batch, stranger)
    assert len(kept(stage)) == 3
    world.holds()


def test_a_list_that_is_issued_every_day_keeps_a_no_once_while_facts_and_answer_are_the_same(small: Stage) -> None:
    world = small.world
    nobody, last_year = small.person(graduated=None), small.person(graduated=date(2025, 6, 30))
    batch = small.open()
    small.issue(batch, nobody, last_year)
    first = {row.person_id: row.id for row in kept(small)}
    for _ in range(3):
        world.clock.forward(days=1)
        small.issue(batch)
    rows = kept(small)
    assert {row.person_id: row.id for row in rows} == first
    assert [row.last_at for row in rows] == [world.clock.now()] * 2
    assert {line.kept for line in world.ask(queries.lines, batch, "refused")} == set(first.values())
    # On another day the answer is another: the law of the year turns the one, and the window of the batch ends for both.
    world.clock.set(world.clock.now() + timedelta(days=400))
    small.issue(batch)
    assert len(kept(small)) == 4
    assert {line.kept for line in world.ask(queries.lines, batch, "refused")}.isdisjoint(first.values()), "the last one is shown"
    assert all(no.same for no in world.ask(lambda db: list(rejudge_refusals(db))))
    world.holds()


def test_the_day_counts_only_through_the_answer() -> None:
    question = {"day": "2026-11-23", "open": True, "purpose": None}
    finding = {"code": "voucher.no_group", "met": False, "clause": "", "facts": {"groups": "毕业生", "day": "2026-11-23"}}
    later = {**finding, "facts": {**finding["facts"], "day": "2026-11-24"}}  # type: ignore[dict-item]
    assert digest_of(question, [finding]) == digest_of({**question, "day": "2026-11-24"}, [later])
    assert digest_of(question, [finding]) != digest_of({**question, "open": False}, [finding])
    year = {"code": "voucher.once_a_year", "met": False, "clause": "", "facts": {"year": 2026}}
    assert digest_of(question, [year]) != digest_of({**question, "day": "2027-01-01"}, [{**year, "facts": {"year": 2027}}])


def test_a_no_kept_with_its_day_in_the_digest_still_comes_out_the_same(small: Stage) -> None:
    world = small.world
    with world.refused("voucher.not_eligible"):
        small.claim(small.open(scope_form="general"), small.person(graduated=None))
    with writing(world.engine) as db:  # as it was written until a no was kept once for all days
        row = db.scalars(select(VoucherRefusal)).one()
        row.digest = dated_digest_of(row.question, row.findings)
    assert [no.same for no in world.ask(lambda db: list(rejudge_refusals(db)))] == [True]
    world.asked = True


def test_many_who_ask_the_same_at_once_get_the_same_no(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(world)
    stranger, batch = stage.person(graduated=None), stage.open(scope_form="general")
    write = Act.add_many

    def slowly(act: Act, model: type[Base], rows: Sequence[Mapping[str, object]]) -> None:
        """Between looking and writing there is time for the others to look."""
        if rows and model is VoucherRefusal:
            time.sleep(0.3)
        write(act, model, rows)

    monkeypatch.setattr(Act, "add_many", slowly)

    def one(_: int) -> str:
        try:
            return stage.claim(batch, stranger)
        except Refusal as no:
            return no.code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(one, range(16))) == {"voucher.not_eligible"}
    [no] = kept(stage)
    assert attempts(stage) == {("voucher.not_eligible", no.id): 16}
    world.holds()


def test_what_is_refused_for_another_reason_keeps_no_question(small: Stage) -> None:
    world, person = small.world, small.person()
    with world.refused("voucher_batch.unknown"):
        small.claim("nowhere", person)
    with world.refused("voucher.not_named"):
        small.claim(small.open(), person)
    full = small.open(scope_form="general", count_ceiling=1)
    small.claim(full, small.person())
    with world.refused("voucher_batch.count_reached"):
        small.claim(full, person)
    listed = small.open(count_ceiling=1)
    small.issue(listed, small.person(), person)
    assert kept(small) == []
    assert {no for _, no in attempts(small)} == {None}
    assert [line.kept for line in world.ask(queries.lines, listed, "refused")] == [""]


def test_a_same_order_under_the_same_key_is_refused_again_and_kept_once(small: Stage) -> None:
    holder = small.person()
    voucher = small.held(holder, zone="elsewhere")
    for _ in range(2):
        with small.world.refused("voucher.does_not_fit"):
            small.redeem(voucher, holder, key="once")
    assert len(kept(small)) == 1


def test_a_no_whose_grounds_cannot_be_kept_is_not_given(small: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger, batch = small.person(graduated=None), small.open(scope_form="general")

    def full(*_: object) -> list[str]:
        raise OperationalError("INSERT", None, Exception("no room on the disk"))

    with monkeypatch.context() as patched:
        patched.setattr(refusing, "keep_noes", full)
        with small.world.refused("busy"):
            small.claim(batch, stranger)
    assert (kept(small), attempts(small)) == ([], {})
    with small.world.refused("voucher.not_eligible"):
        small.claim(batch, stranger)
    assert len(kept(small)) == 1
    small.world.holds()


@pytest.mark.parametrize(
    "change",
    [
        {"question": ("day", "2026-05-02")},  # decided another way
        {"question": ("open", False)},
        {"question": ("day", "2026-11-21")},  # decided the same way, and not on that day
        {"question": ("holder", {"birth": "1980-01-01"})},  # comes to the same, and is not what was asked
        {"findings": []},
        {"question": ("day", "2025-06-30"), "renewed": True},  # by somebody who knows how the digest is made
    ],
)
def test_a_no_that_was_tampered_with_is_found(small: Stage, change: dict[str, object]) -> None:
    world, stranger = small.world, small.person(graduated=date(2025, 6, 30))
    with world.refused("voucher.not_eligible"):
        small.claim(small.open(scope_form="general"), stranger)
    with writing(world.engine) as db:
        row = db.scalars(select(VoucherRefusal)).one()
        if "question" in change:
            name, value = change["question"]  # type: ignore[misc]
            row.question = {**row.question, name: {**row.question[name], **value} if isinstance(value, dict) else value}
        else:
            row.findings = []
        if "renewed" in change:
            row.digest = digest_of(row.question, row.findings)
    found = world.violations()
    assert "vouchers.refusals" in found, found
    assert json.loads(next(iter(as_lines(world.ask(lambda db: list(rejudge_refusals(db))), as_json=True, whole=False))))["same"] is False


def test_whoever_is_forgotten_leaves_the_no_without_its_grounds(small: Stage) -> None:
    world, who = small.world, someone(small.world)
    for _ in range(2):  # two of them: their grounds are gone, and they are still two
        with world.refused("voucher.not_eligible"):
            small.claim(small.open(scope_form="general"), who.id)
    assert all(who.id in json.dumps(row.question) for row in kept(small))
    erase(world, who)
    assert [(row.question, row.findings, row.digest) for row in kept(small)] == [({}, [], row.id) for row in kept(small)]
    found = world.ask(lambda db: list(rejudge_refusals(db)))
    assert [(no.forgotten, no.same) for no in found] == [(True, True)] * 2
    assert next(iter(as_lines(found, as_json=False, whole=False))).startswith("符合 yes: 0")
    world.holds()


def test_whoever_was_refused_reads_every_condition_and_the_auditor_sees_it_decided_again(visitors: Visitors) -> None:
    stage = Stage(visitors.world)
    mine, other = stage.person(date(2025, 6, 30)), stage.person()
    batch = stage.open(scope_form="general")
    me, auditor = visitors.come(acting(Role.PERSON, "p1", person=mine)), visitors.come(acting(Role.AUDITOR, "auditor"))
    assert "/me/vouchers/refused" not in text_of(me.get("/me/vouchers"))
    with stage.world.refused("voucher.not_eligible"):
        stage.claim(batch, mine)
    [row] = kept(stage)
    assert "/me/vouchers/refused" in text_of(me.get("/me/vouchers"))
    page = text_of(me.get("/me/vouchers/refused"))
    for words in ("领取：满天星毕业生培训券", "毕业年度", "渝人社〔2022〕189号", row.id):
        assert words in page, words
    [told] = me.get("/api/v1/me/vouchers/refused").get_json()
    assert (told["id"], told["moment"], told["conditions"][0]["code"]) == (row.id, "claim", "voucher.graduation_year")
    assert told["conditions"][0]["clause"].startswith("渝人社")
    stranger = visitors.come(acting(Role.PERSON, "p2", person=other))
    assert row.id not in text_of(stranger.get("/me/vouchers/refused"))
    assert stranger.get("/api/v1/me/vouchers/refused").get_json() == []
    stage.claim(batch, other)
    with stage.world.refused("voucher.not_eligible"):
        stage.claim(stage.open(scope_form="general"), other)
    page = text_of(stranger.get("/me/vouchers/refused"))
    assert "，依据：已与主管部门数据比对" in page, "what a fact rests on, not the writer's own mark of it"

    assert f"/audit/refusals/{row.id}" in text_of(auditor.get("/audit/attempts"))
    assert row.id in [line["kept"] for line in auditor.get("/api/v1/audit/attempts").get_json()]
    page = text_of(auditor.get(f"/audit/refusals/{row.id}"))
    assert "结论与每项条件都一致" in page
    assert "毕业年度" in page
    assert "2001" not in page, "the birth date stays in the question"
    assert auditor.get(f"/api/v1/audit/refusals/{row.id}").get_json()["same"] is True
    text_of(auditor.get("/audit/refusals/nothing"), 404)
    with writing(stage.world.engine) as db:
        db.get_one(VoucherRefusal, row.id).findings = []
    assert "被改动过" in text_of(auditor.get(f"/audit/refusals/{row.id}"))
    assert auditor.get(f"/api/v1/audit/refusals/{row.id}").get_json()["same"] is False
    stage.world.asked = True
