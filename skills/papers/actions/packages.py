"""Items in and out by a package."""

from __future__ import annotations

from dataclasses import dataclass

from skills.kernel.acts import Act, action
from skills.kernel.errors import Refusal
from skills.papers.actions.items import ItemsBrought, alone, bank_of, bring_all
from skills.papers.queries.banks import live
from skills.papers.rules.items import faults, placed
from skills.papers.rules.qti import MOST_FAULTS, Entry
from skills.papers.states import REVIEW, WRITE


@dataclass(frozen=True)
class ItemsTaken:
    """How many items were taken out."""

    bank_id: str
    items: int


@action("item.bring_package", may=WRITE)
def bring(act: Act, bank_id: str, entries: tuple[Entry, ...]) -> ItemsBrought:
    """Write the items of a package, all or none. Each is a draft that another reviews.

    Raises Missing, Refusal("paper_qti.refused") with each file that cannot stand in the bank.
    """
    bank = alone(act, bank_of(act, bank_id, WRITE))
    bad = [placed(f, e.file) for e in entries for f in faults(e.question, bank.points) if not f.met]
    if bad:
        raise Refusal("paper_qti.refused", bad[:MOST_FAULTS], count=len(bad))
    return bring_all(act, bank, [e.question for e in entries])


@action("item.export", may=REVIEW)
def take(act: Act, bank_id: str) -> ItemsTaken:
    """Put on record that somebody takes the usable items of a bank out, with their keys. Raises Missing."""
    bank = bank_of(act, bank_id, REVIEW)
    count = len(act.db.scalars(live(bank.id)).all())
    act.note("item_bank.export", id=bank.id, items=count)
    return ItemsTaken(bank.id, count)
