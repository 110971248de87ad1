"""A further document of a person: asked at the desk by one, released by another; from then on it finds the same person."""

from __future__ import annotations

from dataclasses import dataclass

from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.people import queries
from skills.people.actions.register import add_document, known
from skills.people.models import DocumentAddition
from skills.people.parts import PARTS
from skills.people.queries.additions import held_kinds, sealed_at
from skills.people.rules import check_document, check_name, mask_document, normal_document, tidy_name
from skills.people.rules.additions import CHANGED, answered, may_add, second_person
from skills.people.states import ADDITION, AdditionState


@dataclass(frozen=True)
class Asked:
    """A request that waits for a second person."""

    addition_id: str


@dataclass(frozen=True)
class Released:
    """How a request ended."""

    addition_id: str
    state: str


@action("document_addition.ask", may="person.register")
def ask_addition(
    act: Act, person_id: str, document_kind: str, document_number: str, reason: str, grounds: str, name: str = ""
) -> Asked:
    """The person is at the desk with a further document: put down what was seen, for a second person to release.

    name  as it is written on the document, if otherwise than on the record
    Raises Refusal("document_addition.refused" | "name.refused" | "document.refused" | "document.known" | "document.of_another" |
    "document_addition.asked_already" | "person.erased" | "person.joined").
    """
    number, written = normal_document(document_kind, document_number), tidy_name(name)
    if written:
        check_name(written).or_refuse()
    _may_add(act, person_id, document_kind, number, reason, grounds)
    box, new = act.using(Box), act.new_id()
    blind = queries.document_blind(box, document_kind, number)
    if act.find(DocumentAddition, blind=blind, state=AdditionState.ASKED) is not None:
        raise Refusal("document_addition.asked_already", number=mask_document(number))
    act.add(
        DocumentAddition(
            id=new, person_id=person_id, state=AdditionState.ASKED, kind=document_kind,
            number=box.seal(number, sealed_at(new, "number"), person_id), blind=blind, masked=mask_document(number),
            name=box.seal(written, sealed_at(new, "name"), person_id) if written else None, reason=reason,
            grounds=box.seal(grounds.strip(), sealed_at(new, "grounds"), person_id), asked_by=act.actor.account, asked_at=act.at,
        )
    )  # fmt: skip
    act.note("document_addition.ask", id=new, person=person_id, reason=reason)
    return Asked(new)


@action("document_addition.decide", may="person.decide", step_up=True)
def decide_addition(act: Act, addition_id: str, agree: bool, answer: str = "") -> Released:
    """The second person: the document is added, or not, with the reason. What was asked then is asked again now.

    Raises Refusal("person.second_person" | "person.answer") and what asking raises.
    """
    row, box = act.get(DocumentAddition, id=addition_id), act.using(Box)
    ADDITION.check(row.state, "release")
    second_person(row.asked_by, act.actor.account).or_refuse()
    by = {"decided_by": act.actor.account, "decided_at": act.at}
    if not agree:
        answered(answer).or_refuse()
        sealed = box.seal(answer.strip(), sealed_at(row.id, "answer"), row.person_id)
        act.move(row, ADDITION, "refuse", answer=sealed, **by)
        return Released(row.id, row.state)
    number = box.open(row.number, sealed_at(row.id, "number"))
    grounds = box.open(row.grounds, sealed_at(row.id, "grounds"))
    _may_add(act, row.person_id, row.kind, number, row.reason, grounds)
    name = box.open(row.name, sealed_at(row.id, "name")) if row.name else ""
    act.move(row, ADDITION, "release", document_id=add_document(act, row.person_id, row.kind, number, grounds, name), **by)
    for part in PARTS.values():
        part.added(act, row.person_id)
    return Released(row.id, row.state)


@action("document_addition.withdraw", may="person.register")
def withdraw_addition(act: Act, addition_id: str) -> None:
    """Take a request back, as long as nobody has decided."""
    row = act.get(DocumentAddition, id=addition_id)
    act.move(row, ADDITION, "withdraw", decided_by=act.actor.account, decided_at=act.at)


def _may_add(act: Act, person_id: str, kind: str, number: str, reason: str, grounds: str) -> None:
    known(act, person_id)
    who = queries.person(act.db, person_id)
    forms = queries.document_forms(act.db, act.today)
    same = reason != CHANGED  # a number that the police changed bears another birth date or sex than the old one did
    check_document(kind, number, who.birth if same else None, who.sex if same else None, act.today, forms).or_refuse()
    holder = queries.by_document(act.db, act.using(Box), kind, number)
    if holder is not None:
        raise Refusal("document.known" if holder == person_id else "document.of_another", number=mask_document(number))
    may_add(kind, held_kinds(act.db, person_id), reason, grounds).or_refuse()
