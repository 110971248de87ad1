"""The lives of filings, sittings, applications, objections and promotions (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class FilingState(StrEnum):
    """Where a filing stands. That its term is over is computed from its dates; `expired` is one in whose place another was drafted."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SUPPLEMENT = "supplement"
    ON_COMMITMENT = "on_commitment"
    FILED = "filed"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


_F = FilingState
FILING = Machine(
    "filing",
    FilingState,
    _F.DRAFT,
    move("submit", _F.DRAFT, _F.SUPPLEMENT, to=_F.SUBMITTED, means="提交审核 handed in for review", may="filing.manage"),
    move("commit", _F.DRAFT, _F.SUPPLEMENT, to=_F.ON_COMMITMENT,
         means="告知承诺 filed at once on a promise, inspected later", may="filing.manage"),
    move("accept", _F.SUBMITTED, to=_F.FILED, means="准予备案 filed after review", may="filing.decide"),
    move("send_back", _F.SUBMITTED, to=_F.SUPPLEMENT, means="退回补正 sent back with a reason", may="filing.decide"),
    move("confirm", _F.ON_COMMITMENT, to=_F.FILED, means="核查通过 the promise was found true", may="filing.inspect"),
    move("confirm_expired", _F.EXPIRED, to=_F.EXPIRED, means="核查通过（已到期） the promise was found true after its term",
         may="filing.inspect"),
    move("confirm_resumed", _F.FILED, to=_F.FILED, means="核查通过（曾暂停） the promise was found true after a suspension",
         may="filing.inspect"),
    move("suspend", _F.ON_COMMITMENT, _F.FILED, to=_F.SUSPENDED, means="暂停整改 must put things right first",
         may="filing.suspend"),
    move("resume", _F.SUSPENDED, to=_F.FILED, means="恢复 put right", may="filing.suspend"),
    move("revoke", _F.ON_COMMITMENT, _F.FILED, _F.SUSPENDED, _F.EXPIRED, to=_F.REVOKED, means="撤销备案 taken away",
         may="filing.revoke"),
    move("renew", _F.FILED, to=_F.FILED, means="续期 another term, the same number", may="filing.decide"),
    move("renew_on_promise", _F.FILED, to=_F.ON_COMMITMENT, means="承诺续期 another term on a promise, to be inspected",
         may="filing.submit"),
    move("extend", _F.FILED, to=_F.FILED, means="增项 more in the scope, the same end", may="filing.decide"),
    move("extend_on_promise", _F.FILED, to=_F.ON_COMMITMENT, means="承诺增项 more in the scope on a promise, to be inspected",
         may="filing.submit"),
    move("withdraw", _F.ON_COMMITMENT, _F.FILED, _F.SUSPENDED, to=_F.WITHDRAWN, means="注销 given up by the body itself",
         may="filing.decide"),
    move("lapse", _F.ON_COMMITMENT, _F.FILED, to=_F.EXPIRED, means="到期 its term is over and another was drafted",
         may="filing.submit"),
    words={
        _F.DRAFT: ("草稿", "draft"),
        _F.SUBMITTED: ("审核中", "under review"),
        _F.SUPPLEMENT: ("待补正", "sent back"),
        _F.ON_COMMITMENT: ("已备案（待核查）", "filed on a promise, to be inspected"),
        _F.FILED: ("已备案", "filed"),
        _F.SUSPENDED: ("暂停（整改）", "suspended"),
        _F.REVOKED: ("已撤销", "revoked"),
        _F.WITHDRAWN: ("已注销", "withdrawn by the body"),
        _F.EXPIRED: ("已到期", "expired"),
    },
)
ISSUING = (_F.ON_COMMITMENT, _F.FILED, _F.EXPIRED)  # of exams that its term covers
PROMISES = ("commit", "renew_on_promise", "extend_on_promise")  # moves after which an inspection is due
INSPECTED = ("confirm", "confirm_expired", "confirm_resumed")
WORKING = (_F.ON_COMMITMENT, _F.FILED, _F.SUSPENDED)  # with a number, and not over
ENDED = (_F.REVOKED, _F.WITHDRAWN, _F.EXPIRED)


