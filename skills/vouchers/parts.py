"""A person's vouchers: none is under way, and paid ones can be audited for their years; the ledger stays without a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from skills.accounts.queries import organisation
from skills.kernel.acts import Act
from skills.kernel.clock import shanghai_day
from skills.kernel.findings import Finding
from skills.people.parts import Named, Part, kept_by_person, nothing_under_way, pair, register
from skills.standards.queries import policy
from skills.vouchers.actions.codes import end_all
from skills.vouchers.actions.issuing import take_back
from skills.vouchers.actions.ledger import come_free
from skills.vouchers.actions.redemptions import lock_person
from skills.vouchers.models import (
    Batch,
    BatchLine,
    Dispute,
    PaymentDoubt,
    Reach,
    Redemption,
    Voucher,
    VoucherRefusal,
    VoucherVerdict,
    Waiter,
)
from skills.vouchers.queries.people import limits
from skills.vouchers.rules.codes import Hand
from skills.vouchers.states import (
    IN_LINE,
    REACH,
    UNUSED,
    VOUCHER,
    WAITER,
    DisputeState,
    ReachState,
    RedemptionState,
    VoucherState,
)
from skills.vouchers.states.doubts import DoubtState

UNDER_WAY = (VoucherState.RESERVED, VoucherState.REDEEMED)
WHY = "持证人依法删除个人信息 the holder's data were erased"
PAYABLE = (RedemptionState.EARNED, RedemptionState.ORDERED, RedemptionState.SETTLED, RedemptionState.CLAWED_BACK)


def against(db: Session, person_id: str, day: date) -> Sequence[Finding]:
    """No voucher is in use, no use is denied and undecided, and the years in which a payment is audited by person are over."""
    used = select(func.count()).select_from(Voucher).where(Voucher.person_id == person_id, Voucher.state.in_(UNDER_WAY))
    denied = select(func.count()).select_from(Dispute).where(
        Dispute.person_id == person_id, Dispute.state == DisputeState.OPENED
    )  # fmt: skip
    last = db.scalar(
        select(func.max(Redemption.earned_at)).where(Redemption.person_id == person_id, Redemption.state.in_(PAYABLE))
    )
    years = policy(db, "erasure.payment_years", day)
    return (
        nothing_under_way("erasure.vouchers", (db.scalar(used) or 0) + (db.scalar(denied) or 0)),
        kept_by_person(
            "erasure.payments", "erasure.no_payments", shanghai_day(last) if last else None, int(years.value), years.source, day
        ),
    )


def stays(db: Session, person_id: str) -> Mapping[str, int]:
    """Uses of vouchers that stay in the ledger."""
    chosen = select(func.count()).select_from(Redemption).where(Redemption.person_id == person_id)
    return {"redemptions": db.scalar(chosen) or 0}


def forget(act: Act, person_id: str) -> None:
    """Unused vouchers are void. The grounds of a verdict name birth and schooling: the verdict stays, its grounds go."""
    for voucher in act.db.scalars(select(Voucher).where(Voucher.person_id == person_id, Voucher.state.in_(UNUSED))):
        take_back(act, voucher, WHY)
    end_all(act, person_id, "erased")
    held = select(Voucher.id).where(Voucher.person_id == person_id)
    for row in act.db.scalars(select(VoucherVerdict).where(VoucherVerdict.voucher_id.in_(held))):
        row.question, row.findings = {}, []
    for no in act.db.scalars(select(VoucherRefusal).where(VoucherRefusal.person_id == person_id)):
        no.question, no.findings, no.digest = {}, [], no.id
    uses = select(Redemption.id).where(Redemption.person_id == person_id)
    for doubt in act.db.scalars(select(PaymentDoubt).where(PaymentDoubt.redemption_id.in_(uses))):
        doubt.reason = "—"
        if doubt.state == DoubtState.KEPT:  # words; of one that is claimed it is the claw-back's id
            doubt.answer = "—"
    for found in act.db.scalars(select(Reach).where(Reach.person_id == person_id, Reach.state == ReachState.FOUND)):
        act.move(found, REACH, "drop")
    for waiter in act.db.scalars(select(Waiter).where(Waiter.person_id == person_id, Waiter.state.in_(IN_LINE))):
        act.move(waiter, WAITER, "leave", ended_at=act.at)
        come_free(act, waiter.batch_id)
    for line in act.db.scalars(select(BatchLine).where(BatchLine.person_id == person_id)):
        line.findings = []
    act.db.flush()


def bar(act: Act, person_id: str, why: str) -> None:
    """A lost phone ends every code, on screens and on paper; a relative who may help no more, those that the relative shows."""
    end_all(act, person_id, why, Hand.FAMILY if why == "helper" else None)


def apart(db: Session, kept: str, gone: str, _day: date) -> Sequence[Finding]:
    """Together they used no more subsidised trainings in a year than a person may."""
    used: dict[int, list[tuple[date, str, str]]] = defaultdict(list)
    live = (Redemption.person_id.in_((kept, gone)), Redemption.released_at.is_(None), Redemption.cents > 0)
    for on, use, person_id in db.execute(select(Redemption.redeemed_on, Redemption.id, Redemption.person_id).where(*live)):
        used[on.year].append((on, use, person_id))
    found = []
    for year, uses in used.items():
        of = {person_id: use for _, use, person_id in uses}
        most = limits(db, max(on for on, _, _ in uses)).trainings_a_year
        if len(of) == 2:
            facts = {"year": year, "most": most, **pair(_use(db, of[kept]), _use(db, of[gone]))}
            found.append(Finding("joining.trainings", len(uses) <= most, facts=facts))
    return found


def _voucher(db: Session, key: tuple[Any, ...]) -> Named:
    row = db.get_one(Voucher, key)
    title, (zh, en), on = db.get_one(Batch, (row.batch_id,)).title, VOUCHER.words[VoucherState(row.state)], shanghai_day(row.issued_at)
    return Named(f"“{title}”（{on} 发放，{zh}）", f"“{title}” (issued {on}, {en})", f"/gov/people/{row.person_id}/vouchers")


def _use(db: Session, use_id: str) -> Named:
    row = db.get_one(Redemption, (use_id,))
    title = db.get_one(Batch, (db.get_one(Voucher, (row.voucher_id,)).batch_id,)).title
    where = organisation(db, row.institution_id).name
    words = f"“{title}”（{row.redeemed_on}，{where}）"
    return Named(words, f"“{title}” ({row.redeemed_on}, {where})", f"/gov/people/{row.person_id}/vouchers")


def _refusal(db: Session, key: tuple[Any, ...]) -> Named:
    row = db.get_one(VoucherRefusal, key)
    title, on = db.get_one(Batch, (row.batch_id,)).title, shanghai_day(row.at)
    return Named(f"“{title}”（{on}）", f"“{title}” ({on})")


def join(act: Act, kept: str, gone: str) -> None:
    """No code of the record that is gone counts any more; where both wait for a batch, one place in the line is enough."""
    end_all(act, gone, "joined")
    mine = select(Waiter.batch_id).where(Waiter.person_id == kept, Waiter.state.in_(IN_LINE))
    for waiter in act.db.scalars(select(Waiter).where(Waiter.person_id == gone, Waiter.state.in_(IN_LINE), Waiter.batch_id.in_(mine))):
        act.move(waiter, WAITER, "leave", ended_at=act.at)
        come_free(act, waiter.batch_id)


register(
    "vouchers",
    Part(
        forget, against, stays, bar, ends=frozenset({"voucher_waiter"}), apart=apart, lock=lock_person, join=join,
        names={"voucher": _voucher, "voucher_refusal": _refusal},
        rests={
            Voucher.person_id: Voucher.state.in_((VoucherState.LAPSED, VoucherState.CLAWED_BACK)),
            BatchLine.person_id: true(), Reach.person_id: true(),
        },
    ),
)  # fmt: skip
