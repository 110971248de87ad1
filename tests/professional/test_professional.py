"""Seminars, engineers, hours and titles, through the office and its pages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from skills.accounts.actions import create_staff, give_role
from skills.accounts.rules import Role
from skills.kernel.actors import Actor
from skills.kernel.box import Box
from skills.kernel.db import writing
from skills.kernel.errors import Forbidden, Missing
from skills.kernel.sheets import write_csv
from skills.professional.actions import own, programmes, seminars
from skills.professional.actions.seminars import SeminarOrder
from skills.professional.kinds import CERTIFICATES, HOURS
from skills.professional.models import HoursStatement, Seminar
from skills.professional.queries import own as mine
from skills.professional.queries import seminars as queries
from skills.returns import actions as returns
from skills.returns.intake import order_of
from skills.returns.queries import Desk, check_sheet
from skills.web.i18n import sentence
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting, body, someone
from tests.returns.planted import NOWHERE
from tests.world import World

__all__ = ["visitors"]


class Side:
    """An organiser, an assessment body, the bureau's two people, and two people with accounts."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.school = body(world, "institution", 1, "重庆数字学院")
        self.assessor = body(world, "social_body", 2, "重庆数字技术评价中心")
        self.clerk, self.checker = acting(Role.GOV_CLERK, "clerk-gov"), acting(Role.GOV_CHECKER, "checker-gov")
        self.owner = acting(Role.INSTITUTION_CLERK, "school-clerk", organisation=self.school)
        self.one, self.two = someone(world, 1), someone(world, 3, "李明")

    def person(self, who: Any) -> Actor:
        return acting(Role.PERSON, f"acc-{who.id}"[:26], person=who.id)

    def order(self, **change: Any) -> SeminarOrder:
        day = self.world.today + timedelta(days=5)
        held = {"title": "智能软件高级研修班", "field": "人工智能", "plan": "五天集中授课与实训", "venue": "大学城", "starts_on": day,
                "ends_on": day + timedelta(days=4), "seats": 1, "hours": 40}  # fmt: skip
        return SeminarOrder(**{**held, **change})

    def approved(self, **change: Any) -> str:
        made = self.world.perform(seminars.apply, actor=self.owner, organiser_id=self.school, order=self.order(**change))
        self.world.perform(seminars.decide, actor=self.checker, seminar_id=made.seminar_id, approved=True)
        return str(made.seminar_id)

    def enrol(self, seminar_id: str, who: Any, name: str = "") -> Any:
        return self.world.perform(
            seminars.enrol, actor=self.owner, seminar_id=seminar_id, name=name or who.name, document_kind="resident", document_number=who.number
        )

    def held(self) -> str:
        seminar_id = self.approved()
        self.enrol(seminar_id, self.one)
        self.world.clock.forward(days=10)
        self.world.perform(seminars.hold, actor=self.owner, seminar_id=seminar_id, came=(self.one.id,))
        return seminar_id

    def programme(self) -> str:
        order = {"direction": "人工智能", "training_id": self.school, "assessment_id": self.assessor, "document": "渝人社〔2026〕1号"}
        made = self.world.perform(programmes.propose, actor=self.clerk, **order)
        self.world.perform(programmes.decide, actor=self.checker, programme_id=made.programme_id, approved=True)
        return str(made.programme_id)

    def judged(self, kind: Any, *rows: list[str]) -> list[tuple[int, str]]:
        data = write_csv([list(kind.header()), *rows])
        with self.world.db() as db:
            desk = Desk(db, self.world.tool(Box), None, self.world.today)
            return [(f.row, f.code) for f in check_sheet(desk, kind, order_of(data, "a.csv")["rows"]).findings]


