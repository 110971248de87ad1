"""A person's own subsidy: the account, and the statement of what training has earned. Never through a relative: it is money."""

from __future__ import annotations

from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.people import queries as people
from skills.settlement.actions import payees, statements
from skills.settlement.actions.payees import AccountMade
from skills.settlement.actions.statements import StatementMade
from skills.settlement.models import Statement
from skills.settlement.payee import Payee

APPLY = "subsidy.apply"


@action("subsidy.enter_account", may=APPLY)
def enter_account(act: Act, bank: str, number: str) -> AccountMade:
    """Enter one's own account, which is verified in one's own name.

    Raises Refusal("no_person" | "payee_account.incomplete" | "payee_account.number").
    """
    return enter_account_as(act, _mine(act), bank, number)


def enter_account_as(act: Act, person_id: str, bank: str, number: str) -> AccountMade:
    """The same in somebody's name, inside the caller's act."""
    return payees.entered(act, Payee(person_id=person_id), people.person(act.db, person_id).name, bank, number)


@action("subsidy.draw", may=APPLY)
def draw(act: Act, district: str, period: str) -> StatementMade:
    """Draw up what one has earned in a district until the end of a quarter. Refuses what `statements.draw` does."""
    return statements.drawn(act, Payee(person_id=_mine(act)), district, period)


@action("subsidy.submit", may=APPLY)
def submit(act: Act, statement_id: str) -> StatementMade:
    """Apply for the money. Refuses what `statements.submit` does."""
    return statements.submitted(act, own(act, _mine(act), statement_id))


@action("subsidy.look_again", may=APPLY)
def look_again(act: Act, statement_id: str) -> StatementMade:
    """Have every line looked at again. Refuses what `statements.look_again` does."""
    return statements.looked_at_again(act, own(act, _mine(act), statement_id))


@action("subsidy.drop", may=APPLY)
def drop(act: Act, statement_id: str) -> StatementMade:
    """Give a statement up that is not applied for."""
    return statements.dropped(act, own(act, _mine(act), statement_id))


def _mine(act: Act) -> str:
    if act.actor.person is None:
        raise Refusal("no_person")
    return act.actor.person


def own(act: Act, person_id: str, statement_id: str) -> Statement:
    """A statement of this person. Raises Missing("statement.unknown")."""
    row = act.find(Statement, id=statement_id)
    if row is None or row.person_id != person_id:
        raise Missing("statement.unknown")
    return row