class SittingState(StrEnum):
    """Where an exam stands, in the order of its affairs 考务."""

    PLANNED = "planned"
    FILED = "filed"
    OPEN = "open"
    CLOSED = "closed"
    SEATED = "seated"
    HELD = "held"
    SIGNED = "signed"
    SCORED = "scored"
    REVIEWED = "reviewed"
    NOTICED = "noticed"
    CONCLUDED = "concluded"
    CANCELLED = "cancelled"


_S = SittingState
SITTING = Machine(
    "sitting",
    SittingState,
    _S.PLANNED,
    move("file", _S.PLANNED, to=_S.FILED, means="报备 filed ahead of the day", may="plan.file"),
    move("open", _S.FILED, to=_S.OPEN, means="开放报名 registration is open", may="plan.manage"),
    move("close", _S.OPEN, to=_S.CLOSED, means="截止报名 registration is closed", may="sitting.run"),
    move("seat", _S.CLOSED, to=_S.SEATED, means="编排座位 seats and tickets are given", may="sitting.run"),
    move("hold", _S.SEATED, to=_S.HELD, means="已开考 the exam took place", may="sitting.run"),
    move("sign", _S.HELD, to=_S.SIGNED, means="成绩初签 two entries agree, the first of two signs; nothing is typed any more",
         may="score.sign"),
    move("send_back", _S.SIGNED, to=_S.HELD, means="退回重录 the second does not sign, with a reason", may="score.sign"),
    move("countersign", _S.SIGNED, to=_S.SCORED, means="成绩复签 signed off by a second person, scores published",
         may="score.sign"),
    move("review", _S.SCORED, to=_S.REVIEWED, means="复核期满 the review window is over", may="sitting.publish"),
    move("notice", _S.REVIEWED, to=_S.NOTICED, means="公示 passes are on public notice", may="sitting.publish"),
    move("conclude", _S.NOTICED, to=_S.CONCLUDED, means="结束 notice over, numbers and certificates",
         may="sitting.publish"),
    move("cancel", _S.PLANNED, _S.FILED, _S.OPEN, _S.CLOSED, _S.SEATED, to=_S.CANCELLED, means="取消 called off",
         may="plan.file"),
    words={
        _S.PLANNED: ("筹备", "planned"),
        _S.FILED: ("已报备", "filed"),
        _S.OPEN: ("报名中", "open for registration"),
        _S.CLOSED: ("报名截止", "registration closed"),
        _S.SEATED: ("已编排", "seated"),
        _S.HELD: ("已开考", "held"),
        _S.SIGNED: ("成绩已初签", "signed once"),
        _S.SCORED: ("成绩已公布", "scores published"),
        _S.REVIEWED: ("复核期满", "review window over"),
        _S.NOTICED: ("公示中", "on public notice"),
        _S.CONCLUDED: ("已结束", "concluded"),
        _S.CANCELLED: ("已取消", "cancelled"),
    },
)


class ApplicationState(StrEnum):
    """Where one candidate stands."""

    FILED = "filed"
    ELIGIBLE = "eligible"
    SEATED = "seated"
    EXAMINED = "examined"
    ABSENT = "absent"
    PASSED = "passed"
    FAILED = "failed"
    INCOMPLETE = "incomplete"
    WITHDRAWN = "withdrawn"
    VOID = "void"


