"""The life of a look at a certificate that was issued on a broken promise (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class RecheckState(StrEnum):
    """Where the look at one certificate stands."""

    OPEN = "open"
    STANDS = "stands"
    ORDERED = "ordered"
    GONE = "gone"


_R = RecheckState
RECHECK = Machine(
    "filing_recheck",
    RecheckState,
    _R.OPEN,
    move("let_stand", _R.OPEN, to=_R.STANDS, means="复核属实 the certificate stands", may="care.order"),
    move("order", _R.OPEN, to=_R.ORDERED, means="责令撤销 its body is ordered to revoke it", may="care.order"),
    move("lapse", _R.OPEN, to=_R.GONE, means="证书已失效 the certificate was gone already", may="care.order"),
    words={
        _R.OPEN: ("待复核", "to be looked at"),
        _R.STANDS: ("复核属实", "stands"),
        _R.ORDERED: ("已责令撤销", "ordered revoked"),
        _R.GONE: ("证书已失效", "gone already"),
    },
)
