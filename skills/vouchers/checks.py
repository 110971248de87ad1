"""What always holds of vouchers: state, ledger, ceilings and redemptions tell one story."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import func, select

from skills.kernel.audit import Attempt
from skills.kernel.checks import Bookkeeper, check
from skills.messages.queries import sent
from skills.people.queries import erased, joined
from skills.vouchers import rules
from skills.vouchers.models import (
    Batch,
    BatchLine,
    Carry,
    CeilingRaise,
    Dispute,
    Hold,
    LedgerEntry,
    Reach,
    Redemption,
    ScanLock,
    Voucher,
    VoucherCode,
    Waiter,
)
from skills.vouchers.queries.codes import PRESENT
from skills.vouchers.queries.people import limits
from skills.vouchers.queries.verdicts import rejudge, rejudge_refusals
from skills.vouchers.rules.codes import MISSES
from skills.vouchers.states import (
    IN_LINE,
    POSTINGS,
    BatchState,
    CarryState,
    CeilingState,
    DisputeState,
    Event,
    LineState,
    Purse,
    ReachState,
    RedemptionState,
    VoucherState,
    WaiterState,
)

_S = VoucherState
# The states of a voucher's one live redemption, by the voucher's own state.
_LIVE: dict[_S, tuple[RedemptionState, ...]] = {
    _S.REDEEMED: (RedemptionState.REDEEMED,),
    _S.EARNED: (RedemptionState.EARNED, RedemptionState.ORDERED),
    _S.SETTLED: (RedemptionState.SETTLED,),
    _S.CLAWED_BACK: (RedemptionState.CLAWED_BACK,),
}


@check("vouchers.told_once", "找到并通知的人各收到一次通知 everybody who was told has exactly one notice of the batch")
def told_once(books: Bookkeeper) -> Iterator[str]:
    gone, into = erased(books.db), joined(books.db)
    notices: Counter[tuple[str, str]] = Counter()
    for person_id, facts in sent(books.db, "voucher.told_entitled"):
        notices[into.get(person_id, person_id), facts["batch"]] += 1
    found: dict[tuple[str, str], list[str]] = defaultdict(list)  # of two records that were joined each may have been told
    for row in books.db.scalars(select(Reach)):
        found[into.get(row.person_id, row.person_id), row.batch_id].append(row.state)
    for (person_id, batch_id), states in found.items():
        told = notices.pop((person_id, batch_id), 0)
        if told != states.count(ReachState.NOTICED) and person_id not in gone:
            yield f"batch {batch_id}: person {person_id} is {' '.join(states)} and has {told} notices"
    for (person_id, batch_id), told in notices.items():
        yield f"batch {batch_id}: person {person_id} has {told} notices and was never found"


@check("vouchers.raises", "批次额度等于最近一次追加后的额度，历次追加前后相接 ceilings are what the last raise made them, each from the one before")
def raises(books: Bookkeeper) -> Iterator[str]:
    raised: dict[str, list[CeilingRaise]] = defaultdict(list)
    approved = select(CeilingRaise).where(CeilingRaise.state == CeilingState.APPROVED)
    for row in books.db.scalars(approved.order_by(CeilingRaise.count_ceiling, CeilingRaise.money_ceiling)):
        raised[row.batch_id].append(row)
    for batch in books.db.scalars(select(Batch).where(Batch.id.in_(raised))):
        after = [*((r.count_before, r.money_before) for r in raised[batch.id][1:]), (batch.count_ceiling, batch.money_ceiling)]
        for row, then in zip(raised[batch.id], after, strict=True):
            if (row.count_ceiling, row.money_ceiling) != then:
                yield f"batch {batch.id}: raised to {row.count_ceiling} and {row.money_ceiling}, then it had {then[0]} and {then[1]}"


@check("vouchers.ledger", "券的状态、余额与台账一致 a voucher's state and money are what its ledger says")
def ledger(books: Bookkeeper) -> Iterator[str]:
    rows: dict[str, list[LedgerEntry]] = defaultdict(list)
    for entry in books.db.scalars(select(LedgerEntry).order_by(LedgerEntry.voucher_id, LedgerEntry.number)):
        rows[entry.voucher_id].append(entry)
    live = {
        r.voucher_id: r
        for r in books.db.scalars(
            select(Redemption).where(
                Redemption.released_at.is_(None) | (Redemption.state == RedemptionState.CLAWED_BACK)
            )
        )
    }
    for voucher in books.db.scalars(select(Voucher)):
        yield from _told_by_ledger(voucher, rows.pop(voucher.id, []), live.get(voucher.id))


def _told_by_ledger(voucher: Voucher, entries: list[LedgerEntry], live: Redemption | None) -> Iterator[str]:
    if [e.number for e in entries] != list(range(1, len(entries) + 1)):
        yield f"voucher {voucher.id}: ledger numbers have a gap"
    told: VoucherState | None = None
    purses: dict[str, int] = defaultdict(int)
    for entry in entries:
        told = POSTINGS[Event(entry.event)].then or told
        purses[entry.source] -= entry.cents
        purses[entry.target] += entry.cents
    shown = _S.CLAIMED if voucher.state == _S.RESERVED else voucher.state
    if told != shown:
        yield f"voucher {voucher.id} is {voucher.state}, its ledger says {told}"
    wanted = _purses(_S(voucher.state), voucher.face, live)
    found = {p: c for p, c in purses.items() if c and p != Purse.BUDGET}
    if found != wanted:
        yield f"voucher {voucher.id} is {voucher.state}, its money stands at {found}, not {wanted}"


def _purses(state: VoucherState, face: int, live: Redemption | None) -> dict[str, int]:
    """Where a voucher's money must stand, whose present use is `live`."""
    cents = live.cents if live else 0
    match state:
        case _S.ISSUED:
            held = {Purse.ISSUED: face}
        case _S.CLAIMED | _S.RESERVED:
            held = {Purse.CLAIMED: face}
        case _S.REDEEMED:
            held = {Purse.REDEEMED: cents, Purse.CLAIMED: face - cents}
        case _S.EARNED:
            held = {Purse.PAYABLE: cents}
        case _S.SETTLED:
            held = {Purse.PAID: (live and live.paid) or 0}
        case _S.CLAWED_BACK:
            held = {Purse.PAID: (live.paid or 0) - live.clawed_back if live else 0}
        case _S.LAPSED | _S.VOID:
            held = {}
    return {str(p): c for p, c in held.items() if c}


