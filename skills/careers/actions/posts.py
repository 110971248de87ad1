"""Posts of a firm's board, put there by its list of staff."""

from __future__ import annotations

from datetime import date

from skills.careers.models import BoardPost
from skills.careers.queries.board import working_at
from skills.certification.actions import employments
from skills.kernel.acts import Act
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Refusal
from skills.people.queries import person
from skills.standards.queries import current_occupation
from skills.standards.rules import Level

RIGHT = "application.enter"


def place(
    act: Act, organisation_id: str, person_id: str, occupation: str, wanted: Level, document: tuple[str, str], since: date | None
) -> str:
    """Put somebody on a post inside the caller's act; its id. Who is not known to work there in this occupation is declared.

    document  kind and number, by which the employment is declared
    Raises Refusal("staff.since_needed" and what `employment.declare` refuses), Missing.
    """
    act.require(RIGHT, organisation_id)
    code = current_occupation(act.db, occupation).code
    wait_exclusive(act.db, f"board:{organisation_id}:{person_id}")
    if (person_id, code) not in working_at(act.db, organisation_id, [(person_id, person(act.db, person_id).birth)], act.today):
        if since is None:
            raise Refusal("staff.since_needed")
        employments.declare(act, organisation_id, *document, code, since)
    held = act.find(BoardPost, organisation_id=organisation_id, person_id=person_id, ended_at=None)
    if held is not None:
        if (held.occupation, held.wanted) == (code, wanted):
            return held.id
        held.ended_at = act.at
        act.db.flush()
    row = act.add(
        BoardPost(
            id=act.new_id(), organisation_id=organisation_id, person_id=person_id, occupation=code, wanted=int(wanted),
            put_by=act.actor.account, put_at=act.at,
        )
    )  # fmt: skip
    act.note("board.post", id=row.id, occupation=code, wanted=int(wanted))
    return row.id
