"""The blueprint and its draw: every form meets it, items take turns, who sits again meets little that was seen."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills.papers.rules.blueprints import Candidate, Cell, Drawn, draw, meets
from skills.papers.rules.items import Kind, Thinking
from tests.papers.stage import POINTS

pytestmark = pytest.mark.row(30)
PLACES = [(point, thinking) for point in POINTS for thinking in Thinking]


@st.composite
def tables(draws: st.DrawFn) -> tuple[tuple[Cell, ...], tuple[Candidate, ...]]:
    """A blueprint and a bank, which need not be large enough."""
    cells, pool = [], []
    for place in draws(st.lists(st.sampled_from(PLACES), min_size=1, max_size=5, unique=True)):
        cells.append(Cell(*place, draws(st.integers(1, 6)), draws(st.integers(1, 5))))
    least = draws(st.sampled_from([0, 6, 10]))  # mostly it is large enough
    for place in PLACES:
        for n in range(draws(st.integers(least, 14))):
            name = f"{place[0]}-{place[1]}-{n}"
            pool.append(Candidate(f"v-{name}", name, draws(st.sampled_from(Kind)), *place))
    return tuple(cells), tuple(pool)


def of(pool: tuple[Candidate, ...], cell: Cell) -> list[Candidate]:
    return [c for c in pool if (c.point, c.thinking) == (cell.point, cell.thinking)]


def met(cells: tuple[Cell, ...], pool: tuple[Candidate, ...], drawn: Drawn) -> bool:
    known = {c.version_id: c for c in pool}
    places = [(known[p.version_id].point, known[p.version_id].thinking, p.points) for p in drawn.places]
    return meets(cells, places) and len({p.item_id for p in drawn.places}) == len(drawn.places)


@settings(max_examples=25, deadline=None)
@given(tables())
def test_a_hundred_forms_all_meet_the_blueprint_and_items_take_turns(table: tuple[tuple[Cell, ...], tuple[Candidate, ...]]) -> None:
    cells, pool = table
    lacking = [(c.point, c.thinking, c.count, len(of(pool, c))) for c in cells if len(of(pool, c)) < c.count]
    exposure: Counter[str] = Counter()
    for n in range(100):
        drawn = draw(cells, pool, f"seed {n}", exposure, frozenset(), 20)
        assert [(s.point, s.thinking, s.wanted, s.there) for s in drawn.short] == lacking
        if lacking:
            return
        assert met(cells, pool, drawn)
        assert drawn == draw(cells, pool[::-1], f"seed {n}", exposure, frozenset(), 20), "the order of the bank decides nothing"
        exposure.update(p.item_id for p in drawn.places)
    for cell in cells:
        used = [exposure[c.item_id] for c in of(pool, cell)]
        assert max(used) - min(used) <= 1, "no item stands in two forms more than another of its cell"


@settings(max_examples=150, deadline=None)
@given(tables(), st.data())
def test_who_sits_again_meets_a_fifth_at_most_or_the_short_cells_are_named(
    table: tuple[tuple[Cell, ...], tuple[Candidate, ...]], data: st.DataObject
) -> None:
    cells, pool = table
    chance, share = data.draw(st.randoms(use_true_random=False)), data.draw(st.sampled_from([0.1, 0.3, 0.6]))
    seen = frozenset(c.item_id for c in pool if chance.random() < share)
    drawn = draw(cells, pool, data.draw(st.text()), {}, seen, 20)
    whole = sum(c.count for c in cells)
    needed = sum(max(0, c.count - sum(one.item_id not in seen for one in of(pool, c))) for c in cells)
    if drawn.short:
        assert any(s.there < s.wanted for s in drawn.short) or (needed * 5 > whole and all(s.fresh < s.wanted for s in drawn.short))
        return
    assert met(cells, pool, drawn)
    assert sum(p.item_id in seen for p in drawn.places) * 5 <= whole


def test_another_seed_gives_another_form() -> None:
    cells = (Cell(*PLACES[0], 5, 2),)
    pool = tuple(Candidate(f"v{n}", f"i{n}", Kind.SINGLE, *PLACES[0]) for n in range(30))
    assert len({draw(cells, pool, f"{n}", {}, frozenset(), 20) for n in range(20)}) == 20
