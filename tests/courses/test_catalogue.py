"""The catalogue: facets that count right, one price for everybody, open data, and what a course may be."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.courses.actions import catalogue as acts
from skills.courses.actions import classes, enrolments
from skills.courses.queries import catalogue, prices
from skills.courses.queries.catalogue import Filters
from skills.courses.queries.facets import Facet, price_words
from skills.courses.rules.catalogue import Known, Offer, bands, may_write
from skills.courses.rules.classes import KINDS, ZONES
from skills.demo.catalogue import COURSES
from tests.courses.stage import Stage, make_stage
from tests.courses.test_views import Visitors, text_of, visitors
from tests.courses.wallet import open_batch, voucher_for
from tests.credentials.test_actions import claims_for, issue
from tests.people_and_bodies import Someone, body
from tests.world import World, grown

__all__ = ["visitors"]


def seed(stage: Stage, count: int = len(COURSES)) -> dict[str, str]:
    """The courses of the demo, published by this stage's institution: id by title."""
    return {
        c.title: stage.publish(
            title=c.title, kind=c.kind, zone=c.zone, occupation=c.occupation, level=c.level, hours=12, fee=c.fee * 100,
            description=c.about, section=c.section, mode=c.mode, leads_to=c.leads_to, ability=c.ability,
        )
        for c in COURSES[:count]
    }  # fmt: skip


def _seeded(world: World) -> tuple[Stage, dict[str, str]]:
    stage = make_stage(world)
    return stage, seed(stage)


# What a course may be -------------------------------------------------------------------------------------------

