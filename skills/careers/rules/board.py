"""A firm's gap of skills: for each occupation and wanted level who holds it, who is missing, who could sit now or later (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from skills.standards.rules import Level


@dataclass(frozen=True)
class Post:
    """Somebody on a post.

    held      the level that is held in the occupation; None for none
    ready     a way to the wanted level is open today
    from_day  else the first day on which waiting opens one; None if something is missing in every way
    """

    person_id: str
    name: str
    occupation: str
    wanted: Level
    held: Level | None
    ready: bool = False
    from_day: date | None = None

    @property
    def enough(self) -> bool:
        """Whether the level of the post, or a higher one, is held."""
        return self.held is not None and self.held >= self.wanted


@dataclass(frozen=True)
class Figures:
    """Of one occupation and wanted level: wanted = held + gap; gap = ready + later + neither. `first_day` of those later."""

    occupation: str
    level: Level
    wanted: int
    held: int
    gap: int
    ready: int
    later: int
    first_day: date | None


def figures(posts: Iterable[Post]) -> list[Figures]:
    """The figures of every occupation and wanted level, the largest gap first."""
    groups: dict[tuple[str, Level], list[Post]] = {}
    for post in posts:
        groups.setdefault((post.occupation, post.wanted), []).append(post)
    found = []
    for (occupation, level), held in groups.items():
        short = [p for p in held if not p.enough]
        days = [p.from_day for p in short if not p.ready and p.from_day is not None]
        found.append(
            Figures(
                occupation, level, len(held), len(held) - len(short), len(short), sum(p.ready for p in short), len(days),
                min(days, default=None),
            )
        )
    return sorted(found, key=lambda f: (-f.gap, f.occupation, f.level))
