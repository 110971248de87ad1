"""Homes: everybody's own, with figures from the database; the auditor's search with its proof."""

from __future__ import annotations

import base64
import json

import pytest
from sqlalchemy import text

from skills.accounts.rules import WORDS, Role
from skills.desk.queries import board, trail
from skills.kernel import merkle
from skills.kernel.errors import Refusal
from skills.people.actions import rename, reveal_document
from skills.web.i18n import sentence
from tests.courses.test_views import Visitors, text_of, visitors
from tests.people_and_bodies import acting, body, someone
from tests.vouchers.stage import Stage
from tests.world import World

__all__ = ["visitors"]
HOMES = ("/me", "/org", "/ent", "/exam", "/gov", "/audit")


@pytest.mark.parametrize("role", list(Role))
def test_each_role_has_its_home_and_nobody_has_anothers(visitors: Visitors, role: Role) -> None:
    organisation = body(visitors.world)
    person = someone(visitors.world).id if role is Role.PERSON else None
    bound = role in (Role.INSTITUTION_ADMIN, Role.INSTITUTION_CLERK, Role.BODY_ADMIN, Role.BODY_CLERK, Role.BODY_CHECKER,
                     Role.EXAMINER)  # fmt: skip
    client = visitors.come(acting(role, organisation=organisation if bound else None, person=person))
    own = WORDS[role][2]
    for home in HOMES:
        assert client.get(home).status_code == (200 if home == own else 403), home
    visitors.world.holds()


def test_the_public_pages_are_there_for_everybody_in_both_languages(lite: World) -> None:
    client = lite.client()
    for path, zh, en in (("/", "扫码核验", "Scan to verify"), ("/help", "求助", "Get help"),
                         ("/accessibility", "无障碍说明", "Accessibility")):  # fmt: skip
        client.set_cookie("lang", "zh", domain="localhost")
        assert zh in text_of(client.get(path))
        client.set_cookie("lang", "en", domain="localhost")
        assert en in text_of(client.get(path))


def test_the_targets_are_the_policys_and_the_figures_the_databases(lite: World) -> None:
    before = lite.ask(board.board, lite.today)
    assert [g.plan for g in before] == [10_000, 50_000, 30_000, 30]
    assert [g.actual for g in before] == [0, 0, 0, 0]
    stage = Stage(lite)
    batch = stage.open()
    stage.issue(batch, stage.person(), stage.person())
    assert lite.ask(board.board, lite.today)[0].actual == 2
    assert lite.client().get("/api/v1/targets").get_json()[0]["actual"] == 2
    assert "10,000" in text_of(lite.client().get("/"))
    lite.holds(without=("courses",))


def test_a_work_list_shows_what_waits_and_only_to_who_may_do_it(visitors: Visitors) -> None:
    stage = Stage(visitors.world)
    from skills.vouchers.actions import batches

    visitors.world.perform(batches.draft, actor=stage.clerk, order=stage.order())
    checker, clerk = visitors.come(acting(Role.GOV_CHECKER, "g2")), visitors.come(acting(Role.GOV_CLERK, "g1"))
    assert "培训券批次待复核" in text_of(checker.get("/gov"))
    assert "培训券批次待复核" not in text_of(clerk.get("/gov"))


def test_the_next_step_of_a_person_follows_the_path(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    person = stage.person()
    client = visitors.come(acting(Role.PERSON, "p", person=person))
    assert "先看看课程" in text_of(client.get("/me"))
    batch = stage.open()
    stage.issue(batch, person)
    assert f"/me/vouchers/claim/{batch}" in text_of(client.get("/me"))
    stage.claim(batch, person)
    assert "用券选课" in text_of(client.get("/me"))


def test_an_auditor_finds_an_act_and_its_proof_holds_elsewhere_too(visitors: Visitors) -> None:
    world = visitors.world
    person = someone(world)
    world.perform(rename, person_id=person.id, name="陈晨", reason="改名")
    world.seal()
    client = visitors.come(acting(Role.AUDITOR, "auditor"))
    found = text_of(client.get(f"/audit?action=person.rename&about={person.id}"))
    assert found.count(">更改姓名</a>") == 1
    assert found.count(">更改姓名</a>") == text_of(client.get(f"/audit?action=改姓名&about={person.id}")).count(">更改姓名</a>")
    assert "没有符合的记录" in text_of(client.get("/audit?action=没有这种办理"))
    assert "没有符合的记录" in text_of(client.get("/audit?action=person.rename&about=nobody"))
    assert "没有符合的记录" in text_of(client.get("/audit?action=person.rename&until=2001-01-01"))
    line = world.ask(trail.search, trail.Asked(action="person.rename"))[0]
    assert "由签署的检查点证明" in text_of(client.get(f"/audit/{line.id}"))
    document = json.loads(text_of(client.get(f"/audit/{line.id}/proof.json")))
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(document["keys"][0]))
    note = document["checkpoint"]
    signed = merkle.open_checkpoint(note, note.partition("\n")[0], key)
    hashes = [base64.b64decode(h) for h in document["hashes"]]
    leaf = merkle.leaf_hash(base64.b64decode(document["leaf"]))
    assert merkle.verify_inclusion(leaf, document["seq"], signed.size, hashes, signed.root)
    assert "陈晨" not in json.dumps(document, ensure_ascii=False)
    text_of(client.get("/audit/nothing"), 404)
    world.holds()


def test_an_auditor_sees_what_was_refused(visitors: Visitors) -> None:
    world = visitors.world
    person = someone(world)
    with pytest.raises(Refusal) as held:
        world.perform(reveal_document, person_id=person.id, reason="curiosity", detail="陈晨")
    refusal = held.value
    client = visitors.come(acting(Role.AUDITOR, "auditor"))
    said = sentence(refusal.code, refusal.facts, "zh").text
    for query in ("", f"?action={reveal_document.name}", f"?about={refusal.code}", "?actor=system"):
        page = text_of(client.get(f"/audit/attempts{query}"))
        assert said in page, query
        assert "陈晨" not in page
    for query in ("?action=voucher", "?about=nobody", "?actor=nobody", "?until=2001-01-01"):
        assert "没有符合的记录" in text_of(client.get(f"/audit/attempts{query}")), query
    [line] = world.ask(trail.attempts, trail.Asked(action=reveal_document.name))
    assert (line.code, line.actor) == (refusal.code, "system")


def test_an_entry_that_was_changed_is_shown_as_changed(visitors: Visitors) -> None:
    world = visitors.world
    someone(world)
    world.seal()
    line = world.ask(trail.search, trail.Asked(action="person.register"))[0]
    with world.engine.begin() as connection:
        connection.execute(text("UPDATE audit_entry SET actor = 'somebody' WHERE id = :id"), {"id": line.id})
    client = visitors.come(acting(Role.AUDITOR, "auditor"))
    assert "被改动过" in text_of(client.get(f"/audit/{line.id}"))
    assert world.violations()


def test_an_entry_that_waits_says_so(visitors: Visitors) -> None:
    someone(visitors.world)
    line = visitors.world.ask(trail.search, trail.Asked(action="person.register"))[0]
    client = visitors.come(acting(Role.AUDITOR, "auditor"))
    assert "正在入链" in text_of(client.get(f"/audit/{line.id}"))
