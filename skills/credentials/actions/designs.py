"""A body's designs and seal: drawn up by one, handed in by another, approved by the authority, used from a day on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import func, select

from skills.credentials import fonts, pictures
from skills.credentials.claims import Kind
from skills.credentials.models import DesignRow, SealPicture
from skills.credentials.rules.designs import LONGEST, Look, may_print
from skills.credentials.states import DESIGN, SEAL, DesignState, SealState
from skills.kernel.acts import Act, action
from skills.kernel.canon import digest, plain
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send

OPEN = (DesignState.DRAFTED, DesignState.SUBMITTED, DesignState.APPROVED)


@dataclass(frozen=True)
class Saved:
    """A design in draft."""

    design_id: str
    version: int


@dataclass(frozen=True)
class Uploaded:
    """A seal that waits for a second person."""

    seal_id: str


@action("design.save", may="design.draft")
def save(
    act: Act, organisation_id: str, look: Look, logo: bytes | None = None, keep_logo: bool = True
) -> Saved:
    """Draw up the next version of a body's design, or change the one in draft.

    logo       a picture made by `pictures.logo`; None leaves what is there, or nothing if `keep_logo` is false
    Raises Refusal("design.refused") with every finding, "design.one_at_a_time", "picture.not_ours".
    """
    act.require("design.draft", organisation_id)
    may_print(look).or_refuse()
    if logo is not None and not pictures.is_clean(logo):
        raise Refusal("picture.not_ours")
    row = _open_one(act, organisation_id, look.kind)
    if row is None:
        last = act.db.scalar(
            select(func.max(DesignRow.version)).where(
                DesignRow.organisation_id == organisation_id, DesignRow.kind == look.kind
            )
        )
        before = _in_use(act, organisation_id, look.kind)
        row = act.add(
            DesignRow(
                id=act.new_id(), organisation_id=organisation_id, kind=look.kind, version=(last or 0) + 1,
                state=DesignState.DRAFTED, look={}, logo=before.logo if before is not None else None, drafted_by="",
                drafted_at=act.at, reason="",
            )
        )  # fmt: skip
    elif row.state != DesignState.DRAFTED:
        zh, en = DESIGN.words[DesignState(row.state)]
        raise Refusal("design.one_at_a_time", version=row.version, state=zh, state_en=en)
    row.look = cast("dict[str, Any]", plain(look))
    row.logo = logo if logo is not None else row.logo if keep_logo else None
    row.drafted_by, row.drafted_at = act.actor.account, act.at
    act.note("design.save", id=row.id, version=row.version, look=digest(look))
    return Saved(row.id, row.version)


@action("design.submit", may="design.submit")
def submit(act: Act, design_id: str) -> None:
    """Hand a design in for approval, as another person than the one who last changed it."""
    row = _mine(act, design_id)
    if row.drafted_by == act.actor.account:
        raise Refusal("design.second_person")
    lost = fonts.missing("".join(str(row.look[name]) for name in LONGEST) + "".join(f["zh"] + f["en"] for f in row.look["fields"]))
    if lost:
        points = " ".join(f"U+{ord(c):04X}" for c in lost)
        raise Refusal("certificate.glyph_missing", characters="".join(lost), code_points=points)
    act.move(row, DESIGN, "submit", submitted_by=act.actor.account, submitted_at=act.at, reason="")


@action("design.send_back", may="design.decide")
def send_back(act: Act, design_id: str, reason: str) -> None:
    """Send a design back, saying what has to be changed."""
    row = _decided(act, design_id)
    if not reason.strip():
        raise Refusal("design.reason_needed")
    act.move(row, DESIGN, "send_back", decided_by=act.actor.account, decided_at=act.at, reason=reason.strip()[:400])
    send(act, organisation_id=row.organisation_id, code="design.sent_back", version=row.version, reason=row.reason)


@action("design.approve", may="design.decide")
def approve(act: Act, design_id: str) -> None:
    """Agree that a body prints its certificates with a design."""
    row = _decided(act, design_id)
    act.move(row, DESIGN, "approve", decided_by=act.actor.account, decided_at=act.at, reason="")
    act.note("design.face", id=row.id, look=digest(row.look), logo=_digest(row.logo))
    send(act, organisation_id=row.organisation_id, code="design.approved", version=row.version)


@action("design.use", may="design.submit", step_up=True)
def use(act: Act, design_id: str) -> None:
    """Print with an approved design from now on; the one before it ends. What is printed already stays as it is."""
    row = _mine(act, design_id)
    DESIGN.check(row.state, "use")
    before = _in_use(act, row.organisation_id, row.kind)
    if before is not None:
        act.move(before, DESIGN, "withdraw", ended_at=act.at)
    act.move(row, DESIGN, "use", used_from=act.at)


@action("design.withdraw", may="design.submit")
def withdraw(act: Act, design_id: str) -> None:
    """Give a design up; without another the house's own is printed."""
    act.move(_mine(act, design_id), DESIGN, "withdraw", ended_at=act.at)


