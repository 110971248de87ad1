"""What waits at each desk: only what the visitor may do, in the bounds of the visitor's rights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.aftercare import queries as aftercare
from skills.aftercare.queries import naming
from skills.certification.queries import (
    accommodations,
    data_reviews,
    examinations,
    exams,
    filings,
    incidents,
    promotions,
    rechecks,
    results,
)
from skills.certification.states import FilingState, PromotionState, SittingState
from skills.competitions import queries as competitions
from skills.competitions.states import CompetitionState
from skills.complaints import queries as complaints
from skills.courses.queries import catalogue, classes, reservations
from skills.courses.queries import statements as platforms
from skills.credentials.queries import uploads
from skills.erasures import queries as erasures
from skills.erasures.states import ErasureState
from skills.kernel.actors import Actor
from skills.messages import queries as messages
from skills.oversight.queries import cases
from skills.people.queries import additions, joining, registrations
from skills.people.queries import removals as people_removals
from skills.recognitions import queries as recognitions
from skills.records import queries as records
from skills.returns import queries as returns
from skills.returns.queries import removals, under_way
from skills.settlement.payee import Payee
from skills.settlement.queries import advances, money, objections, payees, statements
from skills.settlement.states import AdvanceState, ClawBackState, StatementState
from skills.supervision.queries import rectifications, retests
from skills.supervision.states.retests import RetestState
from skills.training_standards import queries as training_standards
from skills.vouchers import queries as vouchers
from skills.vouchers.queries import codes, doubts
from skills.vouchers.states import BatchState


@dataclass(frozen=True)
class Waiting:
    """A matter that waits: where it is done, what it is, how many."""

    url: str
    zh: str
    en: str
    count: int


def gov(db: Session, actor: Actor, day: date) -> list[Waiting]:
    """The authority's work list."""
    return [item for item in _gov(db, actor, day) if item.count]


def org(db: Session, actor: Actor, day: date) -> list[Waiting]:
    """An institution's work list."""
    mine = actor.organisations_for("class.manage")
    held = classes.to_do(db, mine, day)
    found = [
        Waiting("/org/classes", "开班申请被退回", "Class applications sent back", held.returned),
        Waiting("/org/classes", "今天可以开班", "Classes that begin", held.to_start),
        Waiting("/org/classes", "可以结班", "Classes that have ended", held.to_finish),
        Waiting("/org/requests", "名额申请待答复", "Requests for seats to answer", reservations.to_answer(db, mine, day)),
        Waiting("/org/returns", "结业待报送", "Completions to report", classes.unreported(db, mine)),
        Waiting("/org/returns", "已上传未提交的报送", "Returns not handed in yet",
                returns.not_handed_in(db, returns.owners(actor))),
        Waiting("/org/returns", "办理中断的报送", "Returns on which the work stopped", len(under_way.stopped(db, returns.owners(actor)))),
        Waiting("/org/returns/removals", "作废待您确认", "Removals that wait for you", removals.waiting_for(db, actor)),
        Waiting("/org/money#draw", "结算单待编制", "Statements to draw up", _drawable(db, actor, day)),
        Waiting("/org/complaints", "被反映的情况待说明", "Complaints that want your word",
                complaints.unheard(db, actor.organisations_for("complaint.hear"))),
        _care(db, actor, "/org/care"),
        Waiting("/inbox", "未读消息", "Unread messages", messages.unread(db, actor)),
    ]  # fmt: skip
    return [item for item in found if item.count]


def _drawable(db: Session, actor: Actor, day: date) -> int:
    """How many statements an institution may draw up now."""
    mine = sorted(actor.organisations_for("statement.submit"))
    return sum(d.open for institution in mine for d in money.drawable(db, Payee(institution), day))


