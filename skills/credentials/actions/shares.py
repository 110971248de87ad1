"""A holder's links: made with chosen fields and an end, ended at any time, each on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from skills.credentials.models import Certificate, ShareLink
from skills.credentials.rules import shares as rules
from skills.credentials.states import SHARE, ShareState
from skills.kernel.acts import ANYONE, Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.standards.queries import value


@dataclass(frozen=True)
class Shared:
    """A link. Its address is read from the page: what an act answers is kept, and a token must not be."""

    share_id: str


@action("share.make", may=ANYONE)
def make(act: Act, number: str, fields: tuple[str, ...], days: int) -> Shared:
    """Make a link to chosen fields of one's own certificate, for so many days."""
    return make_as(act, act.actor.person, number, fields, days)


def make_as(act: Act, person_id: str | None, number: str, fields: tuple[str, ...], days: int) -> Shared:
    """The same in somebody's name, inside the caller's act."""
    rules.may_share(fields, days, value(act.db, "share.longest_days", act.today)).or_refuse()
    return _make(act, _own(act, person_id, number), fields, timedelta(days=days))


@action("share.to_wallet", may=ANYONE)
def to_wallet(act: Act, number: str) -> Shared:
    """Make a link under which a wallet fetches the credential, for a quarter of an hour."""
    return _make(act, _own(act, act.actor.person, number), rules.WALLET, timedelta(minutes=rules.WALLET_MINUTES))


@action("share.end", may=ANYONE)
def end(act: Act, share_id: str) -> None:
    """Stop sharing: the link leads nowhere from now on."""
    end_as(act, act.actor.person, share_id)


def end_as(act: Act, person_id: str | None, share_id: str) -> None:
    """The same in somebody's name, inside the caller's act."""
    row = act.get(ShareLink, id=share_id)
    certificate = act.get(Certificate, id=row.certificate_id)
    if certificate.person_id != person_id:
        raise Missing("certificate_share.unknown")
    act.move(row, SHARE, "end", ended_at=act.at)


def _own(act: Act, person_id: str | None, number: str) -> Certificate:
    row = act.find(Certificate, number=number)
    if row is None or person_id is None or row.person_id != person_id:
        raise Missing("certificate.unknown")
    return row


def _make(act: Act, certificate: Certificate, fields: tuple[str, ...], life: timedelta) -> Shared:
    token, share_id = act.new_code(26), act.new_id()
    act.add(
        ShareLink(
            id=share_id, certificate_id=certificate.id, state=ShareState.LIVE, fields=sorted(set(fields)),
            token=act.using(Box).seal(token, rules.place(share_id)), token_digest=rules.token_digest(token), made_at=act.at,
            expires_at=act.at + life, opens=0,
        )
    )  # fmt: skip
    act.note("share.make", id=share_id, certificate=certificate.id, fields=",".join(sorted(set(fields))))
    return Shared(share_id)
