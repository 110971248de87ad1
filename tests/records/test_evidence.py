"""Papers that show a fact: sealed under their owner's key, seen by the owner and by who decides, gone with an erasure."""

from __future__ import annotations

import base64
import os
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from skills.accounts.rules import Role
from skills.config import Settings
from skills.kernel.acts import Act, action
from skills.kernel.jobs import Bench
from skills.people.parts import PARTS
from skills.records import actions, queries
from skills.records.actions import Added, Paper
from skills.records.jobs import sweep
from skills.records.models import RecordEvidence
from tests.complaints.test_life import JPG, PDF, PNG
from tests.courses.test_at_the_counter import by_token
from tests.courses.test_views import Visitors, hidden, press, text_of, visitors
from tests.people_and_bodies import acting, someone
from tests.world import World

__all__ = ["visitors"]
JOB = "4-04-05-01"


@action("test.forget_stated", may="test.forget_stated")
def _forgotten(act: Act, person_id: str) -> None:
    """The room's part in an erasure."""
    PARTS["records"].forget(act, person_id)


@action("test.enter_seen", may="test.enter_seen")
def _seen(act: Act, person_id: str) -> Added:
    """A clerk enters the same certificate with its paper in hand."""
    return actions.state_level(
        act, person_id=person_id, occupation_code=JOB, level=3, number="2050001234400012", issued_on=date(2020, 6, 1), issuer="川西",
        strength="seen",
    )  # fmt: skip


def promise(world: World, person: str) -> str:
    made = world.perform(
        actions.promise_level, actor=acting(Role.PERSON, "p", person=person), occupation_code=JOB, level=3, number="2050001234400012",
        issued_on=date(2020, 6, 1), issuer="川西",
    )  # fmt: skip
    return str(made.entry_id)


def folder(world: World) -> Any:
    settings = world.tool(Settings)
    return settings.files_dir / queries.EVIDENCE


def test_a_file_is_sealed_seen_by_who_decides_and_gone_with_an_erasure(visitors: Visitors) -> None:
    world = visitors.world
    who = someone(world)
    entry = promise(world, who.id)
    me = visitors.come(acting(Role.PERSON, "p", person=who.id))
    page, door = "/me/passport", f"/me/facts/{entry}/evidence"
    for data, status in ((b"MZ" + PDF, 409), (PNG[: len(PNG) // 2], 409), (PDF, 303)):
        assert press(me, page, door, papers=(BytesIO(data), "证书.pdf")).status_code == status
    shown = text_of(me.get(page))
    again = {"csrf_token": hidden(shown, "csrf_token"), "key": "same-key"}
    for _ in range(2):
        assert me.post(door, data={**again, "papers": (BytesIO(JPG), "a.jpg")}).status_code == 303
    held = world.ask(queries.evidence, entry)
    assert sorted(paper.kind for paper in held) == ["jpg", "pdf"], "the same form twice is one paper"
    [first] = [paper for paper in held if paper.kind == "pdf"]
    lying = (folder(world) / first.id).read_bytes()
    assert PDF not in lying
    assert (me.get(f"{door}/{first.id}").data, me.get(f"{door}/{first.id}").headers["Cache-Control"]) == (PDF, "no-store")

    clerk = visitors.come(acting(Role.GOV_CLERK, "clerk"))
    assert f"/gov/facts/{entry}/evidence/{first.id}" in text_of(clerk.get("/gov/facts"))
    assert clerk.get(f"/gov/facts/{entry}/evidence/{first.id}").data == PDF
    other = visitors.come(acting(Role.PERSON, "q", person=someone(world, 5, "王五").id))
    assert other.get(f"{door}/{first.id}").status_code == 404
    assert other.get(f"/gov/facts/{entry}/evidence/{first.id}").status_code == 403

    seen = world.perform(actions.compare, entry_id=entry, strength="seen")
    assert clerk.get(f"/gov/facts/{seen.entry_id}/evidence/{first.id}").data == PDF, "a stronger entry keeps its papers"
    assert clerk.get(f"/gov/facts/{entry}/evidence/{first.id}").status_code == 404
    world.holds()
    (folder(world) / first.id).write_bytes(lying[:-1] + bytes([lying[-1] ^ 1]))
    assert "records.evidence" in world.violations()
    (folder(world) / first.id).write_bytes(lying)

    world.perform(_forgotten, person_id=who.id)
    with world.db() as db:
        assert db.scalars(select(RecordEvidence)).all() == []
    old = (world.clock.now() - timedelta(days=3)).timestamp()
    for path in folder(world).iterdir():
        os.utime(path, (old, old))
    sweep(Bench("sweep-1", world.office))
    assert list(folder(world).iterdir()) == []
    world.holds()


@pytest.mark.parametrize(
    ("papers", "code"),
    [
        ((Paper("01M838Z2G0EDG27KP1DW3V2TF0", "pdf", 10, "0" * 64),), "evidence.gone"),
        (tuple(Paper(f"01M838Z2G0EDG27KP1DW3V2TF{n}", "pdf", 10, "0" * 64) for n in range(4)), "evidence.too_many"),
    ],
)
def test_what_did_not_arrive_or_is_too_much_is_refused(lite: World, papers: tuple[Paper, ...], code: str) -> None:
    who = someone(lite)
    entry = promise(lite, who.id)
    me = acting(Role.PERSON, "p", person=who.id)
    with lite.refused(code):
        lite.perform(actions.prove, actor=me, entry_id=entry, papers=papers)
    with lite.refused("record_entry.unknown"):
        lite.perform(actions.prove, actor=acting(Role.PERSON, "q", person=someone(lite, 5, "王五").id), entry_id=entry, papers=papers)
    lite.holds()


def test_programs_send_papers_in_base64(visitors: Visitors) -> None:
    world = visitors.world
    who = someone(world)
    entry = promise(world, who.id)
    visitors.come(acting(Role.PERSON, "p", person=who.id))
    headers = {"Idempotency-Key": "papers-1", **by_token(world, "p")}
    body = {"papers": [base64.b64encode(PNG).decode()]}
    sent = world.client().post(f"/api/v1/me/facts/{entry}/evidence", json=body, headers=headers)
    assert sent.status_code == 200, sent.get_data(as_text=True)
    assert [p.kind for p in world.ask(queries.evidence, entry)] == ["png"]
    owner = someone(world, 5, "王五")
    theirs = world.perform(_seen, person_id=owner.id)
    assert world.ask(queries.passport, who.id) == [], "a paper that was seen goes before the promise of somebody else"
    assert world.ask(queries.evidence, theirs.entry_id) == [], "and nobody comes by the papers of another"
    world.holds()
