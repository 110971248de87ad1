"""Taking a complaint in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from skills.accounts.queries import officials, organisation
from skills.accounts.rules import GRANTS, Role
from skills.complaints import rules, subjects
from skills.complaints.actions.steps import Paper, keep, step, tell_author
from skills.complaints.models import Complaint
from skills.complaints.rules import Level
from skills.complaints.states import ComplaintState
from skills.kernel.acts import ANYONE, Act, action
from skills.kernel.box import Box
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Forbidden
from skills.kernel.ids import human_code
from skills.standards.calendar import add_working_days
from skills.standards.queries import value

HANDLE = "complaint.handle"


@dataclass(frozen=True)
class Received:
    """The receipt: number, the word that opens the case, the last days for being taken on and for the answer."""

    number: str
    word: str
    due_on: str
    accept_by: str


@dataclass(frozen=True)
class Author:
    """Who complains, as far as it is kept: neither for the anonymous. `counter` if a clerk writes it down for them."""

    person_id: str | None = None
    account_id: str | None = None
    counter: bool = False


@action("complaint.file", may=ANYONE)
def file(
    act: Act, kind: str, text: str, contact: str = "", about_id: str | None = None, matter: str = "", ref: str = "",
    papers: tuple[Paper, ...] = (),
) -> Received:
    """Take a complaint in. The word is told once and kept as a digest; nothing is kept of where it came from.

    Raises Refusal("complaint.incomplete" | "complaint.too_many_papers"), Missing("organisation.unknown"), and
    Forbidden("not_for_helpers") for a relative who acts in somebody's name just now: it would be neither's own.
    """  # fmt: skip
    if act.actor.helping:
        raise Forbidden("not_for_helpers")
    signed_in = act.actor.person is not None or bool(act.actor.grants)
    author = Author(act.actor.person, act.actor.account if signed_in else None)
    return file_as(act, author, kind, text, contact, about_id, matter, ref, papers)


def file_as(
    act: Act, author: Author, kind: str, text: str, contact: str, about_id: str | None, matter: str, ref: str, papers: tuple[Paper, ...]
) -> Received:
    """The same for this author, inside the caller's act."""
    kinds = {k.code: k for k in rules.read_kinds(value(act.db, "complaint.kinds", act.today))}
    chosen = kinds.get(kind)
    rules.complete(chosen, text, contact, matter, ref.strip()).or_refuse()
    assert chosen is not None  # noqa: S101 - an unknown kind was refused
    found = subjects.find(act.db, matter, ref.strip())
    about = about_id or (found.organisation_id if found else None)
    if author.counter:
        rules.may_take_in(act.actor.organisations, about).or_refuse()
    district = organisation(act.db, about).district if about is not None else ""
    level = Level.DISTRICT if _desk_in(act, district) else Level.CITY
    year = act.today.year
    wait_exclusive(act.db, f"complaints:{year}")
    serial = (act.db.scalar(select(func.max(Complaint.serial)).where(Complaint.year == year)) or 0) + 1
    box, complaint_id, word = act.using(Box), act.new_id(), human_code(act.source)

    def sealed(value: str, column: str) -> bytes:
        return box.seal(value, f"complaint:{complaint_id}:{column}", author.person_id)

    row = act.add(
        Complaint(
            id=complaint_id, year=year, serial=serial, number=rules.number(year, serial), kind=kind, about_id=about,
            matter=matter, matter_ref=sealed(ref.strip(), "matter_ref") if ref.strip() else None,
            matter_id=found.id if found else None, district=district, level=level,
            person_id=author.person_id, account_id=author.account_id, text=sealed(text.strip(), "text"),
            contact=sealed(contact.strip()[:200], "contact"), word=rules.word_hash(word), state=ComplaintState.RECEIVED,
            received_at=act.at, accept_by=add_working_days(act.today, chosen.accept),
            due_on=add_working_days(act.today, chosen.days),
        )
    )  # fmt: skip
    keep(act, row, papers)
    step(act, row, "file", desk=author.counter)
    if found is not None:
        act.later("complaints.hands", key=f"hands:{row.id}", complaint_id=row.id)
    act.note("complaint.file", id=row.id, number=row.number, kind=kind)
    tell_author(act, row, "complaint.told_filed_at_counter" if author.counter else "complaint.told_file", due=row.due_on)
    return Received(row.number, word, row.due_on.isoformat(), row.accept_by.isoformat() if row.accept_by else "")


def _desk_in(act: Act, district: str) -> bool:
    """Whether a district has a desk: somebody there may handle complaints."""
    return bool(district) and any(
        line.district == district and HANDLE in GRANTS[Role(line.role)]
        for lines in officials(act.db).values()
        for line in lines
    )
