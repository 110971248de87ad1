"""Requests and orders as holders, bodies and the authority see them; what people wrote is opened for these alone."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from skills.accounts.queries import name_of, organisation
from skills.aftercare import rules
from skills.aftercare.models import CareOrder, CareRequest, CareStep
from skills.aftercare.rules import CareKind, Proof, Standing
from skills.aftercare.states import OPEN, ORDER, WORDS, CareState, OrderState
from skills.credentials import queries as credentials
from skills.credentials.queries import CertificateLine
from skills.credentials.states import PAPER_REASONS, REASONS
from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.standards.queries import value

OPEN_ORDERS = (OrderState.ISSUED, OrderState.TAKEN_UP, OrderState.DECLINED)


@dataclass(frozen=True)
class CareLine:
    """A request in a list. All words are (Chinese, English)."""

    id: str
    number: str
    kind: str
    kind_words: tuple[str, str]
    state: str
    state_words: tuple[str, str]
    reason_words: tuple[str, str]
    asker: str
    asked_at: datetime
    due_on: date
    overdue: bool
    closed: bool
    certificate: str
    holder_name: str
    title: str
    body_id: str
    person_id: str
    hear_until: date | None
    ordered: bool


@dataclass(frozen=True)
class CareStepLine:
    """A step of the history."""

    move: str
    words: tuple[str, str]
    by: str
    at: datetime


@dataclass(frozen=True)
class CareCase:
    """A request with all that its page shows.

    result   number of the certificate that counts after it; serial the new paper's 流水码
    proofs   what must be seen, and whether it was
    changes  field, its words, what it says now, what it is to say
    """

    line: CareLine
    text: str
    note: str
    answer: str
    answered_at: datetime | None
    asked_by: str
    examined_by: str
    decided_by: str
    decided_at: datetime | None
    proofs: tuple[tuple[Proof, bool], ...]
    changes: tuple[tuple[str, tuple[str, str], str, str], ...]
    suspended_here: bool
    result: str
    serial: str
    order: OrderLine | None
    steps: tuple[CareStepLine, ...]


@dataclass(frozen=True)
class OrderLine:
    """An order of the authority."""

    id: str
    certificate: str
    holder_name: str
    body: str
    kind_words: tuple[str, str]
    kind: str
    document: str
    grounds: str
    state: str
    state_words: tuple[str, str]
    ordered_at: datetime
    due_on: date
    overdue: bool
    request_id: str | None


def standing_of(db: Session, line: CertificateLine) -> Standing:
    """What the rules ask about a certificate."""
    busy = select(CareRequest.id).where(CareRequest.certificate_id == line.id, CareRequest.state.in_(OPEN)).limit(1)
    return Standing(line.state, line.stage == "printed", line.handed_on is not None, db.scalar(busy) is not None)


def of_person(db: Session, person_id: str, day: date) -> Sequence[CareLine]:
    """The requests about a person's certificates, newest first."""
    chosen = select(CareRequest).where(CareRequest.person_id == person_id).order_by(CareRequest.id.desc())
    return _lines(db, db.scalars(chosen).all(), day)


def of_bodies(
    db: Session, bodies: Collection[str] | None, day: date, *, closed: bool = False, most: int = 100
) -> Sequence[CareLine]:
    """Requests to these bodies (None: to all): the open ones by their last day, or the latest closed ones."""
    chosen = select(CareRequest).limit(most)
    if bodies is not None:
        chosen = chosen.where(CareRequest.body_id.in_(bodies))
    if closed:
        chosen = chosen.where(CareRequest.state.not_in(OPEN)).order_by(CareRequest.id.desc())
    else:
        chosen = chosen.where(CareRequest.state.in_(OPEN)).order_by(CareRequest.due_on, CareRequest.id)
    return _lines(db, db.scalars(chosen).all(), day)


def open_request(db: Session, certificate_id: str) -> str | None:
    """The open request about a certificate, if there is one."""
    chosen = select(CareRequest.id).where(
        CareRequest.certificate_id == certificate_id, CareRequest.state.in_(OPEN)
    )  # fmt: skip
    return db.scalar(chosen.limit(1))