def ent(db: Session, actor: Actor, day: date) -> list[Waiting]:
    """A body's work list."""
    mine = actor.organisations_for("plan.see")
    states = [s.state for s in exams.of_bodies(db, mine)]
    found = []
    for body in sorted(actor.organisations_for("filing.submit")):
        line = filings.live_of(db, body)
        undone = line is None or line.state in (FilingState.DRAFT, FilingState.SUPPLEMENT)
        found.append(Waiting("/ent/filing", "备案待提交", "Filing to hand in", int(undone)))
    steps = (
        ("plan.make", SittingState.PLANNED, "计划待报备", "Plans to file"),
        ("plan.make", SittingState.FILED, "待开放报名", "Registration to open"),
        ("plan.make", SittingState.CLOSED, "待编排座位", "Seats to give"),
        ("plan.make", SittingState.SEATED, "待登记开考", "Exams to be held"),
        ("score.sign", SittingState.HELD, "成绩待复核签发", "Scores to sign off"),
        ("score.sign", SittingState.SIGNED, "成绩待第二人签发", "Scores for a second signature"),
        ("score.publish", SittingState.SCORED, "复核期中", "In the review window"),
        ("score.publish", SittingState.REVIEWED, "待公示", "To be put on notice"),
        ("score.publish", SittingState.NOTICED, "公示中，期满发证", "On notice, certificates next"),
    )
    found += [Waiting("/ent/plans", zh, en, states.count(state)) for right, state, zh, en in steps if actor.may(right)]
    found += [Waiting(*line) for line in recognitions.waiting(db, actor, day)]
    if actor.may("score.correct"):
        waits, late = results.waiting(db, actor.organisations_for("score.correct"), day)
        found.append(Waiting("/ent/plans", "成绩复核和更正待办", "Reviews and corrections of scores", waits))
        found.append(Waiting("/ent/plans", "成绩复核逾期未答复", "Reviews past their day", late))
    if actor.may("registration.examine"):
        waits, late = examinations.waiting(db, actor.organisations_for("registration.examine"), day)
        found.append(Waiting("/ent/plans", "报名资格待审核", "Applications to examine", waits))
        found.append(Waiting("/ent/plans", "报名资格审核逾期", "Applications past their day", late))
    if actor.may("accommodation.decide"):
        waits, late = accommodations.waiting(db, actor.organisations_for("accommodation.decide"), day)
        found.append(Waiting("/ent/plans", "合理便利待决定", "Accommodations to decide", waits))
        found.append(Waiting("/ent/plans", "合理便利逾期未决定", "Accommodations past their day", late))
    if actor.may("incident.decide"):
        decide = incidents.waiting(db, actor.organisations_for("incident.decide"), day)
        found.append(Waiting("/ent/plans", "考试违纪待决定", "Misconduct to decide", decide))
    if actor.may("score.enter"):
        found.append(Waiting("/exam/scores", "成绩待录入", "Scores to enter", states.count(SittingState.HELD)))
    asked = complaints.unheard(db, actor.organisations_for("complaint.hear"))
    found.append(Waiting("/ent/complaints", "被反映的情况待说明", "Complaints that want your word", asked))
    found.append(_care(db, actor, "/ent/care"))
    found.append(Waiting("/org/money#draw", "结算单待编制", "Statements to draw up", _drawable(db, actor, day)))
    found.append(Waiting("/inbox", "未读消息", "Unread messages", messages.unread(db, actor)))
    return [item for item in found if item.count]


def _care(db: Session, actor: Actor, url: str) -> Waiting:
    """Requests about certificates that wait for this very account, as first or second hand."""
    count = aftercare.waiting(
        db, actor.organisations_for("care.handle"), actor.organisations_for("care.decide"), actor.account
    )
    return Waiting(url, "证书办理待办", "Requests about certificates", count)


def exam(db: Session, actor: Actor, day: date) -> list[Waiting]:
    """What an examiner or judge has to do."""
    found = []
    if actor.organisations_for("score.enter"):
        held = exams.of_bodies(db, actor.organisations_for("score.enter"), (SittingState.HELD,))
        found.append(Waiting("/exam/scores", "成绩待录入", "Scores to enter", len(held)))
    found += [Waiting(*line) for line in recognitions.waiting(db, actor, day)]
    if actor.may("mark.enter"):
        running = competitions.competitions(db, [CompetitionState.RUNNING])
        found.append(Waiting("/exam/competitions", "竞赛待评分", "Competitions to mark", len(running)))
    return [item for item in found if item.count]


