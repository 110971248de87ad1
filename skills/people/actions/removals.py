"""A document that is on a record by mistake is taken off: asked at the desk by one, released by another.

What came by it stays with the person. The number finds nobody then, until the desk says what it saw of whoever comes with it
(`register.add_document`): otherwise somebody could have a document taken off, and be somebody new by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Refusal
from skills.people import queries
from skills.people.actions.register import known
from skills.people.models import DocumentAddition, DocumentRemoval, IdentityDocument
from skills.people.parts import PARTS, bar_all
from skills.people.queries.removals import read_of, remaining, sealed_at
from skills.people.rules.additions import answered, second_person
from skills.people.rules.removals import Identity, may_remove
from skills.people.states import REMOVAL, RemovalState


@dataclass(frozen=True)
class RemovalAsked:
    """A wish that waits for a second person."""

    removal_id: str


@dataclass(frozen=True)
class RemovalDecided:
    """How a wish ended."""

    removal_id: str
    state: str


@action("document_removal.ask", may="person.register")
def ask_removal(
    act: Act, document_id: str, reason: str, grounds: str, birth: date | None = None, sex: str = ""
) -> RemovalAsked:
    """A document on somebody's record is not theirs: put down what was seen, for a second person to release.

    birth, sex  as they are read off a document that stays; wanted where no number and no founding of the record says them
    Raises Refusal("document_removal.refused" | "document_removal.asked_already" | "person.erased" | "person.joined"),
    Missing("identity_document.unknown").
    """
    document = act.get(IdentityDocument, id=document_id)
    read = Identity(birth, sex) if birth is not None and sex in ("M", "F") else None
    _may_remove(act, document, read, reason, grounds)
    if act.find(DocumentRemoval, document_id=document.id, state=RemovalState.ASKED) is not None:
        raise Refusal("document_removal.asked_already", number=document.masked)
    new, box, addition = act.new_id(), act.using(Box), act.find(DocumentAddition, document_id=document.id)
    act.add(
        DocumentRemoval(
            id=new, person_id=document.person_id, addition_id=addition.id if addition else None, document_id=document.id,
            state=RemovalState.ASKED, reason=reason, grounds=box.seal(grounds.strip(), sealed_at(new, "grounds"), document.person_id),
            identity=box.seal(f"{read.birth} {read.sex}", sealed_at(new, "identity"), document.person_id) if read else None,
            asked_by=act.actor.account, asked_at=act.at,
        )
    )  # fmt: skip
    act.note("document_removal.ask", id=new, person=document.person_id, reason=reason)
    return RemovalAsked(new)


@action("document_removal.decide", may="person.decide", step_up=True)
def decide_removal(act: Act, removal_id: str, agree: bool, answer: str = "") -> RemovalDecided:
    """The second person: the document finds this person no more, or it stays, with the reason. Looked at again now.

    Whoever signed in by it is signed out, and codes that could be presented in the person's name count no more.
    Raises Refusal("person.second_person" | "person.answer") and what asking raises.
    """
    row, box = act.get(DocumentRemoval, id=removal_id), act.using(Box)
    REMOVAL.check(row.state, "release")
    second_person(row.asked_by, act.actor.account).or_refuse()
    by = {"decided_by": act.actor.account, "decided_at": act.at}
    if not agree:
        answered(answer).or_refuse()
        act.move(row, REMOVAL, "refuse", answer=box.seal(answer.strip(), sealed_at(row.id, "answer"), row.person_id), **by)
        return RemovalDecided(row.id, row.state)
    wait_exclusive(act.db, f"documents:{row.person_id}")  # of two documents at once the second sees that the first is gone
    document = act.get(IdentityDocument, id=row.document_id)
    act.db.refresh(document)
    _may_remove(act, document, read_of(box, row), row.reason, box.open(row.grounds, sealed_at(row.id, "grounds")))
    act.move(row, REMOVAL, "release", **by)
    if not act.alter(document, IdentityDocument.ended_at.is_(None), ended_at=act.at):
        raise Refusal("document_removal.changed_meanwhile")
    bar_all(act, row.person_id, "document")
    for part in PARTS.values():
        part.removed(act, row.person_id)
    return RemovalDecided(row.id, row.state)


@action("document_removal.withdraw", may="person.register")
def withdraw_removal(act: Act, removal_id: str) -> None:
    """Take a wish back, as long as nobody has decided."""
    act.move(act.get(DocumentRemoval, id=removal_id), REMOVAL, "withdraw", decided_by=act.actor.account, decided_at=act.at)


def _may_remove(act: Act, document: IdentityDocument, read: Identity | None, reason: str, grounds: str) -> None:
    known(act, document.person_id)
    who = queries.person(act.db, document.person_id)
    stays = remaining(act.db, act.using(Box), document.person_id, document.id)
    may_remove(document.ended_at is None, stays, Identity(who.birth, who.sex), read, reason, grounds).or_refuse()