def waiting(db: Session, handles: Collection[str], decides: Collection[str], account: str) -> int:
    """How many requests wait for this account: to examine, or to decide as the second person."""
    first = (CareRequest.state == CareState.ASKED) & CareRequest.body_id.in_(handles)
    second = (
        CareRequest.state.in_((CareState.EXAMINED, CareState.TOLD, CareState.ANSWERED))
        & CareRequest.body_id.in_(decides)
        & (CareRequest.asked_by != account)
        & or_(CareRequest.examined_by.is_(None), CareRequest.examined_by != account)
    )
    return db.scalar(select(func.count()).select_from(CareRequest).where(or_(first, second))) or 0


def to_answer(db: Session, person_id: str) -> Sequence[tuple[str, date]]:
    """(request, last day) of revocations that the person may still answer."""
    rows = db.execute(
        select(CareRequest.id, CareRequest.hear_until).where(
            CareRequest.person_id == person_id, CareRequest.state == CareState.TOLD
        )
    )
    return [(request_id, until) for request_id, until in rows if until is not None]


def case_of_person(db: Session, box: Box, person_id: str, request_id: str, day: date) -> CareCase:
    """One request about one's own certificate. Raises Missing("care_request.unknown")."""
    row = db.get(CareRequest, request_id)
    if row is None or row.person_id != person_id:
        raise Missing("care_request.unknown")
    return _case(db, box, row, day)


def case(db: Session, box: Box, request_id: str, day: date, bodies: Collection[str] | None) -> CareCase:
    """One request to one of these bodies; None for the authority, which sees all. Raises Missing."""
    row = db.get(CareRequest, request_id)
    if row is None or (bodies is not None and row.body_id not in bodies):
        raise Missing("care_request.unknown")
    return _case(db, box, row, day)


def orders(
    db: Session, box: Box, day: date, bodies: Collection[str] | None, *, closed: bool = False
) -> Sequence[OrderLine]:
    """Orders to these bodies (None: to all), the open ones by their last day."""
    chosen = select(CareOrder)
    if bodies is not None:
        chosen = chosen.where(CareOrder.body_id.in_(bodies))
    if closed:
        chosen = chosen.where(CareOrder.state.not_in(OPEN_ORDERS)).order_by(CareOrder.id.desc()).limit(100)
    else:
        chosen = chosen.where(CareOrder.state.in_(OPEN_ORDERS)).order_by(CareOrder.due_on, CareOrder.id)
    return [_order(db, box, row, day) for row in db.scalars(chosen)]


def orders_late(db: Session, day: date) -> int:
    """How many orders are past their last day, or were not followed."""
    late = (CareOrder.state.in_((OrderState.ISSUED, OrderState.TAKEN_UP)) & (CareOrder.due_on < day)) | (
        CareOrder.state == OrderState.DECLINED
    )
    return db.scalar(select(func.count()).select_from(CareOrder).where(late)) or 0


def overdue(db: Session, day: date) -> int:
    """How many requests are past their last day, at all bodies."""
    late = CareRequest.state.in_(OPEN) & (CareRequest.due_on < day)
    return db.scalar(select(func.count()).select_from(CareRequest).where(late)) or 0


def proofs_of(db: Session, kind: CareKind, reason: str, day: date) -> tuple[Proof, ...]:
    """The proofs that the policy of a day asks for."""
    return rules.read_proofs(value(db, "care.proofs", day), kind, reason)


def days_of(db: Session, day: date) -> dict[str, int]:
    """Working days by kind, and for the holder's answer."""
    found = {kind: int(days) for kind, days in value(db, "care.working_days", day).items()}
    return found | {"hearing": int(value(db, "care.hearing_working_days", day))}


def changes_of(box: Box, row: CareRequest) -> dict[str, str]:
    """The corrections a request asks for: field → text."""
    if row.changes is None:
        return {}
    held: dict[str, str] = json.loads(box.open(row.changes, f"care:{row.id}:changes"))
    return held


def _open(box: Box, row_id: str, column: str, sealed: bytes | None) -> str:
    return "" if sealed is None else box.open(sealed, f"care:{row_id}:{column}")


