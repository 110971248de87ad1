"""A further document that was added by mistake is taken off: asked at the desk by one, released by another.

What came by it stays with the person. The number finds nobody then, until the desk says what it saw of whoever comes with it
(`register.add_document`): otherwise somebody could have a document taken off, and be somebody new by it.
"""

from __future__ import annotations

from dataclasses import dataclass

from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.people.actions.register import known
from skills.people.models import DocumentAddition, DocumentRemoval, IdentityDocument
from skills.people.parts import PARTS, bar_all
from skills.people.queries.removals import sealed_at
from skills.people.rules.additions import answered, may_remove, second_person
from skills.people.states import REMOVAL, AdditionState, RemovalState


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
def ask_removal(act: Act, addition_id: str, reason: str, grounds: str) -> RemovalAsked:
    """A document that was added is not this person's: put down what was seen, for a second person to release.

    Raises Refusal("document_removal.refused" | "document_removal.asked_already" | "person.erased" | "person.joined"),
    Missing("document_addition.unknown").
    """
    addition = act.get(DocumentAddition, id=addition_id)
    document = _of(act, addition, reason, grounds)
    if act.find(DocumentRemoval, document_id=document.id, state=RemovalState.ASKED) is not None:
        raise Refusal("document_removal.asked_already", number=document.masked)
    new = act.new_id()
    sealed = act.using(Box).seal(grounds.strip(), sealed_at(new, "grounds"), document.person_id)
    act.add(
        DocumentRemoval(
            id=new, person_id=document.person_id, addition_id=addition.id, document_id=document.id, state=RemovalState.ASKED,
            reason=reason, grounds=sealed, asked_by=act.actor.account, asked_at=act.at,
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
    grounds = box.open(row.grounds, sealed_at(row.id, "grounds"))
    document = _of(act, act.get(DocumentAddition, id=row.addition_id), row.reason, grounds)
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


def _of(act: Act, addition: DocumentAddition, reason: str, grounds: str) -> IdentityDocument:
    """The document that an addition became, if it may be taken off."""
    known(act, addition.person_id)
    document = act.find(IdentityDocument, id=addition.document_id) if addition.document_id else None
    added = addition.state == AdditionState.ADDED and document is not None
    may_remove(added, document is not None and document.ended_at is not None, reason, grounds).or_refuse()
    assert document is not None  # noqa: S101 - the rule has asked
    return document
