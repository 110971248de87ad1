"""Learners' cards and rooms' terminals: the learner, the institution, the counter, and the device that nobody is signed in at."""

from __future__ import annotations

from flask import Response, make_response, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.courses.actions import cards as acts
from skills.courses.actions.attendance import MANAGE, SCAN
from skills.courses.actions.cards import COUNTER, CardEnded, CardMade, PinSet, Presented, Terminal
from skills.courses.queries import cards as queries
from skills.courses.queries.cards import TerminalLine
from skills.courses.states import CARD, CardState
from skills.courses.views.attendance import now, words
from skills.kernel import steps
from skills.kernel.errors import Refusal
from skills.kernel.keys import KeyRing
from skills.people.queries import person
from skills.web.forms import OrderForm
from skills.web.i18n import tell_refusal
from skills.web.limits import limiter
from skills.web.openapi import request_key
from skills.web.pages import PUBLIC, Room, db, fresh_key, go, lang, me, perform, say, settings, show, tell, tool
from skills.web.qr import qr

room = Room("cards", __name__)
CHIPS = {CardState.LIVE: "ok", CardState.REPLACED: "idle", CardState.BLOCKED: "bad"}
room.context_processor(
    lambda: words() | {"card_chip": lambda state: (CHIPS[CardState(state)], say(*CARD.words[CardState(state)]))}
)


def _private(page: str | ResponseReturnValue) -> Response:
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _paper(name: str, number: str, back: str) -> Response:
    """The card as it is printed: name, number, QR code. No PIN: the learner alone knows it."""
    drawn = qr(number, say("学员卡号", "Card number"))
    return _private(show("courses/cards/paper.html", name=name, grouped=steps.shown(number), qr=drawn, back=back))


def _pin() -> str:
    """The PIN, typed twice alike. Raises Refusal("card_pin.differs")."""
    pin = request.form.get("pin", "")[:40]
    if pin != request.form.get("again", "")[:40]:
        raise Refusal("card_pin.differs")
    return pin


# The learner -------------------------------------------------------------------------------------------------------


@room.get("/me/card", may=SCAN, name="own")
def own() -> ResponseReturnValue:
    """One's own card: whether it counts, the PIN, and how to block it."""
    return _private(show("courses/cards/own.html", c=queries.card_of(db(), me().person_id)))


@room.post("/me/card/pin", does=acts.set_pin, name="set_pin")
def set_pin() -> ResponseReturnValue:
    perform(acts.set_pin, OrderForm().key.data, pin=_pin())
    tell("密码已设置，只有您知道", "The PIN is set; you alone know it")
    return go("cards.own")


@room.post("/me/card/block", does=acts.block, name="block")
def block() -> ResponseReturnValue:
    perform(acts.block, OrderForm().key.data)
    tell("学员卡已挂失", "The card is blocked")
    return go("cards.own")


# The institution ---------------------------------------------------------------------------------------------------


@room.get("/org/cards/<enrolment_id>", may=MANAGE, name="of_learner")
def of_learner(enrolment_id: str) -> ResponseReturnValue:
    """The card of a learner: print it anew, block it. Whether a PIN is set is seen; the PIN is not."""
    found = queries.learner_of(db(), enrolment_id, me().actor.organisations_for(MANAGE))
    return _private(show("courses/cards/learner.html", c=found.card, held=found, enrolment_id=enrolment_id))


@room.post("/org/cards/<enrolment_id>/print", does=acts.print_for, name="print_for")
def print_for(enrolment_id: str) -> ResponseReturnValue:
    done = perform(acts.print_for, OrderForm().key.data, enrolment_id=enrolment_id)
    found = queries.learner_of(db(), enrolment_id, me().actor.organisations_for(MANAGE))
    return _paper(found.card.name, done.number, url_for("cards.of_learner", enrolment_id=enrolment_id))


@room.post("/org/cards/<enrolment_id>/block", does=acts.block_for, name="block_for")
def block_for(enrolment_id: str) -> ResponseReturnValue:
    perform(acts.block_for, OrderForm().key.data, enrolment_id=enrolment_id)
    tell("学员卡已挂失，学员会收到消息", "The card is blocked; the learner is told")
    return go("cards.of_learner", enrolment_id=enrolment_id)


