"""A body's own norm 评价规范 for an occupation: a grid of levels and attributes, complete when no cell of a filed level is empty (pure).

Source: measure 9 (qualifying firms set their own norms and methods within the rules); the attributes are a policy row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skills.kernel.errors import Refusal
from skills.kernel.findings import Finding, Verdict, no_fault
from skills.kernel.sheets import address
from skills.standards.rules import Level

MOST = 2000
_LEVEL_COLUMN = "等级"


@dataclass(frozen=True)
class Attribute:
    """A column of the grid."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Cell:
    """One cell of the grid: a level's rank, an attribute's code, and what stands there."""

    level: int
    attribute: str
    text: str


def attributes_of(value: Sequence[Mapping[str, Any]]) -> tuple[Attribute, ...]:
    """The policy row `filing.norm_attributes` as it is kept."""
    return tuple(Attribute(row["code"], row["zh"], row["en"]) for row in value)


def written(text: str) -> bool:
    """Whether something stands in a cell: dashes and dots say nothing."""
    return any(char.isalnum() for char in text)


def faults(
    occupation: str, branch: str, cells: Mapping[str, Mapping[str, str]], levels: Iterable[Level], attributes: Sequence[Attribute]
) -> Verdict:
    """Every cell of these levels in which nothing stands, named by level and attribute. `cells`: by the level's rank as text."""
    return no_fault(
        "filing.norm_incomplete",
        [
            Finding(
                "filing.norm_cell", written(cells.get(str(int(level)), {}).get(attribute.code, "")), "",
                {"occupation": occupation, "branch": branch or "--", "level": level.wording, "level_en": level.english,
                 "attribute": attribute.zh, "attribute_en": attribute.en, "rank": int(level), "code": attribute.code},
            )
            for level in sorted(levels)
            for attribute in attributes
        ],
    )  # fmt: skip


def read_grid(rows: Sequence[Sequence[str]], attributes: Sequence[Attribute]) -> tuple[Cell, ...]:
    """The cells of a table: a head of the attributes' names, then a row for each level.

    Raises Refusal("norm.sheet_head"), ("norm.sheet_level") naming the cell, ("norm.sheet_twice"), ("norm.too_long").
    """
    head = [cell.strip() for cell in rows[0]] if rows else []
    places: dict[int, str] = {}
    for attribute in attributes:
        found = [n for n, name in enumerate(head) if name.casefold() in (attribute.zh, attribute.en.casefold(), attribute.code)]
        if len(found) != 1:
            raise Refusal("norm.sheet_head", attribute=attribute.zh, attribute_en=attribute.en)
        places[found[0]] = attribute.code
    cells: list[Cell] = []
    seen: set[int] = set()
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        rank = _rank(row[0])
        if rank is None:
            raise Refusal("norm.sheet_level", cell=address(number, 1), text=row[0].strip()[:40])
        if rank in seen:
            raise Refusal("norm.sheet_twice", cell=address(number, 1), level=Level(rank).wording, level_en=Level(rank).english)
        seen.add(rank)
        for place, code in places.items():
            text = row[place].strip() if place < len(row) else ""
            if len(text) > MOST:
                raise Refusal("norm.too_long", cell=address(number, place + 1), most=MOST)
            cells.append(Cell(rank, code, text))
    return tuple(cells)


def grid(cells: Mapping[str, Mapping[str, str]], levels: Iterable[Level], attributes: Sequence[Attribute]) -> list[list[str]]:
    """The table to be filled in, with what stands in it already."""
    head = [_LEVEL_COLUMN, *(a.zh for a in attributes)]
    return [head, *([level.wording, *(cells.get(str(int(level)), {}).get(a.code, "") for a in attributes)] for level in sorted(levels))]


def _rank(text: str) -> int | None:
    said = text.strip().casefold()
    for level in Level:
        if said in (level.wording, level.word, level.english.casefold(), *level.wording.split("/")):
            return int(level)
    return None