_A = ApplicationState
APPLICATION = Machine(
    "application",
    ApplicationState,
    _A.FILED,
    move("accept", _A.FILED, to=_A.ELIGIBLE, means="符合条件 one condition is met", may="exam.apply"),
    move("refuse", _A.FILED, to=_A.WITHDRAWN, means="资格审核不通过 the body has examined it and said no", may="registration.examine"),
    move("seat", _A.ELIGIBLE, to=_A.SEATED, means="准考 seat and ticket given", may="sitting.run"),
    move("examine", _A.SEATED, to=_A.EXAMINED, means="已考 the exam took place", may="sitting.run"),
    move("miss", _A.SEATED, to=_A.ABSENT, means="缺考 was in no section, with the reason that the invigilators noted", may="sitting.run"),
    move("pass", _A.EXAMINED, to=_A.PASSED, means="合格 every section has reached the pass mark", may="score.sign"),
    move("fail", _A.EXAMINED, to=_A.FAILED, means="不合格 a section is below the pass mark", may="score.sign"),
    move("leave_open", _A.EXAMINED, to=_A.INCOMPLETE, means="缺考或缺项 a section is missing", may="score.sign"),
    move("withdraw", _A.FILED, _A.ELIGIBLE, to=_A.WITHDRAWN, means="撤回 by the candidate", may="exam.apply"),
    move("reschedule", _A.ELIGIBLE, _A.SEATED, to=_A.WITHDRAWN, means="改期 moved to another exam by the candidate", may="exam.apply"),
    move("cancel", _A.FILED, _A.ELIGIBLE, _A.SEATED, to=_A.WITHDRAWN, means="取消 the exam was called off",
         may="plan.file"),
    move("revise_pass", _A.FAILED, _A.INCOMPLETE, to=_A.PASSED, means="更正为合格 a corrected score makes it a pass",
         may="score.correct"),
    move("revise_fail", _A.PASSED, _A.INCOMPLETE, to=_A.FAILED, means="更正为不合格 a corrected score makes it none",
         may="score.correct"),
    move("revise_open", _A.PASSED, _A.FAILED, to=_A.INCOMPLETE, means="更正为成绩不全 a section was not sat after all",
         may="score.correct"),
    move("disqualify", _A.EXAMINED, _A.PASSED, _A.FAILED, _A.INCOMPLETE, to=_A.VOID, means="违纪，考试成绩无效 the exam is void after misconduct",
         may="incident.decide"),
    move("disqualify_section", _A.PASSED, _A.FAILED, to=_A.INCOMPLETE, means="违纪，单科成绩无效 a section is void after misconduct",
         may="incident.decide"),
    move("void", _A.PASSED, to=_A.VOID, means="取消成绩 an objection was upheld", may="objection.decide"),
    words={
        _A.FILED: ("已申报", "applied"),
        _A.ELIGIBLE: ("资格审核通过", "eligible"),
        _A.SEATED: ("已编排座位", "seated"),
        _A.EXAMINED: ("已参考", "examined"),
        _A.ABSENT: ("缺考", "absent"),
        _A.PASSED: ("合格", "passed"),
        _A.FAILED: ("不合格", "not passed"),
        _A.INCOMPLETE: ("成绩不全", "incomplete"),
        _A.WITHDRAWN: ("已撤回", "withdrawn"),
        _A.VOID: ("成绩取消", "void"),
    },
)


class ObjectionState(StrEnum):
    """Where an objection to a notice stands."""

    RAISED = "raised"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


OBJECTION = Machine(
    "objection",
    ObjectionState,
    ObjectionState.RAISED,
    move("uphold", ObjectionState.RAISED, to=ObjectionState.UPHELD, means="异议成立 the result does not stand",
         may="objection.decide"),
    move("dismiss", ObjectionState.RAISED, to=ObjectionState.DISMISSED, means="异议不成立 the result stands",
         may="objection.decide"),
    words={
        ObjectionState.RAISED: ("待处理", "raised"),
        ObjectionState.UPHELD: ("异议成立", "upheld"),
        ObjectionState.DISMISSED: ("异议不成立", "dismissed"),
    },
)


class PromotionState(StrEnum):
    """Where a promotion by competition stands."""

    APPLIED = "applied"
    EXAMINED = "examined"
    GRANTED = "granted"
    REFUSED = "refused"


_P = PromotionState
PROMOTION = Machine(
    "promotion",
    PromotionState,
    _P.APPLIED,
    move("examine", _P.APPLIED, to=_P.EXAMINED, means="初审通过 examined by the first person", may="promotion.examine"),
    move("grant", _P.EXAMINED, to=_P.GRANTED, means="准予晋升 granted by the second person, certificate issued",
         may="promotion.grant"),
    move("refuse", _P.APPLIED, _P.EXAMINED, to=_P.REFUSED, means="不予晋升 refused with a reason",
         may="promotion.examine"),
    words={
        _P.APPLIED: ("已申请", "applied for"),
        _P.EXAMINED: ("初审通过", "examined"),
        _P.GRANTED: ("已晋升", "granted"),
        _P.REFUSED: ("不予晋升", "refused"),
    },
)
