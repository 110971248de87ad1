"""A person's own vouchers, what can be claimed, what each would pay, and its ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.kernel.errors import Missing
from skills.kernel.findings import Verdict
from skills.standards import queries as standards
from skills.standards.rules import Level
from skills.vouchers import rules
from skills.vouchers.models import Batch, EntryHand, LedgerEntry, Redemption, Voucher, Waiter
from skills.vouchers.queries.people import holder, limits, room_of, terms_of
from skills.vouchers.rules import Moment, Payee, Purpose, Question, ScopeForm, Terms
from skills.vouchers.rules.grounds import grounded
from skills.vouchers.states import EVENT_WORDS, IN_LINE, VOUCHER, BatchState, Event, VoucherState, WaiterState


@dataclass(frozen=True)
class VoucherLine:
    """A voucher as its holder sees it. `face` in 分: the most it pays. `state` has the lapse computed into it."""

    id: str
    batch_id: str
    title: str
    face: int
    state: str
    state_zh: str
    state_en: str
    valid_until: date
    claimed_at: datetime | None
    terms: Terms
    district: str
    policy_source: str

    @property
    def usable(self) -> bool:
        """Whether it can be used now."""
        return self.state == VoucherState.CLAIMED

    def days_left(self, day: date) -> int:
        """Days until its last day, none below zero."""
        return max(0, (self.valid_until - day).days)


@dataclass(frozen=True)
class Offer:
    """A voucher that is there for the person: whether it can be claimed now, and if not why."""

    batch_id: str
    title: str
    face: int
    claim_from: date
    claim_until: date
    would_last_until: date
    verdict: Verdict
    terms: Terms


@dataclass(frozen=True)
class Quote:
    """What a voucher would pay for a purpose and what is left to pay at the institution, in 分, or why it would not.

    payee  to whom what the voucher is worth goes
    """

    voucher_id: str
    title: str
    cents: int
    own: int
    payee: Payee
    verdict: Verdict


@dataclass(frozen=True)
class EntryView:
    """A line of a voucher's ledger. `number` counts within the voucher; money in 分."""

    number: int
    event: str
    zh: str
    en: str
    cents: int
    at: datetime
    institution: str
    hand: str = ""  # whose, if not the holder's own (`rules.codes.Hand`)


@dataclass(frozen=True)
class Ticket:
    """One voucher with where it can be used and its own ledger."""

    line: VoucherLine
    occupations: tuple[str, ...]
    levels: tuple[str, ...]
    institutions: tuple[str, ...]
    entries: tuple[EntryView, ...]
    district: str


def wallet(db: Session, person_id: str, day: date) -> list[VoucherLine]:
    """The person's claimed vouchers, the usable one first, then by date."""
    found = [line for line in _lines(db, person_id, day) if line.claimed_at is not None]
    return sorted(found, key=lambda v: (not v.usable, -v.valid_until.toordinal(), v.id))


def usable(db: Session, person_id: str, day: date) -> list[VoucherLine]:
    """Vouchers that the person can use on a day."""
    return [line for line in wallet(db, person_id, day) if line.usable]


def offers(db: Session, person_id: str, day: date) -> list[Offer]:
    """Vouchers that wait for the person, claimable ones first. Of general batches only those that policy allows."""
    mine = {line.batch_id: line for line in _lines(db, person_id, day) if line.state != VoucherState.VOID}
    policy = limits(db, day)
    known = holder(db, person_id, day)
    found = []
    queues = dict(
        db.execute(
            select(Waiter.batch_id, func.count()).where(Waiter.state.in_(IN_LINE)).group_by(Waiter.batch_id)
        ).all()
    )
    mine_in_line = {w.batch_id: w for w in db.scalars(
        select(Waiter).where(Waiter.person_id == person_id, Waiter.state.in_(IN_LINE))
    )}  # fmt: skip
    for batch in db.scalars(select(Batch).where(Batch.state == BatchState.OPEN, Batch.claim_until >= day)):
        line = mine.get(batch.id)
        if line is not None and line.state != VoucherState.ISSUED:
            continue
        terms = terms_of(batch)
        verdict = rules.decide(Question(Moment.CLAIM, day, True, terms, known, policy))
        verdict = replace(verdict, findings=grounded(verdict.findings, batch.policy_source))
        if line is None:
            if batch.scope_form == ScopeForm.DIRECTED or not _of_the_group(verdict):
                continue
            if verdict:
                full = _room(batch, queues.get(batch.id, 0), mine_in_line.get(batch.id), day)
                verdict = verdict if full is None else full
        until = rules.last_day(terms, known, policy, day)
        found.append(
            Offer(batch.id, batch.title, batch.face, batch.claim_from, batch.claim_until, until, verdict, terms)
        )
    return sorted(found, key=lambda o: (not o.verdict.yes, o.claim_until, o.batch_id))


def _room(batch: Batch, queue: int, mine: Waiter | None, day: date) -> Verdict | None:
    """Why a general batch gives nothing to somebody who came in just now; None if it does."""
    if mine is not None and mine.state == WaiterState.OFFERED and mine.offered_until is not None and mine.offered_until >= day:
        return None
    left = rules.places(batch.count_ceiling, batch.issued, batch.money_ceiling, batch.committed, batch.face)
    if not left:
        return room_of(batch)
    others = queue - (mine is not None)
    facts = {"ahead": others, "policy": batch.policy_source}
    return Verdict(False, "voucher_batch.others_wait", facts=facts) if left <= others else None


