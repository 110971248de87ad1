"""A body's own norms: a grid that is filled in on the page or as a table, and what the authority sees of it."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue

from skills.certification.actions import norms
from skills.certification.forms.filings import GridForm
from skills.certification.queries import filings as filing_queries
from skills.certification.queries import norms as queries
from skills.certification.queries.norms import NormLine
from skills.certification.rules.norms import Cell, grid, read_grid
from skills.certification.states.norms import NORM
from skills.certification.views.words import chip, room
from skills.kernel import sheets
from skills.kernel.errors import Missing
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, say, show, tell, today

MOST_REQUEST = 3 * 2**20
SEE = "filing.see"


@room.post("/ent/filing/norms", does=norms.begin, name="begin_norm")
def begin_norm() -> ResponseReturnValue:
    form = OrderForm()
    line = filing_queries.live_of(db(), me().organisation_id)
    if line is None:
        raise Missing("filing.unknown")
    code, _, branch = request.form.get("pair", "").partition("|")
    done = perform(norms.begin, form.key.data, filing_id=line.id, occupation=code, branch=branch)
    return go("certification.own_norm", norm_id=done.norm_id)


@room.get("/ent/filing/norms/<norm_id>", may=SEE)
def own_norm(norm_id: str) -> ResponseReturnValue:
    return _page(_own(norm_id))


@room.post("/ent/filing/norms/<norm_id>", does=norms.write, name="write_norm", most=MOST_REQUEST)
def write_norm(norm_id: str) -> ResponseReturnValue:
    """Save what stands in the cells of the page; an incomplete norm is saved and says what is missing."""
    form, line = OrderForm(), _own(norm_id)
    cells = tuple(
        Cell(int(level), attribute.code, request.form[name][:20_000])
        for level in line.levels
        for attribute in line.attributes
        if (name := f"cell-{int(level)}-{attribute.code}") in request.form
    )
    return _written(form.key.data or "", norm_id, cells)


@room.post("/ent/filing/norms/<norm_id>/table", does=norms.write, name="upload_norm", most=MOST_REQUEST)
def upload_norm(norm_id: str) -> ResponseReturnValue:
    """Take the cells of a table; rows and cells of it that are empty are emptied."""
    form, line = GridForm(), _own(norm_id)
    if not form.validate_on_submit():
        return _page(line, form, 422)
    data = form.file.data.stream.read(sheets.MOST_BYTES + 1)
    return _written(form.key.data or "", norm_id, read_grid(sheets.read(data).rows, line.attributes))


@room.get("/ent/filing/norms/<norm_id>/table.xlsx", may=SEE)
def norm_table(norm_id: str) -> ResponseReturnValue:
    """The table to be filled in, with what stands in it."""
    line = _own(norm_id)
    body = sheets.write_xlsx(grid(line.cells, line.levels, line.attributes), "评价规范")
    headers = {"Content-Disposition": f'attachment; filename="norm-{line.occupation}.xlsx"'}
    return Response(body, mimetype=sheets.XLSX_TYPE, headers=headers)


@room.post("/ent/filing/norms/<norm_id>/drop", does=norms.drop, name="drop_norm")
def drop_norm(norm_id: str) -> ResponseReturnValue:
    form = OrderForm()
    perform(norms.drop, form.key.data, norm_id=norm_id)
    tell("已放弃这份草稿", "The draft is given up")
    return go("certification.filing")


@room.get("/gov/norms/<norm_id>", may="gov.see")
def gov_norm(norm_id: str) -> ResponseReturnValue:
    line = queries.norm(db(), norm_id, today())
    filing_queries.filing(db(), line.filing_id, me().actor.districts_for("gov.see"))
    return _page(line, own=False)


def _written(key: str, norm_id: str, cells: tuple[Cell, ...]) -> ResponseReturnValue:
    done = perform(norms.write, key, norm_id=norm_id, cells=cells)
    if done.missing:
        tell(f"已保存，还有 {done.missing} 格没有填写", f"Saved; {done.missing} cells are still empty")
    else:
        tell("已保存，各格均已填写", "Saved; every cell is filled in")
    return go("certification.own_norm", norm_id=norm_id)


def _own(norm_id: str) -> NormLine:
    return queries.norm(db(), norm_id, today(), me().actor.organisations_for(SEE))


def _page(line: NormLine, form: GridForm | None = None, status: int = 200, own: bool = True) -> ResponseReturnValue:
    may = me().actor.may("filing.submit") and line.state == NORM.start and not queries.locked(db(), line.filing_id)
    names = {attribute.code: say(attribute.zh, attribute.en) for attribute in line.attributes}
    empty = {(finding.facts["rank"], finding.facts["code"]) for finding in line.missing}
    return show(
        "certification/norm.html", status, n=line, form=form or GridForm(), may_write=may and own, names=names, empty=empty, own=own,
    )


room.context_processor(lambda: {"norm_chip": lambda state: chip(NORM, state)})
