"""Issuing certificates and changing their state. Meaning is decided elsewhere; here it becomes proof."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import func, select

from skills.credentials.actions import designs
from skills.credentials.claims import Claims
from skills.credentials.drafts import draft, newest_list
from skills.credentials.lint.draft import BOOK, Grounds
from skills.credentials.models import Certificate, CertificateEvent, Paper, Revocation
from skills.credentials.signing import Signer
from skills.credentials.states import CERTIFICATE, REASONS, REVOCATION, CertificateState, RevocationState
from skills.credentials.statuslist import SIZE
from skills.kernel import log
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.canon import plain
from skills.kernel.errors import Refusal
from skills.kernel.leaves import change_leaf, issue_leaf, print_leaf

__all__ = ["designs"]


@dataclass(frozen=True)
class Issued:
    """A new certificate."""

    certificate_id: str
    number: str
    status_index: int


@dataclass(frozen=True)
class Proposed:
    """A proposal to revoke."""

    revocation_id: str


def issue(
    act: Act, *, claims: Claims, person_id: str, issuer_id: str, synthetic: bool, replaces: str | None = None,
    grounds: Grounds | None = None,
) -> Issued:  # fmt: skip
    """Make a certificate inside the caller's act: row, signed credential, QR bytes, status index, log entry, print job.

    The linter looks first; what it only warns of goes on the record.
    Raises Refusal("certificate.number_taken" | "certificate.lint").
    """
    if act.find(Certificate, number=claims.number) is not None:
        raise Refusal("certificate.number_taken", number=claims.number)
    signer = act.using(Signer)
    first = newest_list(act.db)
    index = _draw_index(act, first)
    report = BOOK.look(
        draft(
            act.db, act.using(Box), signer.public_base, act.at, claims=claims, status_index=index,
            places=first + SIZE, person_id=person_id, issuer_id=issuer_id, synthetic=synthetic, grounds=grounds,
            replaces=replaces,
        )
    )  # fmt: skip
    report.or_refuse("certificate.lint")
    if report.warned:
        act.note("certificate.warned", number=claims.number, rules=list(report.ids))
    credential = signer.credential(claims, index, act.at)
    digest = hashlib.sha256(credential).digest()
    row = act.add(
        Certificate(
            id=act.new_id(),
            number=claims.number,
            kind=claims.kind,
            person_id=person_id,
            issuer_id=issuer_id,
            state=CertificateState.ISSUED,
            claims=plain(claims),
            issued_at=act.at,
            issued_on=claims.issued_on,
            status_index=index,
            credential=credential,
            credential_digest=digest.hex(),
            code=signer.code(claims, index, act.at),
            replaces=replaces,
            synthetic=synthetic,
        )
    )
    log.enqueue(act.db, log.CERTIFICATES, f"issue:{row.id}", issue_leaf(digest), act.at)
    act.later("credentials.print", key=f"print:{row.id}", certificate_id=row.id)
    act.note("certificate.issue", id=row.id, number=claims.number, kind=claims.kind, claims=claims.digest())
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


@action("certificate.propose_revocation", may="certificate.revoke")
def propose_revocation(act: Act, number: str, reason: str, explanation: str, heard: str) -> Proposed:
    """Propose to take a certificate back. `heard` is what the holder said, or why they could not be heard."""
    row = _of_mine(act, number, "certificate.revoke")
    CERTIFICATE.check(row.state, "revoke")
    if reason not in REASONS or not explanation.strip():
        raise Refusal("revocation.reason_needed")
    if not heard.strip():
        raise Refusal("revocation.hear_first")
    open_one = act.db.scalars(
        select(Revocation).where(Revocation.certificate_id == row.id, Revocation.state == RevocationState.PROPOSED)
    ).first()
    if open_one is not None:
        raise Refusal("revocation.already_proposed")
    made = act.add(
        Revocation(
            id=act.new_id(),
            certificate_id=row.id,
            state=RevocationState.PROPOSED,
            reason=reason,
            explanation=explanation,
            heard=heard,
            proposed_by=act.actor.account,
            proposed_at=act.at,
        )
    )
    act.note("revocation.propose", id=made.id, certificate=row.id, reason=reason)
    return Proposed(made.id)


@action("certificate.revoke", may="certificate.revoke", step_up=True)
def revoke(act: Act, revocation_id: str) -> None:
    """Carry out a proposed revocation: the second person decides."""
    proposal = act.get(Revocation, id=revocation_id)
    row = act.get(Certificate, id=proposal.certificate_id)
    act.require("certificate.revoke", row.issuer_id)
    if proposal.proposed_by == act.actor.account:
        raise Refusal("revocation.second_person")
    act.move(proposal, REVOCATION, "carry_out", decided_by=act.actor.account, decided_at=act.at)
    _change(act, row, "revoke", proposal.reason)


@action("certificate.drop_revocation", may="certificate.revoke")
def drop_revocation(act: Act, revocation_id: str) -> None:
    """Decide that a proposed revocation is not carried out."""
    proposal = act.get(Revocation, id=revocation_id)
    row = act.get(Certificate, id=proposal.certificate_id)
    act.require("certificate.revoke", row.issuer_id)
    if proposal.proposed_by == act.actor.account:
        raise Refusal("revocation.second_person")
    act.move(proposal, REVOCATION, "drop", decided_by=act.actor.account, decided_at=act.at)


def supersede(act: Act, *, number: str, claims: Claims) -> Issued:
    """Replace a certificate by a new one inside the caller's act; the two name each other."""
    old = act.get(Certificate, number=number)
    made = issue(
        act,
        claims=claims,
        person_id=old.person_id,
        issuer_id=old.issuer_id,
        synthetic=old.synthetic,
        replaces=old.number,
    )
    _change(act, old, "supersede", "", replaced_by=made.number)
    return made


@action("certificate.keep_paper", may="system.jobs")
def keep_paper(
    act: Act, certificate_id: str, path: str, digest: str, size: int, design: str, seal_id: str | None = None
) -> None:
    """Note where the printed form lies, with which design and seal, and log its digest; a second print is left alone."""
    if act.find(Paper, certificate_id=certificate_id) is not None:
        return
    act.add(Paper(certificate_id=certificate_id, path=path, digest=digest, size=size, made_at=act.at,
                  design=design, seal_id=seal_id))  # fmt: skip
    log.enqueue(act.db, log.CERTIFICATES, f"print:{certificate_id}", print_leaf(bytes.fromhex(digest)), act.at)
    act.note("certificate.print", id=certificate_id, digest=digest)


def _of_mine(act: Act, number: str, right: str) -> Certificate:
    row = act.get(Certificate, number=number)
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
    leaf = change_leaf(name, bytes.fromhex(row.credential_digest), act.at)
    log.enqueue(act.db, log.CERTIFICATES, f"{name}:{event.id}", leaf, act.at)


def _draw_index(act: Act, first: int) -> int:
    """A random free place in the list that begins at `first`: neighbours in the list say nothing about each other."""
    while True:
        index = first + int.from_bytes(act.source.token(4), "big") % SIZE
        if act.db.scalar(select(Certificate.id).where(Certificate.status_index == index)) is None:
            return index
