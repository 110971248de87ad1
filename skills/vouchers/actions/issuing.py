"""Issuing to people by name: a list, then a job that walks it fifty lines an act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.canon import plain
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Refusal
from skills.kernel.findings import Finding
from skills.kernel.jobs import Job, JobState
from skills.messages.actions import send
from skills.people import queries as people
from skills.vouchers import rules
from skills.vouchers.actions.batches import own_district
from skills.vouchers.actions.claims import new_voucher
from skills.vouchers.actions.ledger import book, keep, take_from_budget
from skills.vouchers.models import Batch, BatchLine, Voucher
from skills.vouchers.queries.people import holders, limits, terms_of
from skills.vouchers.rules import Holder, Limits, Moment, Question
from skills.vouchers.states import BATCH, LINE, VOUCHER, BatchState, Event, LineState, Purse, VoucherState

MOST_IN_ONE_ACT = 50
MOST_IN_A_LIST = 20_000


@dataclass(frozen=True)
class Listed:
    """How a list was taken: new lines, people who stood on it already, entries that nobody is."""

    added: int
    already: int
    unknown: int


@dataclass(frozen=True)
class IssueOrdered:
    """The job that issues, and how many lines it will walk."""

    job_id: str
    waiting: int


@dataclass(frozen=True)
class Chunk:
    """What one act issued; `last` is the position it came to, None at the end of the list."""

    issued: int
    refused: int
    last: int | None


@dataclass(frozen=True)
class Voided:
    """A voucher taken back."""

    voucher_id: str
    state: str


@action("batch.list", may="batch.issue")
def list_people(act: Act, batch_id: str, person_ids: tuple[str, ...]) -> Listed:
    """Put people on a batch's list. Who stands on it already stays where they are.

    Raises Missing("voucher_batch.unknown"), Refusal("voucher_batch.list_too_long", "voucher_batch.not_listable").
    """
    batch = _listable(act, batch_id, len(person_ids))
    known = people.persons(act.db, person_ids)
    wanted = [known[p].id for p in dict.fromkeys(person_ids) if p in known]
    return _add_lines(act, batch, wanted, unknown=len(set(person_ids)) - len(wanted))


@action("batch.list_documents", may="batch.issue")
def list_documents(act: Act, batch_id: str, documents: tuple[tuple[str, str], ...]) -> Listed:
    """Put people on a batch's list by identity document: (kind, number). Numbers are compared and not kept."""
    batch = _listable(act, batch_id, len(documents))
    found = people.by_documents(act.db, act.using(Box), documents)
    wanted = list(dict.fromkeys(found[d] for d in documents if d in found))
    return _add_lines(act, batch, wanted, unknown=sum(d not in found for d in set(documents)))


def _listable(act: Act, batch_id: str, size: int) -> Batch:
    batch = act.get(Batch, id=batch_id)
    own_district(act, "batch.issue", batch.district)
    if batch.state not in (BatchState.APPROVED, BatchState.OPEN):
        zh, en = BATCH.words[BatchState(batch.state)]
        raise Refusal("voucher_batch.not_listable", state=zh, state_en=en)
    if size > MOST_IN_A_LIST:
        raise Refusal("voucher_batch.list_too_long", most=MOST_IN_A_LIST, size=size)
    return batch


def _add_lines(act: Act, batch: Batch, wanted: Sequence[str], unknown: int) -> Listed:
    wait_exclusive(act.db, f"voucher_list:{batch.id}")
    there = set(act.db.scalars(select(BatchLine.person_id).where(BatchLine.batch_id == batch.id)))
    fresh = [p for p in wanted if p not in there]
    last = act.db.scalar(select(func.max(BatchLine.position)).where(BatchLine.batch_id == batch.id)) or 0
    act.db.add_all(
        BatchLine(
            id=act.new_id(), batch_id=batch.id, position=last + n, person_id=p, state=LineState.WAITING,
            listed_at=act.at,
        )
        for n, p in enumerate(fresh, 1)
    )  # fmt: skip
    already = len(wanted) - len(fresh)
    act.note("voucher_batch.list", id=batch.id, added=len(fresh), already=already, unknown=unknown)
    return Listed(len(fresh), already, unknown)


