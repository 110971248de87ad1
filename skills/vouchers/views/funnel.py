"""The way of vouchers for those who answer for it: where people are lost, and what will lapse unless somebody acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from flask import Response, abort
from flask.typing import ResponseReturnValue

from skills.kernel import sheets
from skills.vouchers import queries
from skills.vouchers.queries import AtInstitution, Cohort, Funnel, Month, Nudges
from skills.vouchers.rules.forecast import LEAST, Week
from skills.vouchers.views.bureau import SEE, mine
from skills.web.pages import Room, db, show, today

room = Room("funnel", __name__)


@dataclass(frozen=True)
class Way:
    """Everything about the way of vouchers of one's districts."""

    districts: list[Funnel]
    months: list[Month]
    cohorts: list[Cohort]
    institutions: list[AtInstitution]
    lapsing: tuple[Week, ...]
    nudges: Nudges


TABLES: Mapping[str, type[Any]] = {
    "districts": Funnel, "months": Month, "cohorts": Cohort, "institutions": AtInstitution, "lapsing": Week,
}  # fmt: skip


def way_of() -> Way:
    """The way as the visitor may see it today."""
    day, scope = today(), mine()
    return Way(
        queries.funnel(db(), scope), queries.months(db(), scope, day), queries.cohorts(db(), scope, day),
        queries.institutions(db(), scope), queries.lapsing(db(), scope, day), queries.nudges(db(), scope),
    )  # fmt: skip


@room.get("/gov/funnel", may=SEE)
def whole() -> ResponseReturnValue:
    """Charts with their tables: all, by month, by cohort, by institution; what will lapse, and what reminders did."""
    way = way_of()
    told = all(w.lapsing is not None for w in way.lapsing if w.count)
    return show("vouchers/funnel.html", way=way, funnel=way.districts, told=told, least=LEAST, reminders=queries.reminder_days(db(), today()))


@room.get("/gov/funnel/<table>.csv", may=SEE, name="table")
def table(table: str) -> ResponseReturnValue:
    """One of the tables as CSV. Money in 分."""
    if table not in TABLES:
        abort(404)
    found: Sequence[Any] = getattr(way_of(), table)
    head = [field.name for field in fields(TABLES[table])]
    rows = [["" if value is None else str(value) for value in asdict(row).values()] for row in found]
    return Response(
        sheets.write_csv([head, *rows]), mimetype=sheets.CSV_TYPE,
        headers={"Content-Disposition": f'attachment; filename="funnel-{table}.csv"'},
    )  # fmt: skip
