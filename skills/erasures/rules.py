"""Whether somebody's data may be erased, and by whom (pure). Source: 个人信息保护法 第四十七条."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from skills.kernel.findings import Finding, Verdict, all_of

CLAUSE = "《个人信息保护法》第47条"


class Proposal(StrEnum):
    """What the first hand proposes."""

    GRANT = "grant"
    REFUSE = "refuse"


# Why a request is refused. What stands against it is told to the person at once, before anything is asked.
REASONS: dict[str, tuple[str, str]] = {
    "matters": ("有未了结的事项", "something is not settled yet"),
    "period": ("法定保存期限未满", "a period of keeping is not over"),
    "identity": ("不能确认是本人提出", "it is not certain that the person asked"),
}
# What stays, by the name that a room's part gives it.
STAYS: dict[str, tuple[str, str]] = {
    "certificates": ("证书的编号、状态、等级和日期（仍可凭编号核验）", "certificates: number, state, level, dates; the numbers go on verifying"),
    "entries": ("技能档案中的等级、培训、竞赛记录", "levels, trainings and placings in the register"),
    "outside": ("其他机构证书的记录", "certificates of other issuers in the register"),
    "hours": ("继续教育学时的记录", "hours of continuing education in the register"),
    "lecturer": ("曾任授课教师的记录（无姓名）", "that somebody without a name was a lecturer"),
    "class_hours": ("学时台账的记录", "lines of the ledger of class hours"),
    "studies": ("在线学习的起止时间和报到记录（无设备摘要）", "sittings in front of lessons: their times, no device"),
    "overlaps": ("同一时间两处学习的记录和认定结果（无理由）", "that somebody was in two places at once, and what was decided, without the reason"),
    "trainings": ("培训的课时和结果", "hours and results of trainings"),
    "recognitions": ("经单位直接认定的次数（无姓名）", "that somebody without a name was recognised by a firm"),
    "seminars": ("参加高级研修的次数（无姓名）", "that somebody without a name took part in advanced seminars"),
    "exams": ("考试的成绩和结果", "marks and results of exams"),
    "competitions": ("竞赛的工位号和名次", "bench numbers and ranks of competitions"),
    "redemptions": ("培训券的使用和补贴账目", "uses of vouchers in the ledger"),
    "complaints": ("投诉举报的编号、日期和结果（内容不再可读）", "complaints: numbers, days and outcomes; no word can be read"),
    "call_backs": ("对培训回访的答复", "answers about trainings that were asked after"),
}


def may_erase(found: Iterable[Finding]) -> Verdict:
    """Yes when nothing stands against it: nothing under way, no period of keeping running."""
    return all_of("erasure.not_yet", [Finding(f.code, f.met, f.clause or CLAUSE, f.facts) for f in found])


def cooled(asked_on: date, day: date, days: int) -> Finding:
    """Some days lie between asking and deciding, in which it can be taken back: it cannot be undone."""
    until = asked_on + timedelta(days=days)
    return Finding("erasure.cooling", day >= until, facts={"days": days, "until": until})


def reason_fits(proposal: str, reason: str) -> Verdict:
    """A refusal has a class of reason; a grant has none."""
    good = reason in REASONS if proposal == Proposal.REFUSE else proposal == Proposal.GRANT and not reason
    return Verdict(good, "erasure.proposal")


def second_hand(examined_by: str | None, decides: str) -> Verdict:
    """Two people: who examined does not decide."""
    return Verdict(examined_by is not None and examined_by != decides, "erasure.second_person")