def test_a_seminar_is_approved_by_a_second_person_and_credits_who_took_part(world: World) -> None:
    s = Side(world)
    made = world.perform(seminars.apply, actor=s.owner, organiser_id=s.school, order=s.order())
    with world.refused("seminar.second_person"):
        world.perform(seminars.decide, actor=acting(Role.GOV_CHECKER, "school-clerk"), seminar_id=made.seminar_id, approved=True)
    with world.refused("seminar.reason_needed"):
        world.perform(seminars.decide, actor=s.checker, seminar_id=made.seminar_id, approved=False)
    world.perform(seminars.decide, actor=s.checker, seminar_id=made.seminar_id, approved=False, reason="写明师资")
    with world.refused("seminar.not_open"):
        s.enrol(made.seminar_id, s.one)
    world.perform(seminars.apply, actor=s.owner, organiser_id=s.school, order=s.order(plan="含师资"), seminar_id=made.seminar_id)
    world.perform(seminars.decide, actor=s.checker, seminar_id=made.seminar_id, approved=True)
    with world.refused("seminar.unknown_person"):
        s.enrol(made.seminar_id, s.one, name="别人")
    s.enrol(made.seminar_id, s.one)
    with world.refused("seminar.on_roster"):
        s.enrol(made.seminar_id, s.one)
    with world.refused("seminar.full"):
        s.enrol(made.seminar_id, s.two)
    with world.refused("seminar.not_over"):
        world.perform(seminars.hold, actor=s.owner, seminar_id=made.seminar_id, came=(s.one.id,))
    world.clock.forward(days=12)
    with world.refused("seminar.nobody_came"):
        world.perform(seminars.hold, actor=s.owner, seminar_id=made.seminar_id, came=(s.two.id,))
    world.perform(seminars.hold, actor=s.owner, seminar_id=made.seminar_id, came=(s.one.id,))
    year = world.ask(mine.years, s.one.id, world.today)[0]
    assert (year.total, year.counted["professional"]) == (40, 40)
    count = world.ask(queries.by_year, 500, world.today)[-1]
    assert (count.people, count.seminars, count.target) == (1, 1, 500)
    other = acting(Role.INSTITUTION_CLERK, "other", organisation=body(world, "institution", 9, "别校"))
    with pytest.raises(Missing):
        world.perform(seminars.cancel, actor=other, seminar_id=made.seminar_id, reason="x")
    world.holds()
    with writing(world.engine) as db:
        db.execute(update(Seminar).values(seats=1, serial=7))
    assert "professional.seminars" in world.violations()


def test_who_trains_does_not_assess_nor_do_their_people(world: World) -> None:
    s = Side(world)
    order = {"direction": "人工智能", "document": "文件"}
    with world.refused("programme.not_apart"):
        world.perform(programmes.propose, actor=s.clerk, training_id=s.school, assessment_id=s.school, **order)
    made = world.perform(programmes.propose, actor=s.clerk, training_id=s.school, assessment_id=s.assessor, **order)
    with world.refused("programme.second_person"):
        world.perform(programmes.decide, actor=acting(Role.GOV_CHECKER, "clerk-gov"), programme_id=made.programme_id, approved=True)
    shared = world.perform(create_staff, login="shared", name="两头", role=Role.INSTITUTION_CLERK, organisation_id=s.school, synthetic=True)
    world.perform(give_role, account_id=shared.id, role=Role.BODY_CLERK, organisation_id=s.assessor)
    with world.refused("programme.not_apart"):  # looked at again by the second person
        world.perform(programmes.decide, actor=s.checker, programme_id=made.programme_id, approved=True)
    with pytest.raises(Forbidden):
        world.perform(programmes.propose, actor=s.owner, training_id=s.school, assessment_id=s.assessor, **order)
    world.holds()


def row(who: Any, kind: str, number: str, issuer: str, grade: str = "", norm: str = "", site: str = "", on: str = "2026-06-01") -> list[str]:
    return [who.name, "居民身份证", who.number, kind, "人工智能", grade, number, issuer, on, norm, site]


GRADE, DONE, ABILITY = "数字技术工程师专业技术等级证书", "数字技术工程师培训合格证书", "专项职业能力证书"


