"""The lives of a recognition and of each person in it (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move

PROPOSE, VOTE, PUBLISH, SEE = "recognition.propose", "recognition.vote", "recognition.publish", "recognition.see"


class RecognitionState(StrEnum):
    """Where a recognition stands."""

    DRAFTED = "drafted"
    COMMITTEE = "committee"
    CONFIRMED = "confirmed"
    NOTICED = "noticed"
    CONCLUDED = "concluded"
    CANCELLED = "cancelled"


_R = RecognitionState
LIVE = (_R.DRAFTED, _R.COMMITTEE, _R.CONFIRMED, _R.NOTICED)
RECOGNITION = Machine(
    "recognition",
    RecognitionState,
    _R.DRAFTED,
    move("submit", _R.DRAFTED, to=_R.COMMITTEE, means="提交评审委员会 before the committee, with evidence for everybody", may=PROPOSE),
    move("decide", _R.COMMITTEE, to=_R.CONFIRMED, means="评审委员会确认 confirmed by the committee", may=VOTE),
    move("dismiss", _R.COMMITTEE, to=_R.CANCELLED, means="评审委员会未确认任何人 the committee confirmed nobody", may=VOTE),
    move("notice", _R.CONFIRMED, to=_R.NOTICED, means="公示 on public notice", may=PUBLISH),
    move("conclude", _R.NOTICED, to=_R.CONCLUDED, means="公示期满，发证 over its notice, certificates follow", may=PUBLISH),
    move("cancel", _R.DRAFTED, _R.COMMITTEE, _R.CONFIRMED, to=_R.CANCELLED, means="取消 given up by the firm", may=PROPOSE),
    words={
        _R.DRAFTED: ("填写材料中", "evidence being gathered"),
        _R.COMMITTEE: ("评审中", "before the committee"),
        _R.CONFIRMED: ("已确认，待公示", "confirmed, notice next"),
        _R.NOTICED: ("公示中", "on public notice"),
        _R.CONCLUDED: ("已结束", "concluded"),
        _R.CANCELLED: ("已取消", "cancelled"),
    },
)


class AppointmentState(StrEnum):
    """Where an appointment stands; one whose term is over is past by its last day."""

    LIVE = "live"
    ENDED = "ended"


_A = AppointmentState
APPOINTMENT = Machine(
    "appointment",
    AppointmentState,
    _A.LIVE,
    move("end", _A.LIVE, to=_A.ENDED, means="解聘 ended by the firm before its term", may=PUBLISH),
    words={_A.LIVE: ("在聘", "in office"), _A.ENDED: ("已解聘", "ended")},
)


class ApprenticeshipState(StrEnum):
    """Where an apprenticeship stands."""

    BEGUN = "begun"
    GRADED = "graded"
    ENDED = "ended"


_B = ApprenticeshipState
APPRENTICESHIP = Machine(
    "apprenticeship",
    ApprenticeshipState,
    _B.BEGUN,
    move("grade", _B.BEGUN, to=_B.GRADED, means="转正定级 graded by a colleague of who entered it", may=VOTE),
    move("stop", _B.BEGUN, to=_B.ENDED, means="终止 came to nothing", may=PROPOSE),
    words={_B.BEGUN: ("学徒期", "apprentice"), _B.GRADED: ("已转正定级", "graded"), _B.ENDED: ("已终止", "ended")},
)


class ProposedState(StrEnum):
    """Where one person of a recognition stands."""

    PROPOSED = "proposed"
    LEFT_OUT = "left_out"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    VOID = "void"
    AWARDED = "awarded"


_P = ProposedState
PROPOSED = Machine(
    "recognised_person",
    ProposedState,
    _P.PROPOSED,
    move("leave_out", _P.PROPOSED, to=_P.LEFT_OUT, means="不再提名 not proposed any more", may=PROPOSE),
    move("confirm", _P.PROPOSED, to=_P.CONFIRMED, means="确认 confirmed by the committee", may=VOTE),
    move("refuse", _P.PROPOSED, to=_P.REFUSED, means="未确认 not confirmed by the committee", may=VOTE),
    move("void", _P.CONFIRMED, to=_P.VOID, means="异议成立，取消 an objection was upheld", may="objection.decide"),
    move("award", _P.CONFIRMED, to=_P.AWARDED, means="发证 has the level", may=PUBLISH),
    words={
        _P.PROPOSED: ("待评审", "proposed"),
        _P.LEFT_OUT: ("不再提名", "left out"),
        _P.CONFIRMED: ("已确认", "confirmed"),
        _P.REFUSED: ("未确认", "not confirmed"),
        _P.VOID: ("异议成立，已取消", "void after an objection"),
        _P.AWARDED: ("已发证", "certified"),
    },
)
