"""What all actions of this room share: sealing, the history, receipt numbers, clocks, who may act."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from skills.aftercare.followers import FOLLOWERS, Ended
from skills.aftercare.models import CareOrder, CareRequest, CareStep
from skills.aftercare.queries import changes_of, standing_of
from skills.aftercare.rules import Asker, CareKind, may_ask
from skills.aftercare.states import CARE, ORDER, REVOCATION, CareState, OrderState
from skills.credentials import queries as credentials
from skills.credentials.queries import CertificateLine
from skills.kernel.acts import Act
from skills.kernel.box import Box
from skills.kernel.db import Base, wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.kernel.machines import Machine
from skills.messages.actions import send
from skills.standards.calendar import add_working_days
from skills.standards.queries import value


def begin(
    act: Act, line: CertificateLine, kind: CareKind, asker: Asker, reason: str, text: str,
    changes: Mapping[str, str] | None = None, **values: object,
) -> CareRequest:  # fmt: skip
    """Take a request in: rules asked, row written, clock started, an open order of the authority taken up.

    Raises Refusal("care.not_possible").
    """
    may_ask(kind, asker, reason, text, standing_of(act.db, line)).or_refuse()
    year = act.today.year
    wait_exclusive(act.db, f"care:{year}")
    head = f"SH{year}-"
    count = act.db.scalar(select(func.count()).select_from(CareRequest).where(CareRequest.number.startswith(head)))
    request_id, box = act.new_id(), act.using(Box)
    days = value(act.db, "care.working_days", act.today)[kind]
    sealed = json.dumps(dict(changes), ensure_ascii=False) if changes else None
    order = open_order(act, line.id, kind)
    row = act.add(
        CareRequest(
            id=request_id, number=f"{head}{(count or 0) + 1:06d}", kind=kind, certificate_id=line.id,
            person_id=line.person_id, body_id=line.issuer_id, asker=asker, asked_by=wisher(act, asker), asked_at=act.at,
            reason=reason, state=CareState.TOLD if kind is CareKind.REVOKE else CareState.ASKED,
            due_on=add_working_days(act.today, int(days)), text=seal(box, request_id, "text", text, line.person_id),
            changes=seal(box, request_id, "changes", sealed, line.person_id) if sealed else None, proofs={},
            order_id=order.id if order else None, **values,
        )
    )  # fmt: skip
    _remember(act, row.id, "ask")
    if order is not None:
        take(act, order, ORDER, "take_up")
    act.note("care.ask", id=row.id, kind=kind, certificate=line.id, reason=reason)
    return row


def wisher(act: Act, asker: Asker) -> str:
    """Whose wish it is: of a job that acts for somebody, that person's, so that they do not decide on it themselves."""
    return act.actor.on_behalf_of if asker is Asker.BODY and act.actor.on_behalf_of else act.actor.account


def tell_follower(act: Act, row: CareRequest, carried_out: bool) -> None:
    """Tell the room of the certificate's kind that a request has ended."""
    line = credentials.by_id(act.db, row.certificate_id)
    if (follower := FOLLOWERS.get(line.kind)) is not None:
        changes = wanted_changes(act, row) if row.changes else {}
        follower(act, Ended(row.id, row.kind, row.reason, line.number, carried_out, row.asked_by, changes))


def seal(box: Box, request_id: str, column: str, text: str, holder: str) -> bytes:
    """A text of a request or order, sealed for its column under the holder's own data key."""
    return box.seal(text.strip(), f"care:{request_id}:{column}", holder)


def take(act: Act, row: Base, machine: Machine, name: str, **values: object) -> None:
    """Make a move and put it into the history."""
    held: Any = row
    act.move(row, machine, name, **values)
    _remember(act, held.id, name)


def machine_of(row: CareRequest) -> Machine:
    """The state table of a request."""
    return REVOCATION if row.kind == CareKind.REVOKE else CARE


def of_body(act: Act, request_id: str, right: str) -> CareRequest:
    """A request to a body for which the actor holds this right. Raises Missing, Forbidden."""
    row = act.get(CareRequest, id=request_id)
    act.require(right, row.body_id)
    return row


def of_holder(act: Act, person_id: str | None, request_id: str) -> CareRequest:
    """A request about the certificate of this holder. Raises Missing."""
    row = act.get(CareRequest, id=request_id)
    if person_id is None or row.person_id != person_id:
        raise Missing("care_request.unknown")
    return row


def certificate_for(act: Act, number: str, right: str) -> CertificateLine:
    """The certificate of this number, for a body for which the actor holds the right. Raises Missing, Forbidden."""
    line = credentials.certificate(act.db, number)
    act.require(right, line.issuer_id)
    return line


def open_order(act: Act, certificate_id: str, kind: CareKind) -> CareOrder | None:
    """The order of the authority that waits for such a request."""
    return act.db.scalars(
        select(CareOrder).where(
            CareOrder.certificate_id == certificate_id,
            CareOrder.kind == kind,
            CareOrder.state.in_((OrderState.ISSUED, OrderState.DECLINED)),
        )
    ).first()


def settle_order(act: Act, row: CareRequest, move: str) -> None:
    """Tell the order behind a request how it ended: fulfil or decline."""
    if row.order_id is not None:
        order = act.get(CareOrder, id=row.order_id)
        if order.state == OrderState.TAKEN_UP:
            take(act, order, ORDER, move, closed_on=act.today)


def tell_holder(act: Act, row: CareRequest, code: str, **facts: Any) -> None:
    """A message to the holder about a request, with its words in both languages."""
    zh, en = CareKind(row.kind).words
    send(act, person_id=row.person_id, code=code, number=row.number, kind=zh, kind_en=en, **facts)


def tell_body(act: Act, row: CareRequest | CareOrder, code: str, **facts: Any) -> None:
    """A message to the body that a request or an order is addressed to."""
    zh, en = CareKind(row.kind).words
    send(act, organisation_id=row.body_id, code=code, kind=zh, kind_en=en, **facts)


def reason_given(text: str) -> str:
    """A reason as given. Raises Refusal("care.reason_needed") for none."""
    if not text.strip():
        raise Refusal("care.reason_needed")
    return text.strip()[:1000]


def wanted_changes(act: Act, row: CareRequest) -> dict[str, str]:
    """The corrections that a request asks for."""
    return changes_of(act.using(Box), row)


def _remember(act: Act, subject_id: str, name: str) -> None:
    act.add(CareStep(id=act.new_id(), subject_id=subject_id, move=name, by=act.actor.account, at=act.at))
