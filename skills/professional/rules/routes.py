"""Which rule opens which title 职称, and what each still wants (pure). The review itself is held elsewhere (渝才荟)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skills.records.rules.professional import Achievement, OutsideCertificate

WAY_WORDS: Mapping[str, tuple[str, str]] = {
    "direct": ("直接认定", "recognised directly"), "exceptional": ("破格申报条件", "allows an exceptional application"),
    "performance": ("业绩条件", "counts as performance"), "exam": ("以考代评", "an exam instead of a review"),
}  # fmt: skip


@dataclass(frozen=True)
class Want:
    """One thing that a rule wants: a certificate of a kind and grade ("" for any), or so many achievements of a kind."""

    what: str
    kind: str
    grade: str = ""
    count: int = 1


@dataclass(frozen=True)
class Route:
    """A rule: whoever has all of `wants` gets the way to a grade of title."""

    code: str
    grade: str
    way: str
    clause: str
    wants: tuple[Want, ...]


@dataclass(frozen=True)
class Held:
    """What somebody has for one want: the numbers or names that meet it."""

    want: Want
    by: tuple[str, ...]

    @property
    def met(self) -> bool:
        """Whether it is enough."""
        return len(self.by) >= self.want.count


@dataclass(frozen=True)
class Opened:
    """A rule with what is there and what is missing."""

    route: Route
    held: tuple[Held, ...]

    @property
    def open(self) -> bool:
        """Whether nothing is missing."""
        return all(h.met for h in self.held)


def read_routes(rows: Iterable[Mapping[str, Any]]) -> tuple[Route, ...]:
    """The rows of the policy `title.routes`."""
    return tuple(
        Route(
            str(row["code"]), str(row["grade"]), str(row["way"]), str(row["clause"]),
            tuple(Want(str(w["what"]), str(w["kind"]), str(w.get("grade", "")), int(w.get("count", 1))) for w in row["wants"]),
        )
        for row in rows
    )  # fmt: skip


def openings(
    routes: Sequence[Route], certificates: Sequence[OutsideCertificate], achievements: Sequence[Achievement]
) -> list[Opened]:
    """Every rule with what somebody has for it: open ones first, in the order of the policy."""

    def by(want: Want) -> tuple[str, ...]:
        if want.what == "certificate":
            return tuple(c.number for c in certificates if c.kind == want.kind and want.grade in ("", c.grade))
        return tuple(a.name for a in achievements if a.kind == want.kind)

    found = [Opened(route, tuple(Held(w, by(w)) for w in route.wants)) for route in routes]
    return sorted(found, key=lambda o: not o.open)
