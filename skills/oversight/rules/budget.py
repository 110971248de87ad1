"""F15: demand outruns a batch's money or number, and claiming would end overnight (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from skills.oversight.rules.facts import Counted, Facts, Suspicion, tier
from skills.vouchers.rules.forecast import outlook


def f15(facts: Facts, numbers: Mapping[str, Any]) -> Iterator[Suspicion]:
    """A batch runs out long before its last day of claiming (UK 2001: closed overnight, £58 m over).

    What is left, by number and by money, is divided by the pace of the last weeks; the rush of the first days says
    nothing, and a batch that is nearly at its last day ends as it should.
    """
    for batch in facts.budgets:
        to_go = (batch.until - facts.day).days
        if to_go < numbers["early_days"][0]:
            continue
        told = outlook(batch.left, batch.pace, batch.days, facts.day, batch.until)
        ends = facts.day if batch.left <= 0 else told.runs_out if batch.days >= numbers["watch_days"] else None
        if ends is None:
            continue
        early = (batch.until - ends).days
        if strength := tier(early, numbers["early_days"]):
            yield Suspicion(
                "F15", f"batch:{batch.batch}", strength, "case.F15.runs_out",
                {"title": batch.title, "on": ends, "until": batch.until, "n": early, "left": max(0, batch.left)},
                (
                    Counted("还剩（张）", "Left", str(max(0, batch.left)), f"/ {batch.ceiling}"),
                    Counted(f"最近 {batch.days} 天发放", f"Issued in the last {batch.days} days", str(batch.pace), "—"),
                    Counted("预计用完", "Will run out on", f"{ends}", f"{batch.until}"),
                    Counted("提前（天）", "Days too early", str(early), f"≥ {numbers['early_days'][0]}"),
                ),
                (f"{batch.batch}:{batch.ceiling}",), (), "", (("已发|issued", batch.ceiling - max(0, batch.left)), ("还剩|left", max(0, batch.left))),
            )  # fmt: skip
