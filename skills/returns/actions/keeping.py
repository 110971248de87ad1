"""Writing down what the rules said of a return's rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring as quoted

from sqlalchemy import select

from skills.kernel.acts import Act
from skills.kernel.box import Box
from skills.kernel.canon import plain
from skills.kernel.db import among
from skills.returns import queries
from skills.returns.models import Return, ReturnFault, ReturnFinding, ReturnLine, ReturnMark
from skills.returns.queries import Checked
from skills.returns.rules import CellFinding
from skills.returns.states import LineState


def _text(cells: Mapping[str, str]) -> str:
    """As `json.dumps` writes it, for texts alone."""
    texts = tuple(cells.values())
    together = "".join(texts)
    if len(quoted(together)) == len(together) + 2:  # as most are: nothing in them has to be written otherwise
        return _form(tuple(cells)) % texts
    return "{" + ", ".join([f"{quoted(name)}: {quoted(text)}" for name, text in cells.items()]) + "}"


@lru_cache(maxsize=64)
def _form(names: tuple[str, ...]) -> str:
    return "{" + ", ".join([quoted(name).replace("%", "%%") + ': "%s"' for name in names]) + "}"


def sealed(box: Box, return_id: str, row: int, cells: Mapping[str, str], person_id: str | None = None) -> bytes:
    """A row's cells; once it is known whom they are about, under that person's own data key."""
    return box.seal(_text(cells), queries.place(return_id, row), person_id)


def keep_lines(act: Act, return_id: str, checked: Checked) -> None:
    """Write fresh rows."""
    ids = act.new_ids(len(checked.lines))
    cells = act.using(Box).seal_all(
        [(_text(line.cells), queries.place(return_id, line.row)) for line in checked.lines]
    )
    act.add_many(
        ReturnLine,
        [
            {
                "id": own, "return_id": return_id, "row": line.row, "mark": checked.marks[line.row], "cells": body,
                "state": LineState.CHECKED.value, "worth": checked.worths.get(line.row, 0),
                "same_as": checked.same.get(line.row), "source": None, "applied_at": None,
            }
            for own, body, line in zip(ids, cells, checked.lines, strict=True)
        ],
    )  # fmt: skip


def keep_findings(act: Act, held: Return, findings: Sequence[CellFinding], marks: Mapping[int, str]) -> None:
    """Write what was found, and count what is a fault. `marks`: what the rows say, by row."""
    rows = [
        {
            "id": act.new_id(), "return_id": held.id, "row": f.row, "column": f.column, "code": f.code,
            "severity": f.severity, "facts": plain(dict(f.facts)),
        }
        for f in findings
    ]
    if rows:
        act.add_many(ReturnFinding, rows)
        _count(act, held, {(f.row, f.column, f.code): marks.get(f.row, held.digest) for f in findings if f.is_fault})


def _count(act: Act, held: Return, faults: Mapping[tuple[int, str, str], str]) -> None:
    """Count faults once: not again when a row is checked again, nor when what it says is filed again. (row, column, code) → mark."""
    if not faults:
        return
    rows = [row for row, _, _ in faults]
    f = ReturnFault
    here = select(f.row, f.column, f.code).where(f.return_id == held.id, f.row.between(min(rows), max(rows)))
    counted = set(map(tuple, act.db.execute(here)))
    earlier = (
        select(f.mark, f.column, f.code)
        .join(Return, Return.id == f.return_id)
        .where(
            among(act.db, f.mark, set(faults.values())), f.return_id != held.id, Return.kind == held.kind,
            Return.organisation_id.is_not_distinct_from(held.organisation_id),
        )
    )  # fmt: skip
    filed = set(map(tuple, act.db.execute(earlier)))
    fresh = [
        {"return_id": held.id, "row": row, "column": column, "code": code, "mark": mark, "found_at": act.at}
        for (row, column, code), mark in faults.items()
        if (row, column, code) not in counted and (mark, column, code) not in filed
    ]
    act.add_many(ReturnFault, fresh)


def keep_gone(act: Act, held: Return, gone: Sequence[str]) -> None:
    """Keep whom a complete list leaves out, inside the act that has checked its rows; nothing if it is none."""
    mark = act.find(ReturnMark, return_id=held.id)
    if mark is not None:
        mark.gone = {"lines": list(gone)}
        act.db.flush()


def counts(checked: Checked) -> dict[str, int]:
    """How many rows of which kind, and the money, as a return bears them on its face."""
    t = checked.totals
    return {
        "lines": t.lines, "good": t.good, "bad": t.bad, "same": t.same, "warnings": t.warnings, "worth": t.worth,
        "blocked": t.blocked,
    }
