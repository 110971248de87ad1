"""Marks of a panel: each examiner for himself; marks that lie far apart are looked at by somebody else before the sign-off."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from skills.certification.actions.accommodations import no_decider
from skills.certification.actions.day import not_there
from skills.certification.actions.moves import chain, reason_of, sitting_for
from skills.certification.actions.scores import Typed
from skills.certification.models import Application, PanelMark, PanelSpread, Sitting, SittingDuty
from skills.certification.queries.carried import step_of
from skills.certification.queries.defences import ready
from skills.certification.queries.duties import NEVER, tied
from skills.certification.queries.panels import own_sheet, panel_of, settled
from skills.certification.rules.defences import may_be_marked
from skills.certification.rules.duties import Duty
from skills.certification.rules.exams import Section
from skills.certification.rules.panels import methods
from skills.certification.states import SittingState
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.records.rules.marks import read_typed
from skills.standards.queries import value

MARK = "panel.mark"


@dataclass(frozen=True)
class Given:
    """How many marks were written."""

    count: int


@action("panel.mark", may=MARK)
def mark(act: Act, sitting_id: str, section: str, lines: tuple[Typed, ...]) -> Given:
    """Give one's own marks in a section of a held exam, as an examiner of its panel; another mark replaces one's own until the sign-off.

    Nothing is written if one line is refused. Raises Missing, Refusal("panel.undeclared" | "duty.ties" | "defence.not_ready" | of `read_typed`).
    """
    sheet = own_sheet(act.db, sitting_id, section, act.actor.account)
    no_decider(act, sitting_id)
    row = sitting_for(act, sitting_id, MARK)
    seated = {line.application_id for line in sheet.lines}
    if any(line.application_id not in seated for line in lines):
        raise Missing("application.unknown")
    candidates = list(act.db.scalars(select(Application).where(Application.id.in_([line.application_id for line in lines]))))
    _declared(act, row, candidates)
    tied(act.db, row, act.actor.account, act.today, candidates).or_refuse()
    absent = {line.application_id for line in lines if read_typed(line.text, step_of(row, section)).absent}
    there = [one for one in candidates if one.id not in absent]
    gone = not_there(act, row.id, section) if row.room_records else set()
    if missed := next((one for one in there if one.id in gone), None):
        raise Refusal("score.was_absent", seat=missed.seat)
    if section == Section.COMPREHENSIVE:
        may_be_marked(ready(act.db, there)).or_refuse()
    count = sum(_write(act, line, section, step_of(row, section)) for line in lines)
    chain(act, f"mark:{section}", dict.fromkeys(line.application_id for line in lines))
    act.note("panel.mark", sitting=row.id, section=section, count=count)
    return Given(count)


@action("panel.let_stand", may="score.sign")
def let_stand(act: Act, sitting_id: str, application_id: str, section: str, reason: str) -> None:
    """Let marks that lie far apart stand, with a reason, as somebody who is not of the panel. Another mark asks again."""
    row = sitting_for(act, sitting_id, "score.sign")
    candidate = act.get(Application, id=application_id, sitting_id=row.id)
    if row.state != SittingState.HELD:
        raise Missing("panel.unknown")
    if act.actor.account in panel_of(act.db, row.id):
        raise Refusal("panel.own_alarm")
    held = settled(act.db, row, [candidate]).get(section, {}).get(candidate.id)
    if held is None or not held.alarming(methods(row.panel)[section]):
        raise Missing("panel.unknown")
    act.add(
        PanelSpread(
            id=act.new_id(), application_id=candidate.id, section=section, spread=held.spread, reason=reason_of(reason),
            by=act.actor.account, at=act.at,
        )
    )  # fmt: skip
    act.note("panel.let_stand", sitting=row.id, application=candidate.id, section=section)


def _declared(act: Act, row: Sitting, candidates: list[Application]) -> None:
    if value(act.db, "duty.declaration", act.today) == NEVER:
        return
    duty = act.get(SittingDuty, sitting_id=row.id, account_id=act.actor.account, duty=Duty.EXAMINER, ended_at=None)
    if duty.declared_at is None or any(one.applied_at > duty.declared_at for one in candidates):
        raise Refusal("panel.undeclared")


def _write(act: Act, line: Typed, section: str, step: int) -> int:
    given = read_typed(line.text, step)
    held = act.find(PanelMark, application_id=line.application_id, section=section, account_id=act.actor.account, replaced_at=None)
    if held is not None:
        if held.hundredths == given.hundredths:
            return 0
        held.replaced_at = act.at
        act.db.flush()
    act.add(
        PanelMark(
            id=act.new_id(), application_id=line.application_id, section=section, account_id=act.actor.account,
            hundredths=given.hundredths, at=act.at,
        )
    )  # fmt: skip
    return 1
