"""One timeline from seat to certificate: the steps of an application, each with its audit entry and what it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts.queries import name_of
from skills.certification.models import (
    Application,
    Award,
    ChainLink,
    DataReview,
    Objection,
    PanelMark,
    ScoreCorrection,
    ScoreEntry,
    ScoreReview,
)
from skills.certification.queries.exams import TOLD, sitting
from skills.certification.rules.exams import Section
from skills.credentials.queries.stories import StoryLine, register_story
from skills.kernel.audit import AuditEntry
from skills.kernel.errors import Missing
from skills.people.queries import persons
from skills.records.rules.marks import told as marked

WORDS = {
    "seat": ("编排座位", "seat given"), "hold": ("参加考试", "exam taken"), "enter_1": ("第一次录入", "first entry"),
    "enter_2": ("第二次录入", "second entry"), "mark": ("考评打分", "marked by an examiner"),
    "sign": ("初签", "first signature"), "send_back": ("退回重录", "sent back"),
    "countersign": ("复签并公布", "second signature, told"), "review_ask": ("申请复核", "review asked for"),
    "review_decide": ("答复复核", "review answered"), "correct_propose": ("提出更正", "correction proposed"),
    "correct_approve": ("准予更正", "corrected"), "correct_refuse": ("不予更正", "not corrected"), "notice": ("开始公示", "on public notice"),
    "object": ("收到异议", "objected to"), "object_uphold": ("异议成立", "objection upheld"),
    "object_dismiss": ("异议不成立", "objection dismissed"), "data_send": ("报送数据审核", "sent for data review"),
    "data_pass": ("数据审核通过", "data reviewed"), "data_return": ("数据审核退回", "data sent back"), "award": ("编号制证", "numbered and issued"),
}  # fmt: skip


@dataclass(frozen=True)
class Chain:
    """An application with every step from its seat on. Its id is what all of them have in common."""

    application_id: str
    sitting_id: str
    title: str
    body: str
    name: str
    state: str
    number: str
    steps: tuple[StoryLine, ...]


def chain_of(db: Session, application_id: str) -> Chain:
    """The timeline of one application. Raises Missing("application.unknown")."""
    row = db.get(Application, (application_id,))
    if row is None:
        raise Missing("application.unknown")
    line = sitting(db, row.sitting_id)
    number = db.scalar(select(Award.number).where(Award.grounds == f"application:{row.id}")) or ""
    name = persons(db, [row.person_id])[row.person_id].name
    return Chain(row.id, line.id, line.title, line.body, name, row.state, number, _steps(db, row.id, line.state in TOLD, number))


def _of_number(db: Session, number: str) -> Sequence[StoryLine]:
    """The steps that led to a level certificate; those of the number that it replaces, if it does."""
    grounds = db.scalar(select(Award.grounds).where(Award.number == number)) or ""
    kind, _, source = grounds.partition(":")
    if kind == "replaces" and source != number:
        return _of_number(db, source)
    return _steps(db, source, True, number) if kind == "application" else ()


register_story("level", _of_number)


def _steps(db: Session, application_id: str, told: bool, number: str) -> tuple[StoryLine, ...]:
    """The steps of an application; before the scores are told no mark is in them."""
    rows = db.execute(
        select(ChainLink, AuditEntry.actor).join(AuditEntry, AuditEntry.id == ChainLink.entry_id)
        .where(ChainLink.application_id == application_id).order_by(ChainLink.at, AuditEntry.turn)
    ).all()  # fmt: skip
    details = _details(db, application_id, told) | {("award", at): number for at in {link.at for link, _ in rows}}
    return tuple(
        StoryLine(*WORDS[link.step.partition(":")[0]], link.at, name_of(db, actor), details.get((link.step, link.at), ""), link.entry_id)
        for link, actor in rows
    )


def _details(db: Session, application_id: str, told: bool) -> dict[tuple[str, object], str]:
    """What was written in each step, by step and moment."""
    found: dict[tuple[str, object], str] = {}
    for entry in db.scalars(select(ScoreEntry).where(ScoreEntry.application_id == application_id).order_by(ScoreEntry.id)) if told else ():
        found[f"enter_{entry.turn}:{entry.section}", entry.at] = f"{Section(entry.section).words[0]} {marked(entry.hundredths)}"
    for given in db.scalars(select(PanelMark).where(PanelMark.application_id == application_id)) if told else ():
        found[f"mark:{given.section}", given.at] = f"{Section(given.section).words[0]} {marked(given.hundredths)}"
    for one in db.scalars(select(ScoreCorrection).where(ScoreCorrection.application_id == application_id)):
        what = f"{Section(one.section).words[0]} {marked(one.before)} → {marked(one.after)}"
        found["correct_propose", one.proposed_at] = f"{what}；{one.reason}"
        found[f"correct_{'approve' if one.state == 'approved' else 'refuse'}", one.decided_at] = f"{what}；{one.decision}"
    for review in db.scalars(select(ScoreReview).where(ScoreReview.application_id == application_id)):
        found["review_ask", review.asked_at] = f"{review.receipt} {Section(review.section).words[0]}"
        found["review_decide", review.decided_at] = f"{marked(review.recounted)}；{review.reply}"
    for raised in db.scalars(select(Objection).where(Objection.application_id == application_id)):
        found["object", raised.raised_at] = raised.receipt
        found[f"object_{'uphold' if raised.state == 'upheld' else 'dismiss'}", raised.decided_at] = raised.reply
    sent = select(DataReview).join(Application, Application.sitting_id == DataReview.sitting_id).where(Application.id == application_id)
    for file in db.scalars(sent):
        found["data_send", file.sent_at] = file.digest[:16]
        found["data_pass" if file.state == "passed" else "data_return", file.answered_at] = f"{file.document} {file.reason}".strip()
    return found
