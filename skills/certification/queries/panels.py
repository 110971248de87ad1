"""What panels gave: one's own marks for an examiner, how far they are for the body, the result for the sign-off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.certification.models import Application, PanelMark, PanelSpread, Sitting, SittingDuty
from skills.certification.queries.carried import sat_in
from skills.certification.queries.duties import staff_of
from skills.certification.rules.duties import Duty
from skills.certification.rules.exams import Section
from skills.certification.rules.panels import Method, PanelState, Settled, methods, settle
from skills.certification.states import ApplicationState, SittingState
from skills.kernel.errors import Missing
from skills.records.rules.marks import Mark, points
from skills.standards.rules import Level

_SAT = (ApplicationState.EXAMINED, ApplicationState.PASSED, ApplicationState.FAILED, ApplicationState.INCOMPLETE, ApplicationState.VOID)


@dataclass(frozen=True)
class OwnMark:
    """A candidate on an examiner's own sheet: seat and ticket, no name; `own` is what this examiner gave."""

    application_id: str
    seat: int
    ticket: str
    own: str


@dataclass(frozen=True)
class OwnSheet:
    """A section as one examiner of its panel sees it. Nobody else's mark is in it."""

    section: Section
    step: int
    lines: tuple[OwnMark, ...]


@dataclass(frozen=True)
class Alarm:
    """A candidate whose examiners lie far apart; no mark is in it, only the distance in points."""

    application_id: str
    seat: int
    spread: str
    accepted: str


@dataclass(frozen=True)
class PanelLine:
    """How far a section's panel is: marks given of those wanted, no mark itself."""

    section: Section
    method: Method
    given: int
    wanted: int
    split: int
    alarms: tuple[Alarm, ...]


def panel_of(db: Session, sitting_id: str) -> tuple[str, ...]:
    """The accounts of an exam's examiners."""
    return staff_of(db, [sitting_id]).get(sitting_id, {}).get(Duty.EXAMINER, ())


def settled(db: Session, sitting: Sitting, candidates: Sequence[Application]) -> dict[str, dict[str, Settled]]:
    """section → application → what the panel's marks come to, for who sits that section."""
    panel, given = panel_of(db, sitting.id), _given(db, sitting.id)
    return {
        section: {
            c.id: settle(given.get((c.id, section), {}), panel, method)
            for c in candidates
            if section in sat_in(c, Level(sitting.level))
        }
        for section, method in methods(sitting.panel).items()
    }


def states_of(db: Session, sitting: Sitting, candidates: Sequence[Application]) -> list[PanelState]:
    """How far every panel section that anybody sits is, as the sign-off asks."""
    panel, accepted = frozenset(panel_of(db, sitting.id)), _accepted(db, sitting.id)
    how = methods(sitting.panel)
    return [
        PanelState(
            panel, sum(s.missing > 0 for s in held.values()), sum(s.split for s in held.values()),
            sum(s.alarming(how[section]) and accepted.get((one, section), ("", -1))[1] != s.spread for one, s in held.items()),
        )
        for section, held in settled(db, sitting, candidates).items()
        if held
    ]  # fmt: skip


def panels(db: Session, sitting_id: str) -> list[PanelLine]:
    """How far each panel section of an exam is; alarms by seat."""
    sitting = db.get_one(Sitting, sitting_id)
    candidates, how, size = _sat(db, sitting_id), methods(sitting.panel), len(panel_of(db, sitting_id))
    accepted, seats = _accepted(db, sitting_id), {c.id: c.seat or 0 for c in candidates}
    return [
        PanelLine(
            Section(section), how[section], sum(size - s.missing for s in held.values()), size * len(held), sum(s.split for s in held.values()),
            tuple(
                Alarm(one, seats[one], points(s.spread), accepted[one, section][0] if accepted.get((one, section), ("", -1))[1] == s.spread else "")
                for one, s in held.items()
                if s.alarming(how[section])
            ),
        )
        for section, held in settled(db, sitting, candidates).items()
        if held
    ]  # fmt: skip


def own_sheet(db: Session, sitting_id: str, section: str, account: str) -> OwnSheet:
    """A section as one examiner of the panel sees it: the own marks alone. Raises Missing for anybody else."""
    serves = select(SittingDuty.id).where(
        SittingDuty.sitting_id == sitting_id, SittingDuty.account_id == account, SittingDuty.duty == Duty.EXAMINER,
        SittingDuty.ended_at.is_(None),
    )  # fmt: skip
    sitting = db.get(Sitting, sitting_id)
    if sitting is None or db.scalar(serves) is None or section not in sitting.panel or sitting.state != SittingState.HELD:
        raise Missing("panel.unknown")
    own = {one: marks[account] for (one, part), marks in _given(db, sitting_id).items() if part == section and account in marks}
    lines = tuple(
        OwnMark(c.id, c.seat or 0, c.ticket or "", _text(own.get(c.id)))
        for c in _sat(db, sitting_id)
        if section in sat_in(c, Level(sitting.level))
    )
    return OwnSheet(Section(section), sitting.score_steps.get(section) or sitting.score_step, lines)


def _text(mark: Mark | None) -> str:
    return "" if mark is None else "缺考" if mark.absent else mark.text


def _sat(db: Session, sitting_id: str) -> list[Application]:
    chosen = select(Application).where(Application.sitting_id == sitting_id, Application.state.in_(_SAT))
    return list(db.scalars(chosen.order_by(Application.seat)))


def _given(db: Session, sitting_id: str) -> Mapping[tuple[str, str], dict[str, Mark]]:
    found: dict[tuple[str, str], dict[str, Mark]] = defaultdict(dict)
    rows = db.execute(
        select(PanelMark.application_id, PanelMark.section, PanelMark.account_id, PanelMark.hundredths)
        .join(Application, Application.id == PanelMark.application_id)
        .where(Application.sitting_id == sitting_id, PanelMark.replaced_at.is_(None))
    )
    for application, section, account, hundredths in rows:
        found[application, section][account] = Mark(hundredths)
    return found


def _accepted(db: Session, sitting_id: str) -> dict[tuple[str, str], tuple[str, int]]:
    rows = db.scalars(
        select(PanelSpread)
        .join(Application, Application.id == PanelSpread.application_id)
        .where(Application.sitting_id == sitting_id)
        .order_by(PanelSpread.at, PanelSpread.id)
    )
    return {(row.application_id, row.section): (row.reason, row.spread) for row in rows}
