"""The same for programs: answers, versions, corrections, voids, removals by two people, receipts."""

from __future__ import annotations

from typing import Literal

from flask import request
from pydantic import BaseModel, Field

from skills.kernel.errors import Refusal
from skills.returns import actions
from skills.returns.actions import HANDLE, changes, removals
from skills.returns.actions.removals import Removed
from skills.returns.kinds import FILE
from skills.returns.queries import afterwards
from skills.returns.queries import changes as versions
from skills.returns.queries import removals as removed
from skills.returns.rules.amending import Answer
from skills.returns.views import box
from skills.returns.views.changes import desk, mine
from skills.web.openapi import request_key
from skills.web.pages import Room, db, perform

room: Room = Room("returns_after_api", __name__)


class AnswerBody(BaseModel):
    """What a row is that is close to one that stands; a correction has a reason."""

    answer: Literal["correct", "new", "leave"]
    reason: str = Field("", max_length=200)


class CorrectionBody(BaseModel):
    """The columns that change, with their new texts, and why."""

    cells: dict[str, str] = Field(max_length=40)
    reason: str = Field(max_length=200)


class VoidBody(BaseModel):
    """Which rows are to be made void, and why; no rows: all that stand."""

    rows: list[int] = Field(default_factory=list, max_length=10_000)
    reason: str = Field(max_length=200)


class CompleteBody(BaseModel):
    """Whether the return names everybody of its classes."""

    complete: bool


class ReasonBody(BaseModel):
    """Why not."""

    reason: str = Field(max_length=200)


@room.api("POST", "/returns/<return_id>/rows/<int:row>/answer", does=changes.answer, body=AnswerBody, answers=actions.Filed)
def answer_row(return_id: str, row: int, body: AnswerBody) -> actions.Filed:
    """Say what a row is that is close to one that stands."""
    return perform(changes.answer, request_key(), return_id=return_id, row=row, said=Answer(body.answer), reason=body.reason)


@room.api("GET", "/returns/<return_id>/rows/<int:row>", may=HANDLE, answers=versions.History)
def read_versions(return_id: str, row: int) -> versions.History:
    """Every version of the entry that a row is about, the newest first, and how each was changed."""
    return versions.history(db(), box(), return_id, row, mine())


@room.api("POST", "/returns/<return_id>/rows/<int:row>/corrections", does=changes.correct_row, body=CorrectionBody,
          answers=actions.Filed, status=201)  # fmt: skip
def correct(return_id: str, row: int, body: CorrectionBody) -> actions.Filed:
    """Correct a row that stands: a return of one row, checked and handed in at once."""
    return perform(changes.correct_row, request_key(), return_id=return_id, row=row, cells=body.cells, reason=body.reason)


@room.api("GET", "/returns/<return_id>/changes", may=HANDLE, answers=list[versions.ChangeLine])
def read_changes(return_id: str) -> list[versions.ChangeLine]:
    """Corrections and voids of rows of a return, newest first."""
    return versions.changes_of(db(), return_id, mine())


@room.api("POST", "/returns/<return_id>/complete", does=removals.mark_complete, body=CompleteBody, answers=actions.Filed)
def mark_complete(return_id: str, body: CompleteBody) -> actions.Filed:
    """Say that a checked return names everybody of its classes, or take that back."""
    return perform(removals.mark_complete, request_key(), return_id=return_id, complete=body.complete)


@room.api("GET", "/returns/<return_id>/at-stake", may=HANDLE, answers=afterwards.Goes)
def read_at_stake(return_id: str) -> afterwards.Goes:
    """What making rows void (`?rows=2,3`; none: all that stand) would take away. Nothing is done.

    `told` is all of it, `stakes` a hundred entries: more follow behind `?after=`, as the answer's `after` says.
    """
    asked = request.args.get("rows", "")
    if asked and not all(part.isdecimal() and len(part) < 7 for part in asked.split(",")):
        raise Refusal("invalid_body")
    return afterwards.at_stake(desk(), return_id, [int(part) for part in asked.split(",") if part], mine(), request.args.get("after", "")[:26])


@room.api("POST", "/returns/<return_id>/void", does=removals.void, body=VoidBody, answers=Removed, status=201)
def void(return_id: str, body: VoidBody) -> Removed:
    """Ask that rows be made void; what is more than the policy's share waits for a second person."""
    return perform(removals.void, request_key(), return_id=return_id, rows=tuple(body.rows), reason=body.reason)


@room.api("GET", "/returns/removals", may=FILE, answers=list[removed.RemovalPage])
def list_removals() -> list[removed.RemovalPage]:
    """Removals that need or needed a second person, those that wait first."""
    return removed.removals(db(), mine())


@room.api("GET", "/returns/removals/<removal_id>", may=FILE, answers=removed.RemovalPage)
def read_removal(removal_id: str) -> removed.RemovalPage:
    """A removal with the money at stake and a hundred of its rows: more follow behind `?after=`, as the answer's `after` says."""
    return removed.removal(db(), removal_id, mine(), request.args.get("after", "")[:40])


@room.api("POST", "/returns/removals/<removal_id>/confirm", does=removals.confirm, answers=Removed)
def confirm(removal_id: str) -> Removed:
    """Agree as the second person."""
    return perform(removals.confirm, request_key(), removal_id=removal_id)


@room.api("POST", "/returns/removals/<removal_id>/refuse", does=removals.refuse, body=ReasonBody, answers=Removed)
def refuse(removal_id: str, body: ReasonBody) -> Removed:
    """Say no as the second person."""
    return perform(removals.refuse, request_key(), removal_id=removal_id, reason=body.reason)


@room.api("POST", "/returns/removals/<removal_id>/withdraw", does=removals.withdraw, answers=Removed)
def withdraw(removal_id: str) -> Removed:
    """Take one's own wish back."""
    return perform(removals.withdraw, request_key(), removal_id=removal_id)


@room.api("GET", "/returns/receipts/<number>", may=HANDLE, answers=afterwards.Receipt)
def read_receipt(number: str) -> afterwards.Receipt:
    """Find a return by its receipt's number; `?sha256=` says whether a file is the one that it was given for."""
    return afterwards.receipt(db(), number, mine(), request.args.get("sha256", "")[:64])
