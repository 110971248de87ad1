"""xAPI for learning platforms of institutions: statements in, by PUT with an id or POST of one or many."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Response, request
from pydantic import BaseModel, Field, RootModel

from skills.courses.actions import statements as acts
from skills.courses.queries import statements as queries
from skills.courses.queries.statements import StatementLine
from skills.courses.rules.statements import read, read_many
from skills.kernel.box import Box
from skills.kernel.errors import Malformed
from skills.returns.kinds import FILE
from skills.web import paging
from skills.web.openapi import request_key
from skills.web.pages import PUBLIC, Room, db, fresh_key, me, perform, settings, tool

VERSION = "1.0.3"
room: Room = Room("xapi_api", __name__)


class StatementsBody(RootModel[dict[str, Any] | list[dict[str, Any]]]):
    """A statement, or a list of at most fifty."""


class About(BaseModel):
    """Which versions of xAPI are understood."""

    version: list[str]


class GrantBody(BaseModel):
    """The score that is recognised, and why nothing has to be attended."""

    score: float = Field(ge=0, le=100)
    reason: str = Field(max_length=200)


class RefuseBody(BaseModel):
    """Why not."""

    reason: str = Field(max_length=200)


@room.after_request
def speak_xapi(response: Response) -> Response:
    """Every answer names the version; one without content has none."""
    response.headers["X-Experience-API-Version"] = VERSION
    if response.status_code == 204:
        response.set_data(b"")
        response.headers.pop("Content-Type", None)
    return response


def _version() -> None:
    """A platform says which version it speaks. Raises Malformed("xapi.version")."""
    said = request.headers.get("X-Experience-API-Version", "")
    if not said.startswith(("1.0", "2.0")):
        raise Malformed("xapi.version", version=VERSION)


@room.api("POST", "/xapi/statements", does=acts.record, body=StatementsBody, answers=list[str], keyless=True)
def post_statements(body: StatementsBody) -> list[str]:
    """Keep statements, all or none; each once for its id. The ids."""
    _version()
    said = read_many(body.root, settings().public_base)
    return list(perform(acts.record, fresh_key(), institution_id=me().organisation_id, statements=said).ids)


@room.api("PUT", "/xapi/statements", does=acts.record, body=StatementsBody, answers=None, status=204, keyless=True)
def put_statement(body: StatementsBody) -> None:
    """Keep one statement under `?statementId=`."""
    _version()
    wanted = request.args.get("statementId", "").lower()
    if not isinstance(body.root, dict):
        raise Malformed("xapi.malformed", part="statement")
    said = read({"id": wanted, **body.root}, settings().public_base)
    if said.statement_id != wanted:
        raise Malformed("xapi.id_differs")
    perform(acts.record, fresh_key(), institution_id=me().organisation_id, statements=(said,))


@room.api("GET", "/xapi/about", may=PUBLIC, answers=About)
def about() -> About:
    """Which versions of xAPI are understood."""
    return About(version=[VERSION, "2.0.0"])


@room.api("GET", "/xapi/outcomes", may=FILE, answers=list[StatementLine], skips=True)
def list_outcomes() -> list[StatementLine]:
    """What came of the statements of one's platform, newest first."""
    page = paging.asked()
    return queries.statements(db(), tool(Box), me().actor.organisations_for(FILE), page.key, page.limit + 1)


@room.api("GET", "/xapi/outcomes/<statement_id>", may=FILE, answers=StatementLine)
def read_outcome(statement_id: str) -> StatementLine:
    """What came of a statement: noted, handed in, held with its reasons, or waiting for an approver."""
    return queries.statement(db(), tool(Box), me().actor.organisations_for(FILE), statement_id)


@room.api("GET", "/waivers", may=acts.DECIDE, answers=list[StatementLine], skips=True)
def list_waivers() -> list[StatementLine]:
    """Waivers that wait for an approver, oldest first."""
    page = paging.asked()
    return queries.waivers(db(), tool(Box), me().actor.districts_for(acts.DECIDE), page.key, page.limit + 1)


@room.api("POST", "/waivers/<statement_id>/grant", does=acts.grant_waiver, body=GrantBody, answers=acts.Waived)
def api_grant(statement_id: str, body: GrantBody) -> acts.Waived:
    """Agree to a waiver."""
    return perform(
        acts.grant_waiver, request_key(), statement_id=statement_id, score=Decimal(str(body.score)), reason=body.reason
    )


@room.api("POST", "/waivers/<statement_id>/refuse", does=acts.refuse_waiver, body=RefuseBody, answers=acts.Waived)
def api_refuse(statement_id: str, body: RefuseBody) -> acts.Waived:
    """Say no to a waiver."""
    return perform(acts.refuse_waiver, request_key(), statement_id=statement_id, reason=body.reason)