@action("batch.issue", may="batch.issue")
def issue(act: Act, batch_id: str) -> IssueOrdered:
    """Order the issue to everybody on the list who has no voucher of the batch yet.

    Raises Refusal("voucher_batch.not_open", "voucher_batch.nobody_waits", "voucher_batch.under_way").
    """
    batch = act.get(Batch, id=batch_id)
    own_district(act, "batch.issue", batch.district)
    if batch.state != BatchState.OPEN:
        raise Refusal("voucher_batch.not_open")
    running = act.find(Job, id=batch.issue_job) if batch.issue_job else None
    if running is not None and running.state in (JobState.WAITING, JobState.RUNNING):
        raise Refusal("voucher_batch.under_way")
    waiting = act.db.scalar(
        select(func.count()).select_from(BatchLine).where(
            BatchLine.batch_id == batch.id, BatchLine.state != LineState.ISSUED
        )
    ) or 0  # fmt: skip
    if not waiting:
        raise Refusal("voucher_batch.nobody_waits")
    batch.issue_job = act.later("vouchers.issue", batch_id=batch.id)
    act.note("voucher_batch.issue", id=batch.id, lines=waiting)
    return IssueOrdered(batch.issue_job, waiting)


@action("voucher.issue", may="voucher.issue")
def issue_chunk(act: Act, batch_id: str, after: int) -> Chunk:
    """Issue to the next fifty lines behind a position. Who is not eligible, or finds a ceiling, is kept with reasons."""
    batch = act.get(Batch, id=batch_id)
    rows = act.db.scalars(
        select(BatchLine)
        .where(BatchLine.batch_id == batch_id, BatchLine.position > after, BatchLine.state != LineState.ISSUED)
        .order_by(BatchLine.position)
        .limit(MOST_IN_ONE_ACT)
    ).all()
    ids = [r.person_id for r in rows]
    held, named = holders(act.db, ids, act.today), people.persons(act.db, ids)
    policy = limits(act.db, act.today)
    issued = sum(_issue_line(act, batch, row, held[row.person_id], named[row.person_id].district, policy) for row in rows)
    last = rows[-1].position if len(rows) == MOST_IN_ONE_ACT else None
    return Chunk(issued, len(rows) - issued, last)


def _issue_line(act: Act, batch: Batch, line: BatchLine, held: Holder, district: str, policy: Limits) -> bool:
    if act.find(Voucher, batch_id=batch.id, person_id=line.person_id, voided_at=None) is not None:
        act.move(line, LINE, "issue", decided_at=act.at, code="", findings=[])
        return True
    question = Question(Moment.ISSUE, act.today, batch.state == BatchState.OPEN, terms_of(batch), held, policy)
    verdict = rules.decide(question)
    try:
        verdict.or_refuse()
        take_from_budget(act, batch)
    except Refusal as refusal:
        missed = [f for f in refusal.findings if not f.met] or [Finding(refusal.code, False, "", refusal.facts)]
        act.move(line, LINE, "refuse", decided_at=act.at, code=missed[0].code, findings=plain(missed))
        return False
    voucher = act.add(new_voucher(act, batch, line.person_id, district))
    book(act, voucher, Event.ISSUE, voucher.face)
    keep(act, voucher, question, verdict)
    act.move(line, LINE, "issue", decided_at=act.at, code="", findings=[])
    send(act, code="voucher.told_issued", person_id=line.person_id, title=batch.title, until=batch.claim_until)
    return True


@action("voucher.void", may="batch.approve")
def void(act: Act, voucher_id: str, reason: str) -> Voided:
    """Take back a voucher that was not used, with a reason. Raises Refusal("voucher.reason_needed")."""
    voucher = act.get(Voucher, id=voucher_id)
    own_district(act, "batch.approve", act.get(Batch, id=voucher.batch_id).district)
    if not reason.strip():
        raise Refusal("voucher.reason_needed")
    take_back(act, voucher, reason.strip()[:400])
    send(act, code="voucher.told_void", person_id=voucher.person_id, reason=voucher.void_reason)
    return Voided(voucher.id, voucher.state)


def take_back(act: Act, voucher: Voucher, reason: str) -> None:
    """Void an unused voucher inside the caller's act; its money is free again."""
    purse = Purse.ISSUED if voucher.state == VoucherState.ISSUED else Purse.CLAIMED
    act.move(voucher, VOUCHER, "void", voided_at=act.at, void_reason=reason)
    book(act, voucher, Event.VOID, voucher.face, source=purse)
