"""The blueprint 双向细目表 of a paper, and the draw that meets it (pure)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skills.kernel.canon import canon
from skills.kernel.findings import Finding, Verdict, no_fault
from skills.papers.rules.items import THINKING_WORDS, Kind, Thinking

MOST_ITEMS, MOST_IN_CELL, MOST_POINTS, LONGEST_TITLE = 300, 100, 100, 60
MINUTES = (10, 300)


@dataclass(frozen=True)
class Cell:
    """One cell of the table: so many items of a knowledge point and a level of thinking, each worth so many points."""

    point: str
    thinking: Thinking
    count: int
    points: int


@dataclass(frozen=True)
class Candidate:
    """A version that can be drawn; exposure and what was seen are counted by its item, whatever the version."""

    version_id: str
    item_id: str
    kind: Kind
    point: str
    thinking: Thinking


@dataclass(frozen=True)
class Place:
    """One item of a form and what it is worth."""

    version_id: str
    item_id: str
    points: int


@dataclass(frozen=True)
class Short:
    """A cell that lacks items. wanted, there: how many; fresh: of these, how many whoever sits it has not seen."""

    point: str
    thinking: Thinking
    wanted: int
    there: int
    fresh: int


@dataclass(frozen=True)
class Drawn:
    """What a draw gives: the items in their order, or the cells that are short."""

    places: tuple[Place, ...]
    short: tuple[Short, ...] = ()


def to_json(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """Cells in plain terms."""
    return [{"point": c.point, "thinking": c.thinking.value, "count": c.count, "points": c.points} for c in cells]


def from_json(cells: Iterable[Mapping[str, Any]]) -> tuple[Cell, ...]:
    """Cells as they were kept."""
    return tuple(Cell(c["point"], Thinking(c["thinking"]), c["count"], c["points"]) for c in cells)


def may_lay_down(title: str, minutes: int, cells: Sequence[Cell], points: Collection[str]) -> Verdict:
    """Whether this can be a blueprint of a bank with these knowledge points. `paper_blueprint.incomplete`."""
    strange = [c.point for c in cells if c.point not in points]
    good = all(0 < c.count <= MOST_IN_CELL and 0 < c.points <= MOST_POINTS for c in cells)
    return no_fault("paper_blueprint.incomplete", [
        Finding("paper_blueprint.titled", 0 < len(title) <= LONGEST_TITLE, facts={"most": LONGEST_TITLE}),
        Finding("paper_blueprint.minutes", MINUTES[0] <= minutes <= MINUTES[1], facts={"least": MINUTES[0], "most": MINUTES[1]}),
        Finding("paper_blueprint.items", 0 < sum(c.count for c in cells) <= MOST_ITEMS, facts={"most": MOST_ITEMS}),
        Finding("paper_blueprint.cells", good, facts={"count": MOST_IN_CELL, "points": MOST_POINTS}),
        Finding("paper_blueprint.once", len({(c.point, c.thinking) for c in cells}) == len(cells)),
        Finding("paper_blueprint.points", not strange, facts={"points": "、".join(strange)}),
    ])  # fmt: skip


def draw(
    cells: Sequence[Cell], pool: Iterable[Candidate], seed: str, exposure: Mapping[str, int], seen: Collection[str], percent: int
) -> Drawn:
    """A form that meets the blueprint: the same seed, pool and past give the same form.

    Of a cell those go first that nobody who sits it has seen, then those that stood in the fewest forms; the seed decides
    between equals. So within a cell no item is used twice before each was used once, and as few are seen as can be.
    What a seed draws stays so for good: the check of forms draws each of them once more.

    exposure  item → in how many forms it stood
    seen      items that whoever sits it has met
    percent   how many in a hundred of the form may be such
    """
    held: dict[tuple[str, Thinking], list[Candidate]] = {}
    for one in pool:
        held.setdefault((one.point, one.thinking), []).append(one)
    told = [
        Short(c.point, c.thinking, c.count, len(there), sum(one.item_id not in seen for one in there))
        for c in cells
        for there in [held.get((c.point, c.thinking), [])]
    ]
    short = [s for s in told if s.there < s.wanted]
    met = sum(max(0, s.wanted - s.fresh) for s in told)
    if not short and met * 100 > percent * sum(s.wanted for s in told):
        short = [s for s in told if s.fresh < s.wanted]
    if short:
        return Drawn((), tuple(short))
    chosen: list[tuple[Candidate, int]] = []
    for cell in cells:
        there = held.get((cell.point, cell.thinking), [])
        there.sort(key=lambda c: (c.item_id in seen, exposure.get(c.item_id, 0), _lot(seed, c.item_id)))
        chosen += [(c, cell.points) for c in there[: cell.count]]
    kinds = list(Kind)
    chosen.sort(key=lambda held: (kinds.index(held[0].kind), _lot(f"{seed} order", held[0].item_id)))
    return Drawn(tuple(Place(c.version_id, c.item_id, points) for c, points in chosen))


def may_print(drawn: Drawn, percent: int) -> Verdict:
    """Whether a draw gave a form; each cell that is short is named. `paper_form.short`."""
    return no_fault("paper_form.short", [
        Finding("paper_form.cell_few" if s.there < s.wanted else "paper_form.cell_seen", False, facts={
            "cell": f"{s.point} × {THINKING_WORDS[s.thinking][0]}", "cell_en": f"{s.point} × {THINKING_WORDS[s.thinking][1]}",
            "wanted": s.wanted, "there": s.there, "fresh": s.fresh, "percent": percent,
        }) for s in drawn.short
    ])  # fmt: skip


def meets(cells: Sequence[Cell], places: Iterable[tuple[str, Thinking, int]]) -> bool:
    """Whether a form's items, each (knowledge point, level of thinking, points), are just what the blueprint says."""
    return Counter(places) == Counter({(c.point, c.thinking, c.points): c.count for c in cells})


def digest_of(form: Sequence[object], places: Sequence[tuple[str, str, int]]) -> str:
    """SHA-256 of a form: what it was drawn from and with, and its items in order, each (version, digest of it, points)."""
    return hashlib.sha256(canon([list(form), [list(place) for place in places]]).encode()).hexdigest()


def form_code(serial: int) -> str:
    """How a form is called in its bank: J0007."""
    return f"J{serial:04}"


def _lot(seed: str, item_id: str) -> bytes:
    return hashlib.sha256(f"{seed}|{item_id}".encode()).digest()
