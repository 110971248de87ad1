"""The life of a policy row (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class PolicyState(StrEnum):
    """Where a policy row stands."""

    PROPOSED = "proposed"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


POLICY = Machine(
    "policy",
    PolicyState,
    PolicyState.PROPOSED,
    move("release", PolicyState.PROPOSED, to=PolicyState.RELEASED, means="生效 released by a second person",
         may="policy.release"),
    move("withdraw", PolicyState.PROPOSED, to=PolicyState.WITHDRAWN, means="撤回 taken back before release",
         may="policy.propose"),
    words={
        PolicyState.PROPOSED: ("待复核", "proposed"),
        PolicyState.RELEASED: ("已生效", "released"),
        PolicyState.WITHDRAWN: ("已撤回", "withdrawn"),
    },
)
