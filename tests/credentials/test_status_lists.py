"""Status lists are kept signed, made anew on change and every six hours, and never served older than their time."""

from __future__ import annotations

import hashlib
import json

import pytest
from sqlalchemy import text

from skills.credentials import badge, statuslist
from skills.credentials.queries import certificate, kept_list
from skills.credentials.signing import Signer
from skills.credentials.statuslist import Status
from skills.kernel import jobs
from skills.kernel.db import writing
from tests.credentials.test_actions import ABOVE, NUMBER, issued, take_back
from tests.world import World


def phone(world: World) -> statuslist.PhoneList:
    answer = world.client().get("/status/1.cwt")
    assert answer.status_code == 200
    keys = world.tool(Signer).published()
    return statuslist.open_phone_list(answer.data, lambda kid: keys[kid.hex()].public)


def work(world: World) -> None:
    jobs.order_regular(world.office)
    world.run_jobs()


def test_kept_bytes_are_served_until_something_changes(world: World) -> None:
    issued(world)
    work(world)
    kept = world.ask(kept_list, "phone", 1)
    world.clock.forward(hours=1)
    assert world.client().get("/status/1.cwt").data == kept[0] == world.client().get("/status/1.cwt").data
    index = world.ask(certificate, NUMBER).status_index
    world.perform(take_back, number=NUMBER, move="revoke", reason="fraud")
    assert phone(world).at(index) is Status.REVOKED  # at once, although no worker ran
    assert world.ask(kept_list, "phone", 1) == kept
    world.run_jobs()
    fresh = world.ask(kept_list, "phone", 1)
    assert fresh[0] != kept[0]
    assert world.client().get("/status/1.cwt").data == fresh[0]
    world.holds(ABOVE)


def test_every_six_hours_without_a_change_and_never_older_than_its_time(world: World) -> None:
    issued(world)
    work(world)
    first = world.ask(kept_list, "revocation", 1)
    world.clock.forward(hours=6)
    work(world)
    assert world.ask(kept_list, "revocation", 1)[1] > first[1]
    assert jobs.order_regular(world.office) == 0  # a turn is ordered once, however many workers ask
    world.clock.forward(hours=13)  # the worker is down
    assert phone(world).made_at == int(world.clock.now().timestamp())
    world.holds(ABOVE)


def test_a_worker_that_stopped_shows_where_operators_look(lite: World) -> None:
    issued(lite)
    work(lite)
    lite.seal()
    assert lite.client().get("/readyz").status_code == 200
    lite.clock.forward(hours=8)
    answer = lite.client().get("/readyz")
    assert answer.status_code == 503
    assert "late: credentials.status_lists" in answer.text
    work(lite)
    lite.seal()
    assert lite.client().get("/readyz").text == "ok\n"


@pytest.mark.parametrize(("move", "purpose"), [("revoke", "revocation"), ("suspend", "suspension")])
def test_both_purposes_name_the_place_and_how_long_they_hold(lite: World, move: str, purpose: str) -> None:
    from skills.accounts.rules import Role
    from skills.credentials import actions
    from tests.people_and_bodies import acting

    _, issuer = issued(lite)
    index = lite.ask(certificate, NUMBER).status_index
    if move == "suspend":
        lite.perform(actions.suspend, actor=acting(Role.BODY_ADMIN, organisation=issuer), number=NUMBER, reason="x")
    else:
        lite.perform(take_back, number=NUMBER, move=move, reason="fraud")
    lite.run_jobs()
    for each in ("revocation", "suspension"):
        sent = lite.client().get(f"/status/{each}/1").data
        document = badge.verify(sent, hashlib.sha256(sent).hexdigest(), lite.tool(Signer).vc_key)
        subject = document["credentialSubject"]
        assert (subject["statusPurpose"], subject["ttl"]) == (each, 12 * 3600 * 1000)
        assert statuslist.bitstring_has(subject["encodedList"], index) is (each == purpose)
        assert json.loads(sent)["validUntil"] > json.loads(sent)["validFrom"]
    lite.holds(ABOVE)


def test_a_kept_list_that_was_swapped_is_named(lite: World) -> None:
    issued(lite)
    work(lite)
    with writing(lite.engine) as db:
        db.execute(text("update status_list set body = (select body from status_list where form = 'suspension')"
                        " where form = 'revocation'"))  # fmt: skip
    assert "credentials.lists_true" in lite.violations(ABOVE)
    with writing(lite.engine) as db:
        db.execute(text("update status_list set body = x'00' where form = 'phone'"))
    assert "credentials.lists_true" in lite.violations(ABOVE)