@check("vouchers.ceilings", "批次数量与资金不超上限且与台账一致 no batch exceeds its ceilings; its counters equal the ledger")
def ceilings(books: Bookkeeper) -> Iterator[str]:
    counts = dict(
        books.db.execute(select(Voucher.batch_id, func.count()).group_by(Voucher.batch_id)).all()
    )
    bound: dict[str, int] = defaultdict(int)
    sums = select(LedgerEntry.batch_id, LedgerEntry.source, LedgerEntry.target, func.sum(LedgerEntry.cents)).group_by(
        LedgerEntry.batch_id, LedgerEntry.source, LedgerEntry.target
    )
    for batch_id, source, target, cents in books.db.execute(sums):
        bound[batch_id] += int(cents) * ((source == Purse.BUDGET) - (target == Purse.BUDGET))
    for batch in books.db.scalars(select(Batch)):
        if batch.issued != counts.get(batch.id, 0) or batch.issued > batch.count_ceiling:
            yield f"batch {batch.id}: {batch.issued} issued, {counts.get(batch.id, 0)} vouchers, at most {batch.count_ceiling}"
        if batch.committed != bound[batch.id] or batch.committed > batch.money_ceiling:
            yield f"batch {batch.id}: {batch.committed} bound, ledger says {bound[batch.id]}, at most {batch.money_ceiling}"


