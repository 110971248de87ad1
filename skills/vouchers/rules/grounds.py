"""The clause of what a batch itself says, and the institutions by name: told with a verdict, not written into it (pure).

A verdict keeps its findings as the rules made them, so that those of earlier days come out the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from skills.kernel.findings import Finding

OF_THE_TERMS = frozenset({
    "voucher.batch_open", "voucher.claim_window", "voucher.claim_not_yet", "voucher.occupation", "voucher.level", "voucher.zone",
    "voucher.institution", "voucher.price", "voucher_batch.count_reached", "voucher_batch.money_reached", "voucher_batch.kept",
})  # fmt: skip
NAMED = 5  # institutions in a sentence


def grounded(
    findings: Iterable[Finding], policy: str, listed: Sequence[str] = (), institution: str = ""
) -> tuple[Finding, ...]:
    """Findings as they are told: those on the terms of a batch with the policy that it was issued under.

    listed       names of the institutions that the terms name; institution: the name of the one where the voucher was to be used
    """
    told = []
    for finding in findings:
        if finding.code in OF_THE_TERMS and not finding.clause:
            finding = replace(finding, clause=policy)
        if finding.code == "voucher.institution" and listed:
            names = [*listed[:NAMED], *(["…"] if len(listed) > NAMED else [])]
            facts = {"institution": institution, "institutions": names, "count": len(listed)}
            finding = replace(finding, code="voucher.institution_named", facts=facts)
        told.append(finding)
    return tuple(told)
