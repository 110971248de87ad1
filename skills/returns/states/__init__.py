"""The life of a return and of its lines (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class ReturnState(StrEnum):
    """Where a return stands."""

    UPLOADED = "uploaded"
    CHECKED = "checked"
    ACCEPTED = "accepted"
    APPLIED = "applied"
    REFUSED = "refused"


RETURN = Machine(
    "return",
    ReturnState,
    ReturnState.UPLOADED,
    move("check", ReturnState.UPLOADED, to=ReturnState.CHECKED, means="检查 every rule was asked", may="return.file"),
    move("recheck", ReturnState.CHECKED, to=ReturnState.CHECKED, means="修改后再查 mended and asked again",
         may="return.file"),
    move("accept", ReturnState.CHECKED, to=ReturnState.ACCEPTED, means="报送 handed in, rows are being applied",
         may="return.file"),
    move("finish", ReturnState.ACCEPTED, to=ReturnState.APPLIED, means="入账 every row has its outcome"),
    move("refuse", ReturnState.UPLOADED, to=ReturnState.REFUSED, means="退回 the file cannot be read as a return"),
    move("check_again", ReturnState.CHECKED, to=ReturnState.UPLOADED,
         means="修改后重新检查 mended, and so large that it is asked again in the background", may="return.file"),
    move("drop", ReturnState.UPLOADED, ReturnState.CHECKED, to=ReturnState.REFUSED, means="放弃 given up by the sender", may="return.file"),
    words={
        ReturnState.UPLOADED: ("已上传，检查中", "uploaded, being checked"),
        ReturnState.CHECKED: ("已检查，待报送", "checked, not handed in"),
        ReturnState.ACCEPTED: ("已报送，入账中", "handed in, being applied"),
        ReturnState.APPLIED: ("已入账", "applied"),
        ReturnState.REFUSED: ("未受理", "not accepted"),
    },
)


class LineState(StrEnum):
    """What became of a line. One that was applied says itself whether it still counts."""

    CHECKED = "checked"
    WAITING = "waiting"
    APPLIED = "applied"
    SAME = "same"
    HELD = "held"
    AWAITING = "awaiting"
    CORRECTED = "corrected"
    VOIDED = "voided"


LINE = Machine(
    "return_line",
    LineState,
    LineState.CHECKED,
    move("queue", LineState.CHECKED, to=LineState.WAITING, means="待入账 without error, to be applied"),
    move("apply", LineState.WAITING, LineState.AWAITING, to=LineState.APPLIED, means="入账 applied"),
    move("await", LineState.WAITING, to=LineState.AWAITING,
         means="待证书办结 a correction that counts when the request about the certificate has ended"),
    move("same", LineState.CHECKED, to=LineState.SAME, means="无变化 stands already in an earlier return"),
    move("replace", LineState.APPLIED, to=LineState.CORRECTED, means="已更正 a newer version counts, this one stays readable",
         may="return.file"),
    move("void", LineState.APPLIED, to=LineState.VOIDED, means="作废 it counts no more and stays readable", may="return.file"),
    move("hold", LineState.CHECKED, LineState.WAITING, LineState.AWAITING, to=LineState.HELD,
         means="未入账 has an error, nothing changed"),
    words={
        LineState.CHECKED: ("已检查", "checked"),
        LineState.WAITING: ("待入账", "to be applied"),
        LineState.APPLIED: ("已入账", "applied"),
        LineState.SAME: ("与前次一致", "as before"),
        LineState.HELD: ("未入账", "not applied"),
        LineState.AWAITING: ("更正待证书办结", "a correction that waits for the certificate"),
        LineState.CORRECTED: ("已被更正", "corrected by a newer row"),
        LineState.VOIDED: ("已作废", "made void"),
    },
)

FILED_STATES = (ReturnState.ACCEPTED, ReturnState.APPLIED)
ONCE_APPLIED = (LineState.APPLIED, LineState.CORRECTED, LineState.VOIDED)
NEVER_APPLIED = (LineState.CHECKED, LineState.SAME, LineState.HELD)  # where they end if they never are
TAKEN = (*ONCE_APPLIED, LineState.AWAITING)  # what a receipt counts as handed in without a fault