@room.get("/org/sessions/<session_id>/terminal", may=MANAGE, name="terminal_of")
def terminal_of(session_id: str) -> ResponseReturnValue:
    """The address that the room's device opens, while it is open."""
    t = queries.terminal_of(db(), tool(KeyRing), session_id, me().actor.organisations_for(MANAGE), now())
    address = settings().public_base + url_for("cards.terminal", terminal_id=t.terminal_id, code=t.code) if t.open else ""
    drawn = qr(address, say("教室终端地址", "Address of the terminal")) if address else ""
    return _private(show("courses/cards/terminal_of.html", t=t, address=address, qr=drawn))


@room.post("/org/sessions/<session_id>/terminal/open", does=acts.open_terminal, name="open_terminal")
def open_terminal(session_id: str) -> ResponseReturnValue:
    perform(acts.open_terminal, OrderForm().key.data, session_id=session_id)
    return go("cards.terminal_of", session_id=session_id)


@room.post("/org/sessions/<session_id>/terminal/close", does=acts.close_terminal, name="close_terminal")
def close_terminal(session_id: str) -> ResponseReturnValue:
    perform(acts.close_terminal, OrderForm().key.data, session_id=session_id)
    tell("教室终端已关闭", "The terminal is closed")
    return go("cards.terminal_of", session_id=session_id)


# The counter -------------------------------------------------------------------------------------------------------


@room.get("/gov/people/<person_id>/card", may=COUNTER, name="at_counter")
def at_counter(person_id: str) -> ResponseReturnValue:
    """For somebody who stands there: print, block, and let them type a PIN."""
    return _private(show("courses/cards/counter.html", c=queries.card_of(db(), person_id), who=person(db(), person_id)))


@room.post("/gov/people/<person_id>/card/print", does=acts.print_at_counter, name="print_at_counter")
def print_at_counter(person_id: str) -> ResponseReturnValue:
    done = perform(acts.print_at_counter, OrderForm().key.data, person_id=person_id)
    return _paper(person(db(), person_id).name, done.number, url_for("cards.at_counter", person_id=person_id))


@room.post("/gov/people/<person_id>/card/pin", does=acts.set_pin_at_counter, name="pin_at_counter")
def pin_at_counter(person_id: str) -> ResponseReturnValue:
    perform(acts.set_pin_at_counter, OrderForm().key.data, person_id=person_id, pin=_pin())
    tell("本人已设置密码", "The learner has set the PIN")
    return go("cards.at_counter", person_id=person_id)


@room.post("/gov/people/<person_id>/card/block", does=acts.block_at_counter, name="block_at_counter")
def block_at_counter(person_id: str) -> ResponseReturnValue:
    perform(acts.block_at_counter, OrderForm().key.data, person_id=person_id)
    tell("学员卡已挂失", "The card is blocked")
    return go("cards.at_counter", person_id=person_id)


# The room ----------------------------------------------------------------------------------------------------------


@room.get("/terminal/<terminal_id>/<code>", may=PUBLIC, name="terminal")
def terminal(terminal_id: str, code: str) -> ResponseReturnValue:
    """The device in the room: card, PIN. It shows nobody's name and keeps nothing."""
    return _ask(queries.terminal(db(), tool(KeyRing), terminal_id, code, now()))


def _ask(t: TerminalLine, status: int = 200, problem: object = None) -> Response:
    return _private(show("courses/cards/terminal.html", status, t=t, problem=problem, key=fresh_key()))


@room.post("/terminal/<terminal_id>/<code>", may=PUBLIC, name="present")
@limiter.limit("60 per minute")
def present(terminal_id: str, code: str) -> ResponseReturnValue:
    """Written, or why not; the page then asks for the next card by itself."""
    t = queries.terminal(db(), tool(KeyRing), terminal_id, code, now())
    try:
        done = perform(
            acts.scan_card, OrderForm().key.data, terminal_id=terminal_id, terminal_code=code,
            card=request.form.get("card", "")[:40], pin=request.form.get("pin", "")[:40],
        )  # fmt: skip
        if done.attended is None:
            raise Refusal(done.refused, left=done.left)
    except Refusal as no:
        return _ask(t, 422, tell_refusal(no, lang()))
    return _private(show("courses/cards/present.html", t=t, row=done.attended))


