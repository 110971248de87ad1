"""A competition that was won, one that is marked now, one that takes entries; promotions that wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from skills.certification.actions import promotions
from skills.competitions.actions import entries, marking, planning, results
from skills.competitions.actions.marking import Typed
from skills.competitions.actions.planning import EventOrder
from skills.competitions.queries import entries_of
from skills.credentials import queries as certificates
from skills.demo.stage import Agenda, Hero, Stage
from skills.standards.rules import Level

JOB = "4-04-05-01"
# (practical, theory) of the competition that was won, in the order of the heroes; "" is absent.
MARKS = (("96.5", "92"), ("91", "94.5"), ("91", "94.5"), ("84", "88"), ("79.5", "81"), ("", "75"))


@dataclass
class Contests:
    """The competitions of measure 13."""

    stage: Stage
    ids: dict[str, str] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)

    def plan(self, agenda: Agenda) -> None:
        """Put every step on its day."""
        agenda.on(-70, lambda: self.open("won", "满天星软件人才技能大赛", "程序设计", "city", 20))
        agenda.on(-65, lambda: self.enter("won", self.competitors()))
        agenda.on(-50, self.mark_won)
        agenda.on(-48, lambda: self.publish("won"))
        agenda.on(-45, self.promote)
        agenda.on(-20, lambda: self.open("running", "渝北区软件测试技能赛", "软件测试", "county", 17))
        agenda.on(-15, lambda: self.enter("running", self.competitors()[:4]))
        agenda.on(-2, lambda: self.stage.act(planning.start, "gov-clerk", competition_id=self.ids["running"]))
        agenda.on(-2, self.mark_some)
        agenda.on(-6, lambda: self.open("next", "满天星人工智能应用赛", "智能应用开发", "city", 30))
        agenda.on(-1, lambda: self.propose("planned", "校企联合网络安全赛", "攻防实战", "city", 60))

    def competitors(self) -> Sequence[Hero]:
        return [h for h in self.stage.heroes if h.key.startswith("competitor")]

    def propose(self, key: str, name: str, event: str, tier: str, days: int) -> None:
        day = self.stage.today + timedelta(days=days)
        made = self.stage.act(
            planning.plan, "gov-clerk", name=name, series="满天星行动计划", tier=tier,
            organiser_id=self.stage.bodies["centre"], venue="两江软件园", starts_on=day, ends_on=day,
            events=(EventOrder(event, JOB, int(Level.L4), 70),),
        )  # fmt: skip
        self.ids[key], self.events[key] = made.competition_id, made.event_ids[0]

    def open(self, key: str, name: str, event: str, tier: str, days: int) -> None:
        self.propose(key, name, event, tier, days)
        self.stage.act(planning.approve, "gov-checker", competition_id=self.ids[key])
        self.stage.act(planning.open_entries, "gov-clerk", competition_id=self.ids[key])

    def enter(self, key: str, heroes: Sequence[Hero]) -> None:
        for hero in heroes:
            self.stage.act(entries.enter, self.stage.person(hero), event_id=self.events[key], delegation="软件园联队")

    def mark_won(self) -> None:
        """The benches are drawn; two judges mark, each for themselves, and agree."""
        stage = self.stage
        stage.act(planning.start, "gov-clerk", competition_id=self.ids["won"])
        for number, section in enumerate(("practical", "theory")):
            marks = tuple(
                Typed(self.bench("won", hero), pair[number], absent=not pair[number])
                for hero, pair in zip(self.competitors(), MARKS, strict=True)
            )
            for judge in ("judge-1", "judge-2"):
                stage.act(marking.enter, judge, event_id=self.events["won"], section=section, marks=marks)

    def mark_some(self) -> None:
        """In the running one a judge has marked; the second has not yet."""
        marks = tuple(Typed(bench, f"{70 + 4 * bench}") for bench in (1, 2, 3, 4))
        self.stage.act(marking.enter, "judge-1", event_id=self.events["running"], section="practical", marks=marks)

    def bench(self, key: str, hero: Hero) -> int:
        held = self.stage.ask(entries_of, hero.person_id)
        return next(e.bench for e in held if e.competition_id == self.ids[key] and e.bench)

    def publish(self, key: str) -> None:
        stage = self.stage
        stage.act(marking.close_marking, "gov-clerk", competition_id=self.ids[key])
        stage.act(results.ratify, "gov-checker", competition_id=self.ids[key])
        stage.act(results.publish, "gov-clerk", competition_id=self.ids[key])
        winner = stage.ask(certificates.of_person, self.competitors()[0].person_id)
        stage.notes["winner"] = next(line.number for line in winner if line.kind == "competition")

    def promote(self) -> None:
        """The winner's promotion is granted by two; the second's waits for its examination."""
        stage = self.stage
        first, second = self.competitors()[:2]
        for hero in (first, second):
            placed = next(e for e in stage.ask(entries_of, hero.person_id) if e.competition_id == self.ids["won"])
            made = stage.act(promotions.apply, stage.person(hero), source=f"entry:{placed.id}")
            if hero is first:
                stage.act(
                    promotions.examine, "gov-clerk", promotion_id=made.promotion_id,
                    filing_id=stage.notes["filing-centre"],
                )  # fmt: skip
                stage.act(promotions.grant, "gov-checker", promotion_id=made.promotion_id)
