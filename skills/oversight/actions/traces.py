"""Forgetting from where vouchers were used, once the rules no longer look back so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from skills.kernel.acts import Act, action
from skills.standards.queries import value
from skills.vouchers.actions import traces


@dataclass(frozen=True)
class Forgotten:
    """How many traces are gone."""

    count: int


@action("trace.forget", may="system.jobs")
def forget(act: Act) -> Forgotten:
    """Delete what is older than the policy allows, 500 at a time."""
    before = act.at - timedelta(days=int(value(act.db, "oversight.trace_days", act.today)))
    return Forgotten(traces.forget_before(act, before))
