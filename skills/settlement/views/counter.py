"""The authority's counter: the own subsidy of somebody who stands there: the account, and what training has earned."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from pydantic import Field

from skills.people.actions.counter import SERVE
from skills.people.errands import Desk, Errand, WhyBody, open_desk, part, show_desk
from skills.people.queries import person
from skills.settlement.actions import counter
from skills.settlement.payee import Payee
from skills.settlement.queries import money
from skills.settlement.queries import statements as queries
from skills.settlement.queries.money import Calendar
from skills.settlement.queries.statements import LineView, StatementPage, StatementView
from skills.settlement.states import StatementState
from skills.settlement.views.api import lines_asked
from skills.settlement.views.own import shown
from skills.settlement.views.words import chip, other_chip
from skills.web import paging
from skills.web.pages import Room, db, today

room = Room("subsidy_counter", __name__)
OVER = (StatementState.DROPPED, StatementState.RECALLED)


class AccountForBody(WhyBody):
    """The person's own account; it is verified in their own name."""

    bank: str = Field(min_length=1, max_length=80)
    number: str = Field(min_length=8, max_length=48)


class DrawForBody(WhyBody):
    """What to draw up: the district whose money it is, and a quarter as 2026Q4."""

    district: str = Field(max_length=12)
    period: str = Field(max_length=6)


@room.get("/gov/people/<person_id>/subsidies", may=SERVE)
def desk(person_id: str) -> ResponseReturnValue:
    """What the person can apply for, what is on its way, and to which account it goes."""
    return show_desk(
        "settlement/counter.html", person_id, c=_calendar(person_id), statements=queries.of_payee(db(), _payee(person_id)), chip=chip,
        other_chip=other_chip,
    )  # fmt: skip


@room.get("/gov/people/<person_id>/subsidies/<statement_id>", may=SERVE)
def statement(person_id: str, statement_id: str) -> ResponseReturnValue:
    """One statement with its lines, and what can be done with it."""
    return show_desk("settlement/counter_statement.html", person_id, **shown(queries.own(db(), statement_id, [person_id])))


@room.api("GET", "/people/<person_id>/subsidies", may=SERVE, answers=Calendar)
def subsidies_of_person(person_id: str) -> Calendar:
    """What somebody who is present at the counter has earned, what is on its way, what waits and why, what is owed."""
    return _calendar(person(db(), person_id).id)


@room.api("GET", "/people/<person_id>/subsidies/statements", may=SERVE, answers=list[StatementView], skips=True)
def statements_of_person(person_id: str) -> list[StatementView]:
    """Statements of somebody who is present at the counter, newest first."""
    page = paging.asked()
    return queries.of_payee(db(), _payee(person(db(), person_id).id), page.key, page.limit + 1)


@room.api("GET", "/people/<person_id>/subsidies/statements/<statement_id>", may=SERVE, answers=StatementPage)
def statement_of_person(person_id: str, statement_id: str) -> StatementPage:
    """One statement of somebody who is present at the counter."""
    return queries.own(db(), statement_id, [person_id])


@room.api("GET", "/people/<person_id>/subsidies/statements/<statement_id>/lines", may=SERVE, answers=list[LineView],
          by=("position",), skips=True)
def statement_lines_of_person(person_id: str, statement_id: str) -> list[LineView]:
    """Its lines with what each of them waits for."""
    queries.own(db(), statement_id, [person_id])
    return lines_asked(statement_id)


def _payee(person_id: str) -> Payee:
    return Payee(person_id=person_id)


def _calendar(person_id: str) -> Calendar:
    return money.calendar(db(), _payee(person_id), today())


def _receipt(person_id: str) -> str:
    on_way = [s for s in queries.of_payee(db(), _payee(person_id)) if s.state not in OVER]
    return part("settlement/_receipt.html", c=_calendar(person_id), statements=on_way)


open_desk(
    room, Desk("subsidy_counter.desk", "补贴", "Subsidy", _receipt),
    Errand("enter_account", counter.enter_account_for, "subsidies/account", "subsidies/account",
           ("账户已登记，由另一位工作人员核验", "The account is entered; another person compares it with the bank"), AccountForBody, status=201),
    Errand("draw", counter.draw_for, "subsidies/draw", "subsidies/statements",
           ("正在核对明细，打开它就能申请", "The lines are being looked at; open it to apply"), DrawForBody, status=201),
    Errand("submit", counter.submit_for, "subsidies/<statement_id>/submit", "subsidies/statements/<statement_id>/submit",
           ("已替本人申请，请打印回执", "Applied for the person; print the receipt")),
    Errand("look", counter.look_again_for, "subsidies/<statement_id>/look", "subsidies/statements/<statement_id>/look",
           ("正在重新核对", "Every line is being looked at again")),
    Errand("drop", counter.drop_for, "subsidies/<statement_id>/drop", "subsidies/statements/<statement_id>/drop",
           ("已作废，可以重新申请", "Given up; it can be applied for again")),
)  # fmt: skip