def _lines(db: Session, rows: Sequence[CareRequest], day: date) -> list[CareLine]:
    return [_line(db, row, day) for row in rows]


def _line(db: Session, row: CareRequest, day: date) -> CareLine:
    about = credentials.by_id(db, row.certificate_id)
    closed = row.state not in OPEN
    return CareLine(
        id=row.id, number=row.number, kind=row.kind, kind_words=CareKind(row.kind).words, state=row.state,
        state_words=WORDS[CareState(row.state)],
        reason_words=REASONS.get(row.reason) or PAPER_REASONS.get(row.reason, ("", "")), asker=row.asker,
        asked_at=row.asked_at, due_on=row.due_on, overdue=rules.overdue(row.due_on, closed, day), closed=closed,
        certificate=about.number, holder_name=about.claims.holder_name,
        title=f"{about.claims.occupation_name or about.claims.award} {about.claims.level_words}".strip(),
        body_id=row.body_id, person_id=row.person_id, hear_until=row.hear_until, ordered=row.order_id is not None,
    )  # fmt: skip


def _case(db: Session, box: Box, row: CareRequest, day: date) -> CareCase:
    claims = credentials.by_id(db, row.certificate_id).claims
    wanted = changes_of(box, row)
    required = proofs_of(db, CareKind(row.kind), row.reason, day)
    order = db.get(CareOrder, row.order_id) if row.order_id else None
    return CareCase(
        line=_line(db, row, day), text=_open(box, row.id, "text", row.text), note=_open(box, row.id, "note", row.note),
        answer=_open(box, row.id, "answer", row.answer), answered_at=row.answered_at, asked_by=name_of(db, row.asked_by),
        examined_by=name_of(db, row.examined_by) if row.examined_by else "",
        decided_by=name_of(db, row.decided_by) if row.decided_by else "", decided_at=row.decided_at,
        proofs=tuple((proof, proof.code in row.proofs) for proof in required),
        changes=tuple(
            (name, rules.FIELDS[name][1], str(getattr(claims, name)), text) for name, text in sorted(wanted.items())
        ),
        suspended_here=row.suspended_here,
        result=credentials.by_id(db, row.result_id).number if row.result_id else "", serial=row.serial,
        order=_order(db, box, order, day) if order else None, steps=_steps(db, row.id),
    )  # fmt: skip


STEP_WORDS: dict[str, tuple[str, str]] = {
    "ask": ("提出", "asked"),
    "send_back": ("退回补正", "sent back"),
    "complete": ("补正", "completed"),
    "examine": ("初审", "examined"),
    "answer": ("陈述申辩", "the holder answered"),
    "carry_out": ("决定并办结", "decided and done"),
    "refuse": ("决定不予办理", "refused"),
    "withdraw": ("撤回", "withdrawn"),
}


def _steps(db: Session, request_id: str) -> tuple[CareStepLine, ...]:
    rows = db.scalars(select(CareStep).where(CareStep.subject_id == request_id).order_by(CareStep.id.desc()))
    return tuple(CareStepLine(s.move, STEP_WORDS.get(s.move, (s.move, s.move)), name_of(db, s.by), s.at) for s in rows)


def _order(db: Session, box: Box, row: CareOrder, day: date) -> OrderLine:
    about = credentials.by_id(db, row.certificate_id)
    request = db.scalar(
        select(CareRequest.id).where(CareRequest.order_id == row.id).order_by(CareRequest.id.desc()).limit(1)
    )
    return OrderLine(
        id=row.id, certificate=about.number, holder_name=about.claims.holder_name,
        body=organisation(db, row.body_id).name, kind_words=CareKind(row.kind).words, kind=row.kind,
        document=row.document, grounds=_open(box, row.id, "grounds", row.grounds), state=row.state,
        state_words=ORDER.words[OrderState(row.state)], ordered_at=row.ordered_at, due_on=row.due_on,
        overdue=row.state in (OrderState.ISSUED, OrderState.TAKEN_UP) and row.due_on < day, request_id=request,
    )  # fmt: skip
