"""Level certificates of older times and other bodies: promised, seen at the counter, listed by the bureau; judged like our own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from skills.accounts.rules import Role
from skills.certification.actions import applications
from skills.certification.actions.previous import enter_for
from skills.certification.kinds.previous import PREVIOUS
from skills.certification.models import Application
from skills.certification.queries.decisions import offers
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.sheets import write_csv
from skills.people.parts import PARTS
from skills.people.rules.counter import CounterReason
from skills.records import actions as records
from skills.records import queries
from skills.records.rules import LevelHeld, Placing, Work, to_json
from skills.returns import actions as returns
from skills.returns.intake import order_of
from skills.returns.queries import Desk, check_sheet
from skills.standards.rules import Level
from tests.certification.stage import JOB, Stage
from tests.courses.test_views import Visitors, hidden, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]
TODAY_FORM, OLD, PILOT, PADDED = "Y000050000123204000007", "2050001234400012", "RSN50010100120400012", "0002050001400012"


@action("test.take_back_certificate", may="test.take_back_certificate")
def _taken_back(act: Act) -> None:
    """What happens to an entry of ours when its certificate is revoked."""
    records.withdraw(act, kind="level", source=f"certificate:{TODAY_FORM}", reason="certificate revoke")


@action("test.forget_levels", may="test.forget")
def _forgotten(act: Act, person_id: str) -> None:
    """The room's part in an erasure."""
    PARTS["records"].forget(act, person_id)


def order(number: str = TODAY_FORM, **changes: Any) -> dict[str, Any]:
    values = {"occupation_code": JOB, "level": int(Level.L4), "number": number, "issued_on": date(2020, 6, 1), "issuer": "川西技能评价中心"}
    return {**values, **changes}


def me(stage: Stage, person: str) -> Any:
    return stage.world.actor("fact.add", account=f"p{person[-8:]}", person=person)


def promise(stage: Stage, person: str, number: str = TODAY_FORM, **changes: Any) -> str:
    done = stage.world.perform(records.promise_level, actor=me(stage, person), **order(number, **changes))
    return str(done.entry_id)


@pytest.mark.row(24)
def test_a_certificate_of_another_body_counts_once_seen_or_promised(world: World) -> None:
    stage = Stage(world)
    stage.file()
    sitting = stage.open(level=int(Level.L3))
    worked = Work(JOB, False, world.today - timedelta(days=365 * 7), None, "渝江", stage.body)
    promised, seen, without = (stage.person(worked) for _ in range(3))
    with world.refused("application.not_eligible"):
        stage.apply(sitting, promised)
    promise(stage, promised)
    world.perform(
        enter_for, actor=world.actor("counter.serve", account="counter"), person_id=seen, reason=CounterReason.NO_PHONE, **order(OLD)
    )
    for person, strength in ((promised, "promised"), (seen, "seen")):
        application = stage.apply(sitting, person)
        with world.db() as db:
            row = db.get_one(Application, application)
            assert row.condition == "eligibility.2023.L3_2"
            [held] = row.facts["levels"]
        assert (held["strength"], held["issuer"]) == (strength, "川西技能评价中心")
    with world.refused("application.not_eligible"):
        world.perform(applications.apply, actor=stage.candidate(without), sitting_id=sitting)
    world.holds()


@pytest.mark.row(36)
@pytest.mark.parametrize("number", [TODAY_FORM, OLD, PILOT, PADDED, "S00005000012320T000007"])
def test_each_form_of_a_number_is_read(lite: World, number: str) -> None:
    stage = Stage(lite)
    person = stage.person()
    level = Level.SPECIAL if "T" in number else Level.L4
    promise(stage, person, f" {number.lower()} ", level=int(level))
    [line] = lite.ask(queries.passport, person)
    assert isinstance(line.fact, LevelHeld)
    assert (line.fact.number, line.fact.level, line.source.startswith("previous:")) == (number, level, True)
    assert number not in line.source
    lite.holds()


@pytest.mark.row(36)
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"number": "12345"}, "previous_level.shape"),
        ({"number": "Y0000500001232０4000007"}, "previous_level.shape"),
        ({"level": int(Level.L3)}, "previous_level.level_differs"),
        ({"level": int(Level.CHIEF)}, "previous_level.level_differs"),
        ({"level": 9}, "fact.unreadable"),
        ({"issued_on": date(2021, 1, 1)}, "previous_level.year_differs"),
        ({"number": OLD, "issued_on": date(2019, 12, 31)}, "previous_level.year_differs"),
        ({"number": "Y000050000123994000007", "issued_on": date(2099, 1, 1)}, "previous_level.in_future"),
        ({"occupation_code": "9-99-99-99"}, "occupation.unknown"),
        ({"occupation_code": "2-02-10-09"}, "previous_level.not_skill"),
        ({"issuer": " "}, "previous_level.issuer_needed"),
    ],
)
def test_what_contradicts_itself_is_refused_by_name(lite: World, changes: dict[str, Any], code: str) -> None:
    stage = Stage(lite)
    person = stage.person()
    with lite.refused(code):
        promise(stage, person, **changes)
    assert lite.ask(queries.passport, person) == []
    lite.holds()


