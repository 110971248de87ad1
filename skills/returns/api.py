"""Returns for programs: check without writing, upload, mend, hand in."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field

from skills.kernel.errors import Forbidden, Refusal
from skills.kernel.sheets import address
from skills.returns import actions, queries
from skills.returns.actions import HANDLE, Change, Filed
from skills.returns.intake import order_of, rows_of
from skills.returns.kinds import kind_of
from skills.returns.queries import under_way
from skills.returns.queries.under_way import Progress
from skills.returns.rules import CellFinding, Rule, Totals
from skills.returns.views import box, owner_for
from skills.web import paging
from skills.web.i18n import LANGUAGES, general, sentence
from skills.web.openapi import request_key
from skills.web.pages import PUBLIC, Room, db, me, office, perform, settings, today

room = Room("returns_api", __name__)
FACES = [room]
MOST_REQUEST = 14 * 2**20  # ten megabytes in base64


class FileBody(BaseModel):
    """A file: `content` is its bytes in base64."""

    kind: str = Field(max_length=32)
    file_name: str = Field(max_length=120)
    content: str


class CellBody(BaseModel):
    """A mended cell."""

    row: int
    column: str = Field(max_length=32)
    value: str = Field(max_length=200)


class FixBody(BaseModel):
    """Mended cells."""

    changes: list[CellBody] = Field(max_length=500)


class AcceptBody(BaseModel):
    """Of a complete list: how many rows you were told it takes away."""

    removes: int | None = None


@dataclass(frozen=True)
class FindingAnswer:
    """What a rule found, with the address of the cell."""

    row: int
    column: str
    at: str
    code: str
    severity: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class CheckAnswer:
    """A dry run: what the real run would do. Money in 分."""

    totals: Totals
    findings: list[FindingAnswer]


@dataclass(frozen=True)
class Said:
    """The sentence of a code in both languages, with what to do."""

    code: str
    zh: str
    en: str
    zh_do: str
    en_do: str


@dataclass(frozen=True)
class ProgressAnswer(Progress):
    """How far the work is; `said`: why it stands still and what to do, if it was given up."""

    said: Said | None = None


@dataclass(frozen=True)
class FaultAnswer:
    """How often a rule was broken lately: once for a row and column, also where it was mended."""

    code: str
    count: int
    zh: str
    en: str


@dataclass(frozen=True)
class RuleAnswer:
    """A coded rule with its sentences, in which … stands for the facts of a case.

    kind  empty: of every return
    when  "check": found before anything is handed in; "apply": what may stand against a row afterwards though it passed
    """

    kind: str
    code: str
    severity: str
    column: str
    when: str
    zh: str
    en: str
    zh_do: str
    en_do: str


def _bytes(body: FileBody) -> bytes:
    try:
        return base64.b64decode(body.content, validate=True)
    except binascii.Error as error:
        raise Refusal("sheet.damaged") from error


def said(code: str, facts: Mapping[str, object]) -> Said:
    """A code as sentences."""
    zh, en = (sentence(code, facts, lang) for lang in LANGUAGES)
    return Said(code, zh.text, en.text, zh.todo, en.todo)


def finding(found: CellFinding, places: Mapping[str, int]) -> FindingAnswer:
    """A finding with its address."""
    at = address(found.row, places[found.column] + 1) if found.column in places else str(found.row or "")
    return FindingAnswer(found.row, found.column, at, found.code, found.severity.value, dict(found.facts))


@room.api("POST", "/returns/check", may=HANDLE, body=FileBody, answers=CheckAnswer, most=MOST_REQUEST)
def check_return(body: FileBody) -> CheckAnswer:
    """Check a file and write nothing: the answer equals what handing it in would do."""
    kind, owner = kind_of(body.kind), owner_for(body.kind)
    if not queries.may_handle(me().actor, kind, owner):
        raise Forbidden("not_allowed", right=kind.right)
    order = order_of(_bytes(body), body.file_name)
    if "unreadable" in order:
        raise Refusal(order["unreadable"].code, **order["unreadable"].facts)
    desk = queries.Desk(db(), box(), owner, today(), settings().public_base)
    checked = queries.check_sheet(desk, kind, order["rows"] or rows_of(order["body"]))
    return CheckAnswer(checked.totals, [finding(f, checked.places) for f in checked.findings])


@room.api("POST", "/returns", does=actions.upload, body=FileBody, answers=Filed, status=201, most=MOST_REQUEST)
def create_return(body: FileBody) -> Filed:
    """Upload a file: it is checked and kept; nothing is applied before it is accepted.

    A file of more than 2,000 rows is checked in the background: its state is `uploaded` until then.
    """
    return perform(
        actions.upload, request_key(), kind=body.kind, organisation_id=owner_for(body.kind),
        **order_of(_bytes(body), body.file_name),
    )


@room.api("GET", "/returns/rules", may=PUBLIC, answers=list[RuleAnswer], by=("kind", "code", "column"))
def list_rules() -> list[RuleAnswer]:
    """Every code that a return can show, with its sentences."""
    return [
        _rule(told.kind.name if told.kind else "", rule, when)
        for told in queries.all_rules()
        for when, rules in (("check", told.rules), ("apply", told.refused))
        for rule in rules
    ]


@room.api("GET", "/returns/faults", may=PUBLIC, answers=list[FaultAnswer], by=("code",))
def list_faults() -> list[FaultAnswer]:
    """The faults found most often in returns of the last 30 days, the most frequent first."""
    found = queries.faults(db(), office().clock.now() - queries.LATELY)
    return [FaultAnswer(code, count, *(general(code, {}, lang).text for lang in LANGUAGES)) for code, count in found]


def _rule(kind: str, rule: Rule, when: str) -> RuleAnswer:
    zh, en = (general(rule.code, rule.example, lang) for lang in LANGUAGES)
    return RuleAnswer(kind, rule.code, rule.severity.value, rule.column, when, zh.text, en.text, zh.todo, en.todo)


@room.api("GET", "/returns", may=HANDLE, answers=list[queries.Listed], skips=True)
def list_returns() -> list[queries.Listed]:
    """Your returns, newest first."""
    page = paging.asked()
    return queries.returns_of(db(), queries.owners(me().actor), page.key, page.limit + 1)


@room.api("GET", "/returns/<return_id>", may=HANDLE, answers=queries.ReturnSummary)
def read_return(return_id: str) -> queries.ReturnSummary:
    """A return with its counts and money."""
    return queries.summary(db(), return_id, queries.owners(me().actor))


@room.api("GET", "/returns/<return_id>/progress", may=HANDLE, answers=ProgressAnswer)
def read_progress(return_id: str) -> ProgressAnswer:
    """How far the check of a large return is, or applying what was handed in."""
    told = under_way.progress(db(), return_id, queries.owners(me().actor))
    facts = {"applied": told.applied, "left": told.left, "number": told.number}
    return ProgressAnswer(**vars(told), said=said(told.trouble, facts) if told.trouble else None)


@room.api("POST", "/returns/<return_id>/go-on", does=actions.background.go_on, answers=Filed)
def go_on(return_id: str) -> Filed:
    """Let work that was given up (`trouble` of its progress) start again from where it stopped."""
    return perform(actions.background.go_on, request_key(), return_id=return_id)


@room.api("GET", "/returns/<return_id>/findings", may=HANDLE, answers=list[queries.ShownFinding], by=("row", "id"), skips=True)
def read_findings(return_id: str) -> list[queries.ShownFinding]:
    """Everything the rules found in a return, by row."""
    page = paging.asked()
    after = page.after[0] if page.after else None
    match after:
        case None:
            behind = None
        case (int(row), str(found)) if 0 <= row < 10**7:
            behind = (row, found)
        case _:
            raise Refusal("page.cursor")
    return queries.findings_of(db(), return_id, queries.owners(me().actor), behind, page.limit + 1)


@room.api("POST", "/returns/<return_id>/fixes", does=actions.fix, body=FixBody, answers=Filed)
def fix_return(return_id: str, body: FixBody) -> Filed:
    """Mend cells; every rule is asked again."""
    changes = tuple(Change(c.row, c.column, c.value) for c in body.changes)
    return perform(actions.fix, request_key(), return_id=return_id, changes=changes)


@room.api("POST", "/returns/<return_id>/accept", does=actions.accept, body=AcceptBody, answers=Filed)
def accept_return(return_id: str, body: AcceptBody) -> Filed:
    """Hand in: rows without error are applied. Of a complete list say how many rows it takes away."""
    return perform(actions.accept, request_key(), return_id=return_id, removes=body.removes)


@room.api("POST", "/returns/<return_id>/drop", does=actions.drop, answers=Filed)
def drop_return(return_id: str) -> Filed:
    """Give up a return that was not handed in."""
    return perform(actions.drop, request_key(), return_id=return_id)
