"""Codes under which a voucher is presented at a counter: shown on a screen, printed on a slip, read by an institution.

Nobody looks a voucher up here: whoever has no code learns nothing, and too many misses lock the institution's scanning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from skills.accounts import queries as accounts
from skills.accounts.rules import Role
from skills.kernel import steps
from skills.kernel.acts import Act, action
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.kernel.keys import KeyRing
from skills.messages.actions import send
from skills.people.actions.counter import SERVE
from skills.people.rules.counter import CounterReason
from skills.standards.queries import value
from skills.vouchers import rules
from skills.vouchers.actions.hands import hand_of, tell_helped
from skills.vouchers.actions.redemptions import lock_person
from skills.vouchers.models import ScanLock, Voucher, VoucherCode
from skills.vouchers.queries.codes import locked_until, misses_of
from skills.vouchers.rules import codes as rule
from skills.vouchers.rules.codes import CodeKind, Hand, Standing
from skills.vouchers.states import CODE, VOUCHER, CodeState, VoucherState

SHOW = "voucher.claim"
SCAN = "code.take"
UNLOCK = "scan.unlock"


@dataclass(frozen=True)
class CodeShown:
    """A code that is shown now: until when one may go on showing it."""

    code_id: str
    ends_at: datetime


@dataclass(frozen=True)
class SlipMade:
    """A slip of paper, told once: its code is stored nowhere."""

    code_id: str
    code: str
    ends_at: datetime


@dataclass(frozen=True)
class CodesStopped:
    """How many codes count no more."""

    count: int


@dataclass(frozen=True)
class Locked:
    """An institution's scanning is locked until then; None if it is not."""

    until: datetime | None


@action("voucher_code.show", may=SHOW, step_up=True, by_helper=True)
def show(act: Act, voucher_id: str) -> CodeShown:
    """Show the code of one's own usable voucher for some minutes; an older one on another screen counts no more.

    Raises Forbidden("step_up_needed"), Missing("voucher.unknown"), Refusal("voucher_code.voucher_lapsed" |
    "voucher.cannot_redeem").
    """
    voucher = _own(act, voucher_id)
    _may_be_presented(act, voucher)
    row = _open(act, voucher, CodeKind.SCREEN, act.at + timedelta(minutes=value(act.db, "voucher.show_minutes", act.today)))
    tell_helped(act, voucher.person_id, "voucher_code.told_shown_for", voucher=voucher.id)
    return CodeShown(row.id, row.ends_at)


@action("voucher_code.stop", may=SHOW, by_helper=True)
def stop(act: Act, voucher_id: str) -> CodesStopped:
    """Take back every code of one's own voucher, on screens and on paper. Raises Missing("voucher.unknown")."""
    voucher = _own(act, voucher_id)
    return CodesStopped(_revoke(act, "holder", VoucherCode.voucher_id == voucher.id))


@action("voucher_code.print", may=SERVE)
def print_slip(act: Act, person_id: str, voucher_id: str, reason: CounterReason) -> SlipMade:
    """Print a slip for somebody who is present at the counter: one use, some days; an older slip counts no more.

    Raises Missing("voucher.unknown"), Refusal("voucher_code.voucher_lapsed" | "voucher.cannot_redeem").
    """
    voucher = act.find(Voucher, id=voucher_id)
    if voucher is None or voucher.person_id != person_id:
        raise Missing("voucher.unknown")
    lock_person(act, person_id)
    _may_be_presented(act, voucher)
    days = int(value(act.db, "voucher.slip_days", act.today))
    row = _open(act, voucher, CodeKind.SLIP, act.at + timedelta(days=days), CounterReason(reason))
    secret = act.using(KeyRing).secret("steps", row.kid)
    code = rule.text_of(secret, row.handle, _bound(row), row.kind, act.at)
    act.note("voucher_code.print", id=row.id, reason=row.reason)
    send(act, code="voucher_code.told_slip", person_id=person_id, voucher=voucher.id, days=days)
    return SlipMade(row.id, code, row.ends_at)


@action("voucher_code.take_back", may=SERVE)
def take_back(act: Act, person_id: str, voucher_id: str) -> CodesStopped:
    """Take back every code of somebody's voucher at the counter. Raises Missing("voucher.unknown")."""
    voucher = act.find(Voucher, id=voucher_id)
    if voucher is None or voucher.person_id != person_id:
        raise Missing("voucher.unknown")
    lock_person(act, person_id)
    return CodesStopped(_revoke(act, "counter", VoucherCode.voucher_id == voucher.id))


def end_all(act: Act, person_id: str, why: str, only: Hand | None = None) -> int:
    """End a person's codes inside the caller's act: a lost phone, or a relative who may help no more; how many."""
    lock_person(act, person_id)
    mine = [VoucherCode.person_id == person_id]
    return _revoke(act, why, *mine, *([] if only is None else [VoucherCode.done_as == only]))