def _gov(db: Session, actor: Actor, day: date) -> Iterator[Waiting]:
    def may(right: str) -> bool:
        return actor.may(right)

    yield from _gov_vouchers(db, actor, day)
    if may("class.approve"):
        asked = classes.submitted(db, actor.districts_for("class.approve"))
        yield Waiting("/gov/classes", "开班申请待审批", "Classes to approve", asked)
    if may("waiver.decide"):
        asked = platforms.waivers_waiting(db, actor.districts_for("waiver.decide"))
        yield Waiting("/gov/waivers", "免修待审批", "Waivers to decide", asked)
    yield from _gov_cases(db, actor)
    yield from _gov_money(db, actor, day)
    if may("course.publish"):
        yield Waiting("/gov/courses", "课程待审核", "Courses to review", catalogue.submitted(db))
    if may("organisation.approve"):
        fresh = accounts.organisations(db, state="registered")
        yield Waiting("/gov/organisations", "单位登记待审核", "Organisations to approve", len(fresh))
    yield from _gov_exams(db, actor, day)
    yield from _gov_contests(db, actor)
    yield from _gov_watched(db, actor, day)
    if may("fact.compare"):
        yield Waiting("/gov/facts", "本人承诺的经历待比对", "Promised facts to compare", len(records.promised(db)))
    if may("complaint.see"):
        yield Waiting("/gov/complaints", "投诉举报待办", "Complaints", complaints.waiting(db, actor))
    yield from _gov_people(db, actor)
    yield from _gov_certificates(db, actor, day)
    if None in (mine := returns.owners(actor)):
        yield Waiting("/gov/people/lists", "办理中断的名单", "Lists on which the work stopped", len(under_way.stopped(db, mine)))
    yield Waiting("/inbox", "未读消息", "Unread messages", messages.unread(db, actor))


def _gov_vouchers(db: Session, actor: Actor, day: date) -> Iterator[Waiting]:
    may, bounds = actor.may, actor.districts_for("gov.see")
    if may("batch.approve"):
        count = vouchers.waiting_for(db, BatchState.DRAFT, bounds)
        yield Waiting("/gov/batches", "培训券批次待复核", "Voucher batches to approve", count)
        count = vouchers.raises_waiting(db, bounds)
        yield Waiting("/gov/batches", "追加额度待复核", "Raises of ceilings to approve", count)
        yield Waiting("/gov/batches", "候补转入待复核", "Waiting lists to let go on", vouchers.carries_waiting(db, bounds))
    if may("batch.issue"):
        count = vouchers.waiting_for(db, BatchState.APPROVED, bounds)
        yield Waiting("/gov/batches", "培训券批次待开放", "Voucher batches to open", count)
    if may("leave.decide"):
        count = reservations.leaves_open(db, actor.districts_for("leave.decide"))
        yield Waiting("/gov/leaves", "退课申请待审核", "Requests to leave", count)
    if may("dispute.decide"):
        count = vouchers.disputes_open(db, actor.districts_for("dispute.decide"))
        yield Waiting("/gov/disputes", "用券否认待核查", "Denied uses to look into", count)
    if may("scan.unlock"):
        count = codes.locks_of_day(db, actor.districts_for("scan.unlock"), day)
        yield Waiting("/gov/scan-locks", "机构扫码被锁定待核实", "Institutions whose scanning is locked", count)


