"""The lives of reviews and corrections of signed scores (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class CorrectionState(StrEnum):
    """Where a correction of a signed score stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


_C = CorrectionState
CORRECTION = Machine(
    "score_correction",
    CorrectionState,
    _C.PROPOSED,
    move("approve", _C.PROPOSED, to=_C.APPROVED, means="准予更正 a second person agrees, the new score counts",
         may="score.correct"),
    move("refuse", _C.PROPOSED, to=_C.REFUSED, means="不予更正 a second person does not agree, the score stands",
         may="score.correct"),
    words={
        _C.PROPOSED: ("待第二人决定", "waits for a second person"),
        _C.APPROVED: ("已更正", "corrected"),
        _C.REFUSED: ("不予更正", "not corrected"),
    },
)


class ReviewState(StrEnum):
    """Where a candidate's question about a score stands."""

    ASKED = "asked"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


_R = ReviewState
REVIEW = Machine(
    "score_review",
    ReviewState,
    _R.ASKED,
    move("uphold", _R.ASKED, to=_R.UPHELD, means="复核有误 counted again, another score: a correction follows",
         may="score.correct"),
    move("dismiss", _R.ASKED, to=_R.DISMISSED, means="复核无误 counted again, the same score", may="score.correct"),
    words={
        _R.ASKED: ("复核中", "being counted again"),
        _R.UPHELD: ("复核有误，已提出更正", "found wrong, a correction is proposed"),
        _R.DISMISSED: ("复核无误", "found right"),
    },
)


class DataReviewState(StrEnum):
    """Where a result file stands at the authority."""

    SENT = "sent"
    PASSED = "passed"
    RETURNED = "returned"


_D = DataReviewState
DATA_REVIEW = Machine(
    "data_review",
    DataReviewState,
    _D.SENT,
    move("pass", _D.SENT, to=_D.PASSED, means="审核通过 the authority has reviewed it: numbers can be given", may="data.review"),
    move("return", _D.SENT, to=_D.RETURNED, means="退回 sent back with a reason", may="data.review"),
    words={
        _D.SENT: ("待审核", "waits for the authority"),
        _D.PASSED: ("审核通过", "reviewed"),
        _D.RETURNED: ("已退回", "sent back"),
    },
)