def present(act: Act, organisation_id: str, class_id: str, typed: str) -> tuple[VoucherCode, Voucher]:
    """Read a code at an institution, for one of its classes, inside the caller's act.

    From now on this clerk may confirm it for this class, for some minutes.
    Raises Refusal("voucher_code.locked"), Missing("voucher_code.unknown"), Refusal("voucher_code.rotated_out" | "used" |
    "revoked" | "ended" | "voucher_lapsed" | "voucher_used").
    """
    refuse_locked(act, organisation_id)
    row = _found(act, typed)
    lock_person(act, row.person_id)
    voucher = act.get(Voucher, id=row.voucher_id)
    _usable_now(act, voucher)
    act.alter(row, VoucherCode.state == CodeState.OPEN, presented_by=act.actor.account, presented_for=class_id,
              presented_at=act.at)  # fmt: skip
    act.note("voucher_code.present", id=row.id, organisation=organisation_id)
    return row, voucher


def presented(act: Act, organisation_id: str, class_id: str, code_id: str) -> VoucherCode:
    """The code that this clerk read a moment ago for this class, inside the caller's act.

    Raises Missing("voucher_code.unknown") for what another clerk read or another class was chosen for,
    Refusal("voucher_code.locked" | "voucher_code.not_presented" | "voucher_code.used" | "voucher_code.revoked" |
    "voucher_code.voucher_lapsed" | "voucher_code.voucher_used").
    """
    refuse_locked(act, organisation_id)
    row = act.find(VoucherCode, id=code_id)
    mine = row is not None and row.presented_by == act.actor.account and row.presented_for == class_id
    if row is None or not mine or row.presented_at is None:
        raise Missing("voucher_code.unknown")
    lock_person(act, row.person_id)
    act.db.refresh(row)
    if row.state == CodeState.USED:
        raise Refusal("voucher_code.used")
    if row.state == CodeState.REVOKED:
        raise Refusal("voucher_code.revoked")
    minutes = int(value(act.db, "voucher.confirm_minutes", act.today))
    if act.at > row.presented_at + timedelta(minutes=minutes):
        raise Refusal("voucher_code.not_presented", minutes=minutes)
    _usable_now(act, act.get(Voucher, id=row.voucher_id))
    return row


def used(act: Act, row: VoucherCode, redemption_id: str) -> None:
    """The voucher was taken under this code, inside the caller's act: it counts no more, nor does any other of it."""
    act.move(row, CODE, "use", closed_at=act.at, close_reason="used", redemption_id=redemption_id)
    _revoke(act, "used", VoucherCode.voucher_id == row.voucher_id)


@action("scan_lock.place", may=SCAN)
def place_lock(act: Act, organisation_id: str) -> Locked:
    """Lock an institution's scanning if there were too many misses, and tell the authority; once.

    Asked after every miss. If it is never asked, the misses themselves refuse the next code.
    """
    act.require(SCAN, organisation_id)
    wait_exclusive(act.db, f"scan_lock:{organisation_id}")
    standing = act.db.scalars(
        select(ScanLock.ends_at).where(
            ScanLock.organisation_id == organisation_id, ScanLock.lifted_at.is_(None), ScanLock.ends_at > act.at
        )
    ).first()
    if standing is not None:
        return Locked(standing)
    missed = misses_of(act.db, organisation_id, act.actor.account, act.at)
    if missed < value(act.db, "voucher.scan_misses", act.today):
        return Locked(None)
    body = accounts.organisation(act.db, organisation_id)
    until = act.at + timedelta(hours=value(act.db, "voucher.scan_lock_hours", act.today))
    row = act.add(
        ScanLock(
            id=act.new_id(), organisation_id=organisation_id, district=body.district, misses=missed,
            account_id=act.actor.account, locked_at=act.at, ends_at=until,
        )
    )
    act.note("scan_lock.place", id=row.id, organisation=organisation_id, misses=missed)
    send(act, code="scan_lock.told_locked", organisation_id=organisation_id, misses=missed, until=until)
    for clerk in _who_unlocks(act, body.district):
        send(act, code="scan_lock.told_bureau", account_id=clerk, institution=body.name, misses=missed, lock=row.id)
    return Locked(until)


@action("scan_lock.lift", may=UNLOCK)
def lift_lock(act: Act, lock_id: str, reason: str) -> Locked:
    """Open an institution's scanning again before its time: what was missed until now counts no more.

    Raises Missing("scan_lock.unknown"), Refusal("scan_lock.reason_needed" | "scan_lock.over").
    """
    row = act.get(ScanLock, id=lock_id)
    bounds = act.actor.districts_for(UNLOCK)
    if bounds is not None and row.district not in bounds:
        raise Missing("scan_lock.unknown")
    if not reason.strip():
        raise Refusal("scan_lock.reason_needed")
    still = (ScanLock.lifted_at.is_(None), ScanLock.ends_at > act.at)
    if not act.alter(row, *still, lifted_at=act.at, lifted_by=act.actor.account, reason=reason.strip()[:400]):
        raise Refusal("scan_lock.over")
    act.note("scan_lock.lift", id=row.id, organisation=row.organisation_id)
    send(act, code="scan_lock.told_lifted", organisation_id=row.organisation_id)
    return Locked(None)


