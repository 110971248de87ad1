"""Completions from learning platforms: xAPI statements with the verbs of cmi5, once for each id, by the rules of a return."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from skills import features
from skills.accounts.rules import Role
from skills.courses.actions import statements as acts
from skills.courses.models import XapiStatement
from skills.courses.rules import statements as rules
from skills.courses.rules.statements import PROGRESS, REASON, VERBS, Verb
from skills.kernel.errors import Refusal
from skills.kernel.sessions import Sessions
from skills.returns.models import Return, ReturnLine
from skills.web.pages import Me
from tests.courses.filed import Filed, enrolled
from tests.courses.stage import resident
from tests.courses.test_views import Visitors
from tests.people_and_bodies import acting
from tests.world import World

pytestmark = pytest.mark.row(22)
BASE = "http://localhost"
IRI = {verb: iri for iri, verb in VERBS.items()}
KEYS = count()


def statement(filed: Filed, verb: Verb = Verb.PASSED, i: int = 0, **change: Any) -> dict[str, Any]:
    """What a platform sends of the i-th learner: 12 class hours, 88 per cent."""
    return {
        "id": str(uuid.UUID(int=next(KEYS) + (4 << 76) + (8 << 60))),
        "actor": {"objectType": "Agent", "account": {"homePage": f"{BASE}/enrolments", "name": filed.people[i][2]}},
        "verb": {"id": IRI[verb], "display": {"zh-CN": "通过"}},
        "object": {"id": "https://lms.example.org/courses/annotation"},
        "result": {"score": {"scaled": 0.88}, "duration": "PT9H", "extensions": {PROGRESS: 100}},
        "timestamp": filed.world.clock.now().isoformat(),
        **change,
    }


def send(filed: Filed, *said: dict[str, Any]) -> acts.Kept:
    kept: acts.Kept = filed.world.perform(
        acts.record, actor=filed.clerk, institution_id=filed.stage.school, statements=rules.read_many(list(said), BASE)
    )
    filed.world.run_jobs()
    return kept


def rows(world: World, table: Any) -> int:
    return int(world.ask(lambda db: db.scalar(select(func.count()).select_from(table))))


def test_the_same_statement_three_times_is_one_completion(world: World) -> None:
    filed = enrolled(world, 1)
    said = statement(filed)
    assert [send(filed, said).states for _ in range(3)] == [("filed",)] * 3
    assert (filed.place(0).state, filed.place(0).hours, filed.place(0).score) == ("completed", "12.00", "88.00")
    assert filed.money(0) == ("earned", "earned")
    assert (rows(world, XapiStatement), rows(world, Return), rows(world, ReturnLine)) == (1, 1, 1)
    with world.refused("xapi.conflict"):
        send(filed, {**said, "result": {"score": {"scaled": 0.99}, "duration": "PT9H"}})
    assert filed.place(0).score == "88.00"
    world.holds()
    filed.balanced()


def test_what_a_record_store_adds_makes_no_other_statement(world: World) -> None:
    filed = enrolled(world, 1)
    said = statement(filed)
    send(filed, said)
    again = send(filed, {**said, "stored": "2026-11-23T12:00:00Z", "authority": {"mbox": "mailto:lrs@example.org"}, "version": "1.0.3"})
    assert again.states == ("filed",)
    world.holds()


def test_a_batch_is_kept_whole_or_not_at_all(world: World) -> None:
    filed = enrolled(world, 2)
    stranger = statement(filed, actor={"account": {"homePage": f"{BASE}/enrolments", "name": "nobody"}})
    with world.refused("xapi.learner_unknown"):
        send(filed, statement(filed), stranger)
    assert rows(world, XapiStatement) == 0
    send(filed, statement(filed), statement(filed, i=1), statement(filed, Verb.TERMINATED))
    assert [filed.place(i).state for i in (0, 1)] == ["completed", "completed"]
    assert rows(world, XapiStatement) == 3
    world.holds()


def test_failed_ends_the_place_without_completion(world: World) -> None:
    filed = enrolled(world, 1)
    send(filed, statement(filed, Verb.FAILED, result={"success": False, "score": {"raw": 40, "max": 100}, "duration": "PT9H"}))
    assert (filed.place(0).state, filed.money(0)) == ("failed", ("claimed", "released"))
    world.holds()


def test_what_the_rules_of_completion_refuse_is_held_with_its_reasons_and_asked_anew(world: World) -> None:
    filed = enrolled(world, 1)
    short = statement(filed, result={"score": {"scaled": 0.88}, "duration": "PT1H"})
    assert send(filed, short).states == ("held",)
    with world.db() as db:
        row = db.scalars(select(XapiStatement)).one()
    assert [e["code"] for e in row.findings["errors"]] == ["completions.hours_short"]
    assert filed.place(0).state == "attending"
    assert send(filed, short).states == ("held",), "nothing changed since"
    world.policy("course.completion_hours_percent", 5, world.today + timedelta(days=1))
    world.clock.forward(days=1)
    assert send(filed, short).states == ("filed",)
    world.run_jobs()
    assert filed.place(0).state == "completed"
    assert rows(world, XapiStatement) == 1
    world.holds()


def test_words_without_a_result_are_noted_and_nothing_follows(world: World) -> None:
    filed = enrolled(world, 1)
    for verb in (Verb.LAUNCHED, Verb.INITIALIZED, Verb.SATISFIED, Verb.ABANDONED, Verb.TERMINATED):
        assert send(filed, statement(filed, verb)).states == ("noted",)
    assert send(filed, statement(filed, Verb.COMPLETED, result={"completion": True})).states == ("noted",)
    assert filed.place(0).state == "attending"
    send(filed, statement(filed, Verb.PASSED))
    assert filed.place(0).state == "completed"
    world.holds()


def test_completed_and_passed_of_one_learner_complete_once(world: World) -> None:
    filed = enrolled(world, 1)
    at = world.clock.now().isoformat()
    assert send(filed, statement(filed, Verb.COMPLETED, timestamp=at), statement(filed, Verb.PASSED, timestamp=at)).states[0] == "filed"
    world.run_jobs()
    assert filed.place(0).state == "completed"
    assert rows(world, ReturnLine) == 1
    other = send(filed, statement(filed, Verb.PASSED, result={"score": {"scaled": 0.95}, "duration": "PT9H"}))
    assert other.states == ("held",)  # what stands is corrected on its page, with a reason
    world.holds()


def test_what_is_taken_back_before_anything_followed_never_follows(world: World) -> None:
    filed = enrolled(world, 2, vouchers=False)
    waived = statement(filed, Verb.WAIVED, result={"extensions": {REASON: "持有同等证书"}})
    short = statement(filed, result={"score": {"scaled": 0.88}, "duration": "PT1H"})
    assert send(filed, waived, short).states == ("waiting", "held")
    for said in (waived, short):
        send(filed, statement(filed, Verb.VOIDED, object={"objectType": "StatementRef", "id": said["id"]}))
    with world.db() as db:
        states = dict(db.execute(select(XapiStatement.statement_id, XapiStatement.state)).all())
        row = db.scalars(select(XapiStatement).where(XapiStatement.verb == Verb.WAIVED)).one()
    assert (states[waived["id"]], states[short["id"]]) == ("voided", "voided")
    with world.refused("xapi_statement.cannot_grant"):
        approver = acting(Role.GOV_CHECKER, district="500112", account="gov-1")
        world.perform(acts.grant_waiver, actor=approver, statement_id=row.id, score=Decimal(80), reason="同等")
    world.policy("course.completion_hours_percent", 5, world.today + timedelta(days=1))
    world.clock.forward(days=1)
    assert send(filed, short).states == ("voided",)
    assert filed.place(0).state == "attending"
    world.holds()


def test_a_waiver_waits_for_somebody_of_the_authority(world: World) -> None:
    filed = enrolled(world, 1, vouchers=False)
    said = statement(filed, Verb.WAIVED, result={"extensions": {REASON: "持有同等证书"}})
    assert send(filed, said).states == ("waiting",)
    assert filed.place(0).state == "attending"
    with world.db() as db:
        row = db.scalars(select(XapiStatement)).one()
    approver = acting(Role.GOV_CHECKER, district="500112", account="gov-1")
    with world.refused("xapi_statement.unknown"):
        elsewhere = acting(Role.GOV_CHECKER, district="500105", account="gov-2")
        world.perform(acts.grant_waiver, actor=elsewhere, statement_id=row.id, score=Decimal(80), reason="同等")
    with world.refused("not_allowed"):
        world.perform(acts.grant_waiver, actor=filed.admin, statement_id=row.id, score=Decimal(80), reason="同等")
    with world.refused("change.reason_needed"):
        world.perform(acts.grant_waiver, actor=approver, statement_id=row.id, score=Decimal(80), reason=" ")
    world.perform(acts.grant_waiver, actor=approver, statement_id=row.id, score=Decimal(80), reason="已核验同等证书")
    world.run_jobs()
    assert (filed.place(0).state, filed.place(0).score, filed.place(0).hours) == ("completed", "80", "12")
    with world.refused("xapi_statement.cannot_refuse"):
        world.perform(acts.refuse_waiver, actor=approver, statement_id=row.id, reason="晚了")
    assert send(filed, said).states == ("granted",)
    world.holds()
    filed.balanced()


def test_what_was_not_taught_is_not_paid_by_a_voucher(world: World) -> None:
    filed = enrolled(world, 1)
    send(filed, statement(filed, Verb.WAIVED, result={"extensions": {REASON: "持有同等证书"}}))
    with world.db() as db:
        row = db.scalars(select(XapiStatement)).one()
    approver = acting(Role.GOV_CHECKER, district="500112", account="gov-1")
    with world.refused("waiver.with_voucher"):
        world.perform(acts.grant_waiver, actor=approver, statement_id=row.id, score=Decimal(80), reason="同等证书")
    world.perform(acts.refuse_waiver, actor=approver, statement_id=row.id, reason="用券学员须上课")
    assert filed.place(0).state == "attending"
    world.holds()


def test_a_voided_statement_makes_its_row_void_by_two_people(world: World) -> None:
    filed = enrolled(world, 1)
    said = statement(filed)
    send(filed, said)
    send(filed, statement(filed, Verb.VOIDED, object={"objectType": "StatementRef", "id": said["id"]}, result={}))
    (change,) = filed.changes()
    assert (change.what, change.state) == ("void", "asked")
    world.holds()


def test_the_row_of_a_statement_is_corrected_like_any_other(world: World) -> None:
    filed = enrolled(world, 1)
    send(filed, statement(filed))
    with world.db() as db:
        filed.return_id = db.scalars(select(Return.id)).one()
    done = filed.correct(1, score="91")
    filed.reissue(filed.changes()[0].request)
    assert (filed.line(1).state, filed.line(1, done.return_id).state, filed.place(0).score) == ("corrected", "applied", "91")
    world.holds()


@pytest.fixture
def visitors(lite: World, monkeypatch: pytest.MonkeyPatch) -> Visitors:
    held = Visitors(lite, {})
    monkeypatch.setattr(features, "load_me", lambda: lambda _db, session: held.known.get(session.account_id))
    return held


def call(visitors: Visitors, actor: Any, method: str, path: str, body: Any = None, **headers: str) -> Any:
    visitors.known[actor.account] = Me(actor, name="p", home="/", organisation=next(iter(actor.organisations), None))
    token = visitors.world.tool(Sessions).begin(actor.account, visitors.world.clock.now(), kind="token")
    sent = {"Authorization": f"Bearer {token}", "X-Experience-API-Version": "1.0.3", **headers}
    return visitors.world.client().open(f"/api/v1{path}", method=method, json=body, headers=sent)


def test_a_platform_speaks_xapi_over_http(visitors: Visitors) -> None:
    filed = enrolled(visitors.world, 2)
    said = statement(filed)
    put = call(visitors, filed.clerk, "PUT", f"/xapi/statements?statementId={said['id']}", said)
    assert (put.status_code, put.data, put.headers["X-Experience-API-Version"]) == (204, b"", "1.0.3")
    posted = call(visitors, filed.clerk, "POST", "/xapi/statements", [said, statement(filed, i=1)])
    assert (posted.status_code, posted.json[0], len(posted.json)) == (200, said["id"], 2)
    visitors.world.run_jobs()
    assert [filed.place(i).state for i in (0, 1)] == ["completed", "completed"]
    conflict = call(visitors, filed.clerk, "POST", "/xapi/statements", {**said, "timestamp": "2026-01-01T00:00:00Z"})
    assert (conflict.status_code, conflict.json["code"]) == (409, "xapi.conflict")
    outcome = call(visitors, filed.clerk, "GET", f"/xapi/outcomes/{said['id']}").json
    assert (outcome["state"], outcome["errors"]) == ("filed", [])
    assert call(visitors, filed.clerk, "POST", "/xapi/statements", said, **{"X-Experience-API-Version": "0.9"}).status_code == 400
    differs = call(visitors, filed.clerk, "PUT", f"/xapi/statements?statementId={uuid.uuid4()}", said)
    assert (differs.status_code, differs.json["code"]) == (400, "xapi.id_differs")
    stranger = acting(Role.INSTITUTION_CLERK, organisation="somebody-else", account="stranger")
    assert call(visitors, stranger, "GET", f"/xapi/outcomes/{said['id']}").status_code == 404
    assert visitors.world.client().get("/api/v1/xapi/about").json["version"][0] == "1.0.3"
    assert visitors.world.client().post("/api/v1/xapi/statements", json=said).status_code in (401, 403)
    visitors.world.holds()


def wrong(change: dict[str, Any]) -> str:
    said = {
        "id": "12345678-1234-4234-8234-123456789012", "actor": {"account": {"homePage": f"{BASE}/enrolments", "name": "E"}},
        "verb": {"id": IRI[Verb.PASSED]}, "object": {"id": "https://x"}, **change,
    }  # fmt: skip
    with pytest.raises(Refusal) as caught:
        rules.read(said, BASE)
    return caught.value.code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": "1"}, "xapi.id"),
        ({"verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"}}, "xapi.verb"),
        ({"actor": {"mbox": "mailto:a@example.org"}}, "xapi.account"),
        ({"actor": {"account": {"homePage": "https://elsewhere", "name": "E"}}}, "xapi.account"),
        ({"actor": {"account": {"homePage": f"{BASE}/enrolments", "name": resident(1)}}}, "xapi.national_id"),
        ({"actor": {"account": {"homePage": f"{BASE}/learners", "name": resident(1)}}}, "xapi.national_id"),
        ({"actor": {"account": {"homePage": f"{BASE}/learners", "name": "C1"}}}, "xapi.class"),
        ({"result": {"success": False}}, "xapi.contradiction"),
        ({"result": {"score": {"scaled": 1.2}}}, "xapi.score"),
        ({"result": {"score": {"raw": 101, "max": 100}}}, "xapi.score"),
        ({"result": {"score": {"raw": 1, "min": 5, "max": 5}}}, "xapi.malformed"),
        ({"result": {"score": {"scaled": True}}}, "xapi.malformed"),
        ({"result": {"duration": "90 minutes"}}, "xapi.duration"),
        ({"result": {"duration": "P"}}, "xapi.duration"),
        ({"timestamp": "2026-11-20"}, "xapi.timestamp"),
        ({"verb": {"id": IRI[Verb.WAIVED]}}, "xapi.reason"),
        ({"verb": {"id": IRI[Verb.VOIDED]}}, "xapi.malformed"),
        ({"object": "x"}, "xapi.malformed"),
        ({"result": {"extensions": ["x"]}}, "xapi.malformed"),
        ({"result": {"score": {"scaled": "1e999999"}}}, "xapi.malformed"),
        ({"result": {"score": {"raw": "9e999999"}}}, "xapi.malformed"),
        ({"result": {"duration": f"PT{'9' * 30}S"}}, "xapi.duration"),
        ({"timestamp": "0001-01-01T00:00:00+14:00"}, "xapi.timestamp"),
    ],
)
def test_a_statement_that_cannot_be_read_says_what_would_be_right(change: dict[str, Any], code: str) -> None:
    assert wrong(change) == code


@given(st.integers(0, 400), st.integers(0, 59), st.integers(0, 59))
def test_durations_become_class_hours_never_rounded_up(h: int, m: int, s: int) -> None:
    seconds = rules._seconds({"duration": f"PT{h}H{m}M{s}S"})
    assert seconds == h * 3600 + m * 60 + s
    told = rules.hours(Decimal(seconds), 45)
    assert told * 45 * 60 <= seconds < (told + Decimal("0.01")) * 45 * 60


@given(st.decimals(0, 1, places=4))
def test_a_scaled_score_is_per_cent(scaled: Decimal) -> None:
    assert rules._score({"score": {"scaled": float(scaled)}}) == (Decimal(str(float(scaled))) * 100).quantize(Decimal("0.01"), "ROUND_DOWN")
