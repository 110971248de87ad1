"""Lists of the API go by pages: nothing twice, nothing left out, whatever is added or goes away meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.kernel.actors import Actor, Grant
from skills.kernel.errors import Refusal
from skills.web import paging
from skills.web.doorman import House
from skills.web.paging import Page
from tests.courses.test_views import Visitors, visitors
from tests.vouchers.stage import Stage
from tests.world import World

__all__ = ["visitors"]


@dataclass(frozen=True)
class Row:
    id: str


def walked(client: Any, url: str, limit: int, between: Any = lambda: None) -> list[Any]:
    """Every row, page by page, by the Link header."""
    found: list[Any] = []
    following: str | None = f"{url}?limit={limit}"
    while following:
        answer = client.get(following)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        rows = answer.get_json()
        assert len(rows) <= limit
        found += rows
        link = answer.headers.get("Link")
        assert link is None or (link.startswith(f"<{url}?") and link.endswith('>; rel="next"'))
        assert link is None or len(rows) == limit
        following = link[1:].split(">")[0] if link else None
        between()
    return found


def everything(person: str | None) -> Actor:
    """Somebody with every right that reads a list."""
    return Actor("reader", "", person, frozenset({Grant(right) for right in (
        "gov.see", "audit.see", "care.ask", "care.handle", "passport.see", "promotion.apply", "entry.enter",
        "application.file", "voucher.claim", "enrolment.enrol", "upload.handle", "policy.see", "case.see", "dispute.see",
        "leave.decide", "class.manage",
    )}))  # fmt: skip


def test_every_list_of_the_api_takes_limit_and_after_and_goes_by_pages(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    person = stage.person()
    for number in range(5):
        stage.open(title=f"批次{number}")
    client = visitors.come(everything(person))
    document = client.get("/api/v1/openapi.json").get_json()
    held: House = world.app.extensions["skills"]
    lists = {r.rule for r in held.api if r.by}
    many, opened = set(), set()
    for path, item in document["paths"].items():
        schema = item.get("get", {}).get("responses", {}).get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
        named = {p["name"]: p for p in item.get("get", {}).get("parameters", []) if p["in"] == "query"}
        assert (schema.get("type") == "array") == ({"limit", "after"} <= set(named)), path
        if schema.get("type") != "array" or "{" in path:
            continue
        bounds = named["limit"]["schema"]
        for wrong in (bounds["minimum"] - 1, bounds["maximum"] + 1, "ten", "1.5", ""):
            refused = client.get(f"{path}?limit={wrong}")
            assert refused.status_code in (403, 422), (path, wrong)
        if client.get(path).status_code != 200:
            continue
        whole = client.get(f"{path}?limit={bounds['maximum']}").get_json()
        opened.add(path)
        if path != "/api/v1/audit":  # reading does not write, but the log is long: see below
            assert walked(client, path, 1 if len(whole) < 20 else 7) == whole, path
        many |= {path} if len(whole) > 2 else set()
        assert client.get(f"{path}?after=%F0%9F%8E%AB").get_json()["code"] == "page.cursor", path
    assert {"/api/v1/batches", "/api/v1/returns/rules", "/api/v1/targets"} <= many
    assert len(opened) >= 8, sorted(opened)
    assert len(lists) >= 30
    world.holds()


def test_rows_that_are_added_meanwhile_repeat_nothing_and_leave_nothing_out(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    made = [stage.open(title=f"批次{number}") for number in range(7)]
    client = visitors.come(everything(None))

    def one_more() -> None:
        world.clock.forward(seconds=1)
        stage.open(title="新来的")

    for url, there in (("/api/v1/batches", set(made)), ("/api/v1/audit", {r["id"] for r in walked(client, "/api/v1/audit", 500)})):
        ids = [row["id"] for row in walked(client, url, len(there) // 4 + 1, one_more)]
        assert len(ids) == len(set(ids)), url
        assert there <= set(ids), url


@given(
    st.lists(st.integers(0, 60), unique=True, min_size=1), st.integers(1, 9),
    st.lists(st.tuples(st.integers(61, 99), st.integers(0, 99)), max_size=8),
)
def test_a_walk_sees_every_row_that_was_there_all_the_time_once(
    start: list[int], limit: int, changes: list[tuple[int, int]]
) -> None:
    rows, always, seen = list(start), set(start), []
    page, more = Page(limit), list(changes)
    while True:
        found, cursor = paging.cut([Row(str(n)) for n in rows], page, ("id",), skipped=False)
        seen += [int(row.id) for row in found]
        if not cursor:
            break
        page = Page(limit, paging.read(cursor))
        if more:
            fresh, gone = more.pop()
            if fresh not in rows:
                rows.insert(gone % (len(rows) + 1), fresh)
            # Rows go away as well, but not all of those at which the page ended.
            last = {int(key[0]) for key in page.after}
            if gone in rows and (gone not in last or len(last & set(rows)) > 1):
                rows.remove(gone)
                always.discard(gone)
    assert len(seen) == len(set(seen))
    assert always <= set(seen)


@given(st.text(max_size=40))
def test_no_text_is_taken_for_a_cursor_that_it_is_not(text: str) -> None:
    try:
        keys = paging.read(text)
    except Refusal as refusal:
        code = refusal.code
        assert code == "page.cursor"
    else:
        assert all(keys)


def test_a_page_whose_end_has_left_the_list_is_said_to_be_gone(lite: World) -> None:
    del lite
    _, cursor = paging.cut([Row("a"), Row("b")], Page(1), ("id",), skipped=False)
    with pytest.raises(Refusal) as caught:
        paging.cut([Row("c")], Page(1, paging.read(cursor)), ("id",), skipped=False)
    assert caught.value.code == "page.gone"