@check("vouchers.redeemed_once", "已用券恰有一笔有效用券 a redeemed voucher has exactly one live redemption")
def redeemed_once(books: Bookkeeper) -> Iterator[str]:
    live: dict[str, list[Redemption]] = defaultdict(list)
    for row in books.db.scalars(select(Redemption)):
        undone = row.state in _UNDONE or (row.state == RedemptionState.CLAWED_BACK and row.clawed_back == row.paid)
        if (row.released_at is not None) != undone:
            yield f"redemption {row.id} is {row.state} with release at {row.released_at}"
        if row.released_at is None:
            live[row.voucher_id].append(row)
        if row.state in _PROVED and not row.proof:
            yield f"redemption {row.id} is payable without a proof"
    for voucher in books.db.scalars(select(Voucher)):
        found = [r.state for r in live.pop(voucher.id, [])]
        wanted = _LIVE.get(_S(voucher.state), ())
        whole = voucher.state == _S.CLAWED_BACK and not found  # all of it came back: the use counts no more
        if not whole and (len(found) != min(1, len(wanted)) or any(s not in wanted for s in found)):
            yield f"voucher {voucher.id} is {voucher.state} with live redemptions {found}"
    for stray in live:
        yield f"redemption of {stray}: no such voucher"


@check("vouchers.frozen", "被否认的用券付款冻结，直到有结论 a denied use is frozen until it is decided, and never paid while it is")
def frozen(books: Bookkeeper) -> Iterator[str]:
    placed = {(h.redemption_id, h.source) for h in books.db.scalars(select(Hold)) if h.lifted_at is None}
    states = dict(books.db.execute(select(Redemption.id, Redemption.state)).all())
    for row in books.db.scalars(select(Dispute)):
        held = (row.redemption_id, f"dispute:{row.id}") in placed
        placed.discard((row.redemption_id, f"dispute:{row.id}"))
        if held != (row.state in (DisputeState.OPENED, DisputeState.UPHELD)):
            yield f"dispute {row.id} is {row.state}, its hold is {'placed' if held else 'not there or lifted'}"
        if held and states[row.redemption_id] in _GONE:
            yield f"redemption {row.redemption_id} was ordered to be paid while dispute {row.id} holds it"
        if row.state == DisputeState.UPHELD and states[row.redemption_id] not in _UNDONE:
            yield f"dispute {row.id} was upheld, its use is {states[row.redemption_id]}"
        if row.state in (DisputeState.UPHELD, DisputeState.DISMISSED) and not (row.decided_by and row.reason):
            yield f"dispute {row.id} was decided by nobody or for no reason"
    for redemption_id, source in placed:
        if not source.startswith("dispute:"):
            continue  # the room that placed it promises for it
        yield f"redemption {redemption_id} is held by {source}, which does not exist"


_UNDONE = (RedemptionState.RELEASED, RedemptionState.ANNULLED)
_GONE = (RedemptionState.ORDERED, RedemptionState.SETTLED, RedemptionState.CLAWED_BACK)
_PROVED = (RedemptionState.EARNED, *_GONE)


@check("vouchers.one_a_year", "同一人同一年不超过一次补贴性培训 nobody has more subsidised trainings in a year than policy allows")
def one_a_year(books: Bookkeeper) -> Iterator[str]:
    used: dict[tuple[str, int], list[date]] = defaultdict(list)
    for row in books.db.scalars(select(Redemption).where(Redemption.released_at.is_(None), Redemption.cents > 0)):
        used[row.person_id, row.redeemed_on.year].append(row.redeemed_on)
    for (person, year), days in used.items():
        if len(days) > 1 and len(days) > limits(books.db, max(days)).trainings_a_year:
            yield f"person {person}: {len(days)} subsidised trainings in {year}"