GOOD = Offer("数据标注", "skill", "mantianxing", "", "onsite", "completion", "", 2, 12, 240_000, False)
KNOWN = Known(tuple(KINDS), tuple(ZONES))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " "}, "course.titled"), ({"kind": "other"}, "course.codes"), ({"section": "other"}, "course.codes"),
        ({"level": 9}, "course.codes"), ({"hours": 0}, "course.hours"), ({"fee": -1}, "course.fee"),
        ({"section": "open"}, "course.open_is_free"), ({"section": "ability"}, "course.ability_named"),
        ({"leads_to": "special_ability"}, "course.ability_named"), ({"ability": "网页制作"}, "course.ability_named"),
        ({"leads_to": "level", "level": None}, "course.level_named"), ({"leads_to": "engineer"}, "course.engineer_profession"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_course_is_named(change: dict[str, Any], code: str) -> None:
    from dataclasses import replace

    assert may_write(GOOD, KNOWN)
    verdict = may_write(replace(GOOD, **change), KNOWN)
    assert [f.code for f in verdict.findings] == [code]


def test_every_course_of_the_demo_may_be_written() -> None:
    assert len(COURSES) >= 40
    for c in COURSES:
        offer = Offer(c.title, c.kind, c.zone, c.section, c.mode, c.leads_to, c.ability, c.level, c.hours, c.fee * 100, c.occupation[0] == "2")
        assert may_write(offer, KNOWN), c.title


@given(st.lists(st.integers(1, 10**8), min_size=1, max_size=5, unique=True).map(sorted), st.integers(0, 2 * 10**8))
def test_every_fee_lies_in_just_one_band(limits: list[int], fee: int) -> None:
    held = [code for code, low, top in bands(limits) if (low is None or fee >= low) and (top is None or fee < top)]
    assert len(held) == 1


def test_bands_in_words() -> None:
    assert [price_words(low, top)[0] for _, low, top in bands([50_000, 200_000])] == ["免费", "500元以内", "500—2,000元", "2,000元以上"]


# Facets ---------------------------------------------------------------------------------------------------------


def test_a_facet_counts_what_choosing_it_would_leave(world: World) -> None:
    stage = make_stage(world)
    ids = seed(stage)
    for n, course in enumerate(list(ids.values())[:9]):
        made = stage.plan(3 if n % 3 else 30, starts=3 + 12 * n, course=course, district=("500112", "500103")[n % 2])
        world.perform(classes.submit, actor=stage.clerk, class_id=made.class_id, promise=True)
        world.perform(classes.approve, actor=stage.city, class_id=made.class_id)
    for chosen in (
        Filters(words="数据"), Filters(section="ability", zone=""), Filters(places="1", district="500103"),
        Filters(start="30", mode="onsite"), Filters(price="200000", leads_to="level"), Filters(occupation="4-04-05-01", level=3),
    ):  # fmt: skip
        page = world.ask(catalogue.catalogue, chosen, world.today)
        for facet in page.facets:
            for value in facet.values[:4]:
                other = _with(chosen, facet, value.code)
                left = world.ask(catalogue.catalogue, other, world.today)
                assert left.total == value.count, (chosen, facet.name, value)
        assert page.total == sum(1 for c in _all(world) if _fits(world, c, chosen)) or chosen.words or chosen.district
    world.holds()


def _with(chosen: Filters, facet: Facet, code: str) -> Filters:
    from dataclasses import replace

    value: Any = "" if code == "none" else int(code) if facet.name == "level" else code
    return replace(chosen, **{facet.name: value})


def _all(world: World) -> list[catalogue.CourseLine]:
    return world.ask(catalogue.public_courses, world.today, "", 1000)  # type: ignore[no-any-return]


def _fits(world: World, c: catalogue.CourseLine, f: Filters) -> bool:
    plain = all(not getattr(f, n) or getattr(c, n) == getattr(f, n) for n in ("occupation", "kind", "mode", "leads_to"))
    coded = all(getattr(f, n) is None or getattr(c, n) == getattr(f, n) for n in ("zone", "section", "level"))
    priced = not f.price or 50_000 < c.fee <= 200_000
    soon = not f.start or (c.next_start is not None and c.next_start <= world.today + timedelta(days=int(f.start)))
    return plain and coded and priced and soon and (not f.places or c.places > 0)


def test_the_number_of_readings_does_not_grow_with_the_catalogue(world: World) -> None:
    from sqlalchemy import event

    stage = make_stage(world)
    person, _ = stage.person()
    voucher_for(world, person)
    counts = []
    for more in (2, 20):
        seed(stage, more)
        made: list[str] = []
        listen = lambda *a, made=made: made.append(a[2])  # noqa: E731
        event.listen(world.engine, "before_cursor_execute", listen)
        page = world.ask(catalogue.catalogue, Filters(), world.today)
        world.ask(prices.prices, person, world.today, page.courses)
        event.remove(world.engine, "before_cursor_execute", listen)
        counts.append(len(made))
    assert counts[0] == counts[1] < 60


# My price after voucher -----------------------------------------------------------------------------------------


@pytest.mark.row(16)
def test_the_price_in_the_list_is_what_enrolling_then_costs_for_three_kinds_of_people(world: World) -> None:
    """A graduate with a voucher, somebody who spent theirs this year, somebody without: all seeded courses, by the acts themselves."""
    stage = make_stage(world)
    seed(stage)
    courses = [c for c in _all(world) if c.id != stage.course]
    opened = {c.id: stage.open(course=c.id).class_id for c in courses}
    graduate, _ = stage.person("毕业生")
    voucher = voucher_for(world, graduate)
    spent, _ = stage.person("用过券的人")
    used = voucher_for(world, spent)
    stage.enrol(stage.open().class_id, spent, used)
    without, _ = stage.person("没有券的人")
    told = {p: world.ask(prices.prices, p, world.today, courses) for p in (graduate, spent, without)}
    for course in courses:
        for person in (graduate, spent, without):
            price = told[person][course.id]
            held = price.offer.voucher_id if price.offer else None
            taken = stage.enrol(opened[course.id], person, held)
            assert taken.price == price.price, (course.title, price)
            assert _paid_by_voucher(world, taken.redemption_id) == (price.offer.cents if price.offer else 0)
            world.perform(enrolments.withdraw, actor=stage.learner(person), enrolment_id=taken.enrolment_id)
            if person == graduate and price.offer is None and course.fee:
                with world.refused("voucher.does_not_fit"):
                    stage.enrol(opened[course.id], person, voucher)
            elif person == spent:
                with pytest.raises(Exception, match="voucher"):
                    stage.enrol(opened[course.id], person, used)
    paid = Counter(p.why for p in told[graduate].values())
    assert paid[""] > 20
    assert {p.why for p in told[spent].values()} == {"used", "free"}
    assert {p.why for p in told[without].values()} == {"none", "free"}
    world.holds()


def _paid_by_voucher(world: World, redemption_id: str | None) -> int:
    from skills.vouchers.models import Redemption

    if redemption_id is None:
        return 0
    with world.db() as db:
        row = db.get(Redemption, redemption_id)
        assert row is not None
        return int(row.cents)


def test_why_there_is_no_price_after_voucher(world: World) -> None:
    stage = make_stage(world)
    [course] = _all(world)
    waiting, _ = stage.person()
    open_batch(world, waiting)
    assert world.ask(prices.prices, waiting, world.today, [course])[course.id].why == "waiting"
    holder, _ = stage.person()
    voucher_for(world, holder)
    other = stage.publish(level=5, title="另一门课", fee=0)
    [free] = [c for c in _all(world) if c.id == other]
    told = world.ask(prices.prices, holder, world.today, [course, free])
    assert told[free.id].why == "free"
    assert told[course.id].offer is not None
    world.clock.forward(days=200)
    assert world.ask(prices.prices, holder, world.today, [course])[course.id].why in ("lapsed", "waiting")


def test_the_list_shows_the_price_and_the_reason(visitors: Visitors) -> None:
    stage = make_stage(visitors.world)
    holder, _ = stage.person()
    voucher_for(visitors.world, holder)
    page = text_of(visitors.come(stage.learner(holder)).get("/courses"))
    assert "我的用券后价格" in page
    assert "¥1,200" in page
    stranger, _ = stage.person()
    assert "你没有可用的培训券" in text_of(visitors.come(stage.learner(stranger)).get("/courses"))
    assert "登录后" in text_of(visitors.world.client().get("/courses"))


# Pages ----------------------------------------------------------------------------------------------------------


def test_facets_are_links_that_combine_and_come_off_again(lite: World) -> None:
    stage = make_stage(lite)
    seed(stage)
    client = lite.client()
    page = text_of(client.get("/courses"))
    ability = re.search(r'href="(/courses\?[^"]*section=ability[^"]*)"[^>]*>专项职业能力培训<span class="n">(\d+)</span>', page)
    assert ability
    page = text_of(client.get(ability[1].replace("&amp;", "&")))
    assert f"共 {ability[2]} 门课程" in page
    both = re.search(r'href="([^"]*section=ability[^"]*zone=mantianxing[^"]*|[^"]*zone=mantianxing[^"]*section=ability[^"]*)"', page)
    assert both
    page = text_of(client.get(both[1].replace("&amp;", "&")))
    assert "去掉条件：" in page
    off = re.findall(r'aria-current="true" href="([^"]+)"><span class="vh">去掉条件：', page)
    assert sorted(o.replace("&amp;", "&") for o in off) == ["/courses?section=ability", "/courses?zone=mantianxing"]
    second = text_of(client.get("/courses?page=2"))
    assert "第 2 / 2 页" in second
    for bad in ("level=99", "level=x", "section=nope", "zone=%00", "page=-3", "page=9" * 3, "price=abc", "start=zzz", "district=%27"):
        text_of(client.get(f"/courses?{bad}"))


# Open data ------------------------------------------------------------------------------------------------------

REQUIRED = ("@context", "@type", "name", "description", "provider", "offers", "hasCourseInstance")
RECOMMENDED = ("url", "inLanguage", "timeRequired", "educationalCredentialAwarded", "about", "datePublished", "isAccessibleForFree")


@pytest.mark.row(21)
def test_every_public_course_bears_schema_org_data_that_parses_and_is_complete(world: World) -> None:
    stage, ids = grown(world, _seeded)
    stage.publish(title="“C & D” \"引号\"", description="</script><script>alert(1)</script> & < > \u2028 \"引号\"")
    for course in list(ids.values())[:10]:
        stage.open(course=course)
    client, seen = world.client(), 0
    for course in _all(world):
        page = text_of(client.get(f"/courses/{course.id}"))
        blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
        assert len(blocks) == 1
        told = json.loads(blocks[0])
        assert told == json.loads(client.get(f"/courses/{course.id}.jsonld").data)
        assert [k for k in REQUIRED + RECOMMENDED if not told.get(k) and told.get(k) is not False] == []
        assert told["@context"] == "https://schema.org"
        assert told["name"] == course.title
        assert told["provider"]["name"]
        assert told["offers"]["priceCurrency"] == "CNY"
        assert told["offers"]["category"] in ("Free", "Paid")
        assert float(told["offers"]["price"]) * 100 == course.fee
        assert ("educationalLevel" in told) == (course.level is not None)
        for instance in told["hasCourseInstance"]:
            assert instance["@type"] == "CourseInstance"
            assert instance["courseMode"] in ("Onsite", "Online", "Blended")
            assert re.fullmatch(r"PT\d+M", instance["courseWorkload"])
        if course.next_start:
            dated = told["hasCourseInstance"][0]
            assert dated["startDate"] == course.next_start.isoformat()
            assert dated["location"]["address"]
            assert dated["instructor"]["name"]
        seen += 1
    assert seen == len(ids) + 2


@pytest.mark.row(21)
def test_the_whole_catalogue_is_one_open_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from skills.courses.views import open_data

    monkeypatch.setattr(open_data, "CHUNK", 7)
    stage, _ = grown(world, _seeded)
    stage.publish(title="=HYPERLINK(1)", description="")
    hidden = stage.publish(title="下架的课")
    world.perform(acts.withdraw, actor=stage.city, course_id=hidden, reason="停办")
    answer = world.client().get("/courses.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f"courses-{world.today.isoformat()}.csv" in answer.headers["Content-Disposition"]
    assert 'rel="license"' in answer.headers["Link"]
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == len(COURSES) + 2
    assert {r["课程名称"] for r in rows} >= {c.title for c in COURSES}
    assert "下架的课" not in {r["课程名称"] for r in rows}
    assert all(not cell.startswith(("=", "+", "-", "@")) for r in rows for cell in r.values())
    assert {r["数据日期"] for r in rows} == {world.today.isoformat()}
    assert all("CC BY 4.0" in r["许可"] for r in rows)
    assert all(r["网址"].endswith(r["课程编号"]) for r in rows)
    page = text_of(world.client().get("/courses"))
    assert 'href="/courses.csv"' in page
    assert 'rel="license"' in page


def test_the_interface_for_programs_has_facets(lite: World) -> None:
    stage = make_stage(lite)
    seed(stage)
    told = lite.client().get("/api/v1/courses?section=open").json
    assert told["total"] == sum(c.section == "open" for c in COURSES)
    [section] = [f for f in told["facets"] if f["name"] == "section"]
    assert {v["code"]: v["count"] for v in section["values"]}["ability"] == sum(c.section == "ability" for c in COURSES)
    assert [v["code"] for v in section["values"] if v["chosen"]] == ["open"]


def test_the_certificate_rate_counts_those_who_then_got_the_level(world: World) -> None:
    stage = make_stage(world)
    course = stage.publish(title="人工智能训练师三级班", level=4, leads_to="level")
    held = stage.open(course=course)
    people = [stage.person(name) for name in ("甲生", "乙生", "丙生", "丁生")]
    places = [stage.enrol(held.class_id, person).enrolment_id for person, _ in people]
    stage.run(held.class_id)
    for place, score in zip(places, (80, 80, 80, 30), strict=True):
        world.perform(
            enrolments.complete, enrolment_id=place, hours=Decimal(12), attendance=Decimal(100), score=Decimal(score),
            completed_on=world.today, passed=score > 60,
        )  # fmt: skip
    (person, number), issuer = people[0], body(world)
    claims = claims_for(world, Someone(person, "甲生", number, date(2001, 1, 15)))
    world.perform(issue, claims=claims, person_id=person, issuer_id=issuer)
    [line] = [c for c in _all(world) if c.id == course]
    assert (line.ended, line.completed, line.certified) == (4, 3, 1)
    assert (line.completion_rate, line.certificate_rate) == (75, 25)
    [plain] = [c for c in _all(world) if c.id == stage.course]
    assert plain.certificate_rate is None
