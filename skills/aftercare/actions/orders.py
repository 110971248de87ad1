"""责令: the authority orders what only the issuing body may decide, with its document and a clock."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from skills.aftercare.actions.steps import reason_given, seal, take, tell_body
from skills.aftercare.models import CareOrder
from skills.aftercare.rules import MAY_ORDER, CareKind
from skills.aftercare.states import ORDER, OrderState
from skills.credentials import queries as certificates
from skills.credentials.states import CertificateState
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.standards.calendar import add_working_days
from skills.standards.queries import value

OPEN = (OrderState.ISSUED, OrderState.TAKEN_UP)


@dataclass(frozen=True)
class Ordered:
    """An order on record and the last day for the body to decide."""

    order_id: str
    due_on: str


@action("care.order", may="care.order", step_up=True)
def order(act: Act, number: str, kind: CareKind, document: str, grounds: str) -> Ordered:
    """Order the issuing body to revoke or correct a certificate. It hears the holder and decides; the clock runs.

    document  number of the authority's own document (文号)
    Raises Refusal("care.not_orderable", "care.document_needed", "care.ordered_already"), Missing.
    """
    line = certificates.certificate(act.db, number)
    if kind not in MAY_ORDER or line.state in (CertificateState.REVOKED, CertificateState.SUPERSEDED):
        raise Refusal("care.not_orderable")
    if not document.strip():
        raise Refusal("care.document_needed")
    words = reason_given(grounds)
    held = act.db.scalars(
        select(CareOrder.id).where(
            CareOrder.certificate_id == line.id, CareOrder.kind == kind, CareOrder.state.in_(OPEN)
        )
    ).first()
    if held is not None:
        raise Refusal("care.ordered_already")
    order_id = act.new_id()
    due = add_working_days(act.today, int(value(act.db, "care.order_working_days", act.today)))
    row = act.add(
        CareOrder(
            id=order_id, certificate_id=line.id, body_id=line.issuer_id, kind=kind, document=document.strip()[:60],
            grounds=seal(act.using(Box), order_id, "grounds", words, line.person_id), state=OrderState.ISSUED,
            ordered_by=act.actor.account, ordered_at=act.at, due_on=due,
        )
    )  # fmt: skip
    act.note("care.order", id=row.id, kind=kind, certificate=line.id)
    tell_body(act, row, "care.ordered", document=row.document, certificate=line.number, until=due)
    return Ordered(row.id, due.isoformat())


@action("care.recall", may="care.order", step_up=True)
def recall(act: Act, order_id: str) -> None:
    """Take an order back."""
    row = act.get(CareOrder, id=order_id)
    take(act, row, ORDER, "recall", closed_on=act.today)
    tell_body(act, row, "care.recalled", document=row.document)