def test_a_number_of_ours_is_refused_also_when_it_was_taken_back(world: World) -> None:
    stage = Stage(world)
    holder, other = stage.person(), stage.person()
    fact = LevelHeld(JOB, Level.L4, date(2020, 6, 1), TODAY_FORM)
    clerk = world.actor("fact.compare", account="gov")
    made = world.perform(
        records.state_fact, actor=clerk, person_id=holder, kind="level", source=f"certificate:{TODAY_FORM}", body=to_json(fact),
        strength="compared",
    )  # fmt: skip
    with world.refused("previous_level.ours"):
        promise(stage, other)
    with world.refused("fact.not_stated"):
        world.perform(records.contradict, actor=clerk, entry_id=made.entry_id, reason="误")
    world.perform(_taken_back)
    with world.refused("previous_level.ours"):
        promise(stage, holder)
    assert "issuer" not in to_json(fact), "entries of earlier days read as they were written"


def test_a_paper_that_was_seen_goes_before_a_promise_and_an_untrue_promise_does_not_come_back(world: World) -> None:
    stage = Stage(world)
    squatter, owner = stage.person(), stage.person()
    counter, clerk = world.actor("counter.serve", account="counter"), world.actor("fact.compare", account="gov")
    entry = promise(stage, squatter)
    with world.refused("previous_level.on_record"):
        promise(stage, owner)
    seen = {"actor": counter, "reason": CounterReason.CANNOT}
    world.perform(enter_for, person_id=owner, **seen, **order())
    assert world.ask(queries.passport, squatter) == []
    for person in (squatter, owner):
        with world.refused("previous_level.on_record"):
            world.perform(enter_for, person_id=person, **seen, **order())
    with world.refused("record_entry.unknown"):
        world.perform(records.take_back, actor=me(stage, squatter), entry_id=entry)

    untrue = promise(stage, squatter, OLD)
    with world.refused("fact.reason_needed"):
        world.perform(records.contradict, actor=clerk, entry_id=untrue, reason=" ")
    world.perform(records.contradict, actor=clerk, entry_id=untrue, reason="发证机构查无此证")
    [(line, why)] = world.ask(queries.contradicted, squatter)
    assert (line.id, why) == (untrue, "发证机构查无此证")
    with world.refused("previous_level.found_untrue"):
        promise(stage, squatter, OLD)
    world.perform(enter_for, person_id=squatter, **seen, **order(OLD))
    world.holds()


def test_who_entered_a_certificate_alone_does_not_compare_it(lite: World) -> None:
    stage = Stage(lite)
    squatter, owner = stage.person(), stage.person()
    both = lite.actor("counter.serve", "fact.compare", account="both")
    promise(stage, squatter)
    entry = lite.perform(enter_for, actor=both, person_id=owner, reason=CounterReason.CANNOT, **order()).entry_id
    with lite.refused("fact.own_hand"):
        lite.perform(records.compare, actor=both, entry_id=entry, strength="compared")
    lite.perform(records.compare, actor=lite.actor("fact.compare", account="gov"), entry_id=entry, strength="compared")
    lite.holds()


def test_an_erasure_forgets_what_was_stated_of_other_bodies(lite: World) -> None:
    stage = Stage(lite)
    person = stage.person()
    promise(stage, person)
    assert lite.ask(PARTS["records"].stays, person)["entries"] == 0
    lite.perform(_forgotten, person_id=person)
    assert lite.ask(queries.passport, person) == []


def test_nobody_is_promoted_on_a_level_that_is_only_promised(lite: World) -> None:
    stage = Stage(lite)
    placing = Placing("市级技能大赛", "provincial", JOB, 1, 30, Level.L3, lite.today, True)
    person = stage.person(placing)
    [(_, before)] = lite.ask(offers, person, lite.today)
    promise(stage, person, "Y000050000123201000007", level=int(Level.L1))
    [(_, after)] = lite.ask(offers, person, lite.today)
    assert before == after


