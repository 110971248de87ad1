"""What a QR code is worth, decided from its bytes, the published keys and a status list (pure).

`static/credentials/verdict.js` decides the same in a browser; `tests/credentials/vectors.json` binds the two.
Nothing fails open: whatever cannot be checked ends as NOT_GENUINE or as a GENUINE_STATUS_… verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric import ec

from skills.credentials import cbor, cose, statuslist
from skills.credentials.cose import NotGenuine, QrPayload
from skills.credentials.statuslist import Status

KEYS_LIFE_SECONDS = 7 * 86400
CLOCK_SKEW_SECONDS = 300
STEPS = ("format", "key", "signature", "number", "window", "dates", "status")
# Why a code is NOT_GENUINE, and the step at which that shows.
REASONS = {
    "empty": "format",
    "too_long": "format",
    "encoding": "format",
    "format": "format",
    "algorithm": "format",
    "unknown_key": "key",
    "revoked_key": "key",
    "signature": "signature",
    "other_number": "number",
    "key_window": "window",
}


class State(StrEnum):
    """The verdicts people see."""

    VALID = "VALID"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"
    SUSPENDED = "SUSPENDED"
    SUPERSEDED = "SUPERSEDED"
    NOT_YET_VALID = "NOT_YET_VALID"
    GENUINE_STATUS_OLD = "GENUINE_STATUS_OLD"
    GENUINE_STATUS_UNKNOWN = "GENUINE_STATUS_UNKNOWN"
    GENUINE_BY_LOG = "GENUINE_BY_LOG"
    NOT_GENUINE = "NOT_GENUINE"


@dataclass(frozen=True)
class PublishedKey:
    """A key as `/keys.json` tells it. Times are epoch seconds; `until` None = still in use."""

    purpose: str
    public: ec.EllipticCurvePublicKey
    since: int
    until: int | None = None
    revoked: bool = False

    def covers(self, moment: int) -> bool:
        """Whether the key was in use at a moment."""
        return self.since <= moment and (self.until is None or moment <= self.until)


@dataclass(frozen=True)
class Judgement:
    """A verdict with its steps: each True (passed), False (failed) or None (not reached or not known).

    `status_as_of` is the moment the status list was made, None without a list that can be trusted.
    `payload` is what the QR says; present only when the signature holds.
    """

    state: State
    reason: str = ""
    steps: Mapping[str, bool | None] = field(default_factory=dict)
    payload: QrPayload | None = None
    status_as_of: int | None = None


@dataclass(frozen=True)
class StatusAnswer:
    """What is known of a certificate's status. `freshness` is VALID or one of the GENUINE_STATUS_… verdicts."""

    status: Status | None
    freshness: State
    as_of: int | None

    @property
    def passed(self) -> bool | None:
        """The step: good and fresh, bad, or not known."""
        if self.status is None or (self.status is Status.VALID and self.freshness is not State.VALID):
            return None
        return self.status is Status.VALID


def judge(
    fragment: str,
    number: str,
    *,
    keys: Mapping[str, PublishedKey],
    keys_fetched_at: int,
    lists: Mapping[int, bytes],
    public_base: str,
    now: int,
    before_theft: bool = False,
) -> Judgement:
    """What the code at `/v/<number>#<fragment>` is worth at `now` (epoch seconds).

    keys    by kid in hex, as published; older than 7 days they no longer prove that nothing was revoked
    lists   signed phone lists by list number; a missing one means the status is unknown
    before_theft  the issuer's log held this certificate before its key was declared stolen: a stolen key's signature
                  alone proves nothing, the log does
    """
    steps: dict[str, bool | None] = dict.fromkeys(STEPS)
    try:
        payload = _genuine(fragment, number, keys, steps, before_theft)
    except NotGenuine as no:
        steps[REASONS[no.reason]] = False
        return Judgement(State.NOT_GENUINE, no.reason, steps)

    steps["dates"] = payload.issued_at <= now + CLOCK_SKEW_SECONDS and (
        payload.expires_at is None or now < payload.expires_at
    )
    answer = status_of(payload.status_index, keys, keys_fetched_at, lists, public_base, now)
    steps["status"] = answer.passed
    state = concluded(payload.issued_at, payload.expires_at, answer, now)
    if steps["key"] is False and state is State.VALID:
        state = State.GENUINE_BY_LOG
    return Judgement(state, "", steps, payload, answer.as_of)


