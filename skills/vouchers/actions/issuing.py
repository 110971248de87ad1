"""Issuing to people by name: a list, then a job that walks it a bundle of lines an act."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select, update

from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.bulk import whole
from skills.kernel.canon import plain
from skills.kernel.db import among, wait_exclusive
from skills.kernel.errors import Refusal
from skills.kernel.findings import Finding, Verdict
from skills.kernel.jobs import Job, JobState
from skills.messages.actions import send, send_many
from skills.people import queries as people
from skills.vouchers import rules
from skills.vouchers.actions.batches import own_district
from skills.vouchers.actions.ledger import Given, book, come_free, give, purse_of_unused, take_many
from skills.vouchers.actions.refusing import keep_noes
from skills.vouchers.actions.waiting import anybody_waits, lock_list, wait_for_money
from skills.vouchers.models import Batch, BatchLine, Voucher, Waiter
from skills.vouchers.queries.carries import WentOn, went_on
from skills.vouchers.queries.people import holders_of, limits, terms_of
from skills.vouchers.rules import Moment, Question
from skills.vouchers.states import BATCH, IN_LINE, LINE, TO_ISSUE, VOUCHER, BatchState, Event, LineState

MOST_IN_ONE_ACT = 1000
MOST_IN_A_LIST = 20_000


@dataclass(frozen=True)
class Listed:
    """How a list was taken: new lines, people who stood on it already, entries that nobody is.

    went_on  people who stood on it once and stand on another batch's list now, by batch; they are not among `already`
    """

    added: int
    already: int
    unknown: int
    went_on: tuple[WentOn, ...] = ()


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
    """Put people on a batch's list. Who stands on it already, or went on to another batch's list, stays where they are.

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
    lock_list(act, batch.id)
    there = set(act.db.scalars(select(BatchLine.person_id).where(BatchLine.batch_id == batch.id)))
    fresh = [p for p in wanted if p not in there]
    last = act.db.scalar(select(func.max(BatchLine.position)).where(BatchLine.batch_id == batch.id)) or 0
    act.add_many(BatchLine, [
        {"id": act.new_id(), "batch_id": batch.id, "position": last + n, "person_id": p, "state": LineState.WAITING,
         "code": "", "findings": [], "listed_at": act.at, "decided_at": None}
        for n, p in enumerate(fresh, 1)
    ])  # fmt: skip
    elsewhere = tuple(went_on(act.db, batch.id, [p for p in wanted if p in there]))
    gone = sum(each.people for each in elsewhere)
    already = len(wanted) - len(fresh) - gone
    act.note("voucher_batch.list", id=batch.id, added=len(fresh), already=already, unknown=unknown, went_on=gone)
    return Listed(len(fresh), already, unknown, elsewhere)


@action("batch.issue", may="batch.issue")
def issue(act: Act, batch_id: str) -> IssueOrdered:
    """Order the issue to everybody on the list who has no voucher of the batch yet.

    Raises Refusal("voucher_batch.not_open", "voucher_batch.nobody_waits", "voucher_batch.under_way").
    """
    wait_exclusive(act.db, f"voucher_issue:{batch_id}")  # of two who press at once one is told that it is under way
    batch = act.get(Batch, id=batch_id)
    own_district(act, "batch.issue", batch.district)
    if batch.state != BatchState.OPEN:
        raise Refusal("voucher_batch.not_open")
    running = act.find(Job, id=batch.issue_job) if batch.issue_job else None
    if running is not None and running.state in (JobState.WAITING, JobState.RUNNING):
        raise Refusal("voucher_batch.under_way")
    waiting = act.db.scalar(
        select(func.count()).select_from(BatchLine).where(
            BatchLine.batch_id == batch.id, BatchLine.state.in_(TO_ISSUE), people.here(BatchLine.person_id)
        )
    ) or 0  # fmt: skip
    if not waiting:
        raise Refusal("voucher_batch.nobody_waits")
    batch.issue_job = act.later("vouchers.issue", batch_id=batch.id)
    act.note("voucher_batch.issue", id=batch.id, lines=waiting)
    return IssueOrdered(batch.issue_job, waiting)