# Programs ----------------------------------------------------------------------------------------------------------


class PinBody(BaseModel):
    """Six digits."""

    pin: str = Field(max_length=40)


class PresentBody(PinBody):
    """What somebody presents at a terminal; `code` is the end of its address."""

    code: str = Field(max_length=40)
    card: str = Field(max_length=40)


@room.api("POST", "/card/pin", does=acts.set_pin, body=PinBody, answers=PinSet)
def set_card_pin(body: PinBody) -> PinSet:
    """Set the PIN of one's own card."""
    return perform(acts.set_pin, request_key(), pin=body.pin)


@room.api("POST", "/card/block", does=acts.block, answers=CardEnded)
def block_card() -> CardEnded:
    """Block one's own lost card."""
    return perform(acts.block, request_key())


@room.api("POST", "/enrolments/<enrolment_id>/card", does=acts.print_for, answers=CardMade, status=201)
def print_card(enrolment_id: str) -> CardMade:
    """Make a learner's card; an earlier one counts no more."""
    return perform(acts.print_for, request_key(), enrolment_id=enrolment_id)


@room.api("POST", "/enrolments/<enrolment_id>/card/block", does=acts.block_for, answers=CardEnded)
def block_learner_card(enrolment_id: str) -> CardEnded:
    """Block the lost card of a learner of one's own class."""
    return perform(acts.block_for, request_key(), enrolment_id=enrolment_id)


@room.api("POST", "/people/<person_id>/card", does=acts.print_at_counter, answers=CardMade, status=201)
def print_card_at_counter(person_id: str) -> CardMade:
    """Make the card of somebody who is present at the counter."""
    return perform(acts.print_at_counter, request_key(), person_id=person_id)


@room.api("POST", "/people/<person_id>/card/pin", does=acts.set_pin_at_counter, body=PinBody, answers=PinSet)
def set_card_pin_at_counter(person_id: str, body: PinBody) -> PinSet:
    """Set the PIN that somebody typed who is present at the counter."""
    return perform(acts.set_pin_at_counter, request_key(), person_id=person_id, pin=body.pin)


@room.api("POST", "/people/<person_id>/card/block", does=acts.block_at_counter, answers=CardEnded)
def block_card_at_counter(person_id: str) -> CardEnded:
    """Block the lost card of somebody who is present at the counter."""
    return perform(acts.block_at_counter, request_key(), person_id=person_id)


@room.api("POST", "/sessions/<session_id>/terminal", does=acts.open_terminal, answers=Terminal, status=201)
def open_room_terminal(session_id: str) -> Terminal:
    """Open the terminal of a session of one's own class."""
    return perform(acts.open_terminal, request_key(), session_id=session_id)


@room.api("GET", "/sessions/<session_id>/terminal", may=MANAGE, answers=TerminalLine)
def read_room_terminal(session_id: str) -> TerminalLine:
    """The terminal of a session and the secret end of its address."""
    return queries.terminal_of(db(), tool(KeyRing), session_id, me().actor.organisations_for(MANAGE), now())


@room.api("POST", "/sessions/<session_id>/terminal/close", does=acts.close_terminal, answers=Terminal)
def close_room_terminal(session_id: str) -> Terminal:
    """Close it."""
    return perform(acts.close_terminal, request_key(), session_id=session_id)


@room.api("POST", "/terminals/<terminal_id>/attendance", may=PUBLIC, body=PresentBody, answers=Presented)
@limiter.limit("60 per minute")
def present_card(terminal_id: str, body: PresentBody) -> Presented:
    """Present card and PIN at a terminal; a wrong PIN is an answer that tells how many tries are left."""
    return perform(
        acts.scan_card, request_key(), terminal_id=terminal_id, terminal_code=body.code, card=body.card, pin=body.pin
    )
