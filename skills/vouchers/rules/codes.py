"""Codes under which a voucher is presented at a counter: what they consist of and which counts (pure).

A code is four characters that find its row and four that change with time (`kernel.steps`). A slip of paper has a code of
the same shape that stays, since paper cannot change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from skills.kernel import steps
from skills.vouchers.states import CodeState

HALF = 4
FIXED = 0  # the step of a code that stays


class CodeKind(StrEnum):
    """Where a code stands."""

    SCREEN = "screen"
    SLIP = "slip"


class Hand(StrEnum):
    """Whose hand did something for a holder: the holder's own, a relative's 亲情代办, the counter's 窗口代办,
    or the institution's, which corrects a result and so puts a use back that the holder had made."""

    SELF = ""
    FAMILY = "family"
    COUNTER = "counter"
    INSTITUTION = "institution"


HAND_WORDS: Mapping[str, tuple[str, str]] = {
    Hand.FAMILY: ("亲属代办", "by your relative"),
    Hand.COUNTER: ("窗口代办", "at the counter"),
    Hand.INSTITUTION: ("机构更正结业结果，恢复用券", "used again: the institution corrected your result"),
}

# Refusals that count as a miss: what somebody meets who tries codes, or tries one again.
MISSES = frozenset(
    {
        "voucher_code.unknown", "voucher_code.rotated_out", "voucher_code.used", "voucher_code.revoked",
        "voucher_code.ended",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """What is known of a code's row when somebody presents it."""

    kind: str
    state: str
    shown_at: datetime
    ends_at: datetime


def bound_to(code_id: str, voucher_id: str, person_id: str) -> str:
    """What the changing half is made over: this row, this voucher, this person."""
    return f"voucher:{code_id}:{voucher_id}:{person_id}"


def text_of(secret: bytes, handle: str, bound: str, kind: str, now: datetime) -> str:
    """The whole code as it reads now."""
    return handle + steps.code(secret, bound, FIXED if kind == CodeKind.SLIP else steps.step_of(now), HALF)


def halves(typed: str) -> tuple[str, str] | None:
    """(handle, changing half) of what was typed or scanned; None if it has not the shape of a code.

    The QR code holds an address that ends in "#" and the code.
    """
    code = steps.read(typed.rpartition("#")[2])
    if len(code) != 2 * HALF or not set(code) <= set(steps.ALPHABET):
        return None
    return code[:HALF], code[HALF:]


def judge(held: Standing, half: str, secret: bytes, bound: str, now: datetime) -> str:
    """What is to be said of a code: empty if it counts, else the refusal's code.

    Whoever does not hold a code that was right once learns nothing: "unknown", whatever the row says.
    """
    if held.kind == CodeKind.SLIP:
        if not steps.matches(secret, bound, half, FIXED, good=1, length=HALF):
            return "voucher_code.unknown"
        fresh = now < held.ends_at
        late = "voucher_code.ended"
    else:
        latest = steps.step_of(min(now, held.ends_at))
        life = latest - steps.step_of(held.shown_at) + 1
        ago = steps.steps_ago(secret, bound, half, latest, look_back=max(life, 1), length=HALF)
        if ago is None:
            return "voucher_code.unknown"
        fresh = now < held.ends_at and ago < steps.STEPS_GOOD
        late = "voucher_code.rotated_out"
    if held.state == CodeState.USED:
        return "voucher_code.used"
    if held.state == CodeState.REVOKED:
        return "voucher_code.revoked"
    return "" if fresh else late
