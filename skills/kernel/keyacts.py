"""Changes of the key ring, on record: an audit entry and an entry in the public log for each.

The ring is a file, the record is in the database; each step can be repeated after a crash and is done once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from skills.kernel import log
from skills.kernel.actors import SYSTEM
from skills.kernel.acts import Act, Office, action
from skills.kernel.clock import shanghai_day
from skills.kernel.errors import Missing, Refusal
from skills.kernel.keyfiles import raw_of
from skills.kernel.keys import FOR_LIFE, KeyFact, KeyMissing, KeyRing
from skills.kernel.leaves import day_leaf, key_leaf
from skills.kernel.log import Sealer


@dataclass(frozen=True)
class Turned:
    """After a change: the key in use for the purpose."""

    purpose: str
    kid: str


@action("keys.record", may="system.keys")
def record(act: Act, event: str, kid: str, reason: str = "") -> None:
    """Put on record what happened to a key: made, rotated (it takes over) or compromised."""
    ring = act.using(KeyRing)
    fact = ring.fact(kid)
    leaf = key_leaf(event, fact.purpose, fact.algorithm, _public(ring, fact), act.at)
    log.enqueue(act.db, log.CERTIFICATES, f"key:{event}:{kid}", leaf, act.at)
    act.note(f"key.{event}", kid=kid, purpose=fact.purpose, leaf=leaf.hex(), reason=reason)


@action("log.mark_day", may="system.jobs")
def mark_day(act: Act, day: date) -> None:
    """Begin a day in the public log, so that a log that stands still is noticed."""
    log.enqueue(act.db, log.CERTIFICATES, f"day:{day.isoformat()}", day_leaf(day), act.at)
    act.note("log.day", day=day)


def begin_day(office: Office) -> None:
    """Mark today, once, however often it is asked."""
    day = shanghai_day(office.clock.now())
    office.perform(mark_day, actor=SYSTEM, key=f"day:{day.isoformat()}", day=day)


def record_made(office: Office, ring: KeyRing) -> int:
    """Put every key on record that is not yet: after `skills init`. How many there are."""
    kids = [fact.kid for fact in ring.facts() if fact.since]
    for kid in kids:
        _record(office, "made", kid)
    return len(kids)


def rotate(office: Office, ring: KeyRing, sealer: Sealer, purpose: str) -> Turned:
    """Let a new key take over. The log names the new key before it is used: a monitor can follow.

    Raises Missing("key.unknown"), Refusal("key.for_life").
    """
    _changeable(ring, purpose)
    fresh = ring.prepare(purpose, office.source)
    _record(office, "rotated", fresh.kid)
    sealer.seal_all()
    ring.activate(fresh.kid, office.clock.now())
    return Turned(purpose, fresh.kid)


def compromise(office: Office, ring: KeyRing, sealer: Sealer, kid: str, reason: str) -> Turned:
    """Declare a key stolen, let a new one take over if it was in use, and put both on record.

    Raises Missing("key.unknown"), Refusal("key.for_life" | "key.reason_needed").
    """
    try:
        purpose = ring.fact(kid).purpose
    except KeyMissing:
        raise Missing("key.unknown") from None
    _changeable(ring, purpose)
    if not reason.strip():
        raise Refusal("key.reason_needed")
    heir = ring.compromise(kid, office.clock.now(), office.source)
    _record(office, "compromised", kid, reason.strip()[:200])
    _record(office, "made", heir.kid)
    sealer.seal_all()
    return Turned(purpose, heir.kid)


def _record(office: Office, event: str, kid: str, reason: str = "") -> None:
    office.perform(record, actor=SYSTEM, key=f"keys:{event}:{kid}", event=event, kid=kid, reason=reason)


def _changeable(ring: KeyRing, purpose: str) -> None:
    try:
        ring.active(purpose)
    except KeyMissing:
        raise Missing("key.unknown") from None
    if purpose in FOR_LIFE:
        raise Refusal("key.for_life", purpose=purpose)


def _public(ring: KeyRing, fact: KeyFact) -> bytes:
    """The raw public key; of a secret key only its name."""
    if fact.algorithm == "secret":
        return fact.kid.encode()
    return raw_of(ring.public(fact.kid))
