"""Institutions whose scanning is locked: the authority looks into it and unlocks."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.vouchers.actions import codes
from skills.vouchers.actions.codes import UNLOCK, Locked
from skills.vouchers.queries import codes as shown
from skills.vouchers.queries.codes import LockLine
from skills.web.forms import OrderForm, TextField
from skills.web.openapi import request_key
from skills.web.pages import Room, db, go, me, office, perform, show, tell

room = Room("scan_locks", __name__)


class LiftForm(OrderForm):
    """What was found."""

    reason = TextField()


@room.get("/gov/scan-locks", may=UNLOCK)
def listing() -> ResponseReturnValue:
    """Those that hold first, then the latest."""
    return show("vouchers/locks.html", lines=_lines(), form=LiftForm())


@room.post("/gov/scan-locks/<lock_id>/lift", does=codes.lift_lock, name="lift")
def lift(lock_id: str) -> ResponseReturnValue:
    form = LiftForm()
    perform(codes.lift_lock, form.key.data, lock_id=lock_id, reason=form.reason.data or "")
    tell("已解锁，该机构已收到消息", "Unlocked; the institution was told")
    return go("scan_locks.listing")


class LiftBody(BaseModel):
    """What was found."""

    reason: str = Field(min_length=1, max_length=400)


@room.api("GET", "/scan-locks", may=UNLOCK, answers=list[LockLine])
def list_locks() -> list[LockLine]:
    """Institutions whose scanning is locked, or was lately."""
    return _lines()


@room.api("POST", "/scan-locks/<lock_id>/lift", does=codes.lift_lock, body=LiftBody, answers=Locked)
def lift_scan_lock(lock_id: str, body: LiftBody) -> Locked:
    """Open an institution's scanning again before its time."""
    return perform(codes.lift_lock, request_key(), lock_id=lock_id, reason=body.reason)


def _lines() -> list[LockLine]:
    return shown.locks(db(), me().actor.districts_for(UNLOCK), office().clock.now())
