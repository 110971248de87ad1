"""Whom to ask whether a training took place (pure)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Completed:
    """A completed use of a month, and whether its trainee was asked already."""

    use: str
    institution: str
    asked: bool


def draw(held: Sequence[Completed], percent: int, least: int, rank: Callable[[str], str]) -> list[str]:
    """The uses to ask about now: of each institution the share, rounded up, at least `least`, fewer if there are fewer.

    rank  puts uses into an order that nobody can foresee; who was asked already counts towards the number
    """
    by_body: dict[str, list[Completed]] = {}
    for one in held:
        by_body.setdefault(one.institution, []).append(one)
    chosen: list[str] = []
    for body in sorted(by_body):
        mine = by_body[body]
        wanted = min(len(mine), max(least, -(-len(mine) * percent // 100)))
        missing = wanted - sum(one.asked for one in mine)
        fresh = sorted((one.use for one in mine if not one.asked), key=rank)
        chosen += fresh[: max(0, missing)]
    return chosen