def _gov_money(db: Session, actor: Actor, day: date) -> Iterator[Waiting]:
    url = "/gov/statements"
    if actor.may("payee.verify"):
        count = len(payees.to_verify(db, actor.districts_for("payee.verify")))
        yield Waiting(f"{url}#payees", "收款账户待核验", "Accounts of payees to verify", count)
    if actor.may("statement.check"):
        count = statements.waiting(db, actor.districts_for("statement.check"), StatementState.SUBMITTED)
        yield Waiting(f"{url}?state=submitted", "结算申请待审核", "Statements to check", count)
    if actor.may("statement.hand_over"):
        bounds = actor.districts_for("statement.hand_over")
        checked = statements.waiting(db, bounds, StatementState.CHECKED)
        yield Waiting(f"{url}?state=checked", "结算单待公示", "Statements to put on notice", checked)
        yield Waiting(f"{url}?state=noticed", "公示期满待移交", "Statements to hand over", statements.over(db, bounds, day))
        bounced = statements.waiting(db, bounds, StatementState.BOUNCED)
        yield Waiting(f"{url}?state=bounced", "退票待处理", "Payments that bounced", bounced)
    if actor.may("statement.pay"):
        handed = statements.waiting(db, actor.districts_for("statement.pay"), StatementState.HANDED_OVER)
        yield Waiting(f"{url}?state=handed_over", "结算单待拨付", "Statements to pay", handed)
    for right, state, zh, en in (
        ("statement.hand_over", AdvanceState.ASKED, "预拨申请待审批", "Advances to decide"),
        ("statement.pay", AdvanceState.APPROVED, "预拨待拨付", "Advances to pay"),
    ):
        if actor.may(right):
            yield Waiting("/gov/advances", zh, en, advances.count(db, actor.districts_for(right), state))
    if actor.may("claw_back.propose"):
        asked = doubts.count(db, actor.districts_for("claw_back.propose"))
        yield Waiting("/gov/claw-backs", "结业撤回后待决定是否追回", "Payments whose completion no longer stands", asked)
    if actor.may("claw_back.approve"):
        proposed = money.owed(db, actor.districts_for("claw_back.approve"), ClawBackState.PROPOSED)
        yield Waiting("/gov/claw-backs", "追回待复核", "Claw-backs to approve", proposed)
        forgone = money.to_forgo(db, actor.districts_for("claw_back.approve"))
        yield Waiting("/gov/claw-backs", "已重新结业、待撤销的追回", "Claw-backs to drop: completed again", forgone)
    if actor.may("complaint.handle"):
        count = objections.count_open(db, actor.districts_for("complaint.handle"))
        yield Waiting(f"{url}?state=noticed", "结算异议待办", "Objections to lines of statements", count)


def _gov_cases(db: Session, actor: Actor) -> Iterator[Waiting]:
    if not actor.may("case.see"):
        return
    fresh, mine, second = cases.waiting(db, actor)
    if actor.may("case.assign"):
        yield Waiting("/gov/cases", "疑点案件待交办", "Fraud cases to assign", fresh)
    yield Waiting("/gov/cases?view=mine", "由我核查的疑点", "Fraud cases that I look into", mine)
    if actor.may("case.confirm"):
        yield Waiting("/gov/cases", "疑点案件待复核", "Fraud cases to confirm", second)


def _gov_people(db: Session, actor: Actor) -> Iterator[Waiting]:
    if actor.may("person.decide"):
        yield Waiting("/gov/people/documents", "追加的证件待复核", "Further documents to release", additions.waiting(db))
        yield Waiting("/gov/people/removals", "撤下证件待复核", "Documents to take off", people_removals.removals_waiting(db))
        yield Waiting("/gov/people/registrations", "撤下的号码另行登记待复核", "Numbers put on record anew", registrations.registrations_waiting(db))
        yield Waiting("/gov/people/joins", "重复档案待复核合并", "Double records to join", joining.joins_waiting(db))
    if actor.may("erasure.examine"):
        yield Waiting("/gov/erasures", "删除个人信息待初审", "Erasures to examine", erasures.waiting(db, ErasureState.ASKED))
    if actor.may("erasure.decide"):
        yield Waiting("/gov/erasures", "删除个人信息待复核", "Erasures to decide", erasures.waiting(db, ErasureState.EXAMINED))


def _gov_certificates(db: Session, actor: Actor, day: date) -> Iterator[Waiting]:
    if actor.may("care.see"):
        yield Waiting("/gov/care", "证书办理超期", "Requests about certificates that are late", aftercare.overdue(db, day))
        yield Waiting("/gov/care/documents", "证件已撤下、证书待处理", "Certificates with a document taken off", len(naming.still_wrong(db)))
    if actor.may("care.order"):
        yield Waiting("/gov/care", "责令超期或未执行", "Orders late or not followed", aftercare.orders_late(db, day))
    if actor.may("upload.handle"):
        states = uploads.totals(db)
        yield Waiting("/gov/uploads", "待上传全国查询系统", "Certificates to upload", states["waiting"])
        yield Waiting("/gov/uploads?state=rejected", "全国查询系统退回", "Uploads sent back", states["rejected"])
        yield Waiting("/gov/uploads", "上传超期", "Uploads that are late", uploads.late(db, day))


