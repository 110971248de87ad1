"""Norms of bodies for programs: the same actions as the pages."""

from __future__ import annotations

from pydantic import BaseModel, Field

from skills.certification.actions import norms
from skills.certification.actions.norms import Written
from skills.certification.api import room
from skills.certification.queries import norms as queries
from skills.certification.queries.norms import NormLine
from skills.certification.rules.norms import MOST, Cell
from skills.web.openapi import request_key
from skills.web.pages import db, me, perform, today


class NormBody(BaseModel):
    """For which part of a filing's scope a norm is begun; an empty branch is the whole occupation."""

    occupation: str = Field(max_length=16)
    branch: str = Field(default="", max_length=80)


class CellBody(BaseModel):
    """A cell of the grid: a level's rank 1–8, an attribute's code, and what it says."""

    level: int = Field(ge=1, le=8)
    attribute: str = Field(max_length=32)
    text: str = Field(max_length=MOST)


class CellsBody(BaseModel):
    """Cells to be written; those that are not named stay."""

    cells: list[CellBody] = Field(min_length=1, max_length=200)


@room.api("POST", "/filings/<filing_id>/norms", does=norms.begin, body=NormBody, answers=Written, status=201)
def begin_norm(filing_id: str, body: NormBody) -> Written:
    """Begin a norm of one's own for a part of the scope."""
    return perform(norms.begin, request_key(), filing_id=filing_id, occupation=body.occupation, branch=body.branch)


@room.api("GET", "/norms/<norm_id>", may="filing.see", answers=NormLine)
def get_norm(norm_id: str) -> NormLine:
    """A norm of one's own body, with every cell that is missing."""
    return queries.norm(db(), norm_id, today(), me().actor.organisations_for("filing.see"))


@room.api("POST", "/norms/<norm_id>", does=norms.write, body=CellsBody, answers=Written)
def write_norm(norm_id: str, body: CellsBody) -> Written:
    """Write cells of a draft."""
    cells = tuple(Cell(c.level, c.attribute, c.text) for c in body.cells)
    return perform(norms.write, request_key(), norm_id=norm_id, cells=cells)


@room.api("POST", "/norms/<norm_id>/drop", does=norms.drop, answers=NormLine)
def drop_norm(norm_id: str) -> NormLine:
    """Give a draft up."""
    perform(norms.drop, request_key(), norm_id=norm_id)
    return queries.norm(db(), norm_id, today())
