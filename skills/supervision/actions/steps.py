"""What every act of this room shares: finding its row within one's bounds, and somebody's words."""

from __future__ import annotations

from skills.kernel.acts import Act
from skills.kernel.errors import Missing, Refusal
from skills.supervision.models import Supervision, SupervisionDraw
from skills.supervision.rules import LONGEST


def draw_of(act: Act, draw_id: str, right: str) -> SupervisionDraw:
    """A draw of one's body, or of the authority within one's districts. Raises Missing("supervision_draw.unknown")."""
    row = act.find(SupervisionDraw, id=draw_id)
    if row is None or not _reaches(act, right, row.organisation_id, row.district):
        raise Missing("supervision_draw.unknown")
    return row


def own_of(act: Act, supervision_id: str) -> Supervision:
    """A supervision that is one's own to carry out. Raises Missing("supervision.unknown")."""
    row = act.find(Supervision, id=supervision_id)
    if row is None or row.supervisor != act.actor.account:
        raise Missing("supervision.unknown")
    return row


def words(text: str, most: int = LONGEST) -> str:
    """What somebody wrote. Raises Refusal("supervision.words_needed")."""
    said = text.strip()
    if not 0 < len(said) <= most:
        raise Refusal("supervision.words_needed", most=most)
    return said


def _reaches(act: Act, right: str, organisation_id: str | None, district: str) -> bool:
    if organisation_id is not None:
        return act.actor.everything or organisation_id in act.actor.organisations_for(right)
    if not act.actor.may_unbound(right):
        return False
    bounds = act.actor.districts_for(right)
    return bounds is None or district in bounds