def _genuine(
    fragment: str, number: str, keys: Mapping[str, PublishedKey], steps: dict[str, bool | None], before_theft: bool
) -> QrPayload:
    """The payload if it is ours and belongs to this number. Marks the steps passed; raises `NotGenuine`."""
    if not fragment:
        raise NotGenuine("empty")

    def find(kid: bytes) -> ec.EllipticCurvePublicKey:
        steps["format"] = True
        key = _key(keys, kid, "qr", stolen=before_theft)
        steps["key"] = not key.revoked
        return key.public

    signed = cose.open_signed(cose.message_of(fragment), find)
    steps["signature"] = True
    if signed.typ is not None:
        raise NotGenuine("format")
    payload = cose.read_payload(signed.payload)
    if payload.number != number:
        raise NotGenuine("other_number")
    steps["number"] = True
    if not keys[signed.kid.hex()].covers(payload.issued_at):
        raise NotGenuine("key_window")
    steps["window"] = True
    return payload


def _key(keys: Mapping[str, PublishedKey], kid: bytes, purpose: str, stolen: bool = False) -> PublishedKey:
    key = keys.get(kid.hex())
    if key is None or key.purpose != purpose:
        raise NotGenuine("unknown_key")
    if key.revoked and not stolen:
        raise NotGenuine("revoked_key")
    return key


def status_of(
    index: int,
    keys: Mapping[str, PublishedKey],
    keys_fetched_at: int,
    lists: Mapping[int, bytes],
    public_base: str,
    now: int,
) -> StatusAnswer:
    """What a trustworthy list says of a certificate's status index, and how far it may be believed."""
    answer = _listed(index, keys, lists, public_base, now)
    if now - keys_fetched_at > KEYS_LIFE_SECONDS:
        return StatusAnswer(answer.status or None, State.GENUINE_STATUS_UNKNOWN, answer.as_of)
    return answer


def _listed(
    index: int, keys: Mapping[str, PublishedKey], lists: Mapping[int, bytes], public_base: str, now: int
) -> StatusAnswer:
    unknown = StatusAnswer(None, State.GENUINE_STATUS_UNKNOWN, None)
    number, entry = statuslist.place(index)
    if number not in lists:
        return unknown
    find: Callable[[bytes], ec.EllipticCurvePublicKey] = lambda kid: _key(keys, kid, "status").public  # noqa: E731
    try:
        phone = statuslist.open_phone_list(lists[number], find)
    except (NotGenuine, cbor.NotStrict):
        return unknown
    if phone.uri != statuslist.list_uri(public_base, number) or not keys[phone.kid.hex()].covers(phone.made_at):
        return unknown
    if phone.made_at > now + CLOCK_SKEW_SECONDS:  # this device's clock is behind: no age can be told
        return unknown
    if now >= phone.expires_at:
        freshness = State.GENUINE_STATUS_UNKNOWN
    elif now > phone.fresh_until:
        freshness = State.GENUINE_STATUS_OLD
    else:
        freshness = State.VALID
    return StatusAnswer(phone.at(entry), freshness, phone.made_at)


def concluded(issued_at: int, expires_at: int | None, answer: StatusAnswer, now: int) -> State:
    """The verdict on a genuine certificate. Bad news stands however old the list is; good news only while it is fresh.

    Times are epoch seconds; `expires_at` is the first invalid second.
    """
    match answer.status:
        case Status.REVOKED:
            return State.REVOKED
        case Status.SUPERSEDED:
            return State.SUPERSEDED
        case Status.SUSPENDED:
            return State.SUSPENDED
    if expires_at is not None and now >= expires_at:
        return State.EXPIRED
    if issued_at > now + CLOCK_SKEW_SECONDS:
        return State.NOT_YET_VALID
    return answer.freshness
