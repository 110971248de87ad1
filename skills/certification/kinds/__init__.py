"""What certification does when a level certificate ends or goes on under another number."""

from __future__ import annotations

from skills.certification.actions.moves import next_number
from skills.certification.kinds import previous as previous
from skills.certification.kinds import registration as registration
from skills.certification.models import Award
from skills.certification.rules import numbers
from skills.credentials.homes import Home, Issued, settle
from skills.kernel.acts import Act
from skills.records import actions as records
from skills.records.queries import has_live
from skills.records.rules import LevelHeld
from skills.standards.rules import Level


def ended(act: Act, number: str, move: str) -> None:
    """A certificate that was taken back no longer counts: its entry in the passport is withdrawn."""
    source = f"certificate:{number}"
    if has_live(act.db, "level", source):
        records.withdraw(act, kind="level", source=source, reason=f"certificate {move}")


def new_number(act: Act, number: str) -> str:
    """The next number of the same body and level, in the year of the act."""
    old = numbers.read_number(number)
    return next_number(act, old.filing.text, old.level)[0]


def renumbered(act: Act, number: str, made: Issued) -> None:
    """The award stands under the new number too, and the passport names that."""
    old = act.get(Award, number=number)
    act.add(
        Award(
            id=act.new_id(), grounds=f"replaces:{number}", person_id=old.person_id, organisation_id=old.organisation_id,
            filing_id=old.filing_id, sitting_id=old.sitting_id, occupation=old.occupation, branch=old.branch,
            level=old.level, examined_on=old.examined_on, number=made.number, number_source="minted",
            certificate_id=made.certificate_id, awarded_at=act.at,
        )
    )  # fmt: skip
    ended(act, number, "renumbered")
    source = f"certificate:{made.number}"
    records.add(
        act, person_id=old.person_id, kind="level", source=source, strength="compared",
        body=LevelHeld(old.occupation, Level(old.level), act.today, made.number, source=source, strength="compared"),
    )  # fmt: skip


settle("level", Home(ended, new_number, renumbered))
