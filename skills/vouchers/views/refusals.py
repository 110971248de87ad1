"""What was refused and on what grounds: to the person who was, and to the auditor, for whom it is decided once more."""

from __future__ import annotations

from datetime import datetime

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from skills.vouchers import queries
from skills.vouchers.queries import KeptNo
from skills.vouchers.rules import MOMENT_WORDS, Moment
from skills.vouchers.views.holder import HOLD, told
from skills.web import i18n, paging
from skills.web.pages import Room, db, me, say, show

room = Room("refusals", __name__)

CHECK = "audit.see"


class Condition(BaseModel):
    """One condition of a verdict as it is told: what it was compared with, what would turn it into a yes, and its clause."""

    code: str
    met: bool
    text: str
    todo: str
    clause: str


class MyRefusal(BaseModel):
    """A no that was given and kept with all that it was decided on.

    moment       issue, claim or redeem
    last_at      when it was given once more, on the last later day; null: on no later day
    institution  where a voucher was to be used; empty if it was not about a use
    conditions   each of them, met or not; none left once the person's data were erased
    """

    id: str
    moment: str
    at: datetime
    last_at: datetime | None
    title: str
    institution: str
    conditions: list[Condition]


class CheckedRefusal(BaseModel):
    """A kept no decided once more: `same` if it comes out as it was, condition by condition."""

    person_id: str
    same: bool
    refusal: MyRefusal


@room.get("/me/vouchers/refused", may=HOLD)
def mine() -> ResponseReturnValue:
    """What one was refused, newest first, each condition with its clause."""
    noes = queries.refusals(db(), me().person_id, request.args.get("before", "")[:26], queries.REFUSALS + 1)
    more = noes[queries.REFUSALS - 1].id if len(noes) > queries.REFUSALS else ""
    shown = noes[: queries.REFUSALS]
    return show("vouchers/refused.html", noes=[(no, moment(no), conditions(no)) for no in shown], more=more)


@room.get("/audit/refusals/<refusal_id>", may=CHECK)
def checked(refusal_id: str) -> ResponseReturnValue:
    """A kept no with every condition, decided once more under the rules of its day."""
    found = queries.refusal(db(), refusal_id)
    return show(
        "vouchers/refusal.html", r=found, no=found.no, moment=moment(found.no), conditions=conditions(found.no),
    )  # fmt: skip


@room.api("GET", "/me/vouchers/refused", may=HOLD, answers=list[MyRefusal], skips=True)
def my_refusals() -> list[MyRefusal]:
    """What one was refused, newest first, each condition with its clause."""
    page = paging.asked()
    return [_body(no) for no in queries.refusals(db(), me().person_id, page.key[:26], page.limit + 1)]


@room.api("GET", "/audit/refusals/<refusal_id>", may=CHECK, answers=CheckedRefusal)
def check_refusal(refusal_id: str) -> CheckedRefusal:
    """A kept no with every condition, decided once more under the rules of its day."""
    found = queries.refusal(db(), refusal_id)
    return CheckedRefusal(person_id=found.person_id, same=found.same, refusal=_body(found.no))


def moment(no: KeptNo) -> str:
    """At what it was refused."""
    return say(*MOMENT_WORDS[Moment(no.moment)])


def conditions(no: KeptNo) -> tuple[i18n.ToldFinding, ...]:
    """Every condition of it, those that were not met first."""
    return told(tuple(sorted(no.findings, key=lambda f: f.met)), all_of_them=True)


def _body(no: KeptNo) -> MyRefusal:
    return MyRefusal(
        id=no.id, moment=no.moment, at=no.at, last_at=no.last_at, title=no.title, institution=no.institution,
        conditions=[Condition(code=c.code, met=c.met, text=c.text, todo=c.todo, clause=c.clause) for c in conditions(no)],
    )  # fmt: skip