@action("seal.upload", may="design.draft")
def upload_seal(act: Act, organisation_id: str, picture: bytes) -> Uploaded:
    """Put the picture of a body's 证书专用章 forward; it is printed when another person has confirmed it.

    picture  made by `pictures.seal`
    """
    act.require("design.draft", organisation_id)
    if not pictures.is_clean(picture):
        raise Refusal("picture.not_ours")
    waiting = _seal(act, organisation_id, SealState.UPLOADED)
    if waiting is not None:
        act.move(waiting, SEAL, "withdraw", ended_at=act.at)
    row = act.add(
        SealPicture(
            id=act.new_id(), organisation_id=organisation_id, state=SealState.UPLOADED, picture=picture,
            digest=_digest(picture), uploaded_by=act.actor.account, uploaded_at=act.at, reason="",
        )
    )  # fmt: skip
    act.note("seal.upload", id=row.id, picture=row.digest)
    return Uploaded(row.id)


@action("seal.confirm", may="design.submit", step_up=True)
def confirm_seal(act: Act, seal_id: str) -> None:
    """Confirm, as a second person, that this is the body's seal; one confirmed before is withdrawn."""
    row = _my_seal(act, seal_id)
    if row.uploaded_by == act.actor.account:
        raise Refusal("seal.second_person")
    SEAL.check(row.state, "confirm")
    before = _seal(act, row.organisation_id, SealState.CONFIRMED)
    if before is not None:
        act.move(before, SEAL, "withdraw", ended_at=act.at)
    act.move(row, SEAL, "confirm", confirmed_by=act.actor.account, confirmed_at=act.at)


@action("seal.withdraw", may="design.submit")
def withdraw_seal(act: Act, seal_id: str, reason: str) -> None:
    """Print a seal no longer."""
    row = _my_seal(act, seal_id)
    act.move(row, SEAL, "withdraw", ended_at=act.at, reason=reason.strip()[:400])


def end_seals(act: Act, organisation_id: str, reason: str) -> None:
    """Withdraw a body's seal inside the caller's act: it goes with the filing."""
    for state in (SealState.UPLOADED, SealState.CONFIRMED):
        row = _seal(act, organisation_id, state)
        if row is not None:
            act.move(row, SEAL, "withdraw", ended_at=act.at, reason=reason[:400])


def _open_one(act: Act, organisation_id: str, kind: Kind) -> DesignRow | None:
    return act.db.scalars(
        select(DesignRow).where(
            DesignRow.organisation_id == organisation_id, DesignRow.kind == kind, DesignRow.state.in_(OPEN)
        )
    ).one_or_none()


def _in_use(act: Act, organisation_id: str, kind: str) -> DesignRow | None:
    return act.find(DesignRow, organisation_id=organisation_id, kind=kind, state=DesignState.IN_USE)


def _seal(act: Act, organisation_id: str, state: SealState) -> SealPicture | None:
    return act.find(SealPicture, organisation_id=organisation_id, state=state)


def _mine(act: Act, design_id: str) -> DesignRow:
    row = act.get(DesignRow, id=design_id)
    if not act.actor.may("design.submit", row.organisation_id):
        raise Missing("certificate_design.unknown")
    return row


def _decided(act: Act, design_id: str) -> DesignRow:
    """A design to decide on: never by someone who drew it up or handed it in."""
    row = act.get(DesignRow, id=design_id)
    if act.actor.account in (row.drafted_by, row.submitted_by):
        raise Refusal("design.own_work")
    return row


def _my_seal(act: Act, seal_id: str) -> SealPicture:
    row = act.get(SealPicture, id=seal_id)
    if not act.actor.may("design.submit", row.organisation_id):
        raise Missing("certificate_seal.unknown")
    return row


def _digest(data: bytes | None) -> str:
    return hashlib.sha256(data).hexdigest() if data else ""
