"""Papers are drawn by a blueprint, frozen, and nothing of them changes afterwards."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import delete, update

from skills.kernel.box import Box
from skills.kernel.db import writing
from skills.papers.actions import items, papers
from skills.papers.models import FormItem, PaperForm
from skills.papers.queries import papers as queries
from skills.papers.rules.blueprints import Cell
from skills.papers.rules.items import Kind, Thinking
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.papers.stage import POINTS, Stage, question
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(30)
CELLS = (Cell(POINTS[0], Thinking.RECALL, 3, 2), Cell(POINTS[1], Thinking.APPLY, 2, 5))


class Papers(Stage):
    """A bank with as many items as two papers need, but for one cell, and a blueprint."""

    def __init__(self, world: World, first: int = 6, second: int = 3) -> None:
        super().__init__(world)
        self.made = [self.reviewed(question(n, list(Kind)[n % 4])) for n in range(first)]
        self.made += [self.reviewed(question(n, Kind.NUMERIC, POINTS[1], Thinking.APPLY)) for n in range(first, first + second)]
        self.blueprint = world.perform(
            papers.lay_down, actor=self.chief, bank_id=self.bank, title="理论卷", minutes=90, cells=CELLS
        ).blueprint_id

    def draw(self, *after: str) -> Any:
        return self.world.perform(papers.draw, actor=self.chief, blueprint_id=self.blueprint, after=after)

    def told(self, form_id: str) -> Any:
        """A paper and its keys."""
        page = self.world.ask(queries.form, self.chief, form_id)
        return (page.line, page.places), self.world.ask(queries.form_key, self.world.tool(Box), self.reviewer, form_id).places


def test_an_edited_retired_or_added_item_changes_no_form(world: World) -> None:
    s = Papers(world)
    drawn = s.draw()
    assert (drawn.code, drawn.items, drawn.points) == ("J0001", 5, 16)
    before = s.told(drawn.form_id)
    for made in s.made:
        version = world.perform(items.edit, actor=s.writer, item_id=made.item_id, question=question(stem=f"改过 {made.code}", answer="C"))
        world.perform(items.review, actor=s.reviewer, version_id=version.version_id, approved=True)
    world.perform(items.retire, actor=s.reviewer, version_id=version.version_id, reason="有争议")
    assert s.told(drawn.form_id) == before
    with world.refused("paper_form.short") as held:
        s.draw()
    assert [(f.facts["cell"], f.facts["wanted"], f.facts["there"]) for f in held[0].findings] == [("数据标注 × 应用", 2, 0)]
    world.holds()


def test_who_sits_again_gets_other_items_or_is_told_which_cell_is_short(world: World) -> None:
    s = Papers(world)
    first = s.draw()
    again = s.draw(first.form_id)
    codes = [{p.code for p in s.told(f.form_id)[0][1]} for f in (first, again)]
    assert len(codes[0] & codes[1]) == 1, "one of five is a fifth"
    with world.refused("paper_form.short") as held:
        s.draw(first.form_id, again.form_id)
    assert {f.code for f in held[0].findings} == {"paper_form.cell_seen"}
    with world.refused("paper_form.unknown"):
        s.draw("nothing")
    world.perform(papers.end, actor=s.chief, blueprint_id=s.blueprint)
    with world.refused("paper_blueprint.ended"):
        s.draw()
    with world.refused("paper_blueprint.incomplete") as wrong:
        world.perform(papers.lay_down, actor=s.chief, bank_id=s.bank, title="", minutes=5, cells=(*CELLS, CELLS[0]))
    assert [f.code.split(".")[1] for f in wrong[0].findings] == ["titled", "minutes", "once"]
    world.holds()


def test_papers_that_are_drawn_at_once_take_turns(world: World) -> None:
    s = Papers(world, first=3, second=2)
    with ThreadPoolExecutor(4) as people:
        drawn = [d.result() for d in [people.submit(s.draw) for _ in range(4)]]
    assert sorted(d.code for d in drawn) == ["J0001", "J0002", "J0003", "J0004"]
    world.holds()


@pytest.mark.parametrize(("change", "said"), [
    (lambda f: update(FormItem).where(FormItem.form_id == f, FormItem.place == 1).values(points=9), "is not what it was"),
    (lambda f: delete(FormItem).where(FormItem.form_id == f, FormItem.place == 2), "does not meet its blueprint"),
    (lambda f: update(PaperForm).where(PaperForm.id == f).values(seed="other"), "is not what its seed draws"),
    (lambda f: update(PaperForm).where(PaperForm.id == f).values(serial=3), "the number before it is missing"),
])  # fmt: skip
def test_whatever_is_changed_of_a_form_is_noticed(lite: World, change: Any, said: str) -> None:
    s = Papers(lite)
    drawn = s.draw()
    with writing(lite.engine) as db:
        db.execute(change(drawn.form_id))
    assert any(said in line for line in lite.violations()["papers.forms"])


def test_the_pages_and_the_api_show_papers_to_who_draws_and_keys_to_who_reviews(visitors: Visitors) -> None:
    world = visitors.world
    s = Papers(world)
    chief, reviewer, writer = (visitors.come(a) for a in (s.chief, s.reviewer, s.writer))
    new, wanted = f"/ent/items/{s.bank}/blueprint", {"count-0-recall": "2", "points-0-recall": "5", "count-1-apply": "1", "points-1-apply": "10"}
    assert "请填写名称" in text_of(press(chief, new, new, title="", minutes="60", **wanted), 422)
    at = press(chief, new, new, title="短卷", minutes="60", **wanted).location
    form = press(chief, at, f"{at}/draw").location
    text = text_of(chief.get(form))
    assert "3 题 · 20 分 · 60 分钟" in text
    text_of(reviewer.get(form), 403)
    text_of(chief.get(f"{form}/key"), 403)
    assert "答案" in text_of(reviewer.get(f"{form}/key"))
    name = form.rsplit("/", 1)[1]
    api = chief.get(f"/api/v1/papers/{name}").json
    assert [p["points"] for p in api["places"]].count(10) == 1
    assert "answer" not in api["places"][0]
    assert len(reviewer.get(f"/api/v1/papers/{name}/key").json["places"]) == 3
    assert "J0001" in text_of(writer.get(at))
    assert "已组 1 卷" in text_of(writer.get(f"/ent/items/{s.bank}"))
    press(chief, at, f"{at}/end")
    assert "停用" in text_of(chief.get(at))
    world.holds()