def test_certificates_of_others_are_recorded_by_their_source_and_never_minted(world: World) -> None:
    s = Side(world)
    ours, theirs = "重庆数字技术评价中心", "重庆数字学院"
    assert s.judged(CERTIFICATES, row(s.one, GRADE, "E1", ours, "初级")) == [(2, "outside.issuer_unknown")]
    s.programme()
    assert s.judged(CERTIFICATES, row(s.one, GRADE, "E1", ours, "初级"), row(s.one, DONE, "D1", theirs)) == []
    assert s.judged(CERTIFICATES, row(s.one, GRADE, "E1", theirs, "初级")) == [(2, "outside.issuer_unknown")]
    assert s.judged(CERTIFICATES, row(s.one, GRADE, "E1", ours)) == [(2, "outside.grade_needed")]
    assert s.judged(CERTIFICATES, row(s.one, ABILITY, "Z1", "站", norm="ZX-50-001", site="KD-50-01")) == []
    assert s.judged(CERTIFICATES, row(s.one, ABILITY, "Z1", "站", norm="X", site="Y")) == [(2, "outside.norm_unknown"), (2, "outside.site_unknown")]
    twice = [row(s.one, ABILITY, "Z1", "站", norm="ZX-50-001", site="KD-50-01")] * 2
    assert s.judged(CERTIFICATES, *twice) == [(3, "outside.repeated")]
    assert s.judged(CERTIFICATES, row(s.one, ABILITY, "Y" * 22, "站", norm="ZX-50-001", site="KD-50-01")) == [(2, "outside.level_number")]
    assert s.judged(CERTIFICATES, row(s.one, ABILITY, "Z1", "站", norm="ZX-50-001", site="KD-50-01", on="2030-01-01")) == [(2, "outside.in_future")]
    stranger = someone(world, 5, "王五")
    unknown = [stranger.name, "居民身份证", "50010520030101999X", *row(s.one, ABILITY, "Z", "站")[3:]]
    assert s.judged(CERTIFICATES, unknown)[0] == (2, "outside.unknown_person")


def test_hours_are_imported_from_listed_providers_and_no_day_counts_twice(world: World) -> None:
    s = Side(world)
    provider = "重庆市专业技术人员继续教育网"

    def line(number: str, hours: str, since: str, until: str, by: str = provider) -> list[str]:
        return [s.one.name, "居民身份证", s.one.number, "公需课", by, number, "公需", hours, since, until]

    assert s.judged(HOURS, line("A1", "16", "2026-03-02", "2026-03-03"), line("A2", "16", "2026-03-03", "2026-03-04")) == []
    assert s.judged(HOURS, line("A1", "30", "2026-03-02", "2026-03-02")) == [(2, "hours.too_many")]
    assert s.judged(HOURS, line("A1", "1.5", "2026-03-02", "2026-03-02")) == [(2, "hours.not_whole")]
    assert s.judged(HOURS, line("A1", "8", "2026-03-03", "2026-03-02")) == [(2, "hours.dates")]
    assert s.judged(HOURS, line("A1", "8", "2026-03-02", "2026-03-02", "某网")) == [(2, "hours.provider_unknown")]
    data = write_csv([list(HOURS.header()), line("A1", "16", "2026-03-02", "2026-03-03"), line("A2", "16", "2026-03-03", "2026-03-04")])
    made = world.perform(returns.upload, actor=s.clerk, kind="hours", organisation_id=None, **order_of(data, "a.csv"))
    world.perform(returns.accept, actor=s.clerk, return_id=made.return_id)
    world.run_jobs()
    year = world.ask(mine.years, s.one.id, date(2026, 12, 1))[0]
    assert [(c.taught.hours, c.counted) for c in year.lines] == [(16, 16), (16, 8)]
    assert year.counted == {"public": 24, "professional": 0}
    assert s.judged(HOURS, line("a1", "16", "2026-03-02", "2026-03-03")) == [(2, "hours.known")]
    world.holds()


def test_a_certificate_of_hours_has_its_number_and_is_checked_by_number_and_name(world: World) -> None:
    s = Side(world)
    who = s.person(s.one)
    with world.refused("hours_statement.nothing"):
        world.perform(own.certify, actor=who, year=world.today.year)
    s.held()
    first = world.perform(own.certify, actor=who, year=world.today.year)
    second = world.perform(own.certify, actor=who, year=world.today.year)
    assert [n.number[-6:] for n in (first, second)] == ["000001", "000002"]
    found = world.ask(mine.verified, first.number.lower(), s.one.name)
    assert found is not None
    assert found.figures == {"public": 0, "professional": 40}
    assert world.ask(mine.verified, first.number, "李明") is None
    assert world.ask(mine.verified, "XS-2026-999999", s.one.name) is None
    with pytest.raises(Missing):
        world.ask(mine.own_statement, s.two.id, first.number)
    world.holds()
    with writing(world.engine) as db:
        db.execute(update(HoursStatement).where(HoursStatement.serial == 1).values(figures={"public": 900}))
    assert "professional.statements" in world.violations()


