"""Which supervisor watches which exam, and what a report says (pure).

A draw is planned on record before its seed exists: the seed is the root of the first head of the log of acts signed over
the plan. The order of exams is that of `credentials.rules.sampling.draw`, the supervisor of each that of `kernel.lots.assign`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum

from skills.kernel.canon import canon
from skills.kernel.findings import Finding, Verdict, all_of

PLANNED = "supervision.plan"
LONGEST = 1_000
ANSWERS: Mapping[str, tuple[str, str]] = {
    "yes": ("符合", "yes"), "no": ("不符合", "no"), "na": ("不适用", "does not apply"),
}  # fmt: skip


class Side(StrEnum):
    """Whose supervisor it is: the body's own 内督, or the authority's 外督."""

    INTERNAL = "internal"
    EXTERNAL = "external"


SIDE_WORDS: Mapping[Side, tuple[str, str]] = {
    Side.INTERNAL: ("内部督导", "internal"), Side.EXTERNAL: ("外部督导", "external"),
}  # fmt: skip


def digest(side: Side, sittings: Iterable[Sequence[str]], supervisors: Iterable[str], barred: Iterable[Sequence[str]]) -> str:
    """SHA-256 (hex) of what a draw is drawn from: [exam, body], the supervisors, [supervisor, exam] of who is too near."""
    said = {
        "barred": sorted(list(pair) for pair in barred), "side": str(side), "sittings": sorted(list(one) for one in sittings),
        "supervisors": sorted(supervisors),
    }  # fmt: skip
    return hashlib.sha256(canon(said).encode()).hexdigest()


def may_sign(asked: Collection[str], answers: Mapping[str, str], unsaid: int, photos: int, least: int, held_on: date, today: date) -> Verdict:
    """Whether a report may be signed: on the day of the exam, every item answered, every "no" explained, pictures taken."""
    missing = [code for code in asked if answers.get(code) not in ANSWERS]
    return all_of(
        "supervision.cannot_sign_yet",
        [
            Finding("supervision.on_the_day", held_on == today, facts={"day": held_on}),
            Finding("supervision.items_open", not missing, facts={"count": len(missing)}),
            Finding("supervision.no_unsaid", not unsaid, facts={"count": unsaid}),
            Finding("supervision.photos_missing", photos >= least, facts={"photos": photos, "least": least}),
        ],
    )


def may_notice(wanted: bool, drawn: bool, reported: bool, excused: bool) -> Verdict:
    """Whether the notice of an exam may begin: the internal report is there where one is asked for or a supervisor was drawn."""
    return all_of(
        "supervision.no_report",
        [Finding("supervision.report_there", reported or excused or not (wanted or drawn), facts={"drawn": "1" if drawn else "0"})],
    )