@action("voucher.issue", may="voucher.issue")
def issue_chunk(act: Act, batch_id: str, after: int) -> Chunk:
    """Issue to the next lines behind a position, by a handful of statements however many they are.

    Who is not eligible, or finds a ceiling, is kept with the reasons. Who misses nothing but room waits from now on, in the
    order of the list; once anybody waits, everybody goes behind them.
    """
    lock_list(act, batch_id)
    batch = act.get(Batch, id=batch_id)
    rows = act.db.execute(
        select(*whole(BatchLine, but=("code", "findings", "decided_at")))
        .where(BatchLine.batch_id == batch_id, BatchLine.position > after, BatchLine.state.in_(TO_ISSUE), people.here(BatchLine.person_id))
        .order_by(BatchLine.position)
        .limit(MOST_IN_ONE_ACT)
        .with_for_update()
    ).all()
    asked = _questions(act, batch, [r.person_id for r in rows])
    have = set(act.db.scalars(
        select(Voucher.person_id).where(
            Voucher.batch_id == batch_id, among(act.db, Voucher.person_id, asked), Voucher.voided_at.is_(None)
        )
    ))  # fmt: skip
    fit = [r.person_id for r in rows if r.person_id not in have and asked[r.person_id].verdict]
    queue, waits = _in_line(act, batch, fit)
    fit = [p for p in fit if p not in waits]
    room = take_many(act, batch, len(fit)) if fit and not queue else 0
    full = rules.room_for(batch.count_ceiling, batch.issued, batch.money_ceiling, batch.committed, batch.face)
    told, left = fit[:room], fit[room:]
    give(act, batch, [asked[p] for p in told])
    noes = [a for p, a in asked.items() if p not in have and not a.verdict]
    keep_noes(act, [(a.question, a.verdict) for a in noes])
    have.update(told)
    _decide_lines(act, rows, have, {p: a.verdict for p, a in asked.items()}, full)
    if batch.state == BatchState.OPEN:
        wait_for_money(act, batch, left)
    if queue:
        come_free(act, batch.id)  # whoever waits is served by the job that serves them, in their order
    send_many(act, code="voucher.told_issued", person_ids=told, title=batch.title, until=batch.claim_until)
    issued = sum(r.person_id in have for r in rows)
    return Chunk(issued, len(rows) - issued, rows[-1].position if len(rows) == MOST_IN_ONE_ACT else None)


def _in_line(act: Act, batch: Batch, ids: Sequence[str]) -> tuple[bool, set[str]]:
    """Whether anybody's turn in the batch is still to come, and who of these people stands in its line; the batch is held."""
    if not ids:
        return False, set()
    act.db.refresh(batch, with_for_update=True)
    chosen = select(Waiter.person_id).where(
        Waiter.batch_id == batch.id, among(act.db, Waiter.person_id, ids), Waiter.state.in_(IN_LINE)
    )
    return anybody_waits(act, batch.id), set(act.db.scalars(chosen))


def _questions(act: Act, batch: Batch, ids: Sequence[str]) -> dict[str, Given]:
    """What is asked about each of these people, and what is said."""
    known = people.residents(act.db, ids)
    held = holders_of(act.db, known, act.today)
    day, terms, is_open = act.today, terms_of(batch), batch.state == BatchState.OPEN
    policy = limits(act.db, day)
    found = {}
    for person_id in ids:
        question = Question(Moment.ISSUE, day, is_open, terms, held[person_id], policy)
        found[person_id] = Given(known[person_id].district, question, rules.decide(question))
    return found


def _decide_lines(
    act: Act, rows: Sequence[Row[Any]], have: Collection[str], verdicts: Mapping[str, Verdict], full: Verdict
) -> None:
    """Book on the list who has a voucher now, and why the others have none: what they miss, else the ceiling."""
    issued, refused = [], []
    for row in rows:
        step = LINE.check(row.state, "issue" if row.person_id in have else "refuse")
        act.note(f"{LINE.name}.{step.name}", id=row.id, to=step.target.value)
        if row.person_id in have:
            issued.append(row)
            continue
        said = verdicts[row.person_id]
        missed = [f for f in said.findings if not f.met] or [Finding(full.code or "voucher_batch.kept", False, "", full.facts)]
        refused.append(
            {"id": row.id, "state": step.target, "decided_at": act.at, "code": missed[0].code, "findings": plain(missed)}
        )
    act.change_many(BatchLine, issued, state=LineState.ISSUED, decided_at=act.at, code="", findings=[])
    if refused:
        act.db.execute(update(BatchLine), refused)


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
    purse = purse_of_unused(voucher)
    act.move(voucher, VOUCHER, "void", voided_at=act.at, void_reason=reason)
    book(act, voucher, Event.VOID, voucher.face, source=purse)
