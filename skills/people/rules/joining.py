"""Whether two records may be joined into one (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from skills.kernel.findings import Finding, Verdict, no_fault
from skills.people.rules import DocumentKind
from skills.people.rules.additions import CHANGED, LONGEST, SHORTEST

# Why there are two records of one person: class → (Chinese, English).
JOIN_REASONS: Mapping[str, tuple[str, str]] = {
    "documents": ("两种证件各建了一份档案", "a record was made for each of two documents"),
    CHANGED: ("公安机关更正或变更了号码", "the police corrected or changed the number"),
}


@dataclass(frozen=True)
class Side:
    """What is compared of a record. `kinds` of the documents that find it."""

    id: str
    birth: date
    sex: str
    synthetic: bool
    kinds: frozenset[str]


def may_join(kept: Side, gone: Side, reason: str, grounds: str, apart: Iterable[Finding]) -> Verdict:
    """Whether two records can be one person's, and nothing stands in the way that people have to settle first.

    apart  what the rooms found; a promise that would be broken is never mended by itself
    """
    words = len(grounds.strip())
    numbers = DocumentKind.RESIDENT in kept.kinds and DocumentKind.RESIDENT in gone.kinds
    same = kept.birth == gone.birth and kept.sex == gone.sex
    found = [
        Finding("joining.two", kept.id != gone.id),
        Finding("joining.reason", reason in JOIN_REASONS),
        Finding("joining.grounds", SHORTEST <= words <= LONGEST, facts={"least": SHORTEST, "most": LONGEST}),
        Finding("joining.synthetic", kept.synthetic == gone.synthetic),
        Finding("joining.for_life", not numbers or reason == CHANGED, "《居民身份证法》第3条"),
        Finding("joining.same_birth", same or reason == CHANGED, facts={"kept": kept.birth, "gone": gone.birth}),
    ]
    return no_fault("person_join.not_yet", [*found, *apart])