@check("vouchers.verdicts", "每张券都有依据且可重算 every voucher has its verdicts, and they come out the same again")
def verdicts(books: Bookkeeper) -> Iterator[str]:
    found: dict[str, set[str]] = defaultdict(set)
    for verdict in rejudge(books.db):
        found[verdict.voucher_id].add(verdict.moment)
        no = not verdict.kept and verdict.moment != rules.Moment.SETTLE  # a no at settlement is why a line waits
        if no or not verdict.same:
            yield f"verdict {verdict.id} ({verdict.moment}) comes out differently"
    for voucher in books.db.scalars(select(Voucher)):
        if not found[voucher.id]:
            yield f"voucher {voucher.id} was given without a verdict"
        if voucher.claimed_at is not None and rules.Moment.CLAIM not in found[voucher.id]:
            yield f"voucher {voucher.id} was claimed without a verdict"
        if voucher.state in _LIVE and rules.Moment.REDEEM not in found[voucher.id]:
            yield f"voucher {voucher.id} was used without a verdict"


@check("vouchers.refusals", "留存的每个不予办理都可重算 every no that was kept comes out as the same no again")
def refusals(books: Bookkeeper) -> Iterator[str]:
    yield from (f"refusal {no.id} ({no.moment}) comes out differently" for no in rejudge_refusals(books.db) if not no.same)


@check("vouchers.lists", "名单上已发放的人都有券 everybody marked as issued on a list has the voucher")
def lists(books: Bookkeeper) -> Iterator[str]:
    into = joined(books.db)
    have = {(batch, into.get(p, p)) for batch, p in books.db.execute(select(Voucher.batch_id, Voucher.person_id))}
    for line in books.db.scalars(select(BatchLine)):
        if (line.state == LineState.ISSUED) and (line.batch_id, into.get(line.person_id, line.person_id)) not in have:
            yield f"line {line.id} is issued, but there is no voucher"
        if line.state == LineState.REFUSED and not line.code:
            yield f"line {line.id} was refused without a reason"


@check("vouchers.codes", "每个用过的券码对应一次用券 every used code stands for one use of its own voucher")
def codes(books: Bookkeeper) -> Iterator[str]:
    rows = books.db.execute(
        select(VoucherCode, Voucher.person_id, Redemption)
        .join(Voucher, Voucher.id == VoucherCode.voucher_id)
        .outerjoin(Redemption, Redemption.id == VoucherCode.redemption_id)
    )
    seen: Counter[str] = Counter()
    into = joined(books.db)
    for code, holder, used in rows:
        if code.person_id != into.get(holder, holder):
            yield f"code {code.id} is of {code.person_id}, its voucher of {holder}"
        if used is not None and (used.voucher_id != code.voucher_id or used.redeemed_at != code.closed_at):
            yield f"code {code.id} was used for redemption {used.id}, which is not its own"
        if used is not None:
            seen[used.id] += 1
        if code.ends_at <= code.shown_at:
            yield f"code {code.id} ended before it was shown"
    yield from (f"redemption {used} was made under {n} codes" for used, n in seen.items() if n > 1)


@check("vouchers.scan_locks", "锁定都有足够的错误次数 every lock of scanning stands on enough misses on record")
def scan_locks(books: Bookkeeper) -> Iterator[str]:
    for row in books.db.scalars(select(ScanLock)):
        asked = (Attempt.action == PRESENT, Attempt.at <= row.locked_at, Attempt.code.in_(MISSES))
        by = (Attempt.subject == row.organisation_id) | (Attempt.actor == row.account_id)
        found = books.db.scalar(select(func.count()).select_from(Attempt).where(*asked, by)) or 0
        if found < row.misses:
            yield f"lock {row.id} says {row.misses} misses, {found} are on record"


