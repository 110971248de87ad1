"""Which certificates are tested again and by whom, and what a re-test says (pure)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from skills.kernel.canon import canon
from skills.kernel.findings import Finding, Verdict, all_of
from skills.supervision.states.retests import RetestState

PLANNED = "retest.plan"
EXAMINERS = 2


def size_of(population: int, rate: int) -> int:
    """How many of a population are drawn at a rate in per cent, rounded up: one at least."""
    return min(population, max(1, -(-population * rate // 100))) if population else 0


def digest(awards: Iterable[Sequence[str]], examiners: Iterable[str], barred: Iterable[Sequence[str]], rate: int) -> str:
    """SHA-256 (hex) of what a draw is drawn from: [id, number] of each certificate, the examiners, who may not test which."""
    said = {
        "awards": sorted(list(one) for one in awards), "barred": sorted(list(pair) for pair in barred), "examiners": sorted(examiners),
        "rate": rate,
    }  # fmt: skip
    return hashlib.sha256(canon(said).encode()).hexdigest()


def passed(marks: Sequence[Mapping[str, int]], sections: Iterable[str], pass_mark: int) -> bool:
    """Whether the mean of the examiners' marks (hundredths) reaches the pass mark in every section."""
    return all(sum(one[section] for one in marks) >= pass_mark * len(marks) for section in sections)


def counts(state: str, counted: bool | None, heard_by: date | None, said: bool, today: date) -> bool:
    """Whether a result stands against or for the body: somebody closed it so, or the candidate had the time and said nothing."""
    if state == RetestState.CLOSED:
        return bool(counted)
    return state == RetestState.MARKED and not said and heard_by is not None and heard_by < today


def may_close(said: bool, heard_by: date, today: date) -> Verdict:
    """Nobody decides before the candidate was heard or let the time pass."""
    return all_of("retest.hearing", [Finding("retest.heard", said or heard_by < today, facts={"day": heard_by})], day=heard_by)
