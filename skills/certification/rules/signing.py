"""Who signs the scores of an exam off: two people, neither of whom typed or planned (pure).

Source: issue 6, clause 8; features row 31.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skills.certification.rules.panels import PanelState, may_sign_panels
from skills.kernel.findings import Finding, Verdict, all_of
from skills.records.rules.marks import Pair, may_sign


@dataclass(frozen=True)
class Hands:
    """Accounts that had an exam in hand before: who planned it, and who signed first (None: nobody yet)."""

    planner: str
    first_signer: str | None = None


def may_sign_off(
    pairs: Sequence[Pair], typists: Mapping[Any, tuple[str | None, str | None]], hands: Hands, signer: str,
    panels: Collection[PanelState] = (),
) -> Verdict:  # fmt: skip
    """Whether somebody may sign the scores, as the first or, where there is a first signer, as the second of two.

    panels  sections that their examiners marked: nobody typed them
    An exam to which nobody came has no scores to compare; two sign it off all the same.
    """
    found = may_sign(pairs, typists, signer).findings if pairs else ()
    typed = [f for f in found if typists or not panels or f.code != "score.two_typists"]
    findings = [*typed, *may_sign_panels(panels, signer).findings, Finding("score.not_the_planner", signer != hands.planner)]
    if hands.first_signer is not None:
        findings.append(Finding("score.second_person", signer != hands.first_signer))
    return all_of("score.cannot_sign", findings)


def may_correct(involved: Collection[str], who: str, proposer: str | None = None) -> Verdict:
    """Whether somebody may propose a correction of a signed score or, where there is a proposer, decide it.

    involved  the accounts that typed or signed it
    """
    findings = [Finding("correction.not_involved", who not in involved)]
    if proposer is not None:
        findings.append(Finding("correction.second_person", who != proposer))
    return all_of("correction.cannot", findings)
