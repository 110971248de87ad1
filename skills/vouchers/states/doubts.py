"""The life of a question about money that was paid for a completion that no longer stands (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class DoubtState(StrEnum):
    """Where the question stands whether a payment comes back."""

    OPENED = "opened"
    CLAIMED = "claimed"
    KEPT = "kept"
    SETTLED = "settled"


_S = DoubtState
DOUBT = Machine(
    "payment_doubt",
    DoubtState,
    _S.OPENED,
    move("claim", _S.OPENED, to=_S.CLAIMED, means="提出追回 a claw-back was proposed", may="claw_back.propose"),
    move("keep", _S.OPENED, to=_S.KEPT, means="不予追回 what was paid stays paid, with a reason", may="claw_back.propose"),
    move("reopen", _S.CLAIMED, to=_S.OPENED, means="追回未获同意 the claw-back was dropped: it is to be decided again", may="claw_back.approve"),
    move("settle", _S.OPENED, _S.CLAIMED, to=_S.SETTLED, means="重新结业 the training was completed after all"),
    words={
        _S.OPENED: ("待决定是否追回", "to be decided"),
        _S.CLAIMED: ("已提出追回", "claimed back"),
        _S.KEPT: ("不予追回", "stays paid"),
        _S.SETTLED: ("已重新结业", "completed after all"),
    },
)
