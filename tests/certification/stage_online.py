"""An exam whose theory is sat on screens, up to its morning."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from skills.certification.actions import online, plans
from skills.kernel.actors import Actor
from skills.kernel.clock import SHANGHAI
from skills.papers.actions import items, papers, runs
from skills.papers.rules.blueprints import Cell
from skills.papers.rules.items import Kind, Thinking
from tests.certification.stage import Stage
from tests.papers.stage import POINTS, question
from tests.world import World

# Three single choices (B), one of several (AC), a truth and a number: 60, 20 and 20 points.
CELLS = (Cell(POINTS[0], Thinking.RECALL, 4, 15), Cell(POINTS[1], Thinking.APPLY, 2, 20))
RIGHT = {Kind.SINGLE: "B", Kind.MULTIPLE: "AC", Kind.TRUE_FALSE: "true", Kind.NUMERIC: "3.5"}
WRONG = {Kind.SINGLE: "A", Kind.MULTIPLE: "A", Kind.TRUE_FALSE: "false", Kind.NUMERIC: "9"}


class Online(Stage):
    """A body with a bank, two forms and `people` candidates in one room; it is the morning of the exam, nine o'clock."""

    def __init__(self, world: World, people: int = 2) -> None:
        super().__init__(world)
        self.writer, self.reviewer = self.staff("item.write", "item.see", account="writer"), self.staff("item.review", "item.see", account="reviewer")
        self.chief = self.staff("paper.draw", "item.see", account="chief")
        self.guard = self.staff("paper.invigilate", "plan.see", account="invigilator")
        self.file()
        self.people = [self.graduate() for _ in range(people)]
        self.forms = self.drawn()
        self.sitting = self.open(capacity=people)
        self.made = [self.apply(self.sitting, person) for person in self.people]
        self.days(6)
        self.perform(plans.close, self.admin, sitting_id=self.sitting)
        self.perform(plans.seat, self.admin, sitting_id=self.sitting)
        self.perform(online.bind, self.chief, sitting_id=self.sitting, forms=self.forms)
        with world.db() as db:
            day = db.get_one(plans.Sitting, self.sitting).held_on
        assert day is not None
        world.clock.set(datetime.combine(day, time(9), SHANGHAI))
        self.code = self.perform(online.open_door, self.guard, sitting_id=self.sitting, position=1).code

    def perform(self, work: Any, actor: Actor, **order: Any) -> Any:
        return self.world.perform(work, actor=actor, **order)

    def drawn(self) -> tuple[str, ...]:
        bank = self.perform(items.open_bank, self.writer, organisation_id=self.body, title="数据标注理论", points="\n".join(POINTS)).bank_id
        kinds = (Kind.SINGLE, Kind.SINGLE, Kind.SINGLE, Kind.MULTIPLE) * 2
        held = [question(n, kind) for n, kind in enumerate(kinds)]
        held += [question(n, kind, POINTS[1], Thinking.APPLY) for n, kind in enumerate((Kind.TRUE_FALSE, Kind.NUMERIC) * 2, len(held))]
        for one in held:
            made = self.perform(items.draft, self.writer, bank_id=bank, question=one)
            self.perform(items.review, self.reviewer, version_id=made.version_id, approved=True)
        laid = self.perform(papers.lay_down, self.chief, bank_id=bank, title="理论卷", minutes=90, cells=CELLS).blueprint_id
        return tuple(self.perform(papers.draw, self.chief, blueprint_id=laid).form_id for _ in range(2))

    def sitter(self, n: int = 0) -> Actor:
        """The n-th candidate's own account."""
        person = self.people[n]
        return self.world.actor("application.file", "paper.sit", account=f"p{person[-8:]}", person=person)

    def enter(self, n: int = 0, device: str = "one", code: str | None = None) -> str:
        done = self.perform(online.enter, self.sitter(n), application_id=self.made[n], code=code or self.code, device=device)
        return str(done.run_id)

    def answer(self, run: str, place: int, value: str, n: int = 0, device: str = "one", **more: Any) -> Any:
        return self.perform(runs.answer, self.sitter(n), run_id=run, place=place, value=value, device=device, **more)

    def kinds(self, run: str, n: int = 0, device: str = "one") -> dict[int, Kind]:
        """By place how a question is answered."""
        page = self.page(run, n, device)
        return {q.place: Kind(q.kind) for q in page.questions}

    def page(self, run: str, n: int = 0, device: str = "one") -> Any:
        from skills.papers.queries.runs import own

        return self.world.ask(own, run, self.sitter(n).account, device, self.world.clock.now())

    def minutes(self, count: float) -> None:
        self.world.clock.forward(minutes=count)