def _gov_contests(db: Session, actor: Actor) -> Iterator[Waiting]:
    if actor.may("competition.approve"):
        planned = competitions.competitions(db, [CompetitionState.PLANNED])
        yield Waiting("/gov/competitions", "竞赛计划待批准", "Competitions to approve", len(planned))
    if actor.may("result.ratify"):
        marked = competitions.competitions(db, [CompetitionState.MARKED])
        yield Waiting("/gov/competitions", "竞赛名次待核准", "Rankings to ratify", len(marked))


def _gov_watched(db: Session, actor: Actor, day: date) -> Iterator[Waiting]:
    if actor.may("rectification.order"):
        bounds = actor.districts_for("rectification.order")
        yield Waiting("/gov/rectifications", "整改逾期未答复", "Orders to put right past their day", rectifications.late(db, bounds, day))
    if actor.may("retest.plan"):
        drawn = retests.waiting(db, actor.districts_for("retest.plan"), RetestState.DRAWN)
        yield Waiting("/gov/retests", "抽查复核待安排", "Re-tests to arrange", drawn)
    if actor.may("retest.close"):
        heard = retests.hearable(db, actor.districts_for("retest.close"), day)
        yield Waiting("/gov/retests", "抽查复核待办结", "Re-tests to close", heard)


def _gov_exams(db: Session, actor: Actor, day: date) -> Iterator[Waiting]:
    lines = filings.for_bureau(db, actor.districts_for("gov.see"), day)
    states = [f.state for f in lines]
    if actor.may("filing.decide"):
        yield Waiting("/gov/filings", "备案逾期未办", "Filings whose answer is overdue", sum(f.late(day) for f in lines))
        yield Waiting("/gov/filings", "备案待审核", "Filings to decide", states.count(FilingState.SUBMITTED))
        yield Waiting("/gov/filings", "续期、增项、注销待办", "Renewals, additions and withdrawals", sum(bool(f.asked) for f in lines))
    if actor.may("filing.inspect"):
        yield Waiting("/gov/filings", "承诺备案待核查", "Promises to inspect", sum(f.to_inspect for f in lines))
    if actor.may("care.order"):
        looks = rechecks.waiting(db)
        yield Waiting("/gov/filings", "承诺不实、证书待逐人复核", "Certificates of broken promises", sum(looks.get(f.id, 0) for f in lines))
    steps = [p.state for p in promotions.for_bureau(db)]
    if actor.may("promotion.examine"):
        yield Waiting("/gov/promotions", "竞赛晋升待初审", "Promotions to examine", steps.count(PromotionState.APPLIED))
    if actor.may("promotion.grant"):
        yield Waiting("/gov/promotions", "竞赛晋升待决定", "Promotions to decide", steps.count(PromotionState.EXAMINED))
    if actor.may("complaint.handle"):
        yield Waiting("/gov/objections", "公示异议待办", "Objections to decide", exams.open_objections(db))
        yield Waiting("/gov/objections", "公示异议逾期未办", "Objections past their day", exams.late_objections(db, day))
    if actor.may("data.review"):
        held = [one for one in recognitions.to_review(db, actor.districts_for("data.review"), day) if data_reviews.wanted(db, one.filing_number, day)]
        yield Waiting("/gov/recognitions", "直接认定数据待审核", "Recognitions to review", len(held))
        count = data_reviews.data_waiting(db, actor.districts_for("data.review"))
        yield Waiting("/gov/data-reviews", "考试结果待数据审核", "Results of exams to review", count)
    if actor.may("training_standard.publish"):
        yield Waiting("/gov/training-standards", "标准异议待答复", "Objections to standards", training_standards.unanswered(db))