def refuse_locked(act: Act, organisation_id: str) -> None:
    """Refuse if scanning is locked for this institution or this account. Raises Refusal("voucher_code.locked")."""
    until = locked_until(act.db, organisation_id, act.actor.account, act.at)
    if until is not None:
        raise Refusal("voucher_code.locked", until=until)


def _who_unlocks(act: Act, district: str) -> list[str]:
    """The accounts of clerks of this district and of the city."""
    found = accounts.officials(act.db)
    return [
        account for account, roles in found.items()
        if any(line.role == Role.GOV_CLERK and line.district in ("", district) for line in roles)
    ]  # fmt: skip


def _own(act: Act, voucher_id: str) -> Voucher:
    voucher = act.find(Voucher, id=voucher_id)
    if voucher is None or act.actor.person is None or voucher.person_id != act.actor.person:
        raise Missing("voucher.unknown")
    lock_person(act, voucher.person_id)
    return voucher


def _may_be_presented(act: Act, voucher: Voucher) -> None:
    if rules.lapsed(voucher.state, voucher.valid_until, act.today):
        raise Refusal("voucher_code.voucher_lapsed", until=voucher.valid_until)
    if voucher.state != VoucherState.CLAIMED:
        raise Refusal("voucher_code.voucher_used", state=VOUCHER.words[VoucherState(voucher.state)][0],
                      state_en=VOUCHER.words[VoucherState(voucher.state)][1])  # fmt: skip


def _usable_now(act: Act, voucher: Voucher) -> None:
    """As for the holder, but an institution is not told what else became of a voucher."""
    if rules.lapsed(voucher.state, voucher.valid_until, act.today):
        raise Refusal("voucher_code.voucher_lapsed", until=voucher.valid_until)
    if voucher.state != VoucherState.CLAIMED:
        raise Refusal("voucher_code.voucher_used", state="已使用", state_en="used")


def _open(act: Act, voucher: Voucher, kind: CodeKind, ends: datetime, reason: str = "") -> VoucherCode:
    _revoke(act, "replaced", VoucherCode.voucher_id == voucher.id, VoucherCode.kind == kind)
    ring = act.using(KeyRing)
    hand = Hand.COUNTER if kind is CodeKind.SLIP else hand_of(act)
    row = act.add(
        VoucherCode(
            id=act.new_id(), voucher_id=voucher.id, person_id=voucher.person_id, kind=kind, handle=_handle(act),
            kid=ring.active("steps").kid, state=CodeState.OPEN, shown_at=act.at, ends_at=ends, done_by=act.actor.account,
            done_as=hand, reason=reason,
        )
    )
    act.note(f"voucher_code.{kind}", id=row.id, voucher=voucher.id)
    return row


def _handle(act: Act) -> str:
    """Four fresh characters. Two codes may share them: what follows tells them apart."""
    number, out = int.from_bytes(act.source.token(8), "big"), ""
    for _ in range(rule.HALF):
        number, place = divmod(number, len(steps.ALPHABET))
        out += steps.ALPHABET[place]
    return out


def _bound(row: VoucherCode) -> str:
    return rule.bound_to(row.id, row.voucher_id, row.person_id)


def _found(act: Act, typed: str) -> VoucherCode:
    """The code's row, if the code counts. Of all that share its first half, the best answer is given."""
    halves = rule.halves(typed)
    if halves is None:
        raise Missing("voucher_code.unknown")
    ring = act.using(KeyRing)
    said = "voucher_code.unknown"
    rows = act.db.scalars(
        select(VoucherCode).where(VoucherCode.handle == halves[0]).order_by(VoucherCode.id.desc()).limit(50)
    )
    for row in rows.all():
        standing = Standing(row.kind, row.state, row.shown_at, row.ends_at)
        answer = rule.judge(standing, halves[1], ring.secret("steps", row.kid), _bound(row), act.at)
        if not answer and ring.fact(row.kid).revoked:
            answer = "voucher_code.revoked"
        if not answer:
            return row
        said = answer if said == "voucher_code.unknown" else said
    if said == "voucher_code.unknown":
        raise Missing(said)
    raise Refusal(said)


def _revoke(act: Act, why: str, *which: object) -> int:
    """Revoke every open code that fits; how many."""
    rows = act.db.scalars(select(VoucherCode).where(VoucherCode.state == CodeState.OPEN, *which)).all()  # type: ignore[arg-type]
    for row in rows:
        act.move(row, CODE, "revoke", closed_at=act.at, close_reason=why)
    return len(rows)
