"""What became of a form: its papers, what they came to, and how each item did."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from skills.kernel.box import Box
from skills.papers.queries import results as queries
from skills.papers.queries.results import FormResults, SheetPage
from skills.papers.states import REVIEW, SEE
from skills.papers.views.words import room
from skills.web.pages import db, me, show, tool


@room.get("/ent/papers/<form_id>/results", may=SEE, name="results")
def results(form_id: str) -> ResponseReturnValue:
    """A form's papers and its items' figures."""
    return show("papers/results.html", r=queries.results(db(), me().actor, form_id))


@room.get("/ent/sheets/<run_id>", may=REVIEW, name="sheet")
def sheet(run_id: str) -> ResponseReturnValue:
    """One paper: every answer beside the key."""
    return show("papers/sheet.html", s=queries.sheet(db(), tool(Box), me().actor, run_id))


@room.api("GET", "/papers/<form_id>/results", may=SEE, answers=FormResults)
def get_results(form_id: str) -> FormResults:
    """A form's papers and its items' figures."""
    return queries.results(db(), me().actor, form_id)


@room.api("GET", "/paper-sheets/<run_id>", may=REVIEW, answers=SheetPage)
def get_sheet(run_id: str) -> SheetPage:
    """One paper with its marks."""
    return queries.sheet(db(), tool(Box), me().actor, run_id)
