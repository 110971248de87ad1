"""Marks of a panel: each examiner by himself, one result by policy, an alarm where they lie far apart (pure).

Sources: domain rulebook §3.1 (comprehensive review by a panel of three at least, odd; a section passes at 60), desks D19 (no mark
is rounded up).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from skills.kernel.findings import Finding, Verdict, all_of
from skills.records.rules.marks import Mark

MEDIAN, MEAN = "median", "mean"


@dataclass(frozen=True)
class Method:
    """How a section's result comes from a panel: median or mean, a multiple of `step`, alarm from `spread` on (both hundredths)."""

    result: str
    step: int
    spread: int


def methods(value: Mapping[str, Mapping[str, object]]) -> dict[str, Method]:
    """section → how its result comes from its panel, as an exam keeps it."""
    return {section: Method(str(m["result"]), int(str(m["step"])), int(str(m["spread"]))) for section, m in value.items()}


def result(marks: Sequence[int], method: Method) -> int:
    """One result of several marks, all in hundredths: what lies between two steps goes down, so that nobody is rounded into a pass."""
    ordered, count = sorted(marks), len(marks)
    middle = sum(ordered) if method.result == MEAN else ordered[(count - 1) // 2] + ordered[count // 2]
    whole = middle // (count if method.result == MEAN else 2)
    return whole - whole % method.step


@dataclass(frozen=True)
class Settled:
    """What a panel's marks of one candidate come to.

    mark     the result, None as long as examiners are missing or do not agree who was absent
    missing  how many examiners have given none yet
    split    some say absent and others give a mark
    spread   between the highest and the lowest, hundredths
    """

    mark: Mark | None
    missing: int
    split: bool
    spread: int

    def alarming(self, method: Method) -> bool:
        """Whether the examiners lie so far apart that somebody else has to look."""
        return self.mark is not None and self.spread >= method.spread


def settle(given: Mapping[str, Mark], panel: Collection[str], method: Method) -> Settled:
    """What is given by the examiners of a panel (account → mark) for one candidate."""
    counted = [given[one] for one in panel if one in given]
    marks = [mark.hundredths for mark in counted if mark.hundredths is not None]
    missing, split = len(panel) - len(counted), bool(marks) and len(marks) < len(counted)
    spread = max(marks) - min(marks) if marks else 0
    if missing or split or not counted:
        return Settled(None, missing, split, spread)
    return Settled(Mark(result(marks, method) if marks else None), 0, False, spread)


@dataclass(frozen=True)
class PanelState:
    """A panel section before the sign-off: its examiners; candidates without all marks, not agreed on, or with an open alarm."""

    examiners: frozenset[str]
    missing: int
    split: int
    alarms: int


def may_sign_panels(states: Collection[PanelState], signer: str) -> Verdict:
    """Whether panels are ready for the signature of somebody who sat on none of them."""
    if not states:
        return Verdict(True, "score.cannot_sign")
    missing, split, alarms = (sum(getattr(s, name) for s in states) for name in ("missing", "split", "alarms"))
    return all_of(
        "score.cannot_sign",
        [
            Finding("panel.all_given", missing == 0, "", {"count": missing}),
            Finding("panel.one_absence", split == 0, "", {"count": split}),
            Finding("panel.no_alarm", alarms == 0, "", {"count": alarms}),
            Finding("panel.not_an_examiner", all(signer not in s.examiners for s in states)),
        ],
    )
