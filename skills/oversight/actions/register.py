"""What the business register says of a body, as a clerk read it there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from skills.accounts import queries as accounts
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Missing, Refusal
from skills.oversight.models import RegisterEntry
from skills.people.rules import DocumentKind, normal_document, tidy_name


@dataclass(frozen=True)
class Entered:
    """The entry that stands now."""

    entry_id: str


@action("register.enter", may="case.handle")
def enter(
    act: Act, organisation_id: str, legal_rep: str, document: str, address: str, established_on: date | None = None,
    insured: int | None = None,
) -> Entered:  # fmt: skip
    """Put down what the register says; what was put down before stays as history.

    legal_rep  name of the legal representative, document: the number of the identity document, kept as a digest only
    insured    people for whom social insurance is paid
    Raises Missing("organisation.unknown"), Refusal("register_entry.incomplete" | "register_entry.impossible").
    """
    body = accounts.organisation(act.db, organisation_id)
    bounds = act.actor.districts_for("case.handle")
    if bounds is not None and body.district not in bounds:
        raise Missing("organisation.unknown")
    name, number, place = tidy_name(legal_rep)[:60], normal_document(DocumentKind.RESIDENT, document)[:32], address.strip()[:200]
    if not (name and number and place):
        raise Refusal("register_entry.incomplete")
    if (established_on is not None and established_on > act.today) or (insured is not None and insured < 0):
        raise Refusal("register_entry.impossible")
    before = act.find(RegisterEntry, organisation_id=organisation_id, ended_at=None)
    if before is not None:
        act.alter(before, RegisterEntry.ended_at.is_(None), ended_at=act.at)
    box, entry_id = act.using(Box), act.new_id()
    act.add(
        RegisterEntry(
            id=entry_id, organisation_id=organisation_id, legal_rep=box.seal(name, f"register_entry:{entry_id}:legal_rep"),
            legal_rep_blind=box.blind("legal_rep", number), address=place, established_on=established_on, insured=insured,
            entered_by=act.actor.account, entered_at=act.at,
        )
    )  # fmt: skip
    act.note("register.enter", id=entry_id, organisation=organisation_id)
    return Entered(entry_id)