def test_no_certificate_of_hours_is_given_on_a_name_that_cannot_be_printed_and_the_character_is_named(lite: World) -> None:
    s = Side(lite)
    s.one = someone(lite, 7, f"王{NOWHERE}")
    s.held()
    with lite.refused("hours_statement.name_unprintable") as held:
        lite.perform(own.certify, actor=s.person(s.one), year=lite.today.year)
    assert held[0].facts == {"characters": (f"{NOWHERE}（U+2B3F7）",)}
    assert f"{NOWHERE}（U+2B3F7）" in sentence(held[0].code, held[0].facts, "zh").text
    assert lite.ask(mine.statements, s.one.id) == []
    lite.holds()


def test_a_dossier_says_what_each_rule_still_wants(world: World) -> None:
    s = Side(world)
    who = s.person(s.one)
    with world.refused("achievement.incomplete"):
        world.perform(own.promise_achievement, actor=who, kind="copyright", name="星图", number="", role="", on=world.today)
    world.perform(own.promise_achievement, actor=who, kind="copyright", name="星图", number="2026SR0001", role="", on=world.today)
    with world.refused("record.known"):
        world.perform(own.promise_achievement, actor=who, kind="copyright", name="星图", number="2026sr0001", role="", on=world.today)
    found = world.ask(mine.dossier, s.one.id, world.today)
    assert [o.route.code for o in found.opened if o.open] == ["copyright"]
    missing = next(o for o in found.opened if o.route.code == "grade_senior")
    assert [h.met for h in missing.held] == [False, False]
    world.holds()


def test_every_side_walks_its_pages(visitors: Visitors) -> None:
    world = visitors.world
    s = Side(world)
    school = visitors.come(s.owner)
    visitors.known[s.owner.account] = visitors.known[s.owner.account].__class__(s.owner, name="访客", home="/org", organisation=s.school)
    day = world.today + timedelta(days=3)
    order = {"title": "云原生高级研修班", "field": "软件", "venue": "软件园", "starts_on": day.isoformat(), "ends_on": day.isoformat(),
             "seats": "30", "hours": "8", "plan": "一天集中研修"}  # fmt: skip
    assert press(school, "/org/seminars", "/org/seminars", **{**order, "plan": ""}).status_code == 422
    url = press(school, "/org/seminars", "/org/seminars", **order).headers["Location"]
    seminar_id = url.rsplit("/", 1)[1]
    checker = visitors.come(s.checker)
    assert "待审核" in text_of(checker.get("/gov/seminars"))
    press(checker, f"/gov/seminars/{seminar_id}", f"/gov/seminars/{seminar_id}/decision", outcome="yes")
    press(school, url, f"{url}/roster", name=s.one.name, kind="resident", number=s.one.number)
    world.clock.forward(days=4)
    school = visitors.come(s.owner)
    visitors.known[s.owner.account] = visitors.known[s.owner.account].__class__(s.owner, name="访客", home="/org", organisation=s.school)
    press(school, url, f"{url}/hold", came=s.one.id)
    assert "已结项" in text_of(school.get(url))
    checker = visitors.come(s.checker)
    page = text_of(checker.get("/gov/seminars"))
    assert "还差 499 人" in page
    clerk = visitors.come(s.clerk)
    both = {"direction": "人工智能", "training": s.school, "assessment": s.assessor, "document": "渝人社〔2026〕1号"}
    assert press(clerk, "/gov/engineers", "/gov/engineers", **both).status_code == 303
    assert "待复核" in text_of(clerk.get("/gov/engineers"))
    me = visitors.come(s.person(s.one))
    assert "云原生高级研修班" in text_of(me.get("/me/professional"))
    assert "云原生高级研修班" in text_of(me.get("/me/passport"))
    press(me, "/me/professional", f"/me/hours-statements/{world.today.year}")
    press(me, "/me/professional", "/me/achievements", kind="project", name="星图平台", role="架构设计", on="2026-01-05")
    assert "星图平台" in text_of(me.get("/me/title-dossier"))
    with world.db() as db:
        held = db.scalars(select(HoursStatement)).one()
    number = f"XS-{held.issued_year}-{held.serial:06d}"
    pdf = me.get(f"/me/hours-statements/{number}.pdf")
    assert pdf.data.startswith(b"%PDF-")
    anybody = world.client()
    assert "属实" in text_of(press(anybody, "/hours", "/hours", number=number, name=s.one.name))
    wrong = text_of(press(anybody, "/hours", "/hours", number=number, name="别人"))
    assert "没有查到" in wrong
    assert s.one.name not in wrong
    assert me.get("/api/v1/me/title-dossier").get_json()["years"][0]["counted"]["professional"] == 8
