"""Returns by pages: a large one costs what a small one costs, and no row and no return is out of reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.engine.cursor import CursorFetchStrategy

from skills.returns import actions, queries, views
from skills.returns.actions import removals
from skills.returns.queries import afterwards, pages
from tests.courses.filed import reported
from tests.returns import test_actions as desk
from tests.returns import test_background as large
from tests.world import World

tally, school = desk.tally, desk.school


@contextmanager
def reading(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many rows the database handed over meanwhile, one number for each fetch."""
    read: list[int] = []
    with monkeypatch.context() as patch:
        for name in ("fetchone", "fetchmany", "fetchall"):
            real = getattr(CursorFetchStrategy, name)

            def counted(self: Any, *args: Any, real: Any = real, **kwargs: Any) -> Any:
                found = real(self, *args, **kwargs)
                read.append(len(found) if isinstance(found, list) else int(found is not None))
                return found

            patch.setattr(CursorFetchStrategy, name, counted)
        yield read


def test_a_page_reads_no_more_of_a_large_return_than_of_a_small_one(
    world: World, school: str, tally: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, big = (desk.upload(world, school, desk.rows_of(*[101, 60] * n, start=10 * n)) for n in (60, 600))
    see = large.pages(world, school, monkeypatch)

    def rows(path: str) -> int:
        with reading(monkeypatch) as read:
            assert see(path).status_code == 200
        return sum(read)

    for state in ("checked", "applied"):
        for query in ("", "?after=7", "?all=1", "?all=1&after=51"):
            few, many = (rows(f"/org/returns/{made.return_id}{query}") for made in (small, big))
            assert many == few < 5 * pages.PAGE, (state, query)
        few, many = (rows(f"/api/v1/returns/{made.return_id}/findings?limit=10") for made in (small, big))
        assert many == few < 50
        if state == "checked":
            for made in (small, big):
                world.perform(actions.accept, actor=desk.clerk(world, school), return_id=made.return_id)
            world.run_jobs()
    world.holds()


def test_the_page_reads_only_the_newest_of_the_changes_that_it_shows(lite: World, monkeypatch: pytest.MonkeyPatch) -> None:
    filed = reported(lite, 3)
    monkeypatch.setattr(afterwards, "_NEWEST", 1)
    see, read = large.pages(lite, filed.stage.school, monkeypatch), []
    for row in (2, 3, 4):
        lite.perform(removals.void, actor=filed.clerk, return_id=filed.return_id, rows=(row,), reason="报错了班")
        with reading(monkeypatch) as fetched:
            page = see(f"/org/returns/{filed.return_id}").text
        read.append(sum(fetched))
    assert "另有 2 项未列出" in page
    assert read[0] == read[1] == read[2], read


def walked(see: Any, path: str, word: str) -> list[list[int]]:
    """The rows of every page, by its links."""
    found = []
    while path:
        page = see(path).text
        found.append([int(n) for n in re.findall(r"<h2[^>]*>第 (\d+) 行</h2>", page)])
        link = re.search(rf'href="([^"]+)"[^>]*>\s*(?:<[^>]*>)?{word}', page)
        path = link[1].replace("&amp;", "&") if link else ""
    return found


def test_the_pages_of_a_return_lead_to_every_row_and_back(
    world: World, school: str, tally: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE", 3)
    made = desk.upload(world, school, desk.rows_of(*[101, 60] * 4))
    see, path = large.pages(world, school, monkeypatch), f"/org/returns/{made.return_id}"
    assert walked(see, path, "下一页") == [[2, 4, 6], [8]]
    assert walked(see, f"{path}?after=6", "上一页") == [[8], [2, 4, 6]]
    assert walked(see, f"{path}?all=1", "下一页") == [[2, 3, 4], [5, 6, 7], [8, 9]]
    assert walked(see, f"{path}?all=1&after=7", "上一页") == [[8, 9], [5, 6, 7], [2, 3, 4]]
    assert walked(see, f"{path}?after=x", "下一页")[0] == [2, 4, 6]
    page = see(f"{path}?after=6").text
    form = dict(re.findall(r'name="([\w-]+)" value="([^"]*)"', page.split(f'action="{path}/fix"')[1].split("</form>")[0]))
    mended = see.client.post(f"{path}/fix", data={**form, "cell-8-score": "60"})
    assert mended.headers["Location"].endswith("?after=6"), "whoever mends stays on the page"
    told = see(f"/api/v1/returns/{made.return_id}/findings?limit=2")
    assert [f["row"] for f in told.json] == [2, 4]
    rest = see(re.search(r"<([^>]+)>", told.headers["Link"])[1])  # type: ignore[index]
    assert [f["row"] for f in rest.json] == [6]
    assert see(f"/api/v1/returns/{made.return_id}/findings?after=WyJ4Il0").status_code == 422


def test_the_list_of_returns_goes_on_to_the_first_one(
    world: World, school: str, tally: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    made = []
    for n in range(5):
        world.clock.forward(minutes=1)
        made.append(desk.upload(world, school, desk.rows_of(60, start=n)).return_id)
    see, path, found = large.pages(world, school, monkeypatch), "/org/returns", []
    while path:
        page = see(path).text
        found.append(re.findall(r'href="/org/returns/(\w{26})"', page))
        link = re.search(r'href="([^"]+after=[^"]+)"', page)
        path = link[1] if link else ""
    assert found == [made[4:2:-1], made[2:0:-1], made[:1]]
    api = see("/api/v1/returns?limit=4")
    assert [r["id"] for r in api.json] == made[:0:-1]
    assert [r["id"] for r in see(re.search(r"<([^>]+)>", api.headers["Link"])[1]).json] == made[:1]  # type: ignore[index]
    assert [r.id for r in world.ask(queries.returns_of, ["another"])] == []
