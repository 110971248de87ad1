"""Whether a suspicion opens a case, who may look into it, how an institution's score is made up (pure)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from skills.kernel.findings import Finding, Verdict, all_of

LONGEST = 400


def is_news(rows: Collection[str], seen: Collection[str], fresh_percent: int) -> bool:
    """Whether enough of what was counted is new since earlier cases of the same rule and subject were closed."""
    fresh = len(set(rows) - set(seen))
    return fresh > 0 and fresh * 100 >= fresh_percent * len(set(rows))


@dataclass(frozen=True)
class Handler:
    """Somebody who is to look into a case: the bodies for which they hold a role, and the person behind the account."""

    account: str
    bodies: frozenset[str]
    person: str | None
    may_handle: bool


def may_look(handler: Handler, organisation: str | None, subject: str) -> Verdict:
    """Whoever looks into a case belongs to the authority and is not concerned."""
    return all_of(
        "fraud_case.not_for",
        [
            Finding("fraud_case.has_right", handler.may_handle),
            Finding("fraud_case.not_of_body", organisation is None or organisation not in handler.bodies),
            Finding("fraud_case.not_oneself", handler.person is None or subject != f"person:{handler.person}"),
        ],
    )


def may_confirm(account: str, proposed_by: str | None) -> Verdict:
    """A second person, never the one who proposed."""
    return all_of("fraud_case.second_needed", [Finding("fraud_case.other_person", account != proposed_by)])


@dataclass(frozen=True)
class Standing:
    """What is known against an institution: cases, denied uses, upheld complaints, and the least share of trainees who were not there."""

    confirmed: int = 0
    strong: int = 0
    plain: int = 0
    hint: int = 0
    denied: int = 0
    upheld_complaint: int = 0
    not_there: int = 0


@dataclass(frozen=True)
class Part:
    """One part of a score: how many, times how much, gives how many points."""

    name: str
    count: int
    weight: int

    @property
    def points(self) -> int:
        return self.count * self.weight


PART_WORDS: Mapping[str, tuple[str, str]] = {
    "confirmed": ("已属实的案件", "Confirmed cases"),
    "strong": ("未结案件（强）", "Open cases, strong"),
    "plain": ("未结案件（中）", "Open cases, plain"),
    "hint": ("未结案件（弱）", "Open cases, hints"),
    "denied": ("持券人否认的用券", "Uses that holders deny"),
    "upheld_complaint": ("属实的投诉", "Complaints upheld"),
    "not_there": ("回访可证明的未到（%）", "Trainees not there, proven by answers (%)"),
}


def score(standing: Standing, weights: Mapping[str, int]) -> tuple[int, tuple[Part, ...]]:
    """Points from 0 to 100, and what they are made of, the heaviest first."""
    parts = [Part(name, getattr(standing, name), int(weights[name])) for name in PART_WORDS]
    made = tuple(sorted((p for p in parts if p.points), key=lambda p: (-p.points, p.name)))
    return min(100, sum(p.points for p in made)), made
