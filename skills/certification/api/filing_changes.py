"""Renewals, additions and withdrawals of filings for programs: the same actions as the pages."""

from __future__ import annotations

from pydantic import BaseModel, Field

from skills.certification.actions import filing_changes
from skills.certification.actions.filing_changes import Asked
from skills.certification.api import ReasonBody, ScopeBody, room
from skills.certification.queries import filing_changes as queries
from skills.certification.queries import filings as filing_queries
from skills.certification.queries.filing_changes import ChangeLine
from skills.certification.queries.filings import FilingLine
from skills.certification.rules.filings import ScopeItem
from skills.certification.states.filings import ChangeKind
from skills.standards.rules import Level
from skills.web.openapi import request_key
from skills.web.pages import db, me, perform, today


class SayBody(BaseModel):
    """What is said for a request: what is to be added, the grounds, and of a renewal the incentives."""

    scope: list[ScopeBody] = Field(default=[], max_length=500)
    statement: str = Field(default="", max_length=2000)
    incentives: str = Field(default="", max_length=2000)


class ChangeBody(SayBody):
    """A request of a kind: renewal, addition or withdrawal."""

    kind: ChangeKind


class PromiseChangeBody(ChangeBody):
    """A renewal or an addition on a promise."""

    promised: bool


@room.api("GET", "/gov/filings", may="gov.see", answers=list[FilingLine])
def list_filings_of_the_bureau() -> list[FilingLine]:
    """Every filing that was handed in by bodies of one's districts, the late ones first."""
    return list(filing_queries.for_bureau(db(), me().actor.districts_for("gov.see"), today()))


@room.api("GET", "/filings/<filing_id>/changes", may="filing.see", answers=list[ChangeLine])
def list_changes(filing_id: str) -> list[ChangeLine]:
    """What was asked for a filing of one's own body, newest first."""
    own = {filing.id for body in me().actor.organisations_for("filing.see") if (filing := filing_queries.live_of(db(), body))}
    return list(queries.of_filing(db(), filing_id)) if filing_id in own else []


@room.api("POST", "/filings/<filing_id>/changes", does=filing_changes.ask, body=ChangeBody, answers=Asked, status=201)
def ask_change(filing_id: str, body: ChangeBody) -> Asked:
    """Ask the authority for a renewal, an addition or the withdrawal of a filing."""
    return perform(
        filing_changes.ask, request_key(), filing_id=filing_id, kind=body.kind, scope=_scope(body), statement=body.statement,
        incentives=body.incentives,
    )  # fmt: skip


@room.api("POST", "/filings/<filing_id>/promised-changes", does=filing_changes.promise, body=PromiseChangeBody, answers=Asked, status=201)
def promise_change(filing_id: str, body: PromiseChangeBody) -> Asked:
    """Renew or add at once on a promise."""
    return perform(
        filing_changes.promise, request_key(), filing_id=filing_id, kind=body.kind, promised=body.promised, scope=_scope(body),
        statement=body.statement, incentives=body.incentives,
    )  # fmt: skip


@room.api("POST", "/filing-changes/<change_id>/ask-again", does=filing_changes.ask_again, body=SayBody, answers=Asked)
def ask_change_again(change_id: str, body: SayBody) -> Asked:
    """Hand in a request that was sent back."""
    return perform(
        filing_changes.ask_again, request_key(), change_id=change_id, scope=_scope(body), statement=body.statement,
        incentives=body.incentives,
    )  # fmt: skip


@room.api("POST", "/filing-changes/<change_id>/drop", does=filing_changes.drop, answers=ChangeLine)
def drop_change(change_id: str) -> ChangeLine:
    """Take a request back."""
    perform(filing_changes.drop, request_key(), change_id=change_id)
    return queries.change(db(), change_id)


@room.api("POST", "/filing-changes/<change_id>/grant", does=filing_changes.grant, answers=Asked)
def grant_change(change_id: str) -> Asked:
    """Grant a request."""
    return perform(filing_changes.grant, request_key(), change_id=change_id)


@room.api("POST", "/filing-changes/<change_id>/send-back", does=filing_changes.send_back, body=ReasonBody, answers=ChangeLine)
def send_back_change(change_id: str, body: ReasonBody) -> ChangeLine:
    """Send a request back with what is missing."""
    perform(filing_changes.send_back, request_key(), change_id=change_id, reason=body.reason)
    return queries.change(db(), change_id)


@room.api("POST", "/filing-changes/<change_id>/refuse", does=filing_changes.refuse, body=ReasonBody, answers=ChangeLine)
def refuse_change(change_id: str, body: ReasonBody) -> ChangeLine:
    """Refuse a request with a reason."""
    perform(filing_changes.refuse, request_key(), change_id=change_id, reason=body.reason)
    return queries.change(db(), change_id)


def _scope(body: SayBody) -> tuple[ScopeItem, ...]:
    return tuple(sorted({ScopeItem(s.occupation, s.branch, Level(s.level)) for s in body.scope}))
