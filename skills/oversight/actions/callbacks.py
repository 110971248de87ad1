"""Asking drawn trainees one question in their inbox: did this training take place for you?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from skills.accounts import queries as accounts
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.clock import shanghai_day
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.oversight.models import CallBack
from skills.oversight.queries.drawing import completed
from skills.oversight.rules.drawing import Completed, draw
from skills.oversight.states import CALL_BACK, Answer, CallBackState
from skills.standards.queries import value

MOST = 200


@dataclass(frozen=True)
class Asked:
    """How many trainees were asked, and how many questions ran out."""

    asked: int
    expired: int


@dataclass(frozen=True)
class Answered:
    """What was said."""

    call_back_id: str
    answer: str


@action("callback.draw", may="system.jobs")
def draw_some(act: Act) -> Asked:
    """Draw from this month's completions what is still to be asked of each institution, and let old questions run out.

    The order is a keyed digest of month and use: the same key and month give the same draw, and nobody without the key
    knows who is asked. At most 200 an act.
    """
    numbers = value(act.db, "oversight.call_back", act.today)
    month, box = f"{act.today:%Y-%m}", act.using(Box)
    held = completed(act.db, act.today)
    chosen = draw(
        [Completed(c.redemption_id, c.institution_id, c.asked) for c in held],
        int(numbers["percent"]), int(numbers["least"]), lambda use: box.blind("call_back", f"{month}:{use}"),
    )[:MOST]  # fmt: skip
    known = {c.redemption_id: c for c in held}
    until = act.today + timedelta(days=int(numbers["days"]))
    for use in chosen:
        found = known[use]
        row = act.add(
            CallBack(
                id=act.new_id(), redemption_id=use, person_id=found.person_id, institution_id=found.institution_id,
                title=found.title, drawn=month, state=CallBackState.ASKED, asked_at=act.at, until=until,
            )
        )  # fmt: skip
        name = accounts.organisation(act.db, row.institution_id).name
        send(act, code="callback.ask", person_id=row.person_id, title=row.title, institution=name, until=until, id=row.id)
    return Asked(len(chosen), _expire(act))


def _expire(act: Act) -> int:
    old = act.db.scalars(
        select(CallBack).where(CallBack.state == CallBackState.ASKED, CallBack.until < act.today).limit(MOST)
    ).all()
    for row in old:
        act.move(row, CALL_BACK, "expire")
    return len(old)


@action("callback.answer", may="voucher.claim")
def answer(act: Act, call_back_id: str, said: str) -> Answered:
    """Answer the question put to oneself.

    Raises Missing("call_back.unknown"), Refusal("call_back.answer_unknown" | "call_back.too_late" | "call_back.cannot_answer").
    """
    row = act.find(CallBack, id=call_back_id)
    if row is None or act.actor.person is None or row.person_id != act.actor.person:
        raise Missing("call_back.unknown")
    if said not in set(Answer):
        raise Refusal("call_back.answer_unknown")
    CALL_BACK.check(row.state, "answer")
    if shanghai_day(act.at) > row.until:
        raise Refusal("call_back.too_late", until=row.until)
    act.move(row, CALL_BACK, "answer", answer=said, answered_at=act.at)
    return Answered(row.id, row.answer)
