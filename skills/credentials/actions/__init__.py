"""Issuing certificates and changing their state. Meaning is decided elsewhere; here it becomes proof."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from skills.credentials import held
from skills.credentials.actions import designs, lists, looks, sampling, shares, uploads
from skills.credentials.claims import Claims
from skills.credentials.drafts import draft, newest_list
from skills.credentials.homes import HOMES, Issued
from skills.credentials.lint.draft import Grounds
from skills.credentials.lint.signing import BOOK
from skills.credentials.models import Certificate, CertificateEvent, Paper, holds_number
from skills.credentials.queries.makings import PRINT, failed_prints
from skills.credentials.rules.uploads import print_serial
from skills.credentials.signing import Signer
from skills.credentials.states import CERTIFICATE, REASONS, TAKEN_BACK, CertificateState
from skills.credentials.statuslist import SIZE
from skills.kernel import leaves, log
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Missing, Refusal
from skills.kernel.jobs import revive

__all__ = ["designs", "lists", "looks", "sampling", "shares", "uploads"]


def issue(
    act: Act, *, claims: Claims, person_id: str, issuer_id: str, synthetic: bool, replaces: str | None = None,
    grounds: Grounds | None = None,
) -> Issued:  # fmt: skip
    """Make a certificate inside the caller's act: row, signed credential, QR bytes, status index, log entry, print job.

    The linter looks first; what it only warns of goes on the record. `replaces` is the id of the certificate that
    this one replaces. Raises Refusal("certificate.number_taken" | "certificate.lint").
    """
    if act.db.scalar(select(Certificate.id).where(Certificate.number == claims.number, holds_number())):
        raise Refusal("certificate.number_taken", number=claims.number)
    signer = act.using(Signer)
    old = None if replaces is None else act.get(Certificate, id=replaces)
    before = old.number if old else None
    first = newest_list(act.db)
    index = _draw_index(act, first)
    report = BOOK.look(
        draft(
            act.db, act.using(Box), signer.public_base, act.at, claims=claims, status_index=index,
            places=first + SIZE, person_id=person_id, issuer_id=issuer_id, synthetic=synthetic, grounds=grounds,
            replaces=before, taken_over=old is not None and old.replaced_by == claims.number,
        )
    )  # fmt: skip
    report.or_refuse("certificate.lint")
    if report.warned:
        act.note("certificate.warned", number=claims.number, rules=list(report.ids))
    certificate_id, credential, code = act.new_id(), signer.credential(claims, index, act.at), signer.code(claims, index, act.at)
    row = act.add(
        Certificate(
            id=certificate_id,
            number=claims.number,
            kind=claims.kind,
            person_id=person_id,
            issuer_id=issuer_id,
            state=CertificateState.ISSUED,
            issued_at=act.at,
            issued_on=claims.issued_on,
            status_index=index,
            predecessor_id=replaces,
            replaces=before,
            synthetic=synthetic,
            **held.sealed(act.using(Box), certificate_id, person_id, claims, credential, code),
        )
    )
    if claims.kind == "level":
        uploads.enter(act, row.id)
    log.enqueue(act.db, log.CERTIFICATES, f"issue:{row.id}", leaves.issue_leaf(bytes.fromhex(row.credential_digest)), act.at)
    act.later("credentials.print", key=f"print:{row.id}", certificate_id=row.id)
    act.note("certificate.issue", id=row.id, number=claims.number, kind=claims.kind, claims=held.claims_digest(act.using(Box), claims))
    return Issued(row.id, claims.number, index)


@action("certificate.suspend", may="certificate.suspend", step_up=True)
def suspend(act: Act, number: str, reason: str) -> None:
    """Put a certificate on hold while it is looked into."""
    row = _of_mine(act, number, "certificate.suspend")
    _change(act, row, "suspend", reason)


@action("certificate.reinstate", may="certificate.suspend", step_up=True)
def reinstate(act: Act, number: str) -> None:
    """End the hold: the certificate counts again."""
    row = _of_mine(act, number, "certificate.suspend")
    _change(act, row, "reinstate", "")


def take_back(act: Act, certificate_id: str, name: str, reason: str) -> None:
    """End a certificate inside the caller's act: void 作废, cancel 注销 or revoke 撤销, with its class of reason."""
    if name not in TAKEN_BACK or reason not in REASONS:
        raise ValueError(f"{name} {reason}")
    row = act.get(Certificate, id=certificate_id)
    _change(act, row, name, reason)
    uploads.drop(act, row.id)
    home = HOMES.get(row.kind)
    if home is not None:
        home.ended(act, row.number, name)


def hold(act: Act, certificate_id: str, reason: str) -> None:
    """Suspend inside the caller's act."""
    _change(act, act.get(Certificate, id=certificate_id), "suspend", reason)


def unhold(act: Act, certificate_id: str) -> None:
    """End a suspension inside the caller's act."""
    _change(act, act.get(Certificate, id=certificate_id), "reinstate", "")


def supersede(act: Act, *, certificate_id: str, claims: Claims, reason: str = "") -> Issued:
    """Replace a certificate by a new one inside the caller's act; the two name each other.

    The new one may keep the number: a number belongs to one certificate at a time.
    """
    old = act.get(Certificate, id=certificate_id)
    _change(act, old, "supersede", reason, replaced_by=claims.number)
    uploads.drop(act, old.id)
    made = issue(
        act, claims=claims, person_id=old.person_id, issuer_id=old.issuer_id, synthetic=old.synthetic, replaces=old.id
    )
    home = HOMES.get(old.kind)
    if home is not None and claims.number != old.number:
        home.renumbered(act, old.number, made)
    return made


