"""What after-care promises: two hands, the holder heard first, and every change of a certificate with its request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select

from skills.aftercare.models import CareOrder, CareRequest, EarlierRevocation
from skills.aftercare.rules import CareKind
from skills.aftercare.states import CareState, OrderState
from skills.credentials import queries as credentials
from skills.kernel.checks import Bookkeeper, check
from skills.kernel.clock import shanghai_day

ENDS = {CareKind.REVOKE: "revoke", CareKind.CANCEL: "cancel", CareKind.VOID: "void"}


@check("aftercare.two_hands", "证书办理须两人 whoever decided a request neither asked for nor examined it")
def two_hands(book: Bookkeeper) -> Iterator[str]:
    for row in book.db.scalars(select(CareRequest).where(CareRequest.state.in_((CareState.DONE, CareState.REFUSED)))):
        if row.decided_by is None or row.decided_at is None or row.decided_by in (row.asked_by, row.examined_by):
            yield f"{row.number}: decided by {row.decided_by}, asked by {row.asked_by}, examined by {row.examined_by}"
        if row.state == CareState.DONE and row.kind != CareKind.REVOKE and row.examined_by is None:
            yield f"{row.number}: done, yet never examined"


@check("aftercare.heard_first", "撤销前已听取陈述申辩 no revocation before the holder answered or the time for it was over")
def heard_first(book: Bookkeeper) -> Iterator[str]:
    chosen = select(CareRequest).where(CareRequest.kind == CareKind.REVOKE)
    for row in book.db.scalars(chosen):
        if row.hear_until is None:
            yield f"{row.number}: a revocation without a day until which the holder may answer"
        elif row.state == CareState.DONE and row.decided_at is not None:
            if row.answered_at is None and shanghai_day(row.decided_at) <= row.hear_until:
                yield f"{row.number}: revoked before {row.hear_until}, and the holder had not answered"
            if row.answered_at is not None and row.answered_at > row.decided_at:
                yield f"{row.number}: revoked before the holder answered"


@check("aftercare.results", "证书状态都有办结的请求 every certificate that ended or was replaced did so by a request, and the other way round")
def results(book: Bookkeeper) -> Iterator[str]:
    ended: Counter[tuple[str, str]] = Counter()
    made: set[str] = set()
    papers: Counter[str] = Counter()
    for row in book.db.scalars(select(CareRequest).where(CareRequest.state == CareState.DONE)):
        kind = CareKind(row.kind)
        if kind in ENDS:
            ended[row.certificate_id, ENDS[kind]] += 1
        elif kind is CareKind.REPRINT:
            papers[row.certificate_id] += 1
        elif row.result_id is None:
            yield f"{row.number}: done without a new certificate"
        else:
            made.add(row.result_id)
            ended[row.certificate_id, "supersede"] += 1
    yield from _earlier(book, ended)
    for certificate_id, number, move, successor_of, reprints in credentials.endings(book.db):
        if move and ended[certificate_id, move] != 1:
            yield f"{number}: {move} without its request"
        if successor_of and certificate_id not in made:
            yield f"{number}: replaces another certificate without a request"
        if reprints != papers[certificate_id]:
            yield f"{number}: {reprints} papers no longer count, {papers[certificate_id]} requests say so"
        ended.pop((certificate_id, move), None)
    for (certificate_id, move), _ in ended.items():
        yield f"certificate {certificate_id}: a request says {move}, the certificate does not"


def _earlier(book: Bookkeeper, ended: Counter[tuple[str, str]]) -> Iterator[str]:
    """Revocations that were put on record before there were requests: they count, and took two people as well."""
    for earlier in book.db.scalars(select(EarlierRevocation).where(EarlierRevocation.state == "carried_out")):
        ended[earlier.certificate_id, "revoke"] += 1
        if earlier.decided_by in (None, earlier.proposed_by):
            yield f"revocation {earlier.id}: proposed and decided by {earlier.decided_by}"


@check("aftercare.orders", "责令与办理一致 an order that was followed has the request that followed it")
def orders(book: Bookkeeper) -> Iterator[str]:
    done = {r.order_id for r in book.db.scalars(select(CareRequest).where(CareRequest.state == CareState.DONE)) if r.order_id}
    for row in book.db.scalars(select(CareOrder)):
        if (row.state == OrderState.FULFILLED) != (row.id in done):
            yield f"order {row.id}: {row.state}, its request {'is done' if row.id in done else 'is not done'}"