def offer(db: Session, person_id: str, batch_id: str, day: date) -> Offer:
    """One of the offers. Raises Missing("voucher_batch.unknown")."""
    found = next((o for o in offers(db, person_id, day) if o.batch_id == batch_id), None)
    if found is None:
        raise Missing("voucher_batch.unknown")
    return found


def _of_the_group(verdict: Verdict) -> bool:
    return any(f.met and f.code in ("voucher.in_group", "voucher.any_group") for f in verdict.findings)


def quotes(db: Session, person_id: str, purposes: Sequence[Purpose], day: date) -> dict[str, list[Quote]]:
    """What each usable voucher would pay for each purpose, by the purpose's `source`."""
    mine = usable(db, person_id, day)
    if not mine:
        return {p.source: [] for p in purposes}
    policy = limits(db, day)
    approved = accounts.approved_among(db, {p.institution_id for p in purposes})
    ids = {i for v in mine for i in v.terms.institutions} | {p.institution_id for p in purposes}
    names = accounts.institution_names(db, ids) if any(v.terms.institutions for v in mine) else {}
    known = {v.id: holder(db, person_id, day, but=v.id, works=v.terms.payee is Payee.FIRM) for v in mine}
    found: dict[str, list[Quote]] = {}
    for purpose in purposes:
        found[purpose.source] = [
            _quote(v, Question(Moment.REDEEM, day, True, v.terms, known[v.id], policy, v.valid_until, purpose,
                               purpose.institution_id in approved), names)
            for v in mine
        ]  # fmt: skip
    return found


def _quote(line: VoucherLine, question: Question, names: Mapping[str, str]) -> Quote:
    verdict = rules.decide(question)
    price = question.purpose.cents if question.purpose else 0
    if not verdict:
        listed = [names.get(i, i) for i in line.terms.institutions]
        institution = names.get(question.purpose.institution_id, "") if question.purpose else ""
        verdict = replace(verdict, findings=grounded(verdict.findings, line.policy_source, listed, institution))
    cents = rules.worth(line.terms, price) if verdict else 0
    own = rules.own_share(line.terms, price, cents) if verdict else price
    return Quote(line.id, line.title, cents, own, line.terms.payee, verdict)


def ticket(db: Session, voucher_id: str, person_id: str, day: date) -> Ticket:
    """One of the person's own vouchers. Raises Missing("voucher.unknown")."""
    line = next((v for v in _lines(db, person_id, day) if v.id == voucher_id), None)
    if line is None:
        raise Missing("voucher.unknown")
    names = {o.code: o.name for o in standards.occupations(db)} if line.terms.occupations else {}
    return Ticket(
        line,
        tuple(names.get(code, code) for code in line.terms.occupations),
        tuple(Level(n).wording for n in line.terms.levels),
        tuple(accounts.organisation(db, i).name for i in line.terms.institutions),
        tuple(_entries(db, voucher_id)),
        standards.district(db, line.district).name,
    )


def _entries(db: Session, voucher_id: str) -> Iterable[EntryView]:
    rows = db.execute(
        select(LedgerEntry, Redemption.institution_id, EntryHand.hand)
        .outerjoin(Redemption, Redemption.id == LedgerEntry.redemption_id)
        .outerjoin(EntryHand, EntryHand.entry_id == LedgerEntry.id)
        .where(LedgerEntry.voucher_id == voucher_id)
        .order_by(LedgerEntry.number.desc())
    ).all()
    for row, institution, hand in rows:
        name = accounts.organisation(db, institution).name if institution else ""
        yield EntryView(row.number, row.event, *EVENT_WORDS[Event(row.event)], row.cents, row.at, name, hand or "")


def states_of(db: Session, redemption_ids: Sequence[str]) -> dict[str, str]:
    """The states of redemptions (redeemed, earned, settled, released), by id."""
    found: dict[str, str] = {}
    for start in range(0, len(redemption_ids), 500):
        rows = db.execute(
            select(Redemption.id, Redemption.state).where(Redemption.id.in_(redemption_ids[start : start + 500]))
        )
        found |= dict(rows.all())
    return found


def uses_in(states: Collection[str]) -> Select[str]:
    """A SELECT of the ids of redemptions in one of these states."""
    return select(Redemption.id).where(Redemption.state.in_(states))


def kept(db: Session) -> list[str]:
    """Vouchers that are kept for a seat."""
    return list(db.scalars(select(Voucher.id).where(Voucher.state == VoucherState.RESERVED)))


def voucher_states(db: Session, voucher_ids: Sequence[str]) -> dict[str, str]:
    """The states of vouchers, by id."""
    found: dict[str, str] = {}
    for start in range(0, len(voucher_ids), 500):
        rows = db.execute(select(Voucher.id, Voucher.state).where(Voucher.id.in_(voucher_ids[start : start + 500])))
        found |= dict(rows.all())
    return found


def _lines(db: Session, person_id: str, day: date) -> list[VoucherLine]:
    rows = db.execute(
        select(Voucher, Batch).join(Batch, Batch.id == Voucher.batch_id).where(Voucher.person_id == person_id)
    ).all()
    return [_line(v, b, day) for v, b in rows]


def _line(row: Voucher, batch: Batch, day: date) -> VoucherLine:
    state = VoucherState.LAPSED if rules.lapsed(row.state, row.valid_until, day) else VoucherState(row.state)
    return VoucherLine(
        row.id, row.batch_id, batch.title, row.face, state, *VOUCHER.words[state], row.valid_until, row.claimed_at,
        terms_of(batch), row.district, batch.policy_source,
    )  # fmt: skip