@check("vouchers.waiting", "候补按序、轮到的人有额度 what is offered to people who wait is there; who claimed from the list has the voucher")
def waiting_lists(books: Bookkeeper) -> Iterator[str]:
    into = joined(books.db)
    have = {(batch, into.get(p, p)) for batch, p in books.db.execute(select(Voucher.batch_id, Voucher.person_id))}
    offered: dict[str, int] = defaultdict(int)
    for row in books.db.scalars(select(Waiter)):
        offered[row.batch_id] += row.state == WaiterState.OFFERED
        if row.state in (WaiterState.CLAIMED, WaiterState.ISSUED) and (row.batch_id, row.person_id) not in have:
            yield f"waiter {row.id} is {row.state}, but there is no voucher"
    for batch in books.db.scalars(select(Batch)):
        room = rules.places(batch.count_ceiling, batch.issued, batch.money_ceiling, batch.committed, batch.face)
        if offered[batch.id] > room:
            yield f"batch {batch.id}: {offered[batch.id]} vouchers are kept for people who wait, {room} are left"


@check("vouchers.lines_end", "批次关闭后没有人还在候补 nobody waits for a batch that is closed")
def lines_end(books: Bookkeeper) -> Iterator[str]:
    rows = select(Waiter.id, Waiter.state, Batch.id).join(Batch, Batch.id == Waiter.batch_id)
    rows = rows.where(Waiter.state.in_(IN_LINE), Batch.state == BatchState.CLOSED)
    yield from (f"waiter {waiter} is {state}, batch {batch} is closed" for waiter, state, batch in books.db.execute(rows))


@check("vouchers.carried", "转入下一批次的人一个不少、位置不变 whoever goes on in another batch has one place there, the one they had")
def carried(books: Bookkeeper) -> Iterator[str]:
    into = joined(books.db)
    acts = {c.id: c for c in books.db.scalars(select(Carry))}
    left: Counter[tuple[str, str, int]] = Counter()
    came: Counter[tuple[str, str, int]] = Counter()
    for row in books.db.scalars(select(Waiter)):
        who = into.get(row.person_id, row.person_id)
        if row.state == WaiterState.CARRIED:
            left[row.batch_id, who, row.place] += 1
        if row.carry_id is not None:
            act = acts[row.carry_id]
            came[act.batch_id, who, row.place] += 1
            if act.state != CarryState.APPROVED or act.to_batch_id != row.batch_id:
                yield f"waiter {row.id} came by carry {act.id}, which is {act.state} and leads to batch {act.to_batch_id}"
    # Of two entries, of records that were joined, the earlier one goes on for both.
    first: dict[tuple[str, str], int] = {}
    for batch, who, place in came:
        first[batch, who] = min(place, first.get((batch, who), place))
    lost = [key for key in left - came if key[2] <= first.get(key[:2], key[2])]
    for batch, who, place in (*lost, *(came - left)):
        yield f"batch {batch}: person {who} at place {place} went on {left[batch, who, place]} times and came {came[batch, who, place]} times"


@check("vouchers.lines_carried", "名单转入下一批次的人都在那份名单上 whoever left a list for another stands on that one or went on")
def lines_carried(books: Bookkeeper) -> Iterator[str]:
    into = joined(books.db)
    to: dict[tuple[str, datetime | None], list[str]] = defaultdict(list)
    for act in books.db.scalars(select(Carry).where(Carry.state == CarryState.APPROVED)):
        to[act.batch_id, act.decided_at].append(act.to_batch_id)
    there: dict[tuple[str, str], list[BatchLine]] = defaultdict(list)
    for line in books.db.scalars(select(BatchLine).where(BatchLine.batch_id.in_({b for found in to.values() for b in found}))):
        there[line.batch_id, into.get(line.person_id, line.person_id)].append(line)
    for line in books.db.scalars(select(BatchLine).where(BatchLine.state == LineState.CARRIED)):
        who, at = into.get(line.person_id, line.person_id), line.decided_at
        after = [n for batch in to[line.batch_id, at] for n in there[batch, who]]
        if not any(n.state != LineState.CARRIED or (at and n.decided_at and n.decided_at >= at) for n in after):
            yield f"line {line.id}: person {who} left the list of batch {line.batch_id} and stands on no other"
