"""A competition on stage: a plan, three competitors and two judges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from skills.accounts.rules import Role
from skills.competitions import queries
from skills.competitions.actions import entries, marking, planning, results
from skills.competitions.actions.marking import Typed
from skills.competitions.actions.planning import EventOrder
from skills.kernel.actors import Actor
from tests.people_and_bodies import Someone, acting, body, someone
from tests.world import World

CODE = "4-04-05-01"


@dataclass
class Contest:
    """What a test needs of it."""

    world: World
    id: str
    event_id: str
    people: list[Someone]
    clerk: Actor
    checker: Actor
    judges: tuple[Actor, Actor]

    def do(self, work: object, actor: Actor | None = None) -> None:
        self.world.perform(work, actor=actor or self.clerk, competition_id=self.id)  # type: ignore[arg-type]

    def bench_of(self, person: Someone) -> int:
        mine = self.world.ask(queries.entries_of, person.id)
        return int(mine[0].bench)

    def mark(self, judge: Actor, section: str, marks: dict[int, str]) -> None:
        typed = tuple(Typed(bench, text, absent=text == "") for bench, text in marks.items())
        self.world.perform(marking.enter, actor=judge, event_id=self.event_id, section=section, marks=typed)


def occupation_code(world: World) -> str:
    from skills.standards.queries import occupations

    found = {o.code for o in world.ask(occupations, "skill")}
    return CODE if CODE in found else sorted(found)[0]


def planned(world: World, organiser: str | None = None, weight: int = 70, paper: int = 4) -> Contest:
    clerk, checker = acting(Role.GOV_CLERK, "clerk"), acting(Role.GOV_CHECKER, "checker")
    made = world.perform(
        planning.plan, actor=clerk, name="满天星软件技能大赛", series="满天星", tier="city",
        organiser_id=organiser or body(world, "social_body", 9, "市软件行业协会"), venue="渝北区软件园",
        starts_on=world.today + timedelta(days=7), ends_on=world.today + timedelta(days=8),
        events=(EventOrder("程序设计", occupation_code(world), paper, weight),),
    )  # fmt: skip
    judges = (acting(Role.JUDGE, "judge-1"), acting(Role.JUDGE, "judge-2"))
    return Contest(world, made.competition_id, made.event_ids[0], [], clerk, checker, judges)


def running(world: World, count: int = 3, **how: int) -> Contest:
    held = planned(world, **how)  # type: ignore[arg-type]
    held.do(planning.approve, held.checker)
    held.do(planning.open_entries)
    for order in range(count):
        person = someone(world, order + 1, f"选手{order}")
        held.people.append(person)
        world.perform(
            entries.enter, actor=acting(Role.PERSON, f"p{order}", person=person.id), event_id=held.event_id,
            delegation="软件园",
        )  # fmt: skip
    held.do(planning.start)
    return held


def published(world: World, marks: list[tuple[str, str]]) -> Contest:
    """Competitor n gets the nth (practical, theory); an empty text is absent."""
    held = running(world, len(marks))
    for judge in held.judges:
        held.mark(judge, "practical", {held.bench_of(p): m[0] for p, m in zip(held.people, marks, strict=True)})
        held.mark(judge, "theory", {held.bench_of(p): m[1] for p, m in zip(held.people, marks, strict=True)})
    held.do(marking.close_marking)
    held.do(results.ratify, held.checker)
    held.do(results.publish)
    return held