@action("certificate.hand_out", may="care.handle")
def hand_out(act: Act, number: str, to: str, serial: str = "") -> None:
    """Note that the paper was handed out, to the holder or to a proxy with both identity documents.

    serial  the blank's own number, if the paper was printed on a numbered blank
    """
    row = _of_mine(act, number, "care.handle")
    paper = live_paper(act, row.id)
    if to not in ("self", "proxy"):
        raise Refusal("certificate.handed_to")
    if paper.handed_at is not None:
        raise Refusal("certificate.handed_out_already", on=paper.handed_at)
    paper.handed_at, paper.handed_to, paper.handed_by = act.at, to, act.actor.account
    paper.blank = serial.strip()[:32]
    act.note("certificate.hand_out", id=row.id, copy=paper.copy, to=to)


def reprint(act: Act, certificate_id: str, why: str) -> str:
    """Order a new paper inside the caller's act: same number, same signed bytes, new print serial. The serial.

    The paper before it is ended at once: whoever scans it is told which serial counts.
    Raises Refusal("certificate.not_printed", "certificate.cannot_reprint").
    """
    row = act.get(Certificate, id=certificate_id)
    if row.state != CertificateState.ISSUED:
        zh, en = CERTIFICATE.words[CertificateState(row.state)]
        raise Refusal("certificate.cannot_reprint", state=zh, state_en=en)
    old = live_paper(act, row.id)
    old.ended_at, old.ended_why = act.at, why
    act.db.flush()
    serial = print_serial(row.status_index, old.copy + 1)
    _log(act, row, "reprint", f"reprint:{row.id}:{old.copy + 1}")
    act.later("credentials.print", key=f"print:{row.id}:{old.copy + 1}", certificate_id=row.id, copy=old.copy + 1)
    act.note("certificate.reprint", id=row.id, copy=old.copy + 1, why=why)
    return serial


def live_paper(act: Act, certificate_id: str) -> Paper:
    """The paper that counts. Raises Refusal("certificate.not_printed") while there is none."""
    paper = act.find(Paper, certificate_id=certificate_id, ended_at=None)
    if paper is None:
        raise Refusal("certificate.not_printed")
    return paper


@action("certificate.keep_paper", may="system.jobs")
def keep_paper(
    act: Act, certificate_id: str, path: str, digest: str, size: int, design: str, seal_id: str | None = None,
    copy: int = 1,
) -> None:  # fmt: skip
    """Note where the printed form lies, with which design and seal, and log its digest.

    A second print of the same copy is left alone.
    """
    if act.find(Paper, certificate_id=certificate_id, copy=copy) is not None:
        return
    row = act.get(Certificate, id=certificate_id)
    act.add(
        Paper(
            certificate_id=certificate_id, copy=copy, serial=print_serial(row.status_index, copy), path=path, digest=digest,
            size=size, made_at=act.at, design=design, seal_id=seal_id,
        )
    )  # fmt: skip
    leaf = leaves.print_leaf(bytes.fromhex(digest))
    log.enqueue(act.db, log.CERTIFICATES, paper_source(certificate_id, copy), leaf, act.at)
    act.note("certificate.print", id=certificate_id, copy=copy, digest=digest)


def paper_source(certificate_id: str, copy: int) -> str:
    """What the log calls the entry of a paper."""
    return f"print:{certificate_id}" if copy == 1 else f"print:{certificate_id}:{copy}"


def print_again(act: Act, certificate_ids: Iterable[str]) -> int:
    """Let the failed print jobs of these certificates start afresh, inside the caller's act; how many there were."""
    wanted = set(certificate_ids)
    failed = [job for job, certificate_id, _ in failed_prints(act.db) if certificate_id in wanted]
    return revive(act.db, PRINT, failed, act.at)


def _of_mine(act: Act, number: str, right: str) -> Certificate:
    """The certificate that holds this number, if the actor has the right for the body that issued it."""
    row = act.db.scalars(select(Certificate).where(Certificate.number == number, holds_number())).one_or_none()
    if row is None:
        raise Missing("certificate.unknown")
    act.require(right, row.issuer_id)
    return row


def _change(act: Act, row: Certificate, name: str, reason: str, **values: object) -> None:
    act.move(row, CERTIFICATE, name, **values)
    before = act.db.scalar(
        select(func.count()).select_from(CertificateEvent).where(CertificateEvent.certificate_id == row.id)
    )
    event = act.add(
        CertificateEvent(
            id=act.new_id(),
            certificate_id=row.id,
            step=(before or 0) + 1,
            move=name,
            reason=reason,
            by=act.actor.account,
            at=act.at,
        )
    )
    _log(act, row, name, f"{name}:{event.id}")
    act.later("credentials.status_lists", key=f"status:{event.id}")


def _log(act: Act, row: Certificate, name: str, source: str) -> None:
    leaf = leaves.change_leaf(name, bytes.fromhex(row.credential_digest), act.at)
    log.enqueue(act.db, log.CERTIFICATES, source, leaf, act.at)


def _draw_index(act: Act, first: int) -> int:
    """A random free place in the list that begins at `first`: neighbours in the list say nothing about each other."""
    while True:
        index = first + int.from_bytes(act.source.token(4), "big") % SIZE
        if act.db.scalar(select(Certificate.id).where(Certificate.status_index == index)) is None:
            return index
