"""The inbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import request
from flask.typing import ResponseReturnValue

from skills.messages import actions
from skills.messages.queries import MessageLine, inbox, unread
from skills.web.forms import OrderForm
from skills.web.i18n import sentence
from skills.web.pages import SIGNED_IN, MenuEntry, Room, db, go, lang, me, perform, show

room = Room("messages", __name__)
FACES = [room]
MENU = [
    MenuEntry("me", "/inbox", "bell", "消息", "Messages"),
    MenuEntry("org", "/inbox", "bell", "消息", "Messages"),
    MenuEntry("ent", "/inbox", "bell", "消息", "Messages"),
]
PAGE = 30


@dataclass(frozen=True)
class Shown:
    """A message in the reader's language."""

    id: str
    text: str
    todo: str
    sent_at: datetime
    unread: bool
    href: str = ""
    link: str = ""


def _shown(line: MessageLine) -> Shown:
    said = sentence(line.code, line.facts, lang())
    return Shown(line.id, said.text, said.todo, line.sent_at, line.unread, said.href, said.link)


@room.get("/inbox", may=SIGNED_IN)
def listing() -> ResponseReturnValue:
    """What was told to me."""
    lines = inbox(db(), me().actor, before=request.args.get("before"), most=PAGE)
    more = lines[-1].id if len(lines) == PAGE else None
    return show("messages/inbox.html", lines=[_shown(line) for line in lines], more=more, waiting=unread(db(), me().actor))


@room.post("/inbox/<message_id>/read", does=actions.read)
def read(message_id: str) -> ResponseReturnValue:
    """Mark as read."""
    perform(actions.read, OrderForm().key.data, message_id=message_id)
    return go("messages.listing")


@room.api("GET", "/me/messages", may=SIGNED_IN, answers=list[Shown])
def api_inbox() -> list[Shown]:
    """What was told to me."""
    return [_shown(line) for line in inbox(db(), me().actor)]
