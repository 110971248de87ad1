"""亲情代办: the people who let one act for them, and acting for one of them."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from skills.accounts import actions
from skills.accounts.actions.own import HELP, Helping
from skills.accounts.queries import helped_by, helper_of
from skills.web import pages
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import SIGNED_IN, Room, db, go, house, me, perform, show, tell

room = Room("family", __name__)


@room.get("/me/family", may=HELP)
def overview() -> ResponseReturnValue:
    """Whom I may help, and who may help me."""
    person = me().person_id
    return show("accounts/family.html", helped=helped_by(db(), person), helper=helper_of(db(), person))


@room.post("/me/family/<delegation_id>/begin", does=actions.begin_helping)
def begin(delegation_id: str) -> ResponseReturnValue:
    """Act for one of them from now on."""
    done = perform(actions.begin_helping, OrderForm().key.data, delegation_id=delegation_id)
    _act_as(done.delegation_id)
    tell("现在是代办：每一项都会告诉本人", "You are acting for them now: they are told of every step")
    return go("vouchers.wallet")


@room.post("/me/family/end", may=SIGNED_IN)
def end() -> ResponseReturnValue:
    """Act for oneself again."""
    _act_as(None)
    tell("代办已结束，现在是您自己", "You act for yourself again")
    return go("family.overview")


@room.api("POST", "/me/family/<delegation_id>/begin", does=actions.begin_helping, answers=Helping)
def begin_to_help(delegation_id: str) -> Helping:
    """Act in the name of somebody who lets one, with this session, from now on."""
    done = perform(actions.begin_helping, request_key(), delegation_id=delegation_id)
    _act_as(done.delegation_id)
    return done


@room.api("POST", "/me/family/end", may=SIGNED_IN, answers=None, keyless=True)
def stop_helping() -> None:
    """Act for oneself again."""
    _act_as(None)


def _act_as(permission: str | None) -> None:
    held = pages.session()
    if held is not None:
        house().sessions.act_as(held.id, permission)
