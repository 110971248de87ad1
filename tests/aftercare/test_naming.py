"""Certificates that name a document which was taken off their holder are listed until they are put right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from skills.accounts.rules import Role
from skills.aftercare.actions import orders
from skills.aftercare.queries.naming import naming, still_wrong
from skills.aftercare.rules import CareKind, Holder, NamedBy, names_document, to_put_right
from skills.credentials import queries as certificates
from skills.people.rules.removals import HeldDocument
from tests.aftercare.stage import ABOVE, case
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.credentials.test_actions import NUMBER
from tests.people.test_additions import CHECKER, CLERK, ask, release
from tests.people.test_first_document import decide, first_of, wish
from tests.people_and_bodies import acting, resident
from tests.world import World

__all__ = ["visitors"]
AT = datetime(2026, 5, 1, tzinfo=UTC)


def held(document_id: str, masked: str, name: str = "", ended: bool = False) -> HeldDocument:
    return HeldDocument(document_id, "护照", masked, name, AT - timedelta(days=9), AT + timedelta(days=9) if ended else None)


@pytest.mark.parametrize(
    ("masked", "name", "by"),
    [("*12", "陈星宇", NamedBy.NUMBER), ("*34", "陈星宇", None), ("*34", "chenxingyu", NamedBy.NAME), ("*34", "chen", None)],
)
def test_a_certificate_names_a_document_by_its_number_or_by_the_name_written_on_it(masked: str, name: str, by: NamedBy | None) -> None:
    papers = [held("off", "*12", "chenxingyu", ended=True), held("own", "*34", "chen")]
    assert names_document("off", Holder("护照", masked, name, AT), papers, "陈星宇") == by
    stays = [*papers, held("too", "*56", "chenxingyu")]
    assert names_document("off", Holder("护照", "*34", "chenxingyu", AT), stays, "陈星宇") is None, "a document that stays bears the name too"


def test_only_what_still_counts_is_to_be_put_right() -> None:
    assert [to_put_right(state) for state in ("issued", "suspended", "revoked", "superseded")] == [True, True, False, False]


def mistyped(world: World, person_id: str) -> str:
    """The right number is added; the wish that the wrong one, with which the record was made, is taken off."""
    world.clock.forward(days=1)
    release(world, ask(world, person_id, "resident", resident(3), "mistyped"))
    return wish(world, first_of(world, person_id), "mistyped")


def test_a_certificate_is_listed_from_the_proposal_until_it_is_exchanged(world: World) -> None:
    c = case(world)
    first = first_of(world, c.who.id)
    removal = mistyped(world, c.who.id)
    [before] = world.ask(naming, c.who.id, first)
    assert (before.number, before.kind_zh, before.state, before.by, before.open) == (NUMBER, "职业技能等级证书", "issued", "number", True)
    assert [w.url for w in before.ways] == [f"/gov/people/{c.who.id}/certificates/{NUMBER}", f"/gov/care/orders/new?number={NUMBER}"]
    assert world.ask(still_wrong) == [], "nothing is wrong before two people say so"
    decide(world, removal)
    [line] = world.ask(still_wrong)
    assert (line.removal_id, line.person_id, line.certificate.number) == (removal, c.who.id, NUMBER)
    request = c.ask(CareKind.EXCHANGE)
    [line] = world.ask(still_wrong)
    assert [w.url for w in line.certificate.ways] == [f"/gov/care/{request}"], "what is under way is shown in place of what can be begun"
    c.examine(request, CareKind.EXCHANGE)
    c.settle(request)
    assert world.ask(certificates.certificate, NUMBER).claims.document_masked.endswith(resident(3)[-4:])
    assert world.ask(still_wrong) == []
    [after] = world.ask(naming, c.who.id, first)
    assert (after.state, after.open, after.ways) == ("superseded", False, ()), "what was put right is still told"
    world.holds(ABOVE)


def test_an_order_is_told_and_a_document_that_comes_back_makes_it_right_again(lite: World) -> None:
    c = case(lite)
    decide(lite, mistyped(lite, c.who.id))
    lite.perform(orders.order, actor=c.authority, number=NUMBER, kind=CareKind.REVOKE, document="渝人社责〔2026〕8号", grounds="替考")
    [line] = lite.ask(still_wrong)
    assert [(w.zh, w.url) for w in line.certificate.ways] == [("已责令撤销 渝人社责〔2026〕8号", "/gov/care")]
    lite.clock.forward(hours=1)
    release(lite, ask(lite, c.who.id, "resident", c.who.number, "changed"))
    assert lite.ask(still_wrong) == []
    lite.holds(ABOVE)


def test_the_desk_sees_them_on_its_pages_and_by_api_and_does_what_it_may(visitors: Visitors) -> None:
    world = visitors.world
    c = case(world)
    first = first_of(world, c.who.id)
    removal = mistyped(world, c.who.id)
    checker, counter = visitors.come(CHECKER), visitors.come(acting(Role.GOV_COUNTER, "counter"))
    listing, wrong = "/gov/people/removals", "/gov/care/documents"
    [told] = counter.get("/api/v1/people/removals").get_json()
    assert [(one["number"], one["open"]) for one in told["certificates"]] == [(NUMBER, True)]
    [one] = [d for d in counter.get(f"/api/v1/people/{c.who.id}/documents").get_json() if d["id"] == first]
    assert (one["founded"], one["read_wanted"], one["certificates"][0]["number"]) == (True, False, NUMBER)
    page = text_of(checker.get(listing))
    assert NUMBER in page
    assert "建档时的证件" in page
    assert f"/gov/care/orders/new?number={NUMBER}" not in page, "nothing is to be put right before two people say so"
    assert NUMBER not in text_of(checker.get(wrong))
    press(checker, listing, f"{listing}/{removal}/decide", agree="yes")
    closed = text_of(counter.get(f"{listing}?closed=1"))
    assert f"/gov/people/{c.who.id}/certificates/{NUMBER}" in closed
    page = text_of(checker.get(wrong))
    assert f"/gov/care/orders/new?number={NUMBER}" in page, "a checker may order the body"
    assert f"/gov/people/{c.who.id}/certificates" not in page, "and does not serve at the counter"
    assert wrong in text_of(checker.get("/gov"))
    assert [w["certificate"]["number"] for w in checker.get("/api/v1/care/documents").get_json()] == [NUMBER]
    assert counter.get(wrong).status_code == 403
    assert visitors.come(CLERK).get(wrong).status_code == 200
    checker.set_cookie("lang", "en", domain="localhost")
    assert "Order it revoked or corrected" in text_of(checker.get(wrong))
    world.holds(ABOVE)