def listed(stage: Stage, at: int, number: str, level: str = "四级/中级工", on: str = "2020-06-01", **changes: str) -> list[str]:
    """A row of the bureau's list about the person who was registered at this place."""
    who = stage.crowd[at]
    cells = {"name": who.name, "document": who.number, "occupation": JOB, **changes}
    return [cells["name"], "居民身份证", cells["document"], cells["occupation"], level, number, "川西技能评价中心", on]


@pytest.mark.row(36)
def test_sixteen_and_twenty_characters_come_in_by_a_list_and_a_bad_one_is_named(world: World) -> None:
    stage = Stage(world)
    people = [stage.person() for _ in range(3)]
    promise(stage, people[1])
    rows = [listed(stage, 0, OLD), listed(stage, 1, TODAY_FORM), listed(stage, 2, PILOT, "中级工")]
    wrong = [
        (listed(stage, 0, "12345"), "number", "previous_level.shape"),
        (listed(stage, 0, "2050001234400013", "三级/高级工"), "level", "previous_level.level_differs"),
        (listed(stage, 0, "2050001234400014", on="2019-06-01"), "issued_on", "previous_level.year_differs"),
        (listed(stage, 0, "9950001234400014", on="2099-06-01"), "issued_on", "previous_level.in_future"),
        (listed(stage, 0, OLD), "number", "previous_levels.repeated"),
        (listed(stage, 0, "2050001234400015", occupation="2-02-10-09"), "occupation", "previous_levels.occupation"),
        (listed(stage, 0, "2050001234400016", document="500105199808171234"), "document", "previous_levels.unknown_person"),
        (listed(stage, 0, "2050001234400017", name="别人"), "name", "previous_levels.name_differs"),
    ]

    def sheet(*lines: list[str]) -> dict[str, Any]:
        return order_of(write_csv([list(PREVIOUS.header()), *lines]), "a.csv")

    with world.db() as db:
        desk = Desk(db, world.tool(Box), None, world.today)
        found = check_sheet(desk, PREVIOUS, sheet(*rows, *(row for row, _, _ in wrong))["rows"]).findings
    assert [(f.row, f.column, f.code) for f in found] == [(n, column, code) for n, (_, column, code) in enumerate(wrong, 5)]

    clerk = acting(Role.GOV_CLERK, "gov-list")
    made = world.perform(returns.upload, actor=clerk, kind="previous_levels", organisation_id=None, **sheet(*rows))
    world.perform(returns.accept, actor=clerk, return_id=made.return_id)
    world.run_jobs()
    held = [[(x.fact.number, x.strength) for x in world.ask(queries.passport, p) if isinstance(x.fact, LevelHeld)] for p in people]
    assert held == [[(OLD, "compared")], [(TODAY_FORM, "compared")], [(PILOT, "compared")]]
    other_day = [[*row[:-1], "2020-07-01"] for row in rows]
    with world.db() as db:
        again = check_sheet(Desk(db, world.tool(Box), None, world.today), PREVIOUS, sheet(*other_day)["rows"]).findings
    assert {f.code for f in again} == {"previous_level.on_record"}
    world.holds()


def test_by_pages_and_by_programs(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    person = stage.person()
    mine = visitors.come(acting(Role.PERSON, "p", person=person))
    page = "/me/passport"
    shown = text_of(mine.get(page))
    level = {"csrf_token": hidden(shown, "csrf_token"), "l-key": hidden(shown, "l-key"), "l-occupation": "",
             "l-old_code": JOB, "l-level": "3", "l-number": OLD, "l-issuer": "川西", "l-issued_on": "2020-06-01"}  # fmt: skip
    assert mine.post("/me/facts/level", data={**level, "l-number": ""}).status_code == 422
    assert mine.post("/me/facts/level", data=level).status_code == 303
    assert f"四级/中级工 · 2020-06-01 · 川西 · {OLD}" in text_of(mine.get(page))
    [line] = world.ask(queries.passport, person)

    gov = visitors.come(acting(Role.GOV_CLERK, "gov"))
    assert press(gov, "/gov/facts", f"/gov/facts/{line.id}/contradict", reason="查无此证").status_code == 303
    assert "查无此证" in text_of(mine.get(page))

    counter = visitors.come(world.actor("counter.serve", account="counter", district="500112"))
    desk = f"/gov/people/{person}/exams"
    seen = {"occupation_code": JOB, "level": "3", "number": OLD, "issuer": "川西", "issued_on": "2020-06-01", "reason": "cannot"}
    assert press(counter, desk, f"/gov/people/{person}/levels", **{**seen, "level": ""}).status_code == 409
    assert press(counter, desk, f"/gov/people/{person}/levels", **seen).headers["Location"] == desk
    assert [x.strength for x in world.ask(queries.passport, person)] == ["seen"]
    world.holds()
