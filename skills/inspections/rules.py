"""Who visits which class, what a visit finds, and who may close what was found (pure).

A draw is planned on record before its seed exists: the seed is the root of the first head of the log of acts signed
over the plan. The order of classes is that of `credentials.rules.sampling.draw`, the inspector of each that of `kernel.lots.assign`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from skills.kernel.canon import canon
from skills.kernel.findings import Finding, Verdict, all_of

PLANNED = "inspection.plan"
MOST_CLASSES = 2_000
LONGEST = 1_000
ANSWERS: Mapping[str, tuple[str, str]] = {
    "yes": ("符合", "yes"), "no": ("不符合", "no"), "na": ("不适用", "does not apply"),
}  # fmt: skip


class Way(StrEnum):
    """How classes come into a draw: any by lot, or those that ask for a look."""

    RANDOM = "random"
    RISK = "risk"


WAY_WORDS: Mapping[Way, tuple[str, str]] = {
    Way.RANDOM: ("双随机：班级和检查人员都抽取", "By lot: class and inspector"),
    Way.RISK: ("按风险：选定班级，检查人员抽取", "By risk: chosen classes, inspector by lot"),
}

# Why a class asks for a look: (Chinese, English).
REASON_WORDS: Mapping[str, tuple[str, str]] = {
    "case": ("机构有在办疑点案件", "an open fraud case about the institution"),
    "none_written": ("已上课但没有任何签到", "lessons were held, nobody's attendance was written"),
    "by_card": ("学员卡签到比例偏高", "an unusual share of attendance by card"),
    "found_before": ("此前检查发现过问题", "an earlier inspection found something"),
}


def weight_of(reasons: Collection[str], points: Mapping[str, int], way: Way) -> int:
    """The lots of a class: 1, and by risk 1 with the points of each reason."""
    return 1 if way is Way.RANDOM else min(100, 1 + sum(points.get(r, 0) for r in set(reasons)))


def plan_text(classes: Sequence[Sequence[object]], inspectors: Sequence[str], barred: Iterable[tuple[str, str]]) -> str:
    """What a plan commits to, as text: [number, weight, institution] of each class, the inspectors, who may not visit whom."""
    return canon({"barred": sorted([list(pair) for pair in barred]), "classes": sorted([list(c) for c in classes], key=lambda c: str(c[0])),
                  "inspectors": sorted(inspectors)})  # fmt: skip


def digest(text: str) -> str:
    """SHA-256 (hex) of a plan's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def may_count(starts: datetime, ends: datetime, closes: datetime, now: datetime) -> Verdict:
    """Heads are counted during the lesson, once nobody can write coming in any more: before that the two differ honestly."""
    return all_of(
        "inspection.not_now",
        [
            Finding("inspection.scans_open", now >= min(closes, ends), facts={"from": closes}),
            Finding("inspection.lesson_over", starts <= now <= ends, facts={"starts": starts, "ends": ends}),
        ],
    )


@dataclass(frozen=True)
class Limits:
    """Policy of the day: heads may differ by so many per cent of what was written, and always by so many heads."""

    percent: int
    least: int

    def differ(self, heads: int, written: int) -> bool:
        """Whether the heads differ from what was written by more than is let pass."""
        apart = abs(heads - written)
        return apart > self.least and apart * 100 > self.percent * written


@dataclass(frozen=True)
class Seen:
    """What the inspector saw. `answers` are "yes", "no" or "na" by item of the list."""

    held: bool
    heads: int
    written: int
    same_room: bool
    same_lecturer: bool
    answers: Mapping[str, str]


@dataclass(frozen=True)
class Found:
    """One thing that is not as it has to be: a code of FINDING_WORDS, or "item:" and the item of the list."""

    code: str
    facts: tuple[tuple[str, str], ...] = ()


FINDING_WORDS: Mapping[str, tuple[str, str]] = {
    "no_class": ("没有上课", "no class was held"),
    "heads_differ": ("清点人数与签到人数不符", "heads and written attendance differ"),
    "lecturer_absent": ("授课教师不是备案教师", "the lecturer was not the filed one"),
    "wrong_room": ("不在备案教室上课", "it was not held in the filed room"),
}


def findings(seen: Seen, limits: Limits) -> list[Found]:
    """What a visit found. Where no class was held, nothing else can be said."""
    if not seen.held:
        return [Found("no_class", (("written", str(seen.written)),))]
    found = []
    if limits.differ(seen.heads, seen.written):
        found.append(Found("heads_differ", (("heads", str(seen.heads)), ("written", str(seen.written)))))
    if not seen.same_lecturer:
        found.append(Found("lecturer_absent"))
    if not seen.same_room:
        found.append(Found("wrong_room"))
    return found + [Found(f"item:{code}") for code, answer in sorted(seen.answers.items()) if answer == "no"]


def may_sign(held: bool, asked: Collection[str], answers: Mapping[str, str], photos: int, least: int) -> Verdict:
    """Whether an inspector may sign: every item answered (unless no class was held), pictures taken."""
    missing = [code for code in asked if answers.get(code) not in ANSWERS] if held else []
    return all_of(
        "inspection.cannot_sign_yet",
        [
            Finding("inspection.items_open", not missing, facts={"count": len(missing)}),
            Finding("inspection.photos_missing", photos >= least, facts={"photos": photos, "least": least}),
        ],
    )


def may_close(closer: str, proposer: str | None, inspector: str) -> Verdict:
    """Two people close: not who proposed it, nor who was there."""
    return all_of(
        "inspection.second_needed",
        [
            Finding("inspection.not_proposer", proposer is not None and closer != proposer),
            Finding("inspection.not_inspector", closer != inspector),
        ],
    )


def source(inspection_id: str) -> str:
    """What a hold says it was placed by."""
    return f"inspection:{inspection_id}"


def number_of(year: int, serial: int) -> str:
    """The number of an inspection: JC-2026-00012."""
    return f"JC-{year}-{serial:05d}"


