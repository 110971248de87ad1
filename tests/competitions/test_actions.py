"""A competition from plan to published result, and every way in which it must not go."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from skills.accounts.rules import Role
from skills.competitions import queries
from skills.competitions.actions import entries, marking, planning, results
from skills.competitions.actions.marking import Typed
from skills.competitions.actions.planning import EventOrder
from skills.credentials import queries as credentials
from skills.records.queries import facts
from tests.competitions.stage import occupation_code, planned, published, running
from tests.people_and_bodies import acting, body, someone
from tests.world import World


@pytest.mark.row(49)
def test_from_plan_to_ranking_certificate_and_placing(world: World) -> None:
    held = published(world, [("90", "80"), ("95.5", "88"), ("", "70")])
    places = world.ask(queries.places, held.event_id)
    assert [(p.rank, p.total, p.prize) for p in places] == [(1, "93.25", 1), (2, "87.00", 2), (None, "", None)]
    first, second, absent = held.people[1], held.people[0], held.people[2]
    number = places[0].certificate_number
    assert number == f"JS-{world.today.year}-0001-01-0001"
    line = world.ask(credentials.certificate, number)
    assert (line.kind, line.person_id) == ("competition", first.id)
    won = world.ask(facts, first.id, first.birth).placings
    assert [(p.rank, p.of, p.tier, p.employee) for p in won] == [(1, 2, "city", False)]
    assert world.ask(facts, second.id, second.birth).placings[0].rank == 2
    assert world.ask(facts, absent.id, absent.birth).placings == ()
    world.run_jobs()
    world.holds()


def test_publishing_again_with_the_same_key_changes_nothing(world: World) -> None:
    held = published(world, [("90", "80")])
    with world.refused("competition.cannot_publish"):
        held.do(results.publish)
    assert len(world.ask(credentials.of_person, held.people[0].id)) == 1
    world.holds()


def test_a_plan_is_approved_and_a_ranking_ratified_by_a_second_person(world: World) -> None:
    held = planned(world)
    both = acting(Role.GOV_CHECKER, "clerk")
    with world.refused("competition.second_person"):
        held.do(planning.approve, both)
    held.do(planning.approve, held.checker)
    held.do(planning.open_entries)
    person = someone(world, 1)
    world.perform(entries.enter, actor=acting(Role.PERSON, person=person.id), event_id=held.event_id)
    held.do(planning.start)
    for judge in held.judges:
        held.mark(judge, "practical", {1: "60"})
        held.mark(judge, "theory", {1: "60"})
    held.do(marking.close_marking)
    with world.refused("competition.second_person"):
        held.do(results.ratify, both)
    world.holds()


def test_entries_only_while_they_are_open_and_once(world: World) -> None:
    held = planned(world)
    person = someone(world, 1)
    me = acting(Role.PERSON, "me", person=person.id)
    with world.refused("competition_entry.not_possible"):
        world.perform(entries.enter, actor=me, event_id=held.event_id)
    held.do(planning.approve, held.checker)
    held.do(planning.open_entries)
    made = world.perform(entries.enter, actor=me, event_id=held.event_id)
    with world.refused("competition_entry.not_possible") as no:
        world.perform(entries.enter, actor=me, event_id=held.event_id)
    assert [f.code for f in no[0].findings if not f.met] == ["competition_entry.once"]
    world.perform(entries.withdraw, actor=me, entry_id=made.entry_id)
    world.perform(entries.enter, actor=me, event_id=held.event_id)
    young = someone(world, 3, "小星", date(2015, 1, 1))
    with world.refused("competition_entry.not_possible"):
        world.perform(entries.enter, actor=acting(Role.PERSON, "y", person=young.id), event_id=held.event_id)
    with world.refused("competition_entry.unknown"):
        world.perform(entries.withdraw, actor=acting(Role.PERSON, "o", person=young.id), entry_id=made.entry_id)
    world.holds()


@pytest.mark.row(42)
def test_after_the_start_nobody_withdraws_and_the_draw_can_be_drawn_again(world: World) -> None:
    held = running(world, 5)
    assert sorted(held.bench_of(p) for p in held.people) == [1, 2, 3, 4, 5]
    mine = world.ask(queries.entries_of, held.people[0].id)[0]
    with world.refused("competition_entry.too_late"):
        world.perform(entries.withdraw, actor=acting(Role.PERSON, person=held.people[0].id), entry_id=mine.id)
    world.holds()


def test_nobody_entered_nothing_begins(world: World) -> None:
    held = planned(world)
    held.do(planning.approve, held.checker)
    held.do(planning.open_entries)
    with world.refused("competition.no_entries"):
        held.do(planning.start)
    held.do(planning.cancel)
    with world.refused("competition.cannot_open"):
        held.do(planning.open_entries)
    world.holds()


@pytest.mark.row(42)
def test_two_judges_must_agree_and_neither_sees_the_other(world: World) -> None:
    held = running(world, 1)
    one, two = held.judges
    held.mark(one, "practical", {1: "80"})
    assert world.ask(queries.sheet, held.event_id, "practical", two.account)[0].text == ""
    held.mark(two, "practical", {1: "80.5"})
    held.mark(one, "theory", {1: "70"})
    with world.refused("competition.marks_open") as no:
        held.do(marking.close_marking)
    assert [f.code for f in no[0].findings] == ["mark.differs", "mark.missing"]
    assert world.ask(queries.sheet, held.event_id, "practical", one.account)[0].told
    with world.refused("mark.two_already"):
        held.mark(acting(Role.JUDGE, "judge-3"), "practical", {1: "80"})
    held.mark(two, "practical", {1: "80"})
    held.mark(two, "theory", {1: "70"})
    held.do(marking.close_marking)
    with world.refused("mark.not_running"):
        held.mark(one, "theory", {1: "71"})
    world.holds()


def test_one_wrong_mark_and_nothing_of_the_sheet_is_written(world: World) -> None:
    held = running(world, 2)
    with world.refused("mark.refused"):
        held.mark(held.judges[0], "practical", {1: "80", 2: "101"})
    with world.refused("competition_entry.unknown"):
        held.mark(held.judges[0], "practical", {1: "80", 3: "90"})
    with world.refused("mark.section"):
        held.mark(held.judges[0], "singing", {1: "80"})
    with world.refused("mark.minutes_refused"):
        world.perform(
            marking.enter, actor=held.judges[0], event_id=held.event_id, section="practical",
            marks=(Typed(1, "80", minutes=99999),),
        )  # fmt: skip
    assert [d.text for d in world.ask(queries.sheet, held.event_id, "practical", "judge-1")] == ["", ""]
    world.holds()


def test_a_judge_never_marks_himself_and_an_empty_line_is_left_out(world: World) -> None:
    held = running(world, 1)
    self_judge = acting(Role.JUDGE, "judge-1", person=held.people[0].id)
    with world.refused("mark.own"):
        held.mark(self_judge, "practical", {1: "100"})
    done = world.perform(
        marking.enter, actor=held.judges[0], event_id=held.event_id, section="practical", marks=(Typed(1, " "),)
    )
    assert done.count == 0
    world.holds()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"tier": "galaxy"}, "competition.incomplete"),
        ({"name": " "}, "competition.incomplete"),
        ({"events": ()}, "competition.incomplete"),
        ({"starts_on": date(2026, 1, 1)}, "competition.dates"),
        ({"ends_on": date(2026, 11, 24)}, "competition.dates"),
        ({"name": "赛" * 60}, "competition.name_long"),
        ({"organiser_id": "nobody"}, "organisation.unknown"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(lite: World, change: dict[str, object], code: str) -> None:
    order: dict[str, object] = {
        "name": "大赛", "series": "", "tier": "city", "organiser_id": body(lite), "venue": "渝北",
        "starts_on": lite.today + timedelta(days=7), "ends_on": lite.today + timedelta(days=8),
        "events": (EventOrder("程序设计", occupation_code(lite), 4, 70),),
    }  # fmt: skip
    with lite.refused(code):
        lite.perform(planning.plan, actor=acting(Role.GOV_CLERK), **(order | change))
    lite.holds()


@pytest.mark.parametrize(
    "event",
    [
        EventOrder("", "4-04-05-01", 4, 70),
        EventOrder("项", "4-04-05-01", 8, 70),
        EventOrder("项", "4-04-05-01", 4, 101),
    ],
)
def test_an_event_that_cannot_be_is_refused(lite: World, event: EventOrder) -> None:
    with lite.refused("competition.incomplete"):
        lite.perform(
            planning.plan, actor=acting(Role.GOV_CLERK), name="大赛", series="", tier="city", organiser_id=body(lite),
            venue="渝北", starts_on=lite.today, ends_on=lite.today,
            events=(EventOrder(event.name, occupation_code(lite), event.paper_level, event.practical_weight),),
        )  # fmt: skip


def test_the_checks_see_a_bent_result(lite: World) -> None:
    from sqlalchemy import text

    held = published(lite, [("90", "80"), ("70", "60")])
    lite.run_jobs()
    lite.holds()
    with lite.engine.begin() as connection:
        connection.execute(text("UPDATE competition_result SET rank = 3 - rank"))
    assert "competitions.results" in lite.violations()
    with lite.engine.begin() as connection:
        connection.execute(text("UPDATE competition_result SET rank = 3 - rank"))
        connection.execute(text("UPDATE competition_entry SET bench = bench + 7"))
    assert "competitions.draws" in lite.violations()
    with lite.engine.begin() as connection:
        connection.execute(text("UPDATE competition_entry SET bench = bench - 7"))
        connection.execute(text("UPDATE competition_mark SET value = '99' WHERE judge = 'judge-1'"))
    assert "competitions.marks" in lite.violations()
    assert held.people
