"""Marks by the hands that gave them, as oversight compares examiners and pairs of typists. No names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.certification.models import Application, PanelMark, ScoreEntry, ScoreSheet, Sitting
from skills.certification.states import ApplicationState

_ENDED = (ApplicationState.PASSED, ApplicationState.FAILED, ApplicationState.INCOMPLETE)
_OF = (
    Application.id, Sitting.id, Sitting.organisation_id, Sitting.occupation, Sitting.level, Sitting.pass_mark,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MarkGiven:
    """What an examiner of a panel, or a pair of typists, gave a candidate who came, in hundredths.

    hands   accounts, in order: one examiner, or the two typists
    others  what the rest of the panel gave the same candidate
    """

    application_id: str
    sitting_id: str
    hands: tuple[str, ...]
    panel: bool
    body_id: str
    occupation: str
    level: int
    section: str
    hundredths: int
    pass_mark: int
    others: tuple[int, ...] = ()


def marks_given(db: Session, since: date) -> list[MarkGiven]:
    """Of exams that were signed off since a day; what sections on screens were given by no hand."""
    return [*_by_examiners(db, since), *_by_typists(db, since)]


def results(db: Session, since: date) -> dict[str, tuple[int, int]]:
    """Body → (passed, passed or failed) at exams that were signed off since a day; who missed a part is neither."""
    rows = db.execute(
        select(Sitting.organisation_id, Application.state, func.count())
        .join(Application, Application.sitting_id == Sitting.id)
        .where(Sitting.scored_on >= since, Application.state.in_((ApplicationState.PASSED, ApplicationState.FAILED)))
        .group_by(Sitting.organisation_id, Application.state)
    )
    found: dict[str, tuple[int, int]] = {}
    for body, state, count in rows:
        passed, ended = found.get(body, (0, 0))
        found[body] = (passed + (count if state == ApplicationState.PASSED else 0), ended + count)
    return found


def _by_examiners(db: Session, since: date) -> list[MarkGiven]:
    rows = db.execute(
        select(*_OF, PanelMark.section, PanelMark.account_id, PanelMark.hundredths)
        .join(Application, Application.id == PanelMark.application_id)
        .join(Sitting, Sitting.id == Application.sitting_id)
        .where(Sitting.scored_on >= since, Application.state.in_(_ENDED), PanelMark.replaced_at.is_(None), PanelMark.hundredths.is_not(None))
        .order_by(PanelMark.application_id, PanelMark.section, PanelMark.account_id)
    )
    panels: dict[tuple[str, str], list[MarkGiven]] = defaultdict(list)
    for one, sitting, body, occupation, level, pass_mark, section, account, hundredths in rows:
        given = MarkGiven(one, sitting, (account,), True, body, occupation, level, section, hundredths or 0, pass_mark)
        panels[one, section].append(given)
    return [
        MarkGiven(
            g.application_id, g.sitting_id, g.hands, True, g.body_id, g.occupation, g.level, g.section, g.hundredths, g.pass_mark,
            tuple(o.hundredths for o in panel if o is not g),
        )
        for panel in panels.values() for g in panel
    ]  # fmt: skip


def _by_typists(db: Session, since: date) -> list[MarkGiven]:
    """The first typist's last word: at the sign-off it is the second's, too."""
    rows = db.execute(
        select(*_OF, ScoreEntry.section, ScoreSheet.first_by, ScoreSheet.second_by, ScoreEntry.hundredths)
        .join(Application, Application.id == ScoreEntry.application_id)
        .join(Sitting, Sitting.id == Application.sitting_id)
        .join(ScoreSheet, (ScoreSheet.sitting_id == Sitting.id) & (ScoreSheet.section == ScoreEntry.section))
        .where(
            Sitting.scored_on >= since, Application.state.in_(_ENDED), ScoreEntry.replaced_at.is_(None), ScoreEntry.turn == 1,
            ScoreEntry.hundredths.is_not(None), ScoreSheet.way == "typed", ScoreSheet.first_by.is_not(None), ScoreSheet.second_by.is_not(None),
        )
        .order_by(ScoreEntry.application_id, ScoreEntry.section)
    )  # fmt: skip
    return [
        MarkGiven(one, sitting, tuple(sorted((first, second))), False, body, occupation, level, section, hundredths or 0, pass_mark)
        for one, sitting, body, occupation, level, pass_mark, section, first, second, hundredths in rows
        if first and second
    ]
