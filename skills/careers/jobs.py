"""Work for later: each person of a nomination is answered in an act of its own."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from skills.careers.actions import nominations
from skills.careers.models import BoardNomination, BoardNominee
from skills.careers.states import NomineeState
from skills.kernel.actors import SYSTEM
from skills.kernel.canon import plain
from skills.kernel.errors import Refusal, Unavailable
from skills.kernel.jobs import Bench, job


@job("careers.nominate")
def nominate(bench: Bench, nomination_id: str) -> None:
    """Answer whoever waits; a second run finds what the first has done. A no of one stops no other."""
    office = bench.office
    ordered_by = office.ask(lambda db: db.get_one(BoardNomination, nomination_id).ordered_by)
    actor = replace(SYSTEM, on_behalf_of=ordered_by)
    chosen = select(BoardNominee.id).where(
        BoardNominee.nomination_id == nomination_id, BoardNominee.state == NomineeState.WAITING
    ).order_by(BoardNominee.id)  # fmt: skip
    waiting = office.ask(lambda db: list(db.scalars(chosen)))
    for done, nominee in enumerate(waiting):
        bench.progress(done, len(waiting))
        try:
            office.perform(nominations.register, actor=actor, key=bench.key(nominee), nominee_id=nominee)
        except Unavailable:
            raise
        except Refusal as refusal:
            office.perform(
                nominations.refuse, actor=actor, key=bench.key(f"no-{nominee}"), nominee_id=nominee, code=refusal.code,
                facts=plain(dict(refusal.facts)),
            )  # fmt: skip
    bench.progress(len(waiting), len(waiting))
