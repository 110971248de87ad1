"""Papers are marked when nothing can be answered any more: twice, in acts of their own, each from the rows themselves.

The second does not trust the first: it proves first that form, texts and keys are what was frozen, and picks the answers that
count by the database instead of by hand. Who has the scores to decide on compares the two (certification: two entries).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select

from skills.kernel.acts import Act
from skills.kernel.box import Box
from skills.kernel.db import among
from skills.kernel.errors import Refusal
from skills.papers.models import PaperAnswer, PaperForm, PaperMarking, PaperRun
from skills.papers.queries.banks import key_of, question_of
from skills.papers.queries.papers import digest_again
from skills.papers.queries.runs import answers, form_items, wanted
from skills.papers.rules.marking import Wanted, mark
from skills.papers.states import RunState


def mark_all(act: Act, takers: Collection[str], turn: int) -> dict[str, int]:
    """Mark the closed runs of these takers as the first or the second of two; by taker the points. What was marked in this turn stays.

    Raises Refusal("paper_run.still_open" | "paper_form.changed").
    """
    runs = act.db.scalars(select(PaperRun).where(among(act.db, PaperRun.taker, takers)).order_by(PaperRun.id)).all()
    if any(run.state == RunState.OPEN for run in runs):
        raise Refusal("paper_run.still_open")
    forms = {form_id: act.get(PaperForm, id=form_id) for form_id in sorted({run.form_id for run in runs})}
    keys = {form.id: _wanted(act, form, proved=turn == 2) for form in forms.values()}
    said = (_by_hand if turn == 1 else _by_database)(act, [run.id for run in runs])
    made = {}
    for run in runs:
        held = act.find(PaperMarking, run_id=run.id, turn=turn)
        if held is None:
            given = said.get(run.id, {})
            marks = mark(keys[run.form_id], given)
            held = act.add(PaperMarking(
                run_id=run.id, turn=turn, answers=[[place, given[place]] for place in sorted(given)], wanted=forms[run.form_id].digest,
                correct=list(marks.right), points=marks.points, most=marks.most, entry_id=act.entry_id, at=act.at,
            ))  # fmt: skip
        made[run.taker] = held.points
    act.note("paper_run.mark", turn=turn, count=len(made))
    return made


def _wanted(act: Act, form: PaperForm, *, proved: bool) -> list[Wanted]:
    """The keys of a form, in order; `proved`: only if form, texts and keys are what was frozen."""
    box = act.using(Box)
    if proved:
        same = all(
            box.blind("paper_item", question_of(v, key_of(box, v)).whole) == v.digest for _, v in form_items(act.db, form.id)
        )
        if not same or digest_again(act.db, form) != form.digest:
            raise Refusal("paper_form.changed")
    return wanted(act.db, box, form.id)


def _by_hand(act: Act, run_ids: Sequence[str]) -> Mapping[str, Mapping[int, str]]:
    held = answers(act.db, run_ids)
    return {run: {place: row.value for place, row in rows.items() if row.value} for run, rows in held.items()}


def _by_database(act: Act, run_ids: Sequence[str]) -> Mapping[str, Mapping[int, str]]:
    last = (
        select(PaperAnswer.run_id, PaperAnswer.place, func.max(PaperAnswer.turn).label("turn")).group_by(PaperAnswer.run_id, PaperAnswer.place)
        .where(among(act.db, PaperAnswer.run_id, run_ids)).subquery()
    )  # fmt: skip
    chosen = select(PaperAnswer.run_id, PaperAnswer.place, PaperAnswer.value).join(
        last, (last.c.run_id == PaperAnswer.run_id) & (last.c.turn == PaperAnswer.turn)
    )
    found: dict[str, dict[int, str]] = {}
    for run, place, value in act.db.execute(chosen.where(PaperAnswer.value != "")):
        found.setdefault(run, {})[place] = value
    return found
